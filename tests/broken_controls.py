"""Controls of a centre that are broken on purpose: each with the promise that suffers, and what the page says then."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from ccc import audit, centre, clock, dbs, disclosures, evidence, people
from ccc.assessments import Assessment
from ccc.audit import Event
from ccc.backups import Backup
from ccc.centre import Centre
from ccc.conformance import TrailCheck
from ccc.db import db, writing
from ccc.dbs.check import Level, Position
from ccc.disclosures.records import Disclosure
from ccc.families import Adult
from ccc.families.records import FamilyKnown
from ccc.people import Appointment, Person
from ccc.provisions import Key
from ccc.referrals import Referral
from ccc.roles import Role
from ccc.signin.accounts import Account
from tests.asked import make_request
from tests.booking_log import make_booking, make_duty, make_family, make_session
from tests.stated import asked_for, issue, make_referrer, make_visit, referred_family
from tests.test_retention import old_family

Cast = dict[Role, Person]
STRANGER = "Nora Canary-Newcomer (invented)"
UNSIGNED = "People on the rota of a session to come who have not signed: 1."


class Broken(NamedTuple):
    """A control that somebody breaks: the promise, its clause in the sample policy, and what the page says then."""

    key: Key
    clause: str
    by: Callable[[Cast], object]
    says: str
    seen_by: Role = Role.CHAIR


def seen(event: Event, by: Person, about: str) -> None:
    with writing():
        facts = {"people": 1} if event == Event.DBS_LIST_SEEN else {}
        audit.record(event, by.id, about, **facts)


def a_stranger_on_the_rota(_cast: Cast) -> None:
    make_duty(make_session(), people.add(STRANGER, None, None, None))


def own_details_shown_to_the_chair(cast: Cast) -> None:
    seen(Event.DETAILS_SEEN, cast[Role.CHAIR], people.ref(cast[Role.VOLUNTEER]))


def a_box_for_notes(_cast: Cast) -> None:
    db.execute_sql("ALTER TABLE family ADD COLUMN reason TEXT")


def a_diary(_cast: Cast) -> None:
    db.execute_sql("CREATE TABLE diary (family_id INTEGER, story TEXT)")


def a_statement_to_another_referrer(cast: Cast) -> None:
    by = cast[Role.COORDINATOR]
    family = referred_family(by)
    make_visit(family, by)
    issue(asked_for(family), by)
    Referral.update(referrer=make_referrer(by, "Another Canary (invented)")).where(Referral.family == family).execute()


def an_emergency_without_an_officer(cast: Cast) -> None:
    by = cast[Role.COORDINATOR]
    request = make_request(make_family(by), by)
    part = next(iter(disclosures.releases.parts_of(request.family)))
    disclosures.enter_emergency(request, "violence", [part], "danger", by)


def a_release_that_nobody_decided(cast: Cast) -> None:
    by = cast[Role.COORDINATOR]
    Disclosure.create(request=make_request(make_family(by), by), act="released", ground="violence", by=by)


def nobody_in(role: Role) -> None:
    Appointment.update(ends=clock.today() - timedelta(days=1)).where(Appointment.role == role).execute()


def no_safeguarding_officer(_cast: Cast) -> None:
    nobody_in(Role.SAFEGUARDING)


def no_chair(_cast: Cast) -> None:
    nobody_in(Role.CHAIR)


def a_look_by_a_volunteer(cast: Cast) -> None:
    seen(Event.CONTACT_SEEN, cast[Role.VOLUNTEER], "adult:1")


def a_look_before_the_office_begins(cast: Cast) -> None:
    people.appoint(cast[Role.VOLUNTEER], Role.COORDINATOR, clock.today() + timedelta(days=1), None, cast[Role.CHAIR])
    a_look_by_a_volunteer(cast)


def a_look_before_the_office_was_confirmed(cast: Cast) -> None:
    a_look_by_a_volunteer(cast)
    clock.advance(timedelta(minutes=5))
    Appointment.create(
        person=cast[Role.VOLUNTEER], role=Role.COORDINATOR, starts=clock.today(), confirmed_at=clock.now()
    )


def a_look_by_somebody_who_left_since(cast: Cast) -> None:
    a_look_by_a_volunteer(cast)
    Person.update(left_on=clock.today()).where(Person.id == cast[Role.VOLUNTEER]).execute()


def a_number_passed_on_without_permission(cast: Cast) -> None:
    by = cast[Role.COORDINATOR]
    Disclosure.create(request=make_request(make_family(by), by), act="released", by=by)


def a_friend_on_the_rota(cast: Cast) -> None:
    by, vera = cast[Role.COORDINATOR], cast[Role.VOLUNTEER]
    family, session = make_family(by), make_session()
    make_booking(session, family, by)
    make_duty(session, vera)
    FamilyKnown.create(person=vera, family=family)


def a_visit_without_agreements(cast: Cast) -> None:
    by = cast[Role.COORDINATOR]
    family, session = make_family(by), make_session()
    kept = {"kind": "other", "body": "Canarybody", "assessor": "Ada Canaryassessor", "agreed_on": clock.today()}
    Assessment.create(session=session, family=family, by=by, **kept)


def somebody_uncleared_on_the_rota(cast: Cast) -> None:
    make_duty(make_session(), cast[Role.VOLUNTEER])


def a_lower_level(cast: Cast) -> None:
    dbs.set_rules({Position.VOLUNTEER: Level.BASIC}, dbs.Periods(), cast[Role.CHAIR])


def a_lower_level_for_leaders(cast: Cast) -> None:
    levels = {Position.VOLUNTEER: Level.BARRED, Position.LEADER: Level.STANDARD, Position.COMMITTEE: Level.BASIC}
    dbs.set_rules(levels, dbs.Periods(), cast[Role.CHAIR])


def no_checks_asked_for(cast: Cast) -> None:
    centre.stop_asking_for_dbs(cast[Role.CHAIR].id)


def a_check_seen_by_a_volunteer(cast: Cast) -> None:
    seen(Event.DBS_LIST_SEEN, cast[Role.VOLUNTEER], "vault:1")


def an_office_holder_without_a_second_step(cast: Cast) -> None:
    Account.update(second_factor=None).where(Account.person == cast[Role.SAFEGUARDING]).execute()


def no_good_backup(_cast: Cast) -> None:
    Backup.update(fault="folder").execute()


def an_old_backup(_cast: Cast) -> None:
    clock.advance(timedelta(days=2, seconds=1))


def a_changed_line(cast: Cast) -> None:
    """A look that somebody puts down to somebody else, past the triggers; the next reading finds it."""
    seen(Event.REQUEST_SEEN, cast[Role.CHAIR], "request:1")
    db.execute_sql("DROP TRIGGER audit_line_no_update")
    db.execute_sql("UPDATE audit_line SET actor = 1 WHERE event = 'request-seen'")
    evidence.check()


def an_old_reading(_cast: Cast) -> None:
    evidence.check()
    clock.advance(timedelta(days=2, seconds=1))


def a_trail_that_nobody_read(_cast: Cast) -> None:
    db.execute_sql("DROP TRIGGER trail_check_no_delete")
    TrailCheck.delete().execute()
    Centre.update(created_at=clock.now() - timedelta(days=2, seconds=1)).execute()


def details_in_the_clear(cast: Cast) -> None:
    make_family(cast[Role.COORDINATOR])
    db.execute_sql("UPDATE adult SET phone = '01632 960111' WHERE side = 'home'")


def a_record_past_due(cast: Cast) -> None:
    old_family(cast[Role.COORDINATOR], date(2020, 1, 1))


def a_referrer_who_was_given_nothing(cast: Cast) -> None:
    by = cast[Role.COORDINATOR]
    referred_family(by)
    Referral.update(received_on=clock.today() - timedelta(days=40)).execute()


def a_parent_who_was_given_nothing(cast: Cast) -> None:
    make_family(cast[Role.COORDINATOR])
    Adult.update(policy_given_on=None).execute()
    clock.advance(timedelta(days=40))


def a_year_without_review(_cast: Cast) -> None:
    clock.advance(timedelta(days=320))


BROKEN = [
    Broken(Key.NOT_DISCUSSED, "1", a_stranger_on_the_rota, UNSIGNED),
    Broken(Key.NO_REPORTS, "2", a_box_for_notes, "Places in the records that have room for a report: 1."),
    Broken(Key.NO_REPORTS, "2", a_diary, "Places in the records that have room for a report: 2."),
    Broken(
        Key.ATTENDANCE_ONLY, "3", a_statement_to_another_referrer,
        "Issued to somebody other than the recorded referrer: 1.",
    ),
    Broken(
        Key.RISK_EXCEPTIONS, "3a", an_emergency_without_an_officer,
        "Released in an emergency and not countersigned by an officer yet: 1.",
    ),
    Broken(
        Key.RISK_EXCEPTIONS, "3b", a_release_that_nobody_decided,
        "Released without permission, and not decided by an officer: 1.",
    ),
    Broken(Key.RISK_EXCEPTIONS, "3a", no_safeguarding_officer, "Nobody is the safeguarding officer."),
    Broken(Key.RISK_EXCEPTIONS, "3b", no_chair, "Nobody is the chair.", Role.SAFEGUARDING),
    Broken(Key.PERSONAL_DETAILS, "4", a_look_by_a_volunteer, "Looks by somebody else: 1."),
    Broken(Key.PERSONAL_DETAILS, "4", a_look_before_the_office_begins, "Looks by somebody else: 1."),
    Broken(Key.PERSONAL_DETAILS, "4", a_look_before_the_office_was_confirmed, "Looks by somebody else: 1."),
    Broken(Key.PERSONAL_DETAILS, "4", a_look_by_somebody_who_left_since, "Looks by somebody else: 1."),
    Broken(
        Key.PERSONAL_DETAILS, "4", a_number_passed_on_without_permission,
        "Passed on with neither permission nor a ground: 1.",
    ),
    Broken(Key.OWN_BOUNDARIES, "5", a_stranger_on_the_rota, UNSIGNED),
    Broken(
        Key.OWN_BOUNDARIES, "5", own_details_shown_to_the_chair,
        "Looks by somebody else: 1.",
    ),
    Broken(
        Key.SOMEBODY_KNOWN, "6", a_friend_on_the_rota, "On a rota to come together with a family they know: 1.",
    ),
    Broken(
        Key.ASSESSMENTS, "7", a_visit_without_agreements, "Visits to which not every adult of the family agreed: 1.",
    ),
    Broken(Key.ASSESSMENTS, "7", a_visit_without_agreements, "Visits of a body that the policy does not let in: 1."),
    Broken(Key.DBS, "8", somebody_uncleared_on_the_rota, "of a session to come who are not cleared: 1."),
    Broken(
        Key.DBS, "8", a_lower_level,
        "asks for a check at enhanced level; the officers' rules say basic for a volunteer.",
    ),
    Broken(Key.DBS, "8", a_lower_level_for_leaders, "the officers' rules say standard for a team leader."),
    Broken(Key.DBS, "8", no_checks_asked_for, "It is set that this centre does not ask for DBS checks"),
    Broken(Key.DBS, "8", a_check_seen_by_a_volunteer, "Looks by somebody who was no officer: 1."),
    Broken(Key.DBS, "8", no_safeguarding_officer, "Nobody is the safeguarding officer.", Role.COORDINATOR),
    Broken(Key.DBS, "8", no_chair, "Nobody is the chair.", Role.COORDINATOR),
    Broken(Key.SECURE_PLACE, "9", an_office_holder_without_a_second_step, "In office without a second step: 1."),
    Broken(Key.SECURE_PLACE, "9", no_good_backup, "The last good backup is more than two days old, or there is none."),
    Broken(Key.SECURE_PLACE, "9", an_old_backup, "The last good backup is more than two days old, or there is none."),
    Broken(Key.SECURE_PLACE, "9", details_in_the_clear, "Contact details that do not lie sealed: 1."),
    Broken(Key.SECURE_PLACE, "9", a_changed_line, "The audit trail, or what it tells of, was changed or is gone."),
    Broken(Key.SECURE_PLACE, "9", an_old_reading, "last read through more than two days ago, or never."),
    Broken(Key.SECURE_PLACE, "9", a_trail_that_nobody_read, "last read through more than two days ago, or never."),
    Broken(Key.DISPOSAL, "10", a_record_past_due, "Past due and not disposed of: 1."),
    Broken(
        Key.ACCESS, "11", a_referrer_who_was_given_nothing,
        "Referrers of a month and more to whom it was not given: 1.",
    ),
    Broken(
        Key.ACCESS, "11", a_parent_who_was_given_nothing,
        "Adults of families here for a month and more to whom it was not given: 2.",
    ),
    Broken(Key.REVIEW, "12", a_year_without_review, "The review is overdue."),
]  # fmt: skip

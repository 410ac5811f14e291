"""A centre in which one of everything stands, so that every address of the product leads to a real page."""

from collections.abc import Mapping
from datetime import timedelta

from ccc import (
    assessments,
    attendance,
    bookings,
    centre,
    clock,
    concerns,
    contact_sessions,
    disclosures,
    families,
    officers_vault,
    people,
    policies,
    referrals,
    retention,
    review_pack,
    statements,
    undertakings,
    vault,
)
from ccc.attendance import Slot
from ccc.contact_sessions import ContactSession, Plan
from ccc.db import writing
from ccc.disclosures import NewPermission, NewRequest
from ccc.onboarding import invited
from ccc.people import Person
from ccc.policies import Review, Version
from ccc.quizzes import attempts
from ccc.quizzes.questions import Quiz
from ccc.roles import Role
from ccc.signin import accounts, links, sign_ins
from ccc.signin.accounts import Account
from ccc.signin.links import Details, Purpose
from tests.booking_log import make_booking, make_duty, make_family, make_session
from tests.conftest import PASSWORD
from tests.policy_samples import HTML
from tests.samples import MILLBROOK, drafted, published

BASE = "http://127.0.0.1:8000"
# The sign-in name of somebody who has only a sheet of codes, and so has to give one after the password.
HALFWAY = "hattie-halfway"
# The variable parts of one page's address, by endpoint. What the address has no place for stands behind its `?`.
Parts = dict[str, dict[str, str]]
Four = Mapping[Role, Person]


def one_of_everything(four: Four, quiz: Quiz) -> Parts:
    """Let the four of a centre do a little of everything, and return the addresses of what came of it.

    The confidentiality policy and the DBS policy are in force before, and all four have an account.
    """
    with writing():
        return (
            _of_policies(four)
            | _of_learning(four, quiz)
            | _of_people(four)
            | _of_the_vault(four)
            | _of_families(four)
            | _of_bookings(four)
            | _of_sessions(four)
            | _of_rota(four)
            | _of_attendance(four)
            | _of_concerns(four)
            | _of_assessments(four)
            | _of_own_copies(four)
            | _of_statements(four)
            | _of_retention(four)
            | _of_disclosures(four)
        )


def _of_policies(four: Four) -> Parts:
    """A review that was signed off, a draft with something to decide on, and an approved version that waits."""
    by, chair = four[Role.COORDINATOR], four[Role.CHAIR]
    signed = review_pack.draw_up(by)
    review_pack.sign_off(signed, clock.today(), review_pack.CHANGES, chair)
    waits = review_pack.draw_up(by)
    for text in (MILLBROOK, HTML.text):
        published(chair, text, "photographs")
    draft, approved = drafted(by, HTML.text), drafted(by, MILLBROOK, "dbs")
    approved = Version.get_by_id(approved.id)
    policies.approve(approved, chair, seen=policies.fingerprint(approved), review=Review(clock.today(), 12))
    return {
        "review_pack.kept": {"number": signed.number},
        "review_pack.sign_off": {"number": waits.number},
        "policies.version": {"number": "1.0"},
        "policies.changes": {"slug": "photographs", "number": "2.0"},
        "drafting.decide": {"key": policies.key_of(draft.pieces_aside[0])},
        "publishing.publish": {"slug": "dbs"},
        "publishing.send_back": {"slug": "dbs"},
    }


def _of_learning(four: Four, quiz: Quiz) -> Parts:
    """For whoever has not passed, a failed attempt and an open one; the volunteer has signed on paper."""
    version = policies.in_force("confidentiality")
    assert version
    for person in four.values():
        if not attempts.has_passed(person, version):
            undertakings.finish(person, version)
            _fail(person, quiz, version)
            attempts.start(person, quiz, version, count=15, has_read=True)
    seen_by, by = four[Role.CHAIR], four[Role.COORDINATOR]
    given = undertakings.record_on_paper(four[Role.VOLUNTEER], version, clock.today(), seen_by, by)
    seen = undertakings.mark(undertakings.wording(version, centre.the_centre().name))
    return {"undertakings.certificate": {"number": given.number}, "undertakings.sign": {"seen": seen}}


def _fail(person: Person, quiz: Quiz, version: Version) -> None:
    attempt = attempts.start(person, quiz, version, count=15, has_read=True)
    for index, question in enumerate(attempt.questions):
        wrong = next(place for place, answer in enumerate(question.answers) if not answer.right)
        attempts.answer(attempt, index, [wrong], 80)


def _of_people(four: Four) -> Parts:
    """Two newcomers, a new-password link to hand over, and a new chair who waits for the officer's word."""
    volunteer, coordinator, chair = four[Role.VOLUNTEER], four[Role.COORDINATOR], four[Role.CHAIR]
    halfway, _ = accounts.make(people.add("Hattie Halfway (invented)", None, None, coordinator), HALFWAY, PASSWORD)
    Account.update(second_factor="sheet").where(Account.id == halfway.id).execute()
    newcomer = invited.invite(Details("Nora Newcomer (invented)"), None, coordinator, BASE)
    join, password = links.open_link_of(newcomer, Purpose.JOIN), links.make(volunteer, Purpose.PASSWORD, chair, BASE)
    assert join
    appointment = people.appoint(volunteer, Role.CHAIR, clock.today(), None, chair)
    office = {"number": str(volunteer.id), "office": str(appointment.id)}
    its_invitation = {"number": str(newcomer.id)}
    return {
        "invitations.show": its_invitation,
        "invitations.send_again": its_invitation,
        "invitations.withdraw": its_invitation,
        "invitations.join": {"token": join.token},
        "signin.new_password": {"token": password.token},
        "offices.confirm": office,
        "offices.end_office": office,
    }


def _of_families(four: Four) -> Parts:
    """Two families that must not meet, one with a further adult and a second child, and a referrer."""
    by, today = four[Role.COORDINATOR], clock.today()
    one, other = make_family(by), make_family(by)
    families.keep_apart(one, other, by)
    admitted = families.admit(one, families.Name("Gita", "Grandmother (invented)"), today, today, by)
    child = families.add_child(one, families.NewChild("Second", 2020), by)
    home = families.Adult.get(families.Adult.family == one)
    referrer = {"number": str(referrals.add_referrer("court", "Court (invented)", "Clerk (invented)", by).id)}
    family = {"reference": one.reference}
    of_adult, of_child = family | {"number": str(home.id)}, family | {"number": str(child.id)}
    return (
        {f"families.{page}": family for page in ("family", "change", "referral", "apart", "end", "reopen")}
        | {f"family_parts.{page}": of_adult for page in ("rename", "policy", "letter")}
        | {f"family_parts.{page}": of_child for page in ("change_child", "withdraw_child")}
        | {f"contacts.{page}": of_adult for page in ("ask", "show", "change")}
        | {f"referrers.{page}": referrer for page in ("change", "policy", "letter")}
        | {"families.end_apart": family | {"other": other.reference}}
        | {"family_parts.admit": family, "family_parts.add_child": family}
        | {"family_parts.withdraw_adult": family | {"number": str(admitted.id)}}
    )


def _of_bookings(four: Four) -> Parts:
    """A family with a place in a session to come, and somebody on its rota."""
    by = four[Role.COORDINATOR]
    session, family = make_session(), make_family(by)
    make_duty(session, four[Role.VOLUNTEER], leader=True)
    number = {"number": str(session.id)}
    return {
        "booking_acts.session": number,
        "booking_acts.book": number,
        "booking_acts.book_family": {"reference": family.reference},
        "booking_acts.cancel": {"number": str(bookings.book(session, family, by).id)},
    }


def _of_the_vault(four: Four) -> Parts:
    """The vault, which the chair's sign-in makes, its recovery sheet, and access to it for the other officer."""
    account, other = accounts.of(four[Role.CHAIR]), four[Role.SAFEGUARDING]
    private = account and vault.open_lock(account.lock, PASSWORD)
    assert account
    assert private
    opened = officers_vault.open_for(sign_ins.begin(account, private, shared=False, device="a test"))
    officers_vault.new_sheet(opened, 0)
    officers_vault.give_access(other, opened)
    return {"vault.give_access": {"number": str(other.id)}}


def _of_sessions(four: Four) -> Parts:
    """A pattern on Mondays, one of its sessions, and a closed day."""
    by, today = four[Role.COORDINATOR], clock.today()
    # From tomorrow on: the demonstration has a session of its own today, at any hour.
    plan = Plan(0, "every", "08:00", "09:00", 3, today + timedelta(days=1), today + timedelta(days=21))
    pattern = contact_sessions.add_pattern(plan, by)
    session = ContactSession.get(ContactSession.pattern == pattern)
    closure = contact_sessions.add_closure(today + timedelta(days=60), by)
    its_session, its_pattern = {"number": str(session.id)}, {"number": str(pattern.id)}
    return {
        "sessions.change": its_session,
        "sessions.cancel": its_session,
        "session_patterns.change": its_pattern,
        "session_patterns.end": its_pattern,
        "session_patterns.remove_closure": {"number": str(closure.id)},
    }


def _of_rota(four: Four) -> Parts:
    """The volunteer serves tomorrow, when a family comes, and says that they know somebody."""
    by, volunteer = four[Role.COORDINATOR], four[Role.VOLUNTEER]
    session, family = make_session(clock.today() + timedelta(days=1)), make_family(by)
    booking, duty = make_booking(session, family, by), {"number": str(make_duty(session, volunteer).id)}
    said = families.know(volunteer, None, volunteer)
    number = {"number": str(session.id)}
    return {
        "rota.give_back": duty,
        "rota.lead": duty,
        "rota.take_off": duty,
        "rota.of_session": number,
        "rota.put_on": number,
        "known.names": number,
        "known.guest": number | {"booking": str(booking.id)},
        "known.family": {"reference": family.reference},
        "known.settle": {"number": str(said.id)},
    }


def _of_attendance(four: Four) -> Parts:
    """A session of today that is over, whose leader is the volunteer, and a child whom nobody has collected."""
    by, volunteer = four[Role.COORDINATOR], four[Role.VOLUNTEER]
    now = clock.local(clock.now())
    # Shortly after midnight there were no 45 minutes of today yet.
    begins = max(now - timedelta(minutes=45), now.replace(hour=0, minute=0))
    session = make_session(
        now.date(), starts=f"{begins:%H:%M}", ends=f"{max(now, begins + timedelta(minutes=1)):%H:%M}"
    )
    make_duty(session, volunteer, leader=True)
    booking = make_booking(session, make_family(by), by)
    attendance.note(booking, Slot.CHILD_CAME, session.begins, volunteer)
    number = {"number": str(session.id)}
    pages = ("register.register", "register.close", "register.not_collected", "sheet.sheet", "sheet.typed_in")
    line = {"booking": str(booking.id), "slot": Slot.CHILD_CAME}
    return dict.fromkeys(pages, number) | {"register.correct": number | line}


def _of_assessments(four: Four) -> Parts:
    """A family with a place in a session to come, and an assessor who is let in there."""
    by, today = four[Role.COORDINATOR], clock.today()
    session, family = make_session(today + timedelta(days=9)), make_family(by)
    make_booking(session, family, by)
    agreed = {adult.id: today for adult in assessments.sides_of(family)}
    visit = assessments.NewVisit(session, "cafcass", "", "Ada Assessor (invented)", today, agreed)
    its_family = {"reference": family.reference}
    its_visit = its_family | {"number": str(assessments.agree(visit, family, by).id)}
    return {
        "assessments.index": its_family,
        "assessments.new": its_family,
        "assessments.cancel": its_visit,
    }


def _of_statements(four: Four) -> Parts:
    """A parent's statement of yesterday, when both sides came."""
    by, yesterday = four[Role.COORDINATOR], clock.today() - timedelta(days=1)
    session, family = make_session(yesterday), make_family(by)
    booking = make_booking(session, family, by)
    for slot in attendance.SLOTS["supported"]:
        attendance.note(booking, slot, session.finishes if slot.endswith("left") else session.begins, by)
    attendance.close(session, by)
    home = families.Adult.get(families.Adult.family == family)
    asked = statements.Asked(family, yesterday, yesterday, adult=home.id, reason="other")
    seen = statements.Seen(statements.preview(asked).mark, statements.newest())
    issued = statements.issue(asked, seen, statements.Asking(clock.today(), "known", "own"), by)
    period = {"first_day": str(yesterday), "last_day": str(yesterday), "adult": str(home.id), "reason": "other"}
    its_family, its_number = {"family": family.reference}, {"number": str(issued.id)}
    return {
        "statements.new": its_family,
        "statements.preview": its_family | period,
        "statements.statement": its_number,
        "statements.text": its_number,
    }


def _of_retention(four: Four) -> Parts:
    """A family that somebody asked to be erased, and another on hold; a disposal that waits, and one that is done."""
    by, officer = four[Role.COORDINATOR], four[Role.SAFEGUARDING]
    asked, gone, held = (make_family(by) for _ in range(3))
    hold = retention.put("family", held.id, "court", None, officer)
    how = ("known", clock.today(), by)
    waits, done = (retention.propose_early("family", family.id, *how) for family in (asked, gone))
    retention.approve(done, officer)
    retention.carry_on()
    family, its_key = {"kind": "family", "record": held.reference}, {"key": waits.key}
    return {
        "retention.due": {"kind": "family"},
        "retention.early": family,
        "retention.hold": family,
        "retention.end_hold": {"key": hold.key},
        "disposal.disposal": its_key,
        "disposal.approve": its_key,
        "disposal.withdraw": its_key,
        "disposal.shredded": {"key": done.key},
        "disposal.certificate": {"key": done.key},
    }


def _of_disclosures(four: Four) -> Parts:
    """A permission, a request that is refused, and one about which an officer is asked."""
    by, family = four[Role.COORDINATOR], make_family(four[Role.COORDINATOR])
    home = families.Adult.get(families.Adult.family == family)
    permitted = disclosures.permit(home, NewPermission("Solicitor (invented)", "telephone", clock.today(), None), by)
    asker, body = "Constable (invented)", "Police (invented)"
    new = NewRequest(family, home, clock.today(), "police", asker, "known", "telephone", "police", body)
    refused, asked = disclosures.log(new, by), disclosures.log(new, by)
    disclosures.refuse(refused, "not-sought", by)
    disclosures.ask_officer(asked, "violence", by)
    of_adult = {"reference": family.reference, "number": str(home.id)}
    its_number, of_refused = {"number": str(asked.id)}, {"number": str(refused.id)}
    acts = ("permitted", "refuse", "ask", "decide", "emergency", "countersign")
    return (
        {"disclosures.one": its_number, "disclosures.change": its_number, "disclosure_acts.correct": of_refused}
        | {f"disclosure_acts.{act}": its_number for act in acts}
        | {"permissions.index": of_adult, "permissions.new": of_adult, "disclosures.new": {"family": family.reference}}
        | {"permissions.take_back": of_adult | {"permission": str(permitted.id)}}
    )


def _of_concerns(four: Four) -> Parts:
    """A worry that the volunteer raised, and one about the chair that only the other officer may know of."""
    volunteer = four[Role.VOLUNTEER]
    key = concerns.raise_worry("A worry (invented)", None, volunteer, concerns.count_of(volunteer)).key
    concerns.raise_worry("Another worry (invented)", Role.CHAIR, volunteer, concerns.count_of(volunteer))
    return {"concerns.concern": {"key": key}}


def _of_own_copies(four: Four) -> Parts:
    """An adult who asked for their own copy and has no answer yet."""
    by = four[Role.COORDINATOR]
    adult = families.Adult.get(families.Adult.family == make_family(by))
    name = f"{adult.first_name} {adult.last_name}"
    asked = disclosures.NewRequest(
        adult.family, adult, clock.today(), "home", name, "known", disclosures.words.OWN_COPY, "own"
    )
    return {"own_copy.of_adult": {"number": str(disclosures.log(asked, by).id)}}

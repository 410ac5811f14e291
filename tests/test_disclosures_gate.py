"""The gate: what may leave the centre, to whom, and on whose word; under whatever choice of the form's fields."""

import sqlite3
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from itertools import product

import pytest
from peewee import IntegrityError

from ccc import clock, disclosures, policies, referrals
from ccc.audit import AuditLine
from ccc.db import db
from ccc.disclosures import Disclosure, InformationRequest, State
from ccc.disclosures.words import GROUNDS, OUTSIDE_POLICY, PERMITTED, PRIVATE, WHAT
from ccc.families import Family
from ccc.kinds import FAMILY, parts
from ccc.people import Person, RefusedError
from ccc.provisions import Key
from ccc.roles import Role
from tests.asked import ASKER, BODY, WHOM, adult_of, make_permission, make_request
from tests.booking_log import make_family
from tests.samples import MILLBROOK, published

Cast = dict[Role, Person]


@pytest.fixture
def family(cast: Cast) -> Family:
    published(cast[Role.CHAIR])
    return make_family(cast[Role.COORDINATOR])


def refused(act: Callable[[], object]) -> bool:
    try:
        act()
    except RefusedError:
        return not Disclosure.select().where(Disclosure.act == "released").exists()
    return False


def ways_out(request: InformationRequest, by: Person) -> list[Callable[[], object]]:
    """Everything that somebody could press to let something out without the permission of the adult concerned."""
    parts = list(disclosures.parts_of(request.family))
    every = disclosures.permissions_of(adult_of(request.family, "visiting"))
    return [
        partial(disclosures.release, request, parts[-1], by),
        *(partial(disclosures.release_on, request, one, by) for one in every),
        *(partial(disclosures.ask_officer, request, ground, by) for ground in GROUNDS),
        *(partial(disclosures.enter_emergency, request, ground, parts, "told", by) for ground in GROUNDS),
        partial(disclosures.correct, request, by, permission="obtained", told="told", released=parts),
        partial(disclosures.decide, request, parts, "told", by),
    ]


@pytest.mark.parametrize("what", ["contact-details", "telephone", "child-home", "other", "own-copy"])
def test_a_parent_who_asks_for_the_others_address_gets_it_in_none_of_five_phrasings(
    cast: Cast, family: Family, what: str
) -> None:
    by = cast[Role.COORDINATOR]
    for own in PERMITTED.keys() - {"child-home"}:
        make_permission(family, by, "visiting", what=own)
    for kind, purpose in product(PRIVATE.keys() - {"home"}, ("own", "court", "welfare")):
        request = make_request(family, by, what=what, kind=kind, purpose=purpose, body=None, verified="known")
        assert all(refused(way) for way in ways_out(request, by)), kind


def test_a_parent_gets_the_others_details_on_that_adults_own_permission_alone(cast: Cast, family: Family) -> None:
    by = cast[Role.COORDINATOR]
    request = make_request(family, by, kind="visiting", body=None)
    held = make_permission(family, by, "home")
    with pytest.raises(RefusedError, match="of somebody else"):
        disclosures.release_on(request, held, by)
    named = make_permission(family, by, whom=f" {ASKER.upper()}")
    made = disclosures.release_on(request, named, by)
    assert (made.permission, made.on_permission, made.released) == (
        "obtained", named, f"adult:{adult_of(family, 'home').id}:telephone",
    )  # fmt: skip


def test_an_adult_gets_their_own_copy_and_nobody_elses(cast: Cast, family: Family) -> None:
    by, visiting = cast[Role.COORDINATOR], adult_of(family, "visiting")
    own = {"what": "own-copy", "kind": "visiting", "body": None, "purpose": "own"}
    theirs = make_request(family, by, "visiting", asker=f"{visiting.first_name} {visiting.last_name}", **own)
    assert theirs.due_on == date(2026, 12, 21)
    made = disclosures.release(theirs, f"adult:{visiting.id}:own-copy", by)
    assert (made.act, made.told) == ("released", "own")
    name = f"{visiting.first_name} {visiting.last_name}"
    for asker in (ASKER, f"Hestia {visiting.last_name}", f"the solicitor of {name}", f"{name}son", visiting.last_name):
        somebody = make_request(family, by, "visiting", asker=asker, **own)
        with pytest.raises(RefusedError, match="only with the permission"):
            disclosures.release(somebody, f"adult:{visiting.id}:own-copy", by)
    with pytest.raises(RefusedError, match="comes from none"):
        make_request(family, by, "visiting", asker=name, **(own | {"body": BODY}))
    with pytest.raises(RefusedError, match="Say whose copy"):
        make_request(family, by, None, **own)


def test_the_recorded_referrer_gets_attendance_and_nothing_else(cast: Cast, family: Family) -> None:
    by = cast[Role.COORDINATOR]
    referrer = referrals.add_referrer("court", BODY, ASKER, by)
    referrals.refer(family, referrer, "CR-1", clock.today(), by)
    asked = {what: make_request(family, by, "home", kind="court", what=what) for what in WHAT}
    for what, request in asked.items():
        if what != "attendance":
            assert refused(partial(disclosures.release, request, "statement:1", by)), what
    police = make_request(family, by, None, what="attendance")
    with pytest.raises(RefusedError):
        disclosures.release(police, "statement:1", by)
    for change in ({"asker": "Another (invented)"}, {"body": "Another (invented)"}, {"kind": "solicitor"}):
        other = make_request(family, by, None, **({"kind": "court", "what": "attendance"} | change))
        with pytest.raises(RefusedError, match="only with the permission"):
            disclosures.release(other, "statement:1", by)
    visiting = adult_of(family, "visiting")
    own = {"kind": "visiting", "asker": f"{visiting.first_name} {visiting.last_name}", "body": None}
    assert not disclosures.is_theirs(make_request(family, by, "visiting", what="attendance", **own))
    made = disclosures.release(asked["attendance"], "statement:1", by)
    assert (made.released, made.told) == ("statement:1", "policy")
    with pytest.raises(RefusedError, match="released"):
        disclosures.release(asked["attendance"], "statement:2", by)


def test_a_referrer_of_before_and_a_permission_open_no_way_to_a_statement(cast: Cast, family: Family) -> None:
    by = cast[Role.COORDINATOR]
    for name in ("Olga (invented)", "Nina (invented)"):
        referrals.refer(family, referrals.add_referrer("court", BODY, name, by), "CR-1", clock.today(), by)
    of_before, blanks = (
        make_request(family, by, None, kind="court", asker=asker, what="attendance")
        for asker in ("Olga (invented)", " nina  (INVENTED)")
    )
    assert not disclosures.is_theirs(of_before)
    assert disclosures.is_theirs(blanks)
    asked = make_request(family, by, what="attendance")
    held = make_permission(family, by, what="attendance")
    with pytest.raises(RefusedError, match="for something else"):
        disclosures.release_on(asked, held, by)


def test_once_something_was_released_who_asked_for_what_stays(cast: Cast, family: Family) -> None:
    by, officer = cast[Role.COORDINATOR], cast[Role.CHAIR]
    request = make_request(family, by)
    disclosures.ask_officer(request, "violence", by)
    disclosures.decide(request, list(disclosures.parts_of(family))[:1], "told", officer)
    names = ("asked_on", "kind", "asker", "body", "verified", "what", "purpose")
    same = {"family": family, "adult": request.adult} | {name: getattr(request, name) for name in names}
    for change in (
        {"kind": "visiting", "body": None},
        {"asker": "Another (invented)"},
        {"body": "Another (invented)"},
        {"what": "own-copy"},
        {"adult": adult_of(family, "visiting")},
        {"adult": None},
        {"verified": "not"},
    ):
        with pytest.raises(RefusedError, match="Log a new request"):
            disclosures.log(disclosures.NewRequest(**(same | change)), by, request)
    right = {"asked_on": clock.today() - timedelta(days=1), "verified": "known", "purpose": "court"}
    line = disclosures.state_of(disclosures.log(disclosures.NewRequest(**(same | right)), by, request))
    assert line
    assert line.state == State.RELEASED


def test_a_decision_is_corrected_by_nobody_who_asked_for_it_and_never_to_more(cast: Cast, family: Family) -> None:
    both, officer, chair = cast[Role.COORDINATOR], cast[Role.SAFEGUARDING], cast[Role.CHAIR]
    request, parts = make_request(family, both), list(disclosures.parts_of(family))
    disclosures.ask_officer(request, "violence", both)
    disclosures.decide(request, parts[:2], "told", officer)
    told = {"permission": None, "told": "danger"}
    with pytest.raises(RefusedError, match="Another officer corrects it"):
        disclosures.correct(request, both, released=parts[:1], **told)
    with pytest.raises(RefusedError, match="cannot release more"):
        disclosures.correct(request, officer, released=parts[:3], **told)
    for by, left in ((officer, parts[:2]), (chair, parts[:1])):
        assert disclosures.correct(request, by, released=left, **told).released == " ".join(left)


def test_nothing_goes_to_somebody_who_was_not_checked(cast: Cast, family: Family) -> None:
    by = cast[Role.COORDINATOR]
    request = make_request(family, by, verified="not")
    held = make_permission(family, by)
    with pytest.raises(RefusedError, match="First check that it is them"):
        disclosures.release_on(request, held, by)


def test_the_policys_own_grounds_are_there_only_where_it_makes_those_exceptions(cast: Cast, family: Family) -> None:
    assert disclosures.grounds() == GROUNDS
    version = policies.in_force("confidentiality")
    assert version
    without = MILLBROOK.replace(", and nothing else unless:\n\n    a) a child is at risk of harm;\n\n    b) somebody "
                                "here, guest or helper, is at risk of physical violence.", ".")  # fmt: skip
    clock.advance(timedelta(days=1))
    published(cast[Role.CHAIR], without)
    now = policies.in_force("confidentiality")
    assert now
    assert Key.RISK_EXCEPTIONS not in policies.promises(now)
    assert disclosures.grounds() == OUTSIDE_POLICY
    request = make_request(family, cast[Role.COORDINATOR])
    with pytest.raises(RefusedError, match="does not give this ground"):
        disclosures.ask_officer(request, "violence", cast[Role.COORDINATOR])


def test_an_officer_decides_and_never_the_one_who_asked(cast: Cast, family: Family) -> None:
    by, officer = cast[Role.COORDINATOR], cast[Role.SAFEGUARDING]
    request, parts = make_request(family, by), list(disclosures.parts_of(family))
    disclosures.ask_officer(request, "child-outside", by)
    with pytest.raises(RefusedError, match="Another officer decides"):
        disclosures.decide(request, parts[:1], "told", by)
    for wrong in ([""], [f"adult:{adult_of(make_family(by), 'home').id}:contact-details"]):
        with pytest.raises(RefusedError, match="which parts"):
            disclosures.decide(request, wrong, "told", officer)
    made = disclosures.decide(request, parts[-2:], "danger", officer)
    assert (made.act, made.ground, made.told, made.by) == ("released", "child-outside", "danger", officer)
    with pytest.raises(RefusedError, match="cannot be done now"):
        disclosures.decide(request, [], "told", officer)


def test_a_correction_of_the_request_takes_the_question_to_the_officer_back(cast: Cast, family: Family) -> None:
    by = cast[Role.COORDINATOR]
    request = make_request(family, by)
    disclosures.ask_officer(request, "law", by)
    known = {name: getattr(request, name) for name in ("asked_on", "asker", "body", "kind", "verified", "purpose")}
    new = disclosures.NewRequest(family, adult_of(family, "home"), what="contact-details", **known)
    newer = disclosures.log(new, by, request)
    assert disclosures.state_of(request) is None
    line = disclosures.state_of(newer)
    assert line
    assert line.state == State.OPEN
    with pytest.raises(RefusedError, match="was corrected"):
        disclosures.decide(request, [], "told", cast[Role.CHAIR])
    with pytest.raises(RefusedError, match="corrected already"):
        disclosures.log(new, by, request)
    assert disclosures.history(newer) == [newer, request]


def test_a_request_about_another_familys_adult_or_in_the_future_is_refused(cast: Cast, family: Family) -> None:
    by = cast[Role.COORDINATOR]
    other = adult_of(make_family(by), "home")
    new = {
        "kind": "police",
        "asker": ASKER,
        "verified": "known",
        "what": "telephone",
        "purpose": "police",
        "body": BODY,
    }
    with pytest.raises(RefusedError, match="another family"):
        disclosures.log(disclosures.NewRequest(family, other, clock.today(), **new), by)
    with pytest.raises(RefusedError, match="still to come"):
        make_request(family, by, asked_on=clock.today() + timedelta(days=1))
    with pytest.raises(RefusedError, match="Name the body"):
        make_request(family, by, kind="other", body=None)
    with pytest.raises(RefusedError, match="whom the child lives with"):
        make_request(family, by, "visiting", what="child-home")


def test_rows_are_added_and_never_edited_and_go_with_the_family(cast: Cast, family: Family) -> None:
    by = cast[Role.COORDINATOR]
    request = make_request(family, by)
    disclosures.refuse(request, "not-sought", by)
    for change in (Disclosure.update(act="released"), InformationRequest.update(what="other"), Disclosure.delete()):
        with pytest.raises((IntegrityError, sqlite3.IntegrityError)):
            change.execute()
    order = [part.table for part in parts(FAMILY)]
    assert order.index("disclosure") < order.index("information_request") < order.index("adult")
    assert order.index("disclosure") < order.index("permission") < order.index("adult")


def test_who_asked_and_to_whom_something_is_permitted_stand_in_no_column_and_no_line_of_the_trail(
    cast: Cast, family: Family
) -> None:
    by = cast[Role.COORDINATOR]
    make_permission(family, by)
    disclosures.refuse(make_request(family, by), "refused", by)
    dump = "\n".join(db.connection().iterdump())
    assert "telephone" in dump
    assert not [canary for canary in (ASKER, BODY, WHOM) if canary.split()[0] in dump]
    assert AuditLine.select().where(AuditLine.about.startswith("request:")).count() == 2

"""What counts as use, for how long a published policy keeps records, and who is told of what is due."""

from datetime import date, timedelta

import pytest

from ccc import clock, families, referrals, retention
from ccc.concerns.records import Concern, ConcernEntry, ConcernEntryApart
from ccc.families import Family
from ccc.families.records import FamilyKnown
from ccc.mail import Outbox
from ccc.people import Person
from ccc.retention import erasing
from ccc.roles import Role
from tests.booking_log import make_booking, make_family, make_session
from tests.samples import MILLBROOK, published
from tests.test_retention import LAST, Browser, Cast, old_family


@pytest.fixture
def colin(cast: Cast) -> Person:
    return cast[Role.COORDINATOR]


def test_a_family_that_is_taken_back_is_not_due_from_that_day_on(colin: Person) -> None:
    family = old_family(colin)
    Family.update(ended_on=LAST).where(Family.id == family.id).execute()
    assert set(retention.due("family")) == {family.id}
    families.reopen(Family.get_by_id(family.id), colin)
    assert retention.due("family") == {}
    for today, is_due in ((date(2029, 11, 21), False), (date(2029, 11, 22), True)):
        with clock.at(today):
            assert (family.id in retention.due("family")) is is_due


def test_a_place_that_was_cancelled_counts_on_the_day_on_which_it_was(colin: Person) -> None:
    with clock.at(LAST):
        family = make_family(colin)
        later = make_session(LAST + timedelta(days=90))
        make_booking(later, family, colin, status="cancelled", cancelled_at=clock.now(), cancelled_by=colin)
    assert set(retention.due("family")) == {family.id}


def test_a_referrer_is_in_use_until_their_last_family_is_moved_away_or_gone(cast: Cast, colin: Person) -> None:
    with clock.at(LAST):
        one, other = (referrals.add_referrer("court", f"Court {n} (invented)", "Clerk", colin) for n in (1, 2))
        moved, gone = make_family(colin), make_family(colin)
        for family, referrer in ((moved, one), (gone, other)):
            referrals.refer(family, referrer, "A 1", LAST, colin)
    referrals.refer(moved, one, "A 2", LAST, colin)
    clock.advance(timedelta(days=30))
    referrals.refer(moved, None, None, LAST, colin)
    made = retention.propose("family", [gone.id], colin)
    retention.approve(made, cast[Role.CHAIR])
    erasing.carry_on()
    assert retention.due("referrer") == {}
    with clock.at(date(2029, 12, 22)):
        assert set(retention.due("referrer").values()) == {date(2026, 12, 21)}
        assert len(retention.due("referrer")) == 2


@pytest.mark.parametrize(("years", "words"), [(1, "one year"), (7, "seven years")])
def test_the_period_is_what_the_text_that_was_published_says(cast: Cast, colin: Person, years: int, words: str) -> None:
    family = old_family(colin)
    text = MILLBROOK.replace("used for three years", f"used for {words}")
    published(cast[Role.CHAIR], text)
    assert retention.period_of("family").years == years
    for past, is_due in ((0, False), (1, True)):
        with clock.at(clock.months_later(LAST, 12 * years) + timedelta(days=past)):
            assert (family.id in retention.due("family")) is is_due


# Who is told


def old_worry(cast: Cast, *, only_for: Person | None = None) -> Concern:
    with clock.at(date(2019, 1, 1)):
        ended = {"ended_at": clock.now(), "ended_by": cast[Role.CHAIR]}
        worry = Concern.create(raised_by=cast[Role.VOLUNTEER], only_for=only_for, **ended)
        made = ConcernEntryApart if only_for else ConcernEntry
        made.create(concern=worry, by=cast[Role.VOLUNTEER], sealed=b"sealed (invented)")
    return worry


def told() -> set[str]:
    return {mail.recipient.partition("@")[0] for mail in Outbox.select()}


def test_the_officers_alone_are_told_of_worries_that_are_due(cast: Cast, as_role: Browser) -> None:
    old_worry(cast)
    assert (retention.remind(), told()) == (2, {"sunita", "charlie"})
    due = "1 record is due for confidential waste."
    assert [due in as_role(role).get("/").text for role in Role] == [False, False, True, True]
    assert "/retention/concerns" in as_role(Role.CHAIR).get("/").text


def test_nobody_is_told_of_a_family_that_they_know(cast: Cast, colin: Person, as_role: Browser) -> None:
    family = old_family(colin)
    FamilyKnown.create(person=colin, family=family)
    assert "confidential waste" not in as_role(Role.COORDINATOR).get("/").text
    assert (retention.remind(), told()) == (2, {"sunita", "charlie"})

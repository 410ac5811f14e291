"""The yearly review: it moves the date of the next, it is asked for in time, and nobody signs anew for it."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from ccc import clock, mail, policies, undertakings
from ccc.audit import AuditLine, Event
from ccc.centre import Centre
from ccc.mail import Outbox
from ccc.people import Person, RefusedError
from ccc.policies import Version
from ccc.roles import Role
from tests.checking import CheckingClient
from tests.samples import MILLBROOK, REGULAR, published
from tests.undertaken import read_and_passed, signed

Browser = Callable[[Role | None], CheckingClient]
PAGE = "/drafting/confidentiality/reviewed"


@pytest.fixture
def version(cast: dict[Role, Person]) -> Version:
    """Reviewed last in September 2026, and so due again by the end of September 2027."""
    return published(cast[Role.CHAIR])


@pytest.fixture
def chair(as_role: Browser, version: Version) -> CheckingClient:
    return as_role(Role.CHAIR)


def test_a_review_that_changes_nothing_moves_the_date_and_keeps_signatures(
    chair: CheckingClient, version: Version, cast: dict[Role, Person]
) -> None:
    vera = read_and_passed(cast[Role.VOLUNTEER], version)
    given = signed(vera, version)
    assert policies.next_review(version) == date(2027, 9, 30)
    assert chair.send(PAGE, on="2026-11-20").location == "/policies/confidentiality/"
    assert policies.next_review(version) == date(2027, 11, 30)
    text = chair.get("/policies/confidentiality/").text
    assert "Last reviewed in November 2026. Next review due by 30 November 2027." in text
    assert undertakings.signature(vera, version) == given
    assert policies.fingerprint(version) == version.sha256
    assert AuditLine.select().where(AuditLine.event == Event.POLICY_REVIEWED).count() == 1


def test_the_centre_s_own_months_count_from_a_recorded_review(as_role: Browser, cast: dict[Role, Person]) -> None:
    Centre.update(review_months=6).execute()
    version = published(cast[Role.CHAIR], REGULAR)
    policies.keep_as_it_is(version, date(2026, 11, 2), cast[Role.CHAIR])
    assert policies.next_review(version) == date(2027, 5, 31)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2026-11-22", "cannot lie in the future"),
        ("2026-08-31", "was reviewed in September 2026 already"),
        ("31/2/2026", "There is no such day."),
        ("", "Fill in the day of the review."),
    ],
)
def test_a_day_that_cannot_be_is_refused_and_nothing_is_kept(chair: CheckingClient, day: str, why: str) -> None:
    answer = chair.send(PAGE, on=day)
    assert answer.status_code == 422
    assert why in answer.text
    assert not AuditLine.select().where(AuditLine.event == Event.POLICY_REVIEWED).exists()


def test_a_version_that_was_replaced_meanwhile_is_not_reviewed(version: Version, cast: dict[Role, Person]) -> None:
    published(cast[Role.CHAIR], MILLBROOK.replace("three years", "five years"))
    with pytest.raises(RefusedError, match="Another version came into force"):
        policies.keep_as_it_is(version, clock.today(), cast[Role.CHAIR])


def test_chair_and_coordinator_are_reminded_sixty_thirty_and_seven_days_before_and_once_it_is_due(
    version: Version, cast: dict[Role, Person]
) -> None:
    mail.turn(on=True)
    told = []
    for day in ("2027-07-31", "2027-08-01", "2027-08-02", "2027-08-31", "2027-09-24", "2027-09-30", "2027-12-01"):
        with clock.at(datetime.fromisoformat(f"{day}T09:00+00:00")):
            told.append(policies.remind())
            assert policies.remind() == 0
    # A day on which nothing ran is made up for on the next.
    assert told == [0, 2, 0, 2, 2, 2, 0]
    assert {one.recipient for one in Outbox.select()} == {cast[Role.CHAIR].email, cast[Role.COORDINATOR].email}


def test_the_first_page_asks_in_time_and_the_policy_says_when_it_is_overdue(as_role: Browser, version: Version) -> None:
    with clock.at(datetime(2027, 8, 15, 9, tzinfo=UTC)):
        assert "its review is due by 30 September 2027" in as_role(Role.CHAIR).get("/").text
    with clock.at(datetime(2027, 10, 1, 9, tzinfo=UTC)):
        assert "its review is overdue" in as_role(Role.COORDINATOR).get("/").text
        assert "was due for review by 30 September 2027" in as_role(None).get("/policies/confidentiality/").text

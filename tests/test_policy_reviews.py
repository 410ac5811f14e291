"""The yearly review: it moves the date of the next, it is asked for in time, and nobody signs anew for it."""

import re
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
from tests.samples import MILLBROOK, REGULAR, making, published
from tests.test_reading import reworded
from tests.undertaken import read_and_passed, signed

Browser = Callable[[Role | None], CheckingClient]
PAGE = "/drafting/confidentiality/reviewed"
APPROVE = "/drafting/confidentiality/approve"
TWO_YEARS = MILLBROOK.replace("three years", "two years")
NEXT_YEAR = datetime(2027, 10, 2, 9, tzinfo=UTC)


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
    assert chair.send(PAGE, seen=version.id, on="2026-11-20").location == "/policies/confidentiality/"
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
def test_a_day_that_cannot_be_is_refused_and_nothing_is_kept(
    chair: CheckingClient, version: Version, day: str, why: str
) -> None:
    answer = chair.send(PAGE, seen=version.id, on=day)
    assert answer.status_code == 422
    assert why in answer.text
    assert not AuditLine.select().where(AuditLine.event == Event.POLICY_REVIEWED).exists()


def test_a_version_that_was_replaced_meanwhile_is_not_reviewed(version: Version, cast: dict[Role, Person]) -> None:
    published(cast[Role.CHAIR], MILLBROOK.replace("three years", "five years"))
    with pytest.raises(RefusedError, match="Another version came into force"):
        policies.keep_as_it_is(version, clock.today(), cast[Role.CHAIR])


def test_a_review_sent_twice_is_kept_once_and_no_older_one_after_it(chair: CheckingClient, version: Version) -> None:
    for _ in range(2):
        assert chair.send(PAGE, seen=version.id, on="2026-11-20").status_code == 303
    answer = chair.send(PAGE, seen=version.id, on="2026-11-19")
    assert answer.status_code == 422
    assert "was reviewed in November 2026 already" in answer.text
    assert [one.reviewed_on for one in policies.recorded("confidentiality")] == [date(2026, 11, 20)]


def test_nobody_can_have_reviewed_an_edition_before_it_was_in_force(cast: dict[Role, Person], version: Version) -> None:
    with clock.at(NEXT_YEAR):
        newer = published(cast[Role.CHAIR], TWO_YEARS)
        with pytest.raises(RefusedError, match=r"Version 2\.0 was not in force yet on that day"):
            policies.keep_as_it_is(newer, date(2027, 10, 1), cast[Role.CHAIR])
        policies.keep_as_it_is(newer, date(2027, 10, 2), cast[Role.CHAIR])


def test_a_page_opened_for_a_version_that_was_replaced_records_no_review(
    chair: CheckingClient, version: Version, cast: dict[Role, Person]
) -> None:
    newer = published(cast[Role.CHAIR], TWO_YEARS)
    answer = chair.send(PAGE, seen=version.id, on="2026-11-21")
    assert answer.status_code == 422
    assert "This page was opened for another version." in answer.text
    assert policies.recorded("confidentiality") == []
    assert chair.send(PAGE, seen=newer.id, on="2026-11-21").status_code == 303


def test_a_change_of_form_keeps_the_review_and_the_reminders_given(cast: dict[Role, Person], version: Version) -> None:
    policies.keep_as_it_is(version, date(2026, 11, 20), cast[Role.CHAIR])
    with clock.at(datetime(2027, 11, 28, 9, tzinfo=UTC)):
        assert policies.remind() == 2
        newer = reworded(cast)
        assert (policies.last_review(newer), policies.next_review(newer)) == (date(2026, 11, 20), date(2027, 11, 30))
        assert policies.remind() == 0


def test_whoever_approves_a_change_at_the_end_of_a_review_gives_its_month(
    chair: CheckingClient, version: Version, cast: dict[Role, Person]
) -> None:
    policies.keep_as_it_is(version, date(2026, 11, 20), cast[Role.CHAIR])
    policies.draft("confidentiality", TWO_YEARS, cast[Role.COORDINATOR])
    page = chair.get(APPROVE).text
    assert "This is the last review that we know of." in page
    assert re.search(r'<option[^>]*value="11"[^>]* selected|<option[^>]* selected[^>]*value="11"', page)
    chair.send(APPROVE, seen=policies.fingerprint(making()), month="11", year="2026")
    newer = policies.publish(making(), cast[Role.CHAIR], material=True, change_note="Two.", sign_by=clock.today())
    assert policies.next_review(newer) == date(2027, 11, 30)


def test_a_reminder_that_reached_nobody_is_given_once_there_is_mail(version: Version) -> None:
    with clock.at(datetime(2027, 9, 1, 9, tzinfo=UTC)):
        mail.turn(on=False)
        assert policies.remind() == 0
        mail.turn(on=True)
        assert policies.remind() == 2


def test_the_list_of_policies_leads_the_chair_to_the_review_and_tells_others_who_records_it(
    as_role: Browser, cast: dict[Role, Person]
) -> None:
    published(cast[Role.CHAIR], MILLBROOK.replace("confidentiality", "photographs"), slug="photographs")
    address = 'href="/drafting/photographs/reviewed"'
    assert address in as_role(Role.CHAIR).get("/drafting/").text
    page = as_role(Role.COORDINATOR).get("/drafting/").text
    assert address not in page
    assert "the chair records it" in page
    with clock.at(NEXT_YEAR):
        front = as_role(Role.COORDINATOR).get("/").text
    assert "its review is overdue" in front
    assert 'href="/drafting/"' in front
    assert 'href="/drafting/photographs/"' not in front


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

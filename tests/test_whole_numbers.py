"""Whole numbers that somebody types in: one that is much too long is refused in words, and breaks no page."""

from collections.abc import Callable

import pytest

from ccc import dbs
from ccc.people import Person
from ccc.roles import Role
from tests.checking import CheckingClient
from tests.samples import published
from tests.vaulted import opened_by_both

Browser = Callable[[Role | None], CheckingClient]
Cast = dict[Role, Person]
NINES = "9" * 400
LEVELS = dict.fromkeys(
    ["volunteer", "team_leader", "co_ordinator", "safeguarding_officer", "chair", "committee_member"], ""
)
PERIODS = {"recheck_months": "24", "grace_days": "0", "look_months": "6"}


@pytest.mark.parametrize("name", PERIODS)
@pytest.mark.parametrize("number", [NINES, f"-{NINES}", "9" * 5000, "1000000000"])
def test_a_period_that_is_much_too_long_is_refused_in_words(
    as_role: Browser, cast: Cast, name: str, number: str
) -> None:
    opened_by_both(cast)
    answer = as_role(Role.SAFEGUARDING).send("/dbs/rules", seen="0", **LEVELS | PERIODS | {name: number})
    assert answer.status_code == 422
    assert "It can have at most 9 figures." in answer.text
    assert dbs.earlier_rules() == []


def test_a_number_of_nine_figures_is_left_to_the_rule_of_its_field(as_role: Browser, cast: Cast) -> None:
    opened_by_both(cast)
    answer = as_role(Role.SAFEGUARDING).send("/dbs/rules", seen="0", **LEVELS | PERIODS | {"grace_days": "999999999"})
    assert answer.status_code == 422
    assert "This can be 0 to 90 days." in answer.text
    assert "at most 9 figures" not in answer.text


@pytest.mark.parametrize("name", ["version"])
def test_no_page_of_a_policy_has_a_number_that_long(as_role: Browser, cast: Cast, name: str) -> None:
    number = str(published(cast[Role.CHAIR]).id)
    client = as_role(Role.VOLUNTEER)
    sent = {"version": number, "place": "1"}
    assert client.send("/policies/confidentiality/read", **sent).status_code == 303
    assert client.send("/policies/confidentiality/read", **sent | {name: NINES}).status_code == 400

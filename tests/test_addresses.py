"""Numbers in addresses that no record can have: there is no such page, and nothing breaks."""

import re
from collections.abc import Callable

import pytest

from ccc.roles import Role
from tests.checking import App, CheckingClient

AsRole = Callable[..., CheckingClient]
# Too long for the database, the first that is, and too long for Python to read.
HUGE = ["9" * 30, str(2**63), "9" * 5000]


def numbered(app: App, number: str) -> list[tuple[str, str]]:
    """Every address with a number in it, and how it is asked for."""
    rules = [rule for rule in app.url_map.iter_rules() if "<int" in rule.rule]
    return [
        (re.sub("<[^>]+>", "confidentiality", re.sub("<int[^>]+>", number, rule.rule)), method)
        for rule in rules
        for method in (rule.methods or set()) & {"GET", "POST"}
    ]


@pytest.mark.parametrize("number", HUGE, ids=["thirty figures", "the first too long", "five thousand figures"])
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.CHAIR])
def test_no_page_stands_at_a_number_that_no_record_can_have(app: App, as_role: AsRole, role: Role, number: str) -> None:
    client = as_role(role)
    token, addresses = client.token(), numbered(app, number)
    assert len(addresses) > 9
    answers = {
        (address[:60], method): client.open(
            address, method=method, data={"csrf_token": token} if method == "POST" else None
        ).status_code
        for address, method in addresses
    }
    assert {asked: status for asked, status in answers.items() if status != 404} == {}


@pytest.mark.parametrize("number", [*HUGE, "-1", "²", "one"])
@pytest.mark.parametrize("address", ["/people/?after=", "/policies/confidentiality/read?place="])
def test_an_odd_number_after_the_question_mark_breaks_nothing(as_role: AsRole, address: str, number: str) -> None:
    assert as_role(Role.COORDINATOR).get(f"{address}{number}").status_code in (200, 404)


def test_a_person_stands_at_their_number(as_role: AsRole) -> None:
    assert as_role(Role.COORDINATOR).get("/people/1/").status_code == 200

"""What stands in the form of an act before anybody chooses: what is recorded, else what the officers' rule says."""

import re
from collections.abc import Callable

import pytest

from ccc import clock, dbs
from ccc.dbs import Asked, Level, Position, Workforce
from ccc.officers_vault import Opened
from ccc.people import Person
from ccc.roles import Role
from tests.checking import CheckingClient
from tests.vaulted import check_of, opened_by_both

Browser = Callable[[Role | None], CheckingClient]
Cast = dict[Role, Person]


@pytest.fixture
def opened(cast: Cast) -> Opened:
    """The vault as the chair opens it; a volunteer needs a basic check by the rules, a team leader an enhanced one."""
    chair = opened_by_both(cast)[Role.CHAIR]
    levels = {Position.VOLUNTEER: Level.BASIC, Position.LEADER: Level.ENHANCED}
    dbs.set_rules(levels, dbs.Periods(), cast[Role.CHAIR])
    return chair


@pytest.fixture
def sunita(opened: Opened, as_role: Browser) -> CheckingClient:
    return as_role(Role.SAFEGUARDING)


def apply(person: Person, opened: Opened, level: Level) -> None:
    asked = Asked(Position.VOLUNTEER, level, Workforce.ADULT)
    dbs.apply(person, opened, check_of(person, opened).mark, asked, clock.today())


def chosen(client: CheckingClient, address: str) -> list[str]:
    return re.findall(r'value="([^"]+)" checked', client.get(address).text)


@pytest.mark.parametrize("page", ["application", "original"])
def test_a_form_begins_with_the_level_that_is_recorded_for_the_same_position(
    sunita: CheckingClient, opened: Opened, cast: Cast, page: str
) -> None:
    assert chosen(sunita, f"/dbs/1/{page}") == ["basic", "child"]
    apply(cast[Role.VOLUNTEER], opened, Level.STANDARD)
    assert chosen(sunita, f"/dbs/1/{page}") == ["standard", "adult"]


def test_for_another_position_the_form_begins_with_the_level_of_the_rule(
    sunita: CheckingClient, opened: Opened, cast: Cast
) -> None:
    apply(cast[Role.VOLUNTEER], opened, Level.STANDARD)
    assert chosen(sunita, "/dbs/1/original?position=team+leader") == ["enhanced", "adult"]
    assert chosen(sunita, "/dbs/1/original?position=chair") == ["adult"]


def test_no_form_begins_with_the_barred_list_though_it_is_recorded(
    sunita: CheckingClient, opened: Opened, cast: Cast
) -> None:
    apply(cast[Role.VOLUNTEER], opened, Level.BARRED)
    assert chosen(sunita, "/dbs/1/original") == ["adult"]

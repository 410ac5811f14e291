"""Somebody known: a family stands in no answer to whoever of the centre knows it."""

from collections.abc import Callable

import pytest

from ccc import families
from ccc.audit import AuditLine, Event
from ccc.families import Adult, Family, FamilyKnown
from ccc.people import Person, RefusedError
from ccc.roles import Role
from tests.booking_log import make_family
from tests.checking import CheckingClient

Browser = Callable[..., CheckingClient]
Cast = dict[Role, Person]


@pytest.fixture
def by(cast: Cast) -> Person:
    return cast[Role.COORDINATOR]


@pytest.fixture
def family(by: Person) -> Family:
    return make_family(by)


def test_a_known_family_is_found_by_everybody_but_the_one_who_knows_it(cast: Cast, by: Person, family: Family) -> None:
    other = make_family(by)
    families.know(by, family, by)
    assert families.find(family.reference, by) is None
    assert families.find(family.reference, cast[Role.SAFEGUARDING]) == family
    assert list(families.visible_to(by)) == [other]
    hidden = families.hidden_from(by), families.hidden_from(cast[Role.SAFEGUARDING])
    assert hidden == (frozenset({family.id}), frozenset())


def test_said_twice_it_is_written_down_once(by: Person, family: Family) -> None:
    assert families.know(by, family, by) == families.know(by, family, by)
    assert families.know(by, None, by) == families.know(by, None, by)
    assert FamilyKnown.select().count() == 2
    assert AuditLine.select().where(AuditLine.event == Event.SOMEBODY_KNOWN).count() == 2


def test_what_is_said_without_a_family_hides_nothing_until_it_is_settled(
    cast: Cast, by: Person, family: Family
) -> None:
    vera = cast[Role.VOLUNTEER]
    known = families.know(vera, None, vera)
    assert families.hidden_from(vera) == set()
    assert len(list(families.visible_to(vera))) == 1
    assert families.declared(by) == [known]
    families.settle(known, family, by)
    assert families.hidden_from(vera) == {family.id}
    assert families.declared(by) == []
    with pytest.raises(RefusedError, match="settled already"):
        families.settle(known, family, by)


def test_none_of_ours_settles_it_and_it_can_be_said_again(cast: Cast, by: Person, family: Family) -> None:
    vera = cast[Role.VOLUNTEER]
    known = families.know(vera, None, vera)
    families.settle(known, None, by)
    assert families.hidden_from(vera) == set()
    assert families.know(vera, None, vera) != known


def test_a_family_that_they_named_stays_hidden_when_that_is_settled(cast: Cast, by: Person, family: Family) -> None:
    vera = cast[Role.VOLUNTEER]
    named, unnamed = families.know(vera, family, vera), families.know(vera, None, vera)
    families.settle(named, None, by)
    families.settle(unnamed, family, by)
    assert families.hidden_from(vera) == {family.id}


def test_what_others_said_of_a_family_is_not_told_to_somebody_who_knows_it(
    cast: Cast, by: Person, family: Family
) -> None:
    families.know(cast[Role.VOLUNTEER], family, by)
    families.know(by, family, by)
    assert families.declared(by) == []
    assert len(families.declared(cast[Role.SAFEGUARDING])) == 2


def test_every_page_of_a_known_family_is_as_if_it_were_not_there(as_role: Browser, by: Person, family: Family) -> None:
    other, browser, here = make_family(by), as_role(Role.COORDINATOR), f"/families/{family.reference}"
    home = Adult.get(Adult.family == family)
    families.keep_apart(family, other, by)
    families.know(by, family, by)
    nobody = browser.get("/families/F-0000/")
    for page in ("/", "/change", "/end", "/referral", "/apart", f"/adults/{home.id}/contact"):
        answer = browser.get(here + page)
        assert (answer.status_code, answer.text) == (404, nobody.text)
    assert browser.send(f"{here}/adults/{home.id}/contact").status_code == 404
    assert (
        browser.send(f"/families/{other.reference}/apart", other=family.reference).text.count("no family of this") == 1
    )
    for answer in (browser.get("/families/"), browser.get(f"/families/{other.reference}/")):
        assert family.reference not in answer.text
        assert home.first_name not in answer.text
    for search in (family.reference, home.first_name):
        assert f"/families/{family.reference}" not in browser.send("/families/", q=search).text
    assert AuditLine.select().where(AuditLine.event == Event.CONTACT_SEEN).count() == 0

"""What an adult permits: written down, shown, and taken back; never more than they said."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from ccc import clock, disclosures, families
from ccc.audit import AuditLine, Event
from ccc.disclosures import Permission
from ccc.families import Family
from ccc.people import Person, RefusedError
from ccc.roles import Role
from tests.asked import WHOM, adult_of, make_permission, make_request
from tests.booking_log import make_family
from tests.checking import CheckingClient

Browser = Callable[..., CheckingClient]
Cast = dict[Role, Person]


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast[Role.COORDINATOR])


def place(family: Family, side: str = "home") -> str:
    return f"/families/{family.reference}/adults/{adult_of(family, side).id}/permissions/"


def test_a_permission_is_written_down_shown_and_taken_back(as_role: Browser, family: Family) -> None:
    browser, there = as_role(Role.COORDINATOR), place(family)
    assert "No permission is written down." in browser.get(there).text
    typed = {"whom": WHOM, "what": "contact-details", "given_on": "20/11/2026", "until": "21/12/2026"}
    assert browser.send(f"{there}new", **typed).status_code == 303
    twice = browser.send(f"{there}new", **typed)
    assert (twice.status_code, "written down already" in twice.text) == (422, True)
    listed = browser.get(there)
    assert all(words in listed.text for words in (WHOM, "Holds today", "until 21 December 2026"))
    assert listed.headers["Cache-Control"] == "no-store"
    one = f"{there}{Permission.get().id}/take-back"
    assert WHOM in browser.get(one).text
    assert browser.send(one).status_code == 303
    assert "taken back on 21 November 2026" in browser.get(there).text
    assert browser.send(one).status_code == 422
    lines = AuditLine.select().where(AuditLine.event.in_([Event.PERMISSION_GIVEN, Event.PERMISSION_WITHDRAWN]))
    assert [line.facts for line in lines] == ['{"what": "contact-details"}', "{}"]


@pytest.mark.parametrize(
    ("side", "wrong", "because"),
    [
        ("home", {"whom": " "}, "Say who may be told."),
        ("home", {"what": "report"}, "Choose one of these."),
        ("home", {"given_on": "22/11/2026"}, "still to come"),
        ("home", {"until": "20/11/2026"}, "before the day on which the permission was given"),
        ("visiting", {"what": "child-home"}, "is for the adult to permit whom the child lives with"),
    ],
)
def test_a_permission_that_cannot_be_is_refused_and_all_that_was_typed_kept(
    as_role: Browser, family: Family, side: str, wrong: dict[str, str], because: str
) -> None:
    typed = {"whom": WHOM, "what": "telephone", "given_on": "21/11/2026", "until": ""} | wrong
    answer = as_role(Role.COORDINATOR).send(f"{place(family, side)}new", **typed)
    assert (answer.status_code, because in answer.text) == (422, True)
    assert typed["whom"].strip() in answer.text
    assert not Permission.select().exists()


def test_nobody_but_the_coordinator_sees_them_and_of_a_hidden_family_nobody(
    as_role: Browser, cast: Cast, family: Family
) -> None:
    for role in (Role.VOLUNTEER, Role.SAFEGUARDING, Role.CHAIR):
        assert as_role(role).get(place(family)).status_code == 403
    other = make_permission(make_family(cast[Role.COORDINATOR]), cast[Role.COORDINATOR])
    browser = as_role(Role.COORDINATOR)
    assert browser.send(f"{place(family)}{other.id}/take-back").status_code == 404
    assert Permission.get_by_id(other.id).withdrawn_on is None
    families.know(cast[Role.COORDINATOR], family, cast[Role.COORDINATOR])
    assert browser.get(place(family)).status_code == 404
    assert browser.send(f"{place(family)}new", whom=WHOM).status_code == 404


def test_a_permission_holds_to_its_last_day_and_for_what_it_was_given(cast: Cast, family: Family) -> None:
    by = cast[Role.COORDINATOR]
    request = make_request(family, by)
    held = make_permission(family, by, until=clock.today() + timedelta(days=2))
    make_permission(family, by, "visiting")
    make_permission(family, by, what="contact-details")
    clock.advance(timedelta(days=2))
    assert disclosures.valid_for(request) == [held]
    clock.advance(timedelta(days=1))
    assert disclosures.valid_for(request) == []
    with pytest.raises(RefusedError):
        disclosures.release_on(request, held, by)

"""Contact details: one adult at a time, behind a button, each look written down, and nowhere else at all."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from ccc import clock, families
from ccc.audit import AuditLine, Event
from ccc.config import Settings
from ccc.db import db
from ccc.drafts import Draft
from ccc.families import Adult, Family, Name
from ccc.mail import Outbox
from ccc.people import Person, RefusedError
from ccc.roles import Role
from tests.booking_log import (
    HOME_ADDRESS,
    HOME_EMAIL,
    HOME_PHONE,
    VISITING_ADDRESS,
    VISITING_EMAIL,
    VISITING_PHONE,
    make_family,
)
from tests.checking import App, CheckingClient
from tests.lived_in import Parts
from tests.test_access import MATRIX, address_of, parts

__all__ = ["parts"]
Browser = Callable[..., CheckingClient]
Cast = dict[Role, Person]
HOME, VISITING = (HOME_ADDRESS, HOME_PHONE, HOME_EMAIL), (VISITING_ADDRESS, VISITING_PHONE, VISITING_EMAIL)
SIDES = {"home": HOME, "visiting": VISITING}
NAMES = ("Hestia", "Canaryhome", "Viator", "Canaryvisit", "Pipkin")
CHANGED = {"address": "3 New Road", "phone": "01632 960333", "email": "new@family.example"}
OURS = ("families", "family_parts", "contacts", "referrers")


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast[Role.COORDINATOR])


def adult(family: Family, side: str) -> Adult:
    return Adult.get(Adult.family == family, Adult.side == side)


def contact(family: Family, side: str) -> str:
    return f"/families/{family.reference}/adults/{adult(family, side).id}/contact"


def change(browser: CheckingClient, family: Family, fields: dict[str, str], side: str = "home") -> TestResponse:
    """Send the form of a change as the page would."""
    return browser.post(f"{contact(family, side)}/change", data={"csrf_token": browser.token(), **fields})


def seen(text: str) -> set[str]:
    """Which sides' details stand in a text."""
    return {side for side, canaries in SIDES.items() if any(canary in text for canary in canaries)}


def looks() -> int:
    return AuditLine.select().where(AuditLine.event == Event.CONTACT_SEEN).count()


@pytest.mark.parametrize("side", ["home", "visiting"])
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SAFEGUARDING])
def test_the_details_of_one_adult_are_behind_a_button_that_records_the_look(
    as_role: Browser, family: Family, side: str, role: Role
) -> None:
    browser, address = as_role(role), contact(family, side)
    before = browser.get(address)
    assert (seen(before.text), looks()) == (set(), 0)
    assert "Nobody has looked at them yet." in before.text
    shown = browser.send(address)
    assert all(canary in shown.text for canary in SIDES[side])
    assert seen(shown.text) == {side}
    assert shown.headers["Cache-Control"] == "no-store"
    line = AuditLine.get(AuditLine.event == Event.CONTACT_SEEN)
    assert line.about == f"adult:{adult(family, side).id}"
    assert "21 November 2026" in browser.get(address).text.split("Who looked")[1]


def test_safeguarding_officer_looks_and_has_no_form_to_change_them(as_role: Browser, family: Family) -> None:
    browser, address = as_role(Role.SAFEGUARDING), contact(family, "home")
    assert "Save these" not in browser.send(address).text
    assert change(browser, family, CHANGED).status_code == 403
    assert adult(family, "home").phone == HOME_PHONE


def test_coordinator_changes_them_where_they_are_shown(as_role: Browser, family: Family) -> None:
    browser, address = as_role(Role.COORDINATOR), contact(family, "home")
    assert "Save these" in browser.send(address).text
    assert change(browser, family, CHANGED).status_code == 303
    changed = adult(family, "home")
    assert (changed.address, changed.phone, changed.email) == tuple(CHANGED.values())
    assert changed.address_confidential is False
    assert change(browser, family, {"address_confidential": "y"}).status_code == 303
    assert adult(family, "home").phone is None
    assert adult(family, "home").address_confidential is True
    assert (adult(family, "visiting").phone, looks()) == (VISITING_PHONE, 1)


@pytest.mark.parametrize(
    ("wrong", "because"),
    [
        ({"phone": "ring the bell"}, "Type a telephone number in figures."),
        ({"email": "nobody"}, "Type an email address"),
        ({"address": "x" * 201}, "at most 200 letters"),
    ],
)
def test_what_is_no_telephone_or_email_is_said_and_all_else_kept(
    as_role: Browser, family: Family, wrong: dict[str, str], because: str
) -> None:
    answer = change(as_role(Role.COORDINATOR), family, CHANGED | wrong)
    assert (answer.status_code, because in answer.text) == (422, True)
    assert all(value in answer.text for value in (CHANGED | wrong).values())
    assert seen(answer.text) == set()
    assert adult(family, "home").phone == HOME_PHONE


def test_the_page_of_a_change_shows_nothing_when_it_is_merely_fetched(as_role: Browser, family: Family) -> None:
    answer = as_role(Role.COORDINATOR).get(f"{contact(family, 'home')}/change")
    assert (answer.status_code, seen(answer.text), looks()) == (200, set(), 0)
    assert "Save these" not in answer.text


def test_of_an_admitted_adult_no_contact_details_are_kept(as_role: Browser, cast: Cast, family: Family) -> None:
    by = cast[Role.COORDINATOR]
    gita = families.admit(family, Name("Gita", "Gran (invented)"), clock.today(), clock.today(), by)
    assert as_role(Role.COORDINATOR).get(contact(family, "admitted")).status_code == 404
    with pytest.raises(RefusedError, match="two sides only"):
        families.change_contact(gita, families.Contact("3 New Road", None, None, address_confidential=True), by)


def test_one_telephone_number_is_given_alone_and_the_look_recorded(cast: Cast, family: Family) -> None:
    assert families.phone_of(adult(family, "home"), cast[Role.VOLUNTEER]) == HOME_PHONE
    looked = families.looks_at(adult(family, "home"))
    assert [look.name for look in looked] == [cast[Role.VOLUNTEER].name]
    assert families.looks_at(adult(family, "visiting")) == []


def test_no_other_page_of_families_holds_contact_details(as_role: Browser, app: App, parts: Parts) -> None:
    cells = [(endpoint, method) for endpoint, method in MATRIX if endpoint.split(".")[0] in OURS]
    assert len(cells) > 30
    for role in Role:
        browser = as_role(role)
        found = {
            cell: seen(text) for cell in cells for text in _answers(browser, address_of(app, cell[0], parts), cell[1])
        }
        allowed = {"home"} if role in (Role.COORDINATOR, Role.SAFEGUARDING) else set()
        assert found.pop(("contacts.show", "POST")) == allowed
        assert {cell for cell, sides in found.items() if sides} == set()


def test_addresses_titles_log_lines_audit_and_mail_are_free_of_names_and_details(
    as_role: Browser, family: Family, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    browser, here = as_role(Role.COORDINATOR), f"/families/{family.reference}"
    home = adult(family, "home")
    for page in ("/", "/change", f"/adults/{home.id}/name", f"/adults/{home.id}/policy", f"/adults/{home.id}/contact"):
        text = browser.get(here + page).text
        assert not _leaks(text.split("<h1>")[0] + text.split("<h1>")[1].split("</h1>")[0])
    assert browser.send("/families/", q="Canaryhome").request.query_string == b""
    form = {"first_name": "Hestia", "last_name": "Canaryhome"}
    after = browser.send(f"{here}/adults/{home.id}/name", **form)
    assert not _leaks(after.location + str(after.headers.getlist("Set-Cookie")))
    browser.send(contact(family, "home"))
    change(browser, family, {"phone": "canary number"})
    assert not _leaks(caplog.text)
    assert not _leaks(" ".join(f"{line.about} {line.facts}" for line in AuditLine.select()))
    assert not _leaks(" ".join(f"{mail.subject} {mail.body}" for mail in Outbox.select()))


def test_no_file_on_disk_holds_a_name_or_an_address_in_clear(
    as_role: Browser, family: Family, settings: Settings
) -> None:
    browser = as_role(Role.COORDINATOR)
    change(browser, family, CHANGED)
    browser.send("/families/", q="Canaryhome")
    db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    everything = b"".join(file.read_bytes() for file in _files(settings.data))
    words = [*NAMES, *HOME, *VISITING, *CHANGED.values()]
    assert [word for word in words if word.encode() in everything] == []


def test_what_was_typed_when_the_sign_in_ended_comes_back_to_its_owner(
    as_role: Browser, as_person: Browser, cast: Cast, family: Family
) -> None:
    from ccc.signin import sign_ins

    browser, address = as_role(Role.COORDINATOR), f"{contact(family, 'home')}/change"
    token = browser.token()
    sign_ins.end_all(cast[Role.COORDINATOR], "test")
    answer = browser.post(address, data={"csrf_token": token, **CHANGED})
    assert (answer.status_code, Draft.select().count()) == (303, 1)
    again = as_person(cast[Role.COORDINATOR]).get(address).text
    assert 'value="01632 960333"' in again
    assert adult(family, "home").phone == HOME_PHONE


def _answers(browser: CheckingClient, address: str, method: str) -> Iterator[str]:
    """What a cell answers, and for a button the page to which it leads; nothing of it stays."""
    with db.atomic() as transaction:
        form = {"csrf_token": browser.token()} if method == "POST" else None
        yield browser.open(address, method=method, data=form, follow_redirects=True).text
        transaction.rollback()


def _leaks(text: str) -> list[str]:
    return [word for word in (*NAMES, *HOME, *VISITING) if word in text]


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]

"""A signature is given once and never changes; its certificate shows it for good."""

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from peewee import DatabaseError
from playwright.sync_api import sync_playwright

from ccc import centre, clock, people, undertakings
from ccc.audit import AuditLine, Event
from ccc.db import db, writing
from ccc.people import Person
from ccc.policies import Version
from ccc.roles import Role
from ccc.undertakings import Acknowledgement, signing
from tests.browser.conftest import find_chromium
from tests.checking import CheckingClient
from tests.samples import published
from tests.test_reading import EDITED, reworded
from tests.undertaken import HOME, NAME, checked, read_and_passed, signed

LATER = datetime(2027, 2, 6, 9, 0, tzinfo=UTC)
STATIC = Path(__file__).resolve().parent.parent / "static"
Browser = Callable[[Role | None], CheckingClient]
Cast = dict[Role, Person]


@pytest.fixture
def version(cast: Cast) -> Version:
    return published(cast[Role.CHAIR])


@pytest.fixture
def ready(cast: Cast, version: Version) -> Person:
    """The volunteer, who has read the policy and passed the quiz."""
    return read_and_passed(cast[Role.VOLUNTEER], version)


def test_signing_twice_keeps_the_first_and_says_so(as_role: Browser, ready: Person) -> None:
    client = as_role(Role.VOLUNTEER)
    address = checked(client)
    client.send(address, name=NAME)
    clock.advance(timedelta(minutes=5))
    assert client.send(address, name="Somebody Else").location == HOME
    assert "You had signed already. Your first signature stands: certificate 2026-0001" in client.get(HOME).text
    assert [kept.typed_name for kept in Acknowledgement.select()] == [NAME]
    assert AuditLine.select().where(AuditLine.event == Event.UNDERTAKING_SIGNED).count() == 1


def test_of_two_who_sign_at_once_one_wins_and_the_other_is_told(
    monkeypatch: pytest.MonkeyPatch, as_role: Browser, ready: Person
) -> None:
    clients = [as_role(Role.VOLUNTEER), as_role(Role.VOLUNTEER)]
    tokens, address = [client.token() for client in clients], checked(clients[0])
    both = threading.Barrier(2, timeout=20)
    told: dict[str, str] = {}

    @contextmanager
    def at_the_same_moment() -> Iterator[None]:
        both.wait()
        with writing():
            yield

    def send(client: CheckingClient, token: str, name: str) -> None:
        client.post(address, data={"csrf_token": token, "name": name})
        told[name] = client.get(HOME).text
        db.close()

    monkeypatch.setattr(signing, "writing", at_the_same_moment)
    names = ["First Tablet", "Second Tablet"]
    threads = [threading.Thread(target=send, args=args) for args in zip(clients, tokens, names, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (kept,) = Acknowledgement.select()
    (other,) = set(names) - {kept.typed_name}
    assert "Your undertaking is signed" in told[kept.typed_name]
    assert "You had signed already" in told[other]


@pytest.mark.parametrize("how", ["update", "delete", "replace"])
def test_the_database_refuses_to_touch_a_signature(ready: Person, version: Version, how: str) -> None:
    given = signed(ready, version)
    statements = {
        "update": "UPDATE acknowledgement SET typed_name = 'Mallory'",
        "delete": "DELETE FROM acknowledgement",
        "replace": "INSERT OR REPLACE INTO acknowledgement SELECT * FROM acknowledgement",
    }
    with pytest.raises(DatabaseError, match="append-only"):
        db.execute_sql(statements[how])
    assert Acknowledgement.get().sha256 == undertakings.fingerprint(given)


def test_a_new_version_leaves_signatures_and_certificates_as_they_were(
    as_role: Browser, ready: Person, cast: Cast, version: Version
) -> None:
    before, client = signed(ready, version), as_role(Role.VOLUNTEER)
    certificate = client.get(f"/undertakings/certificates/{before.number}").text
    newer = published(cast[Role.CHAIR], EDITED)
    people.change_details(ready, "Vera Married (invented)", None, None, ready)
    centre.change("Renamed Centre", "", "", 1)
    after = Acknowledgement.get()
    assert (after.wording, after.sha256, after.version_id) == (before.wording, before.sha256, version.id)
    main = re.compile(r"<section.*</section>", re.DOTALL)
    now = client.get(f"/undertakings/certificates/{before.number}").text
    assert main.findall(now) == main.findall(certificate) != []
    assert not undertakings.has_signed(ready, newer)
    assert "The policy has changed since you signed it" in client.get(HOME).text
    assert f"Certificate {before.number}" in client.get(HOME).text


def test_a_signature_holds_for_a_version_with_better_commas(
    as_role: Browser, ready: Person, cast: Cast, version: Version
) -> None:
    given = signed(ready, version)
    newer = reworded(cast)
    assert undertakings.signature(ready, newer) == given
    assert undertakings.signed_people(newer) == {ready.id: clock.today()}
    assert "your signature holds" in as_role(Role.VOLUNTEER).get(HOME).text


def test_a_later_version_is_signed_with_a_day_and_a_number_of_its_own(
    ready: Person, cast: Cast, version: Version
) -> None:
    first = signed(ready, version)
    with clock.at(LATER):
        newer = published(cast[Role.CHAIR], EDITED)
        read_and_passed(ready, newer)
        second = signed(ready, newer)
    assert (first.number, second.number) == ("2026-0001", "2027-0002")
    assert undertakings.signature(ready, newer) == second
    assert undertakings.acknowledgements(ready) == [second, first]


@pytest.mark.parametrize(("role", "status"), [(Role.COORDINATOR, 200), (Role.SAFEGUARDING, 200), (Role.CHAIR, 200)])
def test_offices_see_certificates_of_others(
    as_role: Browser, ready: Person, version: Version, role: Role, status: int
) -> None:
    number = signed(ready, version).number
    assert as_role(role).get(f"/undertakings/certificates/{number}").status_code == status


def test_a_volunteer_does_not_learn_of_the_certificate_of_another(
    as_role: Browser, cast: Cast, version: Version
) -> None:
    read_and_passed(cast[Role.CHAIR], version)
    number = signed(cast[Role.CHAIR], version).number
    assert as_role(Role.VOLUNTEER).get(f"/undertakings/certificates/{number}").status_code == 404
    assert as_role(None).get(f"/undertakings/certificates/{number}").location.startswith("/sign-in?")


@pytest.mark.parametrize(
    "number",
    ["2026-0002", "2025-0001", "2026-1", "2026-00001", "2026-" + "9" * 30, "x", "\uff12\uff10\uff12\uff16-0001"],
)
def test_a_number_that_is_none_finds_nothing(as_role: Browser, ready: Person, version: Version, number: str) -> None:
    signed(ready, version)
    assert as_role(Role.CHAIR).get(f"/undertakings/certificates/{number}").status_code == 404


@pytest.mark.browser
def test_a_certificate_prints_on_one_side(as_role: Browser, cast: Cast, version: Version) -> None:
    """The longest names that the forms take, with the style sheet of the product, as Chromium prints it on A4."""
    chromium = find_chromium()
    if not chromium and not os.environ.get("CCC_REQUIRE_BROWSER"):
        pytest.skip("there is no Chromium here")
    signer = read_and_passed(people.add("Volunteer with a long name " * 3, None, None, None), version)
    number = signed(signer, version).number
    shown = as_role(Role.CHAIR).get(f"/undertakings/certificates/{number}").text
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        sheet = browser.new_page()
        sheet.set_content(re.sub(r"<link[^>]*>", "", shown))
        sheet.add_style_tag(content=(STATIC / "site.css").read_text(encoding="utf-8"))
        printed = sheet.pdf(prefer_css_page_size=True)
        browser.close()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    assert re.search(rb"/MediaBox \[0 0 59[45]\S* 84[12]\S*\]", printed), "not A4"

"""Signing an undertaking on the screen: what it says, what comes first, and what is kept."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path

import pytest

from ccc import clock, undertakings
from ccc.audit import AuditLine, Event
from ccc.people import Person
from ccc.policies import Version, clauses
from ccc.quizzes.attempts import Attempt
from ccc.roles import Role
from ccc.undertakings import Acknowledgement
from tests.checking import CheckingClient
from tests.samples import MILLBROOK, published
from tests.test_reading import EDITED, reworded
from tests.undertaken import (
    HOME,
    NAME,
    REGISTER,
    SIGN,
    checked,
    passed,
    read,
    read_and_passed,
    wording_now,
)

REAL = Path(__file__).resolve().parent.parent.parent / "shared" / "policies"
Browser = Callable[[Role | None], CheckingClient]
Cast = dict[Role, Person]


@pytest.fixture
def version(cast: Cast) -> Version:
    return published(cast[Role.CHAIR])


@pytest.fixture
def ready(cast: Cast, version: Version) -> Person:
    """The volunteer, who has read the policy and passed the quiz."""
    return read_and_passed(cast[Role.VOLUNTEER], version)


def test_the_wording_holds_every_clause_and_our_own_sentence(version: Version) -> None:
    words = undertakings.wording(version, "Millbrook")
    for clause in clauses(version):
        assert f"{clause.label}. {clause.text}" in words
    assert "\n    3a. " in words
    assert words.endswith(undertakings.INWARD)
    assert "Millbrook called “Millbrook confidentiality policy”, version 1.0." in words
    assert version.preamble in words


def test_every_clause_of_a_real_policy_is_read_and_signed(as_role: Browser, cast: Cast) -> None:
    texts = sorted(REAL.glob("*.txt"))
    if not texts:
        pytest.skip("the real policies are not here: ../shared/policies is missing")
    for text in texts:
        version = published(cast[Role.CHAIR], text.read_text(encoding="utf-8"))
        read_and_passed(cast[Role.VOLUNTEER], version)
        shown = unescape(as_role(Role.VOLUNTEER).get(HOME).text)
        places = undertakings.places(version)
        parts = {place.text for place in places} | {clause.text for place in places for clause in place.under}
        for clause in clauses(version):
            assert f"{clause.label}. {clause.text}" in shown
            assert clause.text in parts


def test_the_check_page_shows_the_whole_wording(as_role: Browser, ready: Person, version: Version) -> None:
    words = wording_now(version)
    assert words in as_role(Role.VOLUNTEER).get(HOME).text


def test_telling_a_worry_inside_is_asked_and_never_a_breach() -> None:
    assert "I must tell the co-ordinator or the safeguarding officer" in undertakings.INWARD
    assert "never a breach" in undertakings.INWARD


def test_a_policy_cannot_smuggle_markup_into_the_wording(as_role: Browser, cast: Cast) -> None:
    version = published(cast[Role.CHAIR], MILLBROOK.replace("1. Volunteers", "1. <b>Volunteers</b>"))
    read_and_passed(cast[Role.VOLUNTEER], version)
    text = as_role(Role.VOLUNTEER).get(HOME).text
    assert "<b>" not in text
    assert "Check what you will sign" in text


def test_volunteer_checks_types_their_name_and_has_a_certificate(
    as_role: Browser, ready: Person, version: Version
) -> None:
    client = as_role(Role.VOLUNTEER)
    address = checked(client)
    assert "version 1.0" in client.get(address).text
    answer = client.send(address, name=NAME)
    assert (answer.status_code, answer.location) == (303, HOME)
    text = client.get(HOME).text
    assert "Your undertaking is signed" in text
    assert "You signed version 1.0 of the policy on 21 November 2026" in text
    certificate = client.get("/undertakings/certificates/2026-0001").text
    for words in (ready.name, NAME, "Millbrook Contact Centre", "Version 1.0", "21 November 2026", "on screen"):
        assert words in certificate, words


def test_what_is_kept_is_what_was_shown(as_role: Browser, ready: Person, version: Version) -> None:
    client = as_role(Role.VOLUNTEER)
    shown = client.get(HOME).text
    client.send(checked(client), name=NAME)
    kept = Acknowledgement.get()
    assert kept.wording in shown
    assert (kept.person_id, kept.version_id, kept.typed_name, kept.name) == (ready.id, version.id, NAME, ready.name)
    assert (kept.version_sha256, kept.attempt_id, kept.signed_on) == (
        version.sha256,
        Attempt.get().id,
        date(2026, 11, 21),
    )
    assert kept.sha256 == undertakings.fingerprint(kept)
    line = AuditLine.get(AuditLine.event == Event.UNDERTAKING_SIGNED)
    facts = {"sha256": kept.sha256, "version": version.id}
    assert (line.actor, line.about, line.facts) == (ready.id, f"person:{ready.id}", json.dumps(facts))


@pytest.mark.parametrize("name", ["", "   ", "V", "1 2", "x" * 101])
def test_a_name_that_is_none_is_refused_and_stays_in_the_form(as_role: Browser, ready: Person, name: str) -> None:
    client = as_role(Role.VOLUNTEER)
    answer = client.send(checked(client), name=name)
    assert answer.status_code == 422
    assert f'value="{name.strip()}"' in answer.text
    assert Acknowledgement.select().count() == 0


def test_what_was_typed_survives_an_ended_sign_in(as_role: Browser, ready: Person) -> None:
    client = as_role(Role.VOLUNTEER)
    address, token = checked(client), client.token()
    with clock.at(datetime(2026, 11, 21, 13, tzinfo=UTC)):
        assert client.post(address, data={"csrf_token": token, "name": NAME}).location.startswith("/sign-in?next=")
    assert Acknowledgement.select().count() == 0
    again = as_role(Role.VOLUNTEER).get(address).text
    assert f'value="{NAME}"' in again
    assert "This was not sent yet" in again


@pytest.mark.parametrize("done", ["nothing", "read", "passed"])
def test_reading_and_quiz_come_first(as_role: Browser, cast: Cast, version: Version, done: str) -> None:
    if done != "nothing":
        {"read": read, "passed": passed}[done](cast[Role.VOLUNTEER], version)
    client = as_role(Role.VOLUNTEER)
    page = client.get(HOME).text
    assert ('href="/policies/confidentiality/read"' in page) == (done != "read")
    assert ('href="/quizzes/confidentiality/"' in page) == (done == "read")
    mark = undertakings.mark(wording_now(version))
    answer = client.send(f"{SIGN}?seen={mark}", name=NAME)
    assert answer.status_code == 422
    assert ("pass the quiz first" if done == "read" else "read the policy to the end first") in answer.text
    assert NAME in answer.text
    assert Acknowledgement.select().count() == 0


def test_nobody_signs_without_the_check_page(as_role: Browser, ready: Person) -> None:
    client = as_role(Role.VOLUNTEER)
    assert client.get(SIGN).location == HOME
    assert client.send(SIGN, name=NAME).location == HOME
    assert client.send(f"{SIGN}?seen=nonsense", name=NAME).status_code == 409
    assert Acknowledgement.select().count() == 0


def test_a_version_replaced_meanwhile_cannot_be_signed(as_role: Browser, ready: Person, cast: Cast) -> None:
    client = as_role(Role.VOLUNTEER)
    address = checked(client)
    client.get(address)
    published(cast[Role.CHAIR], EDITED, note="Lifts home are named now.")
    for answer in (client.send(address, name=NAME), client.get(address)):
        assert answer.status_code == 409
        assert "You have not signed anything" in answer.text
        assert "version 2.0" in answer.text
        assert "Lifts home are named now." in answer.text
        assert 'href="/policies/confidentiality/read"' in answer.text
    assert Acknowledgement.select().count() == 0


def test_better_commas_meanwhile_lead_to_the_words_as_they_are_now(as_role: Browser, ready: Person, cast: Cast) -> None:
    client = as_role(Role.VOLUNTEER)
    address = checked(client)
    reworded(cast)
    answer = client.send(address, name=NAME)
    assert answer.status_code == 409
    assert f'href="{HOME}"' in answer.text
    client.send(checked(client), name=NAME)
    assert Acknowledgement.get().version.number == "1.1"


def test_without_a_policy_there_is_nothing_to_sign(as_role: Browser, cast: Cast) -> None:
    client = as_role(Role.VOLUNTEER)
    assert "has not published its confidentiality policy yet" in client.get(HOME).text
    assert client.send(f"{SIGN}?seen=x", name=NAME).location == HOME
    assert client.get(HOME + "sheet").status_code == 404
    assert "has not published" in as_role(Role.CHAIR).get(REGISTER).text

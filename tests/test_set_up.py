"""Setting a centre up: the one-time link, the page, what is refused, and the way to a published policy."""

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from ccc import centre, people, policies, set_up
from ccc.config import ROOT
from ccc.people import Person
from ccc.provisions import Key
from ccc.roles import Role
from ccc.set_up import Beginning
from ccc.signin import accounts
from tests import samples
from tests.checking import CheckingClient
from tests.conftest import PASSWORD

REAL_POLICIES = sorted((ROOT.parent / "shared" / "policies").glob("*.txt"))
TYPED = {
    "centre_name": "Millbrook Contact Centre (invented)",
    "coordinator_phone": "01632 960001",
    "safeguarding_phone": "01632 960002",
    "name": "Charlie Chair (invented)",
    "email": "charlie@millbrook.example",
    "sign_in_name": "Charlie",
    "new_password": PASSWORD,
    "policy": "own",
}


@pytest.fixture
def client(empty_app: Flask) -> CheckingClient:
    return browser(empty_app)


def browser(app: Flask) -> CheckingClient:
    """A browser that nobody used yet."""
    fresh = app.test_client()
    assert isinstance(fresh, CheckingClient)
    return fresh


@pytest.fixture
def address(empty_app: Flask) -> str:
    return f"/set-up/{centre.new_set_up_token()}"


def send(client: CheckingClient, address: str, **fields: Any) -> TestResponse:
    """Send the set-up page as a browser would, with what is typed in changed as a test says."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(address).text)
    assert token
    typed = {**TYPED, **fields, "csrf_token": token[1]}
    return send_file(client, address, **typed)


def send_file(client: CheckingClient, address: str, **fields: Any) -> TestResponse:
    """Send a form that takes a file: fields of bytes are files."""
    ready = {n: FileStorage(io.BytesIO(v), "policy.txt") if isinstance(v, bytes) else v for n, v in fields.items()}
    # Encoded here, since the test client leaves the temporary file of a large one open.
    boundary, body = encode_multipart(ready)
    return client.post(address, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def test_a_centre_that_is_not_set_up_says_so_instead_of_asking_for_a_password(client: CheckingClient) -> None:
    answer = client.get("/", follow_redirects=True)
    assert "This centre is not set up yet" in answer.text
    assert "flask --app app set-up-link" in answer.text
    assert 'type="password"' not in answer.text


def test_the_page_asks_for_everything_and_offers_each_model_for_the_first_policy(
    client: CheckingClient, address: str
) -> None:
    text = client.get(address).text
    assert [label in text for label in ("Name of the centre", "Your password", "Our own text")] == [True] * 3
    offered = set(re.findall(r'name="policy" value="([^"]+)"', text))
    assert offered == {"own", "confidentiality", "confidentiality-short"}


def test_first_chair_sets_up_and_publishes_the_centres_own_text_alone(client: CheckingClient, address: str) -> None:
    answer = send(client, address, text=samples.MILLBROOK)
    assert (answer.status_code, answer.location) == (303, "/drafting/confidentiality/")
    # The second step of signing in comes first, as for every office holder.
    assert client.get(answer.location).location == "/me/second-step/"
    accounts.Account.update(second_factor="sheet").execute()
    from ccc.signin.sign_ins import SignIn

    SignIn.update(second_at=SignIn.created_at).execute()
    assert "this once you can do so alone" in client.get("/drafting/confidentiality/").text
    assert "no policy in force yet" in client.get("/").text
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', client.get("/drafting/confidentiality/publish").text)
    assert seen
    published = client.send("/drafting/confidentiality/publish", seen=seen[1])
    assert (published.status_code, published.location) == (303, "/policies/confidentiality/")
    assert "Version 1.0, approved by the chair" in client.get(published.location).text
    assert "Millbrook Contact Centre (invented)" in client.get("/concerns/").text
    assert people.roles_of(Person.get()) == {Role.CHAIR, Role.VOLUNTEER}


def test_chair_publishes_alone_only_once(client: CheckingClient, address: str) -> None:
    send(client, address, text=samples.MILLBROOK)
    chair = Person.get()
    version = policies.making("confidentiality")
    dbs = policies.making("dbs")
    assert version
    assert dbs, "the text speaks of DBS checks, so the model for them is drafted too"
    policies.publish_alone(version, chair, seen=policies.fingerprint(version))
    with pytest.raises(people.RefusedError, match="two people"):
        policies.publish_alone(dbs, chair, seen=policies.fingerprint(dbs))


def test_a_policy_that_says_nothing_of_dbs_brings_no_policy_on_it(client: CheckingClient, address: str) -> None:
    send(client, address, text="# Our policy\n\n1. We keep quiet about families.\n\n2. We lock papers away.\n")
    assert policies.making("dbs") is None


@pytest.mark.parametrize("key", ["confidentiality", "confidentiality-short"])
def test_a_centre_without_a_policy_begins_with_a_model(client: CheckingClient, address: str, key: str) -> None:
    assert send(client, address, policy=key).status_code == 303
    version = policies.making("confidentiality")
    assert version
    assert len(policies.clauses(version)) > 10
    assert Key.NOT_DISCUSSED in policies.promises(version)


@pytest.mark.skipif(not REAL_POLICIES, reason="the real policies are not there: ../shared/policies is missing")
@pytest.mark.parametrize("path", REAL_POLICIES, ids=lambda path: path.stem)
def test_a_real_policy_is_uploaded_and_read(client: CheckingClient, address: str, path: Any) -> None:
    answer = send(client, address, upload=path.read_bytes())
    assert answer.status_code == 303
    version = policies.making("confidentiality")
    assert version
    assert len([clause for clause in policies.clauses(version) if not clause.parent]) == 10
    assert version.reviewed_on is not None


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("centre_name", " ", "Type in the name of the centre."),
        ("coordinator_phone", "", "Give a number that somebody answers."),
        ("safeguarding_phone", "ring me", "Type a telephone number in figures."),
        ("chair_phone", "ring me", "Type a telephone number in figures."),
        ("name", "", "Type in your name."),
        ("email", "nobody", "does not look like an email address"),
        ("sign_in_name", "ab", "This is too short"),
        ("new_password", "short", "at least 12 characters"),
        ("new_password", "", "Choose a password."),
        ("text", "", "Paste the text of the policy here, or choose a file."),
        ("text", "...", "There is no word in this text."),
        ("text", "# Our confidentiality policy", "There is no clause in this text"),
        ("text", "x" * 100_001, "larger than 100 kB"),
        ("policy", "confidentiality", "You also gave a text of your own."),
        ("policy", "../../etc/passwd", "Choose one of these."),
    ],
)
def test_a_mistake_is_named_and_nothing_typed_is_lost(
    client: CheckingClient, address: str, field: str, value: str, said: str
) -> None:
    answer = send(client, address, **{"text": samples.MILLBROOK, field: value})
    assert answer.status_code == 422
    assert said in answer.text
    assert PASSWORD not in answer.text
    for name in TYPED.keys() - {field, "new_password", "policy"}:
        assert TYPED[name] in answer.text, name
    if field != "text":
        assert "4. The address and telephone number of a parent" in answer.text
    assert not centre.the_centre().set_up_at
    assert not Person.select().exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "This file is empty."),
        (b"%PDF-1.7 \x00\x01", "This is a PDF file."),
        (b"PK\x03\x04word", "This is a Word file."),
        (b"\x00\x01\x02\xff" * 40, "This is not a text file."),
        (b"1. A clause that goes on. " * 200_000, "larger than 100 kB"),
    ],
    ids=["empty", "pdf", "word", "binary", "5 MB"],
)
def test_a_file_that_cannot_be_read_is_named_and_nothing_typed_is_lost(
    client: CheckingClient, address: str, data: bytes, said: str
) -> None:
    answer = send(client, address, upload=data)
    assert answer.status_code == 422
    assert said in answer.text
    assert TYPED["centre_name"] in answer.text


def test_an_uploaded_text_survives_another_mistake(client: CheckingClient, address: str) -> None:
    data = "1. We don’t talk – café or not.\n\n2. Papers are locked away.\n".encode("cp1252")
    answer = send(client, address, name="", upload=data)
    assert answer.status_code == 422
    assert "We don’t talk – café or not." in answer.text


def test_a_text_and_another_file_are_not_mixed_up(client: CheckingClient, address: str) -> None:
    answer = send(client, address, text=samples.MILLBROOK, upload=b"1. Another rule.\n2. One more.")
    assert answer.status_code == 422
    assert "You pasted a text and chose another in a file." in answer.text
    assert "Families trust us with hard times" in answer.text


def test_scripts_in_a_policy_come_out_harmless(client: CheckingClient, address: str) -> None:
    text = "1. Be kind.<script>alert(1)</script>\n\n2. Be quiet <b onclick=alert(1)>always</b>.\n"
    assert send(client, address, text=text).status_code == 303
    assert "alert(1)" in str(policies.making("confidentiality").set_aside)  # type: ignore[union-attr]


def test_a_wrong_link_says_how_to_get_another(client: CheckingClient, address: str) -> None:
    answer = client.get("/set-up/not-the-token")
    assert answer.status_code == 404
    assert "flask --app app set-up-link" in answer.text


def test_a_newer_link_takes_the_place_of_the_one_before(client: CheckingClient, address: str) -> None:
    centre.new_set_up_token()
    assert client.get(address).status_code == 404


def test_what_was_typed_under_a_replaced_link_is_kept_and_goes_on_with_the_newest(
    client: CheckingClient, address: str
) -> None:
    csrf = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(address).text)
    assert csrf
    newest = f"http://localhost/set-up/{centre.new_set_up_token()}/"
    answer = send_file(client, address, **TYPED, upload=samples.MILLBROOK.encode(), csrf_token=csrf[1])
    assert answer.status_code == 409
    assert "This link was replaced by a newer one" in answer.text
    assert "flask --app app set-up-link" in answer.text
    assert "4. The address and telephone number of a parent" in answer.text
    for name in TYPED.keys() - {"new_password", "policy"}:
        assert TYPED[name] in answer.text, name
    assert PASSWORD not in answer.text
    again = {**TYPED, "text": samples.MILLBROOK, "csrf_token": csrf[1], "link": newest}
    short = send_file(client, address, **{**again, "new_password": "short"})
    assert (short.status_code, newest in short.text) == (422, True)
    assert send_file(client, address, **again).status_code == 303
    assert centre.the_centre().set_up_at


def test_a_used_link_opens_nothing(client: CheckingClient, address: str) -> None:
    send(client, address, text=samples.MILLBROOK)
    answer = browser(client.application).get(address)
    assert answer.status_code == 410
    assert "The centre is set up already" in answer.text


def test_of_two_who_set_up_at_once_the_second_is_told(
    client: CheckingClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = set_up.begin

    def another_is_faster(token: str, start: Beginning) -> object:
        real(token, replace(start, chair="Faster (invented)", sign_in_name="faster"))
        return real(token, start)

    monkeypatch.setattr(set_up, "begin", another_is_faster)
    answer = send(client, address, text=samples.MILLBROOK)
    assert answer.status_code == 409
    assert "Somebody else set the centre up" in answer.text
    assert [person.name for person in Person.select()] == ["Faster (invented)"]

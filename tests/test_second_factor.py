"""The second step: a telephone, a sheet, recovery codes, and what happens when they are lost."""

import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest

from ccc import clock
from ccc.mail import Outbox
from ccc.people import Person
from ccc.roles import Role
from ccc.signin import second_factor
from ccc.signin.accounts import Account
from tests.checking import App, CheckingClient
from tests.conftest import PASSWORD

AsRole = Callable[..., CheckingClient]
Cast = dict[Role, Person]


@pytest.fixture
def chair(app: App, cast: Cast) -> CheckingClient:
    """The chair's browser after the password, without a second factor yet."""
    client = app.test_client()
    client.send("/sign-in", sign_in_name="Charlie", password=PASSWORD)
    return client


def code_for(secret: str) -> str:
    return pyotp.TOTP(secret).at(clock.now())


def hidden(name: str, page: str) -> str:
    (value,) = re.findall(rf'name="{name}" value="([^"]+)"', page)
    return str(value)


def set_up_telephone(client: CheckingClient) -> tuple[str, list[str]]:
    secret = hidden("secret", client.get("/me/second-step/telephone").text)
    answer = client.send("/me/second-step/telephone", secret=secret, code=code_for(secret))
    return secret, re.findall(r"<li>(\w{5}-\w{5})</li>", answer.text)


def set_up_sheet(client: CheckingClient) -> list[str]:
    page = client.get("/me/second-step/sheet").text
    codes = hidden("codes", page).split()
    assert client.send("/me/second-step/sheet", codes=" ".join(codes), code=codes[0].lower()).status_code == 303
    return codes


def sign_in_again(app: App, code: str) -> int:
    client = app.test_client()
    client.send("/sign-in", sign_in_name="Charlie", password=PASSWORD)
    assert client.get("/me/").location.startswith("/sign-in/code")
    client.send("/sign-in/code", code=code)
    return client.get("/me/").status_code


def test_chair_sets_up_a_telephone_and_is_in(app: App, chair: CheckingClient) -> None:
    secret, recovery = set_up_telephone(chair)
    assert len(set(recovery)) == 10
    assert chair.get("/me/").status_code == 200
    clock.advance(timedelta(seconds=30))
    assert sign_in_again(app, code_for(secret)) == 200


def test_a_code_of_the_telephone_counts_once(app: App, chair: CheckingClient) -> None:
    secret, _ = set_up_telephone(chair)
    clock.advance(timedelta(seconds=30))
    assert sign_in_again(app, code_for(secret)) == 200
    assert sign_in_again(app, code_for(secret)) == 303


def test_a_recovery_code_stands_in_for_the_telephone_once(app: App, chair: CheckingClient) -> None:
    _, recovery = set_up_telephone(chair)
    assert sign_in_again(app, recovery[4].lower().replace("-", " ")) == 200
    assert sign_in_again(app, recovery[4]) == 303


def test_chair_without_a_smartphone_uses_a_printed_sheet(app: App, chair: CheckingClient) -> None:
    codes = set_up_sheet(chair)
    assert len(codes) == 40
    assert chair.get("/me/").status_code == 200
    assert sign_in_again(app, codes[0]) == 303, "the code that set it up is used"
    assert sign_in_again(app, codes[1]) == 200


@pytest.mark.parametrize("code", ["", "000000", "١٢٣٤٥٦", "not a code", "²" * 6])
def test_a_wrong_code_is_refused_in_words_and_the_secret_stays(chair: CheckingClient, code: str) -> None:
    secret = second_factor.new_totp_secret()
    answer = chair.send("/me/second-step/telephone", secret=secret, code=code)
    assert answer.status_code == 422
    assert secret in answer.text


def test_a_secret_of_ones_own_making_is_not_taken(chair: CheckingClient) -> None:
    answer = chair.send("/me/second-step/telephone", secret="AAAA", code="123456")
    assert answer.status_code == 422
    assert 'value="AAAA"' not in answer.text


def test_codes_are_throttled(app: App, chair: CheckingClient) -> None:
    set_up_telephone(chair)
    client = app.test_client()
    client.send("/sign-in", sign_in_name="Charlie", password=PASSWORD)
    statuses = [client.send("/sign-in/code", code="000000").status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]


def test_between_password_and_code_nothing_opens_and_five_minutes_are_enough(app: App, chair: CheckingClient) -> None:
    set_up_telephone(chair)
    client = app.test_client()
    client.send("/sign-in", sign_in_name="Charlie", password=PASSWORD)
    for address in ("/", "/me/", "/people/1/", "/me/second-step/telephone"):
        assert client.get(address).status_code == 303
    clock.advance(timedelta(minutes=6))
    assert client.get("/sign-in/code").location.startswith("/sign-in?")


def test_secrets_of_the_second_step_stay_out_of_every_cache(chair: CheckingClient) -> None:
    for address in ("/me/second-step/telephone", "/me/second-step/sheet"):
        assert chair.get(address).headers["Cache-Control"] == "no-store"


def test_replacing_a_second_step_takes_a_fresh_password(chair: CheckingClient) -> None:
    set_up_sheet(chair)
    clock.advance(timedelta(minutes=16))
    assert chair.get("/me/second-step/telephone").location == "/sign-in/again?next=/me/second-step/telephone"


def test_a_lost_second_step_goes_off_after_a_day_and_every_officer_is_told(
    app: App, chair: CheckingClient, cast: Cast, as_role: AsRole
) -> None:
    set_up_sheet(chair)
    as_role(Role.SAFEGUARDING).send(f"/people/{cast[Role.CHAIR].id}/second-step/off")
    assert {letter.recipient for letter in Outbox.select()} == {"charlie@millbrook.example", "sunita@millbrook.example"}
    clock.advance(timedelta(hours=23))
    assert second_factor.turn_off_what_is_due() == 0
    clock.advance(timedelta(hours=1))
    client = app.test_client()
    client.send("/sign-in", sign_in_name="Charlie", password=PASSWORD)
    assert client.get("/").location == "/me/second-step/"


def test_an_officer_can_stop_it(chair: CheckingClient, cast: Cast, as_role: AsRole) -> None:
    set_up_sheet(chair)
    as_role(Role.SAFEGUARDING).send(f"/people/{cast[Role.CHAIR].id}/second-step/off")
    as_role(Role.COORDINATOR).send(f"/people/{cast[Role.CHAIR].id}/second-step/keep")
    clock.advance(timedelta(days=2))
    assert second_factor.turn_off_what_is_due() == 0
    assert Account.get(Account.person == cast[Role.CHAIR]).second_factor == "sheet"


def test_codes_lie_in_the_database_only_as_keyed_hashes(chair: CheckingClient, cast: Cast) -> None:
    codes = set_up_sheet(chair)
    kept = [row.code_hash for row in second_factor.OneUseCode.select()]
    assert len(kept) == 40
    assert not {code for code in codes if any(code in h or code.replace("-", "") in h for h in kept)}
    assert Account.get(Account.person == cast[Role.CHAIR]).totp is None


def test_a_lost_sheet_opens_nothing_once_a_telephone_took_its_place(app: App, chair: CheckingClient) -> None:
    codes = set_up_sheet(chair)
    set_up_telephone(chair)
    assert sign_in_again(app, codes[7]) == 303


def test_a_sheet_that_was_in_use_is_not_taken_again(chair: CheckingClient) -> None:
    codes = set_up_sheet(chair)
    answer = chair.send("/me/second-step/sheet", codes=" ".join(codes), code=codes[3])
    assert answer.status_code == 422
    assert "no fresh one" in answer.text


def test_a_sheet_of_one_code_forty_times_is_refused(chair: CheckingClient) -> None:
    answer = chair.send("/me/second-step/sheet", codes=" ".join(["AAAAA-BBBBB"] * 40), code="AAAAA-BBBBB")
    assert answer.status_code == 422

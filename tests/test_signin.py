"""Signing in and out, staying signed in, and the ways back in."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from ccc import clock, mail, people
from ccc.db import db
from ccc.mail import Outbox
from ccc.people import Person
from ccc.roles import Role
from ccc.signin import links, sign_ins, throttle
from ccc.signin.accounts import Account
from ccc.signin.links import OneTimeLink, Purpose
from ccc.signin.sign_ins import SignIn
from ccc.web.typed import local_path
from tests.checking import App, CheckingClient
from tests.conftest import PASSWORD

AsRole = Callable[..., CheckingClient]
Cast = dict[Role, Person]


def test_volunteer_signs_in_through_the_form_and_comes_to_the_page_asked_for(app: App, cast: Cast) -> None:
    client = app.test_client()
    assert client.get("/me/").location == "/sign-in?next=/me/"
    answer = client.send("/sign-in?next=/me/", sign_in_name=" vera ", password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/me/")
    assert cast[Role.VOLUNTEER].name in client.get("/me/").text


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SAFEGUARDING, Role.CHAIR])
def test_an_office_holder_without_a_second_factor_sets_one_up_first(app: App, cast: Cast, role: Role) -> None:
    client = app.test_client()
    client.send("/sign-in", sign_in_name=cast[role].name.split()[0], password=PASSWORD)
    for address in ("/", "/me/", "/people/1/"):
        assert client.get(address).location == "/me/second-step/"
    assert client.get("/me/second-step/telephone").status_code == 200


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(app: App, cast: Cast) -> None:
    client = app.test_client()
    wrong = client.send("/sign-in", sign_in_name="Vera", password="not the password")
    unknown = client.send("/sign-in", sign_in_name="Vita", password="not the password")
    people.leave(cast[Role.VOLUNTEER], cast[Role.COORDINATOR])
    left = client.send("/sign-in", sign_in_name="Vera", password=PASSWORD)
    assert wrong.status_code == unknown.status_code == left.status_code == 422
    assert without_values(wrong.text) == without_values(unknown.text) == without_values(left.text)


def without_values(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrf_token" not in line and "sign_in_name" not in line)


def test_the_name_typed_survives_a_wrong_password_and_the_password_does_not(app: App, cast: Cast) -> None:
    answer = app.test_client().send("/sign-in", sign_in_name="Vera", password="not the password")
    assert 'value="Vera"' in answer.text
    assert "not the password" not in answer.text


def test_five_wrong_tries_are_enough_for_one_place_but_not_for_the_hall(app: App, cast: Cast) -> None:
    client = app.test_client()
    for _ in range(throttle.PER_ACCOUNT_AND_ADDRESS):
        assert client.send("/sign-in", sign_in_name="Vera", password="wrong, wrong").status_code == 422
    assert client.send("/sign-in", sign_in_name="Vera", password=PASSWORD).status_code == 429
    assert client.send("/sign-in", sign_in_name="Colin", password=PASSWORD).status_code == 303


def test_a_throttled_account_opens_again_after_a_quarter_of_an_hour(app: App, cast: Cast) -> None:
    for _ in range(throttle.PER_ACCOUNT_AND_ADDRESS):
        app.test_client().send("/sign-in", sign_in_name="Vera", password="wrong, wrong")
    clock.advance(timedelta(minutes=16))
    assert app.test_client().send("/sign-in", sign_in_name="Vera", password=PASSWORD).status_code == 303


def test_an_account_is_guarded_against_tries_from_many_places(app: App, cast: Cast) -> None:
    for number in range(throttle.PER_ACCOUNT):
        sign_ins.prove("Vera", "wrong", f"10.0.0.{number}")
    with pytest.raises(throttle.TooManyTriesError):
        sign_ins.prove("Vera", PASSWORD, "10.9.9.9")


def test_a_right_password_forgets_the_wrong_tries_before_it(app: App, cast: Cast) -> None:
    for _ in range(3):
        for _ in range(throttle.PER_ACCOUNT_AND_ADDRESS - 1):
            sign_ins.prove("Vera", "wrong", "10.0.0.1")
        assert sign_ins.prove("Vera", PASSWORD, "10.0.0.1")


@pytest.mark.parametrize(
    ("role", "idle"), [(Role.VOLUNTEER, timedelta(hours=2)), (Role.COORDINATOR, timedelta(minutes=30))]
)
def test_an_idle_sign_in_ends(as_role: AsRole, role: Role, idle: timedelta) -> None:
    client = as_role(role)
    clock.advance(idle)
    assert client.get("/me/").status_code == 200
    clock.advance(idle + timedelta(seconds=1))
    assert client.get("/me/").location == "/sign-in?next=/me/"


def test_a_shared_tablet_is_signed_out_after_twenty_minutes(app: App, cast: Cast) -> None:
    client = app.test_client()
    client.send("/sign-in", sign_in_name="Vera", password=PASSWORD, shared="y")
    clock.advance(timedelta(minutes=21))
    assert client.get("/me/").status_code == 303


def test_no_sign_in_lasts_longer_than_eight_hours(as_role: AsRole) -> None:
    client = as_role(Role.VOLUNTEER)
    for _ in range(8):
        clock.advance(timedelta(minutes=59))
        assert client.get("/me/").status_code == 200
    clock.advance(timedelta(minutes=59))
    assert client.get("/me/").status_code == 303


def test_a_copied_cookie_is_worthless_after_signing_out(app: App, as_role: AsRole) -> None:
    client, copy = as_role(Role.VOLUNTEER), app.test_client()
    cookie = client.get_cookie("ccc")
    assert cookie
    copy.set_cookie("ccc", cookie.value)
    assert copy.get("/me/").status_code == 200
    answer = client.send("/sign-out")
    assert '"cache"' in answer.headers["Clear-Site-Data"]
    assert copy.get("/me/").status_code == 303


def test_what_was_in_the_cookie_before_signing_in_does_not_survive_it(app: App, cast: Cast) -> None:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
    client.send("/sign-in", sign_in_name="Vera", password=PASSWORD)
    with client.session_transaction() as cookie:
        assert "planted" not in cookie


def test_the_cookie_holds_no_personal_data_and_scripts_cannot_read_it(app: App, cast: Cast) -> None:
    answer = app.test_client().send("/sign-in", sign_in_name="Vera", password=PASSWORD)
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "remember" not in cookie


def test_my_account_shows_where_i_signed_in_and_nobody_elses_sign_ins(as_role: AsRole, app: App) -> None:
    there, elsewhere = app.test_client(), as_role(Role.VOLUNTEER)
    there.send("/sign-in", sign_in_name="Vera", password=PASSWORD, shared="y")
    app.test_client().send("/sign-in", sign_in_name="Colin", password=PASSWORD)
    there.send("/sign-out")
    shown = elsewhere.get("/me/").text
    assert shown.count('data-label="When"') == 2
    assert shown.count("this one") == shown.count(">ended<") == shown.count(", shared<") == 1


def test_end_all_my_sign_ins_ends_those_elsewhere_and_this_one(as_role: AsRole) -> None:
    here, there = as_role(Role.VOLUNTEER), as_role(Role.VOLUNTEER)
    here.send("/me/end-sign-ins")
    assert here.get("/me/").status_code == there.get("/me/").status_code == 303


def test_a_changed_password_ends_the_sign_ins_elsewhere_and_keeps_this_one(as_role: AsRole, app: App) -> None:
    here, there = as_role(Role.VOLUNTEER), as_role(Role.VOLUNTEER)
    new = "four geese in the garden"
    assert here.send("/me/password", password="wrong", new_password=new).status_code == 422
    assert here.send("/me/password", password=PASSWORD, new_password=new).location == "/me/"
    assert (here.get("/me/").status_code, there.get("/me/").status_code) == (200, 303)
    assert app.test_client().send("/sign-in", sign_in_name="Vera", password=new).status_code == 303


@pytest.mark.parametrize("weak", ["short", "password1234", "aaaaaaaaaaaaaaaa", "123456789012", "x" * 1001])
def test_a_weak_password_is_refused_in_words(as_role: AsRole, weak: str) -> None:
    answer = as_role(Role.VOLUNTEER).send("/me/password", password=PASSWORD, new_password=weak)
    assert answer.status_code == 422
    assert "password" in answer.text


def test_leaving_ends_access_in_every_open_browser(as_role: AsRole, cast: Cast) -> None:
    client = as_role(Role.VOLUNTEER)
    people.leave(cast[Role.VOLUNTEER], cast[Role.COORDINATOR])
    assert client.get("/me/").status_code == 303


def test_the_private_key_of_an_ended_sign_in_is_gone(as_role: AsRole) -> None:
    client = as_role(Role.VOLUNTEER)
    client.send("/sign-out")
    assert bytes(SignIn.select().order_by(SignIn.id.desc()).get().lent_key) == b""


def test_a_sensitive_page_asks_for_the_password_again_after_a_quarter_of_an_hour(as_role: AsRole) -> None:
    chair = as_role(Role.CHAIR)
    assert chair.get("/people/1/offices").status_code == 200
    clock.advance(timedelta(minutes=16))
    assert chair.get("/people/1/offices").location == "/sign-in/again?next=/people/1/offices"
    assert chair.send("/sign-in/again?next=/people/1/offices", password="wrong").status_code == 422
    assert chair.send("/sign-in/again?next=/people/1/offices", password=PASSWORD).location == "/people/1/offices"
    assert chair.get("/people/1/offices").status_code == 200


def test_a_forgotten_password_is_mended_by_mail(app: App, cast: Cast) -> None:
    client = app.test_client()
    client.send("/forgotten-password", sign_in_name="Vera")
    body = Outbox.get().body
    path = next(line for line in body.splitlines() if "/new-password/" in line).removeprefix("http://127.0.0.1:8000")
    assert "Vera" not in client.get(path).text
    assert client.send(path, new_password="four geese in the garden").location == "/sign-in"
    assert client.get(path).status_code == 410
    assert client.send("/sign-in", sign_in_name="Vera", password=PASSWORD).status_code == 422
    assert client.send("/sign-in", sign_in_name="Vera", password="four geese in the garden").status_code == 303


def test_nobody_learns_from_a_forgotten_password_who_has_an_account(app: App, cast: Cast) -> None:
    known = app.test_client().send("/forgotten-password", sign_in_name="Vera")
    unknown = app.test_client().send("/forgotten-password", sign_in_name="Nobody")
    assert without_values(known.text) == without_values(unknown.text)
    assert Outbox.select().count() == 1


@pytest.mark.parametrize(
    ("helper", "helped", "may"),
    [
        (Role.COORDINATOR, Role.VOLUNTEER, True),
        (Role.COORDINATOR, Role.CHAIR, False),
        (Role.SAFEGUARDING, Role.CHAIR, True),
        (Role.CHAIR, Role.SAFEGUARDING, True),
        (Role.CHAIR, Role.CHAIR, False),
        (Role.VOLUNTEER, Role.COORDINATOR, False),
    ],
)
def test_who_may_hand_over_a_new_password(as_role: AsRole, cast: Cast, helper: Role, helped: Role, may: bool) -> None:  # noqa: FBT001 - a column of the table
    client, address = as_role(helper), f"/people/{cast[helped].id}/password"
    assert client.get(address).status_code == (200 if may else 403)
    assert client.send(address).status_code == (303 if may else 403)
    assert (links.open_link_of(cast[helped], Purpose.PASSWORD) is not None) == may


def test_a_new_password_makes_new_keys_and_keeps_the_second_factor(app: App, cast: Cast, as_role: AsRole) -> None:
    as_role(Role.CHAIR)
    before = Account.get(Account.person == cast[Role.CHAIR])
    link = links.make(cast[Role.CHAIR], Purpose.PASSWORD, cast[Role.SAFEGUARDING], "")
    links.new_password(link.token, "four geese in the garden")
    after = Account.get(Account.person == cast[Role.CHAIR])
    assert bytes(before.public_key) != bytes(after.public_key)
    assert after.second_factor == "sheet"


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "", None]
)
def test_next_leads_nowhere_else(elsewhere: str | None) -> None:
    assert local_path(elsewhere) is None


def test_next_leads_to_a_page_of_ours() -> None:
    assert local_path("/people/?named=a") == "/people/?named=a"


def test_tokens_and_passwords_lie_nowhere_in_the_clear(app: App, cast: Cast) -> None:
    link = links.make(cast[Role.VOLUNTEER], Purpose.PASSWORD, None, "")
    db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    stored = b"".join(file.read_bytes() for file in app.extensions["ccc_settings"].data.iterdir())
    for secret in (link.token, PASSWORD, "vera@millbrook.example", "01632 960999"):
        assert secret.encode() not in stored
    assert OneTimeLink.get_by_id(link.id).token == link.token


def test_a_stranger_cannot_kill_a_link_that_was_handed_over(app: App, cast: Cast) -> None:
    link = links.make(cast[Role.VOLUNTEER], Purpose.PASSWORD, cast[Role.COORDINATOR], "")
    app.test_client().send("/forgotten-password", sign_in_name="Vera")
    assert app.test_client().get(link.path).status_code == 200


def test_without_a_mail_server_nothing_piles_up_in_the_outbox(app: App, cast: Cast) -> None:
    mail.turn(on=False)
    app.test_client().send("/forgotten-password", sign_in_name="Vera")
    assert not Outbox.select().exists()

"""The officers' vault as officers meet it: its page, the sheet on paper, a new key, and every way to be refused."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.test import TestResponse

from ccc import clock, dbs, officers_vault, recovery_sheet, vault
from ccc.drafts import Draft
from ccc.officers_vault.records import VaultKey
from ccc.people import Appointment, Person
from ccc.roles import Role
from ccc.signin import accounts
from tests.checking import App, CheckingClient
from tests.conftest import PASSWORD, person_in
from tests.vaulted import check_of, fill_in, signed_in

Cast = dict[Role, Person]
AsRole = Callable[[Role | None], CheckingClient]
PAGES = ["/vault/", "/vault/sheet", "/vault/safe", "/vault/key", "/vault/open", "/vault/anew"]
BUTTONS = ["/vault/access/1", *PAGES[1:]]
GEESE = "four geese in the garden"
ORIGIN = "http://127.0.0.1:8000"


@pytest.fixture
def chair(as_role: AsRole) -> CheckingClient:
    """The chair's browser; the vault is made when they sign in."""
    return as_role(Role.CHAIR)


@pytest.fixture
def safeguarding(chair: CheckingClient, as_role: AsRole, cast: Cast) -> CheckingClient:
    """The safeguarding officer's browser, after the chair gave access."""
    assert chair.send(f"/vault/access/{cast[Role.SAFEGUARDING].id}").status_code == 303
    return as_role(Role.SAFEGUARDING)


@pytest.fixture
def secret(chair: CheckingClient) -> str:
    """The upper secret of a sheet that the chair made, read off the page."""
    return secrets_on(make_sheet(chair))[0]


def press(client: CheckingClient, address: str) -> TestResponse:
    """Open a page with a button, and press it."""
    return client.send(address, seen=seen_on(client, address))


def seen_on(client: CheckingClient, address: str) -> str:
    seen = re.search(r'name="seen"[^>]*value="(\d+)"', client.get(address).text)
    assert seen
    return seen[1]


def make_sheet(client: CheckingClient) -> str:
    return press(client, "/vault/sheet").text


def secrets_on(shown: str) -> list[str]:
    groups = re.findall(r"<strong>([A-Z2-9]{5})</strong>", shown)
    return [" ".join(groups[:7]), " ".join(groups[7:])]


def forget_password(person: Person) -> None:
    account = accounts.of(person)
    assert account
    accounts.replace_keys(account, accounts.keys_for(PASSWORD))


def slip_in(secret: str, place: int) -> str:
    groups = secret.split()
    groups[place - 1] = ("A" if groups[place - 1][0] != "A" else "B") + groups[place - 1][1:]
    return " ".join(groups)


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.COORDINATOR])
def test_volunteer_and_coordinator_see_nothing_of_the_vault(chair: CheckingClient, as_role: AsRole, role: Role) -> None:
    client = as_role(role)
    assert {client.get(address).status_code for address in PAGES} == {403}
    assert {client.send(address).status_code for address in BUTTONS} == {403}
    assert "vault" not in client.get("/").text


def test_nobody_signed_out_gets_further_than_the_door(chair: CheckingClient, as_role: AsRole) -> None:
    client = as_role(None)
    answers = [client.get(address) for address in PAGES] + [client.send(address) for address in BUTTONS]
    assert {(answer.status_code, answer.location.split("?")[0]) for answer in answers} == {(303, "/sign-in")}


def test_an_officer_is_asked_for_the_password_after_a_quarter_of_an_hour(chair: CheckingClient) -> None:
    clock.advance(timedelta(minutes=16))
    answers = [chair.get(address) for address in PAGES] + [chair.send(address) for address in BUTTONS]
    assert {answer.location.split("?")[0] for answer in answers} == {"/sign-in/again"}
    assert VaultKey.select().count() == 1
    assert officers_vault.sheet() is None


def test_an_officer_removed_while_signed_in_is_refused_at_the_next_click(
    safeguarding: CheckingClient, cast: Cast, chair: CheckingClient
) -> None:
    assert safeguarding.get("/vault/").status_code == 200
    office = Appointment.get(Appointment.person == cast[Role.SAFEGUARDING])
    chair.send(f"/people/{cast[Role.SAFEGUARDING].id}/offices/{office.id}/end")
    assert {safeguarding.send(address).status_code for address in BUTTONS} == {403}
    assert "needs a new key" in chair.get("/vault/").text
    assert "It needs a new key" in chair.get("/").text


def test_an_office_that_ended_at_midnight_opens_nothing_in_an_open_browser(
    safeguarding: CheckingClient, as_role: AsRole, cast: Cast
) -> None:
    with clock.at(datetime(2026, 11, 21, 23, 50, tzinfo=UTC)):
        client = as_role(Role.SAFEGUARDING)
        Appointment.update(ends=clock.today()).where(Appointment.person == cast[Role.SAFEGUARDING]).execute()
        assert client.get("/vault/key").status_code == 200
        clock.advance(timedelta(minutes=12))
        assert {client.get(address).status_code for address in PAGES} == {403}


def test_access_is_given_to_officers_alone(chair: CheckingClient, cast: Cast) -> None:
    answer = chair.send(f"/vault/access/{cast[Role.COORDINATOR].id}")
    assert answer.status_code == 409
    assert "Only the safeguarding officer and the chair" in answer.text
    assert chair.send("/vault/access/99").status_code == 404


def test_an_officer_without_access_is_told_to_ask_the_other(chair: CheckingClient, as_role: AsRole) -> None:
    client = as_role(Role.SAFEGUARDING)
    assert "You cannot open the officers&#39; vault yet" in client.get("/").text
    assert "Ask the other officer" in client.get("/vault/").text
    assert "/vault/open" not in client.get("/vault/").text


@pytest.mark.parametrize("address", ["/vault/sheet", "/vault/key", "/dbs/"])
def test_what_needs_the_vault_leads_to_its_page(chair: CheckingClient, as_role: AsRole, address: str) -> None:
    answer = as_role(Role.SAFEGUARDING).get(address)
    assert answer.status_code == 409
    assert 'href="/vault/"' in answer.text


def test_an_officer_cannot_give_themselves_access(chair: CheckingClient, as_role: AsRole, cast: Cast) -> None:
    client = as_role(Role.SAFEGUARDING)
    assert client.send(f"/vault/access/{cast[Role.SAFEGUARDING].id}").status_code == 409
    assert not officers_vault.has_access(signed_in(cast[Role.SAFEGUARDING]))


def test_before_a_chair_has_signed_in_there_is_no_vault_yet(as_role: AsRole) -> None:
    client = as_role(Role.SAFEGUARDING)
    assert "Ask the chair to sign in" in client.get("/vault/").text
    assert "vault" not in client.get("/").text


def test_a_forgotten_password_is_mended_by_the_other_officer_from_link_to_access(
    app: App, chair: CheckingClient, safeguarding: CheckingClient, cast: Cast, as_role: AsRole
) -> None:
    who = cast[Role.SAFEGUARDING]
    fill_in(cast[Role.VOLUNTEER], officers_vault.open_for(signed_in(who)), dbs.Decision.MAY)
    chair.send(f"/people/{who.id}/password")
    link = re.search(r'<code class="address">([^<]+)', chair.get(f"/people/{who.id}/password").text)
    assert link
    app.test_client().send(link[1].removeprefix(ORIGIN), new_password=PASSWORD)
    client = as_role(Role.SAFEGUARDING)
    assert "You cannot open the vault yet" in client.get("/vault/").text
    assert f"{who.name} cannot open the officers&#39; vault yet" in chair.get("/").text
    chair.send(f"/vault/access/{who.id}")
    assert "You cannot open the vault yet" not in client.get("/vault/").text
    assert check_of(cast[Role.VOLUNTEER], officers_vault.open_for(signed_in(who))).number


def test_the_forgotten_passwords_of_both_officers_are_mended_by_the_sheet(
    safeguarding: CheckingClient, secret: str, cast: Cast, as_role: AsRole
) -> None:
    fill_in(cast[Role.VOLUNTEER], officers_vault.open_for(signed_in(cast[Role.SAFEGUARDING])), dbs.Decision.MAY)
    forget_password(cast[Role.SAFEGUARDING])
    forget_password(cast[Role.CHAIR])
    client = as_role(Role.SAFEGUARDING)
    assert "/vault/open" in client.get("/vault/").text
    assert "Ask the other officer" not in client.get("/vault/").text
    assert client.send("/vault/open", secret=secret.lower()).location == "/vault/"
    assert check_of(cast[Role.VOLUNTEER], officers_vault.open_for(signed_in(cast[Role.SAFEGUARDING]))).number


def test_without_a_sheet_both_forgotten_passwords_leave_a_new_vault_that_says_what_is_lost(
    safeguarding: CheckingClient, cast: Cast, as_role: AsRole
) -> None:
    forget_password(cast[Role.SAFEGUARDING])
    forget_password(cast[Role.CHAIR])
    client = as_role(Role.CHAIR)
    assert "/vault/anew" in client.get("/vault/").text
    assert "is lost" in client.get("/vault/anew").text
    assert client.send("/vault/anew").status_code == 422
    assert client.send("/vault/anew", sure="y").location == "/vault/"
    opened = officers_vault.open_for(signed_in(cast[Role.CHAIR]))
    assert dbs.look_into(cast[Role.VOLUNTEER], opened) is None


def test_a_vault_that_can_be_opened_is_never_begun_anew(chair: CheckingClient, as_role: AsRole, secret: str) -> None:
    assert "This is not needed" in as_role(Role.SAFEGUARDING).get("/vault/anew").text
    assert as_role(Role.SAFEGUARDING).send("/vault/anew", sure="y").status_code == 422
    assert VaultKey.select().count() == 1


def test_the_secrets_of_the_sheet_are_shown_once_and_kept_out_of_every_cache(chair: CheckingClient) -> None:
    seen = chair.send("/vault/sheet", seen="0")
    assert seen.headers["Cache-Control"] == "no-store"
    upper, lower = secrets_on(seen.text)
    assert recovery_sheet.read(upper) == upper
    assert recovery_sheet.read(lower) == lower
    pages = "".join(chair.get(address).text for address in PAGES)
    assert not any(group in pages for group in f"{upper} {lower}".split())


def test_the_sheet_loaded_again_does_not_make_void_what_is_being_printed(chair: CheckingClient) -> None:
    upper = secrets_on(chair.send("/vault/sheet", seen="0").text)[0]
    again = chair.send("/vault/sheet", seen="0")
    assert again.status_code == 422
    assert "A sheet was made just now" in again.text
    assert officers_vault.check_secret(upper)


def test_a_new_sheet_says_that_the_old_paper_is_void(chair: CheckingClient, secret: str) -> None:
    assert "is void from then on" in chair.get("/vault/sheet").text
    newer = secrets_on(make_sheet(chair))[0]
    assert chair.send("/vault/open", secret=secret).status_code == 422
    assert chair.send("/vault/open", secret=newer).status_code == 303


def test_the_sheet_is_in_the_safe_once_the_group_asked_for_is_typed_in(chair: CheckingClient, secret: str) -> None:
    sheet = officers_vault.sheet()
    assert sheet
    assert "Is the recovery sheet in the safe?" in chair.get("/").text
    assert f"Group {sheet.asked_group} of the upper secret" in chair.get("/vault/safe").text
    groups = secret.split()
    other = chair.send("/vault/safe", secret=groups[sheet.asked_group % 7])
    assert other.status_code == 422
    assert groups[sheet.asked_group % 7] not in other.text
    assert chair.send("/vault/safe", secret=f" {groups[sheet.asked_group - 1].lower()} ").location == "/vault/"
    assert "in the safe since 21 November 2026" in chair.get("/vault/").text
    assert "recovery sheet" not in chair.get("/").text


def test_without_a_sheet_there_is_nothing_to_put_in_the_safe(chair: CheckingClient) -> None:
    assert chair.get("/vault/safe").location == "/vault/sheet"


@pytest.mark.parametrize("place", range(1, 8))
def test_a_slip_in_the_secret_is_named_by_its_group_and_never_given_back(
    chair: CheckingClient, secret: str, place: int
) -> None:
    answer = chair.send("/vault/open", secret=slip_in(secret, place))
    assert answer.status_code == 422
    assert f"Look at group {place} again" in answer.text
    assert not any(group in answer.text for group in slip_in(secret, place).split())


def test_what_is_typed_of_the_sheet_is_kept_nowhere_when_the_proof_is_stale(chair: CheckingClient, secret: str) -> None:
    token = chair.token()
    clock.advance(timedelta(minutes=16))
    for address in ("/vault/open", "/vault/safe"):
        answer = chair.post(address, data={"csrf_token": token, "secret": secret})
        assert answer.location.startswith("/sign-in/again")
        answer = chair.post(address, data={"csrf_token": "stale", "secret": secret})
        assert answer.status_code == 303
    assert Draft.select().count() == 0


def test_one_button_changes_the_key_and_the_sheet_goes_on_opening(
    chair: CheckingClient, safeguarding: CheckingClient, secret: str
) -> None:
    assert press(chair, "/vault/key").location == "/vault/"
    assert "The vault has a new key" in chair.get("/vault/").text
    assert VaultKey.select().count() == 2
    assert safeguarding.get("/vault/key").status_code == 200
    assert safeguarding.send("/vault/open", secret=secret).status_code == 303


def test_of_two_officers_who_opened_the_page_of_the_key_before_the_second_is_told(
    chair: CheckingClient, safeguarding: CheckingClient
) -> None:
    seen = seen_on(safeguarding, "/vault/key")
    press(chair, "/vault/key")
    answer = safeguarding.send("/vault/key", seen=seen)
    assert answer.status_code == 422
    assert "The vault got a new key after you opened this page" in answer.text
    assert chair.send("/vault/key", seen="x").status_code == 422
    assert VaultKey.select().count() == 2
    assert press(safeguarding, "/vault/key").status_code == 303


def test_checks_that_a_new_key_could_not_open_are_told(chair: CheckingClient, cast: Cast) -> None:
    lost = vault.seal_to(vault.public_of(vault.new_private_key()), "x")
    dbs.DbsCheck.update(sealed=lost).where(dbs.DbsCheck.person == cast[Role.VOLUNTEER]).execute()
    press(chair, "/vault/key")
    assert "1 record was sealed to a key that is lost" in chair.get("/vault/").text


def test_officers_read_on_the_first_page_what_waits_until_all_is_done(chair: CheckingClient, cast: Cast) -> None:
    assert "The recovery sheet of the officers&#39; vault is not printed yet" in chair.get("/").text
    assert f"{cast[Role.SAFEGUARDING].name} cannot open" in chair.get("/").text
    chair.send(f"/vault/access/{cast[Role.SAFEGUARDING].id}")
    sheet_made = make_sheet(chair)
    sheet = officers_vault.sheet()
    assert sheet
    chair.send("/vault/safe", secret=secrets_on(sheet_made)[0].split()[sheet.asked_group - 1])
    assert "vault" not in chair.get("/").text


def test_an_officer_who_has_not_joined_is_named_but_nobody_is_pressed(chair: CheckingClient) -> None:
    Appointment.update(ends=clock.today() - timedelta(days=1)).where(Appointment.role == Role.SAFEGUARDING).execute()
    person_in(Role.SAFEGUARDING, "Nora New (invented)")
    assert "has not joined" in chair.get("/vault/").text
    assert "Nora New (invented) cannot open" not in chair.get("/").text

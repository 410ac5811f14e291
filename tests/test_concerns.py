"""A worry: raised in two minutes, told of at once, read by the officers, and by nobody else."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from ccc import clock, concerns, daily, kinds, mail, officers_vault, people
from ccc.audit import AuditLine, Event
from ccc.concerns import Concern, ConcernEntry
from ccc.concerns.told import LONGEST, LONGEST_WHOM, SIZE, Told, pack, unpack
from ccc.config import Settings
from ccc.drafts import Draft
from ccc.mail import Outbox
from ccc.people import Person
from ccc.roles import OFFICERS, Role
from tests.checking import App, CheckingClient
from tests.test_typed import come_back
from tests.vaulted import opened_by_both

Cast = dict[Role, Person]
Browser = Callable[[Role | None], CheckingClient]
CANARY = "Quokka-worry (invented)"
DONE = {"text": "Rang them (invented)", "on": "2026-11-21", "passed_on": "Children's services"}


@pytest.fixture
def centre_with_vault(cast: Cast) -> Cast:
    """A centre whose two officers can both open the vault."""
    opened_by_both(cast)
    return cast


def seen_on(client: CheckingClient, address: str) -> str:
    found = re.search(r'name="seen"[^>]*value="(\d+)"', client.get(address).text)
    assert found
    return found[1]


def tell(client: CheckingClient, text: str = CANARY, about: str = "neither") -> TestResponse:
    """Raise a worry as the page would."""
    return client.send("/concerns/new", seen=seen_on(client, "/concerns/new"), text=text, about=about)


def listed(client: CheckingClient) -> list[str]:
    """The addresses of the worries in an officer's list."""
    return re.findall(r'href="(/concerns/[0-9a-f]{16}/)"', client.get("/concerns/list").text)


def write_down(client: CheckingClient, address: str, **typed: str) -> TestResponse:
    return client.send(address, seen=seen_on(client, address), **(DONE | typed))


def mailed() -> list[str]:
    return sorted(letter.recipient for letter in Outbox.select())


def test_volunteer_raises_a_worry_and_reads_later_that_it_was_received_and_read(
    centre_with_vault: Cast, as_role: Browser
) -> None:
    vera = as_role(Role.VOLUNTEER)
    page = vera.get("/concerns/new").text
    assert page.index("999") < page.index("01632 960002") < page.index("<textarea")
    answer = tell(vera)
    assert (answer.status_code, answer.location) == (303, "/concerns/mine")
    assert mailed() == ["charlie@millbrook.example", "sunita@millbrook.example"]
    mine = vera.get("/concerns/mine").text
    assert "21 November 2026, 09:00" in mine
    assert "Not yet" in mine
    sunita = as_role(Role.SAFEGUARDING)
    assert "nobody has read it yet" in sunita.get("/").text
    (address,) = listed(sunita)
    opened = sunita.get(address)
    assert CANARY in opened.text
    assert opened.headers["Cache-Control"] == "no-store"
    mine = vera.get("/concerns/mine").text
    assert '<span class="tag good">Read</span>' in mine
    assert CANARY not in mine
    assert AuditLine.select().where(AuditLine.event == Event.CONCERN_READ).count() == 1


def test_officer_writes_down_what_was_done_and_ends_it(centre_with_vault: Cast, as_role: Browser) -> None:
    tell(as_role(Role.COORDINATOR))
    charlie, sunita = as_role(Role.CHAIR), as_role(Role.SAFEGUARDING)
    (address,) = listed(sunita)
    answer = write_down(sunita, address)
    assert (answer.status_code, answer.location) == (303, address)
    shown = charlie.get(address).text
    assert all(word in shown for word in ("Rang them", "Children&#39;s services", "21 November 2026", "Sunita"))
    assert "A worry is not dealt with yet" in charlie.get("/").text
    write_down(charlie, address, text="All is well", ends="y")
    assert "Dealt with" in sunita.get("/concerns/list").text
    assert "worry" not in sunita.get("/").text
    assert Concern.get().ended_by_id == centre_with_vault[Role.CHAIR].id


WRONG = [
    ({"text": "  "}, "Write down what you did"),
    ({"text": "x" * (LONGEST + 1)}, f"at most {LONGEST} letters"),
    ({"passed_on": ""}, "Name whom, or say why not."),
    ({"passed_on": "x" * (LONGEST_WHOM + 1)}, f"at most {LONGEST_WHOM} letters"),
    ({"on": "2026-11-22"}, "This day has not come yet."),
    ({"on": "yesterday"}, "We do not understand this date"),
    ({"seen": "7"}, "Something was written down here meanwhile"),
    ({"seen": "x"}, "open this page again"),
    ({"text": "a\x00b"}, "cannot be shown"),
]


def test_officer_is_told_what_is_wrong_and_nothing_is_kept(centre_with_vault: Cast, as_role: Browser) -> None:
    tell(as_role(Role.VOLUNTEER))
    sunita = as_role(Role.SAFEGUARDING)
    (address,) = listed(sunita)
    for typed, said in WRONG:
        answer = sunita.send(address, **({"seen": "1"} | DONE | typed))
        assert (answer.status_code, said in answer.text) == (422, True), said
    assert ConcernEntry.select().count() == 1


WRONG_WORRIES = [
    ({"text": "\u200b"}, "Write down what worries you"),
    ({"text": "x" * (LONGEST + 1)}, f"at most {LONGEST} letters"),
    ({"about": "co-ordinator"}, "Choose one of these."),
    ({"seen": "99"}, "send it again"),
    ({"seen": ""}, "open this page again"),
]


def test_what_is_wrong_with_a_worry_is_said_and_the_words_stay(centre_with_vault: Cast, as_role: Browser) -> None:
    vera = as_role(Role.VOLUNTEER)
    for typed, said in WRONG_WORRIES:
        answer = vera.send("/concerns/new", **({"seen": "0", "text": CANARY, "about": "chair"} | typed))
        assert (answer.status_code, said in answer.text) == (422, True), said
        assert CANARY in answer.text or "text" in typed
    assert not Concern.select().exists()


def test_a_second_press_makes_no_second_worry_and_another_worry_can_follow(
    centre_with_vault: Cast, as_role: Browser
) -> None:
    vera = as_role(Role.VOLUNTEER)
    form = {"seen": "0", "text": CANARY, "about": "neither"}
    assert vera.send("/concerns/new", **form).status_code == 303
    again = vera.send("/concerns/new", **form)
    assert (again.status_code, "has arrived" in again.text) == (422, True)
    assert Concern.select().count() == 1
    now_seen = re.search(r'name="seen"[^>]*value="(\d+)"', again.text)
    assert now_seen
    assert vera.send("/concerns/new", **form | {"seen": now_seen[1]}).status_code == 303
    assert Concern.select().count() == 2


def test_unread_for_a_day_the_officers_are_told_again_and_the_raiser_reads_ring(
    centre_with_vault: Cast, as_role: Browser, settings: Settings
) -> None:
    tell(as_role(Role.VOLUNTEER))
    Outbox.delete().execute()
    clock.advance(timedelta(hours=23, minutes=59))
    assert concerns.remind() == 0
    vera = as_role(Role.VOLUNTEER)
    assert "ring" not in vera.get("/").text
    clock.advance(timedelta(minutes=1))
    assert "Please ring." in vera.get("/").text
    mine = vera.get("/concerns/mine").text
    assert "Not yet read: ring" in mine
    assert "01632 960002" in mine
    assert (concerns.remind(), concerns.remind()) == (2, 0)
    assert mailed() == ["charlie@millbrook.example", "sunita@millbrook.example"]
    clock.advance(timedelta(hours=24))
    assert any("worries that nobody has read: 2" in line for line in daily.run(settings))
    sunita = as_role(Role.SAFEGUARDING)
    sunita.get(listed(sunita)[0])
    clock.advance(timedelta(days=2))
    assert concerns.remind() == 0
    assert "ring" not in as_role(Role.VOLUNTEER).get("/").text


def test_officer_who_raises_a_worry_gets_no_mail_and_does_not_read_it_for_the_other(
    centre_with_vault: Cast, as_role: Browser
) -> None:
    sunita = as_role(Role.SAFEGUARDING)
    tell(sunita)
    assert mailed() == ["charlie@millbrook.example"]
    assert CANARY in sunita.get(listed(sunita)[0]).text
    assert "nobody has read it" not in sunita.get("/").text
    assert '<span class="tag wait">Not yet</span>' in sunita.get("/concerns/mine").text
    clock.advance(timedelta(days=1))
    assert concerns.remind() == 1


def test_without_a_vault_nothing_is_kept_and_that_is_said_kindly(cast: Cast, as_role: Browser) -> None:
    vera = as_role(Role.VOLUNTEER)
    page = vera.get("/concerns/new").text
    assert "cannot write to the officers here yet" in page
    assert "<textarea" not in page
    answer = vera.send("/concerns/new", seen="0", text=CANARY, about="neither")
    assert answer.status_code == 422
    assert "Nothing could be kept" in answer.text
    assert CANARY in answer.text
    assert not Concern.select().exists()
    assert mailed() == []


def test_officer_without_access_to_the_vault_is_led_to_it_and_nothing_counts_as_read(
    cast: Cast, as_role: Browser
) -> None:
    as_role(Role.CHAIR)
    tell(as_role(Role.VOLUNTEER))
    sunita = as_role(Role.SAFEGUARDING)
    assert sunita.get(listed(sunita)[0]).status_code == 409
    assert Concern.get().read_at is None


def test_reading_asks_for_the_password_again_after_a_quarter_of_an_hour(
    centre_with_vault: Cast, as_role: Browser
) -> None:
    tell(as_role(Role.VOLUNTEER))
    sunita = as_role(Role.SAFEGUARDING)
    (address,) = listed(sunita)
    clock.advance(timedelta(minutes=16))
    for page in (address, "/concerns/list", "/concerns/sheet"):
        assert sunita.get(page).location == f"/sign-in/again?next={page}"


def test_what_somebody_was_writing_comes_back_after_the_sign_in_ended(
    centre_with_vault: Cast, as_role: Browser
) -> None:
    vera = as_role(Role.VOLUNTEER)
    token = vera.token()
    clock.advance(timedelta(hours=3))
    vera.post("/concerns/new", data={"csrf_token": token, "seen": "0", "text": CANARY, "about": "chair"})
    assert not Concern.select().exists()
    assert CANARY.encode() not in bytes(Draft.get().sealed)
    come_back(vera, "Vera")
    page = vera.get("/concerns/new").text
    assert CANARY in page
    assert 'value="chair" checked' in page
    tell(vera)
    assert not Draft.select().exists()


def test_others_are_refused_what_only_officers_read(centre_with_vault: Cast, as_role: Browser) -> None:
    tell(as_role(Role.VOLUNTEER))
    (address,) = listed(as_role(Role.SAFEGUARDING))
    for role in (Role.VOLUNTEER, Role.COORDINATOR):
        client = as_role(role)
        assert [client.get(page).status_code for page in (address, "/concerns/list", "/concerns/sheet")] == [403] * 3
        assert client.send(address, seen="1", **DONE).status_code == 403
    assert as_role(Role.CHAIR).get("/concerns/0123456789abcdef/").status_code == 404


def test_entries_have_one_length_and_belong_to_their_worry_alone(centre_with_vault: Cast) -> None:
    vera = centre_with_vault[Role.VOLUNTEER]
    concerns.raise_worry("a", None, vera, 0)
    concerns.raise_worry('"' * LONGEST, None, vera, concerns.count_of(vera))
    widest = Told("\U0001f426" * LONGEST, clock.today(), "\U0001f426" * LONGEST_WHOM, (999_999_999, 999_999_999))
    assert len(pack(widest, 10**9).encode()) == SIZE
    assert len({len(bytes(row.sealed)) for row in ConcernEntry.select()}) == 1
    assert unpack(pack(widest, 1), 1) == widest
    assert unpack(pack(widest, 1), 2) is None


def test_a_new_key_of_the_vault_leaves_the_worries_readable(centre_with_vault: Cast, as_role: Browser) -> None:
    tell(as_role(Role.VOLUNTEER))
    assert officers_vault.change_key(opened_by_both(centre_with_vault)[Role.CHAIR]) == 0
    for role in OFFICERS:
        client = as_role(role)
        assert CANARY in client.get(listed(client)[0]).text


def test_worries_are_kept_from_their_last_use_and_those_not_dealt_with_are_never_due(
    centre_with_vault: Cast, as_role: Browser
) -> None:
    tell(as_role(Role.VOLUNTEER))
    tell(as_role(Role.VOLUNTEER), about="chair")
    assert kinds.last_used(kinds.CONCERN) == {}
    ended = clock.today()
    Concern.update(ended_at=clock.now()).execute()
    clock.advance(timedelta(days=400))
    sunita = as_role(Role.SAFEGUARDING)
    write_down(sunita, listed(sunita)[0], on=str(ended))
    last = kinds.last_used(kinds.CONCERN)
    assert sorted(last.values()) == [ended, clock.today()]
    gone = [kinds.erase(kinds.CONCERN, number) for number in sorted(last)]
    assert gone == [
        {"what was written about worries": 1, "worries": 1},
        {"what was written about worries": 2, "worries": 1},
    ]
    assert not Concern.select().exists()


def test_where_no_mail_goes_out_a_worry_is_kept_all_the_same(centre_with_vault: Cast, as_role: Browser) -> None:
    mail.turn(on=False)
    tell(as_role(Role.VOLUNTEER))
    clock.advance(timedelta(days=1))
    assert concerns.remind() == 0
    assert len(listed(as_role(Role.CHAIR))) == 1


def test_the_page_for_everybody_leads_on_only_those_who_are_signed_in(app: App, as_role: Browser) -> None:
    assert "/concerns/new" not in app.test_client().get("/concerns/").text
    assert "0808 800 5000" in app.test_client().get("/concerns/").text
    assert "/concerns/new" in as_role(Role.VOLUNTEER).get("/concerns/").text
    assert "/concerns/list" not in as_role(Role.COORDINATOR).get("/concerns/").text
    assert people.in_office(Role.CHAIR).exists()
    assert "/concerns/list" in as_role(Role.CHAIR).get("/concerns/").text

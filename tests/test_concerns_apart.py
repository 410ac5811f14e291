"""A worry about an officer: the other one reads it, the one it is about never sees that it exists."""

import logging
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import pytest

from ccc import clock, concerns, officers_vault
from ccc.audit import AuditLine, Event
from ccc.concerns import Concern, ConcernEntry, ConcernEntryApart
from ccc.config import Settings
from ccc.mail import Outbox
from ccc.people import Appointment, Person
from ccc.roles import Role
from ccc.signin import accounts
from tests.checking import App, CheckingClient
from tests.conftest import PASSWORD, person_in
from tests.lived_in import Parts, one_of_everything
from tests.samples import published
from tests.test_access import MATRIX, NOBODY, address_of
from tests.test_concerns import CANARY, listed, mailed, seen_on, tell, write_down
from tests.test_dbs_sealed import BY_CHANCE, on_disk, plain
from tests.vaulted import opened_by_both

Cast = dict[Role, Person]
Browser = Callable[[Role | None], CheckingClient]
ABOUT = {Role.CHAIR: "chair", Role.SAFEGUARDING: "safeguarding officer"}
OTHER = {Role.CHAIR: Role.SAFEGUARDING, Role.SAFEGUARDING: Role.CHAIR}
# The act of an officer; whoever gets it written down learns of the worry.
DID = "Rang the Wallaby (invented)"


@pytest.fixture
def secret(cast: Cast) -> str:
    """The upper secret of the recovery sheet of a centre whose two officers can both open the vault."""
    return officers_vault.new_sheet(opened_by_both(cast)[Role.CHAIR]).vault


@pytest.mark.parametrize("about", list(ABOUT))
def test_the_other_officer_alone_is_told_and_reads_and_acts(
    cast: Cast, secret: str, as_role: Browser, about: Role
) -> None:
    other = OTHER[about]
    tell(as_role(Role.VOLUNTEER), about=ABOUT[about])
    assert mailed() == [cast[other].email]
    clock.advance(timedelta(days=1))
    assert concerns.remind() == 1
    assert mailed() == [cast[other].email] * 2
    mine = as_role(Role.VOLUNTEER).get("/concerns/mine").text
    assert "Please ring one of those outside the centre" in mine
    assert "0808 800 5000" in mine
    # The number may be that of the one it is about.
    assert "01632 960002" not in mine
    reader = as_role(other)
    assert "nobody has read it yet" in reader.get("/").text
    (address,) = listed(reader)
    shown = reader.get(address).text
    assert CANARY in shown
    assert "Only you can read this" in shown
    write_down(reader, address, text=DID, ends="y")
    assert DID in reader.get(address).text
    assert '<span class="tag good">Read</span>' in as_role(Role.VOLUNTEER).get("/concerns/mine").text
    assert not ConcernEntry.select().exists()
    meant = as_role(about)
    assert meant.get(address).status_code == 404
    assert meant.send(address, seen="2", text="x", on="2026-11-22", passed_on="x").status_code == 404


def answers(app: App, come: Callable[[], CheckingClient], parts: Parts) -> Iterator[str]:
    """Every page that somebody can open, as it comes."""
    client = come()
    for endpoint, method in MATRIX:
        if method == "GET" and endpoint not in BY_CHANCE:
            answer = client.get(address_of(app, endpoint, parts))
            yield f"{endpoint}: {answer.headers}{answer.get_data(as_text=True)}"


@pytest.fixture
def parts(app: App, cast: Cast, caplog: pytest.LogCaptureFixture) -> Parts:
    """A lived-in centre, with a worry about the chair in it that the safeguarding officer has dealt with in part."""
    caplog.set_level(logging.DEBUG)
    for slug in ("dbs", "confidentiality"):
        published(cast[Role.CHAIR], slug=slug)
    sheet = app.extensions["static_files"]["site.css"]
    file = {"static": {"fingerprint": sheet.fingerprint, "name": sheet.name}}
    return file | one_of_everything(cast, app.extensions["ccc_quizzes"]["confidentiality"])


def test_nothing_of_a_worry_is_found_but_where_its_readers_open_it(
    app: App, parts: Parts, as_role: Browser, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    sunita = as_role(Role.SAFEGUARDING)
    before = set(listed(sunita))
    tell(as_role(Role.VOLUNTEER))
    tell(as_role(Role.VOLUNTEER), about="chair")
    for address in set(listed(sunita)) - before:
        write_down(sunita, address, text=DID)
    told = "".join(page for role in (NOBODY, *Role) for page in answers(app, partial(as_role, role), parts))
    mails = "".join(f"{letter.subject} {letter.body}" for letter in Outbox.select())
    trail = "".join(f"{line.about} {line.facts}" for line in AuditLine.select())
    words = (CANARY, DID, "Children's services (")
    assert [word for word in words if word in told + mails + trail + caplog.text] == []
    assert [word for word in words if word.encode() in on_disk(settings.data)] == []
    # The search would find it: those who may read it do.
    assert all(CANARY in sunita.get(address).text for address in set(listed(sunita)) - before)


def lists_of(client: CheckingClient) -> dict[str, str]:
    """The pages that count and list something for an officer, without what is made by chance for each."""
    pages = ("/", "/concerns/list", "/concerns/mine", "/me/", "/me/register", "/dbs/", "/people/", "/retention/")
    return plain({page: client.get(page).text for page in pages})


def test_the_chair_never_learns_of_a_worry_about_them(app: App, cast: Cast, parts: Parts, as_role: Browser) -> None:
    """Their pages are the same before and after it was raised, read and acted on; after a new key of the vault too."""
    charlie, sunita = as_role(Role.CHAIR), as_role(Role.SAFEGUARDING)
    Outbox.delete().execute()
    opened, known = opened_by_both(cast)[Role.CHAIR], set(listed(sunita))
    before = lists_of(charlie)
    tell(as_role(Role.VOLUNTEER), about="chair")
    clock.advance(timedelta(minutes=1))
    (address,) = set(listed(sunita)) - known
    write_down(sunita, address, text=DID)
    assert lists_of(charlie) == before
    assert mailed() == ["sunita@millbrook.example"]
    assert officers_vault.change_key(opened) == 0
    assert lists_of(charlie) == before
    assert charlie.get(address).status_code == 404
    assert CANARY in as_role(Role.SAFEGUARDING).get(address).text


def test_no_address_tells_by_a_gap_that_something_is_hidden(cast: Cast, secret: str, as_role: Browser) -> None:
    vera = as_role(Role.VOLUNTEER)
    for about in ("neither", "chair", "neither"):
        tell(vera, about=about)
    page = as_role(Role.CHAIR).get("/concerns/list").text
    assert len(listed(as_role(Role.CHAIR))) == 2
    assert [number for number in ("/1/", "/2/", "/3/") if number in page] == []
    assert seen_on(as_role(Role.CHAIR), "/concerns/new") == "0"


def end_office(person: Person) -> None:
    Appointment.update(ends=clock.today()).where(Appointment.person == person).execute()
    clock.advance(timedelta(days=1))


def successor(role: Role, name: str) -> Person:
    person = person_in(role, name)
    accounts.make(person, name.split(maxsplit=1)[0], PASSWORD)
    return person


def test_the_next_officer_opens_it_with_the_sheet_and_the_one_it_is_about_never_does(
    cast: Cast, secret: str, as_role: Browser, as_person: Callable[[Person | None], CheckingClient]
) -> None:
    tell(as_role(Role.VOLUNTEER), about="chair")
    sunita = as_role(Role.SAFEGUARDING)
    write_down(sunita, listed(sunita)[0], text=DID)
    end_office(cast[Role.SAFEGUARDING])
    charlie, samira = as_role(Role.CHAIR), as_person(successor(Role.SAFEGUARDING, "Samira Successor (invented)"))
    assert listed(samira) == []
    slip = samira.send("/concerns/sheet", secret="AAAAA " + secret[6:])
    assert (slip.status_code, "Look at group 1 again" in slip.text) == (422, True)
    assert secret not in slip.text
    charlie.send("/concerns/sheet", secret=secret)
    assert "The sheet opened nothing for you." in charlie.get("/concerns/list").text
    assert listed(charlie) == []
    assert samira.send("/concerns/sheet", secret=secret).status_code == 303
    assert "The sheet opened one worry for you." in samira.get("/concerns/list").text
    shown = samira.get(listed(samira)[0]).text
    assert CANARY in shown
    assert DID in shown
    assert AuditLine.select().where(AuditLine.event == Event.VAULT_OPENED_WITH_SHEET).count() == 1


def test_a_newer_sheet_opens_what_the_officer_has_looked_at_since(
    cast: Cast, secret: str, as_role: Browser, as_person: Callable[[Person | None], CheckingClient]
) -> None:
    tell(as_role(Role.VOLUNTEER), about="chair")
    clock.advance(timedelta(minutes=1))
    newer = officers_vault.new_sheet(opened_by_both(cast)[Role.CHAIR]).vault
    sunita = as_role(Role.SAFEGUARDING)
    sunita.get(listed(sunita)[0])
    end_office(cast[Role.SAFEGUARDING])
    samira = as_person(successor(Role.SAFEGUARDING, "Samira Successor (invented)"))
    samira.send("/concerns/sheet", secret=newer)
    assert CANARY in samira.get(listed(samira)[0]).text


def test_the_sheet_takes_nothing_from_an_officer_who_serves(
    cast: Cast, secret: str, as_role: Browser, as_person: Callable[[Person | None], CheckingClient]
) -> None:
    tell(as_role(Role.VOLUNTEER), about="chair")
    end_office(cast[Role.CHAIR])
    cleo = as_person(successor(Role.CHAIR, "Cleo Chair (invented)"))
    cleo.send("/concerns/sheet", secret=secret)
    assert listed(cleo) == []
    assert len(listed(as_role(Role.SAFEGUARDING))) == 1


def test_officer_who_forgot_their_password_opens_it_again_with_the_sheet(
    cast: Cast, secret: str, as_role: Browser
) -> None:
    tell(as_role(Role.VOLUNTEER), about="chair")
    account = accounts.of(cast[Role.SAFEGUARDING])
    assert account
    accounts.replace_keys(account, accounts.keys_for(PASSWORD))
    sunita = as_role(Role.SAFEGUARDING)
    (address,) = listed(sunita)
    lost = sunita.get(address).text
    assert "locked with a key that is lost" in lost
    assert Concern.get().read_at is None
    answer = sunita.send(address, seen="1", text="x", on="2026-11-21", passed_on="x")
    assert (answer.status_code, ConcernEntryApart.select().count()) == (422, 1)
    sunita.send("/concerns/sheet", secret=secret)
    assert CANARY in sunita.get(address).text


def first_page(client: CheckingClient) -> str:
    """What waits for somebody. Tokens are new ones each second."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", client.get("/").text)


def test_without_another_officer_it_is_locked_for_the_sheet_alone(cast: Cast, secret: str, as_role: Browser) -> None:
    end_office(cast[Role.SAFEGUARDING])
    vera, charlie = as_role(Role.VOLUNTEER), as_role(Role.CHAIR)
    before = first_page(charlie)
    assert tell(vera, about="chair").status_code == 303
    assert mailed() == []
    mine = vera.get("/concerns/mine").text
    assert "Nobody can read it yet" in mine
    assert "designated officer" in mine
    row = ConcernEntryApart.get()
    assert (row.sealed, Concern.get().only_for_id) == (None, None)
    assert (listed(charlie), first_page(charlie) == before) == ([], True)
    clock.advance(timedelta(days=2))
    assert concerns.remind() == 0


def test_without_another_officer_and_a_sheet_nothing_is_kept_and_outside_help_is_named(
    cast: Cast, as_role: Browser
) -> None:
    opened_by_both(cast)
    end_office(cast[Role.SAFEGUARDING])
    answer = tell(as_role(Role.VOLUNTEER), about="chair")
    assert answer.status_code == 422
    assert "nobody else at the centre could read it" in answer.text
    assert "0808 800 5000" in answer.text
    assert CANARY in answer.text
    assert not Concern.select().exists()


def test_an_officer_may_raise_one_about_the_other_and_is_shown_whom_else_to_turn_to(
    cast: Cast, secret: str, as_role: Browser
) -> None:
    sunita = as_role(Role.SAFEGUARDING)
    tell(sunita, about="chair")
    assert mailed() == []
    assert "Outside the centre" in sunita.get("/concerns/mine").text
    assert CANARY in sunita.get(listed(sunita)[0]).text
    assert listed(as_role(Role.CHAIR)) == []


def test_a_worry_about_oneself_goes_to_the_other_and_is_hidden_from_oneself(
    cast: Cast, secret: str, as_role: Browser
) -> None:
    charlie = as_role(Role.CHAIR)
    tell(charlie, about="chair")
    assert listed(charlie) == []
    assert len(listed(as_role(Role.SAFEGUARDING))) == 1

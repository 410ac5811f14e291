"""What could tell of a worry from aside: numbers that are counted, retention's lists, sizes, and forms half filled."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from ccc import backups, clock, mail, officers_vault, people, retention
from ccc.backups import container
from ccc.centre import Centre
from ccc.concerns import Concern
from ccc.config import Settings
from ccc.drafts import Draft
from ccc.people import Appointment, Person
from ccc.retention import Hold
from ccc.roles import Role
from tests.checking import CheckingClient
from tests.made_backups import sheet_in_safe
from tests.test_concerns import CANARY, listed, tell
from tests.test_concerns_apart import end_office, successor
from tests.test_dbs_sealed import plain
from tests.vaulted import opened_by_both

Cast = dict[Role, Person]
Browser = Callable[..., CheckingClient]
COUNTED = ("hold/concern/{}", "holds/{}/end", "disposals/{}/", "disposals/{}/certificate")
RING_TOO = "Nobody is told until they sign in. Please ring as well."


@pytest.fixture
def secret(cast: Cast) -> str:
    """The upper secret of the recovery sheet of a centre whose two officers can both open the vault."""
    return officers_vault.new_sheet(opened_by_both(cast)[Role.CHAIR]).vault


def statuses(client: CheckingClient) -> set[int]:
    return {client.get(f"/retention/{page.format(n)}").status_code for page in COUNTED for n in range(1, 9)}


def test_counting_numbers_finds_nothing(cast: Cast, secret: str, as_role: Browser) -> None:
    vera, sunita, charlie = (as_role(role) for role in (Role.VOLUNTEER, Role.SAFEGUARDING, Role.CHAIR))
    for about in ("neither", "chair", "neither"):
        tell(vera, about=about)
    theirs = [address.split("/")[2] for address in listed(sunita)]
    assert [sunita.send(f"/retention/hold/concern/{key}", code="police").status_code for key in theirs] == [303] * 3
    assert statuses(charlie) == statuses(sunita) == {404}
    known, all_three = (re.findall("/holds/([^/]+)/end", one.get("/retention/").text) for one in (charlie, sunita))
    assert (len(known), len(all_three)) == (2, 3)
    assert {charlie.get(f"/retention/holds/{key}/end").status_code for key in known} == {200}
    (hidden,) = set(all_three) - set(known)
    assert charlie.get(f"/retention/holds/{hidden}/end").status_code == 404
    opened = [charlie.get(f"/retention/hold/concern/{key}").status_code for key in theirs]
    assert opened == [200, 404, 200]


def test_disposals_have_no_numbers_that_could_be_counted(cast: Cast, as_role: Browser) -> None:
    with clock.at(date(2015, 1, 1)):
        concern = Concern.create(raised_by=cast[Role.VOLUNTEER], ended_at=clock.now())
        gone = people.add("Gone Goner (invented)", None, None, None)
        Person.update(left_on=clock.today()).where(Person.id == gone.id).execute()
    chair, colin = as_role(Role.CHAIR), as_role(Role.COORDINATOR)
    ticks = re.findall('name="records" value="([^"]+)"', chair.get("/retention/concerns").text)
    assert ticks != [str(concern.id)]
    assert chair.send("/retention/concerns", records=[str(concern.id)]).status_code == 422
    address = chair.send("/retention/concerns", records=ticks).location
    made = retention.propose("person", [gone.id], cast[Role.COORDINATOR])
    assert statuses(colin) == {404}
    assert colin.get(address).status_code == 404
    assert not re.search(r"Disposal \d\b", colin.get("/retention/").text)
    assert made.name in colin.get("/retention/").text


def test_retention_hides_a_worry_that_only_the_sheet_opens(cast: Cast, secret: str, as_role: Browser) -> None:
    end_office(cast[Role.SAFEGUARDING])
    charlie = as_role(Role.CHAIR)
    before = plain({"": charlie.get("/retention/").text})
    tell(as_role(Role.VOLUNTEER), about="chair")
    concern = Concern.get()
    assert retention.labels("concern", [concern.id], cast[Role.CHAIR]) == {}
    Concern.update(ended_at=clock.now()).execute()
    # Somebody who holds office that long learns of it by no list of what is due either.
    with clock.at(date(2040, 1, 1)):
        assert retention.due("concern") == {}
    assert charlie.get(f"/retention/hold/concern/{concern.key}").status_code == 404
    Hold.create(kind="concern", record=concern.id, code="police", by=cast[Role.VOLUNTEER])
    made = retention.Disposal.create(proposed_by=cast[Role.COORDINATOR])
    retention.DisposalItem.create(disposal=made, kind="concern", record=concern.id)
    assert plain({"": charlie.get("/retention/").text}) == before
    assert charlie.get(f"/retention/disposals/{made.key}/").status_code == 404
    assert "waits for your decision" not in charlie.get("/").text


def test_an_officer_who_came_later_is_led_to_the_sheet_and_one_of_that_time_never_is(
    cast: Cast, secret: str, as_role: Browser, as_person: Callable[[Person | None], CheckingClient]
) -> None:
    led = "Look whether the sheet opens something"
    end_office(cast[Role.SAFEGUARDING])
    vera = as_role(Role.VOLUNTEER)
    mine = vera.get(tell(vera, about="chair").location).text
    assert ("only the paper in the centre&#39;s safe opens it" in mine, "It has arrived." in mine) == (True, False)
    clock.advance(timedelta(minutes=1))
    next_one = successor(Role.SAFEGUARDING, "Samira Successor (invented)")
    assert led in as_person(next_one).get("/").text
    assert led not in as_role(Role.CHAIR).get("/").text
    Appointment.update(ends=clock.today()).where(Appointment.person == cast[Role.CHAIR]).execute()
    clock.advance(timedelta(days=1))
    cleo = as_person(successor(Role.CHAIR, "Cleo Chair (invented)"))
    assert led in cleo.get("/").text
    assert led not in as_role(Role.VOLUNTEER).get("/").text
    samira = as_person(next_one)
    samira.send("/concerns/sheet", secret=secret)
    assert CANARY in samira.get(listed(samira)[0]).text
    assert led not in samira.get("/").text + cleo.get("/").text


def test_where_nobody_can_be_mailed_the_page_says_ring_as_well(cast: Cast, secret: str, as_role: Browser) -> None:
    vera = as_role(Role.VOLUNTEER)
    assert "they are told at once" in vera.get("/concerns/new").text
    assert RING_TOO not in vera.get(tell(vera).location).text
    Person.update(email=None).where(Person.id == cast[Role.SAFEGUARDING].id).execute()
    assert "they are told at once" in vera.get("/concerns/new").text
    assert RING_TOO in vera.get(tell(vera, about="chair").location).text
    mail.turn(on=False)
    page = vera.get("/concerns/new").text
    assert (RING_TOO in page, "they are told at once" in page) == (True, False)
    assert RING_TOO in vera.get(tell(vera).location).text


def test_the_chairs_number_stands_with_the_others_once_it_is_given(as_role: Browser) -> None:
    vera, chair = as_role(Role.VOLUNTEER), as_role(Role.CHAIR)
    assert "tel:01632960009" not in vera.get("/concerns/").text
    typed = {"centre_name": "Millbrook", "coordinator_phone": "01632 960001", "safeguarding_phone": "01632 960002"}
    assert "in figures" in chair.send("/centre/", **typed, chair_phone="ring me").text
    assert chair.send("/centre/", **typed, chair_phone="01632 960009").status_code == 303
    assert 'value="01632 960009"' in chair.get("/centre/").text
    for address in ("/concerns/", "/concerns/new"):
        page = vera.get(address).text
        assert page.index("tel:999") < page.index("tel:01632960002") < page.index("tel:01632960009")
        assert page.index("tel:01632960009") < page.index("tel:01632960001")
        assert "If it is about the safeguarding officer, ring the chair." in page
    chair.send("/centre/", **typed, chair_phone="")
    assert Centre.get().chair_phone is None


def test_a_half_filled_form_tells_neither_what_it_is_nor_how_long(cast: Cast, secret: str, as_role: Browser) -> None:
    lengths = set()
    for text in ("x", "x" * 4_000):
        vera = as_role(Role.VOLUNTEER)
        token = vera.token()
        clock.advance(timedelta(hours=3))
        vera.post("/concerns/new", data={"csrf_token": token, "seen": "0", "text": text, "about": "chair"})
        draft = Draft.get()
        assert "concern" not in draft.path
        lengths.add(len(bytes(draft.sealed)))
    assert len(lengths) == 1


def test_a_backup_is_as_large_with_a_worry_as_without(settings: Settings, cast: Cast, as_role: Browser) -> None:
    opened_by_both(cast)
    sheet_in_safe(cast)
    before = backups.make(settings).size
    tell(as_role(Role.VOLUNTEER), about="chair")
    clock.advance(timedelta(minutes=1))
    grown = (backups.make(settings).size or 0) - (before or 0)
    assert grown % (container.LONGEST + container.LENGTH.size) == 0

"""The people list: everybody's progress at once, in agreement with each one's own steps, at the same few queries."""

import random
import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest

from ccc import clock, people, undertakings
from ccc.dbs import asked
from ccc.onboarding import progress, steps
from ccc.onboarding.dates import RECORDED, TITLES, Key, record_dates
from ccc.onboarding.progress import AT_ONCE, Show, people_list
from ccc.onboarding.steps import NEEDED
from ccc.people import Appointment, Person
from ccc.policies import Version
from ccc.quizzes import attempts
from ccc.quizzes.attempts import Attempt
from ccc.roles import Role
from ccc.signin import accounts
from tests.checking import CheckingClient
from tests.conftest import PASSWORD
from tests.samples import MILLBROOK, published
from tests.test_onboarding import WITHOUT_DBS, passed, read_passed_and_signed, recorded, signed
from tests.test_reading import queries_of, reworded

Browser = Callable[[Role | None], CheckingClient]
Cast = dict[Role, Person]
MARCH = date(2026, 3, 4)
HISTORIES: list[list[date | None]] = [[], [MARCH], [MARCH, None], [MARCH, None, MARCH]]
HTMX = {"HX-Request": "true"}


def names_on(page: str) -> list[str]:
    return [unescape(name) for name in re.findall(r'<tr><td><a href="/people/\d+/">([^<]+)</a>', page)]


def somebody(name: str) -> Person:
    return people.add(name, None, None, None)


def varied(cast: Cast, versions: list[Version], count: int, seed: int) -> None:
    """People who did some steps and not others, on some versions and not others, with dates taken back again."""
    rng, coordinator = random.Random(seed), cast[Role.COORDINATOR]  # noqa: S311  (chance, not secrecy)
    for number in range(count):
        person = somebody(f"Person {number} (invented)")
        for step in RECORDED:
            for on in rng.choice(HISTORIES):
                record_dates(person, {step: on}, coordinator)
        for version in versions:
            if rng.random() < 0.6:
                undertakings.finish(person, version)
            if rng.random() < 0.6:
                done = {"asked": "[]", "passed": rng.random() < 0.7, "finished_at": clock.now()}
                Attempt.create(person=person, quiz="confidentiality", version=version, **done)
        if rng.random() < 0.6:
            signed(cast, person, rng.choice(versions))


def everybody() -> dict[int, progress.Entry]:
    entries, more = people_list(Show.HERE)
    while more:
        following, more = people_list(Show.HERE, after=more)
        entries += following
    return {entry.number: entry for entry in entries}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("asks", [True, False])
def test_the_list_agrees_with_each_ones_own_steps(cast: Cast, seed: int, asks: bool) -> None:  # noqa: FBT001
    text = MILLBROOK if asks else WITHOUT_DBS
    versions = [published(cast[Role.CHAIR], text)]
    versions.append(published(cast[Role.CHAIR], text.replace("Families trust", "Many families trust")))
    if asks:
        versions.append(reworded(cast))
    else:
        asked.stop_asking(cast[Role.CHAIR])
    varied(cast, versions, 25, seed)
    listed, in_force = everybody(), versions[-1]
    assert listed.keys() == {person.id for person in Person.select()}
    for person in Person.select():
        own, entry = steps.steps(person), listed[person.id]
        done = {step.key for step in own if step.is_done}
        assert entry.progress == "{} of {}".format(*steps.count(own))
        assert entry.ready == (Key.ROTA in done)
        missing = [step.title for step in own if not step.is_done and step.key in NEEDED]
        assert entry.then in missing or entry.ready
        assert (Key.READ in done) == undertakings.has_read(person, in_force)
        assert (Key.QUIZ in done) == attempts.has_passed(person, in_force)
        assert (Key.UNDERTAKING in done) == undertakings.has_signed(person, in_force)


def test_without_a_policy_the_list_still_agrees(cast: Cast) -> None:
    recorded(cast, cast[Role.VOLUNTEER], Key.APPLICATION)
    assert everybody()[cast[Role.VOLUNTEER].id].progress == "1 of 9"
    assert steps.count(steps.steps(cast[Role.VOLUNTEER])) == (1, 9)


def test_clearance_is_next_only_when_all_else_is_done(cast: Cast) -> None:
    version, volunteer = published(cast[Role.CHAIR]), cast[Role.VOLUNTEER]
    recorded(cast, volunteer, *(key for key in RECORDED if key != Key.INDUCTION))
    read_passed_and_signed(cast, volunteer, version)
    assert everybody()[volunteer.id].then == TITLES[Key.INDUCTION]
    recorded(cast, volunteer, Key.INDUCTION)
    entry = everybody()[volunteer.id]
    assert (entry.then, entry.progress, entry.ready) == (TITLES[Key.CLEARANCE], "8 of 9", False)


# The page


def test_coordinator_sees_name_office_progress_what_is_next_and_the_rota(as_role: Browser, cast: Cast) -> None:
    somebody("Nora Notyet (invented)")
    recorded(cast, cast[Role.VOLUNTEER], Key.APPLICATION)
    page = as_role(Role.COORDINATOR).get("/people/").text
    assert names_on(page) == [
        "Charlie Chair (invented)",
        "Colin Coordinator (invented)",
        "Nora Notyet (invented)",
        "Sunita Safeguarding (invented)",
        "Vera Volunteer (invented)",
    ]
    row = re.search(r"<tr>.*Vera Volunteer.*</tr>", page)
    assert row
    for part in ("Volunteer", "1 of 9", "Interview", "Not yet"):
        assert part in row[0]
    assert "(not joined yet)" in page.split("Nora Notyet")[1].split("</tr>")[0]
    assert "Safeguarding officer" in page


def test_the_list_tells_nothing_of_telephone_or_email(as_role: Browser, cast: Cast) -> None:
    page = as_role(Role.COORDINATOR).get("/people/").text
    assert "01632 960999" not in page
    assert "vera@millbrook.example" not in page


def test_volunteer_cannot_open_the_list(as_role: Browser, cast: Cast) -> None:
    assert as_role(Role.VOLUNTEER).get("/people/").status_code == 403


@pytest.mark.parametrize(("role", "buttons"), [
    (Role.COORDINATOR, {"/people/invite", "/people/paste", "/people/invitations/"}),
    (Role.SAFEGUARDING, set()),
    (Role.CHAIR, {"/people/invite", "/people/invitations/"}),
])  # fmt: skip
def test_each_office_sees_only_the_buttons_it_may_use(
    as_role: Browser, cast: Cast, role: Role, buttons: set[str]
) -> None:
    found = set(re.findall(r'href="(/people/(?:invite|paste|invitations/))"', as_role(role).get("/people/").text))
    assert found == buttons


def test_the_filters_part_those_who_are_here(as_role: Browser, cast: Cast) -> None:
    version = published(cast[Role.CHAIR], WITHOUT_DBS)
    asked.stop_asking(cast[Role.CHAIR])
    recorded(cast, cast[Role.VOLUNTEER], *RECORDED)
    read_passed_and_signed(cast, cast[Role.VOLUNTEER], version)
    somebody("Nora Notyet (invented)")
    people.leave(somebody("Lena Left (invented)"), cast[Role.COORDINATOR])
    client = as_role(Role.COORDINATOR)
    shown = {show: names_on(client.get(f"/people/?show={show}").text) for show in Show}
    assert shown[Show.NOT_JOINED] == ["Nora Notyet (invented)"]
    assert shown[Show.READY] == ["Vera Volunteer (invented)"]
    assert shown[Show.LEFT] == ["Lena Left (invented)"]
    assert len(shown[Show.TRAINING]) == 3
    assert sorted(shown[Show.HERE]) == sorted(shown[Show.NOT_JOINED] + shown[Show.READY] + shown[Show.TRAINING])
    assert names_on(client.get("/people/?show=nonsense").text) == shown[Show.HERE]


@pytest.mark.parametrize("search", ["vera", "VERA", " vol", "ra Vo"])
def test_search_finds_any_part_of_a_name(as_role: Browser, cast: Cast, search: str) -> None:
    page = as_role(Role.COORDINATOR).get("/people/", query_string={"q": search}).text
    assert names_on(page) == ["Vera Volunteer (invented)"]


@pytest.mark.parametrize("search", ["%", "_", "'", '"><script>', "\0", "x" * 500])
def test_what_is_typed_in_the_search_is_only_text(as_role: Browser, cast: Cast, search: str) -> None:
    answer = as_role(Role.COORDINATOR).get("/people/", query_string={"q": search})
    assert answer.status_code == 200
    assert names_on(answer.text) == []
    assert "Nobody of that name is in this list." in answer.text


def test_htmx_gets_the_list_alone_and_a_browser_the_whole_page(as_role: Browser, cast: Cast) -> None:
    client = as_role(Role.COORDINATOR)
    part, whole = client.get("/people/?q=vera", headers=HTMX), client.get("/people/?q=vera")
    assert part.text.startswith('<div id="people">')
    assert part.text.strip() in whole.text
    assert "HX-Request" in part.headers["Vary"]


def test_a_long_list_comes_page_by_page_and_names_everybody_once(as_role: Browser, cast: Cast) -> None:
    for number in range(2 * AT_ONCE):
        # Several of one name: the page must not end in their midst and lose some.
        somebody(f"Same Name{number // 40} (invented)")
    client, address = as_role(Role.COORDINATOR), "/people/?show=all"
    found: list[str] = []
    while address:
        page = client.get(address).text
        found += re.findall(r'<tr><td><a href="/people/(\d+)/">', page)
        onward = re.search(r'href="([^"]+)">Show the next people', page)
        address = unescape(onward[1]) if onward else ""
    assert sorted(map(int, found)) == sorted(person.id for person in Person.select())
    assert "Back to the start" in page


@pytest.mark.parametrize("after", ["-1", "x", str(10**30), "999999"])
def test_a_page_that_does_not_exist_is_no_fault(as_role: Browser, cast: Cast, after: str) -> None:
    assert as_role(Role.COORDINATOR).get(f"/people/?after={after}").status_code == 200


def test_a_name_with_marks_is_shown_as_it_is(as_role: Browser, cast: Cast) -> None:
    somebody('<b>Zoë</b> "Bob" O\'Brien & Co (invented)')
    page = as_role(Role.COORDINATOR).get("/people/").text
    assert names_on(page)[0] == '<b>Zoë</b> "Bob" O\'Brien & Co (invented)'


def test_an_office_that_ended_is_no_longer_named(as_role: Browser, cast: Cast) -> None:
    Appointment.update(ends=date(2026, 11, 20)).where(Appointment.person == cast[Role.CHAIR]).execute()
    page = as_role(Role.COORDINATOR).get("/people/?q=charlie").text
    assert '<td data-label="Office">Volunteer</td>' in page


def test_the_page_asks_the_database_as_often_for_two_hundred_as_for_four(as_role: Browser, cast: Cast) -> None:
    version, client = published(cast[Role.CHAIR]), as_role(Role.COORDINATOR)
    client.get("/people/")
    few = queries_of(client, "/people/")
    for number in range(196):
        person = somebody(f"Person {number:03} (invented)")
        if number % 3:
            undertakings.finish(person, version)
            passed(person, version)
    assert queries_of(client, "/people/") == few
    # The sign-in, the centre, the list.
    assert few == 3


@pytest.mark.parametrize("address", ["/", "/onboarding/", "/people/1/", "/people/invitations/"])
def test_other_pages_ask_as_often_for_many_as_for_few(as_role: Browser, cast: Cast, address: str) -> None:
    published(cast[Role.CHAIR])
    client = as_role(Role.COORDINATOR)
    client.get(address)
    few = queries_of(client, address)
    for number in range(30):
        somebody(f"Person {number} (invented)")
    assert queries_of(client, address) == few


def test_an_account_makes_somebody_joined(cast: Cast) -> None:
    nora = somebody("Nora Notyet (invented)")
    assert [entry.number for entry in people_list(Show.NOT_JOINED)[0]] == [nora.id]
    accounts.make(nora, "Nora", PASSWORD)
    assert people_list(Show.NOT_JOINED)[0] == []

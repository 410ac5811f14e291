"""The rota: who may be put on it, who leads, giving a duty back, and what the co-ordinator is told is missing."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from ccc import clock, contact_sessions, people, rota
from ccc.audit import AuditLine, Event
from ccc.centre import Centre
from ccc.contact_sessions import ContactSession
from ccc.contact_sessions.sessions import with_something_on_them
from ccc.onboarding import progress, steps
from ccc.people import Person, RefusedError
from ccc.roles import Role
from ccc.rota import Duty, lists
from ccc.rota import duties as rules
from tests.booking_log import make_duty, make_session
from tests.checking import CheckingClient
from tests.samples import published
from tests.test_onboarding import BEFORE_READING, WITHOUT_DBS, read_passed_and_signed, recorded
from tests.test_queries import counted

Browser = Callable[[Role | None], CheckingClient]
Cast = dict[Role, Person]
AT_28 = date(2026, 11, 28)


@pytest.fixture
def session(app: object) -> ContactSession:
    return make_session(AT_28)


@pytest.fixture
def colin(cast: Cast) -> Person:
    return cast[Role.COORDINATOR]


@pytest.fixture
def vera(cast: Cast) -> Person:
    """The volunteer, who has done every step that comes before the rota."""
    version = published(cast[Role.CHAIR], WITHOUT_DBS)
    Centre.update(asks_for_dbs=False).execute()
    read_passed_and_signed(cast, cast[Role.VOLUNTEER], version)
    recorded(cast, cast[Role.VOLUNTEER], *BEFORE_READING)
    return cast[Role.VOLUNTEER]


def facts_of(event: Event) -> list[str]:
    return [line.facts for line in AuditLine.select().where(AuditLine.event == event)]


def newcomers(count: int) -> list[Person]:
    return [people.add(f"Nora {number} (invented)", None, None, None) for number in range(count)]


# The rules


def test_somebody_who_may_be_on_the_rota_is_put_on_it_and_leads(
    session: ContactSession, vera: Person, colin: Person
) -> None:
    duty = rota.put_on(session, vera, colin, leader=True)
    assert rota.on(session) == [(duty, vera)]
    assert rota.leads(session, vera)
    assert not rota.serves(session, colin)
    assert facts_of(Event.PUT_ON_ROTA) == [f'{{"session": {session.id}}}']


def test_somebody_who_has_steps_left_is_not_put_on(session: ContactSession, vera: Person, colin: Person) -> None:
    with pytest.raises(RefusedError, match=r"Colin Coordinator .* may not be on the rota yet"):
        rota.put_on(session, colin, colin)
    assert rota.on(session) == []


def test_the_list_of_those_who_may_serve_agrees_with_the_rule_for_each(vera: Person, cast: Cast) -> None:
    one_by_one = {person.id: person.name for person in Person.select() if steps.may_be_on_rota(person)}
    assert progress.ready_for_rota() == one_by_one == {vera.id: vera.name}


def test_nobody_stands_on_a_rota_twice(session: ContactSession, vera: Person, colin: Person) -> None:
    rota.put_on(session, vera, colin)
    with pytest.raises(RefusedError, match="on this rota already"):
        rota.put_on(session, vera, colin)


def test_whoever_was_taken_off_can_be_put_on_again(session: ContactSession, vera: Person, colin: Person) -> None:
    rota.take_off(rota.put_on(session, vera, colin), colin)
    again = rota.put_on(session, vera, colin)
    assert [duty.id for duty, _ in rota.on(session)] == [again.id]
    assert facts_of(Event.DUTY_ENDED) == [f'{{"code": "taken-off", "session": {session.id}}}']


@pytest.mark.usefixtures("everybody_ready")
def test_one_leads_and_whoever_led_before_serves_on(session: ContactSession, cast: Cast, colin: Person) -> None:
    for role in (Role.VOLUNTEER, Role.CHAIR):
        rota.put_on(session, cast[role], colin, leader=True)
    assert [(person.id, duty.leader) for duty, person in rota.on(session)] == [
        (cast[Role.CHAIR].id, True),
        (cast[Role.VOLUNTEER].id, False),
    ]
    with pytest.raises(RefusedError, match="no longer on this rota"):
        rota.choose_leader(session, colin, colin)


@pytest.mark.usefixtures("everybody_ready")
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"cancelled_at": datetime(2026, 11, 20, tzinfo=UTC)}, "was cancelled"),
        ({"closed_at": datetime(2026, 11, 20, tzinfo=UTC)}, "is over"),
        ({"day": date(2026, 11, 14)}, "is over"),
    ],
)
def test_the_rota_of_a_session_that_is_over_or_cancelled_stays_as_it_was(
    session: ContactSession, cast: Cast, colin: Person, changed: dict[str, object], words: str
) -> None:
    duty = rota.put_on(session, colin, colin)
    ContactSession.update(**changed).where(ContactSession.id == session.id).execute()
    for act in (
        lambda: rota.put_on(session, cast[Role.CHAIR], colin),
        lambda: rota.choose_leader(session, colin, colin),
        lambda: rota.take_off(duty, colin),
        lambda: rota.give_back(duty, colin),
    ):
        with pytest.raises(RefusedError, match=words):
            act()
    assert Duty.get_by_id(duty.id).ended_at is None


@pytest.mark.usefixtures("everybody_ready")
def test_another_capability_can_keep_somebody_off(
    session: ContactSession, colin: Person, vera: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_session: ContactSession, _person: Person) -> None:
        raise RefusedError("Not with this one.")

    monkeypatch.setattr(rules, "refuses", [refuse])
    with pytest.raises(RefusedError, match="Not with this one"):
        rota.put_on(session, vera, colin)
    # Of oneself one learns no reason.
    with pytest.raises(RefusedError, match="Another co-ordinator has to see to this"):
        rota.put_on(session, colin, colin)


def test_a_duty_is_given_back_by_its_owner_before_the_session_begins(
    session: ContactSession, vera: Person, colin: Person
) -> None:
    duty = rota.put_on(session, vera, colin)
    with pytest.raises(RefusedError, match="Only they themselves"):
        rota.give_back(duty, colin)
    with clock.at(session.begins), pytest.raises(RefusedError, match="has begun"):
        rota.give_back(duty, vera)
    rota.give_back(duty, vera)
    with pytest.raises(RefusedError, match="no longer on this rota"):
        rota.give_back(duty, vera)
    assert rota.duties_of(vera) == []


@pytest.mark.usefixtures("everybody_ready")
def test_whoever_leaves_is_on_no_rota_to_come(cast: Cast, colin: Person) -> None:
    vera = cast[Role.VOLUNTEER]
    past, today, later = (make_session(date(2026, 11, day)) for day in (14, 21, 28))
    for session in (past, today, later):
        make_duty(session, vera)
    people.leave(vera, colin)
    assert [bool(rota.serves(session, vera)) for session in (past, today, later)] == [True, False, False]
    with pytest.raises(RefusedError, match="has left the centre"):
        rota.put_on(later, vera, colin)


def test_a_cancelled_session_has_no_rota(session: ContactSession, vera: Person, colin: Person) -> None:
    rota.put_on(session, vera, colin)
    contact_sessions.cancel_session(session, "hall", colin)
    assert rota.on(session) == []
    assert with_something_on_them([session, make_session()]) == [session]


@pytest.mark.usefixtures("everybody_ready")
def test_gaps_are_counted_against_the_fewest_volunteers_that_the_centre_wants(
    session: ContactSession, cast: Cast, colin: Person
) -> None:
    other = make_session(date(2026, 12, 5))
    for person in newcomers(3):
        rota.put_on(session, person, colin)
    found = rota.gaps([session.id, other.id])
    assert [found[one.id].lacks for one in (session, other)] == ["nobody leads", "3 more needed, nobody leads"]
    contact_sessions.set_rules(15, 10, 4, colin)
    assert rota.gaps([session.id])[session.id] == (3, 1, False)


@pytest.mark.usefixtures("everybody_ready")
@pytest.mark.usefixtures("everybody_ready")
def test_a_duty_given_back_is_told_until_somebody_else_fills_it(session: ContactSession, colin: Person) -> None:
    far, crew = make_session(date(2027, 3, 6)), newcomers(6)
    for place, person in enumerate(crew[:4]):
        rota.put_on(far, person, colin, leader=place == 0)
    assert [line.session for line in lists.lacking()] == [session.id]
    for person in crew[2:4]:
        clock.advance(timedelta(minutes=1))
        duty = rota.serves(far, person)
        assert duty
        rota.give_back(duty, person)
    for person, unfilled in zip(crew[4:], (1, 0), strict=True):
        clock.advance(timedelta(minutes=1))
        filling = rota.put_on(far, person, colin)
        assert [line.unfilled for line in rota.coming(far.day)[0]] == [unfilled]
    assert [line.session for line in lists.lacking()] == [session.id]
    rota.take_off(filling, colin)
    assert [line.lacks for line in lists.lacking()][1:] == ["1 duty was given back"]


# The pages


def test_coordinator_keeps_a_rota_through_its_page(
    as_role: Browser, session: ContactSession, vera: Person, cast: Cast
) -> None:
    colin, address = as_role(Role.COORDINATOR), f"/sessions/{session.id}/rota"
    page = colin.get(address).text
    assert re.findall(r'<option value="(\d*)"', page) == ["", str(vera.id)]
    assert "3 more needed, nobody leads" in page
    assert colin.send(address, person=str(vera.id)).location == address
    page = colin.get(address).text
    assert re.findall(r'<option value="(\d*)"', page) == [""]
    duty = rota.serves(session, vera)
    assert duty
    assert colin.send(f"/rota/{duty.id}/lead").location == address
    assert "2 more needed</span>" in colin.get(address).text
    assert colin.send(f"/rota/{duty.id}/off").location == address
    assert "Nobody is on this rota yet." in colin.get(address).text
    assert colin.send(f"/rota/{duty.id}/off").status_code == 409


@pytest.mark.parametrize("typed", ["", "2", "99", "x"])
def test_nobody_is_put_on_who_is_not_in_the_list(
    as_role: Browser, session: ContactSession, vera: Person, typed: str
) -> None:
    answer = as_role(Role.COORDINATOR).send(f"/sessions/{session.id}/rota", person=typed)
    assert answer.status_code == 422
    assert rota.on(session) == []


def test_the_second_of_two_who_put_the_same_person_on_is_told(
    as_role: Browser, session: ContactSession, vera: Person
) -> None:
    colin, address = as_role(Role.COORDINATOR), f"/sessions/{session.id}/rota"
    colin.send(address, person=str(vera.id))
    again = colin.send(address, person=str(vera.id))
    assert again.status_code == 422
    assert "Vera Volunteer (invented) is on this rota already." in again.text


def test_safeguarding_officer_reads_a_rota_and_changes_nothing(
    as_role: Browser, session: ContactSession, vera: Person
) -> None:
    make_duty(session, vera)
    page = as_role(Role.SAFEGUARDING).get(f"/sessions/{session.id}/rota").text
    assert "Vera Volunteer" in page
    assert "<form" not in page.split("<main")[1]


def test_whoever_lost_their_clearance_is_marked_on_the_rota(
    as_role: Browser, session: ContactSession, vera: Person, cast: Cast
) -> None:
    make_duty(session, vera)
    browser, address = as_role(Role.COORDINATOR), f"/sessions/{session.id}/rota"
    assert "May not be on the rota at present" not in browser.get(address).text
    make_duty(session, cast[Role.CHAIR])
    assert browser.get(address).text.count("May not be on the rota at present") == 1


def test_the_list_shows_who_serves_and_goes_on_on_a_next_page(as_role: Browser, vera: Person, cast: Cast) -> None:
    made = [make_session(AT_28 + timedelta(days=number)) for number in range(30)]
    make_duty(made[0], vera)
    make_duty(made[0], cast[Role.CHAIR], leader=True)
    browser = as_role(Role.COORDINATOR)
    first = browser.get("/rota/").text
    assert "Charlie Chair (invented) (leads), Vera Volunteer (invented)" in first
    following = re.search(r'href="(/rota/\?from=[^"]+)">Show the next', first)
    assert following
    second = browser.get(following[1]).text
    shown = [re.findall(r'<td><a href="/sessions/(\d+)/rota"', page) for page in (first, second)]
    assert [len(numbers) for numbers in shown] == [25, 5]
    assert sorted(map(int, shown[0] + shown[1])) == [session.id for session in made]
    assert browser.get("/rota/?from=oops").status_code == 200


def test_volunteer_sees_their_own_duties_alone(as_role: Browser, cast: Cast) -> None:
    vera, theirs, hers = cast[Role.VOLUNTEER], make_session(date(2026, 12, 5)), make_session(AT_28)
    make_duty(theirs, cast[Role.CHAIR])
    make_duty(hers, vera, leader=True)
    page = as_role(Role.VOLUNTEER).get("/rota/mine").text
    assert "Saturday 28 November 2026, 10:30 to 12:30" in page
    assert "You lead" in page
    assert "5 December" not in page
    assert as_role(Role.VOLUNTEER).get("/rota/").status_code == 403


@pytest.mark.parametrize(
    ("now", "links"),
    [
        (datetime(2026, 11, 26, 10, 29, tzinfo=UTC), {"give-back"}),
        (datetime(2026, 11, 26, 10, 30, tzinfo=UTC), {"give-back", "known"}),
        (datetime(2026, 11, 28, 9, 30, tzinfo=UTC), {"give-back", "known", "register"}),
        (datetime(2026, 11, 28, 10, 30, tzinfo=UTC), {"known", "register"}),
        (datetime(2026, 11, 28, 12, 30, tzinfo=UTC), {"register"}),
        (datetime(2026, 11, 28, 13, 31, tzinfo=UTC), set()),
    ],
)
def test_what_can_be_done_about_a_duty_opens_and_closes_with_the_time(
    as_role: Browser, session: ContactSession, cast: Cast, now: datetime, links: set[str]
) -> None:
    duty = make_duty(session, cast[Role.VOLUNTEER])
    addresses = {
        "give-back": f'href="/rota/mine/{duty.id}/give-back"',
        "known": f'href="/known/sessions/{session.id}"',
        "register": f'href="/sessions/{session.id}/register"',
    }
    with clock.at(now):
        page = as_role(Role.VOLUNTEER).get("/rota/mine").text
    assert {name for name, address in addresses.items() if address in page} == links


def test_volunteer_gives_a_duty_back_after_a_page_that_says_what_happens(
    as_role: Browser, session: ContactSession, cast: Cast
) -> None:
    duty, browser = make_duty(session, cast[Role.VOLUNTEER]), as_role(Role.VOLUNTEER)
    address = f"/rota/mine/{duty.id}/give-back"
    assert "You cannot undo this by yourself." in browser.get(address).text
    assert rota.serves(session, cast[Role.VOLUNTEER])
    assert browser.send(address).location == "/rota/mine"
    assert "You are on no rota at present." in browser.get("/rota/mine").text
    page = as_role(Role.COORDINATOR).get("/").text
    assert "The rota of 28 November 2026: 1 duty was given back, 3 more needed, nobody leads." in page
    assert browser.send(address).status_code == 422


def test_nobody_gives_back_the_duty_of_another(as_role: Browser, session: ContactSession, cast: Cast) -> None:
    duty = make_duty(session, cast[Role.CHAIR])
    assert as_role(Role.VOLUNTEER).send(f"/rota/mine/{duty.id}/give-back").status_code == 403
    assert rota.serves(session, cast[Role.CHAIR])
    assert as_role(Role.VOLUNTEER).get("/rota/mine/99/give-back").status_code == 404


def test_the_first_page_tells_of_gaps_within_two_weeks_until_the_session_is_over(
    as_role: Browser, session: ContactSession
) -> None:
    make_session(date(2026, 12, 6))
    browser = as_role(Role.COORDINATOR)
    assert re.findall(r"The rota of ([^:]+):", browser.get("/").text) == ["28 November 2026"]
    assert "The rota of" not in as_role(Role.SAFEGUARDING).get("/").text
    with clock.at(session.finishes):
        assert re.findall(r"The rota of ([^:]+):", as_role(Role.COORDINATOR).get("/").text) == ["6 December 2026"]


def test_the_first_page_tells_of_somebody_on_a_rota_who_may_no_longer_serve(
    as_role: Browser, session: ContactSession, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for role in (Role.VOLUNTEER, Role.CHAIR, Role.SAFEGUARDING):
        make_duty(session, cast[role], leader=role == Role.CHAIR)
    monkeypatch.setattr(progress, "ready_for_rota", lambda *_: {cast[role].id: "" for role in Role})
    assert "The rota of" not in as_role(Role.COORDINATOR).get("/").text
    monkeypatch.setattr(progress, "ready_for_rota", lambda *_: {cast[Role.CHAIR].id: "", cast[Role.VOLUNTEER].id: ""})
    Centre.update(review_months=None).execute()
    told = "The rota of 28 November 2026: 1 of those on it may not serve that day."
    assert told in as_role(Role.COORDINATOR).get("/").text


def test_the_first_page_reminds_of_a_duty_that_is_near(as_role: Browser, session: ContactSession, cast: Cast) -> None:
    make_duty(session, cast[Role.VOLUNTEER])
    assert "You serve on" not in as_role(Role.VOLUNTEER).get("/").text
    with clock.at(session.begins - timedelta(hours=48)):
        assert "You serve on 28 November 2026, 10:30 to 12:30." in as_role(Role.VOLUNTEER).get("/").text


def test_no_page_of_the_rota_asks_more_when_there_are_more_sessions_and_duties(
    as_role: Browser, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make_session(date(2026, 11, 22))
    make_duty(first, cast[Role.COORDINATOR])
    browser, counts = as_role(Role.COORDINATOR), list[list[int]]()
    # Some things on the first page are counted once a day; how often it asks at most is held by another test.
    browser.get("/")
    for more in (0, 8):
        for number, person in enumerate(newcomers(more)):
            make_duty(first, person)
            make_duty(make_session(AT_28 + timedelta(days=number)), cast[Role.COORDINATOR])
        counts.append([])
        for address in ("/", "/rota/", "/rota/mine", f"/sessions/{first.id}/rota"):
            Centre.update(review_months=None).execute()
            with counted(monkeypatch) as asked:
                browser.get(address)
            counts[-1].append(len(asked))
    assert counts[0] == counts[1]
    assert max(counts[0][1:]) <= 16

"""Sessions as the co-ordinator meets them: the list, patterns that are shown before they are made, closed days."""

import html
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from ccc import contact_sessions
from ccc.bookings.records import Booking
from ccc.contact_sessions import Closure, ContactSession, Plan, SessionPattern
from ccc.people import Person
from ccc.roles import Role
from ccc.web.form import ClockTime, Form
from tests.booking_log import make_booking, make_duty, make_family, make_session
from tests.checking import App, CheckingClient

Browser = Callable[[Role | None], CheckingClient]
Cast = dict[Role, Person]
TODAY = date(2026, 11, 21)
PATTERN = {"weekday": "5", "weeks": "1,3", "starts": "10:30", "ends": "12:30", "places": "6"}
PATTERN |= {"first_day": "1/12/2026", "last_day": "31/1/2027"}
NEW = "/sessions/patterns/new"


@pytest.fixture
def colin(as_role: Browser) -> CheckingClient:
    """The co-ordinator's browser."""
    return as_role(Role.COORDINATOR)


@pytest.fixture
def by(cast: Cast) -> Person:
    return cast[Role.COORDINATOR]


def words(answer: TestResponse) -> str:
    """What a person reads on a page, without the tags."""
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", answer.text)).split())


def agreed(answer: TestResponse) -> str:
    """What the button sends that carries out what the page shows."""
    found = re.search(r'name="agreed" value="([^"]+)"', answer.text)
    assert found
    return found[1]


def test_a_pattern_is_shown_as_dates_first_and_made_when_somebody_agrees(colin: CheckingClient) -> None:
    shown = colin.send(NEW, **PATTERN)
    assert "1st and 3rd Saturday, 10:30–12:30, six places" in words(shown)
    assert "Makes 4 sessions: 5 December 2026, 19 December 2026, 2 January 2027, 16 January 2027." in words(shown)
    assert SessionPattern.select().count() == 0
    assert colin.send(NEW, **PATTERN, agreed=agreed(shown)).location == "/sessions/"
    listed = words(colin.get("/sessions/"))
    assert "New: 1st and 3rd Saturday" in listed
    assert "Saturday, 5 December 2026 10:30–12:30 0 of 6 0 Needs 3 more" in listed


def test_what_was_not_shown_is_not_carried_out(colin: CheckingClient) -> None:
    mark = agreed(colin.send(NEW, **PATTERN))
    again = colin.send(NEW, **PATTERN | {"places": "5", "agreed": mark})
    assert "five places" in words(again)
    assert SessionPattern.select().count() == 0


def test_a_changed_pattern_shows_what_it_adds_changes_and_takes_away(colin: CheckingClient) -> None:
    colin.send(NEW, **PATTERN, agreed=agreed(colin.send(NEW, **PATTERN)))
    address = "/sessions/patterns/1/"
    assert 'value="1,3" selected' in colin.get(address).text
    assert "No session changes." in words(colin.send(address, **PATTERN))
    changed = PATTERN | {"weeks": "2,4", "last_day": "20/12/2026"}
    shown = colin.send(address, **changed)
    assert "Makes 1 session: 12 December 2026." in words(shown)
    assert "Takes away: 5 December 2026, 19 December 2026, 2 January 2027, 16 January 2027." in words(shown)
    later = colin.send(address, **PATTERN | {"starts": "11.00"})
    assert "Changes, with the families and volunteers on them: 5 December 2026" in words(later)
    assert colin.send(address, **changed, agreed=agreed(shown)).status_code == 303
    assert [one.day for one in ContactSession.select()] == [date(2026, 12, 12)]


def test_a_pattern_ends_from_a_page_that_says_what_goes(colin: CheckingClient, by: Person) -> None:
    contact_sessions.add_pattern(Plan(5, "every", "10:30", "12:30", 6, TODAY, TODAY + timedelta(7)), by)
    page = colin.get("/sessions/patterns/1/end")
    assert "These 2 sessions are taken away: 21 November 2026, 28 November 2026" in words(page)
    make_duty(ContactSession.get_by_id(2), by)
    refused = colin.send("/sessions/patterns/1/end")
    assert (refused.status_code, ContactSession.select().count()) == (422, 2)
    assert "stand or stood on 28 November 2026" in words(refused)
    colin.send("/sessions/2/cancel", code="volunteers")
    assert colin.send("/sessions/patterns/1/end").status_code == 303
    assert [one.day for one in ContactSession.select()] == [date(2026, 11, 28)]


@pytest.mark.parametrize(
    ("field", "typed", "why"),
    [
        ("starts", "", "It starts at: Type in a time, like 10:30."),
        ("starts", "  ", "It starts at: Type in a time, like 10:30."),
        ("starts", "half past ten", "We do not understand this time."),
        ("starts", "24:00", "We do not understand this time."),
        ("starts", "10:30am", "We do not understand this time."),
        ("starts", "\uff11\uff10:\uff13\uff10", "We do not understand this time."),
        ("ends", "09:30", "ends after it starts, and before midnight"),
        ("ends", "00:15", "ends after it starts, and before midnight"),
        ("places", "0", "1 to 50 places"),
        ("places", "10000", "1 to 50 places"),
        ("places", "-1", "1 to 50 places"),
        ("places", "six", "Type in a whole number, in figures."),
        ("places", "9" * 400, "at most 9 figures"),
        ("weeks", "5", "Which weeks: Choose one of these."),
        ("weekday", "7", "Weekday: Choose one of these."),
        ("weekday", "²", "Weekday: Choose one of these."),
        ("first_day", " ", "Fill in the first day."),
        ("last_day", "", "every pattern has an end"),
        ("last_day", "30/2/2027", "There is no such day."),
        ("last_day", "1/1/9999", "Look at the year of this date."),
        ("last_day", "30/11/2026", "lies before the first day"),
        ("last_day", "2/12/2028", "at most two years"),
    ],
)
def test_a_pattern_that_was_mistyped_is_given_back_with_a_clear_word(
    colin: CheckingClient, field: str, typed: str, why: str
) -> None:
    answer = colin.send(NEW, **PATTERN | {field: typed, "agreed": "0"})
    assert answer.status_code == 422
    assert why in words(answer)
    assert 'value="12:30"' in answer.text or field == "ends"
    assert f'value="{typed.strip()}"' in answer.text or field.startswith("week")
    assert SessionPattern.select().count() == 0


def test_the_night_when_the_clocks_change_is_refused_for_a_pattern_and_for_one_session(colin: CheckingClient) -> None:
    night = PATTERN | {"weekday": "6", "weeks": "last", "starts": "01:30", "ends": "03:00", "last_day": "30/4/2027"}
    assert "On 28 March 2027 the clocks change, and 01:30 does not exist." in words(colin.send(NEW, **night))
    one = {"day": "31/10/2027", "starts": "01:30", "ends": "03:00", "places": "6"}
    answer = colin.send("/sessions/add", **one)
    assert answer.status_code == 422
    assert "On 31 October 2027 the clocks change, and 01:30 stands twice." in words(answer)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("10:30", "10:30"),
        (" 9.05 ", "09:05"),
        ("1030", "10:30"),
        ("930", "09:30"),
        ("23:59", "23:59"),
        ("0:00", "00:00"),
    ],
)
def test_a_time_is_read_as_people_type_it(app: App, typed: str, kept: str) -> None:
    class OneTime(Form):
        at = ClockTime("At")

    with app.test_request_context():
        form = OneTime(MultiDict({"at": typed}), meta={"csrf": False})
        assert (form.validate(), form.at.data, form.at._value()) == (True, kept, kept)


def test_one_session_is_added_and_changed_alone(colin: CheckingClient, by: Person) -> None:
    one = {"starts": "14:00", "ends": "16:00", "places": "4"}
    assert colin.send("/sessions/add", day="29/2/2028", **one).location == "/sessions/1/"
    make_booking(ContactSession.get(), make_family(by), by)
    page = colin.get("/sessions/1/change")
    assert "One family has a place in it. Tell them." in words(page)
    assert 'value="14:00"' in page.text
    assert colin.send("/sessions/1/change", **one | {"places": "0"}).status_code == 422
    assert colin.send("/sessions/1/change", **one | {"starts": "13:30"}).location == "/sessions/1/"
    fresh = ContactSession.get()
    assert (fresh.starts, fresh.ends, fresh.places, fresh.changed_alone) == ("13:30", "16:00", 4, True)


def test_cancelling_says_what_follows_and_wants_a_reason(colin: CheckingClient, by: Person) -> None:
    session = make_session()
    for _ in range(2):
        make_booking(session, make_family(by), by)
    page = words(colin.get("/sessions/1/cancel"))
    assert "2 families have a place in it." in page
    assert "cannot be undone" in page
    assert "Choose one of these." in words(colin.send("/sessions/1/cancel"))
    assert colin.send("/sessions/1/cancel", code="closed").status_code == 422
    assert colin.send("/sessions/1/cancel", code="weather").location == "/sessions/1/"
    assert colin.send("/sessions/1/cancel", code="weather").status_code == 422
    assert "Cancelled The weather" in words(colin.get("/sessions/"))
    assert {one.status for one in Booking.select()} == {"cancelled"}


def test_a_closed_day_is_agreed_to_after_the_families_were_counted(colin: CheckingClient, by: Person) -> None:
    session = make_session(date(2026, 12, 26))
    make_booking(session, make_family(by), by)
    address = "/sessions/closures/"
    shown = colin.send(address, day="26/12/2026")
    assert "10:30–12:30. One family has a place, and its booking is cancelled." in words(shown)
    make_booking(session, make_family(by), by)
    again = colin.send(address, day="2026-12-26", agreed=agreed(shown))
    assert "2 families have a place" in words(again)
    assert Closure.select().count() == 0
    assert colin.send(address, day="2026-12-26", agreed=agreed(again)).status_code == 303
    assert ContactSession.get().cancelled_at
    assert "26 December 2026 Not closed after all" in words(colin.get(address)).replace("Closed: 26 December 2026.", "")
    assert colin.send("/sessions/closures/1/remove").status_code == 303
    assert "None from today on." in words(colin.get(address))
    assert colin.send("/sessions/closures/1/remove").status_code == 404


def test_a_day_without_sessions_is_closed_at_once_and_a_wrong_one_given_back(colin: CheckingClient) -> None:
    assert colin.send("/sessions/closures/", day="25/12/2026").status_code == 303
    for day, why in (("25/12/2026", "on the list already"), ("20/11/2026", "over already"), ("", "Fill in the day.")):
        answer = colin.send("/sessions/closures/", day=day)
        assert (answer.status_code, why in words(answer)) == (422, True)
    assert Closure.select().count() == 1


def test_the_rules_of_the_day_are_set_within_reason(colin: CheckingClient) -> None:
    assert 'value="15"' in colin.get("/sessions/rules").text
    kept = {"visitor_before": "20", "visitor_after": "0", "fewest_volunteers": "4"}
    assert colin.send("/sessions/rules", **kept).status_code == 303
    assert contact_sessions.rules().visitor_before == 20
    for wrong in ({"visitor_before": "61"}, {"fewest_volunteers": "0"}, {"visitor_after": ""}):
        assert colin.send("/sessions/rules", **kept | wrong).status_code == 422


def test_the_list_goes_on_both_ways_and_shows_each_session_once(colin: CheckingClient) -> None:
    for number in range(30):
        make_session(TODAY + timedelta(number // 2), starts=f"1{number % 2}:30")
        make_session(TODAY - timedelta(number + 1))
    for first in ("/sessions/", "/sessions/?past=yes"):
        pages = [colin.get(first).text]
        following = re.search(r'href="([^"]+after=[^"]+)">Show the next', pages[0])
        assert following
        pages.append(colin.get(html.unescape(following[1])).text)
        shown = [re.findall(r'<a href="/sessions/(\d+)/"', page) for page in pages]
        assert [len(numbers) for numbers in shown] == [25, 5]
        assert len({*shown[0], *shown[1]}) == 30
        assert "Back to the start" in pages[1]
        assert "Show the next" not in pages[1]
    assert colin.get("/sessions/?after=²").status_code == 200


def test_the_officer_reads_the_list_and_has_no_button_on_it(as_role: Browser) -> None:
    make_session()
    page = as_role(Role.SAFEGUARDING).get("/sessions/").text
    assert 'href="/sessions/1/"' in page
    assert "/sessions/add" not in page
    assert "/sessions/patterns/" not in page


@pytest.mark.parametrize("address", ["9/change", "9/cancel", "patterns/9/", "patterns/9/end"])
def test_what_is_not_there_is_not_found(colin: CheckingClient, address: str) -> None:
    assert colin.get(f"/sessions/{address}").status_code == 404

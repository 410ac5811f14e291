"""The booking log and a session's page as people meet them in the browser."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape

import pytest

from ccc import bookings, clock, contact_sessions, csv_file, families
from ccc.audit import AuditLine, Event
from ccc.bookings import Booking
from ccc.contact_sessions import ContactSession, Plan
from ccc.db import db, writing
from ccc.families import Adult, Family
from ccc.people import Person
from ccc.roles import Role
from tests import booking_log
from tests.booking_log import make_booking, make_duty, make_family, make_session
from tests.checking import App, CheckingClient
from tests.test_reading import queries_of

Browser = Callable[[Role | None], CheckingClient]
Cast = dict[Role, Person]
TODAY, NEXT = date(2026, 11, 21), date(2026, 11, 28)
HTMX = {"HX-Request": "true"}
ROW = re.compile(
    r'<tr><td><a href="/sessions/\d+/">([^<]+)</a></td><td[^>]*><a[^>]*>(F-\w+)</a></td>.*?>([^<]+)</td></tr>'
)


@pytest.fixture
def colin(cast: Cast) -> Person:
    return cast[Role.COORDINATOR]


@pytest.fixture
def browser(as_role: Browser, colin: Person) -> CheckingClient:
    """The co-ordinator's browser."""
    return as_role(Role.COORDINATOR)


def lines(page: str) -> list[tuple[str, str, str]]:
    """The day, the reference and the status of each line of the log."""
    return [(day, reference, unescape(status)) for day, reference, status in ROW.findall(page)]


def booked(by: Person, day: date = NEXT, **changes: object) -> Booking:
    """A booking of a family of its own, in a session of its own."""
    return make_booking(make_session(day), make_family(by), by, **changes)


# The log


def test_the_log_has_a_line_a_booking_newest_day_first(browser: CheckingClient, colin: Person) -> None:
    gone = {"cancelled_at": clock.now(), "cancelled_by": colin, "cancel_side": "home", "cancel_code": "illness"}
    made = [
        booked(colin, TODAY, status="came"),
        booked(colin, NEXT),
        booked(colin, date(2026, 11, 7), status="missed", missed_by="visiting"),
        booked(colin, date(2026, 10, 3), status="cancelled", **gone),
    ]
    reference = [Family.get_by_id(one.family_id).reference for one in made]
    assert lines(browser.get("/bookings/").text) == [
        ("28 November 2026", reference[1], "Booked"),
        ("21 November 2026", reference[0], "Came"),
        ("7 November 2026", reference[2], "Did not come (the visiting side)"),
        ("3 October 2026", reference[3], "Cancelled (the child's side)"),
    ]


def test_filters_by_reference_day_and_status_alone_and_together(browser: CheckingClient, colin: Person) -> None:
    one = make_family(colin)
    for day, status in ((TODAY, "came"), (NEXT, "booked"), (date(2026, 11, 7), "came")):
        make_booking(make_session(day), one, colin, status=status)
        booked(colin, day, status=status)

    def count(query: str) -> int:
        return len(lines(browser.get(f"/bookings/?{query}").text))

    typed = one.reference.removeprefix("F-").lower()
    assert [count(f"reference={text}") for text in (one.reference, typed, "F-0000", "%")] == [3, 3, 0, 0]
    assert [count("from=21/11/2026"), count("to=2026-11-21"), count("from=2026-11-21&to=2026-11-21")] == [4, 4, 2]
    assert [count("status=came"), count("status=booked"), count("status=nonsense")] == [4, 2, 6]
    assert count(f"reference={typed}&status=came&from=2026-11-08") == 1


def test_a_day_that_is_none_is_pointed_out(browser: CheckingClient, colin: Person) -> None:
    booked(colin)
    page = browser.get("/bookings/?from=31/2/2026").text
    assert "There is no such day." in page
    assert "log.csv" not in page
    assert browser.get("/bookings/log.csv?from=31/2/2026").status_code == 400


def test_a_long_log_comes_page_by_page_and_holds_every_booking_once(browser: CheckingClient, colin: Person) -> None:
    with writing():
        for day in range(20):
            session = make_session(TODAY + timedelta(days=day))
            for _ in range(3):
                make_booking(session, make_family(colin), colin)
    found: list[tuple[str, str, str]] = []
    address: str | None = "/bookings/?status=booked"
    pages = 0
    while address:
        page, pages = browser.get(address).text, pages + 1
        found += lines(page)
        onward = re.search(r'href="([^"]+)">Show earlier bookings', page)
        address = unescape(onward[1]) if onward else None
    assert (pages, len(found)) == (3, 60)
    assert {reference for _, reference, _ in found} == {family.reference for family in Family.select()}
    assert "Back to the start" in page


@pytest.mark.parametrize("after", ["x", "2026-11-21", "_", "2026-11-21_²", "2026-11-21_" + "9" * 20, "9999-99-99_1"])
def test_a_page_of_the_log_that_does_not_exist_is_no_fault(browser: CheckingClient, colin: Person, after: str) -> None:
    booked(colin)
    answer = browser.get("/bookings/", query_string={"after": after})
    assert (answer.status_code, len(lines(answer.text))) == (200, 1)


def test_htmx_gets_the_log_alone_and_a_browser_the_whole_page(browser: CheckingClient, colin: Person) -> None:
    booked(colin)
    part, whole = browser.get("/bookings/?status=booked", headers=HTMX), browser.get("/bookings/?status=booked")
    assert part.text.startswith('<div id="log">')
    assert part.text.strip() in whole.text
    assert "HX-Request" in part.headers["Vary"]
    assert part.headers["Cache-Control"] == whole.headers["Cache-Control"] == "no-store"


def test_an_empty_log_says_where_places_are_given(browser: CheckingClient) -> None:
    assert "There is no booking yet." in browser.get("/bookings/").text
    assert "No booking fits that." in browser.get("/bookings/?status=came").text


def test_a_family_that_somebody_knows_is_in_no_answer_to_them(as_role: Browser, cast: Cast, colin: Person) -> None:
    known, other = booked(colin), booked(colin)
    reference = Family.get_by_id(known.family_id).reference
    browser, sunita = as_role(Role.COORDINATOR), as_role(Role.SAFEGUARDING)
    addresses = [f"/bookings/{known.id}/cancel", f"/families/{reference}/book"]
    assert [browser.get(address).status_code for address in addresses] == [200, 200]
    assert reference in browser.get("/bookings/").text
    families.know(colin, Family.get_by_id(known.family_id), colin)
    assert [browser.get(address).status_code for address in addresses] == [404, 404]
    name = Adult.get(Adult.family == known.family_id).last_name
    seen = f"/sessions/{known.session_id}/"
    rest = [f"/sessions/{other.session_id}/book", f"/bookings/?reference={reference}", "/bookings/log.csv", seen]
    for address in ["/bookings/", *rest]:
        page = browser.get(address).text.replace(f'value="{reference}"', "").replace(f"reference={reference}", "")
        assert reference not in page
        assert name not in page
    assert "1 of 6 places are taken" in browser.get(seen).text
    assert "One family is looked after by another co-ordinator." in browser.get(seen).text
    assert reference in sunita.get("/bookings/").text
    assert name in sunita.get(seen).text


# For a spreadsheet


def test_the_log_goes_to_a_spreadsheet_without_names(browser: CheckingClient, colin: Person) -> None:
    made = booked(colin, service="handover")
    family = Family.get_by_id(made.family_id)
    bookings.cancel(made, "visiting", "work", colin)
    booked(colin, TODAY, status="came")
    answer = browser.get(f"/bookings/log.csv?reference={family.reference}&status=cancelled")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="bookings.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows == [
        ["Date", "Family", "Service", "Status", "Cancelled by"],
        ["2026-11-28", family.reference, "handover", "cancelled", "the visiting side"],
    ]
    assert "canary" not in browser.get("/bookings/log.csv").text.lower()


def test_taking_the_log_out_is_written_down(browser: CheckingClient, colin: Person) -> None:
    browser.get("/bookings/log.csv")
    line = AuditLine.get(AuditLine.event == Event.LOG_EXPORTED)
    assert (line.actor, line.about, line.facts) == (colin.id, "bookings:log", "{}")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_no_cell_can_be_taken_for_a_formula(cell: str) -> None:
    assert csv_file._harmless(cell) == "'" + cell
    assert csv_file._harmless("F-7K3Q") == "F-7K3Q"


# A month


def test_a_month_shows_offered_booked_and_used_to_the_chair_without_a_family(as_role: Browser, colin: Person) -> None:
    session, other = make_session(TODAY), make_session(NEXT, places=3)
    for status in ("came", "came", "missed", "booked"):
        make_booking(session, make_family(colin), colin, status=status)
    bookings.cancel(make_booking(other, make_family(colin), colin), "home", "illness", colin)
    make_session(date(2026, 11, 14), cancelled_at=clock.now(), cancel_code="hall")
    make_session(date(2026, 12, 5))
    page = as_role(Role.CHAIR).get("/bookings/month?month=2026-11").text
    cells = re.findall(r'<td class="num"[^>]*>(\d+)</td>', page)
    assert cells == ["6", "4", "2", "3", "0", "0", "9", "4", "2"]
    assert "Places in November 2026" in page
    assert "Sat 28, 10:30" in page
    assert "Sat 14" not in page
    assert page.count("<rect") == 4
    for word in ("F-", "Canary", "/sessions/", 'href="/bookings/"'):
        assert word not in page.split("<main")[1]


def test_months_lead_to_those_before_and_after(browser: CheckingClient) -> None:
    page = browser.get("/bookings/month?month=2026-12").text
    assert re.findall(r'month=([\d-]+)"', page) == ["2026-11", "2027-01"]
    assert "No session is held in this month." in page


@pytest.mark.parametrize("month", ["", "x", "2026-13", "0001-01", "9999-12", "2026-11-01", "²"])
def test_a_month_that_is_none_is_this_one(browser: CheckingClient, month: str) -> None:
    assert "Places in November 2026" in browser.get("/bookings/month", query_string={"month": month}).text


# One session


def test_a_session_shows_who_comes_and_who_serves(as_role: Browser, cast: Cast, colin: Person) -> None:
    session = make_session()
    made = [make_booking(session, make_family(colin), colin) for _ in range(2)]
    bookings.cancel(made[1], "home", "illness", colin)
    make_duty(session, cast[Role.VOLUNTEER], leader=True)
    answer = as_role(Role.COORDINATOR).get(f"/sessions/{session.id}/")
    seen, gone = (families.names_of([one.family_id])[one.family_id] for one in made)
    assert answer.headers["Cache-Control"] == "no-store"
    for words in ("Saturday 28 November 2026", "1 of 6 places are taken", seen.home, seen.visiting, *seen.children):
        assert words in answer.text
    assert gone.home not in answer.text
    assert 'Vera Volunteer (invented) <span class="tag good">Team leader' in answer.text
    for detail in (booking_log.HOME_PHONE, booking_log.HOME_ADDRESS, booking_log.VISITING_EMAIL):
        assert detail not in answer.text


def test_the_safeguarding_officer_reads_a_session_and_changes_nothing(as_role: Browser, colin: Person) -> None:
    made = booked(colin)
    page = as_role(Role.SAFEGUARDING).get(f"/sessions/{made.session_id}/").text
    assert Family.get_by_id(made.family_id).reference in page
    for link in ("/book", "/cancel", "/change", "/register"):
        assert f'{link}"' not in page


def test_a_cancelled_session_says_why_and_offers_no_place(browser: CheckingClient, colin: Person) -> None:
    session = make_session()
    contact_sessions.cancel_session(session, "hall", colin)
    page = browser.get(f"/sessions/{session.id}/").text
    assert "cancelled on 21 November 2026. The hall cannot be used." in page
    assert '/book"' not in page


def test_two_families_who_must_not_meet_are_pointed_out(browser: CheckingClient, colin: Person) -> None:
    session, one, other = make_session(), make_family(colin), make_family(colin)
    for family in (one, other):
        bookings.book(session, family, colin)
    assert "must not meet" not in browser.get(f"/sessions/{session.id}/").text
    families.keep_apart(one, other, colin)
    assert "Two families have a place here who must not meet." in browser.get(f"/sessions/{session.id}/").text


@pytest.mark.parametrize(
    "address", ["/sessions/999/", "/sessions/999/book", "/bookings/999/cancel", "/families/F-0/book"]
)
def test_what_is_not_there_is_not_found(browser: CheckingClient, address: str) -> None:
    assert browser.get(address).status_code == 404


# Booking


def test_coordinator_books_a_family_once_from_the_session(browser: CheckingClient, colin: Person) -> None:
    session, family = make_session(), make_family(colin)
    here = f"/sessions/{session.id}/"
    names = families.names_of([family.id])[family.id]
    assert (
        f'<option value="{family.reference}">{names.children[0]}, with {names.home}' in browser.get(f"{here}book").text
    )
    answer = browser.send(f"{here}book", reference=family.reference.lower(), how="once")
    assert (answer.status_code, answer.location) == (303, here)
    assert "The place on 28 November 2026 is booked." in browser.get(here).text


def test_of_two_who_click_at_once_for_the_last_place_the_second_is_told(as_role: Browser, colin: Person) -> None:
    session, pair = make_session(places=1), [make_family(colin), make_family(colin)]
    both = [as_role(Role.COORDINATOR), as_role(Role.COORDINATOR)]
    address = f"/sessions/{session.id}/book"
    assert [one.get(address).status_code for one in both] == [200, 200]
    answers = [
        one.send(address, reference=family.reference, how="once") for one, family in zip(both, pair, strict=True)
    ]
    assert [answer.status_code for answer in answers] == [303, 422]
    assert "All places are taken." in answers[1].text
    assert f'value="{pair[1].reference}"' in answers[1].text


@pytest.mark.parametrize(("typed", "told"), [
    ({"reference": "", "how": "once"}, "Type in the reference."),
    ({"reference": "F-0000", "how": "once"}, "There is no family of this reference."),
    ({"reference": "F-7K3Q", "how": "sometimes"}, "Choose one of these."),
    ({"reference": "F-7K3Q", "how": "until", "until": ""}, "Fill in the last day."),
    ({"reference": "F-7K3Q", "how": "until", "until": "soon"}, "We do not understand this date."),
])  # fmt: skip
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    browser: CheckingClient, typed: dict[str, str], told: str
) -> None:
    answer = browser.send(f"/sessions/{make_session().id}/book", **typed)
    assert answer.status_code == 422
    assert told in answer.text
    assert f'value="{typed["reference"]}"' in answer.text
    assert Booking.select().count() == 0


def test_coordinator_books_every_session_until_a_day_from_the_family(browser: CheckingClient, colin: Person) -> None:
    plan = Plan(5, "every", "10:30", "12:30", 1, NEXT, NEXT + timedelta(weeks=9))
    pattern, family = contact_sessions.add_pattern(plan, colin), make_family(colin)
    sessions = list(ContactSession.select().where(ContactSession.pattern == pattern).order_by(ContactSession.day))
    bookings.book(sessions[1], make_family(colin), colin)
    page = browser.get(f"/families/{family.reference}/book").text
    assert "Saturday 28 November 2026, 10:30–12:30 (1 place free)" in page
    assert "Saturday 5 December 2026, 10:30–12:30 (full)" in page
    fields = {"session": str(sessions[0].id), "how": "until", "until": "19/12/2026"}
    answer = browser.send(f"/families/{family.reference}/book", **fields)
    assert (answer.status_code, answer.location) == (303, f"/bookings/?reference={family.reference}")
    page = browser.get(answer.location).text
    told = "3 places are booked, to 19 December 2026. Not on 5 December 2026: all places are taken."
    assert told in page
    assert [day for day, _, _ in lines(page)] == ["19 December 2026", "12 December 2026", "28 November 2026"]


def test_a_year_of_refusals_is_told_in_a_line_that_a_cookie_can_hold(browser: CheckingClient, colin: Person) -> None:
    plan = Plan(5, "every", "10:30", "12:30", 1, NEXT, NEXT + timedelta(weeks=52))
    pattern, family, other = contact_sessions.add_pattern(plan, colin), make_family(colin), make_family(colin)
    sessions = list(ContactSession.select().where(ContactSession.pattern == pattern).order_by(ContactSession.day))
    bookings.book_until(sessions[0], other, sessions[-2].day, colin)
    fields = {"reference": family.reference, "how": "until", "until": f"{sessions[-1].day:%d/%m/%Y}"}
    assert browser.send(f"/sessions/{sessions[0].id}/book", **fields).status_code == 303
    page = browser.get(f"/sessions/{sessions[0].id}/").text
    assert "1 place is booked" in page
    assert "and 47 more days: all places are taken." in page


def test_a_family_that_waits_for_something_is_told_before_it_is_booked(browser: CheckingClient, colin: Person) -> None:
    session, family = make_session(), make_family(colin)
    Adult.update(policy_given_on=None).where(Adult.family == family).execute()
    address = f"/families/{family.reference}/book"
    assert "There can be no booking yet." in browser.get(address).text
    assert browser.send(address, session=str(session.id), how="once").status_code == 422
    assert browser.send(address, session="999", how="once").status_code == 422


def test_without_a_coming_session_there_is_nothing_to_choose(browser: CheckingClient, colin: Person) -> None:
    make_session(TODAY, starts="08:30")
    assert "No session is coming." in browser.get(f"/families/{make_family(colin).reference}/book").text


# Cancelling


def test_coordinator_cancels_with_the_side_and_a_reason(browser: CheckingClient, colin: Person) -> None:
    made = booked(colin)
    address = f"/bookings/{made.id}/cancel"
    page = browser.get(address).text
    assert "This cannot be undone" in page
    assert 'value="closed"' not in page
    answer = browser.send(address, side="visiting", code="travel")
    assert (answer.status_code, answer.location) == (303, f"/sessions/{made.session_id}/")
    assert lines(browser.get("/bookings/").text)[0][2] == "Cancelled (the visiting side)"
    assert "cancelled already" in browser.send(address, side="home", code="illness").text


@pytest.mark.parametrize(
    "typed", [{}, {"side": "home"}, {"side": "home", "code": "closed"}, {"side": "x", "code": "x"}]
)
def test_a_side_and_a_reason_are_needed(browser: CheckingClient, colin: Person, typed: dict[str, str]) -> None:
    made = booked(colin)
    assert browser.send(f"/bookings/{made.id}/cancel", **typed).status_code == 422
    assert Booking.get_by_id(made.id).status == "booked"


# However many there are


def test_pages_ask_the_database_as_often_for_many_as_for_few(browser: CheckingClient, colin: Person) -> None:
    session, family = make_session(places=50), make_family(colin)
    made = bookings.book(session, family, colin)
    addresses = ["/bookings/", "/bookings/?status=booked", "/bookings/month", f"/bookings/{made.id}/cancel"]
    addresses += [f"/sessions/{session.id}/", f"/sessions/{session.id}/book", f"/families/{family.reference}/book"]
    for address in addresses:
        browser.get(address)
    few = {address: queries_of(browser, address) for address in addresses}
    with writing():
        for _ in range(30):
            make_booking(session, make_family(colin), colin)
            make_session()
    assert {address: queries_of(browser, address) for address in addresses} == few
    assert max(few.values()) <= 10


@pytest.mark.parametrize("asked", [
    bookings.Asked(), bookings.Asked(family=1), bookings.Asked(status="came", since=TODAY, until=NEXT),
])  # fmt: skip
def test_the_log_is_read_in_its_order_by_an_index_however_it_is_asked(app: App, asked: bookings.Asked) -> None:
    queries: list[str] = []
    db.connection().set_trace_callback(queries.append)
    bookings.log(asked, {1, 2}, bookings.Place(TODAY, 1))
    db.connection().set_trace_callback(None)
    steps = " / ".join(row[3] for row in db.execute_sql(f"EXPLAIN QUERY PLAN {queries[0]}"))
    assert "SEARCH b USING INDEX" in steps
    assert "TEMP B-TREE" not in steps

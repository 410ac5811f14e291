"""Pasting the centre's volunteers from a spreadsheet: what is recognised, what is refused, all of them or nobody."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccc import people
from ccc.audit import AuditLine, Event
from ccc.onboarding import dates, pasted
from ccc.onboarding.dates import Key, OnboardingDate
from ccc.people import Person
from ccc.roles import Role
from ccc.signin.links import OneTimeLink
from ccc.spreadsheet import Column, Sheet, UnreadableError, read
from ccc.written_dates import as_day
from tests.checking import CheckingClient

Browser = Callable[[Role | None], CheckingClient]
Cast = dict[Role, Person]
PASTE = "/people/paste"
LIST = (
    "Name\tE-mail address\tMobile\tStarted\n"
    "Ann Able (invented)\tann@x.example\t01632 960111\t4/3/2024\n"
    "Bob Baker (invented)\t\t\t\n"
)


def names(sheet: Sheet) -> list[str]:
    return [row.name for row in sheet.rows]


def check(client: CheckingClient, text: str) -> str:
    return client.send(PASTE, pasted=text).text


def take(client: CheckingClient, text: str) -> tuple[int, str]:
    answer = client.send(PASTE, pasted=text, take="yes")
    return answer.status_code, answer.text


# Reading


@pytest.mark.parametrize(
    "text",
    [
        "Name\tEmail\nAnn Able\ta@x.example\n",
        "Name,Email\r\nAnn Able,a@x.example\r\n",
        "Name;Email\rAnn Able;a@x.example",
        '\ufeff"Name","Email"\n"Ann Able","a@x.example"\n',
        "\n\nFULL  NAME:\temail address\n\n Ann\u00a0 Able \t a@x.example\n\n",
        "First name\tSurname\tE-Mail\nAnn\tAble\ta@x.example\n",
        "Ann Able\ta@x.example\n",
        "Ann,Able,a@x.example",
        "a@x.example\tAnn Able",
    ],
)
def test_the_ways_of_spreadsheets_all_mean_the_same(text: str) -> None:
    sheet = read(text)
    assert names(sheet) == ["Ann Able"]
    assert sheet.rows[0].cells[Column.EMAIL] == "a@x.example"


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("Volunteer", Column.NAME),
        ("Tel. no.", Column.PHONE),
        ("mobile number", Column.PHONE),
        ("Date of application", Column.APPLICATION),
        ("Interview date", Column.INTERVIEW),
        ("Reference 1", Column.FIRST_REFERENCE),
        ("2nd reference", Column.SECOND_REFERENCE),
        ("Started", Column.INDUCTION),
        ("3-month review", Column.FIRST_REVIEW),
        ("6 month review date", Column.SECOND_REVIEW),
    ],
)
def test_headings_are_known_by_many_names(heading: str, column: Column) -> None:
    sheet = read(f"{heading}\tName\nx\tAnn Able\n")
    assert sheet.taken[column].startswith(heading)


@pytest.mark.parametrize(
    "heading",
    [
        "DBS",
        "DBS certificate number",
        "CRB check",
        "Date of birth",
        "D.O.B.",
        "Home address",
        "Postcode",
        "Notes",
        "Any comments",
    ],
)
def test_what_is_not_kept_here_is_named_and_left_out(heading: str) -> None:
    sheet = read(f"Name\t{heading}\tBadge\nAnn Able\tCANARY\tblue\n")
    assert (sheet.not_kept, sheet.unknown) == ([heading], ["Badge"])
    assert "CANARY" not in sheet.kept_text()
    assert "CANARY" not in str(sheet)


def test_a_quotation_mark_that_is_never_closed_loses_nobody() -> None:
    assert names(read('Name\tEmail\n"Ann Able\t\nBob Baker\t\n')) == ['"Ann Able', "Bob Baker"]


def test_quoted_cells_hold_separators_breaks_and_marks() -> None:
    assert names(read('Name,Email\n"Able, ""Ann""\nMary",a@x.example\n')) == ['Able, "Ann" Mary']


def test_of_two_telephone_columns_the_first_that_is_filled_in_counts() -> None:
    sheet = read("Name\tMobile\tHome phone\nAnn\t\t01632 960111\nBob\t07700 900222\t01632 960333\n")
    assert [row.cells[Column.PHONE] for row in sheet.rows] == ["01632 960111", "07700 900222"]


def test_dates_without_a_heading_are_left_out_and_said_to_be() -> None:
    sheet = read("Ann Able\t01632 960111\t4/3/2024\n")
    assert sheet.rows[0].cells == {Column.NAME: "Ann Able", Column.PHONE: "01632 960111"}
    assert sheet.unknown == ["column 3"]


def test_a_surname_like_a_heading_is_still_a_person() -> None:
    assert names(read("Alan\tStreet\nAnn\tAble\n")) == ["Alan Street", "Ann Able"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (" \n\t\n", "nothing here yet"),
        ("Name\tEmail\n", "nobody below them"),
        ("Email\tPhone\na@x.example\t01632 960111\n", "no column of names"),
        ("Name\n" + "Ann\n" * 501, "These are 501 rows"),
        ("Name" + "\t" * 80 + "\nAnn", "more than 60 columns"),
    ],
)
def test_what_is_no_list_is_refused_in_words(text: str, why: str) -> None:
    with pytest.raises(UnreadableError, match=why):
        read(text)


@pytest.mark.parametrize(
    "text",
    ["4/3/2024", "04.03.24", "4-3-2024", "4 March 2024", "4th Mar 24", "Monday 4 March 2024", "2024-03-04", "4-Mar-24",
     "2024-03-04 00:00:00", "4 of March, 2024"],
)  # fmt: skip
def test_a_date_has_the_day_first(text: str) -> None:
    assert as_day(text) == date(2024, 3, 4)


@pytest.mark.parametrize("text", ["", "45355", "March 2024", "31/2/2024", "13/13/2024", "3/4", "yes", "4/3-2024"])
def test_what_is_no_whole_date_is_none(text: str) -> None:
    assert as_day(text) is None


@pytest.mark.parametrize("digit", ["\N{SUPERSCRIPT TWO}", "\N{ARABIC-INDIC DIGIT FOUR}", "\N{FULLWIDTH DIGIT TWO}"])
def test_digits_that_nobody_here_writes_make_no_date(digit: str) -> None:
    assert as_day(f"{digit}/3/2024") is None


@given(st.dates(min_value=dates.EARLIEST))
def test_a_date_is_read_as_people_write_it(day: date) -> None:
    for written in (f"{day.day}/{day.month}/{day.year:04}", f"{day.day} {day:%B} {day.year:04}", day.isoformat()):
        assert as_day(written) == day


@given(st.text(alphabet=st.sampled_from('abZé \t\n\r,;"@=/1-'), max_size=80))
def test_any_text_is_read_or_refused_in_words_and_reads_the_same_again(text: str) -> None:
    try:
        sheet = read(text)
    except UnreadableError:
        return
    again = read(sheet.kept_text())
    assert [(row.name, row.cells.get(Column.EMAIL)) for row in again.rows if row.name] == [
        (row.name, row.cells.get(Column.EMAIL)) for row in sheet.rows if row.name
    ]


# Looking, and taking


def test_coordinator_looks_first_and_then_takes_all(as_role: Browser, cast: Cast) -> None:
    client, before = as_role(Role.COORDINATOR), Person.select().count()
    page = check(client, LIST)
    assert "Take these 2 people" in page
    assert "4 March 2024" in page
    assert "“Started” as induction" in page
    assert Person.select().count() == before
    kept = re.search(r'name="pasted" value="([^"]+)"', page)
    assert kept
    answer = client.send(PASTE, pasted=unescape(kept[1]), take="yes")
    assert (answer.status_code, answer.location) == (303, "/people/invitations/")
    ann = Person.get(Person.name == "Ann Able (invented)")
    assert (ann.email, ann.phone) == ("ann@x.example", "01632 960111")
    assert dates.newest(ann)[Key.INDUCTION].on == date(2024, 3, 4)
    assert Person.get(Person.name == "Bob Baker (invented)").email is None


def test_the_trail_tells_how_many_and_no_name(as_role: Browser, cast: Cast) -> None:
    take(as_role(Role.COORDINATOR), LIST)
    line = AuditLine.get(AuditLine.event == Event.PEOPLE_PASTED)
    assert (line.actor, line.facts) == (cast[Role.COORDINATOR].id, '{"count": 2}')
    assert not any("Able" in line.facts + line.about for line in AuditLine.select())


def test_what_is_not_kept_is_nowhere_after_looking_and_taking(as_role: Browser, cast: Cast) -> None:
    client = as_role(Role.COORDINATOR)
    text = "Name\tDBS number\tDate of birth\nAnn Able (invented)\t001234567890\t4/3/1950\n"
    page = check(client, text)
    assert "Not kept here, and not taken: DBS number, Date of birth." in page
    assert "001234567890" not in page
    assert take(client, text)[0] == 303
    assert OnboardingDate.select().count() == 0
    for address in ("/people/", "/people/invitations/", f"/people/{Person.select().count()}/"):
        assert "001234567890" not in client.get(address).text


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("\tx@x.example\t", "There is no name."),
        ("---\tx@x.example\t", "There is no name."),
        ("x" * 101 + "\t\t", "more than 100 letters"),
        ("VERA  volunteer (Invented)\t\t", "Somebody of this name is here already."),
        ("Lena Left (invented)\t\t", "Somebody of this name has left."),
        ("Ann Able (invented)\t\t", "This name stands in the list twice."),
        ("Eve Else (invented)\tANN@x.example\t", "Somebody else has this email address."),
        ("Eve Else (invented)\tvera@millbrook.example\t", "Somebody else has this email address."),
        ("Eve Else (invented)\tnonsense\t", "The email address does not look like one."),
        ("Eve Else (invented)\t\tsoon", "Interview: “soon” is not a date"),
        ("Eve Else (invented)\t\t22/11/2026", "This day is still to come."),
        ("Eve Else (invented)\t\t1/1/1949", "This is before 1950."),
    ],
)
def test_one_wrong_row_and_nobody_is_taken(as_role: Browser, cast: Cast, row: str, why: str) -> None:
    people.leave(people.add("Lena Left (invented)", None, None, None), cast[Role.COORDINATOR])
    client, before = as_role(Role.COORDINATOR), Person.select().count()
    text = f"Name\tEmail\tInterview\nAnn Able (invented)\tann@x.example\t4/3/2024\n{row}\n"
    for status, page in (take(client, text), (422, check(client, text))):
        assert status == 422
        assert why in unescape(page)
        assert "Look at row" in page
        assert "Nobody is taken until everything is right." in page
        assert row.partition("\t")[0] in page
    assert Person.select().count() == before


def test_the_rule_itself_takes_all_or_nobody(cast: Cast) -> None:
    before = Person.select().count()
    with pytest.raises(people.RefusedError, match="Nobody was added"):
        pasted.take(read("Name\nAnn Able (invented)\nVera Volunteer (invented)\n"), cast[Role.COORDINATOR])
    assert Person.select().count() == before


def test_sent_twice_the_second_is_told_that_they_are_here(as_role: Browser, cast: Cast) -> None:
    client = as_role(Role.COORDINATOR)
    assert take(client, LIST)[0] == 303
    status, page = take(client, LIST)
    assert status == 422
    assert page.count("Somebody of this name is here already.") == 2


def test_cells_that_begin_like_formulas_are_text(as_role: Browser, cast: Cast) -> None:
    assert take(as_role(Role.COORDINATOR), "Name\tPhone\n=HYPERLINK(A1) (invented)\t+44 1632 960111\n")[0] == 303
    person = Person.get(Person.name == "=HYPERLINK(A1) (invented)")
    assert person.phone == "+44 1632 960111"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "There is nothing here yet."),
        ("Name\nAnn\0Able\n", "This holds a character that cannot be shown."),
        ("Name\nAnn\x1bAble\n", "This holds a character that cannot be shown."),
        ("Name\n" + "x" * 200_001, "This is too long."),
        ("Email\nann@x.example", "There is no column of names here."),
    ],
)
def test_what_cannot_be_a_list_is_refused_in_words(as_role: Browser, cast: Cast, text: str, why: str) -> None:
    status, page = take(as_role(Role.COORDINATOR), text)
    assert status == 422
    assert why in page


def test_a_name_with_marks_and_letters_of_all_kinds_comes_through_the_check_page(as_role: Browser, cast: Cast) -> None:
    client, name = as_role(Role.COORDINATOR), '<b>Zoë</b> "Bob" O\'Brien & Co (invented)'
    kept = re.search(r'name="pasted" value="([^"]+)"', check(client, f"Name\tEmail\n{name}\t\n"))
    assert kept
    assert take(client, unescape(kept[1]))[0] == 303
    assert Person.select().where(Person.name == name).exists()


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.SAFEGUARDING, Role.CHAIR])
def test_nobody_but_the_coordinator_pastes_people(as_role: Browser, cast: Cast, role: Role) -> None:
    before = Person.select().count()
    assert as_role(role).get(PASTE).status_code == 403
    assert take(as_role(role), LIST)[0] == 403
    assert Person.select().count() == before


# Invitations for all


def test_coordinator_makes_all_invitations_and_prints_them(as_role: Browser, cast: Cast) -> None:
    client = as_role(Role.COORDINATOR)
    take(client, LIST)
    assert "Make 2 invitations" in client.get("/people/invitations/").text
    client.send("/people/invitations/")
    first = [link.path for link in OneTimeLink.select().order_by(OneTimeLink.id)]
    client.send("/people/invitations/")
    page = client.get("/people/invitations/print")
    assert [path in page.text for path in first] == [True, True]
    assert page.text.count('<section class="one-sheet">') == 2
    assert page.headers["Cache-Control"] == "no-store"
    assert OneTimeLink.select().count() == 2


def test_without_open_invitations_the_print_page_says_so(as_role: Browser, cast: Cast) -> None:
    assert "No invitation is open." in as_role(Role.COORDINATOR).get("/people/invitations/print").text
    assert "Everybody on the list has joined." in as_role(Role.COORDINATOR).get("/people/invitations/").text


def test_an_office_holders_invitation_is_the_chairs_business(as_role: Browser, cast: Cast) -> None:
    person = people.add("Sid Secondofficer (invented)", None, None, None)
    people.appoint(person, Role.COORDINATOR, date(2026, 11, 21), None, cast[Role.CHAIR])
    as_role(Role.COORDINATOR).send("/people/invitations/")
    assert OneTimeLink.select().count() == 0
    assert "Sid Second" not in as_role(Role.COORDINATOR).get("/people/invitations/").text
    as_role(Role.CHAIR).send("/people/invitations/")
    assert OneTimeLink.select().count() == 1
    assert "Sid Second" not in as_role(Role.COORDINATOR).get("/people/invitations/print").text
    assert "Sid Second" in as_role(Role.CHAIR).get("/people/invitations/print").text


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.SAFEGUARDING])
@pytest.mark.parametrize("address", ["/people/invitations/", "/people/invitations/print"])
def test_who_may_not_invite_sees_no_invitations(as_role: Browser, cast: Cast, role: Role, address: str) -> None:
    assert as_role(role).get(address).status_code == 403

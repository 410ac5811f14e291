"""DBS checks as officers meet them in the browser, and what everybody else sees of them: yes, or not yet."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from werkzeug.test import TestResponse

from ccc import clock, dbs, officers_vault, people, vault
from ccc.audit import AuditLine, Event
from ccc.dbs import Check, DbsCheck, Decision, Level, Need, Position, asked
from ccc.dbs.check import pack
from ccc.drafts import Draft
from ccc.onboarding.dates import RECORDED
from ccc.people import Appointment, Person
from ccc.roles import Role
from tests.checking import CheckingClient
from tests.samples import published
from tests.test_onboarding import read_passed_and_signed, recorded
from tests.vaulted import check_of, fill_in, opened_by_both, signed_in

Browser = Callable[[Role | None], CheckingClient]
Cast = dict[Role, Person]
TODAY = date(2026, 11, 21)
HTMX = {"HX-Request": "true"}
CERTIFICATE = {"level": "enhanced", "workforce": "child", "number": "001234567890", "issued_on": "1/11/2026"}
CERTIFICATE |= {"seen_on": "20/11/2026"}


@pytest.fixture
def sunita(as_role: Browser, cast: Cast) -> CheckingClient:
    """The safeguarding officer's browser; she was given access."""
    opened_by_both(cast)
    return as_role(Role.SAFEGUARDING)


@pytest.fixture
def vera(cast: Cast) -> Person:
    return cast[Role.VOLUNTEER]


def act(client: CheckingClient, person: Person, what: str, **fields: str) -> TestResponse:
    """Open the page of an act, and send what it asks for."""
    address = f"/dbs/{person.id}/{what}"
    mark = re.search(r'name="seen" value="([0-9a-f]{16})"', client.get(address).text)
    assert mark
    return client.send(address, seen=mark[1], **fields)


def decide(client: CheckingClient, person: Person, decision: Decision = Decision.MAY, **fields: str) -> TestResponse:
    """See the original, and decide on it today."""
    assert act(client, person, "original", **CERTIFICATE).status_code == 303
    return act(client, person, "decision", decision=decision, on=f"{clock.today():%d/%m/%Y}", **fields)


def test_officer_takes_a_check_from_its_beginning_to_a_decision(sunita: CheckingClient, vera: Person) -> None:
    assert act(sunita, vera, "application", level="enhanced", workforce="child", on="1/10/2026").status_code == 303
    assert "Original to see</span> since 1 October 2026" in sunita.get("/dbs/1/").text
    assert act(sunita, vera, "original", **CERTIFICATE).location == "/dbs/1/"
    assert act(sunita, vera, "agreement", on="20/11/2026").status_code == 303
    assert act(sunita, vera, "decision", decision="may serve", on="21/11/2026", recheck_due="").status_code == 303
    assert act(sunita, vera, "look", result="current", on="21/11/2026").status_code == 303
    page = sunita.get("/dbs/1/").text
    assert "Cleared until 21 December 2029" in page
    assert [line for line in ("Application made", "Original seen", "Update Service: current") if line not in page] == []
    assert "001234567890" in page
    assert "20 November 2026 by Sunita Safeguarding (invented)" in page


def test_the_list_tells_what_is_needed_and_leaves_ones_own_out(sunita: CheckingClient, vera: Person) -> None:
    page = sunita.get("/dbs/").text
    assert page.count("Check to start</span></td>") == 3
    assert "Sunita" not in page.split("<main")[1]
    assert "It is with the other officer" in page
    decide(sunita, vera)
    page = sunita.get("/dbs/").text
    assert page.index("Check to start") < page.index("Nothing to do</span>")
    assert "due 21 November 2029" in page


def test_the_list_is_searched_and_filtered_with_htmx_and_without(sunita: CheckingClient, vera: Person) -> None:
    decide(sunita, vera, Decision.ELSEWHERE)
    whole, part = sunita.get("/dbs/?need=elsewhere"), sunita.get("/dbs/?need=elsewhere", headers=HTMX)
    for page in (whole.text, part.text):
        assert re.findall(r'<a href="/dbs/(\d+)/"', page) == ["1"]
    assert "<h1>" not in part.text
    assert 'value="elsewhere" selected' in whole.text
    assert re.findall(r'<a href="/dbs/(\d+)/"', sunita.get("/dbs/?q=COLIN").text) == ["2"]
    assert "Nobody in this list fits that." in sunita.get("/dbs/?q=nobody").text
    assert sunita.get("/dbs/?need=oops&after=x_y").status_code == 200
    assert "no-store" in whole.headers["Cache-Control"]


def test_every_need_can_be_filtered_by(sunita: CheckingClient) -> None:
    page = sunita.get("/dbs/").text
    values = re.findall(r'<option value="([a-z0-9-]+)">', page)
    assert len(values) == len(Need)
    assert [sunita.get(f"/dbs/?need={value}").status_code for value in values] == [200] * len(values)


def test_the_list_goes_on_on_a_next_page(sunita: CheckingClient) -> None:
    for number in range(60):
        people.add(f"Person {number} (invented)", None, None, None)
    first = sunita.get("/dbs/").text
    following = re.search(r'href="(/dbs/\?after=[^"]+)">Show the next', first)
    assert following
    second = sunita.get(following[1].replace("&amp;", "&")).text
    shown = [set(re.findall(r'<a href="/dbs/(\d+)/"', page)) for page in (first, second)]
    assert [len(numbers) for numbers in shown] == [30, 30]
    assert not shown[0] & shown[1]
    assert "Back to the start" in second


def test_the_picture_has_the_same_numbers_as_the_table_beside_it(sunita: CheckingClient, vera: Person) -> None:
    decide(sunita, vera, recheck_due="5/3/2027")
    page = sunita.get("/dbs/").text
    assert page.count("<rect ") == 12
    assert re.findall(r'>(\d+)</text><text x="\d+" y="120">(\w+)', page) == [("2", "Nov"), ("1", "Mar")]
    assert re.findall(r'<tr><td>(\w+ \d{4})</td><td class="num" data-label="Checks">([1-9])', page) == [
        ("November 2026", "2"),
        ("March 2027", "1"),
    ]


@pytest.mark.parametrize("what", ["", "application", "original", "agreement", "look", "decision"])
def test_nobody_opens_their_own_check(sunita: CheckingClient, cast: Cast, what: str) -> None:
    answer = sunita.get(f"/dbs/{cast[Role.SAFEGUARDING].id}/{what}")
    assert answer.status_code == 403
    assert "This is your own check" in answer.text
    assert "The other officer does that" in answer.text


@pytest.mark.parametrize("what", ["application", "original", "agreement", "look", "decision", "renewal", "anew"])
def test_nobody_changes_their_own_check(sunita: CheckingClient, cast: Cast, what: str) -> None:
    before = bytes(DbsCheck.get(DbsCheck.person == cast[Role.SAFEGUARDING]).sealed)
    assert sunita.send(f"/dbs/{cast[Role.SAFEGUARDING].id}/{what}", decision="may serve").status_code == 403
    assert bytes(DbsCheck.get(DbsCheck.person == cast[Role.SAFEGUARDING]).sealed) == before


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.COORDINATOR])
def test_nobody_else_comes_here(as_role: Browser, sunita: CheckingClient, role: Role) -> None:
    assert sunita.get("/dbs/1/").status_code == 200
    assert [as_role(role).get(f"/dbs/{page}").status_code for page in ("", "1/", "rules", "1/decision")] == [403] * 4


def test_officer_without_access_is_shown_the_way_and_no_names(as_role: Browser, cast: Cast) -> None:
    as_role(Role.CHAIR)
    answer = as_role(Role.SAFEGUARDING).get("/dbs/")
    assert answer.status_code == 409
    assert 'href="/vault/' in answer.text
    assert cast[Role.VOLUNTEER].name not in answer.text


def test_officer_whose_office_ended_is_refused_at_the_next_click(sunita: CheckingClient, cast: Cast) -> None:
    office = Appointment.get(Appointment.person == cast[Role.SAFEGUARDING])
    assert sunita.get("/dbs/1/").status_code == 200
    people.end_appointment(office, TODAY - timedelta(days=1), cast[Role.CHAIR])
    assert sunita.get("/dbs/1/").status_code == 403


def test_after_a_quarter_of_an_hour_the_password_is_asked_again_and_no_copy_of_the_form_is_kept(
    sunita: CheckingClient,
) -> None:
    clock.advance(timedelta(minutes=16))
    answer = sunita.send("/dbs/1/original", seen=Check().mark, **CERTIFICATE)
    assert (answer.status_code, answer.location) == (303, "/sign-in/again?next=/dbs/1/original")
    assert not Draft.select().exists()
    assert "no copy of it was kept" in sunita.get(answer.location).text


def test_a_form_whose_token_is_over_leaves_no_copy_either(sunita: CheckingClient) -> None:
    answer = sunita.post("/dbs/1/original", data=CERTIFICATE)
    assert (answer.status_code, answer.location) == (303, "/dbs/1/original")
    assert not Draft.select().exists()


def test_a_check_sealed_to_a_lost_key_is_named_and_begun_anew(sunita: CheckingClient, vera: Person) -> None:
    stranger = vault.public_of(vault.new_private_key())
    DbsCheck.update(sealed=vault.seal_to(stranger, pack(Check(), vera.id))).where(DbsCheck.person == vera).execute()
    assert "Cannot be opened: begin it anew" in sunita.get("/dbs/").text
    page = sunita.get("/dbs/1/").text
    assert f"The check of {vera.name} cannot be opened" in page
    assert sunita.get("/dbs/1/decision").location == "/dbs/1/"
    assert sunita.send("/dbs/1/renewal").location == "/dbs/1/"
    sunita.send("/dbs/1/anew")
    assert "Check to start" in sunita.get("/dbs/1/").text
    sunita.send("/dbs/1/anew")
    assert "Nothing has to be begun anew" in sunita.get("/dbs/1/").text


def test_of_two_officers_at_once_one_wins_and_the_other_sees_the_decision(
    sunita: CheckingClient, as_role: Browser, vera: Person
) -> None:
    act(sunita, vera, "original", **CERTIFICATE)
    page = sunita.get("/dbs/1/decision").text
    mark = re.search(r'name="seen" value="([0-9a-f]{16})"', page)
    assert mark
    assert act(as_role(Role.CHAIR), vera, "decision", decision="may not serve", on="21/11/2026").status_code == 303
    late = sunita.send("/dbs/1/decision", seen=mark[1], decision="may serve", on="21/11/2026")
    assert late.status_code == 422
    assert "The other officer changed this check meanwhile" in late.text
    assert "May not serve, 21 November 2026, Charlie Chair (invented)" in late.text
    assert not dbs.is_cleared(vera)
    told = sunita.send("/dbs/1/renewal", seen=mark[1], in_hand="yes", follow_redirects=True)
    assert "changed this check meanwhile" in sunita.get(told.location or "/dbs/1/").text


WRONG = [
    ({"number": "12345678901X"}, "has 12 figures"),
    ({"number": ""}, "Type in the number"),
    ({"issued_on": "22/11/2026"}, "has not come yet"),
    ({"issued_on": "28/2/2002"}, "before March 2002"),
    ({"seen_on": "1/1/2027"}, "has not come yet"),
    ({"issued_on": "20/11/2026", "seen_on": "19/11/2026"}, "before it was issued"),
    ({"issued_on": "31/2/2026"}, "There is no such day."),
    ({"level": "super"}, "Choose one of these"),
    ({"seen": "x"}, "open this page again"),
]


@pytest.mark.parametrize(("changed", "told"), WRONG)
def test_what_cannot_be_is_told_and_what_was_typed_stays(
    sunita: CheckingClient, vera: Person, changed: dict[str, str], told: str
) -> None:
    typed = {"seen": Check().mark, **CERTIFICATE, "workforce": "adult"} | changed
    answer = sunita.send("/dbs/1/original", **typed)
    assert answer.status_code == 422
    assert told in answer.text
    assert 'value="adult" checked' in answer.text
    assert f'value="{typed["seen_on"]}"' in answer.text
    assert "Check to start</span> since 21 November 2026" in sunita.get(f"/dbs/{vera.id}/").text


def test_lost_noughts_are_offered_and_put_there_only_by_the_officers_own_tick(
    sunita: CheckingClient, vera: Person
) -> None:
    short = CERTIFICATE | {"number": "1234 567890"}
    asked = act(sunita, vera, "original", **short)
    assert asked.status_code == 422
    assert "Yes, the certificate says 001234567890" in asked.text
    assert 'name="padded" value="001234567890">' in asked.text
    assert act(sunita, vera, "original", **short, padded="000000000001").status_code == 422
    assert act(sunita, vera, "original", **short, padded="001234567890").status_code == 303
    assert "001234567890" in sunita.get("/dbs/1/").text


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"on": "19/11/2026"}, "before the day on which the original was seen"),
        ({"on": "22/11/2026"}, "has not come yet"),
        ({"on": "21/11/2026", "recheck_due": "1/11/2026"}, "before the certificate was issued"),
        ({"on": "21/11/2026", "recheck_due": "1/1/2031"}, "after 36 months at the latest"),
        ({"on": ""}, "Fill in the day"),
    ],
)
def test_a_decision_with_dates_that_run_backwards_is_refused(
    sunita: CheckingClient, vera: Person, fields: dict[str, str], told: str
) -> None:
    act(sunita, vera, "original", **CERTIFICATE)
    answer = act(sunita, vera, "decision", decision="may serve", **fields)
    assert answer.status_code == 422
    assert told in answer.text
    assert 'value="may serve" checked' in answer.text


def test_the_recheck_stands_there_already_and_moves_with_the_day_of_the_decision(
    sunita: CheckingClient, vera: Person
) -> None:
    act(sunita, vera, "original", **CERTIFICATE)
    page = sunita.get("/dbs/1/decision").text
    assert 'value="2029-11-21"' in page
    assert "nobody is told why" in page
    act(sunita, vera, "decision", decision="may serve", on="20/11/2026", recheck_due="2029-11-21")
    assert "20 November 2029" in sunita.get("/dbs/1/").text


def test_nothing_is_decided_without_an_original(sunita: CheckingClient, vera: Person) -> None:
    answer = act(sunita, vera, "decision", decision="may serve", on="21/11/2026")
    assert answer.status_code == 422
    assert "First the original is seen in person" in answer.text


def test_the_level_is_set_before_only_by_the_rules_and_never_to_the_barred_list(
    sunita: CheckingClient, cast: Cast
) -> None:
    assert "checked" not in sunita.get("/dbs/1/application").text.split("Workforce")[0]
    levels = {Position.VOLUNTEER: Level.ENHANCED, Position.LEADER: Level.BARRED, Position.COORDINATOR: Level.BASIC}
    dbs.set_rules(levels, dbs.Periods(36, 30, 12), cast[Role.CHAIR])
    page = sunita.get("/dbs/1/application").text
    assert 'value="enhanced" checked' in page
    assert "For a volunteer: enhanced. Charlie Chair (invented) set that on 21 November 2026." in page
    leader = sunita.get("/dbs/1/application?position=team+leader").text
    assert "checked" not in leader.split("Workforce")[0]
    assert "enhanced with the children&#39;s barred list. Charlie Chair" in leader
    assert 'value="basic" checked' in sunita.get(f"/dbs/{cast[Role.COORDINATOR].id}/original").text


def test_the_rules_are_set_kept_and_shown_with_who_and_when(sunita: CheckingClient) -> None:
    page = sunita.get("/dbs/rules").text
    assert "Nobody yet" in page
    assert "selected" not in re.sub(r'<option value="" selected>', "", page)
    unset = dict.fromkeys(["team_leader", "co_ordinator", "safeguarding_officer", "chair", "committee_member"], "")
    periods = {"recheck_months": "24", "grace_days": "0", "look_months": "6"} | unset
    assert sunita.send("/dbs/rules", volunteer="enhanced", seen="0", **periods).status_code == 303
    page = sunita.get("/dbs/rules").text
    assert "Sunita Safeguarding (invented), 21 November 2026" in page
    assert "Volunteer: enhanced. Recheck after 24 months, grace 0 days, looks every 6 months." in page
    too_long = periods | {"recheck_months": "61"}
    assert sunita.send("/dbs/rules", volunteer="enhanced", seen="1", **too_long).status_code == 422
    assert sunita.send("/dbs/rules", volunteer="oops", seen="1", **periods).status_code == 422
    assert len(dbs.earlier_rules()) == 1


def test_of_two_officers_who_set_the_rules_at_once_the_second_is_told(sunita: CheckingClient, cast: Cast) -> None:
    dbs.set_rules({Position.VOLUNTEER: Level.BASIC}, dbs.Periods(), cast[Role.CHAIR])
    rest = dict.fromkeys(["team_leader", "co_ordinator", "safeguarding_officer", "chair", "committee_member"], "")
    rest |= {"recheck_months": "24", "grace_days": "0", "look_months": "6", "volunteer": "enhanced"}
    answer = sunita.send("/dbs/rules", seen="0", **rest)
    assert answer.status_code == 422
    assert "The other officer changed these meanwhile." in answer.text
    assert "Charlie Chair (invented), 21 November 2026" in answer.text
    assert sunita.send("/dbs/rules", seen="1", **rest).status_code == 303


def test_a_renewal_in_hand_is_marked_and_unmarked(sunita: CheckingClient, cast: Cast, vera: Person) -> None:
    opened = officers_vault.open_for(signed_in(cast[Role.SAFEGUARDING]))
    decide(sunita, vera, recheck_due="1/12/2026")
    assert "Recheck due in 14 days or less" in sunita.get("/dbs/").text

    def press(in_hand: str) -> None:
        sunita.send("/dbs/1/renewal", seen=check_of(vera, opened).mark, in_hand=in_hand)

    press("yes")
    assert "Renewal in hand</span> due 1 December 2026" in sunita.get("/dbs/1/").text
    press("")
    assert "Recheck due in 14 days or less</span> due 1 December 2026" in sunita.get("/dbs/1/").text


def test_an_agreement_is_taken_back(sunita: CheckingClient, vera: Person) -> None:
    assert act(sunita, vera, "agreement", on="").status_code == 422
    act(sunita, vera, "agreement", on="20/11/2026")
    assert "agreed on 20 November 2026" in sunita.get("/dbs/1/").text
    act(sunita, vera, "agreement", on="", taken_back="yes")
    assert "no agreement" in sunita.get("/dbs/1/").text


def test_weighing_is_for_paper_that_goes_after_six_months(sunita: CheckingClient) -> None:
    page = sunita.get("/dbs/weighing").text
    assert "six months after the decision" in page
    assert "<textarea" not in page


def test_others_read_yes_after_a_decision_and_not_yet_when_the_grace_is_over_or_after_a_refusal(
    sunita: CheckingClient, as_role: Browser, cast: Cast, vera: Person
) -> None:
    read_passed_and_signed(cast, vera, published(cast[Role.CHAIR]))
    recorded(cast, vera, *RECORDED)

    def others_read() -> list[bool]:
        own = "you may be on the rota" in as_role(Role.VOLUNTEER).get("/onboarding/").text
        return [own, vera.name in as_role(Role.COORDINATOR).get("/people/?show=ready").text]

    assert others_read() == [False, False]
    decide(sunita, vera, recheck_due="1/12/2026")
    assert others_read() == [True, True]
    with clock.at(date(2026, 12, 31)):
        assert others_read() == [True, True]
    with clock.at(date(2027, 1, 1)):
        assert others_read() == [False, False]
    assert others_read() == [True, True]
    act(sunita, vera, "decision", decision="may not serve", on="21/11/2026")
    assert others_read() == [False, False]


def test_the_person_reads_to_whom_their_information_was_shown(
    sunita: CheckingClient, as_role: Browser, cast: Cast
) -> None:
    assert "was shown to nobody yet" in as_role(Role.VOLUNTEER).get("/me/register").text
    sunita.get("/dbs/")
    sunita.get("/dbs/")
    sunita.get("/dbs/1/")
    page = as_role(Role.VOLUNTEER).get("/me/register").text
    assert page.count("your line in the list of everybody") == 1
    assert page.count("your own record") == 1
    assert cast[Role.SAFEGUARDING].name in page
    assert "21 November 2026" in page
    assert "was shown to nobody yet" in as_role(Role.SAFEGUARDING).get("/me/register").text
    clock.advance(timedelta(days=1))
    as_role(Role.CHAIR).get("/dbs/1/")
    assert "22 November 2026" in as_role(Role.VOLUNTEER).get("/me/register").text


def test_a_list_that_was_searched_counts_only_for_those_it_showed(sunita: CheckingClient, as_role: Browser) -> None:
    sunita.get("/dbs/?q=colin")
    assert "was shown to nobody yet" in as_role(Role.VOLUNTEER).get("/me/register").text
    assert "your line in the list" in as_role(Role.COORDINATOR).get("/me/register").text


def test_the_audit_trail_holds_no_value_of_a_check(sunita: CheckingClient, vera: Person) -> None:
    decide(sunita, vera, Decision.ELSEWHERE)
    events = [Event.DBS_SEEN, Event.DBS_CHANGED]
    assert {line.facts for line in AuditLine.select().where(AuditLine.event.in_(events))} == {"{}"}


def test_the_first_page_counts_for_officers_alone_and_without_opening_the_vault(
    sunita: CheckingClient, as_role: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault, "open_with", lambda *_: pytest.fail("the vault was opened"))
    assert "3 DBS checks need something." in sunita.get("/").text
    for role in (Role.VOLUNTEER, Role.COORDINATOR):
        assert "need something" not in as_role(role).get("/").text


def test_volunteer_and_co_ordinator_see_the_same_whatever_stands_in_the_vault(
    sunita: CheckingClient, as_role: Browser, cast: Cast, vera: Person
) -> None:
    published(cast[Role.CHAIR])
    addresses = {Role.VOLUNTEER: ("/", "/onboarding/", "/me/"), Role.COORDINATOR: ("/", "/people/", "/people/1/")}
    browsers = {role: as_role(role) for role in addresses}

    def seen_by_others() -> list[str]:
        pages = [browsers[role].get(page).text for role, listed in addresses.items() for page in listed]
        return [re.sub(r'name="csrf_token" value="[^"]+"', "", page) for page in pages]

    before = seen_by_others()
    opened = officers_vault.open_for(signed_in(cast[Role.SAFEGUARDING]))
    fill_in(vera, opened, Decision.MAY_NOT)
    assert seen_by_others() == before
    sunita.get("/dbs/")
    assert seen_by_others() == before


def test_no_more_is_opened_than_is_shown(sunita: CheckingClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ccc.dbs.lists.AT_ONCE", 2)
    opened: list[bytes] = []
    real = officers_vault.Opened.read

    def noting(self: officers_vault.Opened, sealed: bytes) -> str | None:
        opened.append(sealed)
        return real(self, sealed)

    monkeypatch.setattr(officers_vault.Opened, "read", noting)
    page = sunita.get("/dbs/").text
    assert "Show the next people" in page
    assert (len(opened), page.count('data-label="What is needed"')) == (2, 2)


def test_a_centre_that_does_not_ask_for_checks_is_told_so_on_the_list(sunita: CheckingClient, cast: Cast) -> None:
    assert "does not ask for DBS checks" not in sunita.get("/dbs/").text
    asked.stop_asking(cast[Role.CHAIR])
    assert "does not ask for DBS checks" in sunita.get("/dbs/").text

"""Families: a reference that tells nothing, what a first booking waits for, and what is kept of everybody."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from ccc import families, referrals
from ccc.audit import AuditLine, Event
from ccc.families import Adult, Child, Family, FamilyNeed, Name, NewChild, NewFamily
from ccc.families import family as family_module
from ccc.families.records import GivenReference
from ccc.people import Person, RefusedError
from ccc.roles import Role
from tests.booking_log import make_family
from tests.checking import CheckingClient

Browser = Callable[..., CheckingClient]
Cast = dict[Role, Person]
TODAY = date(2026, 11, 21)
TOMORROW = TODAY + timedelta(days=1)
NEW = NewFamily(
    "supported",
    Name("Hanna", "Home (invented)"),
    Name("Vito", "Visitor (invented)"),
    [NewChild("Pip", 2019), NewChild("Sam", 2021)],
    ["allergy-nuts", "interpreter"],
)
TYPED = {"service": "handover", "home_first": "Hanna", "home_last": "Home", "visiting_first": "Vito"}
TYPED |= {"visiting_last": "Visitor", "child_1": "Pip", "born_1": "2019", "referrer": ""}
TYPED |= {"received_on": "20/11/2026", "seen": "0"}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def by(cast: Cast) -> Person:
    return cast[Role.COORDINATOR]


@pytest.fixture
def family(by: Person) -> Family:
    return make_family(by)


@pytest.fixture
def client(as_role: Browser) -> CheckingClient:
    return as_role(Role.COORDINATOR)


def adult(family: Family, side: str = "home") -> Adult:
    return Adult.get(Adult.family == family, Adult.side == side)


def events(about: str) -> list[str]:
    return [line.event for line in AuditLine.select().where(AuditLine.about == about).order_by(AuditLine.id)]


# The rules


def test_a_family_is_taken_in_with_both_sides_children_and_needs(by: Person) -> None:
    family = families.add(NEW, by)
    assert families.names_of([family.id])[family.id] == (
        "Hanna Home (invented)",
        "Vito Visitor (invented)",
        ("Pip", "Sam"),
    )
    assert families.needs_of([family.id])[family.id] == ["allergic to nuts", "an interpreter comes along"]
    assert events(families.ref(family)) == [Event.FAMILY_ADDED]
    assert all(one.address_confidential for one in Adult.select().where(Adult.family == family))


def test_a_reference_has_no_look_alikes_and_spells_no_word(by: Person) -> None:
    references = [families.add(NEW, by).reference for _ in range(40)]
    assert all(re.fullmatch("F-[34679ACDEFGHJKMNPQRTWXY]{4}", one) and re.search("[0-9]", one) for one in references)
    assert len(set(references)) == 40


def test_a_reference_is_never_given_again_even_when_its_family_is_gone(
    by: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    GivenReference.create(reference="F-7777")
    signs = iter("77779999")
    monkeypatch.setattr("ccc.families.family.secrets.choice", lambda _: next(signs))
    assert families.add(NEW, by).reference == "F-9999"


@pytest.mark.parametrize("typed", ["{}", " {} ", "lower", "short"])
def test_a_reference_is_found_however_it_is_typed(by: Person, family: Family, typed: str) -> None:
    ways = {"lower": family.reference.lower(), "short": family.reference.removeprefix("F-")}
    assert families.find(ways.get(typed, typed.format(family.reference)), by) == family


@pytest.mark.parametrize("typed", ["", "F-", "F-0000", "%", "F-____", "x" * 200])
def test_what_is_no_reference_finds_nobody(by: Person, family: Family, typed: str) -> None:
    assert families.find(typed, by) is None


def test_a_first_booking_waits_for_everybody_to_have_the_policy(by: Person) -> None:
    court = referrals.add_referrer("court", "Court (invented)", "Clerk (invented)", by)
    family = referrals.take_in(NEW, referrals.Came(court, "AB 12/3-4", TODAY), by)
    assert families.missing(family) == [
        "The policy was not given yet to the adult whom the child lives with.",
        "The policy was not given yet to the visiting adult.",
        "The policy was not given yet to the referrer.",
    ]
    for side in ("home", "visiting"):
        assert families.ready_to_book(family)
        families.give_policy(adult(family, side), TODAY, by)
    assert families.ready_to_book(family) == "The policy was not given yet to the referrer."
    referrals.give_policy_to_referrer(court, TODAY, by)
    assert families.ready_to_book(family) is None


def test_somebody_who_may_also_be_admitted_needs_the_policy_too(by: Person, family: Family) -> None:
    assert families.ready_to_book(family) is None
    gita = families.admit(family, Name("Gita", "Grandmother (invented)"), TODAY, TODAY, by)
    assert families.ready_to_book(family) == "The policy was not given yet to an adult who may also be admitted."
    families.withdraw_adult(gita, by)
    assert families.ready_to_book(family) is None


def test_a_family_whose_referral_is_not_recorded_waits(by: Person) -> None:
    assert "How the family came is not recorded yet." in families.missing(families.add(NEW, by))


def test_a_family_that_ended_is_not_ready_until_it_comes_again(by: Person, family: Family) -> None:
    families.end(family, by)
    assert "has ended" in (families.ready_to_book(family) or "")
    with pytest.raises(RefusedError, match="ended already"):
        families.end(family, by)
    families.reopen(family, by)
    assert families.ready_to_book(family) is None
    with pytest.raises(RefusedError, match="active already"):
        families.reopen(family, by)
    assert events(families.ref(family)) == [Event.FAMILY_ENDED, Event.FAMILY_REOPENED]


def test_whoever_relies_on_a_family_can_object_to_its_end(
    by: Person, family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    def object_to(_family: Family, _by: Person) -> None:
        raise RefusedError("It still has places.")

    monkeypatch.setattr(family_module, "when_ending", [object_to])
    with pytest.raises(RefusedError, match="still has places"):
        families.end(family, by)
    assert families.is_active(Family.get_by_id(family.id))


def test_the_two_sides_stay_and_only_an_admitted_adult_is_withdrawn(by: Person, family: Family) -> None:
    with pytest.raises(RefusedError, match="no list"):
        families.withdraw_adult(adult(family), by)


@pytest.mark.parametrize(("home", "visiting"), [(TOMORROW, TODAY), (TODAY, TOMORROW)])
def test_nobody_is_admitted_before_both_sides_agreed(by: Person, family: Family, home: date, visiting: date) -> None:
    with pytest.raises(RefusedError, match="still to come"):
        families.admit(family, Name("Gita", "Grandmother (invented)"), home, visiting, by)
    assert len(families.admitted([family.id])[family.id]) == 2


def test_the_last_child_is_not_withdrawn(by: Person, family: Family) -> None:
    only = Child.get(Child.family == family)
    with pytest.raises(RefusedError, match="only child"):
        families.withdraw_child(only, by)
    families.add_child(family, NewChild("Second", 2020), by)
    families.withdraw_child(only, by)
    assert families.names_of([family.id])[family.id].children == ("Second",)


@pytest.mark.parametrize("born", [2007, 2027, 0, 999_999_999])
def test_a_year_in_which_no_child_was_born_is_refused(by: Person, family: Family, born: int) -> None:
    with pytest.raises(RefusedError, match="2008 to 2026"):
        families.add_child(family, NewChild("Pip", born), by)
    with pytest.raises(RefusedError, match="2008 to 2026"):
        families.change_child(Child.get(Child.family == family), NewChild("Pip", born), by)


def test_a_mark_between_two_families_holds_for_both_and_can_be_taken_away(by: Person, family: Family) -> None:
    other, third = make_family(by), make_family(by)
    families.keep_apart(other, family, by)
    assert (families.apart_from(family.id), families.apart_from(other.id)) == ({other.id}, {family.id})
    assert families.apart_from(third.id) == set()
    with pytest.raises(RefusedError, match="apart already"):
        families.keep_apart(family, other, by)
    with pytest.raises(RefusedError, match="family itself"):
        families.keep_apart(family, family, by)
    families.end_keeping_apart(family, other, by)
    assert families.apart_from(other.id) == set()
    with pytest.raises(RefusedError, match="not kept apart"):
        families.end_keeping_apart(other, family, by)


def test_short_names_hold_a_first_name_and_an_initial(by: Person) -> None:
    family = families.add(NEW, by)
    families.admit(family, Name("Gita", "Grandmother (invented)"), TODAY, TODAY, by)
    assert families.names_of([family.id], short=True)[family.id] == ("Hanna H.", "Vito V.", ("Pip", "Sam"))
    assert families.admitted([family.id], short=True)[family.id] == ["Hanna H.", "Vito V.", "Gita G."]


# The pages


def test_coordinator_takes_a_family_in_and_reads_what_is_missing(client: CheckingClient) -> None:
    answer = client.send("/families/new", **TYPED, needs=["step-free"], child_2="Sam", born_2="2021")
    assert answer.status_code == 303
    page = client.get(answer.location).text
    for shown in ("Hanna Home", "Vito Visitor", "Pip", "Sam", "Born in 2021", "Needs a way without steps", "Handover"):
        assert shown in page
    assert "No place can be booked yet" in page
    assert "Its reference is F-" in page


@pytest.mark.parametrize(
    ("changed", "because"),
    [
        ({"child_1": "", "born_1": ""}, "Name at least one child."),
        ({"born_1": ""}, "Give each child a first name and a year of birth."),
        ({"child_1": ""}, "Give each child a first name and a year of birth."),
        ({"born_1": "1990"}, "The year of birth can be 2008 to 2026."),
        ({"born_1": "last year"}, "Type in a whole number, in figures."),
        ({"home_first": " \u200b "}, "Type in the name of the adult whom the child lives with."),
        ({"visiting_last": "x" * 81}, "at most 80 letters"),
        ({"service": "supervised"}, "Choose one of these."),
        ({"received_on": "22/11/2026"}, "still to come"),
        ({"received_on": "soon"}, "We do not understand this date"),
        ({"case_reference": "AB 1"}, "Parents who come by themselves"),
        ({"referrer": "77"}, "Choose one of these."),
    ],
)
def test_what_cannot_be_is_said_and_everything_typed_is_kept(
    client: CheckingClient, changed: dict[str, str], because: str
) -> None:
    answer = client.send("/families/new", **(TYPED | changed))
    assert answer.status_code == 422
    assert because in answer.text
    assert 'value="Vito"' in answer.text
    assert (Family.select().count(), GivenReference.select().count()) == (0, 0)


def test_a_form_that_is_sent_twice_takes_one_family_in(client: CheckingClient) -> None:
    assert client.send("/families/new", **TYPED).status_code == 303
    again = client.send("/families/new", **TYPED)
    assert (again.status_code, "since you opened this page" in again.text) == (422, True)
    assert Family.select().count() == 1
    assert f'name="seen" type="hidden" value="{families.newest()}"' in again.text


def test_the_list_shows_who_comes_now_and_by_a_link_who_no_longer_does(
    client: CheckingClient, by: Person, family: Family
) -> None:
    ended = make_family(by)
    families.end(ended, by)
    now, before = client.get("/families/").text, client.get("/families/?show=ended").text
    assert (family.reference in now, ended.reference in now) == (True, False)
    assert (family.reference in before, ended.reference in before) == (False, True)


@pytest.mark.parametrize("search", ["hanna", "VISIT", "  pip ", "Home (inv"])
def test_a_search_finds_any_part_of_a_name(client: CheckingClient, by: Person, family: Family, search: str) -> None:
    hanna = families.add(NEW, by)
    page = client.send("/families/", q=search).text
    assert hanna.reference in page
    assert (family.reference in page) == (search in ("VISIT", "  pip "))


def test_a_search_finds_a_reference_and_tells_when_nobody_is_found(client: CheckingClient, family: Family) -> None:
    assert family.reference in client.send("/families/", q=family.reference[2:].lower()).text
    nobody = client.send("/families/", q="%").text
    assert "No family of this reference or name" in nobody
    assert family.reference not in nobody


def test_a_search_finds_the_case_reference_of_whoever_referred_a_family(
    client: CheckingClient, by: Person, family: Family
) -> None:
    court = referrals.add_referrer("court", "Court (invented)", "Clerk (invented)", by)
    sent = referrals.take_in(NEW, referrals.Came(court, "AB 12/3-4", TODAY), by)
    page = client.send("/families/", q="b 12/3").text
    assert (sent.reference in page, family.reference in page) == (True, False)
    families.know(by, sent, by)
    assert sent.reference not in client.send("/families/", q="AB 12/3-4").text


def test_htmx_gets_the_list_alone(client: CheckingClient, family: Family) -> None:
    answer = client.post("/families/", data={"csrf_token": client.token(), "q": "hestia"}, headers=HTMX)
    assert answer.text.startswith('<div id="families">')
    assert family.reference in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_long_list_comes_page_by_page_and_names_each_family_once(client: CheckingClient, by: Person) -> None:
    made = [make_family(by).reference for _ in range(60)]
    found: list[str] = []
    address = "/families/"
    while address:
        page = client.get(address).text
        found += re.findall(r'<tr><td><a href="/families/(F-\w{4})/', page)
        onward = re.search(r'href="([^"]+)">Show the next families', page)
        address = onward[1] if onward else ""
    assert found == made[::-1]
    assert "There are more." in client.send("/families/", q="hestia").text


@pytest.mark.parametrize("after", ["-1", "x", str(10**30), "1"])
def test_a_page_of_the_list_that_does_not_exist_is_no_fault(client: CheckingClient, after: str) -> None:
    assert client.get(f"/families/?after={after}").status_code == 200


def test_what_a_family_comes_for_and_needs_is_changed(client: CheckingClient, family: Family) -> None:
    form = {"service": "handover", "separate_doors": "y", "needs": ["quiet", "hearing"]}
    page = client.send(f"/families/{family.reference}/change", **form)
    assert page.status_code == 303
    fresh = Family.get_by_id(family.id)
    assert (fresh.service, fresh.separate_doors) == ("handover", True)
    assert {need.code for need in FamilyNeed.select()} == {"quiet", "hearing"}
    assert client.send(f"/families/{family.reference}/change", service="handover", needs=["gossip"]).status_code == 422
    assert {need.code for need in FamilyNeed.select()} == {"quiet", "hearing"}


def test_the_people_of_a_family_are_changed_one_thing_on_each_page(client: CheckingClient, family: Family) -> None:
    here, home, child = f"/families/{family.reference}", adult(family), Child.get(Child.family == family)
    agreed = {"home_agreed_on": "1/11/2026", "visiting_agreed_on": "2/11/2026"}
    assert client.send(f"{here}/adults/{home.id}/name", first_name="Hera", last_name="New").location == f"{here}/"
    assert client.send(f"{here}/adults/new", first_name="Gita", last_name="Gran", **agreed).status_code == 303
    assert client.send(f"{here}/children/new", first_name="Second", born="2020").status_code == 303
    assert client.send(f"{here}/children/{child.id}/", first_name="Renamed", born="2018").status_code == 303
    page = client.get(f"{here}/").text
    for shown in ("Hera New", "Gita Gran", "1 November 2026", "2 November 2026", "Second", "Renamed", "Born in 2018"):
        assert shown in page
    gita = adult(family, "admitted")
    assert client.send(f"{here}/adults/{gita.id}/withdraw").status_code == 303
    assert client.send(f"{here}/children/{child.id}/withdraw").status_code == 303
    page = client.get(f"{here}/").text
    assert "Gita" not in page
    assert "Renamed" not in page


def test_an_agreement_without_its_day_admits_nobody(client: CheckingClient, family: Family) -> None:
    form = {"first_name": "Gita", "last_name": "Gran", "home_agreed_on": "1/11/2026"}
    answer = client.send(f"/families/{family.reference}/adults/new", **form)
    assert answer.status_code == 422
    assert "Fill in the day." in answer.text
    assert Adult.select().where(Adult.side == "admitted").count() == 0


def test_the_day_on_which_the_policy_was_given_is_recorded(client: CheckingClient, family: Family) -> None:
    visiting = adult(family, "visiting")
    address = f"/families/{family.reference}/adults/{visiting.id}/policy"
    assert "still to come" in client.send(address, on="22/11/2026").text
    assert client.send(address, on="2/11/2026").status_code == 303
    assert adult(family, "visiting").policy_given_on == date(2026, 11, 2)
    assert events(f"adult:{visiting.id}") == [Event.POLICY_GIVEN]


def test_the_letter_leads_to_the_policy_and_holds_nothing_of_the_family(client: CheckingClient, family: Family) -> None:
    page = client.get(f"/families/{family.reference}/adults/{adult(family).id}/letter").text
    letter = page.split('<div class="reading">')[1].split("</div>")[0]
    assert "/policies/confidentiality/" in letter
    assert "<svg" in letter
    assert adult(family).first_name in letter
    for other in (family.reference, adult(family, "visiting").last_name, "Pipkin", "Canary-Home"):
        assert other not in letter


def test_families_are_kept_apart_and_let_meet_again(client: CheckingClient, by: Person, family: Family) -> None:
    other, here = make_family(by), f"/families/{family.reference}"
    assert client.send(f"{here}/apart", other=other.reference.lower()).status_code == 303
    page = client.get(f"{here}/").text
    assert f"/families/{other.reference}/" in page
    assert "Millbrook" in page
    again = client.send(f"{here}/apart", other=other.reference)
    assert (again.status_code, "apart already" in again.text) == (422, True)
    unknown = client.send(f"{here}/apart", other="F-0000")
    assert (unknown.status_code, "There is no family of this reference." in unknown.text) == (422, True)
    assert client.send(f"{here}/apart/{other.reference}/end").status_code == 303
    assert families.apart_from(family.id) == set()


def test_a_family_ends_and_comes_again_by_pages_that_say_what_happens(client: CheckingClient, family: Family) -> None:
    here = f"/families/{family.reference}"
    assert "can be booked" in client.get(f"{here}/end").text
    assert client.send(f"{here}/end").status_code == 303
    assert "ended on 21 November 2026" in client.get(f"{here}/").text
    assert client.send(f"{here}/end").status_code == 422
    assert client.send(f"{here}/reopen").status_code == 303
    assert families.is_active(Family.get_by_id(family.id))


def test_an_adult_of_another_family_is_not_found_under_this_one(
    client: CheckingClient, by: Person, family: Family
) -> None:
    other = make_family(by)
    theirs, child = adult(other), Child.get(Child.family == other)
    for page in (f"adults/{theirs.id}/name", f"adults/{theirs.id}/contact", f"children/{child.id}/"):
        assert client.get(f"/families/{family.reference}/{page}").status_code == 404


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.CHAIR])
def test_volunteer_and_chair_see_no_family(as_role: Browser, family: Family, role: Role) -> None:
    for address in ("/families/", f"/families/{family.reference}/", "/families/F-0000/", "/families/referrers/"):
        assert as_role(role).get(address).status_code == 403


def test_safeguarding_officer_reads_and_changes_nothing(as_role: Browser, family: Family) -> None:
    browser = as_role(Role.SAFEGUARDING)
    page = browser.get(f"/families/{family.reference}/").text
    assert "Hestia" in page
    assert "/change" not in page
    assert "/end" not in page
    assert browser.get(f"/families/{family.reference}/change").status_code == 403


def test_the_pages_ask_as_often_for_many_families_as_for_few(
    client: CheckingClient, by: Person, family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.test_queries import visited

    here = f"/families/{family.reference}/"
    client.get(here)
    few = [visited(client, address, monkeypatch).queries for address in ("/families/", here)]
    for _ in range(30):
        families.keep_apart(family, make_family(by), by)
    assert [visited(client, address, monkeypatch).queries for address in ("/families/", here)] == few
    assert max(few) <= 16

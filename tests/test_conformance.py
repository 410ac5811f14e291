"""How each promise is kept: green as long as it is, red with the reason once it is not; for everybody, words alone."""

import html
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from ccc import audit, centre, clock, conformance, disclosures, people
from ccc.audit import Event
from ccc.backups import Backup
from ccc.centre import Centre
from ccc.config import ROOT
from ccc.conformance import Conformance, State, TrailCheck, evidence, evidence_kept
from ccc.conformance.clauses import disagreements
from ccc.db import db, writing
from ccc.families.records import FamilyKnown
from ccc.people import Appointment, Person
from ccc.policies.drafting import Choices
from ccc.provisions import KEPT_BY_PEOPLE, KEPT_HOW, PROVISIONS, Key
from ccc.referrals import Referral
from ccc.roles import Role
from ccc.signin.accounts import Account
from tests import samples
from tests.asked import make_request
from tests.booking_log import make_booking, make_duty, make_session
from tests.broken_controls import (
    BROKEN,
    Broken,
    a_box_for_notes,
    a_diary,
    a_parent_who_was_given_nothing,
    a_statement_to_another_referrer,
    a_year_without_review,
    an_old_backup,
    an_old_reading,
    details_in_the_clear,
    no_good_backup,
    seen,
    somebody_uncleared_on_the_rota,
)
from tests.checking import CheckingClient
from tests.conftest import NOW
from tests.samples import MILLBROOK, published
from tests.stated import asked_for, issue, make_visit, referred_family
from tests.undertaken import read_and_passed, signed

Cast = dict[Role, Person]
Browser = Callable[[Role | None], CheckingClient]
PAGE, PUBLIC_PAGE = "/conformance/", "/policies/confidentiality/"
NO_PROMISE = "# Millbrook confidentiality policy\n\n1. We are kind to each other.\n\n2. We bring biscuits.\n"
CAFCASS = {"who": "cafcass-or-social-services", "agreed_by": "family-and-coordinator"}


@pytest.fixture
def centre_in_order(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """Everybody has signed, those in office have a second step, and there is a backup of today."""
    monkeypatch.setitem(samples.PROMISES, "7", {Key.ASSESSMENTS: dict(CAFCASS)})
    version = published(cast[Role.CHAIR])
    for person in cast.values():
        signed(read_and_passed(person, version), version)
    Account.update(second_factor="sheet").execute()
    Backup.create(size=1)
    TrailCheck.create()
    return cast


def clause_on(page: str, label: str) -> str:
    """The part of the page that is about one clause."""
    found = re.search(rf'<section id="c{label}".*?</section>', page, re.DOTALL)
    assert found, f"clause {label} is not on the page"
    return html.unescape(found[0])


def main_of(page: str) -> str:
    found = re.search(r"<main.*</main>", page, re.DOTALL)
    assert found
    return html.unescape(found[0])


def shown_now() -> Conformance:
    shown = conformance.conformance()
    assert shown
    return shown


def test_every_promise_is_broken_once_here() -> None:
    assert {broken.key for broken in BROKEN} == set(Key)


def test_a_centre_in_order_keeps_all_it_promises(centre_in_order: Cast, as_role: Browser) -> None:
    page = as_role(Role.COORDINATOR).get(PAGE).text
    assert "Not kept: 0. Not spoken of in the policy: 0." in page
    assert "People here who signed: 4 of 4." in clause_on(page, "1")
    assert "Office holders who sign in with a second step: 3 of 3." in clause_on(page, "9")
    assert "The last good backup: 21 November 2026." in clause_on(page, "9")
    assert "The audit trail was read through on 21 November 2026: whole." in clause_on(page, "9")
    assert "Last reviewed: September 2026." in clause_on(page, "12")
    assert "The next review is due by: 30 September 2027." in clause_on(page, "12")
    for label, promised in samples.PROMISES.items():
        for key in promised:
            assert PROVISIONS[key].promise in clause_on(page, label)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: f"{broken.key}: {broken.by.__name__}")
def test_a_control_that_is_broken_turns_its_promise_red_and_is_named(
    centre_in_order: Cast, as_role: Browser, broken: Broken
) -> None:
    public = main_of(as_role(None).get(PUBLIC_PAGE).text)
    broken.by(centre_in_order)
    part = clause_on(as_role(broken.seen_by).get(PAGE).text, broken.clause)
    assert '<span class="tag bad">Not kept</span>' in part
    assert broken.says in part
    # What everybody reads is the same words as before, but for the note that a review is due.
    after = main_of(as_role(None).get(PUBLIC_PAGE).text)
    assert (after == public) == (broken.by is not a_year_without_review)


@pytest.mark.parametrize(
    ("clause", "promises", "says"),
    [
        ("8", {Key.DBS: {"level": "enhanced", "results_to": "coordinator-or-chair"}}, "the officers alone see them"),
        # Another clause says three years, and the program goes by the shorter period.
        ("9", {Key.DISPOSAL: {"years": 5}}, "The clause says 5 years; records go after 3."),
    ],
)
def test_a_clause_that_says_otherwise_than_the_centre_is_set_is_red(  # noqa: PLR0913, PLR0917  (fixtures and cases)
    cast: Cast, as_role: Browser, monkeypatch: pytest.MonkeyPatch, clause: str, promises: dict[Key, Choices], says: str
) -> None:
    monkeypatch.setitem(samples.PROMISES, clause, promises)
    published(cast[Role.CHAIR])
    part = clause_on(as_role(Role.CHAIR).get(PAGE).text, clause)
    assert '<span class="tag bad">Not kept</span>' in part
    assert says in part


@pytest.mark.usefixtures("app")
def test_a_clause_that_does_not_say_who_sees_a_check_disagrees_with_nothing() -> None:
    unsaid = {"level": "unstated", "results_to": "unstated"}
    assert list(disagreements(Key.DBS, unsaid)) == []
    assert list(disagreements(Key.DBS, unsaid | {"results_to": "coordinator-or-chair"})) != []


def test_what_was_put_right_is_green_again(centre_in_order: Cast, as_role: Browser) -> None:
    browser = as_role(Role.CHAIR)
    no_good_backup(centre_in_order)
    assert "Not kept: 1." in browser.get(PAGE).text
    Backup.create(size=1)
    assert "Not kept: 0." in browser.get(PAGE).text


def test_evidence_counts_what_happened(centre_in_order: Cast, as_role: Browser) -> None:
    by = centre_in_order[Role.COORDINATOR]
    family = referred_family(by)
    make_visit(family, by)
    issue(asked_for(family), by)
    disclosures.refuse(make_request(family, by), "not-sought", by)
    seen(Event.CONTACT_SEEN, by, "adult:1")
    session = make_session()
    make_booking(session, family, by)
    duty = make_duty(session, centre_in_order[Role.VOLUNTEER])
    FamilyKnown.create(person=centre_in_order[Role.VOLUNTEER], family=family)
    type(duty).update(ended_at=clock.now(), end_code="given-back").execute()
    page = as_role(Role.SAFEGUARDING).get(PAGE).text
    assert "Attendance statements issued: 1." in clause_on(page, "3")
    assert "Of those, to the recorded referrer: 1." in clause_on(page, "3")
    assert "Refusals: 1." in clause_on(page, "3a")
    assert "Looks at one adult's contact details in the last twelve months: 1." in clause_on(page, "4")
    assert "Times somebody said that they know a family: 1." in clause_on(page, "6")
    assert "Places on a rota given up for it: 1." in clause_on(page, "6")
    assert "Not kept: 0." in page


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("counting", "index"),
    [
        (evidence_kept.SEALED, "adult_in_the_clear"),
        (evidence.CLEARANCES, "contactsession_day"),
        (evidence.LOOKS, "auditline_event_actor_created_at (event=? AND actor=? AND created_at>?)"),
    ],
)
def test_figures_of_a_large_centre_are_found_by_an_index(counting: str, index: str) -> None:
    asked = {"today": "2026-11-21", "since": "2025-11-21", "events": "[]", "roles": "[]", "former": ""}
    steps = [step for *_, step in db.execute_sql(f"EXPLAIN QUERY PLAN {counting}", asked)]
    assert [step for step in steps if index in step]


def test_a_server_that_has_just_begun_knows_all_its_tables(tmp_path: Path) -> None:
    """Here everything is imported by some test; there, only what the pages need."""
    begin = "import os, ccc; from ccc.config import Settings; s = Settings.from_environment(os.environ);"
    count = "ccc.prepare(s); ccc.create_app(s); print(ccc.web.conformance.conformance.evidence_kept.places_for_notes())"
    ran = subprocess.run(
        [sys.executable, "-c", begin + count],
        env=os.environ | {"CCC_DATA": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "0\n"


def test_a_referral_put_right_after_its_statement_is_no_fault(centre_in_order: Cast) -> None:
    by = centre_in_order[Role.COORDINATOR]
    a_statement_to_another_referrer(centre_in_order)
    clock.advance(timedelta(minutes=5))
    with writing():
        audit.record(Event.REFERRAL_CHANGED, by.id, f"family:{Referral.get().family_id}")
    assert shown_now().count(State.BROKEN) == 0


def test_figures_come_without_names(centre_in_order: Cast, as_role: Browser) -> None:
    later = (an_old_backup, an_old_reading, a_parent_who_was_given_nothing, a_year_without_review)
    for broken in BROKEN:
        if broken.by not in (*later, a_box_for_notes, a_diary):
            broken.by(centre_in_order)
    page = main_of(as_role(Role.COORDINATOR).get(PAGE).text)
    assert not re.search(r"F-[A-Z0-9]{4}|anary|Vera|Colin|Sunita|Charlie", page)


def test_a_promise_that_no_clause_makes_is_amber(cast: Cast, as_role: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(samples.PROMISES, "8", {})
    published(cast[Role.CHAIR])
    page = as_role(Role.CHAIR).get(PAGE).text
    assert "Kept by people" in clause_on(page, "8")
    assert "Not spoken of in the policy: 1." in page
    silent = page[page.index("What no clause promises") :]
    assert '<span class="tag wait">The policy is silent</span> Volunteers have a DBS check' in silent
    centre.stop_asking_for_dbs(cast[Role.CHAIR].id)
    page = as_role(Role.CHAIR).get(PAGE).text
    assert "Not spoken of in the policy: 0." in page
    assert "It is recorded that this centre does not ask for DBS checks." in page


@pytest.mark.parametrize(
    ("broken", "clause", "state"),
    [(no_good_backup, "9", State.BROKEN), (somebody_uncleared_on_the_rota, "8", State.SILENT)],
)
def test_what_is_out_of_order_is_red_without_a_clause_too_but_for_checks(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, broken: Callable[[Cast], object], clause: str, state: State
) -> None:
    monkeypatch.setitem(samples.PROMISES, clause, {})
    published(cast[Role.CHAIR])
    Backup.create(size=1)
    broken(cast)
    (promise,) = shown_now().silent
    assert (promise.state, bool(promise.faults)) == (state, True)


def test_a_policy_to_be_reviewed_regularly_is_silent_until_the_centre_says_when(cast: Cast, as_role: Browser) -> None:
    published(cast[Role.CHAIR], samples.REGULAR)
    part = clause_on(as_role(Role.CHAIR).get(PAGE).text, "12")
    assert '<span class="tag wait">The policy is silent</span>' in part
    assert "The next review is due by: no day" in part
    Centre.update(review_months=24).execute()
    part = clause_on(as_role(Role.CHAIR).get(PAGE).text, "12")
    assert '<span class="tag good">Kept</span>' in part


def test_no_line_of_the_trail_shows_on_the_page(centre_in_order: Cast, as_role: Browser) -> None:
    """Or an officer could tell that somebody wrote down a worry about them."""
    before = clause_on(as_role(Role.CHAIR).get(PAGE).text, "9")
    seen(Event.CONCERN_RAISED, centre_in_order[Role.VOLUNTEER], "concern:1")
    assert clause_on(as_role(Role.CHAIR).get(PAGE).text, "9") == before


def test_facts_fit_the_faults_beside_them(centre_in_order: Cast) -> None:
    details_in_the_clear(centre_in_order)
    a_statement_to_another_referrer(centre_in_order)
    facts = {key: facts for line in shown_now().lines for key, _, _, facts, _ in line.promises}
    assert "Adults whose contact details lie sealed: 3." in facts[Key.SECURE_PLACE]
    assert "Of those, to the recorded referrer: 0." in facts[Key.ATTENDANCE_ONLY]
    assert "To parents who came by themselves, of their own attendance: 0." in facts[Key.ATTENDANCE_ONLY]


@pytest.mark.parametrize(
    ("at", "wrong"),
    [("2026-07-10T22:30", True), ("2026-07-10T23:30", False), ("2026-07-11T22:30", False), ("2026-07-12T01:30", True)],
)
def test_an_office_counts_by_the_day_at_the_hall(centre_in_order: Cast, at: str, wrong: bool) -> None:  # noqa: FBT001
    """In July it is an hour later there than in UTC."""
    day, vera = date(2026, 7, 11), centre_in_order[Role.VOLUNTEER]
    Appointment.create(person=vera, role=Role.COORDINATOR, starts=day, ends=day, confirmed_at=NOW - timedelta(days=300))
    with clock.at(datetime.fromisoformat(f"{at}Z")):
        seen(Event.CONTACT_SEEN, vera, "adult:1")
    assert bool(shown_now().count(State.BROKEN)) == wrong


def test_looks_of_somebody_who_was_disposed_of_accuse_nobody(centre_in_order: Cast) -> None:
    colin = centre_in_order[Role.COORDINATOR]
    seen(Event.CONTACT_SEEN, colin, "adult:1")
    Appointment.delete().where(Appointment.person == colin).execute()
    assert shown_now().count(State.BROKEN) == 1
    Person.update(name=people.FORMER).where(Person.id == colin.id).execute()
    assert shown_now().count(State.BROKEN) == 0


def test_a_policy_that_makes_no_promise_at_all_still_shows(cast: Cast, as_role: Browser) -> None:
    published(cast[Role.CHAIR], NO_PROMISE)
    page = as_role(Role.SAFEGUARDING).get(PAGE).text
    assert "Kept: 0. Not kept: 1. Not spoken of in the policy: 12." in page
    assert "We bring biscuits." in clause_on(page, "2")
    assert as_role(None).get(PUBLIC_PAGE).text.count(KEPT_BY_PEOPLE) == 2


def test_before_there_is_a_policy_the_page_says_so(as_role: Browser) -> None:
    assert "No confidentiality policy is in force yet" in as_role(Role.CHAIR).get(PAGE).text


@pytest.mark.parametrize("role", [None, Role.VOLUNTEER])
def test_everybody_reads_in_words_how_each_promise_is_kept(cast: Cast, as_role: Browser, role: Role | None) -> None:
    published(cast[Role.CHAIR])
    answer = as_role(role).get(PUBLIC_PAGE)
    page = html.unescape(answer.text)
    assert [key for key, words in KEPT_HOW.items() if words not in page] == []
    assert PAGE not in page
    assert as_role(role).get(PAGE).status_code == (403 if role else 303)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SAFEGUARDING, Role.CHAIR])
def test_those_in_office_find_the_figures_from_the_policy(cast: Cast, as_role: Browser, role: Role) -> None:
    published(cast[Role.CHAIR])
    assert f'<a href="{PAGE}">' in as_role(role).get(PUBLIC_PAGE).text
    answer = as_role(role).get(PAGE)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


def test_the_words_for_everybody_hold_no_figure_and_nothing_of_what_went_wrong() -> None:
    assert KEPT_HOW.keys() == set(Key)
    words = " ".join([*KEPT_HOW.values(), KEPT_BY_PEOPLE])
    assert not re.search(r"\d|releas|disclos|concern|worr|laps|overdue|late\b", words)


def test_an_older_version_says_nothing_of_how_promises_are_kept_today(cast: Cast, as_role: Browser) -> None:
    published(cast[Role.CHAIR])
    published(cast[Role.CHAIR], MILLBROOK.replace("hard times", "their trust"))
    older = as_role(None).get("/policies/confidentiality/versions/1.0/").text
    assert "How we keep this promise" not in older

"""The public pages: the policy in force, earlier versions, the sheet for the notice board, links between policies."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from ccc import clock, policies
from ccc.people import Person
from ccc.policies import Version
from ccc.roles import Role
from tests import samples
from tests.checking import CheckingClient
from tests.test_reading import queries_of

Cast = dict[Role, Person]
AsPerson = Callable[[Person | None], CheckingClient]
DBS = """# DBS policy

Whom we check.

1. Each volunteer has a DBS check.

2. Our Millbrook confidentiality policy holds too.
"""


@pytest.fixture
def chair(cast: Cast) -> Person:
    return cast[Role.CHAIR]


@pytest.fixture
def visitor(app: Flask, as_person: AsPerson) -> CheckingClient:
    """Somebody from the street."""
    return as_person(None)


def test_anybody_reads_the_policy_in_force(visitor: CheckingClient, chair: Person) -> None:
    version = samples.published(chair)
    answer = visitor.get("/policies/confidentiality/")
    assert answer.status_code == 200
    assert "Version 1.0, approved by the chair on 21 November 2026" in answer.text
    assert "Last reviewed in September 2026" in answer.text
    assert "Next review due by 30 September 2027" in answer.text
    for label in ("c1", "c3", "c3a", "c3b", "c12"):
        assert f'id="{label}"' in answer.text
        assert f'href="#{label}"' in answer.text
    assert str(version.sha256) in answer.text
    assert chair.name not in answer.text


def test_every_word_of_every_clause_stands_on_the_page(visitor: CheckingClient, chair: Person) -> None:
    samples.published(chair)
    text = visitor.get("/policies/confidentiality/").text
    for line in samples.MILLBROOK.split("\n\n")[1:]:
        assert line.strip().split(maxsplit=1)[1].strip() in text, line


def test_the_words_stand_where_htmx_finds_no_orders(visitor: CheckingClient, chair: Person) -> None:
    samples.published(chair)
    before, _, after = visitor.get("/policies/confidentiality/").text.partition("<p>Families trust us")
    assert before.rstrip().endswith("<div hx-disable>")
    assert '<ol class="clauses" hx-disable>' in after


def test_an_annual_policy_reviewed_in_march_2024_is_overdue_from_april_2025(
    visitor: CheckingClient, chair: Person
) -> None:
    samples.published(chair, samples.MILLBROOK.replace("September 2026", "March 2024"))
    with clock.at(datetime(2025, 3, 31, 12, tzinfo=UTC)):
        assert "was due for review" not in visitor.get("/policies/confidentiality/").text
    with clock.at(datetime(2025, 4, 1, 12, tzinfo=UTC)):
        text = visitor.get("/policies/confidentiality/").text
    assert "This policy was due for review by 31 March 2025." in text
    assert "still holds" in text


def test_a_policy_reviewed_regularly_is_due_after_the_months_of_the_centre(
    visitor: CheckingClient, chair: Person
) -> None:
    samples.published(chair, samples.REGULAR.replace("September 2026", "March 2024"))
    assert "Next review due" not in visitor.get("/policies/confidentiality/").text
    from ccc.centre import Centre

    Centre.update(review_months=24).execute()
    assert "was due for review by 31 March 2026." in visitor.get("/policies/confidentiality/").text


def test_an_earlier_version_says_that_it_no_longer_holds(visitor: CheckingClient, chair: Person) -> None:
    samples.published(chair)
    clock.advance(timedelta(days=365))
    samples.published(chair, samples.MILLBROOK.replace("three years", "two years"), note="Shorter keeping.")
    old = visitor.get("/policies/confidentiality/versions/1.0/").text
    assert "This version no longer holds." in old
    assert "from 21 November 2026 to 21 November 2027" in old
    assert "three years" in old
    now = visitor.get("/policies/confidentiality/").text
    assert "no longer holds" not in now
    assert "two years" in now
    assert "Shorter keeping." in now


@pytest.mark.parametrize("end", ["", "versions/1.0/", "versions/9.9/", "notice"])
def test_a_draft_is_nobodys_to_see(visitor: CheckingClient, chair: Person, end: str) -> None:
    samples.drafted(chair)
    assert visitor.get(f"/policies/confidentiality/{end}").status_code == 404


def test_nothing_published_is_said_plainly(visitor: CheckingClient, chair: Person) -> None:
    assert "No policy is published yet" in visitor.get("/policies/").text


def test_the_only_policy_is_shown_at_once_and_two_are_listed(visitor: CheckingClient, chair: Person) -> None:
    samples.published(chair)
    answer = visitor.get("/policies/")
    assert (answer.status_code, answer.location) == (303, "/policies/confidentiality/")
    samples.published(chair, DBS, "dbs")
    text = visitor.get("/policies/").text
    assert "Millbrook confidentiality policy" in text
    assert "DBS policy" in text


def test_a_policy_links_to_another_that_it_names(visitor: CheckingClient, chair: Person) -> None:
    samples.published(chair, samples.MILLBROOK + "\n13. Our DBS  Policy says more. So does the DBS policymaker.\n")
    assert '<a href="/policies/dbs/">' not in visitor.get("/policies/confidentiality/").text
    samples.published(chair, DBS, "dbs")
    text = visitor.get("/policies/confidentiality/").text
    assert text.count('<a href="/policies/dbs/">') == 1
    assert "the DBS policymaker" in text
    other = visitor.get("/policies/dbs/").text
    assert '<a href="/policies/confidentiality/">Millbrook confidentiality policy</a>' in other
    assert '<a href="/policies/dbs/">' not in other


def test_the_longest_name_wins(visitor: CheckingClient, chair: Person) -> None:
    text = samples.MILLBROOK + "\n13. See the Disclosure and Barring Service (DBS) policy.\n"
    samples.published(chair, text)
    samples.published(chair, DBS, "dbs")
    page = visitor.get("/policies/confidentiality/").text
    assert '<a href="/policies/dbs/">Disclosure and Barring Service (DBS) policy</a>' in page


def test_the_notice_shows_the_address_and_a_code_for_it(visitor: CheckingClient, chair: Person) -> None:
    samples.published(chair)
    text = visitor.get("/policies/confidentiality/notice").text
    assert "http://127.0.0.1:8000/policies/confidentiality/" in text
    assert "<svg" in text


def test_script_in_a_policy_is_shown_as_words(visitor: CheckingClient, chair: Person) -> None:
    nasty = "13. Never type <img src=x onerror=alert(1)> or [this](javascript:alert(1)) or {{ 7*7 }}."
    samples.published(chair, f"{samples.MILLBROOK}\n{nasty}\n")
    text = visitor.get("/policies/confidentiality/").text
    assert "<img" not in text
    assert 'href="javascript' not in text
    assert "{{ 7*7 }}" in text


def test_a_version_is_as_it_was_approved_for_ever(chair: Person) -> None:
    version = samples.published(chair)
    assert policies.fingerprint(Version.get_by_id(version.id)) == version.sha256
    assert version.reviewed_on == date(2026, 9, 30)


def test_the_cost_of_the_page_does_not_grow_with_its_clauses(visitor: CheckingClient, chair: Person) -> None:
    samples.published(chair)
    few = queries_of(visitor, "/policies/confidentiality/")
    more = "".join(f"\n{number}. Rule number {number} is kept by people.\n" for number in range(13, 60))
    samples.published(chair, samples.MILLBROOK + more)
    assert queries_of(visitor, "/policies/confidentiality/") == few

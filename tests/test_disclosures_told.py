"""May this person be told? A few questions, an answer, and the clauses of the policy in force that say so."""

from collections.abc import Callable
from itertools import product

import pytest

from ccc.disclosures.told import ASKERS, PERMISSION, THINGS, Verdict, may_be_told
from ccc.people import Person
from ccc.roles import Role
from tests.checking import CheckingClient
from tests.samples import published

Browser = Callable[..., CheckingClient]
PAGE = "/disclosures/may-be-told"
OUTSIDE = ASKERS.keys() - {"inside"}


@pytest.mark.parametrize(
    ("asked", "promise"),
    [
        ("asker=parent&thing=contact-details&permission=no", "The address and telephone number of a parent"),
        ("asker=referrer&thing=attendance&permission=no", "it is told the dates and times"),
        ("asker=body&thing=seen&permission=yes", "do not write or give reports"),
        ("danger=yes", "a child is at risk of harm"),
    ],
)
def test_every_volunteer_gets_the_answer_and_the_clause_that_says_so(
    as_role: Browser, cast: dict[Role, Person], asked: str, promise: str
) -> None:
    published(cast[Role.CHAIR])
    browser = as_role(Role.VOLUNTEER)
    assert "What your policy says" not in browser.get(PAGE).text
    answer = browser.get(f"{PAGE}?danger=no&{asked}" if "danger" not in asked else f"{PAGE}?{asked}")
    assert promise in answer.text
    assert "Tell an officer" in answer.text


def test_a_question_left_out_is_asked_for_and_a_silent_policy_is_said(
    as_role: Browser, cast: dict[Role, Person]
) -> None:
    browser = as_role(Role.CHAIR)
    assert "Choose one of these." in browser.get(f"{PAGE}?danger=no&asker=parent&thing=nonsense").text
    assert "Choose one of these." in browser.get(f"{PAGE}?asker=parent&thing=seen&permission=no").text
    answer = browser.get(f"{PAGE}?danger=no&asker=parent&thing=seen&permission=no").text
    assert "The policy in force says nothing about it." in answer


def test_danger_comes_first_whoever_asks_for_whatever(as_role: Browser) -> None:
    browser = as_role(Role.VOLUNTEER)
    for rest in ("", "&asker=parent&thing=contact-details&permission=yes"):
        answer = browser.get(f"{PAGE}?danger=yes{rest}").text
        assert "ring 999 now" in answer
        assert Verdict.OFFICER in answer
        assert "Please look at this again" not in answer


def test_no_volunteer_ever_lets_anything_out() -> None:
    for asker, thing, permission in product(ASKERS, THINGS, PERMISSION):
        answer = may_be_told(asker, thing, permission)
        assert (answer.verdict == Verdict.YES) == (asker == "inside" and thing != "contact-details")
        assert answer.promises
    for asker in OUTSIDE:
        assert may_be_told(asker, "contact-details", "no").verdict == Verdict.NO
        assert may_be_told(asker, "seen", "yes").verdict == Verdict.NO
    assert may_be_told("parent", "contact-details", "yes").verdict == Verdict.COORDINATOR
    assert (
        "co-ordinator and the safeguarding officer look it up themselves"
        in may_be_told("inside", "contact-details", "no").advice
    )

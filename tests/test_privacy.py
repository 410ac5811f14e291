"""The privacy notice: open to everybody, with the periods of this centre, and nothing about anybody."""

from collections.abc import Callable
from datetime import timedelta

from ccc import clock
from ccc.people import Person
from ccc.retention import RetentionRules
from ccc.roles import Role
from tests.booking_log import make_family
from tests.checking import App, CheckingClient
from tests.samples import published

Cast = dict[Role, Person]


def test_everybody_reads_it_and_it_names_the_usual_periods_where_no_policy_says_others(app: App) -> None:
    browser = app.test_client()
    assert '<a href="/privacy">' in browser.get("/sign-in").text
    answer = browser.get("/privacy")
    assert answer.status_code == 200
    assert "until nothing was used for 3 years" in answer.text
    assert "A worry that was raised: 6 years" in answer.text
    assert "01632 960001" in answer.text
    assert "Information Commissioner" in answer.text
    for said in (
        "Data Protection Act 2018, Schedule 1, paragraph 18", "a DBS check can tell of offences", "for 90 days at most",
        "stays for good", "When you sign in", "after they last served, left, or their office ended",
    ):  # fmt: skip
        assert said.casefold() in answer.text.casefold(), said
    assert "our confidentiality policy" not in answer.text.partition("<main")[2]


def test_the_periods_are_those_of_the_policy_in_force_and_of_the_officers(app: App, cast: Cast) -> None:
    published(cast[Role.CHAIR])
    RetentionRules.create(by=cast[Role.CHAIR], concern_years=1)
    text = app.test_client().get("/privacy").text.partition("<main")[2]
    assert "A worry that was raised: 1 year after" in text
    assert 'href="/policies/confidentiality/"' in text


def test_it_is_the_same_for_everybody_and_tells_of_nobody(
    app: App, cast: Cast, as_role: Callable[[Role | None], CheckingClient]
) -> None:
    family = make_family(cast[Role.COORDINATOR])
    clock.advance(timedelta(days=1))
    first, *rest = [as_role(role).get("/privacy").text.partition("<main")[2] for role in (None, *Role)]
    assert set(rest) == {first}
    nameless = first.replace("Millbrook Contact Centre (invented)", "")
    assert [word for word in ("Canary", family.reference, "(invented)") if word in nameless] == []

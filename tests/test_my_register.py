"""A volunteer sees who looked at their contact details, and when."""

from collections.abc import Callable
from datetime import timedelta

from ccc import clock, looks, people
from ccc.people import Person
from ccc.roles import Role
from tests.checking import CheckingClient

AsRole = Callable[..., CheckingClient]
Cast = dict[Role, Person]


def test_a_look_is_seen_by_the_one_whose_details_they_are_and_by_nobody_else(as_role: AsRole) -> None:
    assert "Nobody has looked at them yet" in as_role(Role.VOLUNTEER).get("/me/register").text
    as_role(Role.COORDINATOR).send("/people/1/details")
    page = as_role(Role.VOLUNTEER).get("/me/register").text
    assert "Colin Coordinator (invented)" in page
    assert "21 November 2026" in page
    assert "Nobody has looked at them yet" in as_role(Role.CHAIR).get("/me/register").text


def test_my_account_leads_to_it(as_role: AsRole) -> None:
    assert 'href="/me/register"' in as_role(Role.VOLUNTEER).get("/me/").text


def test_a_page_that_was_only_opened_counts_as_no_look(as_role: AsRole, cast: Cast) -> None:
    as_role(Role.COORDINATOR).get("/people/1/details")
    assert looks.looks_at(cast[Role.VOLUNTEER]) == []


def test_the_newest_stands_first_and_fifty_are_enough(as_role: AsRole, cast: Cast) -> None:
    vera, colin = cast[Role.VOLUNTEER], cast[Role.COORDINATOR]
    for _ in range(51):
        clock.advance(timedelta(minutes=1))
        looks.look_at_details(vera, colin)
    listed = looks.looks_at(vera)
    assert len(listed) == 50
    assert [look.at for look in listed] == [clock.now() - timedelta(minutes=n) for n in range(50)]
    assert "These are the newest 50" in as_role(Role.VOLUNTEER).get("/me/register").text


def test_what_others_changed_is_told_and_what_i_did_myself_is_not(as_role: AsRole, cast: Cast) -> None:
    vera, colin = cast[Role.VOLUNTEER], cast[Role.COORDINATOR]
    people.change_details(vera, vera.name, None, None, vera)
    people.change_details(vera, vera.name, None, "01632 960124", colin)
    assert [(look.name, look.changed) for look in looks.looks_at(vera)] == [(colin.name, True)]
    assert "changed them" in as_role(Role.VOLUNTEER).get("/me/register").text

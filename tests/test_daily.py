"""What the server does by itself, beside answering: the day's work, once a day, whoever comes first."""

from dataclasses import replace
from datetime import timedelta

from ccc import clock, daily
from ccc.config import Settings
from ccc.mail import Outbox
from ccc.people import Appointment, Person
from ccc.roles import Role
from ccc.signin.throttle import Try
from tests.checking import App


def keep_house(settings: Settings) -> None:
    """One round of a process that reaches no mail server, so that what it would send can be counted."""
    daily.keep_house_once(replace(settings, mail=None))


def test_the_server_warns_by_itself_of_an_office_that_ends(cast: dict[Role, Person], settings: Settings) -> None:
    ends = clock.today() + timedelta(days=60)
    Appointment.update(ends=ends).where(Appointment.person == cast[Role.COORDINATOR]).execute()
    keep_house(settings)
    keep_house(settings)
    letters = [letter.recipient for letter in Outbox.select()]
    assert sorted(letters) == ["charlie@millbrook.example", "colin@millbrook.example"]


def test_wrong_tries_are_kept_for_thirty_days_and_go_once_a_day(app: App, settings: Settings) -> None:
    app.test_client().send("/sign-in", sign_in_name="nobody", password="a wrong password")
    clock.advance(timedelta(days=29))
    keep_house(settings)
    assert Try.select().count() == 1
    clock.advance(timedelta(hours=14))
    app.test_client().send("/sign-in", sign_in_name="nobody", password="a wrong password")
    clock.advance(timedelta(hours=10))
    keep_house(settings)
    assert Try.select().count() == 1
    clock.advance(timedelta(days=30, hours=-10))
    keep_house(settings)
    assert Try.select().count() == 0

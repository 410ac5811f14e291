"""What people do on the day of a session: take a family in, give it a place, find a leader, keep the register."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time

from playwright.sync_api import Locator, expect

from ccc.clock import LONDON
from tests.browser.server import Server
from tests.browser.visitor import Visitor, words

# A Thursday, on which the demonstration's pattern opens nothing.
DAY = date(2026, 11, 19)


def at(wall_clock: str) -> datetime:
    """The instant at which the hall's clock shows this time on the day."""
    return datetime.combine(DAY, time.fromisoformat(wall_clock), LONDON)


def enter(visitor: Visitor, who: str) -> None:
    visitor.go("/sign-in")
    visitor.sign_in(f"{who}@demo.example")
    assert visitor.heading.startswith("Welcome, ")


def someone(come: Callable[[Server], Visitor], centre: Server, who: str) -> Visitor:
    """Somebody of the demonstration at a browser of their own, signed in."""
    visitor = come(centre)
    enter(visitor, who)
    return visitor


@dataclass(frozen=True)
class Card:
    """One family's card in the register, by its place there."""

    visitor: Visitor
    place: int

    @property
    def whole(self) -> Locator:
        return self.visitor.page.locator(".family").nth(self.place)

    def row(self, what: str) -> Locator:
        return self.whole.locator(".party").filter(has_text=what)

    def tap(self, what: str, at: str = "") -> None:
        """Press the button for what has just happened, or happened at a time that one types in."""
        if at:
            self.row(what).get_by_role("textbox").fill(at)
        self.row(what).get_by_role("button").click()

    def notes(self, what: str, at: str) -> None:
        """See that something stands there with this time, and can be pressed no more."""
        expect(self.row(what).locator("time")).to_have_text(at)
        expect(self.row(what).get_by_role("button")).to_have_count(0)

    def correct(self, what: str, at: str) -> None:
        self.visitor.leave_by(self.row(what).get_by_role("link"))
        assert self.visitor.heading == f"Correct “{what}”"
        self.visitor.type(at=at)
        self.visitor.press("Put this time")
        self.notes(what, at)


def pass_time(server: Server, card: Card, *events: tuple[str, str]) -> None:
    """Let things happen to one family, each at its time, and press each when it happens."""
    for wall_clock, what in events:
        server.set_clock(at(wall_clock))
        card.tap(what)
        card.notes(what, wall_clock)


def take_in(coordinator: Visitor) -> str:
    """Take a family in, and return its reference."""
    coordinator.go("/families/")
    coordinator.follow("Take a family in")
    coordinator.page.get_by_label("Supported contact", exact=True).check()
    coordinator.type(home_first="Heather", home_last="Homebody", visiting_first="Victor", visiting_last="Visitor")
    coordinator.type(child_1="Cosmo", born_1="2019", child_2="Coral", born_2="2021")
    coordinator.page.get_by_label("Allergic to nuts", exact=True).check()
    coordinator.press("Take the family in")
    coordinator.sees("The family is taken in.")
    return coordinator.heading.removeprefix("Family ")


def give_policy(coordinator: Visitor, first_name: str) -> None:
    """Hand the letter over, and write down the day."""
    coordinator.follow(f"Policy and letter of {first_name}")
    coordinator.follow("The letter")
    coordinator.sees(first_name)
    coordinator.page.go_back()
    coordinator.press("It was given on this day")
    coordinator.sees("Written down: the policy was given.")


def add_session(coordinator: Visitor, starts: str, ends: str) -> str:
    """Add a session on the day, and return the address of its page."""
    coordinator.go("/sessions/")
    coordinator.follow("Add one session")
    coordinator.type(day=DAY.isoformat(), starts=starts, ends=ends)
    coordinator.press("Add the session")
    coordinator.sees("The session is added.")
    return coordinator.page.url


def book(coordinator: Visitor, reference: str) -> None:
    """Give a family a place in the session whose page is open."""
    coordinator.follow("Book a family")
    coordinator.type(reference=reference.lower())
    coordinator.press("Book")
    coordinator.sees("is booked.")


def put_on_rota(coordinator: Visitor, leader: str) -> None:
    """Let somebody lead the session whose page is open."""
    coordinator.follow("Rota")
    coordinator.page.locator("main select[name=person]").select_option(label=leader)
    coordinator.page.get_by_label("They lead this session").check()
    coordinator.press("Put them on the rota")
    coordinator.sees("The rota has one more.")
    assert "Leads" in words(coordinator.page.get_by_role("row").filter(has_text=leader))


def surnames(coordinator: Visitor, session: str) -> set[str]:
    """The last names of all adults with a place, as the session's page tells them to the co-ordinator."""
    coordinator.go(session)
    told = coordinator.page.locator("main table td[data-label=Names]").all_inner_texts()
    found = {match[1] for names in told for match in re.finditer(r"(?:with|and) \w+ (\w+)$", names, re.MULTILINE)}
    assert len(told) == 6
    assert found
    return found


def contact_details(coordinator: Visitor) -> set[str]:
    """An adult's address and telephone number, for a family of the session whose page is open."""
    coordinator.leave_by(coordinator.page.locator("main table td a").first)
    coordinator.leave_by(coordinator.page.get_by_role("link", name="Contact details").first)
    coordinator.press("Show them to me")
    address, phone = (coordinator.page.locator("dl.facts dd").nth(place) for place in (0, 1))
    # Behind the address stands whether it is confidential.
    return {address.inner_text().splitlines()[0].partition(", ")[0], phone.inner_text()}

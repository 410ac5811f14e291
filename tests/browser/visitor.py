"""Somebody at a browser: goes to pages, types, presses, and notices what is wrong on the way."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect

from tests.browser.looking import Looker, too_wide, watch
from tests.conftest import PASSWORD


@dataclass(frozen=True)
class Shape:
    """What somebody looks through."""

    width: int
    height: int
    scripts: bool

    def __str__(self) -> str:
        return f"{self.width}-{'with' if self.scripts else 'without'}-scripts"


TELEPHONE = Shape(360, 740, scripts=True)
COMPUTER = Shape(1280, 800, scripts=False)
# How long to wait for anything, in milliseconds.
PATIENCE = 30_000


@dataclass
class Visitor:
    """One browser of one person, without a looker where scripts are off. `faults` are those no page may ever show."""

    page: Page
    base: str
    looker: Looker | None
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        watch(self.page.context, self.base, self.faults.append)
        if self.looker:
            self.looker.accompany(self.page.context)

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    def go(self, address: str) -> None:
        """Open a page of the centre, by its path or as copied from another page."""
        self.page.goto(address if address.startswith("http") else self.base + address)
        self.look()

    def type(self, **fields: str) -> None:
        """Type into fields, each by its name: the labels are axe's business."""
        for name, value in fields.items():
            self.page.locator(f"main [name={name}]:not([type=hidden])").fill(value)

    def press(self, name: str) -> None:
        """Press the first button of that name, which leads to another page."""
        self.leave_by(self.button(name).first)

    def follow(self, name: str | re.Pattern[str]) -> None:
        """Follow the first link of that name."""
        self.leave_by(self.page.locator("main").get_by_role("link", name=name, exact=True).first)

    def leave_by(self, way: Locator) -> None:
        with self.page.expect_navigation():
            way.click()
        self.look()

    def button(self, name: str) -> Locator:
        return self.page.locator("main").get_by_role("button", name=name, exact=True)

    def look(self) -> None:
        """Notice what is wrong with the page. Every page has one heading."""
        expect(self.page.locator("h1")).to_have_count(1)
        self.faults += self.looker.faults(self.page) if self.looker else too_wide(self.page)

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.locator("main")).to_contain_text(text)

    def sign_in(self, name: str) -> None:
        """Give name and password, on the page that asks for them."""
        self.type(sign_in_name=name, password=PASSWORD)
        self.press("Sign in")


def words(place: Locator) -> str:
    """The words that stand somewhere, each line break and row of blanks as one blank."""
    return " ".join(place.inner_text().split())

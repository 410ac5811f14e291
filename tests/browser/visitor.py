"""Somebody at a browser: goes to pages, types, presses, and notices what is wrong on the way."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response, expect

from tests.conftest import PASSWORD

# A form that comes back with a fault is an answer of the 400s, which the browser repeats in its console.
TOLD_ANYWAY = "Failed to load resource: the server responded with a status of 4"


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


@dataclass
class Visitor:
    """One browser of one person. `faults` are those no page may ever show."""

    page: Page
    base: str
    shape: Shape
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(20_000)
        watch(self.page.context, self.base, self.faults)

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    @property
    def main(self) -> str:
        """The words on the page, each line break and row of blanks as one blank."""
        return words(self.page.locator("main"))

    def go(self, address: str) -> None:
        """Open a page of the centre, by its path or as copied from another page."""
        self.page.goto(address if address.startswith("http") else self.base + address)
        self.look()

    def type(self, **fields: str) -> None:
        """Type into fields, each by its name: the labels are axe's business."""
        for name, value in fields.items():
            self.page.locator(f"main [name={name}]:not([type=hidden])").fill(value)

    def press(self, name: str) -> None:
        """Press a button that leads to another page."""
        self.leave_by(self.page.locator("main").get_by_role("button", name=name, exact=True))

    def follow(self, name: str | re.Pattern[str]) -> None:
        """Follow the first link of that name."""
        self.leave_by(self.page.locator("main").get_by_role("link", name=name, exact=True).first)

    def leave_by(self, way: Locator) -> None:
        with self.page.expect_navigation():
            way.click()
        self.look()

    def look(self) -> None:
        """Every page has one heading, and none is wider than what it is looked at through."""
        expect(self.page.locator("h1")).to_have_count(1)
        if overhang(self.page):
            self.faults.append(f"{self.page.url} is {overhang(self.page)} px too wide at {self.shape.width}")

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.locator("main")).to_contain_text(text)

    def sign_in(self, name: str, code: str = "") -> None:
        """Give name, password, and the second step for those who have one; on the page where one is asked."""
        self.type(sign_in_name=name, password=PASSWORD)
        self.press("Sign in")
        if code:
            self.type(code=code)
            self.press("Go on")


def watch(context: BrowserContext, base: str, faults: list[str]) -> None:
    """Note what no page may do: complain in the console, fail, or ask another site for anything."""

    def console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(TOLD_ANYWAY):
            faults.append(f"console: {message.text}")

    def request(asked: Request) -> None:
        if not asked.url.startswith((f"{base}/", "data:")):
            faults.append(f"asked another site: {asked.url}")

    def response(answer: Response) -> None:
        if answer.status >= 500:
            faults.append(f"{answer.status}: {urlsplit(answer.url).path}")

    context.on("console", console)
    context.on("request", request)
    context.on("response", response)
    context.on("weberror", lambda error: faults.append(f"script: {error.error}"))


def overhang(page: Page) -> int:
    """By how many pixels a page is too wide."""
    return int(page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)"))


def words(place: Locator) -> str:
    return " ".join(place.inner_text().split())

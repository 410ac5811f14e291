"""What is looked for on every page: barriers that axe finds, too much width, faults, and requests to other sites."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, ViewportSize

NARROW: ViewportSize = {"width": 360, "height": 740}
WIDE: ViewportSize = {"width": 1280, "height": 800}
NARROWEST: ViewportSize = {"width": 320, "height": 640}
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
# What another width or other colours can change. The rest is the same there, and axe takes its time.
LAID_OUT = {"type": "rule", "values": ["color-contrast", "link-in-text-block", "scrollable-region-focusable"]}
RUN = "rules => axe.run({runOnly: rules, resultTypes: ['violations']})"
# What a page is made of, whatever words stand on it: each element with what it stands in, its classes and its roles.
MADE_OF = """() => {
  const words = ['id', 'for', 'name', 'value', 'href', 'action', 'hx-get', 'hx-post', 'd', 'data-label', 'aria-label'];
  const name = e => [e.localName, ...[...e.attributes].map(a => a.name + (words.includes(a.name) ? '' : a.value))];
  const path = e => e ? path(e.parentElement) + '>' + name(e) : '';
  return [...new Set([...document.querySelectorAll('body *')].map(path))].sort().join();
}"""
# A form that comes back with a fault is an answer of the 400s, which the browser repeats in its console.
TOLD_ANYWAY = "Failed to load resource: the server responded with a status of 4"


class Looker:
    """Looks at pages. Axe takes its time, so a page that is made of nothing new is only measured."""

    def __init__(self) -> None:
        self.axe = _axe()
        self.seen: set[str] = set()

    def faults(self, page: Page) -> list[str]:
        """Everything that is wrong with a page: on a narrow screen in daylight, on a wide one in the dark."""
        made_of, before = page.evaluate(MADE_OF), page.viewport_size or NARROW
        faults = too_wide(page)
        if made_of not in self.seen:
            self.seen.add(made_of)
            page.evaluate(self.axe)
            faults += _look(page, WIDE, "dark", RULES) + _look(page, NARROW, "light", LAID_OUT)
        page.set_viewport_size(NARROWEST)
        faults += too_wide(page)
        page.set_viewport_size(before)
        return faults


def _look(page: Page, size: ViewportSize, scheme: Literal["light", "dark"], rules: object) -> list[str]:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    found = page.evaluate(RUN, rules)["violations"]
    barriers = [(barrier["id"], node["html"]) for barrier in found for node in barrier["nodes"]]
    return too_wide(page) + [f"{page.url}, {scheme}: {barrier} on {html}" for barrier, html in barriers]


def too_wide(page: Page) -> list[str]:
    """Say by how many pixels a page is too wide, if it is."""
    width, pixels = page.evaluate("[innerWidth, document.documentElement.scrollWidth - innerWidth]")
    return [f"{page.url}: {pixels} px too wide for {width}"] if pixels > 0 else []


def watch(context: BrowserContext, base: str, tell: Callable[[str], None]) -> None:
    """Tell what no page may do: complain in the console, fail, or ask another site for anything."""

    def console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(TOLD_ANYWAY):
            tell(f"console: {message.text}")

    def request(asked: Request) -> None:
        if not asked.url.startswith((f"{base}/", "data:")):
            tell(f"asked another site: {asked.url}")

    def response(answer: Response) -> None:
        if answer.status >= 500:
            tell(f"{answer.status}: {urlsplit(answer.url).path}")

    context.on("console", console)
    context.on("request", request)
    context.on("response", response)
    context.on("weberror", lambda error: tell(f"script: {error.error}"))


def _axe() -> str:
    """Read axe as its package brings it. It is run from outside the page: the page's own rules forbid it inside."""
    package = find_spec("axe_playwright_python")
    if package is None or package.origin is None:
        raise LookupError("axe-playwright-python is not installed: see requirements-dev.txt")
    return Path(package.origin).with_name("axe.min.js").read_text()

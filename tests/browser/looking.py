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
# What another width or other colours can change. It takes most of axe's time, and judges each element by itself.
LAID_OUT = ["color-contrast", "link-in-text-block", "scrollable-region-focusable"]
OTHERS = {"runOnly": RULES, "rules": {rule: {"enabled": False} for rule in LAID_OUT}, "resultTypes": ["violations"]}
EACH = {"runOnly": {"type": "rule", "values": LAID_OUT}, "resultTypes": ["violations"]}
ELEMENTS = "[...document.querySelectorAll('body, body *')]"
# What a page is made of, whatever words stand on it: each element with what it stands in and what stands before it (the
# style sheet asks for no more), all with their classes and their roles.
MADE_OF = f"""() => {{
  const words = ['id', 'for', 'name', 'value', 'href', 'action', 'hx-get', 'hx-post', 'd', 'data-label', 'aria-label'];
  const name = e => e && [e.localName, ...[...e.attributes].map(a => a.name + (words.includes(a.name) ? '' : a.value))];
  const paths = new Map();
  const path = e => paths.get(e.parentElement) + '>' + name(e.previousElementSibling) + '+' + name(e);
  {ELEMENTS}.forEach(e => paths.set(e, path(e)));
  return [...paths.values()];
}}"""
RUN_ALL = "how => axe.run(how)"
RUN_SOME = f"""([places, how]) => {{
  const asked = new Set(places), those = wanted => {ELEMENTS}.filter((_, place) => asked.has(place) === wanted);
  return asked.size ? axe.run({{include: those(true), exclude: those(false)}}, how) : {{violations: []}};
}}"""
# A form that comes back with a fault is an answer of the 400s, which the browser repeats in its console.
TOLD_ANYWAY = "Failed to load resource: the server responded with a status of 4"


class Looker:
    """Looks at pages; axe takes its time, so nothing is shown to it twice.

    A page that is made of nothing but what another one was made of is only measured. What lies in the colours and the
    layout depends on an element, those around it and the style sheet, which is one: of a new page, the elements that
    stood in the same place before, or stand there many times, are left out. All else is looked for on all of it.
    """

    def __init__(self) -> None:
        self.axe = _axe()
        self.pages: set[frozenset[str]] = set()
        self.elements: set[str] = set()

    def accompany(self, context: BrowserContext) -> None:
        """Bring axe along, unopened: handing it over anew for each page takes longer than reading it."""
        context.add_init_script(f"window.openAxe = () => {{ {self.axe}; window.axe = axe; }};")

    def faults(self, page: Page) -> list[str]:
        """Everything that is wrong with a page: on a narrow screen in daylight, on a wide one in the dark."""
        made_of, before = page.evaluate(MADE_OF), page.viewport_size or NARROW
        faults = too_wide(page)
        if frozenset(made_of) not in self.pages:
            self.pages.add(frozenset(made_of))
            faults += self._look(page, made_of)
        page.set_viewport_size(NARROWEST)
        faults += too_wide(page)
        page.set_viewport_size(before)
        return faults

    def _look(self, page: Page, made_of: list[str]) -> list[str]:
        first = {path: place for place, path in reversed(list(enumerate(made_of)))}
        new = [place for path, place in first.items() if path not in self.elements]
        self.elements.update(made_of)
        page.evaluate("openAxe()")
        _show(page, WIDE, "dark")
        faults = too_wide(page) + _barriers(page, RUN_ALL, OTHERS) + _barriers(page, RUN_SOME, [new, EACH])
        _show(page, NARROW, "light")
        return faults + too_wide(page) + _barriers(page, RUN_SOME, [new, EACH])


def _show(page: Page, size: ViewportSize, scheme: Literal["light", "dark"]) -> None:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)


def _barriers(page: Page, run: str, asked: object) -> list[str]:
    found = page.evaluate(run, asked)["violations"]
    barriers = [(barrier["id"], node["html"]) for barrier in found for node in barrier["nodes"]]
    return [f"{page.url}: {barrier} on {html}" for barrier, html in barriers]


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

"""What axe and a ruler find on a page: on a narrow screen in daylight, on a wide one in the dark."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, ViewportSize

from tests.browser.visitor import overhang

NARROW: ViewportSize = {"width": 360, "height": 740}
WIDE: ViewportSize = {"width": 1280, "height": 800}
NARROWEST: ViewportSize = {"width": 320, "height": 640}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
RUN = "rules => axe.run({runOnly: rules, resultTypes: ['violations']})"
# What a page is made of, whatever words stand on it: each element with what it is in, its classes and its roles.
MADE_OF = """() => {
  const name = e => e.localName + [...e.attributes]
    .filter(a => !['id', 'href', 'value', 'action', 'd', 'for', 'name', 'hx-get', 'hx-post'].includes(a.name))
    .map(a => `[${a.name}=${a.name.startsWith('aria-l') || a.name == 'data-label' ? '' : a.value}]`).join('');
  const path = e => e ? path(e.parentElement) + '>' + name(e) : '';
  return [...new Set([...document.querySelectorAll('body *')].map(path))].sort().join();
}"""


def axe_script() -> str:
    """Read axe as its package brings it. It is run from outside the page: the page's own rules forbid it inside."""
    found = find_spec("axe_playwright_python")
    assert found, "axe-playwright-python is not installed: see requirements-dev.txt"
    assert found.origin
    return Path(found.origin).with_name("axe.min.js").read_text()


class Looker:
    """Looks at pages. Axe takes its time, so a page made of nothing new is only measured."""

    def __init__(self) -> None:
        self.axe = axe_script()
        self.seen: set[str] = set()

    def faults(self, page: Page) -> list[str]:
        """Everything that is wrong with the page that is open."""
        made_of = page.evaluate(MADE_OF)
        is_new = made_of not in self.seen
        self.seen.add(made_of)
        if is_new:
            page.evaluate(self.axe)
        faults = self._look(page, NARROW, "light", with_axe=is_new) + self._look(page, WIDE, "dark", with_axe=is_new)
        return faults + self._look(page, NARROWEST, "light", with_axe=False)

    def _look(self, page: Page, size: ViewportSize, scheme: Any, *, with_axe: bool) -> list[str]:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        where = f"{page.url} at {size['width']}"
        faults = [f"{where}: {overhang(page)} px too wide"] if overhang(page) else []
        if with_axe:
            for found in page.evaluate(RUN, RULES)["violations"]:
                faults += [f"{where}: {found['id']} on {node['html']}" for node in found["nodes"]]
        return faults

"""Every page that links lead to, as each of the demonstration's people: nothing bars the way, nothing fails."""

import re
from collections import Counter, deque
from collections.abc import Iterator
from urllib.parse import urldefrag

import pytest
from playwright.sync_api import Browser, BrowserContext

from ccc.demo import SIGN_INS
from tests.browser.conftest import Come
from tests.browser.looking import NARROW, Looker
from tests.browser.server import Server
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
# So many pages there are at least: a crawl that finds fewer has lost its way.
FEWEST = {None: 5, "volunteer": 15, "coordinator": 80, "safeguarding": 40, "chair": 40}
# Of addresses that differ in numbers, days and references alone, so many are opened: the others look the same.
ALIKE = 1
DIFFERS = re.compile(r"F-[0-9A-Z]{4}|(?<=/)[0-9a-f]{12,}|[0-9]+")
# A file is no page: a browser saves it, or shows the bare text.
PAGES = 'a[href]:not([href*=".csv"]):not([href*="/statements/"][href$="/text"])'
LINKS = f"[...document.querySelectorAll('{PAGES}')].map(a => a.href)"


@pytest.fixture
def room(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(viewport=NARROW) as context:
        yield context


@pytest.mark.parametrize("who", [None, *SIGN_INS])
def test_nothing_is_wrong_with_any_page_that_links_lead_to(
    who: str | None, demo: Server, room: BrowserContext, looker: Looker
) -> None:
    # What the co-ordinator opens is looked at by axe in the test of all addresses.
    visitor = Visitor(room.new_page(), demo.base, looker if who != "coordinator" else None)
    if who:
        visitor.go("/sign-in")
        visitor.sign_in(f"{who}@demo.example")
    addresses = list(visited(visitor))
    assert not visitor.faults, "\n".join(visitor.faults)
    assert len(addresses) >= FEWEST[who], addresses


def test_an_address_that_leads_nowhere_is_answered_by_a_page_like_the_others(demo: Server, come: Come) -> None:
    visitor = come(demo)
    visitor.go("/no-such-page")
    assert visitor.heading == "There is no such page"


def visited(visitor: Visitor) -> Iterator[str]:
    """Look at every kind of page of the centre that links lead to, one after the other."""
    first = f"{visitor.base}/"
    known, to_open, opened = {first}, deque([first]), Counter[str]()
    while to_open:
        address = to_open.popleft()
        kind = DIFFERS.sub("…", address)
        opened[kind] += 1
        if opened[kind] > ALIKE:
            continue
        answer = visitor.page.goto(address)
        assert answer, address
        assert answer.status == 200, f"{address}: {answer.status}"
        visitor.look()
        yield address
        found = {urldefrag(link).url for link in visitor.page.evaluate(LINKS)}
        new = sorted(link for link in found - known if link.startswith(first))
        known.update(new)
        to_open.extend(new)

"""Every page that the demonstration's people can reach: nothing bars the way, nothing fails, nothing comes from elsewhere."""

from collections import deque
from collections.abc import Iterator
from urllib.parse import urldefrag

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from ccc.demo import SIGN_INS
from tests.browser.looking import NARROW, Looker
from tests.browser.server import Server
from tests.browser.visitor import COMPUTER, Visitor, watch
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser
# So many pages there are at least: a crawl that finds fewer has lost its way.
FEWEST = {None: 5, "volunteer": 20, "coordinator": 80, "safeguarding": 40, "chair": 40}
LINKS = "[...document.querySelectorAll('a[href]')].map(a => a.href)"


@pytest.fixture(scope="module")
def looker() -> Looker:
    return Looker()


@pytest.fixture
def room(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(viewport=NARROW) as context:
        yield context


@pytest.mark.parametrize("who", [None, *SIGN_INS])
def test_nothing_is_wrong_with_any_page_that_links_lead_to(
    who: str | None, demo: Server, room: BrowserContext, looker: Looker
) -> None:
    page, faults = room.new_page(), list[str]()
    watch(room, demo.base, faults)
    if who:
        sign_in(page, demo, who)
    addresses = []
    for address in reachable(page, f"{demo.base}/"):
        addresses.append(address)
        faults += looker.faults(page)
    assert not faults, "\n".join(faults)
    assert len(addresses) > FEWEST[who], addresses


def sign_in(page: Page, demo: Server, who: str) -> None:
    page.goto(f"{demo.base}/sign-in")
    Visitor(page, demo.base, COMPUTER).sign_in(f"{who}@demo.example")


def reachable(page: Page, first: str) -> Iterator[str]:
    """Open every page of the centre that links lead to, one after the other."""
    known, to_open = {first}, deque([first])
    while to_open:
        address = to_open.popleft()
        answer = page.goto(address)
        assert answer, address
        assert answer.status == 200, f"{address}: {answer.status}"
        yield address
        found = {urldefrag(link).url for link in page.evaluate(LINKS)}
        new = sorted(link for link in found - known if link.startswith(first))
        known.update(new)
        to_open.extend(new)

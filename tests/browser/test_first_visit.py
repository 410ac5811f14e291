"""How much the first page costs somebody with an old tablet and a slow line."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.server import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def room(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context() as context:
        yield context


@pytest.mark.parametrize("address", ["/sign-in", "/policies/confidentiality/"])
def test_a_first_visit_takes_four_requests_and_twenty_kibibytes_at_most(
    address: str, demo: Server, room: BrowserContext
) -> None:
    page, received = room.new_page(), list[int]()
    wire = room.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(demo.base + address, wait_until="networkidle")
    assert 1 < len(received) <= 4
    assert sum(received) <= 20 * 1024

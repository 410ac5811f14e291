"""Chromium as Debian brings it, servers of the product, and people who visit them."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, ViewportSize, expect, sync_playwright

from tests.browser.looking import Looker
from tests.browser.server import Server
from tests.browser.visitor import COMPUTER, PATIENCE, TELEPHONE, Shape, Visitor

# The same engine without a window, and so without what draws one, comes first: it takes a third less of the machine.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# Chromium run by root wants no sandbox; the others keep it from asking its maker for things.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Come = Callable[[Server], Visitor]
Invented = Callable[..., Server]


def find_chromium() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed with each file of tests: its event loop would stand in the way of others on the same worker."""
    program = find_chromium()
    if program is None:
        _do_without("There is no Chromium here. On Debian: apt install chromium")
    with sync_playwright() as playwright:
        # A machine that runs other tests as well may take its time.
        expect.set_options(timeout=PATIENCE)
        opened = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def looker() -> Looker:
    """One for all tests: what it saw in one of them, it does not look at again in another."""
    return Looker()


@pytest.fixture(scope="session")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Invented:
    """Servers of the invented centre, each on a copy: it lives through its year once for each time told."""
    lived: dict[datetime | None, Path] = {}

    def copied(now: datetime | None = None) -> Server:
        if now not in lived:
            lived[now] = tmp_path_factory.mktemp("lived") / "centre"
            with Server(lived[now], demo=True, now=now) as first:
                assert not first.complaints()
        return Server(shutil.copytree(lived[now], tmp_path_factory.mktemp("copy") / "centre"), demo=True, now=now)

    return copied


@pytest.fixture(scope="module")
def demo(browser: Browser, invented: Invented) -> Iterator[Server]:
    """The invented centre, served afresh for each file of tests."""
    with invented() as server:
        yield server
        assert not server.complaints()


@pytest.fixture
def new_centre(browser: Browser, tmp_path: Path) -> Iterator[Server]:
    """A server on an empty data folder."""
    with Server(tmp_path / "centre") as server:
        yield server
        assert not server.complaints()


@pytest.fixture(params=[TELEPHONE, COMPUTER], ids=str)
def shape(request: pytest.FixtureRequest) -> Shape:
    chosen: Shape = request.param
    return chosen


@pytest.fixture
def come(browser: Browser, shape: Shape, looker: Looker) -> Iterator[Come]:
    """Somebody new at a browser of their own; at the end, nobody may have noticed a fault."""
    visitors: list[Visitor] = []
    size: ViewportSize = {"width": shape.width, "height": shape.height}
    with ExitStack() as rooms:

        def enter(server: Server) -> Visitor:
            room = rooms.enter_context(browser.new_context(viewport=size, java_script_enabled=shape.scripts))
            visitors.append(Visitor(room.new_page(), server.base, looker if shape.scripts else None))
            return visitors[-1]

        yield enter
    faults = [fault for visitor in visitors for fault in visitor.faults]
    assert not faults, "\n".join(faults)


def _do_without(reason: str) -> NoReturn:
    """Skip, or where somebody insisted on the browser, fail."""
    if os.environ.get("CCC_REQUIRE_BROWSER"):
        pytest.fail(reason)
    pytest.skip(reason)

"""Every page that has an address, and those that nobody wishes to see: links that are over, errors, words replaced."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import cast

import pytest
from playwright.sync_api import Browser

from ccc import create_app
from ccc.config import Settings
from ccc.db import db
from ccc.web import safety
from tests.browser.looking import NARROW, Looker
from tests.browser.server import Server
from tests.browser.visitor import Visitor
from tests.checking import App
from tests.lived_in import HALFWAY, Parts
from tests.test_access import address_of
from tests.test_queries import NOBODY, PAGES, SIGN_INS, lived_in, opened_by

pytestmark = pytest.mark.browser
# One answers machines, with a word and no page; the others hand out a file or bare text.
NO_PAGE = {"front.healthz", "audit.export", "bookings.export", "statements.text"}
# The demonstration's volunteer is still joining, and is told so where somebody serves.
SHUT = {"known.guest", "known.names"}
OVER = ("/invitations/no-such-link", "/new-password/no-such-link", "/set-up/no-such-link")
NAMES: dict[str, str] = {role: f"{who}@demo.example" for role, who in SIGN_INS.items()} | {HALFWAY: HALFWAY}
Meet = Callable[[str], Visitor]


@pytest.fixture(scope="module")
def app(demo: Server) -> Iterator[App]:
    """The app on the demonstration's own folder: to do things there beside its server, and to know its addresses."""
    yield cast("App", create_app(Settings(data=demo.data)))
    db.close()


@pytest.fixture(scope="module")
def parts(app: App) -> Parts:
    return lived_in(app)


@pytest.fixture(scope="module")
def everybody(browser: Browser, demo: Server, looker: Looker, parts: Parts) -> Iterator[Meet]:
    """Whoever is asked for, at a browser of their own, signed in when they are first met."""
    met: dict[str, Visitor] = {}
    with ExitStack() as rooms:

        def someone(who: str) -> Visitor:
            if who not in met:
                room = rooms.enter_context(browser.new_context(viewport=NARROW))
                met[who] = Visitor(room.new_page(), demo.base, looker)
                if who != NOBODY:
                    met[who].go("/sign-in")
                    met[who].sign_in(NAMES[who])
            return met[who]

        yield someone


@pytest.fixture
def meet(everybody: Meet) -> Iterator[Meet]:
    """The same, for one test: at its end, nobody may have noticed a fault."""
    met: set[str] = set()

    def someone(who: str) -> Visitor:
        met.add(who)
        return everybody(who)

    yield someone
    faults = [fault for who in met for fault in everybody(who).faults]
    assert not faults, "\n".join(faults)


def test_nothing_bars_the_way_on_any_page_that_has_an_address(meet: Meet, app: App, parts: Parts) -> None:
    for page in sorted(set(PAGES) - NO_PAGE):
        status = 409 if page in SHUT else 200
        assert opened(meet(opened_by(page)), address_of(app, page, parts)) == status, page


def test_nothing_bars_the_way_where_a_link_is_over_or_the_words_have_changed(meet: Meet) -> None:
    for address in OVER:
        assert opened(meet(NOBODY), address) == 410
    assert opened(meet("volunteer"), "/undertakings/confidentiality/sign?seen=other-words") == 409
    assert meet("volunteer").heading == "The words have changed"


@pytest.mark.parametrize("code", safety.SAID)
def test_nothing_bars_the_way_on_a_page_that_tells_of_an_error(meet: Meet, app: App, code: int) -> None:
    """What the program would say, put in the place of a page: a real server gives no such answers when asked."""
    visitor = meet(NOBODY)
    with app.test_request_context("/concerns/"):
        said = safety._said(code).get_data(as_text=True)
    visitor.page.route("**/concerns/", lambda way: way.fulfill(body=said, content_type="text/html"))
    visitor.go("/concerns/")
    assert visitor.heading == safety.SAID[code][0]


def opened(visitor: Visitor, address: str) -> int:
    """Look at a page, and return how it was answered."""
    answer = visitor.page.goto(visitor.base + address)
    assert answer, address
    visitor.look()
    return answer.status

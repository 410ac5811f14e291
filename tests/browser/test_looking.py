"""Whoever looks at pages leaves out what they saw before: here, that nothing else escapes them."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.looking import NARROW, Looker

pytestmark = pytest.mark.browser
FADED = "<p style='color: #bbb; background: #fff'>Hardly to be read</p>"
MARKED = "<style>b + p { color: #bbb; background: #fff }</style>"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport=NARROW) as context:
        yield context.new_page()


@pytest.fixture
def faults(page: Page) -> Callable[[str], str]:
    """What somebody newly come finds on one page after the other."""
    looker = Looker()
    looker.accompany(page.context)
    page.goto("about:blank")

    def found(main: str) -> str:
        page.set_content(f"<html lang=en><title>A page</title>{MARKED}<body><main><h1>Words</h1>{main}</main>")
        return " ".join(looker.faults(page))

    return found


@pytest.mark.parametrize(
    ("before", "after", "barrier"),
    [
        ("<p>Clear</p>", f"<p>Clear</p>{FADED}", "color-contrast"),
        ("<b>Bold</b>", "<b>Bold</b><p>Clear by itself</p>", "color-contrast"),
        ("<p>One</p><b>Bold</b>", "<b>Bold</b><p>One</p>", "color-contrast"),
        ("<h2>Part</h2>", "<h4>Part</h4>", "heading-order"),
        ("<input aria-label=Name>", "<input>", "label"),
        ("<p>Short</p>", f"<p>{'Long' * 200}</p>", "px too wide for 320"),
    ],
)
def test_who_looks_at_pages_finds_what_is_new_on_one_much_like_another(
    faults: Callable[[str], str], before: str, after: str, barrier: str
) -> None:
    assert faults(before) == ""
    assert barrier in faults(after)

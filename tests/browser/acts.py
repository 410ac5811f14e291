"""What people do at the centre, step by step as the pages offer it: join, invite, read, sign."""

import re

import pyotp

from tests.browser.visitor import Visitor, words
from tests.conftest import PASSWORD


def invite(visitor: Visitor, name: str, office: str = "") -> str:
    """Invite somebody, and read the link off the page."""
    visitor.go("/people/")
    visitor.follow("Invite somebody")
    visitor.type(name=name)
    if office:
        visitor.page.get_by_label(office, exact=True).check()
    visitor.press("Make the link")
    assert visitor.heading == f"Invitation for {name}"
    return words(visitor.page.locator("code.address"))


def join(visitor: Visitor, link: str, name: str) -> None:
    """Follow the link of an invitation and choose how to sign in: with one's name."""
    visitor.go(link)
    assert visitor.heading == f"Welcome, {name}"
    visitor.type(sign_in_name=name, new_password=PASSWORD)
    visitor.press("Join")


def choose_sheet(visitor: Visitor) -> list[str]:
    """Take a printed sheet as the second step, and return the codes that are left on it."""
    visitor.follow("A sheet of paper with codes")
    codes = visitor.page.locator(".sheet li").all_inner_texts()
    visitor.type(code=codes[0])
    visitor.press("Use this sheet")
    return codes[1:]


def choose_telephone(visitor: Visitor) -> list[str]:
    """Take a telephone as the second step, and return the recovery codes."""
    visitor.follow("A code app on my telephone")
    visitor.page.get_by_text("The camera does not work").click()
    secret = visitor.page.locator("details code").inner_text()
    visitor.type(code=pyotp.TOTP(secret).now())
    visitor.press("Use this telephone")
    codes = visitor.page.locator(".codes li").all_inner_texts()
    visitor.follow("I have them on paper")
    return codes


def read_part_by_part(visitor: Visitor) -> list[str]:
    """Read the policy to its end, from its first part on, and return the words of each part."""
    assert visitor.heading.startswith("Reading: ")
    read = [words(visitor.page.locator("ol.reading"))]
    while visitor.button("Next").count():
        visitor.press("Next")
        read.append(words(visitor.page.locator("ol.reading")))
        visitor.sees(f"Part {len(read)} of ")
    visitor.press("I have read it to the end")
    visitor.sees("You read this to the end on")
    return read


def read_on_one_page(visitor: Visitor) -> None:
    visitor.go("/policies/confidentiality/read")
    visitor.press("Show it all on one page")
    visitor.press("I have read it to the end")
    visitor.sees("You read this to the end on")


def sign(visitor: Visitor, name: str) -> str:
    """Check the words of the undertaking, sign them, open the certificate, and return its number."""
    assert visitor.heading == "Check what you will sign"
    visitor.follow("I have checked it, go on")
    visitor.type(name=name)
    visitor.press("Sign")
    visitor.follow(re.compile("^Certificate "))
    return visitor.heading.removeprefix("Certificate ")

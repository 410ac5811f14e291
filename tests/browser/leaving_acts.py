"""What people do when somebody asks about a family, when they are worried, and when records have had their time."""

from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import Locator

from tests.browser.test_from_set_up_to_certificate import A4, sheets
from tests.browser.visitor import Visitor, words


@dataclass(frozen=True)
class Known:
    """A family as its own page tells of it: nothing of this may stand on a paper that leaves."""

    reference: str
    adults: list[str]
    children: list[str]

    @property
    def secrets(self) -> set[str]:
        return {self.reference, *self.children, *(name for adult in self.adults for name in adult.split())}


def go_home(visitor: Visitor) -> None:
    visitor.leave_by(visitor.page.locator("header a.name"))


def by_menu(visitor: Visitor, name: str) -> None:
    visitor.leave_by(visitor.page.get_by_role("navigation").get_by_role("link", name=name, exact=True))


def by_foot(visitor: Visitor, name: str) -> None:
    visitor.leave_by(visitor.page.get_by_role("contentinfo").get_by_role("link", name=name, exact=True))


def go_back(visitor: Visitor) -> None:
    """Follow the link back that stands above the heading."""
    visitor.leave_by(visitor.page.locator("main .back a"))


def choose(visitor: Visitor, **labels: str) -> None:
    """Choose in each of these groups what bears this label."""
    for field, label in labels.items():
        visitor.page.locator(f"fieldset#{field}").get_by_label(label, exact=True).check()


def open_family(coordinator: Visitor, came_through: str = "") -> Known:
    """Open the page of a family who comes now, the newest who came this way."""
    by_menu(coordinator, "Families")
    for reference in coordinator.page.locator("#families tbody a").all_inner_texts():
        coordinator.follow(reference)
        if f"Came through {came_through}" in words(coordinator.page.locator("main dl.facts")):
            return family_here(coordinator)
        go_back(coordinator)
    raise AssertionError(f"no family came through {came_through}")


def family_here(coordinator: Visitor) -> Known:
    """The family whose page is open. Of its lists the first holds the adults, the second the children."""
    lists = coordinator.page.locator("main ul.steps")
    adults, children = (lists.nth(place).locator("li > span").all_inner_texts() for place in (0, 1))
    assert len(adults) >= 2
    assert children
    return Known(coordinator.heading.removeprefix("Family "), adults, children)


def how_to_reach(coordinator: Visitor, adult: str) -> set[str]:
    """An adult's address and telephone number, from the family's page; afterwards that is open again."""
    coordinator.follow(f"Contact details of {adult.split(maxsplit=1)[0]}")
    coordinator.press("Show them to me")
    facts = coordinator.page.locator("main dl.facts dd")
    found = {facts.nth(place).inner_text().strip() for place in (0, 1)}
    assert "not given" not in found
    go_back(coordinator)
    return found


def in_log(visitor: Visitor, reference: str) -> Locator:
    """The newest line about a family in the log of requests."""
    by_menu(visitor, "Requests")
    log = visitor.page.get_by_role("table", name="All requests, the newest first")
    return log.get_by_role("row").filter(has_text=reference).first


def printed(visitor: Visitor) -> str:
    """What stands on the one sheet of A4 that the open page takes."""
    assert sheets(visitor.page.pdf(prefer_css_page_size=True)) == [A4]
    visitor.page.emulate_media(media="print")
    text = words(visitor.page.locator("body"))
    visitor.page.emulate_media(media="screen")
    return text


def tell(volunteer: Visitor, text: str, about: str) -> None:
    """Tell the officers of a worry, from the foot of whatever page is open."""
    by_foot(volunteer, "Here is whom to tell")
    assert volunteer.page.locator("main a").first.inner_text() == "Ring 999"
    volunteer.follow("Tell the officers in writing")
    volunteer.type(text=text)
    choose(volunteer, about=about)
    volunteer.press("Send it to the officers")
    volunteer.sees("Thank you for telling us. It has arrived.")


def how_it_stands(volunteer: Visitor) -> str:
    """Whether the worry that somebody told of last was read, as its teller sees it."""
    by_foot(volunteer, "Here is whom to tell")
    volunteer.follow("What you told us before")
    return volunteer.page.locator("main tbody tr").first.locator(".tag").inner_text()


def read_newest(officer: Visitor) -> None:
    """Open the newest worry that nobody has read, on the way that the first page shows."""
    go_home(officer)
    officer.follow("Read it")
    officer.leave_by(officer.page.get_by_role("row").filter(has_text="Not read yet").first.get_by_role("link"))


def write_down(officer: Visitor, text: str, passed_on: str) -> None:
    """Say in the worry that is open what was done about it, and that it is dealt with."""
    officer.type(text=text, passed_on=passed_on)
    officer.page.get_by_label("It is dealt with").check()
    officer.press("Write it down")
    officer.sees("Written down.")


def everywhere(officer: Visitor) -> Iterator[str]:
    """The words of every page on which an officer could notice that there is a worry."""
    go_home(officer)
    yield words(officer.page.locator("body"))
    by_foot(officer, "Here is whom to tell")
    officer.follow("Worries that were raised")
    yield words(officer.page.locator("body"))
    by_menu(officer, "Keeping")
    yield words(officer.page.locator("body"))
    by_menu(officer, "DBS checks")
    officer.follow("The vault")
    yield words(officer.page.locator("body"))


def figures(visitor: Visitor) -> dict[str, str]:
    """What goes or went in a disposal, and how many of each."""
    lines = visitor.page.locator("main table.brief tbody tr").all()
    return {line.locator("td").first.inner_text(): line.locator("td.num").inner_text() for line in lines}

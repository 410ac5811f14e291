"""The officers' vault from its making to the day on which only the paper in the safe opens it."""

import re
import subprocess

import pytest

from tests.browser import acts
from tests.browser.conftest import Come
from tests.browser.policies import MODEL
from tests.browser.server import REPO, Server
from tests.browser.test_from_set_up_to_certificate import CHAIR, VOLUNTEER, set_up
from tests.browser.visitor import Visitor, words

pytestmark = pytest.mark.browser
OFFICER, NEXT_OFFICER = "Sadie Safeguarding", "Sybil Safeguarding"
NEW_PASSWORD = "four geese in a meadow"
CERTIFICATE = "000123456789"


def test_only_the_officers_open_the_vault_and_when_they_are_gone_the_sheet_does(new_centre: Server, come: Come) -> None:
    chair, officer, volunteer = come(new_centre), come(new_centre), come(new_centre)
    set_up(chair, new_centre.greeting, MODEL)
    of_the_chair = acts.choose_sheet(chair)
    of_the_officer = join_as_officer(officer, acts.invite(chair, OFFICER, "Safeguarding officer"), OFFICER)
    give_access(chair)
    secret = lock_a_sheet_away(chair)
    acts.join(volunteer, acts.invite(chair, VOLUNTEER), VOLUNTEER)

    clear(officer)
    volunteer.go("/onboarding/")
    assert "Done" in words(volunteer.page.locator(".steps li", has_text="Safeguarding clearance"))

    forget(officer, OFFICER, chair, of_the_officer)
    officer.go("/dbs/")
    officer.sees("The other officer can give it to you")
    give_access(chair)
    reads_the_check(officer)
    change_the_key(chair)
    reads_the_check(officer)

    forget(chair, CHAIR, officer, of_the_chair)
    end_the_office(chair)
    officer.go("/dbs/")
    assert officer.heading == "This page is not for you"

    open_with_the_sheet(chair, secret)
    reads_the_check(chair)
    another = come(new_centre)
    join_with_the_sheet(another, recover(new_centre), secret)
    reads_the_check(another)


def join_as_officer(officer: Visitor, link: str, name: str) -> list[str]:
    acts.join(officer, link, name)
    return acts.choose_sheet(officer)


def give_access(chair: Visitor) -> None:
    chair.go("/vault/")
    chair.press("Give access")
    chair.sees(f"{OFFICER} can open the vault now.")


def lock_a_sheet_away(chair: Visitor) -> str:
    """Print the sheet, say that it is in the safe, and return its upper secret."""
    chair.follow("Print the recovery sheet")
    chair.press("Make the sheet")
    groups = chair.page.locator("ol.sheet").first.locator("strong").all_inner_texts()
    chair.follow("I have it on paper")
    place = re.search(r"Group (\d)", words(chair.page.locator("main .hint")))
    assert place
    chair.type(secret=groups[int(place[1]) - 1])
    chair.press("It is in the safe")
    chair.sees("Written down: the recovery sheet is in the safe.")
    return " ".join(groups)


def clear(officer: Visitor) -> None:
    """From the application to the decision, each on its own page."""
    officer.go("/dbs/")
    officer.follow(VOLUNTEER)
    officer.follow("Record the application")
    choose(officer, "Enhanced")
    officer.press("The application was made")
    officer.follow("Record that you saw the original")
    choose(officer, "Enhanced")
    officer.type(number=CERTIFICATE, issued_on=officer.page.locator("[name=seen_on]").input_value())
    officer.press("I saw the original")
    officer.follow("Record the decision")
    officer.page.locator("input[name=decision]").first.check()
    officer.press("This is the decision")
    officer.sees("Cleared until")


def choose(officer: Visitor, level: str) -> None:
    officer.page.get_by_label(level, exact=True).check()
    officer.page.get_by_label("Child", exact=True).check()


def reads_the_check(officer: Visitor) -> None:
    officer.go("/dbs/")
    officer.follow(VOLUNTEER)
    officer.sees(CERTIFICATE)


def forget(who: Visitor, name: str, helper: Visitor, codes: list[str]) -> None:
    """The other officer hands over a link to a new password, and with that one signs in again."""
    helper.go("/people/")
    helper.follow(name)
    helper.follow("Forgotten password")
    helper.press("Make a new-password link")
    who.go(words(helper.page.locator("code.address")))
    who.type(new_password=NEW_PASSWORD)
    who.press("Use this password")
    who.type(sign_in_name=name, password=NEW_PASSWORD)
    who.press("Sign in")
    who.type(code=codes.pop())
    who.press("Go on")


def change_the_key(chair: Visitor) -> None:
    chair.go("/vault/key")
    chair.press("Change the key")
    chair.sees("The vault has a new key.")


def end_the_office(chair: Visitor) -> None:
    chair.go("/people/")
    chair.follow(OFFICER)
    chair.follow("Set the last day")
    chair.press("End the office")


def open_with_the_sheet(chair: Visitor, secret: str) -> None:
    """A slip in a group is named; then the vault opens."""
    chair.go("/vault/open")
    groups = secret.split()
    # The last sign is the check of the others: another one never fits.
    groups[2] = groups[2][:-1] + ("A" if groups[2][-1] != "A" else "C")
    chair.type(secret=" ".join(groups))
    chair.press("Open the vault")
    chair.sees("Look at group 3 again")
    chair.type(secret=secret.lower())
    chair.press("Open the vault")
    chair.sees("You can open the vault again.")


def recover(server: Server) -> str:
    """What whoever looks after the computer does when an office stands vacant."""
    command = [server.command[0], "-m", "flask", "--app", "app", "people", "recover", "safeguarding-officer"]
    command += ["--name", NEXT_OFFICER]
    said = subprocess.run(command, cwd=REPO, env=server.environment, check=True, capture_output=True, text=True).stdout
    return next(line for line in said.splitlines() if line.startswith("http"))


def join_with_the_sheet(another: Visitor, link: str, secret: str) -> None:
    another.go(link)
    another.type(sign_in_name=NEXT_OFFICER, new_password=NEW_PASSWORD, secret=secret)
    another.press("Join")
    acts.choose_sheet(another)

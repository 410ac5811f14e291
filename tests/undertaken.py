"""What the tests of undertakings share: people who have read, passed and signed."""

import re

from ccc import centre, clock, undertakings
from ccc.people import Person
from ccc.policies import Version
from ccc.quizzes.attempts import Attempt
from ccc.undertakings import Acknowledgement
from tests.checking import CheckingClient

HOME = "/undertakings/confidentiality/"
SIGN = HOME + "sign"
REGISTER = HOME + "register"
NAME = "Vera Volunteer"


def read(person: Person, version: Version) -> None:
    undertakings.finish(person, version)


def passed(person: Person, version: Version) -> Attempt:
    made: Attempt = Attempt.create(
        person=person, quiz="confidentiality", version=version, asked="[]", passed=True, finished_at=clock.now()
    )
    return made


def read_and_passed(person: Person, version: Version) -> Person:
    read(person, version)
    passed(person, version)
    return person


def wording_now(version: Version) -> str:
    return undertakings.wording(version, centre.the_centre().name)


def checked(client: CheckingClient) -> str:
    """Where the check page leads on to."""
    found = re.search(r'href="(/undertakings/confidentiality/sign\?seen=[0-9a-f]{64})"', client.get(HOME).text)
    assert found, "the check page leads nowhere"
    return found[1]


def signed(person: Person, version: Version) -> Acknowledgement:
    given, _ = undertakings.sign(person, undertakings.mark(wording_now(version)), NAME)
    return given


def paper(person: Person) -> str:
    return f"{HOME}paper/{person.id}"

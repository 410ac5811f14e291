"""What went wrong with versions and signatures in other people's systems, and what happens when two act at once."""

import multiprocessing
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from ccc import audit, clock, daily, evidence, people, policies, undertakings
from ccc.audit import AuditLine
from ccc.config import Settings
from ccc.people import Person, RefusedError
from ccc.policies import Version
from ccc.roles import Role
from ccc.undertakings import Acknowledgement, ReplacedError
from tests.checking import CheckingClient
from tests.conftest import NOW
from tests.samples import MILLBROOK, making, published
from tests.test_bookings_at_once import get_ready
from tests.undertaken import HOME, NAME, read_and_passed, signed, wording_now

Browser = Callable[[Role | None], CheckingClient]
Cast = dict[Role, Person]
TWO_YEARS = MILLBROOK.replace("three years", "two years")
COMMAS = MILLBROOK.replace("hard times", "hard times,")
PROCESSES, SIGNERS = 6, 24


@pytest.fixture
def version(cast: Cast) -> Version:
    return published(cast[Role.CHAIR])


@pytest.fixture
def vera(cast: Cast, version: Version) -> Person:
    """The volunteer, who has signed the first version."""
    person = read_and_passed(cast[Role.VOLUNTEER], version)
    signed(person, version)
    return person


def approved(cast: Cast, text: str = TWO_YEARS) -> Version:
    """The next version, drafted by one and approved by the other."""
    policies.draft("confidentiality", text, cast[Role.SAFEGUARDING])
    policies.approve(making(), cast[Role.CHAIR], seen=policies.fingerprint(making()))
    return making()


def lines(given: Acknowledgement) -> tuple[object, ...]:
    return given.id, given.wording, given.version_id, given.version_sha256, given.signed_on, given.sha256


# Traps


def test_publishing_a_new_version_leaves_every_signature_of_the_old(cast: Cast, vera: Person) -> None:
    before = [lines(given) for given in Acknowledgement.select()]
    policies.publish(approved(cast), cast[Role.CHAIR], material=True, change_note="Two.", sign_by=clock.today())
    assert [lines(given) for given in Acknowledgement.select()] == before != []
    assert evidence.altered() == []


def test_an_editorial_edit_does_not_change_the_text_that_people_signed(
    as_role: Browser, cast: Cast, vera: Person
) -> None:
    client, given = as_role(Role.VOLUNTEER), Acknowledgement.get()
    policies.publish(approved(cast, COMMAS), cast[Role.CHAIR], material=False, change_note="A comma.")
    assert "hard times," in client.get("/policies/confidentiality/").text
    certificate = client.get(f"/undertakings/certificates/{given.number}").text
    assert "hard times. So" in certificate
    assert "hard times," not in certificate
    assert "hard times. So" in client.get("/policies/confidentiality/versions/1.0/").text
    assert evidence.altered() == []


def test_accepting_again_keeps_both_days(as_role: Browser, cast: Cast, vera: Person) -> None:
    newer = policies.publish(approved(cast), cast[Role.CHAIR], material=True, change_note="Two.", sign_by=clock.today())
    clock.advance(timedelta(days=14))
    signed(read_and_passed(vera, newer), newer)
    days = [(given.version.number, str(given.signed_on)) for given in undertakings.acknowledgements(vera)]
    assert days == [("2.0", "2026-12-05"), ("1.0", "2026-11-21")]
    shown = as_role(Role.VOLUNTEER).get(HOME).text
    assert "5 December 2026" in shown
    assert "21 November 2026" in shown


def test_signing_one_policy_signs_and_reads_no_other(as_role: Browser, cast: Cast, vera: Person) -> None:
    other = published(cast[Role.CHAIR], "# Lone working\n\n1. Nobody opens the hall alone.\n", slug="lone-working")
    assert not undertakings.has_signed(vera, other)
    assert not undertakings.has_read(vera, other)
    assert "I have read it to the end" in as_role(Role.VOLUNTEER).get("/policies/lone-working/read").text


def test_the_trail_of_a_signature_outlives_the_account_and_ninety_days(
    cast: Cast, vera: Person, settings: Settings
) -> None:
    before = {line.hash for line in AuditLine.select()}
    people.leave(vera, cast[Role.COORDINATOR])
    clock.advance(timedelta(days=400))
    list(daily.run(settings))
    assert before <= {line.hash for line in AuditLine.select()}
    assert audit.verify().fault is None
    assert evidence.altered() == []


def test_nobody_confirms_that_they_saw_themselves_sign(cast: Cast, version: Version) -> None:
    chair = cast[Role.CHAIR]
    with pytest.raises(RefusedError, match="holds an office at the centre, and is not the one who signed"):
        undertakings.record_on_paper(chair, version, clock.today(), seen_by=chair, by=cast[Role.COORDINATOR])


# Two at once, as processes of their own


def publish_it(number: int, by: int) -> str:
    with clock.at(NOW):
        try:
            chair, day = Person.get_by_id(by), clock.today()
            policies.publish(Version.get_by_id(number), chair, material=True, change_note="Two.", sign_by=day)
        except RefusedError as why:
            return str(why)
    return "published"


def sign_it(number: int, person: int, seen: str) -> str:
    """Sign what was checked, or for person 0 publish the version that waits."""
    if not person:
        return publish_it(number, 1)
    with clock.at(NOW):
        try:
            undertakings.sign(Person.get_by_id(person), seen, NAME)
        except ReplacedError:
            return "replaced"
    return "signed"


def test_of_those_who_publish_at_once_one_does_and_the_others_are_told(
    cast: Cast, version: Version, settings: Settings
) -> None:
    waiting, chair = approved(cast), cast[Role.CHAIR]
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(PROCESSES, get_ready, (settings, spawn.Barrier(PROCESSES))) as pool:
        told = Counter(pool.starmap(publish_it, [(waiting.id, chair.id)] * PROCESSES, chunksize=1))
    late = "This version is not approved yet, or somebody published it meanwhile."
    assert told == {"published": 1, late: PROCESSES - 1}
    assert [held.number for held in policies.published("confidentiality")] == ["2.0", "1.0"]


def test_whoever_signs_while_a_version_is_published_signed_the_words_they_saw_or_nothing(
    cast: Cast, version: Version, settings: Settings
) -> None:
    signers = [
        read_and_passed(people.add(f"Sigrid Signer {number} (invented)", None, None, None), version)
        for number in range(SIGNERS)
    ]
    seen, waiting = undertakings.mark(wording_now(version)), approved(cast)
    acts = [(0, person.id, seen) for person in signers]
    acts.insert(0, (waiting.id, 0, ""))
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(PROCESSES, get_ready, (settings, spawn.Barrier(PROCESSES))) as pool:
        told = Counter(pool.starmap(sign_it, acts, chunksize=1))
    given = list(Acknowledgement.select())
    assert told["published"] == 1
    assert told["signed"] + told["replaced"] == SIGNERS
    assert told["signed"] == len(given)
    assert {(one.version_id, one.wording) for one in given} <= {(version.id, wording_now(version))}
    assert evidence.altered() == []

"""Signing an undertaking, on screen or on paper: one row that never changes, and the certificate it stands for."""

import hashlib
import json
import re
from datetime import date

from peewee import ForeignKeyField, TextField

from ccc import clock, kinds, policies
from ccc.audit import Event, record
from ccc.centre import the_centre
from ccc.db import Day, Record, writing
from ccc.people import Person, RefusedError, holders, ref
from ccc.policies import Version
from ccc.quizzes import attempts
from ccc.quizzes.attempts import Attempt
from ccc.roles import OFFICES
from ccc.undertakings.edition import edition_of
from ccc.undertakings.reading import has_read
from ccc.undertakings.wording import mark, wording

# A certificate that is in use names whoever saw it signed.
WITNESSES = """
SELECT given.on_paper_seen_by_id FROM acknowledgement given JOIN person ON person.id = given.person_id
 WHERE given.witness IS NOT NULL AND person.left_on IS NULL
"""
CERTIFICATE = re.compile(r"[0-9]{4}-([0-9]{4,12})")


class ReplacedError(Exception):
    """The wording that somebody had before them is no longer the one to sign."""


class Acknowledgement(Record):
    """One signature. Names are kept as they were on that day; `created_at` is the moment it was recorded.

    `witness` is the name of whoever saw it given on paper; signatures from before it was kept have none.
    """

    person = ForeignKeyField(Person)
    version = ForeignKeyField(Version)
    attempt = ForeignKeyField(Attempt, null=True)
    centre = TextField()
    name = TextField()
    typed_name = TextField(null=True)
    wording = TextField()
    version_sha256 = TextField()
    signed_on = Day()
    on_paper_seen_by = ForeignKeyField(Person, null=True)
    witness = TextField(null=True)
    recorded_by = ForeignKeyField(Person, null=True)
    sha256 = TextField()

    class Meta:
        indexes = ((("person", "version"), True),)

    @property
    def number(self) -> str:
        """The number of the certificate. The second part is never used again, in no year."""
        return certificate_number(self.signed_on, self.id)

    @property
    def on_paper(self) -> bool:
        return self.on_paper_seen_by_id is not None


def certificate_number(signed_on: date, identifier: int) -> str:
    """The number of a certificate, from the day of signing and the row's identifier."""
    return f"{signed_on.year}-{identifier:04}"


def sign(person: Person, seen: str, typed_name: str) -> tuple[Acknowledgement, bool]:
    """Sign the wording whose mark is `seen`. Give back the signature, and whether it was made just now.

    Whoever has signed already keeps that first signature. Raises ReplacedError when another wording has come into
    force since, and RefusedError when the policy is not read to the end or the quiz not passed.
    """
    with writing():
        version = _in_force()
        before = signature(person, version)
        if before:
            return before, False
        if seen != mark(wording(version, the_centre().name)):
            raise ReplacedError
        _insist_on_steps(person, version)
        given = _keep(person, version, typed_name=typed_name, signed_on=clock.today())
        record(Event.UNDERTAKING_SIGNED, person.id, ref(person), version=version.id, sha256=given.sha256)
    return given, True


def record_on_paper(person: Person, version: Version, signed_on: date, seen_by: Person, by: Person) -> Acknowledgement:
    """Record an undertaking that was signed on paper.

    Raises RefusedError for one's own, for a day that cannot be, for a witness who holds no office or is the signer,
    for somebody who has left, and when they have signed already.
    """
    with writing():
        insist_on_two_people(person, by)
        _insist_on_possible(person, version, signed_on, seen_by)
        before = signature(person, version)
        if before:
            raise RefusedError(f"They signed already, on {_said(before.signed_on)}. That first signature stands.")
        saw = {"on_paper_seen_by": seen_by.id, "witness": Person.get_by_id(seen_by.id).name}
        given = _keep(person, version, signed_on=signed_on, recorded_by=by.id, **saw)
        how = {"version": version.id, "seen_by": seen_by.id, "sha256": given.sha256}
        record(Event.UNDERTAKING_ON_PAPER, by.id, ref(person), **how)
    return given


def signature(person: Person, version: Version) -> Acknowledgement | None:
    """What somebody signed of this version, or of another that differs from it in form only."""
    own = (Acknowledgement.person == person) & Acknowledgement.version.in_(edition_of(version))
    return Acknowledgement.get_or_none(own)


def has_signed(person: Person, version: Version) -> bool:
    """Tell whether somebody signed this edition."""
    return signature(person, version) is not None


def acknowledgements(person: Person) -> list[Acknowledgement]:
    """Everything that somebody ever signed, newest first."""
    rows = Acknowledgement.select(Acknowledgement, Version).join(Version)
    return list(rows.where(Acknowledgement.person == person).order_by(Acknowledgement.id.desc()))


def certificate(number: str) -> Acknowledgement | None:
    """The signature behind a certificate's number."""
    written = CERTIFICATE.fullmatch(number)
    given = Acknowledgement.get_or_none(Acknowledgement.id == int(written[1])) if written else None
    return given if given and given.number == number else None


def witnesses(person: Person) -> list[Person]:
    """Those who can have seen somebody sign: who holds an office today, save the signer."""
    return list({holder.id: holder for holder in holders(OFFICES) if holder.id != person.id}.values())


def insist_on_two_people(person: Person, by: Person) -> None:
    """Raise RefusedError where somebody would record their own signature."""
    if person.id == by.id:
        raise RefusedError("Nobody records their own signature. Sign on the screen, or ask another co-ordinator.")


def fingerprint(given: Acknowledgement) -> str:
    """SHA-256 over all that was signed, by whom, when and how, in one fixed form."""
    content = [
        given.wording,
        given.version_sha256,
        [given.person_id, given.centre, given.name, given.typed_name],
        [given.signed_on.isoformat(), given.created_at.isoformat()],
        [given.attempt_id, given.on_paper_seen_by_id, given.recorded_by_id],
        *([given.witness] if given.witness else []),
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def _keep(person: Person, version: Version, **how: object) -> Acknowledgement:
    centre = the_centre().name
    given = Acknowledgement(
        person=person.id,
        version=version,
        attempt=attempts.passed_attempt(person, version),
        centre=centre,
        name=Person.get_by_id(person.id).name,
        wording=wording(version, centre),
        version_sha256=version.sha256,
        **how,
    )
    given.sha256 = fingerprint(given)
    given.save()
    return given


def _in_force() -> Version:
    version = policies.in_force(policies.SIGNED)
    if version is None:
        raise RefusedError("The centre has not published its confidentiality policy yet.")
    return version


def _insist_on_steps(person: Person, version: Version) -> None:
    if not has_read(person, version):
        raise RefusedError("Please read the policy to the end first.")
    if not attempts.has_passed(person, version):
        raise RefusedError("Please pass the quiz first.")


def _insist_on_possible(person: Person, version: Version, signed_on: date, seen_by: Person) -> None:
    published, following = _published(version), policies.opening(version, version.edition + 1)
    if Person.get_by_id(person.id).left_on:
        raise RefusedError("This person has left the centre.")
    if signed_on > clock.today():
        raise RefusedError("That day is still to come. Give the day that stands on the paper.")
    if signed_on < published:
        raise RefusedError(
            f"Version {version.number} was published on {_said(published)}: nobody can have signed it before."
        )
    if following and signed_on > _published(following):
        raise RefusedError(
            f"Version {following.number} was published on {_said(_published(following))}: sign that one."
        )
    if seen_by.id not in {witness.id for witness in witnesses(person)}:
        raise RefusedError("Whoever saw them sign holds an office at the centre, and is not the one who signed.")


def _published(version: Version) -> date:
    return clock.local(version.published_at).date()


def _said(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


kinds.belongs_to(kinds.PERSON, "signatures", "acknowledgement", "person_id = :record")
kinds.is_needed(kinds.PERSON, WITNESSES)

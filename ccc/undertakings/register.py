"""The sign-off register: who has signed a version, and who has not. One query, however many people there are."""

from datetime import date
from typing import NamedTuple

from ccc.db import db, while_unchanged
from ccc.policies import Version
from ccc.undertakings.signing import certificate_number

SIGN_OFF = """
WITH given AS (
    SELECT a.id, a.person_id, a.signed_on, a.on_paper_seen_by_id IS NOT NULL AS on_paper, v.number
      FROM acknowledgement a JOIN version v ON v.id = a.version_id
     WHERE v.policy_id = :policy AND v.number LIKE :edition)
SELECT p.id, p.name, p.left_on IS NOT NULL, given.id, given.signed_on, given.on_paper, given.number
  FROM person p LEFT JOIN given ON given.person_id = p.id
 WHERE given.id IS NOT NULL OR p.left_on IS NULL
 ORDER BY p.name COLLATE NOCASE, p.id
"""


class Line(NamedTuple):
    """One person of the register. Without a certificate they have not signed."""

    person: int
    name: str
    left: bool
    certificate: str | None
    signed_on: date | None
    on_paper: bool
    version: str | None


@while_unchanged
def sign_off(version: Version) -> tuple[Line, ...]:
    """Everybody who signed this edition, and everybody at the centre today who has not."""
    asked = {"policy": version.policy_id, "edition": f"{version.edition}.%"}
    return tuple(_line(*row) for row in db.execute_sql(SIGN_OFF, asked))


def signed_people(version: Version) -> dict[int, date]:
    """Everybody who signed this edition, by the person's number, with the day they did."""
    return {line.person: line.signed_on for line in sign_off(version) if line.signed_on}


def _line(  # noqa: PLR0913, PLR0917  (the columns of the query above)
    person: int,
    name: str,
    left: int,
    given: int | None,
    signed_on: str | None,
    on_paper: int | None,
    version: str | None,
) -> Line:
    day = date.fromisoformat(signed_on) if signed_on else None
    number = certificate_number(day, given) if day and given else None
    return Line(person, name, bool(left), number, day, bool(on_paper), version)

"""The records that lines are about: their names, which belong to a family, and which a reader must not meet."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable

from ccc import concerns, families
from ccc.concerns import Concern
from ccc.db import db, while_unchanged
from ccc.people import Person
from ccc.retention.records import Disposal, DisposalItem

RECORD = re.compile(r"[a-z-]{2,30}:[0-9]{1,9}")
# Their numbers are told to nobody: a gap in them would tell an officer of a worry that concerns them.
UNNUMBERED = {"concern": "A worry", "disposal": "A disposal"}
# Where the records of each kind that belong to a family lie, the family itself left out.
OF_FAMILY = {
    "adult": "adult",
    "child": "child",
    "booking": "booking",
    "assessment": "assessment",
    "request": "information_request",
    "statement": "statement",
    "permission": "(SELECT p.id, a.family_id FROM permission p JOIN adult a ON a.id = p.adult_id)",
}
BELONGS = " UNION ALL ".join(
    f"SELECT '{kind}:' || id FROM {table} WHERE family_id IN (SELECT value FROM json_each(:families))"  # noqa: S608 - made of our own constants.
    for kind, table in OF_FAMILY.items()
)
# What a record is called where its number would tell nobody anything: the table, and the words in SQL.
CALLED = {
    "person": ("person", "name"),
    "family": ("family", "'Family ' || reference"),
    "session": ("contact_session", "'Session of ' || day"),
    "version": ("version", "title || coalesce(', version ' || number, ', not published')"),
    "review-pack": ("review_pack", "'Review pack ' || number"),
}
NAMES = " UNION ALL ".join(
    f"""SELECT '{kind}:' || t.id, {words} FROM json_each(:numbers, '$."{kind}"') n JOIN {table} t ON t.id = n.value"""  # noqa: S608 - as above.
    for kind, (table, words) in CALLED.items()
)
# Nobody is looked for by name: it would stand in the address.
NAMED = " UNION ALL ".join(
    f"SELECT '{kind}:' || id FROM {table} WHERE lower({words}) = :words"  # noqa: S608 - as above.
    for kind, (table, words) in CALLED.items()
    if kind != "person"
)


def is_askable(record: str) -> bool:
    """Whether somebody can ask for the lines about this record."""
    return bool(RECORD.fullmatch(record)) and record.partition(":")[0] not in UNNUMBERED


def records_of(typed: str, reader: Person) -> list[str]:
    """The records that somebody means, a family with all that belongs to it; none if there are none to ask for.

    They may type a family's reference, what the table shows ("Adult 1"), or what stands in its links.
    """
    words = typed.casefold()
    family = families.find(words, reader)
    found = [families.ref(family)] if family else list(filter(is_askable, _named(words)))
    numbers = [int(record.removeprefix("family:")) for record in found if record.startswith("family:")]
    return list(set(of_families(numbers) or found) - hidden_from(reader))


def of_families(numbers: Iterable[int]) -> list[str]:
    """These families and all that belongs to them."""
    listed = sorted(numbers)
    rows = db.execute_sql(BELONGS, {"families": json.dumps(listed)}).fetchall()
    return [*map(families.ref, listed), *(record for (record,) in rows)]


@while_unchanged
def hidden_from(reader: Person) -> frozenset[str]:
    """The records whose lines a reader must not meet: worries about them, and all of the families that they know."""
    known = concerns.known_to(reader).select(Concern.id)
    worries = [number for (number,) in Concern.select(Concern.id).where(Concern.id.not_in(known)).tuples()]
    of_them = (DisposalItem.kind == "concern") & DisposalItem.record.in_(worries)
    disposals = Disposal.select(Disposal.id).join(DisposalItem).where(of_them).tuples()
    hidden = {f"concern:{number}" for number in worries} | {f"disposal:{number}" for (number,) in disposals}
    return frozenset(hidden.union(of_families(families.hidden_from(reader))))


def names(records: Iterable[str]) -> dict[str, str]:
    """What people call those of these records that have a name of their own."""
    numbers: defaultdict[str, set[int]] = defaultdict(set)
    for kind, _, number in (record.partition(":") for record in records):
        if kind in CALLED:
            numbers[kind].add(int(number))
    asked = json.dumps({kind: sorted(each) for kind, each in numbers.items()})
    return dict(db.execute_sql(NAMES, {"numbers": asked}).fetchall())


def _named(words: str) -> list[str]:
    """The records of these words: their own name, or kind and number."""
    named = [record for (record,) in db.execute_sql(NAMED, {"words": words})]
    return named or [re.sub(r" (?=[0-9]+$)", ":", words).replace(" ", "-")]

"""What the register and the printed sheet show of each family: first names, who may come in, and what is noted."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from ccc import clock, families, vault
from ccc.attendance.day import GONE, HERE, OUT, WORDS, can_follow, child_is_here, expected
from ccc.attendance.lines import Newest, counting
from ccc.attendance.records import SLOTS, Slot
from ccc.contact_sessions.records import ContactSession
from ccc.db import db, while_unchanged
from ccc.people import Person

BOOKED = """
SELECT b.id, f.id, f.reference, b.service, f.separate_doors FROM booking b JOIN family f ON f.id = b.family_id
 WHERE b.session_id = ? AND b.status != 'cancelled'
"""
# Of each place: its adults, children and needs, each kind in the order in which they were put in.
OF_THEM = """
WITH coming AS (SELECT id, family_id FROM booking WHERE session_id = ? AND status != 'cancelled')
SELECT b.id, 'adult', x.id, x.first_name, x.last_name FROM coming b JOIN adult x USING (family_id)
 WHERE x.withdrawn_on IS NULL
UNION ALL SELECT b.id, 'child', x.id, x.first_name, NULL FROM coming b JOIN child x USING (family_id)
 WHERE x.withdrawn_on IS NULL
UNION ALL SELECT b.id, 'need', x.id, x.code, NULL FROM coming b JOIN family_need x USING (family_id)
 ORDER BY 3
"""

# By booking, and by kind: sealed names, and the codes of needs.
Parts = defaultdict[int, defaultdict[str, list[tuple[Any, Any]]]]


class Row(NamedTuple):
    """One thing to note for a family: in words, when it is expected, the time if noted, and whether it is next."""

    slot: Slot
    words: str
    expected: str
    noted: str
    next: bool


class Card(NamedTuple):
    """One family of a session. Its names lie sealed in it until somebody reads it who may."""

    booking: int
    family: int
    reference: str
    service: str
    separate_doors: bool
    needs: list[str]
    lines: Newest
    rows: list[Row]
    sealed_adults: list[tuple[bytes, bytes]]
    sealed_children: list[bytes]
    admitted: list[str]
    children: str

    @property
    def state(self) -> str:
        """How it stands with the child, in a word; nothing while it has not come."""
        if child_is_here(self.lines):
            return HERE
        if Slot.CHILD_LEFT in self.lines:
            return GONE
        return OUT if Slot.HANDED_OUT in self.lines else ""


def cards(session: ContactSession, to: Person) -> tuple[list[Card], bool]:
    """The families of a session by service and the children's names, and whether one is not for this reader."""
    hidden = families.hidden_from(to)
    booked = sealed_cards(session.id)
    shown = [_opened(card) for card in booked if card.family not in hidden]
    # The register, the printed sheet and the page on which it is typed in all keep this order.
    shown.sort(key=lambda card: (card.service == "handover", card.children.casefold(), card.booking))
    return shown, len(shown) < len(booked)


def counted(listed: Iterable[Card]) -> tuple[int, int]:
    """How many families are expected, and of how many the child is here."""
    states = [card.state for card in listed]
    return len(states), states.count(HERE)


@while_unchanged
def sealed_cards(number: int) -> tuple[Card, ...]:
    """All that a session's register is made of; the names stay sealed, so that nothing remembered is a secret."""
    session: ContactSession = ContactSession.get_by_id(number)
    lines, parts = counting(session), _parts(number)
    due = [(slot, f"{clock.local(at):%H:%M}") for slot, at in expected(session)]
    listed = []
    for booking, family, reference, service, doors in db.execute_sql(BOOKED, (number,)):
        noted, of = lines.get(booking, {}), parts[booking]
        rows = [_row(slot, said, noted) for slot, said in due if slot in SLOTS[service]]
        needs, children = [families.NEEDS[code] for code, _ in of["need"]], [name for name, _ in of["child"]]
        listed.append(
            Card(booking, family, reference, service, bool(doors), needs, noted, rows, of["adult"], children, [], "")
        )
    return tuple(listed)


def _parts(number: int) -> Parts:
    found: Parts = defaultdict(lambda: defaultdict(list))
    for booking, kind, _, one, other in db.execute_sql(OF_THEM, (number,)):
        found[booking][kind].append((one, other))
    return found


def _opened(card: Card) -> Card:
    """The same card with its names: adults by first name and initial, the children's as people say them."""
    names = [(vault.open_field(first), vault.open_field(last)) for first, last in card.sealed_adults]
    *others, last = [vault.open_field(name) for name in card.sealed_children] or [card.reference]
    children = f"{', '.join(others)} and {last}" if others else last
    return card._replace(admitted=[f"{first} {last[:1]}." for first, last in names], children=children)


def _row(slot: Slot, said: str, noted: Newest) -> Row:
    return Row(slot, WORDS[slot], said, noted[slot].clock if slot in noted else "", can_follow(slot, noted))

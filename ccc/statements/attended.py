"""What the registers say of families, as statements need it: their places, and the times that count."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from ccc.attendance import Slot
from ccc.db import db
from ccc.statements.lines import Place

# Times of places where both sides came, from the newest line of each slot. Any other place has none.
PLACES = """
SELECT b.family_id, b.id, b.day, b.service, s.closed_at IS NULL, a.slot, a.at
  FROM booking b JOIN contact_session s ON s.id = b.session_id
  LEFT JOIN attendance a ON a.booking_id = b.id AND a.at IS NOT NULL AND b.status = 'came' AND s.closed_at IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM attendance later WHERE later.replaces_id = a.id)
 WHERE b.family_id IN (SELECT value FROM json_each(?)) AND b.status != 'cancelled' AND s.cancelled_at IS NULL
 ORDER BY b.day, s.starts, b.id
"""


def places_of(families: Iterable[int]) -> dict[int, list[Place]]:
    """The places of these families in the order of their days, in one query."""
    found: dict[int, dict[int, Place]] = defaultdict(dict)
    times: dict[int, dict[Slot, datetime]] = defaultdict(dict)
    for family, booking, day, service, is_open, slot, at in db.execute_sql(PLACES, (json.dumps(list(families)),)):
        place = Place(date.fromisoformat(day), service, bool(is_open), times[booking])
        found[family].setdefault(booking, place)
        if slot:
            times[booking][Slot(slot)] = datetime.fromisoformat(at)
    return {family: list(places.values()) for family, places in found.items()}

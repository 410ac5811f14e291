"""What becomes of a place, who gave it back and why, as codes and in words."""

STATUSES = {"booked": "booked", "came": "came", "missed": "did not come", "cancelled": "cancelled"}
SIDES = {"home": "the child's side", "visiting": "the visiting side", "centre": "the centre"}
# These follow from something else, and nobody chooses them by hand.
CLOSED, ENDED = "closed", "ended"
CODES = {
    "illness": "illness",
    "holiday": "holiday",
    "travel": "travel",
    "work": "work",
    "school": "school",
    "weather": "weather",
    "court": "court",
    "other": "another reason",
    CLOSED: "the session was cancelled",
    ENDED: "the family's time here has ended",
}


def in_words(status: str, missed_by: str | None = None, cancel_side: str | None = None) -> str:
    """Say what became of a place, and by which side it was missed or given back."""
    side = {"missed": missed_by, "cancelled": cancel_side}.get(status)
    who = "both sides" if side == "both" else SIDES.get(side or "")
    return STATUSES[status] + (f" ({who})" if who else "")

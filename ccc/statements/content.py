"""All that a statement tells, as a type that holds nothing else; its plain text, and the mark of that text."""

import hashlib
from dataclasses import dataclass
from datetime import date

from ccc.statements.lines import Line, said

FOR_A_PARENT = "For the parent who asked"
NOTHING = "No contact is stated for this period."


@dataclass(frozen=True)
class Content:
    """The referrer's own case reference (none for a parent), the period with its last day, and the lines.

    Source: the promise `attendance-only` of a confidentiality policy. There is no field for a name or a reason.
    """

    case_reference: str | None
    first_day: date
    last_day: date
    lines: tuple[Line, ...]

    @property
    def about(self) -> str:
        """Whose attendance it is, without a name."""
        return f"Case reference: {self.case_reference}" if self.case_reference else FOR_A_PARENT

    @property
    def text(self) -> str:
        """The statement as plain text, before it has a number and a date."""
        period = f"Period: {said(self.first_day)} to {said(self.last_day)}, both days included"
        return "\n".join(["Attendance statement", self.about, period, "", *(self._table() or [NOTHING])]) + "\n"

    @property
    def sha256(self) -> str:
        """The mark by which one can see that nothing in it was changed."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def _table(self) -> list[str]:
        rows = [("Date", "Contact began", "Contact ended"), *map(_row, self.lines)] if self.lines else []
        return [f"{day:<20}{began:<16}{ended}" for day, began, ended in rows]


def _row(line: Line) -> tuple[str, str, str]:
    return said(line.day), f"{line.began:%H:%M}", line.end

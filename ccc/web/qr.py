"""A QR code as the outline that a template draws."""

from dataclasses import dataclass

import segno


@dataclass(frozen=True)
class Qr:
    """The side in modules, and the dark modules as one SVG path."""

    side: int
    path: str


def qr(text: str) -> Qr:
    """Draw a text as a QR code, with the quiet zone of four modules that scanners want."""
    rows = list(segno.make(text, error="m", micro=False).matrix_iter(border=4))
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module)
    return Qr(len(rows), "".join(dark))

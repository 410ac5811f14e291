"""From the bytes of an uploaded file, or from pasted text, to characters that are safe to read and to keep."""

import codecs
import re
from contextlib import suppress

LIMIT = 100_000


class UnreadableError(ValueError):
    """A document that cannot be read as a policy; the message is one sentence for the person who chose it."""


_TOO_LARGE = "This text is larger than 100 kB. Copy only the policy itself and paste it."
_NOT_TEXT = "This is not a text file. Open it, copy the text and paste it."
_SIGNATURES = {b"%PDF": "PDF", b"PK\x03\x04": "Word", b"\xd0\xcf\x11\xe0": "Word", b"{\\rtf": "Word"}
_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LINE_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Characters that nobody sees: zero-width ones, marks of writing direction, control characters. A signed text must
# hold nothing that its reader could not see. The last one is the stand-in that `markup` uses.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufdd0\ufeff]"
)
_BROKEN = re.compile("[\ud800-\udfff]")


def decode(data: bytes) -> str:
    """Turn an uploaded file into text: UTF-8, UTF-16 with its mark, or else Windows-1252."""
    for signature, kind in _SIGNATURES.items():
        if data.lstrip().startswith(signature):
            raise UnreadableError(f"This is a {kind} file. Open it, copy the text and paste it.")
    if len(data) > LIMIT:
        raise UnreadableError(_TOO_LARGE)
    if not data.strip():
        raise UnreadableError("This file is empty.")
    for encoding in ["utf-16"] if data.startswith(_UTF_16_MARKS) else ["utf-8-sig", "cp1252"]:
        with suppress(UnicodeDecodeError):
            text = data.decode(encoding)
            break
    else:
        raise UnreadableError(_NOT_TEXT)
    if encoding != "utf-16" and re.search("[\x00-\x08\x0e-\x19]", text):
        raise UnreadableError(_NOT_TEXT)
    return text


def clean(text: str) -> str:
    """Refuse what is no policy; make every line break a newline and drop the characters that nobody sees."""
    # A character takes at most four bytes, so that very long text is refused without being copied.
    if len(text) > LIMIT or len(text.encode("utf-8", "replace")) > LIMIT:
        raise UnreadableError(_TOO_LARGE)
    if "\x00" in text:
        raise UnreadableError(_NOT_TEXT)
    text = _BROKEN.sub("\ufffd", _INVISIBLE.sub("", _LINE_BREAKS.sub("\n", text)).replace("\x1f", " "))
    if not any(character.isalnum() for character in text):
        raise UnreadableError("There is no word in this text.")
    return text

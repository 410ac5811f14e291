"""From the bytes of an uploaded file, or from pasted text, to characters that are safe to read and to keep."""

import codecs
import re

LIMIT = 100_000


class UnreadableError(ValueError):
    """A document that cannot be read as a policy; the message is one sentence for the person who chose it."""


_TOO_LARGE = "This text is larger than 100 kB. Copy only the policy itself and paste it."
_NOT_TEXT = "This is not a text file. Open it, copy the text and paste it."
_EMPTY = "This file is empty."
_NO_WORD = "There is no word in this text."
_SIGNATURES = {
    b"%PDF": "This is a PDF file. Open it, copy the text and paste it.",
    b"PK\x03\x04": "This is a Word file. Open it, copy the text and paste it.",
    b"\xd0\xcf\x11\xe0": "This is a Word file. Open it, copy the text and paste it.",
    b"{\\rtf": "This is a Word file. Open it, copy the text and paste it.",
}
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
    for signature, sentence in _SIGNATURES.items():
        if data.lstrip()[: len(signature)] == signature:
            raise UnreadableError(sentence)
    if len(data) > LIMIT:
        raise UnreadableError(_TOO_LARGE)
    if not data.strip():
        raise UnreadableError(_EMPTY)
    if data.startswith(_UTF_16_MARKS):
        return _decoded(data, "utf-16")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _decoded(data, "cp1252")
    if re.search("[\x00-\x08\x0e-\x19]", text):
        raise UnreadableError(_NOT_TEXT)
    return text


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableError(_NOT_TEXT) from error


def clean(text: str) -> str:
    """Refuse what is no policy; make every line break a newline and drop the characters that nobody sees."""
    # A character takes at most four bytes, so that very long text is refused without being copied.
    if len(text) > LIMIT or len(text.encode("utf-8", "replace")) > LIMIT:
        raise UnreadableError(_TOO_LARGE)
    if "\x00" in text:
        raise UnreadableError(_NOT_TEXT)
    text = _BROKEN.sub("\ufffd", _INVISIBLE.sub("", _LINE_BREAKS.sub("\n", text)).replace("\x1f", " "))
    if not any(character.isalnum() for character in text):
        raise UnreadableError(_NO_WORD)
    return text

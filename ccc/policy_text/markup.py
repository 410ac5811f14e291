"""HTML to plain lines: tags become line breaks, list markers and headings; no word between them is dropped."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import count, repeat

_INLINE = "a abbr b bdi bdo big cite code del dfn em font i img ins kbd mark q s samp small span strong sub sup u"
_BLOCK = (
    "article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form head header hr "
    "html legend main ol p pre section summary table tbody tfoot thead tr ul"
)
_HEADINGS = "h1 h2 h3 h4 h5 h6"
_ASIDE = "button nav noscript option script select style svg template textarea title"
_OTHER = "br caption col colgroup iframe input label li link meta td th wbr"
_KNOWN = frozenset(f"{_INLINE} {_BLOCK} {_HEADINGS} {_ASIDE} {_OTHER}".split())
_BREAKING = frozenset(f"{_BLOCK} {_HEADINGS} {_ASIDE} caption".split())
_ASIDES = frozenset(_ASIDE.split())
_LAYOUT = frozenset(f"p div li ul ol table body html {_HEADINGS}".split())

# A tag ends at ">" outside quotes and never runs past the next "<", nor a comment past the next one, so that looking
# for them takes linear time.
_TAG = re.compile(
    r"""<!--(?:[^<-]|-(?!->)|<(?!!--))*-->|<!(?:doctype\b|\[)[^<>]*>|<\?(?:xml|php)\b[^<>]*>"""
    r"""|</?([a-z][a-z0-9]*)((?:[\s/](?:[^<>"']|"[^"<]*"|'[^'<]*')*)?)>""",
    re.IGNORECASE,
)
# What may follow the name of a tag. The quantifiers with "++" never give back, so that this takes linear time too.
_BARE = (
    "allowfullscreen async autofocus defer hidden itemscope nomodule noshade novalidate nowrap open readonly reversed"
)
# These are everyday words as well ("<form required>"), so they count only in a tag that has a "name=value" too.
_EVERYDAY = "border checked compact disabled multiple required selected"
_NAMED = f"{_BARE} {_EVERYDAY}".replace(" ", "|")
_VALUED = r"""[a-z_:@][\w:.@-]*+\s*+=\s*+(?:"[^"]*"|'[^']*'|[^\s"'=<>`]++)"""
_ATTRIBUTES = re.compile(
    rf"""(?:(?:[\s/]++|(?<=["']))(?:{_VALUED}|(?:{_NAMED}|data-[\w-]++)(?=[\s/]|\Z)))*[\s/]*""", re.IGNORECASE
)
# A "<" that opens no tag is a word's: it travels as this stand-in, which no cleaned text holds.
_STAND_IN = "\ufdd0"


def to_lines(text: str) -> tuple[str, list[str]]:
    """Return plain text and what no reader of the page would see as its text (scripts, styles, menus)."""
    tags = [found for found in _TAG.finditer(text) if _is_tag(found)]
    is_document = any(_opens(found, _LAYOUT) for found in tags)
    tags = tags if is_document else _without_unclosed_asides(tags)
    if not tags:
        return text, []
    page = _Page(keeps_lines=not is_document)
    page.feed(_guarded(text, tags))
    page.end()
    return "\n".join(page.lines), page.set_aside


def _is_tag(found: re.Match[str]) -> bool:
    """Tell a tag from words in angle brackets, such as "<name of centre>" or "<a member of the committee>"."""
    if found[1] is None:
        return True
    sure = "=" in found[2] or set(re.split(r"[\s/]", found[2].lower())).isdisjoint(_EVERYDAY.split())
    return found[1].lower() in _KNOWN and sure and _ATTRIBUTES.fullmatch(found[2]) is not None


def _opens(found: re.Match[str], names: frozenset[str]) -> bool:
    return found[1] is not None and found[0][1] != "/" and found[1].lower() in names


def _without_unclosed_asides(tags: list[re.Match[str]]) -> list[re.Match[str]]:
    """Take "Ask <title> first" for words where nothing closes it: all the clauses after it would be set aside."""
    closed = {found[1].lower(): found.start() for found in tags if found[0].startswith("</")}
    return [found for found in tags if not _opens(found, _ASIDES) or closed.get(found[1].lower(), -1) > found.start()]


def _guarded(text: str, tags: list[re.Match[str]]) -> str:
    """Put the stand-in for every "<" that opens no tag."""
    guarded = list(text.replace("<", _STAND_IN))
    for found in tags:
        guarded[found.start()] = "<"
    return "".join(guarded)


class _Page(HTMLParser):
    """Collects the lines of a page, each list item with its marker and indented as deep as it is nested."""

    def __init__(self, *, keeps_lines: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.set_aside: list[str] = []
        self._keeps_lines = keeps_lines
        self._line: list[str] = []
        self._prefix = ""
        self._aside: list[str] = []
        self._lists: list[Iterator[str]] = []  # Of each, the markers of the items to come.

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BREAKING:
            self.end_line(gap=True)
        if tag in _ASIDES:
            self._aside.append(tag)
        elif tag in _HEADINGS.split():
            self._prefix = "#" * int(tag[1]) + " "
        elif tag in {"ul", "ol"}:
            self._lists.append(_markers(dict(attrs)) if tag == "ol" else repeat("- "))
        elif tag == "li":
            self.end_line()
            self._prefix = next(self._lists[-1]) if self._lists else "- "
        elif tag == "br":
            self.end_line()
        elif tag in {"td", "th"}:
            self._line.append("\t")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BREAKING or tag == "li":
            self.end_line(gap=tag in _BREAKING)
        if tag in self._aside:
            del self._aside[self._aside.index(tag) :]
        elif tag in {"ul", "ol"} and self._lists:
            self._lists.pop()
        if tag in _HEADINGS.split() or tag == "li":
            self._prefix = ""

    def handle_data(self, data: str) -> None:
        data = data.replace(_STAND_IN, "<")
        flows = not self._keeps_lines or self._aside
        for number, line in enumerate([re.sub(r"\s+", " ", data)] if flows else data.split("\n")):
            if number:
                self.end_line(keeps_blank=True)
            self._line.append(line)

    def handle_comment(self, data: str) -> None:
        self.set_aside += [" ".join(data.replace(_STAND_IN, "<").split())] if data.strip() else []

    def end(self) -> None:
        """Finish the page; a script or style that nobody closed is closed here, or its words would be lost."""
        if self._aside:
            self.feed(f"</{self._aside[-1]}>")
        self.close()
        self.end_line()

    def end_line(self, *, gap: bool = False, keeps_blank: bool = False) -> None:
        """Finish the line under way; `gap` leaves an empty line as between paragraphs."""
        line, self._line = "".join(self._line), []
        if self._aside and line.strip():
            self.set_aside.append(" ".join(line.split()))
        elif line.strip():
            depth = min(len(self._lists), 9)
            indent = "    " * depth + (self._prefix or ("  " if depth else ""))
            self.lines.append(line if self._keeps_lines and not self._prefix else indent + line.strip(" "))
            self._prefix = "" if self._lists else self._prefix
        elif keeps_blank:
            gap = True
        if gap and self.lines and self.lines[-1]:
            self.lines.append("")


def _markers(attributes: dict[str, str | None]) -> Iterator[str]:
    """Count a list's items as its page shows them."""
    style, start = attributes.get("type") or "1", attributes.get("start") or "1"
    for number in count(int(start) if re.fullmatch(r"[0-9]{1,2}", start) else 1):
        lettered = style in {"a", "A"} and number <= len("abcdefghijklmnopqrstuvwxyz")
        yield f"{chr(ord(style) + number - 1)}) " if lettered else f"{number}. "

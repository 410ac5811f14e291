"""Page furniture: what a website or a word processor put around the policy. It is set aside for a person to decide."""

import re
from collections import Counter

from ccc.policy_text import review
from ccc.policy_text.lines import Line

_SURE = re.compile(
    r"(?:(?:back to |return to |go to )?(?:the )?(?:top|bottom)(?: of (?:the |this )?page)?"
    r"|skip to .{0,40}|skip .{0,20}navigation|(?:toggle|main|site|open|close) (?:navigation|menu)|menu|loading"
    r"|log ?(?:in|out|on)|sign (?:in|up)|search(?: this site)?|home ?page|site ?map|read more|you are here.{0,80}"
    r"|print(?: this)?(?: page)?|share(?: this)?(?: page| on .{0,30})?|e-?mail this page"
    r"|(?:click here to )?(?:download|view)(?: as)?(?: an?| the)?(?: pdf| word).{0,30}"
    r"|subscribe.{0,40}|follow us.{0,40}|use tab to navigate.{0,40})",
    re.IGNORECASE,
)
_MAYBE = re.compile(
    r"(?:home|about(?: us)?|contact(?: us)?|news(?:letter)?|events?|calendar|donat\w+|shop|gallery|photos|blog|faqs?"
    r"|facebook|twitter|x|instagram|youtube|linkedin|next|previous|more|help|links|resources|services|information"
    r"|(?:our )?policies|volunteer(?:ing|s)?|parents|children|referrals?|make a referral|safeguarding|our team"
    r"|who we are|what we do|get in touch|get involved|find us|privacy(?: policy| notice)?|cookies?(?: policy)?"
    r"|accessibility|terms(?: (?:and|&) conditions| of use)?|accept(?: all)?|reject(?: all)?|decline|settings)",
    re.IGNORECASE,
)
_IMPRINTS = re.compile(
    # Numbers of pages.
    r"\bpage\s+[0-9]{1,3}\s+(?:of|/)\s+[0-9]{1,3}\b|^\W*page\s+[0-9]{1,3}\b|\bpage\s+[0-9]{1,3}$"
    r"|^\W*[0-9]{1,3}(?:\s*(?:of|/)\s*[0-9]{1,3})?\W*$"
    # Who owns the page, and how to reach them.
    r"|©|\(c\) ?(?:19|20)[0-9]{2}|\bcopyright\b|\ball rights reserved\b|\b(?:powered|designed|built) (?:by|with)\b"
    r"|\bcharity (?:no|num|reg|\d)|\bcompany (?:no\b|number|reg)|^(?:https?://|www\.)\S+$|^\S+@\S+\.\S+$"
    r"|^(?:tel|telephone|phone|mobile|e-?mail|website|fax)\b ?(?:no\.?|number)?\s*[:.]"
    # What a form asks for.
    r"|_{4,}|\.{6,}|…{2,}|^(?:signed|signature|print(?:ed)? name|name|position|date|role)\s*:?$"
    r"|^(?:version|issue|v)(?: ?(?:no\.?|number))?[ :]*[0-9]|^(?:posted|published) (?:on|by|in)\b"
    r"|^(?:document|doc|policy) (?:no\.?|number|control|owner|ref(?:erence)?|name|lead|holder|author)\s*[:#]"
    r"|^(?:author|owner|prepared by|written by|file ?name|ref(?:erence)?)\s*:",
    re.IGNORECASE,
)
_COOKIES = re.compile(
    r"\buses? cookies\b|\b(?:accept|reject|manage) (?:all )?cookies\b|\bcookie (?:settings|preferences|notice)\b",
    re.IGNORECASE,
)
_SHORT = 14
_RUN = 3
_BETWEEN = re.compile(r"\s+[|»\u203a>·•/\u2013-]+\s+|\t+|\s*[|»\u203a]\s*")
_LINK = re.compile(r"\[([^\[\]]{0,80})\]\([^()\s]{0,200}\)")


def without_furniture(lines: list[Line]) -> tuple[list[Line], list[str]]:
    """Return the lines of the policy, and what was set aside."""
    aside = _furniture(lines)
    return [line for n, line in enumerate(lines) if n not in aside], [_whole(lines[n]) for n in sorted(aside)]


def _whole(line: Line) -> str:
    """Give a number that is set aside its marker back, so that a person sees the line as it stood."""
    return f"{line.marker.raw.strip()} {line.text}" if line.marker else line.text


def _furniture(lines: list[Line]) -> set[int]:
    aside = {n for n, line in enumerate(lines) if _is_furniture(line)}
    aside |= _menus(lines, aside)
    return aside | _repeated(lines, aside)


def _is_furniture(line: Line) -> bool:
    words = len(line.text.split())
    if line.marker or words > 3 * _SHORT or line.is_lead_in:
        return False
    if review.is_statement(line):
        return False
    if _COOKIES.search(line.text) or _SURE.fullmatch(line.text.strip(" *[]")) or _is_menu(line):
        return True
    return words <= _SHORT and bool(_IMPRINTS.search(line.text))


def _is_menu(line: Line) -> bool:
    """Tell whether this is a menu or a breadcrumb trail on one line."""
    parts = [part for part in _BETWEEN.split(_LINK.sub(r"\1", line.text)) if part.strip()]
    if len(parts) <= 1:
        return False
    known = sum(_is_menu_word(part) for part in parts)
    return known * 2 > len(parts) or (parts[0].lower() == "home" and len(line.text) <= 120)


def _is_menu_word(text: str) -> bool:
    return bool(_MAYBE.fullmatch(text.strip()) or _SURE.fullmatch(text.strip()))


def _menus(lines: list[Line], aside: set[int]) -> set[int]:
    """Words such as "Contact" may be headings: they count as a menu only in a run of three."""
    found: set[int] = set()
    run: list[int] = []
    for n, line in enumerate([*lines, Line("this sentence ends the last run.")]):
        text = _LINK.sub(r"\1", line.text)
        may_be_title = line.gap and "polic" in text.lower()
        if n in aside or (_is_menu_word(text) and not may_be_title):
            run.append(n)
            continue
        if len(run) >= _RUN:
            found.update(run)
        run = []
    return found


def _repeated(lines: list[Line], aside: set[int]) -> set[int]:
    """Find headers and footers of pages: a short line that comes back at page breaks, or as often as pages do."""
    count = Counter(_key(line) for line in lines if not line.marker)
    first = next((_key(line) for n, line in enumerate(lines) if n not in aside), "")
    seen: set[str] = set()
    found: set[int] = set()
    for n, line in enumerate(lines):
        key = _key(line)
        if n in aside or line.marker or not line.is_heading or count[key] == 1:
            continue
        at_break = {n - 1, n + 1} & (aside | found)
        if key in seen and (key == first or at_break or count[key] >= _RUN):
            found.add(n)
        seen.add(key)
    return found


def _key(line: Line) -> str:
    return line.text.strip(" #*_").casefold()

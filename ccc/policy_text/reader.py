"""Reads a whole policy: parts it into title, preamble, clauses, review statement and what is set aside."""

import re
from itertools import pairwise

from ccc.policy_text import furniture, markup, review, structure, suggest, upload
from ccc.policy_text.lines import Line, lines_of
from ccc.policy_text.markers import Kind
from ccc.policy_text.numbering import settled
from ccc.policy_text.reading import Clause, Reading, Review, Tag
from ccc.policy_text.structure import Node
from ccc.policy_text.wrapping import joined
from ccc.provisions import Key

_OF_A_POLICY = re.compile(
    r"polic|confidential|statement|procedure|guid(?:e|ance)|code of|privacy|agreement|data protection", re.IGNORECASE
)
_OF_A_CENTRE = re.compile(
    r"\b(?:cent(?:re|er)s?|church|charity|trust|contact|project|service|association)\b", re.IGNORECASE
)
_EXCEPTION = re.compile(r"\b(?:unless|except|exceptions?)\b", re.IGNORECASE)


def read(text: str) -> Reading:
    """Read a policy as copied from a website or a word processor, in Markdown or in HTML."""
    plain, unseen = markup.to_lines(upload.clean(text))
    lines, aside = furniture.without_furniture(settled(lines_of(plain)))
    title, lines, before = _take_title(joined(lines))
    lines, statements = _take_statements(lines)
    start, has_sections = _body(lines)
    nodes = structure.tree_of(lines[start:], has_sections=has_sections)
    preamble = "\n\n".join(line.text for line in lines[:start])
    labels = structure.own_labels(nodes)
    lead_in = suggest.lead_in(preamble)
    clauses = tuple(_clause(node, label, lead_in) for node, label in zip(nodes, labels, strict=True))
    set_aside = (*unseen, *(line.text for line in before), *aside)
    return Reading(title, preamble, clauses, _review("\n".join(statements), clauses), set_aside)


def _take_title(lines: list[Line]) -> tuple[str | None, list[Line], list[Line]]:
    """Return the title, the lines without it, and scraps of the page that stood before it."""
    top = next((n for n, line in enumerate(lines) if line.level == 1), None)
    if top is not None and not any(line.marker for line in lines[:top]):
        return lines[top].text.strip(" *_"), _without(lines, range(top, top + 1)), []
    heads = 0
    while heads < len(lines) and heads < len("title") and _may_be_title(lines[heads]):
        heads += 1
    if not heads:
        return None, lines, []
    chosen = next((n for n in range(heads) if _OF_A_POLICY.search(lines[n].text)), 0)
    first = chosen - 1 if chosen and _OF_A_CENTRE.search(lines[chosen - 1].text) else chosen
    last = (
        chosen + 1 if chosen + 1 < heads and first == chosen and _OF_A_CENTRE.search(lines[chosen + 1].text) else chosen
    )
    title = " ".join(line.text.strip(" *_") for line in lines[first : last + 1])
    return title, lines[last + 1 :], lines[:first]


def _without(lines: list[Line], places: range) -> list[Line]:
    return [line for n, line in enumerate(lines) if n not in places]


def _may_be_title(line: Line) -> bool:
    if review.is_statement(line) or line.marker or suggest.promises(line.text):
        return False
    named = len(line.text.split()) <= len("a policy") and _OF_A_POLICY.search(line.text) and not line.is_lead_in
    return line.is_heading or bool(named)


def _take_statements(lines: list[Line]) -> tuple[list[Line], list[str]]:
    """Take out the paragraphs that speak of the policy's review alone, save one that a heading announces."""
    kept: list[Line] = []
    statements = []
    for line, before in zip(lines, [None, *lines], strict=False):
        announced = before is not None and before.opens_section and "review" in before.text.lower()
        only_review = suggest.promises(line.text) <= {Key.REVIEW}
        if review.is_statement(line) and only_review and not announced:
            statements.append(line.text)
        else:
            kept.append(line)
    return kept, statements


def _body(lines: list[Line]) -> tuple[int, bool]:
    """Return where the clauses begin, and whether headings are clauses themselves."""
    items = [n for n, line in enumerate(lines) if line.marker]
    heads = [n for n, line in enumerate(lines) if _heads_a_section(lines, n)]
    if len(heads) > 1 and not _numbers_run_through(lines):
        return min([heads[0], *items]), True
    if not items:
        return _first_promise(lines, len(lines)), False
    if _introduces(lines, items[0]):
        return items[0], False
    return _first_promise(lines, items[0]), False


def _heads_a_section(lines: list[Line], place: int) -> bool:
    line = lines[place]
    if line.marker or not line.is_heading or place + 1 == len(lines):
        return False
    return bool(line.level) or not lines[place + 1].is_heading


def _numbers_run_through(lines: list[Line]) -> bool:
    """Tell whether one numbering goes through the whole policy, over any headings between its clauses."""
    indent = min((line.indent for line in lines if line.marker and line.marker.kind == Kind.NUMBER), default=0)
    numbers = [
        line.marker.value[0]
        for line in lines
        if line.marker and line.marker.kind == Kind.NUMBER and line.indent <= indent + 1
    ]
    return len(numbers) > 1 and all(first < second for first, second in pairwise(numbers))


def _introduces(lines: list[Line], first: int) -> bool:
    """Tell whether all that stands before the first item of a list only introduces it."""
    marker = lines[first].marker
    before = lines[first - 1] if first else None
    if before is None or not before.is_lead_in:
        return before is None or (marker is not None and marker.kind != Kind.BULLET)
    return _only_leads_in(before)


def _first_promise(lines: list[Line], end: int) -> int:
    """Return where the first paragraph stands that makes a promise; a first one that makes none only introduces."""
    introduced = next((n + 1 for n, line in enumerate(lines[: end - 1]) if _only_leads_in(line)), 0)
    for place, line in enumerate(lines[introduced:end], introduced):
        if introduced or suggest.promises(line.text):
            return place
    return max(0, min(1, len(lines) - 1) if end == len(lines) else end - 1)


def _only_leads_in(line: Line) -> bool:
    return line.is_lead_in and not _EXCEPTION.search(line.text) and not suggest.promises(line.text)


def _clause(node: Node, label: str, lead_in: str) -> Clause:
    within = suggest.lead_in(node.text) or (
        node.text if node.line.opens_section and _EXCEPTION.search(node.text) else ""
    )
    children = tuple(
        _clause(child, structure.child_label(label, place), within) for place, child in enumerate(node.children)
    )
    tags = suggest.tags_for(node.text, lead_in)
    if any(_states_grounds(child) for child in children):
        # The exception stands where its grounds do.
        tags = tuple(tag for tag in tags if tag.provision != Key.RISK_EXCEPTIONS)
    return Clause(label, node.text, tags, children)


def _states_grounds(clause: Clause) -> bool:
    return any(tag.provision == Key.RISK_EXCEPTIONS for tag in clause.tags) or any(
        map(_states_grounds, clause.children)
    )


def _review(statement: str, clauses: tuple[Clause, ...]) -> Review:
    texts = [text for clause in clauses for text in _texts(clause)]
    cycles = [tag.choices["cycle"] for clause in clauses for tag in _tags(clause) if tag.provision == Key.REVIEW]
    cycle = review.cycle_of(statement) or next((str(cycle) for cycle in cycles), None)
    return Review(statement or None, review.reviewed_on(statement, texts), cycle)


def _texts(clause: Clause) -> list[str]:
    return [clause.text, *(text for child in clause.children for text in _texts(child))]


def _tags(clause: Clause) -> list[Tag]:
    return [*clause.tags, *(tag for child in clause.children for tag in _tags(child))]

"""Reads a whole policy: parts it into title, preamble, clauses, review statement and what is set aside."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise, takewhile

from ccc.policy_text import furniture, markup, review, structure, suggest, upload
from ccc.policy_text.lines import Line, lines_of
from ccc.policy_text.markers import Kind
from ccc.policy_text.numbering import settled
from ccc.policy_text.reading import Clause, Reading, Review
from ccc.policy_text.rules import sign
from ccc.policy_text.structure import Node
from ccc.policy_text.wrapping import joined
from ccc.provisions import Key

# A title is looked for among so many lines at the top; one that has no heading's look is no longer than this.
_TITLE_AMONG, _TITLE_WORDS = 5, 8
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
        return lines[top].text.strip(" *_"), lines[:top] + lines[top + 1 :], []
    heads = list(takewhile(_may_be_title, lines[:_TITLE_AMONG]))
    if not heads:
        return None, lines, []
    chosen = next((n for n, line in enumerate(heads) if sign("OF_A_POLICY").search(line.text)), 0)
    # The centre's name belongs to the title, be it above or below.
    first = chosen - 1 if chosen and sign("OF_A_CENTRE").search(heads[chosen - 1].text) else chosen
    end = chosen + 1
    if first == chosen and end < len(heads) and sign("OF_A_CENTRE").search(heads[end].text):
        end += 1
    return " ".join(line.text.strip(" *_") for line in heads[first:end]), lines[end:], heads[:first]


def _may_be_title(line: Line) -> bool:
    if review.is_statement(line) or line.marker or suggest.promises(line.text):
        return False
    short = len(line.text.split()) <= _TITLE_WORDS and not line.is_lead_in
    return line.is_heading or (short and bool(sign("OF_A_POLICY").search(line.text)))


def _take_statements(lines: list[Line]) -> tuple[list[Line], list[str]]:
    """Take out the paragraphs that speak of the policy's review alone, save one that a heading announces."""
    kept: list[Line] = []
    statements = []
    for line, before in zip(lines, [None, *lines], strict=False):
        announced = before is not None and before.opens_section and "review" in before.text.lower()
        if review.is_statement(line) and suggest.promises(line.text) <= {Key.REVIEW} and not announced:
            statements.append(line.text)
        else:
            kept.append(line)
    return kept, statements


def _body(lines: list[Line]) -> tuple[int, bool]:
    """Return where the clauses begin, and whether headings are clauses themselves."""
    items = [n for n, line in enumerate(lines) if line.marker]
    heads = [n for n, (line, below) in enumerate(pairwise(lines)) if _heads_a_section(line, below)]
    if len(heads) > 1 and not _numbers_run_through(lines):
        return min([heads[0], *items]), True
    if items and _introduces(lines, items[0]):
        return items[0], False
    return _first_promise(lines, items[0] if items else len(lines)), False


def _heads_a_section(line: Line, below: Line) -> bool:
    return not line.marker and line.is_heading and (bool(line.level) or not below.is_heading)


def _numbers_run_through(lines: list[Line]) -> bool:
    """Tell whether one numbering goes through the whole policy, over any headings between its clauses."""
    counted = [(line.marker, line.indent) for line in lines if line.marker and line.marker.kind == Kind.NUMBER]
    indent = min((at for _, at in counted), default=0)
    numbers = [marker.value[0] for marker, at in counted if at <= indent + 1]
    return len(numbers) > 1 and numbers == sorted(set(numbers))


def _introduces(lines: list[Line], first: int) -> bool:
    """Tell whether all that stands before the first item of a list only introduces it."""
    marker = lines[first].marker
    counted = marker is not None and marker.kind != Kind.BULLET
    before = lines[first - 1]
    return first == 0 or (_only_leads_in(before) if before.is_lead_in else counted)


def _first_promise(lines: list[Line], end: int) -> int:
    """Return where the first paragraph stands that makes a promise; a first one that makes none only introduces."""
    introduced = next((n + 1 for n, line in enumerate(lines[: end - 1]) if _only_leads_in(line)), 0)
    otherwise = max(0, min(1, len(lines) - 1) if end == len(lines) else end - 1)
    return next((n for n in range(introduced, end) if introduced or suggest.promises(lines[n].text)), otherwise)


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
    if any(tag.provision == Key.RISK_EXCEPTIONS for child in _every(children) for tag in child.tags):
        # The exception stands where its grounds do.
        tags = tuple(tag for tag in tags if tag.provision != Key.RISK_EXCEPTIONS)
    return Clause(label, node.text, tags, children)


def _every(clauses: Iterable[Clause]) -> Iterator[Clause]:
    for clause in clauses:
        yield clause
        yield from _every(clause.children)


def _review(statement: str, clauses: tuple[Clause, ...]) -> Review:
    every = list(_every(clauses))
    cycles = (str(tag.choices["cycle"]) for clause in every for tag in clause.tags if tag.provision == Key.REVIEW)
    cycle = review.cycle_of(statement) or next(cycles, None)
    return Review(statement or None, review.reviewed_on(statement, [clause.text for clause in every]), cycle)

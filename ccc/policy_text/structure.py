"""From paragraphs, headings and list items to a tree of clauses, whatever way the policy was numbered or laid out."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ccc.policy_text.lines import Line
from ccc.policy_text.markers import Kind, Marker

# Lists are nested two deep; a section's heading stands above them.
_DEEPEST = 3


@dataclass
class Node:
    """A clause while the tree grows."""

    line: Line
    texts: list[str]
    children: list["Node"] = field(default_factory=list)

    @property
    def marker(self) -> Marker | None:
        return self.line.marker

    @property
    def text(self) -> str:
        return "\n".join(self.texts)

    @property
    def last(self) -> Line:
        """The last paragraph of this clause's own text, which may lead into a list."""
        return Line(self.texts[-1])


def tree_of(lines: Sequence[Line], *, has_sections: bool) -> list[Node]:
    """Build the clauses of a policy from its body; `has_sections` says that headings are clauses themselves."""
    grower = _Grower(lines, has_sections=has_sections)
    for place in range(len(lines)):
        grower.add(place)
    return [_without_lone_paragraph(root) for root in grower.roots]


class _Grower:
    """Keeps the path from a top clause to the one that grows, and decides where the next line belongs."""

    def __init__(self, lines: Sequence[Line], *, has_sections: bool) -> None:
        self.roots: list[Node] = []
        self._lines = lines
        self._has_sections = has_sections
        self._path: list[Node] = []
        self._floor = 0  # Below a heading, items are never clauses of their own.
        self._heads: list[str] = []
        self._last_place = {line.marker.style: place for place, line in enumerate(lines) if line.marker}

    def add(self, place: int) -> None:
        line = self._lines[place]
        following = self._lines[place + 1].marker if place + 1 < len(self._lines) else None
        top = self._path[0].marker if self._path else None
        if line.marker:
            self._put(line, self._depth(place, line, line.marker))
        elif line.is_heading and self._has_sections:
            self._put(line, 0)
            self._floor = 1
        elif line.is_heading and following and top and following.follows(top):
            self._heads.append(line.text)
        else:
            self._add_paragraph(place, line, following)

    def _put(self, line: Line, depth: int) -> None:
        node = Node(line, [*self._heads, line.text])
        self._heads = []
        self._path = self._path[: min(depth, _DEEPEST)]
        (self._path[-1].children if self._path else self.roots).append(node)
        self._path.append(node)

    def _add_paragraph(self, place: int, line: Line, following: Marker | None) -> None:
        home = self._home_of(place, line, following) if self._path else None
        if home:
            self._path = self._path[: self._path.index(home) + 1]
            self._append(home, line)
        else:
            self._put(line, 0)
            self._floor = 1 if line.is_lead_in else 0

    def _home_of(self, place: int, line: Line, following: Marker | None) -> Node | None:
        """Return the clause that a paragraph goes on with, or None where it begins one of its own."""
        top = self._path[0]
        if self._leads_a_new_list(line, following):
            return None
        inside = [node for node in self._path if node.line.indent < line.indent and node.marker]
        has_more_items = top.marker and self._last_place[top.marker.style] > place
        return inside[-1] if inside else top if top.line.opens_section or has_more_items else None

    def _leads_a_new_list(self, line: Line, following: Marker | None) -> bool:
        """Tell whether a paragraph between two lists of bullets leads into the second."""
        top = self._path[0]
        if not line.is_lead_in or not following or top.line.is_heading or line.indent > top.line.indent:
            return False
        return not top.marker or (top.marker.kind == Kind.BULLET and following.style == top.marker.style)

    def _append(self, node: Node, line: Line) -> None:
        if node.children or node.line.opens_section:
            child = Node(line, [line.text])
            node.children.append(child)
            self._path.append(child)
        else:
            node.texts.append(line.text)

    def _depth(self, place: int, line: Line, marker: Marker) -> int:
        if marker.kind == Kind.DECIMAL:
            return self._decimal_depth(marker)
        for depth in reversed(range(self._floor, len(self._path))):
            if self._is_sibling(line, marker, depth):
                return depth
        return self._new_depth(place, line, marker)

    def _is_sibling(self, line: Line, marker: Marker, depth: int) -> bool:
        node = self._path[depth]
        if not node.marker or node.marker.style != marker.style:
            return False
        nested = line.indent >= node.line.indent + 2 and marker.is_first
        outer = line.indent <= node.line.indent - 2
        restarts = node is self._path[-1] and marker.value == (1,) and node.last.is_lead_in
        if nested or outer or restarts:
            return False
        continued = (
            n for n in self._path[self._floor : depth] if n.marker and marker.value and marker.follows(n.marker)
        )
        above = next(continued, None)
        if marker.follows(node.marker) and above and abs(above.line.indent - line.indent) <= 1:
            # Indentation was lost. No list has one item alone; after a full stop, or small letters, the outer goes on.
            inner_ended = node.text.endswith(".") or (node.text[0].islower() and not line.text[0].islower())
            return node.marker.is_first or not inner_ended
        return marker.follows(node.marker) or not above

    def _new_depth(self, place: int, line: Line, marker: Marker) -> int:
        """Place an item of a list that is not open yet."""
        if len(self._path) <= self._floor:
            return len(self._path)
        nodes = list(enumerate(self._path))[self._floor :]
        depth, node = next((n for n in reversed(nodes) if n[1].line.indent <= line.indent), nodes[0])
        deeper = line.indent > node.line.indent + 1
        begins = marker.is_first and marker.kind != Kind.BULLET
        reappears = node.marker is not None and self._last_place[node.marker.style] > place
        counted = node.marker is not None and node.marker.kind != marker.kind == Kind.BULLET
        leads = node.last.is_lead_in or node.line.looks_like_heading
        return depth + 1 if deeper or begins or reappears or counted or leads else depth

    def _decimal_depth(self, marker: Marker) -> int:
        for depth, node in reversed(list(enumerate(self._path))):
            counted = node.marker and node.marker.kind in {Kind.NUMBER, Kind.DECIMAL}
            value = node.marker.value if node.marker and counted else ()
            if value and marker.value[: len(value)] == value and len(value) < len(marker.value):
                return depth + 1
            if len(value) == len(marker.value) and value[:-1] == marker.value[:-1] and depth >= self._floor:
                return depth
        return min(self._floor, len(self._path))


def _without_lone_paragraph(node: Node) -> Node:
    """Join a heading and the first paragraph below it where that is all, or where it leads into the items below."""
    first, others = next(iter(node.children), None), node.children[1:]
    if node.line.opens_section and first and not first.marker:
        leads = first.last.is_lead_in
        alone = not others and (leads or not first.children)
        if alone or (others and others[0].marker and leads and not first.children):
            node.texts += first.texts
            node.children = first.children + others
    node.children = [_without_lone_paragraph(child) for child in node.children]
    return node


def own_labels(nodes: Sequence[Node]) -> list[str]:
    """Return the numbers that the policy itself gives its top clauses, or their places where these are no use."""
    numbers: list[int] = []
    for node in nodes:
        counted = node.marker and node.marker.kind == Kind.NUMBER
        numbers.append(node.marker.value[0] if node.marker and counted else numbers[-1] + 1 if numbers else 0)
    rises = all(first < second for first, second in zip([0, *numbers], numbers, strict=False))
    return [str(number) for number in numbers] if rises else [str(place + 1) for place in range(len(nodes))]


def child_label(parent: str, place: int) -> str:
    """Return "3a" below "3", "3a.1" below that; after "3z" comes "3aa"."""
    if not parent.isdigit():
        return f"{parent}.{place + 1}"
    letters, rest = "", place + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("a") + letter) + letters
    return parent + letters

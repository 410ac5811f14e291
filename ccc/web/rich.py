"""The only place that marks text as safe: people's words become paragraphs, emphasis and links, and nothing else."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import bleach
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

LARGEST, REMEMBERED = 100_000, 5_000
# A run of ten thousand asterisks is no emphasis: deeper text is shown as it was typed.
DEEPEST = 10
TAGS = frozenset({"p", "em", "strong", "code", "a"})
GOES = re.compile(r"https://|mailto:|/(?![/\\]|%5c|%2f)|#", re.IGNORECASE)

# The reader has parted a policy into clauses already, so only what stands within a line is left to Markdown: a clause
# that begins with "1.", with a dash or with four blanks is a sentence, not a list or a piece of code.
_markdown = MarkdownIt("zero", {"html": False, "linkify": False, "typographer": False})
_markdown.enable(["escape", "backticks", "emphasis", "balance_pairs", "link", "autolink", "entity", "text_join"])


def rich(text: str, links: Mapping[str, str] | None = None) -> Markup:
    """Render people's words: one paragraph per line. `links` gives names in the text the address they lead to."""
    render = _remembered if len(text) < REMEMBERED else _rendered
    return render(text, tuple(sorted((links or {}).items())))


def _rendered(text: str, named: tuple[tuple[str, str], ...]) -> Markup:
    links = dict(named)
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    plain = len(text.encode("utf-8", "replace")) > LARGEST
    tokens = [token for line in lines for token in _paragraph(line, links, plain=plain)]
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    return Markup(clean(html))  # noqa: S704  (what comes out of `clean` holds no tag but ours)


# The same clauses are shown to everybody: cleaning them anew each time is most of what their page costs.
_remembered = lru_cache(maxsize=1_000)(_rendered)


def clean(html: str) -> str:
    """The second belt: keep the few tags that our words need, and links that lead where links may."""
    return bleach.clean(html, tags=TAGS, attributes=_allowed, protocols={"https", "mailto"}, strip=True)


def may_lead_to(address: str) -> bool:
    """Tell whether a link may go there: to a secure page, an email address, or a place of this site."""
    return GOES.match(address) is not None and address.isprintable() and not re.search(r"[\s\\]", address)


_markdown.validateLink = may_lead_to  # type: ignore[assignment]  # the way that markdown-it gives


def _allowed(tag: str, name: str, value: str) -> bool:
    return tag == "a" and (name == "title" or (name == "href" and may_lead_to(value)))


def _paragraph(line: str, links: Mapping[str, str], *, plain: bool) -> Iterator[Token]:
    inline = Token("inline", "", 0, content=line, children=[Token("text", "", 0, content=line)])
    if not plain:
        parsed = _markdown.parseInline(line)[0]
        if max((token.level for token in parsed.children or ()), default=0) <= DEEPEST:
            inline = parsed
    inline.children = list(_linked(inline.children or (), links))
    yield from (Token("paragraph_open", "p", 1), inline, Token("paragraph_close", "p", -1))


def _linked(tokens: Sequence[Token], links: Mapping[str, str]) -> Iterator[Token]:
    """Put a link around each name that stands in plain text; not within another link."""
    names = sorted(links, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)({'|'.join(map(_words, names))})(?!\w)", re.IGNORECASE) if names else None
    addresses = {_folded(name): address for name, address in links.items()}
    within = 0
    for token in tokens:
        within += token.nesting if token.type in ("link_open", "link_close") else 0
        if pattern is None or within or token.type != "text":
            yield token
            continue
        for place, part in enumerate(pattern.split(token.content)):
            yield from _link(part, addresses[_folded(part)]) if place % 2 else (Token("text", "", 0, content=part),)


def _link(text: str, address: str) -> tuple[Token, ...]:
    opens = Token("link_open", "a", 1, attrs={"href": address})
    return opens, Token("text", "", 0, content=text), Token("link_close", "a", -1)


def _words(name: str) -> str:
    """A name as a pattern: any number of blanks between its words."""
    return r"\s+".join(re.escape(word) for word in name.split())


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()

"""People's own words become safe paragraphs: no script gets through, no word is lost, links lead where links may."""

import re
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccc.web.rich import DEEPEST, LARGEST, TAGS, clean, may_lead_to, rich

ROOT = Path(__file__).resolve().parent.parent
PAYLOADS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<<script>alert(1)//<</script>",
    "<img src=x onerror=alert(1)>",
    "<img src='javascript:alert(1)'>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    "<math><mtext></form><form><mglyph><svg><mtext><textarea><path id=</textarea><img onerror=alert(1) src=1>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<body onload=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<style>@import 'javascript:alert(1)'</style>",
    "<link rel=stylesheet href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=//evil.example/>",
    "<div style='background:url(javascript:alert(1))'>x</div>",
    "<button hx-get=/me/ hx-trigger=load>x</button>",
    "<p hx-on:click=alert(1)>x</p>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "[x](/\\evil.example)",
    "[x](/%5Cevil.example)",
    "[x](http://evil.example)",
    "![x](javascript:alert(1))",
    "![x](https://evil.example/track.png)",
    "<javascript:alert(1)>",
    '[x](https://a.example/"onmouseover="alert(1))',
    "[x](https://a.example 'a\" onmouseover=alert(1) x=\"')",
    "`</code><script>alert(1)</script>`",
    "**<script>alert(1)</script>**",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]


class _Seen(HTMLParser):
    """Notes every tag with its attributes, and the words between."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def seen(html: str) -> _Seen:
    parser = _Seen()
    parser.feed(html)
    parser.close()
    return parser


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_gets_a_tag_or_an_attribute_through(payload: str) -> None:
    for html in (rich(payload), rich(f"1. Be kind. {payload} And quiet."), clean(payload)):
        for tag, attributes in seen(html).tags:
            assert tag in TAGS, html
            assert attributes.keys() <= {"href", "title"}, html
            assert may_lead_to(attributes.get("href") or "#"), html


@given(st.text(alphabet=st.sampled_from("ab <>&\"'()[]!*_`\\/:#\n-1.;=xjs"), max_size=60))
def test_whatever_is_typed_only_our_tags_come_out(text: str) -> None:
    for tag, attributes in seen(rich(text)).tags:
        assert tag in TAGS
        assert attributes.keys() <= {"href", "title"}


@given(st.lists(st.text(alphabet=st.sampled_from("abcdé09.,-#*_()[]<>&|+~"), min_size=1, max_size=8), max_size=12))
def test_no_letter_of_any_word_is_lost(words: list[str]) -> None:
    html = rich("\n".join(" ".join(words[n : n + 4]) for n in range(0, len(words), 4)))
    shown = "".join(seen(html).words) + "".join(f"{a.get('href', '')}{a.get('title', '')}" for _, a in seen(html).tags)
    for letter in "abcdé09":
        assert shown.count(letter) >= "".join(words).count(letter)


@pytest.mark.parametrize(
    "text",
    [
        "1. First of all.",
        "- a dash",
        "* a star",
        "    four blanks",
        "# a hash",
        "> a mark",
        "+ more",
        "---",
        "```",
        "| a | b |",
    ],
)
def test_a_sentence_that_looks_like_a_list_or_code_stays_a_sentence(text: str) -> None:
    html = rich(text)
    assert [tag for tag, _ in seen(html).tags] == ["p"]
    assert "".join(seen(html).words).strip() == text.strip()


def test_each_line_is_a_paragraph_and_blank_ones_are_none() -> None:
    assert rich("One.\n\nTwo.\n  \nThree.").count("<p>") == 3
    assert rich("  \n") == ""


def test_emphasis_code_and_good_links_are_kept() -> None:
    assert rich("**a** *b* `c`") == "<p><strong>a</strong> <em>b</em> <code>c</code></p>"
    for address in ("https://nspcc.example/a?b=c", "mailto:help@millbrook.example", "/policies/dbs/", "#c3a"):
        assert [a["href"] for t, a in seen(rich(f"[x]({address})")).tags if t == "a"] == [address]


@pytest.mark.parametrize(
    "address", ["//x", "/\\x", "\\\\x", "http://x", "javascript:x", " /x", "/x\n", "ftp://x", "x", ""]
)
def test_links_lead_nowhere_else(address: str) -> None:
    assert not may_lead_to(address)


LINKS = {"DBS policy": "/policies/dbs/", "Enhanced DBS policy": "/policies/more/"}


def test_names_of_other_policies_become_links_the_longest_first() -> None:
    html = rich("See the enhanced  DBS Policy, and the *DBS policy*.", LINKS)
    assert '<a href="/policies/more/">enhanced  DBS Policy</a>' in html
    assert '<em><a href="/policies/dbs/">DBS policy</a></em>' in html


@pytest.mark.parametrize(
    "text", ["the DBS policyholder", "aDBS policy", "[the DBS policy](https://x.example)", "`DBS policy`"]
)
def test_part_of_a_word_a_link_or_a_code_is_no_mention(text: str) -> None:
    assert "/policies/" not in rich(text, LINKS)


def test_a_name_full_of_signs_is_a_name_and_no_pattern() -> None:
    links = {'The "A+B" (draft) <b>policy</b>': "/policies/ab/"}
    html = rich('See The "A+B" (draft) <b>policy</b>.', links)
    assert seen(html).tags == [("p", {}), ("a", {"href": "/policies/ab/"})]
    assert "".join(seen(html).words) == 'See The "A+B" (draft) <b>policy</b>.'


def test_text_beyond_100_kb_is_shown_as_it_was_typed() -> None:
    html = rich("**a** " * (LARGEST // 6 + 1))
    assert "<strong>" not in html
    assert "**a**" in html


@pytest.mark.parametrize("text", ["**" * 5_000 + "a" + "**" * 5_000, "*" * 2_000 + "a" + "*" * 2_000, "[" * 20_000])
def test_a_text_made_to_be_slow_is_shown_in_a_moment(text: str) -> None:
    begun = time.process_time()
    html = rich(text)
    assert time.process_time() - begun < 5
    assert html.count("<strong>") + html.count("<em>") <= DEEPEST


def test_exactly_one_place_marks_text_as_safe() -> None:
    marks = re.compile(
        r"Markup\(|\|\s*safe\b|autoescape\s+false|markupsafe\.Markup|flask\.Markup|render_template_string"
    )
    files = [*ROOT.glob("ccc/**/*.py"), *ROOT.glob("templates/**/*")]
    found = [
        path.relative_to(ROOT).as_posix()
        for path in files
        if path.is_file()
        for line in path.read_text(encoding="utf-8").splitlines()
        if marks.search(line)
    ]
    assert found == ["ccc/web/rich.py"]

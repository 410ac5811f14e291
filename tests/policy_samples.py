"""Whole policies of invented centres, each laid out in another way, with what a careful person reads in them."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sample:
    """A policy and what it should come out as; `tags` names the promises by label."""

    text: str
    labels: tuple[str, ...]
    tags: dict[str, list[str]]
    title: str | None = None
    preamble: str = ""
    reviewed_on: str | None = None
    cycle: str | None = None
    statement: str | None = None
    set_aside: tuple[str, ...] = field(default=())


NUMBERED_SECTIONS = Sample(
    title="Riverbank Family Contact Centre CONFIDENTIALITY POLICY",
    preamble="Introduction\n\nFamilies must be able to trust us. These rules are for everyone who helps at Riverbank.",
    labels=("1", "1a", "1b", "2", "2a", "2b", "2c", "2c.1", "2c.2", "2d", "3", "3a", "3b"),
    tags={
        "1a": ["not-discussed"],
        "1b": ["somebody-known"],
        "2a": ["no-reports"],
        "2b": ["attendance-only"],
        "2c.1": ["risk-exceptions"],
        "2c.2": ["risk-exceptions"],
        "2d": ["personal-details"],
        "3a": ["secure-place"],
        "3b": ["disposal"],
    },
    reviewed_on="2023-05",
    statement="Approved by the trustees: May 2023\nNext review: May 2024",
    set_aside=(
        "Home | About us | Contact",
        "Skip to content",
        "Page 1 of 2",
        "Riverbank Family Contact Centre",
        "CONFIDENTIALITY POLICY",
        "Page 2 of 2",
        "© Riverbank. Registered charity no. 0000000",
    ),
    text="""Home | About us | Contact
Skip to content
Riverbank Family Contact Centre
CONFIDENTIALITY POLICY

Introduction
Families must be able to trust us. These rules are for everyone who helps at Riverbank.

1. Talking about families
1.1 What you see and hear at Riverbank stays at Riverbank.
1.2 If you find that you know one of the families, please let the session leader know straight away.
2. Sharing information
2.1 We do not write reports for court or for solicitors.
2.2 If a referrer asks, we will confirm the dates on which a family attended and nothing more.
2.3 We may share information without consent only where:
(a) we believe a child is in danger; or
(b) somebody has threatened violence to another person.
2.4 Addresses and phone numbers of parents are never given to the other parent unless they agree.
Page 1 of 2
Riverbank Family Contact Centre
CONFIDENTIALITY POLICY
3. Records
3.1 Referral forms are held in a locked filing cabinet.
3.2 They are shredded two years after the family last used the centre.

Approved by the trustees: May 2023
Next review: May 2024
Page 2 of 2
© Riverbank. Registered charity no. 0000000
""",
)

MARKDOWN = Sample(
    title="Confidentiality",
    preamble="**Oakfield Contact Centre** wants every family to feel safe.",
    labels=("1", "1a", "1b", "1c", "1c.1", "1c.2", "1d", "2", "2a", "2b", "3"),
    tags={
        "1a": ["not-discussed"],
        "1b": ["no-reports"],
        "1c.1": ["own-boundaries"],
        "1c.2": ["own-boundaries"],
        "1d": ["disposal"],
        "2a": ["risk-exceptions"],
        "2b": ["risk-exceptions"],
        "3": ["review"],
    },
    reviewed_on="2023-11",
    cycle="regular",
    text="""# Confidentiality

**Oakfield Contact Centre** wants every family to feel safe.

## Our promises

* Nothing about a family may be repeated to anyone who is not part of the team.
* We give *no* reports, spoken or written, to **any** person or body.
* Our volunteers will not:
    * give a family their own telephone number or address
    * meet a family away from the centre
* We destroy papers that have lain unused for 5 years.

## Exceptions

We may break confidentiality if

- a child may be suffering harm
- anyone is at risk of violence

## Review

This policy is checked by the committee from time to time. Last reviewed 04/11/2023.
""",
)

HTML = Sample(
    title="Confidentiality policy",
    preamble="Elmgrove is run by volunteers. We promise that:",
    labels=("1", "2", "2a", "2b", "3", "4"),
    tags={
        "1": ["not-discussed"],
        "2": ["personal-details"],
        "2a": ["risk-exceptions"],
        "2b": ["risk-exceptions"],
        "3": ["secure-place"],
        "4": ["access"],
    },
    reviewed_on="2024-09",
    cycle="annual",
    statement="Reviewed every twelve months, most recently in Sept. 2024",
    set_aside=(
        "Confidentiality - Elmgrove",
        "body { color: red }",
        "Home",
        "Contact",
        'alert("hello <b>world</b>")',
        "Copyright 2024 Elmgrove",
    ),
    text="""<!DOCTYPE html><html><head><title>Confidentiality - Elmgrove</title><style>body { color: red }</style>
</head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/x">Contact</a></li></ul></nav>
<h1>Confidentiality policy</h1><p>Elmgrove is run by volunteers.&nbsp;We promise
that:</p>
<ol><li>helpers will not chat about the families who come here, with anyone, at any time;</li>
<li>a family&#8217;s address or telephone number is only given to someone else with that person's consent, except if:
<ol type="a"><li>a child is at risk</li><li>a volunteer or other adult might be attacked</li></ol></li>
<li><p>papers are kept in a locked cupboard.</p><p>Only the co-ordinator has the key.</p></li>
<li>everybody may ask to see this policy;</li></ol>
<p>Reviewed every twelve months, most recently in Sept. 2024</p>
<script>alert("hello <b>world</b>")</script><footer><p>Copyright 2024 Elmgrove</p></footer></body></html>""",
)

PARAGRAPHS = Sample(
    title="Confidentiality",
    preamble="This page is for our volunteers and for the people who come here.",
    labels=("1", "2", "3", "3a", "3b", "4", "5"),
    tags={
        "1": ["not-discussed"],
        "2": ["no-reports"],
        "3": ["personal-details"],
        "3a": ["risk-exceptions"],
        "3b": ["risk-exceptions"],
        "4": ["secure-place"],
        "5": ["disposal"],
    },
    reviewed_on="2021-05",
    cycle="regular",
    statement="This policy was adopted in May 2021 and is reviewed every two years.",
    text="""Confidentiality

This page is for our volunteers and for the people who come here.

Volunteers must not discuss any family with anyone outside the Centre.

We do not make reports about what takes place in the Centre.

Contact details will never be passed to anyone else without the person's agreement, unless:
\u2013 a child is at risk of significant harm
\u2013 someone is threatened with violence

All papers are locked away.

Papers which have not been needed for 36 months are shredded.

This policy was adopted in May 2021 and is reviewed every two years.
""",
)

WORD_PROCESSOR = Sample(
    title="Confidentiality statement",
    preamble="Everyone who helps at Thornfield agrees that:",
    labels=("1", "2", "2a", "2b", "3", "4", "5"),
    tags={
        "1": ["not-discussed"],
        "2a": ["risk-exceptions"],
        "2b": ["risk-exceptions"],
        "3": ["own-boundaries"],
        "4": ["dbs"],
        "5": ["access", "review"],
    },
    cycle="annual",
    text="Confidentiality statement\r\n\r\nEveryone who helps at Thornfield agrees that:\r\n"
    "•\tNothing that is said\u00a0or done here about a family is repeated outside the hall.\r\n"
    "•\tThis rule may be set aside if\r\n"
    "o\tA child is in danger, or\r\n"
    "o\tAn adult is threatened with violence.\r\n"
    "•\tThey will keep their own telephone number\r\n"
    "and address private.\r\n"
    "•\tThey need a standard DBS check before they start.\r\n"
    "•\tThis policy hangs on the notice board and is reviewed each year.\r\n",
)

LOST_INDENTATION = Sample(
    title="Privacy of families",
    preamble="Helpers agree that",
    labels=("1", "1a", "1b", "2", "2a", "2b", "3", "4"),
    tags={
        "1": ["attendance-only"],
        "1a": ["risk-exceptions"],
        "1b": ["risk-exceptions"],
        "2": ["personal-details"],
        "2a": ["risk-exceptions"],
        "2b": ["risk-exceptions"],
        "3": ["assessments"],
        "4": ["secure-place"],
    },
    reviewed_on="2024-11",
    statement="Review date Nov 24",
    text="""Privacy of families
Helpers agree that
1. Referrers who ask are told on which dates a family attended. Nothing more is passed on unless
1. A child may come to harm.
2. A person using the hall is in danger of violence.
2. Nobody is given a family's telephone number without consent. We make an exception if
1. a child may come to harm
2. a volunteer is threatened with violence
3. Social workers may assess a family here only when the parents and the co-ordinator have agreed.
4. All papers are locked away.
Review date Nov 24
""",
)

HARD_WRAPPED = Sample(
    title="CONFIDENTIALITY",
    preamble="The committee of Millpond has agreed the rules below. Every helper is given\nthem".replace("\n", " ")
    + " at the first meeting.",
    labels=("1", "2", "2a", "2b", "3"),
    tags={"1": ["not-discussed"], "2a": ["risk-exceptions"], "2b": ["risk-exceptions"], "3": ["disposal"]},
    reviewed_on="2022-02",
    cycle="annual",
    statement="Last reviewed: 14 February 2022. Reviewed annually.",
    text="""CONFIDENTIALITY

The committee of Millpond has agreed the rules below. Every helper is given
them at the first meeting.

(1) Helpers never talk about a family outside the hall, neither with friends
    nor with their own relatives. Families trust us. We shall do all we can
    to deserve it.
(2) Confidentiality may be broken only if
    (i)  a child is at risk of harm; or
    (ii) anybody is at risk of violence.
(3) Forms that have not been used for
    2 years are burnt.

Last reviewed: 14 February 2022. Reviewed annually.
""",
)

SAMPLES = {
    "numbered sections": NUMBERED_SECTIONS,
    "markdown": MARKDOWN,
    "html": HTML,
    "paragraphs": PARAGRAPHS,
    "word processor": WORD_PROCESSOR,
    "lost indentation": LOST_INDENTATION,
    "hard wrapped": HARD_WRAPPED,
}

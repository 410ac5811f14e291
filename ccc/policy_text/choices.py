"""Which choice a clause makes, where policies differ: level of DBS check, years, who must agree, and the like."""

import re
from collections.abc import Callable, Mapping

from ccc.policy_text import review
from ccc.provisions import Key

_Choices = Mapping[str, str | int]


def _finds(pattern: str, text: str) -> bool:
    return bool(re.search(pattern, text, re.IGNORECASE))


def _not_discussed(text: str, because: str) -> _Choices:
    sentence = _sentence(text, because)
    everywhere = _finds(r"\binside (?:or|and|nor) out|\bout(?:side)? (?:or|and|nor) in(?:side)?\b|\bor anywhere\b|\bat all\b|\banywhere\b", sentence)
    outside = _finds(
        r"\b(?:outside|beyond|elsewhere|away from)\b|\bleaves? (?:the|this|with)\b|\b(?:stays?|remains?|kept|left|keep\w*) (?:\w+ )?(?:in|within|inside|at|behind)\b"
        r"|\bno further\b|\bthird part|\b(?:your|their|own|with) (?:\w+ (?:and|or) )?(?:friends|family and friends|relatives)\b|\bfriends or family\b"
        r"|\b(?:not|isn['’]t|aren['’]t) (?:\w+ )?(?:part of|involved|connected|working|a volunteer|members? of)|\bother than (?:\w+ ){0,3}(?:volunteers|staff|colleagues|team|co-?ordinator)"
        r"|\bat home\b|\bin public\b|\bsocial media\b",
        sentence,
    )
    return {"where": "outside-centre" if outside and not everywhere else "at-all"}


def _no_reports(text: str, because: str) -> _Choices:
    sentence = _sentence(text, because)
    anything = _finds(
        r"\banything\b|\bany ?(?:one|body)\b|\bof any kind\b|\bwhatever\b|\bwhatsoever\b|\bincluding\b", sentence
    )
    proceedings = _finds(r"\bproceedings?\b|\bcourts?\b|\blegal\b|\bjudges?\b|\bhearings?\b|\blitigation\b|\bsolicitors?\b|\bcafcass\b", sentence)
    named = _finds(r"\b(?:in|for) (?:\w+ ){0,3}proceedings?\b", sentence)
    return {"about": "family-proceedings" if proceedings and (named or not anything) else "anything"}


_OWNERS = {
    "parents": r"\b(?:parents?|mothers?|fathers?|mums?|dads?)\b",
    "clients": r"\b(?:clients?|users?|famil(?:y|ies)|children|child|people|adults?|visitors?|carers?|anyone using|everyone|persons?)\b",
}
_DETAILS = r"(?:address|telephone|phone|mobile|contact details|contact information|personal|details|where)"


def _personal_details(text: str, because: str) -> _Choices:
    sentence = _sentence(text, because)
    for whose, owner in _OWNERS.items():
        if _finds(rf"{owner}['’]s?['’]?(?: \w+){{0,2}} {_DETAILS}", sentence):
            return {"whose": whose}
    places = {whose: found.start() for whose, owner in _OWNERS.items() if (found := re.search(owner, sentence, re.I))}
    return {"whose": min(places, key=lambda whose: places[whose], default="clients")}


def _assessments(text: str, because: str) -> _Choices:
    del because
    anyone = _finds(
        r"\b(?:any ?one|any ?body|any other|other (?:professional|agenc|individual|person|bod)\w*|any (?:individual|agency|person|professional|body|organisation|assess\w*)|solicitors?"
        r"|outside (?:professional|agenc|bod)\w*|professionals|nobody|no one|no-one|guardians?|such as|for example|e\.g|including)\b",
        text,
    )
    named = _finds(r"\bcafcass\b|\bsocial (?:services?|work\w*|care)\b|\bchildren['’]s services\b|\blocal authorit", text)
    only = _finds(r"\bonly\b.{0,40}\b(?:cafcass|social)", text)
    text = re.sub(
        r"(?i)\b(?:family|parent(?:ing)?|parental) assess\w*|\bassess\w*(?: of| a| an| the| any| our| on)* (?:famil\w+|parent\w*|child\w*)|\b(?:observ\w+|see|meet|visit|interview)(?: \w+){0,2} (?:famil\w+|parents?)",
        "", text,
    )
    party = r"(?:famil(?:y|ies)|parents?|parties|part(?:y|ies) concerned|both sides|adults?)"
    agreed = r"(?:agree\w*|consent\w*|permission|arrang\w*|approv\w*|authori[sz]\w*)"
    family = _finds(rf"\b{agreed}\b(?:[ ,]+[\w'’-]+){{0,12}}[ ,]+(?:from|of|by|with|between|and|both|the|all)(?: \w+)?[ ,]+{party}\b|\b{party}\b(?:[ ,]+[\w'’-]+){{0,6}}[ ,]+{agreed}\b|\b{party}['’]s?\b.{{0,20}}\b{agreed}", text)
    who = "cafcass-or-social-services" if named and (only or not anyone) else "anyone-agreed"
    return {"who": who, "agreed_by": "family-and-coordinator" if family else "centre"}


_RESULTS = r"\b(?:results?|outcomes?|certificates?|contents?|information|disclosures?|it|they|these|findings)\b(?:[ ,]+[\w'’()-]+){0,8} (?:made available|available|seen|shown|shared|disclosed|known|given|sent|passed|told|reported|viewed|confidential|go|goes|returned|restricted|limited|read|communicated|inform\w*|revealed|looked at|brought)\b"
_SEES = r"\b(?:told|informed|shown|given|sent)\b(?: of| about)?(?: the| its| their)? (?:results?|outcomes?|certificates?)\b|\b(?:only )?(?:sees?|views?|receives?|learns?|knows?|looks? at)\b.{0,30}\b(?:results?|outcomes?|certificates?|contents?|disclosures?|check)"


def _dbs(text: str, because: str) -> _Choices:
    del because
    levels = [
        level
        for level in ("enhanced", "standard", "basic")
        if _finds(rf"\b{level}\b(?: [\w()-]+){{0,5}} (?:DBS|CRB|disclosure|check\w*|clear\w*|certificate|criminal)|\b(?:DBS|CRB|check\w*|disclosure|clearance|barring)\b.{{0,60}}\b{level}\b", text)
    ]
    results = " ".join(sentence for sentence in re.split(r"(?<=[.!?])\s+|\n", text) if _finds(f"{_RESULTS}|{_SEES}", sentence))
    officer = _finds(r"\b(?:safeguarding|child protection|designated|welfare)\b(?: \w+){0,3} (?:officer|lead|person|co-?ordinator|representative)|\bDSL\b|\bsafeguarding (?:officer|lead)", results)
    others = re.sub(r"(?i)\b(?:safeguarding|child protection|welfare) co-?ordinator", "", results)
    coordinator = _finds(r"\bco-?ordinators?\b|\bmanager\b|\b(?:team )?leader\b", others)
    chair = _finds(r"\bchair\w*\b", results)
    seen_by = "coordinator-or-chair" if coordinator else "safeguarding-officer-and-chair" if officer else "coordinator-or-chair" if chair else "unstated"
    return {"level": levels[0] if levels else "unstated", "results_to": seen_by}


_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty"
).split()
_WORDED = {"a": 1, "twenty-four": 24, "twenty-five": 25, "thirty": 30, "thirty-six": 36, "sixty": 60}
_WORDED |= {word: number for number, word in enumerate(_NUMBERS, 1)}
_NUMBER = rf"\b(?P<number>[0-9]{{1,3}}|{'|'.join(sorted(_WORDED, key=len, reverse=True))})(?: \(?[0-9]{{1,2}}\)?)?[ -](?:full |whole |complete |calendar )?"


def _disposal(text: str, because: str) -> _Choices:
    """Count the years; a period that is not whole years is left to the person who drafts."""
    for where in (because, text):
        years = re.search(rf"{_NUMBER}years?\b", where, re.IGNORECASE)
        months = re.search(rf"{_NUMBER}months\b", where, re.IGNORECASE)
        if years:
            return {"years": _number(years["number"])}
        if months and _number(months["number"]) % 12 == 0:
            return {"years": _number(months["number"]) // 12}
    return {}


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _WORDED[word.lower()]


def _access(text: str, because: str) -> _Choices:
    del because
    asked = _finds(r"\b(?:up)?on request\b|\bby request\b|\brequest(?:s|ed|ing)?\b|\bask(?:s|ed|ing)?\b|\bon demand\b|\bon application\b", text)
    shown = _finds(r"\bwebsite\b|\bnotice ?board\b|\bdisplay\w*\b|\bat any time\b|\bon the wall\b|\bgiven (?:a |their )?cop|\breceives? a copy|\bfreely\b|\bpublished\b|\bat all times\b|\bsent\b|\bonline\b", text)
    return {"how": "on-request" if asked and not shown else "open"}


def _review(text: str, because: str) -> _Choices:
    return {"cycle": review.cycle_of(_sentence(text, because)) or review.cycle_of(text) or "regular"}


def _sentence(text: str, because: str) -> str:
    """Return the sentence, or sentences, from which `because` was taken, with the words that led into them."""
    place = text.find(because)
    start = max((found.end() for found in re.finditer(r"[.!?]\s+(?=[A-Z])", text[:place])), default=0)
    end = re.search(r"[.!?](?=\s|$)", text[place + len(because) - 1 :])
    return text[start : place + len(because) + end.start()] if end else text[start:]


CHOICES: Mapping[Key, Callable[[str, str], _Choices]] = {
    Key.NOT_DISCUSSED: _not_discussed,
    Key.NO_REPORTS: _no_reports,
    Key.PERSONAL_DETAILS: _personal_details,
    Key.ASSESSMENTS: _assessments,
    Key.DBS: _dbs,
    Key.DISPOSAL: _disposal,
    Key.ACCESS: _access,
    Key.REVIEW: _review,
}

"""How centres word each promise: the rules by which clauses are recognised.

A rule fits where all its patterns are found in one sentence (or in as many as it reaches over) and none of its
vetoes. Its first pattern is the heart of the promise and must stand in the clause itself; the others may stand in
the sentence that leads into the clause.
"""

import re
from dataclasses import dataclass

from ccc.policy_text import vocabulary as v
from ccc.policy_text.vocabulary import any_of, around, near, words
from ccc.provisions import Key


@dataclass(frozen=True)
class Rule:
    """One way of wording a promise."""

    provision: Key
    all_of: tuple[re.Pattern[str], ...]
    none_of: tuple[re.Pattern[str], ...]
    reach: int


def _rule(provision: Key, *all_of: str, unless: tuple[str, ...] = (), reach: int = 1) -> Rule:
    return Rule(provision, _compiled(all_of), _compiled(unless), reach)


def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


# What looks like a promise of the centre and is another thing: rules for those who come, and calls to speak up.
_RULE_FOR_VISITORS = (
    r"^\W*(?:all |both |the )?(?:parents?|families|adults|users|visitors|visiting \w+)(?: and \w+)? "
    r"(?:must|should|will|may|are|do|can)\b(?! be (?:told|able|sure))"
)
_SPEAK_UP = words("hesitate, afraid, delay, must report, must be reported, must always report, should report, concern, concerns, worried")
_ON_DBS = any_of(v.DBS, words("criminal, conviction*, certificate*"))
_NOT_CONFIDENTIAL = near(v.NEVER, words("keep, kept, confidential"), within=12)
_ATTENDANCE_FACTS = any_of(
    words("no other information, no other details, no further, nothing else, nothing more"),
    near(words("date, dates, time, times"), words("attend*, visit*"), within=40),
)
_LOCKED_AWAY = any_of(v.SECURELY, v.DESTROYED)
_NOT_WITHHELD = near(v.CONTACT_DETAILS, words("not, never, be, only"), within=80)

_TELL_LEADER = words(
    "tell, tells, told, inform*, let, notif*, advise*, alert*, declar*, speak, speaks, mention*, say so, says so, rais*, report*, made known, make known, make it known, "
    "disclose*, make aware, made aware, step back, steps back, step aside"
)
_KNOWN = any_of(
    words("somebody, someone, anyone, anybody, family, families, person, persons, people, child, children, parent*, member*, user*, adult*, individual*, visitor*, client*, they, you")
    + r"(?: (?!let|tell|inform|make)[\w'’]+){0,8}? "
    + any_of(words("recogni*, related, acquainted, friend of, friends of, a friend, a relative, a neighbour, a colleague"), r"\bknown\b(?! to (?:be|have|pose))"),
    words("know, knows, knew, knowing, recogni*, related to, acquainted with, friend of, friends with, connected with, connected to, connection with, connection to, acquaintance*")
    + r"(?! (?:if|when|that|about|whether|immediately|at once|as soon|straight|of any|before))(?: [\w'’,]+){0,5}? "
    + words("family, families, anyone, anybody, someone, somebody, person, persons, people, user*, parent*, child*, client*, them, visitor*, adult*, relative*, individual*, personally, socially, from work, from school, from church"),
    near(words("friend*, relative*, neighbour*, colleague*, acquaintance*"), words("of a volunteer, of any volunteer, of the volunteer, of yours, of theirs, of a helper"), within=40),
)

_REPORT = any_of(
    words("verbal, written, oral, spoken, formal, progress, court, contact, no, any")
    + r"(?:,? (?:or|and|nor|verbal|written|oral|spoken|in writing))* reports?\b",
    near(words("make, makes, making, writ*, giv*, provid*, produc*, prepar*, suppl*, compil*, submit*, issu*, offer*, complet*, send*"), words("report, reports"), within=50),
    near(words("reports"), words("made, written, given, provided, produced, prepared, supplied, compiled, submitted, issued, offered, sent"), within=60),
    words("report on, reports on, reporting on, report back"),
)
_COURT = words("court, courts, proceedings, hearing, hearings, solicitor*, legal, judge*, tribunal*")
_NOTES = any_of(
    near(words("note, notes, observations"), words("taken, made, kept, written, recorded"), within=60),
    near(words("take, make, keep, write, record"), words("notes, observations"), within=40),
)

_CHILD_IN_DANGER = any_of(
    near(words("child*, young person*, young people"), v.HARM, within=90),
    near(v.HARM, words("child*, young person*, young people"), within=50),
    near(words("child protection, safeguarding"), words("concern*, issue*, reason*, risk*, matter*, worr*"), within=30),
    near(words("concern*, worr*, fear*"), words("safety, welfare, harm, well-being, wellbeing"), within=60),
)
_SOMEONE_IN_DANGER = any_of(
    near(
        words("anyone, anybody, any person, any other, any adult, any user*, any member, someone, somebody, person*, people, volunteer*, staff, adult*, user*, worker*, helper*, member*, parent*, others, individual*, life"),
        v.VIOLENCE,
        within=90,
    ),
    near(words("risk*, threat*, danger, fear*"), words("violen*, assault*, attack*, injury, harm, life, others, anyone"), within=40),
)
_CONFIDENCE_BROKEN = any_of(
    around(words("break, breaks, broken, breach*, set aside, lift*, waiv*, limit*, cannot, not be, not absolute, overrul*, gives way, comes second"), words("confiden*"), within=80),
    near(words("may, can, will, must, might, shall, to be, is, are"), v.GIVE, words("if, when, where, because, police, social services, social care, social work*, children's services, authorities"), within=90),
    near(words("if, when, where"), words("information, details, facts, confiden*, this, it, we, the centre"), words("pass, passed, releas*, disclos*, share, shared, inform, informed, told, contact the police"), within=160),
)

_POLICY_READ = any_of(
    near(words("aware, awareness, know, knows, known, access, copy, copies, sight, told, see, sees, read, reads, ask, given, shown, find, receiv*, request*, view, obtain, have"), v.POLICY, within=70),
    near(v.POLICY, words("available, display*, website, noticeboard, notice board, wall, publish*, given, shown, shared, seen, read, found, obtained, access*, request*, asked for, asking for, posted, pinned, sent, viewed, copy, copies, circulated"), within=90),
    near(words("copy, copies"), words("available, display*, request*, given, found, kept, asked for, asking for, website, noticeboard, notice board"), within=60),
)

RULES = (
    # Nothing about a family is talked about, passed on, or carried out of the centre.
    _rule(
        Key.NOT_DISCUSSED,
        v.TALK,
        any_of(near(v.NEVER, v.TALK), near(v.TALK, v.FORBIDDEN, within=160)),
        any_of(v.FAMILY, v.WITNESSED, v.ABOUT_FAMILY, words("confidential information, confidential matters, anything")),
        unless=(_RULE_FOR_VISITORS, near(v.TALK, v.OWN, within=25), words("hesitate, afraid"), _NOT_WITHHELD, _ATTENDANCE_FACTS, _ON_DBS, words("in front of, outside agencies")),
    ),
    _rule(
        Key.NOT_DISCUSSED,
        v.PASS_ON,
        near(v.NEVER, v.PASS_ON),
        any_of(v.ABOUT_FAMILY, near(words("anything, nothing, everything, what"), v.FAMILY, within=60), v.WITNESSED, words("confidential information, confidential")),
        unless=(_RULE_FOR_VISITORS, v.OWN, v.CONTACT_DETAILS, _ATTENDANCE_FACTS, _SPEAK_UP, _ON_DBS),
    ),
    _rule(
        Key.NOT_DISCUSSED,
        any_of(
            r"\b(?:confidential(?! waste)|in (?:\w+ )?confidence)\b",
            words("stay, stays, remain, remains, kept, left, leave, leaves, go, goes, carried") + r" (?:\w+ )?" + words("in, within, inside, at, outside, beyond, behind, no further, the building, the centre, the room"),
            near(words("keep, keeps"), words("to themselves, to yourself, to yourselves, to ourselves"), within=60),
        ),
        words("treat*, keep, keeps, kept, held, hold, regard*, remain*, stay, stays, is, are, be, leave, leaves, go, goes, left, carried"),
        any_of(v.WITNESSED, v.ABOUT_FAMILY),
        unless=(_RULE_FOR_VISITORS, _NOT_CONFIDENTIAL, _LOCKED_AWAY, v.OWN, _ON_DBS, words("record*, form, forms, file, files"), v.YEARS),
    ),
    # No reports, spoken or written; no evidence; no notes.
    _rule(
        Key.NO_REPORTS,
        _REPORT,
        v.NEVER,
        unless=(words("hesitate, delay, annual report, assessment*, concern*, worr*, accident*, incident*, abuse") + r"(?<!any incident)", _ON_DBS),
    ),
    _rule(
        Key.NO_REPORTS,
        around(words("evidence, witness*, statement, statements"), _COURT, within=60),
        v.NEVER,
        unless=(words("date, dates"),),
    ),
    _rule(
        Key.NO_REPORTS,
        _NOTES,
        v.NEVER,
        any_of(v.FAMILY, v.WITNESSED, words("contact, visit*, session*, behaviour, happen*, said")),
        unless=(_LOCKED_AWAY, words("photo*")),
    ),
    # Dates and times to the referrer, nothing else.
    _rule(
        Key.ATTENDANCE_ONLY,
        any_of(
            near(words("date, dates, time, times, day, days, record, records, register, details, confirm*, whether, how often"), words("attend*, visit*, came, come, comes, contact, contacts, session*, present"), within=70),
            near(words("attend*, visits, contact, sessions"), words("date, dates, times, record, records, only"), within=50),
        ),
        any_of(v.GIVE, words("available, confirm*, report*, inform*, ask*, request*, notif*, advis*")),
        v.REFERRER,
        words("date, dates, time, times, the days, record of, attendance record*, attendance only, register, how often, whether"),
        unless=(words("training, assess*"), near(v.KEPT, v.SECURELY, within=60)),
    ),
    _rule(
        Key.ATTENDANCE_ONLY,
        any_of(
            near(words("only, nothing else, nothing more, nothing but, nothing except, no other, no more than, other than, except, apart from, limited to"), words("attend*, date, dates"), within=80),
            near(words("attend*, dates"), words("only, alone, nothing else, nothing more, no other, no more"), within=100),
        ),
        any_of(v.GIVE, words("available, confirm*, report*, say, request*")),
        words("attend*, visit, visits, visited, came, contact took place, contacts"),
        unless=(words("training, assess*"), v.OWN),
        reach=2,
    ),
    # The two exceptions.
    _rule(
        Key.RISK_EXCEPTIONS,
        any_of(_CHILD_IN_DANGER, _SOMEONE_IN_DANGER),
        any_of(v.EXCEPTION, _CONFIDENCE_BROKEN),
        unless=(
            near(words("must, should, will, please"), words("tell, report, inform, speak, raise"), words("co-ordinator*, coordinator*, leader*, safeguarding, immediately"), within=60) + rf"(?!.{{0,160}}{words('police, social services, without, confidential*, exception*')})",
            words("assess*"),
        ),
        reach=2,
    ),
    # Addresses and telephone numbers.
    _rule(
        Key.PERSONAL_DETAILS,
        v.CONTACT_DETAILS,
        any_of(
            near(any_of(v.NEVER, words("only, unless")), v.GIVE, within=160),
            near(v.GIVE, any_of(v.NEVER, words("only, unless")), within=160),
            near(v.KEPT, words("from, confidential, private, secret"), within=30),
        ),
        any_of(v.PERMISSION, v.ANOTHER, words("unless, to the, to any, to a")),
        unless=(
            v.OWN,
            near(words("volunteers, volunteer, staff, helpers, workers"), v.NEVER, words("their"), within=40) + rf"(?!.{{0,60}}{v.FAMILY})",
            _ON_DBS,
        ),
    ),
    # Volunteers keep their own details to themselves, and meet families only at the centre.
    _rule(
        Key.OWN_BOUNDARIES,
        v.OWN,
        any_of(v.NEVER, words("private, to themselves, to yourself, to yourselves, general terms, keep")),
        any_of(v.GIVE, v.KEPT, words("talk*, use, used, using, contact, speak, discuss*, offer*")),
        unless=(_ON_DBS, _RULE_FOR_VISITORS, words("risk, own record*, own file*, parents' own, parent's own, clients' own, family's own, families' own")),
    ),
    _rule(
        Key.OWN_BOUNDARIES,
        words("meet*, contact, contacted, contacting, sociali*, befriend*, friend, friends, friendship*, see, visit, visiting, relationship*, babysit*, baby-sit*, lift, lifts, social media, friend request*"),
        v.NEVER,
        any_of(v.FAMILY, words("individual*, them, user*")),
        v.APART,
        any_of(v.VOLUNTEER, r"^\W*(?:please )?(?:do not|don['’]t|never|avoid)\b"),
        unless=(words("assess*, risk, address*"), v.TALK, _RULE_FOR_VISITORS),
    ),
    # A volunteer tells the co-ordinator when somebody they know comes.
    _rule(
        Key.SOMEBODY_KNOWN,
        _KNOWN,
        _TELL_LEADER,
        v.LEADER,
        unless=(words("assess*, risk, harm, existence, policy, permission"), v.OWN),
        reach=2,
    ),
    # Assessments and other professional visits, by agreement.
    _rule(
        Key.ASSESSMENTS,
        r"(?<!risk )\bassess(?:ments?|ed|ing|es)?\b",
        any_of(v.PERMISSION, words("arrang*, invit*, in advance, beforehand, prior notice")),
        any_of(v.PROFESSIONAL, words("premises, centre, building, hall, here, court, carried out, take place, takes place, officer*, anyone, nobody, no one")),
        unless=(words("risk assess*, pre-visit*, previsit*"), _ON_DBS),
        reach=2,
    ),
    _rule(
        Key.ASSESSMENTS,
        near(words("observ*, interview*, see, meet, visit"), any_of(v.FAMILY, words("contact, session*")), within=40),
        any_of(v.PERMISSION, words("arrang*, invit*, in advance, beforehand, prior notice")),
        v.PROFESSIONAL,
        unless=(words("pre-visit*, previsit*"), v.OWN, v.CONTACT_DETAILS, v.TALK, near(words("volunteers, volunteer"), v.NEVER, within=30)),
    ),
    # DBS checks.
    _rule(
        Key.DBS,
        any_of(
            around(v.DBS, words("check*, clear*, disclosure, disclosures, certificate*, vetted, vetting"), within=60),
            near(words("enhanced, standard, basic"), words("disclosure, DBS, CRB, check, checks"), within=20),
        ),
        words("must, will, shall, have to, has to, need*, require*, subject to, undergo*, undertake*, obtain*, hold, holds, complet*, carried out, carry out, are, is, should, until, before, unless, without, have, has, ask*"),
        words("volunteer*, staff, worker*, helper*, everyone, everybody, anyone, nobody, no one, no-one, all, applicant*, trustee*, those, team, member*, person, people"),
        unless=(
            near(words("information, records, results, certificates, details, forms, copies"), words("kept, stored, held, locked, retained, destroyed, shredded"), within=40) + r"(?!.{0,80}\bmust have)",
        ),
    ),
    # A secure place.
    _rule(
        Key.SECURE_PLACE,
        v.SECURELY,
        any_of(v.KEPT, words("is, are, be")),
        v.RECORDS,
        unless=(
            r"\b(?:children|families|everyone|people) (?:are |is )?(?:kept |be kept )?safe\b",
            rf"^(?!.*{words('lock*, kept, stored, held, password*')}).*\bsecurely\b",
            words("door, doors, gate, building is locked, outer door"),
        ),
    ),
    # What has not been used for some years is destroyed.
    _rule(Key.DISPOSAL, v.DESTROYED, v.YEARS, v.RECORDS, unless=(_ON_DBS, words("accident book*")), reach=2),
    _rule(
        Key.DISPOSAL,
        any_of(
            near(v.KEPT, words("for, than, until, up to, beyond"), v.YEARS, within=60),
            near(v.YEARS, words("no longer kept, not kept, not be kept, nothing is kept, is kept no longer"), within=60),
        ),
        v.RECORDS,
        unless=(_ON_DBS, words("accident book*")),
    ),
    # Who knows the policy, and how it can be read.
    _rule(
        Key.ACCESS,
        _POLICY_READ,
        words("user*, family, families, parent*, client*, volunteer*, referr*, everyone, everybody, anyone, anybody, all, staff, visitor*, public, adults, those, people, solicitor*, agencies, they, you, who, helper*, member*, website, noticeboard, notice board, display*, request, available, wall"),
        unless=(
            words("certificate*, record*, DBS, breach*, break*"),
            rf"^(?!.*{words('copy, copies, available, request, display*, website')}).*{words('sign, signs, signed, abide, comply, adhere, follow, keep to, obey')}",
        ),
    ),
    # The policy's review.
    _rule(
        Key.REVIEW,
        words("review*, updat*, revis*, re-examin*, look again, looked again, look at, looked at, looks at, checked"),
        words("policy, policies, procedure*, document, statement, guidelines, guidance, it"),
        words("will, shall, is, are, must, should, to be, we, committee, trustees, each, every, annual*, yearly, regular*, kept, from time to time"),
        unless=(
            words("contact, progress, placement, arrangement*, family, families, needs, record*, file*, risk assess*, referral*") + " (?:is|are|will be|should be|must be) (?:\\w+ )?review",
            rf"^(?!.*{words('annual*, year*, regular*, every, time to time, period*')}).*\blast reviewed\b",
            _ON_DBS,
        ),
    ),
)

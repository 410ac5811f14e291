"""The words of confidentiality policies, in groups that the rules in `promises` are made of.

`words("talk*, a word")` finds any of these words, "*" standing for any ending; `near(a, b)` finds `a` and, at most
a clause's length later, `b`; `around(a, b)` finds them in either order.
"""

import re


def words(listed: str) -> str:
    """Return the pattern for any of the words listed, set apart by commas."""
    return r"\b(?:" + "|".join(_word(word) for word in listed.split(",")) + r")\b"


def _word(word: str) -> str:
    """Return the pattern for one word or phrase; "_" in a phrase stands for up to four words."""
    pattern = re.escape(" ".join(word.split())).replace(r"\ ", " ").replace("'", "['’]?")
    return pattern.replace(" _ ", r"(?: [\w,/'’()-]+){0,4} ").replace(r"\*", r"[\w'’]*")


def any_of(*patterns: str) -> str:
    return "(?:" + "|".join(patterns) + ")"


def near(*patterns: str, within: int = 120) -> str:
    """Find the patterns one after the other in a sentence."""
    return rf".{{0,{within}}}?".join(patterns)


def around(first: str, second: str, within: int = 120) -> str:
    """Find two patterns near each other, whichever comes first."""
    return any_of(near(first, second, within=within), near(second, first, within=within))


NEVER = words(
    "not, never, no, nothing, nobody, none, no-one, neither, nor, cannot, don't, won't, can't, mustn't, shouldn't, doesn't, isn't, aren't, refrain*, "
    "avoid*, refus*, declin*, unable, stop, without, under no circumstances"
)
FORBIDDEN = words("not be, not allowed, not permitted, not acceptable, forbidden, prohibited, never, a breach, a serious matter, unacceptable")
PERMISSION = words("permission, consent*, agree*, authori*, approv*, permit*")

FAMILY = words(
    "family, families, family's, families', parent*, child, children, child's, children's, client*, user, users, user's, users', adult, adults, case, cases, "
    "those who, those we, people who, people we, people using, people coming, anyone who, anyone using, visitor*, contact session*, the centre's business"
)
FACTS = "(?:information|details?|anything|nothing|everything|matters?|facts?|knowledge|news|what)"
ABOUT = "(?:about|of|on|concerning|regarding|relating to|related to|connected with|given by|shared by|received from|belonging to)"
ABOUT_FAMILY = any_of(
    rf"\b{FACTS} (?:[\w'’]+ ){{0,3}}{ABOUT} (?:[\w'’]+ ){{0,4}}?{FAMILY}",
    words("family's affairs, families' affairs, family's business, families' business, family's circumstances, families' circumstances, family information"),
)
WITNESSED = any_of(
    words("what, anything, everything, whatever, things, nothing, information, all")
    + r"(?: that| which)?(?: [\w'’]+){0,4} "
    + words("see, seen, sees, hear*, learn*, learnt, said, says, told, happen*, goes on, take* place, taking place, discover*, witness*, observ*"),
    words("happens _ centre, happens in, happens at, said in, said at, goes on in, goes on at"),
)

TALK = words(
    "discuss*, disclos*, talk, talks, talked, talking, speak, speaks, speaking, spoken, gossip*, divulg*, reveal*, repeat*, mention*, chat, chats, chatting, comment*, "
    "post, posted, posting, tell anyone, tell others, tell anybody, tell other people, tell friends, tell your, tell their, tell family, told to others, told to anyone, breathe a word"
)
PASS_ON = words("shar*, passed on, pass on, passing on, passed _ on, passed to, pass _ to, releas*, given out, given to, give out, communicat*, taken outside, taken home, taken away")
GIVE = words(
    "pass, passed, passes, passing, give, given, gives, giving, gave, hand, handed, tell, told, releas*, disclos*, divulg*, reveal*, shar*, provid*, suppl*, "
    "made known, made available, make known, make available, known to, let out, swap*, exchang*, send, sent, go, goes, show, shown, communicat*"
)

CONTACT_DETAILS = words(
    "address, addresses, telephone, phone, phones, mobile, mobiles, contact details, contact information, contact numbers, personal detail*, personal information, personal data, "
    "whereabouts, where _ live, where _ lives, where they live, email*, e-mail*, surname*"
)
OWN = any_of(
    words("their, your, his, her, our, one's, my, his/her, volunteer's, volunteers'")
    + r" (?:own |personal |private |home |full )+(?:or (?:\w+ )?)?"
    + words("telephone*, phone*, mobile*, number*, address*, detail*, contact*, surname*, email*, e-mail*, life, lives, information, affairs, circumstances, data, social media"),
    words("volunteers' address*, volunteers' telephone*, volunteers' phone*, own telephone*, own phone*, own address*, own contact*, own personal*, own mobile*, own number*"),
    words("about themselves, about yourself, about yourselves, about ourselves, to themselves about, details of themselves"),
)
APART = words(
    "outside, away from, elsewhere, social media, facebook, whatsapp, beyond, socially, friend request*, befriend*, lift, lifts, babysit*, baby-sit*, in their own time, in your own time, privately"
)
ANOTHER = words(
    "anyone, anybody, nobody, no one, no-one, any other, any person, any agency, any third, third part*, partner, partners, ex-partner*, other parent*, other part*, other side*, other person*, "
    "other people, other adult*, other famil*, others, one another, each other, agency, agencies, else, out, elsewhere, somebody, someone"
)

VOLUNTEER = words("volunteer*, helper*, staff, worker*, team, you, we, they, nobody, i, everyone, no one")
LEADER = words(
    "co-ordinator*, coordinator*, manager*, team leader*, session leader*, leader*, person in charge, in charge, in-charge, supervisor*, chair*, safeguarding, committee, deputy, organiser*, the centre"
)
REFERRER = words(
    "refer, referr*, solicitor*, cafcass, court*, social services, social service, social work*, agency, agencies, professional*, local authorit*"
)
PROFESSIONAL = words("cafcass, social work*, social services, professional*, solicitor*, guardian*, agency, agencies, expert*, psychologist*")

RECORDS = words(
    "information, record*, paper, papers, paperwork, file, files, form, forms, document*, details, data, notes, referral*, everything, register*, correspondence, diary, diaries, book, books, it, they"
)
KEPT = words(
    "kept, keep, keeps, keeping, stor*, held, hold, holds, retain*, remain*, filed, put away, secured, protected, lock*, stay, stays, saved, maintained"
)
SECURELY = words(
    "lock*, secure*, under lock, safe place, safe cupboard, safely, kept safe, a safe, the safe, password*, encrypt*, keypad"
)
DESTROYED = words(
    "shred*, destroy*, destruction, dispos*, delet*, confidential waste, burn*, eras*, incinerat*, got rid of, get rid of, thrown away, wiped, purg*"
)
YEARS = (
    r"\b(?:[0-9]{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|twenty-five|a)(?: \(?[0-9]{1,2}\)?)?"
    r"[ -](?:full |whole |complete |calendar )?years?\b|\b(?:12|24|36|48|60|72|84|120|twelve|twenty-four|thirty-six|sixty) months\b"
)
POLICY = (
    r"(?<!complaints )(?<!protection )(?<!service )(?<!dbs )(?<!safeguarding )(?<!privacy )(?<!safety )(?<!opportunities )"
    r"\b(?:this|the|our|its|confidentiality|these) (?:confidentiality |full |whole |current |written )?(?:polic(?:y|ies)|statement)\b"
)
DBS = words("DBS, disclosure and barring*, disclosure & barring*, CRB, criminal record*, police check*, barring service")

HARM = words("harm*, hurt, abus*, neglect*, danger*, risk, safety, unsafe, injur*, ill-treat*, welfare")
VIOLENCE = words("violen*, attack*, assault*, harm*, hurt, injur*, danger*, threat*, at risk, in danger, at physical risk, at serious risk")
EXCEPTION = words(
    "unless, except*, other than, save where, save when, save if, save that, apart from, the only reason*, the only time*, the only circumstance*, the only case*, only if, only when, only where, "
    "without _ permission, without permission, without _ consent, without consent, without _ agreement, not apply, no longer appl*, overrid*, limits to, limit of"
)

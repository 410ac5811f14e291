"""What shows that people keep a promise: who signed, who knows whom, what was let out, and who looked."""

import json
from collections.abc import Iterable

from ccc import assessments, disclosures, people, policies, undertakings
from ccc.audit import Event
from ccc.conformance.registry import Asked, Evidence, counted, said, shows, tell
from ccc.db import while_unchanged
from ccc.dbs import CLEARED
from ccc.dbs.asked import asks_for_dbs
from ccc.disclosures.states import State
from ccc.provisions import Key
from ccc.roles import OFFICERS, Role
from ccc.undertakings.edition import EDITIONS

YEAR = "in the last twelve months"
GROUNDS = (
    f"Releases {YEAR} because a child was at risk of harm", "Because someone was at risk of violence",
    "Because a court or the law required it", "Refusals",
)  # fmt: skip
PERMITTED = "Releases with permission"
# Joined in this order, or SQLite begins with all the duties there ever were.
ON_ROTA = """
 FROM contact_session s CROSS JOIN duty d ON d.session_id = s.id JOIN person p ON p.id = d.person_id
WHERE d.ended_at IS NULL AND s.cancelled_at IS NULL AND s.day >= :today
"""
# After a change of the policy, what was signed before counts until the day by which everybody signs.
UNSIGNED = f"""
WITH {EDITIONS}
SELECT count(DISTINCT d.person_id) {ON_ROTA} AND d.person_id NOT IN (
   SELECT person_id FROM acknowledgement WHERE version_id IN edition OR version_id IN earlier)
"""  # noqa: S608 - made of our own constants, as are those below.
# A family that came otherwise after its statement was made, and was put right since, proves nothing against it.
STATEMENTS = """
SELECT count(*), count(*) FILTER (WHERE referrer_id AND fits), count(*) FILTER (WHERE referrer_id IS NULL AND fits)
  FROM (SELECT referrer_id, EXISTS (
               SELECT 1 FROM referral r WHERE r.family_id = s.family_id AND r.referrer_id IS s.referrer_id)
            OR EXISTS (SELECT 1 FROM audit_line l WHERE l.about = 'family:' || s.family_id
                  AND l.event = 'referral-changed' AND l.created_at > s.created_at) AS fits FROM statement s)
"""
# From when to when somebody held one of these offices, as text that compares with the moment of a line.
# An office begins and ends with a day at the hall, where clocks are an hour ahead of UTC in summer: in winter it begins
# an hour early here, and in summer it ends an hour late. Of whoever was disposed of, the offices are gone.
HELD = """
WITH held AS MATERIALIZED (
     SELECT person_id AS who, max(confirmed_at, strftime('%Y-%m-%dT%H', starts, '-1 hour')) AS since,
            coalesce(date(ends, '+1 day'), '9999') AS until
       FROM appointment WHERE confirmed_at IS NOT NULL AND role IN (SELECT value FROM json_each(:roles))
      UNION ALL SELECT id, '', '9999' FROM person WHERE name = :former)
"""
WAS_HOLDER = "EXISTS (SELECT 1 FROM held WHERE who = {who} AND {at} BETWEEN since AND until)"
RELEASES = f"""{HELD}
SELECT count(*) FILTER (WHERE act = 'released' AND ground LIKE 'child-%'),
       count(*) FILTER (WHERE act = 'released' AND ground = 'violence'),
       count(*) FILTER (WHERE act = 'released' AND ground IN ('court-order', 'law')),
       count(*) FILTER (WHERE act = 'refused'),
       count(*) FILTER (WHERE act = 'released' AND d.permission_id IS NOT NULL),
       count(*) FILTER (WHERE act = 'released' AND d.permission_id IS NULL AND ground IS NULL
                          AND r.what IN ('contact-details', 'telephone', 'child-home')),
       count(*) FILTER (WHERE act = 'released' AND ground IS NOT NULL AND NOT emergency AND d.replaces_id IS NULL
                          AND NOT {WAS_HOLDER.format(who="d.by_id", at="d.created_at")})
  FROM disclosure d JOIN information_request r ON r.id = d.request_id
 WHERE d.created_at >= :since AND NOT EXISTS (SELECT 1 FROM disclosure later WHERE later.replaces_id = d.id)
"""  # noqa: S608
# Looks are many, and next to none lie outside an office: only those are read, between the end of one and the next.
LOOKS = f"""{HELD}, outside AS (
     SELECT who, since AS before, coalesce(max(until) OVER (
            PARTITION BY who ORDER BY since ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW), '') AS after
       FROM (SELECT * FROM held UNION ALL SELECT id, '9999', '9999' FROM person)),
look AS (
     SELECT (SELECT count(*) FROM audit_line WHERE event IN (SELECT value FROM json_each(:events))
                AND actor = person.id AND created_at >= :since) AS looks FROM person)
SELECT sum(looks), count(*) FILTER (WHERE looks), (
       SELECT count(*) FROM outside CROSS JOIN audit_line ON event IN (SELECT value FROM json_each(:events))
          AND actor = who AND created_at >= max(after, :since) AND created_at < before AND about != 'person:' || who)
  FROM look
"""  # noqa: S608
VACANT = """
SELECT count(*) FILTER (WHERE role = 'safeguarding officer') = 0, count(*) FILTER (WHERE role = 'chair') = 0
  FROM appointment WHERE confirmed_at IS NOT NULL AND starts <= :today AND (ends IS NULL OR ends >= :today)
"""
# Joined in this order, or SQLite begins with all the bookings.
KNOWN = """
SELECT (SELECT count(*) FROM family_known),
       count(DISTINCT d.id) FILTER (WHERE d.ended_at >= k.created_at AND d.end_code IN ('given-back', 'taken-off')),
       count(DISTINCT d.id) FILTER (WHERE d.ended_at IS NULL AND b.status != 'cancelled' AND s.closed_at IS NULL
                                      AND s.day >= :today)
  FROM family_known k CROSS JOIN booking b ON b.family_id = k.family_id
 CROSS JOIN duty d ON d.session_id = b.session_id AND d.person_id = k.person_id
 CROSS JOIN contact_session s ON s.id = b.session_id
"""
# Visits of before the version in force were agreed as the version of then asked for.
VISITS = """
SELECT count(*) FILTER (WHERE v.created_at >= :since), count(*) FILTER (WHERE v.created_at >= :since AND lacks = 0),
       count(*) FILTER (WHERE v.created_at >= :published AND lacks > 0),
       count(*) FILTER (WHERE v.created_at >= :published AND v.kind = 'other')
  FROM (SELECT a.created_at, a.kind, (SELECT count(*) FROM adult p WHERE p.family_id = a.family_id
               AND p.side IN ('home', 'visiting') AND p.withdrawn_on IS NULL AND p.created_at <= a.created_at
               AND NOT EXISTS (SELECT 1 FROM assessment_agreement g
                                WHERE g.assessment_id = a.id AND g.adult_id = p.id)) AS lacks
          FROM assessment a WHERE a.cancelled_at IS NULL) v
"""
CLEARANCES = f"""
SELECT count(*), coalesce(sum({CLEARED}), 0), (SELECT count(DISTINCT p.id) {ON_ROTA} AND NOT {CLEARED})
  FROM person p WHERE p.left_on IS NULL
"""  # noqa: S608


@shows(Key.NOT_DISCUSSED)
@while_unchanged
def signatures(asked: Asked) -> Evidence:
    """Volunteers who signed, of those who are here."""
    here = [line for line in undertakings.sign_off(asked.version) if not line.left]
    signed = sum(1 for line in here if line.certificate)
    (unsigned,) = counted(UNSIGNED, today=str(asked.today), on=str(asked.today))
    faults = {"People on the rota of a session to come who have not signed": unsigned}
    facts: dict[str, object] = {"People here who signed": f"{signed} of {len(here)}"}
    in_time = sum(1 for one in undertakings.unsigned() if one.by >= asked.today)
    if in_time:
        facts["People who signed before the policy changed, and have time left to sign anew"] = in_time
    return tell(facts, faults)


@shows(Key.OWN_BOUNDARIES)
def own_boundaries(asked: Asked) -> Evidence:
    """The signatures, and that nobody but the co-ordinator saw volunteers' own details."""
    signed = signatures(asked)
    looks, _, wrong = _looks([Event.DETAILS_SEEN], {Role.COORDINATOR}, asked)
    own = tell({f"Looks at a volunteer's own details {YEAR}": looks}, {"Looks by somebody else": wrong})
    return Evidence(signed.facts + own.facts, signed.faults + own.faults)


@shows(Key.ATTENDANCE_ONLY)
def statements(_asked: Asked) -> Evidence:
    """The statements that were issued, and to whom."""
    issued, to_referrers, to_parents = counted(STATEMENTS)
    facts = {"Attendance statements issued": issued, "Of those, to the recorded referrer": to_referrers}
    facts["To parents who came by themselves, of their own attendance"] = to_parents
    elsewhere = issued - to_referrers - to_parents
    return tell(facts, {"Issued to somebody other than the recorded referrer": elsewhere})


@shows(Key.RISK_EXCEPTIONS)
def exceptions(asked: Asked) -> Evidence:
    """What was released without permission, by ground, and what was refused."""
    *by_ground, _, _, undecided = _releases(asked.year_ago)
    open_still = sum(1 for line in disclosures.states.undone() if line.state == State.COUNTERSIGN)
    faults = {
        "Released in an emergency and not countersigned by an officer yet": open_still,
        "Released without permission, and not decided by an officer": undecided,
    }
    return tell(dict(zip(GROUNDS, by_ground, strict=True)), faults | _vacant(asked))


@shows(Key.PERSONAL_DETAILS)
def contact_details(asked: Asked) -> Evidence:
    """Looks at contact details, and what was passed on with permission."""
    looks, _, wrong = _looks([Event.CONTACT_SEEN], {Role.COORDINATOR, Role.SAFEGUARDING}, asked)
    *_, permitted, without, _ = _releases(asked.year_ago)
    facts = {f"Looks at one adult's contact details {YEAR}": looks, PERMITTED: permitted}
    faults = {"Looks by somebody else": wrong, "Passed on with neither permission nor a ground": without}
    return tell(facts, faults)


@shows(Key.SOMEBODY_KNOWN)
def known(asked: Asked) -> Evidence:
    """Who said that they know a family, and the rotas that changed for it."""
    declared, changed, clashes = counted(KNOWN, today=str(asked.today))
    facts = {"Times somebody said that they know a family": declared, "Places on a rota given up for it": changed}
    return tell(facts, {"On a rota to come together with a family they know": clashes})


@shows(Key.ASSESSMENTS)
def visits(asked: Asked) -> Evidence:
    """Visits of assessors, and whether each has its agreements."""
    since = {"since": asked.year_ago, "published": f"{asked.version.published_at:%Y-%m-%dT%H:%M:%S}"}
    agreed, by_both, lacking, others = counted(VISITS, **since)
    terms = assessments.terms()
    faults = {
        "Visits to which not every adult of the family agreed": lacking if terms.family_agrees else 0,
        "Visits of a body that the policy does not let in": 0 if terms.anyone else others,
    }
    return tell({f"Visits agreed {YEAR}": agreed, "Of those, agreed by each adult of the family": by_both}, faults)


@shows(Key.DBS)
def checks(asked: Asked) -> Evidence:
    """How many volunteers are cleared, and how many people looked at checks."""
    here, cleared, serving = counted(CLEARANCES, today=str(asked.today))
    _, lookers, wrong = _looks([Event.DBS_SEEN, Event.DBS_LIST_SEEN], OFFICERS, asked)
    faults = {
        "People on the rota of a session to come who are not cleared": serving if asks_for_dbs() else 0,
        "Looks by somebody who was no officer": wrong,
    }
    facts = {"People here who are cleared": f"{cleared} of {here}", f"People who looked at checks {YEAR}": lookers}
    return tell(facts, faults | _vacant(asked))


@shows(Key.REVIEW)
def reviews(asked: Asked) -> Evidence:
    """When the policy was last reviewed, and when it is due."""
    last, due = policies.last_review(asked.version), policies.next_review(asked.version)
    reviewed = f"{last:%B %Y}" if last else "not recorded"
    by = said(due) if due else "no day, since neither the policy nor the centre says after how many months"
    facts = {"Last reviewed": reviewed, "The next review is due by": by}
    shown = tell(facts, {"The review is overdue": due is not None and due < asked.today})
    return shown._replace(open=due is None)


def let_out(year_ago: str) -> tuple[str, ...]:
    """What was released, by the reason, and what was refused: the same figures, whatever the policy promises."""
    *by_ground, permitted, _, _ = _releases(year_ago)
    return tell(dict(zip((*GROUNDS, PERMITTED), (*by_ground, permitted), strict=True)), {}).facts


def _vacant(asked: Asked) -> dict[str, int]:
    """The officers' offices that nobody holds: a promise that leans on an officer is not kept without one."""
    vacant = counted(VACANT, today=str(asked.today))
    return dict(zip(("Nobody is the safeguarding officer", "Nobody is the chair"), map(bool, vacant), strict=True))


def _looks(events: list[Event], roles: Iterable[Role], asked: Asked) -> tuple[int, int, int]:
    """How often something was looked at in a year, by how many people, and how often by one without such an office."""
    looks, by, wrong = counted(LOOKS, since=asked.year_ago, events=json.dumps(events), **_in_office(roles))
    return looks, by, wrong


def _releases(year_ago: str) -> tuple[int, ...]:
    return counted(RELEASES, since=year_ago, **_in_office(OFFICERS))


def _in_office(roles: Iterable[Role]) -> dict[str, str]:
    """What `HELD` asks for."""
    return {"roles": json.dumps(sorted(roles)), "former": people.FORMER}

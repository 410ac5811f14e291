"""Who may do what. The table at the bottom is the whole access policy; no role implies another."""

from enum import StrEnum


class Role(StrEnum):
    """Volunteer is not an office: every active person has it. The others come from dated appointments."""

    VOLUNTEER = "volunteer"
    COORDINATOR = "co-ordinator"
    SAFEGUARDING = "safeguarding officer"
    CHAIR = "chair"


OFFICES = (Role.COORDINATOR, Role.SAFEGUARDING, Role.CHAIR)
OFFICERS = frozenset({Role.SAFEGUARDING, Role.CHAIR})


class May(StrEnum):
    """One thing that somebody may do."""

    LEARN = "read, be quizzed, sign, and see their own record"
    SEE_PEOPLE = "see people, their progress and the sign-off register"
    INVITE_VOLUNTEERS = "invite volunteers"
    INVITE_ANYONE = "invite anyone"
    RECORD_STEPS = "record the dates of onboarding steps, and leaving"
    OPEN_VAULT = "open the officers' vault, give access to it, and change its key"
    KEEP_DBS = "keep the DBS checks of others"
    DECIDE_DBS = "decide whether the centre asks for DBS checks"
    APPOINT = "appoint to offices"
    CONFIRM_CHAIR = "confirm a new chair"
    HELP_VOLUNTEERS = "hand a volunteer a new-password link"
    HELP_ANYONE = "hand anyone a new-password link"
    DRAFT_POLICY = "draft a policy"
    AGREE_POLICY = "agree to a policy that the chair drafted"
    PUBLISH_POLICY = "approve and publish a policy"
    CHANGE_CENTRE = "change the centre's name and telephone numbers"
    KEEP_FAMILIES = "add families and change what is kept of them"
    SEE_FAMILIES = "see families, the booking log and the rota"
    SEE_CONTACTS = "see one adult's contact details at a time, each look written down"
    RUN_SESSIONS = "set the days of sessions, give places, and keep the rota"
    SEE_COUNTS = "see how many places there are and how many are used"
    KEEP_DISCLOSURES = "keep permissions, log requests for information, and make attendance statements"
    SEE_STATEMENTS = "see the attendance statements that were made"
    SEE_DISCLOSURES = "see requests for information, and what became of them"
    DECIDE_RELEASE = "decide whether something is released without permission"
    RAISE_CONCERN = "tell the officers of a worry"
    READ_CONCERNS = "read the worries that were raised, and act on them"
    SEE_RETENTION = "see how long records are kept, what is due, and what was disposed of"
    PROPOSE_DISPOSAL = "propose what goes for good, and put records on hold"
    APPROVE_DISPOSAL = "approve what somebody else proposed to dispose of"
    SEE_BACKUPS = "see when the last backup was made"
    SEE_AUDIT = "read the audit trail"
    SEE_CONFORMANCE = "see how each promise of the policy is kept, with figures"
    SERVE = "see their own duties, and the register of the day on which they serve"


GRANTS: dict[May, frozenset[Role]] = {
    May.LEARN: frozenset(Role),
    May.SEE_PEOPLE: frozenset(OFFICES),
    May.INVITE_VOLUNTEERS: frozenset({Role.COORDINATOR, Role.CHAIR}),
    May.INVITE_ANYONE: frozenset({Role.CHAIR}),
    May.RECORD_STEPS: frozenset({Role.COORDINATOR}),
    May.OPEN_VAULT: OFFICERS,
    May.KEEP_DBS: OFFICERS,
    May.DECIDE_DBS: frozenset({Role.CHAIR}),
    May.APPOINT: frozenset({Role.CHAIR}),
    May.CONFIRM_CHAIR: frozenset({Role.SAFEGUARDING}),
    May.HELP_VOLUNTEERS: frozenset(OFFICES),
    May.HELP_ANYONE: OFFICERS,
    May.DRAFT_POLICY: frozenset(OFFICES),
    May.AGREE_POLICY: frozenset({Role.COORDINATOR, Role.SAFEGUARDING}),
    May.PUBLISH_POLICY: frozenset({Role.CHAIR}),
    May.CHANGE_CENTRE: frozenset({Role.CHAIR}),
    May.KEEP_FAMILIES: frozenset({Role.COORDINATOR}),
    May.SEE_FAMILIES: frozenset({Role.COORDINATOR, Role.SAFEGUARDING}),
    May.SEE_CONTACTS: frozenset({Role.COORDINATOR, Role.SAFEGUARDING}),
    May.RUN_SESSIONS: frozenset({Role.COORDINATOR}),
    May.SEE_COUNTS: frozenset(OFFICES),
    May.KEEP_DISCLOSURES: frozenset({Role.COORDINATOR}),
    May.SEE_STATEMENTS: frozenset({Role.COORDINATOR, Role.SAFEGUARDING}),
    May.SEE_DISCLOSURES: frozenset(OFFICES),
    May.DECIDE_RELEASE: OFFICERS,
    May.RAISE_CONCERN: frozenset(Role),
    May.READ_CONCERNS: OFFICERS,
    May.SEE_RETENTION: frozenset(OFFICES),
    May.PROPOSE_DISPOSAL: frozenset({Role.COORDINATOR}),
    May.APPROVE_DISPOSAL: OFFICERS,
    May.SEE_BACKUPS: OFFICERS,
    May.SEE_AUDIT: OFFICERS,
    May.SEE_CONFORMANCE: frozenset(OFFICES),
    May.SERVE: frozenset(Role),
}


def may(roles: frozenset[Role], action: May) -> bool:
    """Tell whether somebody who holds these roles may do this."""
    return bool(roles & GRANTS[action])

"""The words of a centre's own list of checks: headings it may use, what must not be kept, and what its cells say."""

import re
from collections.abc import Mapping
from enum import StrEnum

from ccc.dbs.check import Decision, Level, Position, Workforce
from ccc.spreadsheet import PEOPLE, Columns


class Column(StrEnum):
    """What a column can hold that is kept. Most are called as in a check."""

    NAME = "name"
    FIRST_NAME = "first name"
    LAST_NAME = "last name"
    POSITION = "position"
    LEVEL = "level"
    WORKFORCE = "workforce"
    APPLIED = "applied_on"
    NUMBER = "number"
    ISSUED = "issued_on"
    SEEN = "seen_on"
    SEEN_BY = "seen_by"
    UPDATE_SERVICE = "update_service"
    CONSENT = "consent_on"
    DECISION = "decision"
    DECIDED = "decided_on"
    RECHECK = "recheck_due"


HEADINGS: dict[str, str] = {
    Column.NAME: PEOPLE.headings[Column.NAME] + "/applicant",
    Column.FIRST_NAME: PEOPLE.headings[Column.FIRST_NAME],
    Column.LAST_NAME: PEOPLE.headings[Column.LAST_NAME],
    Column.POSITION: "position/role/post/job/duty/office/capacity/position applied for",
    Column.LEVEL: "level/level of check/check level/type/type of check/check type/dbs level/dbs type/level of dbs/"
    "type of dbs/disclosure level/disclosure type",
    Column.WORKFORCE: "workforce/dbs workforce/workforce type/child or adult workforce/child adult workforce",
    Column.APPLIED: "application date/application/applied/applied on/date applied/date of application/dbs applied for/"
    "dbs application/dbs application date/date of dbs application/form sent/date submitted/submitted",
    Column.NUMBER: "certificate number/certificate no/certificate/cert no/cert number/number of certificate/number/"
    "dbs number/dbs no/dbs certificate number/dbs certificate no/dbs certificate/dbs ref/dbs reference/"
    "disclosure number/disclosure no/dbs disclosure number/crb number/crb no",
    Column.ISSUED: "issue date/date of issue/issued/issued on/date issued/certificate date/date of certificate/"
    "date on certificate/dbs date/date of dbs/dbs issue date/dbs issued/certificate issued/disclosure date",
    Column.SEEN: "original seen on/original seen/seen/seen on/date seen/date original seen/certificate seen/"
    "certificate seen on/date certificate seen/dbs seen/dbs seen on/original certificate seen/sighted/sighted on/"
    "verified/verified on/date verified",
    Column.SEEN_BY: "seen by/original seen by/certificate seen by/dbs seen by/sighted by/verified by/checked by/"
    "by whom",
    Column.UPDATE_SERVICE: "Update Service/on update service/on the update service/dbs update service/"
    "update service y n/update service yes no/update service registered/registered for update service",
    Column.CONSENT: "Update Service agreed on/update service agreed/update service agreement/update service consent/"
    "update service date/agreed to update service/consent/consent date/date of consent/consented on",
    Column.DECISION: "decision/outcome/result/status/dbs decision/dbs outcome/dbs result/dbs status/may serve/"
    "may start/cleared/approved/suitable/dbs clear/dbs cleared/ok to start/clearance",
    Column.DECIDED: "decision date/date of decision/decided/decided on/date decided/outcome date/result date/"
    "date of result/cleared on/cleared date/date cleared/approved on/approved date/date approved/approval date/"
    "date of approval/clearance date/date of clearance/status date",
    Column.RECHECK: "recheck due/recheck/re check/re check due/recheck date/next check/next check due/next due/due/"
    "due date/renewal/renewal due/renewal date/renew by/expiry/expires/expires on/expiry date/valid until/"
    "dbs expiry/dbs expiry date/dbs renewal/dbs renewal date/dbs due",
}
# What is on a certificate, copies of it, and what else there may be about a person: none of it is kept.
NOT_KEPT = re.compile(
    r"\b(content\w*|convict\w*|cautions?|offen[cs]e\w*|offend\w*|reprimands?|warnings?|police|court|criminal|trace|"
    r"disclosed|information|info|details|barred|risk|assessment|scan\w*|cop(y|ies)|photo\w*|picture|image|file|"
    r"attachment|upload|link|dob|d o b|birth|birthday|born|age|address|street|town|postcode|post code|notes?|"
    r"comments?|remarks?|health|medical|religion|ethnicity|nationality|gender|sex|passport|driving|licence|"
    r"national insurance|ni|id|e ?mail|phone|telephone|tel|mobile|next of kin|emergency)\b"
)
CHECKS = Columns(HEADINGS, NOT_KEPT, example="Name, Certificate number, Issue date, Original seen on", strict=True)
DAYS = (Column.APPLIED, Column.ISSUED, Column.SEEN, Column.CONSENT, Column.DECIDED, Column.RECHECK)

Words = Mapping[str, StrEnum]


def _words(said: Mapping[StrEnum, str]) -> Words:
    """Each word that may stand in a cell, with what it means."""
    return {word: kind for kind, words in said.items() for word in words.split("/")}


MEANINGS: Mapping[Column, Words] = {
    Column.POSITION: _words(
        {
            Position.VOLUNTEER: "volunteer/helper",
            Position.LEADER: "team leader/leader/session leader",
            Position.COORDINATOR: "co ordinator/coordinator",
            Position.SAFEGUARDING: "safeguarding officer/safeguarding lead/designated safeguarding lead/dsl",
            Position.CHAIR: "chair/chairman/chairwoman/chairperson",
            Position.COMMITTEE: "committee member/committee/trustee/treasurer/secretary",
        }
    ),
    # No short word stands for the barred list: a check against it is asked for, and never assumed.
    Column.LEVEL: _words(
        {
            Level.BASIC: "basic/basic dbs",
            Level.STANDARD: "standard/standard dbs",
            Level.ENHANCED: "enhanced/enhanced dbs",
            Level.BARRED: "enhanced with the children s barred list/enhanced with children s barred list/"
            "enhanced and children s barred list/enhanced plus children s barred list/"
            "enhanced children s barred list",
        }
    ),
    Column.WORKFORCE: _words(
        {
            Workforce.CHILD: "child/children/child workforce/children s workforce",
            Workforce.ADULT: "adult/adults/adult workforce/adults workforce",
            Workforce.BOTH: "child and adult/children and adults/adult and child/both/child adult",
            Workforce.OTHER: "other/other workforce",
        }
    ),
    Column.DECISION: _words(
        {
            Decision.MAY: "may serve/may start/may/yes/y/ok/okay/clear/cleared/approved/accepted/passed/pass/suitable",
            # A mere "no" may be a refusal or only say that nothing is decided yet: nobody guesses which.
            Decision.MAY_NOT: "may not serve/may not start/may not/not approved/not accepted/refused/rejected/"
            "declined/not suitable/unsuitable",
            Decision.ELSEWHERE: "awaiting a decision elsewhere/awaiting decision elsewhere/decided elsewhere/referred",
        }
    ),
}
YES, NO = frozenset({"yes", "y", "registered", "on", "true"}), frozenset({"no", "n", "not registered", "off", "false"})
# There is no decision yet: said in words, it is the same as nothing.
NOT_YET = frozenset({"pending", "waiting", "awaiting", "awaited", "in progress", "not yet", "to do", "tbc", "applied"})

"""The promises a confidentiality policy can make, and the choices on which real policies differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Key(StrEnum):
    """One promise: the key that links clause, question, undertaking, rule and evidence."""

    NOT_DISCUSSED = "not-discussed"
    NO_REPORTS = "no-reports"
    ATTENDANCE_ONLY = "attendance-only"
    RISK_EXCEPTIONS = "risk-exceptions"
    PERSONAL_DETAILS = "personal-details"
    OWN_BOUNDARIES = "own-boundaries"
    SOMEBODY_KNOWN = "somebody-known"
    ASSESSMENTS = "assessments"
    DBS = "dbs"
    SECURE_PLACE = "secure-place"
    DISPOSAL = "disposal"
    ACCESS = "access"
    REVIEW = "review"


@dataclass(frozen=True)
class Choice:
    """A point on which policies differ. No options: a whole number from 1 to 99."""

    name: str
    question: str
    options: Mapping[str, str]

    def accepts(self, value: object) -> bool:
        """Tell whether `value` is one that a policy can choose here."""
        if self.options:
            return value in self.options
        return type(value) is int and 1 <= value <= 99


@dataclass(frozen=True)
class Provision:
    """A promise in our words, its choices, and whether every volunteer must know it."""

    promise: str
    choices: tuple[Choice, ...] = ()
    must_know: bool = True

    def accepts(self, choices: Mapping[str, object]) -> bool:
        """Tell whether `choices` answers every question of this promise, and no other."""
        return choices.keys() == {c.name for c in self.choices} and all(
            c.accepts(choices[c.name]) for c in self.choices
        )


PROVISIONS: dict[Key, Provision] = {
    Key.NOT_DISCUSSED: Provision(
        "Nothing about a family is talked about or passed on",
        (
            Choice(
                "where",
                "Where must nothing be said?",
                {"at-all": "anywhere", "outside-centre": "outside the centre"},
            ),
        ),
    ),
    Key.NO_REPORTS: Provision(
        "Volunteers give no reports, spoken or written",
        (
            Choice(
                "about",
                "Reports about what?",
                {"anything": "anything at the centre", "family-proceedings": "family court proceedings"},
            ),
        ),
    ),
    Key.ATTENDANCE_ONLY: Provision("The referring agency may ask for dates and times, and gets nothing else"),
    Key.RISK_EXCEPTIONS: Provision("The two exceptions: a child at risk of harm, someone at risk of violence"),
    Key.PERSONAL_DETAILS: Provision(
        "Addresses and telephone numbers go to nobody without permission",
        (Choice("whose", "Whose details?", {"parents": "parents'", "clients": "all clients'"}),),
    ),
    Key.OWN_BOUNDARIES: Provision("Volunteers keep their own details private and do not meet families elsewhere"),
    Key.SOMEBODY_KNOWN: Provision("A volunteer tells the co-ordinator when somebody they know comes"),
    Key.ASSESSMENTS: Provision(
        "Nobody assesses a family here without prior agreement",
        (
            Choice(
                "who",
                "Who may come?",
                {
                    "cafcass-or-social-services": "only Cafcass or social services",
                    "anyone-agreed": "anyone with an agreement",
                },
            ),
            Choice(
                "agreed_by",
                "Who must agree?",
                {"family-and-coordinator": "the family and the co-ordinator", "centre": "the centre"},
            ),
        ),
    ),
    Key.DBS: Provision(
        "Volunteers have a DBS check, and few people see the result",
        (
            Choice(
                "level",
                "At which level?",
                {"enhanced": "enhanced", "standard": "standard", "basic": "basic", "unstated": "not stated"},
            ),
            Choice(
                "results_to",
                "Who sees the result?",
                {
                    "safeguarding-officer-and-chair": "the safeguarding officer and the chair",
                    "coordinator-or-chair": "the co-ordinator or the chair",
                    "unstated": "not stated",
                },
            ),
        ),
    ),
    Key.SECURE_PLACE: Provision("Information is kept in a secure place"),
    Key.DISPOSAL: Provision(
        "What has not been used for some years is destroyed",
        (Choice("years", "After how many years?", {}),),
    ),
    Key.ACCESS: Provision(
        "Those concerned know the policy and can read it",
        (Choice("how", "How can they read it?", {"open": "it is open to them", "on-request": "when they ask"}),),
    ),
    Key.REVIEW: Provision(
        "The policy is reviewed",
        (Choice("cycle", "How often?", {"annual": "every year", "regular": "regularly"}),),
        must_know=False,
    ),
}

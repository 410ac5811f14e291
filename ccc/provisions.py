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

# In words, for everybody: an ex-partner reads it too. So there is no figure here, and nothing of what ever went wrong.
KEPT_HOW: dict[str, str] = {
    Key.NOT_DISCUSSED: "Everybody who helps here reads this policy, answers questions on it and signs it before they "
    "serve. Each of them sees only what they need on the day.",
    Key.NO_REPORTS: "Volunteers learn and sign this before they serve. Our records have no room for notes on a family "
    "or on a visit.",
    Key.ATTENDANCE_ONLY: "What we issue on attendance has room for dates and times alone, and is made out to whoever "
    "referred the family.",
    Key.RISK_EXCEPTIONS: "A volunteer never decides this. The safeguarding officer or the chair answers for it, and "
    "it is written down with the reason.",
    Key.PERSONAL_DETAILS: "Contact details are locked away and shown for one adult at a time, to those few who need "
    "them. Each look is written down.",
    Key.OWN_BOUNDARIES: "Volunteers learn and sign this before they serve. Their own details are shown to the "
    "co-ordinator alone, and each look is written down.",
    Key.SOMEBODY_KNOWN: "Before they serve, volunteers can say in private that they know somebody. They then serve on "
    "another day, and see nothing about that family.",
    Key.ASSESSMENTS: "No assessor's visit can be entered before everybody has agreed to it whom this policy names. "
    "Without that, nobody is let in.",
    Key.DBS: "Nobody is put on the rota before they are cleared. The check lies locked, and only the safeguarding "
    "officer and the chair can open it.",
    Key.SECURE_PLACE: "Records are locked with keys that few people hold, copied every day under another key, and "
    "whoever opens or changes something delicate is written down.",
    Key.DISPOSAL: "The program lists what has not been used for as long as this policy says. One person proposes that "
    "it goes, another approves, and then it is destroyed for good.",
    Key.ACCESS: "Anybody can read this policy here without signing in, print it, or open it with the camera of a "
    "telephone. Families and those who refer them are given it when they first come.",
    Key.REVIEW: "The page shows when the policy was last reviewed and when it is due. Those in charge are reminded in "
    "good time before that day.",
}
KEPT_BY_PEOPLE = "Kept by people: we talk about it when somebody joins, and remind each other."

"""The first day of a centre: its name and numbers, its first chair and the draft of its policy, all or nothing."""

from dataclasses import dataclass, field

from ccc import centre, people, policies
from ccc.db import writing
from ccc.signin import accounts
from ccc.signin.accounts import Account

CONFIDENTIALITY, DBS = "confidentiality", "dbs"


@dataclass(frozen=True)
class Beginning:
    """What the first chair types in."""

    centre: str
    coordinator_phone: str
    safeguarding_phone: str
    chair: str
    email: str | None
    sign_in_name: str
    policy: str
    password: str = field(repr=False)
    chair_phone: str | None = None


def begin(token: str, start: Beginning) -> tuple[Account, bytes]:
    """Set the centre up, and return the chair's account with its key, for the first sign-in.

    Raises AlreadySetUpError for a link that was used, UnreadableError for a text that is no policy, and RefusedError.
    """
    keys = accounts.keys_for(start.password)
    with writing():
        centre.set_up(token, start.centre, start.coordinator_phone, start.safeguarding_phone, start.chair_phone)
        chair = people.add(start.chair, start.email, None, None)
        people.appoint_first_chair(chair)
        policies.draft(CONFIDENTIALITY, start.policy, chair)
        dbs = policies.model_text(DBS) if policies.mentions_dbs(start.policy) else None
        if dbs:
            policies.draft(DBS, dbs, chair)
        return accounts.store(chair, start.sign_in_name, keys)

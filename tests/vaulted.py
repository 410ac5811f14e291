"""Opening the officers' vault in a test, and a check with something unmistakable in every field."""

from collections.abc import Mapping
from datetime import date

from ccc import dbs, officers_vault, vault
from ccc.dbs import Asked, Certificate, Check, Decision, Level, Look, Position, Result, Verdict, Workforce
from ccc.officers_vault import Opened
from ccc.people import Person
from ccc.roles import Role
from ccc.signin import accounts, sign_ins
from ccc.signin.sign_ins import SignedIn
from tests.conftest import PASSWORD

NUMBER = "098765432109"
APPLIED, ISSUED, SEEN, AGREED, LOOKED, DECIDED = (date(2019, month, 17) for month in (2, 3, 5, 7, 8, 9))


def signed_in(person: Person) -> SignedIn:
    """A sign-in of somebody, past its second step."""
    account = accounts.Account.get(accounts.Account.person == person)
    who = sign_ins.begin(account, vault.open_lock(account.lock, PASSWORD) or b"", shared=False, device="a test")
    accounts.Account.update(second_factor="sheet").where(accounts.Account.id == account.id).execute()
    sign_ins.pass_second_factor(who)
    resumed = sign_ins.resume(who.get_id())
    assert resumed
    return resumed


def opened_by_both(cast: Mapping[Role, Person]) -> dict[Role, Opened]:
    """The vault as the chair and the safeguarding officer each open it."""
    chair = officers_vault.open_for(signed_in(cast[Role.CHAIR]))
    officers_vault.give_access(cast[Role.SAFEGUARDING], chair)
    return {Role.CHAIR: chair, Role.SAFEGUARDING: officers_vault.open_for(signed_in(cast[Role.SAFEGUARDING]))}


def check_of(person: Person, opened: Opened) -> Check:
    """Somebody's check, which can be opened."""
    check = dbs.look_into(person, opened)
    assert check
    return check


def fill_in(person: Person, opened: Opened, decision: Decision | None) -> None:
    """Put something unmistakable into every field of somebody's check, in five acts; None: no decision yet."""
    asked = Asked(Position.COMMITTEE, Level.BARRED, Workforce.BOTH)
    dbs.apply(person, opened, check_of(person, opened).mark, asked, APPLIED)
    certificate = Certificate(NUMBER, ISSUED, SEEN)
    dbs.see_original(person, opened, check_of(person, opened).mark, asked, certificate)
    dbs.note_consent(person, opened, check_of(person, opened).mark, AGREED)
    dbs.note_look(person, opened, check_of(person, opened).mark, Look(LOOKED, Result.CURRENT))
    if decision:
        dbs.decide(person, opened, check_of(person, opened).mark, Verdict(decision, DECIDED))
    else:
        dbs.note_consent(person, opened, check_of(person, opened).mark, AGREED)

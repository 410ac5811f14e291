"""A centre in which one of everything stands, so that every address of the product leads to a real page."""

from collections.abc import Mapping

from ccc import centre, clock, officers_vault, people, policies, undertakings, vault
from ccc.db import writing
from ccc.onboarding import invited
from ccc.people import Person
from ccc.policies import Review, Version
from ccc.quizzes import attempts
from ccc.quizzes.questions import Quiz
from ccc.roles import Role
from ccc.signin import accounts, links, sign_ins
from ccc.signin.accounts import Account
from ccc.signin.links import Details, Purpose
from tests.conftest import PASSWORD
from tests.policy_samples import HTML
from tests.samples import MILLBROOK, drafted

BASE = "http://127.0.0.1:8000"
# The sign-in name of somebody who has only a sheet of codes, and so has to give one after the password.
HALFWAY = "hattie-halfway"
# The variable parts of one page's address, by endpoint. What the address has no place for stands behind its `?`.
Parts = dict[str, dict[str, str]]
Four = Mapping[Role, Person]


def one_of_everything(four: Four, quiz: Quiz) -> Parts:
    """Let the four of a centre do a little of everything, and return the addresses of what came of it.

    The confidentiality policy and the DBS policy are in force before, and all four have an account.
    """
    with writing():
        return _of_policies(four) | _of_learning(four, quiz) | _of_people(four) | _of_the_vault(four)


def _of_policies(four: Four) -> Parts:
    """A draft with something to decide on, and an approved version that waits to be published."""
    by, chair = four[Role.COORDINATOR], four[Role.CHAIR]
    draft, approved = drafted(by, HTML.text), drafted(by, MILLBROOK, "dbs")
    approved = Version.get_by_id(approved.id)
    policies.approve(approved, chair, seen=policies.fingerprint(approved), review=Review(clock.today(), 12))
    return {
        "policies.version": {"number": "1.0"},
        "drafting.decide": {"key": policies.key_of(draft.pieces_aside[0])},
        "publishing.publish": {"slug": "dbs"},
        "publishing.send_back": {"slug": "dbs"},
    }


def _of_learning(four: Four, quiz: Quiz) -> Parts:
    """For whoever has not passed, a failed attempt and an open one; the volunteer has signed on paper."""
    version = policies.in_force("confidentiality")
    assert version
    for person in four.values():
        if not attempts.has_passed(person, version):
            undertakings.finish(person, version)
            _fail(person, quiz, version)
            attempts.start(person, quiz, version, count=15, has_read=True)
    seen_by, by = four[Role.CHAIR], four[Role.COORDINATOR]
    given = undertakings.record_on_paper(four[Role.VOLUNTEER], version, clock.today(), seen_by, by)
    seen = undertakings.mark(undertakings.wording(version, centre.the_centre().name))
    return {"undertakings.certificate": {"number": given.number}, "undertakings.sign": {"seen": seen}}


def _fail(person: Person, quiz: Quiz, version: Version) -> None:
    attempt = attempts.start(person, quiz, version, count=15, has_read=True)
    for index, question in enumerate(attempt.questions):
        wrong = next(place for place, answer in enumerate(question.answers) if not answer.right)
        attempts.answer(attempt, index, [wrong], 80)


def _of_people(four: Four) -> Parts:
    """Two newcomers, a new-password link to hand over, and a new chair who waits for the officer's word."""
    volunteer, coordinator, chair = four[Role.VOLUNTEER], four[Role.COORDINATOR], four[Role.CHAIR]
    halfway, _ = accounts.make(people.add("Hattie Halfway (invented)", None, None, coordinator), HALFWAY, PASSWORD)
    Account.update(second_factor="sheet").where(Account.id == halfway.id).execute()
    newcomer = invited.invite(Details("Nora Newcomer (invented)"), None, coordinator, BASE)
    join, password = links.open_link_of(newcomer, Purpose.JOIN), links.make(volunteer, Purpose.PASSWORD, chair, BASE)
    assert join
    appointment = people.appoint(volunteer, Role.CHAIR, clock.today(), None, chair)
    office = {"number": str(volunteer.id), "office": str(appointment.id)}
    its_invitation = {"number": str(newcomer.id)}
    return {
        "invitations.show": its_invitation,
        "invitations.send_again": its_invitation,
        "invitations.withdraw": its_invitation,
        "invitations.join": {"token": join.token},
        "signin.new_password": {"token": password.token},
        "offices.confirm": office,
        "offices.end_office": office,
    }


def _of_the_vault(four: Four) -> Parts:
    """The vault, which the chair's sign-in makes, its recovery sheet, and access to it for the other officer."""
    account, other = accounts.of(four[Role.CHAIR]), four[Role.SAFEGUARDING]
    private = account and vault.open_lock(account.lock, PASSWORD)
    assert account
    assert private
    opened = officers_vault.open_for(sign_ins.begin(account, private, shared=False, device="a test"))
    officers_vault.new_sheet(opened, 0)
    officers_vault.give_access(other, opened)
    return {"vault.give_access": {"number": str(other.id)}}

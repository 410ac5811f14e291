"""Approving and publishing a policy: by whom, what is refused, and who is told."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from ccc import policies
from ccc.config import ROOT
from ccc.people import Appointment, Person
from ccc.provisions import Key
from ccc.roles import Role
from tests import samples
from tests.checking import CheckingClient

Cast = dict[Role, Person]
AsRole = Callable[[Role | None], CheckingClient]
DRAFT = "/drafting/confidentiality"
REAL_POLICIES = sorted((ROOT.parent / "shared" / "policies").glob("*.txt"))
REVIEWED = {"month": "9", "year": "2026"}
TWO_YEARS = samples.MILLBROOK.replace("three years", "two years")


@pytest.fixture
def clients(cast: Cast, as_role: AsRole) -> dict[Role, CheckingClient]:
    """A browser of each of the cast."""
    return {role: as_role(role) for role in Role}


def approve(client: CheckingClient, **fields: Any) -> TestResponse:
    """Send the approval page as it stands, with the fingerprint that it carries."""
    return client.send(f"{DRAFT}/approve", seen=seen_by(client), **(REVIEWED | fields))


def publish(client: CheckingClient, **fields: Any) -> TestResponse:
    """Send the page for publishing as it stands, with the version that it is about."""
    return client.send(f"{DRAFT}/publish", seen=seen_by(client, "publish"), **fields)


def seen_by(client: CheckingClient, page: str = "approve") -> str:
    found = re.search(r'name="seen"[^>]*value="([^"]+)"', client.get(f"{DRAFT}/{page}").text)
    return found[1] if found else ""


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SAFEGUARDING])
def test_only_the_chair_publishes(clients: dict[Role, CheckingClient], cast: Cast, role: Role) -> None:
    samples.drafted(cast[Role.COORDINATOR])
    assert clients[role].get(f"{DRAFT}/publish").status_code == 403
    assert clients[role].send(f"{DRAFT}/publish").status_code == 403
    assert clients[role].send(f"{DRAFT}/send-back").status_code == 403


def test_coordinator_drafts_chair_approves_and_publishes(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    samples.published(cast[Role.SAFEGUARDING])
    clients[Role.COORDINATOR].send(f"{DRAFT}/text", text=TWO_YEARS)
    chair = clients[Role.CHAIR]
    assert "a draft waits for you to approve it" in chair.get("/").text
    assert "a draft waits" not in clients[Role.COORDINATOR].get("/").text
    assert approve(chair).location == f"{DRAFT}/publish"
    assert "is approved and not in force yet" in chair.get("/").text
    answer = publish(chair, kind="material", sign_by="2027-01-02", change_note="We keep papers for two years only.")
    assert (answer.status_code, answer.location) == (303, "/policies/confidentiality/")
    text = chair.get("/policies/confidentiality/").text
    assert "Version 2.0, approved by the chair" in text
    assert "We keep papers for two years only." in text


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SAFEGUARDING])
def test_where_the_chair_drafted_another_office_agrees(
    clients: dict[Role, CheckingClient], cast: Cast, role: Role
) -> None:
    samples.published(cast[Role.SAFEGUARDING])
    clients[Role.CHAIR].send(f"{DRAFT}/text", text=TWO_YEARS)
    refused = clients[Role.CHAIR].send(f"{DRAFT}/approve", seen=policies.fingerprint(samples.making()))
    assert refused.status_code == 422
    assert "You had a part in this draft" in refused.text
    assert approve(clients[role]).location == "/drafting/"
    version = samples.making()
    assert (version.approved_by_id, version.approved_as) == (cast[role].id, str(role))


def test_a_hand_in_a_draft_is_enough_to_need_somebody_else(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    samples.published(cast[Role.SAFEGUARDING])
    clients[Role.COORDINATOR].send(f"{DRAFT}/text", text=TWO_YEARS)
    clients[Role.CHAIR].send(f"{DRAFT}/clauses/9", **{"secure-place": "y"})
    answer = approve(clients[Role.CHAIR])
    assert answer.status_code == 422
    assert "the co-ordinator or the safeguarding officer" in answer.text
    assert "You had a part" in clients[Role.COORDINATOR].get(f"{DRAFT}/approve").text
    assert approve(clients[Role.SAFEGUARDING]).status_code == 303


def test_putting_the_text_in_again_does_not_wash_off_the_part_of_others(
    clients: dict[Role, CheckingClient], cast: Cast
) -> None:
    samples.published(cast[Role.SAFEGUARDING])
    clients[Role.CHAIR].send(f"{DRAFT}/text", text=TWO_YEARS)
    clients[Role.COORDINATOR].send(f"{DRAFT}/text", text=TWO_YEARS + "\n13. We are kind.\n")
    assert approve(clients[Role.CHAIR]).status_code == 422
    assert approve(clients[Role.COORDINATOR]).status_code == 422
    assert approve(clients[Role.SAFEGUARDING]).status_code == 303


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SAFEGUARDING])
def test_where_the_chair_had_no_part_the_chair_approves(
    clients: dict[Role, CheckingClient], cast: Cast, role: Role
) -> None:
    samples.published(cast[Role.CHAIR])
    drafter = Role.SAFEGUARDING if role == Role.COORDINATOR else Role.COORDINATOR
    clients[drafter].send(f"{DRAFT}/text", text=TWO_YEARS)
    answer = clients[role].send(f"{DRAFT}/approve", seen=policies.fingerprint(samples.making()))
    assert answer.status_code == 422
    assert "The chair approves this draft." in answer.text


def test_a_draft_that_changed_while_it_was_read_is_not_approved(
    clients: dict[Role, CheckingClient], cast: Cast
) -> None:
    samples.drafted(cast[Role.COORDINATOR])
    seen = seen_by(clients[Role.CHAIR])
    clients[Role.SAFEGUARDING].send(f"{DRAFT}/text", text=TWO_YEARS)
    answer = clients[Role.CHAIR].send(f"{DRAFT}/approve", seen=seen)
    assert answer.status_code == 422
    assert "The draft was changed while you read it." in answer.text
    assert "two years" in answer.text


def test_of_two_who_approve_or_publish_at_once_the_second_is_told(
    clients: dict[Role, CheckingClient], cast: Cast
) -> None:
    samples.published(cast[Role.SAFEGUARDING])
    samples.drafted(cast[Role.CHAIR], TWO_YEARS)
    seen = seen_by(clients[Role.COORDINATOR])
    assert clients[Role.COORDINATOR].send(f"{DRAFT}/approve", seen=seen, **REVIEWED).status_code == 303
    late = clients[Role.SAFEGUARDING].send(f"{DRAFT}/approve", seen=seen, **REVIEWED)
    assert late.status_code == 409
    assert "approved or thrown away meanwhile" in late.text
    typed = {"kind": "material", "change_note": "Shorter.", "sign_by": "2027-01-02"}
    assert publish(clients[Role.CHAIR], **typed).status_code == 303
    late = clients[Role.CHAIR].send(f"{DRAFT}/publish", **typed)
    assert late.status_code == 409
    assert "somebody published it or threw it away" in late.text


def test_the_same_text_is_not_published_twice(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    samples.published(cast[Role.SAFEGUARDING])
    samples.drafted(cast[Role.COORDINATOR])
    answer = approve(clients[Role.CHAIR])
    assert answer.status_code == 422
    assert "the same, word for word, as the version in force" in answer.text


def test_an_editorial_change_moves_the_number_behind_the_dot(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    first = samples.published(cast[Role.SAFEGUARDING])
    samples.drafted(cast[Role.COORDINATOR], samples.MILLBROOK.replace("hard times", "difficult times"))
    approve(clients[Role.CHAIR])
    publish(clients[Role.CHAIR], kind="editorial", change_note="A better word.")
    now = policies.in_force("confidentiality")
    assert now
    assert (now.number, now.edition, first.edition) == ("1.1", 1, 1)


def test_a_change_of_what_is_promised_is_never_editorial(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    samples.published(cast[Role.SAFEGUARDING])
    clause = samples.drafted(cast[Role.COORDINATOR]).clauses.where(policies.Clause.label == "10").get()
    policies.retag(clause, {Key.DISPOSAL: {"years": 2}}, cast[Role.COORDINATOR])
    approve(clients[Role.CHAIR])
    answer = publish(clients[Role.CHAIR], kind="editorial", change_note="A slip.")
    assert answer.status_code == 422
    assert "promises something else" in answer.text
    assert "A slip." in answer.text


def test_a_clause_that_is_replaced_is_never_editorial(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    text = samples.MILLBROOK + "\n13. Nobody takes photographs in the hall.\n"
    version = samples.published(cast[Role.SAFEGUARDING], text)
    samples.drafted(cast[Role.COORDINATOR], text.replace("Nobody takes photographs in the hall", "We share all meals"))
    approve(clients[Role.CHAIR])
    answer = publish(clients[Role.CHAIR], kind="editorial", change_note="Words.")
    assert answer.status_code == 422
    assert "A whole clause came or went, so the change is material." in answer.text
    assert policies.in_force("confidentiality") == version


def test_the_same_words_are_never_signed_anew(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    samples.published(cast[Role.SAFEGUARDING], samples.REGULAR)
    samples.drafted(cast[Role.COORDINATOR], samples.REGULAR)
    approve(clients[Role.CHAIR], months="24")
    typed = {"change_note": "Every two years.", "sign_by": "2027-01-02"}
    answer = publish(clients[Role.CHAIR], kind="material", **typed)
    assert answer.status_code == 422
    assert "Every word and every promise is as it was" in answer.text
    assert publish(clients[Role.CHAIR], kind="editorial", **typed).status_code == 303


def test_an_old_page_does_not_publish_what_was_approved_since(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    samples.published(cast[Role.SAFEGUARDING])
    samples.drafted(cast[Role.COORDINATOR], TWO_YEARS)
    chair = clients[Role.CHAIR]
    approve(chair)
    old = {"seen": seen_by(chair, "publish"), "kind": "material", "change_note": "Two.", "sign_by": "2027-01-02"}
    chair.send(f"{DRAFT}/send-back")
    samples.drafted(cast[Role.COORDINATOR], samples.MILLBROOK.replace("three years", "nine years"))
    approve(chair)
    answer = chair.send(f"{DRAFT}/publish", **old)
    assert answer.status_code == 422
    assert "This page was opened for another version." in answer.text
    assert not samples.making().published_at
    assert f'value="{samples.making().id}"' in answer.text


def test_a_new_version_needs_a_kind_and_a_reason(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    samples.published(cast[Role.SAFEGUARDING])
    samples.drafted(cast[Role.COORDINATOR], TWO_YEARS)
    approve(clients[Role.CHAIR])
    assert publish(clients[Role.CHAIR], kind="material", change_note=" ").status_code == 422
    answer = publish(clients[Role.CHAIR], change_note="Because.")
    assert answer.status_code == 422
    assert "Because." in answer.text


def test_a_first_version_asks_nothing(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    samples.drafted(cast[Role.COORDINATOR])
    approve(clients[Role.CHAIR])
    assert "What kind of change" not in clients[Role.CHAIR].get(f"{DRAFT}/publish").text
    assert publish(clients[Role.CHAIR]).location == "/policies/confidentiality/"


def test_an_unapproved_draft_is_not_published_once_there_is_a_policy(
    clients: dict[Role, CheckingClient], cast: Cast
) -> None:
    samples.published(cast[Role.SAFEGUARDING])
    samples.drafted(cast[Role.COORDINATOR], TWO_YEARS)
    answer = clients[Role.CHAIR].send(f"{DRAFT}/publish", seen=policies.fingerprint(samples.making()))
    assert answer.status_code == 409
    assert "not approved yet" in answer.text


def test_an_approved_version_is_changed_by_nobody_until_it_is_sent_back(
    clients: dict[Role, CheckingClient], cast: Cast
) -> None:
    samples.published(cast[Role.SAFEGUARDING])
    samples.drafted(cast[Role.COORDINATOR], TWO_YEARS)
    approve(clients[Role.CHAIR])
    for end in ("clauses/1", "throw-away", "review"):
        assert clients[Role.COORDINATOR].send(f"{DRAFT}/{end}").status_code == 409, end
    refused = clients[Role.COORDINATOR].send(f"{DRAFT}/text", text=samples.MILLBROOK)
    assert refused.status_code == 422
    assert "It is too late" in refused.text or "was approved" in refused.text
    before = [clause.text for clause in policies.clauses(samples.making())]
    assert clients[Role.CHAIR].send(f"{DRAFT}/send-back").location == f"{DRAFT}/"
    again = samples.making()
    assert again.approved_at is None
    assert [clause.text for clause in policies.clauses(again)] == before
    assert policies.promises(again)[Key.NOT_DISCUSSED] == [{"where": "at-all"}]
    assert "You had a part" in clients[Role.COORDINATOR].get(f"{DRAFT}/approve").text


def test_the_month_of_the_review_is_asked_for_only_where_it_is_promised_and_unknown(
    clients: dict[Role, CheckingClient], cast: Cast
) -> None:
    samples.drafted(cast[Role.COORDINATOR], samples.REGULAR.replace(" It was last reviewed in September 2026.", ""))
    clause = policies.clauses(samples.making())[-1]
    policies.retag(clause, {Key.REVIEW: {"cycle": "regular"}}, cast[Role.COORDINATOR])
    chair = clients[Role.CHAIR]
    assert "Last reviewed in" in chair.get(f"{DRAFT}/approve").text
    refused = chair.send(f"{DRAFT}/approve", seen=policies.fingerprint(samples.making()), month="12", year="2026")
    assert refused.status_code == 422
    assert "has not come yet" in refused.text
    for year, months in (("26", ""), ("", ""), ("2026", "0"), ("2026", "x"), ("2026", "121")):
        answer = chair.send(
            f"{DRAFT}/approve", seen=policies.fingerprint(samples.making()), month="3", year=year, months=months
        )
        assert answer.status_code == 422, (year, months)
    answer = chair.send(
        f"{DRAFT}/approve", seen=policies.fingerprint(samples.making()), month="11", year="2026", months="24"
    )
    assert answer.status_code == 303
    version = samples.making()
    assert (version.reviewed_on.isoformat(), version.review_due.isoformat()) == ("2026-11-30", "2028-11-30")


def test_an_overdue_review_waits_for_the_chair_and_the_coordinator(
    clients: dict[Role, CheckingClient], cast: Cast
) -> None:
    samples.published(cast[Role.CHAIR], samples.MILLBROOK.replace("September 2026", "March 2024"))
    for role, waits in (
        (Role.CHAIR, True),
        (Role.COORDINATOR, True),
        (Role.SAFEGUARDING, False),
        (Role.VOLUNTEER, False),
    ):
        assert ("its review is overdue" in clients[role].get("/").text) == waits, role


@pytest.mark.skipif(not REAL_POLICIES, reason="the real policies are not there: ../shared/policies is missing")
@pytest.mark.parametrize("path", REAL_POLICIES, ids=lambda path: path.stem)
def test_a_real_policy_goes_all_the_way(clients: dict[Role, CheckingClient], cast: Cast, path: Any) -> None:
    text = path.read_text(encoding="utf-8")
    assert clients[Role.COORDINATOR].send(f"{DRAFT}/text", text=text).status_code == 303
    assert clients[Role.COORDINATOR].get(f"{DRAFT}/").status_code == 200
    assert approve(clients[Role.CHAIR]).status_code == 303
    assert publish(clients[Role.CHAIR]).status_code == 303
    page = clients[Role.VOLUNTEER].get("/policies/confidentiality/").text
    overdue = policies.in_force("confidentiality").reviewed_on.year == 2024 and "annually" in text  # type: ignore[union-attr]
    assert ("was due for review by 31 March 2025" in page) == overdue


def test_a_person_who_holds_the_chair_and_another_office_does_not_agree_to_their_own_draft(
    clients: dict[Role, CheckingClient], cast: Cast
) -> None:
    samples.published(cast[Role.SAFEGUARDING])
    Appointment.update(person=cast[Role.CHAIR]).where(Appointment.role == Role.COORDINATOR).execute()
    samples.drafted(cast[Role.CHAIR], TWO_YEARS)
    assert approve(clients[Role.CHAIR], seen2="").status_code == 422
    assert approve(clients[Role.SAFEGUARDING]).status_code == 303

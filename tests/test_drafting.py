"""Drafting, correcting, approving and publishing a policy: who may, what is refused, and that no word is lost."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from ccc import policies
from ccc.config import ROOT
from ccc.people import Appointment, Person
from ccc.policies import Version
from ccc.provisions import Key
from ccc.roles import Role
from tests import samples
from tests.checking import CheckingClient
from tests.test_set_up import send_file

Cast = dict[Role, Person]
AsRole = Callable[[Role | None], CheckingClient]
DRAFT = "/drafting/confidentiality"
REAL_POLICIES = sorted((ROOT.parent / "shared" / "policies").glob("*.txt"))
OFFICES = (Role.COORDINATOR, Role.SAFEGUARDING, Role.CHAIR)
TWO_YEARS = samples.MILLBROOK.replace("three years", "two years")


@pytest.fixture
def clients(cast: Cast, as_role: AsRole) -> dict[Role, CheckingClient]:
    return {role: as_role(role) for role in Role}


def approve(client: CheckingClient, **fields: Any) -> TestResponse:
    """Send the approval page as it stands, with the fingerprint that it carries."""
    return client.send(f"{DRAFT}/approve", seen=seen_by(client), **fields)


def seen_by(client: CheckingClient, page: str = "approve") -> str:
    found = re.search(r'name="seen"[^>]*value="([^"]+)"', client.get(f"{DRAFT}/{page}").text)
    return found[1] if found else ""


def making() -> Version:
    version = policies.making("confidentiality")
    assert version
    return version


@pytest.mark.parametrize("role", OFFICES)
def test_each_office_drafts(clients: dict[Role, CheckingClient], role: Role) -> None:
    answer = clients[role].send(f"{DRAFT}/text", text=samples.MILLBROOK)
    assert (answer.status_code, answer.location) == (303, f"{DRAFT}/")
    text = clients[role].get(f"{DRAFT}/").text
    assert "Draft: Millbrook confidentiality policy" in text
    assert "Nothing about a family is talked about or passed on." in text
    assert "At which level? <strong>Enhanced.</strong>" in text
    assert "Because: …" in text


@pytest.mark.parametrize("end", ["", "text", "review", "throw-away", "approve", "publish", "clauses/1"])
def test_volunteers_and_visitors_see_no_draft(cast: Cast, as_role: AsRole, end: str) -> None:
    samples.drafted(cast[Role.COORDINATOR])
    assert as_role(Role.VOLUNTEER).get(f"{DRAFT}/{end}").status_code == 403
    assert as_role(None).get(f"{DRAFT}/{end}").location.startswith("/sign-in")


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
    answer = chair.send(f"{DRAFT}/publish", kind="material", change_note="We keep papers for two years only.")
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
    refused = clients[Role.CHAIR].send(f"{DRAFT}/approve", seen=policies.fingerprint(making()))
    assert refused.status_code == 422
    assert "You had a part in this draft" in refused.text
    assert approve(clients[role]).location == "/drafting/"
    version = making()
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
    answer = clients[role].send(f"{DRAFT}/approve", seen=policies.fingerprint(making()))
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
    assert clients[Role.COORDINATOR].send(f"{DRAFT}/approve", seen=seen).status_code == 303
    late = clients[Role.SAFEGUARDING].send(f"{DRAFT}/approve", seen=seen)
    assert late.status_code == 409
    assert "approved or thrown away meanwhile" in late.text
    typed = {"kind": "material", "change_note": "Shorter."}
    assert clients[Role.CHAIR].send(f"{DRAFT}/publish", **typed).status_code == 303
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
    clients[Role.CHAIR].send(f"{DRAFT}/publish", kind="editorial", change_note="A better word.")
    now = policies.in_force("confidentiality")
    assert now
    assert (now.number, now.edition, first.edition) == ("1.1", 1, 1)


def test_a_change_of_what_is_promised_is_never_editorial(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    samples.published(cast[Role.SAFEGUARDING])
    clause = samples.drafted(cast[Role.COORDINATOR]).clauses.where(policies.Clause.label == "10").get()
    policies.retag(clause, {Key.DISPOSAL: {"years": 2}}, cast[Role.COORDINATOR])
    approve(clients[Role.CHAIR])
    answer = clients[Role.CHAIR].send(f"{DRAFT}/publish", kind="editorial", change_note="A slip.")
    assert answer.status_code == 422
    assert "promises something else" in answer.text
    assert "A slip." in answer.text


def test_a_new_version_needs_a_kind_and_a_reason(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    samples.published(cast[Role.SAFEGUARDING])
    samples.drafted(cast[Role.COORDINATOR], TWO_YEARS)
    approve(clients[Role.CHAIR])
    assert clients[Role.CHAIR].send(f"{DRAFT}/publish", kind="material", change_note=" ").status_code == 422
    answer = clients[Role.CHAIR].send(f"{DRAFT}/publish", change_note="Because.")
    assert answer.status_code == 422
    assert "Because." in answer.text


def test_a_first_version_asks_nothing(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    samples.drafted(cast[Role.COORDINATOR])
    approve(clients[Role.CHAIR])
    assert "What kind of change" not in clients[Role.CHAIR].get(f"{DRAFT}/publish").text
    assert clients[Role.CHAIR].send(f"{DRAFT}/publish").location == "/policies/confidentiality/"


def test_an_unapproved_draft_is_not_published_once_there_is_a_policy(
    clients: dict[Role, CheckingClient], cast: Cast
) -> None:
    samples.published(cast[Role.SAFEGUARDING])
    samples.drafted(cast[Role.COORDINATOR], TWO_YEARS)
    answer = clients[Role.CHAIR].send(f"{DRAFT}/publish", seen=policies.fingerprint(making()))
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
    before = [clause.text for clause in policies.clauses(making())]
    assert clients[Role.CHAIR].send(f"{DRAFT}/send-back").location == f"{DRAFT}/"
    again = making()
    assert again.approved_at is None
    assert [clause.text for clause in policies.clauses(again)] == before
    assert policies.promises(again)[Key.NOT_DISCUSSED] == [{"where": "at-all"}]
    assert "You had a part" in clients[Role.COORDINATOR].get(f"{DRAFT}/approve").text


def test_clause_is_corrected_in_a_form(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    samples.drafted(cast[Role.COORDINATOR])
    client = clients[Role.COORDINATOR]
    page = client.get(f"{DRAFT}/clauses/7").text
    assert re.search(r'id="assessments"[^>]*checked', page)
    assert re.search(r'<option value="anyone-agreed" selected', page)
    typed = {
        "assessments": "y",
        "assessments.who": "cafcass-or-social-services",
        "assessments.agreed_by": "family-and-coordinator",
        "disposal": "y",
        "disposal.years": "7",
        "dbs.level": "basic",
    }
    answer = client.send(f"{DRAFT}/clauses/7", **typed)
    assert (answer.status_code, answer.location) == (303, f"{DRAFT}/#c7")
    clause = making().clauses.where(policies.Clause.label == "7").get()
    assert {tag.provision: tag.chosen for tag in clause.tags} == {
        "assessments": {"who": "cafcass-or-social-services", "agreed_by": "family-and-coordinator"},
        "disposal": {"years": 7},
    }
    assert "After how many years? <strong>7.</strong>" in client.get(f"{DRAFT}/").text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"dbs": "y", "dbs.level": "enhanced"}, "Choose one of these."),
        ({"dbs": "y", "dbs.level": "superb", "dbs.results_to": "unstated"}, "Choose one of these."),
        ({"disposal": "y"}, "Type a whole number from 1 to 99."),
        ({"disposal": "y", "disposal.years": "0"}, "Type a whole number from 1 to 99."),
        ({"disposal": "y", "disposal.years": "²"}, "Type a whole number from 1 to 99."),
        ({"disposal": "y", "disposal.years": "12_3"}, "Type a whole number from 1 to 99."),
        ({"disposal": "y", "disposal.years": "ten"}, "Type a whole number from 1 to 99."),
    ],
)
def test_choices_that_are_missing_or_unknown_are_refused(
    clients: dict[Role, CheckingClient], cast: Cast, typed: dict[str, str], said: str
) -> None:
    samples.drafted(cast[Role.COORDINATOR])
    answer = clients[Role.COORDINATOR].send(f"{DRAFT}/clauses/1", **typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert policies.promises(making())[Key.NOT_DISCUSSED] == [{"where": "at-all"}]


def test_an_unknown_clause_is_not_found(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    samples.drafted(cast[Role.COORDINATOR])
    assert clients[Role.COORDINATOR].get(f"{DRAFT}/clauses/99").status_code == 404


FURNITURE = "top of page\n\n" + samples.MILLBROOK + "\nbottom of page\n"


@pytest.mark.parametrize("decision", ["leave-out", "introduction", "clause"])
def test_a_person_decides_about_what_was_set_aside(
    clients: dict[Role, CheckingClient], cast: Cast, decision: str
) -> None:
    client = clients[Role.COORDINATOR]
    client.send(f"{DRAFT}/text", text=FURNITURE)
    assert making().pieces_aside == ["top of page", "bottom of page"]
    key = policies.key_of("bottom of page")
    assert "bottom of page" in client.get(f"{DRAFT}/").text
    assert client.send(f"{DRAFT}/pieces/{key}/{decision}").status_code == 303
    version = making()
    assert version.pieces_aside == ["top of page"]
    found = {
        "leave-out": version.pieces_left_out == ["bottom of page"],
        "introduction": version.preamble.endswith("bottom of page"),
        "clause": policies.clauses(version)[-1].text == "bottom of page",
    }
    assert found[decision]
    assert "bottom of page" in client.get(f"{DRAFT}/").text
    second = client.send(f"{DRAFT}/pieces/{policies.key_of('gone')}/{decision}")
    assert second.status_code == 409
    assert client.send(f"{DRAFT}/pieces/{key}/burn").status_code == 404


def test_what_was_left_out_stays_left_out_when_the_text_is_put_in_again(
    clients: dict[Role, CheckingClient], cast: Cast
) -> None:
    client = clients[Role.COORDINATOR]
    client.send(f"{DRAFT}/text", text=FURNITURE)
    client.send(f"{DRAFT}/pieces/{policies.key_of('top of page')}/leave-out")
    client.send(f"{DRAFT}/text", text=FURNITURE)
    assert (making().pieces_aside, making().pieces_left_out) == (["bottom of page"], ["top of page"])
    client.send(f"{DRAFT}/text", text=policies.source_of(making()))
    assert sorted(making().pieces_left_out) == ["bottom of page", "top of page"]


def test_a_corrected_clause_stays_corrected_when_the_text_is_put_in_again(
    clients: dict[Role, CheckingClient], cast: Cast
) -> None:
    client = clients[Role.COORDINATOR]
    samples.drafted(cast[Role.COORDINATOR])
    client.send(f"{DRAFT}/clauses/2", **{"no-reports": "y", "no-reports.about": "family-proceedings"})
    client.send(f"{DRAFT}/text", text=samples.MILLBROOK + "\n13. We are kind.\n")
    assert policies.promises(making())[Key.NO_REPORTS] == [{"about": "family-proceedings"}]
    assert policies.clauses(making())[-1].text == "We are kind."


def test_a_draft_is_thrown_away(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    samples.drafted(cast[Role.COORDINATOR])
    assert clients[Role.COORDINATOR].send(f"{DRAFT}/throw-away").location == "/drafting/"
    assert policies.making("confidentiality") is None
    assert clients[Role.COORDINATOR].get(f"{DRAFT}/").location == f"{DRAFT}/text"
    assert clients[Role.COORDINATOR].send(f"{DRAFT}/throw-away").status_code == 409


def test_the_box_holds_the_version_in_force_a_model_or_nothing(
    clients: dict[Role, CheckingClient], cast: Cast
) -> None:
    client = clients[Role.COORDINATOR]
    samples.published(cast[Role.CHAIR])
    assert "4. The address and telephone number of a parent" in client.get(f"{DRAFT}/text").text
    assert "friends of the families" in client.get(f"{DRAFT}/text?from=confidentiality-short").text
    assert "The address and telephone" not in client.get(f"{DRAFT}/text?from=nothing").text
    assert client.get(f"{DRAFT}/text?from=../../etc/passwd").status_code == 200


def test_a_policy_of_another_name_is_begun(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    client = clients[Role.COORDINATOR]
    answer = client.send("/drafting/", name="Lone working policy")
    assert (answer.status_code, answer.location) == (303, "/drafting/lone-working/")
    assert client.send("/drafting/lone-working/text", text="1. Two come.\n\n2. Or none.").status_code == 303
    assert "Lone working policy" in client.get("/drafting/").text
    assert client.send("/drafting/", name="???").status_code == 422
    assert client.get("/drafting/Bad_Name/text").status_code == 404


def test_amber_notes_name_what_nobody_promises_and_what_contradicts_itself(
    clients: dict[Role, CheckingClient], cast: Cast
) -> None:
    text = "1. Volunteers write no reports about anything.\n\n2. Nothing is said outside.\n\n3. Be kind.\n"
    version = samples.drafted(cast[Role.COORDINATOR], text)
    first, second, third = policies.clauses(version)
    policies.retag(first, {Key.NO_REPORTS: {"about": "anything"}}, cast[Role.COORDINATOR])
    policies.retag(second, {Key.DBS: {"level": "enhanced", "results_to": "unstated"}}, cast[Role.COORDINATOR])
    third_makes = {Key.NO_REPORTS: {"about": "family-proceedings"}, Key.DBS: {"level": "unstated", "results_to": "unstated"}}
    policies.retag(third, third_makes, cast[Role.COORDINATOR])
    page = clients[Role.COORDINATOR].get(f"{DRAFT}/").text
    nobody, twice = page.split("Two clauses say different things")
    assert "Information is kept in a secure place." in nobody.split("Nothing in this text promises")[1]
    assert "Volunteers give no reports" in twice.split("</ul>")[0]
    assert "DBS check" not in twice.split("</ul>")[0]


def test_the_month_of_the_review_is_asked_for_only_where_it_is_promised_and_unknown(
    clients: dict[Role, CheckingClient], cast: Cast
) -> None:
    samples.drafted(cast[Role.COORDINATOR], samples.REGULAR.replace(" It was last reviewed in September 2026.", ""))
    clause = policies.clauses(making())[-1]
    policies.retag(clause, {Key.REVIEW: {"cycle": "regular"}}, cast[Role.COORDINATOR])
    chair = clients[Role.CHAIR]
    assert "Last reviewed in" in chair.get(f"{DRAFT}/approve").text
    refused = chair.send(f"{DRAFT}/approve", seen=policies.fingerprint(making()), month="12", year="2026")
    assert refused.status_code == 422
    assert "has not come yet" in refused.text
    for year, months in (("26", ""), ("", ""), ("2026", "0"), ("2026", "x"), ("2026", "121")):
        answer = chair.send(
            f"{DRAFT}/approve", seen=policies.fingerprint(making()), month="3", year=year, months=months
        )
        assert answer.status_code == 422, (year, months)
    answer = chair.send(f"{DRAFT}/approve", seen=policies.fingerprint(making()), month="11", year="2026", months="24")
    assert answer.status_code == 303
    version = making()
    assert (version.reviewed_on.isoformat(), version.review_due.isoformat()) == ("2026-11-30", "2028-11-30")


def test_the_month_of_the_review_is_corrected_by_the_drafter(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    samples.drafted(cast[Role.COORDINATOR])
    client = clients[Role.COORDINATOR]
    assert 'value="2026"' in client.get(f"{DRAFT}/review").text
    assert client.send(f"{DRAFT}/review", month="3", year="2025", months="").location == f"{DRAFT}/"
    assert "Last reviewed in March 2025." in client.get(f"{DRAFT}/").text
    assert client.send(f"{DRAFT}/review", month="1", year="2027", months="").status_code == 422


def test_an_overdue_review_waits_for_the_chair_and_the_coordinator(
    clients: dict[Role, CheckingClient], cast: Cast
) -> None:
    samples.published(cast[Role.CHAIR], samples.MILLBROOK.replace("September 2026", "March 2024"))
    for role, waits in ((Role.CHAIR, True), (Role.COORDINATOR, True), (Role.SAFEGUARDING, False), (Role.VOLUNTEER, False)):
        assert ("its review is overdue" in clients[role].get("/").text) == waits, role


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": ""}, "Paste the text of the policy here, or choose a file."),
        ({"text": "..."}, "There is no word in this text."),
        ({"text": "1. Be kind.\n" * 9_000}, "larger than 100 kB"),
        ({"text": "1. Be\x00kind."}, "This is not a text file."),
        ({"text": "", "upload": b""}, "This file is empty."),
        ({"text": "", "upload": b"\x00\x01" * 50}, "This is not a text file."),
        ({"text": "", "upload": b"1. Be kind. " * 420_000}, "larger than 100 kB"),
        ({"text": "1. Our own.", "upload": b"1. Another."}, "chose another in a file"),
    ],
    ids=["nothing", "no word", "108 kB", "NUL", "empty file", "binary file", "5 MB file", "both"],
)
def test_a_text_that_cannot_be_read_is_refused_in_words_and_kept(
    clients: dict[Role, CheckingClient], cast: Cast, fields: dict[str, Any], said: str
) -> None:
    client = clients[Role.COORDINATOR]
    answer = send_file(client, f"{DRAFT}/text", csrf_token=client.token(), **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert fields["text"].replace("\x00", "")[:12] in answer.text.replace("\x00", "")
    assert policies.making("confidentiality") is None


def test_a_paste_of_5_mb_is_refused_in_words(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    answer = clients[Role.COORDINATOR].send(f"{DRAFT}/text", text="1. Be kind.\n" * 420_000)
    assert answer.status_code == 422
    assert "larger than 100 kB" in answer.text


def test_a_windows_file_is_read_with_its_signs(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    data = "1. We don’t talk – not in the café.\n\n2. “Quiet” it is.\n".encode("cp1252")
    client = clients[Role.COORDINATOR]
    assert send_file(client, f"{DRAFT}/text", csrf_token=client.token(), text="", upload=data).status_code == 303
    assert [clause.text for clause in policies.clauses(making())] == ["We don’t talk – not in the café.", "“Quiet” it is."]


@pytest.mark.skipif(not REAL_POLICIES, reason="the real policies are not there: ../shared/policies is missing")
@pytest.mark.parametrize("path", REAL_POLICIES, ids=lambda path: path.stem)
def test_a_real_policy_goes_all_the_way(clients: dict[Role, CheckingClient], cast: Cast, path: Any) -> None:
    text = path.read_text(encoding="utf-8")
    assert clients[Role.COORDINATOR].send(f"{DRAFT}/text", text=text).status_code == 303
    assert clients[Role.COORDINATOR].get(f"{DRAFT}/").status_code == 200
    assert approve(clients[Role.CHAIR]).status_code == 303
    assert clients[Role.CHAIR].send(f"{DRAFT}/publish").status_code == 303
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


def test_the_overview_costs_the_same_for_many_policies(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    from tests.test_reading import queries_of

    client = clients[Role.COORDINATOR]
    samples.published(cast[Role.CHAIR])
    samples.drafted(cast[Role.CHAIR], TWO_YEARS)
    few = queries_of(client, "/drafting/"), queries_of(client, "/")
    for number in range(5):
        samples.drafted(cast[Role.CHAIR], samples.MILLBROOK, f"other-{number}")
    assert (queries_of(client, "/drafting/"), queries_of(client, "/")) == few

"""Drafting a policy: who may, what is corrected and refused, and that no word is lost."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from ccc import centre, policies
from ccc.config import ROOT
from ccc.people import Person
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
    """A browser of each of the cast."""
    return {role: as_role(role) for role in Role}


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
    clause = samples.making().clauses.where(policies.Clause.label == "7").get()
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
    assert policies.promises(samples.making())[Key.NOT_DISCUSSED] == [{"where": "at-all"}]


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
    assert samples.making().pieces_aside == ["top of page", "bottom of page"]
    key = policies.key_of("bottom of page")
    assert "bottom of page" in client.get(f"{DRAFT}/").text
    assert client.send(f"{DRAFT}/pieces/{key}/{decision}").status_code == 303
    version = samples.making()
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
    assert (samples.making().pieces_aside, samples.making().pieces_left_out) == (["bottom of page"], ["top of page"])
    client.send(f"{DRAFT}/text", text=policies.source_of(samples.making()))
    assert sorted(samples.making().pieces_left_out) == ["bottom of page", "top of page"]


def test_a_corrected_clause_stays_corrected_when_the_text_is_put_in_again(
    clients: dict[Role, CheckingClient], cast: Cast
) -> None:
    client = clients[Role.COORDINATOR]
    samples.drafted(cast[Role.COORDINATOR])
    client.send(f"{DRAFT}/clauses/2", **{"no-reports": "y", "no-reports.about": "family-proceedings"})
    client.send(f"{DRAFT}/text", text=samples.MILLBROOK + "\n13. We are kind.\n")
    assert policies.promises(samples.making())[Key.NO_REPORTS] == [{"about": "family-proceedings"}]
    assert policies.clauses(samples.making())[-1].text == "We are kind."


def test_a_draft_is_thrown_away(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    samples.drafted(cast[Role.COORDINATOR])
    assert clients[Role.COORDINATOR].send(f"{DRAFT}/throw-away").location == "/drafting/"
    assert policies.making("confidentiality") is None
    assert clients[Role.COORDINATOR].get(f"{DRAFT}/").location == f"{DRAFT}/text"
    assert clients[Role.COORDINATOR].send(f"{DRAFT}/throw-away").status_code == 409


def test_the_box_holds_the_version_in_force_a_model_or_nothing(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    client = clients[Role.COORDINATOR]
    samples.published(cast[Role.CHAIR])
    assert "4. The address and telephone number of a parent" in client.get(f"{DRAFT}/text").text
    assert "friends of the families" in client.get(f"{DRAFT}/text?from=confidentiality-short").text
    assert "The address and telephone" not in client.get(f"{DRAFT}/text?from=nothing").text
    assert client.get(f"{DRAFT}/text?from=../../etc/passwd").status_code == 200


def test_a_policy_of_another_name_is_begun(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    client = clients[Role.COORDINATOR]
    answer = client.send("/drafting/", name="Lone working policy")
    assert (answer.status_code, answer.location) == (303, "/drafting/lone-working/?name=Lone+working+policy")
    assert client.send("/drafting/lone-working/text", text="1. Two come.\n\n2. Or none.").status_code == 303
    assert "Lone working policy" in client.get("/drafting/").text
    assert client.send("/drafting/", name="???").status_code == 422
    assert client.get("/drafting/Bad_Name/text").status_code == 404


def test_the_name_of_a_new_policy_is_its_title_with_all_its_signs(
    clients: dict[Role, CheckingClient], cast: Cast
) -> None:
    client = clients[Role.COORDINATOR]
    begun = client.send("/drafting/", name="Ärger über alles").location
    assert begun.startswith("/drafting/arger-uber-alles/")
    box = client.get(begun).location
    action = re.search(r'<form class="form" method="post" action="([^"]+)"', client.get(box).text)
    assert action
    assert client.send(action[1], text="1. Two come.\n\n2. Or none.").status_code == 303
    assert samples.making("arger-uber-alles").title == "Ärger über alles policy"


def test_amber_notes_name_what_nobody_promises_and_what_contradicts_itself(
    clients: dict[Role, CheckingClient], cast: Cast
) -> None:
    text = "1. Volunteers write no reports about anything.\n\n2. Nothing is said outside.\n\n3. Be kind.\n"
    version = samples.drafted(cast[Role.COORDINATOR], text)
    first, second, third = policies.clauses(version)
    policies.retag(first, {Key.NO_REPORTS: {"about": "anything"}}, cast[Role.COORDINATOR])
    policies.retag(second, {Key.DBS: {"level": "enhanced", "results_to": "unstated"}}, cast[Role.COORDINATOR])
    third_makes = {
        Key.NO_REPORTS: {"about": "family-proceedings"},
        Key.DBS: {"level": "unstated", "results_to": "unstated"},
    }
    policies.retag(third, third_makes, cast[Role.COORDINATOR])
    page = clients[Role.COORDINATOR].get(f"{DRAFT}/").text
    nobody, twice = page.split("Two clauses say different things")
    assert "Information is kept in a secure place." in nobody.split("Nothing in this text promises")[1]
    assert "Volunteers give no reports" in twice.split("</ul>")[0]
    assert "DBS check" not in twice.split("</ul>")[0]


def test_the_month_of_the_review_is_corrected_by_the_drafter(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    samples.drafted(cast[Role.COORDINATOR])
    client = clients[Role.COORDINATOR]
    assert 'value="2026"' in client.get(f"{DRAFT}/review").text
    assert client.send(f"{DRAFT}/review", month="3", year="2025", months="").location == f"{DRAFT}/"
    assert "Last reviewed in March 2025." in client.get(f"{DRAFT}/").text
    assert client.send(f"{DRAFT}/review", month="1", year="2027", months="").status_code == 422


def test_the_dates_of_review_stay_when_a_word_of_the_text_is_changed(
    clients: dict[Role, CheckingClient], cast: Cast
) -> None:
    text = "1. We are quiet.\n\n2. This policy is reviewed regularly.\n"
    samples.drafted(cast[Role.COORDINATOR], text)
    client = clients[Role.COORDINATOR]
    client.send(f"{DRAFT}/review", month="3", year="2025", months="24")
    client.send(f"{DRAFT}/text", text=text.replace("quiet", "silent"))
    version = samples.making()
    assert (str(version.reviewed_on), version.review_months) == ("2025-03-31", 24)
    client.send(f"{DRAFT}/text", text=f"{text}\nLast reviewed in May 2026.")
    version = samples.making()
    assert (str(version.reviewed_on), version.review_months) == ("2026-05-31", 24)


def test_a_name_keeps_its_capitals_in_what_a_clause_chooses(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    version = samples.drafted(cast[Role.COORDINATOR])
    made = {Key.ASSESSMENTS: {"who": "cafcass-or-social-services", "agreed_by": "centre"}}
    policies.retag(policies.clauses(version)[0], made, cast[Role.COORDINATOR])
    assert "<strong>Only Cafcass or social services.</strong>" in clients[Role.COORDINATOR].get(f"{DRAFT}/").text


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
    assert [clause.text for clause in policies.clauses(samples.making())] == [
        "We don’t talk – not in the café.",
        "“Quiet” it is.",
    ]


def test_three_policies_in_force_cost_no_more_than_one(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    from tests.test_reading import queries_of

    client = clients[Role.COORDINATOR]
    centre.Centre.update(review_months=24).execute()
    samples.published(cast[Role.CHAIR], samples.REGULAR)
    samples.drafted(cast[Role.CHAIR], TWO_YEARS)
    client.get("/")
    few = queries_of(client, "/"), queries_of(client, f"{DRAFT}/")
    for number in range(2):
        samples.published(cast[Role.CHAIR], samples.REGULAR, f"other-{number}")
    assert (queries_of(client, "/"), queries_of(client, f"{DRAFT}/")) == few


def test_the_overview_costs_the_same_for_many_policies(clients: dict[Role, CheckingClient], cast: Cast) -> None:
    from tests.test_reading import queries_of

    client = clients[Role.COORDINATOR]
    samples.published(cast[Role.CHAIR])
    samples.drafted(cast[Role.CHAIR], TWO_YEARS)
    # Some things are counted once a day.
    client.get("/")
    few = queries_of(client, "/drafting/"), queries_of(client, "/")
    for number in range(5):
        samples.drafted(cast[Role.CHAIR], samples.MILLBROOK, f"other-{number}")
    assert (queries_of(client, "/drafting/"), queries_of(client, "/")) == few

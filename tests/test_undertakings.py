"""Undertakings: who may sign what, once, and how it is shown afterwards."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from peewee import DatabaseError

from ccc import centre, clock, people, undertakings
from ccc.audit import AuditLine, Event
from ccc.db import db, writing
from ccc.people import Person
from ccc.policies import Version, clauses
from ccc.quizzes.attempts import Attempt
from ccc.roles import Role
from ccc.undertakings import Acknowledgement, signing
from tests.checking import CheckingClient
from tests.samples import MILLBROOK, published
from tests.test_reading import EDITED, queries_of, reworded

HOME = "/undertakings/confidentiality/"
SIGN = HOME + "sign"
REGISTER = HOME + "register"
NAME = "Vera Volunteer"
# Every other Saturday of this winter is far from the day on which the tests begin.
LATER = datetime(2027, 2, 6, 9, 0, tzinfo=UTC)
Browser = Callable[[Role | None], CheckingClient]
Cast = dict[Role, Person]


@pytest.fixture
def version(cast: Cast) -> Version:
    return published(cast[Role.CHAIR])


def read(person: Person, version: Version) -> None:
    undertakings.finish(person, version)


def passed(person: Person, version: Version) -> Attempt:
    made: Attempt = Attempt.create(
        person=person, quiz="confidentiality", version=version, asked="[]", passed=True, finished_at=clock.now()
    )
    return made


@pytest.fixture
def ready(cast: Cast, version: Version) -> Person:
    """The volunteer, who has read the policy and passed the quiz."""
    read(cast[Role.VOLUNTEER], version)
    passed(cast[Role.VOLUNTEER], version)
    return cast[Role.VOLUNTEER]


def checked(client: CheckingClient) -> str:
    """Where the check page leads on to."""
    found = re.search(r'href="(/undertakings/confidentiality/sign\?seen=[0-9a-f]{64})"', client.get(HOME).text)
    assert found, "the check page leads nowhere"
    return found[1]


def signed(person: Person, version: Version) -> Acknowledgement:
    mark = undertakings.mark(undertakings.wording(version, centre.the_centre().name))
    return undertakings.sign(person, mark, NAME)[0]


# What is signed


def test_the_wording_holds_every_clause_and_our_own_sentence(version: Version) -> None:
    words = undertakings.wording(version, "Millbrook")
    for clause in clauses(version):
        assert f"{clause.label}. {clause.text}" in words
    assert "\n    3a. a child" in words
    assert words.endswith(undertakings.INWARD)
    assert "Millbrook called “Millbrook confidentiality policy”, version 1.0." in words
    assert version.preamble in words


def test_the_check_page_shows_the_whole_wording(as_role: Browser, ready: Person, version: Version) -> None:
    words = undertakings.wording(version, centre.the_centre().name)
    assert words in as_role(Role.VOLUNTEER).get(HOME).text


def test_telling_a_worry_inside_is_asked_and_never_a_breach() -> None:
    assert "I must tell the co-ordinator or the safeguarding officer" in undertakings.INWARD
    assert "never a breach" in undertakings.INWARD


# Signing on screen


def test_volunteer_checks_types_their_name_and_has_a_certificate(
    as_role: Browser, ready: Person, version: Version
) -> None:
    client = as_role(Role.VOLUNTEER)
    address = checked(client)
    assert "version 1.0" in client.get(address).text
    answer = client.send(address, name=NAME)
    assert (answer.status_code, answer.location) == (303, HOME)
    text = client.get(HOME).text
    assert "Your undertaking is signed" in text
    assert "You signed version 1.0 of the policy on 21 November 2026" in text
    certificate = client.get("/undertakings/certificates/2026-0001").text
    for words in (ready.name, NAME, "Millbrook Contact Centre", "Version 1.0", "21 November 2026", "on screen"):
        assert words in certificate, words


def test_what_is_kept_is_what_was_shown(as_role: Browser, ready: Person, version: Version) -> None:
    client = as_role(Role.VOLUNTEER)
    shown = client.get(HOME).text
    client.send(checked(client), name=NAME)
    kept = Acknowledgement.get()
    assert kept.wording in shown
    assert (kept.person_id, kept.version_id, kept.typed_name, kept.name) == (ready.id, version.id, NAME, ready.name)
    assert (kept.version_sha256, kept.attempt_id, kept.signed_on) == (
        version.sha256,
        Attempt.get().id,
        date(2026, 11, 21),
    )
    assert kept.sha256 == undertakings.fingerprint(kept)
    line = AuditLine.get(AuditLine.event == Event.UNDERTAKING_SIGNED)
    assert (line.actor, line.about, line.facts) == (ready.id, f"person:{ready.id}", json.dumps({"version": version.id}))


@pytest.mark.parametrize("name", ["", "   ", "V", "1 2", "x" * 101])
def test_a_name_that_is_none_is_refused_and_stays_in_the_form(as_role: Browser, ready: Person, name: str) -> None:
    client = as_role(Role.VOLUNTEER)
    answer = client.send(checked(client), name=name)
    assert answer.status_code == 422
    assert f'value="{name.strip()}"' in answer.text
    assert Acknowledgement.select().count() == 0


def test_what_was_typed_survives_an_ended_sign_in(as_role: Browser, ready: Person) -> None:
    client = as_role(Role.VOLUNTEER)
    address, token = checked(client), client.token()
    with clock.at(datetime(2026, 11, 21, 13, tzinfo=UTC)):
        assert client.post(address, data={"csrf_token": token, "name": NAME}).location.startswith("/sign-in?next=")
    assert Acknowledgement.select().count() == 0
    again = as_role(Role.VOLUNTEER).get(address).text
    assert f'value="{NAME}"' in again
    assert "This was not sent yet" in again


@pytest.mark.parametrize("done", ["nothing", "read", "passed"])
def test_reading_and_quiz_come_first(as_role: Browser, cast: Cast, version: Version, done: str) -> None:
    if done != "nothing":
        {"read": read, "passed": passed}[done](cast[Role.VOLUNTEER], version)
    client = as_role(Role.VOLUNTEER)
    page = client.get(HOME).text
    assert ('href="/policies/confidentiality/read"' in page) == (done != "read")
    assert ('href="/quizzes/confidentiality/"' in page) == (done == "read")
    mark = undertakings.mark(undertakings.wording(version, centre.the_centre().name))
    answer = client.send(f"{SIGN}?seen={mark}", name=NAME)
    assert answer.status_code == 422
    assert ("pass the quiz first" if done == "read" else "read the policy to the end first") in answer.text
    assert NAME in answer.text
    assert Acknowledgement.select().count() == 0


def test_nobody_signs_without_the_check_page(as_role: Browser, ready: Person) -> None:
    client = as_role(Role.VOLUNTEER)
    assert client.get(SIGN).location == HOME
    assert client.send(SIGN, name=NAME).location == HOME
    assert client.send(f"{SIGN}?seen=nonsense", name=NAME).status_code == 409
    assert Acknowledgement.select().count() == 0


def test_a_version_replaced_meanwhile_cannot_be_signed(as_role: Browser, ready: Person, cast: Cast) -> None:
    client = as_role(Role.VOLUNTEER)
    address = checked(client)
    client.get(address)
    published(cast[Role.CHAIR], EDITED, note="Lifts home are named now.")
    for answer in (client.send(address, name=NAME), client.get(address)):
        assert answer.status_code == 409
        assert "You have not signed anything" in answer.text
        assert "version 2.0" in answer.text
        assert "Lifts home are named now." in answer.text
        assert 'href="/policies/confidentiality/read"' in answer.text
    assert Acknowledgement.select().count() == 0


def test_better_commas_meanwhile_lead_to_the_words_as_they_are_now(as_role: Browser, ready: Person, cast: Cast) -> None:
    client = as_role(Role.VOLUNTEER)
    address = checked(client)
    reworded(cast)
    answer = client.send(address, name=NAME)
    assert answer.status_code == 409
    assert f'href="{HOME}"' in answer.text
    client.send(checked(client), name=NAME)
    assert Acknowledgement.get().version.number == "1.1"


def test_without_a_policy_there_is_nothing_to_sign(as_role: Browser, cast: Cast) -> None:
    client = as_role(Role.VOLUNTEER)
    assert "has not published its confidentiality policy yet" in client.get(HOME).text
    assert client.send(f"{SIGN}?seen=x", name=NAME).location == HOME
    assert client.get(HOME + "sheet").status_code == 404
    assert "has not published" in as_role(Role.CHAIR).get(REGISTER).text


# Once, and for good


def test_signing_twice_keeps_the_first_and_says_so(as_role: Browser, ready: Person) -> None:
    client = as_role(Role.VOLUNTEER)
    address = checked(client)
    client.send(address, name=NAME)
    clock.advance(timedelta(minutes=5))
    assert client.send(address, name="Somebody Else").location == HOME
    assert "You had signed already. Your first signature stands: certificate 2026-0001" in client.get(HOME).text
    assert [kept.typed_name for kept in Acknowledgement.select()] == [NAME]
    assert AuditLine.select().where(AuditLine.event == Event.UNDERTAKING_SIGNED).count() == 1


def test_of_two_who_sign_at_once_one_wins_and_the_other_is_told(
    monkeypatch: pytest.MonkeyPatch, as_role: Browser, ready: Person
) -> None:
    clients = [as_role(Role.VOLUNTEER), as_role(Role.VOLUNTEER)]
    tokens, address = [client.token() for client in clients], checked(clients[0])
    both = threading.Barrier(2, timeout=20)
    told: dict[str, str] = {}

    @contextmanager
    def at_the_same_moment() -> Iterator[None]:
        both.wait()
        with writing():
            yield

    def send(client: CheckingClient, token: str, name: str) -> None:
        client.post(address, data={"csrf_token": token, "name": name})
        told[name] = client.get(HOME).text
        db.close()

    monkeypatch.setattr(signing, "writing", at_the_same_moment)
    names = ["First Tablet", "Second Tablet"]
    threads = [threading.Thread(target=send, args=args) for args in zip(clients, tokens, names, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (kept,) = Acknowledgement.select()
    (other,) = set(names) - {kept.typed_name}
    assert "Your undertaking is signed" in told[kept.typed_name]
    assert "You had signed already" in told[other]


@pytest.mark.parametrize("how", ["update", "delete", "replace"])
def test_the_database_refuses_to_touch_a_signature(ready: Person, version: Version, how: str) -> None:
    given = signed(ready, version)
    statements = {
        "update": "UPDATE acknowledgement SET typed_name = 'Mallory'",
        "delete": "DELETE FROM acknowledgement",
        "replace": "INSERT OR REPLACE INTO acknowledgement SELECT * FROM acknowledgement",
    }
    with pytest.raises(DatabaseError, match="append-only"):
        db.execute_sql(statements[how])
    assert Acknowledgement.get().sha256 == undertakings.fingerprint(given)


def test_a_new_version_leaves_signatures_and_certificates_as_they_were(
    as_role: Browser, ready: Person, cast: Cast, version: Version
) -> None:
    before, client = signed(ready, version), as_role(Role.VOLUNTEER)
    certificate = client.get(f"/undertakings/certificates/{before.number}").text
    newer = published(cast[Role.CHAIR], EDITED)
    people.change_details(ready, "Vera Married (invented)", None, None, ready)
    centre.change("Renamed Centre", "", "", 1)
    after = Acknowledgement.get()
    assert (after.wording, after.sha256, after.version_id) == (before.wording, before.sha256, version.id)
    main = re.compile(r"<section.*</section>", re.DOTALL)
    now = client.get(f"/undertakings/certificates/{before.number}").text
    assert main.findall(now) == main.findall(certificate) != []
    assert not undertakings.has_signed(ready, newer)
    assert "Read the policy to the end" in client.get(HOME).text
    assert f"Certificate {before.number}" in client.get(HOME).text


def test_a_signature_holds_for_a_version_with_better_commas(
    as_role: Browser, ready: Person, cast: Cast, version: Version
) -> None:
    given = signed(ready, version)
    newer = reworded(cast)
    assert undertakings.signature(ready, newer) == given
    assert undertakings.signed_people(newer) == {ready.id: clock.today()}
    assert "your signature holds" in as_role(Role.VOLUNTEER).get(HOME).text


def test_a_later_version_is_signed_with_a_day_and_a_number_of_its_own(
    ready: Person, cast: Cast, version: Version
) -> None:
    first = signed(ready, version)
    with clock.at(LATER):
        newer = published(cast[Role.CHAIR], EDITED)
        read(ready, newer)
        passed(ready, newer)
        second = signed(ready, newer)
    assert (first.number, second.number) == ("2026-0001", "2027-0002")
    assert undertakings.signature(ready, newer) == second
    assert undertakings.acknowledgements(ready) == [second, first]


# Certificates


@pytest.mark.parametrize(("role", "status"), [(Role.COORDINATOR, 200), (Role.SAFEGUARDING, 200), (Role.CHAIR, 200)])
def test_offices_see_certificates_of_others(
    as_role: Browser, ready: Person, version: Version, role: Role, status: int
) -> None:
    number = signed(ready, version).number
    assert as_role(role).get(f"/undertakings/certificates/{number}").status_code == status


def test_a_volunteer_does_not_learn_of_the_certificate_of_another(
    as_role: Browser, cast: Cast, version: Version
) -> None:
    read(cast[Role.CHAIR], version)
    passed(cast[Role.CHAIR], version)
    number = signed(cast[Role.CHAIR], version).number
    assert as_role(Role.VOLUNTEER).get(f"/undertakings/certificates/{number}").status_code == 404
    assert as_role(None).get(f"/undertakings/certificates/{number}").location.startswith("/sign-in?")


@pytest.mark.parametrize(
    "number", ["2026-0002", "2025-0001", "2026-1", "2026-00001", "2026-" + "9" * 30, "x", "２０２６-0001"]
)
def test_a_number_that_is_none_finds_nothing(as_role: Browser, ready: Person, version: Version, number: str) -> None:
    signed(ready, version)
    assert as_role(Role.CHAIR).get(f"/undertakings/certificates/{number}").status_code == 404


# On paper


def paper(person: Person) -> str:
    return f"{HOME}paper/{person.id}"


def on_paper(cast: Cast, **changes: str) -> dict[str, str]:
    return {"version": "1.0", "signed_on": "2026-11-21", "seen_by": str(cast[Role.CHAIR].id)} | changes


def test_coordinator_records_a_signature_on_paper(as_role: Browser, cast: Cast, version: Version) -> None:
    client, volunteer = as_role(Role.COORDINATOR), cast[Role.VOLUNTEER]
    assert client.get(paper(volunteer)).status_code == 200
    with clock.at(LATER):
        client = as_role(Role.COORDINATOR)
        answer = client.send(paper(volunteer), **on_paper(cast, signed_on="2026-12-05"))
        assert (answer.status_code, answer.location) == (303, "/undertakings/certificates/2026-0001")
        text = client.get(answer.location).text
    assert "5 December 2026" in text
    assert f"on paper, in the presence of {cast[Role.CHAIR].name}" in text
    kept = Acknowledgement.get()
    assert (kept.on_paper, kept.typed_name, kept.recorded_by_id) == (True, None, cast[Role.COORDINATOR].id)
    assert kept.sha256 == undertakings.fingerprint(kept)
    line = AuditLine.get(AuditLine.event == Event.UNDERTAKING_ON_PAPER)
    assert json.loads(line.facts) == {"version": version.id, "seen_by": cast[Role.CHAIR].id}
    assert undertakings.has_signed(volunteer, version)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"signed_on": "2026-11-22"}, "still to come"),
        ({"signed_on": "2026-11-20"}, "published on 21 November 2026"),
        ({"signed_on": ""}, "Give the day"),
        ({"signed_on": "31.2.2026"}, "The day on the paper"),
        ({"version": "7.0"}, "Which version"),
        ({"seen_by": ""}, "Choose who saw them sign"),
        ({"seen_by": "1"}, "Who saw them sign?"),
    ],
)
def test_what_cannot_be_on_paper_is_refused_with_everything_kept(
    as_role: Browser, cast: Cast, version: Version, changes: dict[str, str], said: str
) -> None:
    answer = as_role(Role.COORDINATOR).send(paper(cast[Role.VOLUNTEER]), **on_paper(cast, **changes))
    assert answer.status_code == 422
    assert said in answer.text.partition("</ul>\n</div>")[0].partition("Please look at this again")[2]
    assert f'value="{changes.get("signed_on", "2026-11-21")}"' in answer.text
    assert Acknowledgement.select().count() == 0


def test_coordinator_cannot_record_their_own_signature(as_role: Browser, cast: Cast, version: Version) -> None:
    client, own = as_role(Role.COORDINATOR), paper(cast[Role.COORDINATOR])
    for answer in (client.get(own), client.send(own, **on_paper(cast))):
        assert answer.status_code == 409
        assert "Nobody records their own signature" in answer.text
    assert Acknowledgement.select().count() == 0


def test_a_witness_is_not_the_signer_and_holds_an_office_today(as_role: Browser, cast: Cast, version: Version) -> None:
    chair = str(cast[Role.CHAIR].id)
    text = as_role(Role.COORDINATOR).get(paper(cast[Role.CHAIR])).text
    assert f'<option value="{chair}"' not in text
    assert cast[Role.VOLUNTEER].name not in text
    with pytest.raises(people.RefusedError, match="holds an office"):
        undertakings.record_on_paper(
            cast[Role.CHAIR], version, clock.today(), seen_by=cast[Role.VOLUNTEER], by=cast[Role.COORDINATOR]
        )


def test_whoever_signed_on_screen_is_not_recorded_again_on_paper(
    as_role: Browser, ready: Person, cast: Cast, version: Version
) -> None:
    signed(ready, version)
    answer = as_role(Role.COORDINATOR).send(paper(ready), **on_paper(cast))
    assert answer.status_code == 422
    assert "They signed already, on 21 November 2026" in answer.text
    assert not Acknowledgement.get().on_paper


def test_an_earlier_version_can_be_recorded_from_paper(as_role: Browser, cast: Cast, version: Version) -> None:
    with clock.at(LATER):
        newer = published(cast[Role.CHAIR], EDITED)
        client = as_role(Role.COORDINATOR)
        assert client.send(paper(cast[Role.VOLUNTEER]), **on_paper(cast, signed_on="2026-12-01")).status_code == 303
    assert undertakings.has_signed(cast[Role.VOLUNTEER], version)
    assert not undertakings.has_signed(cast[Role.VOLUNTEER], newer)
    assert Acknowledgement.get().wording == undertakings.wording(version, centre.the_centre().name)


def test_somebody_who_has_left_signs_no_more(as_role: Browser, cast: Cast, version: Version) -> None:
    people.leave(cast[Role.VOLUNTEER], cast[Role.COORDINATOR])
    answer = as_role(Role.COORDINATOR).send(paper(cast[Role.VOLUNTEER]), **on_paper(cast))
    assert answer.status_code == 422
    assert "has left" in answer.text


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.SAFEGUARDING, Role.CHAIR])
def test_only_the_coordinator_records_paper(as_role: Browser, cast: Cast, version: Version, role: Role) -> None:
    client = as_role(role)
    assert client.get(paper(cast[Role.VOLUNTEER])).status_code == 403
    assert client.send(paper(cast[Role.VOLUNTEER]), **on_paper(cast)).status_code == 403
    assert as_role(Role.COORDINATOR).get(f"{HOME}paper/999").status_code == 404


def test_the_sheet_holds_the_wording_and_room_to_sign(as_role: Browser, cast: Cast, version: Version) -> None:
    text = as_role(Role.VOLUNTEER).get(HOME + "sheet").text
    assert undertakings.wording(version, centre.the_centre().name) in text
    assert all(f"<dt>{line}" in text for line in ("Name", "Signature", "Date", "Seen by"))


# The sign-off register


def halves(page: str) -> tuple[str, str]:
    """What stands under Signed, and what under Outstanding."""
    signed_half, _, outstanding = page.partition("<h2>Signed</h2>")[2].partition("<h2>Outstanding</h2>")
    return signed_half, outstanding


def test_the_register_tells_who_signed_how_and_who_has_not(
    as_role: Browser, ready: Person, cast: Cast, version: Version
) -> None:
    signed(ready, version)
    undertakings.record_on_paper(
        cast[Role.CHAIR], version, clock.today(), seen_by=cast[Role.SAFEGUARDING], by=cast[Role.COORDINATOR]
    )
    page = as_role(Role.COORDINATOR).get(REGISTER).text
    done, outstanding = halves(page)
    assert "<strong>2 of 4</strong>" in page
    assert ready.name in done
    assert "on screen" in done
    assert "on paper" in done
    assert "2026-0002" in done
    assert cast[Role.SAFEGUARDING].name in outstanding
    assert ready.name not in outstanding
    assert f'href="{paper(cast[Role.SAFEGUARDING])}"' in outstanding
    assert f'href="{paper(cast[Role.COORDINATOR])}"' not in outstanding


def test_who_has_left_is_not_outstanding_but_what_they_signed_stays(
    as_role: Browser, ready: Person, cast: Cast, version: Version
) -> None:
    signed(ready, version)
    gone = people.add("Gwen Gone (invented)", None, None, None)
    for person in (ready, gone):
        people.leave(person, cast[Role.COORDINATOR])
    page = as_role(Role.CHAIR).get(REGISTER).text
    assert f"{ready.name}</a> (has left)" in halves(page)[0]
    assert gone.name not in page
    assert "<strong>0 of 3</strong>" in page


def test_each_version_has_its_own_register(as_role: Browser, ready: Person, cast: Cast, version: Version) -> None:
    signed(ready, version)
    published(cast[Role.CHAIR], EDITED)
    client = as_role(Role.CHAIR)
    done, outstanding = halves(client.get(REGISTER).text)
    assert "Nobody yet" in done
    assert ready.name in outstanding
    old = client.get(f"{REGISTER}?version=1.0").text
    assert ready.name in halves(old)[0]
    assert "Outstanding" not in old
    assert client.get(f"{REGISTER}?version=9.9").status_code == 404


def test_the_register_is_not_for_volunteers(as_role: Browser, version: Version) -> None:
    assert as_role(Role.VOLUNTEER).get(REGISTER).status_code == 403
    assert as_role(None).get(REGISTER).location.startswith("/sign-in?")
    for role in (Role.COORDINATOR, Role.SAFEGUARDING, Role.CHAIR):
        assert as_role(role).get(REGISTER).status_code == 200


def test_the_register_asks_the_database_as_often_for_many_people(
    as_role: Browser, cast: Cast, version: Version
) -> None:
    client = as_role(Role.COORDINATOR)
    few = queries_of(client, REGISTER)
    for number in range(30):
        person = people.add(f"Person {number} (invented)", None, None, None)
        undertakings.record_on_paper(
            person, version, clock.today(), seen_by=cast[Role.CHAIR], by=cast[Role.COORDINATOR]
        )
    assert queries_of(client, REGISTER) == few < 8


def test_names_are_shown_as_text(as_role: Browser, cast: Cast, version: Version, app: Flask) -> None:
    people.add("<b>Bold</b> (invented)", None, None, None)
    text = as_role(Role.CHAIR).get(REGISTER).text
    assert "<b>Bold</b>" not in text
    assert "&lt;b&gt;Bold" in text


def test_a_policy_cannot_smuggle_markup_into_the_wording(as_role: Browser, cast: Cast) -> None:
    version = published(cast[Role.CHAIR], MILLBROOK.replace("at home", "at <b>home</b>"))
    read(cast[Role.VOLUNTEER], version)
    passed(cast[Role.VOLUNTEER], version)
    assert "<b>home" not in as_role(Role.VOLUNTEER).get(HOME).text

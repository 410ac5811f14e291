"""Signatures on paper, and the register of who has signed."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from ccc import clock, kinds, people, undertakings
from ccc.audit import AuditLine, Event
from ccc.people import Person
from ccc.policies import Version
from ccc.roles import Role
from ccc.undertakings import Acknowledgement
from tests.checking import CheckingClient
from tests.samples import published
from tests.test_reading import EDITED, queries_of
from tests.undertaken import (
    HOME,
    REGISTER,
    paper,
    read_and_passed,
    signed,
    wording_now,
)

LATER = datetime(2027, 2, 6, 9, 0, tzinfo=UTC)
Browser = Callable[[Role | None], CheckingClient]
Cast = dict[Role, Person]


@pytest.fixture
def version(cast: Cast) -> Version:
    return published(cast[Role.CHAIR])


@pytest.fixture
def ready(cast: Cast, version: Version) -> Person:
    """The volunteer, who has read the policy and passed the quiz."""
    return read_and_passed(cast[Role.VOLUNTEER], version)


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
    assert json.loads(line.facts) == {"version": version.id, "seen_by": cast[Role.CHAIR].id, "sha256": kept.sha256}
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


def test_nobody_signs_a_version_on_paper_after_the_next_was_published(
    as_role: Browser, cast: Cast, version: Version
) -> None:
    with clock.at(LATER):
        published(cast[Role.CHAIR], EDITED)
    with clock.at(LATER + timedelta(days=1)):
        client, address = as_role(Role.COORDINATOR), paper(cast[Role.VOLUNTEER])
        answer = client.send(address, **on_paper(cast, signed_on="2027-02-07"))
        assert answer.status_code == 422
        assert "Version 2.0 was published on 6 February 2027: sign that one." in answer.text
        assert client.send(address, **on_paper(cast, signed_on="2027-02-06")).status_code == 303


def test_a_certificate_keeps_the_name_that_the_witness_had(as_role: Browser, cast: Cast, version: Version) -> None:
    chair = cast[Role.CHAIR]
    as_role(Role.COORDINATOR).send(paper(cast[Role.VOLUNTEER]), **on_paper(cast))
    people.change_details(chair, "Carla Married (invented)", chair.email, None, cast[Role.COORDINATOR])
    kept = Acknowledgement.get()
    assert (
        f"in the presence of {chair.name}" in as_role(Role.CHAIR).get(f"/undertakings/certificates/{kept.number}").text
    )
    kept.witness = "Carla Married (invented)"
    assert undertakings.fingerprint(kept) != kept.sha256


def test_a_witness_does_not_go_while_the_certificate_that_names_them_is_in_use(cast: Cast, version: Version) -> None:
    vera, chair = cast[Role.VOLUNTEER], cast[Role.CHAIR]
    undertakings.record_on_paper(vera, version, clock.today(), seen_by=chair, by=cast[Role.COORDINATOR])
    Person.update(left_on=clock.today()).where(Person.id == chair.id).execute()
    assert chair.id in kinds.needed(kinds.PERSON)
    people.leave(vera, cast[Role.COORDINATOR])
    assert chair.id not in kinds.needed(kinds.PERSON)


def test_a_signature_from_before_witnesses_were_kept_has_its_old_fingerprint(ready: Person, version: Version) -> None:
    given = signed(ready, version)
    content = [
        given.wording,
        given.version_sha256,
        [given.person_id, given.centre, given.name, given.typed_name],
        [given.signed_on.isoformat(), given.created_at.isoformat()],
        [given.attempt_id, None, None],
    ]
    assert given.sha256 == hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def test_an_earlier_version_can_be_recorded_from_paper(as_role: Browser, cast: Cast, version: Version) -> None:
    with clock.at(LATER):
        newer = published(cast[Role.CHAIR], EDITED)
        client = as_role(Role.COORDINATOR)
        assert client.send(paper(cast[Role.VOLUNTEER]), **on_paper(cast, signed_on="2026-12-01")).status_code == 303
    assert undertakings.has_signed(cast[Role.VOLUNTEER], version)
    assert not undertakings.has_signed(cast[Role.VOLUNTEER], newer)
    assert Acknowledgement.get().wording == wording_now(version)


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
    assert wording_now(version) in text
    assert all(f"<dt>{line}" in text for line in ("Name", "Signature", "Date", "Seen by"))


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
    assert "version 2.0" in client.get(f"{REGISTER}?version=").text


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


def test_names_are_shown_as_text(as_role: Browser, cast: Cast, version: Version) -> None:
    people.add("<b>Bold</b> (invented)", None, None, None)
    text = as_role(Role.CHAIR).get(REGISTER).text
    assert "<b>Bold</b>" not in text
    assert "&lt;b&gt;Bold" in text

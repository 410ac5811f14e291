"""The commands: what they print, and what they refuse."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app as app_of_the_commands
from ccc import audit, cli, db, officers_vault, people, policies, retention, undertakings, vault
from ccc.audit import Event
from ccc.dbs import Decision
from ccc.mail import Outbox
from ccc.people import Appointment, Person
from ccc.policies import Version
from ccc.recovery_sheet import fresh
from ccc.roles import Role
from ccc.signin import accounts
from ccc.undertakings import Acknowledgement
from tests import samples
from tests.checking import App, CheckingClient
from tests.conftest import NOW, PASSWORD
from tests.vaulted import check_of, fill_in, opened_by_both, signed_in

Cast = dict[Role, Person]
AS_BEFORE = "version_id, created_at, centre, name, wording, version_sha256, signed_on, sha256"
INVENTED = f"""
INSERT INTO acknowledgement (person_id, typed_name, {AS_BEFORE}) SELECT 2, 'Forged', {AS_BEFORE} FROM acknowledgement
"""
REAL = Path(__file__).parent.parent.parent / "shared" / "policies"


@pytest.fixture(autouse=True)
def _commands(empty_app: Flask) -> None:
    cli.init_app(empty_app)


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=list(words))


def test_set_up_link_is_printed_until_the_centre_is_set_up(empty_app: Flask) -> None:
    assert "/set-up/" in run(empty_app, "set-up-link").output


def test_set_up_link_is_refused_once_the_centre_is_set_up(app: Flask) -> None:
    answer = run(app, "set-up-link")
    assert answer.exit_code == 1
    assert "set up already" in answer.output


def test_policy_read_prints_json_and_needs_no_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = tmp_path / "nowhere"
    monkeypatch.setenv("CCC_DATA", str(nowhere))
    (tmp_path / "policy.txt").write_text("Our policy\n\n1. We keep everything in a locked, secure place.\n")
    answer = app_of_the_commands().test_cli_runner().invoke(args=["policy", "read", str(tmp_path / "policy.txt")])
    reading = json.loads(answer.output)
    assert reading["clauses"][0]["tags"][0]["provision"] == "secure-place"
    assert not nowhere.exists()


@pytest.mark.parametrize("name", ["000_1dfd21b6f2a0f7a5", "003_0160bb124533269d"])
def test_policy_read_reads_the_real_policies_as_a_careful_person_does(empty_app: Flask, name: str) -> None:
    if not REAL.is_dir():
        pytest.skip("the real policies are not here: ../shared/policies is missing")
    expected = json.loads((REAL / f"{name}.expected.json").read_text())
    reading = json.loads(run(empty_app, "policy", "read", str(REAL / f"{name}.txt")).output)
    found = {
        clause["label"]: [{"provision": t["provision"], "choices": t["choices"]} for t in clause["tags"]]
        for top in reading["clauses"]
        for clause in (top, *top["children"])
        if clause["tags"]
    }
    assert found == expected["tags"]
    assert reading["set_aside"] == expected["set_aside"]
    assert {k: reading["review"][k] for k in ("reviewed_on", "cycle")} == {
        k: expected["review"][k] for k in ("reviewed_on", "cycle")
    }


def test_policy_read_refuses_an_empty_file_in_one_line(empty_app: Flask, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("")
    answer = run(empty_app, "policy", "read", str(tmp_path / "empty.txt"))
    assert answer.exit_code == 1
    assert answer.output.count("\n") == 1


def test_quiz_check_finds_nothing_wrong_with_the_quizzes_that_are_shipped(empty_app: Flask) -> None:
    assert "nothing wrong" in run(empty_app, "quiz", "check").output


def test_quiz_check_refuses_a_file_elsewhere(empty_app: Flask, tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text("")
    answer = run(empty_app, "quiz", "check", str(tmp_path / "other.toml"))
    assert answer.exit_code == 1
    assert "other.toml" in answer.output


def test_people_invite_prints_a_link_that_opens(app: Flask) -> None:
    address = run(app, "people", "invite", "Nora New (invented)").output.strip()
    assert "Nora New" in app.test_client().get(address.removeprefix("http://127.0.0.1:8000")).text


def test_people_recover_fills_an_office_only_while_it_stands_vacant(app: App) -> None:
    first = run(app, "people", "recover", "chair", "--name", "Rita Recovered (invented)")
    assert "/invitations/" in first.output
    assert not people.in_office(Role.CHAIR).exists()
    follow(app, first, sign_in_name="Rita", new_password=PASSWORD)
    assert people.in_office(Role.CHAIR).get().name == "Rita Recovered (invented)"
    second = run(app, "people", "recover", "chair", "--name", "Somebody Else (invented)")
    assert second.exit_code == 1
    assert not Person.select().where(Person.name == "Somebody Else (invented)").exists()


def test_of_two_recovery_links_for_an_office_only_the_newer_opens(app: App) -> None:
    older = run(app, "people", "recover", "chair", "--name", "Rita Recovered (invented)")
    run(app, "people", "recover", "chair", "--name", "Somebody Else (invented)")
    assert follow(app, older, sign_in_name="Rita", new_password=PASSWORD).status_code == 410
    assert not people.in_office(Role.CHAIR).exists()


@pytest.fixture
def secret(app: App, cast: Cast) -> str:
    """The vault secret of the recovery sheet, at a centre whose officers are all gone."""
    opened = opened_by_both(cast)[Role.CHAIR]
    fill_in(cast[Role.VOLUNTEER], opened, Decision.MAY)
    made = officers_vault.new_sheet(opened).vault
    Appointment.update(ends=NOW.date() - timedelta(days=1)).execute()
    officers_vault.take_ended_access()
    return made


def test_a_recovery_link_opens_the_vault_for_whoever_has_the_sheet(app: App, cast: Cast, secret: str) -> None:
    answer = run(app, "people", "recover", "chair", "--name", "Rita Recovered (invented)")
    assert "upper secret of the recovery sheet" in answer.stderr
    assert "you become the chair" in app.test_client().get(path_of(answer)).text
    follow(app, answer, sign_in_name="Rita", new_password=PASSWORD, secret=secret)
    chair = people.in_office(Role.CHAIR).get()
    assert check_of(cast[Role.VOLUNTEER], officers_vault.open_for(signed_in(chair))).decision == Decision.MAY


def test_a_slip_at_a_recovery_link_is_named_by_its_group_and_nothing_is_half_done(
    app: App, cast: Cast, secret: str
) -> None:
    answer = run(app, "people", "recover", "chair", "--name", "Rita Recovered (invented)")
    before = audit.verify().newest
    slip = secret[:6] + ("A" if secret[6] != "A" else "B") + secret[7:]
    for typed, told in (
        (slip, "Look at group 2 again"),
        (fresh(), "does not open the vault"),
        ("", "seven groups"),
    ):
        refused = follow(app, answer, sign_in_name="Rita", new_password=PASSWORD, secret=typed)
        assert refused.status_code == 422
        assert told in refused.text
        assert not typed or typed not in refused.text
    assert audit.verify().newest == before
    assert accounts.find("Rita") is None
    assert follow(app, answer, sign_in_name="Rita", new_password=PASSWORD, secret=secret).status_code == 303


def test_somebody_with_an_account_keeps_their_second_step_when_they_recover_an_office(
    app: App, cast: Cast, secret: str
) -> None:
    who = cast[Role.COORDINATOR]
    signed_in(who)
    answer = run(app, "people", "recover", "safeguarding-officer", "--person", str(who.id))
    assert "/new-password/" in answer.stdout
    assert follow(app, answer, new_password=PASSWORD, secret=secret).location == "/sign-in"
    assert accounts.Account.get(accounts.Account.person == who).second_factor == "sheet"
    assert officers_vault.open_for(signed_in(who))


def test_with_a_lost_sheet_the_recovered_office_begins_and_the_vault_stays_shut(
    app: App, cast: Cast, secret: str
) -> None:
    answer = run(app, "people", "recover", "chair", "--name", "Rita Recovered (invented)", "--sheet-is-lost")
    assert "begun anew" in answer.stderr
    assert Event.VAULT_SHEET_LOST in {line.event for line in audit.AuditLine.select()}
    follow(app, answer, sign_in_name="Rita", new_password=PASSWORD)
    chair = signed_in(people.in_office(Role.CHAIR).get())
    assert not officers_vault.has_access(chair)
    officers_vault.begin_anew(accounts.Account.get_by_id(chair.account_id))
    assert officers_vault.has_access(chair)


@pytest.mark.parametrize("lost", [True, False])
def test_no_page_shows_a_recovery_link_nor_is_it_mailed(
    app: App, cast: Cast, secret: str, as_person: Callable[..., CheckingClient], *, lost: bool
) -> None:
    """Whoever may hand a volunteer their link must not come into an office by it."""
    volunteer = str(cast[Role.VOLUNTEER].id)
    newcomer = run(
        app, "people", "recover", "chair", "--name", "Rita Recovered (invented)", *["--sheet-is-lost"][:lost]
    )
    known = run(app, "people", "recover", "safeguarding-officer", "--person", volunteer)
    Appointment.create(person=cast[Role.COORDINATOR], role=Role.COORDINATOR, starts=NOW.date(), confirmed_at=NOW)
    coordinator, number = as_person(cast[Role.COORDINATOR]), Person.get(Person.name.startswith("Rita")).id
    addresses = (f"/people/{number}/invitation", f"/people/{volunteer}/password", "/people/invitations/print")
    shown = "".join(coordinator.get(address).text for address in addresses)
    assert path_of(newcomer) not in shown
    assert path_of(known) not in shown
    coordinator.send(f"/people/{number}/invitation/withdraw")
    app.test_client().send("/forgotten-password", sign_in_name="Vera")
    assert app.test_client().get(path_of(newcomer)).status_code == 200
    assert app.test_client().get(path_of(known)).status_code == 200
    assert not any(path_of(known) in mail.body or path_of(newcomer) in mail.body for mail in Outbox.select())


def test_people_recover_lets_the_holder_of_an_office_in_again(app: App, cast: Cast) -> None:
    answer = run(app, "people", "recover", "chair", "--person", str(cast[Role.CHAIR].id))
    assert follow(app, answer, new_password="four geese in the garden").location == "/sign-in"
    assert vault.open_lock(accounts.by_name("Charlie").lock, "four geese in the garden")
    assert Appointment.select().where(Appointment.role == Role.CHAIR).count() == 1


def path_of(answer: Result) -> str:
    return answer.stdout.strip().removeprefix("http://127.0.0.1:8000")


def follow(app: App, answer: Result, **fields: str) -> TestResponse:
    """Use the link that a command printed."""
    return app.test_client().send(path_of(answer), **fields)


def test_keys_rotate_seals_everything_anew_and_all_of_it_still_opens(app: Flask, cast: dict[Role, Person]) -> None:
    person = cast[Role.VOLUNTEER]
    before = sealed_email(person)
    answer = run(app, "keys", "rotate")
    assert answer.exit_code == 0, answer.output
    assert sealed_email(person) != before
    assert Person.get_by_id(person.id).email == "vera@millbrook.example"
    assert vault.unlock(app.extensions["ccc_settings"].data)
    assert Person.get_by_id(person.id).email == "vera@millbrook.example"


def test_keys_rotate_goes_on_after_it_broke_off(app: Flask, cast: dict[Role, Person]) -> None:
    data = app.extensions["ccc_settings"].data
    vault.make_next_key(data)
    Person.update(email="half@millbrook.example").where(Person.id == cast[Role.CHAIR].id).execute()
    vault.unlock(data)
    assert run(app, "keys", "rotate").exit_code == 0
    assert not (data / "field.next").exists()
    emails = {p.email for p in Person.select()}
    assert {"half@millbrook.example", "vera@millbrook.example"} <= emails


def sealed_email(person: Person) -> bytes:
    return bytes(db.db.execute_sql("SELECT email FROM person WHERE id = ?", [person.id]).fetchone()[0])


def test_audit_verify_is_green_and_names_the_newest_hash(app: Flask) -> None:
    answer = run(app, "audit", "verify")
    assert answer.exit_code == 0
    assert audit.verify().newest in answer.output


def test_audit_verify_expects_a_hash_that_is_not_there(app: Flask) -> None:
    answer = run(app, "audit", "verify", "--expect", "0" * 64)
    assert answer.exit_code == 1
    assert "it was typed wrongly, or lines at its end are gone" in answer.output


@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_audit_verify_says_in_one_line_that_the_file_is_cut_off(
    app: Flask, cast: dict[Role, Person], share: float
) -> None:
    file = app.extensions["ccc_settings"].database
    db.db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.db.close()
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * share)])
    answer = run(app, "audit", "verify")
    assert answer.exit_code == 1
    assert answer.output == "Error: The database cannot be used: database disk image is malformed\n"


def test_a_hash_written_on_paper_is_taken_with_gaps_and_capitals(app: Flask) -> None:
    newest = audit.verify().newest.upper()
    answer = run(app, "audit", "verify", "--expect", " ".join(newest[place : place + 4] for place in range(0, 64, 4)))
    assert answer.exit_code == 0, answer.output


@pytest.mark.parametrize("typed", ["", "abc", "g" * 64, "0" * 63, "0" * 65, "0" * 63 + "\uff10"])
def test_what_is_no_hash_is_called_that_and_does_not_accuse_the_trail(app: Flask, typed: str) -> None:
    answer = run(app, "audit", "verify", "--expect", typed)
    assert answer.exit_code == 2
    assert "This is no hash" in answer.output
    assert "NOT whole" not in answer.output


def test_daily_tells_what_it_did(app: Flask) -> None:
    assert "Old drafts deleted: 0" in run(app, "daily").output


def test_audit_verify_makes_no_centre_in_a_mistyped_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCC_DATA", str(tmp_path / "mistyped"))
    answer = app_of_the_commands().test_cli_runner().invoke(args=["audit", "verify"])
    assert answer.exit_code == 1
    assert "no database" in answer.output
    assert not (tmp_path / "mistyped").exists()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE clause SET text = text || '!' WHERE id = 1", "version 1"),
        ("UPDATE acknowledgement SET wording = 'nothing'", "signature 1"),
        ("DELETE FROM acknowledgement", "is gone"),
        ("DELETE FROM version", "is gone"),
        ("UPDATE version SET number = '9.9'", "no line of the audit trail tells of version 1"),
        ("UPDATE version SET created_at = 'never'", "among the versions is one that cannot be read"),
        ("UPDATE acknowledgement SET signed_on = 'never'", "among the signatures is one that cannot be read"),
        ("UPDATE acknowledgement SET created_at = x'FF'", "among the signatures is one that cannot be read"),
        ("UPDATE audit_line SET created_at = 'never' WHERE event = 'policy-published'", "was changed"),
    ],
)
def test_audit_verify_finds_what_was_changed_beside_the_trail(
    app: Flask, cast: dict[Role, Person], change: str, told: str
) -> None:
    version = samples.published(cast[Role.CHAIR])
    undertakings.record_on_paper(cast[Role.VOLUNTEER], version, NOW.date(), cast[Role.CHAIR], cast[Role.COORDINATOR])
    assert run(app, "audit", "verify").exit_code == 0
    for (trigger,) in db.db.execute_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        db.db.execute_sql(f"DROP TRIGGER {trigger}")
    db.db.execute_sql("PRAGMA foreign_keys = 0")
    db.db.execute_sql(change)
    answer = run(app, "audit", "verify")
    assert answer.exit_code == 1
    assert told in answer.output
    assert answer.output.count("\n") == 1


def forge(change: str) -> None:
    """Change what nobody can change, and give it a fingerprint that fits."""
    for (trigger,) in db.db.execute_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        db.db.execute_sql(f"DROP TRIGGER {trigger}")
    db.db.execute_sql(change)
    for table, mark in ((Version, policies.fingerprint), (Acknowledgement, undertakings.fingerprint)):
        for row in table.select():
            table.update(sha256=mark(row)).where(table.id == row.id).execute()


@pytest.mark.parametrize(
    ("change", "row", "line"),
    [
        ("UPDATE clause SET text = text || '!' WHERE id = 1", "version 1 of a policy", "policy-published"),
        ("UPDATE acknowledgement SET wording = 'nothing'", "signature 1", "undertaking-on-paper"),
    ],
)
def test_audit_verify_finds_what_was_changed_together_with_its_fingerprint(
    app: Flask, cast: Cast, change: str, row: str, line: str
) -> None:
    version = samples.published(cast[Role.CHAIR])
    undertakings.record_on_paper(cast[Role.VOLUNTEER], version, NOW.date(), cast[Role.CHAIR], cast[Role.COORDINATOR])
    forge(change)
    answer = run(app, "audit", "verify").output
    assert f"no line of the audit trail tells of {row} as it is now" in answer
    number = audit.AuditLine.get(audit.AuditLine.event == line).id
    assert f"what line {number} of the audit trail tells of was changed or is gone" in answer


def test_audit_verify_finds_an_invented_signature_with_a_fingerprint_of_its_own(app: Flask, cast: Cast) -> None:
    version = samples.published(cast[Role.CHAIR])
    undertakings.record_on_paper(cast[Role.VOLUNTEER], version, NOW.date(), cast[Role.CHAIR], cast[Role.COORDINATOR])
    forge(INVENTED)
    told = "Error: NOT whole: no line of the audit trail tells of signature 2 as it is now.\n"
    assert run(app, "audit", "verify").output == told


def test_audit_verify_tells_of_a_broken_chain_and_of_what_else_was_changed(app: Flask, cast: Cast) -> None:
    samples.published(cast[Role.CHAIR])
    forge("UPDATE audit_line SET actor = 99 WHERE id = 2")
    db.db.execute_sql("UPDATE clause SET text = ''")
    answer = run(app, "audit", "verify").output
    assert "line 2 was changed" in answer
    assert "version 1 of a policy was changed after its approval" in answer


def test_audit_verify_misses_no_signature_of_somebody_disposed_of_nor_a_version_that_was_sent_back(
    app: Flask, cast: Cast
) -> None:
    version = samples.published(cast[Role.CHAIR])
    undertakings.record_on_paper(cast[Role.VOLUNTEER], version, NOW.date(), cast[Role.CHAIR], cast[Role.COORDINATOR])
    retention.dispose_again([("person", cast[Role.VOLUNTEER].id)])
    draft = samples.drafted(cast[Role.COORDINATOR], samples.MILLBROOK.replace("three years", "five years"))
    policies.approve(draft, cast[Role.CHAIR], seen=policies.fingerprint(draft))
    policies.send_back(draft, cast[Role.CHAIR])
    assert not Acknowledgement.select().exists()
    assert run(app, "audit", "verify").exit_code == 0


@pytest.mark.parametrize("sql", ["", "CREATE TABLE shopping (item)"])
def test_audit_verify_finds_no_centre_in_a_database_that_holds_none(app: Flask, sql: str) -> None:
    file = app.extensions["ccc_settings"].data / "ccc.db"
    db.db.close()
    for kept in file.parent.glob("ccc.db*"):
        kept.unlink()
    file.touch()
    with closing(sqlite3.connect(file)) as other:
        other.execute(sql)
    answer = run(app, "audit", "verify")
    assert answer.exit_code == 1
    assert "no database of a centre" in answer.output
    assert bool(file.stat().st_size) == bool(sql)


def test_a_damaged_key_is_one_clear_line(app: Flask, cast: dict[Role, Person]) -> None:
    (app.extensions["ccc_settings"].data / "field.key").write_text("not a key")
    answer = run(app, "daily")
    assert answer.exit_code == 1
    assert "damaged" in answer.output


def test_what_the_commands_write_is_for_this_account_alone(empty_app: Flask) -> None:
    data = empty_app.extensions["ccc_settings"].data
    run(empty_app, "set-up-link")
    assert [file.name for file in data.iterdir() if file.stat().st_mode & 0o077] == []

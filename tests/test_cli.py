"""The commands: what they print, and what they refuse."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app import create_app as app_of_the_commands
from ccc import audit, cli, db, people, undertakings, vault
from ccc.people import Person
from ccc.roles import Role
from tests import samples
from tests.conftest import NOW

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


def test_people_recover_fills_an_office_only_while_it_stands_vacant(app: Flask) -> None:
    first = run(app, "people", "recover", "chair", "--name", "Rita Recovered (invented)")
    assert "/invitations/" in first.output
    assert people.in_office(Role.CHAIR).get().name == "Rita Recovered (invented)"
    second = run(app, "people", "recover", "chair", "--name", "Somebody Else (invented)")
    assert second.exit_code == 1
    assert not Person.select().where(Person.name == "Somebody Else (invented)").exists()


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
    db.db.execute_sql(change)
    answer = run(app, "audit", "verify")
    assert answer.exit_code == 1
    assert told in answer.output


def test_a_damaged_key_is_one_clear_line(app: Flask, cast: dict[Role, Person]) -> None:
    (app.extensions["ccc_settings"].data / "field.key").write_text("not a key")
    answer = run(app, "daily")
    assert answer.exit_code == 1
    assert "damaged" in answer.output


def test_what_the_commands_write_is_for_this_account_alone(empty_app: Flask) -> None:
    data = empty_app.extensions["ccc_settings"].data
    run(empty_app, "set-up-link")
    assert [file.name for file in data.iterdir() if file.stat().st_mode & 0o077] == []

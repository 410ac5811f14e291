"""A centre is put back from its backup with nothing but the paper in the safe, and what was destroyed stays so."""

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result

from ccc import audit, backups, centre, cli, clock, create_app, db, officers_vault, recovery_sheet
from ccc.audit import AuditLine, Event
from ccc.backups import container
from ccc.config import Settings
from ccc.dbs import Decision
from ccc.families.records import Adult, Family
from ccc.mail import Outbox
from ccc.officers_vault import LockedError
from ccc.people import Person
from ccc.retention import Disposal, DisposalItem, erasing
from ccc.roles import Role
from ccc.serving import only_server_of
from ccc.signin import accounts, sign_ins
from ccc.signin.sign_ins import SignIn
from tests.booking_log import HOME_ADDRESS, make_booking, make_family, make_session
from tests.checking import App, CheckingClient
from tests.conftest import PASSWORD
from tests.made_backups import sheet_in_safe
from tests.vaulted import NUMBER, check_of, fill_in, opened_by_both, signed_in

Cast = Mapping[Role, Person]


@pytest.fixture
def secret(cast: Cast) -> str:
    """The lower secret of the recovery sheet in the safe."""
    return sheet_in_safe(cast).backup


@pytest.fixture
def elsewhere(settings: Settings, tmp_path: Path) -> Settings:
    """A new machine."""
    return replace(settings, data=tmp_path / "new")


def newest(settings: Settings) -> Path:
    made = backups.make(settings)
    assert made.fault is None
    return backups.files(settings)[-1]


def run(settings: Settings, file: Path, typed: str, *words: str) -> Result:
    """The command, as the keeper of a new machine types it."""
    db.db.close()
    app = create_app(settings)
    cli.init_app(app)
    return app.test_cli_runner().invoke(args=["restore", str(file), *words], input=f"{typed}\n")


def dispose_of(family: Family, cast: Cast) -> None:
    """Carry out what one person proposed and another approved."""
    proposed_by, approved_by = cast[Role.COORDINATOR], cast[Role.CHAIR]
    disposal = Disposal.create(proposed_by=proposed_by, approved_by=approved_by, approved_at=clock.now())
    DisposalItem.create(disposal=disposal, kind="family", record=family.id, early="asked")
    assert erasing.carry_on() == 1


def left_behind(data: Path) -> set[str]:
    return {path.name for path in data.rglob("*")} - {"lock"}


def contents(file: Path, secret: str) -> bytes:
    return b"".join(container.opened(file, recovery_sheet.key_of(secret)))


def test_a_backup_taken_under_load_brings_everything_back_with_nothing_but_the_paper(
    cast: Cast, as_role: Callable[[Role], CheckingClient], settings: Settings, elsewhere: Settings
) -> None:
    opened, vera = opened_by_both(cast), cast[Role.VOLUNTEER]
    fill_in(vera, opened[Role.CHAIR], Decision.MAY)
    secret, by = sheet_in_safe(cast).backup, cast[Role.COORDINATOR]
    family, session = make_family(by), make_session()
    make_booking(session, family, by)
    as_role(Role.COORDINATOR)
    file = made_under_load(settings, by)
    before = audit.verify()
    answer = run(elsewhere, file, f"  {secret.lower().replace(' ', '-')} ")
    assert (answer.exit_code, "Restored" in answer.output, "whole" in answer.output) == (0, True, True), answer.output
    assert secret.split()[0] not in answer.output

    client = client_of(elsewhere)
    assert Family.get_by_id(family.id).reference == family.reference
    assert Adult.get(Adult.family == family).address == HOME_ADDRESS
    trail = audit.verify()
    assert trail.fault is None
    assert 0 < trail.lines <= before.lines + 1
    assert AuditLine.select().order_by(-AuditLine.id).get().event == Event.RESTORED
    assert not SignIn.select().where(SignIn.ended_at.is_null()).exists()
    assert not Outbox.select().exists()

    assert client.send("/sign-in", sign_in_name="Vera", password=PASSWORD).status_code == 303
    assert client.get("/me/").status_code == 200
    with pytest.raises(LockedError):
        officers_vault.open_for(signed_in(vera))
    chair = officers_vault.open_for(signed_in(cast[Role.CHAIR]))
    assert check_of(vera, chair).number == NUMBER


def client_of(settings: Settings) -> CheckingClient:
    app = create_app(settings)
    app.test_client_class = CheckingClient
    return app.test_client()  # type: ignore[return-value]  # the line above says which


def made_under_load(settings: Settings, by: Person) -> Path:
    """A backup, while somebody else goes on adding families."""
    stop, began = threading.Event(), threading.Event()

    def write() -> None:
        # A moment between two of them, in which others come to write.
        while not stop.wait(0.005):
            with db.writing():
                make_family(by)
            began.set()
        db.db.close()

    writer = threading.Thread(target=write)
    writer.start()
    began.wait(20)
    try:
        return newest(settings)
    finally:
        stop.set()
        writer.join()


def test_what_was_disposed_of_since_does_not_come_back(
    cast: Cast, secret: str, settings: Settings, elsewhere: Settings
) -> None:
    gone, stays = make_family(cast[Role.COORDINATOR]), make_family(cast[Role.COORDINATOR])
    # They lie sealed, and so are looked for as they lie there.
    sql = "SELECT last_name, address, phone FROM adult WHERE family_id = ?"
    canaries = [sealed for row in db.db.execute_sql(sql, (gone.id,)) for sealed in row]
    old = newest(settings)
    assert all(canary in contents(old, secret) for canary in canaries)
    dispose_of(gone, cast)
    assert re.fullmatch(rf"family {gone.id} [0-9a-f]{{64}}\n", (old.parent / "disposed.txt").read_text())
    assert [canary for canary in canaries if canary in contents(newest(settings), secret)] == []
    answer = run(elsewhere, old, secret)
    assert "Disposed of again: 1" in answer.output
    create_app(elsewhere)
    assert [family.id for family in Family.select()] == [stays.id]
    assert audit.verify().fault is None
    # A list that came with the records goes with them, and into the next backup's folder.
    fresh = newest(elsewhere)
    assert (fresh.parent / "disposed.txt").read_text() == (old.parent / "disposed.txt").read_text()
    left = contents(fresh, secret) + b"".join(path.read_bytes() for path in elsewhere.data.iterdir() if path.is_file())
    assert [canary for canary in canaries if canary in left] == []


def test_a_number_of_what_is_gone_is_never_given_out_again(
    cast: Cast, secret: str, settings: Settings, elsewhere: Settings
) -> None:
    old = newest(settings)
    gone = make_family(cast[Role.COORDINATOR])
    dispose_of(gone, cast)
    assert run(elsewhere, old, secret).exit_code == 0
    create_app(elsewhere)
    assert make_family(cast[Role.COORDINATOR]).id > gone.id


def test_records_are_put_back_where_only_they_were_lost_and_the_newer_of_two_lists_counts(
    cast: Cast, secret: str, settings: Settings
) -> None:
    gone, old = make_family(cast[Role.COORDINATOR]), newest(settings)
    dispose_of(gone, cast)
    # The stick was not plugged in when it was disposed of.
    (old.parent / "disposed.txt").write_text("")
    db.db.close()
    for file in ("ccc.db", "field.key", "secret.key"):
        (settings.data / file).unlink()
    assert run(settings, old, secret).exit_code == 0
    create_app(settings)
    assert not Family.select().exists()
    assert centre.the_centre().set_up_at


def test_without_the_list_a_restore_is_refused_unless_told(
    secret: str, settings: Settings, elsewhere: Settings
) -> None:
    file = newest(settings)
    beside = file.parent / "disposed.txt"
    beside.unlink()
    refused = run(elsewhere, file, secret)
    assert (refused.exit_code, "--without-disposed-list" in refused.output) == (1, True)
    assert left_behind(elsewhere.data) == set()
    assert run(elsewhere, file, secret, "--without-disposed-list").exit_code == 0


def test_a_damaged_or_foreign_file_and_a_wrong_secret_are_named_and_leave_nothing_behind(
    cast: Cast, settings: Settings, elsewhere: Settings
) -> None:
    secrets = sheet_in_safe(cast)
    file = newest(settings)
    whole = file.read_bytes()
    slip = ("B" if secrets.backup[0] == "A" else "A") + secrets.backup[1:]
    spoilt = bytearray(whole)
    spoilt[len(whole) // 2] ^= 1
    tried = [
        (b"", secrets.backup, "no backup of this program"),
        (b"PK\3\4 a holiday", secrets.backup, "no backup of this program"),
        (whole[:40], secrets.backup, "does not open this backup"),
        (whole[:5_000], secrets.backup, "damaged"),
        (whole[:-1], secrets.backup, "damaged"),
        (whole[:-21], secrets.backup, "damaged"),
        (whole + b"more", secrets.backup, "damaged"),
        (bytes(spoilt), secrets.backup, "damaged"),
        (whole, secrets.vault, "does not open this backup"),
        (whole, recovery_sheet.fresh(), "does not open this backup"),
        (whole, slip, "Look at group 1 again"),
        (whole, "one two three", "The sheet has 7 groups"),
    ]
    for content, typed, said in tried:
        file.write_bytes(content)
        answer = run(elsewhere, file, typed)
        assert (answer.exit_code, said in answer.output) == (1, True), answer.output
        assert left_behind(elsewhere.data) == set()


def test_a_restore_is_refused_onto_a_folder_in_use_or_with_records_in_it(
    app: App, secret: str, settings: Settings, elsewhere: Settings
) -> None:
    file = newest(settings)
    refused = run(settings, file, secret).output
    assert ("is not empty" in refused, "secret" in refused) == (True, False)
    assert centre.the_centre().set_up_at
    with only_server_of(elsewhere.data):
        assert "already running" in run(elsewhere, file, secret).output
    assert left_behind(elsewhere.data) == set()


def test_a_trail_that_is_not_whole_is_found_before_anything_is_restored(
    cast: Cast, secret: str, settings: Settings, elsewhere: Settings
) -> None:
    db.db.execute_sql("DROP TRIGGER audit_line_no_update")
    db.db.execute_sql("UPDATE audit_line SET actor = 99 WHERE id = 2")
    file = newest(settings)
    assert "line 2 was changed" in run(elsewhere, file, secret).output
    assert left_behind(elsewhere.data) == set()
    answer = run(elsewhere, file, secret, "--although-altered")
    assert (answer.exit_code, "line 2 was changed" in answer.output) == (0, True)


def test_another_field_key_in_the_settings_is_named(secret: str, settings: Settings, elsewhere: Settings) -> None:
    file = newest(settings)
    answer = run(replace(elsewhere, field_key=b"k" * 32), file, secret)
    assert (answer.exit_code, "CCC_FIELD_KEY" in answer.output) == (1, True)
    assert left_behind(elsewhere.data) == set()


def test_an_older_backup_is_stepped_up_and_one_of_a_newer_program_refused(
    cast: Cast, secret: str, settings: Settings, elsewhere: Settings
) -> None:
    db.db.execute_sql("INSERT INTO schema_migration (name, applied) VALUES ('9999_of_tomorrow', '2030-01-01')")
    answer = run(elsewhere, newest(settings), secret)
    assert "newer version of the program" in answer.output
    assert left_behind(elsewhere.data) == set()


def test_somebody_who_is_signed_in_when_it_is_restored_signs_in_anew(
    cast: Cast, secret: str, settings: Settings, elsewhere: Settings
) -> None:
    token = signed_in(cast[Role.VOLUNTEER]).get_id()
    assert run(elsewhere, newest(settings), secret).exit_code == 0
    create_app(elsewhere)
    assert accounts.find("Vera")
    assert sign_ins.resume(token) is None

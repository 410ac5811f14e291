"""What was done after the backup that a centre is put back from: what has to be gone stays so, and somebody looks."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ccc import audit, backups, clock, create_app, referrals, vault
from ccc.audit import AuditLine, Event
from ccc.backups import Backup, folder
from ccc.config import Settings
from ccc.db import writing
from ccc.families.records import Family
from ccc.people import Person
from ccc.referrals import Referral
from ccc.retention import Disposal, DisposalItem, erasing
from ccc.roles import Role
from ccc.signin import links
from ccc.signin.links import LinkError, Purpose
from ccc.statements import Statement
from tests.booking_log import make_family
from tests.checking import CheckingClient
from tests.made_backups import sheet_in_safe
from tests.test_restore import dispose_of, left_behind, newest, run

Cast = Mapping[Role, Person]
LOOK = "The centre was put back"


@pytest.fixture
def secret(cast: Cast) -> str:
    return sheet_in_safe(cast).backup


@pytest.fixture
def elsewhere(settings: Settings, tmp_path: Path) -> Settings:
    return replace(settings, data=tmp_path / "new")


def test_a_referrer_who_went_since_leaves_an_empty_row_where_an_older_backup_points_at_them(
    cast: Cast, secret: str, settings: Settings, elsewhere: Settings
) -> None:
    by = cast[Role.COORDINATOR]
    gone, stays = (referrals.add_referrer("court", f"Canary {name}", name, by) for name in ("Court", "Other"))
    moved, stated = make_family(by), make_family(by)
    referrals.refer(moved, gone, "X1", clock.today(), by)
    Statement.create(
        family=stated, referrer=gone, first_day=clock.today(), last_day=clock.today(), lines="[]", sha256="0", by=by
    )
    old = newest(settings)
    referrals.refer(moved, stays, "X1", clock.today(), by)
    dispose_of(stated, cast)
    clock.advance(timedelta(days=1_500))
    disposal = Disposal.create(proposed_by=by, approved_by=cast[Role.CHAIR], approved_at=clock.now())
    DisposalItem.create(disposal=disposal, kind="referrer", record=gone.id)
    assert erasing.carry_on() == 1
    unstated = old.parent / "disposed.txt"
    unstated.write_text("".join(f"{line}\n" for line in unstated.read_text().splitlines() if "family" not in line))
    assert "Disposed of again: 1" in run(elsewhere, old, secret).output
    create_app(elsewhere)
    assert [(one.body, one.person) for one in referrals.referrers()] == [
        ("Canary Other", "Other"),
        ("no longer kept", "no longer kept"),
    ]
    assert Referral.get(Referral.family == moved).referrer_id == Statement.get().referrer_id == gone.id
    assert audit.verify().fault is None


def test_no_link_that_was_used_or_withdrawn_since_opens_anything(
    cast: Cast, secret: str, settings: Settings, elsewhere: Settings
) -> None:
    link = links.make(cast[Role.VOLUNTEER], Purpose.PASSWORD, cast[Role.COORDINATOR], "http://centre.example")
    old, token = newest(settings), link.token
    links.new_password(token, "another long password")
    assert run(elsewhere, old, secret).exit_code == 0
    create_app(elsewhere)
    with pytest.raises(LinkError, match="withdrawn"):
        links.find(token, Purpose.PASSWORD)


def test_the_officers_are_asked_for_thirty_days_what_is_missing_unless_one_of_them_has_looked(
    cast: Cast, as_role: Callable[[Role], CheckingClient], secret: str, settings: Settings
) -> None:
    def told() -> list[bool]:
        return [LOOK in as_role(role).get("/").text for role in (Role.CHAIR, Role.SAFEGUARDING, Role.COORDINATOR)]

    assert told() == [False, False, False]
    assert LOOK not in as_role(Role.CHAIR).get("/backups/").text
    with writing():
        audit.record(Event.RESTORED, None, "centre:1", made_on=clock.today() - timedelta(days=3))
    assert told() == [True, True, False]
    shown = as_role(Role.SAFEGUARDING).get("/backups/").text
    assert "from the backup of 18 November 2026" in shown
    clock.advance(timedelta(days=30, seconds=1))
    assert told() == [False, False, False]
    clock.advance(timedelta(seconds=-1))
    assert told() == [True, True, False]
    for _ in range(2):
        assert as_role(Role.SAFEGUARDING).send("/backups/looked").status_code == 303
    assert told() == [False, False, False]
    [line] = AuditLine.select().where(AuditLine.event == Event.RESTORE_LOOKED_AT)
    assert line.actor == cast[Role.SAFEGUARDING].id


def test_a_restore_is_written_down_with_the_day_of_the_backup_and_its_own_try_did_not_break_off(
    secret: str, settings: Settings, elsewhere: Settings
) -> None:
    old = newest(settings)
    clock.advance(timedelta(days=2))
    assert "as of 21 November 2026, 09:00" in run(elsewhere, old, secret).output
    create_app(elsewhere)
    assert str(backups.state().put_back_from) == "2026-11-21"
    assert not Backup.select().exists()


def test_only_lines_that_this_centre_wrote_are_believed(
    cast: Cast, secret: str, settings: Settings, elsewhere: Settings
) -> None:
    gone, stays = make_family(cast[Role.COORDINATOR]), make_family(cast[Role.COORDINATOR])
    old = newest(settings)
    dispose_of(gone, cast)
    beside = old.parent / "disposed.txt"
    ours = beside.read_text()
    sign = ours.split()[2]
    for wrong in (f"family {stays.id}", f"family {stays.id} {sign}", "family twelve", "family 007 " + sign, "\xff"):
        beside.write_text(f"{ours}\n{wrong}\n", encoding="latin-1")
        answer = run(elsewhere, old, secret)
        assert (answer.exit_code, "did not write line 3" in answer.output) == (1, True), wrong
        assert left_behind(elsewhere.data) == set()
    # What an editor on Windows makes of it says the same.
    beside.write_text(f"\ufeff\r\n{ours.strip()} \r\n\r\n", encoding="utf-8", newline="")
    assert "Disposed of again: 1" in run(elsewhere, old, secret).output
    create_app(elsewhere)
    assert [family.id for family in Family.select()] == [stays.id]
    assert (newest(elsewhere).parent / "disposed.txt").read_text() == ours


def test_the_list_tells_nothing_without_the_key(cast: Cast, settings: Settings, secret: str) -> None:
    gone = make_family(cast[Role.COORDINATOR])
    dispose_of(gone, cast)
    newest(settings)
    [kind, number, sign] = (settings.backup_folder / "disposed.txt").read_text().split()
    assert (kind, number) == ("family", str(gone.id))
    assert sign == vault.look_up("disposed", f"family {gone.id}")


def test_numbers_given_out_after_a_restore_are_not_those_of_a_newer_backup(
    cast: Cast, secret: str, settings: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    by = cast[Role.COORDINATOR]
    older, other = newest(settings), make_family(by)
    clock.advance(timedelta(days=1))
    newer = newest(settings)
    assert run(elsewhere, older, secret).exit_code == 0
    create_app(elsewhere)
    again, referrer = make_family(by), referrals.add_referrer("court", "Somebody", "New", by)
    for record, before in ((again, other.id), (referrer, 0)):
        assert before + 1_000 <= record.id <= before + 10_000
    dispose_of(again, cast)
    (newer.parent / "disposed.txt").write_text((elsewhere.data / "disposed.txt").read_text())
    third = replace(elsewhere, data=tmp_path / "third")
    assert "Disposed of again: 0" in run(third, newer, secret).output
    create_app(third)
    assert [family.reference for family in Family.select()] == [other.reference]


@pytest.mark.parametrize("moved", [0, 1, 2, 3])
def test_a_restore_that_was_killed_at_any_moment_is_done_again(
    moved: int, secret: str, settings: Settings, elsewhere: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, tries = newest(settings), [0]
    move, forget = Path.replace, folder.forget_restore

    def killed(path: Path, target: Path) -> Path:
        tries[0] += path.parent.name == "restoring" and path.suffix != ".new"
        if tries[0] > moved:
            raise KeyboardInterrupt
        return move(path, target)

    with monkeypatch.context() as dying:
        dying.setattr(Path, "replace", killed)
        # Whoever is killed clears nothing away.
        dying.setattr(folder, "forget_restore", lambda data: None if tries[0] else forget(data))
        assert run(elsewhere, old, secret).exit_code == 1
    assert (elsewhere.data / "restoring").exists()
    assert run(elsewhere, old, secret).exit_code == 0
    assert left_behind(elsewhere.data) == {"ccc.db", "field.key", "secret.key", "disposed.txt"}


def test_keys_that_no_restore_left_are_not_cleared_away(secret: str, settings: Settings, elsewhere: Settings) -> None:
    elsewhere.data.mkdir()
    (elsewhere.data / "field.key").write_text("12" * 32)
    assert "is not empty: field.key" in run(elsewhere, newest(settings), secret).output
    assert left_behind(elsewhere.data) == {"field.key"}

"""What the server does by itself, beside answering: the day's work, once a day, whoever comes first."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from peewee import IntegrityError

from ccc import backups, cli, clock, concerns, daily, evidence, mail, people, review_pack
from ccc.centre import the_centre
from ccc.config import MailServer, Settings
from ccc.conformance import TrailCheck
from ccc.db import db
from ccc.families import Family
from ccc.mail import Outbox
from ccc.people import Appointment, Person
from ccc.retention import Disposal, DisposalItem
from ccc.roles import Role
from ccc.signin.throttle import Try
from tests.booking_log import make_family
from tests.checking import App
from tests.made_backups import sheet_in_safe


def keep_house(settings: Settings) -> None:
    """One round of a process that reaches no mail server, so that what it would send can be counted."""
    daily.keep_house_once(replace(settings, mail=None))


def test_the_server_warns_by_itself_of_an_office_that_ends(cast: dict[Role, Person], settings: Settings) -> None:
    ends = clock.today() + timedelta(days=60)
    Appointment.update(ends=ends).where(Appointment.person == cast[Role.COORDINATOR]).execute()
    keep_house(settings)
    keep_house(settings)
    letters = [letter.recipient for letter in Outbox.select()]
    assert sorted(letters) == ["charlie@millbrook.example", "colin@millbrook.example"]


def test_the_trail_is_read_through_once_a_day_and_what_came_of_it_is_kept(
    cast: dict[Role, Person], settings: Settings
) -> None:
    keep_house(settings)
    keep_house(settings)
    assert [reading.fault for reading in TrailCheck.select()] == [None]
    db.execute_sql("DROP TRIGGER audit_line_no_update")
    db.execute_sql("UPDATE audit_line SET actor = 99 WHERE id = 1")
    clock.advance(timedelta(days=1))
    keep_house(settings)
    newest = TrailCheck.select().order_by(TrailCheck.id.desc()).get()
    assert newest.fault == "line 1 was changed, or a line before it is gone"
    with pytest.raises(IntegrityError, match="append-only"):
        TrailCheck.update(fault=None).execute()


def test_others_write_while_the_trail_is_read_through(
    cast: dict[Role, Person], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_meanwhile() -> list[str]:
        with closing(sqlite3.connect(settings.database, timeout=0)) as other, other:
            other.execute("UPDATE centre SET name = 'Written meanwhile'")
        return []

    monkeypatch.setattr(review_pack, "altered", write_meanwhile)
    assert evidence.check() == "whole"
    assert the_centre().name == "Written meanwhile"


def test_wrong_tries_are_kept_for_thirty_days_and_go_once_a_day(app: App, settings: Settings) -> None:
    app.test_client().send("/sign-in", sign_in_name="nobody", password="a wrong password")
    clock.advance(timedelta(days=29))
    keep_house(settings)
    assert Try.select().count() == 1
    clock.advance(timedelta(hours=14))
    app.test_client().send("/sign-in", sign_in_name="nobody", password="a wrong password")
    clock.advance(timedelta(hours=10))
    keep_house(settings)
    assert Try.select().count() == 1
    clock.advance(timedelta(days=30, hours=-10))
    keep_house(settings)
    assert Try.select().count() == 0


def test_the_command_does_all_that_a_round_of_the_server_does(
    cast: dict[Role, Person], app: App, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet_in_safe(cast)
    old = approved(cast)
    sent: list[str] = []
    monkeypatch.setattr(mail, "_send", lambda _server, letter: sent.append(letter.recipient))
    app.extensions["ccc_settings"] = replace(settings, mail=MailServer("mail.example", "centre@millbrook.example"))
    mail.queue("somebody@family.example", "Something waits", "Please sign in.")
    cli.init_app(app)
    answer = app.test_cli_runner().invoke(args=["daily"])
    assert answer.exit_code == 0
    for line in ("Old drafts deleted: 0", "Records disposed of: 1", "Backup: made"):
        assert line in answer.output.splitlines()
    assert "somebody@family.example" in sent
    assert not Family.select().where(Family.id == old.id).exists()
    assert len(backups.files(settings)) == 1


def approved(cast: dict[Role, Person]) -> Family:
    """A family that is to go."""
    family = make_family(cast[Role.COORDINATOR])
    by, officer = cast[Role.COORDINATOR], cast[Role.CHAIR]
    disposal = Disposal.create(proposed_by=by, approved_by=officer, approved_at=clock.now())
    DisposalItem.create(disposal=disposal, kind="family", record=family.id, early="asked")
    return family


def test_what_fails_stops_nothing_else_and_is_named_without_its_words(
    cast: dict[Role, Person], app: App, settings: Settings, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    def fail() -> int:
        raise ValueError("Canary Lane")

    sheet_in_safe(cast)
    old = approved(cast)
    monkeypatch.setattr(concerns, "remind", fail)
    monkeypatch.setattr(people, "warn_of_ending", fail)
    keep_house(settings)
    assert not Family.select().where(Family.id == old.id).exists()
    assert len(backups.files(settings)) == 1
    assert [message.split(":")[1] for message in caplog.messages] == [" failed with ValueError"] * 2
    assert "Mails about worries that nobody has read" in caplog.text
    assert "Canary" not in caplog.text

"""The commands of `flask --app app …`; each calls a rule and prints what came of it."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from peewee import PeeweeException

import ccc
from ccc import (
    backups,
    centre,
    daily,
    demo,
    evidence,
    key_rotation,
    officers_vault,
    people,
    policies,
    policy_text,
    serving,
    vault,
)
from ccc.config import ROOT, Settings
from ccc.people import Person, RefusedError
from ccc.quizzes import questions
from ccc.roles import Role
from ccc.signin import links

READABLE = click.Path(exists=True, dir_okay=False, path_type=Path)
OFFICES = {role.replace(" ", "-"): role for role in (Role.COORDINATOR, Role.SAFEGUARDING, Role.CHAIR)}
ASKS_FOR_SHEET = "The link asks for the upper secret of the recovery sheet, the one that opens the officers' vault."
NO_SHEET = (
    "The link asks for no recovery sheet, and so does not open the officers' vault. The other officer gives access "
    "there; where nobody can, the vault has to be begun anew, and what lies in it is lost."
)
policy = AppGroup("policy", help="Read, import and list policies.")
quiz = AppGroup("quiz", help="Check a quiz file.")
staff = AppGroup("people", help="Invite people; fill an office that stands vacant.")
keys = AppGroup("keys", help="Replace the field key.")
trail = AppGroup("audit", help="Check the audit trail.")


def init_app(app: Flask) -> None:
    for command in (policy, quiz, staff, keys, trail, set_up_link, make_demo, run_daily, make_backup, restore):
        app.cli.add_command(command)


@contextmanager
def data_folder(*, for_demo: bool = False, to_begin: bool = True) -> Iterator[Settings]:
    """The data folder, made ready; a rule's refusal or a folder in trouble becomes one line.

    Not `to_begin`: where there is no centre yet, none is made, since a mistyped folder is more likely.
    """
    settings: Settings = current_app.extensions["ccc_settings"]
    with in_one_line():
        if not to_begin and not _holds_centre(settings.database):
            raise RefusedError(f"There is no database of a centre in {settings.data}. Look at CCC_DATA.")
        ccc.prepare(settings, demo=for_demo)
        yield settings


def _holds_centre(file: Path) -> bool:
    """Tell whether there is a centre in a file. One that is empty is left so: even to open it would fill it."""
    if not file.exists() or not file.stat().st_size:
        return False
    ccc.db.bind(file)
    return bool(ccc.db.db.table_exists("centre"))


@contextmanager
def in_one_line() -> Iterator[None]:
    """Whatever a rule refuses, and whatever is wrong with the data folder, becomes one line."""
    try:
        yield
    except (
        RefusedError,
        policy_text.UnreadableError,
        ccc.db.NewerDatabaseError,
        serving.StartError,
        demo.NotADemoError,
        vault.DamagedKeyError,
    ) as error:
        raise click.ClickException(str(error)) from error
    except PeeweeException as error:
        raise click.ClickException(f"The database cannot be used: {error}") from error
    except OSError as error:
        raise click.ClickException(f"The data folder cannot be used: {error.filename}: {error.strerror}.") from error


@click.command("set-up-link", help="Print a new one-time link that sets an empty centre up.")
@with_appcontext
def set_up_link() -> None:
    with data_folder() as settings:
        try:
            click.echo(f"{settings.base_url}/set-up/{centre.new_set_up_token()}")
        except centre.AlreadySetUpError as error:
            raise click.ClickException("This centre is set up already. Sign in, or use `people recover`.") from error


@policy.command("read", help="Print as JSON what is read in a policy. Needs no data folder and changes nothing.")
@click.argument("file", type=READABLE)
def policy_read(file: Path) -> None:
    try:
        reading = policy_text.read(policy_text.decode(file.read_bytes()))
    except policy_text.UnreadableError as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(reading.as_json(), indent=1, ensure_ascii=False))


@policy.command("import", help="Keep a policy as a draft, in the name of the chair.")
@click.argument("file", type=READABLE)
@click.option("--slug", default="confidentiality", show_default=True)
def policy_import(file: Path, slug: str) -> None:
    with data_folder() as settings:
        chair = people.in_office(Role.CHAIR).first()
        if chair is None:
            raise RefusedError("The centre has no chair yet. Set it up first.")
        version = policies.draft(slug, policy_text.decode(file.read_bytes()), chair)
        click.echo(f"Drafted: {len(policies.clauses(version))} clauses. Go on at {settings.base_url}/drafting/{slug}/")


@policy.command("list", help="List the policies and their versions.")
@with_appcontext
def policy_list() -> None:
    with data_folder():
        held = policies.Version.select(policies.Version, policies.Policy).join(policies.Policy)
        for version in held.order_by(policies.Policy.slug, policies.Version.id):
            state = "published" if version.published_at else "approved" if version.approved_at else "draft"
            click.echo(f"{version.policy.slug}  {version.number or '-'}  {state}  {version.title}")


@quiz.command("check", help="Check a quiz file, or all of them.")
@click.argument("file", required=False, type=click.Path(path_type=Path))
def quiz_check(file: Path | None) -> None:
    folder = ROOT / "quizzes"
    for path in [file] if file else sorted(folder.glob("*.toml")):
        try:
            found = questions.load(path, folder)
        except questions.QuizError as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"{path.name}: {len(found.questions)} questions, nothing wrong")


@staff.command("invite", help="Add a person and print the one-time link that lets them in.")
@click.argument("name")
@click.option("--email", help="Where the link is mailed as well.")
@click.option("--office", type=click.Choice(["co-ordinator", "safeguarding-officer"]), help="The office they come for.")
@with_appcontext
def people_invite(name: str, email: str | None, office: str | None) -> None:
    with data_folder() as settings:
        person = links.invite(links.Details(name, email), OFFICES[office] if office else None, None, settings.base_url)
        link = links.open_link_of(person, links.Purpose.JOIN)
        click.echo(f"{settings.base_url}{link.path if link else ''}")


@staff.command("recover", help="Print the one-time link that fills a vacant office, or lets its holder in again.")
@click.argument("office", type=click.Choice(["safeguarding-officer", "chair"]))
@click.option("--person", "number", type=int, help="The number of somebody who is on the list already.")
@click.option("--name", help="The name of somebody new.")
@click.option("--sheet-is-lost", "lost", is_flag=True, help="Do not ask for the recovery sheet. This is written down.")
@with_appcontext
def people_recover(office: str, number: int | None, name: str | None, *, lost: bool) -> None:
    with data_folder() as settings:
        person = Person.get_or_none(Person.id == number) if number else None
        if person is None and not name:
            raise RefusedError("Say who: --person with a number from the list, or --name for somebody new.")
        with ccc.db.writing():
            link = links.recover(person or people.add(str(name), None, None, None), OFFICES[office])
            if lost:
                officers_vault.sheet_is_lost()
        click.echo(f"{settings.base_url}{link.path}")
        click.echo(ASKS_FOR_SHEET if officers_vault.sheet() else NO_SHEET, err=True)


@keys.command("rotate", help="Seal all contact details with a new field key. Stop the server first.")
@with_appcontext
def keys_rotate() -> None:
    with data_folder() as settings, serving.only_server_of(settings.data):
        if settings.field_key:
            raise RefusedError(
                "The field key comes from CCC_FIELD_KEY. Put it in field.key, unset that, and try again."
            )
        click.echo(f"Sealed anew: {key_rotation.rotate(settings.data)} values.")


def as_hash(_context: object, _option: object, typed: str | None) -> str | None:
    """A hash as it was copied from paper, with gaps or capitals."""
    digits = "".join(typed.split()).lower() if typed is not None else None
    if digits is not None and not re.fullmatch("[0-9a-f]{64}", digits):
        raise click.BadParameter("This is no hash: one has 64 signs, figures and letters from a to f.")
    return digits


@trail.command("verify", help="Read the whole audit trail; ends with 1 if anything in it was changed or is gone.")
@click.option(
    "--expect", metavar="HASH", callback=as_hash, help="A hash that was written down earlier and must be in the trail."
)
@with_appcontext
def audit_verify(expect: str | None) -> None:
    with data_folder(to_begin=False):
        verdict = evidence.verify(expect)
        if verdict.fault:
            raise click.ClickException(f"NOT whole: {verdict.fault}.")
        click.echo(f"Whole: {verdict.lines} lines. Newest hash: {verdict.newest}")


@click.command("demo", help="Fill an empty data folder with an invented centre, or set its passwords anew.")
@click.option("--people", "count", type=click.IntRange(4, 10_000), default=12, show_default=True)
@click.option("--families", type=click.IntRange(0, 10_000), default=30, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed invents the same centre.")
@with_appcontext
def make_demo(count: int, families: int, seed: int) -> None:
    with data_folder(for_demo=True) as settings:
        click.echo("\n".join(demo.welcome(count, seed, settings.demo_password, families_count=families)))


@click.command("daily", help="Do what has to be done once a day: reminders, mails, disposals, backup, clearing up.")
@with_appcontext
def run_daily() -> None:
    with data_folder() as settings:
        for line in daily.run(settings):
            click.echo(line)


@click.command("backup", help="Make a backup now, locked with the recovery sheet in the safe.")
@with_appcontext
def make_backup() -> None:
    with data_folder(to_begin=False) as settings:
        made = backups.make(settings)
        if made.fault:
            raise click.ClickException(f"No backup was made. {backups.FAULTS[made.fault]}")
        click.echo(f"Made: {backups.files(settings)[-1]} ({made.size} bytes)")


@click.command("restore", help="Put a centre back from a backup, on an empty data folder.")
@click.argument("file", type=READABLE)
@click.option("--without-disposed-list", "listless", is_flag=True, help="What was disposed of since may come back.")
@click.option("--although-altered", "altered", is_flag=True, help="Even if the audit trail in it is not whole.")
@with_appcontext
def restore(file: Path, *, listless: bool, altered: bool) -> None:
    settings: Settings = current_app.extensions["ccc_settings"]
    with in_one_line(), serving.only_server_of(settings.data):
        ask = partial(click.prompt, "The lower secret of the recovery sheet, all seven groups", hide_input=True)
        done = backups.restore(file, ask, settings, without_list=listless, although_altered=altered)
    click.echo(f"Restored: the centre as of {done.made_at:%d %B %Y, %H:%M}. Disposed of again: {done.disposed_again}.")
    trail = done.trail
    click.echo(f"Audit trail: {trail.fault or 'whole'}, {trail.lines} lines. Newest hash: {trail.newest}")
    click.echo("Start the server and sign in. What was done after that moment has to be done again.")

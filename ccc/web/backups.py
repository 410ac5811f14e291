"""Backups, for the officers: how old the last one is, what went wrong, and a button that makes one now."""

from collections.abc import Iterator

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from ccc import backups
from ccc.people import RefusedError
from ccc.roles import May
from ccc.signin.sign_ins import SignedIn
from ccc.web import front
from ccc.web.access import access, me
from ccc.web.front import Waiting
from ccc.web.page import page
from ccc.web.settings import settings

bp = Blueprint("backups", __name__, url_prefix="/backups")


@bp.get("/")
@access(May.SEE_BACKUPS)
def index() -> ResponseReturnValue:
    try:
        files = backups.files(settings())
    except OSError:
        files = None
    return page(
        "backups/index.html",
        state=backups.state(),
        faults=backups.FAULTS,
        files=files,
        kept=settings().backups_kept,
        days=settings().backups_days,
    )


@bp.post("/make")
@access(May.SEE_BACKUPS)
def make() -> ResponseReturnValue:
    try:
        made = backups.make(settings(), me().person)
        flash(f"No backup was made. {backups.FAULTS[made.fault]}" if made.fault else "A backup was made.")
    except RefusedError as error:
        flash(str(error))
    return redirect(url_for(".index"), 303)


@bp.post("/looked")
@access(May.SEE_BACKUPS)
def looked() -> ResponseReturnValue:
    backups.looked_after_restore(me().person)
    flash("It is written down that you have looked.")
    return redirect(url_for(".index"), 303)


@front.waits
def backup_work(who: SignedIn) -> Iterator[Waiting]:
    """What a restore may have brought back; no sheet to lock backups with, or none made for days."""
    if not who.may(May.SEE_BACKUPS):
        return
    state = backups.state()
    if state.put_back_from:
        yield Waiting("The centre was put back from a backup.", "/backups/", "See what to look for", pressing=True)
    if state.sheet is None:
        yield Waiting("No backup is made as long as no recovery sheet is in the safe.", "/backups/", "Read why")
    elif state.is_old:
        yield Waiting("No backup was made for more than two days.", "/backups/", "See why", pressing=True)

"""The officers' vault: who can open it, the recovery sheet, a new key, and what to do without access."""

from collections.abc import Iterator

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField
from wtforms.validators import DataRequired, Regexp

from ccc import officers_vault
from ccc.officers_vault import LockedError
from ccc.roles import May
from ccc.signin.accounts import Account
from ccc.signin.sign_ins import SignedIn
from ccc.web import front
from ccc.web.access import access, me
from ccc.web.form import Form, Secret
from ccc.web.front import Waiting
from ccc.web.page import page
from ccc.web.people import find

bp = Blueprint("vault", __name__, url_prefix="/vault")


class SeenForm(Form):
    """A button, and the number of what was there when the page was opened: pressed twice, it makes one new one."""

    seen = HiddenField(validators=[Regexp("[0-9]{1,9}$", message="Go back and open this page again.")])


class OpenForm(Form):
    secret = Secret("The upper secret of the recovery sheet", [DataRequired("Type in the seven groups.")])


class SafeForm(Form):
    # It holds a part of the secret, so it bears the name that is never kept.
    secret = Secret("The group", [DataRequired("Type in the group.")], longest=40)


class AnewForm(Form):
    sure = BooleanField("I know that this cannot be undone", [DataRequired("Tick this if you are sure.")])


@bp.get("/")
@access(May.OPEN_VAULT, fresh=True)
def index() -> ResponseReturnValue:
    return page(
        "vault/index.html",
        key=officers_vault.current(),
        sheet=officers_vault.sheet(),
        officers=officers_vault.officers(),
        inside=officers_vault.has_access(me()),
        locked_for_all=_locked_for_all(),
        secret=True,
    )


@bp.post("/access/<int:number>")
@access(May.OPEN_VAULT, fresh=True)
def give_access(number: int) -> ResponseReturnValue:
    who = find(number)
    officers_vault.give_access(who, officers_vault.open_for(me()))
    flash(f"{who.name} can open the vault now.")
    return redirect(url_for(".index"), 303)


@bp.route("/sheet", methods=["GET", "POST"])
@access(May.OPEN_VAULT, fresh=True)
def sheet() -> ResponseReturnValue:
    """What the sheet is for; the button makes it, and the answer shows it this once."""
    opened, held = officers_vault.open_for(me()), officers_vault.sheet()
    form = SeenForm(seen=str(held.id if held else 0))
    if form.validate_on_submit():
        with form.refusals():
            secrets = officers_vault.new_sheet(opened, int(form.seen.data))
            return page("vault/print.html", secrets=secrets, secret=True)
    return page("vault/sheet.html", form=form, status=form.status, sheet=held, secret=True)


@bp.route("/safe", methods=["GET", "POST"])
@access(May.OPEN_VAULT, fresh=True)
def safe() -> ResponseReturnValue:
    """One group of the printed sheet, as a sign that it is on paper and can be read."""
    form, held = SafeForm(), officers_vault.sheet()
    if held is None:
        return redirect(url_for(".sheet"), 303)
    if form.validate_on_submit():
        with form.refusals():
            officers_vault.put_in_safe(form.secret.data, me().person)
            flash("Written down: the recovery sheet is in the safe.")
            return redirect(url_for(".index"), 303)
    return page("vault/safe.html", form=form, status=form.status, sheet=held, secret=True)


@bp.route("/key", methods=["GET", "POST"])
@access(May.OPEN_VAULT, fresh=True)
def key() -> ResponseReturnValue:
    """A new key for the vault: whatever anybody took along of the old one opens nothing any more."""
    opened, held = officers_vault.open_for(me()), officers_vault.current()
    form = SeenForm(seen=str(held.id))
    if form.validate_on_submit():
        with form.refusals():
            flash(_rekeyed(officers_vault.change_key(opened, int(form.seen.data))))
            return redirect(url_for(".index"), 303)
    return page("vault/key.html", form=form, status=form.status, key=held, secret=True)


@bp.route("/open", methods=["GET", "POST"])
@access(May.OPEN_VAULT, fresh=True)
def open_with_sheet() -> ResponseReturnValue:
    """The way in with the recovery sheet, for an officer whom nobody else can give access."""
    form = OpenForm()
    if form.validate_on_submit():
        with form.refusals():
            officers_vault.open_with_sheet(form.secret.data, me().person)
            flash("You can open the vault again. Please put the sheet back in the safe.")
            return redirect(url_for(".index"), 303)
    return page("vault/open.html", form=form, status=form.status, secret=True)


@bp.route("/anew", methods=["GET", "POST"])
@access(May.OPEN_VAULT, fresh=True)
def anew() -> ResponseReturnValue:
    """A new, empty vault, for the day on which nobody and nothing can open the old one."""
    form = AnewForm()
    if form.validate_on_submit():
        with form.refusals():
            officers_vault.begin_anew(Account.get_by_id(me().account_id))
            flash("There is a new vault, and you can open it. Print its recovery sheet today.")
            return redirect(url_for(".index"), 303)
    return page("vault/anew.html", form=form, status=form.status, locked_for_all=_locked_for_all(), secret=True)


@bp.app_errorhandler(LockedError)
def locked(error: LockedError) -> ResponseReturnValue:
    """Wherever somebody without access comes to: what that means, and where to go."""
    return page("vault/locked.html", status=409, text=str(error), secret=True)


@front.waits
def vault_work(who: SignedIn) -> Iterator[Waiting]:
    """The sheet to print or to lock away, an officer without access, a key that somebody took along."""
    if not who.may(May.OPEN_VAULT) or not officers_vault.exists():
        return
    if not officers_vault.has_access(who):
        yield Waiting("You cannot open the officers' vault yet.", "/vault/", "See what to do", pressing=True)
        return
    for officer in officers_vault.officers():
        if officer.joined and not officer.has_access:
            yield Waiting(f"{officer.person.name} cannot open the officers' vault yet.", "/vault/", "Give access")
    if officers_vault.current().to_replace:
        yield Waiting(
            "Somebody lost their access to the officers' vault. It needs a new key.", "/vault/key", "Change it"
        )
    yield from _sheet_work()


def _sheet_work() -> Iterator[Waiting]:
    held = officers_vault.sheet()
    if held is None:
        yield Waiting("The recovery sheet of the officers' vault is not printed yet.", "/vault/sheet", "Print it")
    elif held.in_safe_at is None:
        yield Waiting("Is the recovery sheet in the safe?", "/vault/safe", "Say so")


def _locked_for_all() -> bool:
    """Tell whether nobody and nothing can open the vault."""
    return officers_vault.sheet() is None and not any(officer.has_access for officer in officers_vault.officers())


def _rekeyed(lost: int) -> str:
    if lost == 0:
        return "The vault has a new key. The recovery sheet in the safe goes on opening it."
    those = "1 record was" if lost == 1 else f"{lost} records were"
    return f"The vault has a new key. {those} sealed to a key that is lost: the list of DBS checks names whose."

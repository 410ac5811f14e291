"""People: everybody's progress, one person's page, offices, a new-password link to hand over, leaving."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from ccc import clock, looks, people
from ccc.db import while_unchanged
from ccc.onboarding import dates, progress, steps
from ccc.onboarding.progress import Show
from ccc.people import Person
from ccc.roles import May, Role
from ccc.signin import accounts, links, second_factor
from ccc.signin.links import Purpose
from ccc.web.access import access, me
from ccc.web.form import Form
from ccc.web.page import macro, page
from ccc.web.qr import qr
from ccc.web.settings import settings

bp = Blueprint("people", __name__, url_prefix="/people")
LARGEST = 2**53
SHOWN = {
    Show.HERE: "everybody here",
    Show.NOT_JOINED: "not joined yet",
    Show.TRAINING: "in training",
    Show.READY: "may be on the rota",
    Show.LEFT: "left",
}


@bp.get("/")
@access(May.SEE_PEOPLE)
def index() -> ResponseReturnValue:
    """Everybody's progress, one page after the other: the longest list there is, so its rows are plain tuples."""
    show, search = request.args.get("show", ""), request.args.get("q", "").strip()[:100]
    show = Show(show) if show in SHOWN else Show.HERE
    after = request.args.get("after", 0, type=int)
    rows, more = _rows(show, search, after if 0 < after < LARGEST else 0, clock.today())
    asked: dict[str, Any] = {"show": show.value, "shows": SHOWN, "search": search, "after": after}
    return page("people/index.html", "people", rows=rows, more=more, **asked)


@bp.get("/<int:number>/")
@access(May.SEE_PEOPLE)
def person(number: int) -> ResponseReturnValue:
    who = Person.get_or_none(Person.id == number) or abort(404)
    if who.name == people.FORMER:
        return page("people/gone.html", person=who)
    roles, listed = people.roles_of(who), steps.steps(who)
    done, of = steps.count(listed)
    return page(
        "people/person.html",
        person=who,
        roles=roles,
        offices=people.appointments(who),
        account=accounts.of(who),
        may_help=_may_help(who),
        invitation=links.open_link_of(who, Purpose.JOIN),
        steps=listed,
        done=done,
        of=of,
        recorded=dates.newest(who),
    )


@bp.get("/<int:number>/details")
@access(May.RECORD_STEPS)
def details(number: int) -> ResponseReturnValue:
    """The button that shows the details: an address that is merely fetched shows nothing and records no look."""
    return page("people/details.html", person=find(number))


@bp.post("/<int:number>/details")
@access(May.RECORD_STEPS)
def show_details(number: int) -> ResponseReturnValue:
    """A volunteer's own contact details: the co-ordinator's alone, and the look is recorded."""
    who = find(number)
    return page("people/details.html", person=who, details=looks.look_at_details(who, me().person), secret=True)


@bp.route("/<int:number>/leaving", methods=["GET", "POST"])
@access(May.RECORD_STEPS)
def leaving(number: int) -> ResponseReturnValue:
    who, form = find(number), Form()
    if form.validate_on_submit():
        with form.refusals():
            people.leave(who, me().person)
            flash(f"{who.name} has left. Their access has ended.")
            return redirect(url_for(".person", number=number), 303)
    return page("people/leaving.html", form=form, status=form.status, person=who)


@bp.post("/<int:number>/return")
@access(May.RECORD_STEPS)
def come_back(number: int) -> ResponseReturnValue:
    people.come_back(find(number), me().person)
    flash("They are back on the list. Their old password works again.")
    return redirect(url_for(".person", number=number), 303)


@bp.get("/<int:number>/password")
@access(May.HELP_VOLUNTEERS)
def password(number: int) -> ResponseReturnValue:
    """The new-password link that is open, to hand over; or the button that makes one."""
    who = _helped(number)
    link = links.open_link_of(who, Purpose.PASSWORD)
    address = link and settings().base_url + link.path
    code = qr(address) if address else None
    return page("people/password.html", person=who, account=accounts.of(who), address=address, qr=code, secret=True)


@bp.post("/<int:number>/password")
@access(May.HELP_VOLUNTEERS)
def make_password_link(number: int) -> ResponseReturnValue:
    who = _helped(number)
    if accounts.of(who) is None:
        raise people.RefusedError("This person has not joined yet. Send the invitation again.")
    links.make(who, Purpose.PASSWORD, me().person, settings().base_url)
    return redirect(url_for(".password", number=number), 303)


@bp.post("/<int:number>/second-step/off")
@access(May.HELP_VOLUNTEERS)
def second_step_off(number: int) -> ResponseReturnValue:
    account = accounts.of(_helped(number)) or abort(404)
    second_factor.ask_to_turn_off(account, me().person)
    flash("The second step goes off in 24 hours. All officers are told, and can stop it.")
    return redirect(url_for(".person", number=number), 303)


@bp.post("/<int:number>/second-step/keep")
@access(May.HELP_VOLUNTEERS)
def second_step_keep(number: int) -> ResponseReturnValue:
    account = accounts.of(find(number)) or abort(404)
    second_factor.stop_turning_off(account, me().person)
    flash("The second step stays on.")
    return redirect(url_for(".person", number=number), 303)


@while_unchanged
def _rows(show: Show, search: str, after: int, _today: date) -> tuple[Markup, int | None]:
    """The rows of the list, put together once a day and after each change: everybody who may see it sees the same."""
    listed, more = progress.people_list(show, search, after)
    return macro("people/rows.html", "rows")(listed, left=show == Show.LEFT), more


def find(number: int) -> Person:
    """The person of this number, or 404; of some who left, nothing but the number is kept."""
    return Person.get_or_none(Person.id == number, Person.name != people.FORMER) or abort(404)


def _may_help(who: Person) -> bool:
    """An officer helps anyone but themselves; the co-ordinator helps volunteers."""
    only_volunteer = people.roles_of(who) == {Role.VOLUNTEER}
    needed = May.HELP_VOLUNTEERS if only_volunteer else May.HELP_ANYONE
    return who.id != me().person.id and me().may(needed) and not who.left_on


def _helped(number: int) -> Person:
    who = find(number)
    if not _may_help(who):
        abort(403)
    return who

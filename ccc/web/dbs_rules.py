"""What this centre asks for in DBS checks: levels and periods, set by an officer; and how to weigh, on paper."""

from typing import cast

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, SelectField
from wtforms.validators import InputRequired, NumberRange, Regexp

from ccc import dbs, officers_vault
from ccc.dbs import Level, Periods, Position
from ccc.roles import May
from ccc.web.access import access, me
from ccc.web.form import Form, Whole, options
from ccc.web.page import page

bp = Blueprint("dbs_rules", __name__, url_prefix="/dbs")
LEVELS = {"": "not set"} | {level: level.capitalize() for level in Level}


def months(longest: int) -> list[object]:
    between = f"This can be 1 to {longest} months."
    return [InputRequired("Fill this in, in figures."), NumberRange(1, longest, between)]


class RulesForm(Form):
    seen = HiddenField(validators=[Regexp("^[0-9]{1,9}$", message="Go back and open this page again.")])
    volunteer = SelectField("Volunteer", choices=options(LEVELS))
    team_leader = SelectField("Team leader", choices=options(LEVELS))
    co_ordinator = SelectField("Co-ordinator", choices=options(LEVELS))
    safeguarding_officer = SelectField("Safeguarding officer", choices=options(LEVELS))
    chair = SelectField("Chair", choices=options(LEVELS))
    committee_member = SelectField("Committee member", choices=options(LEVELS))
    recheck_months = Whole("Months until the recheck", months(60))
    look_months = Whole("Months between looks at the Update Service", months(24))
    grace_days = Whole(
        "Days of grace after the recheck was due",
        [InputRequired("Fill this in, in figures."), NumberRange(0, 90, "This can be 0 to 90 days.")],
    )

    def level_fields(self) -> list[SelectField]:
        return [cast("SelectField", self[_name(position)]) for position in Position]

    def levels(self) -> dict[Position, Level]:
        chosen = zip(Position, self.level_fields(), strict=True)
        return {position: Level(field.data) for position, field in chosen if field.data}

    def periods(self) -> Periods:
        return Periods(self.recheck_months.data, self.grace_days.data, self.look_months.data)


@bp.route("/rules", methods=["GET", "POST"])
@access(May.KEEP_DBS, fresh=True)
def rules() -> ResponseReturnValue:
    """The levels and periods, and every state they had before."""
    now, opened = dbs.rules(), officers_vault.open_for(me())
    form = RulesForm(
        obj=now,
        data={"seen": str(now.id or 0)} | {_name(position): level for position, level in now.level_by_position.items()},
    )
    if form.validate_on_submit():
        with form.refusals():
            dbs.change_rules(form.levels(), form.periods(), opened, int(form.seen.data))
            flash("The levels and periods are changed, for what comes after.")
            return redirect(url_for(".rules"), 303)
    if form.form_errors:
        form.seen.data = str(now.id or 0)
    return page("dbs/rules.html", form=form, status=form.status, states=dbs.earlier_rules(), secret=True)


@bp.get("/weighing")
@access(May.KEEP_DBS, fresh=True)
def weighing() -> ResponseReturnValue:
    """What a certificate shows is weighed on paper, and never typed in."""
    return page("dbs/weighing.html")


def _name(position: Position) -> str:
    """The name of a position's field: neither a blank nor a hyphen can stand in it."""
    return position.replace(" ", "_").replace("-", "_")

"""May this person be told? One page for everybody who is signed in; no data of a family stands on it."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from wtforms import RadioField
from wtforms.validators import InputRequired

from ccc import disclosures
from ccc.disclosures import told
from ccc.disclosures.words import capital
from ccc.roles import May
from ccc.web.access import access
from ccc.web.form import Form, options
from ccc.web.page import page

bp = Blueprint("told", __name__, url_prefix="/disclosures")
CHOOSE = "Choose one of these."


class ToldForm(Form):
    """Four questions. They stand in the address: nothing in them tells of anybody. In danger, the first is enough."""

    danger = RadioField(
        "Is a child, or anybody else, in danger?", [InputRequired(CHOOSE)], choices=options(told.DANGER)
    )
    asker = RadioField("Who asks?", [InputRequired(CHOOSE)], choices=options(capital(told.ASKERS)))
    thing = RadioField("What do they want to know?", [InputRequired(CHOOSE)], choices=options(capital(told.THINGS)))
    permission = RadioField(
        "Is there a permission, written down here?", [InputRequired(CHOOSE)], choices=options(told.PERMISSION)
    )


@bp.get("/may-be-told")
@access(May.LEARN)
def may_be_told() -> ResponseReturnValue:
    form = ToldForm(request.args, meta={"csrf": False})
    answer = told.IN_DANGER if form.danger.data == "yes" else None
    if request.args and not answer and form.validate():
        answer = told.may_be_told(form.asker.data, form.thing.data, form.permission.data)
    clauses = disclosures.clauses_on(answer.promises) if answer else []
    return page("disclosures/may_be_told.html", form=form, answer=answer, clauses=clauses)

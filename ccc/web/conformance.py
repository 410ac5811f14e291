"""How each promise of the policy is kept, with figures: for those in office."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from ccc import conformance
from ccc.conformance import Conformance, State
from ccc.db import while_unchanged
from ccc.roles import May
from ccc.web.access import access
from ccc.web.page import macro, page

bp = Blueprint("conformance", __name__, url_prefix="/conformance")
COLOURS: dict[str, str] = {State.KEPT: "good", State.BROKEN: "bad", State.SILENT: "wait"}


@bp.get("/")
@access(May.SEE_CONFORMANCE)
def index() -> ResponseReturnValue:
    """Each clause in force with its promises and what shows that they are kept."""
    shown = conformance.conformance()
    return page("conformance/index.html", secret=True, words=_words(shown) if shown else None)


@bp.app_template_filter("colour")
def colour(state: str) -> str:
    """The colour of a tag that says how it stands with a promise."""
    return COLOURS.get(state, "")


@while_unchanged
def _words(shown: Conformance) -> Markup:
    return macro("conformance/clauses.html", "whole")(shown, State)

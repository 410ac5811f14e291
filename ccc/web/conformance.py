"""How each promise of the policy is kept, with figures: for those in office."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from ccc import conformance
from ccc.conformance import State
from ccc.roles import May
from ccc.web.access import access
from ccc.web.page import page

bp = Blueprint("conformance", __name__, url_prefix="/conformance")


@bp.get("/")
@access(May.SEE_CONFORMANCE)
def index() -> ResponseReturnValue:
    """Each clause in force with its promises and what shows that they are kept."""
    return page("conformance/index.html", secret=True, shown=conformance.conformance(), State=State)

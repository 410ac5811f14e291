"""What people misunderstand, for whoever drafts the next version of a policy."""

from typing import Any

from flask import Blueprint, abort, current_app
from flask.typing import ResponseReturnValue

from ccc import policies
from ccc.provisions import PROVISIONS
from ccc.quizzes import figures
from ccc.quizzes.clauses import clauses_about
from ccc.roles import May
from ccc.web.access import access
from ccc.web.page import page

bp = Blueprint("quiz_figures", __name__, url_prefix="/quizzes/<slug>")


@bp.get("/figures")
@access(May.DRAFT_POLICY)
def index(slug: str) -> ResponseReturnValue:
    """How each question and each promise was understood at the first try, and how that went on over time."""
    quiz = current_app.extensions["ccc_quizzes"].get(slug) or abort(404)
    version = policies.in_force(slug)
    made = clauses_about(version) if version else {}
    labels = {key: [clause.label for clause in some if not clause.parent] for key, some in made.items()}
    found = figures.figures(slug)
    shown: dict[str, Any] = {"labels": labels, "promises": PROVISIONS, "fewest": figures.FEWEST_PEOPLE}
    return page("quizzes/figures.html", quiz=quiz, slug=slug, figures=found, **shown)

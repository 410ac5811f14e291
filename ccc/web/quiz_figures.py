"""What people misunderstand, for whoever drafts the next version of a policy."""

from typing import Any

from flask import Blueprint, abort, current_app, request
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
    """How each question and each promise of an edition was understood at the first try, and how that went on."""
    if slug not in current_app.extensions["ccc_quizzes"]:
        abort(404)
    # The newest version of an edition is the one whose clauses are named.
    editions = {version.edition: version for version in reversed(policies.published(slug))}
    edition = request.args.get("edition", max(editions, default=0), type=int)
    if editions and edition not in editions:
        abort(404)
    about = clauses_about(editions[edition]) if editions else {}
    labels = {key: [clause.label for clause in some if not clause.parent] for key, some in about.items()}
    shown: dict[str, Any] = {"labels": labels, "promises": PROVISIONS, "fewest": figures.FEWEST_PEOPLE}
    found = figures.figures(slug, edition)
    return page("quizzes/figures.html", slug=slug, figures=found, edition=edition, editions=editions, **shown)

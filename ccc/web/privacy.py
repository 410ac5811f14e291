"""The privacy notice, open to everybody: what is kept of whom, why, for how long, who sees it, and one's rights."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from ccc import kinds, policies
from ccc.retention import periods
from ccc.web.access import PUBLIC, access
from ccc.web.page import page
from ccc.web.settings import settings

bp = Blueprint("privacy", __name__)


@bp.get("/privacy")
@access(PUBLIC)
def notice() -> ResponseReturnValue:
    """Words and periods alone: it tells of nobody, and counts nothing."""
    years = {kind: periods.of(kind).years for kind in (kinds.FAMILY, kinds.PERSON, kinds.REFERRER, kinds.CONCERN)}
    in_force, copies = policies.in_force("confidentiality"), settings().backups_days
    return page("privacy/notice.html", years=years, in_force=in_force, copies=copies)

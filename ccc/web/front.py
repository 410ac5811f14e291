"""The front door: what waits for me, and whether the server is well."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import Blueprint
from flask.typing import ResponseReturnValue

from ccc.db import db
from ccc.roles import May
from ccc.signin.sign_ins import SignedIn
from ccc.web.access import PUBLIC, access, me
from ccc.web.page import page

bp = Blueprint("front", __name__)


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for somebody: what, where to do it, and whether it is the next thing to do."""

    text: str
    address: str
    action: str
    pressing: bool = False


Asks = Callable[[SignedIn], Iterable[Waiting]]
_asks: list[Asks] = []


def waits(ask: Asks) -> Asks:
    """Let a capability say what waits for a person. It asks the database a fixed number of times."""
    _asks.append(ask)
    return ask


@bp.get("/")
@access(May.LEARN)
def index() -> ResponseReturnValue:
    things = [thing for ask in _asks for thing in ask(me())]
    return page("front/index.html", things=sorted(things, key=lambda thing: not thing.pressing))


@bp.get("/healthz")
@access(PUBLIC)
def healthz() -> ResponseReturnValue:
    db.execute_sql("SELECT 1")
    return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}

"""Every view declares who may enter; one that does not stops the app from starting."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from flask import Flask, abort, current_app, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user

from ccc.roles import May
from ccc.signin import sign_ins
from ccc.signin.sign_ins import SignedIn, Stage
from ccc.web import typed
from ccc.web.page import elsewhere

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

# Two rules that are not grants: a door open to everybody, and one for those between the password and the code.
PUBLIC, HALFWAY = "everybody", "somebody who is signing in"


@dataclass(frozen=True)
class Rule:
    """Who may enter a view, whether the password must have been given just now, and whether one may take one's time."""

    who: May | str
    fresh: bool = False
    unhurried: bool = False


def access(who: May | str, *, fresh: bool = False, unhurried: bool = False) -> Callable[[View], View]:
    """Declare who may enter a view: a grant, PUBLIC, or HALFWAY."""

    def mark(view: View) -> View:
        view.access = Rule(who, fresh, unhurried)  # type: ignore[attr-defined]  # read by check_access and insist
        return view

    return mark


def me() -> SignedIn:
    """Who is asking. Only for views behind a grant."""
    return current_user._get_current_object()  # noqa: SLF001  (werkzeug's own name)


def check_access() -> ResponseReturnValue | None:
    """Turn away whoever the view's rule does not name. A view without a rule lets nobody in."""
    if request.endpoint is None:
        return None
    rule = _rule()
    if rule is None:
        abort(403)
    if rule.who == PUBLIC:
        return None
    if not current_user.is_authenticated:
        return _to_sign_in()
    if rule.who == HALFWAY:
        return None
    return _further(rule)


def _rule() -> Rule | None:
    rule: Rule | None = getattr(current_app.view_functions.get(request.endpoint or ""), "access", None)
    return rule


def _resume(token: str) -> SignedIn | None:
    rule = _rule()
    return sign_ins.resume(token, unhurried=rule is not None and rule.unhurried)


def _further(rule: Rule) -> ResponseReturnValue | None:
    if me().stage == Stage.CODE:
        return _by_way_of("signin.code")
    if me().stage == Stage.SET_UP:
        return elsewhere(url_for("second_factor.choose"))
    if not isinstance(rule.who, May) or not me().may(rule.who):
        abort(403)
    if rule.fresh and not me().proof_is_fresh:
        typed.keep(me().account_id, me().public_key)
        return _by_way_of("signin.again")
    return None


def _to_sign_in() -> ResponseReturnValue:
    """Keep what was typed for its owner, and ask them to sign in."""
    typed.keep_for_owner_of_ended()
    return _by_way_of("signin.sign_in")


def _by_way_of(door: str) -> ResponseReturnValue:
    """Lead through a door and back. What was typed waits there; a button has to be pressed once more."""
    if not typed.can_be_opened(request.path):
        flash("That was not carried out yet. After this, please press the button again.")
    return elsewhere(url_for(door, next=typed.came_from()))


def insist(app: Flask) -> None:
    """Refuse to start with a view that has no rule."""
    open_doors = [name for name, view in app.view_functions.items() if not hasattr(view, "access")]
    if open_doors:
        raise RuntimeError(f"no access rule on: {', '.join(open_doors)}")


def init_app(app: Flask) -> None:
    manager = LoginManager(app, add_context_processor=False)
    # Flask-Login's own processor asks the database for every page, even for the one that says it is in trouble.
    app.jinja_env.globals["current_user"] = current_user
    manager.session_protection = None
    manager.user_loader(_resume)
    app.before_request(check_access)

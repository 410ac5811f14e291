"""A whole page for a browser; for htmx, the one block of it that changes."""

from collections.abc import Callable
from typing import NoReturn

from flask import Response, abort, current_app, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup

VARY = "HX-Request, HX-Boosted, HX-History-Restore-Request"


def wants_fragment() -> bool:
    """Tell whether htmx asks for a part of the page only."""
    asked = request.headers
    return "HX-Request" in asked and "HX-Boosted" not in asked and "HX-History-Restore-Request" not in asked


def page(
    template: str, fragment: str | None = None, *, status: int = 200, secret: bool = False, **context: object
) -> Response:
    """Render a page, or its block `fragment` for htmx. `secret` keeps it out of every cache.

    A page that stands `apart` must not ask the database, and so not who is looking either.
    """
    if not context.get("apart"):
        # Looked up once: the proxy would look again at each of the dozen places that ask.
        context["current_user"] = current_user._get_current_object()  # noqa: SLF001  (werkzeug's own name)
    if fragment and wants_fragment():
        answer = make_response(_block(template, fragment, context), status)
    else:
        answer = make_response(render_template(template, **context), status)
    if fragment:
        answer.headers["Vary"] = VARY
    if secret:
        answer.headers["Cache-Control"] = "no-store"
    return answer


def macro(template: str, name: str) -> Callable[..., Markup]:
    """A macro of a template, for a piece of a page that is the same for everybody and is put together once."""
    return getattr(current_app.jinja_env.get_template(template).module, name)


def turn_away(status: int, text: str) -> NoReturn:
    """End a request with a page of its own words, where "not found" or "not for you" would leave somebody puzzled."""
    abort(page("error.html", status=status, title="That cannot be done", text=text, apart=False))


def elsewhere(address: str) -> ResponseReturnValue:
    """Go to another page. To htmx a redirect would put that page inside the old one."""
    if "HX-Request" in request.headers:
        return "", 204, {"HX-Redirect": address}
    return redirect(address, 303)


def _block(template: str, fragment: str, context: dict[str, object]) -> str:
    current_app.update_template_context(context)
    parsed = current_app.jinja_env.get_template(template)
    return "".join(parsed.blocks[fragment](parsed.new_context(context)))

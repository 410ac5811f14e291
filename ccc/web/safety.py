"""Headers, CSRF, and error pages that look like the rest and give nothing away."""

import logging
from http import HTTPStatus
from io import BytesIO
from sqlite3 import OperationalError as SqliteError

from flask import Flask, Request, Response, current_app, flash, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from peewee import DatabaseError, OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from ccc.config import Settings
from ccc.people import RefusedError
from ccc.signin.links import LinkError
from ccc.signin.throttle import TooManyTriesError
from ccc.web import typed
from ccc.web.page import page

log = logging.getLogger(__name__)
MOST_BYTES = 8_000_000
POLICY = "; ".join(
    ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]
    + [f"{what} 'self'" for what in ("script-src", "style-src", "img-src", "connect-src", "form-action")]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # `no-referrer` would make Flask-WTF refuse every form behind TLS.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
SAID = {
    400: ("That did not reach us whole", "Go back, look the page through, and send it again."),
    403: (
        "This page is not for you",
        "It belongs to another office at the centre. If you think you should see it, tell the chair.",
    ),
    404: ("There is no such page", "Perhaps the address was not copied whole, or what it showed is gone."),
    405: ("That cannot be done here", "Go back and use the buttons on the page."),
    413: (
        "That is too much to send at once",
        "A text may be 100,000 letters long, which is about forty pages. Send a shorter one.",
    ),
    429: (
        "Too many wrong tries",
        "Wait a quarter of an hour and try again. Nothing is lost. The co-ordinator can help you to a new password.",
    ),
    500: (
        "Something went wrong on our side",
        "Try again in a minute, and if it stays, tell the co-ordinator.",
    ),
    503: ("The centre's records cannot be used just now", "Try again in a minute, and if it stays, tell the chair."),
}
FULL = "The disk of the centre's computer is full. Tell the chair."
READ_ONLY = "The centre's records are set to read-only. Tell the chair."
# What became of what somebody sent; nobody who only opened a page is told of it.
NOT_DONE = {
    500: "What you sent was not carried out.",
    503: "What you sent was not carried out, and nothing is half done.",
}
# A form that was answered so has done what it should: a page of its own, or the way to the next.
SERVED = (HTTPStatus.OK, HTTPStatus.SEE_OTHER)
NO_COOKIE = (
    "Nothing was carried out. This site needs a small note that your browser keeps for it, called a cookie, and it did "
    "not come. Allow cookies for this site in your browser's settings. Then open the page anew and send it again."
)


class KeptInMemory(Request):
    """A request whose files stay in memory: what belongs into the vault must not lie on the disk before."""

    def _get_file_stream(self, *_args: object, **_named: object) -> BytesIO:
        return BytesIO()


def init_app(app: Flask, settings: Settings) -> None:
    app.request_class = KeptInMemory
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_BYTES,
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        # A form may lie open for hours; its token lives as long as the sign-in.
        WTF_CSRF_TIME_LIMIT=None,
        SESSION_COOKIE_NAME="ccc",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
    )
    if settings.proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]  # Flask's way
    CSRFProtect(app)
    app.after_request(_finish)
    app.extensions["ccc_headers"] = HEADERS | (
        {"Strict-Transport-Security": "max-age=31536000"} if settings.https else {}
    )
    for error, handler in (
        (CSRFError, _came_too_late),
        (HTTPException, _http_error),
        (TooManyTriesError, lambda _: _said(429)),
        (LinkError, _dead_link),
        (RefusedError, _refused),
        (DatabaseError, _database_error),
        (SqliteError, _database_error),
        (Exception, _fault),
    ):
        app.register_error_handler(error, handler)


def _finish(answer: Response) -> Response:
    answer.headers.update(current_app.extensions["ccc_headers"])
    answer.headers.setdefault("Cache-Control", "private, no-cache")
    if request.method == "POST" and answer.status_code in SERVED and "kept" not in g:
        typed.forget()
    return answer


def _came_too_late(_error: CSRFError) -> ResponseReturnValue:
    """The form's token is over. Its owner gets it back filled in; anybody else is asked to send it again."""
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return page("error.html", status=400, title="Your browser does not keep cookies", text=NO_COOKIE, apart=False)
    if current_user.is_authenticated:
        typed.keep(current_user.account_id, current_user.public_key)
    else:
        typed.keep_for_owner_of_ended()
    again = "look it through and send it again" if typed.can_be_opened(request.path) else "press the button again"
    flash(f"That page had been open for too long. Please {again}.")
    return redirect(typed.came_from(), 303)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error
    code = error.code if error.code in SAID else 400
    answer = _said(code)
    answer.headers.extend((k, v) for k, v in error.get_headers() if k.lower() in ("allow", "retry-after"))
    return answer


def _refused(error: RefusedError) -> ResponseReturnValue:
    return page("error.html", status=409, title="That cannot be done", text=str(error), apart=False)


def _dead_link(error: LinkError) -> ResponseReturnValue:
    return page("error.html", status=410, title="This link does not work", text=str(error), apart=False)


def _database_error(error: Exception) -> ResponseReturnValue:
    """Locked, full, read-only: one clear sentence. Anything else about the database is a fault of ours."""
    said = _whole_story(error).lower()
    if "full" in said:
        return _said(503, FULL)
    if not isinstance(error, OperationalError | SqliteError) or "no such" in said or "syntax" in said:
        return _fault(error)
    log.error("the database refused: %s", type(error).__name__)
    return _said(503, READ_ONLY if "readonly" in said else None)


def _whole_story(error: BaseException) -> str:
    """What an error and those before it say: on a full disk SQLite rolls back by itself, and then peewee's fails."""
    before = error.__context__
    return f"{error} {_whole_story(before) if before else ''}"


def _fault(error: Exception) -> ResponseReturnValue:
    """A fault: into the log goes where it happened, but no value, since values are people's data."""
    last = error.__traceback__
    while last and last.tb_next:
        last = last.tb_next
    place = f"{last.tb_frame.f_code.co_filename}:{last.tb_lineno}" if last else "nowhere"
    log.error("%s at %s, on %s", type(error).__name__, place, request.endpoint)
    return _said(500)


def _said(code: int, text: str | None = None) -> Response:
    title, usual = SAID[code]
    sent = NOT_DONE.get(code, "") if request.method not in ("GET", "HEAD") else ""
    # A page about a database in trouble must not ask the database who is looking.
    apart = code >= HTTPStatus.INTERNAL_SERVER_ERROR
    return page("error.html", status=code, title=title, text=f"{sent} {text or usual}".strip(), apart=apart)

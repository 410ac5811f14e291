"""What somebody typed survives an ended sign-in: kept for its owner, given back in the same form, never carried out."""

import logging
import sqlite3
from urllib.parse import unquote, urlsplit, urlunsplit

from flask import current_app, flash, g, request, session
from flask_login import current_user
from peewee import PeeweeException
from werkzeug.datastructures import MultiDict

from ccc import drafts
from ccc.signin import sign_ins

log = logging.getLogger(__name__)
# Never kept, not even sealed: what proves who somebody is, and what belongs to the old page.
NOT_KEPT = {"csrf_token", "password", "new_password", "code", "secret", "codes"}
# Whatever is typed there belongs in the officers' vault: a copy beside it would tell whose check it was, and by its
# length even what was decided.
NEVER_KEPT = "/dbs/"
LONGEST = 200_000


def came_from() -> str:
    """The address to come back to: this page, or for a button the page that it stands on."""
    if can_be_opened(request.path):
        return local_path(request.full_path.rstrip("?")) or "/"
    return _page_of_button()


def can_be_opened(path: str) -> bool:
    """Tell whether there is a page at this path. At the address of a mere button there is none."""
    adapter = current_app.create_url_adapter(request)
    return adapter is not None and "GET" in adapter.allowed_methods(path)


def local_path(address: str | None) -> str | None:
    """A path of this site, or None: `?next=` must never lead elsewhere."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")) or not address.isprintable():
        return None
    parts = urlsplit(address)
    return None if parts.scheme or parts.netloc or "\\" in address else address


def _page_of_button() -> str:
    """Where the button stands that was pressed, as the browser tells; another site's word counts for nothing."""
    try:
        told = urlsplit(request.referrer or "")
    except ValueError:
        return "/"
    ours = told.netloc == request.host and can_be_opened(unquote(told.path))
    return (local_path(urlunsplit(("", "", told.path, told.query, ""))) if ours else None) or "/"


def keep(account_id: int, public_key: bytes) -> None:
    """Keep the form that was just sent, for the one who sent it."""
    if request.method != "POST":
        return
    if request.path.startswith(NEVER_KEPT):
        if can_be_opened(request.path):
            flash("What you typed was not carried out, and no copy of it was kept. Please type it in again.")
        return
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in NOT_KEPT]
    if fields and sum(len(value) for _, value in fields) <= LONGEST:
        drafts.keep(account_id, public_key, request.path, fields)
        g.kept = True


def keep_for_owner_of_ended() -> None:
    """The same, where the sign-in is over: its cookie still tells whose form this was."""
    account = sign_ins.owner_of_ended(str(session.get("_user_id", ""))) if request.method == "POST" else None
    if account:
        keep(account.id, account.public_key)


def given_back() -> MultiDict[str, str] | None:
    """What the person who is asking typed here before their sign-in ended."""
    if request.method != "GET" or not current_user.is_authenticated:
        return None
    if "given_back" not in g:
        kept = drafts.waiting(current_user.account_id, current_user.private_key(), request.path)
        g.given_back, g.typed_at = (MultiDict(kept.fields), kept.typed_at) if kept else (None, None)
    return g.given_back


def forget() -> None:
    """The form was sent: its draft has served. What was carried out stays so, even if the draft cannot go just now."""
    try:
        if current_user.is_authenticated:
            drafts.drop(current_user.account_id, request.path)
    except (PeeweeException, sqlite3.Error) as error:
        log.warning("a draft that has served stays: %s", type(error).__name__)

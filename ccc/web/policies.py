"""The policies as everybody may read them: in force, as they were before, and as a sheet for the notice board."""

from collections.abc import Sequence

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from ccc import policies
from ccc.db import while_unchanged
from ccc.policies import Kind, Version
from ccc.provisions import KEPT_BY_PEOPLE, KEPT_HOW
from ccc.web.access import PUBLIC, access
from ccc.web.page import macro, page
from ccc.web.qr import qr
from ccc.web.rich import rich
from ccc.web.settings import settings

bp = Blueprint("policies", __name__, url_prefix="/policies")
bp.add_app_template_filter(rich, "rich")


@bp.get("/")
@access(PUBLIC)
def index() -> ResponseReturnValue:
    held = policies.all_in_force()
    if len(held) == 1:
        return redirect(url_for(".policy", slug=held[0].policy.slug), 303)
    return page("policies/index.html", policies=held)


@bp.get("/<slug>/")
@access(PUBLIC)
def policy(slug: str) -> ResponseReturnValue:
    """The version in force."""
    versions = policies.published(slug) or abort(404)
    return _shown(versions[0], versions)


@bp.get("/<slug>/versions/<number>/")
@access(PUBLIC)
def version(slug: str, number: str) -> ResponseReturnValue:
    """One version by its number, in force or not."""
    versions = policies.published(slug)
    one = next((held for held in versions if held.number == number), None) or abort(404)
    return _shown(one, versions)


@bp.get("/<slug>/versions/<number>/changes")
@access(PUBLIC)
def changes(slug: str, number: str) -> ResponseReturnValue:
    """What changed in a version, word by word, against the one before."""
    versions = policies.published(slug)
    place = next((place for place, held in enumerate(versions[:-1]) if held.number == number), None)
    if place is None:
        abort(404)
    new, old = versions[place], versions[place + 1]
    found = policies.changes(old, new)
    return page(
        "policies/changes.html",
        slug=slug,
        old=old,
        new=new,
        changed=[change for change in found if change.kind not in (Kind.SAME, Kind.MOVED)],
        moved=[change for change in found if change.kind is Kind.MOVED],
        same=sum(change.kind is Kind.SAME for change in found),
    )


@bp.get("/<slug>/notice")
@access(PUBLIC)
def notice(slug: str) -> ResponseReturnValue:
    """A sheet to print and hang up, with the way to the policy for a telephone's camera."""
    held = policies.in_force(slug) or abort(404)
    address = settings().base_url + url_for(".policy", slug=slug)
    return page("policies/notice.html", version=held, slug=slug, address=address, qr=qr(address))


def links_from(slug: str) -> dict[str, str]:
    """Where the names of other policies lead, for the words of this one."""
    return {name: url_for("policies.policy", slug=other) for name, other in policies.names_of_others(slug).items()}


@while_unchanged
def _words(version: Version, *, holds: bool) -> Markup:
    """The clauses of a version as they stand on its page: the same for every reader, so put together once.

    How each promise is kept stands beside those that hold today alone.
    """
    kept = KEPT_HOW | {"": KEPT_BY_PEOPLE} if holds else {}
    links = links_from(version.policy.slug)
    return macro("policies/clauses.html", "whole")(version, policies.tree(version), links, kept)


def _shown(one: Version, versions: Sequence[Version]) -> ResponseReturnValue:
    slug, newer = one.policy.slug, [other for other in versions if other.id > one.id]
    return page(
        "policies/policy.html",
        version=one,
        slug=slug,
        versions=versions,
        holds=not newer,
        until=newer[-1].published_at if newer else None,
        words=_words(one, holds=not newer),
        reviewed_on=policies.last_review(one),
        due=policies.next_review(one),
        overdue=policies.review_is_overdue(one),
    )

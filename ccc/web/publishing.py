"""Approving and publishing a policy, and who is asked for it on the first page."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from ccc import clock, conformance, policies
from ccc.people import RefusedError
from ccc.policies import SIGNED, Version
from ccc.roles import May, Role
from ccc.signin.sign_ins import SignedIn
from ccc.web import front
from ccc.web.access import access, me
from ccc.web.drafting import GONE, draft_of, review_shown
from ccc.web.front import Waiting
from ccc.web.page import page
from ccc.web.policies import links_from
from ccc.web.policy_forms import ApproveForm, PublishForm, ReviewedForm, SeenForm

bp = Blueprint("publishing", __name__, url_prefix="/drafting")
# Some come once in five weeks.
TIME_TO_SIGN = timedelta(weeks=6)
IN_FORCE = "The policy is in force. Anybody can read it now."


@bp.route("/<slug>/approve", methods=["GET", "POST"])
@access(May.DRAFT_POLICY)
def approve(slug: str) -> ResponseReturnValue:
    """The whole draft, read once more by somebody who had no part in it."""
    version = draft_of(slug)
    form = _approve_form(version)
    if form.validate_on_submit():
        with form.refusals():
            policies.approve(version, me().person, seen=form.seen.data, review=_review(form, version))
            flash("The draft is approved. Nobody can change it any more.")
            publishes = me().may(May.PUBLISH_POLICY)
            return redirect(url_for(".publish", slug=slug) if publishes else url_for("drafting.index"), 303)
    why_not = policies.why_not_approve(version, me().person)
    return _whole("Approve", form, version, why_not=why_not)


@bp.route("/<slug>/publish", methods=["GET", "POST"])
@access(May.PUBLISH_POLICY)
def publish(slug: str) -> ResponseReturnValue:
    """Put the approved version in force; at set-up, the first chair approves and publishes in one step."""
    version = policies.making(slug)
    if version is None:
        raise RefusedError(GONE)
    if not version.approved_at:
        return _publish_alone(version, slug)
    before = policies.in_force(slug)
    form = _publish_form(version) if before else SeenForm(data={"seen": version.id})
    if form.validate_on_submit():
        with form.refusals():
            form.insist_on(version)
            policies.publish(version, me().person, **_kind(form))
            flash(IN_FORCE)
            return redirect(url_for("policies.policy", slug=slug), 303)
    return page("drafting/publish.html", form=form, status=form.status, version=version, slug=slug, before=before)


@bp.route("/<slug>/reviewed", methods=["GET", "POST"])
@access(May.PUBLISH_POLICY)
def reviewed(slug: str) -> ResponseReturnValue:
    """The committee has reviewed the policy: it stays as it is, or a new version is begun."""
    version = policies.in_force(slug) or abort(404)
    form = ReviewedForm(data={"seen": version.id})
    if form.validate_on_submit():
        with form.refusals():
            form.insist_on(version)
            policies.keep_as_it_is(version, form.on.data, me().person)
            flash("The review is recorded.")
            return redirect(url_for("policies.policy", slug=slug), 303)
    shown: dict[str, Any] = {"version": version, "slug": slug, "last": policies.last_review(version)}
    shown["has_quiz"] = slug in current_app.extensions["ccc_quizzes"]
    return page("drafting/reviewed.html", form=form, status=form.status, due=policies.next_review(version), **shown)


@bp.post("/<slug>/send-back")
@access(May.PUBLISH_POLICY)
def send_back(slug: str) -> ResponseReturnValue:
    """Make a draft again of what was approved: something is not right after all."""
    version = policies.making(slug)
    if version is None:
        raise RefusedError(GONE)
    policies.send_back(version, me().person)
    flash("It is a draft again. Correct it, and have it approved anew.")
    return redirect(url_for("drafting.draft", slug=slug), 303)


@front.waits
def policy_work(who: SignedIn) -> Iterator[Waiting]:
    """What the policies ask of an office holder."""
    if not who.may(May.DRAFT_POLICY):
        return
    making, held = policies.all_in_the_making(), policies.all_in_force()
    if not held and who.may(May.PUBLISH_POLICY):
        yield _first_policy(making)
    elif making:
        yield from _drafts(making, who)
    if who.roles & {Role.CHAIR, Role.COORDINATOR}:
        for version, day in policies.due_soon(clock.today()):
            late = day < clock.today()
            text = "its review is overdue." if late else f"its review is due by {day.day} {day:%B %Y}."
            yield Waiting(f"{version.title}: {text}", _review_of(version, who), "Review it", pressing=late)


def _drafts(making: Sequence[Version], who: SignedIn) -> Iterator[Waiting]:
    why_not = policies.why_not_approve_each(making, who.person)
    for version in making:
        address = f"/drafting/{version.policy.slug}"
        if not version.approved_at and why_not[version.id] is None:
            yield Waiting(f"{version.title}: a draft waits for you to approve it.", f"{address}/approve", "Read it")
        if version.approved_at and who.may(May.PUBLISH_POLICY):
            yield Waiting(f"{version.title} is approved and not in force yet.", f"{address}/publish", "Publish it")


def _review_of(version: Version, who: SignedIn) -> str:
    """Where the review of a policy begins: with the pack, for the one policy that has one."""
    if version.policy.slug == conformance.SLUG:
        return "/conformance/pack"
    return f"/drafting/{version.policy.slug}/reviewed" if who.may(May.PUBLISH_POLICY) else "/drafting/"


def _first_policy(making: Sequence[Version]) -> Waiting:
    first = min(making, key=lambda version: version.policy.slug != SIGNED, default=None)
    address = f"/drafting/{first.policy.slug}/" if first else "/drafting/"
    return Waiting("The centre has no policy in force yet.", address, "See to it", pressing=True)


def _publish_alone(version: Version, slug: str) -> ResponseReturnValue:
    if not policies.may_publish_alone(me().person):
        raise RefusedError("This draft is not approved yet. Somebody who had no part in it approves it first.")
    form = _approve_form(version)
    if form.validate_on_submit():
        with form.refusals():
            policies.publish_alone(version, me().person, seen=form.seen.data, review=_review(form, version))
            flash(IN_FORCE)
            return redirect(url_for("policies.policy", slug=slug), 303)
    return _whole("Publish", form, version, why_not=None)


def _approve_form(version: Version) -> ApproveForm:
    """Ask for the dates of review where the policy promises one, and this may be one or they are not known."""
    form = ApproveForm(data=review_shown(version))
    cycle = policies.cycle(version)
    if not cycle or (version.reviewed_on and not policies.in_force(version.policy.slug)):
        del form.month, form.year
    if cycle != "regular" or version.review_months:
        del form.months
    return form


def _review(form: ApproveForm, version: Version) -> policies.Review | None:
    return form.review(version) if form.month or form.months else None


def _whole(verb: str, form: ApproveForm, version: Version, *, why_not: str | None) -> ResponseReturnValue:
    form.seen.data = policies.fingerprint(Version.get_by_id(version.id))
    shown: dict[str, Any] = {"branches": policies.tree(version), "links": links_from(version.policy.slug)}
    slug, doubts = version.policy.slug, policies.doubts(version)
    context: dict[str, Any] = {"verb": verb, "version": version, "slug": slug, "doubts": doubts, "why_not": why_not}
    return page("drafting/approve.html", form=form, status=form.status, **context, **shown)


def _publish_form(version: Version) -> PublishForm:
    """Ask for a day to sign by only where people sign."""
    form = PublishForm(data={"seen": version.id, "sign_by": clock.today() + TIME_TO_SIGN})
    if version.policy.slug != SIGNED:
        del form.sign_by
    return form


def _kind(form: SeenForm) -> dict[str, Any]:
    if not isinstance(form, PublishForm):
        return {"material": True, "change_note": ""}
    material, sign_by = form.kind.data == "material", form.sign_by.data if form.sign_by else None
    return {"material": material, "change_note": form.change_note.data.strip(), "sign_by": sign_by}

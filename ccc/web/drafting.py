"""Working on a policy: putting its text in, correcting what its clauses promise, deciding what was set aside."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ccc import centre, clock, policies
from ccc.people import RefusedError
from ccc.policies import Clause, Decision, Policy, Version
from ccc.policies.drafting import insist_on_draft
from ccc.provisions import PROVISIONS
from ccc.roles import May
from ccc.web.access import access, me
from ccc.web.form import Form
from ccc.web.page import page
from ccc.web.policies import links_from
from ccc.web.policy_forms import LONGEST_NAME, NewPolicyForm, ReviewForm, TagForm, TextForm, filled_from

bp = Blueprint("drafting", __name__, url_prefix="/drafting")
GONE = "There is no such draft any more: somebody published it or threw it away. Look at the list of policies."


@bp.route("/", methods=["GET", "POST"])
@access(May.DRAFT_POLICY)
def index() -> ResponseReturnValue:
    """Every policy: what is in force, what is in the making, and what comes next."""
    form = NewPolicyForm()
    if form.validate_on_submit():
        return redirect(url_for(".draft", slug=form.slug, name=form.name.data), 303)
    begun = list(Policy.select().order_by(Policy.title))
    making = {version.policy_id: version for version in policies.all_in_the_making()}
    return page(
        "drafting/index.html",
        form=form,
        status=form.status,
        policies=begun,
        making=making,
        in_force={version.policy_id: version for version in policies.all_in_force()},
        why_not=policies.why_not_approve_each(making.values(), me().person),
        models={slug: title for slug, title in policies.model_slugs().items() if slug not in {p.slug for p in begun}},
    )


@bp.route("/<slug>/text", methods=["GET", "POST"])
@access(May.DRAFT_POLICY)
def text(slug: str) -> ResponseReturnValue:
    """The whole text, to paste, upload or correct; reading it makes a new draft."""
    if not policies.is_slug(slug):
        abort(404)
    making, held = policies.making(slug), policies.in_force(slug)
    form = TextForm(data={"text": _begins_with(making or held)})
    if form.validate_on_submit():
        with form.reading():
            policies.draft(slug, form.text.data, me().person, named=_named() or "")
            flash("The text is read. Look through what we made of it.")
            return redirect(url_for(".draft", slug=slug), 303)
    known: dict[str, Any] = {"slug": slug, "making": making, "in_force": held, "models": policies.model_labels(slug)}
    return page("drafting/text.html", form=form, status=form.status, **known)


@bp.get("/<slug>/")
@access(May.DRAFT_POLICY)
def draft(slug: str) -> ResponseReturnValue:
    """The draft as it stands, with what each clause is taken to promise."""
    version = policies.making(slug)
    if version is None:
        return redirect(url_for(".text", slug=slug, name=_named()), 303)
    return page(
        "drafting/draft.html",
        version=version,
        slug=slug,
        branches=policies.tree(version),
        links=links_from(slug),
        doubts=policies.doubts(version),
        cycle=policies.cycle(version),
        aside=[(policies.key_of(piece), piece) for piece in version.pieces_aside],
        left_out=[(policies.key_of(piece), piece) for piece in version.pieces_left_out],
        why_not=policies.why_not_approve(version, me().person),
        alone=policies.may_publish_alone(me().person),
    )


@bp.route("/<slug>/clauses/<label>", methods=["GET", "POST"])
@access(May.DRAFT_POLICY)
def clause(slug: str, label: str) -> ResponseReturnValue:
    """Which promises one clause makes."""
    version = draft_of(slug)
    one = Clause.get_or_none(Clause.version == version, Clause.label == label) or abort(404)
    form = TagForm(data=filled_from(one.tags))
    if form.validate_on_submit():
        with form.refusals():
            policies.retag(one, form.promises(), me().person)
            flash(f"Clause {label} is corrected.")
            return redirect(url_for(".draft", slug=slug, _anchor=f"c{label}"), 303)
    because = {tag.provision: tag.because for tag in one.tags}
    shown: dict[str, Any] = {"provisions": PROVISIONS, "because": because, "links": links_from(slug)}
    return page("drafting/clause.html", form=form, status=form.status, clause=one, slug=slug, **shown)


@bp.post("/<slug>/pieces/<key>/<decision>")
@access(May.DRAFT_POLICY)
def decide(slug: str, key: str, decision: str) -> ResponseReturnValue:
    """What becomes of a piece that the reader set aside."""
    if decision not in set(Decision):
        abort(404)
    policies.decide(draft_of(slug), key, Decision(decision), me().person)
    return redirect(url_for(".draft", slug=slug, _anchor="set-aside"), 303)


@bp.route("/<slug>/review", methods=["GET", "POST"])
@access(May.DRAFT_POLICY)
def review(slug: str) -> ResponseReturnValue:
    """When the policy was reviewed last, and after how many months it is due again."""
    version = draft_of(slug)
    form = ReviewForm(data=review_shown(version))
    if form.validate_on_submit():
        with form.refusals():
            policies.set_review(version, form.review(version) or abort(400), me().person)
            return redirect(url_for(".draft", slug=slug), 303)
    return page("drafting/review.html", form=form, status=form.status, version=version, slug=slug)


@bp.route("/<slug>/throw-away", methods=["GET", "POST"])
@access(May.DRAFT_POLICY)
def throw_away(slug: str) -> ResponseReturnValue:
    version, form = draft_of(slug), Form()
    if form.validate_on_submit():
        with form.refusals():
            policies.drop(version, me().person)
            flash("The draft is thrown away.")
            return redirect(url_for(".index"), 303)
    return page("drafting/throw_away.html", form=form, status=form.status, version=version, slug=slug)


def draft_of(slug: str) -> Version:
    """The draft of a policy. Raises RefusedError when there is none, or it is approved already."""
    version = policies.making(slug)
    if version is None:
        raise RefusedError(GONE)
    insist_on_draft(version)
    return version


def review_shown(version: Version) -> dict[str, str]:
    """The dates of review as a form shows them; with none known, this month, and the centre's own months."""
    month = policies.known_review(version) or policies.months_after(clock.today(), 0)
    months = version.review_months or centre.the_centre().review_months
    return {"month": str(month.month), "year": str(month.year), "months": str(months or "")}


def _named() -> str | None:
    """What somebody called a policy that they begin; an address has no signs for all of it."""
    name = request.args.get("name", "").strip()
    return name if name and name.isprintable() and len(name) <= LONGEST_NAME else None


def _begins_with(version: Version | None) -> str:
    """What the box holds at first: what was asked for, or the newest version that there is."""
    asked = request.args.get("from", "")
    if asked == "nothing":
        return ""
    return policies.model_text(asked) or (policies.source_of(version) if version else "")

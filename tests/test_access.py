"""The matrix: who reaches which page, written by hand from the policy and tried cell by cell."""

from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from ccc import clock
from ccc.db import db
from ccc.people import Appointment, Person
from ccc.roles import GRANTS, OFFICERS, OFFICES, May, Role
from ccc.web import access
from tests.checking import App, CheckingClient
from tests.lived_in import Parts, one_of_everything
from tests.samples import published

NOBODY = None
EVERYONE = frozenset(Role)
ALL = EVERYONE | {NOBODY}
OFFICE = frozenset(OFFICES)
COORDINATOR = frozenset({Role.COORDINATOR})
SAFEGUARDING = frozenset({Role.SAFEGUARDING})
CHAIR = frozenset({Role.CHAIR})
INVITERS = COORDINATOR | CHAIR
FAMILY_READERS = COORDINATOR | SAFEGUARDING

# Who enters, by endpoint and method. A new route fails until it is listed here.
MATRIX: dict[tuple[str, str], frozenset[Role | None]] = {
    ("static", "GET"): ALL,
    ("audit.index", "GET"): OFFICERS,
    ("audit.export", "GET"): OFFICERS,
    ("audit.own", "GET"): EVERYONE,
    ("policies.changes", "GET"): ALL,
    ("publishing.reviewed", "GET"): CHAIR,
    ("publishing.reviewed", "POST"): CHAIR,
    ("quiz_figures.index", "GET"): OFFICE,
    ("conformance.index", "GET"): OFFICE,
    ("review_pack.pack", "GET"): OFFICE,
    ("review_pack.draw_up", "POST"): OFFICE,
    ("review_pack.sign_off", "GET"): CHAIR,
    ("review_pack.sign_off", "POST"): CHAIR,
    ("review_pack.packs", "GET"): OFFICE,
    ("review_pack.kept", "GET"): OFFICE,
    ("front.index", "GET"): EVERYONE,
    ("concerns.index", "GET"): ALL,
    ("concerns.new", "GET"): EVERYONE,
    ("concerns.new", "POST"): EVERYONE,
    ("concerns.mine", "GET"): EVERYONE,
    ("concerns.raised", "GET"): OFFICERS,
    ("concerns.concern", "GET"): OFFICERS,
    ("concerns.concern", "POST"): OFFICERS,
    ("concerns.sheet", "GET"): OFFICERS,
    ("concerns.sheet", "POST"): OFFICERS,
    ("front.healthz", "GET"): ALL,
    ("signin.sign_in", "GET"): ALL,
    ("signin.sign_in", "POST"): ALL,
    ("signin.code", "GET"): EVERYONE,
    ("signin.code", "POST"): EVERYONE,
    ("signin.again", "GET"): EVERYONE,
    ("signin.again", "POST"): EVERYONE,
    ("signin.sign_out", "POST"): EVERYONE,
    ("signin.forgotten", "GET"): ALL,
    ("signin.forgotten", "POST"): ALL,
    ("signin.new_password", "GET"): ALL,
    ("signin.new_password", "POST"): ALL,
    ("second_factor.choose", "GET"): EVERYONE,
    ("second_factor.telephone", "GET"): EVERYONE,
    ("second_factor.telephone", "POST"): EVERYONE,
    ("second_factor.sheet", "GET"): EVERYONE,
    ("second_factor.sheet", "POST"): EVERYONE,
    ("me.index", "GET"): EVERYONE,
    ("me.register", "GET"): EVERYONE,
    ("me.details", "GET"): EVERYONE,
    ("me.details", "POST"): EVERYONE,
    ("me.password", "GET"): EVERYONE,
    ("me.password", "POST"): EVERYONE,
    ("me.end_sign_ins", "POST"): EVERYONE,
    ("invitations.invite", "GET"): INVITERS,
    ("invitations.invite", "POST"): INVITERS,
    ("invitations.show", "GET"): INVITERS,
    ("invitations.send_again", "POST"): INVITERS,
    ("invitations.withdraw", "POST"): INVITERS,
    ("invitations.join", "GET"): ALL,
    ("invitations.join", "POST"): ALL,
    ("people.index", "GET"): OFFICE,
    ("pasting.paste", "GET"): COORDINATOR,
    ("pasting.paste", "POST"): COORDINATOR,
    ("pasting.invitations", "GET"): INVITERS,
    ("pasting.invite_all", "POST"): INVITERS,
    ("pasting.print_all", "GET"): INVITERS,
    ("onboarding.index", "GET"): EVERYONE,
    ("onboarding.record", "GET"): COORDINATOR,
    ("onboarding.record", "POST"): COORDINATOR,
    ("onboarding.dbs", "GET"): CHAIR,
    ("onboarding.dbs", "POST"): CHAIR,
    ("people.person", "GET"): OFFICE,
    ("people.details", "GET"): COORDINATOR,
    ("people.show_details", "POST"): COORDINATOR,
    ("offices.appoint", "GET"): CHAIR,
    ("offices.appoint", "POST"): CHAIR,
    ("offices.end_office", "GET"): CHAIR,
    ("offices.end_office", "POST"): CHAIR,
    ("offices.confirm", "GET"): SAFEGUARDING,
    ("offices.confirm", "POST"): SAFEGUARDING,
    ("people.leaving", "GET"): COORDINATOR,
    ("people.leaving", "POST"): COORDINATOR,
    ("people.come_back", "POST"): COORDINATOR,
    ("people.password", "GET"): OFFICE,
    ("people.make_password_link", "POST"): OFFICE,
    ("people.second_step_off", "POST"): OFFICE,
    ("people.second_step_keep", "POST"): OFFICE,
    ("set_up.begin", "GET"): ALL,
    ("set_up.begin", "POST"): ALL,
    ("centre.index", "GET"): CHAIR,
    ("centre.index", "POST"): CHAIR,
    ("policies.index", "GET"): ALL,
    ("policies.policy", "GET"): ALL,
    ("policies.version", "GET"): ALL,
    ("policies.notice", "GET"): ALL,
    ("drafting.index", "GET"): OFFICE,
    ("drafting.index", "POST"): OFFICE,
    ("drafting.text", "GET"): OFFICE,
    ("drafting.text", "POST"): OFFICE,
    ("drafting.draft", "GET"): OFFICE,
    ("drafting.clause", "GET"): OFFICE,
    ("drafting.clause", "POST"): OFFICE,
    ("drafting.decide", "POST"): OFFICE,
    ("drafting.review", "GET"): OFFICE,
    ("drafting.review", "POST"): OFFICE,
    ("drafting.throw_away", "GET"): OFFICE,
    ("drafting.throw_away", "POST"): OFFICE,
    ("publishing.approve", "GET"): OFFICE,
    ("publishing.approve", "POST"): OFFICE,
    ("publishing.publish", "GET"): CHAIR,
    ("publishing.publish", "POST"): CHAIR,
    ("publishing.send_back", "POST"): CHAIR,
    ("quizzes.start", "GET"): EVERYONE,
    ("quizzes.begin", "POST"): EVERYONE,
    ("quizzes.again", "POST"): EVERYONE,
    ("quizzes.question", "GET"): EVERYONE,
    ("quizzes.answer", "POST"): EVERYONE,
    ("quizzes.result", "GET"): EVERYONE,
    ("reading.read", "GET"): EVERYONE,
    ("reading.go_on", "POST"): EVERYONE,
    ("undertakings.index", "GET"): EVERYONE,
    ("undertakings.sign", "GET"): EVERYONE,
    ("undertakings.sign", "POST"): EVERYONE,
    ("undertakings.certificate", "GET"): EVERYONE,
    ("undertakings.sheet", "GET"): EVERYONE,
    ("undertakings.paper", "GET"): COORDINATOR,
    ("undertakings.paper", "POST"): COORDINATOR,
    ("undertakings.register", "GET"): OFFICE,
    ("dbs_paste.paste", "GET"): OFFICERS,
    ("dbs_paste.paste", "POST"): OFFICERS,
    ("dbs_paste.serving", "GET"): OFFICERS,
    ("dbs_paste.serving", "POST"): OFFICERS,
    ("dbs.index", "GET"): OFFICERS,
    ("dbs.record", "GET"): OFFICERS,
    ("dbs_acts.application", "GET"): OFFICERS,
    ("dbs_acts.application", "POST"): OFFICERS,
    ("dbs_acts.original", "GET"): OFFICERS,
    ("dbs_acts.original", "POST"): OFFICERS,
    ("dbs_acts.agreement", "GET"): OFFICERS,
    ("dbs_acts.agreement", "POST"): OFFICERS,
    ("dbs_acts.look", "GET"): OFFICERS,
    ("dbs_acts.look", "POST"): OFFICERS,
    ("dbs_acts.decision", "GET"): OFFICERS,
    ("dbs_acts.decision", "POST"): OFFICERS,
    ("dbs_acts.renewal", "POST"): OFFICERS,
    ("dbs_acts.anew", "POST"): OFFICERS,
    ("dbs_rules.rules", "GET"): OFFICERS,
    ("dbs_rules.rules", "POST"): OFFICERS,
    ("dbs_rules.weighing", "GET"): OFFICERS,
    ("bookings.index", "GET"): COORDINATOR | SAFEGUARDING,
    ("bookings.export", "GET"): COORDINATOR | SAFEGUARDING,
    ("bookings.month", "GET"): OFFICE,
    ("booking_acts.session", "GET"): COORDINATOR | SAFEGUARDING,
    ("booking_acts.book", "GET"): COORDINATOR,
    ("booking_acts.book", "POST"): COORDINATOR,
    ("booking_acts.book_family", "GET"): COORDINATOR,
    ("booking_acts.book_family", "POST"): COORDINATOR,
    ("booking_acts.cancel", "GET"): COORDINATOR,
    ("booking_acts.cancel", "POST"): COORDINATOR,
    ("vault.index", "GET"): OFFICERS,
    ("vault.give_access", "POST"): OFFICERS,
    ("vault.sheet", "GET"): OFFICERS,
    ("vault.sheet", "POST"): OFFICERS,
    ("vault.safe", "GET"): OFFICERS,
    ("vault.safe", "POST"): OFFICERS,
    ("vault.key", "GET"): OFFICERS,
    ("vault.key", "POST"): OFFICERS,
    ("vault.open_with_sheet", "GET"): OFFICERS,
    ("vault.open_with_sheet", "POST"): OFFICERS,
    ("vault.anew", "GET"): OFFICERS,
    ("vault.anew", "POST"): OFFICERS,
    ("retention.index", "GET"): OFFICE,
    ("retention.due", "GET"): OFFICE,
    ("retention.due", "POST"): OFFICE,
    ("retention.concerns", "GET"): OFFICERS,
    ("retention.concerns", "POST"): OFFICERS,
    ("retention.early", "GET"): COORDINATOR,
    ("retention.early", "POST"): COORDINATOR,
    ("retention.hold", "GET"): OFFICE,
    ("retention.hold", "POST"): OFFICE,
    ("retention.end_hold", "GET"): OFFICE,
    ("retention.end_hold", "POST"): OFFICE,
    ("retention.rules", "GET"): OFFICERS,
    ("retention.rules", "POST"): OFFICERS,
    ("disposal.disposal", "GET"): OFFICE,
    ("disposal.approve", "GET"): OFFICERS,
    ("disposal.approve", "POST"): OFFICERS,
    ("disposal.withdraw", "GET"): OFFICE,
    ("disposal.withdraw", "POST"): OFFICE,
    ("disposal.shredded", "GET"): OFFICE,
    ("disposal.shredded", "POST"): OFFICE,
    ("disposal.certificate", "GET"): OFFICE,
    ("backups.index", "GET"): OFFICERS,
    ("backups.make", "POST"): OFFICERS,
    ("backups.looked", "POST"): OFFICERS,
    ("sessions.index", "GET"): COORDINATOR | SAFEGUARDING,
    ("sessions.add", "GET"): COORDINATOR,
    ("sessions.add", "POST"): COORDINATOR,
    ("sessions.change", "GET"): COORDINATOR,
    ("sessions.change", "POST"): COORDINATOR,
    ("sessions.cancel", "GET"): COORDINATOR,
    ("sessions.cancel", "POST"): COORDINATOR,
    ("sessions.rules", "GET"): COORDINATOR,
    ("sessions.rules", "POST"): COORDINATOR,
    ("session_patterns.new", "GET"): COORDINATOR,
    ("session_patterns.new", "POST"): COORDINATOR,
    ("session_patterns.change", "GET"): COORDINATOR,
    ("session_patterns.change", "POST"): COORDINATOR,
    ("session_patterns.end", "GET"): COORDINATOR,
    ("session_patterns.end", "POST"): COORDINATOR,
    ("session_patterns.closures", "GET"): COORDINATOR,
    ("session_patterns.closures", "POST"): COORDINATOR,
    ("session_patterns.remove_closure", "POST"): COORDINATOR,
    ("rota.index", "GET"): COORDINATOR | SAFEGUARDING,
    ("rota.mine", "GET"): EVERYONE,
    # The duty is the volunteer's own.
    ("rota.give_back", "GET"): frozenset({Role.VOLUNTEER}),
    ("rota.give_back", "POST"): frozenset({Role.VOLUNTEER}),
    ("rota.of_session", "GET"): COORDINATOR | SAFEGUARDING,
    ("rota.put_on", "POST"): COORDINATOR,
    ("rota.lead", "POST"): COORDINATOR,
    ("rota.take_off", "POST"): COORDINATOR,
    ("known.index", "GET"): EVERYONE,
    # Whoever can see the families says it on the family's own page.
    ("known.index", "POST"): frozenset({Role.VOLUNTEER}) | CHAIR,
    # The volunteer serves in this session.
    ("known.names", "GET"): frozenset({Role.VOLUNTEER}),
    ("known.guest", "GET"): frozenset({Role.VOLUNTEER}),
    ("known.guest", "POST"): frozenset({Role.VOLUNTEER}),
    ("known.family", "GET"): COORDINATOR | SAFEGUARDING,
    ("known.family", "POST"): COORDINATOR | SAFEGUARDING,
    ("known.settle", "GET"): COORDINATOR,
    ("known.settle", "POST"): COORDINATOR,
    ("families.index", "GET"): FAMILY_READERS,
    ("families.index", "POST"): FAMILY_READERS,
    ("families.new", "GET"): COORDINATOR,
    ("families.new", "POST"): COORDINATOR,
    ("families.family", "GET"): FAMILY_READERS,
    ("families.change", "GET"): COORDINATOR,
    ("families.change", "POST"): COORDINATOR,
    ("families.referral", "GET"): COORDINATOR,
    ("families.referral", "POST"): COORDINATOR,
    ("families.apart", "GET"): COORDINATOR,
    ("families.apart", "POST"): COORDINATOR,
    ("families.end_apart", "GET"): COORDINATOR,
    ("families.end_apart", "POST"): COORDINATOR,
    ("families.end", "GET"): COORDINATOR,
    ("families.end", "POST"): COORDINATOR,
    ("families.reopen", "GET"): COORDINATOR,
    ("families.reopen", "POST"): COORDINATOR,
    ("family_parts.admit", "GET"): COORDINATOR,
    ("family_parts.admit", "POST"): COORDINATOR,
    ("family_parts.rename", "GET"): COORDINATOR,
    ("family_parts.rename", "POST"): COORDINATOR,
    ("family_parts.withdraw_adult", "GET"): COORDINATOR,
    ("family_parts.withdraw_adult", "POST"): COORDINATOR,
    ("family_parts.policy", "GET"): COORDINATOR,
    ("family_parts.policy", "POST"): COORDINATOR,
    ("family_parts.letter", "GET"): COORDINATOR,
    ("family_parts.add_child", "GET"): COORDINATOR,
    ("family_parts.add_child", "POST"): COORDINATOR,
    ("family_parts.change_child", "GET"): COORDINATOR,
    ("family_parts.change_child", "POST"): COORDINATOR,
    ("family_parts.withdraw_child", "GET"): COORDINATOR,
    ("family_parts.withdraw_child", "POST"): COORDINATOR,
    ("contacts.ask", "GET"): FAMILY_READERS,
    ("contacts.show", "POST"): FAMILY_READERS,
    ("contacts.change", "GET"): COORDINATOR,
    ("contacts.change", "POST"): COORDINATOR,
    ("own_copy.of_adult", "GET"): COORDINATOR,
    ("own_copy.of_adult", "POST"): COORDINATOR,
    ("own_copy.mine", "GET"): EVERYONE,
    ("privacy.notice", "GET"): ALL,
    ("assessments.index", "GET"): FAMILY_READERS,
    ("assessments.new", "GET"): COORDINATOR,
    ("assessments.new", "POST"): COORDINATOR,
    ("assessments.cancel", "GET"): COORDINATOR,
    ("assessments.cancel", "POST"): COORDINATOR,
    ("statements.index", "GET"): FAMILY_READERS,
    ("statements.new", "GET"): COORDINATOR,
    ("statements.preview", "GET"): COORDINATOR,
    ("statements.preview", "POST"): COORDINATOR,
    ("statements.statement", "GET"): FAMILY_READERS,
    ("statements.text", "GET"): FAMILY_READERS,
    ("permissions.index", "GET"): COORDINATOR,
    ("permissions.new", "GET"): COORDINATOR,
    ("permissions.new", "POST"): COORDINATOR,
    ("permissions.take_back", "GET"): COORDINATOR,
    ("permissions.take_back", "POST"): COORDINATOR,
    ("told.may_be_told", "GET"): EVERYONE,
    ("disclosures.index", "GET"): OFFICE,
    ("disclosures.new", "GET"): COORDINATOR,
    ("disclosures.new", "POST"): COORDINATOR,
    ("disclosures.one", "GET"): OFFICE,
    ("disclosures.change", "GET"): COORDINATOR,
    ("disclosures.change", "POST"): COORDINATOR,
    ("disclosure_acts.permitted", "GET"): COORDINATOR,
    ("disclosure_acts.permitted", "POST"): COORDINATOR,
    ("disclosure_acts.refuse", "GET"): COORDINATOR,
    ("disclosure_acts.refuse", "POST"): COORDINATOR,
    ("disclosure_acts.ask", "GET"): COORDINATOR,
    ("disclosure_acts.ask", "POST"): COORDINATOR,
    ("disclosure_acts.decide", "GET"): OFFICERS,
    ("disclosure_acts.decide", "POST"): OFFICERS,
    ("disclosure_acts.emergency", "GET"): OFFICE,
    ("disclosure_acts.emergency", "POST"): OFFICE,
    ("disclosure_acts.countersign", "GET"): OFFICERS,
    ("disclosure_acts.countersign", "POST"): OFFICERS,
    ("disclosure_acts.correct", "GET"): OFFICE,
    ("disclosure_acts.correct", "POST"): OFFICE,
    ("referrers.index", "GET"): FAMILY_READERS,
    ("referrers.new", "GET"): COORDINATOR,
    ("referrers.new", "POST"): COORDINATOR,
    ("referrers.change", "GET"): COORDINATOR,
    ("referrers.change", "POST"): COORDINATOR,
    ("referrers.policy", "GET"): COORDINATOR,
    ("referrers.policy", "POST"): COORDINATOR,
    ("referrers.letter", "GET"): COORDINATOR,
    # The volunteer leads this session, and its register is open.
    ("register.register", "GET"): COORDINATOR | {Role.VOLUNTEER},
    ("register.register", "POST"): COORDINATOR | {Role.VOLUNTEER},
    ("register.correct", "GET"): COORDINATOR | {Role.VOLUNTEER},
    ("register.correct", "POST"): COORDINATOR | {Role.VOLUNTEER},
    ("register.close", "GET"): COORDINATOR | {Role.VOLUNTEER},
    ("register.close", "POST"): COORDINATOR | {Role.VOLUNTEER},
    ("register.not_collected", "GET"): COORDINATOR | {Role.VOLUNTEER},
    ("register.not_collected", "POST"): COORDINATOR | {Role.VOLUNTEER},
    ("sheet.sheet", "GET"): COORDINATOR,
    ("sheet.typed_in", "GET"): COORDINATOR | {Role.VOLUNTEER},
    ("sheet.typed_in", "POST"): COORDINATOR | {Role.VOLUNTEER},
}
# What stands for the variable parts of an address. The person of number 1 is the volunteer of the cast.
PARTS = {
    "number": "1",
    "person": "1",
    "office": "1",
    "token": "no-such-token",
    "fingerprint": "0",
    "name": "none.css",
    "slug": "confidentiality",
    "label": "1",
    "n": "1",
    "key": "0",
    "decision": "leave-out",
    "reference": "F-0000",
    "kind": "family",
    "record": "F-0000",
    "other": "F-0000",
    "booking": "1",
    "slot": "child-came",
    "permission": "1",
}


# Where even those who may enter are answered otherwise than with a page.
OTHERWISE = {
    # The link is used up: this centre is set up.
    ("set_up.begin", "GET"): "410",
    ("set_up.begin", "POST"): "410",
    # Its buttons send which version they stand on, and these cells send nothing.
    ("reading.go_on", "POST"): "400",
}


def address_of(app: Flask, endpoint: str, parts: Parts) -> str:
    """The address of a page: its own parts are those of something that is there."""
    rule = next(rule for rule in app.url_map.iter_rules() if rule.endpoint == endpoint)
    named = {name: PARTS[name] for name in rule.arguments} | parts.get(endpoint, {})
    with app.test_request_context():
        return str(rule.build(named)[1])  # type: ignore[index]  # never None


def test_the_matrix_names_every_route(app: Flask) -> None:
    routes = {(rule.endpoint, method) for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    assert {route for route in routes if route[1] not in ("HEAD", "OPTIONS")} == set(MATRIX)


@pytest.fixture
def parts(app: App, cast: dict[Role, Person]) -> Parts:
    """The addresses of a centre in which something of everything stands."""
    for slug in ("dbs", "confidentiality"):
        published(cast[Role.CHAIR], slug=slug)
    sheet = app.extensions["static_files"]["site.css"]
    file = {"static": {"fingerprint": sheet.fingerprint, "name": sheet.name}}
    return file | one_of_everything(cast, app.extensions["ccc_quizzes"]["confidentiality"])


@pytest.mark.usefixtures("everybody_ready")
@pytest.mark.parametrize("role", [NOBODY, *Role])
def test_a_role_enters_only_where_the_policy_says(
    as_role: Callable[..., CheckingClient], app: App, parts: Parts, role: Role
) -> None:
    """One test a role, all cells in one: the cells of a role that go wrong are all named."""
    client = as_role(role)
    form = {"csrf_token": client.token()}
    wrong = [
        f"{method} {endpoint}: {outcome}"
        for (endpoint, method), allowed in MATRIX.items()
        if (outcome := _try(_twin(client), address_of(app, endpoint, parts), method, form))
        != _expected(role, allowed, (endpoint, method))
    ]
    assert wrong == []


def _expected(role: Role | None, allowed: frozenset[Role | None], cell: tuple[str, str]) -> str:
    if role in allowed:
        return OTHERWISE.get(cell, "entered")
    return "asked to sign in" if role is None else "refused"


def _twin(client: CheckingClient) -> CheckingClient:
    """A browser with the same cookies: whoever signs out in one of them stays signed in in the next."""
    twin = CheckingClient(client.application, client.response_wrapper)
    twin._cookies = copy(client._cookies)
    return twin


def _try(client: CheckingClient, address: str, method: str, form: dict[str, str]) -> str:
    """Open an address or press its button, and undo what came of it: each cell is tried on the same centre."""
    with db.atomic() as transaction:
        answer = client.open(address, method=method, data=form if method == "POST" else None)
        transaction.rollback()
    if answer.status_code == 303 and answer.location.startswith("/sign-in?"):
        return "asked to sign in"
    entered = dict.fromkeys((200, 303, 422), "entered")
    return (entered | {403: "refused"}).get(answer.status_code, str(answer.status_code))


@pytest.mark.parametrize("role", list(Role))
def test_a_form_without_a_token_is_not_carried_out(
    app: Flask, as_role: Callable[..., CheckingClient], role: Role
) -> None:
    client, before = as_role(role), Person.select().count()
    answer = client.post("/people/invite", data={"name": "Mallory (invented)"})
    assert (answer.status_code, answer.location) == (303, "/people/invite")
    assert Person.select().count() == before


def test_a_view_without_a_rule_stops_the_app() -> None:
    app = Flask("x")
    app.add_url_rule("/oops", "oops", lambda: "")
    with pytest.raises(RuntimeError, match="oops"):
        access.insist(app)


def test_a_view_that_lost_its_rule_lets_nobody_in(app: Flask, as_role: Callable[..., CheckingClient]) -> None:
    app.view_functions["me.index"] = lambda: "open"
    assert as_role(Role.CHAIR).get("/me/").status_code == 403


def test_every_grant_is_given_to_somebody_and_none_to_everybody_by_accident() -> None:
    assert set(GRANTS) == set(May)
    assert all(GRANTS.values())
    assert [grant for grant, roles in GRANTS.items() if Role.VOLUNTEER in roles] == [
        May.LEARN,
        May.RAISE_CONCERN,
        May.SERVE,
    ]


def test_an_office_that_ended_at_midnight_opens_nothing_in_an_open_browser(
    as_role: Callable[..., CheckingClient], cast: dict[Role, Person]
) -> None:
    with clock.at(datetime(2026, 11, 21, 23, 50, tzinfo=UTC)):
        client = as_role(Role.COORDINATOR)
        Appointment.update(ends=clock.today()).where(Appointment.person == cast[Role.COORDINATOR]).execute()
        assert client.get("/people/1/").status_code == 200
        clock.advance(timedelta(minutes=15))
        assert client.get("/people/1/").status_code == 403
        assert client.get("/me/").status_code == 200

"""Nothing of a family is where it must not be: looked for in every answer, in mails, logs and on the disk."""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import pytest
from werkzeug.test import TestResponse

from ccc import attendance, clock, families, rota
from ccc.audit import AuditLine
from ccc.bookings import Booking
from ccc.config import Settings
from ccc.db import db
from ccc.families.records import Adult, Family
from ccc.mail import Outbox
from ccc.people import Person, RefusedError
from ccc.roles import Role
from tests import booking_log
from tests.booking_log import make_booking, make_duty, make_family, make_session
from tests.checking import App, CheckingClient
from tests.conftest import CAST
from tests.lived_in import Parts, one_of_everything
from tests.samples import published
from tests.test_access import MATRIX, NOBODY, address_of
from tests.test_dbs_sealed import on_disk

pytestmark = pytest.mark.usefixtures("everybody_ready")

Browser = Callable[[Role | None], CheckingClient]
HOME = (booking_log.HOME_ADDRESS, booking_log.HOME_PHONE, booking_log.HOME_EMAIL)
VISITING = (booking_log.VISITING_ADDRESS, booking_log.VISITING_PHONE, booking_log.VISITING_EMAIL)
CONTACTS = HOME + VISITING
LAST_NAMES = ("Canaryhome", "Canaryvisit")
FIRST_NAMES = ("Hestia", "Viator", "Pipkin")
NAME = ("Unmistakable", "Quokkason")
NAMES = FIRST_NAMES + LAST_NAMES
# Where a volunteer who serves in the session finds names: the register of the day, and the look before it.
ON_DUTY = {"register", "known", "sheet"}
# The only addresses that ever answer with contact details, and only when a button is pressed.
BEHIND_A_BUTTON = {("contacts.show", "POST"), ("register.not_collected", "POST"), ("own_copy.of_adult", "POST")}


@pytest.fixture
def parts(app: App, cast: dict[Role, Person], caplog: pytest.LogCaptureFixture) -> Parts:
    caplog.set_level(logging.DEBUG)
    for slug in ("dbs", "confidentiality"):
        published(cast[Role.CHAIR], slug=slug)
    sheet = app.extensions["static_files"]["site.css"]
    file = {"static": {"fingerprint": sheet.fingerprint, "name": sheet.name}}
    return file | one_of_everything(cast, app.extensions["ccc_quizzes"]["confidentiality"])


def answers(app: App, come: Callable[[], CheckingClient], parts: Parts) -> Iterator[tuple[str, str, str, str]]:
    """Every answer that somebody can get, whole and as htmx asks for it; what each press did is undone.

    Whoever signed out by one of the buttons comes back.
    """
    client = come()
    for endpoint, method in MATRIX:
        address = address_of(app, endpoint, parts)
        form = {"csrf_token": client.token(), **FILLED_IN} if method == "POST" else None
        answer = undone(client, address, method, form, {})
        yield endpoint, method, address, f"{answer.headers}{answer.get_data(as_text=True)}"
        if "HX-Request" in answer.headers.get("Vary", ""):
            part = undone(client, address, method, form, {"HX-Request": "true"})
            yield endpoint, method, address, f"{part.headers}{part.get_data(as_text=True)}"
        if "signin." in endpoint or endpoint == "me.end_sign_ins":
            client = come()


def undone(client: CheckingClient, address: str, method: str, form: object, headers: dict[str, str]) -> TestResponse:
    with db.atomic() as transaction:
        answer = client.open(address, method=method, data=form, headers=headers)
        transaction.rollback()
    return answer


# A search that would find every family by its names.
FILLED_IN = {"q": "canary", "search": "canary"}


@pytest.mark.parametrize("role", [NOBODY, *Role])
def test_nobody_finds_more_of_a_family_than_their_role_allows(
    app: App, parts: Parts, as_role: Browser, role: Role | None
) -> None:
    found = []
    for endpoint, method, address, text in answers(app, partial(as_role, role), parts):
        assert not any(name in address for name in NAMES + CONTACTS)
        if (endpoint, method) not in BEHIND_A_BUTTON:
            found += [(endpoint, method, secret) for secret in CONTACTS if secret in text]
        assert not (any(one in text for one in HOME) and any(one in text for one in VISITING)), endpoint
        found += [(endpoint, method, name) for name in forbidden_names(role, endpoint) if name in text]
    assert found == []


def forbidden_names(role: Role | None, endpoint: str) -> tuple[str, ...]:
    if role in (Role.COORDINATOR, Role.SAFEGUARDING):
        return ()
    return NAMES if role != Role.VOLUNTEER or endpoint.partition(".")[0] not in ON_DUTY else ()


def test_the_search_would_find_them(app: App, parts: Parts, as_role: Browser) -> None:
    told = "".join(text for *_, text in answers(app, partial(as_role, Role.COORDINATOR), parts))
    assert [name for name in NAMES if name not in told] == []
    assert any(one in told for one in CONTACTS)
    served = "".join(text for *_, text in answers(app, partial(as_role, Role.VOLUNTEER), parts))
    assert "Pipkin" in served


def test_nothing_of_a_family_lies_open_on_the_disk_in_a_log_a_mail_or_the_trail(
    app: App, parts: Parts, as_role: Browser, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    for role in (Role.COORDINATOR, Role.SAFEGUARDING, Role.VOLUNTEER):
        list(answers(app, partial(as_role, role), parts))
    mails = "".join(f"{mail.subject} {mail.body}" for mail in Outbox.select())
    trail = "".join(f"{line.about} {line.facts}" for line in AuditLine.select())
    disk = on_disk(settings.data)
    assert [secret for secret in NAMES + CONTACTS if secret in caplog.text + mails + trail] == []
    assert [secret for secret in NAMES + CONTACTS if secret.encode() in disk] == []


@pytest.fixture
def known(cast: dict[Role, Person], parts: Parts) -> Family:
    """A family with a place in a session that is on just now, at which the volunteer who knows it leads."""
    begins = clock.local(clock.now())
    session = make_session(clock.today(), starts=f"{begins:%H:%M}", ends=f"{begins + timedelta(hours=1):%H:%M}")
    family = make_family(cast[Role.COORDINATOR])
    Adult.update(first_name=NAME[0], last_name=NAME[1]).where(Adult.family == family).execute()
    booking = make_booking(session, family, cast[Role.COORDINATOR])
    make_booking(session, make_family(cast[Role.COORDINATOR]), cast[Role.COORDINATOR])
    make_duty(session, cast[Role.VOLUNTEER], leader=True)
    names = {"number": str(session.id)}
    parts |= {f"register.{page}": names for page in ("register", "close", "not_collected")}
    parts |= {"known.names": names, "known.guest": names | {"booking": str(booking.id)}, "sheet.typed_in": names}
    attendance.note(booking, attendance.Slot.CHILD_CAME, clock.now(), cast[Role.COORDINATOR])
    return family


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.COORDINATOR, Role.SAFEGUARDING])
def test_whoever_knows_a_family_never_receives_its_name_again(
    app: App, parts: Parts, known: Family, as_role: Browser, role: Role
) -> None:
    of_family, person = {"reference": known.reference}, Person.get(Person.name == CAST[role])
    parts |= {f"families.{page}": of_family for page in ("family", "change", "apart", "end", "referral")}
    parts |= {"booking_acts.book_family": of_family, "known.family": of_family}
    before = "".join(text for *_, text in answers(app, partial(as_role, role), parts))
    assert NAME[0] in before
    families.know(person, known, person)
    after = [(endpoint, text) for endpoint, _, _, text in answers(app, partial(as_role, role), parts)]
    assert [endpoint for endpoint, text in after for name in NAME if name in text] == []
    # What one types into an address oneself is no answer: those pages may name it, and nothing else does.
    told = {endpoint for endpoint, text in after if known.reference in text}
    assert told <= {endpoint for endpoint, named in parts.items() if named == of_family}


def test_whoever_knows_a_family_is_kept_off_its_sessions(cast: dict[Role, Person], known: Family) -> None:
    families.know(cast[Role.SAFEGUARDING], known, cast[Role.SAFEGUARDING])
    session = Booking.get(Booking.family == known).session
    with pytest.raises(RefusedError, match="They know a family that comes"):
        rota.put_on(session, cast[Role.SAFEGUARDING], cast[Role.COORDINATOR])
    with pytest.raises(RefusedError, match="Another co-ordinator has to see to this"):
        rota.put_on(session, cast[Role.SAFEGUARDING], cast[Role.SAFEGUARDING])

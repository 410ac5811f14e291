"""What becomes of a request, and the one gate: what may leave, to whom, and on whose word."""

from ccc.audit import Event, record
from ccc.db import writing
from ccc.disclosures.permissions import insist_on_valid
from ccc.disclosures.policy import grounds
from ccc.disclosures.records import Disclosure, InformationRequest, Permission, ref
from ccc.disclosures.requests import REFERRER, Asker, askers
from ccc.disclosures.states import Line, State, acts, history, last_act, state_of
from ccc.disclosures.words import ATTENDANCE, NOTHING, OWN_COPY, PRIVATE, UNVERIFIED, plain
from ccc.families import SIDES, Adult, Family
from ccc.people import Person, RefusedError


def release(request: InformationRequest, released: str, by: Person) -> Disclosure:
    """Record that somebody got what is theirs to have: their own copy, or a statement of attendance.

    `released` is the reference of what they got, such as "statement:7". Nothing else leaves without a permission or a
    ground.
    """
    with writing():
        _insist_on(request, State.OPEN)
        insist_on_theirs(request)
        told = "own" if request.kind in PRIVATE else "policy"
        return _add(request, "released", by, permission="not-sought", released=released, told=told)


def insist_on_theirs(request: InformationRequest) -> None:
    """Refuse what is not theirs to have, or was asked for by somebody of whom we do not know that it is them."""
    _insist_on_check(request)
    if not is_theirs(request):
        raise RefusedError("This leaves only with the permission of the person concerned, or under a ground.")


def is_theirs(request: InformationRequest) -> bool:
    """Tell whether somebody may have this by themselves: an adult their own copy; the referrer of today a statement.

    Of a family that came by itself, a parent may have a statement of their own attendance.
    """
    on_record = askers(request.family)
    own = _is(request, on_record.get(str(request.adult_id)))
    if request.what != ATTENDANCE:
        return own and request.what == OWN_COPY
    return _is(request, on_record[REFERRER]) if REFERRER in on_record else own and request.kind != "admitted"


def release_on(request: InformationRequest, permission: Permission, by: Person) -> Disclosure:
    """Record a release on the permission of the adult concerned: for the same thing, and valid today."""
    with writing():
        _insist_on(request, State.OPEN)
        _insist_on_check(request)
        insist_on_valid(permission, request)
        kept = {"permission": "obtained", "on_permission": permission, "told": "told"}
        return _add(request, "released", by, released=f"adult:{request.adult_id}:{request.what}", **kept)


def refuse(request: InformationRequest, permission: str, by: Person, told: str = NOTHING) -> Disclosure:
    """Record that somebody did not get what they asked for, how it stands with a permission, and who was told."""
    with writing():
        _insist_on(request, State.OPEN)
        return _add(request, "refused", by, permission=permission, told=told)


def ask_officer(request: InformationRequest, ground: str, by: Person) -> Disclosure:
    """Ask an officer for a release without permission, under a ground."""
    with writing():
        _insist_on(request, State.OPEN)
        _insist_on_ground(request, ground)
        return _add(request, "asked", by, permission="not-sought", ground=ground)


def decide(request: InformationRequest, released: list[str], told: str | None, by: Person) -> Disclosure:
    """An officer's decision on what they were asked for: these parts of the record go out, or with none, nothing."""
    with writing():
        asked = Disclosure.get_by_id(_insist_on(request, State.ASKED).last)
        if asked.by_id == by.id:
            raise RefusedError("You asked for this yourself. Another officer decides.")
        if not released:
            return _add(request, "refused", by, permission="decided", ground=asked.ground, told=told or NOTHING)
        _insist_on_check(request)
        _insist_on_ground(request, asked.ground)
        kept = {"permission": "not-sought", "ground": asked.ground, "told": told}
        return _add(request, "released", by, released=_parts(request, released), **kept)


def enter_emergency(request: InformationRequest, ground: str, released: list[str], told: str, by: Person) -> Disclosure:
    """Enter a release that was made by telephone in an emergency, checked or not. An officer countersigns it."""
    with writing():
        _insist_on(request, State.OPEN, State.ASKED)
        _insist_on_ground(request, ground)
        kept = {"permission": "not-sought", "ground": ground, "told": told, "emergency": True}
        return _add(request, "released", by, released=_parts(request, released), **kept)


def countersign(request: InformationRequest, by: Person) -> Disclosure:
    """An officer takes the responsibility for a release in an emergency which somebody else entered."""
    with writing():
        entered = Disclosure.get_by_id(_insist_on(request, State.COUNTERSIGN).last)
        if entered.by_id == by.id:
            raise RefusedError("You entered this release yourself. Another officer countersigns it.")
        return _add(request, "countersigned", by)


def correct(
    request: InformationRequest, by: Person, *, permission: str | None, told: str | None, released: list[str]
) -> Disclosure:
    """Correct what was written of the last thing that became of a request: another row takes its place, both stay.

    Whoever asked an officer for it does not correct it, and nothing more goes out by a correction.
    """
    with writing():
        wrong = last_act(request)
        if wrong is None or not is_correctable(wrong):
            raise RefusedError("There is nothing here that can be corrected.")
        if wrong.ground and any(one.act == "asked" and one.by_id == by.id for one in acts(history(request))):
            raise RefusedError("You asked for this yourself. Another officer corrects it.")
        kept = {"ground": wrong.ground, "emergency": wrong.emergency, "replaces": wrong}
        if wrong.act == "refused":
            return _add(request, "refused", by, permission=permission, told=told, **kept)
        _insist_on_body(request)
        if not set(released) <= set(wrong.released.split()):
            raise RefusedError("A correction cannot release more. Log a new request.")
        parts = _parts(request, released)
        return _add(request, "released", by, permission="not-sought", told=told, released=parts, **kept)


def is_correctable(act: Disclosure) -> bool:
    """Tell whether somebody chose what stands in this row: in a refusal, or in a release under a ground."""
    return act.act == "refused" or (act.act == "released" and act.ground is not None)


def parts_of(family: Family) -> dict[str, str]:
    """What of a family's record can be released under a ground: references, with what each is in words."""
    adults = Adult.select().where(Adult.family == family, Adult.side.in_(["home", "visiting"])).order_by(Adult.id)
    reach = {
        f"adult:{adult.id}:contact-details": f"address, telephone or email of {SIDES[adult.side]}" for adult in adults
    }
    dates, names = "dates and times of attendance", "names of the adults and children"
    of_family = {"dates": dates, "names": names, "worry": "what the worry is, and nothing from the record"}
    return {f"family:{family.id}:{part}": words for part, words in of_family.items()} | reach


def _parts(request: InformationRequest, released: list[str]) -> str:
    if not released or not set(released) <= parts_of(request.family).keys():
        raise RefusedError("Say which parts of the record went out.")
    return " ".join(released)


def _insist_on(request: InformationRequest, *states: State) -> Line:
    line = state_of(request)
    if line is None:
        raise RefusedError("This request was corrected. Open the log again.")
    if line.state not in states:
        raise RefusedError(f"This cannot be done now: {line.state}.")
    return line


def _insist_on_check(request: InformationRequest) -> None:
    """Nothing goes to somebody of whom we do not know that it is them."""
    if request.verified == UNVERIFIED:
        raise RefusedError("First check that it is them, and correct the request.")


def _insist_on_ground(request: InformationRequest, ground: str | None) -> None:
    _insist_on_body(request)
    if ground not in grounds():
        raise RefusedError("Your policy does not give this ground.")


def _insist_on_body(request: InformationRequest) -> None:
    """To somebody who asks for themselves there is no ground: one side must never learn how to reach the other."""
    if request.kind in PRIVATE:
        raise RefusedError(
            "Nothing goes to a parent, or to anybody who asks for themselves, without permission. In danger, tell the "
            "police or children's services: they decide who is warned."
        )


def _is(request: InformationRequest, asker: Asker | None) -> bool:
    """Tell whether this is the one who asks; part of a name is not enough."""
    return list(map(plain, asker or ())) == [plain(text) for text in (request.kind, request.asker, request.body)]


def _add(request: InformationRequest, act: str, by: Person, **kept: object) -> Disclosure:
    disclosure = Disclosure.create(request=request, act=act, by=by, **kept)
    record(Event.DISCLOSURE_RECORDED, by.id, ref(request), act=act)
    return disclosure

"""What leaves the invented centre, and what goes for good there: one of each, so that whoever looks round finds it."""

from datetime import timedelta

from ccc import assessments, clock, concerns, disclosures, families, referrals, retention, statements
from ccc.bookings.records import Booking
from ccc.disclosures import NewPermission, NewRequest
from ccc.families.records import Adult, Family
from ccc.kinds import FAMILY
from ccc.people import Person
from ccc.referrals import Came, Referral
from ccc.statements import Asked, Asking, Seen

# Of fewer, none may have come whom somebody referred.
FEWEST_FAMILIES = 10
LONG_AGO = timedelta(days=4 * 365)
A_WEEK = timedelta(days=7)
WORRY = "Tuppence told me something that worries me. I wrote down her words at home. (This is invented.)"


def live(coordinator: Person, safeguarding: Person, volunteer: Person) -> None:
    """Invent a statement, requests that were refused or wait, a visit, a worry, a hold, and what is due to go."""
    referred = _with_referrer()
    _statement(referred, coordinator)
    _refused(referred, coordinator)
    _waiting(_others(referred)[0], coordinator)
    _visit(coordinator)
    concerns.raise_worry(WORRY, None, volunteer, concerns.count_of(volunteer))
    _due(coordinator, safeguarding)


def _with_referrer() -> Family:
    """A family whom somebody referred, and who came some weeks ago."""
    came = Booking.select(Booking.family).where(Booking.status == "came")
    sent = Referral.select(Referral.family).where(Referral.referrer.is_null(is_null=False))
    found: Family = Family.select().where(Family.id.in_(came), Family.id.in_(sent)).order_by(Family.id.desc()).get()
    return found


def _others(referred: Family) -> list[Family]:
    return list(Family.select().where(Family.id != referred.id, Family.ended_on.is_null()).order_by(Family.id))


def _statement(family: Family, by: Person) -> None:
    """The solicitor asked for the dates and times of the last year, and got them."""
    today = clock.today()
    asked = Asked(family, today - timedelta(days=365), today)
    seen = Seen(statements.preview(asked).mark, statements.newest())
    statements.issue(asked, seen, Asking(today - A_WEEK, "rang-back", "court"), by)


def _refused(family: Family, by: Person) -> None:
    """A parent wanted the other's address, and did not get it."""
    home = Adult.get(Adult.family == family, Adult.side == "home")
    visiting = Adult.get(Adult.family == family, Adult.side == "visiting")
    asker = f"{visiting.first_name} {visiting.last_name}"
    asked = (clock.today() - A_WEEK, "visiting", asker, "known", "contact-details", "own")
    request = disclosures.log(NewRequest(family, home, *asked), by)
    disclosures.refuse(request, "refused", by)
    permission = NewPermission("Their own solicitor (invented)", "telephone", clock.today() - A_WEEK, None)
    disclosures.permit(visiting, permission, by)


def _waiting(family: Family, by: Person) -> None:
    """The police asked for an address, since a child may be in danger: an officer is to decide."""
    home = Adult.get(Adult.family == family, Adult.side == "home")
    asked = (clock.today(), "police", "The duty desk", "rang-back", "contact-details", "welfare", "Police (invented)")
    request = disclosures.log(NewRequest(family, home, *asked), by)
    disclosures.ask_officer(request, "child-outside", by)


def _visit(by: Person) -> None:
    """Cafcass comes to a session, and everybody has agreed."""
    place = Booking.select().where(Booking.status == "booked", Booking.day > clock.today()).order_by(Booking.id).get()
    agreed = clock.today() - A_WEEK
    adults = {adult.id: agreed for adult in assessments.sides_of(place.family)}
    who = ("cafcass", "", "An assessor")
    visit = assessments.NewVisit(place.session, *who, agreed_on=agreed, adults=adults)
    assessments.agree(visit, place.family, by)


def _due(by: Person, officer: Person) -> None:
    """Four families of years ago: two are proposed to go, one is on hold, and one is due."""
    with clock.at(clock.now() - LONG_AGO):
        old = [_of_years_ago(name, by) for name in ("Applecart", "Biscuit", "Crumpet", "Doodle")]
    retention.propose(FAMILY, [family.id for family in old[:2]], by)
    retention.put(FAMILY, old[2].id, "complaint", None, officer)


def _of_years_ago(name: str, by: Person) -> Family:
    home, visiting = families.Name("Eglantine", name), families.Name("Fergus", name)
    new = families.NewFamily("supported", home, visiting, [families.NewChild("Pickle", clock.today().year - 5)])
    family = referrals.take_in(new, Came(None, None, clock.today()), by)
    families.end(family, by)
    return family

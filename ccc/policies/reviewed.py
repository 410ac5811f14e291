"""Reviews that changed nothing: each is kept, moves the date of the next, and is asked for in time."""

from datetime import date, timedelta

from peewee import ForeignKeyField, IntegerField

from ccc import clock, mail, people
from ccc.audit import Event, record
from ccc.db import Day, Record, writing
from ccc.people import Person, RefusedError
from ccc.policies.lookup import all_in_force, in_force, opening
from ccc.policies.records import Policy, Version, ref
from ccc.policies.reviews import PolicyReview, due_after, next_reviews
from ccc.roles import Role

STAGES = (60, 30, 7, 0)
AHEAD = timedelta(days=max(STAGES))
SUBJECT = "A policy of the contact centre is due for review"


class ReviewReminder(Record):
    """That the offices were told of a stage before a day. Another day is another cycle."""

    version = ForeignKeyField(Version)
    due_on = Day()
    stage = IntegerField()

    class Meta:
        indexes = ((("version", "due_on", "stage"), True),)


def keep_as_it_is(version: Version, reviewed_on: date, by: Person) -> PolicyReview:
    """Record that the committee reviewed a version and changes nothing; the next review counts from that day.

    Sent twice, it is kept once. Raises RefusedError for a day on which there can have been no such review.
    """
    with writing():
        before = PolicyReview.get_or_none(version=version, reviewed_on=reviewed_on)
        if before:
            return before
        insist_on_possible(version, reviewed_on)
        kept = PolicyReview.create(
            version=version, reviewed_on=reviewed_on, due_on=due_after(version, reviewed_on), by=by
        )
        record(Event.POLICY_REVIEWED, by.id, ref(version), on=reviewed_on)
    return kept


def insist_on_possible(version: Version, reviewed_on: date) -> None:
    """Raise RefusedError unless a committee can have reviewed this version on that day."""
    if version != in_force(version.policy.slug):
        raise RefusedError("Another version came into force meanwhile. Look at the policy again.")
    if reviewed_on > clock.today():
        raise RefusedError("The day of a review cannot lie in the future.")
    before = _reviewed_already(version)
    if reviewed_on < before:
        raise RefusedError(f"The policy was reviewed in {before:%B %Y} already. This review cannot be older.")
    began = opening(version, version.edition)
    # The first edition may have hung in the hall for years before it was put in here.
    if began and version.edition > 1 and reviewed_on < clock.local(began.published_at).date():
        raise RefusedError(f"Version {began.number} was not in force yet on that day.")


def _reviewed_already(version: Version) -> date:
    """The day of the newest review that was recorded; of what a version says, only the month is known."""
    said = [version.reviewed_on.replace(day=1)] if version.reviewed_on else []
    return max([*said, *(one.reviewed_on for one in recorded(version.policy.slug))], default=date.min)


def recorded(slug: str) -> list[PolicyReview]:
    """Every review of a policy that changed nothing, each with the version that it was about."""
    kept = PolicyReview.select(PolicyReview, Version).join(Version).join(Policy)
    return list(kept.where(Policy.slug == slug).order_by(PolicyReview.id))


def due_soon(today: date) -> list[tuple[Version, date]]:
    """The policies in force whose next review is due within sixty days, or was due, with that day."""
    held = all_in_force()
    due = next_reviews(held)
    return [(version, day) for version in held if (day := due[version.id]) and day - AHEAD <= today]


def remind() -> int:
    """Mail chair and co-ordinator 60, 30 and 7 days before a review is due, and once it is; how many mails."""
    mails = 0
    with writing():
        for version, day in due_soon(clock.today()):
            stage = min(stage for stage in STAGES if (day - clock.today()).days <= stage)
            sent = 0 if _were_told(version, day, stage) else _tell(version, day)
            if sent:
                ReviewReminder.create(version=version, due_on=day, stage=stage)
            mails += sent
    return mails


def _were_told(version: Version, day: date, stage: int) -> bool:
    """Tell whether a stage was told of before, whichever version of the policy was in force then."""
    of_day = (Version.policy == version.policy_id, ReviewReminder.due_on == day, ReviewReminder.stage == stage)
    return ReviewReminder.select().join(Version).where(*of_day).exists()


def _tell(version: Version, day: date) -> int:
    text = f"The review of “{version.title}” is due by {day.day} {day:%B %Y}. Please sign in and see to it.\n"
    told = {person.id: person for person in people.holders((Role.CHAIR, Role.COORDINATOR))}
    return sum(mail.queue(person.email, SUBJECT, text) for person in told.values())

"""Reviews that changed nothing: each is kept, moves the date of the next, and is asked for in time."""

from datetime import date, timedelta

from peewee import ForeignKeyField, IntegerField

from ccc import clock, mail, people
from ccc.audit import Event, record
from ccc.db import Day, Record, writing
from ccc.people import Person, RefusedError
from ccc.policies.lookup import all_in_force, in_force
from ccc.policies.records import Policy, Version, ref
from ccc.policies.reviews import PolicyReview, due_after, last_review, next_reviews
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

    Raises RefusedError for a day to come or before the last review, and for a version that is not in force any more.
    """
    with writing():
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
    before = last_review(version)
    if before and (reviewed_on.year, reviewed_on.month) < (before.year, before.month):
        raise RefusedError(f"The policy was reviewed in {before:%B %Y} already. This review cannot be older.")


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
            facts = {"version": version, "due_on": day, "stage": stage}
            if not ReviewReminder.get_or_none(**facts):
                text = (
                    f"The review of “{version.title}” is due by {day.day} {day:%B %Y}. Please sign in and see to it.\n"
                )
                told = {person.id: person for person in people.holders((Role.CHAIR, Role.COORDINATOR))}
                mails += sum(mail.queue(person.email, SUBJECT, text) for person in told.values())
                ReviewReminder.create(**facts)
    return mails

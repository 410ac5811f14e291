"""The people of a family: their names, who else may be admitted, children, and to whom the policy was given."""

from datetime import date

from ccc import clock
from ccc.audit import Event, record
from ccc.db import writing
from ccc.families.family import Name, NewChild, insist_on_past, insist_on_year
from ccc.families.records import Adult, Child, Family
from ccc.people import Person, RefusedError


def rename(adult: Adult, name: Name, by: Person) -> None:
    """Change an adult's name."""
    with writing():
        Adult.update(first_name=name.first, last_name=name.last).where(Adult.id == adult.id).execute()
        record(Event.ADULT_CHANGED, by.id, adult_ref(adult))


def admit(family: Family, name: Name, home_agreed_on: date, visiting_agreed_on: date, by: Person) -> Adult:
    """Name a further adult who may be admitted. Both sides must have agreed before."""
    for day in (home_agreed_on, visiting_agreed_on):
        insist_on_past(day)
    with writing():
        named = Adult.select().where(Adult.family == family, Adult.withdrawn_on.is_null())
        if any((one.first_name, one.last_name) == name for one in named):
            raise RefusedError("Somebody of this name may be admitted already.")
        agreed = {"home_agreed_on": home_agreed_on, "visiting_agreed_on": visiting_agreed_on}
        adult = Adult.create(family=family, side="admitted", first_name=name.first, last_name=name.last, **agreed)
        record(Event.ADULT_ADDED, by.id, adult_ref(adult))
    return adult


def withdraw_adult(adult: Adult, by: Person) -> None:
    """Admit somebody no longer. The two sides themselves stay as long as the family does."""
    with writing():
        may_go = (Adult.id == adult.id) & (Adult.side == "admitted") & Adult.withdrawn_on.is_null()
        if not Adult.update(withdrawn_on=clock.today()).where(may_go).execute():
            raise RefusedError("This adult is on no list of those who may also be admitted.")
        record(Event.ADULT_WITHDRAWN, by.id, adult_ref(adult))


def give_policy(adult: Adult, on: date, by: Person) -> None:
    """Record the day on which the centre's policy was given to an adult."""
    insist_on_past(on)
    with writing():
        Adult.update(policy_given_on=on).where(Adult.id == adult.id).execute()
        record(Event.POLICY_GIVEN, by.id, adult_ref(adult), on=on)


def add_child(family: Family, new: NewChild, by: Person) -> Child:
    """Add a child to a family."""
    insist_on_year(new.born)
    with writing():
        coming = Child.select().where(Child.family == family, Child.withdrawn_on.is_null())
        if any((one.first_name, one.born) == new for one in coming):
            raise RefusedError("A child of this name and year is on the list already.")
        child = Child.create(family=family, first_name=new.first_name, born=new.born)
        record(Event.CHILD_ADDED, by.id, child_ref(child))
    return child


def change_child(child: Child, to: NewChild, by: Person) -> None:
    """Change a child's first name or year of birth."""
    insist_on_year(to.born)
    with writing():
        Child.update(first_name=to.first_name, born=to.born).where(Child.id == child.id).execute()
        record(Event.CHILD_CHANGED, by.id, child_ref(child))


def withdraw_child(child: Child, by: Person) -> None:
    """Note that a child comes no more. A family has at least one who does."""
    with writing():
        others = Child.select().where(
            Child.family == child.family_id, Child.id != child.id, Child.withdrawn_on.is_null()
        )
        if not others.exists():
            raise RefusedError("This is the only child who comes. End the family's time here instead.")
        comes = (Child.id == child.id) & Child.withdrawn_on.is_null()
        if not Child.update(withdrawn_on=clock.today()).where(comes).execute():
            raise RefusedError("This child was taken off the list already.")
        record(Event.CHILD_WITHDRAWN, by.id, child_ref(child))


def adult_ref(adult: Adult) -> str:
    """The reference to an adult that the audit trail uses."""
    return f"adult:{adult.id}"


def child_ref(child: Child) -> str:
    """The reference to a child that the audit trail uses."""
    return f"child:{child.id}"

"""Families: two sides, their children, who may be admitted, and who of the centre knows them."""

from ccc.families.apart import apart_from, end_keeping_apart, keep_apart
from ccc.families.contacts import Contact, Look, change_contact, contacts_of, looks_at, phone_of
from ccc.families.family import (
    NEEDS,
    SERVICES,
    SIDES,
    Name,
    NewChild,
    NewFamily,
    add,
    change,
    end,
    insist_on_past,
    is_active,
    missing,
    newest,
    ready_to_book,
    reopen,
    waits_for,
    when_changed,
    when_ending,
)
from ccc.families.known import declared, find, hidden_from, know, settle, visible_to
from ccc.families.members import (
    add_child,
    admit,
    change_child,
    give_policy,
    rename,
    withdraw_adult,
    withdraw_child,
)
from ccc.families.names import Line, Names, admitted, also_found_by, list_families, names_of, needs_of
from ccc.families.records import Adult, Child, Family, FamilyKnown, FamilyNeed, KeptApart, ref

__all__ = [
    "NEEDS", "SERVICES", "SIDES", "Adult", "Child", "Contact", "Family", "FamilyKnown", "FamilyNeed", "KeptApart",
    "Line", "Look", "Name", "Names", "NewChild", "NewFamily", "add", "add_child", "admit", "admitted",
    "also_found_by", "apart_from", "change", "change_child", "change_contact", "contacts_of", "declared", "end",
    "end_keeping_apart", "find", "give_policy", "hidden_from", "insist_on_past", "is_active", "keep_apart", "know",
    "list_families", "looks_at", "missing", "names_of", "needs_of", "newest", "phone_of", "ready_to_book", "ref",
    "rename", "reopen", "settle", "visible_to", "waits_for", "when_changed", "when_ending", "withdraw_adult",
    "withdraw_child",
]  # fmt: skip

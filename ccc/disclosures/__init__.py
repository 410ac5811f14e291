"""Permissions, requests for information, and what was released or refused, and why."""

from ccc import kinds
from ccc.disclosures.permissions import NewPermission, is_valid, permissions_of, permit, take_back, valid_for
from ccc.disclosures.policy import clauses_on, grounds
from ccc.disclosures.records import Disclosure, InformationRequest, Permission, ref
from ccc.disclosures.releases import (
    ask_officer,
    correct,
    countersign,
    decide,
    enter_emergency,
    insist_on_theirs,
    is_correctable,
    is_theirs,
    parts_of,
    refuse,
    release,
    release_on,
)
from ccc.disclosures.requests import REFERRER, NewRequest, askers, log, newest_by
from ccc.disclosures.states import Line, State, acts, history, last_act, page_of_log, state_of, undone

__all__ = [
    "REFERRER", "Disclosure", "InformationRequest", "Line", "NewPermission", "NewRequest", "Permission",
    "State", "acts", "ask_officer", "askers", "clauses_on", "correct", "countersign", "decide", "enter_emergency",
    "grounds", "history", "insist_on_theirs", "is_correctable", "is_theirs", "is_valid", "last_act", "log",
    "newest_by", "page_of_log", "parts_of", "permissions_of", "permit", "ref", "refuse", "release", "release_on",
    "state_of", "take_back", "undone", "valid_for",
]  # fmt: skip

_OF_FAMILY = "IN (SELECT id FROM {} WHERE family_id = :record)"
kinds.belongs_to(kinds.FAMILY, "permissions", "permission", f"adult_id {_OF_FAMILY.format('adult')}")
kinds.belongs_to(kinds.FAMILY, "requests for information", "information_request", "family_id = :record")
kinds.belongs_to(
    kinds.FAMILY,
    "what became of those requests",
    "disclosure",
    f"request_id {_OF_FAMILY.format('information_request')}",
)
kinds.is_used(kinds.FAMILY, "SELECT family_id, max(created_at) FROM information_request GROUP BY family_id")
kinds.is_used(
    kinds.FAMILY,
    "SELECT family_id, max(disclosure.created_at) FROM disclosure "
    "JOIN information_request ON information_request.id = request_id GROUP BY family_id",
)

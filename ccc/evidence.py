"""Looks whether what people relied on is still what it was: published versions, signatures and review packs."""

import json
from collections.abc import Iterator

from ccc import policies, review_pack, undertakings
from ccc.audit import AuditLine, Event
from ccc.policies import Version
from ccc.undertakings import Acknowledgement

SIGNED = (Event.UNDERTAKING_SIGNED, Event.UNDERTAKING_ON_PAPER)


def altered() -> list[str]:
    """What no longer fits its own fingerprint, or the fingerprint in the audit trail; empty when all is whole."""
    return [*_altered_versions(), *_altered_signatures(), *_lost_signatures(), *review_pack.altered()]


def _altered_versions() -> Iterator[str]:
    for version in Version.select().where(Version.sha256.is_null(is_null=False)):
        if policies.fingerprint(version) != version.sha256:
            yield f"version {version.id} of a policy was changed after its approval"


def _altered_signatures() -> Iterator[str]:
    for given in Acknowledgement.select():
        if undertakings.fingerprint(given) != given.sha256:
            yield f"signature {given.id} was changed after it was given"


def _lost_signatures() -> Iterator[str]:
    kept = {given.sha256 for given in Acknowledgement.select(Acknowledgement.sha256)}
    for line in AuditLine.select().where(AuditLine.event.in_(SIGNED)):
        if json.loads(line.facts)["sha256"] not in kept:
            yield f"the signature that line {line.id} of the audit trail tells of is gone"

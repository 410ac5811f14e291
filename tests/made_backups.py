"""A recovery sheet in the safe, as it has to be before there can be a backup."""

from collections.abc import Mapping

from ccc import officers_vault
from ccc.officers_vault import Secrets
from ccc.people import Person
from ccc.roles import Role
from tests.vaulted import signed_in


def sheet_in_safe(cast: Mapping[Role, Person]) -> Secrets:
    """The secrets of a new sheet, which is in the safe."""
    chair = cast[Role.CHAIR]
    made = officers_vault.new_sheet(officers_vault.open_for(signed_in(chair)))
    asked = officers_vault.sheet()
    assert asked
    officers_vault.put_in_safe(made.vault.split()[asked.asked_group - 1], chair)
    return made

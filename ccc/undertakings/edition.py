"""Which versions of a policy differ in form only: what was read or signed in one of them holds in all."""

from peewee import ModelSelect

from ccc.policies import Version


def edition_of(version: Version) -> ModelSelect:
    """The published versions with the same number before the dot."""
    same = Version.number.startswith(f"{version.edition}.")
    return Version.select(Version.id).where(Version.policy == version.policy_id, same)

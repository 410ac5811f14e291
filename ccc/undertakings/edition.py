"""Which versions of a policy a reading, a quiz or a signature holds for, and until when."""

from peewee import ModelSelect

from ccc.policies import Version

# SQL, with the day :on. What was read, passed or signed in one version holds in every other of its `edition`: the
# number before the dot. What was signed in an `earlier` one counts until the day by which everybody signs anew has
# passed; where there are several such days, the first counts.
EDITIONS = """
now AS (
    SELECT policy_id, substr(number, 1, instr(number, '.')) AS edition FROM version JOIN policy ON policy.id = policy_id
     WHERE slug = 'confidentiality' AND published_at IS NOT NULL ORDER BY version.id DESC LIMIT 1),
edition AS (SELECT v.id FROM version v JOIN now ON v.policy_id = now.policy_id AND v.number LIKE now.edition || '%'),
earlier AS (
    SELECT v.id FROM version v JOIN now ON v.policy_id = now.policy_id AND v.published_at IS NOT NULL
     WHERE v.id < (SELECT min(id) FROM edition) AND NOT EXISTS (
        SELECT 1 FROM version w WHERE w.policy_id = v.policy_id AND w.id > v.id AND w.sign_by < :on))"""


def edition_of(version: Version) -> ModelSelect:
    """The published versions with the same number before the dot."""
    same = Version.number.startswith(f"{version.edition}.")
    return Version.select(Version.id).where(Version.policy == version.policy_id, same)

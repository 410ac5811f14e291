"""Policies, their versions and clauses: drafted by one person, approved by another, published, and never edited."""

from ccc.policies.changes import Change, Kind, changes
from ccc.policies.doubts import Doubts, doubts
from ccc.policies.drafting import Decision, decide, draft, drop, is_slug, key_of, retag
from ccc.policies.fingerprints import fingerprint
from ccc.policies.lessons import Lesson, lesson
from ccc.policies.lookup import (
    Branch,
    all_in_force,
    all_in_the_making,
    clauses,
    in_force,
    in_the_making,
    makers_of,
    making,
    nothing_published,
    opening,
    promises,
    promising_clauses,
    published,
    tags,
    tree,
)
from ccc.policies.mentions import names_of_others
from ccc.policies.publishing import (
    approve,
    may_publish_alone,
    publish,
    publish_alone,
    send_back,
    why_not_approve,
    why_not_approve_each,
)
from ccc.policies.records import SIGNED, Clause, Drafter, Policy, Tag, Version, ref
from ccc.policies.reviewed import due_soon, insist_on_possible, keep_as_it_is, recorded, remind
from ccc.policies.reviews import (
    Review,
    cycle,
    fixed_due,
    known_review,
    last_review,
    month_end,
    months_after,
    next_review,
    overdue,
    review_is_overdue,
    set_review,
)
from ccc.policies.sources import mentions_dbs, model_labels, model_policies, model_slugs, model_text, source_of

__all__ = [
    "SIGNED", "Branch", "Change", "Clause", "Decision", "Doubts", "Drafter", "Kind", "Lesson", "Policy", "Review",
    "Tag", "Version", "all_in_force", "all_in_the_making", "approve", "changes", "clauses", "cycle", "decide",
    "doubts", "draft", "drop", "due_soon", "fingerprint", "fixed_due", "in_force", "in_the_making",
    "insist_on_possible", "is_slug", "keep_as_it_is", "key_of", "known_review", "last_review", "lesson", "makers_of",
    "making", "may_publish_alone", "mentions_dbs", "model_labels", "model_policies", "model_slugs", "model_text",
    "month_end", "months_after", "names_of_others", "next_review", "nothing_published", "opening", "overdue",
    "promises", "promising_clauses", "publish", "publish_alone", "published", "recorded", "ref", "remind", "retag",
    "review_is_overdue", "send_back", "set_review", "source_of", "tags", "tree", "why_not_approve",
    "why_not_approve_each",
]  # fmt: skip

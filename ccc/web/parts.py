"""Every blueprint, in one list."""

from ccc.web import (
    centre,
    drafting,
    front,
    invitations,
    me,
    onboarding,
    pasting,
    people,
    policies,
    publishing,
    quizzes,
    reading,
    second_factor,
    set_up,
    signin,
    undertakings,
)

PARTS = (
    front,
    set_up,
    signin,
    second_factor,
    me,
    invitations,
    people,
    centre,
    onboarding,
    pasting,
    policies,
    drafting,
    publishing,
    reading,
    quizzes,
    undertakings,
)

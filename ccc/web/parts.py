"""Every blueprint, in one list."""

from ccc.web import front, invitations, me, people, policies, quizzes, reading, second_factor, signin, undertakings

PARTS = (front, signin, second_factor, me, invitations, people, policies, reading, quizzes, undertakings)

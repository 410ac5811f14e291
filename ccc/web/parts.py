"""Every blueprint, in one list."""

from ccc.web import front, invitations, me, people, second_factor, signin

PARTS = (front, signin, second_factor, me, invitations, people)

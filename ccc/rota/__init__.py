"""The rota: who serves in which session, who leads it, and where somebody is missing."""

from ccc.rota.duties import (
    Crew,
    choose_leader,
    duties_of,
    gaps,
    give_back,
    insist_may_serve,
    is_open,
    leads,
    names_are_open,
    on,
    put_on,
    refuses,
    serves,
    take_off,
)
from ccc.rota.lists import coming, lacking
from ccc.rota.records import Duty

__all__ = [
    "Crew", "Duty", "choose_leader", "coming", "duties_of", "gaps", "give_back", "insist_may_serve", "is_open",
    "lacking", "leads", "names_are_open", "on", "put_on", "refuses", "serves", "take_off",
]  # fmt: skip

"""What goes on in the background: mails are sent, and once a day reminders go out and what has served its time goes."""

import logging
from collections.abc import Callable, Iterator
from functools import partial
from threading import Event, Thread

from ccc import backups, concerns, drafts, evidence, mail, officers_vault, people, policies, retention, undertakings
from ccc.centre import is_first_today
from ccc.config import Settings
from ccc.dbs import reminders
from ccc.signin import second_factor, sign_ins, throttle

log = logging.getLogger(__name__)
EVERY_SECONDS = 20
# What is done, and what does it and returns how much that was.
Chore = tuple[str, Callable[[], object]]


def run(settings: Settings) -> Iterator[str]:
    """Do the day's work and that of one round besides, and tell in a line each what came of it."""
    is_first_today()
    return _done([*_of_the_day(settings), *_of_each_round(settings)])


def start(settings: Settings) -> None:
    """Keep house in the background for as long as this process lives."""
    Thread(target=_keep_house, args=[settings], name="housekeeping", daemon=True).start()


def keep_house_once(settings: Settings) -> None:
    """One round: what cannot wait, after the day's work if no other process has done that."""
    for line in run(settings) if is_first_today() else _done(_of_each_round(settings)):
        log.debug(line)


def _of_the_day(settings: Settings) -> list[Chore]:
    return [
        ("Mails about offices that end soon", people.warn_of_ending),
        ("Access to the officers' vault ended", officers_vault.take_ended_access),
        ("Audit trail read through", evidence.check),
        ("Reminders to the officers", reminders.remind),
        ("Second steps taken off", second_factor.turn_off_what_is_due),
        ("Mails about policies that are due for review", policies.remind),
        ("Mails about records that are due to go", retention.remind),
        ("Mails that nobody took deleted", mail.purge),
        ("Old drafts deleted", drafts.purge),
        ("Old tries to sign in deleted", throttle.purge),
        ("Old sign-ins deleted", sign_ins.purge),
        ("Old backups deleted", partial(backups.clear_old, settings)),
    ]


def _of_each_round(settings: Settings) -> list[Chore]:
    return [
        ("Mails about worries that nobody has read", concerns.remind),
        ("Mails about a policy to sign anew", undertakings.remind),
        ("Records disposed of", retention.carry_on),
        ("Lists of what was disposed of brought up to date", backups.note_disposed),
        ("Backup", partial(_backup, settings)),
        # Last, so that what the others wrote goes at once.
        ("Mails sent", partial(mail.send_waiting, settings.mail)),
    ]


def _backup(settings: Settings) -> str:
    made = backups.make_if_due(settings)
    return "none due" if made is None else backups.FAULTS.get(made.fault, "made")


def _done(chores: list[Chore]) -> Iterator[str]:
    """Do one after the other, whatever becomes of each. What an error says may hold a name: its type has to do."""
    for words, chore in chores:
        try:
            result = chore()
        except Exception as error:  # noqa: BLE001 - whatever happens, the next one must be done.
            log.warning("%s: failed with %s", words, type(error).__name__)
            result = f"failed with {type(error).__name__}"
        yield words if result is None else f"{words}: {result}"


def _keep_house(settings: Settings) -> None:
    pause = Event()
    while not pause.wait(EVERY_SECONDS):
        try:
            keep_house_once(settings)
        except Exception as error:  # noqa: BLE001 - whatever happens, the next round must come.
            log.warning("housekeeping failed: %s", type(error).__name__)

"""What goes on in the background: mails are sent, and once a day reminders go out and what has served its time goes."""

import logging
from collections.abc import Iterator
from threading import Event, Thread

from ccc import backups, concerns, drafts, mail, officers_vault, people, policies, retention
from ccc.centre import is_first_today
from ccc.config import Settings
from ccc.dbs import reminders
from ccc.signin import second_factor, sign_ins, throttle

log = logging.getLogger(__name__)
EVERY_SECONDS = 20


def run() -> Iterator[str]:
    """Do what is due once a day, and tell in a line each what was done."""
    yield f"Mails about offices that end soon: {people.warn_of_ending()}"
    yield f"Access to the officers' vault ended: {officers_vault.take_ended_access()}"
    yield f"Reminders to the officers: {reminders.remind()}"
    yield f"Mails about worries that nobody has read: {concerns.remind()}"
    yield f"Second steps taken off: {second_factor.turn_off_what_is_due()}"
    yield f"Mails about policies that are due for review: {policies.remind()}"
    yield f"Mails about records that are due to go: {retention.remind()}"
    yield f"Mails that nobody took deleted: {mail.purge()}"
    yield f"Old drafts deleted: {drafts.purge()}"
    yield f"Old tries to sign in deleted: {throttle.purge()}"
    yield f"Old sign-ins deleted: {sign_ins.purge()}"


def start(settings: Settings) -> None:
    """Keep house in the background for as long as this process lives."""
    Thread(target=_keep_house, args=[settings], name="housekeeping", daemon=True).start()


def keep_house_once(settings: Settings) -> None:
    """One round: mails, what was approved to go, and the day's work and backup if no other process has done them."""
    mail.send_waiting(settings.mail)
    concerns.remind()
    if is_first_today():
        for line in run():
            log.info(line)
    retention.carry_on()
    backups.note_disposed()
    backups.make_if_due(settings)


def _keep_house(settings: Settings) -> None:
    pause = Event()
    while not pause.wait(EVERY_SECONDS):
        try:
            keep_house_once(settings)
        except Exception as error:  # noqa: BLE001 - whatever happens, the next round must come.
            log.warning("housekeeping failed: %s", type(error).__name__)

"""The outbox: a mail is a row of the same transaction as the change it tells of, and is sent afterwards."""

import logging
import smtplib
import ssl
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from peewee import IntegerField, TextField

from ccc import clock
from ccc.config import MailServer, MailTls
from ccc.db import Instant, Record, writing
from ccc.vault import SealedText

log = logging.getLogger(__name__)
LONGEST_WAIT = timedelta(hours=6)
KEPT_FOR = timedelta(days=14)


class Outbox(Record):
    """A mail that waits. Address and text lie sealed, and the row goes once the mail is sent."""

    recipient = SealedText()
    subject = TextField()
    body = SealedText()
    tries = IntegerField(default=0)
    next_try_at = Instant(default=clock.now)


@dataclass
class _Outgoing:
    """Whether this centre sends mail at all. What is never sent must not pile up: it would hold dead links."""

    is_on: bool = False


_outgoing = _Outgoing()


def turn(*, on: bool) -> None:
    """Say whether the centre has a mail server."""
    _outgoing.is_on = on


def reaches(recipient: str | None) -> bool:
    """Tell whether a mail can go to this address, or to none."""
    return bool(recipient) and _outgoing.is_on


def queue(recipient: str | None, subject: str, body: str) -> bool:
    """Put a mail in the outbox. False comes back where there is no address, or no mail server."""
    if not reaches(recipient):
        return False
    Outbox.create(recipient=recipient, subject=" ".join(subject.split()), body=body)
    return True


def send_waiting(server: MailServer | None) -> int:
    """Send what is due and return how many went. What the server does not take waits, longer each time."""
    sent = 0
    while server and (mail := _claim()):
        try:
            _send(server, mail)
        except Exception as error:  # noqa: BLE001 - one bad address must not keep the others' mail back.
            log.warning("mail %d not sent, try %d: %s", mail.id, mail.tries, type(error).__name__)
        else:
            mail.delete_instance()
            sent += 1
    return sent


def purge() -> int:
    """Delete mails that nobody took in two weeks: the links in them are over."""
    deleted: int = Outbox.delete().where(Outbox.created_at <= clock.now() - KEPT_FOR).execute()
    return deleted


def keep_to(recipients: Collection[str]) -> None:
    """Forget the mails that wait for anybody else. Their addresses lie sealed, so each is opened."""
    waiting = [mail.id for mail in Outbox.select() if mail.recipient not in recipients]
    Outbox.delete().where(Outbox.id.in_(waiting)).execute()


def _claim() -> Outbox | None:
    """Take the next mail due. Two processes never take the same one, and a crash only delays it."""
    with writing():
        mail = Outbox.select().where(Outbox.next_try_at <= clock.now()).order_by(Outbox.id).first()
        if mail:
            mail.tries += 1
            mail.next_try_at = clock.now() + min(timedelta(minutes=2**mail.tries), LONGEST_WAIT)
            mail.save()
    return mail


def _send(server: MailServer, mail: Outbox) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = server.sender, mail.recipient, mail.subject
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="contact-centre.invalid")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    with _connection(server) as open_server:
        if server.user:
            open_server.login(server.user, server.password or "")
        open_server.send_message(message)


def _connection(server: MailServer) -> smtplib.SMTP:
    if server.tls == MailTls.TLS:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=20, context=ssl.create_default_context())
    plain = smtplib.SMTP(server.host, server.port, timeout=20)
    if server.tls == MailTls.STARTTLS:
        plain.starttls(context=ssl.create_default_context())
    return plain

"""The outbox, in a real conversation with a mail server: nothing is lost, and nothing is said too much."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from email.message import Message

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler
from flask import Flask

from ccc import clock, mail
from ccc.config import MailServer, MailTls
from ccc.db import db, writing
from ccc.mail import Outbox


class Letterbox(MessageHandler):
    """Keeps what arrives."""

    def __init__(self) -> None:
        super().__init__()
        self.letters: list[Message] = []

    def handle_message(self, message: Message) -> None:
        self.letters.append(message)


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@pytest.fixture
def server() -> MailServer:
    return MailServer("127.0.0.1", "centre@millbrook.example", MailTls.NONE, free_port())


@pytest.fixture
def letterbox(server: MailServer) -> Iterator[Letterbox]:
    box = Letterbox()
    controller = Controller(box, hostname=server.host, port=server.port)
    controller.start()
    yield box
    controller.stop()


def queue(subject: str = "Your invitation") -> None:
    with writing():
        mail.queue("vera@millbrook.example", subject, "Open this: http://centre.example/invitations/secret\n")


def test_a_mail_is_sent_and_leaves_no_trace(app: Flask, server: MailServer, letterbox: Letterbox) -> None:
    queue()
    assert mail.send_waiting(server) == 1
    (letter,) = letterbox.letters
    assert (letter["To"], letter["Subject"]) == ("vera@millbrook.example", "Your invitation")
    assert "invitations/secret" in letter.get_payload()
    assert not Outbox.select().exists()


def test_nothing_is_lost_while_the_server_is_down(app: Flask, server: MailServer) -> None:
    queue()
    assert mail.send_waiting(server) == 0
    assert Outbox.get().tries == 1


def test_a_mail_that_failed_goes_once_the_server_is_back(app: Flask, server: MailServer, letterbox: Letterbox) -> None:
    queue()
    down = MailServer("127.0.0.1", "centre@millbrook.example", MailTls.NONE, free_port())
    mail.send_waiting(down)
    assert mail.send_waiting(server) == 0, "it waits a while before the next try"
    clock.advance(timedelta(minutes=3))
    assert mail.send_waiting(server) == 1
    assert len(letterbox.letters) == 1


def test_without_a_mail_server_the_mail_waits(app: Flask) -> None:
    queue()
    assert mail.send_waiting(None) == 0
    assert Outbox.get().tries == 0


def test_a_change_that_fails_sends_no_mail(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError):
        queue_and_fail()
    assert not Outbox.select().exists()


def test_a_line_break_in_a_subject_makes_no_header(app: Flask, server: MailServer, letterbox: Letterbox) -> None:
    queue("Hello\r\nBcc: everybody@elsewhere.example")
    mail.send_waiting(server)
    assert letterbox.letters[0]["Bcc"] is None


def test_address_and_text_lie_sealed(app: Flask) -> None:
    queue()
    stored = db.execute_sql("SELECT recipient, body FROM outbox").fetchone()
    assert b"vera" not in bytes(stored[0])
    assert b"invitations" not in bytes(stored[1])


def test_the_log_does_not_name_the_recipient(app: Flask, server: MailServer, caplog: pytest.LogCaptureFixture) -> None:
    queue()
    mail.send_waiting(server)
    assert caplog.messages
    assert "vera" not in caplog.text


def test_somebody_without_an_address_gets_no_mail(app: Flask) -> None:
    assert mail.queue(None, "Hello", "Hello") is False


def queue_and_fail() -> None:
    with writing():
        mail.queue("vera@millbrook.example", "Hello", "Hello")
        raise ZeroDivisionError

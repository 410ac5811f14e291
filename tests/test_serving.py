"""The product as its keeper meets it: started by one command, one server to a folder, stopped without a trace."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from queue import SimpleQueue
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler
from flask import Flask

from ccc import db, mail, prepare
from ccc.config import ROOT, Settings
from ccc.serving import StartError, only_server_of

HALF_A_FORM = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf"
Form = bytes | Iterator[bytes] | None
SET_UP_LINK = re.compile(r"http://127\.0\.0\.1:\d+/set-up/[\w-]{20,}")
AS_ALWAYS = (str(ROOT / "app.py"),)
# The same program, but its housekeeping pauses for a moment only.
HURRY = "import sys; sys.path[0] = {!r}; from ccc import daily; daily.EVERY_SECONDS = 0.1; import app; app.main()"
IN_HASTE = ("-c", HURRY.format(str(ROOT)))


class Letterbox(MessageHandler):
    """Hands over what arrives, to whoever waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.letters: SimpleQueue[Message] = SimpleQueue()

    def handle_message(self, message: Message) -> None:
        self.letters.put(message)


@dataclass
class Server:
    """`python app.py` in a process of its own, on a folder of its own, and what it said before it served."""

    data: Path
    process: subprocess.Popen[str]
    port: int
    said: list[str]

    def ask(self, path: str, method: str = "GET", form: Form = None, **headers: str) -> tuple[int, str]:
        """Send a request of its own connection, and return the status and the body."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request(method, path, form, {name.replace("_", "-"): text for name, text in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def stop(self, by: int = signal.SIGTERM) -> str:
        """Stop the server and return what else it said."""
        if self.process.poll() is None:
            self.process.send_signal(by)
        return self.process.communicate(timeout=20)[0]


Start = Callable[..., Server]


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@pytest.fixture(autouse=True)
def _with_a_terminal() -> Iterator[None]:
    """Tests may themselves run under `nohup`, and a server that they start would take over its deaf ear."""
    hang_up = getattr(signal, "SIGHUP", None)
    before = hang_up and signal.signal(hang_up, signal.SIG_DFL)
    yield
    if hang_up:
        signal.signal(hang_up, before)


def begin(data: Path, program: tuple[str, ...] = AS_ALWAYS, /, **settings: str) -> subprocess.Popen[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("CCC_")}
    return subprocess.Popen(
        [sys.executable, *program],
        env=own | {"CCC_DATA": str(data)} | {f"CCC_{name}": value for name, value in settings.items()},
        cwd=data.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def refusal(data: Path, **settings: str) -> str:
    """Start a server that must not start, and return all it says."""
    process = begin(data, **settings)
    said, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    return said


def wait_until_it_answers(port: int, process: subprocess.Popen[str]) -> None:
    pause = threading.Event()
    for _ in range(1000):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            assert process.poll() is None
            pause.wait(0.02)
        else:
            return
    raise AssertionError("the server does not answer")


def started(data: Path, program: tuple[str, ...] = AS_ALWAYS, /, **settings: str) -> Server:
    """Start a server, read what it says, and wait until it answers."""
    port = free_port()
    process = begin(data, program, PORT=str(port), **settings)
    assert process.stdout
    said = []
    for line in process.stdout:
        said.append(line.rstrip("\n"))
        if line.startswith("Open http"):
            break
    wait_until_it_answers(port, process)
    return Server(data, process, port, said)


@pytest.fixture
def start() -> Iterator[Start]:
    """Start servers that a test may stop."""
    servers: list[Server] = []

    def start(data: Path, program: tuple[str, ...] = AS_ALWAYS, /, **settings: str) -> Server:
        servers.append(started(data, program, **settings))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server on an empty centre, for the tests that only ask."""
    server = started(tmp_path_factory.mktemp("keeper") / "data")
    yield server
    server.stop()


@pytest.fixture
def letterbox() -> Iterator[Controller]:
    """A mail server that takes everything."""
    controller = Controller(Letterbox(), hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    controller.stop()


def test_an_empty_centre_starts_with_a_set_up_link_alone_on_its_line(server: Server) -> None:
    [link] = [line for line in server.said if SET_UP_LINK.fullmatch(line)]
    assert server.ask(urlsplit(link).path)[0] == 200
    assert server.ask("/healthz") == (200, "ok\n")


def test_what_the_server_writes_is_for_its_own_account_alone_and_in_one_folder(server: Server) -> None:
    assert list(server.data.parent.iterdir()) == [server.data]
    assert (server.data / "ccc.db").exists()
    written = [server.data, *server.data.rglob("*")]
    assert [path for path in written if path.stat().st_mode & 0o077] == []


def test_a_second_server_on_the_same_folder_says_why_it_does_not_start(start: Start, tmp_path: Path) -> None:
    server = start(tmp_path / "data")
    said = refusal(tmp_path / "data", PORT=str(free_port()))
    assert said == f"Another copy is already running on this data folder ({tmp_path / 'data'}).\n"
    assert server.ask("/healthz") == (200, "ok\n")
    server.stop()
    assert start(tmp_path / "data").ask("/healthz") == (200, "ok\n")


def test_a_second_server_on_the_same_port_says_so_and_names_another(server: Server, tmp_path: Path) -> None:
    said = refusal(tmp_path / "other", PORT=str(server.port))
    assert f"port {server.port}, cannot be served: Address already in use." in said
    assert f"CCC_PORT={server.port + 1}" in said
    assert said.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows stops programs in another way")
@pytest.mark.parametrize("sent", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_the_server_stops_when_told_interrupted_or_left_alone(start: Start, tmp_path: Path, sent: str) -> None:
    server = start(tmp_path / "data")
    server.stop(getattr(signal, sent))
    assert server.process.returncode == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port))
    assert [path.name for path in (tmp_path / "data").glob("ccc.db-*")] == []


def test_nothing_that_was_asked_for_is_logged(start: Start, tmp_path: Path) -> None:
    server = start(tmp_path / "data")
    assert server.ask("/invitations/canary-of-a-secret-link?name=canary")[0] == 410
    assert server.ask("/healthz") == (200, "ok\n")
    assert server.stop() == ""


def test_forms_that_stop_half_way_hold_nobody_up(server: Server) -> None:
    stalled = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(8)]
    for connection in stalled:
        connection.sendall(HALF_A_FORM)
    assert [server.ask("/healthz")[0] for _ in range(8)] == [200] * 8
    for connection in stalled:
        connection.close()


def test_a_form_arrives_whole_however_it_is_sent(server: Server) -> None:
    kind = "application/x-www-form-urlencoded"
    in_pieces = server.ask("/sign-in", "POST", iter([b"sign_in_name=V", b"era"]), Content_Type=kind)
    at_once = server.ask("/sign-in", "POST", b"sign_in_name=Vera", Content_Type=kind)
    assert in_pieces == at_once


def test_a_form_that_is_too_large_is_refused_before_it_is_read(server: Server) -> None:
    assert server.ask("/sign-in", "POST", Content_Length=str(10**12))[0] == 413


def test_asking_for_the_head_of_a_page_gives_no_body(server: Server) -> None:
    assert server.ask("/sign-in", "HEAD") == (200, "")


def test_a_request_for_another_host_is_refused(server: Server) -> None:
    assert server.ask("/sign-in", Host="evil.example")[0] == 400


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"PORT": "eighty"}, "CCC_PORT must be a whole number from 1 to 65535. For example: CCC_PORT=8000"),
        ({"PROT": "80"}, "CCC_PROT is no setting (did you mean CCC_PORT?)."),
    ],
)
def test_a_bad_setting_stops_the_start_with_one_line(tmp_path: Path, settings: dict[str, str], line: str) -> None:
    assert refusal(tmp_path / "data", **settings) == f"{line}\n"
    assert not (tmp_path / "data").exists()


def test_a_data_folder_that_cannot_be_made_stops_the_start_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    said = refusal(tmp_path / "data", PORT=str(free_port()))
    assert said == f"The data folder {tmp_path / 'data'} cannot be written: File exists.\n"


def test_a_database_that_is_none_stops_the_start_with_one_line_and_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "ccc.db").write_text("no database " * 100)
    said = refusal(tmp_path / "data", PORT=str(free_port()))
    assert said.startswith(f"The database {tmp_path / 'data' / 'ccc.db'} cannot be used: ")
    assert said.count("\n") == 1
    assert (tmp_path / "data" / "ccc.db").read_text() == "no database " * 100


def test_a_newer_database_stops_the_start_with_one_line(settings: Settings) -> None:
    prepare(settings)
    db.db.execute_sql("INSERT INTO schema_migration (name, applied) VALUES ('9999_of_tomorrow', '2030-01-01')")
    db.db.close()
    said = refusal(settings.data, PORT=str(free_port()))
    assert "newer version of the program" in said
    assert said.count("\n") == 1


def test_the_folder_is_free_again_as_soon_as_its_server_is_gone(tmp_path: Path) -> None:
    with only_server_of(tmp_path / "data"), pytest.raises(StartError, match="already running"):
        only_server_of(tmp_path / "data").__enter__()
    with only_server_of(tmp_path / "data"):
        assert (tmp_path / "data" / "lock").exists()


def test_a_server_sends_by_itself_what_waits_in_the_outbox(
    start: Start, empty_app: Flask, settings: Settings, letterbox: Controller
) -> None:
    mail.queue("vera@millbrook.example", "Your invitation", "Open this link.\n")
    db.db.close()
    way = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(letterbox.port), "SMTP_TLS": "none"}
    server = start(settings.data, IN_HASTE, **way, MAIL_FROM="centre@millbrook.example")
    letter = letterbox.handler.letters.get(timeout=60)
    assert (letter["To"], letter["Subject"]) == ("vera@millbrook.example", "Your invitation")
    assert server.stop() == ""

"""Serving: one server at a time on a data folder, brought up to date before the first answer."""

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import click
import peewee
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server
from werkzeug.exceptions import ClientDisconnected

import ccc
from ccc import daily, db
from ccc.config import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

SECONDS_TO_FINISH = 5
SECONDS_FOR_A_PIECE = 10


class StartError(Exception):
    """A sentence that says why the server does not start, for the person who tried."""


def serve(settings: Settings, greet: Callable[[], Iterable[str]], *, demo: bool = False) -> None:
    """Serve until told to stop, after saying what `greet` has to say. Raises StartError, SettingsError."""
    # What is written from here on is for this account alone.
    os.umask(0o077)
    with only_server_of(settings.data):
        _refuse_taken_address(settings)
        _bring_up_to_date(settings, demo=demo)
        for line in greet():
            click.echo(line)
        # A connection that crosses a fork corrupts the database.
        db.db.close()
        click.echo(f"Open {settings.base_url} in a browser. Press Ctrl and C together to stop.")
        _run(settings)


@contextmanager
def only_server_of(data: Path) -> Iterator[None]:
    """Hold the data folder's lock, which the system lets go of when this process ends, however it ends."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (data / "lock").open("ab")
    except OSError as error:
        raise StartError(f"The data folder {data} cannot be written: {error.strerror}.") from error
    with lock:
        try:
            _lock(lock.fileno())
        except OSError as error:
            raise StartError(f"Another copy is already running on this data folder ({data}).") from error
        yield


def _lock(file: int) -> None:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - only Windows has it.

        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl  # noqa: PLC0415 - Windows does not have it.

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _refuse_taken_address(settings: Settings) -> None:
    """Try the address alone first: the workers share it, and would share it with another program as well."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as trial:
        if sys.platform != "win32":
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((settings.host, settings.port))
        except OSError as error:
            raise StartError(
                f"{settings.host}, port {settings.port}, cannot be served: {error.strerror}. "
                f"If another program has that port, choose another one. For example: CCC_PORT={settings.port + 1}"
            ) from error


def _bring_up_to_date(settings: Settings, *, demo: bool) -> None:
    """Make the app once, so that whatever is wrong with it is said here, and step the database up to it."""
    try:
        ccc.prepare(settings, demo=demo)
        ccc.create_app(settings)
    except db.NewerDatabaseError as error:
        raise StartError(str(error)) from error
    except peewee.DatabaseError as error:
        raise StartError(f"The database {settings.database} cannot be used: {error}.") from error


def _run(settings: Settings) -> None:
    """Run the workers. They log no requests: an address is personal data, and may hold a one-time link."""
    hang_up = getattr(signal, "SIGHUP", None)
    before = hang_up and signal.getsignal(hang_up)
    server = Server(
        "ccc",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        # On Windows several workers cannot share one address.
        workers=1 if sys.platform == "win32" else settings.workers,
        blocking_threads=1,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.warning,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=SECONDS_TO_FINISH,
    )

    @server.on_startup
    def stop_with_the_terminal() -> None:
        """Stop when the window is closed, where granian would go on unseen, unless `nohup` asked for that."""
        if hang_up:
            signal.signal(hang_up, signal.SIG_IGN if before == signal.SIG_IGN else server.signal_handler_interrupt)

    server.serve(target_loader=partial(application, settings), wrap_loader=False)


def application(settings: Settings) -> "WSGIApplication":
    """Make what one worker serves."""
    app = ccc.create_app(settings)
    daily.start(settings)

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ["wsgi.input"] = PatientInput(environ["wsgi.input"])
        return app(environ, start_response)

    return answer


class PatientInput:
    """Reads what a browser sends, but not for ever.

    A telephone that loses its signal in the middle of a form would otherwise hold a worker's only thread.
    """

    def __init__(self, stream: "InputStream", seconds: float = SECONDS_FOR_A_PIECE) -> None:
        self.stream, self.seconds = stream, seconds
        self.given_up = False

    def read(self, *size: int) -> bytes:
        """Read as any stream does. Raises ClientDisconnected when nothing comes in time."""
        arrived: list[bytes] = []
        reader = Thread(target=lambda: arrived.append(self.stream.read(*size)), daemon=True)
        if not self.given_up:
            reader.start()
            reader.join(self.seconds)
        if not arrived:
            # The page that says so may look for the form again, and must not wait again.
            self.given_up = True
            raise ClientDisconnected
        return arrived[0]

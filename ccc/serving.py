"""Serving: one server at a time on a data folder, brought up to date before the first answer."""

import atexit
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click
import peewee
from flask import Flask
from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels
from granian.server import Server

import ccc
from ccc import backups, daily, db, locks, vault
from ccc.config import Settings
from ccc.web.intake import Intake

SECONDS_TO_FINISH = 5


class StartError(Exception):
    """A sentence that says why the server does not start, for the person who tried."""


def serve(settings: Settings, greet: Callable[[], Iterable[str]], *, demo: bool = False) -> None:
    """Serve until told to stop, after saying what `greet` has to say. Raises StartError, SettingsError."""
    with only_server_of(settings.data):
        _refuse_taken_address(settings)
        _bring_up_to_date(settings, demo=demo)
        for line in greet():
            click.echo(line)
        # A connection that crosses a fork corrupts the database.
        db.db.close()
        click.echo(f"Open {settings.base_url} in a browser. Press Ctrl and C together to stop.")
        run(settings)


@contextmanager
def only_server_of(data: Path) -> Iterator[None]:
    """Hold the data folder's lock, which the system lets go of when this process ends, however it ends."""
    # What is written from here on is for this account alone.
    os.umask(0o077)
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (data / "lock").open("ab")
    except OSError as error:
        raise StartError(f"The data folder {data} cannot be written: {error.strerror}.") from error
    with lock:
        try:
            locks.take(lock)
        except OSError as error:
            raise StartError(f"Another copy is already running on this data folder ({data}).") from error
        yield


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
        backups.clear_leftovers(settings)
        ccc.prepare(settings, demo=demo)
        ccc.create_app(settings)
    except (db.NewerDatabaseError, vault.DamagedKeyError) as error:
        raise StartError(str(error)) from error
    except peewee.DatabaseError as error:
        raise StartError(f"The database {settings.database} cannot be used: {error}.") from error
    except OSError as error:
        raise StartError(f"The data folder cannot be used: {error.filename}: {error.strerror}.") from error


def run(settings: Settings, make_app: Callable[[Settings], Flask] | None = None) -> None:
    """Run the workers. They log no requests: an address is personal data, and may hold a one-time link."""
    hang_up = getattr(signal, "SIGHUP", None)
    before = hang_up and signal.getsignal(hang_up)
    server = Server(
        "ccc",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.RSGI,
        # On Windows several workers cannot share one address.
        workers=1 if sys.platform == "win32" else settings.workers,
        blocking_threads=1,
        loop=Loops.asyncio,
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

    server.serve(target_loader=partial(_worker, settings, make_app or application), wrap_loader=False)


def application(settings: Settings) -> Flask:
    """Make what a worker serves, and keep house beside it."""
    app = ccc.create_app(settings)
    daily.start(settings)
    return app


def _worker(settings: Settings, make_app: Callable[[Settings], Flask]) -> Intake:
    _leave_signals_to_the_first_process()
    # Where workers are not forked, granian's threads crash noisily if Python is taken down before them.
    atexit.register(os._exit, 0)
    app = make_app(settings)
    return Intake(app, app.config["MAX_CONTENT_LENGTH"])


def _leave_signals_to_the_first_process() -> None:
    """Forget its handlers, which a worker inherits, and which would keep it from stopping while it starts."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    if hasattr(signal, "SIGHUP"):
        # The first process hears it too, and lets the workers finish.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

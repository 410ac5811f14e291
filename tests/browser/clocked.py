"""`python app.py` by a clock that a test sets: the day of a session must not hang on the hour at which it is tested."""

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask

import app
import ccc
from ccc import clock, serving
from ccc.config import Settings

FILE = Path(os.environ["CCC_DATA"]).with_suffix(".clock")


def told() -> datetime:
    return datetime.fromisoformat(FILE.read_text())


def application(settings: Settings) -> Flask:
    """The product as it is at the time told, without its housekeeping: that would go by the machine's own clock."""
    made = ccc.create_app(settings)
    answer = made.wsgi_app

    def on_time(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with clock.at(told()):
            return answer(environ, start_response)

    made.wsgi_app = on_time  # type: ignore[method-assign]  # Flask's way
    return made


if __name__ == "__main__":
    serving.application = application
    with clock.at(told()):
        app.main()

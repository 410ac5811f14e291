"""Starts the intranet: `python app.py`; with `--demo`, an invented centre to look round in."""

import argparse
import os
import sys

from flask import Flask

import ccc
from ccc import centre, cli, serving
from ccc.config import Settings, SettingsError
from ccc.quizzes.questions import QuizError


def create_app() -> Flask:
    """Make the application for `flask --app app`, or end with the line that says what is wrong."""
    try:
        app = ccc.create_app(Settings.from_environment(os.environ))
    except (SettingsError, QuizError) as error:
        sys.exit(str(error))
    cli.init_app(app)
    return app


def main() -> None:
    parser = argparse.ArgumentParser(description="The intranet of one child contact centre.")
    parser.add_argument("--demo", action="store_true", help="show an invented centre, in a folder of its own")
    demo = parser.parse_args().demo
    try:
        settings = Settings.from_environment({"CCC_DATA": "instance/demo"} | os.environ if demo else os.environ)
        serving.serve(settings, lambda: set_up_lines(settings))
    except (SettingsError, QuizError, serving.StartError) as error:
        sys.exit(str(error))


def set_up_lines(settings: Settings) -> list[str]:
    """Say how to begin: while nobody has, a new one-time link, which takes the place of any before it."""
    if centre.the_centre().set_up_at:
        return []
    return ["This centre is not set up yet. To begin, open:", f"{settings.base_url}/set-up/{centre.new_set_up_token()}"]


if __name__ == "__main__":
    main()

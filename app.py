"""Starts the intranet: `python app.py`; with `--demo`, an invented centre to look round in."""

import argparse
import os
import sys

from flask import Flask

import ccc
from ccc import centre, cli, demo, serving, vault
from ccc.config import Settings, SettingsError
from ccc.quizzes.questions import QuizError


def create_app() -> Flask:
    """Make the application for `flask --app app`, or end with the line that says what is wrong."""
    try:
        app = ccc.create_app(Settings.from_environment(os.environ))
    except (SettingsError, QuizError, vault.DamagedKeyError) as error:
        sys.exit(str(error))
    cli.init_app(app)
    return app


def main() -> None:
    parser = argparse.ArgumentParser(description="The intranet of one child contact centre.")
    parser.add_argument("--demo", action="store_true", help="show an invented centre, in a folder of its own")
    wants_demo = parser.parse_args().demo
    try:
        settings = Settings.from_environment({"CCC_DATA": "instance/demo"} | os.environ if wants_demo else os.environ)
        serving.serve(settings, lambda: greeting(settings, wants_demo=wants_demo), demo=wants_demo)
    except (SettingsError, serving.StartError, demo.NotADemoError) as error:
        sys.exit(str(error))


def greeting(settings: Settings, *, wants_demo: bool) -> list[str]:
    """Say how to begin: the demo's sign-ins, or while nobody has set the centre up, a new one-time link."""
    if wants_demo:
        return demo.welcome(password=settings.demo_password)
    if centre.the_centre().set_up_at:
        return []
    return ["This centre is not set up yet. To begin, open:", f"{settings.base_url}/set-up/{centre.new_set_up_token()}"]


if __name__ == "__main__":
    main()

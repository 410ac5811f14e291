"""The settings of the running app, for views."""

from flask import current_app

from ccc.config import Settings


def settings() -> Settings:
    """The settings that the app was created with."""
    return current_app.extensions["ccc_settings"]

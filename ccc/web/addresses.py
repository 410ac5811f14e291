"""Numbers in addresses: only such as the database can hold; with any other, there is no such page."""

from flask import Flask
from werkzeug.routing import IntegerConverter


class Number(IntegerConverter):
    """A number of at most fifteen figures: SQLite holds no more than eighteen, and `int` balks at thousands."""

    regex = "[0-9]{1,15}"


def init_app(app: Flask) -> None:
    app.url_map.converters["int"] = Number

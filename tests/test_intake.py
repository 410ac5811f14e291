"""A request comes in whole, or not at all, and the app hears about it in WSGI's words."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from wsgiref.types import WSGIEnvironment

import pytest
from flask import Flask, request

from ccc.web.intake import Intake

NEVER = None


@dataclass
class Line:
    """One request on the line from granian: its pieces as they arrive, where None stands for one that never does."""

    pieces: list[bytes | None] = field(default_factory=list)
    answer: tuple[Any, ...] = ()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            if piece is NEVER:
                await asyncio.Event().wait()
            else:
                yield piece

    def response_bytes(self, *answer: object) -> None:
        self.answer = answer

    response_str = response_bytes


class Headers(list[tuple[str, str]]):
    """The headers of a request, in their order."""

    def items(self) -> Iterable[tuple[str, str]]:
        return self

    def get(self, name: str) -> str | None:
        return dict(self).get(name)


def ask(app: Callable[..., Any], line: Line, method: str = "POST", **changes: Any) -> tuple[Any, ...]:
    """Send one request through the intake and return what goes back on the line."""
    asked = {"path": "/", "query_string": "", "client": "192.0.2.7:50123", "server": "127.0.0.1:8000"}
    scope = SimpleNamespace(method=method, scheme="http", http_version="1.1", headers=Headers(), **asked)
    vars(scope).update(changes)
    asyncio.run(Intake(app, most_bytes=20, seconds=0.05)(scope, line))  # type: ignore[arg-type]  # stand-ins
    return line.answer


@pytest.fixture
def site() -> Flask:
    """Make an app that says back what it was sent."""
    site = Flask("site", static_folder=None)
    site.config["MAX_CONTENT_LENGTH"] = 20

    @site.route("/", methods=["GET", "POST"])
    def say_back() -> bytes:
        return request.get_data()

    return site


def heard(**changes: Any) -> WSGIEnvironment:
    """Return what the app is told of a request."""
    environs: list[WSGIEnvironment] = []

    def app(environ: WSGIEnvironment, start_response: Callable[..., object]) -> list[bytes]:
        environs.append(environ)
        start_response("204 No Content", [])
        return []

    assert ask(app, Line(), "GET", **changes) == (204, [], b"")
    return environs[0]


def test_a_form_in_several_pieces_arrives_as_one(site: Flask) -> None:
    status, _, body = ask(site, Line([b"name=", b"Vera"]))
    assert (status, body) == (200, b"name=Vera")


def test_a_form_that_stops_half_way_is_given_up_and_the_app_never_sees_it() -> None:
    status, headers, text = ask(lambda *_: pytest.fail("the app was asked"), Line([b"name=", NEVER]))
    assert status == 408
    assert ("Connection", "close") in headers
    assert "nothing was done" in text


def test_a_form_that_says_it_is_too_large_is_refused_unread(site: Flask) -> None:
    assert ask(site, Line([NEVER]), headers=Headers([("content-length", "21")]))[0] == 413


def test_a_form_that_turns_out_too_large_is_refused_as_soon_as_it_shows(site: Flask) -> None:
    assert ask(site, Line([b"x" * 15, b"x" * 15, NEVER]))[0] == 413


def test_nobody_waits_for_a_form_where_there_is_none(site: Flask) -> None:
    assert ask(site, Line([NEVER]), "GET")[0] == 200


def test_the_address_of_the_one_who_asks_has_no_port() -> None:
    assert heard(client="192.0.2.7:50123")["REMOTE_ADDR"] == "192.0.2.7"
    assert heard(client="[2001:db8::7]:50123")["REMOTE_ADDR"] == "2001:db8::7"


def test_letters_beyond_english_ones_survive_in_addresses() -> None:
    environ = heard(path="/café", query_string="q=é")
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/café"
    assert environ["QUERY_STRING"].encode("latin-1").decode() == "q=é"


def test_headers_keep_their_names_and_all_their_values() -> None:
    headers = Headers(
        [("content-type", "text/plain"), ("cookie", "a=1"), ("cookie", "b=2"), ("x-seen", "1"), ("x-seen", "2")]
    )
    environ = heard(headers=headers)
    assert environ["CONTENT_TYPE"] == "text/plain"
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["HTTP_X_SEEN"] == "1,2"


def test_a_header_with_an_underscore_cannot_pass_for_what_only_a_proxy_says() -> None:
    headers = Headers([("x-forwarded-for", "192.0.2.9"), ("x_forwarded_for", "198.51.100.1")])
    assert heard(headers=headers)["HTTP_X_FORWARDED_FOR"] == "192.0.2.9"


def test_an_answer_is_closed_even_when_it_breaks_off() -> None:
    closed = []

    class Broken:
        def __iter__(self) -> "Broken":
            return self

        def __next__(self) -> bytes:
            raise OSError("the disk is gone")

        def close(self) -> None:
            closed.append(True)

    def app(_environ: WSGIEnvironment, start_response: Callable[..., object]) -> Broken:
        start_response("200 OK", [])
        return Broken()

    with pytest.raises(OSError, match="disk"):
        ask(app, Line(), "GET")
    assert closed == [True]

"""Intake: takes each request in whole, without holding anybody up, and then lets the app answer it.

Between granian and a WSGI app lies a trap: the app's only thread waits for the rest of a form. Two telephones that
lose their signal in the middle of sending one would then stop both workers for everybody, for good. Here a worker
waits for many forms at once, gives up on those that do not arrive, and hands over only what is complete.
"""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from wsgiref.types import WSGIApplication, WSGIEnvironment

from granian.rsgi import HTTPProtocol, Scope

SECONDS_FOR_A_FORM = 60
TOO_LATE = "What you sent did not arrive in time, so nothing was done. Please go back and send it again."
TOO_LATE_HEADERS = [("Content-Type", "text/plain; charset=utf-8"), ("Connection", "close")]


@dataclass
class Answer:
    """What a WSGI app says, collected until it is complete."""

    status: int = 500
    headers: list[tuple[str, str]] = field(default_factory=list)
    pieces: list[bytes] = field(default_factory=list)

    def start(self, status: str, headers: list[tuple[str, str]], _error: object = None) -> Callable[[bytes], object]:
        self.status, self.headers = int(status[:3]), headers
        return self.pieces.append


class Intake:
    """One worker's door. `most_bytes` is what the app takes at most; it refuses more itself, with a page of its own."""

    def __init__(self, app: WSGIApplication, most_bytes: int, seconds: float = SECONDS_FOR_A_FORM) -> None:
        self.app, self.most_bytes, self.seconds = app, most_bytes, seconds

    async def __call__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        try:
            form = b"" if scope.method in ("GET", "HEAD") else await self._form(scope, protocol)
        except TimeoutError:
            protocol.response_str(408, TOO_LATE_HEADERS, TOO_LATE)
            return
        answer = answer_of(self.app, environ_of(scope, form))
        protocol.response_bytes(answer.status, answer.headers, b"".join(answer.pieces))

    async def _form(self, scope: Scope, protocol: HTTPProtocol) -> bytes:
        """Read the form, but not one that says, or shows, that it is too large. Raises TimeoutError."""
        form = bytearray()
        if int(scope.headers.get("content-length") or 0) > self.most_bytes:
            return b""
        async with asyncio.timeout(self.seconds):
            async for piece in protocol:
                form += piece
                if len(form) > self.most_bytes:
                    break
        return bytes(form)


def answer_of(app: WSGIApplication, environ: WSGIEnvironment) -> Answer:
    answer = Answer()
    pieces = app(environ, answer.start)
    try:
        answer.pieces.extend(pieces)
    finally:
        if hasattr(pieces, "close"):
            pieces.close()
    return answer


def environ_of(scope: Scope, form: bytes) -> WSGIEnvironment:
    """Say in WSGI's words what was asked."""
    server, _, port = scope.server.rpartition(":")
    return {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": _as_wsgi_text(scope.path),
        "QUERY_STRING": _as_wsgi_text(scope.query_string),
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        # Whoever sends a form in pieces does not say its length, and the app would cut it off where it must refuse it.
        "CONTENT_LENGTH": str(len(form)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(form),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **_headers(scope),
    }


def _headers(scope: Scope) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in scope.headers.items():
        # `X_Real_Ip` and `X-Real-Ip` become one name in WSGI: the first would pass for what only a proxy may say.
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        between = "; " if key == "HTTP_COOKIE" else ","
        headers[key] = f"{headers[key]}{between}{value}" if key in headers else value
    return headers


def _as_wsgi_text(text: str) -> str:
    return text.encode().decode("latin-1")

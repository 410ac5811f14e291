"""Static files: read and compressed once at the start, served under addresses that change with their content."""

import gzip
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from flask import Flask, Response, abort, current_app, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from ccc.config import ROOT
from ccc.web.access import PUBLIC, access

HTMX = "htmx.min.js"
HTMX_SHA256 = "491955cd1810747d7d7b9ccb936400afb760e06d25d53e4572b64b6563b2784e"
# Written down here because what a machine believes about file names differs, and browsers are told not to guess.
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True)
class StaticFile:
    name: str
    plain: bytes
    zipped: bytes
    fingerprint: str

    @classmethod
    def of(cls, name: str, content: bytes) -> "StaticFile":
        return cls(name, content, gzip.compress(content, 9, mtime=0), sha256(content).hexdigest()[:16])

    @property
    def url(self) -> str:
        return f"/static/{self.fingerprint}/{self.name}"

    @property
    def shrinks(self) -> bool:
        return len(self.zipped) < len(self.plain)


class SessionsOfPages(SecureCookieSessionInterface):
    """Leaves static files alone.

    Flask-Login looks into the session at every answer. That would mark the files as different for each cookie, and
    browsers would fetch them again after every change of it.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if request.endpoint != "static":
            super().save_session(app, session, response)


def init_app(app: Flask, folder: Path = ROOT / "static") -> None:
    """Serve what lies in `folder`, and htmx, from memory. The app is made with `static_folder=None`."""
    files = [StaticFile.of(path.name, path.read_bytes()) for path in folder.iterdir() if path.suffix in CONTENT_TYPES]
    htmx = find_htmx()
    if htmx is not None:
        files.append(StaticFile.of(HTMX, htmx))
    app.extensions["static_files"] = {file.name: file for file in files}
    app.add_url_rule("/static/<fingerprint>/<name>", "static", serve)
    app.add_template_global(static_url)
    app.session_interface = SessionsOfPages()


def find_htmx(package: str = "js_lib_htmx") -> bytes | None:
    """Read htmx out of its package without importing that; without the package the site works, only plainer."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    content = Path(spec.submodule_search_locations[0], "static", "htmx", HTMX).read_bytes()
    if sha256(content).hexdigest() != HTMX_SHA256:
        raise RuntimeError(f"{HTMX} is not the file this program was tested with: run `make venv` again")
    return content


@access(PUBLIC)
def serve(fingerprint: str, name: str) -> Response:
    """Answer with a file that this address can only ever have meant, so it may be kept for a year."""
    file: StaticFile | None = current_app.extensions["static_files"].get(name)
    if file is None or file.fingerprint != fingerprint:
        abort(404)
    response = Response(file.plain, content_type=CONTENT_TYPES[Path(name).suffix])
    if file.shrinks:
        response.vary.add("Accept-Encoding")
        if request.accept_encodings.quality("gzip"):
            response.data = file.zipped
            response.content_encoding = "gzip"
    response.cache_control.public = True
    response.cache_control.max_age = 365 * 24 * 3600
    response.cache_control.immutable = True
    return response


def static_url(name: str) -> str | None:
    """Give the address of a static file. Only htmx may be missing: a slip in a template raises LookupError."""
    files: dict[str, StaticFile] = current_app.extensions["static_files"]
    if name == HTMX and name not in files:
        return None
    return files[name].url

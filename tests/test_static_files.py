"""Static files reach a browser small, once, and from memory alone."""

import gzip
import re
import sys
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from ccc import db
from ccc.config import ROOT
from ccc.web import static_files

STYLE = "body { color: black }\n" * 50


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "site.css").write_text(STYLE)
    (tmp_path / "dot.png").write_bytes(b"\x89PNG")
    (tmp_path / "site.css~").write_text("an editor's copy")
    return tmp_path


@pytest.fixture
def site(folder: Path) -> Flask:
    site = Flask("site", static_folder=None)
    static_files.init_app(site, folder)
    return site


@pytest.fixture
def browser(site: Flask) -> FlaskClient:
    return site.test_client()


def url_of(site: Flask, name: str) -> str:
    with site.test_request_context():
        return render_template_string("{{ static_url(name) }}", name=name)


def test_the_address_of_a_file_changes_with_its_content(site: Flask, folder: Path) -> None:
    (folder / "site.css").write_text(STYLE + "p { margin: 0 }")
    changed = Flask("changed", static_folder=None)
    static_files.init_app(changed, folder)
    assert url_of(site, "site.css") != url_of(changed, "site.css")
    assert url_of(site, "dot.png") == url_of(changed, "dot.png")


def test_a_file_may_be_kept_for_a_year(site: Flask, browser: FlaskClient) -> None:
    answer = browser.get(url_of(site, "site.css"))
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in answer.headers


def test_a_browser_that_can_unzip_gets_the_file_zipped(site: Flask, browser: FlaskClient) -> None:
    answer = browser.get(url_of(site, "site.css"), headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert int(answer.headers["Content-Length"]) == len(answer.data) < len(STYLE) / 4
    assert gzip.decompress(answer.data).decode() == STYLE


@pytest.mark.parametrize("accepted", [None, "", "br", "gzip;q=0"])
def test_a_browser_that_cannot_unzip_gets_the_file_plain(
    site: Flask, browser: FlaskClient, accepted: str | None
) -> None:
    headers = {} if accepted is None else {"Accept-Encoding": accepted}
    answer = browser.get(url_of(site, "site.css"), headers=headers)
    assert "Content-Encoding" not in answer.headers
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.text == STYLE


def test_a_file_that_zipping_would_swell_is_sent_as_it_is(site: Flask, browser: FlaskClient) -> None:
    answer = browser.get(url_of(site, "dot.png"), headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers
    assert answer.data == b"\x89PNG"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("site.css", "text/css; charset=utf-8"),
        ("dot.png", "image/png"),
        ("htmx.min.js", "text/javascript; charset=utf-8"),
    ],
)
def test_a_file_says_what_kind_it_is(site: Flask, browser: FlaskClient, name: str, kind: str) -> None:
    assert browser.get(url_of(site, name)).headers["Content-Type"] == kind


def test_a_wrong_fingerprint_or_name_is_not_found(site: Flask, browser: FlaskClient) -> None:
    right = url_of(site, "site.css")
    fingerprint = right.split("/")[2]
    wrong = ["/static/site.css", "/static/0000000000000000/site.css", f"/static/{fingerprint}/dot.png"]
    wrong += [f"/static/{fingerprint}/..%2Fapp.py", f"/static/{fingerprint}/site.css~"]
    assert [browser.get(url).status_code for url in wrong] == [404] * len(wrong)
    assert browser.get(right).status_code == 200


def test_files_are_served_from_memory(site: Flask, browser: FlaskClient, folder: Path) -> None:
    (folder / "site.css").unlink()
    assert browser.get(url_of(site, "site.css")).text == STYLE


def test_htmx_is_the_pinned_file_and_its_package_is_never_imported(site: Flask, browser: FlaskClient) -> None:
    assert re.fullmatch(r"/static/491955cd18107[0-9a-f]{3}/htmx\.min\.js", url_of(site, "htmx.min.js"))
    assert b'version:"2.0.3"' in browser.get(url_of(site, "htmx.min.js")).data
    assert "js_lib_htmx" not in sys.modules


def test_the_site_works_without_the_package_of_htmx(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(static_files, "find_spec", lambda _: None)
    site = Flask("site", static_folder=None)
    static_files.init_app(site, folder)
    assert url_of(site, "htmx.min.js") == "None"
    assert url_of(site, "site.css").startswith("/static/")


def test_another_htmx_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "js_lib_of_someone"
    (package / "static" / "htmx").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "static" / "htmx" / "htmx.min.js").write_text("alert('boo')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(RuntimeError, match="not the file this program was tested with"):
        static_files.find_htmx("js_lib_of_someone")


def test_a_template_that_names_no_file_of_ours_fails_at_once(site: Flask) -> None:
    with pytest.raises(LookupError):
        url_of(site, "sight.css")


def test_in_the_product_a_static_file_is_the_same_for_everybody_and_asks_nothing_of_the_database(app: Flask) -> None:
    db.db.close()
    answer = app.test_client().get(url_of(app, "site.css"))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in answer.headers
    assert db.db.is_closed()


# Each came later than Safari 12 or Chrome 70. One that such a browser does not know costs it the whole rule or line.
NEWER = re.compile(
    r":(is|where|not)\([^)]*,|(?<![-\w])(clamp|min|max|color-mix)\(|(?<![-\w])(inset|aspect-ratio|row-gap|gap)\s*:"
    r"|@(layer|container|scope|property)\b|(^|[\s{;])&|\d(dvh|svh|lvh)\b",
    re.MULTILINE,
)
NEWER_SELECTOR = re.compile(r":has\(|:focus-visible")


def test_an_old_tablet_can_use_the_style_sheet_and_needs_no_module() -> None:
    written = (ROOT / "static" / "site.css").read_text(encoding="utf-8")
    style = re.sub(r"/\*.*?\*/", "", written, flags=re.DOTALL)
    assert [found[0] for found in NEWER.finditer(style)] == []
    mixed = [
        selectors
        for selectors in re.findall(r"([^{};]+)\{", style)
        if len({bool(NEWER_SELECTOR.search(selector)) for selector in selectors.split(",")}) > 1
    ]
    assert mixed == []
    templates = [path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html")]
    assert not [text for text in templates if re.search("type=.?module", text)]

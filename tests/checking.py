"""A client that looks at every page it gets: one h1, unique ids, labels, tokens, no inline script, one last link."""

import re
from collections import Counter
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

VOID = {"meta", "link", "input", "br", "hr", "img", "path", "rect", "circle", "line", "polyline"}
NEEDS_LABEL = {"text", "email", "password", "tel", "date", "file", "number", "time", "search"}


class _Reader(HTMLParser):
    """Notes what stands on a page, and what is wrong with it."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.faults: list[str] = []
        self.ids: Counter[str] = Counter()
        self.labels: set[str] = set()
        self.inputs: list[dict[str, str | None]] = []
        self.links: list[str] = []
        self.forms: list[dict[str, Any]] = []
        self.words: dict[str, list[str]] = {"title": [], "h1": []}

    def handle_starttag(self, tag: str, found: list[tuple[str, str | None]]) -> None:
        attributes = dict(found)
        self._note(tag, attributes)
        if tag not in VOID:
            self.open.append((tag, attributes))

    def handle_startendtag(self, tag: str, found: list[tuple[str, str | None]]) -> None:
        self._note(tag, dict(found))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            inner = self.open[-1][0] if self.open else "nothing"
            self.faults.append(f"</{tag}> closes <{inner}>")
            return
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for tag, _ in self.open:
            if tag in self.words:
                self.words[tag].append(data)

    def _note(self, tag: str, attributes: dict[str, str | None]) -> None:
        if attributes.get("id"):
            self.ids[str(attributes["id"])] += 1
        if "style" in attributes or any(name.startswith(("on", "hx-on")) for name in attributes):
            self.faults.append(f"inline style or script on <{tag}>")
        if tag in ("style", "script") and not attributes.get("src"):
            self.faults.append(f"inline <{tag}>")
        if tag == "label" and attributes.get("for"):
            self.labels.add(str(attributes["for"]))
        if tag == "form":
            self.forms.append({**attributes, "token": False})
        if tag == "a" and attributes.get("href"):
            self.links.append(str(attributes["href"]))
        if tag in ("input", "textarea", "select"):
            self._note_input(tag, attributes)
        if tag == "h1":
            self.words["h1"].append("\n")
        self._note_htmx(tag, attributes)

    def _note_input(self, tag: str, attributes: dict[str, str | None]) -> None:
        if attributes.get("name") == "csrf_token" and self.forms:
            self.forms[-1]["token"] = True
        if attributes.get("type") == "file" and "value" in attributes:
            self.faults.append(f"no page can choose the file for {attributes.get('name')}, but this one names one")
        wrapped = any(open_tag == "label" for open_tag, _ in self.open)
        if (tag != "input" or attributes.get("type", "text") in NEEDS_LABEL) and not wrapped:
            self.inputs.append(attributes)

    def _note_htmx(self, tag: str, attributes: dict[str, str | None]) -> None:
        twins = {"hx-get": ("href", "action"), "hx-post": ("action", "formaction")}
        for name, plain in twins.items():
            if name in attributes and not any(attributes.get(twin) for twin in plain):
                self.faults.append(f"{name} on <{tag}> has no plain twin")


def faults_of(html: str) -> list[str]:
    """Everything that is wrong with a page."""
    reader = _Reader()
    reader.feed(html)
    faults = list(reader.faults)
    faults += [f"<{tag}> is never closed" for tag, _ in reader.open]
    faults += [f"id {name} stands {count} times" for name, count in reader.ids.items() if count > 1]
    faults += [f"no label for {i.get('name')}" for i in reader.inputs if i.get("id") not in reader.labels]
    faults += [f"the form to {f.get('action')} has no action" for f in reader.forms if not f.get("action")]
    posts = [f for f in reader.forms if (f.get("method") or "get").lower() == "post"]
    faults += [f"the form to {f['action']} has no CSRF token" for f in posts if not f["token"]]
    return faults + _frame_faults(reader)


def _frame_faults(reader: _Reader) -> list[str]:
    headings = "".join(reader.words["h1"]).split("\n", 1)[-1]
    title, heading = (" ".join(text.split()) for text in ("".join(reader.words["title"]), headings))
    if "".join(reader.words["h1"]).count("\n") < 1 or not heading:
        return ["no h1"]
    faults = [] if title.startswith(heading) else [f"the title {title!r} does not begin with the heading {heading!r}"]
    return faults + ([] if reader.links[-1:] == ["/concerns/"] else ["it does not end with whom to tell of a worry"])


class App(Flask):
    """The app as the tests have it: its browsers check what they get."""

    if TYPE_CHECKING:

        def test_client(self, use_cookies: bool = True, **kwargs: Any) -> "CheckingClient": ...  # noqa: FBT001, FBT002 - Flask's own.


class CheckingClient(FlaskClient):
    """Flask's test client, which refuses to go on from a page with a fault."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        answer = super().open(*args, **kwargs)
        whole_page = answer.status_code // 100 != 3 and answer.text.startswith("<!doctype html>\n<html lang")
        faults = faults_of(answer.text) if whole_page else []
        assert not faults, f"{answer.request.path}: {'; '.join(faults)}"
        return answer

    def token(self) -> str:
        """The CSRF token of this browser, read from a page that it can see."""
        for address in ("/concerns/", "/sign-in"):
            found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(address).text)
            if found:
                return found[1]
        raise AssertionError("no page shows a token")

    def send(self, address: str, **fields: Any) -> TestResponse:
        """Send a form as the page at this address would."""
        return self.post(address, data={"csrf_token": self.token(), **fields})

"""The shape of the project: short files, layers that hold, few dependencies, one place for each delicate thing."""

import ast
import re
import sys
import tokenize
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from ccc.config import ROOT

# Each module knows only those that stand before it. A new one is put where it belongs.
LAYERS = [
    "config clock csv_file locks db audit vault mail drafts centre kinds roles people signin recovery_sheet",
    "officers_vault looks provisions policy_text policies quizzes undertakings written_dates spreadsheet dbs",
    "onboarding contact_sessions rota families referrals bookings attendance assessments disclosures statements",
    "concerns retention own_copy trail backups conformance review_pack evidence key_rotation daily set_up demo_dbs",
    "demo_families demo_leaving demo",
]
ORDER = " ".join(LAYERS).split()
# These put the others together, and may know the web.
ON_TOP = {"serving", "cli"}
WEB = {"flask", "flask_login", "flask_wtf", "wtforms", "werkzeug", "jinja2", "ccc.web"}
DEPENDENCIES = {
    "bleach",
    "django-js-lib-htmx",
    "flask",
    "flask-login",
    "flask-wtf",
    "granian",
    "markdown-it-py",
    "peewee",
    "pynacl",
    "pyotp",
    "segno",
    "tzdata",
}
# What those are called in an import, with the few packages that they bring along and that may be used.
IMPORTABLE = {"bleach", "flask", "flask_login", "flask_wtf", "granian", "markdown_it", "nacl", "peewee", "playhouse"}
IMPORTABLE |= {"pyotp", "segno"} | {"click", "jinja2", "markupsafe", "werkzeug", "wtforms"}
NEEDED = {"app.py", "pyproject.toml", "ccc", "templates", "static", "quizzes", "tests", "policies", "docs", "Makefile"}
ALLOWED = NEEDED | {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "bench", ".ci", ".gitignore"}
ALLOWED |= {".gitattributes", "requirements.txt", "requirements-dev.txt"}
# Made by git, by the commands of the Makefile, or by a centre: no part of the project.
MADE = {".git", ".venv", "instance", "__pycache__", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache"}
MARKS_TEXT_AS_SAFE = re.compile(r"\bMarkup\(|\|\s*safe\b|autoescape\s+false|autoescape\s*=\s*False")
REAL_POLICIES = ROOT.parent / "shared" / "policies"
# So many words in a row are no accident.
RUN = 8


def python_files(*folders: str) -> Iterator[Path]:
    yield ROOT / "app.py"
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


PRODUCT = list(python_files("ccc"))
DOMAIN = [path for path in PRODUCT if path.parent != ROOT and path.relative_to(ROOT).parts[1] != "web"]
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> set[str]:
    """Name every module that a file imports, those of ours by their first two parts."""
    found = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "ccc":
            found |= {f"ccc.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return {".".join(name.split(".")[: 2 if name.startswith("ccc.") else 1]) for name in found}


def lines_of_code(path: Path) -> int:
    """Count the lines that hold Python, without comments, docstrings and empty lines."""
    with tokenize.open(path) as file:
        tokens = [token for token in tokenize.generate_tokens(file.readline) if token.string.strip()]
    code = {n for token in tokens if token.type != tokenize.COMMENT for n in range(token.start[0], token.end[0] + 1)}
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            code -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(code)


@pytest.mark.parametrize("path", DOMAIN, ids=name_of)
def test_a_domain_module_knows_only_those_above_it_and_no_web(path: Path) -> None:
    inside = path.relative_to(ROOT / "ccc").parts
    name = inside[0].removesuffix(".py")
    if name in ON_TOP or name == "__init__":
        return
    above = {"db"} if name == "migrations" else set(ORDER[: ORDER.index(name)])
    known = imports(path)
    assert known & WEB == set()
    assert {module for module in known if module.startswith("ccc")} <= {f"ccc.{other}" for other in above | {name}}


@pytest.mark.parametrize("path", list(python_files("ccc", "tests", "bench")), ids=name_of)
def test_a_file_begins_by_saying_what_it_is_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not text or re.match(r'"""[A-Z`].{15,}[^ ]', text)


@pytest.mark.parametrize("path", list(python_files("ccc", "bench")), ids=name_of)
def test_a_file_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < 300


@pytest.mark.parametrize("path", PRODUCT, ids=name_of)
def test_a_function_is_short(path: Path) -> None:
    functions = [node for node in ast.walk(parsed(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert [f.name for f in functions if (f.end_lineno or 0) - f.lineno + 1 > 30] == []


def test_templates_are_short() -> None:
    assert TEMPLATES
    assert [name_of(path) for path in TEMPLATES if len(path.read_text(encoding="utf-8").splitlines()) >= 100] == []


def test_the_product_stays_light() -> None:
    """The limit is moved only together with `docs/decisions/0008-how-large-the-product-is.md`."""
    assert sum(lines_of_code(path) for path in PRODUCT) < 19_700


def test_exactly_one_place_marks_text_as_safe() -> None:
    places = [
        name_of(path)
        for path in [*PRODUCT, *TEMPLATES]
        for _ in MARKS_TEXT_AS_SAFE.finditer(path.read_text(encoding="utf-8"))
    ]
    assert len(places) == 1, places


def test_the_top_level_holds_what_belongs_there_and_nothing_else() -> None:
    there = {path.name for path in ROOT.iterdir()}
    assert there - MADE <= ALLOWED
    assert there >= NEEDED


def test_the_product_depends_on_the_agreed_packages_only() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {re.split(r"[=; ]", line)[0].lower() for line in project["dependencies"]}
    used = {name for path in PRODUCT for name in imports(path)} - sys.stdlib_module_names
    assert asked == DEPENDENCIES
    assert {name for name in used if not name.startswith("ccc")} <= IMPORTABLE


def runs_of_words(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9]+", text.lower())
    return {tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}


def texts() -> Iterator[tuple[str, str]]:
    """Every text file of the project, with its name."""
    for path in sorted(ROOT.rglob("*")):
        if path.is_file() and not MADE & set(path.relative_to(ROOT).parts) and path.suffix != ".png":
            yield name_of(path), path.read_text(encoding="utf-8", errors="replace")


def test_the_words_of_the_real_policies_stand_nowhere_in_the_project() -> None:
    policies = sorted(REAL_POLICIES.glob("*.txt"))
    if not policies:
        pytest.skip(f"the real policies are not at hand: {REAL_POLICIES} is missing")
    theirs = {run for policy in policies for run in runs_of_words(policy.read_text(encoding="utf-8"))}
    assert {name: shared for name, text in texts() if (shared := runs_of_words(text) & theirs)} == {}


def pins(file: str) -> dict[str, str]:
    """Read the pinned requirements: each name with its version, after a look that each has its hashes."""
    text = (ROOT / file).read_text(encoding="utf-8")
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=\w)", text))
    return dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))


def test_the_pinned_requirements_hold_what_was_asked_for_and_agree() -> None:
    runtime, testing = pins("requirements.txt"), pins("requirements-dev.txt")
    assert runtime.keys() >= DEPENDENCIES
    assert runtime["django-js-lib-htmx"] == "2.0.3.1"
    assert runtime.items() <= testing.items()


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_the_pinned_requirements_name_no_place_to_fetch_them_from(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert "://" not in text
    assert {line.split()[0].split("=")[0] for line in text.splitlines() if line.strip().startswith("-")} == {"--hash"}

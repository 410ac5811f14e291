"""Texts to begin a draft from: a model policy, or a version written out so that it is read again as it was."""

import re
from pathlib import Path

from ccc.config import ROOT
from ccc.policies.lookup import Branch, tree
from ccc.policies.records import Version

MODELS = ROOT / "policies"
Model = tuple[str, str, Path]
MENTIONS_DBS = re.compile(r"\bDBS\b|\bDisclosure and Barring\b", re.IGNORECASE)


def model_policies(slug: str | None = None) -> list[Model]:
    """The model policies as (key, title, path); for one slug, those whose key begins with it."""
    found = [(path.stem, _title(path), path) for path in sorted(MODELS.glob("*.md"), key=lambda path: path.stem)]
    return [model for model in found if slug is None or model[0] == slug or model[0].startswith(f"{slug}-")]


def model_labels(slug: str) -> dict[str, str]:
    """What a person chooses between: each model for a policy, told apart by its length."""
    found = model_policies(slug)
    return {key: f"{title}: a model with {_clauses_in(path)} clauses" for key, title, path in found}


def model_slugs() -> dict[str, str]:
    """The policies for which there is a model, each short name with a title."""
    keys = {key: title for key, title, _ in model_policies()}
    return {key: title for key, title in keys.items() if not any(key.startswith(f"{other}-") for other in keys)}


def model_text(key: str) -> str | None:
    """The text of a model policy, or None where there is none of this name."""
    return next((path.read_text(encoding="utf-8") for name, _, path in model_policies() if name == key), None)


def mentions_dbs(text: str) -> bool:
    """Tell whether a policy speaks of DBS checks, so that a policy on them is wanted too."""
    return MENTIONS_DBS.search(text) is not None


def source_of(version: Version) -> str:
    """Write a version out as a text with numbers and letters, for correcting and reading in again."""
    parts = [f"# {version.title}", *_paragraphs(version.preamble)]
    for branch in tree(version):
        parts += _written(branch, f"{branch.clause.label}. ", 0)
    return "\n\n".join([*parts, *_paragraphs(version.review_statement)]) + "\n"


def _written(branch: Branch, marker: str, depth: int) -> list[str]:
    """Write a clause and those under it; what belongs to an item is indented as deep as its first word."""
    first, *others = branch.clause.text.split("\n")
    margin = "    " * depth
    parts = [f"{margin}{marker}{first}", *(f"{margin}{' ' * len(marker)}{other}" for other in others)]
    for place, child in enumerate(branch.under):
        sign = f"{_letter(place)}) " if depth == 0 else f"{_roman(place + 1)}) "
        parts += _written(child, sign, depth + 1)
    return parts


def _letter(place: int) -> str:
    return chr(ord("a") + place % 26)


def _roman(number: int) -> str:
    tens, ones = divmod(number, 10)
    return "x" * tens + ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")[ones]


def _paragraphs(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _clauses_in(path: Path) -> int:
    return len(re.findall(r"(?m)^[0-9]+\. ", path.read_text(encoding="utf-8")))


def _title(path: Path) -> str:
    return path.read_text(encoding="utf-8").split("\n", 1)[0].lstrip("# ").strip()

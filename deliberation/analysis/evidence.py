"""Checking the evidence of a published synthesis: its digest, and every number it cites."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from deliberation.analysis.commitment import digest_of

SYNTHESIS: Final = "synthesis.json"
COMMITMENT: Final = "commitment.json"
RESULTS: Final = "results.csv"
_COUNTS: Final = ("agrees", "disagrees", "passes")


class BadEvidence(ValueError):
    """A file of the evidence cannot be read; says which, and why."""


def check_evidence(directory: Path) -> Iterator[tuple[bool, str]]:
    """Yield for each thing that was checked whether it is as it is said to be, and a sentence.

    Raises BadEvidence.
    """
    document, commitment = (_read(directory / name) for name in (SYNTHESIS, COMMITMENT))
    yield _check_digest(document, commitment)
    counts = _read_results(directory / RESULTS)
    wrong, cited = [], 0
    for idea in _ideas_in(document):
        cited += 1
        number = idea.get("number")
        if not isinstance(number, int) or counts.get(number) != tuple(idea[name] for name in _COUNTS):
            wrong.append(number)
    if wrong:
        yield False, f"The synthesis: DIFFERS. What it says of idea {wrong[0]} is not what {RESULTS} says."
    else:
        yield True, f"The synthesis: the same. All {cited} counts it gives are those of {RESULTS}."


def _check_digest(document: Any, commitment: Any) -> tuple[bool, str]:
    salts, erased = commitment.get("salts"), commitment.get("erased")
    if not isinstance(salts, dict) or not isinstance(erased, dict):
        raise BadEvidence(f"{COMMITMENT}: salts and erased are to be objects")
    try:
        found = digest_of(document, salts=salts, erased=erased)
    except (TypeError, ValueError) as error:
        raise BadEvidence(f"{COMMITMENT}: {error}") from None
    if found != commitment.get("digest"):
        return False, f"The synthesis: DIFFERS. Its digest is {found}, not what is said."
    gone = f" {len(erased)} texts were erased after it was published." if erased else ""
    return True, f"The synthesis: the same. {found}.{gone}"


def _ideas_in(value: Any) -> Iterator[dict[str, Any]]:
    """Yield everything in the document that is an idea with its votes."""
    if isinstance(value, dict):
        if "statement" in value and all(name in value for name in _COUNTS):
            yield value
        for item in value.values():
            yield from _ideas_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _ideas_in(item)


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BadEvidence(f"{path.name}: cannot be read: {error}") from None
    if not isinstance(document, dict):
        raise BadEvidence(f"{path.name}: is not an object")
    return document


def _read_results(path: Path) -> dict[int, tuple[int, ...]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return {
                int(row["comment-id"]): tuple(int(row[name]) for name in _COUNTS)
                for row in csv.DictReader(file)
            }
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise BadEvidence(f"{path.name}: cannot be read: {error}") from None

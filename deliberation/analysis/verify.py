"""Computing the landscapes of an exported set again, from its votes alone.

Needs Python, numpy and scipy, and no database: whoever has the set can check what was said of it.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import numpy as np

from deliberation.analysis.evidence import COMMITMENT, BadEvidence, check_evidence
from deliberation.analysis.landscape import Parameters
from deliberation.analysis.pipeline import analyse
from deliberation.analysis.votes import Integers, VoteMatrix

FORMAT: Final = "deliberation-landscape/1"
LANDSCAPES: Final = "landscape.json"
ROWS: Final = ("participant-votes.csv", "participants-votes.csv")

_LEADING: Final = {"participant", "xid", "group-id", "n-comments", "n-votes", "n-agree", "n-disagree"}
_GREATEST: Final = 2**31 - 1
_MAY_BE_NONE: Final = {"seed", "shuffles", "resamples"}
_MOST: Final = 10_000
_CHOICES: Final = {"1": 1, "0": 0, "-1": -1}


class Unverifiable(Exception):
    """The set cannot be checked; says which file, which line, and why."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of checking one landscape."""

    is_equal: bool
    sentence: str


@dataclass(frozen=True, slots=True, eq=False)
class _Votes:
    people: Integers
    ideas: Integers
    choices: Integers
    columns: frozenset[int]
    file: str


def verify(directory: Path) -> Iterator[Finding]:
    """Yield what comes of the synthesis, where there is one, and of each landscape that landscape.json names.

    The evidence of a synthesis may hold no rows of votes, and so no landscape. Raises Unverifiable.
    """
    if (directory / COMMITMENT).exists():
        yield from _verify_synthesis(directory)
        if not (directory / LANDSCAPES).exists():
            return
    document = _read_document(directory / LANDSCAPES)
    votes = _read_votes(directory)
    is_release = document.get("votes") == "release"
    for place, entry in enumerate(document["landscapes"]):
        yield _check(entry, votes, f"landscapes[{place}]", is_release=is_release)


def original_sentences(directory: Path) -> list[str]:
    """Return a sentence for each landscape of everybody's votes that a release tells of."""
    if (directory / COMMITMENT).exists() and not (directory / LANDSCAPES).exists():
        return []
    originals = _read_document(directory / LANDSCAPES).get("originals", [])
    return [
        f"{_name(original.get('thread'))}, of everybody's votes: {original.get('outcome')}, "
        f"{original.get('digest')}. It cannot be computed from a release, which leaves votes out."
        for original in originals
        if isinstance(original, dict)
    ]


def _verify_synthesis(directory: Path) -> Iterator[Finding]:
    try:
        for is_equal, sentence in check_evidence(directory):
            yield Finding(is_equal, sentence)
    except BadEvidence as fault:
        raise Unverifiable(str(fault)) from None


def _check(entry: Any, votes: _Votes, place: str, *, is_release: bool) -> Finding:
    if not isinstance(entry, dict):
        raise Unverifiable(f"{LANDSCAPES}:0: {place} is not an object")
    ideas, off_map = (_numbers(entry, key, place) for key in ("ideas", "off_map"))
    lost = sorted(set(ideas) - votes.columns)
    if lost:
        raise Unverifiable(f"{votes.file}:1: there is no column for comment {lost[0]}, which {place} names")
    parameters = _parameters(entry.get("parameters"), place)
    wanted = np.isin(votes.ideas, np.array(ideas, np.int64))
    matrix = VoteMatrix.of(
        people=votes.people[wanted],
        ideas=votes.ideas[wanted],
        choices=votes.choices[wanted],
        all_ideas=ideas,
        off_map=off_map,
    )
    name = _name(entry.get("thread")) + (", of the votes that were released" if is_release else "")
    if matrix.digest != entry.get("inputs_digest"):
        return Finding(False, f"{name}: DIFFERS. The votes in this set are not those it was computed from.")
    landscape = analyse(matrix, parameters)
    outcome = landscape.decision.outcome.value
    if landscape.digest != entry.get("digest"):
        return Finding(
            False,
            f"{name}: DIFFERS. The votes are the same, the result is {landscape.digest}, not what is said.",
        )
    if outcome != entry.get("outcome"):
        return Finding(False, f"{name}: DIFFERS. The result is “{outcome}”, not “{entry.get('outcome')}”.")
    people = len(matrix.people)
    sentence = (
        f"{name}: the same. {people} people, {len(matrix.choices)} votes, {outcome}, {landscape.digest}"
    )
    return Finding(True, sentence)


def _name(thread: object) -> str:
    return "All threads" if thread is None else f"Thread {thread}"


def _read_document(path: Path) -> dict[str, Any]:
    text = _read(path)
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise Unverifiable(
            f"{path.name}:{error.lineno}: the file cannot be read as JSON: {error.msg}"
        ) from None
    except RecursionError:
        raise Unverifiable(f"{path.name}:0: the file is nested too deep") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise Unverifiable(f"{path.name}:0: the file does not say that its format is {FORMAT}")
    if not isinstance(document.get("landscapes"), list) or not document["landscapes"]:
        raise Unverifiable(f"{path.name}:0: the file names no landscape")
    return document


def _numbers(entry: dict[str, Any], key: str, place: str) -> list[int]:
    numbers = entry.get(key)
    if not isinstance(numbers, list) or not all(
        type(number) is int and 0 <= number <= _GREATEST for number in numbers
    ):
        raise Unverifiable(f"{LANDSCAPES}:0: {place}.{key} is not a list of whole numbers")
    return numbers


def _parameters(said: Any, place: str) -> Parameters:
    known = {field.name: field.type for field in fields(Parameters)}
    if not isinstance(said, dict) or said.keys() != known.keys():
        raise Unverifiable(f"{LANDSCAPES}:0: {place}.parameters does not name {', '.join(known)}")
    for name, value in said.items():
        least = 0 if name in _MAY_BE_NONE else 1
        is_share = known[name] in (float, "float")
        most = 1 if is_share else _GREATEST if name == "seed" else _MOST
        kinds = (int, float) if is_share else (int,)
        if type(value) not in kinds or not (0 if is_share else least) <= value <= most:
            raise Unverifiable(f"{LANDSCAPES}:0: {place}.parameters.{name} is not a number of its kind")
    return Parameters(**said)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise Unverifiable(f"{path.name}:0: the file is missing") from None
    except UnicodeDecodeError:
        raise Unverifiable(f"{path.name}:0: the text is not valid UTF-8") from None
    except OSError as error:
        raise Unverifiable(f"{path.name}:0: the file cannot be read: {error.strerror}") from None


def _read_votes(directory: Path) -> _Votes:
    path = next((directory / name for name in ROWS if (directory / name).exists()), directory / ROWS[0])
    reader = csv.reader(_read(path).splitlines(), strict=True)
    votes: list[tuple[int, int, int]] = []
    try:
        header = next(reader, [])
        columns = _columns(header, path.name)
        for person, row in enumerate(reader):
            if len(row) != len(header):
                reason = f"the row has {len(row)} fields, not {len(header)}"
                raise Unverifiable(f"{path.name}:{reader.line_num}: {reason}")
            votes += (
                (person, idea, _choice(row[place], path.name, reader.line_num, idea))
                for place, idea in columns
                if row[place]
            )
    except csv.Error:
        raise Unverifiable(f"{path.name}:{reader.line_num}: the quotation marks are broken") from None
    people, ideas, choices = np.array(votes, np.int64).reshape(-1, 3).T
    return _Votes(people, ideas, choices, frozenset(idea for _, idea in columns), path.name)


def _columns(header: list[str], name: str) -> list[tuple[int, int]]:
    """Where the column of each comment stands, and the comment's number."""
    columns = []
    for place, column in enumerate(header):
        if column.isascii() and column.isdigit():
            columns.append((place, int(column)))
        elif column not in _LEADING:
            raise Unverifiable(f"{name}:1: the column {column[:40]!r} is unknown")
    if not header or len(set(header)) != len(header):
        raise Unverifiable(f"{name}:1: there are no column names, or one is there twice")
    return columns


def _choice(cell: str, name: str, line: int, idea: int) -> int:
    if cell not in _CHOICES:
        raise Unverifiable(f"{name}:{line}: {cell[:40]!r} in column {idea} is not a vote: 1, 0 or -1")
    return _CHOICES[cell]

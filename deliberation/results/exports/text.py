"""Answers as CSV with a codebook, in one archive, and as JSON with its schema; both a piece at a time."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from deliberation.results.exports.variables import Cell, Measure, Variable
from deliberation.synthesis.writers.csv import guard_text

ROWS_AT_A_TIME: Final = 1_000
LABEL: Final = "__label"
CODEBOOK: Final = ("variable", "question", "label", "measure", "code", "key", "meaning")
FAST: Final = 1
"""How hard to compress: most of the time goes into it, and the answers are short."""


def write_archive(variables: Sequence[Variable], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Return an archive with `answers.csv`, one row for each respondent, and `codebook.csv`, in pieces.

    Beside each column of codes stands one with what they mean. No text can be taken for a formula.
    """
    pieces = _Pieces()
    with zipfile.ZipFile(pieces, "w", zipfile.ZIP_DEFLATED, compresslevel=FAST) as archive:
        archive.writestr("codebook.csv", _table(CODEBOOK, codebook_of(variables)))
        with archive.open("answers.csv", "w", force_zip64=True) as file:
            for text in _csv(variables, rows):
                file.write(text.encode("utf-8", "replace"))
                yield pieces.take()
    yield pieces.take()


def codebook_of(variables: Sequence[Variable]) -> Iterator[tuple[str, ...]]:
    """Return a row for each variable and for each of its codes."""
    for variable in variables:
        first = (variable.name, variable.question, guard_text(variable.label), variable.measure.value)
        if not variable.labels:
            yield (*first, "", "", "")
        for code, meaning in sorted(variable.labels.items()):
            yield (*first, str(code), variable.keys.get(code, ""), guard_text(meaning))


def write_json(
    variables: Sequence[Variable], answers: Iterable[Mapping[str, Any]], *, about: Mapping[str, Any]
) -> Iterator[bytes]:
    """Return JSON with what the survey is, the schema of an answer, and the answers as stored, in pieces."""
    head = {**about, "schema": schema_of(variables), "variables": [_described(one) for one in variables]}
    yield json.dumps(head, ensure_ascii=False)[:-1].encode() + b', "answers": ['
    batch: list[str] = []
    is_first = True
    for one in answers:
        batch.append(json.dumps(one, ensure_ascii=False))
        if len(batch) == ROWS_AT_A_TIME:
            yield (("" if is_first else ",\n") + ",\n".join(batch)).encode("utf-8", "replace")
            is_first, batch = False, []
    if batch:
        yield (("" if is_first else ",\n") + ",\n".join(batch)).encode("utf-8", "replace")
    yield b"]}\n"


def schema_of(variables: Sequence[Variable]) -> dict[str, Any]:
    """Return the JSON Schema of one respondent's answers, by the question's key."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "description": "Null: prefers not to say. A key that is missing: not asked, or not answered.",
        "properties": {variable.question: {"title": _title_of(variable)} for variable in variables},
        "additionalProperties": False,
    }


def _title_of(variable: Variable) -> str:
    return variable.label.split(" – ", 1)[0]


def _described(variable: Variable) -> dict[str, Any]:
    return {
        "name": variable.name,
        "question": variable.question,
        "label": variable.label,
        "measure": variable.measure,
        "codes": {str(code): meaning for code, meaning in variable.labels.items()},
        "keys": {str(code): key for code, key in variable.keys.items()},
    }


def _csv(variables: Sequence[Variable], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    heads: list[str] = []
    for variable in variables:
        heads += [variable.name, variable.name + LABEL] if variable.labels else [variable.name]
    labels = [
        {code: guard_text(text) for code, text in one.labels.items()} if one.labels else None
        for one in variables
    ]
    texts = [one.measure is Measure.TEXT for one in variables]
    plan = list(zip(labels, texts, strict=True))
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(heads)
    for number, row in enumerate(rows, start=1):
        writer.writerow(_cells(row, plan))
        if number % ROWS_AT_A_TIME == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _cells(row: Sequence[Cell], plan: Sequence[tuple[dict[int, str] | None, bool]]) -> list[Cell]:
    cells: list[Cell] = []
    for cell, (meanings, is_text) in zip(row, plan, strict=True):
        if is_text and cell is not None:
            cells.append(guard_text(str(cell)))
            continue
        cells.append(cell)
        if meanings is not None:
            cells.append(meanings.get(cell, "") if cell is not None else "")  # type: ignore[arg-type]
    return cells


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return buffer.getvalue().encode("utf-8", "replace")


class _Pieces(io.RawIOBase):
    """A file that can only be written to, and from which what was written is taken away."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken

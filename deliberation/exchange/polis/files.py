"""One CSV file as rows with the physical lines on which they begin."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from deliberation.exchange.errors import FaultList
from deliberation.exchange.polis.cells import BadCell, shown
from deliberation.ideas.models import IMPORTED_STATEMENT_LENGTH

# One forgotten quotation mark makes the rest of the file one field; nothing longer could be kept anyway.
LONGEST_FIELD = IMPORTED_STATEMENT_LENGTH

_NUMBER = re.compile(r"0|[1-9][0-9]{0,9}")
_LINE_END = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row, by column; `line` is where the row begins."""

    line: int
    cells: list[str]


def read_text(path: Path, faults: FaultList, name: str = "") -> str | None:
    """The file's text, with or without a byte order mark; None, with a fault noted, if it cannot be had.

    Faults call the file `name`, or what it is called in its directory.
    """
    name = name or path.name
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        faults.add(name, 0, "the file is missing")
        return None
    except OSError as error:
        faults.add(name, 0, f"the file cannot be read: {error.strerror}")
        return None
    nul = content.find(b"\0")
    if nul >= 0:
        faults.add(name, _line_of(content, nul), "a NUL character, which no text contains")
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        faults.add(name, _line_of(content, error.start), "the text is not valid UTF-8")
        return None


def read_rows(name: str, text: str, faults: FaultList) -> Iterator[Row]:
    """Each row that is not empty. Ends, with a fault noted, where the file can no longer be read as CSV."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            faults.add(name, line, _broken(str(error)))
            return
        if not cells:
            continue
        # The apostrophe that keeps a formula from being one comes on top.
        if any(len(cell) > LONGEST_FIELD + cell.startswith("'") for cell in cells):
            faults.add(name, line, _too_long())
        else:
            yield Row(line, cells)


def read_header(
    name: str,
    rows: Iterator[Row],
    faults: FaultList,
    *,
    required: Collection[str],
    optional: Collection[str],
    numbers: bool = False,
) -> list[str] | None:
    """The column names; with `numbers`, whole numbers may be among them.

    None, with faults noted, where a required column is missing or a column is unknown or twice there.
    """
    header = next(rows, None)
    if header is None:
        faults.add(name, 1, "the file has no row of column names")
        return None
    columns = header.cells
    reasons = [f"the column {column} is missing" for column in required if column not in columns]
    known = {*required, *optional}
    for place, column in enumerate(columns):
        if column not in known and not (numbers and _NUMBER.fullmatch(column)):
            reasons.append(f"the column {shown(column)} is unknown")
        elif columns.index(column) < place:
            reasons.append(f"the column {shown(column)} is there twice")
    for reason in reasons:
        faults.add(name, header.line, reason)
    return None if reasons else columns


def rows_of_width(name: str, rows: Iterator[Row], width: int, faults: FaultList) -> Iterator[Row]:
    """The rows with exactly `width` cells; a fault is noted for each other one."""
    for row in rows:
        if len(row.cells) == width:
            yield row
        else:
            faults.add(name, row.line, f"the row has {len(row.cells)} fields, not {width}")


def _line_of(content: bytes, offset: int) -> int:
    return len(_LINE_END.findall(content[:offset])) + 1


def _broken(error: str) -> str:
    if error.startswith("field larger than"):
        return _too_long()
    return "the quotation marks around a field are broken"


def _too_long() -> str:
    return f"a field is longer than {LONGEST_FIELD} characters"


Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Table:
    """A file with a good header: where each column stands, and the rows below; both empty for a bad one."""

    name: str
    place: dict[str, int]
    rows: Iterator[Row]


def open_table(
    path: Path,
    faults: FaultList,
    *,
    required: Collection[str],
    optional: Collection[str] = (),
    numbers: bool = False,
    name: str = "",
) -> Table:
    """The file as a table; faults call it `name`, or what it is called in its directory."""
    name = name or path.name
    text = read_text(path, faults, name)
    if text is None:
        return Table(name, {}, iter(()))
    rows = read_rows(name, text, faults)
    columns = read_header(name, rows, faults, required=required, optional=optional, numbers=numbers)
    if columns is None:
        return Table(name, {}, iter(()))
    place = {column: position for position, column in enumerate(columns)}
    return Table(name, place, rows_of_width(name, rows, len(columns), faults))


def records(table: Table, record: Callable[[Row], Record], faults: FaultList) -> list[Record]:
    """What `record` makes of each row; a fault is noted for each row in which it finds a bad cell."""
    found = []
    for row in table.rows:
        try:
            found.append(record(row))
        except BadCell as bad:
            faults.add(table.name, row.line, str(bad))
    return found

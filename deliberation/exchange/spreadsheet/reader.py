"""A CSV or XLSX file becomes lines of text cells. Pure, and it never raises."""

from __future__ import annotations

import codecs
import csv
import io
import warnings
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Final
from zipfile import ZipFile

from openpyxl import load_workbook

from deliberation.base.errors import marked
from deliberation.base.text import clean_line, clean_text
from deliberation.exchange.spreadsheet.records import Sheet, SheetFault, SheetLine

MOST_LINES: Final = 500
MOST_COLUMNS: Final = 50
LONGEST_CELL: Final = 20_000
MOST_UNPACKED: Final = 20_000_000
"""Bytes of an XLSX file once it is unpacked."""
MOST_PARTS: Final = 200
_PIECE: Final = 65_536
_SEPARATORS: Final = ",;\t"
_ZIP: Final = b"PK\x03\x04"
_EMPTY: Final = marked("The file is empty.")
_BROKEN: Final = marked("The file cannot be read as an Excel workbook. Save it as XLSX or CSV and try again.")
_TOO_LARGE: Final = marked(
    "The workbook is too large once it is unpacked. Save only the sheet with the ideas."
)
_TOO_MANY: Final = marked("The file has more than %(most)s lines. Import it in parts.")
_TOO_WIDE: Final = marked("The file has more than %(most)s columns.")
_LONG_CELL: Final = marked("A cell has more than %(most)s characters.")
_NO_TEXT: Final = marked("The file is not text that we can read. Save it as CSV in UTF-8, or as XLSX.")
_RAGGED: Final = marked("The line has more cells than there are headings. Is a quotation mark missing?")
_NOT_CSV: Final = marked("The file cannot be read as CSV from this line on. Is a quotation mark missing?")

Cells = tuple[int, Sequence[str], frozenset[int]]
"""A line's number, its cells, and which of them are formulas."""


class _Unreadable(Exception):
    def __init__(self, sentence: str, line: int = 0, **values: object) -> None:
        super().__init__(sentence)
        self.fault = SheetFault(line, sentence, values)


def read_sheet(content: bytes) -> Sheet:
    """Return the first sheet of the file; with nothing but faults when it cannot be read.

    XLSX is known by its first bytes. Text is UTF-8 or UTF-16 by its mark, else UTF-8 if it is that, else
    Windows-1252. The separator is the one of comma, semicolon and tab that the headings hold most of.
    """
    try:
        if not content.strip():
            raise _Unreadable(_EMPTY)
        if content.startswith(_ZIP):
            return _sheet(_xlsx_lines(content))
        return _sheet(_csv_lines(_text(content)))
    except _Unreadable as unreadable:
        return Sheet((), (), frozenset(), (unreadable.fault,))


def _text(content: bytes) -> str:
    encodings = ["utf-8-sig", "cp1252"]
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif b"\0" in content[:200]:  # UTF-16 without its mark: text in Latin letters has every other byte zero
        encodings = ["utf-16-le" if content[1:2] == b"\0" else "utf-16-be"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _Unreadable(_NO_TEXT)


def _csv_lines(text: str) -> Iterator[Cells]:
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells, frozenset()
            line = reader.line_num + 1
    except csv.Error as error:
        raise _Unreadable(_NOT_CSV, line) from error


def _xlsx_lines(content: bytes) -> Iterator[Cells]:
    _refuse_bomb(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what a file says of its own size need not be so
            # One line and one column too many, so that it is noticed that there are.
            for row in sheet.iter_rows(max_row=MOST_LINES + 2, max_col=MOST_COLUMNS + 1):
                filled = [cell for cell in row if cell.value is not None]
                if filled:
                    formulas = frozenset(n for n, cell in enumerate(row) if cell.data_type == "f")
                    yield filled[0].row, [_shown(cell.value) for cell in row], formulas
    except _Unreadable:
        raise
    except Exception as error:  # the library has no word of its own for a damaged file
        raise _Unreadable(_BROKEN) from error


def _refuse_bomb(content: bytes) -> None:
    try:
        with ZipFile(io.BytesIO(content)) as parts:
            found = parts.infolist()
            if len(found) > MOST_PARTS or sum(part.file_size for part in found) > MOST_UNPACKED:
                raise _Unreadable(_TOO_LARGE)
            # A part may hold more than it announces. Read in small pieces, that is noticed at no cost.
            for part in found:
                with parts.open(part) as packed:
                    while packed.read(_PIECE):
                        pass
    except _Unreadable:
        raise
    except Exception as error:  # zlib, RuntimeError for a password, NotImplementedError for a method
        raise _Unreadable(_BROKEN) from error


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = getattr(value, "text", value)  # an array formula keeps its text apart
    return str(text)


def _sheet(found: Iterable[Cells]) -> Sheet:
    lines: list[SheetLine] = []
    formulas: set[tuple[int, int]] = set()
    faults: list[SheetFault] = []
    headings: tuple[str, ...] | None = None
    for line, cells, formulas_here in found:
        if not any(cell.strip() for cell in cells):
            continue
        if headings is None:
            headings = _headings(cells)
            continue
        if len(lines) == MOST_LINES:
            raise _Unreadable(_TOO_MANY, line, most=MOST_LINES)
        if any(cell.strip() for cell in cells[len(headings) :]):
            faults.append(SheetFault(line, _RAGGED))
        if any(len(cell) > LONGEST_CELL for cell in cells):
            faults.append(SheetFault(line, _LONG_CELL, {"most": LONGEST_CELL}))
            continue
        filled = [*cells, *[""] * len(headings)][: len(headings)]
        lines.append(SheetLine(line, tuple(clean_text(cell) for cell in filled)))
        formulas |= {(line, column) for column in formulas_here if column < len(headings)}
    if headings is None:
        raise _Unreadable(_EMPTY)
    if not lines and not faults:
        faults.append(SheetFault(0, marked("The file has headings and no lines under them.")))
    return Sheet(headings, tuple(lines), frozenset(formulas), tuple(faults))


def _headings(cells: Sequence[str]) -> tuple[str, ...]:
    named = [clean_line(cell)[:200] for cell in cells]
    while named and not named[-1]:
        named.pop()
    if len(named) > MOST_COLUMNS:
        raise _Unreadable(_TOO_WIDE, 0, most=MOST_COLUMNS)
    return tuple(named)

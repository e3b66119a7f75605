"""Ideas from CSV and XLSX, line by line."""

import io
import tracemalloc
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from deliberation.exchange.spreadsheet.columns import guess_columns, rows_of_sheet
from deliberation.exchange.spreadsheet.keeping import sheet_as_json, sheet_from_json
from deliberation.exchange.spreadsheet.reader import MOST_COLUMNS, MOST_LINES, read_sheet

SMALL = (
    "Idé;Utveckling;Språk;Namn;Taggar\n"
    "Fråga museerna.;Först i städerna.;sv;Åsa;skolor, kartor\n\n;;;;\n"
    "Print a map;;en;;\n"
)


def workbook(*lines: list[object]) -> bytes:
    book = Workbook()
    for line in lines:
        book.active.append(line)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_usual_encoding_is_read(encoding: str) -> None:
    sheet = read_sheet(SMALL.encode(encoding))
    assert sheet.faults == ()
    assert sheet.headings[0] == "Idé"
    assert [(line.line, line.cells[3]) for line in sheet.lines] == [(2, "Åsa"), (5, "")]
    assert sheet_from_json(sheet_as_json(sheet)) == sheet


def test_columns_are_guessed_from_their_headings_and_lines_become_ideas() -> None:
    sheet = read_sheet(SMALL.encode())
    columns = guess_columns(sheet.headings)
    assert columns == {"statement": 0, "elaboration": 1, "language": 2, "author": 3, "tags": 4}
    rows, faults = rows_of_sheet(sheet, columns, thread=2, language="sv")
    assert faults == []
    assert [(row.statement, row.text, row.language, row.author, row.tags, row.line) for row in rows] == [
        ("Fråga museerna.", "Först i städerna.", "sv", "Åsa", ("skolor", "kartor"), 2),
        ("Print a map", "", "en", "", (), 5),
    ]


def test_a_formula_is_never_calculated_and_is_a_fault_where_it_would_be_used() -> None:
    sheet = read_sheet(workbook(["Idea", "Sum"], ["=1+1", 3], ["Print a map", "=SUM(A1:A2)"]))
    assert [line.cells for line in sheet.lines] == [("=1+1", "3"), ("Print a map", "=SUM(A1:A2)")]
    _, faults = rows_of_sheet(sheet, {"statement": 0}, thread=1, language="en")
    assert [fault.line for fault in faults] == [2]
    assert "formula" in faults[0].sentence


def test_every_line_that_will_not_do_is_named() -> None:
    sheet = read_sheet(b"Idea,Language\nGood,en\n,en\nOdd,not a code\nLong,en,too,many\n")
    _, faults = rows_of_sheet(sheet, {"statement": 0, "language": 1}, thread=1, language="en")
    assert [fault.line for fault in faults] == [3, 4, 5]


def test_a_statement_that_is_too_long_is_kept_whole_beside_a_shortened_one() -> None:
    sheet = read_sheet(f"Idea\n{'word ' * 100}\n".encode())
    rows, faults = rows_of_sheet(sheet, {"statement": 0}, thread=1, language="en")
    assert faults == []
    assert len(rows[0].statement) <= 280
    assert rows[0].text == ("word " * 100).strip()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"\xff\xfe", "empty"),
        (b"Idea\n", "no lines"),
        (b"PK\x03\x04nonsense", "workbook"),
        (b"a\0b\0\0\0\x01\x02\x80\0\xd8\xd8", "text"),
        (b'Idea\n"a\n', "CSV"),
        (b"Idea\n" + b"a\n" * (MOST_LINES + 1), "lines"),
        (b",".join([b"a"] * (MOST_COLUMNS + 1)) + b"\nx\n", "columns"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(content: bytes, said: str) -> None:
    sheet = read_sheet(content)
    assert sheet.lines == ()
    assert any(said in fault.sentence for fault in sheet.faults), sheet.faults


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b" " * 30_000_000)
    sheet = read_sheet(kept.getvalue())
    assert "too large" in sheet.faults[0].sentence
    assert len(kept.getvalue()) < 100_000


def test_a_part_that_holds_more_than_it_announces_is_refused() -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b" " * 30_000_000)
    lying = kept.getvalue().replace((30_000_000).to_bytes(4, "little"), (1_000).to_bytes(4, "little"))
    assert lying != kept.getvalue()
    tracemalloc.start()
    sheet = read_sheet(lying)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()
    assert sheet.lines == ()
    assert "workbook" in sheet.faults[0].sentence


def test_a_workbook_with_a_cell_far_away_is_read_in_bounds() -> None:
    book = Workbook()
    book.active["A1"], book.active["A2"], book.active["XFD1000000"] = "Idea", "Print a map", "far"
    kept = io.BytesIO()
    book.save(kept)
    assert [line.cells for line in read_sheet(kept.getvalue()).lines] == [("Print a map",)]


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)))
def test_the_reader_never_raises(content: bytes) -> None:
    sheet = read_sheet(content)
    assert sheet.lines or sheet.faults
    assert all(len(line.cells) == len(sheet.headings) for line in sheet.lines)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 6_000), st.binary(min_size=1, max_size=40))
def test_a_damaged_workbook_never_raises(place: int, damage: bytes) -> None:
    whole = bytearray(workbook(["Idea"], ["Print a map"]))
    whole[place : place + len(damage)] = damage
    read_sheet(bytes(whole))

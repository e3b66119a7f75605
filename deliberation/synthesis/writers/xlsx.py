"""The synthesis as a spreadsheet: findings, ideas, groups and participation, one sheet each.

Texts are texts, whatever they begin with: no cell is a formula or a link. A text longer than a cell can hold
goes on in the rows beneath.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from typing import Any, Final

import xlsxwriter

from deliberation.synthesis.writers.document import CitedIdea, GroupVotes
from deliberation.synthesis.writers.outline import (
    claim_of,
    evidence_of,
    figures_of,
    group_name,
    standing_of,
    support_of,
)
from deliberation.synthesis.writers.report import Report, ThreadReport
from deliberation.synthesis.writers.text import encodable

CELL_LENGTH: Final = 32_000
"""What a cell holds, with room for what the format writes for some characters."""
_WIDE: Final = 60
_NARROW: Final = 12
_SEPARATOR: Final = "; "

Cell = str | int | float | None
Row = Sequence[Cell]


def write_xlsx(report: Report) -> bytes:
    """The report as XLSX."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    # The clock of the machine would make every file another.
    made_at = report.dated.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    book.set_properties({"title": encodable(report.heading)[:200], "created": made_at})
    words = report.words
    for name, headings, rows in (
        (words.finding, _finding_headings(report), _findings(report)),
        (words.ideas, _idea_headings(report), _ideas(report)),
        (words.groups, (words.group, words.people), _groups(report)),
        (words.participation, ("", ""), _participation(report)),
    ):
        _write_sheet(book, name, headings, rows)
    book.close()
    return target.getvalue()


def _write_sheet(book: Any, name: str, headings: Sequence[str], rows: Iterable[Row]) -> None:
    sheet = book.add_worksheet(_sheet_name(name, {one.get_name().lower() for one in book.worksheets()}))
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, encodable(heading), bold)
    widths = [_NARROW] * len(headings)
    at = 1
    for row in rows:
        pieces = [_pieces(cell) for cell in row]
        for offset in range(max(map(len, pieces), default=0)):
            for column, values in enumerate(pieces):
                if offset < len(values):
                    _write_cell(sheet, at, column, values[offset], wrapped)
            at += 1
        widths = [
            max(width, _WIDE if isinstance(cell, str) and len(cell) > 2 * _NARROW else _NARROW)
            for width, cell in zip(widths, row, strict=True)
        ]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)


def _write_cell(sheet: Any, row: int, column: int, value: Cell, style: Any) -> None:
    if isinstance(value, str):
        sheet.write_string(row, column, value, style)
    elif value is not None:
        sheet.write_number(row, column, value, style)


def _pieces(cell: Cell) -> list[Cell]:
    if not isinstance(cell, str):
        return [cell]
    text = encodable(cell)
    return [text[start : start + CELL_LENGTH] for start in range(0, len(text), CELL_LENGTH)] or [None]


def _sheet_name(name: str, taken: set[str]) -> str:
    """A name that a sheet may have: short, without some characters, and no other's."""
    allowed = (
        "".join(" " if character in "[]:*?/\\'" else character for character in name)[:28].strip() or "1"
    )
    chosen, number = allowed, 2
    while chosen.lower() in taken:
        chosen, number = f"{allowed} {number}", number + 1
    return chosen


def _finding_headings(report: Report) -> tuple[str, ...]:
    words = report.words
    return (
        words.question, words.finding, words.kind, words.claim, words.text, words.themes, words.about,
        words.support, words.evidence_changed,
    )  # fmt: skip


def _findings(report: Report) -> Iterator[Row]:
    for thread in report.threads:
        for finding in thread.findings:
            claim = claim_of(finding, report)
            yield (
                thread.number,
                finding.number,
                claim.kind,
                finding.claim,
                finding.text,
                claim.themes,
                claim.about,
                _SEPARATOR.join(str(idea.number) for idea in finding.ideas),
                _SEPARATOR.join(finding.changes),
            )


def _idea_headings(report: Report) -> tuple[str, ...]:
    words = report.words
    own = (
        words.question, words.idea, words.statement, words.agrees, words.disagrees, words.passes,
        words.result, words.tags, words.address,
    )  # fmt: skip
    groups = report.grouping.groups if report.grouping else ()
    of_groups = (
        words.group_says(words.group_name(group.letter), name)
        for group in groups
        for name in (words.agrees, words.disagrees, words.passes)
    )
    return (*own, *of_groups)


def _ideas(report: Report) -> Iterator[Row]:
    groups = len(report.grouping.groups) if report.grouping else 0
    for thread in report.threads:
        for idea in thread.ideas:
            of_groups = (cell for votes in idea.groups or (None,) * groups for cell in _votes(votes))
            yield (*_idea(idea, thread, report), *of_groups)


def _idea(idea: CitedIdea, thread: ThreadReport, report: Report) -> Row:
    return (
        thread.number,
        idea.number,
        idea.statement,
        idea.agrees,
        idea.disagrees,
        idea.passes,
        support_of(idea, report).shares[0],
        _SEPARATOR.join(idea.tags),
        idea.address,
    )


def _votes(votes: GroupVotes | None) -> Row:
    return (votes.agrees, votes.disagrees, votes.passes) if votes else (None, None, None)


def _groups(report: Report) -> Iterator[Row]:
    if report.grouping:
        for group in report.grouping.groups:
            yield (
                group_name(group, report.words, report.language)[0],
                (report.words.not_shown if group.people is None else group.people),
            )
        yield report.grouping.note, None


def _participation(report: Report) -> Iterator[Row]:
    yield report.heading, None
    yield standing_of(report), None
    yield from figures_of(report.turnout.figures, report)
    for line in (*report.turnout.evenness, *report.turnout.missing):
        yield line, None
    for table in report.turnout.tables:
        yield table.title, None
        for row in (table.headings, *table.rows):
            yield row[0], _SEPARATOR.join(row[1:])
        yield table.note, None
    for fact in evidence_of(report):
        yield fact.label, fact.value

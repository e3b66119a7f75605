"""Which column holds what, and the rows that follow from it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from deliberation.base.errors import Refused, marked
from deliberation.base.text import clean_line, clean_name, folded
from deliberation.exchange.drafts.rows import Row, RowKind, split_statement
from deliberation.exchange.spreadsheet.records import Sheet, SheetFault
from deliberation.ideas.models import STATEMENT_LENGTH
from deliberation.ideas.service import language_code

PARTS: Final = ("statement", "elaboration", "language", "author", "tags")
NAME_LENGTH: Final = 100
_NAMES: Final = {
    "statement": {
        "statement",
        "idea",
        "proposal",
        "text",
        "påstående",
        "idé",
        "ide",
        "förslag",
        "comment body",
    },
    "elaboration": {
        "elaboration",
        "details",
        "description",
        "more",
        "utveckling",
        "beskrivning",
        "motivering",
    },
    "language": {"language", "lang", "språk"},
    "author": {"author", "name", "by", "författare", "namn", "från"},
    "tags": {"tags", "tag", "taggar", "tagg", "etiketter"},
}
_BETWEEN_TAGS: Final = re.compile(r"[;,\n]")


def guess_columns(headings: Sequence[str]) -> dict[str, int]:
    """Return which column each part most likely stands in; a part without one is not there."""
    named = [folded(heading.replace("_", " ")) for heading in headings]
    found = {}
    for part in PARTS:
        names = {folded(name) for name in _NAMES[part]}
        places = [place for place, name in enumerate(named) if name in names]
        if places:
            found[part] = places[0]
    return found


def rows_of_sheet(
    sheet: Sheet, columns: Mapping[str, int], *, thread: int, language: str
) -> tuple[list[Row], list[SheetFault]]:
    """Return a row for each line, and every fault of those lines in the chosen columns.

    `columns` leads from a part to its column, from 0. Where a line names no language it is `language`. A
    statement that is too long is for the facilitator to shorten: the whole text is kept beside it.
    """
    rows, faults = [], list(sheet.faults)
    for number, line in enumerate(sheet.lines, start=1):
        cells = {part: line.cells[column] for part, column in columns.items()}
        for column in columns.values():
            if (line.line, column) in sheet.formulas:
                sentence = marked("“%(heading)s” holds a formula, which is not calculated. Paste its value.")
                faults.append(SheetFault(line.line, sentence, {"heading": sheet.headings[column]}))
        statement = clean_line(cells.get("statement", ""))
        if not statement:
            faults.append(SheetFault(line.line, marked("There is no statement on this line.")))
            continue
        elaboration = cells.get("elaboration", "")
        if len(statement) > STATEMENT_LENGTH:
            statement, rest = split_statement(statement)
            elaboration = f"{rest}\n\n{elaboration}".strip()
        rows.append(
            Row(
                number=number, kind=RowKind.IDEA, line=line.line, thread=thread,
                language=_language(cells.get("language", "") or language, line.line, faults),
                statement=statement, text=elaboration,
                author=clean_name(cells.get("author", ""))[:NAME_LENGTH].strip(),
                tags=_tags(cells.get("tags", "")),
            )
        )  # fmt: skip
    return rows, sorted(faults, key=lambda fault: fault.line)


def _language(written: str, line: int, faults: list[SheetFault]) -> str:
    try:
        return language_code(clean_line(written).replace("_", "-"))
    except Refused:
        sentence = marked("“%(written)s” is not a language code such as sv, en or zh-TW.")
        faults.append(SheetFault(line, sentence, {"written": written[:50]}))
        return "und"


def _tags(written: str) -> tuple[str, ...]:
    names = (clean_name(name).lstrip("#").strip() for name in _BETWEEN_TAGS.split(written))
    return tuple(dict.fromkeys(name for name in names if name))

"""A sheet as JSON can hold it, and back. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deliberation.exchange.spreadsheet.records import Sheet, SheetFault, SheetLine


def sheet_as_json(sheet: Sheet) -> dict[str, Any]:
    """Return the sheet as JSON can hold it."""
    return {
        "headings": list(sheet.headings),
        "lines": [[line.line, list(line.cells)] for line in sheet.lines],
        "formulas": sorted(map(list, sheet.formulas)),
        "faults": [[fault.line, fault.sentence, dict(fault.values)] for fault in sheet.faults],
    }


def sheet_from_json(kept: Mapping[str, Any]) -> Sheet:
    """Return the sheet that `sheet_as_json` was called on."""
    return Sheet(
        tuple(kept["headings"]),
        tuple(SheetLine(line, tuple(cells)) for line, cells in kept["lines"]),
        frozenset((line, column) for line, column in kept["formulas"]),
        tuple(SheetFault(line, sentence, values) for line, sentence, values in kept["faults"]),
    )

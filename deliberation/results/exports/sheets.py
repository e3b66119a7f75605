"""Answers as a workbook and as a data set for statistics programs. Loaded only when one is asked for.

Both are written to a file that is gone as soon as it is closed: neither library can write a piece at a time.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Final

import pandas as pd
import pyreadstat
import xlsxwriter

from deliberation.results.exports.text import CODEBOOK, codebook_of
from deliberation.results.exports.variables import Cell, Measure, Variable

LONGEST_CELL: Final = 32_767
LONGEST_SPSS_TEXT: Final = 32_000
LONGEST_LABEL: Final = 255
LONGEST_MEANING: Final = 120
LONGEST_NAME: Final = 64
_NOT_IN_A_NAME: Final = re.compile(r"[^A-Za-z0-9_]")


def write_workbook(path: Path, variables: Sequence[Variable], rows: Iterable[Sequence[Cell]]) -> None:
    """Write the answers and the codebook. What people wrote is text, never a formula or an address."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("answers")
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, [variable.name for variable in variables], bold)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell[:LONGEST_CELL])
                elif cell is not None:
                    sheet.write_number(number, column, cell)
        codes = book.add_worksheet("codebook")
        codes.write_row(0, 0, CODEBOOK, bold)
        for number, line in enumerate(codebook_of(variables), start=1):
            for column, text in enumerate(line):
                codes.write_string(number, column, text)


def write_spss(
    path: Path, variables: Sequence[Variable], rows: Iterable[Sequence[Cell]], *, title: str
) -> None:
    """Write the answers as an SPSS system file, with labels of variables and of codes."""
    names = spss_names(variables)
    columns: list[list[Cell]] = [[] for _ in variables]
    for row in rows:
        for column, cell in zip(columns, row, strict=True):
            column.append(cell)
    frame = pd.DataFrame(
        {
            name: _series(variable, column)
            for name, variable, column in zip(names, variables, columns, strict=True)
        }
    )
    pyreadstat.write_sav(
        frame,
        str(path),
        file_label=title[:64],
        column_labels=[variable.label[:LONGEST_LABEL] for variable in variables],
        variable_value_labels={
            name: {code: meaning[:LONGEST_MEANING] for code, meaning in variable.labels.items()}
            for name, variable in zip(names, variables, strict=True)
            if variable.labels
        },
        variable_measure={name: _measure(variable) for name, variable in zip(names, variables, strict=True)},
        row_compress=True,
    )


def spss_names(variables: Sequence[Variable]) -> list[str]:
    """Return names that SPSS takes: letters, digits and underscores, none twice."""
    names: list[str] = []
    for number, variable in enumerate(variables, start=1):
        name = _NOT_IN_A_NAME.sub("_", variable.name)[: LONGEST_NAME - 8]
        if not name[:1].isalpha():
            name = f"v_{name}"
        if name.upper() in {
            "ALL",
            "AND",
            "BY",
            "EQ",
            "GE",
            "GT",
            "LE",
            "LT",
            "NE",
            "NOT",
            "OR",
            "TO",
            "WITH",
        }:
            name = f"{name}_"
        taken = {one.casefold() for one in names}
        names.append(f"{name}_{number}" if name.casefold() in taken else name)
    return names


def _series(variable: Variable, column: list[Cell]) -> pd.Series:
    if variable.measure is Measure.TEXT:
        return pd.Series(
            [None if cell is None else str(cell)[:LONGEST_SPSS_TEXT] for cell in column], dtype=object
        )
    if variable.measure is Measure.DATE:
        return pd.Series(
            [None if cell is None else date.fromisoformat(str(cell)) for cell in column], dtype=object
        )
    return pd.Series(column, dtype="float64")


def _measure(variable: Variable) -> str:
    if variable.measure in {Measure.NUMBER, Measure.DATE}:
        return "scale"
    return "ordinal" if variable.is_ordered else "nominal"

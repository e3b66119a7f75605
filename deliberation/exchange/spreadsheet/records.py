"""What a spreadsheet says, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SheetFault:
    """Something that keeps the file from being imported. `line` 0 speaks of the file as a whole."""

    line: int
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line below the headings: its number in the file, and its cells as text."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The first sheet of a file. Every line has as many cells as there are headings; empty lines are gone.

    `formulas` are the places (line, column from 0) that hold a formula. Its text is the cell's: nothing is
    ever evaluated.
    """

    headings: tuple[str, ...]
    lines: tuple[SheetLine, ...]
    formulas: frozenset[tuple[int, int]]
    faults: tuple[SheetFault, ...]

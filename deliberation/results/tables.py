"""Cross-tables as pages may show them: hidden cells gone, shares with intervals, a test of what is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from deliberation.analysis.intervals import Interval, wilson_interval
from deliberation.analysis.votes import Booleans, Integers
from deliberation.surveys.questions.base import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """A test of independence as it was counted; see `analysis.independence`."""

    method: str
    probability: float
    error: float
    effect: float
    strength: str
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossTable:
    """How many gave each two answers. The last of rows and columns are those who gave none.

    The sums of rows and columns are public and exact; a hidden cell is None.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[int | None, ...], ...]
    row_sums: tuple[int, ...]
    column_sums: tuple[int, ...]
    people: int
    tested: Tested | None

    @classmethod
    def read(cls, said: Mapping[str, Any], rows: Sequence[str]) -> Self:
        """Return the stored table with its hidden cells taken away."""
        counts, hidden = np.array(said["counts"], dtype=np.int64), np.array(said["hidden"], dtype=np.bool_)
        return cls(
            rows=tuple(rows),
            columns=tuple(said["columns"]),
            cells=tuple(
                tuple(None if out else count for count, out in zip(line, hidden_line, strict=True))
                for line, hidden_line in zip(counts.tolist(), hidden.tolist(), strict=True)
            ),
            row_sums=tuple(counts.sum(axis=1).tolist()),
            column_sums=tuple(counts.sum(axis=0).tolist()),
            people=int(counts.sum()),
            tested=Tested(**said["tested"]) if said["tested"] else None,
        )

    @property
    def hides(self) -> int:
        """How many cells are hidden."""
        return sum(line.count(None) for line in self.cells)

    @property
    def is_concealed(self) -> bool:
        """Whether nothing is shown of rows and columns in which there is anybody."""
        return all(
            count is None or not row_sum or not column_sum
            for line, row_sum in zip(self.cells, self.row_sums, strict=True)
            for count, column_sum in zip(line, self.column_sums, strict=True)
        )

    def row_share(self, row: int, column: int) -> tuple[float, Interval] | None:
        """Return the share of the row's people in the column, with its interval."""
        return _share(self.cells[row][column], self.row_sums[row])

    def column_share(self, row: int, column: int) -> tuple[float, Interval] | None:
        """Return the share of the column's people in the row, with its interval."""
        return _share(self.cells[row][column], self.column_sums[column])


def to_test(counts: Integers, hidden: Booleans) -> Integers:
    """Return a table to test, made of nothing but what is shown.

    Those who gave no answer are left out. Columns with a hidden cell are taken together: what is in them row
    by row is what is missing from the row's sum. Where those without an answer are hidden, they are in there.
    Rows that hide most are left out as long as that makes the table larger.
    """
    order = sorted(range(len(counts) - 1), key=lambda row: (int(hidden[row].sum()), row))
    order = [row for row in order if counts[row].any()]
    best = np.zeros((0, 0), dtype=np.int64)
    for number in range(len(order), 1, -1):
        table = _merged(counts[sorted(order[:number])], hidden[sorted(order[:number])])
        if (len(table) - 1) * (table.shape[1] - 1) > (len(best) - 1) * (best.shape[1] - 1) or not best.size:
            best = table
    return best


def _merged(rows: Integers, hidden: Booleans) -> Integers:
    is_hidden: Booleans = np.asarray(hidden.any(axis=0))
    kept = [column for column in range(rows.shape[1] - 1) if not is_hidden[column]]
    columns = [rows[:, column] for column in kept]
    if is_hidden.any():
        columns.append(rows[:, is_hidden].sum(axis=1))
    return np.stack(columns, axis=1) if columns else np.zeros((len(rows), 0), dtype=np.int64)


def is_ordered(kind: Kind) -> bool:
    """Say whether the answers of such a question have an order of their own."""
    return kind in {Kind.SCALE, Kind.MATRIX, Kind.NUMBER, Kind.DATE}


def _share(count: int | None, total: int) -> tuple[float, Interval] | None:
    if count is None or not total:
        return None
    return count / total, wilson_interval(count, total)

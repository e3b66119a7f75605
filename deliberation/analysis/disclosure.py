"""Which cells of a table may be shown, so that no small one can be read off or worked out.

A table says how many people gave each pair of answers to two questions. How many gave each answer, the
*margins*, is public and exact. A cell with fewer than ten people is hidden, and further cells with it until
nobody who knows the margins, the cells that are shown, and which of the hidden ones are small can narrow a
hidden cell down. Source of the method: D. Gusfield, "A graph theoretic approach to statistical data
security", SIAM Journal on Computing 17 (1988) 552–571, here with bounds and a least width.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from deliberation.analysis.fewest import FEWEST
from deliberation.analysis.votes import Booleans, Integers

WIDTH: Final = 3
"""By so much a hidden cell must be able to vary; by less only where the margins alone say more."""


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """Between which numbers somebody who knows which hidden cells are small must look, (R, C) each."""

    low: Integers
    high: Integers


def hidden_cells(counts: Integers) -> Booleans:
    """Return, as (R, C), which cells of `counts` (R, C) to hide.

    Cells of an answer that nobody gave are not hidden: the margins say that they are empty. In each row and
    column the hidden cells are none, all, or ten people together. Which cells are hidden besides small ones
    follows from the margins, so that the choice tells nothing more. Where that does not suffice, all are.
    """
    is_open = open_cells(counts)
    hidden: Booleans = is_open & (counts < FEWEST)
    if not hidden.any():
        return hidden
    weights = _expected(counts)
    while not (hidden == is_open).all():
        place = _unsafe_cell(counts, hidden, is_open)
        if place is None:
            return hidden
        _hide_more(hidden, is_open, weights, place)
    return is_open


def open_cells(counts: Integers) -> Booleans:
    """Return which cells the margins do not give away, (R, C): with people in their row and their column.

    None where all people are in one row or in one column.
    """
    rows, columns = counts.sum(axis=1) > 0, counts.sum(axis=0) > 0
    if rows.sum() < 2 or columns.sum() < 2:
        return np.zeros(counts.shape, dtype=np.bool_)
    return np.asarray(rows[:, None] & columns[None, :])


def is_protected(counts: Integers, hidden: Booleans) -> bool:
    """Say whether `counts` can be shown but for the `hidden` cells, (R, C), all of the rules kept."""
    is_open = open_cells(counts)
    if (is_open & ~hidden & (counts < FEWEST)).any():
        return False
    covered: Booleans = hidden & is_open
    return bool((covered == is_open).all()) or _unsafe_cell(counts, covered, is_open) is None


def bounds_of(counts: Integers, hidden: Booleans) -> Bounds:
    """Return what is known of each cell by itself: shown cells, and whether hidden ones are small.

    Where everything is hidden, nothing says which cells are small.
    """
    margins = np.minimum(counts.sum(axis=1)[:, None], counts.sum(axis=0)[None, :])
    is_small = counts < FEWEST
    if (hidden == open_cells(counts)).all():
        low, high = np.zeros_like(counts), margins
    else:
        low = np.where(is_small, 0, FEWEST)
        high = np.where(is_small, np.minimum(FEWEST - 1, margins), margins)
    return Bounds(np.where(hidden, low, counts), np.where(hidden, high, counts))


def free_width(counts: Integers) -> Integers:
    """Return by how much each cell, (R, C), can vary for somebody who knows the margins alone."""
    rows, columns = counts.sum(axis=1)[:, None], counts.sum(axis=0)[None, :]
    return np.asarray(np.minimum(rows, columns) - np.maximum(0, rows + columns - counts.sum()))


def needed_width(counts: Integers) -> Integers:
    """Return by how much each hidden cell, (R, C), must be able to vary."""
    return np.asarray(np.minimum(WIDTH, free_width(counts)))


def _unsafe_cell(counts: Integers, hidden: Booleans, is_open: Booleans) -> tuple[int, int] | None:
    thin = _thin_line(counts, hidden, is_open)
    if thin is not None:
        return thin
    bounds, needed = bounds_of(counts, hidden), needed_width(counts)
    up, down = (bounds.high - counts).tolist(), (counts - bounds.low).tolist()
    for row, column in np.argwhere(hidden).tolist():
        need = int(needed[row, column])
        if _width(up, down, (row, column), need) < need:
            return row, column
    return None


def _thin_line(counts: Integers, hidden: Booleans, is_open: Booleans) -> tuple[int, int] | None:
    """Return a cell of a row or column whose hidden cells hold fewer than ten people, some being shown."""
    for axis in (1, 0):
        together = np.where(hidden, counts, 0).sum(axis=axis)
        is_thin = hidden.any(axis=axis) & (together < FEWEST) & (is_open & ~hidden).any(axis=axis)
        if is_thin.any():
            line = int(np.flatnonzero(is_thin)[0])
            across = int(np.flatnonzero(hidden[line] if axis == 1 else hidden[:, line])[0])
            return (line, across) if axis == 1 else (across, line)
    return None


def _hide_more(hidden: Booleans, is_open: Booleans, weights: Integers, place: tuple[int, int]) -> None:
    """Hide what completes the lightest rectangle with `place` in it that is not hidden whole yet."""
    row, column = place
    to_hide = np.where(is_open & ~hidden, weights, 0)
    cost = to_hide[row, :][None, :] + to_hide[:, column][:, None] + to_hide
    cost = np.where(is_open & (cost > 0), cost, np.iinfo(np.int64).max)
    cost[row, :] = cost[:, column] = np.iinfo(np.int64).max
    other_row, other_column = np.unravel_index(int(cost.argmin()), cost.shape)
    if cost[other_row, other_column] == np.iinfo(np.int64).max:
        hidden |= is_open
        return
    hidden[row, other_column] = hidden[other_row, column] = hidden[other_row, other_column] = True


def _expected(counts: Integers) -> Integers:
    """Return a weight for each cell from the margins alone, (R, C); no two lines weigh alike."""
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    product = rows[:, None] * columns[None, :] * (counts.size + 1)
    return np.asarray(product + np.arange(counts.size).reshape(counts.shape) + 1, dtype=np.int64)


def _width(up: list[list[int]], down: list[list[int]], place: tuple[int, int], need: int) -> int:
    """Return by how much the cell can vary, as far as `need`, when every row and column keeps its sum."""
    row, column = place
    more = min(up[row][column], need)
    more = _flow(up, down, (column, row), place, more)
    less = min(down[row][column], need - more)
    # To lessen a cell is to increase what is missing from it.
    return more + _flow(down, up, (column, row), place, less)


def _flow(
    up: list[list[int]], down: list[list[int]], ends: tuple[int, int], place: tuple[int, int], wanted: int
) -> int:
    """Return how much, as far as `wanted`, can be moved from the column to the row without the cell `place`.

    From a column to a row one goes by lessening their cell, from a row to a column by increasing it.
    """
    up, down = [list(line) for line in up], [list(line) for line in down]
    up[place[0]][place[1]] = down[place[0]][place[1]] = 0
    moved = 0
    while moved < wanted:
        path = _path(up, down, *ends)
        if path is None:
            break
        amount = min(
            [wanted - moved]
            + [down[row][column] if lessens else up[row][column] for row, column, lessens in path]
        )
        for row, column, lessens in path:
            change = -amount if lessens else amount
            up[row][column] -= change
            down[row][column] += change
        moved += amount
    return moved


def _path(
    up: list[list[int]], down: list[list[int]], start: int, goal: int
) -> list[tuple[int, int, bool]] | None:
    """Return the cells on a shortest way from column `start` to row `goal`, and which of them it lessens."""
    came_to_row: dict[int, int] = {}
    came_to_column: dict[int, int | None] = {start: None}
    columns = [start]
    while columns and goal not in came_to_row:
        rows = []
        for column in columns:
            for row, line in enumerate(down):
                if row not in came_to_row and line[column] > 0:
                    came_to_row[row] = column
                    rows.append(row)
        columns = []
        for row in rows:
            for column, room in enumerate(up[row]):
                if column not in came_to_column and room > 0:
                    came_to_column[column] = row
                    columns.append(column)
    if goal not in came_to_row:
        return None
    path: list[tuple[int, int, bool]] = []
    at: int | None = goal
    while at is not None:
        from_column = came_to_row[at]
        path.append((at, from_column, True))
        before = came_to_column[from_column]
        if before is not None:
            path.append((before, from_column, False))
        at = before
    return path

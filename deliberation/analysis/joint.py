"""Whether several tables of the same people, taken together, give a hidden cell away.

Two tables that share a question say something about the third between the other two. Three questions at a
time are looked at: what all of their tables show is a set of linear equations in how many people gave each
three answers, and a linear programme says how far a hidden cell can still vary.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

from deliberation.analysis.disclosure import (
    bounds_of,
    hidden_cells,
    is_protected,
    needed_width,
    open_cells,
)
from deliberation.analysis.votes import Booleans, Floats, Integers

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Pair = tuple[int, int]
"""Two questions by number, the lower first."""
_GLANCES: Final = 4
_ROUNDING: Final = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """How many people gave each two answers, (R, C), and which cells are hidden."""

    counts: Integers
    hidden: Booleans

    def concealed(self) -> "Table":
        """Return the table with nothing shown."""
        return Table(self.counts, open_cells(self.counts))


@dataclass(frozen=True, slots=True, eq=False)
class Equations:
    """What is known of cells x ≥ 0, (N,): `sums` @ x = `totals`, and the hidden cells by their bounds."""

    sums: "csr_array"
    totals: Floats
    hidden: "csr_array"
    """(H, N) Each row sums up one hidden cell."""
    low: Integers
    high: Integers
    """(H,)"""
    needed: Integers
    """(H,) By how much each must be able to vary."""
    places: list[Pair] = field(default_factory=list)
    """Whose table each hidden cell is in."""


def first_edition(counts: Mapping[Pair, Integers], *, seed: int) -> dict[Pair, Table]:
    """Return these tables, (R, C) each, with so many cells hidden that none can be worked out."""
    return conceal_exposed({pair: Table(one, hidden_cells(one)) for pair, one in counts.items()}, seed=seed)


def next_edition(
    counts: Mapping[Pair, Integers], before: Mapping[Pair, Table], *, seed: int
) -> dict[Pair, Table]:
    """Return the tables to be shown after those of `before`, which somebody may have kept.

    What two editions of a table differ by is a table itself, of those who answered in between. So a table is
    replaced only where that one could be shown with the same cells hidden; otherwise it stays as it was.
    """
    growth = {
        pair: counts[pair] - old.counts for pair, old in before.items() if _is_like(counts.get(pair), old)
    }
    replaced = {
        pair: Table(grown, before[pair].hidden & open_cells(grown))
        for pair, grown in growth.items()
        if (grown >= 0).all() and is_protected(grown, before[pair].hidden)
    }
    if any(exposed_tables(replaced, three, seed=seed) for three in _threes(replaced)):
        return dict(before)
    return {
        pair: Table(counts[pair], old.hidden) if pair in replaced else old for pair, old in before.items()
    }


def conceal_exposed(tables: Mapping[Pair, Table], *, seed: int) -> dict[Pair, Table]:
    """Return the tables, those that give a hidden cell away with nothing shown any more.

    A table whose hidden cell can be worked out loses its other cells; where it has lost them, the tables
    that tell of it lose theirs.
    """
    safe = dict(tables)
    concealed: set[Pair] = set()
    looked_at: set[tuple[tuple[int, int, int], frozenset[Pair]]] = set()
    is_settled = False
    while not is_settled:
        is_settled = True
        for three in _threes(safe):
            state = (three, frozenset(concealed & set(combinations(three, 2))))
            if state in looked_at or not _hides(safe, three):
                continue
            looked_at.add(state)
            for pair in _to_conceal(safe, three, seed=seed):
                is_settled = False
                concealed.add(pair)
                safe[pair] = safe[pair].concealed()
    return safe


def exposed_tables(tables: Mapping[Pair, Table], questions: Sequence[int], *, seed: int) -> list[Pair]:
    """Return which tables among these questions have a hidden cell that varies less than it must."""
    equations = equations_of(tables, questions)
    low, high = glance(equations, seed=seed)
    exposed = []
    for cell in np.flatnonzero(high - low < equations.needed - _ROUNDING).tolist():
        if equations.places[cell] in exposed:
            continue
        least, most = cell_range(equations, cell)
        if most - least < equations.needed[cell] - _ROUNDING:
            exposed.append(equations.places[cell])
    return exposed


def _to_conceal(tables: Mapping[Pair, Table], three: Sequence[int], *, seed: int) -> list[Pair]:
    exposed = exposed_tables(tables, three, seed=seed)
    telling = [pair for pair in exposed if not _is_concealed(tables[pair])]
    if exposed and not telling:
        telling = [pair for pair in combinations(three, 2) if not _is_concealed(tables[pair])]
    return telling


def _is_like(counts: Integers | None, old: Table) -> bool:
    return counts is not None and counts.shape == old.counts.shape


def equations_of(tables: Mapping[Pair, Table], questions: Sequence[int]) -> Equations:
    """Return what the tables among these questions say, every answer of each question being counted."""
    pairs = [pair for pair in combinations(questions, 2) if pair in tables]
    from scipy.sparse import csr_array, vstack  # slow; no server computes

    sizes = _sizes(tables, pairs)
    shape = tuple(sizes[question] for question in questions)
    axes = {question: axis for axis, question in enumerate(questions)}
    flat = np.arange(int(np.prod(shape))).reshape(shape)
    known, totals, hidden, low, high, needed, places = [], [], [], [], [], [], []
    for pair in pairs:
        table, axis = tables[pair], (axes[pair[0]], axes[pair[1]])
        sums = _sum_over_others(flat, axis)
        is_hidden = table.hidden.ravel()
        bounds = bounds_of(table.counts, table.hidden)
        known += [sums[~is_hidden], *_margins(flat, axis)]
        totals += [table.counts.ravel()[~is_hidden], table.counts.sum(axis=1), table.counts.sum(axis=0)]
        hidden.append(sums[is_hidden])
        low.append(bounds.low.ravel()[is_hidden])
        high.append(bounds.high.ravel()[is_hidden])
        needed.append(needed_width(table.counts).ravel()[is_hidden])
        places += [pair] * int(is_hidden.sum())
    return Equations(
        sums=csr_array(vstack(known)),
        totals=np.concatenate(totals).astype(np.float64),
        hidden=csr_array(vstack(hidden)),
        low=np.concatenate(low),
        high=np.concatenate(high),
        needed=np.concatenate(needed),
        places=places,
    )


def glance(equations: Equations, *, seed: int) -> tuple[Floats, Floats]:
    """Return a lower and an upper value that each hidden cell, (H,), can certainly have.

    A few random directions are gone into as far as possible; most cells vary enough in those.
    """
    rng = np.random.default_rng(seed)
    low = np.full(len(equations.low), np.inf)
    high = np.full(len(equations.low), -np.inf)
    for _ in range(_GLANCES if len(equations.low) else 0):
        direction = rng.standard_normal(len(equations.low))
        for sign in (1.0, -1.0):
            cells = equations.hidden @ _solve(equations, sign * (equations.hidden.T @ direction))
            low, high = np.minimum(low, cells), np.maximum(high, cells)
    return low, high


def cell_range(equations: Equations, cell: int) -> tuple[float, float]:
    """Return the least and the greatest number that the hidden cell can be."""
    row = np.asarray(equations.hidden[[cell]].todense()).ravel()
    return float(row @ _solve(equations, row)), float(row @ _solve(equations, -row))


def _solve(equations: Equations, objective: Floats) -> Floats:
    from scipy.optimize import linprog  # slow; no server computes
    from scipy.sparse import vstack

    found = linprog(
        objective,
        A_eq=equations.sums,
        b_eq=equations.totals,
        A_ub=vstack([equations.hidden, -equations.hidden]),
        b_ub=np.concatenate([equations.high, -equations.low]),
        method="highs-ds",
    )
    if found.x is None:
        raise ArithmeticError(f"the tables contradict each other: {found.message}")
    return np.asarray(found.x, dtype=np.float64)


def _threes(tables: Mapping[Pair, Table]) -> list[tuple[int, int, int]]:
    """Return the questions, three at a time, of which all three tables are there."""
    after: dict[int, set[int]] = {}
    for one, other in tables:
        after.setdefault(one, set()).add(other)
    return [
        (one, other, third)
        for one, other in sorted(tables)
        for third in sorted(after[one] & after.get(other, set()))
    ]


def _hides(tables: Mapping[Pair, Table], three: Sequence[int]) -> bool:
    return any(tables[pair].hidden.any() for pair in combinations(three, 2))


def _is_concealed(table: Table) -> bool:
    return bool((table.hidden == open_cells(table.counts)).all())


def _sizes(tables: Mapping[Pair, Table], pairs: Sequence[Pair]) -> dict[int, int]:
    sizes = {}
    for one, other in pairs:
        sizes[one], sizes[other] = tables[one, other].counts.shape
    return sizes


def _sum_over_others(flat: Integers, axes: tuple[int, int]) -> "csr_array":
    """Return the matrix that sums cells of all questions up to those of two, in their order."""
    moved = np.moveaxis(flat, axes, (0, 1)).reshape(flat.shape[axes[0]] * flat.shape[axes[1]], -1)
    return _indicator(moved, flat.size)


def _margins(flat: Integers, axes: tuple[int, int]) -> list["csr_array"]:
    return [_indicator(np.moveaxis(flat, axis, 0).reshape(flat.shape[axis], -1), flat.size) for axis in axes]


def _indicator(members: Integers, size: int) -> "csr_array":
    from scipy.sparse import coo_array, csr_array  # slow; no server computes

    rows = np.repeat(np.arange(len(members)), members.shape[1])
    return csr_array(coo_array((np.ones(members.size), (rows, members.ravel())), shape=(len(members), size)))

"""Where people and ideas lie: principal components of the votes, which are never made dense.

An unseen vote is taken to be the idea's mean. After centring on that mean it is 0, so that the centred
matrix has no more entries than there are votes.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from deliberation.analysis.numbers import Words, random_shares, scramble, scramble_rows
from deliberation.analysis.votes import Booleans, Floats, Integers, VoteMatrix

if TYPE_CHECKING:
    from scipy.sparse import csr_array

MAP: Final = 2
"""How many components make the map."""
MOST_COMPONENTS: Final = 4
"""As many as five groups may need to lie apart."""
MOST_STEPS: Final = 200
MOST_VOTES_READ: Final = 4_000_000_000
GRID: Final = 2.0**-20
"""Points are rounded to multiples of this, so that rounding errors in sums leave no trace in the groups."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Centred:
    """The votes minus their idea's mean, of `P` people on `I` ideas; 0 for ideas off the map."""

    votes: "csr_array"
    """(P, I)"""
    weights: Floats | None
    """(P,) How many people each row stands for; None for one each."""
    means: Floats
    """(I,) The mean of the votes on each idea; 0 where there are none."""
    spread: Floats
    """(I,) The sum of the squares of the centred votes."""

    def covary(self, vector: Floats) -> Floats:
        """Return the covariance matrix, unscaled, times a vector, (I,)."""
        rows = self.votes @ vector
        return self.votes.T @ (rows if self.weights is None else rows * self.weights)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Axes:
    """The principal components of the votes on `I` ideas, the one with most variance first.

    `d` of them: the two of the map, then further ones if asked for.
    """

    components: Floats
    """(d, I) Of length 1, or all 0 where the votes have fewer dimensions."""
    variances: Floats
    """(d,) The eigenvalues: sums of squares along each component."""


def centre(matrix: VoteMatrix, counts: Integers | Floats, weights: Floats | None = None) -> Centred:
    """Return the centred votes; `counts` is (I, 3), in which people count by their weights."""
    from scipy.sparse import csr_array  # slow; no server computes

    total = counts.sum(axis=1)
    means = (counts[:, 0] - counts[:, 1]) / np.maximum(total, 1)
    spread = counts[:, 0] + counts[:, 1] - total * means**2
    table = np.array([1.0, -1.0, 0.0]) - means[:, None]
    table[~matrix.is_on_map] = 0.0
    centred = table.ravel()
    values = np.empty(len(matrix.choices))
    for part in matrix.parts():
        values[part] = centred[matrix.cells(part)]
    shape = (len(matrix.people), len(matrix.ideas))
    return Centred(
        votes=csr_array((values, matrix.columns, matrix.starts.astype(np.int32)), shape=shape),
        weights=weights,
        means=means,
        spread=np.where(matrix.is_on_map, np.maximum(spread, 0.0), 0.0),
    )


def find_axes(
    centred: Centred, *, seed: int, wanted: int = MAP, start: Floats | None = None, accuracy: float = 1e-10
) -> Axes:
    """Return the first components, as many as `wanted`, by Lanczos iteration with full reorthogonalisation.

    It ends when their residuals are below `accuracy` times the greatest eigenvalue, or after a number of
    steps, as happens where no direction stands out. `start`, (I,), may lead there sooner. Sums are taken in
    an order of our own, never by a library that shares them out among threads. Source: G. H. Golub,
    C. F. Van Loan, Matrix Computations, 4th ed., section 10.3.
    """
    ideas = len(centred.means)
    scale = float(centred.spread.max(initial=0.0))
    empty = Axes(components=np.zeros((wanted, ideas)), variances=np.zeros(wanted))
    if scale <= 0.0:
        return empty
    bases = np.empty((min(_most_steps(centred), ideas), ideas))
    diagonal, beside = np.empty(len(bases)), np.zeros(len(bases))
    vector = _start(centred, seed) if start is None else start
    for step in range(len(bases)):
        direction = _independent(vector, bases[:step])
        if direction is None:
            # The votes have no further dimension that the start leads to: look in another direction.
            beside[step - 1] = 0.0
            direction = _independent(_unlike(ideas, seed, step) * (centred.spread > 0), bases[:step])
            if direction is None:
                return _combine(bases[:step], diagonal[:step], beside[: step - 1], wanted)
        bases[step] = direction
        vector = centred.covary(direction)
        diagonal[step] = _product(vector, direction)
        vector = _orthogonal(vector, bases[: step + 1])
        beside[step] = np.sqrt(_product(vector, vector))
        if beside[step] <= 1e-12 * scale:
            vector, beside[step] = np.zeros(ideas), 0.0
        elif step % 5 == 4 and _is_settled(diagonal[: step + 1], beside[: step + 1], wanted, accuracy):
            break
    return _combine(bases[: step + 1], diagonal[: step + 1], beside[:step], wanted)


def place(centred: Centred, axes: Axes, votes_cast: Integers, ideas_on_map: int) -> Floats:
    """Return where people lie, (P, d).

    p = sqrt(C / max(n, 1)) · Σ (vote − mean) · component, with C ideas on the map and n votes on them: who
    has voted on little is not drawn to the middle for it. Rounded to the grid.
    """
    stretch = np.sqrt(ideas_on_map / np.maximum(votes_cast, 1))
    points = np.stack([centred.votes @ component for component in axes.components], axis=1)
    return on_grid(points * stretch[:, None])


def place_ideas(centred: Centred, axes: Axes, is_on_map: Booleans) -> Floats:
    """Return where a person would lie who had agreed with one idea alone, (I, 2), rounded to the grid."""
    reach = np.sqrt(np.count_nonzero(is_on_map)) * (1.0 - centred.means)
    return on_grid(np.where(is_on_map[:, None], reach[:, None] * axes.components[:MAP].T, 0.0))


def oriented(axes: Axes, points: Floats) -> Axes:
    """Turn each axis so that the points, (P, d), reach out farther on its positive side.

    That is decided by the sum of their cubes, hence the same when all votes change their sign, and when
    ideas are numbered otherwise.
    """
    if not axes.components.size:
        return axes
    cubes = (points**3).sum(axis=0)
    sizes = (np.abs(points) ** 3).sum(axis=0)
    lean = np.where(np.abs(cubes) > 1e-9 * sizes, cubes, _largest_loading(axes.components))
    return Axes(components=np.where(lean < 0, -1.0, 1.0)[:, None] * axes.components, variances=axes.variances)


def on_grid(points: Floats) -> Floats:
    """Round to the grid; no zero is negative."""
    return np.asarray(np.rint(points / GRID) * GRID + 0.0)


def words_of(points: Floats) -> Words:
    """Return 64 bits for each point on the grid, (n, d), that rest on where it lies alone, as if random."""
    return scramble_rows(np.rint(points / GRID).astype(np.int64))


def _start(centred: Centred, seed: int) -> Floats:
    """A start for every idea that rests on its spread alone, whatever its number or place.

    Ideas with equal spread start alike, and a start may lack a component for it: `_unlike` then helps.
    """
    words = np.rint(centred.spread / GRID).astype(np.int64) ^ np.int64(seed)
    shares = (scramble(words) >> np.uint64(11)).astype(np.float64) / 2.0**53
    return np.asarray(np.sqrt(centred.spread) * (shares - 0.5))


def _unlike(ideas: int, seed: int, step: int) -> Floats:
    return random_shares(seed, step, ideas) - 0.5


def _independent(vector: Floats, bases: Floats) -> Floats | None:
    """What of the vector is orthogonal to the bases, of length 1; None if nothing is."""
    length = np.sqrt(_product(vector, vector))
    if length == 0.0:
        return None
    rest = _orthogonal(vector / length, bases)
    remains = np.sqrt(_product(rest, rest))
    if remains < 1e-10:
        return None
    rest = _orthogonal(rest / remains, bases)
    return np.asarray(rest / np.sqrt(_product(rest, rest)))


def _orthogonal(vector: Floats, bases: Floats) -> Floats:
    shares = (bases * vector).sum(axis=1)
    return np.asarray(vector - (bases * shares[:, None]).sum(axis=0))


def _product(one: Floats, other: Floats) -> float:
    """Not `one @ other`, which a library sums in as many pieces as it has threads."""
    return float((one * other).sum())


def _most_steps(centred: Centred) -> int:
    """Fewer for very many votes: where no direction stands out, more steps do not make one."""
    return int(np.clip(MOST_VOTES_READ // max(centred.votes.nnz, 1), 40, MOST_STEPS))


def _is_settled(diagonal: Floats, beside: Floats, wanted: int, accuracy: float) -> bool:
    from scipy.linalg import eigh_tridiagonal  # slow; no server computes

    values, vectors = eigh_tridiagonal(diagonal, beside[:-1])
    return bool(np.all(beside[-1] * np.abs(vectors[-1, -wanted:]) <= accuracy * values[-1]))


def _combine(bases: Floats, diagonal: Floats, beside: Floats, wanted: int) -> Axes:
    from scipy.linalg import eigh_tridiagonal  # slow; no server computes

    values, vectors = eigh_tridiagonal(diagonal, beside)
    components, variances = np.zeros((wanted, bases.shape[1])), np.zeros(wanted)
    for place, which in enumerate(range(len(values) - 1, max(len(values) - 1 - wanted, -1), -1)):
        if values[which] <= 1e-12 * values[-1]:
            break
        component = (bases * vectors[:, which][:, None]).sum(axis=0)
        components[place] = component / np.sqrt(_product(component, component))
        variances[place] = values[which]
    return Axes(components=components, variances=variances)


def _largest_loading(components: Floats) -> Floats:
    largest = np.abs(components).argmax(axis=1)
    return np.asarray(components[np.arange(len(components)), largest])

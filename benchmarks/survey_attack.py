"""`python -m benchmarks.survey_attack`: an attack on the cross-tables of random surveys, and how far it gets.

Somebody has everything that is shown: how many gave each answer at every count, every table, every edition.
They know how cells are chosen. All of it is one set of linear equations in how many people of each count gave
each combination of answers to all the questions; a linear programme tells how far a hidden cell can vary.
A cell is *recovered* where it cannot vary at all. This shares no code with what hides the cells.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

from deliberation.analysis.disclosure import hidden_cells
from deliberation.analysis.joint import Table, first_edition, next_edition

Answers = NDArray[np.int64]
Tables = dict[tuple[int, int], NDArray[np.int64]]
Editions = list[dict[tuple[int, int], Table]]
FEWEST = 10


@dataclass(frozen=True)
class Survey:
    """What some people answered, (people, questions), and how many had at the first count."""

    answers: Answers
    sizes: tuple[int, ...]
    first: int

    @property
    def counts(self) -> list[Answers]:
        """Who was there at each count."""
        return [self.answers[: self.first], self.answers]


def random_survey(rng: np.random.Generator, *, questions: int) -> Survey:
    """Return answers that have something to do with each other, so that tables tell of each other."""
    people = int(rng.integers(25, 500))
    sizes = tuple(int(size) for size in rng.integers(2, 5, questions))
    kinds = int(rng.integers(1, 5))
    kind = rng.integers(kinds, size=people)
    answers = np.empty((people, questions), dtype=np.int64)
    for question, size in enumerate(sizes):
        chances = rng.dirichlet(np.full(size, rng.choice([0.2, 0.6, 2.0])), size=kinds)
        drawn = (rng.random((people, 1)) > np.cumsum(chances[kind], axis=1)[:, :-1]).sum(axis=1)
        answers[:, question] = drawn
        if question and rng.random() < 0.3:
            # Two questions that ask nearly the same.
            earlier = np.minimum(answers[:, rng.integers(question)], size - 1)
            answers[:, question] = np.where(rng.random(people) < 0.95, earlier, drawn)
    return Survey(answers, sizes, int(rng.integers(15, people + 1)))


def tables_of(answers: Answers, sizes: tuple[int, ...]) -> Tables:
    """Count every two questions."""
    found = {}
    for one, other in combinations(range(len(sizes)), 2):
        cells = answers[:, one] * sizes[other] + answers[:, other]
        found[one, other] = np.bincount(cells, minlength=sizes[one] * sizes[other]).reshape(
            sizes[one], sizes[other]
        )
    return found


def protected(survey: Survey) -> Editions:
    """What the product shows."""
    before, after = (tables_of(answers, survey.sizes) for answers in survey.counts)
    first = first_edition(before, seed=1)
    return [first, next_edition(after, first, seed=1)]


def small_cells_only(survey: Survey) -> Editions:
    """Nothing but the small cells hidden."""
    tables = [tables_of(answers, survey.sizes) for answers in survey.counts]
    return [
        {pair: Table(counts, _not_empty(counts) & (counts < FEWEST)) for pair, counts in edition.items()}
        for edition in tables
    ]


def each_table_alone(survey: Survey) -> Editions:
    """Each table safe by itself, whatever the others say, in one edition."""
    tables = tables_of(survey.answers, survey.sizes)
    return [{pair: Table(counts, hidden_cells(counts)) for pair, counts in tables.items()}]


def each_edition_alone(survey: Survey) -> Editions:
    """Each edition safe by itself, whatever was shown before."""
    return [first_edition(tables_of(answers, survey.sizes), seed=1) for answers in survey.counts]


@dataclass
class Attack:
    """What is known of the people of each count, by combination of answers."""

    survey: Survey
    editions: Editions

    def recovered(self) -> tuple[int, int, float]:
        """Return how many hidden cells are recovered, how many there are, and how narrow the narrowest is."""
        hidden, truth = self._hidden()
        if not len(truth):
            return 0, 0, np.inf
        sums, totals = self._known()
        low, high = truth.astype(float), truth.astype(float)
        rng = np.random.default_rng(7)
        for _ in range(3):
            direction = hidden.T @ rng.standard_normal(len(truth))
            for objective in (direction, -direction):
                cells = hidden @ _solve(objective, sums, totals)
                low, high = np.minimum(low, cells), np.maximum(high, cells)
        for cell in np.flatnonzero(high - low < 1 - 1e-6):
            row = np.asarray(hidden[[cell]].todense()).ravel()
            low[cell] = min(low[cell], row @ _solve(row, sums, totals))
            high[cell] = max(high[cell], row @ _solve(-row, sums, totals))
        widths = high - low
        return int((widths < 1 - 1e-6).sum()), len(truth), float(widths.min())

    def _shape(self) -> tuple[int, ...]:
        return (len(self.editions), *self.survey.sizes)

    def _news(self) -> Editions:
        """The tables of each edition that are not still those of the edition before."""
        before: dict[tuple[int, int], Table] = {}
        news = []
        for tables in self.editions:
            news.append({pair: table for pair, table in tables.items() if table is not before.get(pair)})
            before = tables
        return news

    def _people(self) -> list[Answers]:
        return self.survey.counts if len(self.editions) > 1 else [self.survey.answers]

    def _known(self) -> tuple[csr_array, NDArray[np.float64]]:
        rows, totals = [], []
        for edition, (people, tables) in enumerate(zip(self._people(), self._news(), strict=True)):
            for question, size in enumerate(self.survey.sizes):
                for answer in range(size):
                    rows.append(self._cell(edition, {question: answer}))
                    totals.append(float((people[:, question] == answer).sum()))
            for (one, other), table in tables.items():
                for here, there in np.argwhere(~table.hidden).tolist():
                    rows.append(self._cell(edition, {one: here, other: there}))
                    totals.append(float(table.counts[here, there]))
        return vstack(rows, format="csr"), np.array(totals)

    def _hidden(self) -> tuple[csr_array, Answers]:
        rows, truth = [], []
        for edition, tables in enumerate(self._news()):
            for (one, other), table in tables.items():
                for here, there in np.argwhere(table.hidden & _not_empty(table.counts)).tolist():
                    rows.append(self._cell(edition, {one: here, other: there}))
                    truth.append(int(table.counts[here, there]))
        return (vstack(rows, format="csr") if rows else csr_array((0, 1))), np.array(truth, dtype=np.int64)

    def _cell(self, edition: int, where: dict[int, int]) -> csr_array:
        """The people up to this edition with these answers, as a row of the equations."""
        chosen = np.zeros(self._shape())
        places: list[slice | int] = [slice(0, edition + 1)]
        places += [where.get(question, slice(None)) for question in range(len(self.survey.sizes))]
        chosen[tuple(places)] = 1
        return csr_array(chosen.reshape(1, -1))


def _not_empty(counts: Answers) -> NDArray[np.bool_]:
    rows, columns = counts.sum(axis=1) > 0, counts.sum(axis=0) > 0
    if rows.sum() < 2 or columns.sum() < 2:
        return np.zeros(counts.shape, dtype=np.bool_)
    return rows[:, None] & columns[None, :]


def _solve(
    objective: NDArray[np.float64], sums: csr_array, totals: NDArray[np.float64]
) -> NDArray[np.float64]:
    found = linprog(objective, A_eq=sums, b_eq=totals, method="highs")
    if found.x is None:
        raise ArithmeticError(found.message)
    return np.asarray(found.x)


def attacks(
    show: Callable[[Survey], Editions], *, surveys: int, questions: int, seed: int
) -> Iterator[tuple[int, int, float, int]]:
    """Yield of each random survey what an attack on it recovers, and how many cells are shown."""
    for number in range(surveys):
        survey = random_survey(np.random.default_rng([seed, number]), questions=questions)
        editions = show(survey)
        shown = sum(int((~table.hidden).sum()) for tables in editions for table in tables.values())
        yield *Attack(survey, editions).recovered(), shown


def main() -> None:
    """Print how far the attack gets, with what the product does and without."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--surveys", type=int, default=1_000)
    parser.add_argument("--controls", type=int, default=100)
    parser.add_argument("--questions", type=int, default=3)
    parser.add_argument("--seed", type=int, default=20_261_125)
    asked = parser.parse_args()
    ways = {
        "as shown": (protected, asked.surveys),
        "control: small cells only": (small_cells_only, asked.controls),
        "control: each table alone": (each_table_alone, asked.controls),
        "control: each edition alone": (each_edition_alone, asked.controls),
    }
    print(f"{'':30}{'surveys':>9}{'hidden':>9}{'shown':>9}", end="")
    print(f"{'recovered':>11}{'in surveys':>12}{'narrowest':>11}{'s':>8}")
    for name, (show, surveys) in ways.items():
        began = time.perf_counter()
        found = list(attacks(show, surveys=surveys, questions=asked.questions, seed=asked.seed))
        cells, hidden, shown = (sum(one[place] for one in found) for place in (0, 1, 3))
        broken, narrowest = sum(one[0] > 0 for one in found), min(one[2] for one in found)
        seconds = time.perf_counter() - began
        print(f"{name:30}{surveys:>9,}{hidden:>9,}{shown:>9,}", end="")
        print(f"{cells:>11,}{broken:>12,}{narrowest:>11.2f}{seconds:>8.1f}")


if __name__ == "__main__":
    main()

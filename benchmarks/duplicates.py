"""How well near-duplicates are found, beside a baseline, and how long it takes.

Usage: python -m benchmarks.duplicates [folder]

Pairs of statements from public Polis conversations are judged in benchmarks/duplicates.csv: what somebody
wrote and moderators turned down, and a statement that stood. They are the same where whoever wrote the one
would be heard by a vote on the other. The judged pairs are the nearest four by our measure and the nearest
two by the baseline, so duplicates that share no words with anything are missing: the true recall is lower.
The conversations' comments.csv are read from `folder` (../shared/data/polis), by the name of each set.
"""

import argparse
import csv
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median
from typing import Final

import numpy as np
from numpy.typing import NDArray

from config import ROOT
from deliberation.ideas.letters import Index, plain
from deliberation.ideas.similar import MOST_SHOWN, SIMILAR_FROM

JUDGEMENTS: Final = Path(__file__).with_name("duplicates.csv")
TURNED_DOWN: Final = "-1"
BASELINE_LENGTH: Final = 3
MANY: Final = 5_000
Scores = NDArray[np.float64]
Measure = Callable[[Sequence[str], Sequence[str]], Scores]


@dataclass(frozen=True, slots=True)
class Judged:
    """A conversation: what was turned down, what stood, and which pairs of those say the same."""

    name: str
    written: dict[int, str]
    standing: dict[int, str]
    same: frozenset[tuple[int, int]]
    judged: frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Score:
    """What somebody would see who wrote the statements: pairs shown rightly, wrongly, and missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Of what is shown, the share that says the same."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Of what says the same, the share that is shown."""
        return self.right / max(1, self.right + self.missed)

    @property
    def f(self) -> float:
        """The harmonic mean of both."""
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)


def by_letters(written: Sequence[str], standing: Sequence[str]) -> Scores:
    """Measure as the product does."""
    index = Index.of(range(len(standing)), standing)
    return np.array([index.likeness(one) for one in written])


def by_shared_trigrams(written: Sequence[str], standing: Sequence[str]) -> Scores:
    """The baseline: the Jaccard index of the sets of three letters that two statements have."""
    ours, theirs = [_trigrams(one) for one in written], [_trigrams(one) for one in standing]
    return np.array([[len(a & b) / max(1, len(a | b)) for b in theirs] for a in ours])


def by_equality(written: Sequence[str], standing: Sequence[str]) -> Scores:
    """The baseline of baselines: the same letters, whatever the signs and capitals."""
    return np.array([[float(plain(a) == plain(b)) for b in standing] for a in written])


def _trigrams(statement: str) -> set[str]:
    text = plain(statement)
    return {text[start : start + BASELINE_LENGTH] for start in range(max(1, len(text) - BASELINE_LENGTH + 1))}


def read(folder: Path) -> list[Judged]:
    """Return the judged conversations that are in the folder."""
    with JUDGEMENTS.open() as lines:
        rows = list(csv.DictReader(lines))
    found = []
    for name in sorted({row["set"] for row in rows}):
        with (folder / name / "comments.csv").open() as lines:
            comments = list(csv.DictReader(lines))
        pairs = [
            (int(row["written"]), int(row["standing"]), row["judgement"])
            for row in rows
            if row["set"] == name
        ]
        texts = {int(row["comment-id"]): row["comment-body"] for row in comments}
        down = {int(row["comment-id"]) for row in comments if row["moderated"] == TURNED_DOWN}
        found.append(
            Judged(
                name,
                {number: text for number, text in texts.items() if number in down},
                {number: text for number, text in texts.items() if number not in down},
                frozenset((a, b) for a, b, judgement in pairs if judgement == "same"),
                frozenset((a, b) for a, b, _ in pairs),
            )
        )
    return found


def score(one: Judged, scores: Scores, threshold: float) -> Score:
    """Show each writer the nearest, at most `MOST_SHOWN`, and compare with the judgements."""
    written, standing = list(one.written), list(one.standing)
    shown = {
        (written[row], standing[column])
        for row in range(len(written))
        for column in np.argsort(-scores[row], kind="stable")[:MOST_SHOWN]
        if scores[row, column] >= threshold
    }
    right = len(shown & one.same)
    return Score(right, len(shown) - right, len(one.same - shown))


def _together(parts: Sequence[Score]) -> Score:
    return Score(*(sum(getattr(part, name) for part in parts) for name in ("right", "wrong", "missed")))


def report(judged: Sequence[Judged]) -> None:
    """Print precision and recall of each measure, at the product's threshold and at each measure's best."""
    for one in judged:
        print(f"{one.name}: {len(one.judged)} judged pairs, {len(one.same)} the same; "
              f"{len(one.written)} written, {len(one.standing)} standing")  # fmt: skip
    print(f"\n{'':32}{'from':>6}{'precision':>11}{'recall':>8}{'F':>7}")
    measures: dict[str, Measure] = {
        "letters (the product)": by_letters, "shared trigrams": by_shared_trigrams, "equal": by_equality,
    }  # fmt: skip
    for name, measure in measures.items():
        scores = [measure(list(one.written.values()), list(one.standing.values())) for one in judged]

        def at(threshold: float, scores: list[Scores] = scores) -> list[Score]:
            return [score(one, its, threshold) for one, its in zip(judged, scores, strict=True)]

        best = max(np.arange(0.1, 0.91, 0.01), key=lambda threshold: _together(at(threshold)).f)
        _print_row(f"{name}, at its best", best, _together(at(best)))
        if measure is by_letters:
            for one, part in zip(judged, at(SIMILAR_FROM), strict=True):
                _print_row(f"  as set, {one.name}", SIMILAR_FROM, part)
            for threshold in (0.25, 0.3, SIMILAR_FROM, 0.4, 0.5, 0.6):
                _print_row("  both sets", threshold, _together(at(threshold)))


def _print_row(name: str, threshold: float, found: Score) -> None:
    print(f"{name:32}{threshold:6.2f}{found.precision:11.2f}{found.recall:8.2f}{found.f:7.2f}")


def report_times(judged: Sequence[Judged]) -> None:
    """Print how long it takes among thousands of statements, made of the sets' words."""
    words = [word for one in judged for text in one.standing.values() for word in plain(text).split()]
    chance = Random(1)
    texts = [" ".join(chance.choices(words, k=20)) for _ in range(MANY)]
    start = time.perf_counter()
    index = Index.of(range(MANY), texts)
    made = time.perf_counter() - start
    looked, changed = [], []
    for number in range(30):
        start = time.perf_counter()
        index.nearest(texts[number][5:], at_least=SIMILAR_FROM, most=MOST_SHOWN)
        looked.append(time.perf_counter() - start)
        start = time.perf_counter()
        index.changed(gone=[number], keys=[MANY + number], statements=[texts[number]])
        changed.append(time.perf_counter() - start)
    print(f"\namong {MANY:,} statements: looked up in {1000 * median(looked):.1f} ms, one of them changed in "
          f"{1000 * median(changed):.1f} ms, made once in {1000 * made:.0f} ms (medians of 30)")  # fmt: skip


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT.parent / "shared" / "data" / "polis")
    folder = parser.parse_args().folder
    if not folder.is_dir():
        print(f"there is no folder {folder}")
        return 1
    judged = read(folder)
    report(judged)
    report_times(judged)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Simulates people who vote on one idea at a time, and compares the draw with uniform chance.

Usage: python -m benchmarks.routing [--people 2000] [--ideas 500] [--cards 10] [--seed 1]
       python -m benchmarks.routing cards

Three fifths of the ideas are there at the start, the others come one by one while people vote. People come
one after the other, eight at a time; some see two cards and some a hundred. `cards` measures how long the
server takes for the next card with 5,000 open ideas, on SQLite and on PostgreSQL where it is found.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from statistics import median
from typing import Final

import numpy as np

from deliberation.analysis.landscape import AGREES, DISAGREES, PASSES
from deliberation.analysis.statistics import priority
from deliberation.votes.routing import MINIMUM_EXPOSURE, Candidates, draw

THERE_AT_THE_START: Final = 0.6
AT_ONCE: Final = 8
MOST_CARDS: Final = 100
Chooser = Callable[[Candidates, set[int], int], int | None]


@dataclass(slots=True)
class Told:
    """What happened to the ideas: when each came, and after how many cards it had its people."""

    ideas: Candidates
    """All that there will be; the first `len(posted)` are there."""
    posted: list[int] = field(default_factory=list)
    first: dict[int, int] = field(default_factory=dict)
    enough: dict[int, int] = field(default_factory=dict)
    cards: int = 0


def by_priority(ideas: Candidates, seen: set[int], person: int) -> int | None:
    """Choose as the product does."""
    drawn = draw(ideas, seen=seen, language="en", seed=person, step=len(seen))
    return drawn.number if drawn else None


def by_uniform_chance(ideas: Candidates, seen: set[int], person: int) -> int | None:
    """Choose any idea not seen, all with equal chances."""
    waiting = sorted(set(ideas.numbers.tolist()) - seen)
    return Random(1_000 * person + len(seen)).choice(waiting) if waiting else None


def simulate(choose: Chooser, *, people: int, ideas: int, cards: float, seed: int) -> Told:
    """Let `people` vote on `ideas`, each on `cards` in the mean, and tell what happened."""
    chance, told = Random(seed), Told(_unvoted(ideas))
    liking = [(chance.betavariate(2, 2), chance.uniform(0.02, 0.4)) for _ in range(ideas)]
    sessions = [min(MOST_CARDS, 2 + int(chance.expovariate(1 / max(cards - 2, 0.1)))) for _ in range(people)]
    at_start = round(THERE_AT_THE_START * ideas)
    posting = sorted(chance.randrange(int(sum(sessions) * 0.8)) for _ in range(ideas - at_start))
    told.posted = [0] * at_start
    waiting = list(enumerate(sessions))
    active: dict[int, set[int]] = {}
    while waiting or active:
        while posting and posting[0] <= told.cards:
            told.posted.append(posting.pop(0))
        while waiting and len(active) < AT_ONCE:
            active[waiting.pop(0)[0]] = set()
        person = chance.choice(list(active))
        seen = active[person]
        number = choose(told.ideas.where(told.ideas.numbers <= len(told.posted)), seen, person)
        if number is not None:
            _vote(told, number, chance, *liking[number - 1])
            seen.add(number)
        if number is None or len(seen) >= sessions[person]:
            del active[person]
    return told


def _unvoted(ideas: int) -> Candidates:
    numbers, counts = np.arange(1, ideas + 1), np.zeros((ideas, 3), np.int64)
    return Candidates(
        ids=numbers,
        numbers=numbers,
        threads=np.ones_like(numbers),
        languages=np.full(ideas, "en"),
        counts=counts,
        reached=np.zeros_like(numbers),
        priorities=priority(counts, np.ones(ideas)),
        is_telling=np.zeros(ideas, bool),
    )


def _vote(told: Told, number: int, chance: Random, agree: float, skip: float) -> None:
    told.cards += 1
    which = number - 1
    choice = PASSES if chance.random() < skip else AGREES if chance.random() < agree else DISAGREES
    told.ideas.counts[which, choice] += 1
    told.ideas.reached[which] += 1
    told.ideas.priorities[which] = priority(told.ideas.counts[[which]], np.ones(1))[0]
    told.first.setdefault(number, told.cards)
    if told.ideas.reached[which] == MINIMUM_EXPOSURE:
        told.enough[number] = told.cards


def gini(values: Sequence[int]) -> float:
    """Return the Gini coefficient of the values: 0 where all are equal."""
    ordered = sorted(values)
    ranked = sum(rank * value for rank, value in enumerate(ordered, 1))
    return 2 * ranked / (len(ordered) * sum(ordered)) - (len(ordered) + 1) / len(ordered)


def correlation_with_agreement(ideas: Candidates) -> float:
    """Return the rank correlation of the exposures with the shares that agree."""
    share = (ideas.counts[:, AGREES] / np.maximum(1, ideas.reached)).argsort().argsort()
    return float(np.corrcoef(share, ideas.reached.argsort().argsort())[0, 1])


def print_table(arguments: argparse.Namespace) -> None:
    """Simulate both ways and print what came of it."""
    sizes = {"people": arguments.people, "ideas": arguments.ideas, "cards": arguments.cards}
    print(f"{arguments.people:,} people, {arguments.ideas} ideas, about {arguments.cards:g} cards each\n")
    columns = {
        "by priority": simulate(by_priority, **sizes, seed=arguments.seed),
        "uniform chance": simulate(by_uniform_chance, **sizes, seed=arguments.seed),
    }
    print(f"{'':46}" + "".join(f"{name:>16}" for name in columns))
    for name, value in ROWS:
        print(f"{name:46}" + "".join(f"{value(told):>16}" for told in columns.values()))


def _spread(times: dict[int, int], told: Told) -> str:
    waits = sorted(times[number] - told.posted[number - 1] for number in times)
    return f"{median(waits):,.0f} / {waits[-1]:,}" if waits else "never"


def _later_ones(times: dict[int, int], told: Told) -> dict[int, int]:
    return {number: at for number, at in times.items() if told.posted[number - 1]}


ROWS: Final[tuple[tuple[str, Callable[[Told], str]], ...]] = (
    ("cards shown", lambda told: f"{told.cards:,}"),
    ("exposures of an idea: Gini", lambda told: f"{gini(told.ideas.reached.tolist()):.3f}"),
    (
        "    fewest / most",
        lambda told: f"{told.ideas.reached.min()} / {told.ideas.reached.max()}",
    ),
    (f"    with {MINIMUM_EXPOSURE} or more", lambda told: f"{len(told.enough)} of {len(told.ideas)}"),
    ("cards until one has seen it: median / most", lambda told: _spread(told.first, told)),
    ("    ideas posted later", lambda told: _spread(_later_ones(told.first, told), told)),
    (f"cards until {MINIMUM_EXPOSURE} have: median / most", lambda told: _spread(told.enough, told)),
    ("    ideas posted later", lambda told: _spread(_later_ones(told.enough, told), told)),
    (
        "rank correlation, exposures and agreement",
        lambda told: f"{correlation_with_agreement(told.ideas):+.2f}",
    ),
)


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", nargs="?", choices=("simulation", "cards"), default="simulation")
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--ideas", type=int, default=500)
    parser.add_argument("--cards", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    start = time.monotonic()
    if arguments.what == "cards":
        from benchmarks import cards

        cards.report()
    else:
        print_table(arguments)
    print(f"\n({time.monotonic() - start:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())

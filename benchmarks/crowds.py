"""Crowds to analyse: as many votes as asked for, made block by block from a seed."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from deliberation.analysis.votes import VoteMatrix

PEOPLE_AT_ONCE = 2_000
GROUPS = 4
NOISE = 0.25


def make_crowd(people: int, ideas: int, votes: int, *, seed: int = 1) -> VoteMatrix:
    """Return about so many votes of four groups of unlike size, a quarter of the votes random."""
    random = np.random.default_rng(seed)
    minds = random.choice(np.array([-1, 1], dtype=np.int8), size=(GROUPS, ideas))
    lengths, columns, choices = [], [], []
    for first in range(0, people, PEOPLE_AT_ONCE):
        here = min(PEOPLE_AT_ONCE, people - first)
        seen = random.random((here, ideas), dtype=np.float32) < votes / (people * ideas)
        seen[~seen.any(axis=1), 0] = True
        whose, about = np.nonzero(seen)
        group_of = (random.random(here) ** 1.5 * GROUPS).astype(np.int64)
        is_noise = random.random(len(whose), dtype=np.float32) < NOISE
        chosen = minds[group_of[whose], about]
        chosen[is_noise] = random.integers(-1, 2, np.count_nonzero(is_noise), dtype=np.int8)
        lengths.append(seen.sum(axis=1))
        columns.append(about.astype(np.int32))
        choices.append(chosen)
    return VoteMatrix.of_rows(
        people=np.arange(people),
        ideas=np.arange(ideas),
        starts=np.concatenate(([0], np.cumsum(np.concatenate(lengths)))),
        columns=np.concatenate(columns),
        choices=np.concatenate(choices),
    )


def as_records(matrix: VoteMatrix, *, on_map_only: bool = False) -> list[dict[str, Any]]:
    """Return the votes as red-dwarf takes them, one dictionary each."""
    return [
        {"participant_id": person, "statement_id": idea, "vote": choice, "modified": 0}
        for person, idea, choice, is_on_map in _votes(matrix)
        if is_on_map or not on_map_only
    ]


def _votes(matrix: VoteMatrix) -> Iterator[tuple[int, int, int, bool]]:
    whose = np.repeat(matrix.people, np.diff(matrix.starts))
    return zip(
        whose.tolist(),
        matrix.ideas[matrix.columns].tolist(),
        matrix.choices.tolist(),
        matrix.is_on_map[matrix.columns].tolist(),
        strict=True,
    )

"""Votes to analyse: made ones, and the open data where it lies beside the project."""

import csv
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from deliberation.analysis.chance import shuffled
from deliberation.analysis.clusters import Labels
from deliberation.analysis.votes import VoteMatrix

OPEN_DATA = Path(__file__).parents[3] / "shared" / "data" / "polis"
SETS = ("bg2050-volunteers", "scoop-hivemind.ubi", "vtaiwan.uberx")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSet:
    """A published conversation: its votes, and what was published about them."""

    matrix: VoteMatrix
    groups: dict[int, int]
    """The published group of each person who has one."""
    consensus: dict[int, float]
    """The published group-informed consensus of each idea that has one."""


def read_open_set(name: str) -> OpenSet:
    """Read it; the test is skipped where the open data is absent."""
    if not OPEN_DATA.is_dir():
        pytest.skip("the Polis open data is not in ../shared/data/polis")
    with (OPEN_DATA / name / "participants-votes.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with (OPEN_DATA / name / "comments.csv").open(newline="", encoding="utf-8") as file:
        comments = list(csv.DictReader(file))
    votes = [
        (int(row["participant"]), int(column), int(float(cell)))
        for row in rows
        for column, cell in row.items()
        if column.isdigit() and cell != ""
    ]
    people, ideas, choices = zip(*votes, strict=True)
    return OpenSet(
        matrix=VoteMatrix.of(
            people=people,
            ideas=ideas,
            choices=choices,
            all_ideas=[int(row["comment-id"]) for row in comments],
            off_map={
                int(row["comment-id"])
                for row in comments
                if row["moderated"] == "-1" or row.get("is-meta") == "true"
            },
        ),
        groups={int(row["participant"]): int(row["group-id"]) for row in rows if row["group-id"]},
        consensus={
            int(row["comment-id"]): float(row["group-informed-consensus"])
            for row in comments
            if row.get("group-informed-consensus")
        },
    )


def plant(
    groups: int, *, people: int = 200, ideas: int = 60, noise: float = 0.2, seen: float = 0.5, seed: int = 1
) -> tuple[VoteMatrix, Labels]:
    """Return votes of groups that each have a mind of their own, and in which group each person, (P,), is.

    A vote is random with the chance `noise`, and cast with the chance `seen`.
    """
    random = np.random.default_rng(seed)
    minds = random.choice([-1, 1], size=(groups, ideas))
    group_of = random.integers(0, groups, people)
    whose, about = np.nonzero(random.random((people, ideas)) < seen)
    is_noise = random.random(len(whose)) < noise
    choices = np.where(is_noise, random.integers(-1, 2, len(whose)), minds[group_of[whose], about])
    matrix = VoteMatrix.of(people=whose, ideas=about, choices=choices, all_ideas=range(ideas))
    return matrix, group_of[matrix.people]


def deal_anew(matrix: VoteMatrix, *, seed: int) -> VoteMatrix:
    """Return the votes on each idea, dealt anew among those who cast them."""
    dealt = shuffled(matrix, seed=seed, stream=0)
    return rebuild(dealt)


def rebuild(matrix: VoteMatrix, **changes: object) -> VoteMatrix:
    """Return the matrix made anew from single votes, with some of its parts changed."""
    changed = replace(matrix, **changes)  # type: ignore[arg-type]
    return VoteMatrix.of(
        people=np.repeat(changed.people, np.diff(changed.starts)),
        ideas=changed.ideas[changed.columns],
        choices=changed.choices,
        all_ideas=changed.ideas,
        off_map=changed.ideas[~changed.is_on_map].tolist(),
    )

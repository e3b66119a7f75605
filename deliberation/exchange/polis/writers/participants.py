"""participant-votes.csv: everybody's current votes, one column for each idea."""

from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deliberation.exchange.ground import Ground
from deliberation.exchange.journal import NOT_SEEN, ballots_of
from deliberation.exchange.lines import joined, picked, whole
from deliberation.votes.models import Choice

PARTICIPANT_VOTES = "participant-votes.csv"
LEADING_COLUMNS = "participant,group-id,n-comments,n-votes,n-agree,n-disagree"
_CELLS = [b",-1", b",0", b",1", b","]


def write_participant_votes(directory: Path, ground: Ground, group_of: NDArray[np.int8]) -> int:
    """Write a row for each participant and return how many of them have voted.

    `group_of` says in which opinion group each stands, from 0, in the order of the ground; -1 for none.
    """
    numbers = np.array([person.number for person in ground.people], np.int64)
    written = Counter(idea.author for idea in ground.ideas)
    comments = np.array([written[person.number] for person in ground.people], np.int64)
    groups = [b"", *(str(group).encode() for group in range(int(group_of.max(initial=-1)) + 1))]
    voters = 0
    with (directory / PARTICIPANT_VOTES).open("wb") as file:
        file.write(header([idea.number for idea in ground.ideas]).encode())
        for first, cells in ballots_of(ground):
            part = slice(first, first + len(cells))
            voters += int((cells != NOT_SEEN).any(axis=1).sum())
            lead = (
                whole(numbers[part]),
                b",",
                picked(groups, group_of[part] + 1),
                b",",
                whole(comments[part]),
            )
            file.write(joined(*lead, *totals(cells), cell_block(cells), b"\n"))
    return voters


def header(ideas: list[int]) -> str:
    """Return the first line of the file."""
    return ",".join([LEADING_COLUMNS, *map(str, ideas)]) + "\n"


def totals(cells: NDArray[np.int8]) -> tuple[NDArray[np.uint8] | bytes, ...]:
    """Return the blocks of the columns n-votes, n-agree and n-disagree, a comma before each."""
    counts = (cells != NOT_SEEN, cells == Choice.AGREE, cells == Choice.DISAGREE)
    blocks = [whole(count.sum(axis=1)) for count in counts]
    return tuple(part for block in blocks for part in (b",", block))


def cell_block(cells: NDArray[np.int8]) -> NDArray[np.uint8]:
    """Return the block of the columns of the ideas, a comma before each."""
    return picked(_CELLS, cells + 1).reshape(len(cells), -1)

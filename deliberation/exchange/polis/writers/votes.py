"""votes.csv: every event that counts towards a vote that stands. Beside it, our own file with all of them."""

from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from deliberation.exchange.companion.names import EVENTS, EVENTS_HEADER
from deliberation.exchange.ground import Ground
from deliberation.exchange.journal import Journal, journal_of
from deliberation.exchange.lines import Block, beside, block, dates_and_times, joined, moments, picked, whole
from deliberation.exchange.numbers import SECOND, Numbers
from deliberation.exchange.polis.reader import VOTES

HEADER = b"timestamp,datetime,comment-id,voter-id,vote\n"
_LINES_AT_ONCE = 10_000
_CHOICES = [b"-1", b"0", b"1", b""]


def write_votes(directory: Path, ground: Ground) -> set[int]:
    """Write both files, by idea, then voter, then in the order in which it happened.

    Return the places of the ideas whose votes merging or parting has moved, or somebody who turned out to be
    another participant.
    """
    moved: set[int] = set()
    merged_people = [place for place, one in enumerate(ground.people) if one.merged_into is not None]
    numbers = _Numbers(
        np.array([idea.number for idea in ground.ideas], np.int64),
        np.array([person.number for person in ground.people], np.int64),
        # The last word is for the place -1.
        block([*(str(idea.number).encode() for idea in ground.ideas), b""]),
    )
    with (directory / VOTES).open("wb") as votes, (directory / EVENTS).open("wb") as events:
        votes.write(HEADER)
        events.write(EVENTS_HEADER.encode())
        for journal in journal_of(ground):
            standing = journal.standing()
            by_merging = journal[journal.merged_with >= 0]
            moved.update(by_merging.ideas.tolist(), by_merging.merged_with.tolist())
            moved.update(journal.ideas[np.isin(journal.people, merged_people)].tolist())
            for start in range(0, len(journal), _LINES_AT_ONCE):
                part = slice(start, start + _LINES_AT_ONCE)
                _write_lines(journal[part], standing[part], numbers, (votes, events))
    return moved


class _Numbers(NamedTuple):
    """What ideas and people are called, by place; ideas in words, too."""

    ideas: Numbers
    people: Numbers
    idea_words: Block


def _write_lines(
    journal: Journal, stands: NDArray[np.bool_], numbers: _Numbers, files: tuple[BinaryIO, BinaryIO]
) -> None:
    idea, voter = whole(numbers.ideas[journal.ideas]), whole(numbers.people[journal.people])
    what = beside(idea, b",", voter, b",", picked(_CHOICES, journal.choices + 1))
    merged_with = numbers.idea_words[journal.merged_with]
    votes, events = files
    events.write(joined(what, b",", moments(journal.moments), b",", merged_with, b"\n"))
    seconds = journal.moments[stands] // SECOND
    if len(seconds):
        votes.write(joined(whole(seconds), b",", dates_and_times(seconds), b",", what[stands], b"\n"))

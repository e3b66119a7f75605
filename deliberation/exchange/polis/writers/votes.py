"""votes.csv: every event that counts towards a vote that stands. Beside it, our own file with all of them."""

from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from deliberation.exchange.companion.names import EVENTS, EVENTS_HEADER
from deliberation.exchange.ground import Ground
from deliberation.exchange.journal import Journal, journal_of
from deliberation.exchange.lines import dates_and_times, joined, moments, picked, whole
from deliberation.exchange.numbers import SECOND, Numbers
from deliberation.exchange.polis.reader import VOTES

HEADER = b"timestamp,datetime,comment-id,voter-id,vote\n"
_LINES_AT_ONCE = 10_000
_CHOICES = [b"-1", b"0", b"1", b""]


def write_votes(directory: Path, ground: Ground) -> None:
    """Write both files, by idea, then voter, then in the order in which it happened."""
    ideas = np.array([idea.number for idea in ground.ideas], np.int64)
    people = np.array([person.number for person in ground.people], np.int64)
    with (directory / VOTES).open("wb") as votes, (directory / EVENTS).open("wb") as events:
        votes.write(HEADER)
        events.write(EVENTS_HEADER.encode())
        for journal in journal_of(ground):
            standing = journal.standing()
            for start in range(0, len(journal), _LINES_AT_ONCE):
                part = slice(start, start + _LINES_AT_ONCE)
                _write_lines(journal[part], standing[part], (ideas, people), (votes, events))


def _write_lines(
    journal: Journal,
    stands: NDArray[np.bool_],
    numbers: tuple[Numbers, Numbers],
    files: tuple[BinaryIO, BinaryIO],
) -> None:
    ideas, people = numbers
    what = np.concatenate(
        [
            whole(ideas[journal.ideas]),
            np.full((len(journal), 1), ord(","), np.uint8),
            whole(people[journal.people]),
            np.full((len(journal), 1), ord(","), np.uint8),
            picked(_CHOICES, journal.choices + 1),
        ],
        axis=1,
    )
    votes, events = files
    events.write(joined(what, b",", moments(journal.moments), b"\n"))
    seconds = journal.moments[stands] // SECOND
    if len(seconds):
        votes.write(joined(whole(seconds), b",", dates_and_times(seconds), b",", what[stands], b"\n"))

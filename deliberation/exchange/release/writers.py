"""The files of a release that differ from those of an export: no times, and numbers of its own."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from deliberation.exchange.ground import Ground
from deliberation.exchange.journal import NOT_SEEN
from deliberation.exchange.lines import joined, picked, whole
from deliberation.exchange.numbers import Numbers
from deliberation.exchange.polis.reader import COMMENTS, VOTES
from deliberation.exchange.polis.writers import comments, participants, votes
from deliberation.exchange.release.gate import Cells
from deliberation.exchange.text import cell

RESULTS = "results.csv"
_AT_ONCE = 1_000
_CHOICES = [b"-1", b"0", b"1"]


def write_results(directory: Path, ground: Ground, shown: Numbers) -> None:
    """Write how everybody voted on each idea that is shown."""
    with (directory / RESULTS).open("w", encoding="utf-8", newline="") as file:
        file.write("comment-id,thread,language,votes,agrees,disagrees,passes\n")
        for idea in (ground.ideas[place] for place in shown.tolist()):
            counts = (idea.votes, idea.agrees, idea.disagrees, idea.passes)
            file.write(",".join(map(str, (idea.number, idea.thread, idea.language, *counts))) + "\n")


def write_comments(
    directory: Path,
    ground: Ground,
    shown: Numbers,
    counts: Mapping[int, tuple[int, int]] | None,
    rng: np.random.Generator,
) -> None:
    """Write comments.csv; `counts` are agrees and disagrees in the rows, None where there are none.

    Each author has a number drawn for this set, greater than any voter's.
    """
    ideas = [ground.ideas[place] for place in shown.tolist()]
    authors = sorted({idea.author for idea in ideas})
    drawn = rng.permutation(len(authors)) + len(ground.people)
    author_of = dict(zip(authors, drawn.tolist(), strict=True))
    with (directory / COMMENTS).open("w", encoding="utf-8", newline="") as file:
        file.write(comments.HEADER)
        for idea in ideas:
            everybody = (idea.agrees, idea.disagrees)
            fields = (
                0,
                "",
                idea.number,
                author_of[idea.author],
                *(everybody if counts is None else counts.get(idea.number, (0, 0))),
                int(comments.moderation_of(idea)),
                str(idea.is_meta).lower(),
                str(idea.is_seed).lower(),
                "",
                cell(idea.statement),
            )
            file.write(",".join(map(str, fields)) + "\n")


def write_participant_votes(directory: Path, ideas: Sequence[int], cells: Cells) -> None:
    """Write the rows in the order they come in, numbered from 0: neither group nor authorship is told."""
    with (directory / participants.PARTICIPANT_VOTES).open("wb") as file:
        file.write(participants.header(list(ideas)).encode())
        for start in range(0, len(cells), _AT_ONCE):
            part = cells[start : start + _AT_ONCE]
            numbers = whole(np.arange(start, start + len(part)))
            totals = participants.totals(part)
            file.write(joined(numbers, b",,", *totals, participants.cell_block(part), b"\n"))


def write_votes(directory: Path, ideas: Sequence[int], cells: Cells) -> None:
    """Write votes.csv, each vote at the moment 0."""
    with (directory / VOTES).open("wb") as file:
        file.write(votes.HEADER)
        for number, column in zip(ideas, cells.T, strict=True):
            voters = np.flatnonzero(column != NOT_SEEN)
            if len(voters):
                said = picked(_CHOICES, column[voters] + 1)
                file.write(joined(b"0,,%d," % number, whole(voters), b",", said, b"\n"))

"""The landscapes that a set tells of: as they are stored, or computed again from the votes in the set."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from deliberation.analysis.landscape import STANDARD, Landscape
from deliberation.analysis.pipeline import analyse
from deliberation.analysis.verify import FORMAT, LANDSCAPES
from deliberation.analysis.votes import VoteMatrix
from deliberation.consultations.queries import threads_of
from deliberation.exchange.ground import Ground
from deliberation.exchange.journal import NOT_SEEN, ballots_of
from deliberation.exchange.numbers import Numbers
from deliberation.insights.queries import find_landscape


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Told:
    """A landscape of one thread, or of all of them where there is no number."""

    thread: int | None
    landscape: Landscape
    people: Numbers
    """(P,) The place in the ground of each row of the landscape; -1 for somebody who is no longer there."""


def stored_landscapes(ground: Ground) -> list[Told]:
    """Return the landscapes that are shown of the consultation, as they are; that of all threads first."""
    session, consultation = ground.session, ground.consultation
    threads = threads_of(session, consultation)
    told = []
    for thread in (None, *threads):
        stored = find_landscape(session, consultation.id, thread_id=thread.id if thread else None)
        if stored is not None:
            people = ground.person_keys.places(stored.landscape.people)
            told.append(
                Told(thread=thread.number if thread else None, landscape=stored.landscape, people=people)
            )
    return told


def current_landscapes(ground: Ground) -> list[Told]:
    """Return the same landscapes, those that rest on other votes than the ground's computed again."""
    stored = stored_landscapes(ground)
    if not stored:
        return []
    everything = _matrix_of(ground)
    return [_current(ground, everything, told) for told in stored]


def write_landscapes(directory: Path, told: Sequence[Told]) -> None:
    """Write landscape.json of a set with everybody's votes."""
    entries = [_entry(one.landscape, one.thread) for one in told]
    _write(directory, {"format": FORMAT, "votes": "all", "landscapes": entries})


def write_release_landscape(directory: Path, matrix: VoteMatrix, originals: Sequence[Told]) -> Landscape:
    """Write landscape.json of a release and return its landscape.

    The `originals` are those of everybody's votes: their digests are told beside it.
    """
    landscape = analyse(matrix, STANDARD)
    _write(
        directory,
        {
            "format": FORMAT,
            "votes": "release",
            "landscapes": [_entry(landscape, None)],
            "originals": [
                {
                    "thread": one.thread,
                    "inputs_digest": one.landscape.inputs_digest,
                    "digest": one.landscape.digest,
                    "outcome": one.landscape.decision.outcome.value,
                }
                for one in originals
            ],
        },
    )
    return landscape


def _matrix_of(ground: Ground) -> VoteMatrix:
    """Everybody's votes; people are called by their place in the ground."""
    people, lengths, columns, choices = [], [], [], []
    for first, cells in ballots_of(ground):
        seen = cells != NOT_SEEN
        rows, places = np.nonzero(seen)
        has_votes = np.flatnonzero(seen.any(axis=1))
        people.append(has_votes + first)
        lengths.append(seen.sum(axis=1)[has_votes])
        columns.append(places.astype(np.int32))
        choices.append(cells[rows, places])
    none = np.empty(0, np.int64)
    return VoteMatrix.of_rows(
        people=np.concatenate([none, *people]),
        ideas=np.array([idea.number for idea in ground.ideas], np.int64),
        starts=np.concatenate([[0], np.cumsum(np.concatenate([none, *lengths]))]),
        columns=np.concatenate([none.astype(np.int32), *columns]),
        choices=np.concatenate([none.astype(np.int8), *choices]),
        off_map=[idea.number for idea in ground.ideas if idea.is_out or idea.is_meta],
    )


def _current(ground: Ground, everything: VoteMatrix, told: Told) -> Told:
    matrix = everything
    if told.thread is not None:
        matrix = everything.on([idea.number for idea in ground.ideas if idea.thread == told.thread])
    if matrix.digest == told.landscape.inputs_digest:
        return told
    landscape = analyse(matrix, told.landscape.parameters)
    return Told(thread=told.thread, landscape=landscape, people=landscape.people)


def _entry(landscape: Landscape, thread: int | None) -> dict[str, Any]:
    return {
        "thread": thread,
        "ideas": landscape.ideas.tolist(),
        "off_map": landscape.ideas[~landscape.is_on_map].tolist(),
        "parameters": asdict(landscape.parameters),
        "inputs_digest": landscape.inputs_digest,
        "digest": landscape.digest,
        "outcome": landscape.decision.outcome.value,
    }


def _write(directory: Path, document: dict[str, Any]) -> None:
    (directory / LANDSCAPES).write_text(json.dumps(document) + "\n", encoding="utf-8")

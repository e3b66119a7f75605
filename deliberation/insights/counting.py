"""Landscapes out of what was gathered. Nothing of the database is held meanwhile."""

import time
from dataclasses import asdict, dataclass
from typing import Any

from deliberation.analysis.landscape import NOT_PLACED, STANDARD, Landscape, Parameters
from deliberation.analysis.letters import assign_letters
from deliberation.analysis.pipeline import analyse
from deliberation.analysis.storing import dump, load
from deliberation.analysis.votes import VoteMatrix
from deliberation.insights.gathering import Gathered
from deliberation.insights.models import LandscapeRow
from deliberation.insights.tallies import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A landscape of a thread, or of all threads, ready to be stored."""

    thread_id: int | None
    landscape: Landscape
    letters: tuple[str, ...]
    tally: Tally
    seconds: float
    """How long the analysis took, now or when it was computed."""
    content: bytes | None
    """The landscape packed; None where it is what is shown already."""

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters as they are stored."""
        return asdict(self.landscape.parameters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """The votes of all threads together, and the landscapes that were to be counted."""

    matrix: VoteMatrix
    landscapes: tuple[Counted, ...]
    packed_votes: bytes


def count(gathered: Gathered, parameters: Parameters = STANDARD) -> Count:
    """Return what the gathered votes say.

    What rests on the same votes as what is shown, or as another of them, is not computed again.
    """
    matrix = gathered.holding.votes.matrix(
        {idea.id: idea.number for idea in gathered.ideas},
        off_map=frozenset(idea.number for idea in gathered.ideas if idea.is_off_map),
    )
    known: dict[str, tuple[Landscape, float]] = {}
    landscapes = tuple(
        _counted(gathered, matrix, thread_id, parameters, known) for thread_id in gathered.to_count
    )
    return Count(matrix=matrix, landscapes=landscapes, packed_votes=gathered.holding.votes.packed())


def _counted(
    gathered: Gathered,
    matrix: VoteMatrix,
    thread_id: int | None,
    parameters: Parameters,
    known: dict[str, tuple[Landscape, float]],
) -> Counted:
    ideas = gathered.ideas_of(thread_id)
    votes = matrix if thread_id is None else matrix.on([idea.number for idea in ideas])
    digest, shown = votes.digest, gathered.shown.get(thread_id)
    if shown is not None and shown.inputs_digest == digest and shown.parameters == asdict(parameters):
        landscape, seconds, letters, content = load(shown.content), shown.seconds, tuple(shown.letters), None
    else:
        if digest not in known:
            started = time.perf_counter()
            known[digest] = analyse(votes, parameters), time.perf_counter() - started
        landscape, seconds = known[digest]
        letters = assign_letters(landscape, _letters_of_people(shown))
        content = dump(landscape, with_people=True)
    return Counted(
        thread_id=thread_id,
        landscape=landscape,
        letters=letters,
        tally=_tally(gathered, landscape, thread_id),
        seconds=seconds,
        content=content,
    )


def _letters_of_people(shown: LandscapeRow | None) -> dict[int, str]:
    if shown is None:
        return {}
    before = load(shown.content)
    return {
        person: shown.letters[group]
        for person, group in zip(before.people.tolist(), before.group_of.tolist(), strict=True)
        if group != NOT_PLACED
    }


def _tally(gathered: Gathered, landscape: Landscape, thread_id: int | None) -> Tally:
    """The tally of the votes that were counted, which need not be all that there are."""
    counts = dict(zip(landscape.ideas.tolist(), landscape.counts.tolist(), strict=True))
    return Tally.counted(
        (idea.id, idea.is_off_map, counts[idea.number]) for idea in gathered.ideas_of(thread_id)
    )

"""Writing who was shown what, and the votes that merging has moved."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sqlalchemy import ColumnElement, Executable, false, func, select
from sqlalchemy.orm import aliased

from deliberation.consultations.people import Participant
from deliberation.exchange.companion import names
from deliberation.exchange.companion.rows import number_or_nothing, write_rows, written
from deliberation.exchange.ground import Ground
from deliberation.exchange.lines import joined, moments, whole
from deliberation.exchange.numbers import microseconds, read_numbers
from deliberation.ideas.models import Idea
from deliberation.votes.models import Exposure, SetAsideVote, Vote

COUNTS = {True: "true", False: "false"}
_CELLS_AT_ONCE = 50_000


def write_exposures(path: Path, ground: Ground) -> None:
    """Write who has been shown which idea to vote on, and when first; by person, then idea."""
    ideas = np.array([idea.number for idea in ground.ideas], np.int64)
    people = np.array([person.number for person in ground.people], np.int64)
    step = max(1, _CELLS_AT_ONCE // max(1, len(ideas)))
    with path.open("wb") as file:
        file.write(names.EXPOSURES_HEADER.encode())
        if not ground.session.scalar(select(func.sum(Idea.exposures)).where(_here(ground))):
            return
        for first in range(0, len(people), step):
            rows = read_numbers(
                ground.session,
                Exposure.participant_id,
                Exposure.idea_id,
                microseconds(ground.session, Exposure.first_shown_at),
                where=Exposure.participant_id.in_([row.id for row in ground.people[first : first + step]]),
            )
            if not len(rows):
                continue
            who, what = ground.person_keys.places(rows[:, 0]), ground.idea_keys.places(rows[:, 1])
            order = np.lexsort((what, who))
            fields = (whole(people[who[order]]), b",", whole(ideas[what[order]]), b",")
            file.write(joined(*fields, moments(rows[order, 2]), b"\n"))


def _here(ground: Ground) -> ColumnElement[bool]:
    return Idea.consultation_id == ground.consultation.id


def write_merged_votes(path: Path, ground: Ground, moved: set[int]) -> None:
    """Write the votes on ideas that were ever merged or merged into, those set aside among them.

    `moved` are the places of the ideas whose votes merging or parting has moved.
    """
    merged = {idea.number for idea in ground.ideas if idea.merged_into is not None}
    into = {idea.merged_into for idea in ground.ideas if idea.merged_into is not None}
    touched = [
        idea.id for place, idea in enumerate(ground.ideas) if place in moved or idea.number in merged | into
    ]
    write_rows(path, names.MERGED_VOTES_HEADER, _merged_votes(ground, touched))


def _merged_votes(ground: Ground, touched: list[int]) -> Iterator[tuple[str, ...]]:
    for statement, counts in ((_votes(Vote, touched), True), (_votes(SetAsideVote, touched), False)):
        for idea, voter, choice, previous, cast_at, origin in ground.session.execute(statement):
            yield (
                str(idea),
                str(voter),
                str(choice),
                number_or_nothing(previous),
                written(cast_at),
                number_or_nothing(origin),
                COUNTS[counts],
            )


def _votes(table: type[Vote | SetAsideVote], ideas: list[int]) -> Executable:
    origin = aliased(Idea)
    wanted = (
        select(Idea.number, Participant.number, table.choice, table.previous, table.cast_at, origin.number)
        .join(Idea, Idea.id == table.idea_id)
        .join(Participant, Participant.id == table.participant_id)
        .where(table.idea_id.in_(ideas))
        .order_by(Idea.number, Participant.number)
    )
    if table is Vote:
        return wanted.outerjoin(origin, origin.id == Vote.origin_id)
    return wanted.outerjoin(origin, false())

"""The votes of a dossier, and who was shown what, become rows."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from deliberation.base.model import Base
from deliberation.exchange.dossier import Dossier, MergedVote, VoteRecord
from deliberation.votes.models import Exposure, SetAsideVote, Vote, VoteEvent

_ROWS_AT_ONCE = 5_000

Row = dict[str, Any]
Numbered = Mapping[int, int]
"""Keys by numbers."""
Pair = tuple[int, int]
"""An idea and a voter, by their numbers."""


def standing_votes(dossier: Dossier) -> dict[Pair, MergedVote]:
    """Return the votes that count: what the journal ends with, but as told where merging has moved votes."""
    told = {vote.idea for vote in dossier.merged_votes}
    standing: dict[Pair, MergedVote] = {}
    for idea, voter, choice, happened_at, _ in dossier.votes:
        before = standing.pop((idea, voter), None)
        if choice is not None and idea not in told:
            previous = before.choice if before else None
            standing[idea, voter] = MergedVote(idea, voter, choice, previous, happened_at, None, True)
    standing.update({(vote.idea, vote.voter): vote for vote in dossier.merged_votes if vote.counts})
    return standing


def add_votes(
    session: Session,
    dossier: Dossier,
    standing: Mapping[Pair, MergedVote],
    *,
    people: Numbered,
    ideas: Numbered,
) -> None:
    """Add the journal, the votes that stand, those set aside, and who was shown what."""
    add_rows(session, VoteEvent, (_event(vote, people, ideas) for vote in dossier.votes))
    votes = sorted((people[vote.voter], ideas[vote.idea], vote) for vote in standing.values())
    add_rows(session, Vote, (_vote(vote, people, ideas) for *_, vote in votes))
    aside = (vote for vote in dossier.merged_votes if not vote.counts)
    add_rows(session, SetAsideVote, (_set_aside(vote, people, ideas) for vote in aside))
    add_rows(
        session,
        Exposure,
        (
            {
                "participant_id": people[seen.participant],
                "idea_id": ideas[seen.idea],
                "first_shown_at": seen.first_shown_at,
            }
            for seen in dossier.exposures
        ),
    )


def exposures_of(dossier: Dossier) -> Counter[int]:
    """Return how many people have been shown each idea."""
    return Counter(seen.idea for seen in dossier.exposures)


def add_rows(session: Session, table: type[Base], rows: Iterable[Row]) -> None:
    """Insert the rows, some thousand at a time."""
    # By table, not by class: the unit of work would look at each of a million rows.
    statement = insert(table.metadata.tables[table.__tablename__])
    remaining: Iterator[Row] = iter(rows)
    while chunk := list(islice(remaining, _ROWS_AT_ONCE)):
        session.execute(statement, chunk)


def _event(vote: VoteRecord, people: Numbered, ideas: Numbered) -> Row:
    return {
        "participant_id": people[vote.voter],
        "idea_id": ideas[vote.idea],
        "choice": vote.choice,
        "happened_at": vote.happened_at,
        "merged_with_id": None if vote.merged_with is None else ideas[vote.merged_with],
    }


def _vote(vote: MergedVote, people: Numbered, ideas: Numbered) -> Row:
    origin = None if vote.origin is None else ideas[vote.origin]
    return _set_aside(vote, people, ideas) | {"origin_id": origin}


def _set_aside(vote: MergedVote, people: Numbered, ideas: Numbered) -> Row:
    return {
        "participant_id": people[vote.voter],
        "idea_id": ideas[vote.idea],
        "choice": vote.choice,
        "previous": vote.previous,
        "cast_at": vote.cast_at,
    }

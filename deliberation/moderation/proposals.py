"""Participants propose that two ideas say the same; facilitators find the proposals on their desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, and_, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, Refused, marked
from deliberation.base.text import clean_text
from deliberation.consultations.models import Consultation, Thread
from deliberation.consultations.phases import Timetable, VotingClosed
from deliberation.consultations.service import join
from deliberation.ideas.models import Idea
from deliberation.ideas.queries import is_visible
from deliberation.ideas.search import matching
from deliberation.moderation.models import (
    REASON_LENGTH,
    ActKind,
    MergeProposal,
    ModerationAct,
    ProposalOutcome,
)

MOST_FOUND: Final = 10


class FoundDifferent(Conflict):
    """A facilitator has looked at the two and found two ideas."""

    default = marked("A facilitator has read both and found that they are two ideas: “%(reason)s”")


class NoProposalsNow(Conflict):
    """The thread is locked, or one of the ideas cannot be voted on."""

    default = marked("One of these ideas takes no votes any more, so they cannot be merged.")


@dataclass(frozen=True, slots=True)
class ProposedIdea:
    """One of two ideas that are proposed to be merged."""

    number: int
    statement: str
    language: str
    votes: int


@dataclass(frozen=True, slots=True)
class ProposedPair:
    """Two ideas of which somebody says that they are one, the older first, with all that was said of it."""

    thread: int
    idea: ProposedIdea
    other: ProposedIdea
    people: int
    notes: tuple[str, ...]
    waiting_since: datetime


def propose_merge(
    session: Session, *, consultation: Consultation, idea: Idea, other: Idea, account_id: int, note: str
) -> MergeProposal:
    """Tell the facilitators that the two say the same. Saying it again changes nothing.

    Who does so for the first time becomes a participant. Raises VotingClosed outside the phases in which
    people take part; NoProposalsNow; FoundDifferent; Refused at `into` for the idea itself and for one that
    answers another question, and at `note` for one that is too long.
    """
    if idea.id == other.id:
        raise Refused(marked("That is this idea. Choose another one."), field="into")
    if idea.thread_id != other.thread_id:
        raise Refused(marked("Idea %(number)s answers another question."), field="into", number=other.number)
    note = clean_text(note)
    if len(note) > REASON_LENGTH:
        raise Refused(
            marked("The note is %(extra)s characters too long."), field="note",
            extra=len(note) - REASON_LENGTH,
        )  # fmt: skip
    _require_open(session, consultation, idea, other)
    lower, higher = sorted((idea.id, other.id))
    _refuse_settled(session, lower, higher)
    person = join(session, consultation=consultation, account_id=account_id)
    mine = select(MergeProposal).where(
        MergeProposal.idea_id == lower,
        MergeProposal.other_id == higher,
        MergeProposal.proposed_by_id == person.id,
    )
    return session.scalars(mine).one_or_none() or _add(
        session,
        MergeProposal(
            consultation_id=consultation.id, idea_id=lower, other_id=higher, proposed_by_id=person.id,
            note=note, created_at=now(),
        ),
        mine,
    )  # fmt: skip


def settle_proposals(
    session: Session, idea_id: int, other_id: int, *, outcome: ProposalOutcome, at: datetime
) -> int:
    """Answer every proposal about the two that waits; returns how many did."""
    lower, higher = sorted((idea_id, other_id))
    answered = (
        update(MergeProposal)
        .where(
            MergeProposal.idea_id == lower, MergeProposal.other_id == higher, MergeProposal.outcome.is_(None)
        )
        .values(outcome=outcome, settled_at=at)
        .execution_options(synchronize_session=False)
    )
    return int(session.execute(answered).rowcount)  # type: ignore[attr-defined]


def waiting_proposals(session: Session, consultation_id: int, *, limit: int) -> Sequence[ProposedPair]:
    """Return the pairs that wait for an answer, longest first (two statements).

    A pair of which one can no longer be voted on waits until that changes.
    """
    lower, higher = aliased(Idea), aliased(Idea)
    pairs: Sequence[Any] = session.execute(
        select(
            lower.id, higher.id, Thread.number, lower.number, lower.statement, lower.language,
            lower.agrees + lower.disagrees + lower.passes, higher.number, higher.statement, higher.language,
            higher.agrees + higher.disagrees + higher.passes, func.count(),
            func.min(MergeProposal.created_at),
        )
        .select_from(MergeProposal)
        .join(lower, and_(lower.id == MergeProposal.idea_id, *_can_be_merged(lower)))
        .join(higher, and_(higher.id == MergeProposal.other_id, *_can_be_merged(higher)))
        .join(Thread, Thread.id == lower.thread_id)
        .where(MergeProposal.consultation_id == consultation_id, MergeProposal.outcome.is_(None))
        .group_by(lower.id, higher.id, Thread.number)
        .order_by(func.min(MergeProposal.created_at), lower.id, higher.id)
        .limit(limit)
    ).all()  # fmt: skip
    notes = _notes_on(session, {row[0] for row in pairs})
    return [
        ProposedPair(
            row[2], ProposedIdea(*row[3:7]), ProposedIdea(*row[7:11]), row[11],
            notes.get((row[0], row[1]), ()), row[12],
        )
        for row in pairs
    ]  # fmt: skip


def candidates(session: Session, idea: Idea, *, query: str, known: bool) -> Sequence[ProposedIdea]:
    """Return ideas in answer to the same question that hold the words of the query (at most two statements).

    With `known`, those that somebody has proposed to merge with this one come first, without a query, too.
    """
    columns = select(Idea.number, Idea.statement, Idea.language, Idea.agrees + Idea.disagrees + Idea.passes)
    here = (Idea.thread_id == idea.thread_id, Idea.id != idea.id, is_visible())
    found: dict[int, ProposedIdea] = {}
    if known:
        pair = or_(
            and_(MergeProposal.idea_id == idea.id, MergeProposal.other_id == Idea.id),
            and_(MergeProposal.other_id == idea.id, MergeProposal.idea_id == Idea.id),
        )
        waits = select(MergeProposal.id).where(pair, MergeProposal.outcome.is_(None)).exists()
        proposed = session.execute(columns.where(*here, waits).order_by(Idea.number).limit(MOST_FOUND))
        found = {row[0]: ProposedIdea(*row) for row in proposed}
    if query:
        words = columns.where(*here, matching(session, query)).order_by(Idea.number).limit(MOST_FOUND)
        found |= {row[0]: ProposedIdea(*row) for row in session.execute(words)}
    return list(found.values())


def waiting_pairs(consultation_id: Any) -> Select[*tuple[int, int]]:
    """Return the statement that finds the pairs that wait for an answer, each once."""
    lower, higher = aliased(Idea), aliased(Idea)
    return (
        select(MergeProposal.idea_id, MergeProposal.other_id)
        .distinct()
        .join(lower, and_(lower.id == MergeProposal.idea_id, *_can_be_merged(lower)))
        .join(higher, and_(higher.id == MergeProposal.other_id, *_can_be_merged(higher)))
        .where(MergeProposal.consultation_id == consultation_id, MergeProposal.outcome.is_(None))
    )


def notes_on_pair(session: Session, idea: Idea, other: Idea) -> tuple[int, tuple[str, ...]]:
    """Return how many people wait for an answer about the two, and what they wrote (one statement)."""
    lower, higher = sorted((idea.id, other.id))
    notes = session.scalars(
        select(MergeProposal.note)
        .where(
            MergeProposal.idea_id == lower, MergeProposal.other_id == higher, MergeProposal.outcome.is_(None)
        )
        .order_by(MergeProposal.id)
    ).all()
    return len(notes), tuple(note for note in notes if note)


def _can_be_merged(idea: Any) -> tuple[Any, ...]:
    return idea.hidden_at.is_(None), idea.withdrawn_at.is_(None), idea.merged_into_id.is_(None)


def _notes_on(session: Session, lower_ids: set[int]) -> dict[tuple[int, int], tuple[str, ...]]:
    notes: dict[tuple[int, int], tuple[str, ...]] = {}
    rows = session.execute(
        select(MergeProposal.idea_id, MergeProposal.other_id, MergeProposal.note)
        .where(
            MergeProposal.idea_id.in_(lower_ids), MergeProposal.outcome.is_(None), MergeProposal.note != ""
        )
        .order_by(MergeProposal.id)
    )
    for lower, higher, note in rows:
        notes[lower, higher] = (*notes.get((lower, higher), ()), note)
    return notes


def _require_open(session: Session, consultation: Consultation, *ideas: Idea) -> None:
    if not Timetable.of(consultation.steps, now()).takes_votes:
        raise VotingClosed
    locked = select(Thread.locked_at).where(Thread.id == ideas[0].thread_id)
    if not all(idea.is_visible for idea in ideas) or session.scalar(locked) is not None:
        raise NoProposalsNow


def _refuse_settled(session: Session, lower: int, higher: int) -> None:
    declined = select(MergeProposal.settled_at).where(
        MergeProposal.idea_id == lower,
        MergeProposal.other_id == higher,
        MergeProposal.outcome == ProposalOutcome.DECLINED,
    )
    when = session.scalars(declined.limit(1)).one_or_none()
    if when is None:
        return
    reason = session.scalars(
        select(ModerationAct.reason)
        .where(
            ModerationAct.kind == ActKind.DECLINE_MERGE,
            ModerationAct.idea_id.in_((lower, higher)),
            ModerationAct.happened_at == when,
        )
        .limit(1)
    ).one_or_none()
    raise FoundDifferent(reason=reason or "")


def _add(session: Session, proposal: MergeProposal, mine: Any) -> MergeProposal:
    # Two clicks at once are one proposal.
    try:
        with session.begin_nested():
            session.add(proposal)
    except IntegrityError:
        return session.scalars(mine).one()
    return proposal

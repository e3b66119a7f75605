"""A guest gets an account, and keeps what they did.

Where the account takes part already, the guest's participant is merged into its own: each idea counts once.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session, aliased

from deliberation.accounts.guests import forget_guest, hold_guest
from deliberation.base.clock import now
from deliberation.comments.models import Comment
from deliberation.consultations.links import ProposalLink
from deliberation.consultations.people import Participant, PostingBlock
from deliberation.consultations.queries import find_participant
from deliberation.consultations.service import lock_consultation
from deliberation.ideas.models import Idea
from deliberation.moderation.cases import Appeal, Flag
from deliberation.moderation.models import MergeProposal, ModerationAct
from deliberation.surveys.models import SurveySheet
from deliberation.tags.models import IdeaTag, Tag
from deliberation.votes.joining import join_votes

_QUIETLY: Final[dict[str, Any]] = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Thing:
    """A column that names a participant, and what they can have once only, by the columns beside it."""

    table: Any
    column: str
    once: tuple[tuple[str, ...], ...] = ()


FOLLOWS: Final = (
    Thing(Idea, "author_id"),
    Thing(Comment, "author_id"),
    Thing(ProposalLink, "author_id"),
    Thing(Tag, "suggested_by_id"),
    Thing(IdeaTag, "participant_id", (("idea_id", "tag_id"),)),
    Thing(Flag, "participant_id", (("idea_id",), ("comment_id",), ("tag_id",))),
    Thing(MergeProposal, "proposed_by_id", (("idea_id", "other_id"),)),
    Thing(Appeal, "participant_id"),
    Thing(ModerationAct, "participant_id"),
    Thing(PostingBlock, "participant_id"),
    Thing(SurveySheet, "participant_id", (("survey_id",),)),
)
"""What follows besides votes and exposures. The journal of votes stays as it is: see `votes.joining`."""


def claim(session: Session, *, token: str, account_id: int) -> bool:
    """Let the account have what the guest with this secret did, everywhere; nobody is that guest any more.

    Says whether there was such a guest. However often and in however many tabs at once this is called, one
    call does it all.
    """
    guest_id = hold_guest(session, token)
    if guest_id is None:
        return False
    moment = now()
    for consultation_id in _places_of(session, guest_id):
        lock_consultation(session, consultation_id)
        _claim_here(session, consultation_id, guest_id, account_id, moment)
    forget_guest(session, guest_id)
    return True


def _places_of(session: Session, guest_id: int) -> list[int]:
    here = select(Participant.consultation_id).where(Participant.guest_id == guest_id)
    return list(session.scalars(here.order_by(Participant.consultation_id)))


def _claim_here(
    session: Session, consultation_id: int, guest_id: int, account_id: int, moment: datetime
) -> None:
    # Held as no vote of the guest holds it: who votes now waits, and then finds nobody to vote as.
    held = select(Participant).filter_by(consultation_id=consultation_id, guest_id=guest_id)
    guest = session.scalars(held.with_for_update(), execution_options={"populate_existing": True}).one()
    person = find_participant(session, consultation_id=consultation_id, account_id=account_id)
    guest.guest_id, guest.is_guest = None, False
    if person is None:
        guest.account_id = account_id
    else:
        guest.merged_into_id = person.id
        join_votes(session, leaving=guest.id, staying=person.id, moment=moment)
        for thing in FOLLOWS:
            _move(session, thing, leaving=guest.id, staying=person.id)
    session.flush()


def _move(session: Session, thing: Thing, *, leaving: int, staying: int) -> None:
    """Let what names the one name the other. What the other has already is not had twice."""
    table, column = thing.table, getattr(thing.table, thing.column)
    if thing.once:
        other = aliased(table)
        same = or_(
            *(and_(*(getattr(other, name) == getattr(table, name) for name in once)) for once in thing.once)
        )
        has_it = select(other).where(getattr(other, thing.column) == staying, same).exists()
        twice = delete(table).where(column == leaving, has_it)
        session.execute(twice.execution_options(**_QUIETLY))
    moved = update(table).where(column == leaving).values({thing.column: staying})
    session.execute(moved.execution_options(**_QUIETLY))

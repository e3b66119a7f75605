"""Merging an idea into another that says the same, and parting them again.

Nothing is lost by a merge: each vote and tag stays with the idea that it was given to, and what counts
follows from which ideas are together (`votes.moving`, `tags.moving`, `comments.moving`). So ideas can be
merged in chains and parted in any order. Of two facilitators who act at once one does it and the other is
told.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, Refused, marked
from deliberation.comments.moving import move_discussion_apart, move_discussion_together
from deliberation.consultations.models import Consultation, Phase
from deliberation.consultations.phases import Timetable
from deliberation.ideas.merged import find_root
from deliberation.ideas.models import Idea
from deliberation.moderation.acts import Actor, record, require_facilitator, stated_reason
from deliberation.moderation.models import ActKind, ModerationAct, ProposalOutcome
from deliberation.moderation.proposals import settle_proposals
from deliberation.tags.moving import settle_tags
from deliberation.votes.moving import move_apart, move_together


class CannotMerge(Conflict):
    """The ideas are not, or no longer, such that one can be merged into the other."""

    default = marked("These ideas cannot be merged. Nothing has changed.")


class CountsSettled(Conflict):
    """The votes have been counted for good."""

    default = marked(
        "Voting is over and its counts stand, so ideas are neither merged nor parted. Nothing has changed."
    )


def merge_idea(session: Session, *, idea: Idea, into: Idea, reason: str, by: Actor) -> ModerationAct:
    """Let `into` carry the votes, the tags and the credit of the idea, whose words can still be read.

    Raises NotAFacilitator; Refused at `into` for an idea that this one can never be merged into and at
    `reason`; CannotMerge where one of them is hidden, withdrawn or merged; CountsSettled.
    """
    require_facilitator(session, idea.consultation_id, by)
    refuse_pair(idea, into)
    reason = stated_reason(reason)
    _require_open_counts(session, idea.consultation_id)
    moment = now()
    _lock(session, idea, into)
    require_mergeable(session, idea, into)
    idea.merged_into_id, idea.merged_at = into.id, moment
    session.flush()
    move_together(session, idea_id=idea.id, root_id=into.id, moment=moment)
    move_discussion_together(session, idea_id=idea.id, root_id=into.id)
    for changed in (idea, into):
        settle_tags(session, changed.id)
        session.refresh(changed)
    settle_proposals(session, idea.id, into.id, outcome=ProposalOutcome.MERGED, at=moment)
    return record(
        session, ActKind.MERGE_IDEA, consultation_id=idea.consultation_id, by=by, reason=reason, at=moment,
        idea_id=idea.id, thread_id=idea.thread_id, details={"other": into.number},
    )  # fmt: skip


def part_idea(session: Session, *, idea: Idea, reason: str, by: Actor) -> ModerationAct:
    """Let the idea stand on its own again, with what is merged into it and every vote and tag of its own.

    What was voted while it was merged stays with the idea that carried its votes. Raises NotAFacilitator,
    Refused at `reason`, CannotMerge where the idea is not merged, CountsSettled.
    """
    require_facilitator(session, idea.consultation_id, by)
    reason = stated_reason(reason)
    _require_open_counts(session, idea.consultation_id)
    moment, root = now(), session.get_one(Idea, find_root(session, idea.id))
    _lock(session, idea, root)
    if idea.merged_into_id is None or find_root(session, idea.id) != root.id:
        raise CannotMerge(
            marked("Idea %(number)s is not merged into that idea any more. Nothing has changed."),
            number=idea.number,
        )
    other = session.get_one(Idea, idea.merged_into_id)
    idea.merged_into_id = idea.merged_at = None
    session.flush()
    move_apart(session, idea_id=idea.id, root_id=root.id, moment=moment)
    move_discussion_apart(session, idea_id=idea.id, root_id=root.id)
    for changed in (idea, root):
        settle_tags(session, changed.id)
        session.refresh(changed)
    return record(
        session, ActKind.PART_IDEA, consultation_id=idea.consultation_id, by=by, reason=reason, at=moment,
        idea_id=idea.id, thread_id=idea.thread_id, details={"other": other.number},
    )  # fmt: skip


def decline_merge(session: Session, *, idea: Idea, other: Idea, reason: str, by: Actor) -> ModerationAct:
    """Answer those who proposed to merge the two that they are different ideas.

    Raises NotAFacilitator, Refused at `reason`, CannotMerge where no proposal waits.
    """
    require_facilitator(session, idea.consultation_id, by)
    reason = stated_reason(reason)
    _lock(session, idea, other)
    moment = now()
    if not settle_proposals(session, idea.id, other.id, outcome=ProposalOutcome.DECLINED, at=moment):
        raise CannotMerge(
            marked("Nobody waits for an answer about these two, or another facilitator has just given it.")
        )
    return record(
        session, ActKind.DECLINE_MERGE, consultation_id=idea.consultation_id, by=by, reason=reason, at=moment,
        idea_id=idea.id, thread_id=idea.thread_id, details={"other": other.number},
    )  # fmt: skip


def refuse_pair(idea: Idea, other: Idea) -> None:
    """Raise Refused, at `into`, for two ideas that can never be merged whatever happens to them."""
    if idea.id == other.id:
        raise Refused(
            marked("An idea cannot be merged into itself. Choose another one. Nothing has changed yet."),
            field="into",
        )
    if idea.thread_id != other.thread_id:
        raise Refused(
            marked(
                "Idea %(number)s answers another question. Only ideas in answer to the same question can be "
                "merged. Nothing has changed yet."
            ),
            field="into",
            number=other.number,
        )


def require_mergeable(session: Session, *ideas: Idea) -> None:
    """Raise CannotMerge, saying why, unless all of them stand in lists and can be voted on."""
    for idea in ideas:
        if idea.withdrawn_at is not None:
            raise CannotMerge(
                marked("The author has withdrawn idea %(number)s. Nothing has changed."), number=idea.number
            )
        if idea.hidden_at is not None:
            raise CannotMerge(
                marked("Idea %(number)s is hidden. Show it again before you merge it. Nothing has changed."),
                number=idea.number,
            )
        if idea.merged_into_id is not None:
            raise CannotMerge(
                marked("Idea %(number)s is already merged into idea %(other)s. Nothing has changed."),
                number=idea.number,
                other=session.get_one(Idea, idea.merged_into_id).number,
            )


def has_settled_counts(timetable: Timetable) -> bool:
    """Say whether voting is over, so that counts stay as they are."""
    return timetable.current in {Phase.SYNTHESIS, Phase.PUBLISHED}


def _require_open_counts(session: Session, consultation_id: int) -> None:
    consultation = session.get_one(Consultation, consultation_id)
    if has_settled_counts(Timetable.of(consultation.steps, now())):
        raise CountsSettled


def _lock(session: Session, *ideas: Idea) -> None:
    # In the order of their keys, so that two who lock the same ideas never wait for each other.
    keys = sorted({idea.id for idea in ideas})
    session.scalars(
        select(Idea)
        .where(Idea.id.in_(keys))
        .order_by(Idea.id)
        .with_for_update(key_share=True, of=Idea)
        .execution_options(populate_existing=True)
    ).all()

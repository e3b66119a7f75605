"""Appeals: the person concerned says what is wrong with a decision, once, and somebody else decides."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Select, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, NotAllowed, Refused, marked
from deliberation.base.text import clean_text
from deliberation.comments.models import Comment
from deliberation.consultations.people import Participant, PostingBlock, Role, RoleName
from deliberation.consultations.queries import roles_of
from deliberation.ideas.models import Idea
from deliberation.moderation.acts import AlreadyDone, has_changed, record, stated_reason
from deliberation.moderation.cases import Appeal, HidingProposal, Outcome
from deliberation.moderation.models import REASON_LENGTH, ActKind, ModerationAct
from deliberation.moderation.policies import may_decide_appeal
from deliberation.moderation.subjects import Hideable, author_of, key_name, subject_of

HIDINGS: Final = {Idea: ActKind.HIDE_IDEA, Comment: ActKind.HIDE_COMMENT}
APPEALABLE: Final = frozenset({ActKind.HIDE_IDEA, ActKind.HIDE_COMMENT, ActKind.BLOCK})


class NotYoursToDecide(NotAllowed):
    """Who made a decision, or is concerned by it, does not decide about the appeal."""

    default = marked("Somebody else has to decide about this appeal: not who made the decision.")


class AlreadyAppealed(Conflict):
    """A decision is appealed once."""

    default = marked("This decision has been appealed already. It is appealed once.")


class NoLongerInForce(Conflict):
    """The decision was undone, or is over."""

    default = marked("This decision is no longer in force, so there is nothing to appeal.")


@dataclass(frozen=True, slots=True)
class Judges:
    """Who is involved in a decision, and who facilitates, by their accounts."""

    involved: frozenset[int]
    facilitators: frozenset[int]

    def include(self, account_id: int, roles: frozenset[RoleName]) -> bool:
        """Say whether the account with these roles may decide about the appeal."""
        return may_decide_appeal(account_id, roles, involved=self.involved, facilitators=self.facilitators)

    @property
    def has_other_facilitator(self) -> bool:
        """Whether there is a facilitator who may decide."""
        return bool(self.facilitators - self.involved)


def appeal(session: Session, *, act: ModerationAct, by: Participant | None, text: str) -> Appeal:
    """Appeal against the decision.

    Raises NotAllowed for anybody but the person concerned, NoLongerInForce, AlreadyAppealed, and Refused at
    `text`.
    """
    concerned = author_of(session, act)
    if by is None or concerned is None or by.id != concerned.id:
        raise NotAllowed(marked("Only the person concerned can appeal against a decision."))
    text = clean_text(text)
    if not text:
        raise Refused(marked("Write what is wrong with the decision. Nothing is sent yet."), field="text")
    if len(text) > REASON_LENGTH:
        sentence = marked("The appeal is %(extra)s characters too long. Nothing is sent yet.")
        raise Refused(sentence, field="text", extra=len(text) - REASON_LENGTH)
    if not is_in_force(session, act):
        raise NoLongerInForce
    row = Appeal(
        consultation_id=act.consultation_id, act_id=act.id, participant_id=by.id, text=text, created_at=now()
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as clash:
        raise AlreadyAppealed from clash
    return row


def decide_appeal(
    session: Session, *, appeal: Appeal, outcome: Outcome, reason: str, by: int
) -> ModerationAct:
    """Let the decision stand, or undo it. One row in the log says which, and why.

    Raises NotYoursToDecide, Refused at `reason`, AlreadyDone for who comes second.
    """
    act = session.get_one(ModerationAct, appeal.act_id)
    roles = roles_of(session, consultation_id=appeal.consultation_id, account_id=by)
    if not judges_of(session, act).include(by, roles):
        raise NotYoursToDecide
    reason = stated_reason(reason)
    moment = now()
    decided = (
        update(Appeal)
        .where(Appeal.id == appeal.id, Appeal.settled_at.is_(None))
        .values(outcome=outcome, settled_at=moment)
    )
    if not has_changed(session, decided):
        raise AlreadyDone(marked("Somebody has decided about this appeal already. Nothing has changed."))
    if outcome is Outcome.OVERTURNED:
        _undo(session, act)
    kind = ActKind.OVERTURN if outcome is Outcome.OVERTURNED else ActKind.UPHOLD
    role = RoleName.FACILITATOR if RoleName.FACILITATOR in roles else RoleName.WORKING_GROUP
    answer = record(
        session, kind, consultation_id=act.consultation_id, by=by, reason=reason, at=moment, role=role,
        idea_id=act.idea_id, comment_id=act.comment_id, thread_id=act.thread_id, rule_id=act.rule_id,
        participant_id=act.participant_id, details=dict(act.details),
    )  # fmt: skip
    session.refresh(appeal)
    appeal.outcome_act_id = answer.id
    session.flush()
    return answer


def judges_of(session: Session, act: ModerationAct) -> Judges:
    """Return who is involved in the decision, and who facilitates (three statements at most)."""
    concerned = author_of(session, act)
    proposer = select(ModerationAct.account_id).join(
        HidingProposal, HidingProposal.proposed_act_id == ModerationAct.id
    ).where(HidingProposal.act_id == act.id)  # fmt: skip
    involved = {act.account_id, concerned.account_id if concerned else None, *session.scalars(proposer)}
    facilitators = session.scalars(
        select(Role.account_id).where(
            Role.consultation_id == act.consultation_id, Role.name == RoleName.FACILITATOR
        )
    )
    return Judges(frozenset(account for account in involved if account), frozenset(facilitators))


def is_in_force(session: Session, act: ModerationAct) -> bool:
    """Say whether the decision still holds: nothing newer was decided, and its time is not over."""
    if act.kind not in APPEALABLE:
        return False
    if act.kind is ActKind.BLOCK:
        return session.scalar(_blocks_in_force(act).limit(1)) is not None
    subject = subject_of(session, act)
    if not isinstance(subject, Idea | Comment) or subject.hidden_at is None:
        return False
    return newest_hiding(session, subject) == act.id


def newest_hiding(session: Session, subject: Hideable) -> int | None:
    """Return the key of the act that last hid the thing."""
    column = getattr(ModerationAct, key_name(subject))
    return session.scalar(
        select(func.max(ModerationAct.id)).where(
            column == subject.id, ModerationAct.kind == HIDINGS[type(subject)]
        )
    )


def overturned_by(session: Session, subject: Hideable, act: ModerationAct) -> None:
    """Let an appeal against the hiding succeed: `act` has undone what it is against."""
    session.execute(
        update(Appeal)
        .where(Appeal.act_id == newest_hiding(session, subject), Appeal.settled_at.is_(None))
        .values(outcome=Outcome.OVERTURNED, settled_at=act.happened_at, outcome_act_id=act.id)
        .execution_options(synchronize_session=False)
    )


def _undo(session: Session, act: ModerationAct) -> None:
    if not is_in_force(session, act):
        raise NoLongerInForce(marked("This decision is no longer in force. Nothing has changed."))
    if act.kind is ActKind.BLOCK:
        session.execute(
            update(PostingBlock).where(PostingBlock.id.in_(_blocks_in_force(act))).values(lifted_at=now())
        )
        return
    subject = subject_of(session, act)
    assert isinstance(subject, Idea | Comment)
    subject.hidden_at = None
    session.flush()


def _blocks_in_force(act: ModerationAct) -> Select[int]:
    return select(PostingBlock.id).where(
        PostingBlock.participant_id == act.participant_id,
        PostingBlock.begins_at == act.happened_at,
        PostingBlock.lifted_at.is_(None),
        PostingBlock.ends_at > now(),
    )

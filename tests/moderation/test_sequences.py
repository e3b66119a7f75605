"""A thousand facilitator actions in any order: each is one row, and the log says what the tables say."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import DomainError
from deliberation.comments.models import Comment
from deliberation.consultations.people import Participant, PostingBlock, RoleName
from deliberation.ideas.models import Idea
from deliberation.moderation import bulk, curation, service
from deliberation.moderation.appeals import appeal, decide_appeal
from deliberation.moderation.blocking import block, lift_block
from deliberation.moderation.cases import Appeal, Flag, HidingProposal, Outcome
from deliberation.moderation.flags import flag, let_stand
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.moderation.queue import Waiting, queue_of
from deliberation.moderation.safeguards import set_two_to_hide
from deliberation.moderation.subjects import author_of
from deliberation.moderation.undoing import UNDOABLE, undo
from deliberation.tags.models import Tag, TagStatus
from tests import factories

ACTIONS = 1_000
HIDES = {ActKind.HIDE_IDEA, ActKind.HIDE_COMMENT}
SHOWS = {ActKind.RESTORE_IDEA, ActKind.RESTORE_COMMENT, ActKind.OVERTURN}


class Crowd:
    """A consultation in which people flag and appeal, and three facilitators do what comes to mind."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session, self.rng = session, Random(seed)
        self.consultation = factories.make_consultation(session)
        self.rule = factories.make_rule(session, self.consultation).key
        self.facilitators = [factories.make_role(session, self.consultation).account_id for _ in range(3)]
        factories.make_role(session, self.consultation, name=RoleName.WORKING_GROUP)
        self.people = [
            factories.make_participant(session, self.consultation, factories.make_account(session))
            for _ in range(6)
        ]
        thread = self.consultation.threads[0]
        self.ideas = [factories.make_idea(session, thread, self.someone()) for _ in range(6)]
        self.comments = [
            factories.make_comment(session, self.rng.choice(self.ideas), self.someone()) for _ in range(6)
        ]
        self.tags = [
            factories.make_tag(session, self.consultation, f"tag-{n}", status=TagStatus.SUGGESTED)
            for n in range(6)
        ]
        self.rows = 0

    def someone(self) -> Participant:
        return self.rng.choice(self.people)

    def anything(self) -> Idea | Comment | Tag:
        return self.rng.choice([*self.ideas, *self.comments, *self.tags])

    def step(self) -> None:
        """Let somebody do something; what is refused leaves no trace."""
        act = self.rng.choice(self.acts())
        by = self.rng.choice(self.facilitators)
        before = self.count()
        try:
            with self.session.begin_nested():
                added = act(by)
        except DomainError:
            added = 0
        assert self.count() - before == added, act.__name__
        self.rows += added

    def count(self) -> int:
        return self.session.scalar(select(func.count()).select_from(ModerationAct)) or 0

    def acts(self) -> list[Callable[[int], int]]:
        return [
            self.hide, self.hide, self.restore, self.flag, self.flag, self.stand, self.appeal,
            self.appeal, self.decide, self.decide, self.undo, self.undo, self.tag, self.block, self.lift,
            self.two, self.bulk,
        ]  # fmt: skip

    def hide(self, by: int) -> int:
        subject = self.rng.choice([*self.ideas, *self.comments])
        kept = {"rule": self.rule, "reason": "Why.", "by": by}
        if isinstance(subject, Idea):
            service.hide_idea(self.session, idea=subject, **kept)  # type: ignore[arg-type]
        else:
            service.hide_comment(self.session, comment=subject, **kept)  # type: ignore[arg-type]
        return 1

    def restore(self, by: int) -> int:
        subject = self.rng.choice([*self.ideas, *self.comments])
        if isinstance(subject, Idea):
            service.restore_idea(self.session, idea=subject, reason="Why.", by=by)
        else:
            service.restore_comment(self.session, comment=subject, reason="Why.", by=by)
        return 1

    def flag(self, by: int) -> int:
        account = factories.make_account(self.session).id
        flag(
            self.session, consultation=self.consultation, subject=self.anything(), account_id=account,
            rule=self.rule, note="",
        )  # fmt: skip
        return 0

    def stand(self, by: int) -> int:
        let_stand(self.session, subject=self.anything(), by=by)
        return 1

    def appeal(self, by: int) -> int:
        recent = self.session.scalars(select(ModerationAct).order_by(ModerationAct.id.desc()).limit(8)).all()
        if not recent:
            return 0
        act = self.rng.choice(recent)
        appeal(self.session, act=act, by=author_of(self.session, act), text="No.")
        return 0

    def decide(self, by: int) -> int:
        waiting = self.session.scalars(select(Appeal).where(Appeal.settled_at.is_(None))).all()
        if not waiting:
            return 0
        outcome = self.rng.choice(list(Outcome))
        decide_appeal(self.session, appeal=self.rng.choice(waiting), outcome=outcome, reason="So.", by=by)
        return 1

    def undo(self, by: int) -> int:
        recent = self.session.scalars(
            select(ModerationAct)
            .where(ModerationAct.kind.in_(UNDOABLE))
            .order_by(ModerationAct.id.desc())
            .limit(8)
        ).all()
        if not recent:
            return 0
        undo(self.session, act=self.rng.choice(recent), reason="Back.", by=by)
        return 1

    def tag(self, by: int) -> int:
        tag = self.rng.choice(self.tags)
        if self.rng.random() < 0.5:
            curation.accept_tag(self.session, tag=tag, by=by)
        else:
            curation.decline_tag(self.session, tag=tag, by=by, reason="No.", seen=tag.status)
        return 1

    def block(self, by: int) -> int:
        until = now() + timedelta(days=3)
        block(self.session, participant=self.someone(), until=until, rule=self.rule, reason="Why.", by=by)
        return 1

    def lift(self, by: int) -> int:
        lift_block(self.session, participant=self.someone(), reason="Why.", by=by)
        return 1

    def two(self, by: int) -> int:
        set_two_to_hide(self.session, consultation=self.consultation, on=self.rng.random() < 0.3, by=by)
        return 1

    def bulk(self, by: int) -> int:
        items = [bulk.Item(subject, 0) for subject in dict.fromkeys(self.anything() for _ in range(3))]
        batch = bulk.decide_all(
            self.session, items, consultation_id=self.consultation.id, rule=self.rule, reason="All.", by=by,
            verdict=self.rng.choice(list(bulk.Verdict)),
        )  # fmt: skip
        return batch.done


def what_the_log_says(crowd: Crowd) -> tuple[set[int], set[int], set[int]]:
    """Return which ideas and comments are hidden and who is blocked, told from the log alone."""
    ideas: set[int] = set()
    comments: set[int] = set()
    blocked: set[int] = set()
    for act in crowd.session.scalars(select(ModerationAct).order_by(ModerationAct.id)):
        if act.participant_id:
            (blocked.add if act.kind is ActKind.BLOCK else blocked.discard)(act.participant_id)
            if act.kind is ActKind.UPHOLD:
                blocked.add(act.participant_id)
        elif act.kind in HIDES | SHOWS:
            told, key = (comments, act.comment_id) if act.comment_id else (ideas, act.idea_id)
            (told.add if act.kind in HIDES else told.discard)(key)  # type: ignore[arg-type]
    return ideas, comments, blocked


def what_the_tables_say(crowd: Crowd) -> tuple[set[int], set[int], set[int]]:
    """Return the same, told from the tables alone."""
    session = crowd.session
    in_force = PostingBlock.lifted_at.is_(None) & (PostingBlock.ends_at > now())
    return (
        set(session.scalars(select(Idea.id).where(Idea.hidden_at.is_not(None)))),
        set(session.scalars(select(Comment.id).where(Comment.hidden_at.is_not(None)))),
        set(session.scalars(select(PostingBlock.participant_id).where(in_force))),
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_a_thousand_actions_leave_a_row_each_and_nothing_hidden_without_one(
    seed: int, session: Session
) -> None:
    crowd = Crowd(session, seed)
    for done in range(ACTIONS):
        crowd.step()
        if done % 50 == 0:
            assert what_the_log_says(crowd) == what_the_tables_say(crowd)
    assert crowd.count() == crowd.rows
    assert crowd.rows > ACTIONS / 5, "hardly anything could be done"
    assert what_the_log_says(crowd) == what_the_tables_say(crowd)
    counts = queue_of(session, crowd.consultation.id).counts
    open_appeals = select(func.count()).where(Appeal.settled_at.is_(None))
    assert counts.get(Waiting.APPEAL, 0) == session.scalar(open_appeals)
    assert counts.get(Waiting.PROPOSAL, 0) == session.scalar(
        select(func.count()).where(HidingProposal.settled_at.is_(None))
    )
    unanswered = select(func.count()).where((Flag.settled_at.is_(None)) != (Flag.act_id.is_(None)))
    assert session.scalar(unanswered) == 0
    kinds = set(session.scalars(select(ModerationAct.kind).distinct()))
    assert kinds >= {
        ActKind.HIDE_IDEA, ActKind.RESTORE_COMMENT, ActKind.LET_STAND, ActKind.UPHOLD, ActKind.OVERTURN,
        ActKind.REOPEN, ActKind.BLOCK, ActKind.PROPOSE_HIDING,
    }  # fmt: skip


def test_control_what_is_hidden_without_a_row_is_noticed(session: Session) -> None:
    crowd = Crowd(session, 3)
    assert what_the_log_says(crowd) == what_the_tables_say(crowd)
    session.execute(update(Idea).where(Idea.id == crowd.ideas[0].id).values(hidden_at=now()))
    assert what_the_log_says(crowd) != what_the_tables_say(crowd)

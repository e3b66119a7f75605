"""Flags, one queue, decisions about one thing or many, and taking them back."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, NotAllowed, Refused
from deliberation.comments.models import Comment
from deliberation.consultations.people import Participant
from deliberation.moderation.acts import NotAFacilitator
from deliberation.moderation.bulk import MOST, Item, Verdict, decide_all
from deliberation.moderation.cases import Flag
from deliberation.moderation.flags import AlreadyFlagged, DecidedMeanwhile, flag, let_stand, newest_open_flag
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.moderation.queue import PAGE_SIZE, Waiting, queue_of
from deliberation.moderation.service import hide_comment, hide_idea, restore_idea
from deliberation.moderation.subjects import Subject
from deliberation.moderation.undoing import DecidedSince, undo, undo_batch
from deliberation.tags.models import Tag, TagStatus
from tests import factories
from tests.moderation.conftest import Park


@pytest.fixture
def comment(park: Park) -> Comment:
    return factories.make_comment(park.session, park.idea)


@pytest.fixture
def tag(park: Park) -> Tag:
    return factories.make_tag(park.session, park.consultation)


def say(park: Park, subject: Subject, account_id: int | None = None, **more: str) -> Flag:
    given = {"rule": park.rule.key, "note": "Look at this.", **more}
    account_id = account_id or factories.make_account(park.session).id
    return flag(park.session, consultation=park.consultation, subject=subject, account_id=account_id, **given)  # type: ignore[arg-type]


def waiting(park: Park) -> list[tuple[Waiting, int]]:
    queue = queue_of(park.session, park.consultation.id)
    return [(case.kind, case.people) for case in queue.page.items]


def test_anybody_flags_an_idea_a_comment_or_a_tag_once(park: Park, comment: Comment, tag: Tag) -> None:
    account = factories.make_account(park.session).id
    for subject in (park.idea, comment, tag):
        say(park, subject, account)
        with pytest.raises(AlreadyFlagged):
            say(park, subject, account)
        say(park, subject)
    assert park.session.scalar(select(func.count()).where(Participant.account_id == account)) == 1
    assert waiting(park) == [
        (Waiting.FLAGGED_IDEA, 2), (Waiting.FLAGGED_COMMENT, 2), (Waiting.FLAGGED_TAG, 2),
    ]  # fmt: skip
    assert park.count() == 0


def test_a_flag_names_a_rule_and_not_ones_own(park: Park) -> None:
    for wrong in ({"rule": "no-such-rule"}, {"note": "x" * 1_001}):
        with pytest.raises(Refused):
            say(park, park.idea, **wrong)
    with pytest.raises(NotAllowed):
        say(park, park.idea, park.author_account.id)
    park.idea.hidden_at = now()
    with pytest.raises(Conflict):
        say(park, park.idea)


def test_what_is_left_standing_waits_no_more_and_is_one_row(park: Park, comment: Comment, tag: Tag) -> None:
    for subject in (park.idea, comment, tag):
        say(park, subject)
        act = let_stand(park.session, subject=subject, by=park.by, reason="Fair.")
        assert act.kind is ActKind.LET_STAND
        with pytest.raises(DecidedMeanwhile):
            let_stand(park.session, subject=subject, by=park.by)
    assert waiting(park) == []
    assert park.count() == 3
    assert park.session.scalars(select(Flag.act_id).order_by(Flag.id)).all() == [a.id for a in park.acts()]


def test_a_flag_that_came_after_the_page_was_read_goes_on_waiting(park: Park) -> None:
    first = say(park, park.idea)
    say(park, park.idea)
    let_stand(park.session, subject=park.idea, by=park.by, seen=first.id)
    assert waiting(park) == [(Waiting.FLAGGED_IDEA, 1)]
    with pytest.raises(DecidedMeanwhile):
        let_stand(park.session, subject=park.idea, by=park.by, seen=first.id)


def test_hiding_answers_the_flags_and_a_decision_in_between_is_not_overrun(park: Park) -> None:
    seen = say(park, park.idea).id
    let_stand(park.session, subject=park.idea, by=park.by)
    with pytest.raises(DecidedMeanwhile):
        hide_idea(park.session, idea=park.idea, rule=park.rule.key, reason="x", by=park.by, seen=seen)
    park.session.rollback()
    seen = say(park, park.idea).id
    hide_idea(park.session, idea=park.idea, rule=park.rule.key, reason="x", by=park.by, seen=seen)
    assert waiting(park) == []
    assert newest_open_flag(park.session, park.idea) == 0


def test_only_facilitators_decide(park: Park) -> None:
    say(park, park.idea)
    with pytest.raises(NotAFacilitator):
        let_stand(park.session, subject=park.idea, by=park.author_account.id)
    items = [Item(park.idea, 0)]
    with pytest.raises(NotAFacilitator):
        decide_all(
            park.session, items, consultation_id=park.consultation.id, verdict=Verdict.LET_STAND, rule="",
            reason="", by=park.author_account.id,
        )  # fmt: skip


def bulk(park: Park, items: list[Item], verdict: Verdict = Verdict.HIDE, reason: str = "Adverts.") -> object:
    return decide_all(
        park.session, items, consultation_id=park.consultation.id, verdict=verdict, rule=park.rule.key,
        reason=reason, by=park.by,
    )  # fmt: skip


def test_many_things_are_decided_in_one_go_and_undone_in_one_go(
    park: Park, comment: Comment, tag: Tag
) -> None:
    new = factories.make_tag(park.session, park.consultation, "bikes", status=TagStatus.SUGGESTED)
    subjects = (park.idea, comment, tag, new)
    flags = [say(park, subject).id for subject in subjects[:3]]
    batch = bulk(park, [Item(*pair) for pair in zip(subjects, [*flags, 0], strict=True)])
    assert (batch.done, batch.late) == (4, 0)  # type: ignore[attr-defined]
    assert park.count() == 4
    assert park.idea.hidden_at
    assert comment.hidden_at
    assert {tag.status, new.status} == {TagStatus.DECLINED}
    assert waiting(park) == []
    done = undo_batch(
        park.session,
        consultation_id=park.consultation.id,
        batch=batch.name,
        reason="Hasty.",
        by=park.by,  # type: ignore[attr-defined]
    )
    assert (done.done, done.late) == (4, 0)
    assert park.count() == 8
    for subject in subjects:
        park.session.refresh(subject)
    assert (park.idea.hidden_at, comment.hidden_at) == (None, None)
    assert (tag.status, new.status) == (TagStatus.ACCEPTED, TagStatus.SUGGESTED)
    again = undo_batch(
        park.session,
        consultation_id=park.consultation.id,
        batch=batch.name,
        reason="Hasty.",
        by=park.by,  # type: ignore[attr-defined]
    )
    assert (again.done, again.late) == (0, 4)
    assert park.count() == 8


def test_what_somebody_else_decided_is_left_and_counted(park: Park, comment: Comment) -> None:
    seen = say(park, park.idea).id
    say(park, comment)
    let_stand(park.session, subject=park.idea, by=park.by)
    batch = bulk(park, [Item(park.idea, seen), Item(comment, 0)])
    assert (batch.done, batch.late) == (1, 1)  # type: ignore[attr-defined]
    assert park.idea.hidden_at is None


def test_nothing_too_much_or_without_a_reason_is_refused_before_anything_is_done(park: Park) -> None:
    for items, reason in (([], "x"), ([Item(park.idea, 0)] * (MOST + 1), "x"), ([Item(park.idea, 0)], " ")):
        with pytest.raises(Refused):
            bulk(park, items, reason=reason)
    assert park.count() == 0


def test_flags_that_were_answered_wait_again_when_the_answer_is_undone(park: Park) -> None:
    say(park, park.idea)
    act = let_stand(park.session, subject=park.idea, by=park.by)
    assert undo(park.session, act=act, reason="Too fast.", by=park.by).kind is ActKind.REOPEN
    assert waiting(park) == [(Waiting.FLAGGED_IDEA, 1)]
    with pytest.raises(DecidedSince):
        undo(park.session, act=act, reason="Again.", by=park.by)


def test_an_old_decision_is_not_undone_over_a_newer_one(park: Park) -> None:
    first = hide_idea(park.session, idea=park.idea, rule=park.rule.key, reason="One.", by=park.by)
    restore_idea(park.session, idea=park.idea, reason="Two.", by=park.by)
    hide_idea(park.session, idea=park.idea, rule=park.rule.key, reason="Three.", by=park.by)
    with pytest.raises(DecidedSince):
        undo(park.session, act=first, reason="Four.", by=park.by)
    assert park.idea.hidden_at is not None


def test_the_queue_has_filters_pages_and_the_most_urgent_first(park: Park, session: Session) -> None:
    for number in range(PAGE_SIZE + 5):
        factories.make_flag(session, park.rule, factories.make_idea(session, park.consultation.threads[0]))
        status = TagStatus.SUGGESTED
        factories.make_tag(session, park.consultation, f"new-{number}", status=status, group=None)
    comment = factories.make_comment(session, park.idea)
    factories.make_flag(session, park.rule, comment, note="")
    queue = queue_of(session, park.consultation.id)
    assert queue.total == 2 * (PAGE_SIZE + 5) + 1
    assert {case.kind for case in queue.page.items} == {Waiting.FLAGGED_IDEA}
    only = queue_of(session, park.consultation.id, kind=Waiting.NEW_TAG, number=2)
    assert [case.kind for case in only.page.items] == [Waiting.NEW_TAG] * 5
    [case] = queue_of(session, park.consultation.id, kind=Waiting.FLAGGED_COMMENT).page.items
    assert (case.number, case.idea, case.words) == (comment.number, park.idea.number, "Which trees?")
    hide_comment(session, comment=comment, rule=park.rule.key, reason="x", by=park.by)
    assert Waiting.FLAGGED_COMMENT not in queue_of(session, park.consultation.id).counts
    other = factories.make_consultation(session, "the-lake")
    assert queue_of(session, other.id).total == 0


def test_acts_of_a_batch_share_its_name(park: Park) -> None:
    say(park, park.idea)
    batch = bulk(park, [Item(park.idea, 0)], Verdict.LET_STAND, "")
    assert park.session.scalars(select(ModerationAct.batch)).all() == [batch.name]  # type: ignore[attr-defined]

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import NotAllowed, Refused
from deliberation.comments.models import COMMENT_LENGTH
from deliberation.comments.service import (
    EDIT_WINDOW,
    CommentsClosed,
    CommentSettled,
    NewerComment,
    NotToBeAnswered,
    Posting,
    edit_comment,
    withdraw_comment,
)
from deliberation.consultations.models import Phase
from deliberation.consultations.people import Participant
from tests.comments.conftest import Talk
from tests.factories import make_account, make_comment, make_idea, make_participant


def test_numbers_count_up_through_all_ideas(talk: Talk) -> None:
    other = make_idea(talk.session, talk.consultation.threads[1])
    found = [talk.post(f"Word {n}", idea=(talk.idea, other)[n % 2]).comment.number for n in range(4)]
    assert found == [1, 2, 3, 4]


def test_who_comments_takes_part_from_then_on(talk: Talk) -> None:
    account = make_account(talk.session)
    talk.post(account_id=account.id)
    assert talk.session.scalar(select(func.count()).where(Participant.account_id == account.id)) == 1


def test_the_same_words_sent_twice_are_one_comment(talk: Talk) -> None:
    account = make_account(talk.session).id
    first = talk.post("Why?", account_id=account)
    assert talk.post(" Why?\n", account_id=account) == Posting(first.comment, is_new=False)
    assert talk.post("Why?").is_new
    assert talk.post("Why?", account_id=account, answers=first.comment).is_new
    withdraw_comment(talk.session, comment=first.comment, by=first.comment.author)
    assert talk.post("Why?", account_id=account).is_new


def test_limits_are_kept_to_the_character(talk: Talk) -> None:
    assert len(talk.post("å" * COMMENT_LENGTH).comment.body) == COMMENT_LENGTH
    for body, field in (("å" * (COMMENT_LENGTH + 1), "body"), (" \u200b\n", "body")):
        with pytest.raises(Refused) as refusal:
            talk.post(body)
        assert refusal.value.field == field
    with pytest.raises(Refused) as refusal:
        talk.post(language="not a language")
    assert refusal.value.field == "language"


def test_markdown_is_shown_as_far_as_it_is_safe(talk: Talk) -> None:
    html = talk.post("*Why* <script>x</script> [a](javascript:x)").comment.body_html
    assert "<em>Why</em>" in html
    assert "<script" not in html
    assert "href" not in html


@pytest.mark.parametrize(
    ("phase", "takes"),
    [(Phase.DRAFT, False), (Phase.GATHERING, True), (Phase.VOTING, True), (Phase.SYNTHESIS, False),
     (Phase.PUBLISHED, False)],
)  # fmt: skip
def test_comments_come_and_change_while_people_vote(phase: Phase, takes: bool, talk: Talk) -> None:
    comment = talk.post().comment
    talk.consultation.steps[0].phase = phase
    talk.session.flush()
    if takes:
        assert talk.post("Another").is_new
        assert talk.edit(comment, "Otherwise").body == "Otherwise"
    else:
        with pytest.raises(CommentsClosed):
            talk.post("Another")
        with pytest.raises(CommentsClosed):
            talk.edit(comment, "Otherwise")


@pytest.mark.parametrize("closed_by", ["lock", "withdrawal", "hiding", "merge"])
def test_what_is_closed_takes_no_comments_and_no_changes(closed_by: str, talk: Talk) -> None:
    comment = talk.post().comment
    if closed_by == "lock":
        talk.consultation.threads[0].locked_at = now()
    elif closed_by == "withdrawal":
        talk.idea.withdrawn_at = now()
    elif closed_by == "hiding":
        talk.idea.hidden_at = now()
    else:
        talk.idea.merged_into_id = make_idea(talk.session, talk.consultation.threads[0]).id
        talk.idea.merged_at = now()
    talk.session.flush()
    with pytest.raises(CommentsClosed):
        talk.post("Another")
    with pytest.raises(CommentsClosed):
        talk.edit(comment, "Otherwise")
    withdraw_comment(talk.session, comment=comment, by=comment.author)
    assert comment.withdrawn_at is not None


def test_what_is_gone_is_not_answered(talk: Talk) -> None:
    for gone in ("withdrawn_at", "hidden_at"):
        comment = talk.post(gone).comment
        setattr(comment, gone, now())
        talk.session.flush()
        with pytest.raises(NotToBeAnswered):
            talk.post("Why?", answers=comment)


def test_an_answer_to_what_came_with_a_merged_idea_belongs_to_it_too(talk: Talk) -> None:
    merged = make_idea(talk.session, talk.consultation.threads[0])
    comment = talk.post().comment
    comment.origin_id = merged.id
    talk.session.flush()
    assert talk.post("Oaks.", answers=comment).comment.origin_id == merged.id
    assert talk.post("Beeches.").comment.origin_id is None


def test_words_are_settled_after_a_while_or_by_anothers_answer(talk: Talk) -> None:
    fresh, old, answered = (talk.post(f"{n}").comment for n in range(3))
    old.created_at = now() - EDIT_WINDOW - timedelta(seconds=1)
    fresh.created_at = now() - EDIT_WINDOW + timedelta(seconds=10)
    make_comment(talk.session, talk.idea, answered.author, "Besides:", parent=answered)
    talk.session.flush()
    assert talk.edit(fresh, "New").body == "New"
    with pytest.raises(CommentSettled):
        talk.edit(old, "New")
    assert talk.edit(answered, "New").body == "New"
    answer = talk.post("No.", answers=answered).comment
    withdraw_comment(talk.session, comment=answer, by=answer.author)
    with pytest.raises(CommentSettled):
        talk.edit(answered, "Newer", revision=2)


def test_an_edit_adds_a_wording_and_the_same_words_do_not(talk: Talk) -> None:
    comment = talk.post("First").comment
    talk.edit(comment, "First")
    assert comment.edited_at is None
    talk.edit(comment, "Second")
    talk.session.expire(comment)
    assert [(row.number, row.body) for row in comment.revisions] == [(1, "First"), (2, "Second")]
    with pytest.raises(NewerComment):
        talk.edit(comment, "Third", revision=1)
    assert talk.edit(comment, "Third", revision=2).body == "Third"


def test_others_neither_edit_nor_withdraw(talk: Talk) -> None:
    comment = talk.post().comment
    for by in (make_participant(talk.session, talk.consultation), None):
        with pytest.raises(NotAllowed):
            withdraw_comment(talk.session, comment=comment, by=by)
        with pytest.raises(NotAllowed):
            edit_comment(
                talk.session, consultation=talk.consultation, comment=comment, by=by, revision=1, body="x",
                language="en",
            )  # fmt: skip


def test_what_is_withdrawn_or_hidden_is_not_edited(talk: Talk, session: Session) -> None:
    gone, hidden = talk.post("One").comment, talk.post("Two").comment
    withdraw_comment(session, comment=gone, by=gone.author)
    when = gone.withdrawn_at
    assert withdraw_comment(session, comment=gone, by=gone.author).withdrawn_at == when
    hidden.hidden_at = now()
    session.flush()
    for comment in (gone, hidden):
        with pytest.raises(CommentSettled):
            talk.edit(comment, "Otherwise")

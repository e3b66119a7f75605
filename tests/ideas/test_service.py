import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import NotAllowed, Refused
from deliberation.consultations.models import Consultation, Phase
from deliberation.consultations.people import Participant
from deliberation.consultations.phases import GatheringClosed
from deliberation.ideas.models import Idea
from deliberation.ideas.service import (
    IdeaHidden,
    IdeaSettled,
    IdeaWithdrawn,
    NewerWording,
    Posting,
    ThreadLocked,
    edit_idea,
    post_idea,
    withdraw_idea,
)
from tests.factories import make_account, make_consultation, make_participant, make_vote


@pytest.fixture
def park(session: Session) -> Consultation:
    return make_consultation(session)


def post(session: Session, park: Consultation, statement: str = "Plant trees", **more: object) -> Posting:
    given = {"account_id": make_account(session).id, "elaboration": "", "language": "en", "thread": 0, **more}
    thread = park.threads[int(str(given.pop("thread")))]
    return post_idea(session, consultation=park, thread=thread, statement=statement, **given)  # type: ignore[arg-type]


def edit(session: Session, park: Consultation, idea: Idea, statement: str, revision: int = 1) -> Idea:
    return edit_idea(
        session, consultation=park, idea=idea, by=session.get_one(Participant, idea.author_id),
        revision=revision, statement=statement, elaboration="", language="en",
    )  # fmt: skip


def test_numbers_count_up_through_all_threads(session: Session, park: Consultation) -> None:
    found = [post(session, park, f"Idea {n}", thread=n % 2).idea.number for n in range(4)]
    assert found == [1, 2, 3, 4]


def test_who_posts_takes_part_from_then_on(session: Session, park: Consultation) -> None:
    account = make_account(session)
    post(session, park, account_id=account.id)
    assert session.scalar(select(func.count()).where(Participant.account_id == account.id)) == 1


def test_the_same_words_by_another_or_elsewhere_are_another_idea(
    session: Session, park: Consultation
) -> None:
    account = make_account(session).id
    first = post(session, park, account_id=account)
    assert post(session, park, " Plant  trees", account_id=account) == Posting(first.idea, is_new=False)
    assert post(session, park).is_new
    assert post(session, park, account_id=account, thread=1).is_new
    withdraw_idea(session, idea=first.idea, by=first.idea.author)
    assert post(session, park, account_id=account).is_new


def test_limits_are_kept_to_the_character(session: Session, park: Consultation) -> None:
    assert len(post(session, park, "å" * 280, elaboration="ä" * 10_000).idea.statement) == 280
    with pytest.raises(Refused):
        post(session, park, "å" * 281)
    with pytest.raises(Refused):
        post(session, park, elaboration="ä" * 10_001)


@pytest.mark.parametrize("code", ["", "x", "english", "en_GB", "en-", "en;", "a" * 40, "e\u0430"])
def test_a_language_is_a_code(code: str, session: Session, park: Consultation) -> None:
    with pytest.raises(Refused) as refusal:
        post(session, park, language=code)
    assert refusal.value.field == "language"


def test_any_language_code_will_do(session: Session, park: Consultation) -> None:
    assert post(session, park, language=" SR-Latn ").idea.language == "sr-Latn"


@pytest.mark.parametrize("phase", [Phase.DRAFT, Phase.VOTING, Phase.SYNTHESIS, Phase.PUBLISHED])
def test_only_gathering_takes_ideas_and_edits(phase: Phase, session: Session, park: Consultation) -> None:
    idea = post(session, park).idea
    park.steps[0].phase = phase
    session.flush()
    with pytest.raises(GatheringClosed):
        post(session, park, "Another")
    with pytest.raises(GatheringClosed):
        edit(session, park, idea, "Otherwise")


def test_a_locked_thread_takes_nothing(session: Session, park: Consultation) -> None:
    idea = post(session, park).idea
    park.threads[0].locked_at = now()
    session.flush()
    with pytest.raises(ThreadLocked):
        post(session, park, "Another")
    with pytest.raises(ThreadLocked):
        edit(session, park, idea, "Otherwise")
    assert post(session, park, thread=1).is_new


def test_the_authors_own_vote_settles_nothing_and_anothers_does(session: Session, park: Consultation) -> None:
    idea = post(session, park).idea
    make_vote(session, idea, idea.author)
    assert edit(session, park, idea, "Second").statement == "Second"
    make_vote(session, idea, make_participant(session, park))
    with pytest.raises(IdeaSettled):
        edit(session, park, idea, "Third", revision=2)


def test_an_edit_adds_a_wording_and_the_same_words_do_not(session: Session, park: Consultation) -> None:
    idea = post(session, park, "First").idea
    edit(session, park, idea, "First")
    assert idea.edited_at is None
    edit(session, park, idea, "Second")
    session.expire(idea)
    assert [(row.number, row.statement) for row in idea.revisions] == [(1, "First"), (2, "Second")]
    assert idea.edited_at is not None


def test_a_wording_made_on_an_older_one_is_refused(session: Session, park: Consultation) -> None:
    idea = post(session, park, "First").idea
    edit(session, park, idea, "Second")
    with pytest.raises(NewerWording):
        edit(session, park, idea, "Third", revision=1)
    assert edit(session, park, idea, "Third", revision=2).statement == "Third"


def test_others_neither_edit_nor_withdraw(session: Session, park: Consultation) -> None:
    idea, other = post(session, park).idea, make_participant(session, park)
    for by in (other, None):
        with pytest.raises(NotAllowed):
            withdraw_idea(session, idea=idea, by=by)
        with pytest.raises(NotAllowed):
            edit_idea(
                session, consultation=park, idea=idea, by=by, revision=1, statement="x", elaboration="",
                language="en",
            )  # fmt: skip


def test_what_is_withdrawn_or_hidden_is_not_edited(session: Session, park: Consultation) -> None:
    idea, hidden = post(session, park, "One").idea, post(session, park, "Two").idea
    withdraw_idea(session, idea=idea, by=idea.author)
    when = idea.withdrawn_at
    assert withdraw_idea(session, idea=idea, by=idea.author).withdrawn_at == when
    with pytest.raises(IdeaWithdrawn):
        edit(session, park, idea, "Otherwise")
    hidden.hidden_at = now()
    session.flush()
    with pytest.raises(IdeaHidden):
        edit(session, park, hidden, "Otherwise")

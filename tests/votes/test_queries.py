import pytest
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.consultations.models import Consultation
from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea
from deliberation.votes.models import Choice
from deliberation.votes.queries import ThreadFigures, my_choices, progress, thread_figures
from tests.factories import make_consultation, make_idea, make_participant, make_vote
from tests.statements import statements


@pytest.fixture
def consultation(session: Session) -> Consultation:
    return make_consultation(session, threads=3)


@pytest.fixture
def ideas(session: Session, consultation: Consultation) -> list[Idea]:
    """Two visible ideas in the first thread, one in the second; and what nobody sees."""
    first, second, _ = consultation.threads
    make_idea(session, first, hidden_at=now())
    make_idea(session, second, withdrawn_at=now())
    return [make_idea(session, thread) for thread in (first, first, second)]


@pytest.fixture
def participant(session: Session, consultation: Consultation) -> Participant:
    return make_participant(session, consultation)


def test_figures_count_ideas_votes_and_people_of_each_thread(
    session: Session, consultation: Consultation, ideas: list[Idea], participant: Participant
) -> None:
    first, second, third = consultation.threads
    for idea in ideas:
        make_vote(session, idea, participant, Choice.PASS)
        make_vote(session, idea)
    assert thread_figures(session, consultation.id) == {
        first.id: ThreadFigures(ideas=2, votes=4, people=3),
        second.id: ThreadFigures(ideas=1, votes=2, people=2),
        third.id: ThreadFigures(),
    }


def test_votes_on_what_is_hidden_are_not_in_the_figures(
    session: Session, consultation: Consultation, ideas: list[Idea]
) -> None:
    make_vote(session, ideas[0])
    ideas[0].hidden_at = now()
    session.flush()
    assert thread_figures(session, consultation.id)[ideas[0].thread_id] == ThreadFigures(ideas=1)


def test_figures_and_progress_of_one_consultation_leave_others_out(
    session: Session, consultation: Consultation, participant: Participant
) -> None:
    elsewhere = make_consultation(session, "elsewhere", threads=1)
    make_vote(session, make_idea(session, elsewhere.threads[0]), participant)
    assert set(thread_figures(session, consultation.id).values()) == {ThreadFigures()}
    assert progress(session, consultation.id, participant.id) == {}


def test_progress_counts_what_is_still_to_be_seen(
    session: Session, consultation: Consultation, ideas: list[Idea], participant: Participant
) -> None:
    for idea in ideas:
        make_vote(session, idea, participant)
    ideas[1].withdrawn_at = now()
    session.flush()
    assert progress(session, consultation.id, participant.id) == {
        ideas[0].thread_id: 1,
        ideas[2].thread_id: 1,
    }


def test_choices_are_the_participants_own(
    session: Session, ideas: list[Idea], participant: Participant
) -> None:
    make_vote(session, ideas[0], participant, Choice.DISAGREE)
    make_vote(session, ideas[1])
    keys = [idea.id for idea in ideas]
    assert my_choices(session, participant.id, keys) == {ideas[0].id: Choice.DISAGREE}


def test_a_visitor_has_neither_progress_nor_choices(session: Session, consultation: Consultation) -> None:
    with statements() as heard:
        assert progress(session, consultation.id, None) == {}
        assert my_choices(session, None, [1]) == {}
        assert my_choices(session, 1, []) == {}
    assert heard == []

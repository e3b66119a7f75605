"""Casting, changing and taking back a vote, by way of the service."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import DomainError, NotFound
from deliberation.consultations.models import Consultation, Phase, PhaseStep
from deliberation.consultations.people import Participant
from deliberation.consultations.phases import VotingClosed
from deliberation.ideas.models import Idea
from deliberation.ideas.service import IdeaWithdrawn
from deliberation.votes.models import Choice, Vote, VoteEvent
from deliberation.votes.service import Ballot, HiddenFromVotes, ThreadTakesNoVotes, cast_vote
from tests.factories import (
    make_account,
    make_consultation,
    make_idea,
    make_participant,
)
from tests.votes.recount import complaints


class Voter:
    """Somebody in a consultation with one idea, and what they do with their vote."""

    def __init__(self, session: Session, consultation: Consultation, idea: Idea) -> None:
        self.session = session
        self.consultation = consultation
        self.idea = idea
        self.account_id = make_account(session).id

    def cast(self, choice: Choice | None) -> Ballot:
        ballot = cast_vote(
            self.session,
            slug=self.consultation.slug,
            idea_number=self.idea.number,
            account_id=self.account_id,
            choice=choice,
        )
        assert complaints(self.session.connection()) == []
        return ballot

    def events(self) -> list[int | None]:
        return list(
            self.session.scalars(
                select(VoteEvent.choice)
                .join(Participant, Participant.id == VoteEvent.participant_id)
                .where(Participant.account_id == self.account_id)
                .order_by(VoteEvent.id)
            )
        )


@pytest.fixture
def consultation(session: Session) -> Consultation:
    return make_consultation(session)


@pytest.fixture
def idea(session: Session, consultation: Consultation) -> Idea:
    return make_idea(session, consultation.threads[0])


@pytest.fixture
def voter(session: Session, consultation: Consultation, idea: Idea) -> Voter:
    return Voter(session, consultation, idea)


def counts(ballot: Ballot) -> tuple[int, int, int]:
    return ballot.agrees, ballot.disagrees, ballot.passes


def test_a_first_vote_is_counted_and_written_down(voter: Voter) -> None:
    ballot = voter.cast(Choice.AGREE)
    assert counts(ballot) == (1, 0, 0)
    assert (ballot.my_choice, ballot.previous) == (Choice.AGREE, None)
    assert (ballot.idea_id, ballot.statement) == (voter.idea.id, voter.idea.statement)
    assert voter.events() == [1]


def test_a_change_moves_the_count_and_remembers_what_it_was(voter: Voter) -> None:
    voter.cast(Choice.AGREE)
    ballot = voter.cast(Choice.DISAGREE)
    assert counts(ballot) == (0, 1, 0)
    assert ballot.previous is Choice.AGREE
    assert voter.events() == [1, -1]


def test_the_same_vote_again_changes_nothing_and_can_still_be_undone(voter: Voter) -> None:
    voter.cast(Choice.AGREE)
    voter.cast(Choice.PASS)
    ballot = voter.cast(Choice.PASS)
    assert counts(ballot) == (0, 0, 1)
    assert ballot.previous is Choice.AGREE
    assert voter.events() == [1, 0]


def test_a_vote_can_be_taken_back_and_cast_anew(voter: Voter) -> None:
    voter.cast(Choice.DISAGREE)
    ballot = voter.cast(None)
    assert counts(ballot) == (0, 0, 0)
    assert (ballot.my_choice, ballot.previous) == (None, Choice.DISAGREE)
    assert counts(voter.cast(Choice.AGREE)) == (1, 0, 0)
    assert voter.events() == [-1, None, 1]


def test_taking_back_what_was_never_cast_changes_nothing(voter: Voter) -> None:
    ballot = voter.cast(None)
    assert counts(ballot) == (0, 0, 0)
    assert voter.events() == []


def test_votes_of_several_people_add_up(session: Session, consultation: Consultation, idea: Idea) -> None:
    for choice in (Choice.AGREE, Choice.AGREE, Choice.PASS, Choice.DISAGREE):
        ballot = Voter(session, consultation, idea).cast(choice)
    assert counts(ballot) == (2, 1, 1)


def test_the_first_vote_makes_a_participant_and_the_second_does_not(session: Session, voter: Voter) -> None:
    mine = select(func.count()).where(Participant.account_id == voter.account_id)
    assert session.scalar(mine) == 0
    voter.cast(Choice.AGREE)
    voter.cast(Choice.PASS)
    assert session.scalar(mine) == 1


def test_a_participant_votes_as_the_participant_they_are(
    session: Session, consultation: Consultation, idea: Idea, voter: Voter
) -> None:
    from deliberation.accounts.models import Account

    participant = make_participant(session, consultation, session.get(Account, voter.account_id))
    voter.cast(Choice.AGREE)
    assert session.scalars(select(Vote.participant_id)).one() == participant.id


@pytest.mark.parametrize("phase", [Phase.SYNTHESIS, Phase.PUBLISHED])
def test_a_closed_phase_takes_no_votes(session: Session, voter: Voter, phase: Phase) -> None:
    session.add(
        PhaseStep(consultation_id=voter.consultation.id, phase=phase, starts_at=now() - timedelta(seconds=1))
    )
    session.flush()
    session.expire_all()
    with pytest.raises(VotingClosed):
        voter.cast(Choice.AGREE)
    assert session.scalar(select(func.count()).select_from(VoteEvent)) == 0


def test_a_phase_that_starts_later_closes_nothing_yet(session: Session, voter: Voter) -> None:
    session.add(
        PhaseStep(
            consultation_id=voter.consultation.id,
            phase=Phase.SYNTHESIS,
            starts_at=now() + timedelta(minutes=1),
        )
    )
    session.flush()
    assert counts(voter.cast(Choice.AGREE)) == (1, 0, 0)


def test_of_two_phases_that_start_at_once_the_later_one_holds(session: Session, voter: Voter) -> None:
    start = now() - timedelta(minutes=1)
    for phase in (Phase.SYNTHESIS, Phase.VOTING):
        session.add(PhaseStep(consultation_id=voter.consultation.id, phase=phase, starts_at=start))
    session.flush()
    session.expire_all()
    with pytest.raises(VotingClosed):
        voter.cast(Choice.AGREE)


def test_the_voting_phase_takes_votes(session: Session, voter: Voter) -> None:
    session.add(
        PhaseStep(
            consultation_id=voter.consultation.id,
            phase=Phase.VOTING,
            starts_at=now() - timedelta(minutes=1),
        )
    )
    session.flush()
    assert counts(voter.cast(Choice.AGREE)) == (1, 0, 0)


def test_a_draft_does_not_say_that_it_exists(session: Session) -> None:
    consultation = make_consultation(session, phase=Phase.DRAFT)
    voter = Voter(session, consultation, make_idea(session, consultation.threads[0]))
    with pytest.raises(NotFound):
        voter.cast(Choice.AGREE)


def test_a_locked_thread_takes_no_votes(session: Session, voter: Voter) -> None:
    voter.cast(Choice.AGREE)
    voter.idea.thread.locked_at = now()
    session.flush()
    for choice in (Choice.DISAGREE, None):
        with pytest.raises(ThreadTakesNoVotes):
            voter.cast(choice)
    assert voter.events() == [1]


@pytest.mark.parametrize(
    ("gone", "reason"), [("hidden_at", HiddenFromVotes), ("withdrawn_at", IdeaWithdrawn)]
)
def test_what_is_hidden_or_withdrawn_cannot_be_voted_on(
    session: Session, voter: Voter, gone: str, reason: type[DomainError]
) -> None:
    setattr(voter.idea, gone, now())
    session.flush()
    with pytest.raises(reason):
        voter.cast(Choice.AGREE)


def test_an_idea_of_another_consultation_is_not_found(session: Session, voter: Voter) -> None:
    elsewhere = make_consultation(session, "elsewhere")
    voter.consultation = elsewhere
    with pytest.raises(NotFound):
        voter.cast(Choice.AGREE)


def test_a_refused_vote_makes_nobody_a_participant(session: Session, voter: Voter) -> None:
    voter.idea.thread.locked_at = now()
    session.flush()
    with pytest.raises(ThreadTakesNoVotes):
        voter.cast(Choice.AGREE)
    mine = select(func.count()).where(Participant.account_id == voter.account_id)
    assert session.scalar(mine) == 0

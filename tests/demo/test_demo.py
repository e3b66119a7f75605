from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.consultations.models import Consultation, Phase, Thread
from deliberation.consultations.people import Participant, Role
from deliberation.consultations.phases import Timetable
from deliberation.demo.crowd import Ballot, Stimulus, cast_ballots, make_people
from deliberation.demo.load import GUEST_NUMBER, load_demo
from deliberation.demo.script import read_script
from deliberation.demo.visiting import IDEAS as GUESTS_IDEAS
from deliberation.ideas.models import Idea, IdeaRevision
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.tags.models import IdeaTag, Tag, TagStatus
from deliberation.votes.models import Choice, Vote, VoteEvent
from deliberation.votes.queries import progress, thread_figures
from deliberation.web.extensions import db


@pytest.fixture(scope="module")
def loaded(installation: Flask) -> Iterator[Session]:
    """The demonstration, loaded once and rolled back when every test here has looked at it."""
    with installation.app_context(), db.engine.connect() as connection:
        outer = connection.begin()
        with Session(connection) as session:
            load_demo(session)
            yield session
        outer.rollback()


@pytest.fixture
def session(loaded: Session) -> Session:
    return loaded


@pytest.fixture
def demo(session: Session) -> Consultation:
    return session.scalars(select(Consultation)).one()


def test_chance_is_the_same_each_time() -> None:
    def everything() -> list[Ballot]:
        rng, begins = Random("x"), datetime(2026, 11, 1, tzinfo=UTC)
        ends = begins + timedelta(days=9)
        people = make_people(rng, threads=range(1, 5), begins=begins, ends=ends)
        stimuli = [
            Stimulus(number, number % 4 + 1, (0.9, 0.0, -0.9), 0.1, begins, ends) for number in range(20)
        ]
        return list(cast_ballots(rng, people, stimuli, ends=ends))

    ballots = everything()
    assert ballots == everything()
    assert 1_000 < len(ballots) < 3_500


def count(session: Session, table: Any, *conditions: Any) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


def test_the_demonstration_is_large_enough_to_believe(session: Session, demo: Consultation) -> None:
    assert count(session, Participant) == 301
    assert count(session, Idea) == len(read_script().lines) + len(GUESTS_IDEAS) >= 115
    assert set(session.scalars(select(Idea.language))) >= {"sv", "en"}
    assert count(session, Vote) > 8_000
    assert Timetable.of(demo.steps, now()).current is Phase.GATHERING
    figures = thread_figures(session, demo.id)
    assert len(figures) == 7
    assert all(there.ideas > 10 and there.people > 150 for there in figures.values())


def test_counts_votes_and_journal_agree(session: Session, demo: Consultation) -> None:
    counted: dict[int, Counter[int]] = {}
    last: dict[tuple[int, int], int | None] = {}
    for vote in session.scalars(select(Vote)):
        counted.setdefault(vote.idea_id, Counter())[vote.choice] += 1
    for event in session.scalars(select(VoteEvent).order_by(VoteEvent.id)):
        last[event.participant_id, event.idea_id] = event.choice
    for idea in session.scalars(select(Idea)):
        found = counted.get(idea.id, Counter())
        assert (idea.agrees, idea.disagrees, idea.passes) == (
            found[Choice.AGREE],
            found[Choice.DISAGREE],
            found[Choice.PASS],
        )
    votes = {(vote.participant_id, vote.idea_id): vote.choice for vote in session.scalars(select(Vote))}
    assert votes == {keys: choice for keys, choice in last.items() if choice is not None}
    assert None in last.values()
    assert count(session, VoteEvent) > len(last)


def test_nobody_votes_or_writes_before_they_came_or_after_an_idea_went(
    session: Session, demo: Consultation
) -> None:
    early = (
        select(func.count())
        .select_from(VoteEvent)
        .join(Idea, Idea.id == VoteEvent.idea_id)
        .join(Participant, Participant.id == VoteEvent.participant_id)
        .where(
            (VoteEvent.happened_at < Idea.created_at)
            | (VoteEvent.happened_at < Idea.edited_at)
            | (VoteEvent.happened_at < Participant.joined_at)
            | (VoteEvent.happened_at > Idea.hidden_at)
            | (VoteEvent.happened_at > Idea.withdrawn_at)
        )
    )
    assert session.scalar(early) == 0
    authors = select(func.count()).select_from(Idea).join(Idea.author)
    assert session.scalar(authors.where(Participant.joined_at > Idea.created_at)) == 0


def test_nothing_is_hidden_without_a_row_in_the_log(session: Session, demo: Consultation) -> None:
    hidden = set(
        session.scalars(select(Idea.id).where(Idea.hidden_at.is_not(None), Idea.waits_since.is_(None)))
    )
    balance: Counter[int | None] = Counter()
    for act in session.scalars(select(ModerationAct)):
        balance[act.idea_id] += {ActKind.HIDE_IDEA: 1, ActKind.RESTORE_IDEA: -1}[act.kind]
        assert act.reason
    assert {idea for idea, n in balance.items() if n} == hidden
    assert len(hidden) >= 5


def test_there_are_edits_withdrawals_tags_and_suggestions(session: Session, demo: Consultation) -> None:
    assert (
        count(session, IdeaRevision, IdeaRevision.number == 2)
        == count(session, Idea, Idea.edited_at.is_not(None))
        > 5
    )
    assert count(session, Idea, Idea.withdrawn_at.is_not(None)) >= 3
    assert count(session, Tag, Tag.status == TagStatus.SUGGESTED) == 5
    assert count(session, IdeaTag) > 500


def test_one_participant_has_an_account_and_is_half_way(session: Session, demo: Consultation) -> None:
    guest = session.scalars(select(Participant).where(Participant.account_id.is_not(None))).one()
    assert guest.number == GUEST_NUMBER
    assert count(session, Role) == 0
    figures = thread_figures(session, demo.id)
    done = progress(session, demo.id, guest.id)
    ids = session.scalars(select(Thread.id).order_by(Thread.number)).all()
    states = [(done.get(thread, 0), figures[thread].ideas) for thread in ids]
    assert [voted == ideas for voted, ideas in states[:2]] == [True, True]
    assert all(0 < voted < ideas for voted, ideas in states[2:4])
    assert all(voted == 0 for voted, _ in states[4:])

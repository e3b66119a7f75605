"""Counting and freezing while others do the same and while people vote, on connections that commit."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session

from deliberation.base.database import engine_options, is_sqlite, prepare_engine
from deliberation.base.sessions import Sessions
from deliberation.consultations.models import Phase
from deliberation.insights.gathering import gather
from deliberation.insights.models import LandscapeRow, Snapshot, StoredVotes
from deliberation.insights.queries import find_landscape
from deliberation.insights.service import count_landscapes, freeze, freeze_phase
from deliberation.insights.storing import NothingNew
from deliberation.moderation.acts import OPERATOR
from deliberation.moderation.models import ModerationAct
from deliberation.tables import metadata
from deliberation.votes.models import Choice, Vote
from tests.conftest import DATABASES, make_database
from tests.insights.voting import QUICK, World, make_world, set_vote, vote_at_random
from tests.votes.test_races import Crowd


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = make_database(request.param, tmp_path, "insights").replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url, **engine_options(url, connections=12))
    prepare_engine(engine)
    metadata.create_all(engine)
    with engine.begin() as connection:
        if is_sqlite(engine):
            connection.exec_driver_sql("CREATE VIRTUAL TABLE idea_search USING fts5 (terms)")
        else:
            connection.exec_driver_sql("CREATE TABLE idea_search (rowid integer PRIMARY KEY, terms tsvector)")
    yield engine
    engine.dispose()


def voted(engine: Engine, slug: str = "races", *, phase: Phase = Phase.GATHERING) -> World:
    with Session(engine) as session, session.begin():
        world = make_world(session, slug, people=12, ideas=2, phase=phase)
        vote_at_random(session, world)
    return world


def test_a_phase_that_many_notice_is_frozen_once(engine: Engine) -> None:
    sessions, trials = Sessions(engine), 10
    worlds = [voted(engine, f"trial-{trial}", phase=Phase.VOTING) for trial in range(trials)]
    numbers: list[list[int | None]] = [[] for _ in worlds]

    def act(trial: int, _which: int) -> None:
        key = worlds[trial].consultation_id
        numbers[trial].append(
            freeze_phase(sessions, consultation_id=key, phase=Phase.VOTING, parameters=QUICK)
        )

    Crowd(4).run(trials, act)
    assert numbers == [[1] * 4] * trials
    with sessions.reading() as session:
        kept = session.execute(
            select(Snapshot.consultation_id, func.count()).group_by(Snapshot.consultation_id)
        )
        assert [count for _, count in kept] == [1] * trials


def test_of_two_who_freeze_at_once_one_does_and_the_other_is_told(engine: Engine) -> None:
    sessions, trials = Sessions(engine), 10
    worlds = [voted(engine, f"trial-{trial}") for trial in range(trials)]
    told: list[list[str]] = [[] for _ in worlds]

    def act(trial: int, _which: int) -> None:
        try:
            freeze(sessions, consultation_id=worlds[trial].consultation_id, by=OPERATOR, parameters=QUICK)
            told[trial].append("done")
        except NothingNew:
            told[trial].append("nothing new")

    Crowd(2).run(trials, act)
    assert [sorted(each) for each in told] == [["done", "nothing new"]] * trials
    with sessions.reading() as session:
        assert session.scalar(select(func.count(Snapshot.id))) == trials
        assert session.scalar(select(func.count(ModerationAct.id))) == trials


def test_many_who_count_at_once_leave_one_landscape_each(engine: Engine) -> None:
    sessions, trials = Sessions(engine), 10
    worlds = [voted(engine, f"trial-{trial}") for trial in range(trials)]

    def act(trial: int, _which: int) -> None:
        count_landscapes(sessions, consultation_id=worlds[trial].consultation_id, parameters=QUICK)

    Crowd(4).run(trials, act)
    with sessions.reading() as session:
        assert session.scalar(select(func.count(LandscapeRow.id))) == 3 * trials
        assert session.scalar(select(func.count(StoredVotes.consultation_id))) == trials


def test_what_is_counted_while_people_vote_is_one_moment_of_the_votes(engine: Engine) -> None:
    """The check against the ideas' counts would fail, were they read at another moment than the votes."""
    sessions, world = Sessions(engine), voted(engine)
    stop = threading.Event()
    errors: list[BaseException] = []

    def keep_voting(person: int) -> None:
        turn = 0
        try:
            while not stop.is_set():
                with Session(engine) as session, session.begin():
                    choice = (Choice.AGREE, Choice.DISAGREE, None, Choice.PASS)[turn % 4]
                    # Always in the same order, so that nobody waits for somebody who waits for them.
                    for idea in world.all_ideas:
                        set_vote(session, person, idea, choice)
                turn += 1
        except BaseException as error:
            errors.append(error)

    voters = [threading.Thread(target=keep_voting, args=(person,)) for person in world.people[:3]]
    for voter in voters:
        voter.start()
    try:
        for _ in range(30):
            with sessions.reading() as session:
                gathered = gather(session, world.consultation_id, may_show_all=True)
                keys = [idea.id for idea in gathered.ideas]
                counted = [list(idea.counts) for idea in gathered.ideas]

                assert gathered.holding.votes.counts(np.array(keys)).tolist() == counted
            with sessions.reading() as session:
                total = session.scalar(select(func.count()).select_from(Vote))
            assert total is not None
        count_landscapes(sessions, consultation_id=world.consultation_id, parameters=QUICK, may_show_all=True)
    finally:
        stop.set()
        for voter in voters:
            voter.join()
    assert errors == []
    gathered, _ = count_landscapes(
        sessions, consultation_id=world.consultation_id, parameters=QUICK, may_show_all=True
    )
    with sessions.reading() as session:
        stored = find_landscape(session, world.consultation_id)
        assert stored is not None
        assert stored.votes == session.scalar(select(func.count()).select_from(Vote))
        assert not stored.has_newer_votes


def test_nobody_who_votes_waits_for_a_landscape_that_is_being_computed(engine: Engine) -> None:
    """Between reading and writing nothing is held: whoever votes then is not kept waiting."""
    sessions, world = Sessions(engine), voted(engine)
    with sessions.reading() as session:
        gathered = gather(session, world.consultation_id)
    with sessions.reading() as session:
        gather(session, world.consultation_id)
        # Even while votes are being read, others write.
        with Session(engine) as other, other.begin():
            set_vote(other, world.people[0], world.all_ideas[0], None)
    assert gathered.holding.is_current


def test_a_reading_session_cannot_write(engine: Engine) -> None:
    if is_sqlite(engine):
        return  # where there is nothing to tell it by before somebody else writes
    world = voted(engine)
    with pytest.raises(Exception, match="read-only"), Sessions(engine).reading() as session:
        set_vote(session, world.people[0], world.all_ideas[0], None)

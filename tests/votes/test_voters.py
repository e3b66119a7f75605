"""How many people have voted in a thread, and on how many ideas each: kept, and what a recount gives."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, text, update
from sqlalchemy.orm import Session

from deliberation.app import create_app
from deliberation.base.clock import now
from deliberation.base.errors import NotFound
from deliberation.consultations.models import Consultation
from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea
from deliberation.votes.models import Choice, Vote
from deliberation.votes.parts import people_in, voted_in
from deliberation.votes.voters import keep_voters, let_voters_go
from deliberation.web.extensions import db
from tests.conftest import DATABASES, make_config, make_database, migrate
from tests.factories import make_consultation, make_idea, make_participant, make_vote
from tests.votes.recount import voter_complaints
from tests.votes.test_races import Arena, Crowd, arena  # noqa: F401 - a fixture

ROUNDS = 30


@pytest.fixture
def consultation(session: Session) -> Consultation:
    return make_consultation(session, threads=2)


@pytest.fixture
def ideas(session: Session, consultation: Consultation) -> list[Idea]:
    first, second = consultation.threads
    return [make_idea(session, thread) for thread in (first, first, second)]


@pytest.fixture
def people(session: Session, consultation: Consultation, ideas: list[Idea]) -> list[Participant]:
    """Three people: one voted on everything, one on the first idea alone, one on nothing."""
    made = [make_participant(session, consultation) for _ in range(3)]
    for idea in ideas:
        make_vote(session, idea, made[0])
    make_vote(session, ideas[0], made[1])
    return made


def counted(session: Session, ideas: list[Idea], people: list[Participant]) -> list[list[int]]:
    """Return for both threads how many people voted, and on how many ideas each of the three; recounted."""
    assert voter_complaints(session.connection()) == []
    return [
        [people_in(session, idea.thread), *(voted_in(session, idea.thread, person) for person in people)]
        for idea in (ideas[0], ideas[2])
    ]


def _changed(table: Any, **values: Any) -> Callable[[Session, list[Idea], list[Participant]], None]:
    def act(session: Session, ideas: list[Idea], people: list[Participant]) -> None:
        session.execute(update(table).where(table.id == ideas[0].id).values(**values))

    return act


def _merge(session: Session, ideas: list[Idea], people: list[Participant]) -> None:
    ideas[0].merged_into_id, ideas[0].merged_at = ideas[1].id, now()
    session.flush()


def _take_back(session: Session, ideas: list[Idea], people: list[Participant]) -> None:
    session.execute(delete(Vote).where(Vote.idea_id == ideas[0].id, Vote.participant_id == people[1].id))


def _give_away(session: Session, ideas: list[Idea], people: list[Participant]) -> None:
    theirs = Vote.participant_id == people[1].id
    session.execute(update(Vote).where(theirs).values(participant_id=people[2].id))


def _change_their_mind(session: Session, ideas: list[Idea], people: list[Participant]) -> None:
    session.execute(update(Vote).values(choice=Choice.DISAGREE, previous=Choice.AGREE))


def _hide_and_restore(session: Session, ideas: list[Idea], people: list[Participant]) -> None:
    for hidden_at in (now(), now(), None, None):
        session.execute(update(Idea).where(Idea.id == ideas[0].id).values(hidden_at=hidden_at))


def _ask_elsewhere(session: Session, ideas: list[Idea], people: list[Participant]) -> None:
    session.execute(update(Idea).where(Idea.id == ideas[0].id).values(thread_id=ideas[2].thread_id))


@pytest.mark.parametrize(
    ("act", "then"),
    [
        (_changed(Idea, hidden_at=now()), [[1, 1, 0, 0], [1, 1, 0, 0]]),
        (_changed(Idea, withdrawn_at=now()), [[1, 1, 0, 0], [1, 1, 0, 0]]),
        (_merge, [[1, 1, 0, 0], [1, 1, 0, 0]]),
        (_take_back, [[1, 2, 0, 0], [1, 1, 0, 0]]),
        (_give_away, [[2, 2, 0, 1], [1, 1, 0, 0]]),
        (_change_their_mind, [[2, 2, 1, 0], [1, 1, 0, 0]]),
        (_hide_and_restore, [[2, 2, 1, 0], [1, 1, 0, 0]]),
        (_ask_elsewhere, [[1, 1, 0, 0], [2, 2, 1, 0]]),
    ],
)
def test_people_are_counted_anew_with_whatever_changes_them(
    act: Callable[[Session, list[Idea], list[Participant]], None],
    then: list[list[int]],
    session: Session,
    ideas: list[Idea],
    people: list[Participant],
) -> None:
    assert counted(session, ideas, people) == [[2, 2, 1, 0], [1, 1, 0, 0]]
    act(session, ideas, people)
    assert counted(session, ideas, people) == then


def test_without_the_triggers_the_recount_complains(
    session: Session, ideas: list[Idea], people: list[Participant]
) -> None:
    connection = session.connection()
    let_voters_go(connection)
    make_vote(session, ideas[1], people[2])
    assert voter_complaints(connection) != []


@pytest.mark.parametrize("kind", DATABASES)
def test_migrations_leave_the_triggers_as_they_should_be(kind: str, tmp_path: Path) -> None:
    app = create_app(make_config(make_database(kind, tmp_path, "triggers"), tmp_path))
    migrate(app)
    with app.app_context():
        with db.engine.begin() as connection:
            made = _triggers(connection)
            assert len(made) == 4
            keep_voters(connection)
            assert _triggers(connection) == made
            let_voters_go(connection)
            assert _triggers(connection) == []
        migrate(app)
        with db.engine.connect() as connection:
            assert _triggers(connection) == made
        db.engine.dispose()


def _triggers(connection: Connection) -> list[str]:
    is_sqlite = connection.dialect.name == "sqlite"
    kept = "sqlite_master WHERE type = 'trigger'" if is_sqlite else "pg_trigger WHERE NOT tgisinternal"
    return sorted(connection.scalars(text(f"SELECT {'name' if is_sqlite else 'tgname'} FROM {kept}")))


def test_ideas_hidden_and_restored_at_once_while_people_vote_keep_the_count(arena: Arena) -> None:  # noqa: F811
    ideas = [arena.new_idea() for _ in range(4)]

    def act(trial: int, which: int) -> None:
        key, number = ideas[which % 4]
        if which < 4:
            with Session(arena.engine) as session:
                hidden_at = None if trial % 2 else now()
                session.execute(update(Idea).where(Idea.id == key).values(hidden_at=hidden_at))
                session.commit()
        else:
            for account_id in arena.account_ids:
                try_to_vote(arena, number, account_id, trial)

    Crowd(8).run(ROUNDS, act)
    with arena.engine.connect() as connection:
        assert voter_complaints(connection) == []


def try_to_vote(arena: Arena, number: int, account_id: int, trial: int) -> None:  # noqa: F811
    """Vote, or take the vote back, if the idea can be voted on at this moment."""
    try:
        arena.vote(number, account_id, Choice.AGREE if trial % 3 else None)
    except NotFound:
        return

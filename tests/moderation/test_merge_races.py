"""Merging while others vote, tag and merge, on real connections that commit: each vote counts once, on the
right idea, and of two facilitators one is told."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from deliberation.app import create_app
from deliberation.base.database import is_sqlite
from deliberation.base.errors import Conflict
from deliberation.consultations.models import Consultation
from deliberation.ideas.models import Idea
from deliberation.moderation import merging
from deliberation.moderation.merging import merge_idea, part_idea
from deliberation.moderation.models import ModerationAct
from deliberation.votes import statements
from deliberation.votes.models import Choice, Vote
from deliberation.votes.service import cast_vote
from deliberation.web.extensions import db
from tests import factories
from tests.at_once import Act, at_once
from tests.conftest import DATABASES, make_config, make_database, migrate
from tests.votes.recount import complaints

TRIALS = 200
VOTERS = 3


class Arena:
    """A consultation with two facilitators and a few people who vote."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.chance = Random(4)
        self.errors: list[Exception] = []
        with Session(engine) as session:
            consultation = factories.make_consultation(session, "races", threads=1)
            self.consultation_id, self.thread_id = consultation.id, consultation.threads[0].id
            self.facilitators = [factories.make_role(session, consultation).account_id for _ in range(2)]
            accounts = [factories.make_account(session) for _ in range(VOTERS)]
            self.accounts = [account.id for account in accounts]
            self.people = [
                factories.make_participant(session, consultation, account).id for account in accounts
            ]
            session.commit()

    def ideas(self, count: int = 2) -> list[tuple[int, int]]:
        """Return the key and the number of fresh ideas; each person has voted on the first."""
        with Session(self.engine) as session:
            consultation = session.get_one(Consultation, self.consultation_id)
            ideas = [factories.make_idea(session, consultation.threads[0]) for _ in range(count)]
            for account in self.accounts:
                self.vote(ideas[0].number, account, Choice.PASS)(session)
            session.commit()
            return [(idea.id, idea.number) for idea in ideas]

    def vote(self, number: int, account_id: int, choice: Choice | None) -> Act:
        return lambda session: cast_vote(
            session, slug="races", idea_number=number, account_id=account_id, choice=choice
        )

    def merge(self, idea: int, into: int, by: int = 0) -> Act:
        return lambda session: merge_idea(
            session, idea=session.get_one(Idea, idea), into=session.get_one(Idea, into), reason="The same.",
            by=self.facilitators[by],
        )  # fmt: skip

    def part(self, idea: int, by: int = 0) -> Act:
        return lambda session: part_idea(
            session, idea=session.get_one(Idea, idea), reason="Not the same.", by=self.facilitators[by]
        )

    def at_once(self, *acts: Act) -> list[bool]:
        """Let all act at the same moment, each in a transaction of its own; returns which succeeded."""
        told = at_once(self.engine, *acts)
        self.errors += [error for error in told if error and not isinstance(error, Conflict)]
        return [error is None for error in told]

    def choices_on(self, idea_id: int) -> dict[int, int]:
        """Return what each person's vote on the idea says."""
        with Session(self.engine) as session:
            votes = session.scalars(select(Vote).where(Vote.idea_id == idea_id))
            return {vote.participant_id: vote.choice for vote in votes}

    def complaints(self) -> list[str]:
        with self.engine.connect() as connection:
            found = [repr(error) for error in self.errors] + complaints(connection)
            stray = connection.scalar(
                text(
                    "SELECT count(*) FROM votes JOIN ideas ON ideas.id = votes.idea_id "
                    "WHERE ideas.merged_into_id IS NOT NULL"
                )
            )
        return [*found, f"{stray} votes on merged ideas"] if stray else found

    def log_length(self) -> int:
        with Session(self.engine) as session:
            return session.scalar(select(func.count()).select_from(ModerationAct)) or 0


@pytest.fixture(params=DATABASES)
def arena(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Arena]:
    app = create_app(make_config(make_database(request.param, tmp_path, "merge_races"), tmp_path))
    migrate(app)
    with app.app_context():
        yield Arena(db.engine)
        db.engine.dispose()


def vote_while_merging(arena: Arena, trials: int) -> list[str]:
    """Let everybody vote on either idea while one goes into the other; return what is wrong afterwards."""
    wrong = []
    for _ in range(trials):
        (idea, number), (into, other) = arena.ideas()
        choices = [arena.chance.choice((Choice.AGREE, Choice.DISAGREE)) for _ in arena.accounts]
        votes = [
            arena.vote(arena.chance.choice((number, other)), account, choice)
            for account, choice in zip(arena.accounts, choices, strict=True)
        ]
        if not all(arena.at_once(arena.merge(idea, into), *votes)):
            wrong.append("somebody was refused")
        if arena.choices_on(idea):
            wrong.append(f"idea {idea} is merged and has votes")
        if arena.choices_on(into) != dict(zip(arena.people, choices, strict=True)):
            wrong.append(f"idea {into} does not say what people said last")
    return wrong + arena.complaints()


def test_a_vote_while_merging_counts_once_on_the_idea_that_is_kept(arena: Arena) -> None:
    assert vote_while_merging(arena, TRIALS) == []


def test_a_vote_taken_back_while_merging_and_parting_is_gone_or_there_but_never_half(arena: Arena) -> None:
    for _ in range(TRIALS // 4):
        (idea, number), (into, other) = arena.ideas()
        back = [arena.vote(arena.chance.choice((number, other)), account, None) for account in arena.accounts]
        assert all(arena.at_once(arena.merge(idea, into), *back))
        votes = [arena.vote(other, account, Choice.AGREE) for account in arena.accounts]
        assert all(arena.at_once(arena.part(idea), *votes))
        assert arena.choices_on(into) == dict.fromkeys(arena.people, 1)
    assert arena.complaints() == []


def test_of_two_merges_in_opposite_directions_one_is_refused(arena: Arena) -> None:
    for trial in range(TRIALS):
        (idea, _), (other, _) = arena.ideas()
        assert sorted(arena.at_once(arena.merge(idea, other), arena.merge(other, idea, by=1))) == [
            False,
            True,
        ]
        assert arena.log_length() == trial + 1
    assert arena.complaints() == []


def test_of_two_partings_one_is_refused(arena: Arena) -> None:
    for trial in range(TRIALS // 4):
        (idea, _), (other, _) = arena.ideas()
        assert arena.at_once(arena.merge(idea, other)) == [True]
        assert sorted(arena.at_once(arena.part(idea), arena.part(idea, by=1))) == [False, True]
        assert arena.log_length() == 2 * (trial + 1)
    assert arena.complaints() == []


def test_a_chain_that_is_made_from_both_ends_at_once_holds_together(arena: Arena) -> None:
    for _ in range(TRIALS // 4):
        (first, _), (second, _), (third, _) = arena.ideas(3)
        done = arena.at_once(arena.merge(first, second), arena.merge(second, third, by=1))
        assert any(done)
        carries = third if all(done) else (second if done[0] else first)
        assert arena.choices_on(carries) == dict.fromkeys(arena.people, 0)
    assert arena.complaints() == []


def test_control_a_vote_that_does_not_lock_its_idea_is_caught(
    arena: Arena, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_sqlite(arena.engine):
        pytest.skip("writers on SQLite are alone from their first statement: there is no such race")
    careless = str(statements._CAST_AT_ONCE).replace("FOR NO KEY UPDATE OF ideas", "")
    assert careless != statements._CAST_AT_ONCE
    monkeypatch.setattr(statements, "_CAST_AT_ONCE", careless)
    move, all_at_once, moved = merging.move_together, arena.at_once, threading.Event()

    def move_and_linger(*args: object, **kwargs: object) -> None:
        move(*args, **kwargs)  # type: ignore[arg-type]
        moved.set()
        time.sleep(0.1)

    def once_moved(vote: Act) -> Act:
        return lambda session: moved.wait(5) and vote(session)

    monkeypatch.setattr(merging, "move_together", move_and_linger)
    monkeypatch.setattr(arena, "at_once", lambda merge, *votes: all_at_once(merge, *map(once_moved, votes)))
    assert vote_while_merging(arena, 5) != []

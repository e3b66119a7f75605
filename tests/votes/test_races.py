"""Many votes at once, on real connections that commit: one row, true counts, a journal that leads there.

Each race has a control: the same race with the promise taken away, which the same checker must catch.
"""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Connection, Engine, create_engine, delete, select, text, update
from sqlalchemy.orm import Session

from deliberation.accounts.models import Account
from deliberation.base.clock import now
from deliberation.base.database import engine_options, is_sqlite, prepare_engine
from deliberation.base.errors import Conflict
from deliberation.consultations.models import Consultation, Phase, PhaseStep, Thread
from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea
from deliberation.tables import metadata
from deliberation.votes.models import Choice, Vote, VoteEvent
from deliberation.votes.service import cast_vote
from tests.conftest import DATABASES, make_database
from tests.factories import make_account, make_consultation, make_idea, make_participant
from tests.votes.recount import complaints

TRIALS = 200
AT_ONCE = 8
CHOICES = (Choice.AGREE, Choice.DISAGREE, Choice.PASS, None)


class Arena:
    """A database with one consultation, people who take part in it, and a way to vote that commits."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.waits = {"timeout": 30} if is_sqlite(engine) else {}
        with Session(engine) as session:
            accounts = [make_account(session) for _ in range(AT_ONCE)]
            self.account_ids = [account.id for account in accounts]
            session.commit()
        self.new_consultation("races")

    def new_consultation(self, slug: str) -> int:
        """Make a consultation in which everybody takes part; returns the number of its one idea."""
        with Session(self.engine) as session:
            consultation = make_consultation(session, slug, threads=1)
            for account_id in self.account_ids:
                make_participant(session, consultation, session.get_one(Account, account_id))
            number = make_idea(session, consultation.threads[0]).number
            session.commit()
            return number

    def new_idea(self) -> tuple[int, int]:
        """Return the key and the number of a fresh idea."""
        with Session(self.engine) as session:
            thread = session.scalars(select(Thread).join(Consultation).where(Consultation.slug == "races"))
            idea = make_idea(session, thread.one())
            session.commit()
            return idea.id, idea.number

    def new_account(self) -> int:
        """Return the key of somebody who takes part in nothing yet."""
        with Session(self.engine) as session:
            account_id = make_account(session).id
            session.commit()
            return account_id

    def vote(self, number: int, account_id: int, choice: Choice | None, slug: str = "races") -> bool:
        """Cast one vote in a transaction of its own; says whether it was taken."""
        with Session(self.engine) as session:
            try:
                cast_vote(session, slug=slug, idea_number=number, account_id=account_id, choice=choice)
            except Conflict:
                session.rollback()
                return False
            session.commit()
        return True

    def complaints(self, **where: str) -> list[str]:
        with self.engine.connect() as connection:
            return complaints(connection, **where)


@pytest.fixture(params=DATABASES)
def arena(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Arena]:
    url = make_database(request.param, tmp_path, "races").replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url, **engine_options(url, connections=AT_ONCE + 2))
    prepare_engine(engine)
    metadata.create_all(engine)
    with engine.begin() as connection:
        if is_sqlite(engine):
            connection.exec_driver_sql("CREATE VIRTUAL TABLE idea_search USING fts5 (terms)")
        else:
            connection.exec_driver_sql("CREATE TABLE idea_search (rowid integer PRIMARY KEY, terms tsvector)")
    yield Arena(engine)
    engine.dispose()


class Crowd:
    """Threads that wait for each other and then all act at once, trial after trial."""

    def __init__(self, size: int) -> None:
        self.barrier = threading.Barrier(size, timeout=60)
        self.size = size
        self.errors: list[BaseException] = []

    def run(self, trials: int, act: Callable[[int, int], None]) -> None:
        """Call `act(trial, member)` in every member's thread, all members at the same moment."""

        def member(which: int) -> None:
            try:
                for trial in range(trials):
                    self.barrier.wait()
                    act(trial, which)
            except BaseException as error:
                self.errors.append(error)
                self.barrier.abort()

        threads = [threading.Thread(target=member, args=(which,)) for which in range(self.size)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert self.errors == []


def test_eight_votes_of_one_person_at_once_are_one_vote(arena: Arena) -> None:
    numbers = [arena.new_idea() for _ in range(TRIALS)]
    plan = Random(1)
    choices = [[plan.choice(CHOICES[:3]) for _ in range(AT_ONCE)] for _ in range(TRIALS)]

    def act(trial: int, which: int) -> None:
        assert arena.vote(numbers[trial][1], arena.account_ids[0], choices[trial][which])

    Crowd(AT_ONCE).run(TRIALS, act)
    assert arena.complaints() == []
    with arena.engine.connect() as connection:
        rows = connection.execute(select(Vote.idea_id, Vote.choice)).all()
        journal = connection.execute(select(VoteEvent.idea_id)).all()
    assert sorted(idea for idea, _ in rows) == sorted(key for key, _ in numbers)
    assert len(journal) >= TRIALS


def test_votes_and_retractions_of_eight_people_at_once_add_up(arena: Arena) -> None:
    _, number = arena.new_idea()
    plan = Random(2)
    choices = [[plan.choice(CHOICES) for _ in range(AT_ONCE)] for _ in range(TRIALS // 4)]

    def act(trial: int, which: int) -> None:
        # Two threads to a person, four people on one idea.
        assert arena.vote(number, arena.account_ids[which // 2], choices[trial][which])

    Crowd(AT_ONCE).run(TRIALS // 4, act)
    assert arena.complaints() == []


def test_the_first_votes_of_one_person_at_once_make_one_participant(arena: Arena) -> None:
    trials = 25
    numbers = [arena.new_idea()[1] for _ in range(trials)]
    strangers = [arena.new_account() for _ in range(trials)]

    def act(trial: int, which: int) -> None:
        assert arena.vote(numbers[trial], strangers[trial], Choice.AGREE)

    Crowd(AT_ONCE).run(trials, act)
    assert arena.complaints() == []
    with arena.engine.connect() as connection:
        joined = connection.scalars(
            select(Participant.account_id).where(Participant.account_id.in_(strangers))
        ).all()
    assert sorted(account for account in joined if account) == sorted(strangers)


def _lock(session: Session, slug: str) -> None:
    theirs = select(Consultation.id).where(Consultation.slug == slug).scalar_subquery()
    session.execute(update(Thread).where(Thread.consultation_id == theirs).values(locked_at=now()))


def _close(session: Session, slug: str) -> None:
    consultation_id = session.scalars(select(Consultation.id).where(Consultation.slug == slug)).one()
    session.add(PhaseStep(consultation_id=consultation_id, phase=Phase.SYNTHESIS, starts_at=now()))


@pytest.mark.parametrize("end", [_lock, _close])
def test_no_vote_is_taken_once_voting_has_ended(arena: Arena, end: Callable[[Session, str], None]) -> None:
    trials = 20
    numbers = {trial: arena.new_consultation(f"ends-{trial}") for trial in range(trials)}
    ended: dict[int, float] = {}
    taken: list[tuple[int, float, bool]] = []
    pause = Random(3)

    def act(trial: int, which: int) -> None:
        if which == 0:
            time.sleep(pause.random() / 100)
            with Session(arena.engine) as session:
                end(session, f"ends-{trial}")
                session.commit()
            ended[trial] = time.perf_counter()
            return
        for round_ in range(4):
            began = time.perf_counter()
            choice = CHOICES[(which + round_) % 4]
            ok = arena.vote(numbers[trial], arena.account_ids[which], choice, slug=f"ends-{trial}")
            taken.append((trial, began, ok))

    Crowd(AT_ONCE).run(trials, act)
    assert [trial for trial, began, ok in taken if ok and began > ended[trial]] == []
    assert any(ok for _, _, ok in taken)
    assert not all(ok for _, _, ok in taken)
    assert arena.complaints() == []


def _check_then_insert(connection: Connection, idea_id: int, person: int) -> None:
    """What the upsert is there instead of."""
    vote = {"idea": idea_id, "person": person}
    same = "WHERE idea_id = :idea AND participant_id = :person"
    if connection.execute(text(f"SELECT 1 FROM keyless {same}"), vote).first() is None:
        connection.execute(text("INSERT INTO keyless VALUES (:person, :idea, 1)"), vote)
        connection.execute(text("UPDATE ideas SET agrees = agrees + 1 WHERE id = :idea"), vote)


def test_without_the_primary_key_the_same_race_is_caught(arena: Arena) -> None:
    """The control: a table without the key and a check before each insert, as one might write it."""
    arena.vote(arena.new_idea()[1], arena.account_ids[0], Choice.AGREE)
    with arena.engine.begin() as connection:
        person = connection.scalars(select(Vote.participant_id)).one()
        connection.execute(text("CREATE TABLE keyless AS SELECT participant_id, idea_id, choice FROM votes"))
    assert arena.complaints(votes="keyless") == []
    ideas = [arena.new_idea()[0] for _ in range(20)]
    careless = create_engine(
        arena.engine.url, isolation_level="AUTOCOMMIT", pool_size=AT_ONCE, connect_args=arena.waits
    )

    def act(trial: int, which: int) -> None:
        with careless.connect() as connection:
            _check_then_insert(connection, ideas[trial], person)

    Crowd(AT_ONCE).run(20, act)
    careless.dispose()
    doubled = [complaint for complaint in arena.complaints(votes="keyless") if "votes on idea" in complaint]
    assert doubled, "the checker sees nothing wrong with votes that were cast twice"


def test_without_its_difference_the_count_is_caught(arena: Arena) -> None:
    """The control for the counts: read, add and write back loses votes that arrive at once."""
    idea_id, number = arena.new_idea()
    assert arena.vote(number, arena.account_ids[0], Choice.AGREE)
    assert arena.complaints() == []
    with arena.engine.begin() as connection:
        connection.execute(update(Idea).where(Idea.id == idea_id).values(agrees=Idea.agrees + 1))
    assert arena.complaints() == [f"idea {idea_id} says [2, 0, 0], a recount gives [1, 0, 0]"]


def test_a_gap_in_the_journal_is_caught(arena: Arena) -> None:
    """The control for the journal."""
    assert arena.vote(arena.new_idea()[1], arena.account_ids[0], Choice.AGREE)
    with arena.engine.begin() as connection:
        connection.execute(delete(VoteEvent))
    assert [c for c in arena.complaints() if "journal" in c]

"""Facilitators at once, on real connections that commit. Each race has a control that must be caught."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.orm import Session

from deliberation.base.database import engine_options, is_sqlite, prepare_engine
from deliberation.base.errors import Conflict, Refused
from deliberation.consultations.changes import TextChange
from deliberation.consultations.models import Consultation, ConsultationText, Thread
from deliberation.ideas.models import Idea
from deliberation.ideas.service import post_idea
from deliberation.setup.creating import create_consultation
from deliberation.setup.fields import OWN
from deliberation.setup.texts import Draft, fingerprint, save_words, text_in, words_of
from deliberation.setup.threads import add_thread, remove_thread
from deliberation.tables import metadata
from tests import factories
from tests.conftest import DATABASES, make_database
from tests.votes.test_races import AT_ONCE, Crowd

TRIALS = 60


class Arena:
    """A database that commits, with accounts that facilitate a consultation for each trial."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        with Session(engine) as session:
            self.accounts = [
                factories.make_organiser(session, factories.make_account(session)).id for _ in range(AT_ONCE)
            ]
            session.commit()

    def consultations(self, trials: int, *, threads: int = 1) -> list[int]:
        with Session(self.engine) as session:
            keys = []
            for trial in range(trials):
                consultation = factories.make_consultation(session, f"c-{trial}", threads=threads)
                keys.append(consultation.id)
                for account in self.accounts:
                    factories.make_role(session, consultation, session.get(factories.Account, account))
            session.commit()
            return keys


@pytest.fixture(params=DATABASES)
def arena(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Arena]:
    url = make_database(request.param, tmp_path, "setup").replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url, **engine_options(url, connections=AT_ONCE + 2))
    prepare_engine(engine)
    metadata.create_all(engine)
    yield Arena(engine)
    engine.dispose()


def seen_by_all(arena: Arena, key: int) -> tuple[str, dict[str, str]]:
    with Session(arena.engine) as session:
        words = words_of(text_in(session.get_one(Consultation, key).texts, "sv"), OWN)
        return fingerprint(words), words


def test_of_eight_who_save_the_same_text_one_does_and_the_others_are_told(arena: Arena) -> None:
    keys = arena.consultations(TRIALS)
    begun = {key: seen_by_all(arena, key) for key in keys}
    told: list[int] = []

    def save(trial: int, which: int) -> None:
        seen, words = begun[keys[trial]]
        with Session(arena.engine) as session:
            draft = Draft("sv", {**words, "title": f"By {which}"}, seen=seen)
            try:
                consultation = session.get_one(Consultation, keys[trial])
                save_words(session, consultation=consultation, draft=draft, by=arena.accounts[which])
            except Conflict:
                session.rollback()
                told.append(trial)
            session.commit()

    Crowd(AT_ONCE).run(TRIALS, save)
    with Session(arena.engine) as session:
        changes = session.scalar(select(func.count()).select_from(TextChange))
    assert changes == TRIALS
    assert len(told) == TRIALS * (AT_ONCE - 1)


def test_looking_first_and_writing_then_is_caught(arena: Arena) -> None:
    """The control: everybody compares what they saw, and then writes."""
    keys = arena.consultations(TRIALS)
    written: list[int] = []
    waits = {"timeout": 30} if is_sqlite(arena.engine) else {}
    careless = create_engine(
        arena.engine.url, isolation_level="AUTOCOMMIT", pool_size=AT_ONCE, connect_args=waits
    )

    def save(trial: int, which: int) -> None:
        me = {"consultation": keys[trial], "title": f"By {which}"}
        here = "consultation_id = :consultation AND language = 'sv'"
        with careless.connect() as connection:
            said = connection.scalar(text(f"SELECT title FROM consultation_texts WHERE {here}"), me)
            if said == "The park (sv)":
                connection.execute(text(f"UPDATE consultation_texts SET title = :title WHERE {here}"), me)
                written.append(trial)

    Crowd(AT_ONCE).run(TRIALS, save)
    careless.dispose()
    assert len(written) > TRIALS


def test_questions_added_at_once_get_numbers_of_their_own(arena: Arena) -> None:
    (key,) = arena.consultations(1)

    def add(trial: int, which: int) -> None:
        with Session(arena.engine) as session:
            typed = {"question": f"Question {trial} of {which}?"}
            consultation = session.get_one(Consultation, key)
            add_thread(session, consultation=consultation, typed=typed, by=arena.accounts[which])
            session.commit()

    Crowd(AT_ONCE).run(10, add)
    with Session(arena.engine) as session:
        numbers = session.scalars(select(Thread.number).order_by(Thread.number)).all()
    assert list(numbers) == list(range(1, 10 * AT_ONCE + 2))


def test_no_idea_is_lost_with_a_question_that_is_removed(arena: Arena) -> None:
    keys = arena.consultations(TRIALS)
    posted: list[int] = []

    def meet(trial: int, which: int) -> None:
        account = arena.accounts[which]
        with Session(arena.engine) as session:
            try:
                consultation = session.get_one(Consultation, keys[trial])
                if which == 0:
                    remove_thread(session, consultation=consultation, number=1, by=account)
                else:
                    post_idea(
                        session, consultation=consultation, thread=consultation.threads[0],
                        account_id=account, statement=f"Idea {which}.", elaboration="", language="en",
                    )  # fmt: skip
                session.commit()
                if which:
                    posted.append(trial)
            except Exception:
                session.rollback()

    Crowd(3).run(TRIALS, meet)
    with Session(arena.engine) as session:
        assert session.scalar(select(func.count()).select_from(Idea)) == len(posted)


def test_of_eight_who_want_one_address_one_gets_it(arena: Arena) -> None:
    refused: list[int] = []

    def create(trial: int, which: int) -> None:
        with Session(arena.engine) as session:
            try:
                create_consultation(
                    session, title="Parken", slug=f"one-{trial}", language="sv", further=[],
                    account_id=arena.accounts[which],
                )  # fmt: skip
                session.commit()
            except Refused:
                session.rollback()
                refused.append(trial)

    Crowd(AT_ONCE).run(20, create)
    with Session(arena.engine) as session:
        assert session.scalar(select(func.count()).select_from(ConsultationText)) == 20
    assert len(refused) == 20 * (AT_ONCE - 1)

"""Many people post and edit at once, on real connections that commit."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from deliberation.base.database import engine_options, is_sqlite, prepare_engine
from deliberation.base.errors import Conflict
from deliberation.consultations.queries import get_consultation
from deliberation.ideas.models import Idea, IdeaRevision
from deliberation.ideas.service import edit_idea, post_idea
from deliberation.tables import metadata
from deliberation.tags.models import Tag
from deliberation.tags.service import suggest_tag
from tests.conftest import DATABASES, make_database
from tests.factories import make_account, make_consultation, make_idea

AT_ONCE = 8
ROUNDS = 10


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = make_database(request.param, tmp_path, "posting").replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url, **engine_options(url, connections=AT_ONCE))
    prepare_engine(engine)
    metadata.create_all(engine)
    with engine.begin() as connection:
        if is_sqlite(engine):
            connection.exec_driver_sql("CREATE VIRTUAL TABLE idea_search USING fts5 (terms)")
        else:
            connection.exec_driver_sql("CREATE TABLE idea_search (rowid integer PRIMARY KEY, terms tsvector)")
    yield engine
    engine.dispose()


def at_once(engine: Engine, act: Callable[[Session, int], object]) -> list[bool]:
    """Do it eight times over in transactions of their own; say which were not refused."""

    def one(position: int) -> bool:
        with Session(engine) as session:
            try:
                act(session, position)
            except Conflict:
                session.rollback()
                return False
            session.commit()
        return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def test_ideas_posted_at_once_get_numbers_of_their_own(engine: Engine) -> None:
    with Session(engine) as session:
        make_consultation(session)
        accounts = [make_account(session).id for _ in range(AT_ONCE)]
        session.commit()

    def post(session: Session, position: int) -> None:
        park = get_consultation(session, "the-park")
        post_idea(
            session, consultation=park, thread=park.threads[position % 2], account_id=accounts[position],
            statement=f"Idea {position}", elaboration="", language="en",
        )  # fmt: skip

    for _ in range(ROUNDS):
        assert all(at_once(engine, post))
    with Session(engine) as session:
        # The same words by the same person are the same idea, however often they arrive.
        assert sorted(session.scalars(select(Idea.number))) == list(range(1, AT_ONCE + 1))


def test_of_edits_made_at_once_on_one_wording_one_is_saved(engine: Engine) -> None:
    for round_number in range(1, ROUNDS + 1):
        slug = f"park-{round_number}"
        with Session(engine) as session:
            idea_id = make_idea(session, make_consultation(session, slug).threads[0]).id
            session.commit()

        def edit(session: Session, position: int, slug: str = slug, idea_id: int = idea_id) -> None:
            idea = session.get_one(Idea, idea_id)
            edit_idea(
                session, consultation=get_consultation(session, slug), idea=idea, by=idea.author, revision=1,
                statement=f"Wording {position}", elaboration="", language="en",
            )  # fmt: skip

        assert at_once(engine, edit).count(True) == 1
        with Session(engine) as session:
            numbers = session.scalars(select(IdeaRevision.number).where(IdeaRevision.idea_id == idea_id))
            assert sorted(numbers) == [1, 2]


def test_one_name_suggested_at_once_is_one_tag(engine: Engine) -> None:
    with Session(engine) as session:
        idea_id = make_idea(session, make_consultation(session).threads[0]).id
        accounts = [make_account(session).id for _ in range(AT_ONCE)]
        session.commit()

    def suggest(session: Session, position: int) -> None:
        suggest_tag(
            session, consultation=get_consultation(session, "the-park"), idea=session.get_one(Idea, idea_id),
            account_id=accounts[position], name="Birds", language="en",
        )  # fmt: skip

    assert all(at_once(engine, suggest))
    with Session(engine) as session:
        assert session.scalars(select(Tag.key)).all() == ["birds"]

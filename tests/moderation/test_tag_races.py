"""Tags renamed, merged, parted and put on at the same moment: one act, one row, everybody counted once."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from deliberation.app import create_app
from deliberation.base.clock import now
from deliberation.consultations.models import Consultation
from deliberation.ideas.models import Idea
from deliberation.moderation import curation
from deliberation.tags.models import IdeaTag, Tag
from deliberation.tags.queries import labels_of
from deliberation.tags.service import apply_tag
from deliberation.web.extensions import db
from tests import factories
from tests.conftest import DATABASES, make_config, make_database, migrate
from tests.moderation.test_races import TRIALS, Act, Arena


@dataclass
class Pair:
    """Two tags of the vocabulary, by key and by name in Swedish `one` and `two`, and who puts them on."""

    arena: Arena
    account_id: int

    def tag(self, session: Session, key: str) -> Tag:
        return session.scalars(select(Tag).where(Tag.key == key)).one()

    def merge(self, key: str, into: str) -> Act:
        def act(session: Session, by: int) -> object:
            return curation.merge_tag(session, tag=self.tag(session, key), into=into, by=by)

        return act

    def part(self, session: Session, by: int) -> object:
        return curation.part_tag(session, tag=self.tag(session, "one"), reason="Two.", by=by)

    def rename(self, name: str, seen: str) -> Act:
        def act(session: Session, by: int) -> object:
            tag = self.tag(session, "one")
            return curation.rename_tag(session, tag=tag, language="sv", name=name, by=by, seen=seen)

        return act

    def put(self, session: Session, _by: int) -> object:
        consultation = session.get_one(Consultation, self.arena.consultation_id)
        idea = session.get_one(Idea, self.arena.idea_id)
        return apply_tag(session, consultation=consultation, idea=idea, account_id=self.account_id, key="one")

    def name(self) -> str:
        with Session(self.arena.engine) as session:
            return next(name.name for name in self.tag(session, "one").names if name.language == "sv")

    def shown(self) -> list[tuple[str, int]]:
        with Session(self.arena.engine) as session:
            idea = self.arena.idea_id
            labels = labels_of(session, [idea], reader_id=None, language="sv", source="sv")
            return [(label.key, label.count) for label in labels.get(idea, ())]


@pytest.fixture(params=DATABASES)
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pair]:
    app = create_app(make_config(make_database(request.param, tmp_path, "tag_races"), tmp_path))
    migrate(app)
    with app.app_context():
        arena = Arena(db.engine)
        with Session(db.engine) as session:
            consultation = session.get_one(Consultation, arena.consultation_id)
            for key in ("one", "two"):
                factories.make_tag(session, consultation, key, names={"sv": key})
            account = factories.make_account(session)
            factories.make_participant(session, consultation, account)
            account_id = account.id
            session.commit()
        yield Pair(arena, account_id)
        db.engine.dispose()


def test_two_who_merge_two_tags_into_each_other_do_it_once(pair: Pair) -> None:
    for trial in range(TRIALS):
        assert pair.arena.both(pair.merge("one", "two"), pair.merge("two", "one")) == 1
        with Session(pair.arena.engine) as session:
            merged = session.scalars(select(Tag).where(Tag.merged_into_id.is_not(None))).one()
            curation.part_tag(session, tag=merged, reason="For the next.", by=pair.arena.facilitators[0])
            session.commit()
        assert pair.arena.rows() == 2 * (trial + 1)


def test_a_tag_is_merged_and_parted_once(pair: Pair) -> None:
    for trial in range(TRIALS):
        assert pair.arena.both(pair.merge("one", "two")) == 1
        assert pair.arena.both(pair.part) == 1
        assert pair.arena.rows() == 2 * (trial + 1)


def test_of_two_names_one_is_saved_and_the_other_told(pair: Pair) -> None:
    seen = "one"
    for trial in range(TRIALS):
        wanted = (f"left {trial}", f"right {trial}")
        assert pair.arena.both(*(pair.rename(name, seen) for name in wanted)) == 1
        seen = pair.name()
        assert seen in wanted
        assert pair.arena.rows() == trial + 1


def test_a_tag_put_on_while_it_is_merged_counts_for_the_one_it_lives_on_as(pair: Pair) -> None:
    for _ in range(TRIALS):
        assert pair.arena.both(pair.put, pair.merge("one", "two")) == 2
        assert pair.shown() == [("two", 1)]
        assert pair.arena.both(pair.part, lambda session, by: None) == 2
        with Session(pair.arena.engine) as session:
            session.query(IdeaTag).delete()
            session.commit()


def test_control_moving_what_was_put_on_loses_what_comes_meanwhile(pair: Pair) -> None:
    if pair.arena.engine.dialect.name == "sqlite":
        pytest.skip("writers on SQLite are alone from their first statement: there is no such race")
    written, moved = threading.Event(), threading.Event()

    def put(session: Session, _by: int) -> None:
        tag, idea = pair.tag(session, "one"), session.get_one(Idea, pair.arena.idea_id)
        session.add(IdeaTag(idea_id=idea.id, tag_id=tag.id, participant_id=idea.author_id, applied_at=now()))
        session.flush()
        written.set()
        moved.wait()

    def merge_by_moving(session: Session, _by: int) -> None:
        written.wait()
        one, two = (pair.tag(session, key).id for key in ("one", "two"))
        session.execute(update(IdeaTag).where(IdeaTag.tag_id == one).values(tag_id=two))
        session.commit()
        moved.set()

    assert pair.arena.both(put, merge_by_moving) == 2
    with Session(pair.arena.engine) as session:
        two = pair.tag(session, "two").id
        assert session.scalar(select(func.count()).where(IdeaTag.tag_id == two)) == 0

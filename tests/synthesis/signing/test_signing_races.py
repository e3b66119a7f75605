"""Two members at once, on real connections that commit: one does it, the other is told."""

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from deliberation.app import create_app
from deliberation.base.errors import Conflict
from deliberation.consultations.models import Consultation
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.synthesis.signing import service
from deliberation.synthesis.signing.models import SynthesisVersion
from deliberation.synthesis.signing.publishing import publish
from deliberation.synthesis.writers.report import Answer
from deliberation.web.extensions import db
from tests.at_once import at_once, done_by
from tests.conftest import DATABASES, make_config, make_database, migrate
from tests.synthesis.signing.group import Group, draft
from tests.synthesis.writer_samples import ENGLISH

TRIALS = 25
Act = Callable[[Session, int], object]


class Arena:
    """A database with a working group of two."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        with Session(engine) as session:
            group = Group(session, members=2)
            self.members = [member.id for member in group.members]
            self.consultation_id = group.consultation.id
            session.commit()

    def both(self, act: Act) -> list[str]:
        """Let the members act at the same moment; returns what each was told, empty for success."""
        told = at_once(self.engine, *(done_by(act, member) for member in self.members))
        assert all(isinstance(error, Conflict | None) for error in told), told
        return sorted(type(error).__name__ if error else "" for error in told)

    def propose(self, session: Session, by: int, heading: str) -> SynthesisVersion:
        """Propose a draft with this heading."""
        consultation = session.get_one(Consultation, self.consultation_id)
        return service.propose(
            session, consultation=consultation, report=draft(heading=heading), snapshot_id=None, by=by
        )


@pytest.fixture(scope="module", params=DATABASES)
def arena(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    folder = tmp_path_factory.mktemp("arena")
    app: Flask = create_app(make_config(make_database(request.param, folder, "signing"), folder))
    migrate(app)
    with app.app_context():
        yield Arena(db.engine)
        db.engine.dispose()


def test_of_two_who_propose_the_same_at_once_one_is_told(arena: Arena) -> None:
    for trial in range(TRIALS):
        told = arena.both(lambda session, by, trial=trial: arena.propose(session, by, f"Heading {trial}"))  # type: ignore[misc]
        assert told == ["", "NothingChanged"]
    with Session(arena.engine) as session:
        open_ones = select(func.count()).where(SynthesisVersion.closed_at.is_(None))
        assert session.scalar(open_ones) == 1


def test_a_version_is_published_once(arena: Arena) -> None:
    def act(session: Session, by: int) -> None:
        newest = select(SynthesisVersion).order_by(SynthesisVersion.number.desc()).limit(1)
        version = session.scalars(newest).one()
        publish(
            session, version=version, by=by, words=ENGLISH, rule="Half.", changes=(), address="https://a.example",
            package_address="", cite_as="Us.",
        )  # fmt: skip

    for trial in range(TRIALS):
        with Session(arena.engine) as session:
            version = arena.propose(session, arena.members[0], f"Published {trial}")
            for member in arena.members:
                service.answer(session, version=version, by=member, answer=Answer.APPROVES)
            session.commit()
        assert arena.both(act) == ["", "NotOpen"]
    with Session(arena.engine) as session:
        acts = select(func.count()).where(ModerationAct.kind == ActKind.PUBLISH_SYNTHESIS)
        assert session.scalar(acts) == TRIALS


def test_without_the_lock_both_would_publish(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: on PostgreSQL, where two can write at once, the lock is what keeps them apart."""
    if arena.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time: there is no such race")
    monkeypatch.setattr("deliberation.synthesis.signing.publishing.lock_open", lambda *_args: None)
    meeting = threading.Barrier(2)

    def act(session: Session, by: int) -> None:
        newest = select(SynthesisVersion).order_by(SynthesisVersion.number.desc()).limit(1)
        version = session.scalars(newest).one()
        meeting.wait()
        publish(
            session, version=version, by=by, words=ENGLISH, rule="Half.", changes=(), address="https://a.example",
            package_address="", cite_as="Us.",
        )  # fmt: skip

    with Session(arena.engine) as session:
        version = arena.propose(session, arena.members[0], "The control")
        for member in arena.members:
            service.answer(session, version=version, by=member, answer=Answer.APPROVES)
        session.commit()
    assert arena.both(act) == ["", ""]

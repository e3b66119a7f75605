"""Two facilitators at once, on real connections that commit: one does it, the other is told, one row."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from deliberation.app import create_app
from deliberation.base.clock import now
from deliberation.base.errors import Conflict
from deliberation.comments.models import Comment
from deliberation.consultations.background import BackgroundEntry
from deliberation.consultations.models import Consultation, Phase, Thread
from deliberation.consultations.phases import Timetable
from deliberation.ideas.models import Idea
from deliberation.moderation import curation, service, timetable
from deliberation.moderation.appeals import appeal, decide_appeal
from deliberation.moderation.cases import Appeal, Outcome
from deliberation.moderation.flags import let_stand
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.tags.models import Tag, TagStatus
from deliberation.web.extensions import db
from tests import factories
from tests.at_once import at_once, done_by
from tests.conftest import DATABASES, make_config, make_database, migrate

TRIALS = 50
Act = Callable[[Session, int], object]


class Arena:
    """A database with a consultation that two people facilitate."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        with Session(engine) as session:
            consultation = factories.make_consultation(session)
            self.facilitators = [factories.make_role(session, consultation).account_id for _ in range(2)]
            self.rule = factories.make_rule(session, consultation).key
            self.idea_id = factories.make_idea(session, consultation.threads[0]).id
            self.comment_id = factories.make_comment(session, session.get_one(Idea, self.idea_id)).id
            self.thread_id = consultation.threads[1].id
            self.consultation_id = consultation.id
            session.commit()

    def both(self, *acts: Act) -> int:
        """Let the facilitators act at the same moment; returns how many succeeded."""
        each = acts if len(acts) == 2 else acts * 2
        told = at_once(self.engine, *map(done_by, each, self.facilitators))
        assert all(isinstance(error, Conflict | None) for error in told), told
        return told.count(None)

    def rows(self) -> int:
        """How long the log is."""
        with Session(self.engine) as session:
            return session.scalar(select(func.count()).select_from(ModerationAct)) or 0

    def hide(self, session: Session, by: int) -> object:
        idea = session.get_one(Idea, self.idea_id)
        return service.hide_idea(session, idea=idea, rule=self.rule, reason="An advert.", by=by)

    def restore(self, session: Session, by: int) -> object:
        return service.restore_idea(session, idea=session.get_one(Idea, self.idea_id), reason="Not.", by=by)

    def hide_comment(self, session: Session, by: int) -> object:
        comment = session.get_one(Comment, self.comment_id)
        return service.hide_comment(session, comment=comment, rule=self.rule, reason="An advert.", by=by)

    def restore_comment(self, session: Session, by: int) -> object:
        comment = session.get_one(Comment, self.comment_id)
        return service.restore_comment(session, comment=comment, reason="Not.", by=by)

    def lock(self, session: Session, by: int) -> object:
        return service.lock_thread(
            session, thread=session.get_one(Thread, self.thread_id), reason="Wait.", by=by
        )

    def unlock(self, session: Session, by: int) -> object:
        return service.unlock_thread(
            session, thread=session.get_one(Thread, self.thread_id), reason="Go on.", by=by
        )

    def begin(self, phase: Phase) -> Act:
        def act(session: Session, by: int) -> object:
            consultation = session.get_one(Consultation, self.consultation_id)
            return timetable.change_phase(session, consultation=consultation, to=phase, by=by)

        return act


@pytest.fixture(params=DATABASES)
def arena(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Arena]:
    url = make_database(request.param, tmp_path, "moderation_races")
    app = create_app(make_config(url, tmp_path))
    migrate(app)
    with app.app_context():
        yield Arena(db.engine)
        db.engine.dispose()


def test_an_idea_is_hidden_and_restored_once(arena: Arena) -> None:
    for trial in range(TRIALS):
        assert arena.both(arena.hide) == 1
        assert arena.both(arena.restore) == 1
        assert arena.rows() == 2 * (trial + 1)


def test_a_comment_is_hidden_and_restored_once(arena: Arena) -> None:
    for trial in range(TRIALS):
        assert arena.both(arena.hide_comment) == 1
        assert arena.both(arena.restore_comment) == 1
        assert arena.rows() == 2 * (trial + 1)


def test_a_thread_is_locked_and_unlocked_once(arena: Arena) -> None:
    for trial in range(TRIALS):
        assert arena.both(arena.lock) == 1
        assert arena.both(arena.unlock) == 1
        assert arena.rows() == 2 * (trial + 1)


def test_a_phase_begins_once(arena: Arena) -> None:
    for trial in range(TRIALS):
        assert arena.both(arena.begin(Phase.VOTING if trial % 2 == 0 else Phase.GATHERING)) == 1
        assert arena.rows() == trial + 1


def test_of_two_different_decisions_on_the_same_phases_one_is_refused(arena: Arena) -> None:
    for trial in range(TRIALS):
        with Session(arena.engine) as session:
            consultation = session.get_one(Consultation, arena.consultation_id)
            before = Timetable.of(consultation.steps, now())
        seen = timetable.fingerprint(before)
        wanted = [
            phase for phase in (Phase.GATHERING, Phase.VOTING, Phase.SYNTHESIS) if phase != before.current
        ]

        def to(phase: Phase, seen: str = seen) -> Act:
            def act(session: Session, by: int) -> object:
                consultation = session.get_one(Consultation, arena.consultation_id)
                return timetable.change_phase(session, consultation=consultation, to=phase, by=by, seen=seen)

            return act

        assert arena.both(*(to(phase) for phase in wanted)) == 1
        assert arena.rows() == trial + 1


def test_a_suggestion_is_accepted_or_declined_but_not_both(arena: Arena) -> None:
    for trial in range(TRIALS):
        with Session(arena.engine) as session:
            consultation = session.get_one(Consultation, arena.consultation_id)
            tag_id = factories.make_tag(session, consultation, f"tag-{trial}", status=TagStatus.SUGGESTED).id
            session.commit()

        def accept(session: Session, by: int, tag_id: int = tag_id) -> object:
            return curation.accept_tag(session, tag=session.get_one(Tag, tag_id), by=by)

        def decline(session: Session, by: int, tag_id: int = tag_id) -> object:
            return curation.decline_tag(session, tag=session.get_one(Tag, tag_id), by=by, reason="No.")

        assert arena.both(accept, decline) == 1
        assert arena.rows() == trial + 1


def test_a_flag_is_answered_once_whatever_the_answer(arena: Arena) -> None:
    """One lets it stand and the other hides: one of them is told."""
    for trial in range(TRIALS):
        with Session(arena.engine) as session:
            idea = factories.make_idea(session, session.get_one(Thread, arena.thread_id))
            rule = session.scalars(select(BackgroundEntry).where(BackgroundEntry.key == arena.rule)).one()
            seen = factories.make_flag(session, rule, idea).id
            idea_id = idea.id
            session.commit()

        def stand(session: Session, by: int, idea_id: int = idea_id, seen: int = seen) -> object:
            return let_stand(session, subject=session.get_one(Idea, idea_id), by=by, seen=seen)

        def hide(session: Session, by: int, idea_id: int = idea_id, seen: int = seen) -> object:
            idea = session.get_one(Idea, idea_id)
            return service.hide_idea(session, idea=idea, rule=arena.rule, reason="x", by=by, seen=seen)

        assert arena.both(stand, hide) == 1
        assert arena.rows() == trial + 1


def test_an_appeal_is_decided_once(arena: Arena) -> None:
    with Session(arena.engine) as session:
        third = factories.make_role(session, session.get_one(Consultation, arena.consultation_id)).account_id
        session.commit()
    for _ in range(TRIALS // 2):
        with Session(arena.engine) as session:
            idea = session.get_one(Idea, arena.idea_id)
            hiding = service.hide_idea(session, idea=idea, rule=arena.rule, reason="x", by=third)
            case_id = appeal(session, act=hiding, by=idea.author, text="No.").id
            session.commit()

        def decide(outcome: Outcome, case_id: int = case_id) -> Act:
            def act(session: Session, by: int) -> object:
                case = session.get_one(Appeal, case_id)
                return decide_appeal(session, appeal=case, outcome=outcome, reason="So.", by=by)

            return act

        assert arena.both(decide(Outcome.UPHELD), decide(Outcome.OVERTURNED)) == 1
        with Session(arena.engine) as session:
            idea = session.get_one(Idea, arena.idea_id)
            overturned = session.get_one(Appeal, case_id).outcome is Outcome.OVERTURNED
            assert (idea.hidden_at is None) is overturned
            if not overturned:
                service.restore_idea(session, idea=idea, reason="For the next.", by=third)
                session.commit()


def test_control_looking_first_and_writing_later_hides_twice(arena: Arena) -> None:
    if arena.engine.dialect.name == "sqlite":
        pytest.skip("writers on SQLite are alone from their first statement: there is no such race")
    looked = threading.Barrier(2)

    def look_then_write(session: Session, by: int) -> None:
        idea = session.get_one(Idea, arena.idea_id)
        looked.wait()
        if idea.hidden_at is not None:
            raise Conflict
        session.execute(update(Idea).where(Idea.id == idea.id).values(hidden_at=now()))
        session.add(
            ModerationAct(
                consultation_id=arena.consultation_id, kind=ActKind.HIDE_IDEA, account_id=by, idea_id=idea.id,
                reason="An advert.", details={}, happened_at=now(),
            )
        )  # fmt: skip

    assert arena.both(look_then_write) == 2
    assert arena.rows() == 2

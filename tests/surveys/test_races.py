"""One person hands in from two browsers at once, on real connections that commit: one response, whole."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from deliberation.app import create_app
from deliberation.base.database import is_sqlite, writing
from deliberation.consultations.models import Consultation
from deliberation.surveys import answering
from deliberation.surveys.answering import AnsweredAlready, hand_in, save_page
from deliberation.surveys.models import Privacy, Survey, SurveySheet
from deliberation.surveys.queries import count_answered, each_response
from deliberation.web.extensions import db
from tests import factories
from tests.at_once import at_once
from tests.conftest import DATABASES, make_config, make_database, migrate
from tests.surveys.documents import document, open_one, question, section

TRIALS = 50
TOGETHER = 2
SAID = document(section("p", question("trees", "number"), question("benches", "number")))
BROWSERS = ({"trees": "1"}, {"benches": "2"})
"""What is filled in in each of the two browsers."""
Act = Callable[[Session, Survey, int], object]


class Arena:
    """An open survey and people who have it open in two browsers."""

    def __init__(self, engine: Engine, privacy: Privacy) -> None:
        self.engine, self.privacy = engine, privacy
        with Session(engine) as session:
            consultation = factories.make_consultation(session, "races")
            survey = open_one(session, consultation, SAID, privacy=privacy)
            self.consultation_id, self.survey_id = consultation.id, survey.id
            session.commit()
        self.people = 0

    def person(self, draft: dict[str, Any] | None = None) -> int:
        """Return the key of somebody new, who has begun with this draft."""
        with Session(self.engine) as session:
            consultation = session.get_one(Consultation, self.consultation_id)
            participant_id = factories.make_participant(session, consultation).id
            if draft is not None:
                fill_in(draft)(session, session.get_one(Survey, self.survey_id), participant_id)
            session.commit()
        self.people += 1
        return participant_id

    def at_once(self, participant_id: int, *acts: Act) -> list[Exception | None]:
        """Let the person do all at the same moment, each in a transaction; returns what each was told."""

        def bound(act: Act) -> Callable[[Session], object]:
            return lambda session: act(session, session.get_one(Survey, self.survey_id), participant_id)

        return at_once(self.engine, *map(bound, acts))

    def responses(self) -> list[dict[str, Any]]:
        with Session(self.engine) as session:
            survey = session.get_one(Survey, self.survey_id)
            found = [dict(response.answers) for response in each_response(session, survey)]
            assert count_answered(session, survey) == self.people
            assert session.scalars(select(SurveySheet).where(SurveySheet.draft.is_not(None))).all() == []
        return found


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    app = create_app(make_config(make_database(request.param, tmp_path, "survey_races"), tmp_path))
    migrate(app)
    with app.app_context():
        yield db.engine
        db.engine.dispose()


def fill_in(answers: dict[str, Any]) -> Act:
    return lambda session, survey, participant_id: save_page(
        session, survey=survey, participant_id=participant_id, answers=answers, cleared=set()
    )


def send(session: Session, survey: Survey, participant_id: int) -> object:
    return hand_in(session, survey=survey, participant_id=participant_id)


def answer_all(answers: dict[str, Any]) -> Act:
    """Fill in and hand in, in one transaction."""

    def act(session: Session, survey: Survey, participant_id: int) -> None:
        fill_in(answers)(session, survey, participant_id)
        send(session, survey, participant_id)

    return act


@pytest.mark.parametrize("privacy", list(Privacy))
def test_a_sheet_handed_in_twice_at_once_is_one_response_and_nobody_is_told_off(
    engine: Engine, privacy: Privacy
) -> None:
    arena = Arena(engine, privacy)
    for _ in range(TRIALS):
        assert arena.at_once(arena.person({"trees": "1"}), send, send) == [None, None]
    assert arena.responses() == [{"trees": "1"}] * TRIALS


def test_of_two_anonymous_answers_at_once_the_second_is_told_that_there_is_one(engine: Engine) -> None:
    arena = Arena(engine, Privacy.ANONYMOUS)
    kept = []
    for _ in range(TRIALS):
        told = arena.at_once(arena.person(), *map(answer_all, BROWSERS))
        assert sorted(map(type, told), key=str) == [type(None), AnsweredAlready]
        kept.append(BROWSERS[told.index(None)])
    assert sorted(map(str, arena.responses())) == sorted(map(str, kept))


def test_of_two_linked_answers_at_once_the_second_changes_the_first_and_loses_nothing(engine: Engine) -> None:
    arena = Arena(engine, Privacy.LINKED)
    for _ in range(TRIALS):
        assert arena.at_once(arena.person(), *map(answer_all, BROWSERS)) == [None, None]
    assert arena.responses() == [BROWSERS[0] | BROWSERS[1]] * TRIALS


@pytest.mark.parametrize("privacy", list(Privacy))
def test_control_two_who_read_the_sheet_before_either_writes_are_caught(
    engine: Engine, privacy: Privacy, monkeypatch: pytest.MonkeyPatch
) -> None:
    arena = Arena(engine, privacy)
    person, both_have_read = arena.person({}), threading.Barrier(TOGETHER)
    seen = threading.local()

    def sheet_without_a_lock(session: Session, survey: Survey, participant_id: int) -> SurveySheet:
        sheet = session.get_one(SurveySheet, (survey.id, participant_id))
        if not hasattr(seen, "sheet"):
            seen.sheet = sheet
            both_have_read.wait(5)
        return sheet

    def waiting_for_nobody(act: Act) -> Act:
        def run(session: Session, _survey: Survey, participant_id: int) -> None:
            session.rollback()
            writing.set(False)
            act(session, session.get_one(Survey, arena.survey_id), participant_id)

        return run

    monkeypatch.setattr(answering, "_sheet", sheet_without_a_lock)
    told = arena.at_once(person, *(waiting_for_nobody(answer_all(answers)) for answers in BROWSERS))
    assert not any(isinstance(error, threading.BrokenBarrierError) for error in told)
    if is_sqlite(engine):
        assert sorted(map(type, told), key=str) == [type(None), OperationalError]
    elif privacy is Privacy.ANONYMOUS:
        assert told == [None, None]
        assert len(arena.responses()) == len(BROWSERS)
    else:
        assert told == [None, None]
        assert arena.responses() != [BROWSERS[0] | BROWSERS[1]]

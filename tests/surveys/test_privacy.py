"""Anonymous answers: nothing in the database follows the order in which people answered.

Each measure has a control: answers kept in the plain way, in which it finds the order.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from secrets import token_hex
from typing import Any

import numpy as np
import pytest
from flask import Flask
from scipy.stats import spearmanr
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from deliberation.app import create_app
from deliberation.base.database import is_sqlite
from deliberation.base.errors import Conflict
from deliberation.consultations.models import Consultation
from deliberation.surveys.answering import save_page
from deliberation.surveys.bundles import MOST
from deliberation.surveys.models import Privacy, Survey, SurveyBundle, SurveySheet
from deliberation.surveys.queries import count_answered, each_response
from deliberation.surveys.service import set_up
from deliberation.web.extensions import db
from tests import factories
from tests.conftest import DATABASES, make_config, make_database, migrate
from tests.surveys.documents import answer, document, open_one, question, section

PEOPLE = 200
FOUND, NOTHING_FOUND = 0.9, 0.35


@pytest.fixture(params=DATABASES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An installation of its own: what a row says of its transaction is seen only once that is over."""
    app = create_app(make_config(make_database(request.param, tmp_path, "privacy"), tmp_path))
    migrate(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def answered(people: int) -> tuple[Survey, list[int]]:
    """Let people answer one after the other, each in a transaction; return who, in that order."""
    session = db.session()
    consultation = factories.make_consultation(session)
    said = document(section("p", question("when", "number", most=100_000)))
    survey = open_one(session, consultation, said, privacy=Privacy.ANONYMOUS)
    participants = [factories.make_participant(session, consultation) for _ in range(people)]
    session.commit()
    Random(1).shuffle(participants)
    for number, participant in enumerate(participants):
        answer(session, survey, participant, {"when": str(number)})
        session.commit()
    return survey, [participant.id for participant in participants]


def orders_found(session: Session, survey: Survey) -> dict[str, list[int]]:
    """Return the moments of answering in every order that the database could give away."""
    columns = "rowid" if is_sqlite(session) else "ctid, CAST(CAST(xmin AS text) AS bigint)"
    found = {}
    for column in ("key", *columns.split(", ")):
        rows = session.execute(text(f"SELECT content FROM survey_bundles ORDER BY {column}")).scalars()
        content = [json.loads(row) if isinstance(row, str) else row for row in rows]
        found[column] = [int(answers["when"]) for bundle in content for _, answers in bundle]
    found["as it is read"] = [int(one.answers["when"]) for one in each_response(session, survey)]
    return found


def follows(order: list[int]) -> float:
    """Return how closely the order follows that of answering: 0 not at all, 1 entirely."""
    return abs(float(spearmanr(np.arange(len(order)), order).statistic))


def test_no_order_in_the_database_is_that_of_answering(place: Flask) -> None:
    survey, _ = answered(PEOPLE)
    orders = orders_found(db.session(), survey)
    assert all(sorted(order) == list(range(PEOPLE)) for order in orders.values())
    assert {name: follows(order) for name, order in orders.items() if follows(order) > NOTHING_FOUND} == {}


def test_an_order_that_is_there_would_be_found(place: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deliberation.surveys.answering.put_away", _put_in_order)
    survey, _ = answered(60)
    orders = orders_found(db.session(), survey)
    own = "rowid" if is_sqlite(db.session()) else "ctid"
    assert follows(orders[own]) > FOUND


def _put_in_order(session: Session, *, survey_id: int, version: int, answers: dict[str, Any]) -> None:
    session.add(SurveyBundle(key=token_hex(16), survey_id=survey_id, content=[[version, answers]]))
    session.flush()


def test_nobody_is_alone_in_a_bundle(place: Flask) -> None:
    survey, _ = answered(MOST)
    session = db.session()
    sizes = [len(bundle.content) for bundle in session.scalars(select(SurveyBundle))]
    assert sizes == [MOST]
    consultation = session.get_one(Consultation, survey.consultation_id)
    for number in range(3):
        participant = factories.make_participant(session, consultation)
        answer(session, survey, participant, {"when": str(1_000 + number)})
        session.commit()
    sizes = [len(bundle.content) for bundle in session.scalars(select(SurveyBundle))]
    assert sum(sizes) == MOST + 3 == count_answered(session, survey)
    assert min(sizes) >= MOST // 2


def test_a_transaction_names_no_ones_answers(place: Flask) -> None:
    """On PostgreSQL a row says which transaction wrote it, a sheet as well as a bundle."""
    session = db.session()
    if is_sqlite(session):
        pytest.skip("SQLite keeps no transaction with a row")
    answered(PEOPLE)
    wrote = dict(session.execute(text("SELECT CAST(xmin AS text), participant_id FROM survey_sheets")).all())
    written = session.execute(
        text("SELECT CAST(xmin AS text), json_array_length(content) FROM survey_bundles")
    )
    shared = [size for transaction, size in written if transaction in wrote]
    assert shared
    assert min(shared) >= MOST // 2


def test_a_sheet_says_that_somebody_has_answered_and_nothing_else(place: Flask) -> None:
    answered(3)
    session = db.session()
    columns = set(SurveySheet.__table__.columns.keys())
    assert columns == {"survey_id", "participant_id", "draft", "answers", "version", "is_handed_in"}
    for sheet in session.scalars(select(SurveySheet)):
        assert (sheet.draft, sheet.answers, sheet.version, sheet.is_handed_in) == (None, None, None, True)
    if is_sqlite(session):
        with pytest.raises(OperationalError, match="no such column"):
            session.execute(text("SELECT rowid FROM survey_sheets"))


def test_how_answers_are_kept_cannot_be_changed_once_somebody_has_begun(session: Session) -> None:
    consultation = factories.make_consultation(session)
    survey = open_one(session, consultation, privacy=Privacy.ANONYMOUS)
    same = {"placement": survey.placement, "showing": survey.showing}
    set_up(session, survey=survey, privacy=Privacy.LINKED, **same)
    set_up(session, survey=survey, privacy=Privacy.ANONYMOUS, **same)
    participant = factories.make_participant(session, consultation)
    save_page(session, survey=survey, participant_id=participant.id, answers={"ease": 1}, cleared=set())
    set_up(session, survey=survey, privacy=Privacy.ANONYMOUS, **same)
    with pytest.raises(Conflict, match="told how their answers are kept"):
        set_up(session, survey=survey, privacy=Privacy.LINKED, **same)

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.consultations.models import Consultation


def test_the_clock_says_where_it_is() -> None:
    assert now().tzinfo is UTC


def test_a_moment_comes_back_as_the_same_moment(session: Session) -> None:
    written = datetime(2026, 11, 22, 14, 2, 3, 456, tzinfo=timezone(timedelta(hours=1)))
    session.add(Consultation(slug="time", source_language="sv", created_at=written))
    session.flush()
    session.expire_all()
    read = session.query(Consultation).one().created_at
    assert read == written
    assert read.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(session: Session) -> None:
    session.add(Consultation(slug="time", source_language="sv", created_at=datetime(2026, 11, 22)))  # noqa: DTZ001
    with pytest.raises((StatementError, ValueError), match="without a zone"):
        session.flush()


def test_a_word_outside_the_closed_set_is_refused_by_the_database(session: Session) -> None:
    from sqlalchemy import text

    session.add(Consultation(slug="words", source_language="sv", created_at=now()))
    session.flush()
    with pytest.raises(IntegrityError):
        session.execute(
            text(
                "INSERT INTO phase_steps (consultation_id, phase, starts_at)"
                " SELECT id, 'party', created_at FROM consultations"
            )
        )


def test_no_row_shows_what_a_person_wrote() -> None:
    assert repr(Consultation(id=7, slug="secret")) == "<Consultation 7>"

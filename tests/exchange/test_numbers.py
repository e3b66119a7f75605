"""Moments as the database counts them are the moments that were stored, to the microsecond."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from deliberation.exchange.numbers import microseconds, read_numbers
from deliberation.votes.models import VoteEvent
from tests.factories import make_consultation, make_idea, make_vote

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 24, 9, 30, 59, 999_999, tzinfo=UTC),
        datetime(2026, 12, 31, 23, 59, 59, 999_500, tzinfo=UTC),
        datetime(2015, 6, 30, 8, 49, 52, 85_000, tzinfo=UTC),
        datetime(2038, 1, 19, 3, 14, 8, 1, tzinfo=UTC),
    ],
)
def test_moments_are_exact(session: Session, moment: datetime) -> None:
    idea = make_idea(session, make_consultation(session).threads[0])
    make_vote(session, idea)
    session.execute(update(VoteEvent).values(happened_at=moment))
    counted = microseconds(session, VoteEvent.happened_at)
    found = read_numbers(session, VoteEvent.idea_id, counted, where=VoteEvent.idea_id == idea.id)
    assert found.tolist() == [[idea.id, (moment - EPOCH) // timedelta(microseconds=1)]]


def test_no_rows_are_an_empty_table(session: Session) -> None:
    found = read_numbers(session, VoteEvent.idea_id, VoteEvent.choice, where=VoteEvent.idea_id == -1)
    assert found.shape == (0, 2)

"""A park where people without an account may take part, and browsers that say where their forms come from."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.consultations.models import Consultation, Guests
from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea
from tests import factories
from tests.strict_client import StrictClient

HERE = {"Sec-Fetch-Site": "same-origin"}
"""What a browser says of a form that was sent from a page of the site."""


@pytest.fixture
def park(session: Session) -> Consultation:
    """The park, open to guests' votes and ideas, with a rule and three ideas in its first question."""
    consultation = factories.make_consultation(session, "the-park")
    consultation.guests = Guests.IDEAS
    factories.make_rule(session, consultation)
    for words in ("Plant more trees.", "A bench by the water.", "Open the gate earlier."):
        factories.make_idea(session, consultation.threads[0], statement=words)
    session.commit()
    return consultation


def idea_of(session: Session, number: int) -> Idea:
    """Return the park's idea with this number as it is now."""
    return session.scalars(
        select(Idea).where(Idea.number == number).execution_options(populate_existing=True)
    ).one()


def guests_of(session: Session) -> list[Participant]:
    """Return who has come without an account."""
    return list(session.scalars(select(Participant).where(Participant.is_guest).order_by(Participant.id)))


def vote(client: StrictClient, number: int, choice: str = "agree", **more: Any) -> Any:
    """Send the form of an idea's vote buttons as a visitor's browser does."""
    data = {"choice": choice, "view": "list", "next": "/c/the-park/threads/1", **more.pop("data", {})}
    headers = {**HERE, **more.pop("headers", {})}
    return client.post(f"/c/the-park/ideas/{number}/vote", data=data, headers=headers, **more)


def post_idea(client: StrictClient, statement: str, **more: Any) -> Any:
    """Send the form in which an idea is written."""
    data = {"statement": statement, "elaboration": "", "language": "en", "different": "1 2 3"}
    return client.post("/c/the-park/threads/1", data=data, headers=HERE, **more)

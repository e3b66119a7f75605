from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from deliberation.consultations.models import Consultation, Phase
from tests import factories


@dataclass
class Desk:
    """A consultation and the key of the account that facilitates it."""

    consultation: Consultation
    by: int


def make_desk(session: Session, phase: Phase, *, threads: int = 3) -> Desk:
    consultation = factories.make_consultation(session, "park", phase=phase, threads=threads)
    role = factories.make_role(session, consultation)
    return Desk(consultation, role.account_id)


@pytest.fixture
def live(session: Session) -> Desk:
    """A consultation that gathers ideas."""
    return make_desk(session, Phase.GATHERING)


@pytest.fixture
def draft(session: Session) -> Desk:
    """A consultation that nobody else has seen."""
    return make_desk(session, Phase.DRAFT)

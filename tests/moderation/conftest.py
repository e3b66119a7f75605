"""A consultation with a rule, an idea and a facilitator, as most tests of this room begin."""

from dataclasses import dataclass

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.accounts.models import Account
from deliberation.consultations.background import BackgroundEntry
from deliberation.consultations.models import Consultation
from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea
from deliberation.moderation.models import ModerationAct
from tests import factories


@dataclass
class Park:
    """What the tests of this room stand on."""

    session: Session
    consultation: Consultation
    facilitator: Account
    author: Participant
    author_account: Account
    rule: BackgroundEntry
    idea: Idea

    @property
    def by(self) -> int:
        """Who acts."""
        return self.facilitator.id

    def acts(self) -> list[ModerationAct]:
        """The whole log, oldest first."""
        return list(self.session.scalars(select(ModerationAct).order_by(ModerationAct.id)))

    def count(self) -> int:
        """How long the log is."""
        return self.session.scalar(select(func.count()).select_from(ModerationAct)) or 0


@pytest.fixture
def park(session: Session) -> Park:
    consultation = factories.make_consultation(session)
    facilitator = factories.make_account(session, language="en")
    factories.make_role(session, consultation, facilitator)
    account = factories.make_account(session, language="en")
    author = factories.make_participant(session, consultation, account)
    factories.make_rule(session, consultation, "No personal attacks")
    rule = factories.make_rule(session, consultation, "Keep to the question")
    idea = factories.make_idea(session, consultation.threads[0], author, "Sell the park to my cousin.")
    session.commit()
    return Park(session, consultation, facilitator, author, account, rule, idea)

"""A working group with a draft: people of two minds on two questions, frozen and composed."""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.accounts.models import Account
from deliberation.analysis.landscape import STANDARD
from deliberation.consultations.models import Consultation
from deliberation.consultations.people import RoleName
from deliberation.ideas.models import Idea, IdeaRevision
from deliberation.insights.models import Snapshot
from deliberation.insights.queries import get_snapshot
from deliberation.insights.service import freeze
from deliberation.moderation.acts import OPERATOR
from deliberation.synthesis.composing import begin_draft
from deliberation.synthesis.models import SynthesisDraft
from deliberation.votes.models import Choice
from tests.factories import make_account, make_role
from tests.insights.voting import QUICK, World, make_world, sessions_of, set_vote

URL = "https://example.org"
STEADY = replace(STANDARD, resamples=5, shuffles=3)
"""Counted again often enough for groups to be found, and no more."""


@dataclass(frozen=True)
class Group:
    """A working group of two, and what it works on."""

    world: World
    consultation: Consultation
    first: Account
    second: Account

    def idea(self, session: Session, number: int) -> Idea:
        """The idea with this number."""
        return session.scalars(
            select(Idea).where(Idea.consultation_id == self.consultation.id, Idea.number == number)
        ).one()


def working_group(session: Session, slug: str = "the-park", *, people: int = 60, ideas: int = 8) -> Group:
    """Thirty people who agree with even ideas and thirty who agree with odd ones; all like the first two."""
    world = make_world(session, slug, people=people, ideas=ideas)
    consultation = session.get_one(Consultation, world.consultation_id)
    for idea in session.scalars(select(Idea).where(Idea.consultation_id == consultation.id)).all():
        session.merge(
            IdeaRevision(
                idea_id=idea.id, number=1, language=idea.language, statement=idea.statement,
                elaboration="", created_at=idea.created_at,
            )
        )  # fmt: skip
    accounts = [make_account(session), make_account(session)]
    for account in accounts:
        make_role(session, consultation, account, RoleName.WORKING_GROUP)
    return Group(world, consultation, *accounts)


def vote_in_camps(session: Session, world: World) -> None:
    """Two thirds vote as one camp and a third as the other; all agree with the first idea of each thread."""
    for place, person in enumerate(world.people):
        for number, idea in enumerate(world.all_ideas):
            is_shared = number % (len(world.all_ideas) // 2) == 0
            agrees = is_shared or (number % 2 == (place % 3 == 0))
            set_vote(session, person, idea, Choice.AGREE if agrees else Choice.DISAGREE)


def freeze_now(session: Session, group: Group, *, quick: bool = False) -> Snapshot:
    """Take a snapshot of the votes as they stand."""
    number = freeze(
        sessions_of(session),
        consultation_id=group.consultation.id,
        by=OPERATOR,
        parameters=QUICK if quick else STEADY,
    )
    session.expire_all()
    return get_snapshot(session, group.consultation.id, number)


def begun(session: Session, group: Group, *, language: str = "en") -> SynthesisDraft:
    """The draft, composed from a snapshot of votes in camps."""
    vote_in_camps(session, group.world)
    snapshot = freeze_now(session, group)
    return begin_draft(
        session, consultation=group.consultation, snapshot=snapshot, language=language, by=group.first.id
    )

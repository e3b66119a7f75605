"""People who vote, change their votes and take them back, quickly: rows as the product would leave them."""

from dataclasses import dataclass, replace
from random import Random

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from deliberation.analysis.landscape import STANDARD
from deliberation.base.clock import now
from deliberation.base.sessions import Sessions
from deliberation.consultations.models import Consultation, Phase
from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea
from deliberation.insights.service import count_landscapes
from deliberation.votes.models import Choice, Vote, VoteEvent
from tests.factories import make_consultation, make_idea, make_participant

QUICK = replace(STANDARD, resamples=0)
"""Without looking whether the groups stay, which takes long."""
COUNTS = {Choice.AGREE: Idea.agrees, Choice.DISAGREE: Idea.disagrees, Choice.PASS: Idea.passes}


@dataclass(frozen=True, slots=True)
class World:
    """A consultation with ideas and people. `keys` of ideas lie by thread, then by number."""

    consultation_id: int
    threads: dict[int, int]
    """The key of each thread, by its number."""
    ideas: dict[int, list[int]]
    """The keys of the ideas in each thread."""
    people: list[int]

    @property
    def all_ideas(self) -> list[int]:
        return [key for keys in self.ideas.values() for key in keys]


def make_world(
    session: Session,
    slug: str = "the-park",
    *,
    people: int = 12,
    ideas: int = 4,
    threads: int = 2,
    phase: Phase = Phase.GATHERING,
) -> World:
    """A consultation with so many people, and ideas in each thread. Nobody has voted."""
    consultation: Consultation = make_consultation(session, slug, threads=threads, phase=phase)
    author = make_participant(session, consultation)
    voters = [make_participant(session, consultation) for _ in range(people)]
    return World(
        consultation_id=consultation.id,
        threads={thread.number: thread.id for thread in consultation.threads},
        ideas={
            thread.number: [make_idea(session, thread, author).id for _ in range(ideas)]
            for thread in consultation.threads
        },
        people=[voter.id for voter in voters],
    )


def set_vote(session: Session, person: int, idea: int, choice: Choice | None) -> None:
    """Make the vote say `choice`, or take it back: vote, count and journal."""
    key = {"participant_id": person, "idea_id": idea}
    standing = session.get(Vote, key)
    before = None if standing is None else Choice(standing.choice)
    if before == choice:
        return
    if choice is None:
        session.execute(delete(Vote).filter_by(**key))
    elif standing is None:
        session.execute(insert(Vote).values(**key, choice=choice, cast_at=now()))
    else:
        session.execute(update(Vote).filter_by(**key).values(choice=choice, previous=before))
    session.execute(insert(VoteEvent).values(**key, choice=choice, happened_at=now()))
    for said, change in ((before, -1), (choice, 1)):
        if said is not None:
            column = COUNTS[said]
            session.execute(update(Idea).where(Idea.id == idea).values({column: column + change}))
    session.expire_all()


def vote_at_random(session: Session, world: World, *, people: list[int] | None = None, seed: int = 1) -> None:
    """Two camps of people vote on everything, most of them as their camp does."""
    chance = Random(seed)
    for place, person in enumerate(world.people if people is None else people):
        for number, idea in enumerate(world.all_ideas):
            side = Choice.AGREE if (place + number * (place % 2)) % 2 else Choice.DISAGREE
            set_vote(session, person, idea, chance.choice([side, side, side, Choice.PASS]))


def sessions_of(session: Session) -> Sessions:
    """Sessions inside the test's own transaction."""
    session.flush()
    return Sessions(session.connection())


def count_now(session: Session, world: World, *, may_show_all: bool = False) -> dict[int | None, bool]:
    """Count what may be counted; says for each landscape, by thread, whether it was computed anew."""
    _, found = count_landscapes(
        sessions_of(session),
        consultation_id=world.consultation_id,
        parameters=QUICK,
        may_show_all=may_show_all,
    )
    session.expire_all()
    return {one.thread_id: one.content is not None for one in found.landscapes}


def join(session: Session, world: World) -> int:
    """Somebody new takes part; returns their key."""
    consultation = session.get_one(Consultation, world.consultation_id)
    participant: Participant = make_participant(session, consultation)
    return participant.id

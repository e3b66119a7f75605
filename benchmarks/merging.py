"""How long it takes to merge two ideas with many votes and to part them again; and, with --sequences, that
random sequences of votes, tags, merges and decisions leave the state that a model of them expects.

Usage: python -m benchmarks.merging [sqlite] [postgresql] [--votes N] [--sequences N]
"""

import argparse
import signal
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, seed, settings
from sqlalchemy import insert, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from benchmarks.run import database
from config import Config
from deliberation.app import create_app
from deliberation.base.clock import now
from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea
from deliberation.moderation.acts import OPERATOR
from deliberation.moderation.merging import merge_idea, part_idea
from deliberation.votes.models import Vote, VoteEvent
from deliberation.web.extensions import db
from deliberation.web.migrations import migrate_to_newest
from tests import factories
from tests.moderation.merge_world import SEQUENCES, World, play
from tests.votes.recount import complaints

VOTES: Final = 20_000
ROUNDS: Final = 3
SEED: Final = 2030


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--votes", type=int, default=VOTES, help="how many votes each of the two ideas has")
    parser.add_argument("--sequences", type=int, default=0, help="how many random sequences to play")
    arguments = parser.parse_args()
    # Whoever ends us removes the database, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    for kind in arguments.databases:
        try:
            with database(kind) as url:
                app = create_app(Config(secret_key="for-a-benchmark-and-nothing-else", database_url=url))
                with app.app_context():
                    migrate_to_newest(app)
                    if arguments.sequences:
                        campaign(kind, db.session(), arguments.sequences)
                    measure(kind, db.session(), arguments.votes)
                    db.session.remove()
                    db.engine.dispose()
        except OperationalError:
            print(f"{kind}: no server answers at TEST_POSTGRES_URL, not measured")
    return 0


def measure(kind: str, session: Session, votes: int) -> None:
    """Print the seconds from the call to the commit, each time for half the people in common."""
    consultation = factories.make_consultation(session, "measured", threads=1)
    ideas = [factories.make_idea(session, consultation.threads[0]) for _ in range(2)]
    people = _people(session, consultation.id, votes + votes // 2)
    _vote(session, ideas[0], people[:votes], Random(1))
    _vote(session, ideas[1], people[votes // 2 :], Random(2))
    session.commit()
    for _ in range(ROUNDS):
        merged = _timed(
            session, lambda: merge_idea(session, idea=ideas[0], into=ideas[1], reason="Alike.", by=OPERATOR)
        )
        parted = _timed(session, lambda: part_idea(session, idea=ideas[0], reason="Not.", by=OPERATOR))
        print(f"{kind}: {votes} votes each, merged in {merged:.2f} s, parted in {parted:.2f} s")
    if found := complaints(session.connection()):
        sys.exit(f"{kind}: {found[:5]}")
    session.commit()


def campaign(kind: str, session: Session, sequences: int) -> None:
    """Play the sequences and print how many there were; ends with the first that goes wrong."""
    world, played = World(session), 0
    started = time.perf_counter()

    @seed(SEED)
    @settings(
        max_examples=sequences,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(acts=SEQUENCES)
    def run(acts: list[tuple[Any, ...]]) -> None:
        nonlocal played
        with session.begin_nested() as trial:
            play(world, acts)
            trial.rollback()
        session.expire_all()
        played += 1

    run()
    seconds = time.perf_counter() - started
    print(f"{kind}: {played} sequences in {seconds:.0f} s, 0 broken promises")
    session.rollback()


def _timed(session: Session, act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    session.commit()
    return time.perf_counter() - started


def _people(session: Session, consultation_id: int, count: int) -> list[int]:
    first = 1_000
    rows = [
        {"consultation_id": consultation_id, "number": first + n, "joined_at": now()} for n in range(count)
    ]
    session.execute(insert(Participant), rows)
    joined = select(Participant.id).where(Participant.number >= first).order_by(Participant.id)
    return list(session.scalars(joined))


def _vote(session: Session, idea: Idea, people: list[int], chance: Random) -> None:
    moment = now()
    votes = [
        {
            "participant_id": person,
            "idea_id": idea.id,
            "choice": chance.choice((1, 1, -1, 0)),
            "cast_at": moment - timedelta(seconds=chance.randrange(100_000)),
        }
        for person in people
    ]
    session.execute(insert(Vote), votes)
    events = [
        {"happened_at" if key == "cast_at" else key: value for key, value in vote.items()} for vote in votes
    ]
    session.execute(insert(VoteEvent), events)
    for name, choice in (("agrees", 1), ("disagrees", -1), ("passes", 0)):
        setattr(idea, name, sum(vote["choice"] == choice for vote in votes))
    session.flush()


if __name__ == "__main__":
    sys.exit(main())

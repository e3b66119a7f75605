"""How long a landscape takes from the stored votes to the stored result, on SQLite and PostgreSQL.

Usage: python -m benchmarks.landscape [sqlite] [postgresql] [--votes N]

33,422 people, 783 ideas and 2.0 million votes, as many as the largest consultation we know of. Counted once
from nothing, and once more after 20,000 new votes, which reads those alone. Finding the groups again in
resamples, to see whether they stay, comes on top and is shown apart. PostgreSQL is found at
TEST_POSTGRES_URL.
"""

import argparse
import secrets
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, insert, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from benchmarks.run import database
from config import Config
from deliberation.analysis.landscape import STANDARD
from deliberation.app import create_app
from deliberation.base.clock import now
from deliberation.base.database import is_sqlite
from deliberation.base.sessions import Sessions
from deliberation.consultations.models import Consultation, Phase, PhaseStep, Thread
from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea
from deliberation.insights.counting import count
from deliberation.insights.gathering import gather
from deliberation.insights.queries import find_landscape
from deliberation.insights.storing import store_landscapes
from deliberation.web.extensions import db
from deliberation.web.migrations import migrate_to_newest

PEOPLE: Final = 33_422
IDEAS: Final = 783
VOTES: Final = 2_000_000
NEW_VOTES: Final = 20_000
GROUPS: Final = 3
ONCE: Final = replace(STANDARD, resamples=0)
"""Without finding the groups again."""

Pairs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Crowd:
    """The keys of participants and of ideas, and how each group leans on each idea."""

    people: Sequence[int]
    ideas: Sequence[int]
    leanings: NDArray[np.int64]


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--votes", type=int, default=VOTES, help="how many votes are stored")
    parser.add_argument("--resamples", action="store_true", help="measure the resamples, too (minutes)")
    wanted = parser.parse_args()
    for kind in wanted.databases:
        try:
            with database(kind) as url, installed(url) as engine:
                report(kind, engine, votes=wanted.votes, with_resamples=wanted.resamples)
        except OperationalError:
            print(f"\n{kind}: no server answers at TEST_POSTGRES_URL, not measured")
    return 0


@contextmanager
def installed(url: str) -> Iterator[Engine]:
    """Bring the empty database up to date, and give its engine."""
    app = create_app(Config(secret_key=secrets.token_hex(32), database_url=url, mail_url="console:"))
    migrate_to_newest(app)
    with app.app_context():
        yield db.engine
        db.session.remove()
        db.engine.dispose()


def report(kind: str, engine: Engine, *, votes: int, with_resamples: bool) -> None:
    """Fill the database, count, vote, and count again."""
    sessions = Sessions(engine)
    chance = np.random.default_rng(1)
    pairs = np.unique(chance.integers(0, PEOPLE * IDEAS, int(votes * 1.05)))
    chance.shuffle(pairs)
    # In the order in which they lie, which is the quickest to store.
    old, new = np.sort(pairs[: votes - NEW_VOTES]), np.sort(pairs[votes - NEW_VOTES : votes])
    with sessions.writing() as session:
        consultation_id, people, ideas = _fill(session)
    crowd = Crowd(people, ideas, chance.choice([1, -1, 0], size=(GROUPS, IDEAS), p=[0.5, 0.35, 0.15]))
    _vote(sessions, old, crowd, chance)
    print(f"\n{kind}: {PEOPLE:,} people, {IDEAS} ideas, {votes:,} votes", flush=True)
    measure("from nothing", sessions, consultation_id)
    _vote(sessions, new, crowd, chance)
    with sessions.reading() as session:
        shown = find_landscape(session, consultation_id)
        assert shown is not None
        assert shown.votes_since == NEW_VOTES
    measure(f"after {NEW_VOTES:,} new votes", sessions, consultation_id)
    if with_resamples:
        with sessions.reading() as session:
            gathered = gather(session, consultation_id)
        started = time.perf_counter()
        count(replace(gathered, shown={}, to_count=(None,)))
        print(f"  with {STANDARD.resamples} resamples: {time.perf_counter() - started:.1f} s", flush=True)


def measure(name: str, sessions: Sessions, consultation_id: int) -> None:
    """Count the landscape of all threads together, and print how long each part took."""
    started = time.perf_counter()
    with sessions.reading() as session:
        gathered = gather(session, consultation_id)
    gathered = replace(gathered, to_count=(None,))
    read = time.perf_counter()
    found = count(gathered, ONCE)
    counted = time.perf_counter()
    with sessions.writing() as session:
        assert store_landscapes(session, gathered, found)
    stored = time.perf_counter()
    how = "all votes" if gathered.holding.was_reread else "changed votes only"
    print(
        f"  {name:24} {stored - started:5.2f} s: read {read - started:.2f} ({how}),"
        f" matrix and packing {counted - read - found.landscapes[0].seconds:.2f},"
        f" analysis {found.landscapes[0].seconds:.2f}, store {stored - counted:.2f}",
        flush=True,
    )


def _fill(session: Session) -> tuple[int, Sequence[int], Sequence[int]]:
    """Make the consultation; returns its key, and those of its participants and its ideas."""
    moment = now()
    consultation = Consultation(slug="bench", source_language="en", created_at=moment)
    consultation.steps = [PhaseStep(phase=Phase.GATHERING, starts_at=moment)]
    consultation.threads = [Thread(number=number, locked_at=None) for number in range(1, 8)]
    session.add(consultation)
    session.flush()
    here = {"consultation_id": consultation.id}
    session.execute(
        insert(Participant), [{**here, "number": n, "joined_at": moment} for n in range(1, PEOPLE + 1)]
    )
    people = session.scalars(select(Participant.id).order_by(Participant.number)).all()
    empty = {"language": "en", "elaboration": "", "elaboration_html": "", "created_at": moment}
    session.execute(
        insert(Idea),
        [
            {
                **here,
                **empty,
                "thread_id": consultation.threads[n % 7].id,
                "author_id": people[n],
                "number": n,
                "statement": f"Idea {n}.",
            }
            for n in range(1, IDEAS + 1)
        ],
    )
    return consultation.id, people, session.scalars(select(Idea.id).order_by(Idea.number)).all()


def _vote(sessions: Sessions, pairs: Pairs, crowd: Crowd, chance: np.random.Generator) -> None:
    """Store votes with their journal, and count them: most people vote as their group leans."""
    who, about = np.divmod(pairs, IDEAS)
    choices = crowd.leanings[who % GROUPS, about]
    others = chance.random(len(pairs)) < 0.3
    choices[others] = chance.choice([1, 0, -1], size=int(others.sum()))
    # Old enough not to be read again with what comes after.
    moment = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S.%f")
    rows = list(
        zip(
            np.array(crowd.people)[who].tolist(),
            np.array(crowd.ideas)[about].tolist(),
            choices.tolist(),
            strict=True,
        )
    )
    with sessions.writing() as session:
        driver: Any = session.connection().connection.driver_connection
        for table, time_column in (("votes", "cast_at"), ("vote_events", "happened_at")):
            columns = f"participant_id, idea_id, choice, {time_column}"
            if is_sqlite(session):
                driver.execute("PRAGMA cache_size = -500000")
                driver.executemany(f"INSERT INTO {table} ({columns}) VALUES (?, ?, ?, '{moment}')", rows)
                continue
            # The rows refer to what is there: looking it up four million times would take minutes.
            driver.execute("SET LOCAL session_replication_role = replica")
            with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copying:
                for start in range(0, len(rows), 50_000):
                    part = rows[start : start + 50_000]
                    copying.write("".join(f"{a}\t{b}\t{c}\t{moment}+00\n" for a, b, c in part))
        counts = np.bincount(about * 3 + choices + 1, minlength=3 * IDEAS).reshape(-1, 3).tolist()
        for key, (disagrees, passes, agrees) in zip(crowd.ideas, counts, strict=True):
            more = {
                "agrees": Idea.agrees + agrees,
                "disagrees": Idea.disagrees + disagrees,
                "passes": Idea.passes + passes,
            }
            session.execute(update(Idea).where(Idea.id == key).values(more))
    with sessions.writing() as session:
        session.execute(text("ANALYZE"))


if __name__ == "__main__":
    sys.exit(main())

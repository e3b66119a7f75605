"""What composing a synthesis costs with 2,000 ideas and 20,000 people, in seconds.

Usage: python -m benchmarks.compose [DATABASE_URL]

Measured from a frozen snapshot, first with nothing of it unpacked and then again: composing the draft with
all its rows, and making the report of it.
"""

import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from benchmarks.crowds import make_crowd
from config import Config
from deliberation.analysis.landscape import STANDARD
from deliberation.analysis.pipeline import analyse
from deliberation.analysis.storing import dump, dump_votes
from deliberation.app import create_app
from deliberation.base.clock import now
from deliberation.base.database import writing
from deliberation.consultations.models import Consultation, Phase
from deliberation.consultations.people import RoleName
from deliberation.ideas.models import Idea, IdeaRevision
from deliberation.insights.models import ALL_THREADS, Snapshot, SnapshotCause, SnapshotLandscape
from deliberation.synthesis import frozen
from deliberation.synthesis.composing import begin_draft
from deliberation.synthesis.evidence import mismatches
from deliberation.synthesis.models import SynthesisDraft
from deliberation.synthesis.reports import draft_report
from deliberation.web.extensions import db
from deliberation.web.migrations import migrate_to_newest
from tests.factories import apply_tag, make_account, make_consultation, make_participant, make_role, make_tag

PEOPLE: Final = 20_000
IDEAS: Final = 2_000
VOTES: Final = 1_000_000
THREADS: Final = 7
TAGS: Final = 40
QUICK: Final = replace(STANDARD, resamples=3, shuffles=3)


def main() -> None:
    """Print it."""
    with TemporaryDirectory() as folder:
        url = sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{Path(folder)}/compose.sqlite3"
        settings = {"secret_key": secrets.token_hex(16), "base_url": "http://localhost"}
        app = create_app(Config(database_url=url, **settings))
        migrate_to_newest(app)
        with app.app_context():
            writing.set(True)
            session = db.session()
            consultation, snapshot, member = fill(session)
            session.commit()
            print(f"{snapshot.people:,} people, {IDEAS:,} ideas, {snapshot.votes:,} votes")
            for when in ("nothing unpacked", "unpacked before"):
                _report(session, consultation, snapshot, member, when)


def _report(session: Session, consultation: Consultation, snapshot: Snapshot, by: int, when: str) -> None:
    if when == "nothing unpacked":
        frozen._kept._parts.clear()
    made: list[SynthesisDraft] = []

    def compose() -> None:
        draft = begin_draft(session, consultation=consultation, snapshot=snapshot, language="en", by=by)
        session.flush()
        made.append(draft)

    composing = _seconds(compose)
    reporting = _seconds(lambda: draft_report(session, draft=made[0], base_url="http://localhost"))
    wrong = mismatches(session, draft=made[0])
    print(
        f"  {when}: composed {made[0].last_finding} findings in {composing:.2f} s, "
        f"report in {reporting:.2f} s, {len(wrong)} mismatches",
        flush=True,
    )
    session.rollback()


def fill(session: Session) -> tuple[Consultation, Snapshot, int]:
    """Make the consultation and its snapshot; return somebody of the working group."""
    consultation = make_consultation(session, "large", threads=THREADS)
    account = make_account(session)
    make_role(session, consultation, account, RoleName.WORKING_GROUP)
    author = make_participant(session, consultation)
    threads = _write_ideas(session, consultation, author.id)
    _apply_tags(session, consultation)
    matrix = make_crowd(PEOPLE, IDEAS, VOTES)
    numbers = dict(zip(matrix.ideas.tolist(), range(1, len(matrix.ideas) + 1), strict=True))
    matrix = replace(matrix, ideas=np.array([numbers[one] for one in matrix.ideas.tolist()]))
    landscape = analyse(matrix, QUICK)
    snapshot = Snapshot(
        consultation_id=consultation.id, number=1, cause=SnapshotCause.ON_DEMAND, reason="",
        phase=Phase.GATHERING, taken_at=now(), inputs_digest=matrix.digest, threads=threads, off_map=[],
        ideas=IDEAS, people=len(matrix.people), votes=len(matrix.choices),
        content=dump_votes(matrix, with_people=False),
    )  # fmt: skip
    letters = list("ABCDE"[: landscape.groups])
    snapshot.landscapes = [
        SnapshotLandscape(
            thread_number=ALL_THREADS, letters=letters, inputs_digest=landscape.inputs_digest,
            digest=landscape.digest, parameters=asdict(landscape.parameters), seconds=1.0,
            content=dump(landscape, with_people=False),
        )
    ]  # fmt: skip
    session.add(snapshot)
    session.flush()
    print(f"{landscape.groups} groups, {landscape.decision.outcome}")
    return consultation, snapshot, account.id


def _write_ideas(session: Session, consultation: Consultation, author: int) -> dict[str, list[int]]:
    words = Path(__file__).read_text().split()
    chance = np.random.default_rng(3)
    threads: dict[str, list[int]] = {str(thread.number): [] for thread in consultation.threads}
    rows = []
    for number in range(1, IDEAS + 1):
        thread = consultation.threads[number % THREADS]
        threads[str(thread.number)].append(number)
        rows.append(
            {
                "consultation_id": consultation.id, "thread_id": thread.id, "author_id": author,
                "number": number, "language": "en", "elaboration": "", "elaboration_html": "",
                "statement": f"{number} {' '.join(chance.choice(words, 16))}"[:280], "created_at": now(),
                "agrees": 1, "disagrees": 0, "passes": 0, "is_seed": False, "is_meta": False,
            }
        )  # fmt: skip
    session.execute(insert(Idea), rows)
    session.execute(
        insert(IdeaRevision),
        [
            {
                "idea_id": key,
                "number": 1,
                "language": "en",
                "statement": said,
                "elaboration": "",
                "created_at": at,
            }
            for key, said, at in session.execute(select(Idea.id, Idea.statement, Idea.created_at))
        ],
    )
    return threads


def _apply_tags(session: Session, consultation: Consultation) -> None:
    tags = [make_tag(session, consultation, f"tag-{number}") for number in range(TAGS)]
    for at, idea in enumerate(session.scalars(select(Idea).order_by(Idea.number)).all()):
        if at % 2:
            apply_tag(session, idea, tags[at % TAGS])


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()

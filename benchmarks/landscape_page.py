"""What the landscape page costs with 2,000 people and 500 ideas: milliseconds and compressed bytes.

Usage: python -m benchmarks.landscape_page

Measured inside the process, without a network: the first page of a new landscape, then those after it, for a
visitor and for somebody who has a place on the map.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

import brotli
import numpy as np
from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from config import Config
from deliberation.accounts.service import sign_in
from deliberation.analysis.landscape import Landscape
from deliberation.analysis.pipeline import analyse
from deliberation.analysis.storing import dump
from deliberation.analysis.votes import VoteMatrix
from deliberation.app import create_app
from deliberation.base.clock import now
from deliberation.base.database import writing
from deliberation.consultations.models import Consultation, Phase
from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea
from deliberation.insights.models import LandscapeRow
from deliberation.insights.tallies import tally_of
from deliberation.web.extensions import db
from deliberation.web.migrations import migrate_to_newest
from tests.factories import make_account, make_consultation

PEOPLE: Final = 2_000
IDEAS: Final = 500
GROUPS: Final = 4
SEEN: Final = 0.2
TIMES: Final = 30
PAGE: Final = "/c/large/landscape"


def main() -> None:
    """Print it."""
    with TemporaryDirectory() as folder:
        app = create_app(
            Config(
                secret_key=secrets.token_hex(16),
                database_url=f"sqlite:///{Path(folder)}/page.sqlite3",
                base_url="http://localhost",
            )
        )
        migrate_to_newest(app)
        app.config["COMPRESS_ALGORITHM"] = []
        app.testing = True  # without the pages that visitors share, which would hide what they cost
        with app.app_context():
            writing.set(True)
            token, found = fill(db.session())
            db.session.commit()
        print(f"{PEOPLE:,} people, {IDEAS} ideas, {found.groups} groups, {found.decision.outcome}")
        for name, who in (("visitor", None), ("participant", token)):
            report(app, name, who)


def report(app: Flask, name: str, token: str | None) -> None:
    """Print how long the page takes and how large it is for one reader."""
    browser = app.test_client()
    if token:
        with browser.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
    first = _milliseconds(lambda: browser.get(PAGE))
    after = [_milliseconds(lambda: browser.get(PAGE)) for _ in range(TIMES)]
    page = browser.get(PAGE).get_data()
    print(
        f"  {name:12} first {first:6.1f} ms, then median {median(after):5.1f} ms; "
        f"{len(page) / 1000:.0f} kB, {len(brotli.compress(page, quality=4)) / 1000:.1f} kB compressed",
        flush=True,
    )


def fill(session: Session) -> tuple[str, Landscape]:
    """Make the consultation with its landscape; return somebody's sign-in and the landscape."""
    consultation = make_consultation(session, "large", threads=1)
    account = make_account(session)
    people = [
        {"consultation_id": consultation.id, "number": n, "joined_at": now(), "account_id": None}
        for n in range(1, PEOPLE + 1)
    ]
    people[0]["account_id"] = account.id
    session.execute(insert(Participant), people)
    keys = np.array(session.scalars(select(Participant.id).order_by(Participant.number)).all())
    _write_ideas(session, consultation, int(keys[-1]))
    landscape = _landscape(keys)
    session.add(_row(session, consultation, landscape))
    return sign_in(session, account=account, browser="Benchmark"), landscape


def _write_ideas(session: Session, consultation: Consultation, author: int) -> None:
    words = Path(__file__).read_text().split()
    numbers = np.random.default_rng(3)
    session.execute(
        insert(Idea),
        [
            {
                "consultation_id": consultation.id, "thread_id": consultation.threads[0].id,
                "author_id": author, "number": number, "language": "en",
                "statement": f"{number} {' '.join(numbers.choice(words, 16))}"[:280], "elaboration": "",
                "elaboration_html": "", "agrees": 1, "disagrees": 0, "passes": 0, "created_at": now(),
                "is_seed": False, "is_meta": False,
            }
            for number in range(1, IDEAS + 1)
        ],
    )  # fmt: skip


def _landscape(keys: np.ndarray) -> Landscape:
    numbers = np.random.default_rng(7)
    person, idea = np.nonzero(numbers.random((PEOPLE, IDEAS)) < SEEN)
    leaning = numbers.choice([0.15, 0.5, 0.85], size=(GROUPS, IDEAS))
    agrees = numbers.random(len(person)) < leaning[person % GROUPS, idea]
    choices = np.where(numbers.random(len(person)) < 0.1, 0, np.where(agrees, 1, -1))
    return analyse(VoteMatrix.of(people=keys[person], ideas=idea + 1, choices=choices))


def _row(session: Session, consultation: Consultation, landscape: Landscape) -> LandscapeRow:
    return LandscapeRow(
        consultation_id=consultation.id, thread_id=None, version=secrets.token_hex(16),
        letters=list("ABCDE"[: landscape.groups]), inputs_digest=landscape.inputs_digest,
        digest=landscape.digest, parameters=asdict(landscape.parameters), phase=Phase.GATHERING,
        tally=tally_of(session, consultation.id).written, votes=int(landscape.counts.sum()), position=0,
        counted_at=now(), seconds=1.0, content=dump(landscape, with_people=True),
    )  # fmt: skip


def _milliseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begun)


if __name__ == "__main__":
    main()

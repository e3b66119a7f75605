"""`python -m benchmarks.surveys`: results of a survey of 40 questions that 50,000 people have answered.

Prints, for each database, how long the job takes, a results page, a table of two questions, and the answers
as CSV, with the processor's time and the memory that takes.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert
from sqlalchemy.orm import Session

from deliberation.app import create_app
from deliberation.base.clock import now
from deliberation.base.sessions import Sessions
from deliberation.consultations.people import Participant, RoleName
from deliberation.results.publication import count_results
from deliberation.surveys.models import SurveySheet
from deliberation.web.extensions import db, limiter
from deliberation.web.migrations import migrate_to_newest
from tests import factories
from tests.conftest import DATABASES, make_config, make_database, pytest_sessionfinish
from tests.surveys.documents import both, document, open_one, options, question, section

KINDS = ("single", "multiple", "yes_no", "scale", "matrix", "ranking", "number", "short_text")
KEYS = ("alder", "birch", "cedar", "dogwood", "elm")
AT_A_TIME = 2_000
WORDS = [
    "We",
    "met",
    "at",
    "the",
    "library",
    "and",
    "began",
    "with",
    "a",
    "letter",
    "to",
    "the",
    "town",
    "about",
    "old",
    "maps",
]


def survey_of(questions: int) -> dict[str, Any]:
    """Return a survey with so many questions of all kinds."""
    asked = []
    for number in range(questions):
        kind = KINDS[number % len(KINDS)]
        more: dict[str, Any] = {
            "single": {"options": options(*KEYS)},
            "multiple": {"options": options(*KEYS)},
            "scale": {"points": 5, "low": both("Hard"), "high": both("Easy")},
            "matrix": {"points": 5, "rows": options(*KEYS[:3])},
            "ranking": {"options": options(*KEYS[:4])},
            "number": {"least": 0, "most": 100},
        }.get(kind, {})
        asked.append(question(f"question{number}", kind, **more))
    return document(section("all", *asked))


def answers_of(chance: Random, questions: int) -> dict[str, Any]:
    """Return what somebody answered."""
    leaning = chance.randrange(5)
    said: dict[str, Any] = {}
    for number in range(questions):
        if chance.random() < 0.1:
            continue
        option = KEYS[leaning] if chance.random() < 0.4 else chance.choice(KEYS)
        said[f"question{number}"] = {
            "single": lambda option=option: option,
            "multiple": lambda: [key for key in KEYS if chance.random() < 0.4] or [KEYS[0]],
            "yes_no": lambda: chance.random() < 0.3 + leaning / 10,
            "scale": lambda: min(5, max(1, leaning + chance.randint(-1, 2))),
            "matrix": lambda: {key: chance.randint(1, 5) for key in KEYS[:3]},
            "ranking": lambda: chance.sample(KEYS[:4], chance.randint(1, 4)),
            "number": lambda: str(chance.randint(0, 100)),
            "short_text": lambda: " ".join(chance.choices(WORDS, k=6)),
        }[KINDS[number % len(KINDS)]]()
    return said


def fill(session: Session, *, people: int, questions: int) -> tuple[int, int]:
    """Make the survey and answer it; returns its key and that of a facilitator's account."""
    consultation = factories.make_consultation(session)
    account = factories.make_account(session)
    factories.make_role(session, consultation, account, RoleName.FACILITATOR)
    survey = open_one(session, consultation, survey_of(questions))
    chance = Random(7)
    for first in range(0, people, AT_A_TIME):
        some = range(first, min(people, first + AT_A_TIME))
        rows = [
            {"consultation_id": consultation.id, "number": number + 10, "joined_at": now()} for number in some
        ]
        keys = session.scalars(insert(Participant).returning(Participant.id), rows).all()
        sheets = [
            {
                "survey_id": survey.id,
                "participant_id": key,
                "answers": answers_of(chance, questions),
                "version": 1,
                "is_handed_in": True,
            }
            for key in keys
        ]
        session.execute(insert(SurveySheet), sheets)
    survey.closes_at = now() - timedelta(seconds=1)
    session.flush()
    return survey.id, account.id


def timed(work: Callable[[], Any], *, rounds: int = 1) -> tuple[float, float, Any]:
    """Return how long the first and the quickest of the later rounds took, in milliseconds."""
    spent, found = [], None
    for _ in range(rounds):
        began = time.perf_counter()
        found = work()
        spent.append(1000 * (time.perf_counter() - began))
    return spent[0], sorted(spent[1:] or spent)[len(spent[1:] or spent) // 2], found


def download(client: FlaskClient, address: str) -> int:
    """Read the file piece by piece and keep nothing."""
    answer = client.get(address, buffered=False)
    assert answer.status_code == 200, answer.status_code
    return sum(len(piece) for piece in answer.response)


def forget_peak() -> None:
    """Measure from now on what the process takes at most."""
    Path("/proc/self/clear_refs").write_text("5")


def megabytes(name: str) -> float:
    """Return what the system says of the process: what it takes, or has taken at most."""
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{name}:")[1].split()[0]) / 1024


def measure(app: Flask, kind: str, *, people: int, questions: int) -> None:
    """Print a database's figures."""
    with app.app_context():
        survey_id, account_id = fill(db.session(), people=people, questions=questions)
        db.session.commit()
        db.session.remove()
        job, _, _ = timed(lambda: count_results(Sessions(db.engine), survey_id=survey_id))
    client = app.test_client()
    # Signed in: what visitors see is kept, and would be measured as that.
    with app.app_context():
        factories.sign_in(client, db.session(), db.session.get(factories.Account, account_id))
        db.session.commit()
        db.session.remove()
    here = "/c/the-park/surveys/you/results"
    page_first, page, answer = timed(lambda: client.get(here), rounds=12)
    assert answer.status_code == 200
    table_first, table, answer = timed(
        lambda: client.get(f"{here}/tables?by=question0&of=question3"), rounds=12
    )
    assert answer.status_code == 200
    forget_peak()
    before, processor = megabytes("VmRSS"), time.process_time()
    csv, _, size = timed(lambda: download(client, f"{here}/data.zip"))
    processor = time.process_time() - processor
    grown = megabytes("VmHWM") - before
    print(
        f"{kind:12}{job / 1000:>9.1f}{page_first:>13.0f}{page:>9.0f}{table_first:>14.0f}{table:>9.0f}", end=""
    )
    print(f"{csv / 1000:>9.1f}{processor:>9.1f}{grown:>11.0f}{size / 1e6:>10.1f}", flush=True)


def main() -> None:
    """Measure on each database that answers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--questions", type=int, default=40)
    parser.add_argument("--databases", nargs="*", default=DATABASES)
    asked = parser.parse_args()
    print(f"{asked.people:,} people, {asked.questions} questions; page and table as first and then, in ms")
    print(f"{'':12}{'job s':>9}{'page first':>13}{'then':>9}{'table first':>14}{'then':>9}", end="")
    print(f"{'CSV s':>9}{'CPU s':>9}{'more MB':>11}{'file MB':>10}")
    limiter.enabled = False
    try:
        for kind in asked.databases:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder)
                app = create_app(make_config(make_database(kind, path, "survey"), path))
                migrate_to_newest(app)
                measure(app, kind, people=asked.people, questions=asked.questions)
                with app.app_context():
                    db.engine.dispose()
    finally:
        pytest_sessionfinish()


if __name__ == "__main__":
    main()

"""How long the server takes to make the next card with thousands of open ideas: see benchmarks.routing."""

import time
from collections.abc import Iterator
from statistics import median
from typing import Final

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from benchmarks.data import SLUG, Ground, Person, prepare
from benchmarks.run import database
from config import Config
from deliberation.app import create_app
from deliberation.base.clock import now
from deliberation.consultations.people import Participant
from deliberation.votes.turns import POOLS, Reader, find_turn
from deliberation.web.extensions import db

OPEN_IDEAS: Final = 5_000
CARDS: Final = 300
WARM_UP: Final = 20


def report() -> None:
    """Measure on both databases and print the times."""
    print(f"the next card among {OPEN_IDEAS:,} open ideas, from request to answer within the process")
    for kind in ("sqlite", "postgresql"):
        try:
            with database(kind) as url:
                app = create_app(Config(secret_key="x" * 32, database_url=url, mail_url="console:"))
                _report_one(kind, app, prepare(app, ideas=OPEN_IDEAS))
        except OperationalError:
            print(f"  {kind}: no server answers at TEST_POSTGRES_URL, not measured")


def _report_one(kind: str, app: Flask, ground: Ground) -> None:
    client = app.test_client(use_cookies=False)
    people = _in_turn(ground.people)
    for _ in range(WARM_UP):
        _time_card(client, next(people))
    usual = [_time_card(client, next(people)) for _ in range(CARDS)]
    choosing = [_time_choosing(app, next(people)) for _ in range(CARDS)]
    anew = []
    for _ in range(WARM_UP):
        POOLS.forget()
        anew.append(_time_choosing(app, next(people)))
    _print(f"{kind}, the page", usual)
    _print(f"{kind}, choosing the idea", choosing)
    _print(f"{kind}, choosing, with the pool read anew", anew)


def _in_turn(people: list[Person]) -> Iterator[Person]:
    while True:
        yield from people


def _time_card(client: FlaskClient, person: Person) -> float:
    headers = {"Cookie": person.cookie, "Accept-Language": "en"}
    start = time.perf_counter()
    answer = client.get(f"/c/{SLUG}/vote", headers=headers)
    taken = time.perf_counter() - start
    assert answer.status_code == 200
    assert b"vote-card" in answer.data
    return taken


def _time_choosing(app: Flask, person: Person) -> float:
    with app.app_context():
        session = db.session()
        here = session.get_one(Participant, person.participant_id)
        reader = Reader(seed=here.account_id, participant_id=here.id, language="en")
        start = time.perf_counter()
        turn = find_turn(session, here.consultation_id, reader=reader, moment=now(), read_extremities=dict)
        taken = time.perf_counter() - start
    assert turn.card
    return taken


def _print(name: str, taken: list[float]) -> None:
    ordered = sorted(taken)
    p95 = ordered[int(len(ordered) * 0.95)]
    print(f"  {name:42} median {1000 * median(ordered):5.1f} ms   p95 {1000 * p95:5.1f} ms", flush=True)

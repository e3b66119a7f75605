"""Whether votes wait while a worker counts landscapes, on SQLite and PostgreSQL.

Usage: python -m benchmarks.meanwhile [sqlite] [postgresql] [--seconds S] [--rounds N]

The server of `benchmarks.run` takes votes, in turns alone and beside a process that counts the consultation's
landscapes over and over, reading all votes and writing each result, as nice as the worker is.
"""

import argparse
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from statistics import median
from typing import Final

from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

import deliberation.tables  # noqa: F401 - every table is known before the first row is read
from benchmarks.data import prepare
from benchmarks.load import Measurement, measure
from benchmarks.requests import votes
from benchmarks.run import database, server
from config import ROOT, Config
from deliberation.app import create_app
from deliberation.base.database import prepare_engine
from deliberation.base.sessions import Sessions
from deliberation.insights.counting import count
from deliberation.insights.gathering import gather
from deliberation.insights.storing import store_landscapes
from deliberation.work import PATIENCE

CONSULTATION: Final = 1
COUNT_ON: Final = "--count-on"


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each measurement takes")
    parser.add_argument("--rounds", type=int, default=3, help="how often they take turns")
    parser.add_argument(COUNT_ON, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.count_on:
        count_on(wanted.count_on)
    for kind in wanted.databases:
        try:
            with database(kind) as url:
                report(kind, url, seconds=wanted.seconds, rounds=wanted.rounds)
        except OperationalError:
            print(f"\n{kind}: no server answers at TEST_POSTGRES_URL, not measured")
    return 0


def report(kind: str, url: str, *, seconds: float, rounds: int) -> None:
    """Measure one database and print what came of it."""
    config = Config(secret_key=secrets.token_hex(32), database_url=url, mail_url="console:")
    ground = prepare(create_app(config))
    alone: list[Measurement] = []
    beside: list[Measurement] = []
    with server(config) as port:
        for turn in range(rounds):
            requests = votes(ground, seed=turn, by_script=True)
            alone.append(measure(port, requests, seconds=seconds))
            with counting(config.sqlalchemy_url):
                beside.append(measure(port, requests, seconds=seconds))
    print(f"\n{kind}: votes, the median of {rounds} rounds", flush=True)
    for name, measured in (("alone", alone), ("while landscapes are counted", beside)):
        p50, p95, p99 = (median(one.latency(share) for one in measured) for share in (0.5, 0.95, 0.99))
        per_second = median(one.per_second for one in measured)
        print(f"  {name:30} {per_second:6.0f}/s   p50 {p50:5.1f} ms   p95 {p95:5.1f} ms   p99 {p99:5.1f} ms")


@contextmanager
def counting(url: str) -> Iterator[None]:
    """Count in a process of its own while the block runs."""
    command = [sys.executable, "-m", "benchmarks.meanwhile", COUNT_ON, url]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def count_on(url: str) -> None:
    """Count until killed; says so when the first votes have been read."""
    os.nice(PATIENCE)
    engine = create_engine(url, connect_args={"timeout": 10} if url.startswith("sqlite") else {})
    prepare_engine(engine)
    sessions = Sessions(engine)
    while True:
        with sessions.reading() as session:
            gathered = gather(session, CONSULTATION, for_snapshot=True, may_show_all=True)
        print("counting", flush=True)
        found = count(replace(gathered, shown={}, to_count=(None,)))
        with sessions.writing() as session:
            store_landscapes(session, gathered, found)


if __name__ == "__main__":
    sys.exit(main())

"""Measures the server under load, on SQLite and PostgreSQL, the load generator on the same machine.

Usage: python -m benchmarks.run [sqlite] [postgresql] [--seconds S] [--rounds N]

The same server answers for the application and for a bare route that does the upsert of a vote and nothing
else, in turns; what counts is the ratio, because machines differ. PostgreSQL is found at TEST_POSTGRES_URL.
"""

import argparse
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Final

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from benchmarks import pages
from benchmarks.data import Ground, prepare
from benchmarks.load import CLIENTS, Measurement, measure
from benchmarks.requests import bare_votes, readers, visitors, votes
from config import ROOT, Config
from deliberation.app import create_app

WORKERS: Final = 2
POSTGRES_URL: Final = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
START_SECONDS: Final = 30


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each measurement takes")
    parser.add_argument("--rounds", type=int, default=3, help="how often votes and bare upserts take turns")
    parser.add_argument("--only", choices=("votes", "pages"), help="measure these alone")
    arguments = parser.parse_args()
    # Whoever ends us ends the server and removes the database, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    for kind in arguments.databases:
        try:
            with database(kind) as url:
                report(kind, url, arguments)
        except OperationalError:
            print(f"\n{kind}: no server answers at TEST_POSTGRES_URL, not measured")
    return 0


@contextmanager
def database(kind: str) -> Iterator[str]:
    """Make an empty database of this kind, and remove it in the end."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/benchmark.sqlite3"
        return
    name = f"deliberation_benchmark_{secrets.token_hex(4)}"
    server = create_engine(
        POSTGRES_URL.replace("postgresql://", "postgresql+psycopg://"),
        isolation_level="AUTOCOMMIT",
        connect_args={"connect_timeout": 3},
    )
    with server.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    try:
        yield make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        server.dispose()


@contextmanager
def server(config: Config) -> Iterator[int]:
    """Serve the application and the bare route as in production; gives the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [
        str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--factory",
        "--host", "127.0.0.1", "--port", str(port), "--workers", str(WORKERS), "--blocking-threads", "1",
        "--no-ws", "--log-level", "error", "benchmarks.server:app",
    ]  # fmt: skip
    settings = {"SECRET_KEY": config.secret_key, "DATABASE_URL": config.database_url, "MAIL_URL": "console:"}
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | settings, start_new_session=True)
    try:
        _wait_for(port)
        yield port
    finally:
        # The workers with it: they would go on without their parent.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(START_SECONDS)


def _wait_for(port: int) -> None:
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")


def report(kind: str, url: str, arguments: argparse.Namespace) -> None:
    """Measure one database and print what came of it."""
    config = Config(secret_key=secrets.token_hex(32), database_url=url, mail_url="console:")
    app = create_app(config)
    ground = prepare(app)
    print(f"\n{kind}: {WORKERS} workers with one thread each, {CLIENTS} clients", flush=True)
    with server(config) as port:
        if arguments.only != "pages":
            report_votes(port, ground, arguments)
        if arguments.only != "votes":
            report_pages(port, ground, arguments)
            pages.report(app, port, ground)


def report_votes(port: int, ground: Ground, arguments: argparse.Namespace) -> None:
    """Votes through the whole stack and bare upserts, in turns; the median round of each."""
    bare: list[Measurement] = []
    ours: dict[bool, list[Measurement]] = {False: [], True: []}
    for turn in range(arguments.rounds):
        bare.append(measure(port, bare_votes(ground, seed=turn), seconds=arguments.seconds))
        for by_script, measured in ours.items():
            requests = votes(ground, seed=2 * turn + by_script, by_script=by_script)
            measured.append(measure(port, requests, seconds=arguments.seconds))
    _print_row("the bare upsert", _middle(bare))
    for by_script, measured in ours.items():
        _print_row("a vote, answered by " + ("its block" if by_script else "a redirect"), _middle(measured))
        ratios = [mine.per_second / upsert.per_second for mine, upsert in zip(measured, bare, strict=True)]
        rounds = ", ".join(f"{ratio:.2f}" for ratio in ratios)
        print(f"    {median(ratios):.2f} x the bare upsert (rounds: {rounds})", flush=True)


def report_pages(port: int, ground: Ground, arguments: argparse.Namespace) -> None:
    """Pages as a browser asks for them, signed out and in."""
    for name, address in pages.PAGES.items():
        _print_row(f"{name}, signed out", measure(port, visitors(address), seconds=arguments.seconds))
        requests = readers(address, ground)
        _print_row(f"{name}, signed in", measure(port, requests, seconds=arguments.seconds))


def _middle(rounds: list[Measurement]) -> Measurement:
    return sorted(rounds, key=lambda one: one.per_second)[len(rounds) // 2]


def _print_row(name: str, one: Measurement) -> None:
    times = f"p50 {one.latency(0.5):5.1f} ms   p95 {one.latency(0.95):5.1f} ms"
    print(f"  {name:32} {one.per_second:7.0f}/s   {times}", flush=True)


if __name__ == "__main__":
    sys.exit(main())

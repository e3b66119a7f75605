"""How long a million votes take to export, how much memory, and what pages are like meanwhile.

Usage: python -m benchmarks.export_polis [sqlite] [postgresql] [--votes N] [--rounds N]

The export runs as a command of its own, beside a server with two workers from which one visitor reads
page after page. Memory is what the process grows by while it exports. PostgreSQL is found at
TEST_POSTGRES_URL.
"""

import argparse
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any, Final

from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from benchmarks.data import IDEAS, PEOPLE, SLUG, VOTES_EACH, prepare
from benchmarks.run import database, server
from config import ROOT, Config
from deliberation.app import create_app
from deliberation.base.database import one_moment
from deliberation.consultations.queries import get_consultation
from deliberation.exchange.polis.export import export_polis
from deliberation.web.extensions import db

EXPORT_ALONE: Final = "--export-alone"
PAGES: Final = (f"/c/{SLUG}", f"/c/{SLUG}/threads/1", f"/c/{SLUG}/ideas/7", f"/c/{SLUG}/synthesis")

_MORE_PEOPLE: Final = """
    WITH RECURSIVE more(number) AS (
        SELECT CAST(:first AS integer) UNION ALL SELECT number + 1 FROM more WHERE number < :last
    )
    INSERT INTO participants (consultation_id, number, joined_at)
    SELECT consultations.id, more.number, consultations.created_at FROM consultations CROSS JOIN more
"""
# Each of the more people votes once in each of a hundred blocks of ideas, in an order of no kind.
_MORE_VOTES: Final = """
    WITH RECURSIVE blocks(block) AS (
        SELECT 0 UNION ALL SELECT block + 1 FROM blocks WHERE block < :blocks - 1
    )
    INSERT INTO {table} (participant_id, idea_id, choice, {moment})
    SELECT participants.id, ideas.id, (participants.number * 31 + block * 17) % 7 % 3 - 1, joined_at
    FROM participants CROSS JOIN blocks
    JOIN ideas ON ideas.number = 1 + block * :width + (participants.number * 7 + block * block) % :width
    WHERE participants.number > :people
    ORDER BY (participants.number * 7919 + block * 104729) % 1000003
"""


def main() -> int:
    """Run the command."""
    if EXPORT_ALONE in sys.argv:
        return export_alone(Path(sys.argv[-1]))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--votes", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    for kind in arguments.databases:
        try:
            with database(kind) as url:
                report(kind, url, arguments)
        except OperationalError:
            print(f"{kind}: no server answers at TEST_POSTGRES_URL, not measured")
    return 0


def report(kind: str, url: str, arguments: argparse.Namespace) -> None:
    """Fill one database, export it a few times, and print what came of it."""
    config = Config(secret_key=secrets.token_hex(32), database_url=url, mail_url="console:")
    app = create_app(config)
    prepare(app)
    fill(app, arguments.votes)
    with server(config) as port:
        alone = measure_pages(port)
        print(f"{kind}: {arguments.votes} votes; slowest page without an export {alone * 1000:.0f} ms")
        rounds = [measure_export(config, port) for _ in range(arguments.rounds)]
    for name, unit in (
        ("seconds", "s"),
        ("processor", "s of it"),
        ("megabytes", "MB"),
        ("slowest", "ms"),
        ("size", "MB written"),
    ):
        values = ", ".join(f"{one[name]:.4g}" for one in rounds)
        print(
            f"  {name:10} {median(one[name] for one in rounds):8.4g} {unit}   (rounds: {values})", flush=True
        )


def fill(app: Flask, votes: int) -> None:
    """Add people and votes until there are `votes`, and as many events."""
    people = votes // VOTES_EACH
    values = {"blocks": VOTES_EACH, "width": IDEAS // VOTES_EACH, "people": PEOPLE}
    with app.app_context():
        session = db.session()
        session.execute(text(_MORE_PEOPLE), {"first": PEOPLE + 1, "last": people})
        for table, moment in (("votes", "cast_at"), ("vote_events", "happened_at")):
            session.execute(text(_MORE_VOTES.format(table=table, moment=moment)), values)
        for name, choice in (("agrees", 1), ("disagrees", -1), ("passes", 0)):
            session.execute(
                text(
                    f"UPDATE ideas SET {name} = (SELECT count(*) FROM votes"
                    f" WHERE votes.idea_id = ideas.id AND votes.choice = {choice})"
                )
            )
        session.commit()
        session.execute(text("ANALYZE"))
        session.commit()
        db.session.remove()
        db.engine.dispose()


def measure_export(config: Config, port: int) -> dict[str, float]:
    """Export once while somebody reads pages."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "set"
        settings = {
            "SECRET_KEY": config.secret_key,
            "DATABASE_URL": config.database_url,
            "MAIL_URL": "console:",
        }
        command = [sys.executable, "-m", "benchmarks.export_polis", EXPORT_ALONE, str(target)]
        with reading(port) as times:
            said = subprocess.run(
                command,
                cwd=ROOT,
                env=os.environ | settings | {"MAIL_URL": "console:"},
                check=True,
                capture_output=True,
                text=True,
            )
        found: dict[str, Any] = json.loads(said.stdout)
        size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    return found | {"slowest": max(times) * 1000, "size": size / 1e6}


def export_alone(target: Path) -> int:
    """Export into `target` and print how long it took and by how much the process grew."""
    app = create_app(Config.from_environment())
    with app.app_context(), one_moment(session := db.session()):
        consultation = get_consultation(session, SLUG)
        before = memory("VmRSS")
        started, worked = time.perf_counter(), time.process_time()
        export_polis(session, consultation=consultation, directory=target, base_url="http://localhost")
        seconds, processor = time.perf_counter() - started, time.process_time() - worked
    found = {"seconds": seconds, "processor": processor, "megabytes": memory("VmHWM") - before}
    print(json.dumps(found))
    return 0


def memory(which: str) -> float:
    """Return what the kernel says of this process, in megabytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(which + ":"))


def measure_pages(port: int, seconds: float = 3) -> float:
    """Return how long the slowest page takes while nothing else goes on."""
    with reading(port) as times:
        time.sleep(seconds)
    return max(times)


@contextmanager
def reading(port: int) -> Iterator[list[float]]:
    """Let one visitor read page after page, each anew; gives the seconds each took."""
    times: list[float] = []
    done = threading.Event()

    def read() -> None:
        number = 0
        while not done.is_set():
            number += 1
            started = time.perf_counter()
            connection = HTTPConnection("127.0.0.1", port, timeout=30)
            # A page that no visitor has asked for before is made, not taken from where pages are kept.
            connection.request("GET", f"{PAGES[number % len(PAGES)]}?visit={number}")
            status = connection.getresponse().status
            connection.close()
            times.append(time.perf_counter() - started)
            assert status == 200, status
            time.sleep(0.02)

    visitor = threading.Thread(target=read)
    visitor.start()
    try:
        yield times
    finally:
        done.set()
        visitor.join()


if __name__ == "__main__":
    sys.exit(main())

"""`python -m deliberation.work`: does what was left for later.

Any number of these may run, on any number of machines; without one the site works, and what is left for
later waits. It knows no Flask, and loads what a job needs when there is such a job.
"""

import logging
import os
import signal
import sys
from types import FrameType

from sqlalchemy import create_engine

import deliberation.tables  # noqa: F401 - every table is known before the first row is read
from config import Config
from deliberation.base.database import engine_options, prepare_engine
from deliberation.base.sessions import Sessions
from deliberation.insights import jobs as insights
from deliberation.jobs import rounds as jobs
from deliberation.jobs.worker import Worker
from deliberation.moderation import jobs as moderation
from deliberation.results import jobs as results
from deliberation.synthesis.prepared import jobs as prepared
from deliberation.synthesis.signing import jobs as signing

ROOMS = (insights, moderation, results, signing, prepared)
PATIENCE = 10
"""How much a worker lets others go first, as `nice` counts: pages and votes come before its work."""


def main() -> None:
    """Work until SIGTERM or SIGINT, then end after the job at hand."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="work: %(message)s")
    os.nice(PATIENCE)
    worker = make_worker(Config.from_environment())

    def stop(_signal: int, _frame: FrameType | None) -> None:
        worker.stop()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    worker.run()


def make_worker(config: Config) -> Worker:
    """Return a worker for this installation that knows every room's jobs."""
    url = config.sqlalchemy_url
    # What a failing statement carried may be somebody's vote: it does not go into a log.
    engine = create_engine(url, hide_parameters=True, **engine_options(url, connections=2))
    prepare_engine(engine)
    kinds = {name: work for room in ROOMS for name, work in room.KINDS.items()}
    rounds = [jobs.FORGET_OLD, *(one for room in ROOMS for one in room.rounds())]
    return Worker(Sessions(engine), kinds=kinds, rounds=rounds)


if __name__ == "__main__":
    main()

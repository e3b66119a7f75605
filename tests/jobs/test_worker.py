"""Workers: one job after the other, whatever jobs do, however many workers there are, killed or not."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, select, update
from sqlalchemy.exc import OperationalError

from config import ROOT
from deliberation.base.clock import now
from deliberation.base.errors import Conflict
from deliberation.base.sessions import Sessions
from deliberation.jobs import worker as worker_module
from deliberation.jobs.kinds import Round
from deliberation.jobs.models import Job
from deliberation.jobs.service import MOST_ATTEMPTS, Claim, claim, enqueue, finish
from deliberation.jobs.worker import Worker, described
from tests.votes.test_races import Crowd

TRIALS = 200
WORKERS = 2


def add(sessions: Sessions, kind: str, **arguments: Any) -> int:
    with sessions.writing() as session:
        key = enqueue(session, kind=kind, arguments=arguments, cause="a test")
    assert key is not None
    return key


def read(sessions: Sessions, key: int) -> Job:
    with sessions.reading() as session:
        return session.get_one(Job, key)


# ------------------------------------------------------------------ races


def test_of_two_workers_one_gets_the_job(engine: Engine) -> None:
    sessions = Sessions(engine)
    got: list[list[Claim]] = [[] for _ in range(TRIALS)]
    keys = [add(sessions, "tests.race") for _ in range(TRIALS)]

    def act(trial: int, _which: int) -> None:
        with sessions.writing() as session:
            claimed = claim(session)
        if claimed is not None:
            got[trial].append(claimed)
            with sessions.writing() as session:
                assert finish(session, claimed)

    Crowd(WORKERS).run(TRIALS // 2, act)
    taken = [one.id for trial in got for one in trial]
    assert len(taken) == len(set(taken))
    with sessions.reading() as session:
        attempts = session.execute(select(Job.id, Job.attempts).where(Job.finished_at.is_not(None))).all()
    assert sorted(taken) == sorted(key for key, _ in attempts)
    assert {count for _, count in attempts} == {1}
    assert set(taken) <= set(keys)


def test_one_job_and_two_workers_two_hundred_times(engine: Engine) -> None:
    sessions = Sessions(engine)
    got: list[list[Claim]] = [[] for _ in range(TRIALS)]
    added = threading.Barrier(WORKERS)

    def act(trial: int, which: int) -> None:
        if which == 0:
            add(sessions, "tests.race")
        added.wait(60)
        with sessions.writing() as session:
            claimed = claim(session)
        if claimed is not None:
            got[trial].append(claimed)

    Crowd(WORKERS).run(TRIALS, act)
    assert [len(trial) for trial in got] == [1] * TRIALS


def test_the_race_is_one_that_a_careless_claim_loses(engine: Engine) -> None:
    """The control: looking first and taking then, two workers get the same job."""
    sessions = Sessions(engine)
    got: list[list[int]] = [[] for _ in range(TRIALS)]
    both_looked = threading.Barrier(WORKERS)

    def act(trial: int, which: int) -> None:
        if which == 0:
            add(sessions, "tests.race", trial=trial)
        both_looked.wait(60)
        with sessions.reading() as session:
            free = session.scalar(select(Job.id).where(Job.lease.is_(None), Job.finished_at.is_(None)))
        both_looked.wait(60)
        if free is not None:
            with sessions.writing() as session:
                session.execute(update(Job).where(Job.id == free).values(finished_at=now()))
            got[trial].append(free)

    Crowd(WORKERS).run(20, act)
    assert any(len(trial) == 2 for trial in got)


def test_of_many_who_ask_for_the_same_one_is_heard(engine: Engine) -> None:
    sessions = Sessions(engine)
    heard: list[list[int]] = [[] for _ in range(TRIALS)]

    def act(trial: int, _which: int) -> None:
        with sessions.writing() as session:
            key = enqueue(session, kind="tests.race", arguments={}, cause="", topic=f"topic {trial}")
        if key is not None:
            heard[trial].append(key)

    Crowd(8).run(TRIALS // 4, act)
    assert [len(keys) for keys in heard[: TRIALS // 4]] == [1] * (TRIALS // 4)


# ------------------------------------------------------------------ what jobs do


def test_a_job_is_done_and_then_done_with(engine: Engine) -> None:
    sessions, seen = Sessions(engine), []

    def work(_sessions: Sessions, arguments: Mapping[str, Any]) -> None:
        seen.append(arguments["n"])

    worker = Worker(sessions, kinds={"tests.work": work})
    key = add(sessions, "tests.work", n=7)
    assert worker.do_one()
    assert not worker.do_one()
    assert seen == [7]
    assert read(sessions, key).finished_at is not None


def test_a_job_that_fails_waits_and_tells_where_but_not_what_it_held(engine: Engine) -> None:
    sessions = Sessions(engine)

    def work(_sessions: Sessions, _arguments: Mapping[str, Any]) -> None:
        raise ValueError("participant 7 voted agree")

    worker = Worker(sessions, kinds={"tests.work": work})
    key = add(sessions, "tests.work")
    assert worker.do_one()
    job = read(sessions, key)
    assert job.failure is not None
    assert "ValueError" in job.failure
    assert "agree" not in job.failure
    assert job.due_at > now()
    assert not worker.do_one()


def test_a_refusal_is_final(engine: Engine) -> None:
    sessions = Sessions(engine)

    def work(_sessions: Sessions, _arguments: Mapping[str, Any]) -> None:
        raise Conflict("Not in this phase.")

    key = add(sessions, "tests.work")
    assert Worker(sessions, kinds={"tests.work": work}).do_one()
    job = read(sessions, key)
    assert job.given_up_at is not None
    assert job.failure == "Not in this phase."


def test_a_kind_that_this_version_does_not_know_waits_for_one_that_does(engine: Engine) -> None:
    sessions = Sessions(engine)
    key = add(sessions, "tests.from_the_future")
    assert Worker(sessions, kinds={}).do_one()
    job = read(sessions, key)
    assert job.given_up_at is None
    assert "tests.from_the_future" in str(job.failure)


def test_a_job_that_ends_every_worker_is_given_up(engine: Engine) -> None:
    sessions, seen = Sessions(engine), []

    def work(_sessions: Sessions, _arguments: Mapping[str, Any]) -> None:
        seen.append(1)

    key = add(sessions, "tests.work")
    with sessions.writing() as session:
        session.execute(update(Job).values(attempts=MOST_ATTEMPTS))
    assert Worker(sessions, kinds={"tests.work": work}).do_one()
    assert seen == []
    assert read(sessions, key).given_up_at is not None


def test_the_lease_of_long_work_is_renewed(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "RENEW_SECONDS", 0.05)
    sessions, leases = Sessions(engine), []

    def work(given: Sessions, _arguments: Mapping[str, Any]) -> None:
        for _ in range(2):
            with given.reading() as session:
                leases.append(session.scalar(select(Job.leased_until)))
            time.sleep(0.5)

    add(sessions, "tests.work")
    Worker(sessions, kinds={"tests.work": work}).do_one()
    assert leases[1] > leases[0]


def test_rounds_are_made_by_the_clock_and_one_that_fails_stops_nothing(engine: Engine) -> None:
    sessions, made = Sessions(engine), []

    def fails(_sessions: Sessions) -> None:
        made.append("fails")
        raise ValueError

    rounds = [
        Round("fails", timedelta(hours=1), fails),
        Round("looks", timedelta(0), lambda _: made.append("looks")),
    ]
    worker = Worker(sessions, kinds={}, rounds=rounds)
    worker.look_around()
    worker.look_around()
    assert made == ["fails", "looks", "looks"]


def test_a_worker_stops_after_the_job_at_hand(engine: Engine) -> None:
    sessions, done = Sessions(engine), []

    def work(_sessions: Sessions, arguments: Mapping[str, Any]) -> None:
        worker.stop()
        time.sleep(0.1)
        done.append(arguments["n"])

    worker = Worker(sessions, kinds={"tests.work": work})
    keys = [add(sessions, "tests.work", n=n) for n in range(2)]
    running = threading.Thread(target=worker.run)
    running.start()
    running.join(20)
    assert not running.is_alive()
    assert done == [0]
    assert read(sessions, keys[1]).attempts == 0


def test_a_database_that_is_away_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "SECONDS_WITHOUT_DATABASE", 0.01)
    nowhere = create_engine(f"sqlite:///{tmp_path}/no/such/folder.sqlite3")
    worker = Worker(Sessions(nowhere), kinds={})
    with pytest.raises(OperationalError):
        worker.do_one()
    running = threading.Thread(target=worker.run)
    running.start()
    time.sleep(0.2)
    assert running.is_alive()
    worker.stop()
    running.join(20)
    assert not running.is_alive()
    nowhere.dispose()


def test_what_went_wrong_is_told_without_what_it_carried() -> None:
    with pytest.raises(ValueError, match="participant 7") as caught:
        int("participant 7")
    assert described(caught.value).startswith("ValueError at test_worker.py:")


# ------------------------------------------------------------------ processes


def start(engine: Engine, script: str) -> subprocess.Popen[str]:
    url = engine.url.render_as_string(hide_password=False)
    return subprocess.Popen([sys.executable, "-c", script, url], cwd=ROOT, stdout=subprocess.PIPE, text=True)


SLOW_WORKER = """
import sys, time
from sqlalchemy import create_engine
from deliberation.base.database import prepare_engine
from deliberation.base.sessions import Sessions
from deliberation.jobs.worker import Worker
engine = create_engine(sys.argv[1])
prepare_engine(engine)
def work(sessions, arguments):
    print("at it", flush=True)
    time.sleep(60)
Worker(Sessions(engine), kinds={"tests.slow": work}).run()
"""


def test_a_job_whose_worker_was_killed_is_taken_up_again(engine: Engine) -> None:
    sessions, done = Sessions(engine), []
    key = add(sessions, "tests.slow")
    first = start(engine, SLOW_WORKER)
    assert first.stdout is not None
    assert first.stdout.readline() == "at it\n"
    os.kill(first.pid, signal.SIGKILL)
    first.wait(20)
    first.stdout.close()
    worker = Worker(sessions, kinds={"tests.slow": lambda *_: done.append(1)})
    assert not worker.do_one()
    assert read(sessions, key).lease is not None
    with sessions.writing() as session:
        session.execute(update(Job).values(leased_until=now() - timedelta(seconds=1)))
    assert worker.do_one()
    assert done == [1]
    job = read(sessions, key)
    assert (job.attempts, job.finished_at is not None) == (2, True)


WATCHED_WORKER = """
import sys, threading
import deliberation.work
def tell():
    print(sorted({"numpy", "scipy", "flask"} & set(sys.modules)), flush=True)
threading.Timer(2, tell).start()
deliberation.work.main()
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_the_worker_process_ends_when_asked_and_loads_no_arithmetic_and_no_flask(
    engine: Engine, name: str
) -> None:
    url = engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    settings = {"SECRET_KEY": "a-key-for-tests-and-nothing-else", "DATABASE_URL": url}
    process = subprocess.Popen(
        [sys.executable, "-c", WATCHED_WORKER],
        cwd=ROOT,
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "[]\n"
    process.send_signal(getattr(signal, name))
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    assert errors == ""

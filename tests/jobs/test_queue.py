"""The queue: what goes in comes out once, and what fails comes back, later each time, and in the end not."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, NotFound
from deliberation.jobs import service
from deliberation.jobs.models import Job
from deliberation.jobs.queries import list_jobs, taken_topics
from deliberation.jobs.service import (
    FIRST_PAUSE,
    KEPT,
    LEASE,
    LONGEST_PAUSE,
    MOST_ATTEMPTS,
    Claim,
    claim,
    enqueue,
    finish,
    forget_old,
    give_up,
    put_off,
    renew,
    retry,
)

Later = Callable[[timedelta], None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Moves the queue's clock forward."""
    moved = [timedelta()]
    monkeypatch.setattr(service, "now", lambda: now() + moved[0])

    def move(by: timedelta) -> None:
        moved[0] += by

    return move


def add(session: Session, *, topic: str | None = None, kind: str = "tests.nothing") -> int | None:
    return enqueue(session, kind=kind, arguments={"n": 1}, cause="a test", topic=topic)


def take(session: Session) -> Claim:
    claimed = claim(session)
    assert claimed is not None
    return claimed


def row(session: Session, job_id: int) -> Job:
    session.expire_all()
    return session.get_one(Job, job_id)


def test_a_job_is_taken_once_and_done_once(session: Session) -> None:
    key = add(session)
    claimed = take(session)
    assert (claimed.id, claimed.kind, claimed.arguments, claimed.attempt) == (
        key,
        "tests.nothing",
        {"n": 1},
        1,
    )
    assert claim(session) is None
    assert finish(session, claimed)
    assert not finish(session, claimed)
    assert row(session, claimed.id).finished_at is not None
    assert claim(session) is None


def test_jobs_are_taken_in_the_order_in_which_they_became_due(session: Session) -> None:
    last = enqueue(session, kind="k", arguments={}, cause="", due_at=now() - timedelta(minutes=1))
    first = enqueue(session, kind="k", arguments={}, cause="", due_at=now() - timedelta(minutes=2))
    enqueue(session, kind="k", arguments={}, cause="", due_at=now() + timedelta(minutes=1))
    assert [take(session).id, take(session).id] == [first, last]
    assert claim(session) is None


def test_there_is_one_unfinished_job_of_a_kind_about_a_topic(session: Session) -> None:
    assert add(session, topic="a") is not None
    assert add(session, topic="a") is None
    assert add(session, topic="b") is not None
    assert add(session, topic="a", kind="tests.other") is not None
    assert add(session) is not None
    assert add(session) is not None


@pytest.mark.parametrize("ended", ["finished", "given up"])
def test_what_has_ended_makes_room_for_the_next_about_it(session: Session, ended: str) -> None:
    add(session, topic="a")
    claimed = take(session)
    if ended == "finished":
        finish(session, claimed)
    else:
        give_up(session, claimed, failure="why")
    assert add(session, topic="a") is not None


def test_what_fails_is_tried_again_after_longer_each_time_and_in_the_end_given_up(
    session: Session, later: Later
) -> None:
    key = add(session)
    pauses = []
    for attempt in range(1, MOST_ATTEMPTS):
        claimed = take(session)
        assert claimed.attempt == attempt
        before = service.now()
        put_off(session, claimed, failure=f"failure {attempt}")
        job = row(session, claimed.id)
        assert job.failure == f"failure {attempt}"
        pauses.append(job.due_at - before)
        assert claim(session) is None
        later(LONGEST_PAUSE)
        assert job.id == key
    assert pauses == sorted(pauses)
    assert pauses[0] == pytest.approx(FIRST_PAUSE, abs=timedelta(seconds=1))
    assert pauses[-1] <= LONGEST_PAUSE + timedelta(seconds=1)
    put_off(session, take(session), failure="the last")
    job = row(session, job.id)
    assert job.given_up_at is not None
    assert job.failure == "the last"
    later(LONGEST_PAUSE)
    assert claim(session) is None


def test_a_lease_that_runs_out_makes_the_job_anybodys_and_the_first_worker_a_stranger(
    session: Session, later: Later
) -> None:
    add(session)
    first = take(session)
    later(LEASE / 2)
    assert claim(session) is None
    later(LEASE)
    second = take(session)
    assert (second.id, second.attempt) == (first.id, 2)
    assert not renew(session, first)
    assert not finish(session, first)
    assert not put_off(session, first, failure="late")
    assert finish(session, second)


def test_a_lease_that_is_renewed_does_not_run_out(session: Session, later: Later) -> None:
    add(session)
    claimed = take(session)
    for _ in range(5):
        later(LEASE * 0.9)
        assert renew(session, claimed)
    assert claim(session) is None


def test_a_job_that_was_given_up_can_be_asked_for_again(session: Session) -> None:
    add(session, topic="a")
    claimed = take(session)
    with pytest.raises(Conflict):
        retry(session, claimed.id)
    give_up(session, claimed, failure="why")
    retry(session, claimed.id)
    again = take(session)
    assert (again.id, again.attempt) == (claimed.id, 1)
    with pytest.raises(NotFound):
        retry(session, claimed.id + 1)


def test_a_job_is_not_asked_for_again_beside_another_about_the_same(session: Session) -> None:
    add(session, topic="a")
    claimed = take(session)
    give_up(session, claimed, failure="why")
    add(session, topic="a")
    with pytest.raises(Conflict):
        retry(session, claimed.id)


def test_old_jobs_are_forgotten_and_others_are_not(session: Session, later: Later) -> None:
    add(session, topic="a")
    finish(session, take(session))
    add(session, topic="b")
    give_up(session, take(session), failure="why")
    waiting = add(session, topic="c")
    assert forget_old(session) == 0
    later(KEPT + timedelta(days=1))
    assert forget_old(session) == 2
    assert [job.id for job in list_jobs(session, with_finished=True)] == [waiting]


def test_the_operator_sees_what_waits_and_what_was_given_up(session: Session) -> None:
    add(session, topic="done")
    finish(session, take(session))
    add(session, topic="given up")
    give_up(session, take(session), failure="why")
    add(session, topic="waiting")
    assert [job.topic for job in list_jobs(session)] == ["waiting", "given up"]
    taken = taken_topics(session, ["tests.nothing"], given_up_since=now() - timedelta(hours=1))
    assert taken == {("tests.nothing", "waiting"), ("tests.nothing", "given up")}
    taken = taken_topics(session, ["tests.nothing"], given_up_since=now() + timedelta(hours=1))
    assert taken == {("tests.nothing", "waiting")}

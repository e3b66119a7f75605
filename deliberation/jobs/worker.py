"""Doing what is in the queue, one job after the other, and looking around by the clock."""

import logging
import threading
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from deliberation.base.errors import DomainError
from deliberation.base.sessions import Sessions
from deliberation.jobs.kinds import Round, Work
from deliberation.jobs.service import (
    LEASE,
    MOST_ATTEMPTS,
    Claim,
    claim,
    finish,
    give_up,
    is_work_waiting,
    put_off,
    renew,
)

POLL_SECONDS: Final = 2.0
SECONDS_WITHOUT_DATABASE: Final = 10.0
RENEW_SECONDS: Final = LEASE.total_seconds() / 3

log = logging.getLogger("deliberation.work")


class Ending(Protocol):
    """How a job that failed is left."""

    def __call__(self, session: Session, claimed: Claim, *, failure: str) -> bool:
        """See `service.put_off` and `service.give_up`."""


class Worker:
    """Does jobs until it is asked to stop. Any number of workers may share a queue."""

    def __init__(
        self, sessions: Sessions, *, kinds: Mapping[str, Work], rounds: Sequence[Round] = ()
    ) -> None:
        """Work on the queue in this database."""
        self._sessions = sessions
        self._kinds = kinds
        self._rounds = rounds
        self._next_look = [0.0] * len(rounds)
        self._stop = threading.Event()

    def stop(self) -> None:
        """Ask it to end after the job at hand. May be called from anywhere, a signal's handler included."""
        self._stop.set()

    def run(self) -> None:
        """Work until asked to stop. A database that is away, or has no such tables yet, is waited for."""
        while not self._stop.is_set():
            try:
                self.look_around()
                has_worked = self.do_one()
            except DBAPIError as error:
                log.warning("the database does not answer as it should: %s", described(error))
                self._stop.wait(SECONDS_WITHOUT_DATABASE)
            else:
                if not has_worked:
                    self._stop.wait(POLL_SECONDS)

    def look_around(self) -> None:
        """Make the rounds whose time has come. One that fails is tried again at its next time."""
        for which, one in enumerate(self._rounds):
            if time.monotonic() < self._next_look[which]:
                continue
            self._next_look[which] = time.monotonic() + one.every.total_seconds()
            try:
                one.look(self._sessions)
            except DBAPIError:
                raise
            except Exception as error:  # whatever it is, the queue goes on
                log.error("%s: %s\n%s", one.name, described(error), frames_of(error))

    def do_one(self) -> bool:
        """Do the job that is due, if there is one; says whether there was."""
        with self._sessions.reading() as session:
            if not is_work_waiting(session):
                return False
        with self._sessions.writing() as session:
            claimed = claim(session)
        if claimed is None:
            return False
        self._do(claimed)
        return True

    def _do(self, claimed: Claim) -> None:
        work = self._kinds.get(claimed.kind)
        started = time.monotonic()
        if claimed.attempt > MOST_ATTEMPTS:
            # A job that ends every process that takes it up must not go round for ever.
            self._end(claimed, give_up, "The worker ended while it was at it.")
        elif work is None:
            self._end(claimed, put_off, f"This version knows no job of the kind {claimed.kind}.")
        else:
            try:
                with self._held(claimed):
                    work(self._sessions, claimed.arguments)
            except DomainError as refusal:
                # The product's own refusal: trying again would be refused again.
                self._end(claimed, give_up, str(refusal))
            except Exception as error:
                log.error("%s", frames_of(error))
                self._end(claimed, put_off, described(error))
            else:
                with self._sessions.writing() as session:
                    finish(session, claimed)
                log.info("%s: done in %.1f s", claimed.kind, time.monotonic() - started)

    def _end(self, claimed: Claim, how: Ending, failure: str) -> None:
        log.error("%s, attempt %d: %s", claimed.kind, claimed.attempt, failure)
        with self._sessions.writing() as session:
            how(session, claimed, failure=failure)

    @contextmanager
    def _held(self, claimed: Claim) -> Iterator[None]:
        """Renew the lease while the work lasts, however long that is."""
        done = threading.Event()

        def hold() -> None:
            while not done.wait(RENEW_SECONDS):
                try:
                    with self._sessions.writing() as session:
                        renew(session, claimed)
                except DBAPIError as error:
                    log.warning("the lease could not be renewed: %s", described(error))

        holder = threading.Thread(target=hold, name="lease", daemon=True)
        holder.start()
        try:
            yield
        finally:
            done.set()
            holder.join()


def frames_of(error: BaseException) -> str:
    """Return the way to where it went wrong, line by line, without what the error carries."""
    return "".join(traceback.format_tb(error.__traceback__)).rstrip()


def described(error: BaseException) -> str:
    """Return what went wrong and where, and nothing that the error carries: that may be somebody's vote."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "deliberation" in Path(frame.filename).parts] or frames
    where = f" at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    cause = getattr(error, "orig", None)
    return type(error).__name__ + (f" ({type(cause).__name__})" if cause else "") + where

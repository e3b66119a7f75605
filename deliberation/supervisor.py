"""The server and its worker, under one process that starts them and ends them together."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from threading import Event, Thread
from types import FrameType
from typing import Final

RESTART_SECONDS: Final = 5.0
ENDING_SECONDS: Final = 5.0
ASKED_EVERY: Final = 0.05


class Supervisor:
    """Runs the server at once, and the worker when it is wanted, until the server ends.

    Whoever interrupts or ends this process (SIGINT, SIGTERM) ends both. Made in the main thread, because
    it takes over those two signals.
    """

    def __init__(self, server: Sequence[str], *, pause: float = RESTART_SECONDS) -> None:
        """Start the server; `pause` is how many seconds to wait before a worker that ended starts again."""
        self._pause = pause
        self._ending = Event()
        self._worker: subprocess.Popen[bytes] | None = None
        self._server = subprocess.Popen(server)  # noqa: S603 - fixed programs with numbers for arguments
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._pass_on)

    def is_up(self, answers: Callable[[], bool]) -> bool:
        """Wait until `answers` says that the server does; False where it ended before."""
        while self._server.poll() is None:
            if answers():
                return True
            time.sleep(ASKED_EVERY)
        return False

    def run(self, worker: Sequence[str]) -> int:
        """Keep the worker running until the server ends; return the server's code."""
        Thread(target=self._keep, args=(worker,), daemon=True).start()
        code = self._server.wait()
        self._end_worker()
        return code if code >= 0 else 128 - code  # ended by a signal: as a shell says it

    def _pass_on(self, number: int, _frame: FrameType | None) -> None:
        self._ending.set()
        for child in (self._worker, self._server):
            if child is not None:
                child.send_signal(number)

    def _keep(self, command: Sequence[str]) -> None:
        while not self._ending.is_set():
            worker = self._worker = subprocess.Popen(command)  # noqa: S603 - see above
            if self._ending.is_set():  # the signal came before there was anyone to pass it on to
                worker.terminate()
            code = worker.wait()
            if not self._ending.wait(self._pause):
                print(f"The worker ended ({code}) and is started again.", file=sys.stderr, flush=True)

    def _end_worker(self) -> None:
        self._ending.set()
        worker = self._worker
        if worker is None:
            return
        worker.terminate()
        try:
            worker.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            worker.kill()

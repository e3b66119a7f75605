"""One process over the server and its worker: what ends one, and what does not."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config import ROOT

PATIENCE_SECONDS = 20
# A stand-in for either process: says on a line of its own that it lives and what it is told.
CHILD = """
import signal, sys, time
log = open(sys.argv[1], "a", buffering=1)
def told(number, _frame):
    log.write(f"told {number}\\n")
    sys.exit(int(sys.argv[2]))
signal.signal(signal.SIGTERM, told)
signal.signal(signal.SIGINT, told)
log.write(f"lives {__import__('os').getpid()}\\n")
time.sleep(60)
"""
SUPERVISED = """
import sys
from deliberation.supervisor import Supervisor
child, server, worker = sys.argv[1:]
supervisor = Supervisor([sys.executable, "-c", child, server, "7"], pause=0.1)
sys.exit(supervisor.run([sys.executable, "-c", child, worker, "0"]))
"""


class Supervised:
    """A supervisor in a process of its own, with what its two children say."""

    def __init__(self, folder: Path) -> None:
        """Start it."""
        self.server, self.worker = folder / "server", folder / "worker"
        command = [sys.executable, "-c", SUPERVISED, CHILD, str(self.server), str(self.worker)]
        self.process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)

    def lives(self, said: Path, *, times: int = 1) -> int:
        """Wait until the child has said so often that it lives, and return its number."""
        _until(lambda: len(_said(said, "lives")) >= times)
        return int(_said(said, "lives")[-1])


def _said(path: Path, word: str) -> list[str]:
    lines = path.read_text().splitlines() if path.exists() else []
    return [line.split()[1] for line in lines if line.startswith(word)]


def _until(is_so: Callable[[], bool]) -> None:
    limit = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.02)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def _supervised(folder: Path) -> Iterator[Supervised]:
    supervised = Supervised(folder)
    try:
        yield supervised
    finally:
        for said in (supervised.server, supervised.worker):
            for number in _said(said, "lives"):
                if _is_alive(int(number)):
                    os.kill(int(number), signal.SIGKILL)
        supervised.process.kill()
        supervised.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ending_it_ends_both_and_says_what_the_server_said(tmp_path: Path, number: signal.Signals) -> None:
    with _supervised(tmp_path) as supervised:
        children = supervised.lives(supervised.server), supervised.lives(supervised.worker)
        supervised.process.send_signal(number)
        assert supervised.process.wait(PATIENCE_SECONDS) == 7
        assert _said(supervised.server, "told") == [str(int(number))]
        assert not any(_is_alive(child) for child in children)


def test_a_worker_that_dies_is_started_again(tmp_path: Path) -> None:
    with _supervised(tmp_path) as supervised:
        server = supervised.lives(supervised.server)
        first = supervised.lives(supervised.worker)
        os.kill(first, signal.SIGKILL)
        assert supervised.lives(supervised.worker, times=2) != first
        assert _is_alive(server)
        supervised.process.terminate()
        _, complaint = supervised.process.communicate(timeout=PATIENCE_SECONDS)
        assert b"The worker ended (-9)" in complaint


def test_when_the_server_dies_all_ends_with_its_code(tmp_path: Path) -> None:
    with _supervised(tmp_path) as supervised:
        worker = supervised.lives(supervised.worker)
        os.kill(supervised.lives(supervised.server), signal.SIGKILL)
        assert supervised.process.wait(PATIENCE_SECONDS) == 128 + signal.SIGKILL
        assert not _is_alive(worker)

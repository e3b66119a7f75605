"""What each export of a synthesis of 120 findings costs: seconds, megabytes of memory, kilobytes of file.

Usage: python -m benchmarks.exports

Each format is written in a process of its own, twice: the first time with everything that has to be loaded
for it, the second without; the two files have to be the same bytes. The memory is the most that the process,
and pandoc where it is called, has held at any moment until the first file was there.
"""

import resource
import subprocess
import sys
import time
from dataclasses import replace
from hashlib import sha256
from typing import Final

from deliberation.synthesis.writers import WRITERS, Format
from deliberation.synthesis.writers.report import Report
from tests.synthesis.report_samples import FINDINGS, idea, report, thread

THREADS: Final = 7
FINDINGS_IN_ALL: Final = 120
IDEAS: Final = 1_000


def main() -> None:
    """Print the table, or with a format as argument that format's row."""
    if len(sys.argv) > 1:
        print(_row(Format(sys.argv[1])))
        return
    print(f"{FINDINGS_IN_ALL} findings, {IDEAS} ideas")
    print(f"{'format':10} {'first, s':>9} {'then, s':>9} {'memory, MB':>11} {'file, kB':>9}  same bytes")
    for kind in Format:
        command = [sys.executable, "-m", "benchmarks.exports", kind.value]
        print(subprocess.run(command, check=True, capture_output=True, text=True).stdout, end="")


def _row(kind: Format) -> str:
    large = _large()
    times, digests, size, held = [], set(), 0, 0
    for _ in range(2):
        began = time.perf_counter()
        content = WRITERS[kind].write(large)
        times.append(time.perf_counter() - began)
        digests.add(sha256(content).hexdigest())
        size, held = len(content), held or _most_memory()
    same = "yes" if len(digests) == 1 else "NO"
    return f"{kind:10} {times[0]:9.2f} {times[1]:9.2f} {held / 1024:11.0f} {size / 1000:9.0f}  {same}"


def _most_memory() -> int:
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def _large() -> Report:
    ideas = [idea(number, f"Idea {number}: keep the promises that we made.") for number in range(IDEAS)]
    findings = [
        replace(
            FINDINGS[number % len(FINDINGS)], number=number, ideas=tuple(ideas[number * 3 : number * 3 + 3])
        )
        for number in range(FINDINGS_IN_ALL)
    ]
    threads = [
        thread(number + 1, findings=tuple(findings[number::THREADS]), ideas=tuple(ideas[number::THREADS]))
        for number in range(THREADS)
    ]
    return report(*threads)


if __name__ == "__main__":
    main()

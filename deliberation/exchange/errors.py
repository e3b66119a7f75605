"""Why a set of files was not imported, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deliberation.base.errors import Refused

MOST_FAULTS = 100


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason to refuse, and where it stands.

    `line` is the physical line on which the row begins, counted from 1; 0 speaks of the file as a whole.
    """

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


class ImportRefused(Refused):
    """Nothing was imported. `faults` holds every reason found, in the order of the files."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


class FaultList:
    """Gathers faults, so that a person mends all of them before the next try."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, file: str, line: int, reason: str) -> None:
        """Note a fault. Raises ImportRefused once there are more than anybody would read."""
        self._faults.append(Fault(file, line, reason))
        if len(self._faults) >= MOST_FAULTS:
            self._faults.append(Fault(file, line, "reading stopped here: too many faults to list"))
            self.refuse_if_any()

    def refuse_if_any(self) -> None:
        """Raises ImportRefused with all faults noted so far, if there are any."""
        if self._faults:
            raise ImportRefused(self._faults)

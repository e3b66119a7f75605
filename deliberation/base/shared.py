"""What everybody reads alike, kept until the next commit, and for a few seconds at most.

Kept with the database's own version (`database.version_of`), as it was before the reading began: what was
read may be newer than that, never older. The seconds are there because some of it follows the clock.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextvars import ContextVar
from typing import Final, Generic, TypeVar

MOST_SECONDS: Final = 2.0
MOST_READS: Final = 1_024
Value = TypeVar("Value")

as_of: ContextVar[Hashable | None] = ContextVar("as_of", default=None)
"""The database and its version before this request read anything; None where nothing may be shared, as in a
request that writes: it sees what nobody else does yet."""


class Kept(Generic[Value]):
    """The values last made, shared by the threads of a process."""

    def __init__(self, most: int) -> None:
        """Begin with none, and never keep more than `most`."""
        self._most = most
        self._values: OrderedDict[Hashable, tuple[Hashable, float, Value]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Hashable, version: Hashable) -> tuple[Value] | None:
        """Return the value, alone in a tuple, if it is still what would be made."""
        with self._lock:
            known, since, value = self._values.get(key, (None, 0.0, None))
            if known != version or time.monotonic() - since > MOST_SECONDS:
                return None
            self._values.move_to_end(key)
            return (value,)  # type: ignore[return-value]

    def keep(self, key: Hashable, version: Hashable, value: Value) -> None:
        """Keep the value, and let go of the one that was longest not asked for."""
        with self._lock:
            self._values[key] = (version, time.monotonic(), value)
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)


_reads: Final[Kept[object]] = Kept(MOST_READS)


def shared(key: Hashable, read: Callable[[], Value]) -> Value:
    """Return what `read` returns, or what it returned to somebody else if nothing has been committed since.

    `key` says all that the value rests on besides the database. Nothing in the value may be one person's,
    belong to a session, or be changed by whoever gets it.
    """
    version = as_of.get()
    if version is None:
        return read()
    found = _reads.find(key, version)
    if found is None:
        found = (read(),)
        _reads.keep(key, version, found[0])
    return found[0]  # type: ignore[return-value]

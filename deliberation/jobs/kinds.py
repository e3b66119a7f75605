"""What a worker can do, and what it looks after by the clock. Rooms name theirs; this room knows none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from deliberation.base.sessions import Sessions

Work = Callable[[Sessions, Mapping[str, Any]], None]
"""Does a job, from its arguments. It opens its own sessions, and may be called twice for one job."""


@dataclass(frozen=True, slots=True)
class Round:
    """Something to look after again and again: it may enqueue jobs, and is short."""

    name: str
    every: timedelta
    look: Callable[[Sessions], None]

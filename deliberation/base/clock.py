"""The one place that reads the time."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the current time, aware, in UTC, to the microsecond."""
    return datetime.now(UTC)

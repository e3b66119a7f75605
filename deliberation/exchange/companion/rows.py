"""How rows and moments are written in our own files."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"


def written(moment: datetime | None) -> str:
    """Return the moment in UTC, to the microsecond; nothing for none."""
    return "" if moment is None else moment.astimezone(UTC).strftime(_MOMENT)


def written_or_none(moment: datetime | None) -> str | None:
    """Return the moment likewise; None for none."""
    return written(moment) or None


def number_or_nothing(number: int | None) -> str:
    """Return the number in decimal; nothing for none."""
    return "" if number is None else str(number)


def write_rows(path: Path, header: str, rows: Iterable[Sequence[str]]) -> None:
    """Write the file; text is in quotation marks already."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(header)
        file.writelines(",".join(row) + "\n" for row in rows)

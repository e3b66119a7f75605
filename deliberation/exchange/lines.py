"""Lines of a CSV file from columns of numbers, thousands at once: text is made as one block of bytes.

Each field is a block of shape (lines, width), filled up with NUL where it is shorter. `joined` puts the
blocks side by side and drops the NULs.
"""

from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from deliberation.exchange.numbers import SECOND, Numbers

Block = NDArray[np.uint8]

_DAY = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ZERO = ord("0")


def joined(*blocks: Block | bytes) -> bytes:
    """Return the lines whose fields are these; `bytes` stand alike in every line. No line end is added."""
    signs = beside(*blocks).ravel()
    return signs[signs != 0].tobytes()


def beside(*blocks: Block | bytes) -> Block:
    """Return the fields side by side, as one; `bytes` stand alike in every line."""
    length = next(len(block) for block in blocks if not isinstance(block, bytes))
    return np.concatenate([_repeated(b, length) if isinstance(b, bytes) else b for b in blocks], axis=1)


def whole(values: Numbers) -> Block:
    """Return the numbers, all of at least 0, in decimal."""
    width = len(str(int(values.max(initial=0))))
    digits = padded(values, width)
    # Zeros in front are no part of the number, but for the last digit.
    digits[:, :-1][np.logical_and.accumulate(digits[:, :-1] == _ZERO, axis=1)] = 0
    return digits


def padded(values: Numbers, width: int) -> Block:
    """Return the numbers, all of at least 0, as exactly `width` digits."""
    digits = np.empty((len(values), width), np.uint8)
    rest = values
    for place in reversed(range(width)):
        rest, digit = np.divmod(rest, 10)
        digits[:, place] = digit + _ZERO
    return digits


def picked(words: list[bytes], places: ArrayLike) -> Block:
    """Return for each line the word at its place in `words`."""
    return block(words)[np.asarray(places)]


def block(words: list[bytes]) -> Block:
    """Return the words as lines, to be picked from by their places."""
    return np.array(words or [b""], dtype=bytes).view(np.uint8).reshape(max(len(words), 1), -1)


def _days(seconds: Numbers, pattern: str) -> Block:
    days, places = np.unique(seconds // _DAY, return_inverse=True)
    written = [(_EPOCH + timedelta(days=day)).strftime(pattern).encode() for day in days.tolist()]
    return picked(written, places)


def moments(micros: Numbers) -> Block:
    """Return the moments, in microseconds since 1970, as in 2026-11-24T22:15:58.123456Z."""
    seconds, fraction = np.divmod(micros, SECOND)
    clock = _clock(b"T", b".")[seconds % _DAY]
    return beside(_days(seconds, "%Y-%m-%d"), clock, padded(fraction, 6), b"Z")


def dates_and_times(seconds: Numbers) -> Block:
    """Return the moments, in seconds since 1970, as Polis writes them: as JavaScript does, here in UTC."""
    clock = _clock(b" ", b" GMT+0000 (Coordinated Universal Time)")[seconds % _DAY]
    return beside(_days(seconds, "%a %b %d %Y"), clock)


def _repeated(sign: bytes, length: int) -> Block:
    return np.broadcast_to(np.frombuffer(sign, np.uint8), (length, len(sign)))


@cache
def _clock(before: bytes, after: bytes) -> Block:
    times = (
        b"%b%02d:%02d:%02d%b" % (before, hour, minute, second, after)
        for hour in range(24)
        for minute in range(60)
        for second in range(60)
    )
    return block(list(times))

"""One form in which equal results are equal bytes, on every machine."""

import dataclasses
import json
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deliberation.analysis.votes import Floats

BITS: Final = 30
"""The precision of results: about nine significant digits, well above the noise of sums."""


def rounded(numbers: Floats) -> Floats:
    """Round to 30 significant bits; no zero is negative. Rounding again changes nothing."""
    fractions, exponents = np.frexp(numbers)
    return np.asarray(np.ldexp(np.rint(np.ldexp(fractions, BITS)), exponents - BITS) + 0.0)


def rounded_number(number: float) -> float:
    """Round one number likewise."""
    return float(rounded(np.array(number)))


def array_bytes(array: NDArray[Any]) -> bytes:
    """Return an array's values in rows, in little-endian order, with rounded fractions."""
    values = rounded(array) if array.dtype.kind == "f" else array
    return np.ascontiguousarray(values, dtype=array.dtype.newbyteorder("<")).tobytes()


def plain(value: Any) -> Any:
    """Return nested dataclasses and tuples as what JSON knows."""
    if dataclasses.is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    if isinstance(value, StrEnum):
        return value.value
    return value


def json_bytes(value: Any) -> bytes:
    """Return JSON with sorted keys and no blank, in UTF-8. Raises ValueError for what is not finite."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()

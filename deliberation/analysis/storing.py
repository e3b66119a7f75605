"""Landscapes and votes as bytes, to be kept and read again, by this version and later ones.

A line that names kind and version, then, compressed, a line of JSON (its values and the arrays' names,
types and shapes) and the arrays. Equal landscapes give equal bytes.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deliberation.analysis.canonical import array_bytes, json_bytes, plain
from deliberation.analysis.landscape import (
    Candidate,
    Comparison,
    Decision,
    Landscape,
    Outcome,
    Parameters,
    Reason,
    Representative,
)
from deliberation.analysis.votes import VoteMatrix

UNNAMED: Final = -1
"""What people are called who were kept without their names."""
_LANDSCAPE: Final = b"landscape 1\n"
_VOTES: Final = b"votes 1\n"
_KINDS: Final = {"<i8", "<i4", "|i1", "|b1", "<f8"}


class Unreadable(ValueError):
    """The bytes are not what `dump` or `dump_votes` wrote, or were written by a later version."""


def dump(landscape: Landscape, *, with_people: bool) -> bytes:
    """Return the landscape as bytes; without people, nobody can be found in it by what they are called."""
    values, arrays = {}, {}
    for field in fields(landscape):
        value = getattr(landscape, field.name)
        if isinstance(value, np.ndarray):
            arrays[field.name] = value
        else:
            values[field.name] = plain(value)
    if not with_people:
        del arrays["people"]
    return _LANDSCAPE + _pack(values, arrays)


def load(stored: bytes) -> Landscape:
    """Return what was dumped; people kept without names are all called UNNAMED. Raises Unreadable."""
    values, arrays = _unpack(stored, _LANDSCAPE)
    try:
        arrays.setdefault("people", np.full(len(arrays["votes_cast"]), UNNAMED))
        comparison = values["without_straight_liners"]
        return Landscape(
            parameters=Parameters(**values["parameters"]),
            inputs_digest=values["inputs_digest"],
            decision=_decision(values["decision"]),
            representative=tuple(
                tuple(Representative(**one) for one in group) for group in values["representative"]
            ),
            majority_agrees=tuple(values["majority_agrees"]),
            majority_disagrees=tuple(values["majority_disagrees"]),
            unsure=tuple(values["unsure"]),
            without_straight_liners=None if comparison is None else _comparison(comparison),
            **arrays,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable("the landscape lacks a part, or has one too many") from error


def dump_votes(matrix: VoteMatrix, *, with_people: bool) -> bytes:
    """Return the votes as bytes, with or without what people are called."""
    arrays: dict[str, NDArray[Any]] = {
        "ideas": matrix.ideas,
        "is_on_map": matrix.is_on_map,
        "lengths": np.diff(matrix.starts).astype(np.int32),
        # Small numbers compress better than the columns themselves.
        "steps": np.diff(matrix.columns, prepend=np.int32(0)),
        "choices": matrix.choices,
    }
    if with_people:
        arrays["people"] = matrix.people
    return _VOTES + _pack({}, arrays)


def load_votes(stored: bytes) -> VoteMatrix:
    """Return what was dumped; people kept without names are all called UNNAMED. Raises Unreadable."""
    _, arrays = _unpack(stored, _VOTES)
    try:
        return VoteMatrix(
            people=arrays.get("people", np.full(len(arrays["lengths"]), UNNAMED)),
            ideas=arrays["ideas"],
            is_on_map=arrays["is_on_map"],
            starts=np.concatenate(([0], np.cumsum(arrays["lengths"], dtype=np.int64))),
            columns=np.cumsum(arrays["steps"], dtype=np.int32),
            choices=arrays["choices"],
        )
    except KeyError as error:
        raise Unreadable("the votes lack a part") from error


def _pack(values: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    shapes = [
        [name, array.dtype.newbyteorder("<").str, list(array.shape)] for name, array in sorted(arrays.items())
    ]
    head = json_bytes({"values": values, "arrays": shapes})
    packer = zlib.compressobj(6)
    pieces = [packer.compress(head + b"\n")]
    pieces += [packer.compress(array_bytes(arrays[name])) for name in sorted(arrays)]
    return b"".join(pieces) + packer.flush()


def _unpack(stored: bytes, kind: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    if not stored.startswith(kind):
        raise Unreadable(f"not {kind.decode().strip()}")
    try:
        content = zlib.decompress(memoryview(stored)[len(kind) :])
        head = json.loads(content[: content.index(b"\n")])
        place, arrays = content.index(b"\n") + 1, {}
        for name, dtype, shape in head["arrays"]:
            if dtype not in _KINDS:
                raise Unreadable(f"an array of {dtype}")
            count = int(np.prod(shape, dtype=np.int64))
            array = np.frombuffer(content, dtype=dtype, count=count, offset=place).reshape(shape)
            arrays[name] = array.astype(array.dtype.newbyteorder("="))
            place += array.nbytes
    except (zlib.error, KeyError, TypeError, ValueError) as error:
        raise Unreadable("the bytes are damaged") from error
    if place != len(content):
        raise Unreadable("the bytes go on after their end")
    return head["values"], arrays


def _decision(values: dict[str, Any]) -> Decision:
    return Decision(
        outcome=Outcome(values["outcome"]),
        reasons=tuple(Reason(reason) for reason in values["reasons"]),
        candidates=tuple(Candidate(**one) for one in values["candidates"]),
        dimensions=values["dimensions"],
        stability=values["stability"],
    )


def _comparison(values: dict[str, Any]) -> Comparison:
    return Comparison(
        **{
            **values,
            "outcome": Outcome(values["outcome"]),
            "most_agreed": tuple(values["most_agreed"]),
        }
    )

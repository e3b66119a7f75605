"""The synthesis as JSON, in the stable form `deliberation-synthesis/2`, and read from it again.

Within one version of the form, members are never renamed, removed or given another meaning; new ones may
appear, and a reader passes over those it does not know. The members are those of `Report` and of what it
holds, by their names; docs/synthesis-json.md says what each means. Beside them stand the schema, the kind of
interval, and of every idea the intervals that its counts give, which are not read but reckoned again.
Keys are sorted, the encoding is UTF-8 without escapes, the file ends with a newline.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Final, TypeAlias, get_args, get_origin, get_type_hints

from deliberation.analysis.intervals import CONFIDENCE, Interval
from deliberation.synthesis.writers.document import CitedIdea, GroupVotes
from deliberation.synthesis.writers.report import Report
from deliberation.synthesis.writers.text import encodable
from deliberation.synthesis.writers.words import Words

Json: TypeAlias = "str | int | float | list[Json] | dict[str, Json] | None"

SCHEMA: Final = "deliberation-synthesis/2"
_WORDS: Final = "words"
"""The one member of a report that is not written: the product's own words, which the reader brings."""
# Beyond this the arithmetic of different machines may differ.
_DECIMALS: Final = 6


class UnreadableReport(ValueError):
    """What was read is no synthesis in this form. The message says where, and what stands there."""


def write_json(report: Report) -> bytes:
    """The report as UTF-8 JSON."""
    members: dict[str, Json] = {
        "schema": SCHEMA,
        "interval": {"name": "wilson", "confidence": CONFIDENCE},
        **_members(report),
    }
    text = json.dumps(members, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)
    return encodable(text + "\n").encode()


def read_report(content: bytes, words: Words) -> Report:
    """The report that `write_json` made the content of, said in `words`.

    Nothing is lost but half surrogate pairs, which no encoding has. Raises UnreadableReport.
    """
    try:
        members = json.loads(content)
    except ValueError as error:
        raise UnreadableReport(f"this is no JSON: {error}") from None
    if not isinstance(members, dict) or members.get("schema") != SCHEMA:
        raise UnreadableReport(f"this is not of the form {SCHEMA}")
    return _read_value(Report, members, "the synthesis", {_WORDS: words})


# Writing


def _plain(value: object) -> Json:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | int):
        return value
    return _members(value)


def _members(value: Any) -> dict[str, Json]:
    own = {field.name: _plain(getattr(value, field.name)) for field in fields(value) if field.name != _WORDS}
    return own | _reckoned(value)


def _reckoned(value: object) -> dict[str, Json]:
    """What follows from the counts, so that a reader of the file need not reckon."""
    if isinstance(value, CitedIdea):
        return {
            "agree_share": _ends(value.agree_interval),
            "disagree_share": _ends(value.disagree_interval),
            "pass_share": _ends(value.pass_interval),
        }
    return {"agree_share": _ends(value.agree_interval)} if isinstance(value, GroupVotes) else {}


def _ends(interval: Interval) -> Json:
    return {"low": round(interval.low, _DECIMALS), "high": round(interval.high, _DECIMALS)}


# Reading


def _read(kind: Any, value: Any, place: str) -> Any:
    """The value as what the type says it is. Raises UnreadableReport."""
    origin = get_origin(kind)
    if origin is UnionType:
        others = [one for one in get_args(kind) if one is not NoneType]
        return None if value is None else _read(others[0], value, place)
    if origin is tuple:
        items = _expect(list, value, place)
        return tuple(_read(get_args(kind)[0], item, f"{place}[{at}]") for at, item in enumerate(items))
    if is_dataclass(kind):
        return _read_value(kind, _expect(dict, value, place), place, {})
    if kind in (int, str):
        return _expect(kind, value, place)
    try:
        return _from_text(kind)(_expect(str, value, place))
    except ValueError as error:
        raise UnreadableReport(f"{place}: {error}") from None


def _read_value(kind: Any, members: Mapping[str, Any], place: str, given: Mapping[str, Any]) -> Any:
    read = dict(given)
    for name, (field, its_kind) in _shape(kind).items():
        if name in members and name not in given:
            read[name] = _read(its_kind, members[name], f"{place}.{name}")
        elif name not in given and field.default is MISSING:
            raise UnreadableReport(f"{place} has no member {name}")
    try:
        return kind(**read)
    except ValueError as error:
        raise UnreadableReport(f"{place}: {error}") from None


@lru_cache(maxsize=64)
def _shape(kind: Any) -> Mapping[str, tuple[Field[Any], Any]]:
    kinds = get_type_hints(kind)
    return MappingProxyType({field.name: (field, kinds[field.name]) for field in fields(kind)})


def _expect(kind: Any, value: Any, place: str) -> Any:
    # To Python a truth value is a number; here it is none.
    if not isinstance(value, kind) or isinstance(value, bool):
        raise UnreadableReport(f"{place}: {json.dumps(value, ensure_ascii=False)[:80]} is not expected here")
    return value


def _from_text(kind: Any) -> Callable[[str], Any]:
    return (
        kind
        if issubclass(kind, StrEnum)
        else datetime.fromisoformat
        if kind is datetime
        else date.fromisoformat
    )

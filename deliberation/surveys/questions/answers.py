"""What was answered, as typed values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Declined:
    """The respondent prefers not to say."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Single choice, multiple choice, yes or no: the keys of the options, and what *other* is in words."""

    keys: tuple[str, ...]
    other: str | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a scale, from 1."""

    value: int


@dataclass(frozen=True, slots=True)
class Points:
    """A point for each row of a matrix that was answered, by the row's key."""

    values: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Ranked:
    """The keys of the options that were placed, the most important first."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Amount:
    """A number, exactly as it was given."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Day:
    """A date."""

    value: date


@dataclass(frozen=True, slots=True)
class Words:
    """A text."""

    text: str


Answer = Declined | Chosen | Point | Points | Ranked | Amount | Day | Words

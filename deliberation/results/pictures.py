"""Shapes of the pictures, in per cent of their width or in the units of their drawing. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

FAINTEST: Final = 0.35
HIGHEST: Final = 110
"""The height of the tallest bar of a histogram, of a drawing that is 400 wide."""
BROADEST: Final = 400


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar. `side` is low, middle, high or place; `strength` from 0 to 1."""

    x: float
    width: float
    side: str
    strength: float
    number: int


def diverging(counts: Sequence[int]) -> list[Part]:
    """Return the points of a scale as pieces of one bar: those below the middle on its left.

    All of the people take half of the width, so that every bar fits wherever its middle lies.
    """
    total = sum(counts)
    if not total:
        return []
    half = len(counts) / 2
    shares = [50 * count / total for count in counts]
    left = sum(share * min(1.0, max(0.0, half - number)) for number, share in enumerate(shares))
    x = 50 - left
    parts = []
    for number, share in enumerate(shares):
        from_middle = number + 0.5 - half
        side = "middle" if from_middle == 0 else "low" if from_middle < 0 else "high"
        strength = _strength(abs(from_middle), half - 0.5)
        parts.append(Part(round(x, 2), round(share, 2), side, strength, number + 1))
        x += share
    return parts


def stacked(counts: Sequence[int], total: int) -> list[Part]:
    """Return the places of an option as pieces of one bar, the first darkest; `total` fill the width."""
    x, parts = 0.0, []
    for number, count in enumerate(counts):
        width = 100 * count / total if total else 0.0
        strength = _strength(len(counts) - number, len(counts))
        parts.append(Part(round(x, 2), round(width, 2), "place", strength, number + 1))
        x += width
    return parts


@dataclass(frozen=True, slots=True)
class Column:
    """A bar of a histogram, in a drawing 400 wide and 110 high."""

    x: float
    y: float
    width: float
    height: float


def columns_of(counts: Sequence[int | None]) -> list[Column]:
    """Return the bars of a histogram; a hidden one has no height."""
    most = max((count or 0 for count in counts), default=0) or 1
    step = BROADEST / max(1, len(counts))
    return [
        Column(
            round(number * step + 1, 1),
            round(HIGHEST - HIGHEST * (count or 0) / most, 1),
            round(step - 2, 1),
            round(HIGHEST * (count or 0) / most, 1),
        )
        for number, count in enumerate(counts)
    ]


def _strength(distance: float, furthest: float) -> float:
    return round(FAINTEST + (1 - FAINTEST) * distance / furthest, 2) if furthest else 1.0

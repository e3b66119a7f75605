"""Judging on a scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from deliberation.base.errors import marked
from deliberation.surveys.questions.answers import Point, Points
from deliberation.surveys.questions.base import (
    NOT_OFFERED,
    NOTHING,
    Condition,
    Form,
    Kind,
    Option,
    Question,
    Taken,
    Test,
    Texts,
    one,
    refused,
    stored,
)

FEWEST_POINTS: Final = 2
MOST_POINTS: Final = 11
ROWS_LEFT: Final = marked("Choose a point in every row. Not yet answered: %(count)s.")


@dataclass(frozen=True, kw_only=True)
class _Points(Question):
    points: int = 5
    low: Texts = field(default_factory=dict)
    """What the lowest point, 1, means."""
    high: Texts = field(default_factory=dict)

    @property
    def values(self) -> range:
        """The points there are."""
        return range(1, self.points + 1)

    def _point(self, sent: str) -> int | None:
        return next((value for value in self.values if str(value) == sent), None)

    def _is_point(self, value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and value in self.values


@dataclass(frozen=True, kw_only=True)
class Scale(_Points):
    """A point between two ends. Stored: the point, from 1."""

    kind: ClassVar[Kind] = Kind.SCALE

    def taken(self, form: Form) -> Taken:
        sent = one(form, self.name)
        if not sent:
            return NOTHING
        point = self._point(sent)
        return refused(NOT_OFFERED) if point is None else stored(point)

    def fits(self, value: Any) -> bool:
        return self._is_point(value)

    def typed(self, value: Any) -> Point:
        return Point(value)

    def shown(self, value: Any) -> dict[str, list[str]]:
        return {self.name: [str(value)]}

    def compares(self, condition: Condition, value: Any) -> bool:
        if condition.test in {Test.IS, Test.IS_NOT}:
            return (str(value) in condition.values) == (condition.test is Test.IS)
        bound = int(condition.values[0])
        return bool(value > bound if condition.test is Test.OVER else value < bound)

    def allows(self, condition: Condition) -> bool:
        values = [self._point(value) for value in condition.values]
        if condition.test is Test.OVER:
            return len(values) == 1 and values[0] is not None and values[0] < self.points
        if condition.test is Test.UNDER:
            return len(values) == 1 and values[0] is not None and values[0] > 1
        if condition.test in {Test.IS, Test.IS_NOT}:
            return bool(values) and None not in values
        return super().allows(condition)


@dataclass(frozen=True, kw_only=True)
class Matrix(_Points):
    """Several things judged on one scale. Stored: the point of each row that was answered, by its key."""

    kind: ClassVar[Kind] = Kind.MATRIX

    rows: tuple[Option, ...]
    shuffled: bool = False

    def field_of(self, row: Option) -> str:
        """Return the name of a row's field in a form."""
        return f"{self.name}-{row.key}"

    def taken(self, form: Form) -> Taken:
        points: dict[str, int] = {}
        for row in self.rows:
            sent = one(form, self.field_of(row))
            if not sent:
                continue
            point = self._point(sent)
            if point is None:
                return refused(NOT_OFFERED)
            points[row.key] = point
        if not points:
            return NOTHING
        if self.required and len(points) < len(self.rows):
            return refused(ROWS_LEFT, count=len(self.rows) - len(points))
        return stored(points)

    def fits(self, value: Any) -> bool:
        if not isinstance(value, dict) or not value:
            return False
        keys = {row.key for row in self.rows}
        is_whole = not self.required or value.keys() == keys
        return is_whole and value.keys() <= keys and all(self._is_point(point) for point in value.values())

    def typed(self, value: Mapping[str, int]) -> Points:
        return Points(value)

    def shown(self, value: Any) -> dict[str, list[str]]:
        return {f"{self.name}-{key}": [str(point)] for key, point in value.items()}

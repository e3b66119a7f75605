"""Putting options in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from deliberation.base.errors import marked
from deliberation.surveys.questions.answers import Ranked
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
    one,
    refused,
    stored,
)

SAME_PLACE: Final = marked("Give each place once. Place %(place)s is given more than once.")
GAP: Final = marked("Begin with 1 and leave no place out. Place %(place)s is missing.")
TOO_FEW_PLACES: Final = marked("Place at least %(least)s. You have placed %(count)s.")


@dataclass(frozen=True, kw_only=True)
class Ranking(Question):
    """Options by importance. Stored: the keys of those that were placed, the most important first."""

    kind: ClassVar[Kind] = Kind.RANKING

    options: tuple[Option, ...]
    least: int = 0
    """To place, where any are placed."""
    most: int | None = None
    """Places that are given at most."""
    shuffled: bool = False

    @property
    def places(self) -> range:
        """The places that can be given."""
        return range(1, min(self.most or len(self.options), len(self.options)) + 1)

    def field_of(self, option: Option) -> str:
        """Return the name of an option's field in a form."""
        return f"{self.name}-{option.key}"

    def taken(self, form: Form) -> Taken:
        placed: dict[int, str] = {}
        known = {str(place): place for place in self.places}
        for option in self.options:
            sent = one(form, self.field_of(option))
            if not sent:
                continue
            place = known.get(sent)
            if place is None:
                return refused(NOT_OFFERED)
            if place in placed:
                return refused(SAME_PLACE, place=place)
            placed[place] = option.key
        if not placed:
            return NOTHING
        for place in range(1, max(placed) + 1):
            if place not in placed:
                return refused(GAP, place=place)
        if len(placed) < self.least:
            return refused(TOO_FEW_PLACES, least=self.least, count=len(placed))
        return stored([placed[place] for place in sorted(placed)])

    def fits(self, value: Any) -> bool:
        if not isinstance(value, list) or not all(isinstance(key, str) for key in value):
            return False
        keys = {option.key for option in self.options}
        in_bounds = max(1, self.least) <= len(value) <= len(self.places)
        return in_bounds and len(set(value)) == len(value) and set(value) <= keys

    def typed(self, value: Any) -> Ranked:
        return Ranked(tuple(value))

    def shown(self, value: Any) -> dict[str, list[str]]:
        return {f"{self.name}-{key}": [str(place)] for place, key in enumerate(value, start=1)}

    def compares(self, condition: Condition, value: Any) -> bool:
        return (value[0] in condition.values) == (condition.test is Test.IS)

    def allows(self, condition: Condition) -> bool:
        """A condition on a ranking is about what was placed first."""
        if condition.test in {Test.IS, Test.IS_NOT}:
            keys = {option.key for option in self.options}
            return bool(condition.values) and set(condition.values) <= keys
        return super().allows(condition)

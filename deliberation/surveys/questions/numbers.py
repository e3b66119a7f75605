"""Numbers and dates."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Final

from deliberation.base.errors import marked
from deliberation.base.text import clean_line
from deliberation.surveys.questions.answers import Amount, Day
from deliberation.surveys.questions.base import (
    NOTHING,
    Condition,
    Form,
    Kind,
    Question,
    Taken,
    Test,
    Texts,
    one,
    refused,
    stored,
)

LARGEST: Final = Decimal(10) ** 12
MOST_DECIMALS: Final = 6
LONGEST_NUMBER: Final = 30
_NUMBER: Final = re.compile(r"[-+]?[0-9]{1,13}([.,][0-9]{1,12})?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MINUS: Final = str.maketrans({"−": "-", "\u00a0": None, "\u202f": None, " ": None})
NO_NUMBER: Final = marked("Write a number in figures.")
NO_WHOLE_NUMBER: Final = marked("Write a whole number in figures.")
TOO_LOW: Final = marked("Write a number that is at least %(least)s.")
TOO_HIGH: Final = marked("Write a number that is at most %(most)s.")
TOO_EXACT: Final = marked("Write at most %(decimals)s digits after the decimal sign.")
NO_DATE: Final = marked("Write a date as year, month and day, such as 2026-11-24.")
TOO_EARLY: Final = marked("Choose a day that is not before %(least)s.")
TOO_LATE: Final = marked("Choose a day that is not after %(most)s.")


def number_of(text: str) -> Decimal | None:
    """Return the number that a person means, with comma or point; None where it is none or far too large."""
    plain = text[: LONGEST_NUMBER + 1].translate(_MINUS)
    if len(text) > LONGEST_NUMBER or not _NUMBER.fullmatch(plain):
        return None
    return Decimal(plain.replace(",", "."))


@dataclass(frozen=True, kw_only=True)
class NumberQuestion(Question):
    """A number. Stored: its figures as text, so that nothing is rounded."""

    kind: ClassVar[Kind] = Kind.NUMBER

    least: Decimal = -LARGEST
    most: Decimal = LARGEST
    decimals: int = 0
    unit: Texts = field(default_factory=dict)

    def taken(self, form: Form) -> Taken:
        sent = clean_line(one(form, self.name)[:1000])
        if not sent:
            return NOTHING
        value = number_of(sent)
        if value is None:
            return refused(NO_NUMBER if self.decimals else NO_WHOLE_NUMBER)
        if value < self.least:
            return refused(TOO_LOW, least=f"{self.least:f}")
        if value > self.most:
            return refused(TOO_HIGH, most=f"{self.most:f}")
        if _decimals(value) > self.decimals:
            return refused(TOO_EXACT, decimals=self.decimals) if self.decimals else refused(NO_WHOLE_NUMBER)
        return stored(f"{value:f}")

    def fits(self, value: Any) -> bool:
        number = number_of(value) if isinstance(value, str) else None
        return number is not None and self.least <= number <= self.most and _decimals(number) <= self.decimals

    def typed(self, value: Any) -> Amount:
        return Amount(Decimal(value))

    def shown(self, value: Any) -> dict[str, list[str]]:
        return {self.name: [value]}

    def compares(self, condition: Condition, value: Any) -> bool:
        bound, number = Decimal(condition.values[0]), Decimal(value)
        found = {
            Test.IS: number == bound,
            Test.IS_NOT: number != bound,
            Test.OVER: number > bound,
            Test.UNDER: number < bound,
        }
        return found.get(condition.test, False)

    def allows(self, condition: Condition) -> bool:
        if condition.test is Test.ANSWERED:
            return True
        bound = number_of(condition.values[0]) if len(condition.values) == 1 else None
        if bound is None:
            return False
        if condition.test is Test.OVER:
            return bound < self.most
        return bound > self.least if condition.test is Test.UNDER else self.least <= bound <= self.most


@dataclass(frozen=True, kw_only=True)
class DateQuestion(Question):
    """A date. Stored: as `2026-11-24`."""

    kind: ClassVar[Kind] = Kind.DATE

    least: date = date(1, 1, 1)
    most: date = date(9999, 12, 31)

    def taken(self, form: Form) -> Taken:
        sent = clean_line(one(form, self.name)[:1000])
        if not sent:
            return NOTHING
        value = day_of(sent)
        if value is None:
            return refused(NO_DATE)
        if value < self.least:
            return refused(TOO_EARLY, least=self.least.isoformat())
        if value > self.most:
            return refused(TOO_LATE, most=self.most.isoformat())
        return stored(value.isoformat())

    def fits(self, value: Any) -> bool:
        day = day_of(value) if isinstance(value, str) else None
        return day is not None and self.least <= day <= self.most

    def typed(self, value: Any) -> Day:
        return Day(date.fromisoformat(value))

    def shown(self, value: Any) -> dict[str, list[str]]:
        return {self.name: [value]}

    def compares(self, condition: Condition, value: Any) -> bool:
        bound, day = date.fromisoformat(condition.values[0]), date.fromisoformat(value)
        return day > bound if condition.test is Test.OVER else day < bound

    def allows(self, condition: Condition) -> bool:
        if condition.test in {Test.OVER, Test.UNDER}:
            return len(condition.values) == 1 and day_of(condition.values[0]) is not None
        return super().allows(condition)


def day_of(text: str) -> date | None:
    """Return the day that the text names, or None."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0

"""Answers in one's own words, and texts between the questions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from deliberation.base.text import clean_line, clean_text
from deliberation.surveys.questions.answers import Words
from deliberation.surveys.questions.base import NOTHING, Form, Kind, Question, Taken, one, refused, stored
from deliberation.surveys.questions.choices import TOO_LONG

LONGEST_LINE: Final = 500
LONGEST_TEXT: Final = 5_000


@dataclass(frozen=True, kw_only=True)
class _Text(Question):
    limit: int
    clean: ClassVar[Callable[[str], str]]

    def taken(self, form: Form) -> Taken:
        words = type(self).clean(one(form, self.name))
        if not words:
            return NOTHING
        if len(words) > self.limit:
            return refused(TOO_LONG, count=len(words), limit=self.limit)
        return stored(words)

    def fits(self, value: Any) -> bool:
        return isinstance(value, str) and 0 < len(value) <= self.limit

    def typed(self, value: Any) -> Words:
        return Words(value)

    def shown(self, value: Any) -> dict[str, list[str]]:
        return {self.name: [value]}


@dataclass(frozen=True, kw_only=True)
class ShortText(_Text):
    """A line. Stored: the line."""

    kind: ClassVar[Kind] = Kind.SHORT_TEXT
    clean: ClassVar[Callable[[str], str]] = staticmethod(clean_line)
    limit: int = 200


@dataclass(frozen=True, kw_only=True)
class LongText(_Text):
    """A text with line breaks. Stored: the text."""

    kind: ClassVar[Kind] = Kind.LONG_TEXT
    clean: ClassVar[Callable[[str], str]] = staticmethod(clean_text)
    limit: int = 2_000


@dataclass(frozen=True, kw_only=True)
class Note(Question):
    """A text to read between the questions; asks nothing."""

    kind: ClassVar[Kind] = Kind.NOTE
    takes_answers: ClassVar[bool] = False

    def taken(self, form: Form) -> Taken:
        return NOTHING

    def fits(self, value: Any) -> bool:
        return False

    def typed(self, value: Any) -> Words:
        raise TypeError("nobody answers a note")

    def shown(self, value: Any) -> dict[str, list[str]]:
        return {}

"""The figures of a survey, as values: how many gave each answer. Pure; written to and read from JSON.

Every question has one shape: columns, which are what one can answer, and lines, which are what is answered.
Single choice, scale, number and date have one line; multiple choice one with more answers than people; a
matrix one for each row, with the points as columns; a ranking one for each option, with the places.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from deliberation.surveys.questions.base import Kind

Counts = tuple[int | None, ...]
"""None where the number is not shown."""


@dataclass(frozen=True, slots=True)
class Line:
    """How many gave each answer; `key` is empty where a question has one line."""

    key: str
    counts: Counts

    @property
    def total(self) -> int:
        """All answers that are shown."""
        return sum(count or 0 for count in self.counts)

    @property
    def is_whole(self) -> bool:
        """Whether all of its numbers are shown."""
        return None not in self.counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Middle:
    """The averages of numbers, as `analysis.tabulation` has them."""

    median: float
    mean: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionFigures:
    """What was answered to one question. Numbers of people are None where they are not shown."""

    key: str
    kind: Kind
    people: int
    """All who handed in."""
    answered: int | None
    declined: int | None
    """How many prefer not to say."""
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    edges: tuple[float, ...] = ()
    unit: str = ""
    """What edges of dates count: years, or months since the year 0."""
    middle: Middle | None = None

    @property
    def left_out(self) -> int | None:
        """How many were not asked or did not answer."""
        if self.answered is None or self.declined is None:
            return None
        return self.people - self.answered - self.declined

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Self:
        """Return what `asdict` wrote."""
        return cls(
            **{
                **said,
                "kind": Kind(said["kind"]),
                "columns": tuple(said["columns"]),
                "lines": tuple(Line(line["key"], tuple(line["counts"])) for line in said["lines"]),
                "edges": tuple(said["edges"]),
                "middle": Middle(**said["middle"]) if said["middle"] else None,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyFigures:
    """What was answered to all questions, in their order."""

    people: int
    version: int
    """Of the questions that the keys are of."""
    questions: tuple[QuestionFigures, ...]

    def find(self, key: str) -> QuestionFigures | None:
        """Return the figures of the question."""
        return next((one for one in self.questions if one.key == key), None)

    def written(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self)

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Self:
        """Return what `written` wrote."""
        questions = tuple(QuestionFigures.read(one) for one in said["questions"])
        return cls(people=said["people"], version=said["version"], questions=questions)


def without_numbers(question: QuestionFigures) -> QuestionFigures:
    """Return the question with nothing shown."""
    nothing = tuple(Line(line.key, (None,) * len(line.counts)) for line in question.lines)
    return replace(question, answered=None, declined=None, lines=nothing, middle=None)

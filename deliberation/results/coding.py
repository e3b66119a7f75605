"""Answers as columns of small whole numbers, read in one go.

A *column* is something that can be counted and put into a table: a choice, one option of a multiple choice,
a point on a scale, one row of a matrix, the place of an option, a bin of a number or a date. Nothing in a
column says whose the answers are; those of one respondent stand at the same place in all of them.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deliberation.analysis.tabulation import edges_for, histogram
from deliberation.analysis.votes import Floats
from deliberation.surveys.definition import Definition
from deliberation.surveys.queries import Response
from deliberation.surveys.questions.base import Kind, Question
from deliberation.surveys.questions.choices import OTHER_KEY

Codes = NDArray[np.int8]
NO_ANSWER: Final = -1
DECLINED: Final = -2
CHOSEN, NOT_CHOSEN = "yes", "no"
YEARS, MONTHS = "year", "month"
_FEWEST_YEARS: Final = 4
Stored = Any
Coder = Callable[[Stored], Sequence[int]]
"""What is stored, not null -> a code for each of the question's columns."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """`codes` (n,) number the `categories`; NO_ANSWER and DECLINED are none of them."""

    question: str
    part: str
    """The option or row that it is about; empty where it is the question itself."""
    categories: tuple[str, ...]
    codes: Codes
    is_tabled: bool = True
    """Whether it goes into cross-tables."""

    @property
    def name(self) -> str:
        """What the column is called: the question, and the part of it."""
        return f"{self.question}/{self.part}" if self.part else self.question

    def with_no_answer(self) -> Codes:
        """Return the codes (n,) with one more category, the last, for those who gave no answer."""
        return np.where(self.codes < 0, np.int8(len(self.categories)), self.codes)


@dataclass(frozen=True, slots=True, eq=False)
class Binned:
    """The numbers that were answered, or dates as years or months, and where the bins begin and end."""

    values: Floats
    edges: Floats
    unit: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """All answers to a survey. `participants` (n,) is who gave them, empty in an anonymous survey."""

    people: int
    columns: tuple[Column, ...]
    binned: dict[str, Binned]
    texts: dict[str, Counter[str]]
    """How many gave each open answer, by question."""
    participants: NDArray[np.int64]

    def of_question(self, key: str) -> list[Column]:
        """Return the columns of the question, in order."""
        return [column for column in self.columns if column.question == key]


@dataclass
class _Reader:
    """Gathers the answers to one question."""

    question: Question
    parts: tuple[tuple[str, tuple[str, ...]], ...]
    code: Coder
    codes: list[array[int]] = field(init=False)
    values: array[float] = field(default_factory=lambda: array("d"))
    texts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.codes = [array("b") for _ in self.parts]

    def take(self, answers: Any) -> None:
        key = self.question.key
        if key not in answers:
            found: Sequence[int] = (NO_ANSWER,) * len(self.parts)
        elif answers[key] is None:
            found = (DECLINED,) * len(self.parts)
        else:
            found = self.code(answers[key])
        for codes, code in zip(self.codes, found, strict=True):
            codes.append(code)


def code_responses(
    definition: Definition, responses: Iterable[Response], *, earlier_edges: dict[str, Floats]
) -> Coded:
    """Return the responses as columns. Bins stay as they were in `earlier_edges`, where there are any."""
    readers = [_reader_of(question) for question in definition.questions]
    participants = array("q")
    people = 0
    for response in responses:
        people += 1
        for reader in readers:
            reader.take(response.answers)
        if response.participant_id is not None:
            participants.append(response.participant_id)
    columns: list[Column] = []
    binned = {}
    for reader in readers:
        key, kind = reader.question.key, reader.question.kind
        if kind in {Kind.NUMBER, Kind.DATE}:
            binned[key] = _bins(reader, earlier_edges.get(key))
            columns.append(_binned_column(reader, binned[key]))
        else:
            columns += _columns(reader)
    return Coded(
        people=people,
        columns=tuple(columns),
        binned=binned,
        texts={reader.question.key: reader.texts for reader in readers if _is_text(reader.question)},
        participants=np.frombuffer(participants, dtype=np.int64).copy(),
    )


def _columns(reader: _Reader) -> list[Column]:
    kind = reader.question.kind
    return [
        Column(
            reader.question.key,
            part,
            categories,
            np.frombuffer(codes, dtype=np.int8).copy() if codes else np.zeros(0, np.int8),
            is_tabled=not _is_text(reader.question) and (kind is not Kind.RANKING or not part),
        )
        for (part, categories), codes in zip(reader.parts, reader.codes, strict=True)
    ]


def _reader_of(question: Any) -> _Reader:
    return _READERS[question.kind](question)


def _scale_reader(question: Any) -> _Reader:
    return _Reader(question, (("", _points(question)),), lambda point: (point - 1,))


def _matrix_reader(question: Any) -> _Reader:
    keys = [row.key for row in question.rows]
    parts = tuple((key, _points(question)) for key in keys)
    return _Reader(question, parts, lambda said: [said.get(key, NO_ANSWER + 1) - 1 for key in keys])


def _choice_reader(question: Any) -> _Reader:
    keys = [option.key for option in question.options]
    if getattr(question, "other", False):
        keys.append(OTHER_KEY)
    if question.kind is Kind.MULTIPLE:
        return _Reader(
            question, tuple((key, (CHOSEN, NOT_CHOSEN)) for key in keys), lambda said: _chosen_of(said, keys)
        )
    place = {key: number for number, key in enumerate(keys)}

    def code(said: Stored) -> Sequence[int]:
        if isinstance(said, bool):
            return (place["yes" if said else "no"],)
        return (place.get(OTHER_KEY if isinstance(said, dict) else said, NO_ANSWER),)

    return _Reader(question, (("", tuple(keys)),), code)


def _chosen_of(said: Stored, keys: Sequence[str]) -> Sequence[int]:
    chosen = {*said["chosen"], OTHER_KEY} if isinstance(said, dict) else said
    return [0 if key in chosen else 1 for key in keys]


def _ranking_reader(question: Any) -> _Reader:
    keys = [option.key for option in question.options]
    place = {key: number for number, key in enumerate(keys)}
    places = tuple(str(number) for number in question.places)

    def code(said: Stored) -> Sequence[int]:
        ranks = {key: rank for rank, key in enumerate(said)}
        return [place.get(said[0], NO_ANSWER), *(ranks.get(key, NO_ANSWER) for key in keys)]

    return _Reader(question, (("", tuple(keys)), *((key, places) for key in keys)), code)


def _value_reader(question: Any) -> _Reader:
    number_of = _day_number if question.kind is Kind.DATE else float
    reader = _Reader(question, (("", ()),), lambda _: (0,))

    def code(said: Stored) -> Sequence[int]:
        reader.values.append(number_of(said))
        return (0,)

    reader.code = code
    return reader


def _text_reader(question: Any) -> _Reader:
    reader = _Reader(question, (("", ("answered",)),), lambda _: (0,))

    def code(said: Stored) -> Sequence[int]:
        reader.texts[said] += 1
        return (0,)

    reader.code = code
    return reader


def _day_number(said: str) -> float:
    return float(date.fromisoformat(said).toordinal())


_READERS: Final[dict[Kind, Callable[[Any], _Reader]]] = {
    Kind.SINGLE: _choice_reader,
    Kind.MULTIPLE: _choice_reader,
    Kind.YES_NO: _choice_reader,
    Kind.SCALE: _scale_reader,
    Kind.MATRIX: _matrix_reader,
    Kind.RANKING: _ranking_reader,
    Kind.NUMBER: _value_reader,
    Kind.DATE: _value_reader,
    Kind.SHORT_TEXT: _text_reader,
    Kind.LONG_TEXT: _text_reader,
}


def _points(question: Any) -> tuple[str, ...]:
    return tuple(str(point) for point in question.values)


def _is_text(question: Question) -> bool:
    return question.kind in {Kind.SHORT_TEXT, Kind.LONG_TEXT}


def _bins(reader: _Reader, earlier: Floats | None) -> Binned:
    values, unit = np.array(reader.values, dtype=np.float64), ""
    is_whole = getattr(reader.question, "decimals", 0) == 0
    if reader.question.kind is Kind.DATE:
        days = [date.fromordinal(int(day)) for day in values]
        years = {day.year for day in days}
        # Months since the year 0 are above 12,000, years are below.
        by_years = earlier[-1] < 10_000 if earlier is not None else len(years) >= _FEWEST_YEARS
        unit = YEARS if by_years else MONTHS
        values = np.array(
            [day.year if by_years else day.year * 12 + day.month - 1 for day in days], dtype=float
        )
    return Binned(values, edges_for(values, whole=is_whole) if earlier is None else earlier, unit)


def _binned_column(reader: _Reader, binned: Binned) -> Column:
    codes = np.frombuffer(reader.codes[0], dtype=np.int8).copy() if reader.codes[0] else np.zeros(0, np.int8)
    bins = np.clip(np.searchsorted(binned.edges, binned.values, side="right") - 1, 0, len(binned.edges) - 2)
    codes[codes == 0] = bins
    return Column(reader.question.key, "", tuple(str(at) for at in range(len(binned.edges) - 1)), codes)


def bin_counts(binned: Binned) -> tuple[int, ...]:
    """Return how many lie in each bin."""
    return tuple(histogram(binned.values, binned.edges).tolist())

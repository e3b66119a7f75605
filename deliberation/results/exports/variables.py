"""What there is to say of each respondent: variables, their labels, and the cells of a row. No database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from deliberation.surveys.definition import Definition
from deliberation.surveys.questions.base import Kind, Texts
from deliberation.surveys.questions.choices import OTHER_KEY

DECLINED_CODE: Final = -1
"""In place of an answer: the respondent prefers not to say. An answer that is missing is empty."""
GROUP: Final = "opinion_group"
OTHERS: Final = {"en": "Other", "sv": "Annat"}
DECLINED_TEXTS: Final = {"en": "Prefers not to say", "sv": "Vill inte svara"}
CHOSEN_TEXTS: Final = {1: {"en": "Chosen", "sv": "Vald"}, 0: {"en": "Not chosen", "sv": "Inte vald"}}
GROUP_TEXTS: Final = {"en": "Opinion group", "sv": "Åsiktsgrupp"}
Cell = str | int | float | None


class Measure(StrEnum):
    """What kind of value a variable has."""

    CODE = "code"
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A column of the data. `labels` say in words what its codes mean; `keys` are the survey's own."""

    name: str
    label: str
    measure: Measure
    question: str
    labels: Mapping[int, str]
    keys: Mapping[int, str]
    is_ordered: bool = False


Reader = Callable[[Any], Sequence[Cell]]
"""What is stored, not null -> the cells of the question's variables."""


@dataclass(frozen=True, slots=True)
class _Asked:
    key: str
    variables: tuple[Variable, ...]
    read: Reader
    missing: tuple[Cell, ...]
    declined: tuple[Cell, ...]


class Table:
    """The variables of a survey, in one language, and the row of each respondent."""

    def __init__(self, definition: Definition, *, language: str) -> None:
        """`language` is that of the labels; the survey's own stands in where it has none."""
        self._language, self._source = language, definition.source
        self._asked = [self._variables_of(question) for question in definition.questions]

    @property
    def variables(self) -> tuple[Variable, ...]:
        """All variables, in the order of the cells."""
        return tuple(variable for asked in self._asked for variable in asked.variables)

    def row(self, answers: Mapping[str, Any]) -> list[Cell]:
        """Return the cells of one respondent."""
        cells: list[Cell] = []
        for asked in self._asked:
            if asked.key not in answers:
                cells += asked.missing
            elif (stored := answers[asked.key]) is None:
                cells += asked.declined
            else:
                cells += asked.read(stored)
        return cells

    def _say(self, texts: Texts) -> str:
        return texts.get(self._language) or texts.get(self._source) or texts.get("en", "")

    def _variables_of(self, question: Any) -> _Asked:
        make = {
            Kind.SINGLE: self._single,
            Kind.YES_NO: self._single,
            Kind.MULTIPLE: self._multiple,
            Kind.SCALE: self._scale,
            Kind.MATRIX: self._matrix,
            Kind.RANKING: self._ranking,
            Kind.NUMBER: self._number,
        }.get(question.kind, self._as_written)
        variables, read = make(question)
        declined = tuple(
            DECLINED_CODE if one.measure in {Measure.CODE, Measure.NUMBER} else None for one in variables
        )
        if question.kind in {Kind.NUMBER}:
            declined = (None,)
        return _Asked(question.key, tuple(variables), read, (None,) * len(variables), declined)

    def _variable(
        self, question: Any, part: str = "", part_texts: Texts | None = None, **more: Any
    ) -> Variable:
        label = self._say(question.text)
        return Variable(
            name=f"{question.key}__{part}" if part else question.key,
            label=f"{label} – {self._say(part_texts)}" if part_texts else label,
            question=question.key,
            **{"measure": Measure.CODE, "labels": {}, "keys": {}, **more},
        )

    def _with_declined(self, labels: dict[int, str], question: Any) -> dict[int, str]:
        return labels | ({DECLINED_CODE: self._say(DECLINED_TEXTS)} if question.may_decline else {})

    def _single(self, question: Any) -> tuple[list[Variable], Reader]:
        options = [(option.key, self._say(option.text)) for option in question.options]
        has_other = getattr(question, "other", False)
        if has_other:
            options.append((OTHER_KEY, self._say(OTHERS)))
        codes = {key: number for number, (key, _) in enumerate(options, start=1)}
        labels = {codes[key]: text for key, text in options}
        keys = {code: key for key, code in codes.items()}
        variables = [self._variable(question, labels=self._with_declined(labels, question), keys=keys)]
        if not has_other:
            read = _read_yes_no(codes) if question.kind is Kind.YES_NO else lambda said: (codes.get(said),)
            return variables, read
        variables.append(self._variable(question, OTHER_KEY, OTHERS, measure=Measure.TEXT))
        other = codes[OTHER_KEY]
        return (
            variables,
            lambda said: (other, said["other"]) if isinstance(said, dict) else (codes.get(said), None),
        )

    def _multiple(self, question: Any) -> tuple[list[Variable], Reader]:
        labels = {code: self._say(texts) for code, texts in CHOSEN_TEXTS.items()}
        labels = self._with_declined(labels, question)
        keys = [option.key for option in question.options]
        variables = [
            self._variable(question, option.key, option.text, labels=labels) for option in question.options
        ]
        if question.other:
            variables.append(self._variable(question, OTHER_KEY, OTHERS, measure=Measure.TEXT))

        def read(said: Any) -> Sequence[Cell]:
            chosen = said["chosen"] if isinstance(said, dict) else said
            cells: list[Cell] = [1 if key in chosen else 0 for key in keys]
            return [*cells, said["other"] if isinstance(said, dict) else None] if question.other else cells

        return variables, read

    def _points(self, question: Any) -> dict[int, str]:
        ends = {1: self._say(question.low), question.points: self._say(question.high)}
        return self._with_declined({point: text for point, text in ends.items() if text}, question)

    def _scale(self, question: Any) -> tuple[list[Variable], Reader]:
        return [self._variable(question, labels=self._points(question), is_ordered=True)], lambda said: (
            said,
        )

    def _matrix(self, question: Any) -> tuple[list[Variable], Reader]:
        labels, keys = self._points(question), [row.key for row in question.rows]
        variables = [
            self._variable(question, row.key, row.text, labels=labels, is_ordered=True)
            for row in question.rows
        ]
        return variables, lambda said: [said.get(key) for key in keys]

    def _ranking(self, question: Any) -> tuple[list[Variable], Reader]:
        keys = [option.key for option in question.options]
        labels = self._with_declined({}, question)
        variables = [
            self._variable(question, option.key, option.text, labels=labels, is_ordered=True)
            for option in question.options
        ]

        def read(said: Any) -> Sequence[Cell]:
            places = {key: place for place, key in enumerate(said, start=1)}
            return [places.get(key) for key in keys]

        return variables, read

    def _number(self, question: Any) -> tuple[list[Variable], Reader]:
        number = float if question.decimals else int
        return [self._variable(question, measure=Measure.NUMBER)], lambda said: (number(said),)

    def _as_written(self, question: Any) -> tuple[list[Variable], Reader]:
        measure = Measure.DATE if question.kind is Kind.DATE else Measure.TEXT
        return [self._variable(question, measure=measure)], lambda said: (said,)


def _read_yes_no(codes: Mapping[str, int]) -> Reader:
    yes, no = codes["yes"], codes["no"]
    return lambda said: (yes if said else no,)

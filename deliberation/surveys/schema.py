"""The document that describes a survey, as in YAML, and how it becomes a `Definition`.

The same document is kept as JSON in a version and in the builder's draft. `docs/surveys.md` describes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Final

from marshmallow import ValidationError, fields, validate

from deliberation.base.errors import marked
from deliberation.consultations.models import LANGUAGE_LENGTH, TITLE_LENGTH
from deliberation.consultations.pack_schema import LINE_LENGTH, StrictSchema, Words, flat_faults, key_field
from deliberation.consultations.pack_values import Fault, PackRefused
from deliberation.surveys.checking import Problem, contradictions
from deliberation.surveys.definition import Definition, Section
from deliberation.surveys.models import Placement, Privacy, Showing
from deliberation.surveys.questions import KINDS
from deliberation.surveys.questions.base import Condition, Kind, Option, Question, Test
from deliberation.surveys.questions.numbers import LARGEST, MOST_DECIMALS
from deliberation.surveys.questions.scales import FEWEST_POINTS, MOST_POINTS
from deliberation.surveys.questions.texts import LONGEST_LINE, LONGEST_TEXT

FORMAT: Final = "survey/1"
TEXT_LENGTH: Final = 5_000
LABEL_LENGTH: Final = 300
UNIT_LENGTH: Final = 40
MOST_SECTIONS: Final = 60
MOST_QUESTIONS: Final = 60
"""On one page."""
MOST_OPTIONS: Final = 60
MOST_CONDITIONS: Final = 8
NO_LANGUAGE: Final = marked("is not a language code such as sv, en or zh-Hant")
NAMED_TWICE: Final = marked("is named twice")
NOT_LATER: Final = marked("names “%(language)s”, which is not one of the later languages at the top")
UNKNOWN_LANGUAGE: Final = marked("is not one of the languages at the top")
SOURCE_MISSING: Final = marked("is missing; every text needs the source language")


class SurveyRefused(PackRefused):
    """The document describes no survey. `problems` says everything that is wrong with it.

    `faults` says the same in English sentences, for files.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        """See the class."""
        self.problems = tuple(problems)
        super().__init__([Fault(one.path, one.reason) for one in problems])


class _Condition(fields.Field[Condition]):
    """`{question: role, is: volunteer}`; the test is the key, what it compares with the value."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Condition:
        if not isinstance(value, dict) or not isinstance(value.get("question"), str):
            raise ValidationError("names an earlier question, as in “{question: role, is: volunteer}”")
        tests = [test for test in Test if test.value in value]
        if len(tests) != 1 or len(value) != 2:
            names = ", ".join(test.value for test in Test)
            raise ValidationError(f"needs exactly one of: {names}")
        test = tests[0]
        given = value[test.value]
        if test is Test.ANSWERED:
            if given is not True:
                raise ValidationError("“answered” takes “true” and nothing else")
            return Condition(value["question"], test)
        return Condition(value["question"], test, tuple(_compared(one) for one in _listed(given)))


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _compared(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | int | float) and len(str(value)) <= LABEL_LENGTH:
        return str(value)
    raise ValidationError("compares with a word, a number or a date")


def _conditions() -> fields.List[Condition]:
    return fields.List(
        _Condition(),
        load_default=list,
        validate=validate.Length(max=MOST_CONDITIONS, error=f"takes at most {MOST_CONDITIONS} conditions"),
    )


class _Number(fields.Field[Decimal]):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValidationError("must be a number")
        try:
            number = Decimal(str(value)[:60])
        except InvalidOperation as error:
            raise ValidationError("must be a number") from error
        if not number.is_finite() or abs(number) > LARGEST:
            raise ValidationError(f"must lie between {-LARGEST:,f} and {LARGEST:,f}")
        return number


class _Day(fields.Field[date]):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        try:
            return date.fromisoformat(str(value))
        except ValueError as error:
            raise ValidationError("must be a date such as 2026-11-24") from error


class OptionSchema(StrictSchema):
    """One of `options` or `rows`."""

    key = key_field()
    text = Words(LABEL_LENGTH, required=True)


def _options() -> fields.List[Any]:
    return fields.List(
        fields.Nested(OptionSchema),
        required=True,
        validate=validate.Length(1, MOST_OPTIONS, error=f"takes 1 to {MOST_OPTIONS} entries"),
    )


def _whole(least: int, most: int, default: int | None = None) -> fields.Integer:
    return fields.Integer(
        strict=True,
        load_default=default,
        allow_none=default is None,
        validate=validate.Range(least, most, error=f"must lie between {least} and {most}"),
    )


def _flag() -> fields.Boolean:
    return fields.Boolean(
        truthy={True}, falsy={False}, load_default=False, error_messages={"invalid": "must be true or false"}
    )


class _QuestionSchema(StrictSchema):
    key = key_field()
    kind = fields.String()
    text = Words(LINE_LENGTH, required=True)
    help = Words(LINE_LENGTH, lines=True)
    required = _flag()
    may_decline = _flag()
    show_if = _conditions()


class _ChoiceSchema(_QuestionSchema):
    options = _options()
    other = _flag()
    shuffled = _flag()


class _MultipleSchema(_ChoiceSchema):
    least = _whole(0, MOST_OPTIONS, 0)
    most = _whole(1, MOST_OPTIONS)


class _ScaleSchema(_QuestionSchema):
    points = _whole(FEWEST_POINTS, MOST_POINTS, 5)
    low = Words(LABEL_LENGTH)
    high = Words(LABEL_LENGTH)


class _MatrixSchema(_ScaleSchema):
    rows = _options()
    shuffled = _flag()


class _RankingSchema(_QuestionSchema):
    options = _options()
    least = _whole(0, MOST_OPTIONS, 0)
    most = _whole(1, MOST_OPTIONS)
    shuffled = _flag()


class _NumberSchema(_QuestionSchema):
    least = _Number(load_default=-LARGEST)
    most = _Number(load_default=LARGEST)
    decimals = _whole(0, MOST_DECIMALS, 0)
    unit = Words(UNIT_LENGTH)


class _DateSchema(_QuestionSchema):
    least = _Day(load_default=date(1, 1, 1))
    most = _Day(load_default=date(9999, 12, 31))


class _ShortSchema(_QuestionSchema):
    limit = _whole(1, LONGEST_LINE, 200)


class _LongSchema(_QuestionSchema):
    limit = _whole(1, LONGEST_TEXT, 2_000)


class _NoteSchema(StrictSchema):
    key = key_field()
    kind = fields.String()
    text = Words(TEXT_LENGTH, lines=True, required=True)
    show_if = _conditions()


_SCHEMAS: Final[dict[Kind, StrictSchema]] = {
    Kind.SINGLE: _ChoiceSchema(),
    Kind.MULTIPLE: _MultipleSchema(),
    Kind.YES_NO: _QuestionSchema(),
    Kind.SCALE: _ScaleSchema(),
    Kind.MATRIX: _MatrixSchema(),
    Kind.RANKING: _RankingSchema(),
    Kind.NUMBER: _NumberSchema(),
    Kind.DATE: _DateSchema(),
    Kind.SHORT_TEXT: _ShortSchema(),
    Kind.LONG_TEXT: _LongSchema(),
    Kind.NOTE: _NoteSchema(),
}


class _Question(fields.Field[Question]):
    """A question of any kind."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Question:
        if not isinstance(value, dict):
            raise ValidationError("must be a mapping with “key”, “kind” and “text”")
        kind = value.get("kind")
        if not isinstance(kind, str) or kind not in set(Kind):
            known = ", ".join(Kind)
            raise ValidationError({"kind": [f"must be one of: {known}"]})
        return question_of(value)


def question_of(document: dict[str, Any]) -> Question:
    """Return the question that its part of the document describes. Raises marshmallow's ValidationError."""
    kind = Kind(document["kind"])
    said: dict[str, Any] = _SCHEMAS[kind].load(document)
    said.pop("kind")
    for name in ("options", "rows"):
        if name in said:
            said[name] = tuple(Option(one["key"], one["text"]) for one in said[name])
    said["show_if"] = tuple(said["show_if"])
    return KINDS[kind](**said)


class SectionSchema(StrictSchema):
    """One of `sections`."""

    key = key_field()
    title = Words(TITLE_LENGTH, required=True)
    text = Words(TEXT_LENGTH, lines=True)
    show_if = _conditions()
    questions = fields.List(
        _Question(),
        required=True,
        validate=validate.Length(max=MOST_QUESTIONS, error=f"takes at most {MOST_QUESTIONS} questions"),
    )


def _setting(words: Any, default: Any) -> fields.Enum[Any]:
    return fields.Enum(
        words, by_value=True, load_default=default, error_messages={"unknown": "must be one of: {choices}"}
    )


class SurveySchema(StrictSchema):
    """A whole survey. Its settings are read when it is made; later they are the facilitators'."""

    format = fields.String(required=True, validate=validate.Equal(FORMAT, error="must be " + FORMAT))
    key = key_field()
    languages = fields.List(
        fields.String(), required=True, validate=validate.Length(min=1, error="names at least one language")
    )
    translated = fields.List(fields.String(), load_default=list)
    privacy = _setting(Privacy, Privacy.ANONYMOUS)
    placement = _setting(Placement, Placement.BESIDE)
    results = _setting(Showing, Showing.CLOSED)
    title = Words(TITLE_LENGTH, required=True)
    introduction = Words(TEXT_LENGTH, lines=True)
    thanks = Words(TEXT_LENGTH, lines=True)
    sections = fields.List(
        fields.Nested(SectionSchema),
        required=True,
        validate=validate.Length(1, MOST_SECTIONS, error=f"takes 1 to {MOST_SECTIONS} sections"),
    )


def parse(document: object) -> Definition:
    """Return what the document describes. Raises SurveyRefused, with everything that is wrong."""
    definition = shape(document)
    problems = problems_of(definition)
    if problems:
        raise SurveyRefused(problems)
    return definition


def problems_of(definition: Definition) -> list[Problem]:
    """Return what keeps a survey that is well formed from being published."""
    return [*_language_faults(definition), *contradictions(definition)]


def shape(document: object) -> Definition:
    """Return what the document describes if each of its parts is well formed. Raises SurveyRefused."""
    if not isinstance(document, dict):
        raise SurveyRefused([Problem("", "a survey is a mapping that begins with “format: survey/1”")])
    try:
        said: dict[str, Any] = SurveySchema().load(document)
    except ValidationError as error:
        raise SurveyRefused([Problem(*fault) for fault in flat_faults(error.messages)]) from error
    return Definition(
        languages=tuple(said["languages"]),
        translated=frozenset(said["translated"]),
        title=said["title"],
        introduction=said["introduction"],
        thanks=said["thanks"],
        sections=tuple(_section(one) for one in said["sections"]),
    )


@lru_cache(maxsize=64)
def definition_of(text: str) -> Definition:
    """Return the definition that a version or a draft keeps as JSON. Raises SurveyRefused."""
    return parse(json.loads(text))


def _section(said: dict[str, Any]) -> Section:
    return Section(
        key=said["key"],
        title=said["title"],
        text=said["text"],
        questions=tuple(said["questions"]),
        show_if=tuple(said["show_if"]),
    )


def _language_faults(definition: Definition) -> Iterator[Problem]:
    languages = definition.languages
    for position, language in enumerate(languages):
        is_code = language.isascii() and language.replace("-", "").isalnum()
        if len(language) > LANGUAGE_LENGTH or not is_code:
            yield Problem(f"languages[{position}]", NO_LANGUAGE)
        if language in languages[:position]:
            yield Problem(f"languages[{position}]", NAMED_TWICE)
    for language in sorted(definition.translated - set(languages[1:])):
        yield Problem("translated", NOT_LATER, {"language": language})
    for path, texts in definition.words():
        for language in texts:
            if language not in languages:
                yield Problem(f"{path}.{language}", UNKNOWN_LANGUAGE)
        if texts and languages[0] not in texts:
            yield Problem(f"{path}.{languages[0]}", SOURCE_MISSING)

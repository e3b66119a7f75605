"""Reads for pages: the figures that are shown, tables by one breakdown, open answers. Few statements each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Self

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, undefer

from deliberation.base.errors import NotFound
from deliberation.base.paging import Page, offset_of
from deliberation.base.text import folded
from deliberation.results.figures import Line, QuestionFigures, SurveyFigures
from deliberation.results.models import AnswerLabel, OpenAnswer, SurveyPlan, SurveyResult, SurveyTables
from deliberation.results.tables import CrossTable
from deliberation.surveys.models import KEY_LENGTH, Survey
from deliberation.surveys.questions.base import Kind

ANSWERS_TO_A_PAGE: Final = 25
MOST_WORDS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The figures that may be shown of a survey."""

    figures: SurveyFigures
    counted_at: datetime
    is_final: bool
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """All tables by one question or by opinion group. `rows` are its answers, the one for none left out."""

    name: str
    rows: tuple[str, ...]
    tables: Mapping[str, CrossTable]
    """By the name of the other column."""
    grouped_at: datetime | None

    @classmethod
    def read(cls, row: SurveyTables) -> Self:
        """Return what is stored, hidden cells taken away."""
        said = row.content["tables"]
        rows = next(iter(said.values()))["rows"] if said else []
        return cls(
            name=row.breakdown,
            rows=tuple(rows),
            tables={name: CrossTable.read(one, one["rows"]) for name, one in said.items()},
            grouped_at=row.grouped_at,
        )


def find_shown(session: Session, survey: Survey) -> Shown | None:
    """Return the figures that are shown of the survey, if there are any (one statement)."""
    row = session.get(SurveyResult, survey.id, options=[undefer(SurveyResult.shown)])
    if row is None or row.shown is None or row.shown_at is None:
        return None
    return Shown(
        figures=SurveyFigures.read(row.shown),
        counted_at=row.shown_at,
        is_final=row.is_finished,
        version=row.version,
    )


def breakdown_names(session: Session, survey: Survey) -> Sequence[str]:
    """Return by what results are broken down, in order (one statement)."""
    return session.scalars(
        select(SurveyTables.breakdown)
        .where(SurveyTables.survey_id == survey.id)
        .order_by(SurveyTables.position, SurveyTables.breakdown)
    ).all()


def get_breakdown(session: Session, survey: Survey, name: str) -> Breakdown:
    """Return the tables by this question, or by opinion group (one statement). Raises NotFound."""
    row = (
        session.get(SurveyTables, (survey.id, name)) if len(name) <= KEY_LENGTH and "\0" not in name else None
    )
    if row is None:
        raise NotFound
    return Breakdown.read(row)


def find_plan(session: Session, survey: Survey) -> SurveyPlan | None:
    """Return what facilitators have decided about the results (one statement)."""
    return session.get(SurveyPlan, survey.id)


def only_those(figures: SurveyFigures, breakdown: Breakdown, row: int) -> SurveyFigures:
    """Return the figures of those alone who gave this answer to the breakdown: that row of every table.

    It shows nothing that the tables do not. What is no column of a table (places but the first, averages of
    numbers, how many declined) is not known of some people, and not shown.
    """
    people = next(iter(breakdown.tables.values())).row_sums[row]
    questions = tuple(
        _row_of(one, breakdown, row, people) for one in figures.questions if one.key != breakdown.name
    )
    return replace(figures, people=people, questions=questions)


def _row_of(question: QuestionFigures, breakdown: Breakdown, row: int, people: int) -> QuestionFigures:
    if question.kind is Kind.MULTIPLE:
        lines, answered = _chosen_in_row(question, breakdown, row)
    elif question.kind is Kind.MATRIX:
        found = [_line(breakdown, f"{question.key}/{line.key}", row, line) for line in question.lines]
        lines, answered = tuple(line for line, _ in found), found[0][1]
    elif question.kind is Kind.RANKING:
        first = Line("", (None,) * len(question.lines))
        line, answered = _line(breakdown, question.key, row, first)
        places = [(count, *(None,) * (len(question.columns) - 1)) for count in line.counts]
        lines = tuple(Line(one.key, count) for one, count in zip(question.lines, places, strict=True))
    else:
        line, answered = _line(breakdown, question.key, row, question.lines[0])
        lines = (line,)
    return replace(question, people=people, answered=answered, declined=None, lines=lines, middle=None)


def _line(breakdown: Breakdown, name: str, row: int, like: Line) -> tuple[Line, int | None]:
    """Return the row of the table as a line, and how many answered."""
    table = breakdown.tables.get(name)
    if table is None or len(table.columns) != len(like.counts):
        return Line(like.key, (None,) * len(like.counts)), None
    *counts, none = table.cells[row]
    return Line(like.key, tuple(counts)), None if none is None else table.row_sums[row] - none


def _chosen_in_row(
    question: QuestionFigures, breakdown: Breakdown, row: int
) -> tuple[tuple[Line, ...], int | None]:
    chosen: list[int | None] = []
    answered = None
    for option in question.columns:
        line, known = _line(breakdown, f"{question.key}/{option}", row, Line("", (None, None)))
        chosen.append(line.counts[0])
        answered = known if answered is None else answered
    return (Line("", tuple(chosen)),), answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """An open answer, with the labels on it."""

    code: str
    text: str
    people: int
    labels: tuple[str, ...]


def list_answers(
    session: Session, survey: Survey, question: str, *, words: str = "", label: str = "", number: int = 1
) -> Page[Read]:
    """Return a page of the open answers with all of `words`, in no order of time (three statements)."""
    here = _matching(survey, question, words, label)
    total = session.scalar(select(func.count()).select_from(OpenAnswer).where(*here))
    rows = session.scalars(
        select(OpenAnswer)
        .where(*here)
        .order_by(OpenAnswer.code)
        .limit(ANSWERS_TO_A_PAGE)
        .offset(offset_of(number, ANSWERS_TO_A_PAGE))
    ).all()
    labels = _labels(session, survey, question, [row.code for row in rows])
    items = [
        Read(code=row.code, text=row.text, people=row.people, labels=tuple(labels.get(row.code, ())))
        for row in rows
    ]
    return Page(items, number, ANSWERS_TO_A_PAGE, total or 0)


def get_answer(session: Session, survey: Survey, question: str, code: str) -> Read:
    """Return the open answer (two statements). Raises NotFound, also for one that is gone."""
    is_key = len(question) <= KEY_LENGTH and "\0" not in question + code
    row = session.get(OpenAnswer, (survey.id, question, code)) if is_key else None
    if row is None:
        raise NotFound
    labels = _labels(session, survey, question, [code])
    return Read(code=row.code, text=row.text, people=row.people, labels=tuple(labels.get(code, ())))


def labels_in_use(session: Session, survey: Survey, question: str) -> Sequence[tuple[str, int]]:
    """Return the labels on answers to the question, and on how many they are (one statement)."""
    rows = session.execute(
        select(func.min(AnswerLabel.name), func.count())
        .where(AnswerLabel.survey_id == survey.id, AnswerLabel.question == question)
        .group_by(AnswerLabel.folded)
        .order_by(func.min(AnswerLabel.name))
    )
    return [(name, count) for name, count in rows]


def _labels(session: Session, survey: Survey, question: str, codes: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    rows = session.execute(
        select(AnswerLabel.code, AnswerLabel.name)
        .where(
            AnswerLabel.survey_id == survey.id,
            AnswerLabel.question == question,
            AnswerLabel.code.in_(codes),
        )
        .order_by(AnswerLabel.name)
    )
    for code, name in rows:
        found.setdefault(code, []).append(name)
    return found


def _matching(survey: Survey, question: str, words: str, label: str) -> list[ColumnElement[bool]]:
    conditions = [OpenAnswer.survey_id == survey.id, OpenAnswer.question == question]
    for word in words.replace("\0", "").casefold().split()[:MOST_WORDS]:
        conditions.append(OpenAnswer.folded.contains(word, autoescape=True))
    if label:
        labelled = select(AnswerLabel.code).where(
            AnswerLabel.survey_id == survey.id,
            AnswerLabel.question == question,
            AnswerLabel.folded == folded(label),
        )
        conditions.append(OpenAnswer.code.in_(labelled))
    return conditions

"""From columns to figures and tables. No database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from deliberation.analysis.tabulation import averages_of_values
from deliberation.analysis.votes import Integers
from deliberation.results.coding import DECLINED, Coded, Column, bin_counts
from deliberation.results.figures import Line, Middle, QuestionFigures, SurveyFigures
from deliberation.surveys.definition import Definition
from deliberation.surveys.questions.base import Kind, Question

GROUPS: Final = "@groups"
"""The name of the column that says in which opinion group people are; no question has such a key."""
UNPLACED: Final = "@others"
"""Its last category: in no group, or in a small one."""
SEED: Final = 20261125


def figures_of(definition: Definition, version: int, coded: Coded) -> SurveyFigures:
    """Return how many gave each answer."""
    return SurveyFigures(
        people=coded.people,
        version=version,
        questions=tuple(_figures(question, coded) for question in definition.questions),
    )


def _figures(question: Question, coded: Coded) -> QuestionFigures:
    columns = coded.of_question(question.key)
    first = columns[0]
    is_answered = np.any([column.codes >= 0 for column in columns], axis=0)
    lines, names = _lines(question, columns)
    binned = coded.binned.get(question.key)
    if binned is not None:
        lines = (Line("", bin_counts(binned)),)
    return QuestionFigures(
        key=question.key,
        kind=question.kind,
        people=coded.people,
        answered=int(is_answered.sum()),
        declined=int((first.codes == DECLINED).sum()),
        columns=names,
        lines=lines,
        edges=tuple(binned.edges.tolist()) if binned else (),
        unit=binned.unit if binned else "",
        middle=_middle(coded, question.key),
    )


def _lines(question: Question, columns: Sequence[Column]) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    if question.kind is Kind.MULTIPLE:
        chosen = tuple(int((column.codes == 0).sum()) for column in columns)
        return (Line("", chosen),), tuple(column.part for column in columns)
    if question.kind is Kind.RANKING:
        columns = columns[1:]
    lines = tuple(Line(column.part, tuple(_counts(column).tolist())) for column in columns)
    return lines, columns[0].categories


def _counts(column: Column) -> Integers:
    given = column.codes[column.codes >= 0]
    return np.bincount(given, minlength=len(column.categories)).astype(np.int64)


def _middle(coded: Coded, key: str) -> Middle | None:
    binned = coded.binned.get(key)
    averages = averages_of_values(binned.values) if binned else None
    if averages is None:
        return None
    interval = averages.interval
    return Middle(
        median=averages.median,
        mean=averages.mean,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Tabled:
    """The tables of a survey: of each breakdown with every other column."""

    columns: tuple[Column, ...]
    """Breakdowns first."""
    counts: dict[tuple[int, int], Integers]
    """By the numbers of two columns, the first a breakdown: (R + 1, C + 1), the last for no answer."""


def tabulate(coded: Coded, breakdowns: Sequence[str], groups: Column | None) -> Tabled:
    """Count the opinion groups and the questions called `breakdowns` against every other column."""
    by_name = {column.name: column for column in coded.columns}
    firsts = ([groups] if groups else []) + [by_name[name] for name in breakdowns if name in by_name]
    rest = [column for column in coded.columns if column.is_tabled and column not in firsts]
    columns = (*firsts, *rest)
    codes = [column.with_no_answer().astype(np.int64) for column in columns]
    sizes = [len(column.categories) + 1 for column in columns]
    counts = {}
    for one in range(len(firsts)):
        for other in range(one + 1, len(columns)):
            cells = codes[one] * sizes[other] + codes[other]
            counted = np.bincount(cells, minlength=sizes[one] * sizes[other])
            counts[one, other] = counted.reshape(sizes[one], sizes[other]).astype(np.int64)
    return Tabled(columns, counts)


def groups_column(
    coded: Coded, group_of: Mapping[int, int], letters: Sequence[str], *, fewest: int
) -> Column:
    """Return in which opinion group each respondent is; those in a group with fewer are among the others."""
    groups = np.array([group_of.get(int(person), -1) for person in coded.participants], dtype=np.int64)
    named = [group for group in range(len(letters)) if int((groups == group).sum()) >= fewest]
    place = {group: number for number, group in enumerate(named)}
    codes = np.array([place.get(int(group), len(named)) for group in groups], dtype=np.int8)
    return Column(GROUPS, "", (*(letters[group] for group in named), UNPLACED), codes)


def default_breakdowns(definition: Definition, *, most: int) -> tuple[str, ...]:
    """Return the questions that results are broken down by where nobody has chosen: the first choices."""
    return tuple(one.key for one in definition.questions if one.kind in {Kind.SINGLE, Kind.YES_NO})[:most]


def is_breakdown(question: Question) -> bool:
    """Say whether results can be broken down by the question."""
    return question.kind in {Kind.SINGLE, Kind.YES_NO}

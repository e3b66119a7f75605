"""What a results page says about each question, ready for the template. For views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from flask_babel import format_date, format_decimal
from flask_babel import gettext as _

from deliberation.analysis.intervals import Interval, wilson_interval
from deliberation.analysis.tabulation import Standing, averages_of_counts, standings
from deliberation.results.coding import MONTHS, YEARS
from deliberation.results.figures import Line, QuestionFigures, SurveyFigures
from deliberation.results.pictures import Column, Part, columns_of, diverging, stacked
from deliberation.results.raked import Weighted
from deliberation.surveys.definition import Definition
from deliberation.surveys.questions.base import Kind, Option, Question
from deliberation.surveys.questions.choices import OTHER_KEY
from deliberation.surveys.wording import Said, Speaker

SHAPES: Final = {
    Kind.SINGLE: "bars",
    Kind.MULTIPLE: "bars",
    Kind.YES_NO: "bars",
    Kind.SCALE: "scale",
    Kind.MATRIX: "scale",
    Kind.RANKING: "ranks",
    Kind.NUMBER: "histogram",
    Kind.DATE: "histogram",
    Kind.SHORT_TEXT: "texts",
    Kind.LONG_TEXT: "texts",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An answer, how many gave it, and of how many."""

    said: Said
    count: int | None
    total: int | None
    share: float | None
    interval: Interval | None
    weighted: Weighted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What a line of a scale or a ranking says."""

    said: Said
    parts: list[Part]
    rows: list[Row]
    n: int | None
    middle: Any = None
    """Averages of a scale; None where they may not be known."""
    standing: Standing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A question with its results."""

    number: int
    question: Question
    figures: QuestionFigures
    shape: str
    rows: list[Row]
    bars: list[Bar]
    columns: list[Column]

    @property
    def is_hidden(self) -> bool:
        """Whether nothing of it is shown."""
        return all(count is None for line in self.figures.lines for count in line.counts)

    @property
    def is_partly_hidden(self) -> bool:
        """Whether something of it is not shown."""
        return not self.is_hidden and not all(line.is_whole for line in self.figures.lines)

    @property
    def is_weighted(self) -> bool:
        """Whether there are weighted shares beside the counted ones."""
        return any(row.weighted for row in self.rows)


def cards_of(
    definition: Definition, figures: SurveyFigures, weighted: Mapping[str, Sequence[Weighted | None]]
) -> list[Card]:
    """Return the questions that figures are of, in order."""
    speaker = Speaker.of(definition)
    found = []
    for number, question in enumerate(definition.questions, start=1):
        figure = figures.find(question.key)
        if figure is not None:
            found.append(_card(number, question, figure, speaker, weighted.get(question.key, ())))
    return found


def options_of(question: Any) -> list[Option]:
    """Return what can be chosen, placed or judged; the words for *other* are the page's own."""
    return list(getattr(question, "options", ()) or getattr(question, "rows", ()))


def said_of(question: Any, key: str, speaker: Speaker, figures: QuestionFigures | None = None) -> Said:
    """Return what an answer of a question is called on the page."""
    for option in options_of(question):
        if option.key == key:
            return speaker.say(option.text)
    if key == OTHER_KEY:
        return Said(_("Other"))
    if figures is not None and figures.edges:
        return Said(bin_name(figures, int(key)))
    if question.kind in {Kind.SCALE, Kind.MATRIX}:
        ends = {"1": question.low, str(question.points): question.high}
        end = speaker.say(ends.get(key, {}))
        return Said(f"{key}: {end.text}", end.attributes) if end else Said(key)
    return Said(key)


def bin_name(figures: QuestionFigures, number: int) -> str:
    """Return from what to what a bin of a histogram goes; the outer ones are open."""
    low, high = figures.edges[number], figures.edges[number + 1]
    if len(figures.edges) == 2:
        return _("all")
    if number == 0:
        return _("under %(end)s", end=edge_name(figures, high))
    if number == len(figures.edges) - 2:
        return _("%(start)s or more", start=edge_name(figures, low))
    is_whole = figures.kind is Kind.DATE or all(float(edge).is_integer() for edge in figures.edges)
    if is_whole and high - low == 1:
        return edge_name(figures, low)
    if is_whole:
        return _("%(start)s to %(end)s", start=edge_name(figures, low), end=edge_name(figures, high - 1))
    return _("%(start)s up to %(end)s", start=edge_name(figures, low), end=edge_name(figures, high))


def edge_name(figures: QuestionFigures, value: float) -> str:
    """Return a number of a histogram as the reader writes it; a year is written as one."""
    if figures.unit == YEARS:
        return str(int(value))
    if figures.unit == MONTHS:
        return str(format_date(date(int(value) // 12, int(value) % 12 + 1, 1), "MMM y"))
    return str(format_decimal(value))


def _card(
    number: int,
    question: Question,
    figures: QuestionFigures,
    speaker: Speaker,
    weighted: Sequence[Weighted | None],
) -> Card:
    shape = SHAPES[question.kind]
    rows, bars, columns = [], [], []
    if shape in {"bars", "histogram"}:
        rows = _rows(question, figures, figures.lines[0], figures.answered, speaker, weighted=weighted)
    if shape == "histogram":
        columns = columns_of(figures.lines[0].counts)
    if shape == "scale":
        bars = [_scale(question, figures, line, speaker) for line in figures.lines]
        rows = bars[0].rows if len(bars) == 1 else []
        if weighted and rows:
            rows = _rows(question, figures, figures.lines[0], figures.answered, speaker, weighted=weighted)
    if shape == "ranks":
        bars = _ranks(question, figures, speaker)
    return Card(
        number=number, question=question, figures=figures, shape=shape, rows=rows, bars=bars, columns=columns
    )


def _rows(
    question: Question,
    figures: QuestionFigures,
    line: Line,
    total: int | None,
    speaker: Speaker,
    *,
    weighted: Sequence[Weighted | None] = (),
) -> list[Row]:
    rows = []
    for place, (key, count) in enumerate(zip(figures.columns, line.counts, strict=True)):
        is_known = count is not None and bool(total)
        rows.append(
            Row(
                said=said_of(question, key, speaker, figures),
                count=count,
                total=total,
                share=(count or 0) / total if is_known and total else None,
                interval=wilson_interval(count or 0, total) if is_known and total else None,
                weighted=weighted[place] if place < len(weighted) else None,
            )
        )
    return rows


def _scale(question: Any, figures: QuestionFigures, line: Line, speaker: Speaker) -> Bar:
    counts = np.array([count or 0 for count in line.counts], dtype=np.int64)
    points = np.arange(1, len(counts) + 1, dtype=np.float64)
    return Bar(
        said=said_of(question, line.key, speaker) if line.key else Said(""),
        parts=diverging(counts.tolist()) if line.is_whole else [],
        rows=_rows(question, figures, line, line.total if line.is_whole else None, speaker),
        n=line.total if line.is_whole else None,
        middle=averages_of_counts(counts, points) if line.is_whole else None,
    )


def _ranks(question: Any, figures: QuestionFigures, speaker: Speaker) -> list[Bar]:
    is_whole = all(line.is_whole for line in figures.lines)
    places = np.array([[count or 0 for count in line.counts] for line in figures.lines], dtype=np.int64)
    found = standings(places) if is_whole else [None] * len(figures.lines)
    bars = [
        Bar(
            said=said_of(question, line.key, speaker),
            parts=stacked([count or 0 for count in line.counts], figures.answered or 0) if is_whole else [],
            rows=_rows(question, figures, line, figures.answered, speaker),
            n=figures.answered,
            standing=standing,
        )
        for line, standing in zip(figures.lines, found, strict=True)
    ]
    # Ordered by what most people placed first: that holds for those too whose other places are not shown.
    return sorted(bars, key=lambda bar: -(bar.rows[0].count or 0))

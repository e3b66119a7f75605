"""What results are as a report to read, and as figures for programs. For views."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from flask_babel import format_datetime, ngettext
from flask_babel import gettext as _

from deliberation.results.cards import Bar, Card, Row
from deliberation.results.figures import SurveyFigures
from deliberation.results.wording import Namer, of_words
from deliberation.synthesis.writers.csv import guard_text
from deliberation.synthesis.writers.parts import (
    Fact,
    Facts,
    Heading,
    Masthead,
    Paragraph,
    Plain,
    Rows,
)
from deliberation.synthesis.writers.report import Table
from deliberation.web.locale import current_language
from deliberation.web.rendering import number, share_range

FIGURE_COLUMNS = ("question", "kind", "line", "answer", "people", "answered", "low", "high")


def parts_of(
    cards: Sequence[Card], namer: Namer, *, people: int, counted_at: datetime, address: str
) -> Iterator[Plain]:
    """Return the results as the parts of a report, in the reader's language."""
    yield Masthead(
        kicker=_("Results"),
        heading=_("What people answered"),
        consultation=namer.title.text,
        content_language=current_language(),
        authors="",
    )
    yield Facts(
        facts=(
            Fact(label=_("Respondents"), value=str(number(people))),
            Fact(label=_("Counted"), value=format_datetime(counted_at, "long")),
            Fact(label=_("Address"), value=address, is_address=True),
        )
    )
    for card in cards:
        yield Heading(
            level=2,
            anchor=card.question.key,
            text=namer.question(card.question).text,
            language=current_language(),
            number=str(card.number),
        )
        yield from _card(card)
    yield Heading(level=2, anchor="method", text=_("How it was counted"), language=current_language())
    yield Paragraph(
        text=_(
            "Ranges are intervals at 95 %% (Wilson's for shares, Student's for means). Numbers of fewer than "
            "ten people are not shown in tables of two questions. The respondents chose to take part: "
            "they are no random sample."
        )
    )


def _card(card: Card) -> Iterator[Plain]:
    if card.figures.answered is not None:
        yield Paragraph(
            text=ngettext(
                "%(count)s person answered.",
                "%(count)s people answered.",
                card.figures.answered,
                count=number(card.figures.answered),
            ),
            is_note=True,
        )
    if card.is_hidden and card.shape != "texts":
        yield Paragraph(text=_("Not shown"))
        return
    if card.rows:
        heads = (_("Answer"), _("How many"), _("Share"))
        yield _table(
            heads, [(row.said.text, of_words(row.count, row.total), _range(row)) for row in card.rows]
        )
    elif card.shape == "scale":
        yield _table((_("About"), _("Median"), _("Mean")), [_scale(bar) for bar in card.bars])
    elif card.shape == "ranks":
        heads = (_("Option"), _("Placed first by"), _("Mean place"))
        yield _table(heads, [_rank(bar) for bar in card.bars])


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Rows:
    return Rows(table=Table(title="", headings=heads, rows=tuple(rows)), numbers_from=1)


def _range(row: Row) -> str:
    return share_range(row.interval.low, row.interval.high) if row.interval else ""


def _scale(bar: Bar) -> tuple[str, ...]:
    if bar.middle is None:
        return bar.said.text, _("Not shown"), ""
    return bar.said.text, str(number(bar.middle.median)), str(number(round(bar.middle.mean, 1)))


def _rank(bar: Bar) -> tuple[str, ...]:
    mean = bar.standing.mean_rank if bar.standing else None
    return (
        bar.said.text,
        of_words(bar.rows[0].count, bar.rows[0].total),
        str(number(round(mean, 1))) if mean else "",
    )


def figures_csv(cards: Sequence[Card]) -> bytes:
    """Return a row for each answer: how many gave it, of how many, and the interval of the share."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(FIGURE_COLUMNS)
    for card in cards:
        for line, rows in _lines(card):
            for row in rows:
                low, high = (row.interval.low, row.interval.high) if row.interval else ("", "")
                writer.writerow(
                    [
                        card.question.key,
                        card.question.kind.value,
                        guard_text(line),
                        guard_text(row.said.text),
                        "" if row.count is None else row.count,
                        "" if row.total is None else row.total,
                        low if low == "" else f"{low:.4f}",
                        high if high == "" else f"{high:.4f}",
                    ]
                )
    return buffer.getvalue().encode("utf-8", "replace")


def figures_json(figures: SurveyFigures, *, survey: str, counted_at: datetime) -> bytes:
    """Return the figures as they are kept: counts by the keys of questions and options."""
    said: dict[str, Any] = {
        "format": "survey-results/1",
        "survey": survey,
        "counted_at": counted_at.isoformat(),
        **figures.written(),
    }
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _lines(card: Card) -> Iterator[tuple[str, list[Row]]]:
    if card.rows:
        yield "", card.rows
        return
    for bar in card.bars:
        yield bar.said.text, bar.rows

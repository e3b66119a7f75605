"""What results are called and what tests say, in the reader's language. For views."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from deliberation.analysis.independence import Method, Strength
from deliberation.analysis.tabulation import Standing
from deliberation.base.errors import marked
from deliberation.insights.wording import group_name
from deliberation.results.cards import options_of, said_of
from deliberation.results.coding import CHOSEN, NOT_CHOSEN
from deliberation.results.counting import GROUPS, UNPLACED
from deliberation.results.figures import SurveyFigures
from deliberation.results.raked import Weighting
from deliberation.results.tables import CrossTable, Tested
from deliberation.surveys.definition import Definition
from deliberation.surveys.questions.base import Kind, Question
from deliberation.surveys.questions.choices import OTHER_KEY
from deliberation.surveys.wording import Said, Speaker
from deliberation.web.rendering import number

LIKELY: Final = 0.05
STRENGTHS: Final = {
    Strength.NONE: marked("They have next to nothing to do with each other."),
    Strength.WEAK: marked("What one answers to the one says a little about the answer to the other."),
    Strength.MODERATE: marked("What one answers to the one says something about the answer to the other."),
    Strength.STRONG: marked("What one answers to the one says much about the answer to the other."),
}


@dataclass(frozen=True, slots=True)
class ColumnName:
    """A column of a table: its name in addresses, and what it is called."""

    name: str
    said: Said
    part: Said

    @classmethod
    def none(cls) -> Self:
        """Return the name of no column."""
        return cls("", Said(""), Said(""))

    @property
    def text(self) -> str:
        """The question, and the part of it, in one line."""
        return f"{self.said.text} – {self.part.text}" if self.part else self.said.text


@dataclass(frozen=True, slots=True)
class Namer:
    """Says what questions and answers of a survey are called."""

    definition: Definition
    speaker: Speaker
    figures: SurveyFigures | None

    @property
    def title(self) -> Said:
        """What the survey is called."""
        return self.speaker.say(self.definition.title)

    def question(self, question: Question) -> Said:
        """Return the question."""
        return self.speaker.say(question.text)

    def breakdown(self, name: str) -> str:
        """Return by what results are broken down."""
        if name == GROUPS:
            return _("Opinion groups: people who vote alike")
        question = self.definition.by_key.get(name)
        return self.speaker.say(question.text).text if question else name

    def answers_of(self, question: Any) -> list[str]:
        """Return the keys of the answers to a choice."""
        keys = [option.key for option in options_of(question)]
        return [*keys, OTHER_KEY] if getattr(question, "other", False) else keys

    def answer(self, name: str, key: str) -> Said:
        """Return what an answer is called that a row or a column of a table stands for."""
        if name == GROUPS:
            return Said(_("In no group, or in a small one") if key == UNPLACED else group_name(key))
        question_key, _slash, part = name.partition("/")
        question = self.definition.by_key.get(question_key)
        if question is None:
            return Said(key)
        if question.kind is Kind.MULTIPLE and part:
            return Said({CHOSEN: _("Chosen"), NOT_CHOSEN: _("Not chosen")}.get(key, key))
        return said_of(question, key, self.speaker, self.figures.find(question_key) if self.figures else None)

    def rows(self, name: str, keys: Iterable[str]) -> list[tuple[str, Said]]:
        """Return the answers with what they are called."""
        return [(key, self.answer(name, key)) for key in keys]

    def columns(self, names: Iterable[str]) -> list[ColumnName]:
        """Return the columns there are tables of, in the order of the questions."""
        order = {question.key: place for place, question in enumerate(self.definition.questions)}
        found = [self.column(name) for name in names]
        return sorted(found, key=lambda one: order.get(one.name.partition("/")[0], -1))

    def column(self, name: str) -> ColumnName:
        """Return what a column is called."""
        key, _slash, part = name.partition("/")
        question = self.definition.by_key.get(key)
        if question is None:
            return ColumnName(name, Said(self.breakdown(name)), Said(""))
        said = self.speaker.say(question.text)
        if question.kind is Kind.RANKING:
            return ColumnName(name, said, Said(_("placed first")))
        return ColumnName(name, said, said_of(question, part, self.speaker) if part else Said(""))


def of_words(count: int | None, total: int | None) -> str:
    """Return how many of how many, or that it is not shown."""
    if count is None:
        return _("Not shown")
    if total is None:
        return str(number(count))
    return _("%(count)s of %(total)s", count=number(count), total=number(total))


def middle_words(median: float, mean: float, interval: Any) -> str:
    """Return the averages in words. `interval` has a low and a high end, which may be None."""
    found = {"median": number(round(median, 2)), "mean": number(round(mean, 1))}
    if interval is None or interval.low is None:
        return _("Median %(median)s, mean %(mean)s.", **found)
    return _(
        "Median %(median)s, mean %(mean)s (%(low)s–%(high)s).",
        **found, low=number(round(interval.low, 1)), high=number(round(interval.high, 1)),
    )  # fmt: skip


def standing_words(standing: Standing) -> str:
    """Return the mean place of an option in words."""
    found = {"place": number(round(standing.mean_rank or 0, 1)), "count": number(standing.placed)}
    if standing.interval is None:
        return _("Mean place %(place)s over the %(count)s who placed it.", **found)
    return _(
        "Mean place %(place)s (%(low)s–%(high)s) over the %(count)s who placed it.",
        **found, low=number(round(standing.interval.low, 1)), high=number(round(standing.interval.high, 1)),
    )  # fmt: skip


def test_sentences(table: CrossTable) -> list[str]:
    """Return what the test of independence says."""
    tested = table.tested
    if tested is None:
        return [_("Too little may be shown to say whether the two have to do with each other.")]
    sentences = [_outcome(tested)]
    if tested.probability <= LIKELY:
        sentences.append(_(STRENGTHS[Strength(tested.strength)]))
    if table.hides:
        sentences.append(_("Answers that are not shown are taken as one here, or left out."))
    return sentences


def test_method(tested: Tested) -> str:
    """Return how the test was made, with its figures."""
    chance = number(round(tested.probability, 4)) if tested.probability >= 0.0001 else _("less than 0.0001")
    effect = format_decimal(round(tested.effect, 2))
    if tested.method == Method.EXACT:
        return _(
            "Fisher's exact test: p = %(p)s; Cramér's V, corrected for its bias, %(v)s; %(people)s people.",
            p=chance, v=effect, people=number(tested.people),
        )  # fmt: skip
    return _(
        "χ² against random tables with the same sums: p = %(p)s, give or take %(error)s; Cramér's V, "
        "corrected for its bias, %(v)s; %(people)s people.",
        p=chance, error=format_decimal(round(tested.error, 4)), v=effect, people=number(tested.people),
    )  # fmt: skip


def weighting_sentences(weighting: Weighting, namer: Namer) -> list[str]:
    """Return what is to be known of the weighted shares."""
    sentences = [
        _(
            "Under each share, in italics, is what it would be if those who answered were spread over "
            "“%(question)s” as everybody is known to be.",
            question=namer.breakdown(weighting.breakdown),
        ),
        ngettext(
            "The weighted shares are as sure as the answers of %(count)s person; %(people)s were weighted.",
            "The weighted shares are as sure as the answers of %(count)s people who all count alike; "
            "%(people)s were weighted.",
            round(weighting.effective),
            count=number(round(weighting.effective)),
            people=number(weighting.people),
        ),
    ]
    if weighting.is_trimmed:
        sentences.append(
            _("Nobody counts more than five times the average, so the known shares are not quite reached.")
        )
    return sentences


def _outcome(tested: Tested) -> str:
    if tested.probability <= LIKELY:
        return _("The answers go together more than chance would make them.")
    return _(
        "Such differences would often come about by chance alone: it cannot be said that the two go together."
    )


def parts_words(counts: Sequence[int | None], n: int | None) -> str:
    """Return what a picture of a scale says, for those who do not see it."""
    if n is None:
        return _("Not shown")
    return ", ".join(f"{point}: {number(count or 0)}" for point, count in enumerate(counts, start=1))

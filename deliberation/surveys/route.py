"""The way through a survey: which pages and questions a person's answers open to them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deliberation.surveys.definition import Definition, Section
from deliberation.surveys.questions.base import Condition, Question

Answers = Mapping[str, Any]
"""What is stored, by the question's key."""


@dataclass(frozen=True, slots=True)
class Page:
    """A section with what of it is shown. `number` is its own in the survey, from 1."""

    number: int
    section: Section
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """The survey as it lies before somebody with these answers."""

    pages: tuple[Page, ...]
    kept: Answers
    """Answers to questions that are on the way, and that fit them as they are worded now."""
    dropped: tuple[Question, ...]
    """Questions that were answered and that the other answers have closed."""
    missing: tuple[tuple[Page, Question], ...]
    """Required questions that are still to be answered."""

    def page(self, number: int) -> Page | None:
        """Return the page with this number, if it is on the way."""
        return next((page for page in self.pages if page.number == number), None)

    def after(self, number: int) -> Page | None:
        """Return the next page on the way, if there is one."""
        return next((page for page in self.pages if page.number > number), None)

    def before(self, number: int) -> Page | None:
        """Return the page before, if there is one."""
        return next((page for page in reversed(self.pages) if page.number < number), None)

    def place_of(self, page: Page) -> int:
        """Return which page on the way it is, from 1."""
        return self.pages.index(page) + 1


def route_of(definition: Definition, answers: Answers) -> Route:
    """Return the way that the answers open. An answer that is not on it opens nothing itself."""
    pages: list[Page] = []
    kept: dict[str, Any] = {}
    for number, section in enumerate(definition.sections, start=1):
        if not _hold(definition, section.show_if, kept):
            continue
        shown = tuple(_shown(definition, section, answers, kept))
        if shown or not section.questions:
            pages.append(Page(number, section, shown))
    on_the_way = {question.key for page in pages for question in page.questions}
    return Route(
        pages=tuple(pages),
        kept=kept,
        dropped=tuple(
            question
            for question in definition.questions
            if question.key in answers and question.key not in on_the_way
        ),
        missing=tuple(
            (page, question)
            for page in pages
            for question in page.questions
            if question.required and question.takes_answers and question.key not in kept
        ),
    )


def _shown(
    definition: Definition, section: Section, answers: Answers, kept: dict[str, Any]
) -> Iterator[Question]:
    for question in section.questions:
        if not _hold(definition, question.show_if, kept):
            continue
        yield question
        if question.key in answers and question.accepts(answers[question.key]):
            kept[question.key] = answers[question.key]


def _hold(definition: Definition, conditions: Sequence[Condition], kept: Answers) -> bool:
    return all(
        condition.question in kept
        and definition.by_key[condition.question].meets(condition, kept[condition.question])
        for condition in conditions
    )

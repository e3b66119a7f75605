"""What a survey asks, as one value: sections in order, each with its questions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from deliberation.surveys.questions.base import Condition, Question, Texts


@dataclass(frozen=True, kw_only=True)
class Section:
    """A page of the survey."""

    key: str
    title: Texts
    text: Texts
    questions: tuple[Question, ...]
    show_if: tuple[Condition, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One version of a survey's questions. The first of `languages` is the source language."""

    languages: tuple[str, ...]
    translated: frozenset[str]
    """Languages whose words are translations of the source."""
    title: Texts
    introduction: Texts
    thanks: Texts
    sections: tuple[Section, ...]

    @property
    def source(self) -> str:
        """The language that everything is written in."""
        return self.languages[0]

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The questions in order, notes apart."""
        return tuple(one for section in self.sections for one in section.questions if one.takes_answers)

    @cached_property
    def by_key(self) -> dict[str, Question]:
        """The questions by key, notes apart."""
        return {question.key: question for question in self.questions}

    def words(self) -> Iterator[tuple[str, Texts]]:
        """Return every text that has to be translated, with the path to it in the document."""
        yield "title", self.title
        yield "introduction", self.introduction
        yield "thanks", self.thanks
        for at, section in enumerate(self.sections):
            here = f"sections[{at}]"
            yield f"{here}.title", section.title
            yield f"{here}.text", section.text
            for number, question in enumerate(section.questions):
                yield from _words_of(question, f"{here}.questions[{number}]")


def _words_of(question: Question, here: str) -> Iterator[tuple[str, Texts]]:
    for name in ("text", "help", "low", "high", "unit"):
        if texts := getattr(question, name, None):
            yield f"{here}.{name}", texts
    if question.kind == "yes_no":
        return
    for name in ("options", "rows"):
        for number, option in enumerate(getattr(question, name, ())):
            yield f"{here}.{name}[{number}].text", option.text

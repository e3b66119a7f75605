"""A page of a survey as one person has it before them: questions, what is filled in, what is wrong. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from deliberation.surveys.questions.base import (
    DECLINED,
    NEEDED,
    NEEDED_PLAINLY,
    Fault,
    Form,
    Option,
    Question,
    in_order_for,
)
from deliberation.surveys.questions.scales import ROWS_LEFT
from deliberation.surveys.route import Answers, Page

MAY_WAIT = frozenset({NEEDED, NEEDED_PLAINLY, ROWS_LEFT})
"""What is asked for only where somebody wants to go on."""


@dataclass(frozen=True, slots=True)
class Item:
    """A question on the page. `filled` says what stands in each of its fields."""

    question: Question
    number: int
    filled: Form
    fault: Fault | None
    options: tuple[Option, ...]
    """Options or rows, in the order in which this person sees them."""
    is_declined: bool

    def value(self, name: str | None = None) -> str:
        """Return what stands in a field, by default the question's own."""
        values = self.filled.get(name or self.question.name) or ("",)
        return values[0]

    def has(self, value: str) -> bool:
        """Say whether the value is chosen."""
        return value in self.filled.get(self.question.name, ())

    @property
    def is_answered(self) -> bool:
        """Whether anything is filled in."""
        return any(value for values in self.filled.values() for value in values)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a person sent from a page, sorted into what can be saved and what cannot."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    cleared: frozenset[str] = frozenset()
    """Questions that were left empty."""
    faults: Mapping[str, Fault] = field(default_factory=dict)

    @property
    def pressing(self) -> Mapping[str, Fault]:
        """The faults that are there even if the person does not go on now."""
        return {key: fault for key, fault in self.faults.items() if fault.sentence not in MAY_WAIT}

    def only(self, page: Page | None) -> Sent:
        """Return the same without the faults of questions that the answers have closed."""
        asked = {question.key for question in page.questions} if page else set()
        return replace(self, faults={key: fault for key, fault in self.faults.items() if key in asked})


def sort_out(questions: Collection[Question], form: Form) -> Sent:
    """Read the form for these questions. Never raises, whatever was sent."""
    answers: dict[str, Any] = {}
    cleared: set[str] = set()
    faults: dict[str, Fault] = {}
    for question in questions:
        if not question.takes_answers:
            continue
        taken = question.take(form)
        if taken.fault is not None:
            faults[question.key] = taken.fault
        elif taken.is_answered:
            answers[question.key] = taken.stored
        else:
            cleared.add(question.key)
    return Sent(answers, frozenset(cleared), faults)


def items_of(
    page: Page,
    answers: Answers,
    *,
    seed: str,
    form: Form | None = None,
    faults: Mapping[str, Fault] | None = None,
) -> list[Item]:
    """Return the page's questions with what was saved, or with what is in `form`, as it was typed."""
    items: list[Item] = []
    number = 0
    for question in page.questions:
        number += question.takes_answers
        saved = _saved(question, answers) if form is None else _typed(question, form)
        items.append(
            Item(
                question=question,
                number=number,
                filled=saved,
                fault=(faults or {}).get(question.key),
                options=tuple(_options(question, seed)),
                is_declined=question.is_declined(saved),
            )
        )
    return items


def _saved(question: Question, answers: Answers) -> Form:
    if question.key not in answers:
        return {}
    stored = answers[question.key]
    if stored is None:
        return {question.name: [DECLINED]}
    return question.shown(stored) if question.accepts(stored) else {}


def _typed(question: Question, form: Form) -> Form:
    beginning = f"{question.name}-"
    return {
        name: values for name, values in form.items() if name == question.name or name.startswith(beginning)
    }


def _options(question: Question, seed: str) -> list[Option]:
    options: tuple[Option, ...] = getattr(question, "options", ()) or getattr(question, "rows", ())
    return in_order_for(options, shuffled=getattr(question, "shuffled", False), seed=f"{seed}/{question.key}")

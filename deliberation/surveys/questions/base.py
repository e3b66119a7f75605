"""What all questions have in common."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Any, ClassVar, Final, NamedTuple

from deliberation.base.errors import marked
from deliberation.surveys.questions.answers import Answer, Declined

Texts = Mapping[str, str]
"""Words by language."""
DECLINED: Final = "--declined--"
"""Sent by a form in place of an answer; no option's key looks like that."""
OTHER: Final = "--other--"
OTHER_LENGTH: Final = 200
NEEDED: Final = marked("Answer this question, or say that you would rather not.")
NEEDED_PLAINLY: Final = marked("Answer this question to go on.")
NOT_OFFERED: Final = marked("Choose among the answers that are offered.")


class Kind(StrEnum):
    """The kinds of question."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    YES_NO = "yes_no"
    SCALE = "scale"
    MATRIX = "matrix"
    RANKING = "ranking"
    NUMBER = "number"
    DATE = "date"
    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    NOTE = "note"


class Fault(NamedTuple):
    """Why an answer is not taken: a marked sentence and what to fill in."""

    sentence: str
    values: Mapping[str, object] = {}


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of what a form said: an answer to store, no answer at all, or a fault."""

    is_answered: bool = False
    stored: Any = None
    fault: Fault | None = None


NOTHING: Final = Taken()


def stored(value: Any) -> Taken:
    """Return that this is to be stored."""
    return Taken(True, value)


def refused(sentence: str, **values: object) -> Taken:
    """Return that it is not taken, and why."""
    return Taken(fault=Fault(sentence, values))


Form = Mapping[str, Sequence[str]]
"""What was sent: for each field its values, in order."""


def one(form: Form, name: str) -> str:
    """Return the field's first value, or nothing."""
    values = form.get(name) or ("",)
    return values[0]


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose, to place, or to judge: an option or a row."""

    key: str
    text: Texts


class Test(StrEnum):
    """What a condition asks of an earlier answer."""

    IS = "is"
    IS_NOT = "is_not"
    OVER = "over"
    UNDER = "under"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Condition:
    """Show only if an earlier question was answered so.

    `IS` and `IS_NOT` ask whether any of `values` was chosen (keys; *other* is `other`); `OVER` and `UNDER`
    compare a number or a point with the only one of `values`; `ANSWERED` asks for any answer at all.
    """

    question: str
    test: Test
    values: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Question(ABC):
    """A question as it stands in one version of a survey."""

    kind: ClassVar[Kind]
    takes_answers: ClassVar[bool] = True

    key: str
    text: Texts
    help: Texts = field(default_factory=dict)
    required: bool = False
    may_decline: bool = False
    """Whether *prefer not to say* is offered. What a required question without it asks, it insists on."""
    show_if: tuple[Condition, ...] = ()
    """All of them must hold."""

    @property
    def name(self) -> str:
        """The name of its field in a form."""
        return f"q-{self.key}"

    def take(self, form: Form) -> Taken:
        """Return what becomes of what the form says. Never raises, whatever was sent."""
        if self.may_decline and self.is_declined(form):
            return stored(None)
        taken = self.taken(form)
        if self.required and not taken.is_answered and taken.fault is None:
            return refused(NEEDED if self.may_decline else NEEDED_PLAINLY)
        return taken

    def is_declined(self, form: Form) -> bool:
        """Say whether the form says that the person would rather not answer."""
        return DECLINED in (*form.get(self.name, ()), *form.get(f"{self.name}-declined", ()))

    def accepts(self, value: Any) -> bool:
        """Say whether something stored is an answer to the question as it is now."""
        return self.may_decline if value is None else self.fits(value)

    def read(self, value: Any) -> Answer:
        """Return what is stored as a typed value."""
        return Declined() if value is None else self.typed(value)

    def meets(self, condition: Condition, value: Any) -> bool:
        """Say whether the stored answer is what the condition asks for. No answer meets `ANSWERED` alone."""
        if value is None:
            return False
        return condition.test is Test.ANSWERED or self.compares(condition, value)

    @abstractmethod
    def taken(self, form: Form) -> Taken:
        """Return what becomes of what the form says, where it does not decline."""

    @abstractmethod
    def fits(self, value: Any) -> bool:
        """Say whether what is stored, not null, is an answer to the question as it is now."""

    @abstractmethod
    def typed(self, value: Any) -> Answer:
        """Return what is stored, not null, as a typed value."""

    @abstractmethod
    def shown(self, value: Any) -> dict[str, list[str]]:
        """Return the fields of a form that say what is stored, not null."""

    def compares(self, condition: Condition, value: Any) -> bool:
        """Say whether the answer, not null, is what a condition other than `ANSWERED` asks for."""
        return False

    def allows(self, condition: Condition) -> bool:
        """Say whether there could be an answer that the condition asks for."""
        return self.takes_answers and condition.test is Test.ANSWERED


def in_order_for(options: Sequence[Option], *, shuffled: bool, seed: str) -> list[Option]:
    """Return the options as one respondent sees them: each time alike, others see them otherwise."""
    order = list(options)
    if shuffled:
        Random(hashlib.sha256(seed.encode()).digest()).shuffle(order)  # noqa: S311 - nothing secret
    return order

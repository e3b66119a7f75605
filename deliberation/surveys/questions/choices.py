"""Choosing among options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from deliberation.base.errors import marked
from deliberation.base.text import clean_line
from deliberation.surveys.questions.answers import Chosen
from deliberation.surveys.questions.base import (
    NOT_OFFERED,
    NOTHING,
    OTHER,
    OTHER_LENGTH,
    Condition,
    Form,
    Kind,
    Option,
    Question,
    Taken,
    Test,
    one,
    refused,
    stored,
)

OTHER_KEY: Final = "other"
"""What conditions and results call *other*; no option may have this key."""
NO_WORDS: Final = marked("Say in words what else it is, or choose another answer.")
TOO_LONG: Final = marked("That is %(count)s characters; at most %(limit)s fit.")
TOO_MANY: Final = marked("Choose at most %(most)s. You have chosen %(count)s.")
TOO_FEW: Final = marked("Choose at least %(least)s. You have chosen %(count)s.")


@dataclass(frozen=True, kw_only=True)
class _Choice(Question):
    options: tuple[Option, ...]
    other: bool = False
    """Whether *other*, in words, is offered."""
    shuffled: bool = False

    @property
    def keys(self) -> frozenset[str]:
        """The keys of the options."""
        return frozenset(option.key for option in self.options)

    def compares(self, condition: Condition, value: Any) -> bool:
        chosen = self.typed(value)
        keys = {*chosen.keys, *([OTHER_KEY] if chosen.other is not None else [])}
        return bool(keys & set(condition.values)) == (condition.test is Test.IS)

    def allows(self, condition: Condition) -> bool:
        if condition.test in {Test.IS, Test.IS_NOT}:
            known = self.keys | ({OTHER_KEY} if self.other else frozenset())
            return bool(condition.values) and set(condition.values) <= known
        return super().allows(condition)

    def typed(self, value: Any) -> Chosen:
        raise NotImplementedError

    def _words(self, form: Form) -> Taken:
        words = clean_line(one(form, f"{self.name}-other"))
        if not words:
            return refused(NO_WORDS)
        if len(words) > OTHER_LENGTH:
            return refused(TOO_LONG, count=len(words), limit=OTHER_LENGTH)
        return stored(words)

    def _fits_other(self, value: Mapping[str, Any]) -> bool:
        words = value.get("other")
        return self.other and isinstance(words, str) and 0 < len(words) <= OTHER_LENGTH


@dataclass(frozen=True, kw_only=True)
class SingleChoice(_Choice):
    """One option. Stored: its key, or `{"other": "in words"}`."""

    kind: ClassVar[Kind] = Kind.SINGLE

    def taken(self, form: Form) -> Taken:
        chosen = one(form, self.name)
        if not chosen:
            return NOTHING
        if chosen == OTHER and self.other:
            words = self._words(form)
            return words if words.fault else stored({"other": words.stored})
        return stored(chosen) if chosen in self.keys else refused(NOT_OFFERED)

    def fits(self, value: Any) -> bool:
        if isinstance(value, dict):
            return value.keys() == {"other"} and self._fits_other(value)
        return isinstance(value, str) and value in self.keys

    def typed(self, value: Any) -> Chosen:
        return Chosen((), value["other"]) if isinstance(value, dict) else Chosen((value,))

    def shown(self, value: Any) -> dict[str, list[str]]:
        if isinstance(value, dict):
            return {self.name: [OTHER], f"{self.name}-other": [value["other"]]}
        return {self.name: [value]}


@dataclass(frozen=True, kw_only=True)
class MultipleChoice(_Choice):
    """Some options. Stored: their keys in the question's order, or `{"chosen": […], "other": "in words"}`."""

    kind: ClassVar[Kind] = Kind.MULTIPLE

    least: int = 0
    """To choose, where any are chosen."""
    most: int | None = None

    def taken(self, form: Form) -> Taken:
        sent = {value for value in form.get(self.name, ()) if value}
        allowed = self.keys | ({OTHER} if self.other else frozenset())
        if sent - allowed:
            return refused(NOT_OFFERED)
        if not sent:
            return NOTHING
        if self.most is not None and len(sent) > self.most:
            return refused(TOO_MANY, most=self.most, count=len(sent))
        if len(sent) < self.least:
            return refused(TOO_FEW, least=self.least, count=len(sent))
        keys = [option.key for option in self.options if option.key in sent]
        if OTHER not in sent:
            return stored(keys)
        words = self._words(form)
        return words if words.fault else stored({"chosen": keys, "other": words.stored})

    def fits(self, value: Any) -> bool:
        keys, others = value, 0
        if isinstance(value, dict):
            if value.keys() != {"chosen", "other"} or not self._fits_other(value):
                return False
            keys, others = value["chosen"], 1
        if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
            return False
        count = len(keys) + others
        in_bounds = max(1, self.least) <= count <= (self.most or count)
        return in_bounds and len(set(keys)) == len(keys) and set(keys) <= self.keys

    def typed(self, value: Any) -> Chosen:
        return (
            Chosen(tuple(value["chosen"]), value["other"])
            if isinstance(value, dict)
            else Chosen(tuple(value))
        )

    def shown(self, value: Any) -> dict[str, list[str]]:
        if isinstance(value, dict):
            return {self.name: [*value["chosen"], OTHER], f"{self.name}-other": [value["other"]]}
        return {self.name: list(value)}


@dataclass(frozen=True, kw_only=True)
class YesNo(Question):
    """Yes or no. Stored: true or false; typed as `Chosen(("yes",))` or `Chosen(("no",))`."""

    kind: ClassVar[Kind] = Kind.YES_NO
    keys: ClassVar[frozenset[str]] = frozenset({"yes", "no"})
    options: tuple[Option, ...] = field(
        default=(Option("yes", {"en": "Yes", "sv": "Ja"}), Option("no", {"en": "No", "sv": "Nej"})),
        init=False,
    )

    def taken(self, form: Form) -> Taken:
        chosen = one(form, self.name)
        if not chosen:
            return NOTHING
        return stored(chosen == "yes") if chosen in self.keys else refused(NOT_OFFERED)

    def fits(self, value: Any) -> bool:
        return isinstance(value, bool)

    def typed(self, value: Any) -> Chosen:
        return Chosen(("yes" if value else "no",))

    def shown(self, value: Any) -> dict[str, list[str]]:
        return {self.name: ["yes" if value else "no"]}

    def compares(self, condition: Condition, value: Any) -> bool:
        return (("yes" if value else "no") in condition.values) == (condition.test is Test.IS)

    def allows(self, condition: Condition) -> bool:
        if condition.test in {Test.IS, Test.IS_NOT}:
            return bool(condition.values) and set(condition.values) <= self.keys
        return super().allows(condition)

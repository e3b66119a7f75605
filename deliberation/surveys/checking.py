"""What no part of a survey can know of itself: keys written twice, conditions that cannot hold. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from deliberation.base.errors import marked
from deliberation.surveys.definition import Definition
from deliberation.surveys.questions.base import Condition, Option, Question, Test
from deliberation.surveys.questions.choices import OTHER_KEY, MultipleChoice
from deliberation.surveys.questions.numbers import DateQuestion, NumberQuestion
from deliberation.surveys.questions.ranking import Ranking

ASKS_NOTHING: Final = marked("There is no question yet.")
KEY_OF_EARLIER: Final = marked("“%(key)s” is the key of an earlier question")
KEY_TWICE: Final = marked("“%(key)s” is the key of an earlier one, too")
LOOKS_AHEAD: Final = marked("asks about “%(key)s”, which comes later; a condition looks back only")
NO_QUESTION: Final = marked("asks about “%(key)s”, which is no question here")
NEVER_HOLDS: Final = marked("can never hold: no answer to “%(key)s” is like that")
RULE_OUT: Final = marked("can never hold: the conditions rule each other out")
OTHER_IS_KEPT: Final = marked("“other” is kept for “other: true”")
LESS_THAN_LEAST: Final = marked("is less than “least”")
MORE_THAN_THERE: Final = marked("is more than there are to choose from (%(count)s)")
LEAST_TOO_MANY: Final = marked("is more than can be chosen")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong where: a path such as `sections[0].questions[2].text.sv`, and a marked sentence."""

    path: str
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """The sentence in English, filled in."""
        return self.sentence % self.values if self.values else self.sentence


def contradictions(definition: Definition) -> list[Problem]:
    """Return what is wrong with the survey as a whole, in its order."""
    return list(_Check(definition).run())


@dataclass
class _Check:
    definition: Definition
    earlier: dict[str, Question] = field(default_factory=dict)
    asked_when: dict[str, tuple[Condition, ...]] = field(default_factory=dict)
    """Under which conditions each earlier question is shown."""

    def run(self) -> Iterator[Problem]:
        sections = self.definition.sections
        if not self.definition.questions:
            yield Problem("sections", ASKS_NOTHING)
        yield from _doubles("sections", [section.key for section in sections])
        seen: set[str] = set()
        for at, section in enumerate(sections):
            here = f"sections[{at}]"
            yield from self._conditions(here, section.show_if, section.show_if)
            for number, question in enumerate(section.questions):
                place = f"{here}.questions[{number}]"
                if question.key in seen:
                    yield Problem(f"{place}.key", KEY_OF_EARLIER, {"key": question.key})
                seen.add(question.key)
                shown = (*section.show_if, *question.show_if)
                yield from self._conditions(place, question.show_if, shown)
                yield from _inside(place, question)
                if question.takes_answers:
                    self.earlier[question.key] = question
                    self.asked_when[question.key] = shown

    def _conditions(
        self, place: str, own: Sequence[Condition], all_of_them: Sequence[Condition]
    ) -> Iterator[Problem]:
        for number, condition in enumerate(own):
            path = f"{place}.show_if[{number}]"
            asked = self.earlier.get(condition.question)
            if asked is None:
                is_later = condition.question in self.definition.by_key
                yield Problem(path, LOOKS_AHEAD if is_later else NO_QUESTION, {"key": condition.question})
            elif not asked.allows(condition):
                yield Problem(path, NEVER_HOLDS, {"key": asked.key})
        if own and _cannot_meet(self._all_behind(all_of_them)):
            yield Problem(f"{place}.show_if", RULE_OUT)

    def _all_behind(self, conditions: Sequence[Condition]) -> list[Condition]:
        """Return the conditions with those under which the questions they ask about are shown."""
        found: dict[Condition, None] = {}
        waiting = list(conditions)
        while waiting:
            condition = waiting.pop()
            if condition not in found:
                found[condition] = None
                waiting.extend(self.asked_when.get(condition.question, ()))
        return [one for one in found if one.question in self.earlier and self._is_single(one)]

    def _is_single(self, condition: Condition) -> bool:
        return not isinstance(self.earlier[condition.question], MultipleChoice)


def _cannot_meet(conditions: Sequence[Condition]) -> bool:
    """Say whether two of them contradict each other; of answers with one value each."""
    for question in {condition.question for condition in conditions}:
        here = [condition for condition in conditions if condition.question == question]
        wanted = [set(one.values) for one in here if one.test is Test.IS]
        refused = {value for one in here if one.test is Test.IS_NOT for value in one.values}
        if wanted and not set.intersection(*wanted) - refused:
            return True
    return False


def _inside(place: str, question: Question) -> Iterator[Problem]:
    for name in ("options", "rows"):
        options: Sequence[Option] = getattr(question, name, ())
        yield from _doubles(f"{place}.{name}", [option.key for option in options])
        for number, option in enumerate(options):
            if option.key == OTHER_KEY:
                yield Problem(f"{place}.{name}[{number}].key", OTHER_IS_KEPT)
    if isinstance(question, NumberQuestion | DateQuestion):
        if question.least > question.most:  # type: ignore[operator]
            yield Problem(f"{place}.most", LESS_THAN_LEAST)
    elif isinstance(question, MultipleChoice | Ranking):
        there = len(question.options) + (isinstance(question, MultipleChoice) and question.other)
        if question.most is not None and question.most > there:
            yield Problem(f"{place}.most", MORE_THAN_THERE, {"count": there})
        if question.least > min(question.most or there, there):
            yield Problem(f"{place}.least", LEAST_TOO_MANY)


def _doubles(path: str, keys: Sequence[str]) -> Iterator[Problem]:
    for number, key in enumerate(keys):
        if key in keys[:number]:
            yield Problem(f"{path}[{number}].key", KEY_TWICE, {"key": key})

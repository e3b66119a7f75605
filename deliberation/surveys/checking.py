"""What no part of a survey can know of itself: keys written twice, conditions that cannot hold. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from deliberation.consultations.pack_values import Fault
from deliberation.surveys.definition import Definition
from deliberation.surveys.questions.base import Condition, Option, Question, Test
from deliberation.surveys.questions.choices import OTHER_KEY, MultipleChoice
from deliberation.surveys.questions.numbers import DateQuestion, NumberQuestion
from deliberation.surveys.questions.ranking import Ranking


def contradictions(definition: Definition) -> list[Fault]:
    """Return what is wrong with the survey as a whole, in its order."""
    return list(_Check(definition).run())


@dataclass
class _Check:
    definition: Definition
    earlier: dict[str, Question] = field(default_factory=dict)
    asked_when: dict[str, tuple[Condition, ...]] = field(default_factory=dict)
    """Under which conditions each earlier question is shown."""

    def run(self) -> Iterator[Fault]:
        sections = self.definition.sections
        yield from _doubles("sections", [section.key for section in sections])
        seen: set[str] = set()
        for at, section in enumerate(sections):
            here = f"sections[{at}]"
            yield from self._conditions(here, section.show_if, section.show_if)
            for number, question in enumerate(section.questions):
                place = f"{here}.questions[{number}]"
                if question.key in seen:
                    yield Fault(f"{place}.key", f"“{question.key}” is the key of an earlier question")
                seen.add(question.key)
                shown = (*section.show_if, *question.show_if)
                yield from self._conditions(place, question.show_if, shown)
                yield from _inside(place, question)
                if question.takes_answers:
                    self.earlier[question.key] = question
                    self.asked_when[question.key] = shown

    def _conditions(
        self, place: str, own: Sequence[Condition], all_of_them: Sequence[Condition]
    ) -> Iterator[Fault]:
        for number, condition in enumerate(own):
            path = f"{place}.show_if[{number}]"
            asked = self.earlier.get(condition.question)
            if asked is None:
                known = {question.key for question in self.definition.questions}
                is_later = condition.question in known
                yield Fault(
                    path,
                    f"asks about “{condition.question}”, which "
                    + ("comes later; a condition looks back only" if is_later else "is no question here"),
                )
            elif not asked.allows(condition):
                yield Fault(path, f"can never hold: no answer to “{asked.key}” is like that")
        if own and _cannot_meet(self._all_behind(all_of_them)):
            yield Fault(f"{place}.show_if", "can never hold: the conditions rule each other out")

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


def _inside(place: str, question: Question) -> Iterator[Fault]:
    for name in ("options", "rows"):
        options: Sequence[Option] = getattr(question, name, ())
        yield from _doubles(f"{place}.{name}", [option.key for option in options])
        for number, option in enumerate(options):
            if option.key == OTHER_KEY:
                yield Fault(f"{place}.{name}[{number}].key", "“other” is kept for “other: true”")
    if isinstance(question, NumberQuestion | DateQuestion):
        if question.least > question.most:  # type: ignore[operator]
            yield Fault(f"{place}.most", "is less than “least”")
    elif isinstance(question, MultipleChoice | Ranking):
        there = len(question.options) + (isinstance(question, MultipleChoice) and question.other)
        if question.most is not None and question.most > there:
            yield Fault(f"{place}.most", f"is more than there are to choose from ({there})")
        if question.least > min(question.most or there, there):
            yield Fault(f"{place}.least", "is more than can be chosen")


def _doubles(path: str, keys: Sequence[str]) -> Iterator[Fault]:
    for number, key in enumerate(keys):
        if key in keys[:number]:
            yield Fault(f"{path}[{number}].key", f"“{key}” is the key of {path}[{keys.index(key)}], too")

"""Conditions as a facilitator chooses them: each possible one is a line to choose, with a code. For views."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from flask_babel import gettext as _

from deliberation.base.text import shortened
from deliberation.surveys.questions.base import Condition, Question, Test
from deliberation.surveys.questions.choices import OTHER_KEY
from deliberation.surveys.questions.numbers import DateQuestion, NumberQuestion
from deliberation.surveys.questions.scales import Scale
from deliberation.surveys.wording import Speaker

LONGEST: Final = 60
Line = tuple[str, str]
Group = tuple[str, list[Line]]


def code_of(condition: Condition) -> str:
    """Return the condition as one word that a form can send."""
    return "|".join((condition.question, condition.test.value, *condition.values))


def document_of(code: str, value: str) -> dict[str, Any] | None:
    """Return the condition that the code stands for, as in the document; `value` for those that take one."""
    question, _bar, rest = code.partition("|")
    test, *values = rest.split("|")
    if not question or test not in set(Test):
        return None
    if test == Test.ANSWERED:
        return {"question": question, test: True}
    found = [one for one in values if one] or [value]
    return {"question": question, test: found if len(found) > 1 else found[0]}


def takes_a_value(question: Question) -> bool:
    """Say whether a condition on the question compares with what the facilitator writes."""
    return isinstance(question, NumberQuestion | DateQuestion)


def groups_of(earlier: Sequence[Question], speaker: Speaker) -> list[Group]:
    """Return what can be asked of each earlier question."""
    return [
        (shortened(speaker.say(question.text).text, LONGEST), list(_lines(question, speaker)))
        for question in earlier
    ]


def in_words(condition: Condition, question: Question, speaker: Speaker) -> str:
    """Return the condition as a sentence."""
    name = shortened(speaker.say(question.text).text, LONGEST)
    values = ", ".join(_value(question, value, speaker) for value in condition.values)
    match condition.test:
        case Test.IS:
            return _("“%(question)s” is %(value)s", question=name, value=values)
        case Test.IS_NOT:
            return _("“%(question)s” is not %(value)s", question=name, value=values)
        case Test.OVER:
            return _("“%(question)s” is over %(value)s", question=name, value=values)
        case Test.UNDER:
            return _("“%(question)s” is under %(value)s", question=name, value=values)
        case Test.ANSWERED:
            return _("“%(question)s” is answered", question=name)


def _lines(question: Question, speaker: Speaker) -> Iterator[Line]:
    yield code_of(Condition(question.key, Test.ANSWERED)), _("is answered")
    options = [option.key for option in getattr(question, "options", ())]
    if getattr(question, "other", False):
        options.append(OTHER_KEY)
    for test, sentence in ((Test.IS, _("is %(value)s")), (Test.IS_NOT, _("is not %(value)s"))):
        for key in options:
            words = sentence.replace("%(value)s", _value(question, key, speaker))
            yield code_of(Condition(question.key, test, (key,))), words
    if isinstance(question, Scale):
        for point in question.values[:-1]:
            yield (
                code_of(Condition(question.key, Test.OVER, (str(point),))),
                _("is over %(value)s", value=point),
            )
        for point in question.values[1:]:
            under = Condition(question.key, Test.UNDER, (str(point),))
            yield code_of(under), _("is under %(value)s", value=point)
    if takes_a_value(question):
        yield code_of(Condition(question.key, Test.OVER)), _("is over the value beside")
        yield code_of(Condition(question.key, Test.UNDER)), _("is under the value beside")


def _value(question: Question, value: str, speaker: Speaker) -> str:
    if value == OTHER_KEY:
        return _("something else")
    for option in getattr(question, "options", ()):
        if option.key == value:
            return shortened(speaker.say(option.text).text, LONGEST)
    return value

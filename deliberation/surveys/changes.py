"""What may change in a survey that is being answered: words, and more to choose from. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Final

from deliberation.base.errors import marked
from deliberation.surveys.definition import Definition
from deliberation.surveys.questions.base import Option, Question

GONE: Final = marked("The question %(key)s is gone. People have answered it.")
NEW: Final = marked("The question %(key)s is new. People who have answered already were never asked.")
MOVED: Final = marked("The questions stand in another order.")
OTHER_KIND: Final = marked("The question %(key)s is of another kind.")
OPTION_GONE: Final = marked(
    "In the question %(key)s the choice %(option)s is gone. People may have chosen it."
)
ROW_NEW: Final = marked(
    "In the question %(key)s the row %(option)s is new. People were never asked about it."
)
STRICTER: Final = marked("The question %(key)s asks for something else than before: %(what)s.")
CONDITION: Final = marked("The question %(key)s is shown on other conditions than before.")
PAGES: Final = marked("The pages are divided in another way, or shown on other conditions.")
LANGUAGE: Final = marked("The first language is another one.")

_WORDS: Final = frozenset({"text", "help", "low", "high", "unit"})
_APART: Final = frozenset({"key", "options", "rows", "show_if", "shuffled"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a change is not a correction: a marked sentence and what to fill in."""

    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)


def refusals(old: Definition, new: Definition) -> list[Refusal]:
    """Return why `new` cannot follow `old` while people answer; nothing where it is only corrected."""
    return list(_refusals(old, new))


def _refusals(old: Definition, new: Definition) -> Iterator[Refusal]:
    if new.source != old.source:
        yield Refusal(LANGUAGE)
    gone = [key for key in old.by_key if key not in new.by_key]
    added = [key for key in new.by_key if key not in old.by_key]
    yield from (Refusal(GONE, {"key": key}) for key in gone)
    yield from (Refusal(NEW, {"key": key}) for key in added)
    kept = [key for key in old.by_key if key in new.by_key]
    if kept != [key for key in new.by_key if key in old.by_key]:
        yield Refusal(MOVED)
    elif not gone and not added and _pages(old) != _pages(new):
        yield Refusal(PAGES)
    for key in kept:
        yield from _between(old.by_key[key], new.by_key[key])


def _pages(definition: Definition) -> list[object]:
    return [
        (section.show_if, [question.key for question in section.questions if question.takes_answers])
        for section in definition.sections
    ]


def _between(old: Question, new: Question) -> Iterator[Refusal]:
    key = {"key": old.key}
    if old.kind is not new.kind:
        yield Refusal(OTHER_KIND, key)
        return
    if old.show_if != new.show_if:
        yield Refusal(CONDITION, key)
    for name in ("options", "rows"):
        before, after = (_keys(getattr(one, name, ())) for one in (old, new))
        yield from (Refusal(OPTION_GONE, key | {"option": one}) for one in before if one not in after)
        if name == "rows":
            yield from (Refusal(ROW_NEW, key | {"option": one}) for one in after if one not in before)
    for one in fields(old):
        if one.name in _WORDS | _APART:
            continue
        before, after = getattr(old, one.name), getattr(new, one.name)
        if before != after and not _is_milder(one.name, before, after):
            yield Refusal(STRICTER, key | {"what": one.name})


def _keys(options: tuple[Option, ...]) -> list[str]:
    return [option.key for option in options]


def _is_milder(name: str, before: object, after: object) -> bool:
    """Say whether every answer that fitted before fits after, and asks the same."""
    if name in {"other", "may_decline"}:
        return bool(after)
    if name == "required":
        return not after
    if name == "limit":
        return isinstance(before, int) and isinstance(after, int) and after > before
    return False

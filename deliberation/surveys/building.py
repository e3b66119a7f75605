"""From the builder's forms to the document, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from deliberation.surveys.building_forms import (
    FLAGS_OF,
    HAS_OPTIONS,
    PLAIN_OF,
    BuildingForm,
    conditions_in,
    options_in,
    show_conditions,
    show_options,
)
from deliberation.surveys.definition import Definition
from deliberation.surveys.drafting import OPTIONS_NAME, Document, key_from
from deliberation.surveys.questions.base import Condition, Kind, Question

_WHOLE: Final = frozenset({"points", "decimals", "limit"})


def question_document(form: BuildingForm, kind: Kind, key: str, languages: Sequence[str]) -> Document:
    """Return the question that the form describes, as a part of the document."""
    said: Document = {"key": key, "kind": kind.value, "text": form.said("text")}
    if kind is not Kind.NOTE:
        said |= {name: texts for name in ("help", "low", "high", "unit") if (texts := form.said(name))}
        for name in ("required", "may_decline", *FLAGS_OF.get(kind, ())):
            if form[name].data:
                said[name] = True
        for name in PLAIN_OF.get(kind, ()):
            if form[name].data:
                said[name] = _plain(form[name].data, is_whole=name in _WHOLE or kind in HAS_OPTIONS)
    if kind in HAS_OPTIONS:
        said[OPTIONS_NAME[kind]] = _with_keys(options_in(form, languages), languages[0])
    if conditions := conditions_in(form):
        said["show_if"] = conditions
    return said


def show_question(form: BuildingForm, question: Mapping[str, Any], conditions: Sequence[Condition]) -> None:
    """Put a question into the form."""
    kind = Kind(question["kind"])
    for name in ("text", "help", "low", "high", "unit"):
        form.show(name, question.get(name) or {})
    for name in ("required", "may_decline", *FLAGS_OF.get(kind, ())):
        if kind is not Kind.NOTE:
            form[name].data = bool(question.get(name))
    for name in PLAIN_OF.get(kind, ()):
        value = question.get(name)
        form[name].data = "" if value is None else str(value)
    if kind in HAS_OPTIONS:
        show_options(form, question.get(OPTIONS_NAME[kind]) or ())
    show_conditions(form, conditions)


def section_document(form: BuildingForm, key: str) -> Document:
    """Return the page that the form describes, without its questions."""
    said: Document = {"key": key, "title": form.said("title")}
    if text := form.said("introduction"):
        said["text"] = text
    if conditions := conditions_in(form):
        said["show_if"] = conditions
    return said


def show_section(form: BuildingForm, section: Mapping[str, Any], conditions: Sequence[Condition]) -> None:
    """Put a page into the form."""
    form.show("title", section.get("title") or {})
    form.show("introduction", section.get("text") or {})
    show_conditions(form, conditions)


def earlier_questions(definition: Definition, *, section: str, question: str | None) -> list[Question]:
    """Return the questions that come before a page, or before a question of it; all of it for a new one."""
    found: list[Question] = []
    for one in definition.sections:
        if one.key == section and question is None:
            break
        for asked in one.questions:
            if asked.key == question:
                return found
            if asked.takes_answers:
                found.append(asked)
        if one.key == section:
            break
    return found


def _plain(text: str, *, is_whole: bool) -> Any:
    digits = text.removeprefix("-")
    return int(text) if is_whole and digits.isascii() and digits.isdigit() and len(digits) < 10 else text


def _with_keys(options: Sequence[tuple[str, dict[str, str]]], source: str) -> list[Document]:
    taken = {key for key, _texts in options if key} | {"other"}
    found = []
    for key, texts in options:
        own = key or key_from(texts.get(source) or next(iter(texts.values())), taken, "option")
        taken.add(own)
        found.append({"key": own, "text": texts})
    return found

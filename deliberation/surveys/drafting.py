"""Changing a survey's draft: adding, moving, copying, taking away. Pure: each makes a new document."""

from __future__ import annotations

import copy
import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final

from deliberation.base.errors import Conflict, NotFound, marked
from deliberation.surveys.models import KEY_LENGTH
from deliberation.surveys.questions.base import Kind
from deliberation.surveys.schema import FORMAT, MOST_QUESTIONS, MOST_SECTIONS

Document = dict[str, Any]
RESERVED: Final = frozenset({"new", "load"})
"""Keys that are addresses already."""
LAST_PAGE: Final = marked("A survey has at least one page.")
FULL: Final = marked("There is no room for more.")
_NOT_IN_KEYS: Final = re.compile(r"[^a-z0-9]+")
_SLUG_LENGTH: Final = 40


class Do(StrEnum):
    """What can be done to a page or a question."""

    UP = "up"
    DOWN = "down"
    COPY = "copy"
    REMOVE = "remove"


def new_document(*, key: str, title: str, languages: list[str]) -> Document:
    """Return a survey with one page and no questions."""
    source = languages[0]
    page = {"key": "page-1", "title": {source: title}, "questions": []}
    return {
        "format": FORMAT, "key": key, "languages": languages, "title": {source: title}, "sections": [page],
    }  # fmt: skip


def key_from(words: str, taken: set[str], otherwise: str) -> str:
    """Return a key that reads like the words and is none of those that are taken."""
    plain = unicodedata.normalize("NFKD", words.lower()).encode("ascii", "ignore").decode()
    key = _NOT_IN_KEYS.sub("-", plain).strip("-")[:_SLUG_LENGTH].strip("-") or otherwise
    number, found = 1, key
    while found in taken:
        number += 1
        found = f"{key}-{number}"
    return found[:KEY_LENGTH]


def question_keys(document: Document) -> set[str]:
    """Return the keys of all questions and notes."""
    return {question["key"] for section in document["sections"] for question in section["questions"]}


def find_question(document: Document, key: str) -> Document:
    """Return the question's part of the document. Raises NotFound."""
    section, at = _question_at(document, key)
    found: Document = section["questions"][at]
    return found


def find_section(document: Document, key: str) -> Document:
    """Return the page's part of the document. Raises NotFound."""
    found: Document = document["sections"][_section_at(document, key)]
    return found


def with_question(document: Document, question: Document, *, page: str | None = None) -> Document:
    """Return the document with this question, in place of the one with its key or at the end of a page."""
    changed = copy.deepcopy(document)
    if page is None:
        section, at = _question_at(changed, question["key"])
        section["questions"][at] = question
    else:
        questions = find_section(changed, page)["questions"]
        if len(questions) >= MOST_QUESTIONS:
            raise Conflict(FULL)
        questions.append(question)
    return changed


def with_section(document: Document, section: Document) -> Document:
    """Return the document with these words and conditions for the page with this key, or for a new one."""
    changed = copy.deepcopy(document)
    keys = [one["key"] for one in changed["sections"]]
    if section["key"] in keys:
        at = keys.index(section["key"])
        changed["sections"][at] = {**section, "questions": changed["sections"][at]["questions"]}
        return changed
    if len(keys) >= MOST_SECTIONS:
        raise Conflict(FULL)
    changed["sections"].append({**section, "questions": []})
    return changed


def arranged(document: Document, *, do: Do, what: str, key: str) -> Document:
    """Return the document with the page or question moved, copied or gone. Raises NotFound, Conflict."""
    changed = copy.deepcopy(document)
    act: Callable[[Document, Do, str], None] = _arrange_question if what == "question" else _arrange_section
    act(changed, do, key)
    return changed


def _arrange_section(document: Document, do: Do, key: str) -> None:
    sections = document["sections"]
    at = _section_at(document, key)
    if do is Do.REMOVE:
        if len(sections) == 1:
            raise Conflict(LAST_PAGE)
        del sections[at]
    elif do is Do.COPY:
        if len(sections) >= MOST_SECTIONS:
            raise Conflict(FULL)
        twin = copy.deepcopy(sections[at])
        twin["key"] = key_from(key, {section["key"] for section in sections}, "page")
        taken = question_keys(document)
        for question in twin["questions"]:
            question["key"] = key_from(question["key"], taken, "question")
            taken.add(question["key"])
        sections.insert(at + 1, twin)
    else:
        to = at + (-1 if do is Do.UP else 1)
        if 0 <= to < len(sections):
            sections[at], sections[to] = sections[to], sections[at]


def _arrange_question(document: Document, do: Do, key: str) -> None:
    section, at = _question_at(document, key)
    questions = section["questions"]
    if do is Do.REMOVE:
        del questions[at]
    elif do is Do.COPY:
        if len(questions) >= MOST_QUESTIONS:
            raise Conflict(FULL)
        twin = copy.deepcopy(questions[at])
        twin["key"] = key_from(key, question_keys(document), "question")
        questions.insert(at + 1, twin)
    else:
        _move(document, section, at, -1 if do is Do.UP else 1)


def _move(document: Document, section: Document, at: int, by: int) -> None:
    """Move within the page, and past its edge to the page before or after."""
    questions = section["questions"]
    to = at + by
    if 0 <= to < len(questions):
        questions[at], questions[to] = questions[to], questions[at]
        return
    beside = document["sections"].index(section) + by
    if 0 <= beside < len(document["sections"]):
        other = document["sections"][beside]["questions"]
        if len(other) >= MOST_QUESTIONS:
            raise Conflict(FULL)
        other.insert(len(other) if by < 0 else 0, questions.pop(at))


def _section_at(document: Document, key: str) -> int:
    for at, section in enumerate(document["sections"]):
        if section["key"] == key:
            return at
    raise NotFound


def _question_at(document: Document, key: str) -> tuple[Document, int]:
    for section in document["sections"]:
        for at, question in enumerate(section["questions"]):
            if question["key"] == key:
                return section, at
    raise NotFound


OPTIONS_NAME: Final = {
    Kind.SINGLE: "options", Kind.MULTIPLE: "options", Kind.RANKING: "options", Kind.MATRIX: "rows",
}  # fmt: skip
"""What a kind calls the things to choose, to place or to judge."""

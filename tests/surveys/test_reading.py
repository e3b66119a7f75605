"""Surveys as files: what is wrong is said with its line."""

from pathlib import Path

import pytest

from config import ROOT
from deliberation.surveys.questions.base import Kind
from deliberation.surveys.reading import MOST_BYTES, read_file, read_survey, write_survey
from deliberation.surveys.schema import SurveyRefused, parse
from tests.surveys.documents import EVERY_KIND, document, question, section

SEEDED = ROOT / "deliberation" / "content" / "surveys" / "alliances-and-partnerships.yaml"
HEAD = """format: survey/1
key: you
languages: [sv, en]
title: {sv: Du, en: You}
sections:
  - key: first
    title: {sv: Ett, en: One}
    questions:
"""
ROLE = """      - key: role
        kind: single
        text: {sv: "Vem?"}
        options:
          - {key: a, text: {sv: A}}
          - {key: b, text: {sv: B}}
"""
WORK = """      - key: work
        kind: short_text
        text: {sv: "Vad?"}
"""


def refused(text: str) -> str:
    with pytest.raises(SurveyRefused) as error:
        read_survey(text.encode())
    return "\n".join(f"{path}: {reason}" for path, reason in error.value.faults)


def test_the_survey_that_comes_along_asks_what_it_should_in_both_languages() -> None:
    definition = parse(read_file(SEEDED))
    kinds = [one.kind for one in definition.questions]
    assert kinds.count(Kind.SCALE) == 3
    assert kinds.count(Kind.LONG_TEXT) == 2
    assert Kind.RANKING in kinds
    assert [texts for _path, texts in definition.words() if texts and texts.keys() != {"sv", "en"}] == []


def test_what_is_written_is_read_again() -> None:
    assert parse(read_survey(write_survey(EVERY_KIND).encode())) == parse(EVERY_KIND)


def shown(*conditions: str) -> str:
    """The conditions of the question before."""
    return "        show_if: [" + ", ".join(f"{{{one}}}" for one in conditions) + "]\n"


CYCLE = ROLE + shown("question: work, answered: true") + WORK + shown("question: role, is: a")


@pytest.mark.parametrize(
    ("body", "line", "reason"),
    [
        (ROLE.replace("single", "guess"), "line 10, sections[0].questions[0].kind", "must be one of: single"),
        (ROLE + ROLE, "line 15, sections[0].questions[1].key", "is the key of an earlier question"),
        (ROLE.replace("key: b", "key: a"), "line 14", "is the key of an earlier one, too"),
        (ROLE + "        kind: number\n", "line 15", "the key “kind” is written twice"),
        (ROLE + "        surprise: 1\n", "line 15", "is not a key that belongs here"),
        (ROLE + WORK + shown("question: role, is: c"), "line 18", "can never hold"),
        (ROLE + WORK + shown("question: rule, is: a"), "line 18", "is no question here"),
        (ROLE + WORK + shown("question: work, answered: true"), "line 18", "comes later"),
        (ROLE + WORK + shown("question: role, over: 1, is: a"), "line 18", "exactly one of"),
        (CYCLE, "line 15", "comes later"),
        (
            ROLE + WORK + shown("question: role, is: a", "question: role, is: b"),
            "line 18",
            "rule each other out",
        ),
        (ROLE + WORK + "        limit: 100000\n", "line 18", "must lie between"),
        (ROLE.replace("{sv: A}", "{en: A}"), "line 13", "every text needs the source language"),
        (ROLE.replace("{sv: A}", "{sv: A, fi: A}"), "line 13", "is not one of the languages"),
        (
            ROLE + WORK.replace("short_text", "&loop short_text") + "        help: *loop\n",
            "line 18",
            "aliases",
        ),
        (ROLE + "  : :\n\t", "line", ""),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_line(body: str, line: str, reason: str) -> None:
    read_survey((HEAD + ROLE + WORK).encode())
    said = refused(HEAD + body)
    assert any(one.startswith(line) and reason in one for one in said.split("\n")), said


def test_what_no_file_should_be_is_refused(tmp_path: Path) -> None:
    assert "larger than" in refused("a" * (MOST_BYTES + 1))
    assert "is a mapping" in refused("- a list")
    assert "is a mapping" in refused("")
    assert "nested too deeply" in refused("[" * 5_000)
    with pytest.raises(SurveyRefused, match="UTF-8"):
        read_survey(b"key: \xff\xfe")
    with pytest.raises(SurveyRefused, match="cannot be read"):
        read_file(tmp_path / "away.yaml")


def test_bounds_that_cannot_be_met_are_refused() -> None:
    wrong = document(
        section(
            "p",
            question("n", "number", least=5, most=4),
            question("m", "multiple", options=[{"key": "other", "text": {"sv": "x"}}], least=3, most=9),
            question("x", "number", most=10**400),
        )
    )
    with pytest.raises(SurveyRefused, match="must lie between"):
        parse(wrong)
    del wrong["sections"][0]["questions"][2]
    with pytest.raises(SurveyRefused) as error:
        parse(wrong)
    said = str(error.value)
    for reason in ("less than “least”", "more than there are", "more than can be chosen", "“other” is kept"):
        assert reason in said

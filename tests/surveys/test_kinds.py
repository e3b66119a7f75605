"""Every kind of question with every wrong answer."""

from typing import Any

import pytest

from deliberation.surveys.questions import KINDS
from deliberation.surveys.questions.base import DECLINED, OTHER, Kind, Question
from deliberation.surveys.schema import parse
from tests.surveys.documents import ANSWERS, EVERY_KIND, document, options, question, section

DEFINITION = parse(EVERY_KIND)
HUGE = "9" * 400
LONG = "x" * 1_000_000
STRANGE = [
    "",
    " ",
    "\x00",
    "nothing like it",
    HUGE,
    LONG,
    "-1",
    "0",
    "1e5",
    "٣",
    "🙂",
    DECLINED,
    OTHER,
    "None",
    "[]",
]


def of(kind: str, **more: Any) -> Question:
    return parse(document(section("only", question("q", kind, **more)))).questions[0]


def said(asked: Question, **fields: Any) -> dict[str, list[str]]:
    """A form: `value` is the question's own field, others are named by what follows its name."""
    return {
        asked.name if name == "value" else f"{asked.name}-{name}": [value]
        if isinstance(value, str)
        else value
        for name, value in fields.items()
    }


CHOICE = {"options": options("a", "b", "c")}


@pytest.mark.parametrize(
    ("kind", "more", "form", "stored"),
    [
        ("single", CHOICE, {"value": "a"}, "a"),
        ("single", CHOICE | {"other": True}, {"value": OTHER, "other": " In  words "}, {"other": "In words"}),
        ("single", CHOICE | {"may_decline": True}, {"value": DECLINED}, None),
        ("multiple", CHOICE, {"value": ["c", "a", "a"]}, ["a", "c"]),
        (
            "multiple",
            CHOICE | {"other": True},
            {"value": ["b", OTHER], "other": "Also"},
            {"chosen": ["b"], "other": "Also"},
        ),
        ("multiple", CHOICE | {"may_decline": True}, {"value": ["a"], "declined": DECLINED}, None),
        ("yes_no", {}, {"value": "no"}, False),
        ("scale", {"points": 11}, {"value": "11"}, 11),
        ("matrix", {"rows": options("a", "b")}, {"a": "2"}, {"a": 2}),
        ("ranking", CHOICE, {"b": "1", "a": "2"}, ["b", "a"]),
        ("number", {"decimals": 2}, {"value": "−1 234,50"}, "-1234.50"),
        ("number", {"least": 0, "most": 10}, {"value": "0010"}, "10"),
        ("date", {}, {"value": "2024-02-29"}, "2024-02-29"),
        ("short_text", {}, {"value": "  one\nline "}, "one line"),
        ("long_text", {}, {"value": "two\r\nlines"}, "two\nlines"),
    ],
)
def test_an_answer_is_stored_and_comes_back_into_the_form(
    kind: str, more: dict[str, Any], form: dict[str, Any], stored: Any
) -> None:
    asked = of(kind, **more)
    taken = asked.take(said(asked, **form))
    assert (taken.is_answered, taken.stored, taken.fault) == (True, stored, None)
    assert asked.accepts(stored)
    if stored is not None:
        again = asked.take(asked.shown(stored))
        assert again.stored == stored
        asked.read(stored)


@pytest.mark.parametrize(
    ("kind", "more", "form", "reason"),
    [
        ("single", CHOICE, {"value": "d"}, "among the answers"),
        ("single", CHOICE, {"value": OTHER}, "among the answers"),
        ("single", CHOICE, {"value": DECLINED}, "among the answers"),
        ("single", CHOICE | {"other": True}, {"value": OTHER}, "in words"),
        ("single", CHOICE | {"other": True}, {"value": OTHER, "other": LONG}, "at most"),
        ("multiple", CHOICE | {"most": 1}, {"value": ["a", "b"]}, "at most"),
        ("multiple", CHOICE | {"least": 2}, {"value": ["a"]}, "at least"),
        ("multiple", CHOICE, {"value": ["a", "z"]}, "among the answers"),
        ("multiple", CHOICE | {"other": True, "most": 1}, {"value": ["a", OTHER], "other": "x"}, "at most"),
        ("yes_no", {}, {"value": "maybe"}, "among the answers"),
        ("scale", {}, {"value": "6"}, "among the answers"),
        ("scale", {}, {"value": HUGE}, "among the answers"),
        ("scale", {}, {"value": "٣"}, "among the answers"),
        ("matrix", {"rows": options("a", "b")}, {"a": "0"}, "among the answers"),
        ("matrix", {"rows": options("a", "b"), "required": True}, {"a": "1"}, "every row"),
        ("ranking", CHOICE, {"a": "1", "b": "1"}, "more than once"),
        ("ranking", CHOICE, {"a": "2"}, "missing"),
        ("ranking", CHOICE, {"a": "4"}, "among the answers"),
        ("ranking", CHOICE | {"least": 2}, {"a": "1"}, "at least"),
        ("number", {}, {"value": HUGE}, "whole number"),
        ("number", {}, {"value": "1e400"}, "whole number"),
        ("number", {}, {"value": "NaN"}, "whole number"),
        ("number", {}, {"value": "1.5"}, "whole number"),
        ("number", {"decimals": 1}, {"value": "1.55"}, "after the decimal sign"),
        ("number", {"least": 3}, {"value": "2"}, "at least"),
        ("number", {"most": 3}, {"value": "4"}, "at most"),
        ("date", {}, {"value": "2023-02-29"}, "year, month and day"),
        ("date", {}, {"value": "1/2/2023"}, "year, month and day"),
        ("date", {"least": "2020-01-01"}, {"value": "2019-12-31"}, "before"),
        ("date", {"most": "2020-01-01"}, {"value": "2020-01-02"}, "after"),
        ("short_text", {"limit": 5}, {"value": "123456"}, "at most"),
        ("long_text", {}, {"value": LONG}, "at most"),
    ],
)
def test_a_wrong_answer_is_refused_with_a_reason(
    kind: str, more: dict[str, Any], form: dict[str, Any], reason: str
) -> None:
    asked = of(kind, **more)
    taken = asked.take(said(asked, **form))
    assert taken.fault is not None
    assert not taken.is_answered
    assert reason in taken.fault.sentence % taken.fault.values


@pytest.mark.parametrize("asked", DEFINITION.questions, ids=lambda asked: asked.key)
def test_nothing_sent_breaks_a_question_and_what_is_taken_fits(asked: Question) -> None:
    names = {asked.name, f"{asked.name}-other", f"{asked.name}-declined"}
    names |= {f"{asked.name}-{option.key}" for option in getattr(asked, "options", ())}
    names |= {f"{asked.name}-{row.key}" for row in getattr(asked, "rows", ())}
    for value in STRANGE:
        for form in ({name: [value] for name in names}, {asked.name: [value, value, "x"]}, {asked.name: []}):
            taken = asked.take(form)
            assert not (taken.is_answered and taken.fault)
            assert not taken.is_answered or asked.accepts(taken.stored)


@pytest.mark.parametrize("asked", DEFINITION.questions, ids=lambda asked: asked.key)
def test_only_an_answer_of_its_own_kind_fits_a_question(asked: Question) -> None:
    assert asked.accepts(ANSWERS[asked.key])
    strings: tuple[Any, ...] = () if asked.key in {"work", "story"} else ("zzz",)
    for wrong in (0, -1, 1.5, "", [], [1], ["zzz"], {}, {"zzz": 1}, {"other": ""}, [[]], {"a": []}, *strings):
        assert not asked.accepts(wrong), wrong


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not Kind.NOTE])
def test_a_required_question_asks_for_an_answer_and_an_optional_one_does_not(kind: Kind) -> None:
    more: dict[str, Any] = {
        Kind.SINGLE: CHOICE, Kind.MULTIPLE: CHOICE, Kind.RANKING: CHOICE, Kind.MATRIX: {"rows": options("a")},
    }.get(kind, {})  # fmt: skip
    assert of(kind.value, **more).take({}).fault is None
    asked = of(kind.value, **more, required=True)
    assert asked.take({}).fault is not None
    declined = of(kind.value, **more, required=True, may_decline=True)
    assert declined.take({f"{declined.name}-declined": [DECLINED]}).stored is None

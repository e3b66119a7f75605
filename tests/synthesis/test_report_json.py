"""A synthesis is stored as JSON and read from it without loss; what is none is refused, with the place."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings

from deliberation.synthesis.writers.json import UnreadableReport, read_report, write_json
from deliberation.synthesis.writers.report import Report, Standing
from deliberation.synthesis.writers.text import encodable
from tests.synthesis.report_samples import hostile_report, report, thread
from tests.synthesis.writer_samples import ANY_TEXT, ENGLISH, NAUGHTY

BARE = replace(
    report(),
    standing=Standing.COMPOSED,
    version=None,
    dated=datetime(2027, 2, 15, 7, 3, 0, 5, tzinfo=timezone(timedelta(hours=1))),
    grouping=None,
    map=None,
    sign_off=None,
    threads=(),
    recommendations=(),
    changes=(),
)


def test_a_synthesis_is_read_as_it_was_written() -> None:
    for written in (report(), report(thread(1), thread(2)), BARE):
        assert read_report(write_json(written), ENGLISH) == written


@pytest.mark.parametrize("text", NAUGHTY, ids=[repr(text[:30]) for text in NAUGHTY])
def test_whatever_is_written_is_read_again(text: str) -> None:
    assert read_report(write_json(hostile_report(text)), ENGLISH) == hostile_report(encodable(text))


@settings(max_examples=60, deadline=None, database=None)
@given(ANY_TEXT)
def test_any_text_is_read_again(text: str) -> None:
    assert read_report(write_json(hostile_report(text)), ENGLISH) == hostile_report(encodable(text))


def test_the_same_synthesis_is_the_same_bytes() -> None:
    assert write_json(report()) == write_json(read_report(write_json(report()), ENGLISH))


def test_members_a_reader_does_not_know_are_passed_over() -> None:
    members = json.loads(write_json(report())) | {"later": [1, {"a": None}]}
    assert read_report(json.dumps(members).encode(), ENGLISH) == report()


def test_every_idea_says_its_intervals() -> None:
    (idea, *_) = json.loads(write_json(report()))["threads"][0]["ideas"]
    assert idea["agree_share"] == {"low": 0.687374, "high": 0.914747}
    assert set(idea["groups"][0]["agree_share"]) == {"low", "high"}


def spoilt(change: Callable[[dict[str, Any]], object]) -> bytes:
    members = json.loads(write_json(report()))
    change(members)
    return json.dumps(members).encode()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "this is no JSON"),
        (b"\xff", "this is no JSON"),
        (b"[]", "this is not of the form deliberation-synthesis/2"),
        (spoilt(lambda it: it.pop("heading")), "the synthesis has no member heading"),
        (spoilt(lambda it: it.update(version="3")), 'the synthesis.version: "3" is not expected here'),
        (spoilt(lambda it: it.update(version=True)), "the synthesis.version: true is not expected here"),
        (spoilt(lambda it: it.update(standing="ready")), "the synthesis.standing: 'ready' is not a valid"),
        (spoilt(lambda it: it.update(dated="2027-02-15T07:03:00")), "need a time zone"),
        (spoilt(lambda it: it.update(dated="soon")), "the synthesis.dated: Invalid isoformat"),
        (
            spoilt(lambda it: it["threads"].append(None)),
            r"the synthesis.threads\[1\]: null is not expected here",
        ),
        (
            spoilt(lambda it: it["threads"][0]["ideas"][2].pop("agrees")),
            r"the synthesis.threads\[0\].ideas\[2\] has no member agrees",
        ),
        (
            spoilt(lambda it: it["recommendations"][0].update(because=[99])),
            "recommendation 1 rests on no finding 99",
        ),
    ],
)
def test_what_is_no_synthesis_is_refused_with_the_place(content: bytes, complaint: str) -> None:
    with pytest.raises(UnreadableReport, match=complaint):
        read_report(content, ENGLISH)


def test_the_samples_leave_no_member_of_a_report_empty() -> None:
    full: Report = report()
    assert all(getattr(full, name) not in (None, (), "") for name in Report.__dataclass_fields__)

"""What is read once for many: until the version changes, and never in a request that may not share."""

from collections.abc import Iterator
from itertools import count

import pytest

from deliberation.base import shared as shared_module
from deliberation.base.shared import Kept, as_of, shared


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    before = as_of.set(None)
    yield
    as_of.reset(before)


def test_what_was_read_serves_until_the_version_changes() -> None:
    numbers = count()
    as_of.set("one")
    assert [shared("a key", lambda: next(numbers)) for _ in range(2)] == [0, 0]
    as_of.set("two")
    assert shared("a key", lambda: next(numbers)) == 1


def test_what_rests_on_something_else_has_a_key_of_its_own() -> None:
    as_of.set("here")
    assert [shared(("key", name), lambda name=name: name) for name in ("a", "b", "a")] == ["a", "b", "a"]


def test_without_a_version_everybody_reads_for_themselves() -> None:
    as_of.set("written down")
    shared("mine", lambda: "everybody's")
    as_of.set(None)
    assert shared("mine", lambda: "not yet committed") == "not yet committed"
    as_of.set("written down")
    assert shared("mine", lambda: "read again") == "everybody's"


def test_nothing_is_kept_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 1.9, 2.1])
    monkeypatch.setattr(shared_module.time, "monotonic", lambda: next(clock))
    kept: Kept[str] = Kept(1)
    kept.keep("key", "version", "value")
    assert kept.find("key", "version") == ("value",)
    assert kept.find("key", "version") is None


def test_what_was_longest_not_asked_for_goes_first() -> None:
    kept: Kept[int] = Kept(2)
    kept.keep("a", "version", 1)
    kept.keep("b", "version", 2)
    kept.find("a", "version")
    kept.keep("c", "version", 3)
    assert [kept.find(key, "version") for key in "abc"] == [(1,), None, (3,)]

"""A digest that outlives the erasure of single texts."""

import json

import pytest

from deliberation.analysis.commitment import commit, digest_of, erase

DOCUMENT = {
    "heading": "Few alliances",
    "threads": [
        {"number": 1, "ideas": [{"number": 3, "statement": "Ask Ada Ek.", "agrees": 4}]},
        {"number": 2, "ideas": [{"number": 5, "statement": "Plant trees.", "agrees": 9}]},
    ],
    "names": ["Ada Ek", "Liam"],
}
SECRET = b"0123456789abcdef0123456789abcdef"


def test_a_document_has_the_digest_it_was_committed_with() -> None:
    made = commit(DOCUMENT, secret=SECRET)
    read_again = json.loads(json.dumps(DOCUMENT))
    assert digest_of(read_again, salts=made.salts, erased=made.erased) == made.digest


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one["threads"][0]["ideas"][0].update(agrees=5),
        lambda one: one["threads"][0]["ideas"][0].update(statement="Ask Ada."),
        lambda one: one["threads"].reverse(),
        lambda one: one.update(more=1),
        lambda one: one["names"].pop(),
    ],
)
def test_every_change_changes_the_digest(change) -> None:  # type: ignore[no-untyped-def]
    made = commit(DOCUMENT, secret=SECRET)
    changed = json.loads(json.dumps(DOCUMENT))
    change(changed)
    assert digest_of(changed, salts=made.salts, erased=made.erased) != made.digest


def test_erasing_leaves_the_digest_and_no_trace() -> None:
    made = commit(DOCUMENT, secret=SECRET)
    erased, after = erase(DOCUMENT, made, is_meant=lambda text: "Ada Ek" in text, tombstone="[erased]")
    assert "Ada Ek" not in json.dumps(erased)
    assert erased["threads"][0]["ideas"][0] == {"number": 3, "statement": "[erased]", "agrees": 4}
    assert sorted(after.erased) == ["/names/0", "/threads/0/ideas/0/statement"]
    assert not set(after.erased) & set(after.salts)
    assert digest_of(erased, salts=after.salts, erased=after.erased) == made.digest


def test_numbers_cannot_be_changed_under_the_cover_of_an_erasure() -> None:
    made = commit(DOCUMENT, secret=SECRET)
    erased, after = erase(DOCUMENT, made, is_meant=lambda text: "Ada" in text, tombstone="[erased]")
    erased["threads"][0]["ideas"][0]["agrees"] = 40
    assert digest_of(erased, salts=after.salts, erased=after.erased) != made.digest


def test_erasing_twice_is_erasing_once() -> None:
    made = commit(DOCUMENT, secret=SECRET)
    once = erase(DOCUMENT, made, is_meant=lambda text: "Ada" in text, tombstone="[erased]")
    assert erase(once[0], once[1], is_meant=lambda text: True and "[" in text, tombstone="[x]") == once


def test_equal_texts_do_not_show_that_they_are_equal() -> None:
    made = commit({"names": ["Ada", "Ada"]}, secret=SECRET)
    assert len(set(made.salts.values())) == 2

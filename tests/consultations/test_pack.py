from pathlib import Path

import pytest

from config import ROOT
from deliberation.consultations.models import Phase
from deliberation.consultations.pack import MOST_BYTES, read_pack, read_yaml
from deliberation.consultations.pack_schema import parse_pack
from deliberation.consultations.pack_values import ConsultationPack, PackRefused

SMALLEST = """
format: consultation-pack/1
slug: park
languages: [en, sv]
title: {en: The park}
threads:
  - number: 1
    question: {en: What now}
"""


def read(more: str = "", pack: str = SMALLEST) -> ConsultationPack:
    return parse_pack(read_yaml((pack + more).encode()))


def faults(more: str = "", pack: str = SMALLEST) -> dict[str, str]:
    with pytest.raises(PackRefused) as refused:
        read(more, pack)
    return dict(refused.value.faults)


def test_the_seeded_pack_can_be_read() -> None:
    pack = read_pack(ROOT / "deliberation" / "content" / "alliances-and-partnerships.yaml")
    assert (pack.slug, pack.languages, pack.opens) == (
        "alliances-and-partnerships",
        ("sv", "en"),
        Phase.GATHERING,
    )
    assert [thread.number for thread in pack.threads] == [1, 2, 3, 4, 5, 6, 7]
    assert all(set(thread.words) == {"sv", "en"} for thread in pack.threads)
    glossary = {entry.key: entry.words for entry in pack.background if entry.kind == "glossary"}
    assert "allianser" in glossary["alliance"]["sv"].forms
    assert glossary["alliance"]["sv"].is_translation
    assert not glossary["alliance"]["en"].is_translation


def test_what_is_left_out_is_empty_and_a_draft() -> None:
    pack = read()
    assert (pack.opens, pack.starts, pack.background, pack.tags) == (Phase.DRAFT, {}, (), ())
    assert pack.words["en"].organiser == ""


def test_dates_are_read_with_their_offset() -> None:
    pack = read("phases: {voting: 2026-12-15T00:00:00+01:00}\nopens: gathering")
    assert pack.starts[Phase.VOTING].isoformat() == "2026-12-15T00:00:00+01:00"


@pytest.mark.parametrize(
    ("more", "path", "reason"),
    [
        ("colour: red", "colour", "is not a key that belongs here"),
        ("opens: later", "opens", "must be one of: draft, gathering"),
        ("kicker: {en: 2026}", "kicker.en", "put it in quotation marks"),
        ("kicker: {en: }", "kicker.en", "is empty"),
        ("kicker: Hello", "kicker", "in each language"),
        ("kicker: {no: Hei}", "kicker.False", "put the language in quotation marks"),
        ("kicker: {fi: Hei}", "kicker.fi", "is not one of the languages at the top"),
        ("kicker: {sv: Hej}", "kicker.sv", "there is no title"),
        ("translated: [sv]", "translated[0]", "there is no title in sv"),
        ("phases: {voting: 2026-12-15}", "phases.voting", "needs a time of day and an offset"),
        ("phases: {voting: 2026-12-15T00:00:00}", "phases.voting", "needs an offset from UTC"),
        ("phases: {voting: soon}", "phases.voting", "is not a date"),
        ("phases: {later: 2026-12-15T00:00:00+01:00}", "phases.later", "must be one of"),
        (
            "phases: {gathering: 2026-12-15T00:00:00Z, voting: 2026-12-14T00:00:00Z}",
            "phases.voting",
            "must come after gathering",
        ),
        ("phases: {voting: 2026-12-15T00:00:00Z}\nopens: voting", "opens", "one or the other"),
        ("background: [{key: A b, kind: note, title: {en: a}, body: {en: b}}]", "background[0].key", "small"),
        ("background: [{key: a, kind: poem, title: {en: a}, body: {en: b}}]", "background[0].kind", "one of"),
        ("background: [{key: a, kind: note, title: {en: a}}]", "background[0].body", "is missing"),
        (
            "background: [{key: a, kind: note, title: {en: a}, body: {en: b}, forms: {en: [x]}}]",
            "background[0].forms",
            "glossary",
        ),
        ("tags: [{key: a, group: g, name: {sv: b}}]", "tags[0].name.en", "source language"),
        (
            "tags: [{key: a, group: g, name: {en: Big-Ben}}, {key: b, group: g, name: {en: big ben}}]",
            "tags[1].name.en",
            "the same as in tags[0]",
        ),
        ("tags: [7]", "tags[0]", "must be a mapping"),
        ("tags: seven", "tags", "must be a list"),
    ],
)
def test_a_fault_is_named_by_its_place_and_reason(more: str, path: str, reason: str) -> None:
    found = faults(more)
    assert list(found) == [path]
    assert reason in found[path]


def test_a_fault_deep_inside_is_found() -> None:
    pack = SMALLEST + "  - {number: 2, question: {en: a}}\n  - number: 2\n    question: {en: b, sv: ''}\n"
    assert faults(pack=pack) == {"threads[2].question.sv": "is empty"}
    pack = SMALLEST + "  - {number: 1, question: {en: a}}\n"
    assert faults(pack=pack) == {"threads[1].number": "is the same as in threads[0]"}


def test_every_fault_is_reported_at_once() -> None:
    assert set(faults("colour: red\nopens: later")) == {"colour", "opens"}


def test_something_else_than_a_pack_is_refused() -> None:
    assert "begins with" in faults(pack="- 1")[""]
    assert "begins with" in faults(pack="")[""]
    assert "must be consultation-pack/1" in faults(pack=SMALLEST.replace("pack/1", "pack/2"))["format"]


@pytest.mark.parametrize(
    ("more", "place", "reason"),
    [
        ("opens: [", "line 9", "expected"),
        ("opens: draft\nopens: gathering", "line 10", "the key “opens” is written twice"),
        ("a: &a [1]\nb: *a", "line 10", "aliases"),
        ("opens: 2026-13-45T00:00:00Z", "line 9", "month"),
        ("opens: !!python/object:os.system x", "line 9", "could not determine"),
        ("? [a]\n: b", "line 9", "unhashable"),
        ("opens: \x01", "", "is not YAML in UTF-8"),
        ("opens: " + "[" * 5_000, "", "nested too deeply"),
    ],
)
def test_a_mistake_in_the_yaml_is_named_by_its_line(more: str, place: str, reason: str) -> None:
    found = faults(more)
    assert list(found) == [place]
    assert reason in found[place]


def test_a_file_that_is_too_large_or_away_is_refused(tmp_path: Path) -> None:
    large = tmp_path / "large.yaml"
    large.write_text("#" * (MOST_BYTES + 1))
    with pytest.raises(PackRefused, match="larger than"):
        read_pack(large)
    with pytest.raises(PackRefused, match="cannot be read"):
        read_pack(tmp_path / "away.yaml")

"""What is kept as bytes is read again as it was, and no person is in it who should not be."""

from dataclasses import fields
from hashlib import sha256

import numpy as np
import pytest

from deliberation.analysis.landscape import Landscape, Parameters
from deliberation.analysis.pipeline import analyse
from deliberation.analysis.storing import UNNAMED, Unreadable, dump, dump_votes, load, load_votes
from deliberation.analysis.votes import VoteMatrix
from tests.analysis.crowds import plant, rebuild


@pytest.fixture(scope="module")
def matrix() -> VoteMatrix:
    made, _ = plant(3, people=120, ideas=40)
    straight = np.full(40, 1, dtype=np.int8)
    return VoteMatrix.of(
        people=np.concatenate((np.repeat(made.people, np.diff(made.starts)), np.full(40, 7_000_000_001))),
        ideas=np.concatenate((made.ideas[made.columns], made.ideas)),
        choices=np.concatenate((made.choices, straight)),
        all_ideas=range(41),
        off_map=[3],
    )


@pytest.fixture(scope="module")
def landscape(matrix: VoteMatrix) -> Landscape:
    return analyse(matrix, Parameters(resamples=2, shuffles=2))


def test_a_landscape_is_read_as_it_was_kept(landscape: Landscape) -> None:
    again = load(dump(landscape, with_people=True))
    assert landscape.without_straight_liners is not None
    for field in fields(landscape):
        ours, theirs = getattr(landscape, field.name), getattr(again, field.name)
        if isinstance(ours, np.ndarray):
            assert ours.dtype == theirs.dtype, field.name
            assert np.array_equal(ours, theirs), field.name
        else:
            assert ours == theirs, field.name
    assert again.digest == landscape.digest


def test_equal_landscapes_are_equal_bytes(matrix: VoteMatrix, landscape: Landscape) -> None:
    again = analyse(rebuild(matrix), landscape.parameters)
    assert dump(again, with_people=True) == dump(landscape, with_people=True)


def test_without_people_nobody_is_named(landscape: Landscape) -> None:
    again = load(dump(landscape, with_people=False))
    assert set(again.people.tolist()) == {UNNAMED}
    assert len(again.people) == len(landscape.people)
    assert again.digest == landscape.digest
    renamed = rebuild_named(landscape)
    assert dump(renamed, with_people=False) == dump(landscape, with_people=False)
    assert dump(renamed, with_people=True) != dump(landscape, with_people=True)


def rebuild_named(landscape: Landscape) -> Landscape:
    values = {field.name: getattr(landscape, field.name) for field in fields(landscape)}
    return Landscape(**values | {"people": landscape.people + 5})


@pytest.mark.parametrize("with_people", [True, False])
def test_votes_are_read_as_they_were_kept(matrix: VoteMatrix, with_people: bool) -> None:
    stored = dump_votes(matrix, with_people=with_people)
    again = load_votes(stored)
    assert again.digest == matrix.digest
    for field in fields(matrix):
        ours, theirs = getattr(matrix, field.name), getattr(again, field.name)
        assert ours.dtype == theirs.dtype
        if field.name != "people" or with_people:
            assert np.array_equal(ours, theirs), field.name
    assert (again.people == UNNAMED).all() is np.bool_(not with_people)
    assert dump_votes(rebuild(matrix), with_people=with_people) == stored


def test_votes_without_people_are_analysed_alike(matrix: VoteMatrix, landscape: Landscape) -> None:
    again = analyse(load_votes(dump_votes(matrix, with_people=False)), landscape.parameters)
    assert again.digest == landscape.digest


@pytest.mark.parametrize("spoil", [
    lambda stored: stored[:-9],
    lambda stored: b"landscape 2\n" + stored[12:],
    lambda stored: stored[:40] + b"\0\0\0" + stored[43:],
    lambda stored: b"",
    lambda stored: b"landscape 1\n",
])  # fmt: skip
def test_damaged_bytes_are_refused(landscape: Landscape, spoil: object) -> None:
    with pytest.raises(Unreadable):
        load(spoil(dump(landscape, with_people=True)))  # type: ignore[operator]


def test_one_kind_is_not_read_as_the_other(matrix: VoteMatrix, landscape: Landscape) -> None:
    with pytest.raises(Unreadable):
        load_votes(dump(landscape, with_people=True))
    with pytest.raises(Unreadable):
        load(dump_votes(matrix, with_people=True))


def test_the_digest_covers_every_part_but_people(landscape: Landscape) -> None:
    values = {field.name: getattr(landscape, field.name) for field in fields(landscape)}
    digests = {landscape.digest}
    for name, value in values.items():
        if name == "people":
            continue
        if not isinstance(value, np.ndarray):
            other: object = None
        else:
            other = ~value if value.dtype == bool else value + value.dtype.type(1)
        digests.add(Landscape(**values | {name: other}).digest)
    assert len(digests) == len(values)
    assert all(len(digest) == len(sha256().hexdigest()) for digest in digests)

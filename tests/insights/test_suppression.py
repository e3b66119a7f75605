"""Small results of groups are neither shown nor left to be worked out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linprog

from deliberation.analysis.fewest import FEWEST
from deliberation.insights.suppression import shown_cells, shown_sizes

LANDSCAPES = 1_000
IDEAS = 2

Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
Rule = Callable[[Integers, Integers], Booleans]


def test_a_cell_with_fewer_than_ten_voters_takes_a_second_one_with_it() -> None:
    assert hidden_groups([37, 24, 9], sizes=[38, 30, 17]) == {1, 2}


def test_cells_of_ten_and_more_are_all_shown() -> None:
    assert hidden_groups([37, 24, 10], sizes=[38, 30, 17]) == set()


def test_which_cell_goes_along_follows_from_the_sizes_alone() -> None:
    assert hidden_groups([9, 30, 17], sizes=[38, 30, 20]) == {0, 2}
    assert hidden_groups([9, 11, 17], sizes=[38, 30, 20]) == {0, 2}


def test_two_small_cells_without_ten_voters_take_a_third_one_with_them() -> None:
    assert hidden_groups([30, 4, 5], sizes=[38, 24, 17]) == {0, 1, 2}
    assert hidden_groups([30, 6, 5], sizes=[38, 24, 17]) == {1, 2}


def test_a_cell_that_its_neighbour_gives_away_takes_a_third_one_with_it() -> None:
    # Everybody in the second group has voted: 29 less 20 would leave the third its nine.
    assert hidden_groups([30, 20, 9], sizes=[38, 20, 17]) == {0, 1, 2}
    # The second holds ten at least, so of ten votes none would be left to the third.
    assert hidden_groups([30, 10, 0], sizes=[38, 20, 17]) == {0, 1, 2}


def test_with_two_groups_a_small_cell_hides_both() -> None:
    assert hidden_groups([30, 3], sizes=[38, 17]) == {0, 1}


def test_the_size_of_a_small_group_does_not_follow_from_the_others() -> None:
    assert shown_sizes(np.array([38, 24, 17])).tolist() == [True, True, True]
    assert shown_sizes(np.array([38, 24, 7])).tolist() == [True, False, False]
    assert shown_sizes(np.array([38, 10, 1])).tolist() == [False, False, False]
    assert shown_sizes(np.array([30, 5])).tolist() == [False, False]
    assert shown_sizes(np.array([30])).tolist() == [True]


def test_a_group_without_a_shown_size_has_no_shown_cell() -> None:
    """A shown cell would bound its size from below, and so that of the small group from above."""
    numbers = np.random.default_rng(7)
    for _ in range(300):
        world = some_world(numbers)
        for level in world.levels:
            shown = shown_cells(level.voters, level.sizes)
            assert not shown[~shown_sizes(level.sizes)].any()


def test_an_attacker_with_everything_that_is_shown_recovers_no_hidden_cell() -> None:
    worlds = list(some_worlds())
    assert len(worlds) == LANDSCAPES
    assert sum(len(hidden_cells(world, shown_cells)) for world in worlds) > LANDSCAPES
    assert [found for world in worlds for found in attack(world, shown_cells)] == []


def test_nor_does_one_who_can_count_the_voters_in_no_group_while_any_group_is_shown() -> None:
    """Where every group of an idea is hidden, nothing is left to hide but the total, which is public."""
    for world in some_worlds(200):
        for level, group, idea in attack(world, shown_cells, counts_unplaced=True):
            here = world.levels[level]
            assert not shown_cells(here.voters, here.sizes)[:, idea].any(), group


def test_the_attacker_recovers_cells_that_only_hide_themselves() -> None:
    assert len([found for world in some_worlds(200) for found in attack(world, only_small_ones)]) > 20


@pytest.mark.parametrize(
    ("voters", "sizes"), [([30, 20, 12], [38, 20, 12]), ([30, 0, 0], [38, 20, 17])], ids=["sizes", "sum"]
)
def test_the_attacker_recovers_cells_where_two_hidden_ones_were_thought_enough(
    voters: list[int], sizes: list[int]
) -> None:
    def two(_voters: Integers, _sizes: Integers) -> Booleans:
        return np.array([[True], [False], [False]])

    world = World(
        (Level(np.array(voters)[:, None], np.array(sizes)),), np.array([sum(voters)]), np.array([0])
    )
    assert attack(world, two)
    assert not attack(world, shown_cells)


def only_small_ones(voters: Integers, _sizes: Integers) -> Booleans:
    """The rule without its second half."""
    return np.asarray(voters >= FEWEST)


def hidden_groups(voters: list[int], *, sizes: list[int]) -> set[int]:
    """Return the groups whose cell is hidden on an idea with these voters."""
    shown = shown_cells(np.array(voters)[:, None], np.array(sizes))
    return set(np.flatnonzero(~shown[:, 0]).tolist())


@dataclass(frozen=True)
class Level:
    """A landscape as far as it matters here: of the whole consultation, or of one thread."""

    voters: Integers
    """(G, I)"""
    sizes: Integers
    """(G,)"""


@dataclass(frozen=True)
class World:
    """The same ideas and people, grouped once for the whole and once for the thread."""

    levels: tuple[Level, ...]
    totals: Integers
    """(I,) Everybody who voted, in a group or not."""
    unplaced: Integers
    """(level,) How many people are in no group."""


def some_worlds(count: int = LANDSCAPES) -> Iterator[World]:
    """Random people, groups and votes; the same ones each time."""
    numbers = np.random.default_rng(20261124)
    for _ in range(count):
        yield some_world(numbers)


def some_world(numbers: np.random.Generator) -> World:
    """People who vote more or less eagerly, in two groupings that may resemble each other."""
    people = int(numbers.integers(12, 120))
    votes = numbers.random((people, IDEAS)) < numbers.choice([0.1, 0.3, 0.6, 0.95, 1.0], size=IDEAS)
    weights = numbers.dirichlet(np.full(int(numbers.integers(2, 6)), 2.0))
    whole = numbers.choice(len(weights), size=people, p=weights)
    thread = np.where(numbers.random(people) < 0.2, numbers.integers(0, 2, people), whole % 2)
    unplaced = numbers.random(people) < numbers.choice([0.0, 0.05, 0.4])
    whole[unplaced] = -1
    thread[unplaced | (numbers.random(people) < numbers.choice([0.0, 0.1]))] = -1
    grouped = [group_of for group_of in (whole, thread) if len(_names(group_of)) > 1]
    return World(
        levels=tuple(_level(group_of, votes) for group_of in grouped),
        totals=votes.sum(axis=0),
        unplaced=np.array([(group_of < 0).sum() for group_of in grouped]),
    )


def _names(group_of: Integers) -> list[int]:
    return [name for name in np.unique(group_of).tolist() if name >= 0]


def _level(group_of: Integers, votes: Booleans) -> Level:
    rows = sorted((group_of == name for name in _names(group_of)), key=lambda row: -int(row.sum()))
    return Level(np.array([votes[row].sum(axis=0) for row in rows]), np.array([row.sum() for row in rows]))


def hidden_cells(world: World, rule: Rule) -> list[tuple[int, int, int]]:
    """Return which cells the rule hides, as level, group and idea; where nobody voted there is none."""
    return [
        (number, int(group), int(idea))
        for number, level in enumerate(world.levels)
        for group, idea in np.argwhere(~rule(level.voters, level.sizes))
        if world.totals[idea]
    ]


def attack(world: World, rule: Rule, *, counts_unplaced: bool = False) -> list[tuple[int, int, int]]:
    """Return the hidden cells to which all the shown numbers together leave one value.

    One linear programme for each idea: a person is in one group, or none, of each grouping, so the unknowns
    are the voters in every pair of them. Known are the totals, the shown cells, and that no group has more
    voters than people; and that who is in no group of the whole is in none of the thread.
    """
    return [
        cell
        for cell in hidden_cells(world, rule)
        if _is_pinned(world, rule, cell, counts_unplaced=counts_unplaced)
    ]


def _is_pinned(world: World, rule: Rule, cell: tuple[int, int, int], *, counts_unplaced: bool) -> bool:
    at, group, idea = cell
    shape = tuple(len(level.sizes) + 1 for level in world.levels)  # the last of each: in no group
    known = [(np.ones(shape), int(world.totals[idea]))]
    limits: list[tuple[NDArray[np.float64], int]] = []
    for number, level in enumerate(world.levels):
        voters, shown = level.voters[:, idea], rule(level.voters, level.sizes)[:, idea]
        is_sized = shown_sizes(level.sizes)
        known += [(_slice(shape, number, row), int(voters[row])) for row in np.flatnonzero(shown)]
        limits += [(_slice(shape, number, row), int(level.sizes[row])) for row in np.flatnonzero(is_sized)]
        limits.append((_slice(shape, number, -1), int(world.unplaced[number])))
        if counts_unplaced:
            known.append((_slice(shape, number, -1), int(world.totals[idea] - voters.sum())))
    if len(shape) == 2:
        placed_in_thread_alone = np.zeros(shape)
        placed_in_thread_alone[-1, :-1] = 1
        known.append((placed_in_thread_alone, 0))
    wanted, truth = _slice(shape, at, group), int(world.levels[at].voters[group, idea])
    return all(_farthest(sign * wanted, known, limits) == sign * truth for sign in (-1, 1))


def _farthest(
    wanted: NDArray[np.float64],
    known: list[tuple[NDArray[np.float64], int]],
    limits: list[tuple[NDArray[np.float64], int]],
) -> float:
    """Return the least that `wanted` can be, given what is known."""
    found = linprog(
        wanted.ravel(),
        A_ub=np.array([row.ravel() for row, _ in limits]),
        b_ub=[limit for _, limit in limits],
        A_eq=np.array([row.ravel() for row, _ in known]),
        b_eq=[value for _, value in known],
    )
    assert found.status == 0, found.message
    return float(round(found.fun, 6))


def _slice(shape: tuple[int, ...], axis: int, row: int) -> NDArray[np.float64]:
    chosen = np.zeros(shape)
    chosen[tuple(row if number == axis else slice(None) for number in range(len(shape)))] = 1
    return chosen

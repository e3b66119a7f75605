"""The gate of a release: counted by hand, sampled, and with a crowd that must not pass."""

import numpy as np
import pytest
from numpy.typing import NDArray

from deliberation.exchange.journal import NOT_SEEN
from deliberation.exchange.release.choosing import (
    FEWEST_IDEAS,
    FEWEST_WITHHELD,
    MOST_SHIFT,
    choose,
    shifts_of,
)
from deliberation.exchange.release.gate import LIMIT, singled_out

_ = NOT_SEEN


def crowd(people: int, ideas: int, *, seed: int = 1, kinds: int = 0) -> NDArray[np.int8]:
    """People who vote on everything at random, or each as one of so many kinds."""
    rng = np.random.default_rng(seed)
    rows = rng.integers(-1, 2, (kinds or people, ideas)).astype(np.int8)
    return rows[rng.integers(0, kinds, people)] if kinds else rows


def test_whoever_has_the_only_row_with_known_votes_is_singled_out() -> None:
    cells = np.array([[1, 1, _], [1, 1, _], [1, -1, 0], [1, _, _], [_, _, _]], np.int8)
    # The third alone disagrees; the fourth's one vote is everybody's; the fifth has no row.
    found = singled_out(cells, seed=1)
    assert (found.share, found.draws) == (1 / 4, None)


def test_a_row_that_lacks_a_vote_is_another_row() -> None:
    cells = np.array([[1, 1], [1, _], [1, _]], np.int8)
    assert singled_out(cells, seed=1).share == 1 / 3


def test_fewer_known_votes_single_out_fewer() -> None:
    cells = crowd(300, 20)
    shares = [singled_out(cells, seed=1, known=known).share for known in (1, 3, 5, 8)]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] > 0.9


def test_sampling_agrees_with_going_through_all() -> None:
    cells = crowd(400, 9, kinds=120)
    # The eight known votes are all but one of nine: each of the nine cases can be gone through.
    cases = [singled_out(np.delete(cells, left, axis=1), seed=1) for left in range(9)]
    assert {case.draws for case in cases} == {None}
    sampled = singled_out(cells, seed=2)
    assert sampled.draws is not None
    assert sampled.low <= np.mean([case.share for case in cases]) <= sampled.high


def test_the_same_seed_gives_the_same() -> None:
    cells = crowd(200, 30)
    assert singled_out(cells, seed=5) == singled_out(cells, seed=5)
    one, other = choose(crowd(400, 12, kinds=30), seed=5), choose(crowd(400, 12, kinds=30), seed=5)
    assert one is not None
    assert other is not None
    assert one.people.tolist() == other.people.tolist()


def test_nobody_is_singled_out_where_nobody_voted() -> None:
    found = singled_out(np.full((5, 3), NOT_SEEN, np.int8), seed=1)
    assert (found.share, found.passes) == (0.0, True)
    assert choose(np.empty((0, 0), np.int8), seed=1) is None


def test_a_crowd_of_a_kind_goes_out_whole() -> None:
    cells = crowd(400, 12, kinds=8)
    chosen = choose(cells, seed=1)
    assert chosen is not None
    assert len(chosen.people) == 400
    assert len(chosen.ideas) == 12


def test_a_crowd_of_strangers_stays_in() -> None:
    cells = crowd(60, 40)
    assert not singled_out(cells, seed=1).passes
    assert choose(cells, seed=1) is None


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_let_through_passes_the_gate_again(seed: int) -> None:
    usual = crowd(900, 15, kinds=12, seed=seed)
    unusual = crowd(60, 15, seed=seed + 10)
    cells = np.concatenate([usual, unusual])
    chosen = choose(cells, seed=seed)
    assert chosen is not None
    kept = cells[np.ix_(chosen.people, chosen.ideas)]
    assert len(chosen.ideas) >= FEWEST_IDEAS
    assert len(cells) - len(chosen.people) >= FEWEST_WITHHELD
    for again in range(5):
        assert singled_out(kept, seed=100 + again).share <= LIMIT
    assert shifts_of(cells[:, chosen.ideas], kept).mean() <= MOST_SHIFT
    # Everybody together would not have passed.
    assert not singled_out(cells, seed=1).passes


def test_a_few_rows_are_never_held_back_by_themselves() -> None:
    # One unusual person: to hold back that row alone would show it by what is missing.
    cells = np.concatenate([crowd(60, 6, kinds=4), np.array([[-1, 1, 0, -1, 0, 1]], np.int8)])
    chosen = choose(cells, seed=1)
    assert chosen is not None
    assert len(cells) - len(chosen.people) not in range(1, FEWEST_WITHHELD)

"""What each idea means to each group, worked out by hand and against what was published."""

from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deliberation.analysis.counting import count, count_by_group, count_by_person, count_weighted
from deliberation.analysis.intervals import newcombe_interval
from deliberation.analysis.landscape import AGREES, DISAGREES
from deliberation.analysis.statistics import (
    consensus,
    division,
    majority,
    mean_consensus,
    priority,
    ratio_test,
    representative,
    share_test,
    unsure,
)
from deliberation.analysis.votes import VoteMatrix
from tests.analysis.crowds import read_open_set

IDEAS = np.array([10, 20, 30])
ON_MAP = np.array([True, True, True])
# Two groups; idea 10 parts them, 20 unites them, 30 leaves them unsure.
COUNTS = np.array([[[18, 1, 1], [15, 0, 0], [2, 2, 9]], [[2, 16, 2], [13, 1, 0], [3, 2, 7]]])


def test_votes_are_counted_by_group_and_by_person() -> None:
    matrix = VoteMatrix.of(
        people=[1, 1, 2, 2, 3], ideas=[10, 20, 10, 20, 10], choices=[1, 0, -1, 1, 1], off_map=[20]
    )
    assert count(matrix).tolist() == [[2, 1, 0], [1, 0, 1]]
    groups = np.array([{1: 0, 2: 1, 3: -1}[person] for person in matrix.people.tolist()])
    assert count_by_group(matrix, groups, 2).tolist() == [[[1, 0, 0], [0, 0, 1]], [[0, 1, 0], [1, 0, 0]]]
    own = dict(zip(matrix.people.tolist(), count_by_person(matrix).tolist(), strict=True))
    assert own == {1: [1, 0, 0], 2: [0, 1, 0], 3: [1, 0, 0]}
    weights = np.array([{1: 2.0, 2: 0.0, 3: 1.0}[person] for person in matrix.people.tolist()])
    assert count_weighted(matrix, weights).tolist() == [[3, 0, 0], [0, 0, 2]]


def test_consensus_is_worked_out_by_hand() -> None:
    assert consensus(COUNTS) == pytest.approx([19 / 22 * 3 / 22, 16 / 17 * 14 / 16, 3 / 15 * 4 / 14])
    assert mean_consensus(COUNTS) == pytest.approx(np.sqrt(consensus(COUNTS)))


def test_consensus_without_groups_is_that_of_an_idea_nobody_has_seen() -> None:
    nobody = np.zeros((0, 3, 3), dtype=np.int64)
    assert consensus(nobody).tolist() == mean_consensus(nobody).tolist() == [0.5, 0.5, 0.5]


def test_consensus_equals_what_was_published() -> None:
    published = read_open_set("bg2050-volunteers")
    matrix = published.matrix
    groups = np.array([published.groups.get(person, -1) for person in matrix.people.tolist()])
    ours = consensus(count_by_group(matrix, groups, 2))
    theirs = np.array([published.consensus[idea] for idea in matrix.ideas.tolist()])
    assert len(theirs) == 371
    assert np.abs(ours - theirs).max() < 1e-6


def test_tests_of_shares_and_differences_are_worked_out_by_hand() -> None:
    # 18 of 20 agree: 2·√21·(19/21 − ½).
    assert share_test(COUNTS[0], AGREES)[0] == pytest.approx(2 * sqrt(21) * (19 / 21 - 0.5))
    # Against 2 of 20, one added to each count: 19/21 and 3/21, pooled 22/42.
    deviation = sqrt(22 / 42 * 20 / 42 * (1 / 21 + 1 / 21))
    assert ratio_test(COUNTS[0], COUNTS[1], AGREES)[0] == pytest.approx((19 / 21 - 3 / 21) / deviation)


def test_a_difference_where_all_agree_is_none() -> None:
    everybody = np.array([[5, 0, 0]])
    assert ratio_test(everybody, everybody, AGREES).tolist() == [0.0]


def test_what_parts_the_groups_represents_them() -> None:
    first, second = representative(COUNTS, IDEAS, ON_MAP)
    assert [(one.idea, one.agrees, one.is_best_agree) for one in first] == [(10, True, True)]
    assert [(one.idea, one.agrees, one.is_best_agree) for one in second] == [(10, False, False)]
    assert first[0].ratio == pytest.approx(19 / 22 / (3 / 22))
    assert second[0].share_test == pytest.approx(2 * sqrt(21) * (17 / 21 - 0.5))


def test_agrees_stand_before_disagrees_and_the_best_agreed_first() -> None:
    ours = np.array([[1, 18, 1], [15, 5, 0], [18, 2, 0], [0, 20, 0], [14, 6, 0], [0, 19, 1], [1, 19, 0]])
    counts = np.stack([ours, ours[:, [1, 0, 2]]])
    shown = representative(counts, np.arange(7), np.ones(7, dtype=bool))[0]
    assert [(one.idea, one.agrees) for one in shown] == [
        (2, True), (3, False), (5, False), (6, False), (0, False),
    ]  # fmt: skip
    assert [one.is_best_agree for one in shown] == [True, False, False, False, False]


def test_the_best_agreed_is_shown_even_behind_five_others() -> None:
    ours = np.array([[0, 20, 0]] * 6 + [[15, 5, 0]])
    counts = np.stack([ours, ours[:, [1, 0, 2]]])
    shown = representative(counts, np.arange(7), np.ones(7, dtype=bool))[0]
    assert [one.idea for one in shown] == [6, 0, 1, 2, 3]


def test_an_idea_off_the_map_represents_nobody() -> None:
    assert representative(COUNTS, IDEAS, np.array([False, True, True]))[0] == ()


def test_one_group_is_told_from_nobody() -> None:
    assert representative(COUNTS[:1], IDEAS, ON_MAP) == ((),)


def test_majorities_and_doubts_are_listed() -> None:
    counts = COUNTS.sum(axis=0)
    assert majority(counts, IDEAS, ON_MAP, AGREES) == (20,)
    assert majority(counts, IDEAS, ON_MAP, DISAGREES) == ()
    assert unsure(counts, IDEAS, ON_MAP) == (30,)
    assert majority(counts, IDEAS, np.array([True, False, True]), AGREES) == ()


def test_a_majority_of_few_is_none() -> None:
    # 1 of 1: ⅔ smoothed, but 2·√2·½ = 1.41 deviations; 1 of 2: 2·√3·⅙ = 0.58.
    counts = np.array([[1, 0, 0], [1, 0, 1]])
    assert majority(counts, np.array([1, 2]), np.array([True, True]), AGREES) == (1,)


def test_priority_is_worked_out_by_hand() -> None:
    counts, extremity = np.array([[6, 2, 2], [0, 0, 0]]), np.array([1.5, 0.0])
    seen = (1 - 3 / 12) * 2.5 * 7 / 12 * (1 + 8 * 2 ** (-10 / 5))
    unseen = (1 - 1 / 2) * 1.0 * 1 / 2 * (1 + 8)
    assert priority(counts, extremity) == pytest.approx([seen**2, unseen**2])


def test_priorities_tell_ideas_apart() -> None:
    counts = COUNTS.sum(axis=0)
    priorities = priority(counts, np.array([2.0, 0.3, 0.1]))
    assert len(set(priorities.tolist())) == 3
    assert (priorities > 0).all()
    assert priority(counts[1:2], np.array([0.3])) < priority(counts[1:2] // 4, np.array([0.3]))


share = st.integers(0, 60).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))


@given(st.lists(share, min_size=2, max_size=4))
@settings(max_examples=100)
def test_division_is_the_surest_difference_between_two_groups(groups: list[tuple[int, int]]) -> None:
    counts = np.array([[[agrees, total - agrees, 0]] for agrees, total in groups])
    surest = max(newcombe_interval(*one, *other).low for one in groups for other in groups)
    assert division(counts)[0] == pytest.approx(max(surest, 0.0), abs=1e-12)


def test_geometric_means_compare_across_numbers_of_groups() -> None:
    alike = np.repeat(COUNTS[:1], 4, axis=0)
    assert mean_consensus(alike) == pytest.approx(mean_consensus(COUNTS[:1]))
    assert log(consensus(alike)[0]) == pytest.approx(4 * log(consensus(COUNTS[:1])[0]))

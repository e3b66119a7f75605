"""Hidden cells: the rules by themselves, and an attack with everything that is shown."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from benchmarks.survey_attack import attacks, each_table_alone, protected, small_cells_only
from deliberation.analysis.disclosure import FEWEST, hidden_cells, is_protected, open_cells
from deliberation.analysis.joint import Table, conceal_exposed, next_edition

tables = st.tuples(st.integers(2, 5), st.integers(2, 5)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.integers(0, 40))
)


def test_a_table_of_large_cells_is_shown_whole() -> None:
    assert not hidden_cells(np.array([[10, 30], [25, 11]])).any()


def test_a_small_cell_takes_others_with_it_so_that_no_sum_gives_it_away() -> None:
    counts = np.array([[4, 30, 40], [25, 20, 50], [60, 70, 80]])
    hidden = hidden_cells(counts)
    assert hidden[0, 0]
    assert (hidden.sum(axis=1)[hidden.any(axis=1)] >= 2).all()
    assert (hidden.sum(axis=0)[hidden.any(axis=0)] >= 2).all()
    assert not hidden.all()


def test_an_answer_that_nobody_gave_is_no_secret() -> None:
    counts = np.array([[30, 0, 15], [20, 0, 40]])
    assert not hidden_cells(counts).any()
    assert not open_cells(counts)[:, 1].any()


@given(tables)
@settings(max_examples=150, deadline=None)
def test_hidden_cells_of_a_line_are_none_or_all_or_ten_people(counts: np.ndarray) -> None:
    hidden, is_open = hidden_cells(counts), open_cells(counts)
    assert (hidden[is_open & (counts < FEWEST)]).all()
    assert is_protected(counts, hidden)
    for axis in (0, 1):
        together = np.where(hidden, counts, 0).sum(axis=axis)
        is_whole = (hidden == is_open).all(axis=axis)
        assert (is_whole | ~hidden.any(axis=axis) | (together >= FEWEST)).all()


@given(tables)
@settings(max_examples=60, deadline=None)
def test_something_is_hidden_whichever_question_stands_at_the_side(counts: np.ndarray) -> None:
    assert hidden_cells(counts).any() == hidden_cells(counts.T).any()


def test_a_table_that_tells_of_another_is_hidden_whole() -> None:
    # The first two questions have the same answers, and two people of the second group gave the first one.
    by_group = np.array([[40, 30, 20], [2, 30, 20], [20, 12, 30]])
    same = np.diag(by_group.sum(axis=0))
    hidden_here = np.zeros((3, 3), dtype=bool)
    hidden_here[[0, 0, 1, 1], [0, 1, 0, 1]] = True
    hidden_there = np.zeros((3, 3), dtype=bool)
    hidden_there[[1, 1, 2, 2], [0, 2, 0, 2]] = True
    tables = {
        (0, 1): Table(by_group, hidden_here),
        (0, 2): Table(by_group, hidden_there),
        (1, 2): Table(same, np.zeros((3, 3), dtype=bool)),
    }
    safe = conceal_exposed(tables, seed=1)
    assert any((safe[pair].hidden & ~tables[pair].hidden).any() for pair in tables)


def test_a_table_changes_only_when_those_who_came_since_could_be_shown() -> None:
    before = np.array([[30, 40], [50, 20]])
    shown = {(0, 1): Table(before, hidden_cells(before))}
    few_more = {(0, 1): before + np.array([[3, 12], [15, 20]])}
    many_more = {(0, 1): before + np.array([[10, 12], [15, 20]])}
    assert next_edition(few_more, shown, seed=1)[0, 1] is shown[0, 1]
    assert next_edition(many_more, shown, seed=1)[0, 1].counts.tolist() == many_more[0, 1].tolist()


@pytest.mark.parametrize("questions", [2, 3])
def test_an_attack_recovers_no_hidden_cell(questions: int) -> None:
    found = list(attacks(protected, surveys=60, questions=questions, seed=4))
    assert sum(hidden for _, hidden, _, _ in found) > 200
    assert sum(recovered for recovered, _, _, _ in found) == 0
    assert min(narrowest for _, _, narrowest, _ in found) >= 1


def test_the_same_attack_recovers_cells_where_only_small_ones_are_hidden() -> None:
    found = list(attacks(small_cells_only, surveys=20, questions=3, seed=4))
    assert sum(recovered > 0 for recovered, _, _, _ in found) > 10


def test_a_table_by_itself_is_safe_from_its_margins() -> None:
    assert sum(one[0] for one in attacks(each_table_alone, surveys=60, questions=2, seed=9)) == 0

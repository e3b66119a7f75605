"""The map: everything inside it, nothing that is no number, and nobody to be read off."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from deliberation.analysis.landscape import NOT_PLACED
from deliberation.insights.drawing import (
    GRID,
    HEIGHT,
    MOST_IDEAS,
    PADDING,
    SPACING,
    WIDTH,
    Outline,
    draw_crowd,
    draw_groups,
    draw_ideas,
    draw_person,
    mark_path,
    shape_of,
)
from tests.insights.landscapes import AGREE, make_landscape

coordinates = st.one_of(
    st.floats(-5, 5), st.sampled_from([0.0, 1.0, -1.0]), st.floats(-1e12, 1e12), st.floats(-1e-12, 1e-12)
)


@st.composite
def landscapes(draw: st.DrawFn):  # type: ignore[no-untyped-def]
    """People anywhere, in up to five groups or in none."""
    people, groups = draw(st.integers(1, 60)), draw(st.integers(1, 5))
    points = draw(arrays(np.float64, (people, 2), elements=coordinates))
    group_of = draw(arrays(np.int64, people, elements=st.integers(NOT_PLACED, groups - 1)))
    ideas = draw(st.integers(1, 60))
    idea_points = draw(arrays(np.float64, (ideas, 2), elements=coordinates))
    votes = np.full((people, ideas), AGREE)
    names = np.unique(group_of[group_of != NOT_PLACED])
    group_of = np.where(group_of == NOT_PLACED, NOT_PLACED, np.searchsorted(names, group_of))
    return make_landscape(
        votes, group_of, points=points, idea_points=idea_points, extremity=np.hypot(*idea_points.T)
    )


@settings(max_examples=150, deadline=None)
@given(landscapes())
def test_whatever_the_places_everything_is_a_number_inside_the_map(landscape) -> None:  # type: ignore[no-untyped-def]
    outlines = draw_groups(landscape, range(landscape.groups))
    spots = [(mark.x, mark.y) for outline in outlines for mark in outline.marks]
    spots += [(mark.x, mark.y) for mark in draw_crowd(landscape)]
    spots += [(outline.name.x, outline.name.y) for outline in outlines]
    spots += [place for outline in outlines for place in path_places(outline)]
    ideas = draw_ideas(landscape, first=[3, 1], readable=set(landscape.ideas.tolist()))
    spots += [(mark.x, mark.y) for mark in ideas]
    spots += [(at.x, at.y) for x, y in landscape.points.tolist() for at in [draw_person(landscape, x, y)]]
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in spots), spots
    assert not re.search("nan|inf", " ".join(outline.path for outline in outlines))


@settings(max_examples=60, deadline=None)
@given(landscapes(), st.randoms(use_true_random=False))
def test_the_order_of_people_does_not_change_the_map(landscape, shuffling) -> None:  # type: ignore[no-untyped-def]
    order = list(range(len(landscape.points)))
    shuffling.shuffle(order)
    votes = np.full((len(order), len(landscape.ideas)), AGREE)
    other = make_landscape(votes, landscape.group_of[order], points=landscape.points[order])
    assert draw_groups(other, range(other.groups)) == draw_groups(landscape, range(landscape.groups))


def test_people_who_lie_far_out_are_in_no_mark_and_in_no_outline() -> None:
    numbers = np.random.default_rng(3)
    points = numbers.normal(0, 1, (60, 2)) + np.repeat([[-4.0, 0.0], [4.0, 0.0]], 30, axis=0)
    group_of = np.repeat([0, 1], 30)
    calm = draw_groups(make_landscape(np.ones((60, 3)), group_of, points=points), [0, 1])
    points[7] = points[:30].mean(axis=0) + np.array([0.0, 5.0])
    wild = draw_groups(make_landscape(np.ones((60, 3)), group_of, points=points), [0, 1])
    assert height(wild[0]) <= height(calm[0]) + 2 * GRID
    assert min(mark.y for mark in wild[0].marks) > PADDING


def test_marks_lie_on_the_grid_and_tell_one_from_many() -> None:
    points = np.repeat([[-1.0, 0.0], [1.0, 0.5], [2.0, -0.5]], [10, 3, 1], axis=0)
    marks = draw_crowd(make_landscape(np.ones((14, 2)), np.zeros(14, dtype=int), points=points))
    assert {mark.size for mark in marks} == {1, 2}  # the one who is farthest out is not drawn
    assert all(mark.x % GRID == 0 or mark.x in (PADDING, WIDTH - PADDING) for mark in marks)


def test_each_group_has_a_shape_of_its_own_that_stays_inside_its_radius() -> None:
    shapes = [shape_of(letter) for letter in "ABCDE"]
    assert len(set(shapes)) == 5
    assert len({mark_path(shape, 10, 10, 4) for shape in shapes}) == 5
    assert shape_of("F") is shapes[0]


def test_nobody_is_drawn_where_nobody_is_placed() -> None:
    landscape = make_landscape(np.ones((5, 2)), np.full(5, NOT_PLACED))
    assert draw_crowd(landscape) == ()
    assert draw_groups(landscape, []) == ()


@pytest.mark.parametrize("ideas", [1, 12, 500])
def test_ideas_are_few_enough_and_far_enough_apart_to_be_hit(ideas: int) -> None:
    landscape = make_landscape(np.ones((20, ideas)), np.repeat([0, 1], 10))
    marks = draw_ideas(landscape, first=[ideas], readable=set(range(1, ideas + 1)))
    assert len(marks) == min(ideas, MOST_IDEAS)
    assert ideas in {mark.number for mark in marks}
    gaps = [
        np.hypot(one.x - other.x, one.y - other.y)
        for at, one in enumerate(marks)
        for other in marks[at + 1 :]
    ]
    assert min(gaps, default=SPACING) >= SPACING - 0.2


def test_an_idea_that_cannot_be_read_is_not_on_the_map() -> None:
    landscape = make_landscape(np.ones((20, 4)), np.repeat([0, 1], 10))
    assert {mark.number for mark in draw_ideas(landscape, first=[2, 3], readable={1, 3})} == {1, 3}


def path_places(outline: Outline) -> list[tuple[float, float]]:
    """Return every place that the path names."""
    numbers = [float(number) for number in re.findall(r"-?\d+\.\d", outline.path)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def height(outline: Outline) -> float:
    """Return how high the outline reaches."""
    ys = [y for _, y in path_places(outline)]
    return max(ys) - min(ys)

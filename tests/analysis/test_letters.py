"""Letters stay with people."""

from dataclasses import replace

import numpy as np

from deliberation.analysis.landscape import Landscape, Parameters
from deliberation.analysis.letters import assign_letters
from deliberation.analysis.pipeline import analyse
from tests.analysis.crowds import plant

QUICK = Parameters(resamples=0)


def landscape_of(groups: list[int]) -> Landscape:
    """A landscape in which the people 0, 1, 2… are in these groups."""
    landscape = analyse(plant(2, people=len(groups))[0], QUICK)
    return replace(
        landscape,
        people=np.arange(len(groups)),
        group_of=np.array(groups, dtype=np.int8),
        group_sizes=np.bincount([group for group in groups if group >= 0]),
    )


def test_the_first_letters_go_by_size() -> None:
    assert assign_letters(landscape_of([0, 0, 0, 1, 1, 2, -1]), {}) == ("A", "B", "C")


def test_letters_stay_with_the_same_people_when_sizes_change() -> None:
    before = dict.fromkeys(range(5), "A") | dict.fromkeys(range(5, 9), "B")
    assert assign_letters(landscape_of([1, 1, 1, 1, 0, 0, 0, 0, 0]), before) == ("B", "A")


def test_a_new_group_does_not_take_the_letter_of_one_that_is_gone() -> None:
    before = {0: "A", 1: "A", 2: "B", 3: "B", 4: "B"}
    # All who are left were in B; the second group is of newcomers.
    assert assign_letters(landscape_of([-1, -1, 0, 0, 0, 1, 1]), before) == ("B", "C")


def test_the_larger_part_of_a_group_that_splits_keeps_its_letter() -> None:
    before = dict.fromkeys(range(7), "A") | {7: "B", 8: "B"}
    assert assign_letters(landscape_of([1, 1, 0, 0, 0, 0, 1, 2, 2]), before) == ("A", "C", "B")


def test_as_many_people_as_possible_keep_their_letter() -> None:
    # To give the first group A would keep 3; B for it and A for the second keeps 2 + 3.
    before = {0: "A", 1: "A", 2: "A", 3: "B", 4: "B", 5: "A", 6: "A", 7: "A"}
    assert assign_letters(landscape_of([0, 0, 0, 0, 0, 1, 1, 1]), before) == ("B", "A")


def test_letters_are_no_part_of_the_landscape() -> None:
    matrix, _ = plant(2)
    one, other = analyse(matrix, QUICK), analyse(matrix, QUICK)
    assign_letters(one, {int(one.people[0]): "Z"})
    assert one.digest == other.digest

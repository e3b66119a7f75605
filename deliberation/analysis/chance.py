"""Whether people differ more than chance would make them: the votes against the same votes shuffled."""

from dataclasses import replace
from typing import Final

import numpy as np

from deliberation.analysis.counting import count
from deliberation.analysis.fitting import Crowd
from deliberation.analysis.landscape import Parameters
from deliberation.analysis.numbers import random_words
from deliberation.analysis.projection import MOST_COMPONENTS, centre, find_axes
from deliberation.analysis.votes import VoteMatrix

MOST_PEOPLE: Final = 20_000
ROUGHLY: Final = 1e-3
"""The accuracy of components of which only the variance counts."""


def shuffled(matrix: VoteMatrix, *, seed: int, stream: int) -> VoteMatrix:
    """Return the same votes, dealt anew among those who voted on each idea: nobody holds with anybody.

    The rows stay as they are, hence no longer lie in the order of their content.
    """
    places = np.arange(len(matrix.choices), dtype=np.int64)
    dealt = random_words(seed, stream, len(places)) >> np.uint64(24)
    by_idea = np.argsort(matrix.columns, kind="stable")
    at_random = np.argsort((matrix.columns.astype(np.uint64) << np.uint64(40)) | dealt)
    choices = np.empty_like(matrix.choices)
    choices[by_idea] = matrix.choices[at_random]
    return replace(matrix, choices=choices)


def directions_beyond_chance(crowd: Crowd, parameters: Parameters) -> int:
    """Return how many components, of the first four, explain more of the votes than the first of any shuffle.

    With 19 shuffles, votes that hold no more than chance have one such component one time in twenty. Of a
    great crowd 20,000 people are looked at. Source: J. L. Horn, "A rationale and test for the number of
    factors in factor analysis", Psychometrika 30 (1965) 179–185; there with drawn numbers in place of
    shuffled votes.
    """
    matrix = _some(crowd.matrix)
    counts = count(matrix)
    found = find_axes(centre(matrix, counts), seed=parameters.seed, wanted=MOST_COMPONENTS, accuracy=ROUGHLY)
    by_chance = 0.0
    for stream in range(parameters.shuffles):
        dealt = centre(shuffled(matrix, seed=parameters.seed, stream=stream), counts)
        axes = find_axes(dealt, seed=parameters.seed, wanted=1, accuracy=ROUGHLY)
        by_chance = max(by_chance, float(axes.variances[0]))
        if by_chance >= found.variances[0]:
            return 0
    return int(np.count_nonzero(found.variances > by_chance))


def _some(matrix: VoteMatrix) -> VoteMatrix:
    """The matrix, or people from all over it: its order has nothing to do with how people voted."""
    if len(matrix.people) <= MOST_PEOPLE:
        return matrix
    return matrix.of_people(np.arange(len(matrix.people)) < MOST_PEOPLE)

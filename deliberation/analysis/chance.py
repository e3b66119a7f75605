"""Whether people differ more than chance would make them: the votes against the same votes shuffled."""

from dataclasses import replace

import numpy as np

from deliberation.analysis.fitting import Crowd, Fit
from deliberation.analysis.landscape import Parameters
from deliberation.analysis.numbers import random_words
from deliberation.analysis.projection import centre, find_axes
from deliberation.analysis.votes import VoteMatrix


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


def exceeds_chance(crowd: Crowd, found: Fit, parameters: Parameters) -> bool:
    """Return whether the first axis explains more of the votes than in any of the shuffles.

    With 19 shuffles, votes that hold no more than chance pass one time in twenty. Source: J. L. Horn,
    "A rationale and test for the number of factors in factor analysis", Psychometrika 30 (1965) 179–185;
    there with drawn numbers in place of shuffled votes.
    """
    for stream in range(parameters.shuffles):
        dealt = centre(shuffled(crowd.matrix, seed=parameters.seed, stream=stream), crowd.counts)
        if find_axes(dealt, seed=parameters.seed, accuracy=0.001).variances[0] >= found.axes.variances[0]:
            return False
    return True

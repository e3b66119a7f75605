"""People who voted one way on everything, which says little about the ideas."""

import numpy as np

from deliberation.analysis.counting import sum_by_person
from deliberation.analysis.fitting import Crowd
from deliberation.analysis.landscape import Parameters
from deliberation.analysis.votes import Booleans


def straight_liners(crowd: Crowd, parameters: Parameters) -> Booleans:
    """Return who gave one answer to every idea of the map they voted on, often enough to tell, (P,).

    Often enough: on as many ideas as place a person, and such that somebody who answers each idea as others
    do would answer them all alike less than once in a hundred times. Where nearly everybody agrees with
    nearly everything, agreeing ten times is no sign.
    """
    one_way = crowd.own_counts.max(axis=1, initial=0) == crowd.votes_cast
    suspects = one_way & (crowd.votes_cast >= parameters.fewest_votes)
    if not suspects.any():
        return suspects
    smoothed = (crowd.counts + 1) / (crowd.counts.sum(axis=1, keepdims=True) + 3)
    chances = np.where(crowd.matrix.is_on_map[:, None], np.log(smoothed), 0.0).ravel()
    suspects[suspects] = sum_by_person(crowd.matrix.of_people(suspects), chances) < np.log(
        parameters.straight_line_chance
    )
    return suspects

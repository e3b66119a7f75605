"""What is said about the groups: none, one crowd, groups, or groups that do not stay."""

from typing import Final

import numpy as np

from deliberation.analysis.fitting import Crowd, Fit
from deliberation.analysis.landscape import Decision, Outcome, Parameters, Reason
from deliberation.analysis.stability import Stability

FEWEST_IDEAS: Final = 3
"""On fewer ideas the map would only repeat the answers."""


def too_little(crowd: Crowd, parameters: Parameters) -> Reason | None:
    """Return why nothing can be said of this crowd, or None."""
    if not len(crowd.matrix.people):
        return Reason.NOBODY_VOTED
    if np.count_nonzero(crowd.is_placed) < parameters.fewest_people:
        return Reason.TOO_FEW_PEOPLE
    voted_on = crowd.counts.sum(axis=1) > 0
    if np.count_nonzero(voted_on & crowd.matrix.is_on_map) < FEWEST_IDEAS:
        return Reason.TOO_FEW_IDEAS
    return None


def decide(
    found: Fit,
    too_little: Reason | None,
    directions: int | None,
    stability: Stability | None,
    parameters: Parameters,
) -> Decision:
    """Weigh what was found.

    `directions`, beyond chance, and `stability` are None where they were not looked for.
    """
    if too_little is not None:
        outcome, reason = Outcome.NOTHING, too_little
    elif found.grouping.groups < 2:
        outcome, reason = Outcome.ONE_CROWD, Reason.ALL_ALIKE
    elif directions == 0:
        outcome, reason = Outcome.ONE_CROWD, Reason.NO_MORE_THAN_CHANCE
    elif stability is None:
        outcome, reason = Outcome.NO_STABLE_GROUPS, Reason.NOT_COUNTED_AGAIN
    elif stability.agreement < parameters.stable_from:
        outcome, reason = Outcome.NO_STABLE_GROUPS, Reason.GROUPS_CHANGE
    else:
        outcome, reason = Outcome.GROUPS, Reason.GROUPS_STAY
    return Decision(
        outcome=outcome,
        reasons=(reason,),
        candidates=found.grouping.candidates,
        dimensions=found.grouping.dimensions,
        stability=None if stability is None else stability.agreement,
    )

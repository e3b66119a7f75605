"""What is said about the groups: none, one crowd, groups, or groups that do not stay."""

from typing import Final

import numpy as np

from deliberation.analysis.fitting import Crowd, Fit
from deliberation.analysis.landscape import Decision, Outcome, Parameters, Reason

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


def nothing(found: Fit, reason: Reason) -> Decision:
    """Say that there is too little to decide on."""
    return Decision(
        outcome=Outcome.NOTHING, reasons=(reason,), candidates=found.grouping.candidates, stability=None
    )


def decide(
    found: Fit, *, exceeds_chance: bool | None, stability: float | None, parameters: Parameters
) -> Decision:
    """Weigh what was found. `exceeds_chance` and `stability` are None where they were not looked for."""
    reasons: tuple[Reason, ...]
    if found.grouping.groups < 2:
        outcome, reasons = Outcome.ONE_CROWD, (Reason.ALL_ALIKE,)
    elif exceeds_chance is False:
        outcome, reasons = Outcome.ONE_CROWD, (Reason.NO_MORE_THAN_CHANCE,)
    elif stability is None:
        outcome, reasons = Outcome.NO_STABLE_GROUPS, (Reason.NOT_COUNTED_AGAIN,)
    elif stability < parameters.stable_from:
        outcome, reasons = Outcome.NO_STABLE_GROUPS, (Reason.GROUPS_CHANGE,)
    else:
        outcome, reasons = Outcome.GROUPS, (Reason.GROUPS_STAY,)
    return Decision(
        outcome=outcome, reasons=reasons, candidates=found.grouping.candidates, stability=stability
    )

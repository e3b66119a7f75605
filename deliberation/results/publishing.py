"""When results are counted, and when what was counted is shown. Pure rules; no answer is looked at.

Whoever compares two results learns something about those who answered in between. While a survey is open,
what has been counted waits until ten more people have answered, and only then is shown; so whatever is shown
next, the last count included, holds the answers of at least ten people more.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from deliberation.analysis.fewest import FEWEST

MOST_BREAKDOWNS: Final = 5
"""Questions by which results are broken down, besides the opinion groups: each tells of the others."""


class Step(StrEnum):
    """What is to be done with the results of a survey."""

    NOTHING = "nothing"
    COUNT = "count"
    """Count, and let it wait."""
    SHOW = "show"
    """Show what waits, and count anew."""
    FINISH = "finish"
    """Count for good, tables included, and show it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a survey stands: how many have answered now, when last shown, and when what waits was counted."""

    answered: int
    shown: int | None = None
    waiting: int | None = None
    is_live: bool
    """Whether results are shown while the survey is open."""
    is_closed: bool


def next_step(standing: Standing) -> Step:
    """Return what is to be done now."""
    shown, waiting = standing.shown or 0, standing.waiting or 0
    if standing.is_closed:
        return Step.FINISH if standing.answered - shown >= FEWEST else Step.NOTHING
    if not standing.is_live or standing.answered - max(shown, waiting) < FEWEST:
        return Step.NOTHING
    return Step.COUNT if standing.waiting is None else Step.SHOW

"""When a landscape is counted anew, and whether it may count new votes. Pure rules; no vote is looked at.

Whoever compares two landscapes learns something about those who voted in between. So the next one counts new
votes only when enough people cast them for nobody to stand out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

FEWEST_PEOPLE: Final = 10
"""So many people have to have voted, changed or taken back a vote between two landscapes."""
QUIET: Final = timedelta(seconds=10)
"""While people vote, counting waits until nobody has for so long,"""
LONGEST_WAIT: Final = timedelta(minutes=5)
"""but not longer than this."""
SHORTEST_PAUSE: Final = timedelta(seconds=30)
MOST_SHARE: Final = 0.05
"""Counting takes at most this share of a worker's time for one consultation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a consultation, or a thread of it, stands against the landscape that is shown of it."""

    counted_at: datetime | None
    """When that was counted; None where none has been."""
    seconds: float = 0.0
    """How long counting all of the consultation took."""
    people: int
    """How many people have cast, changed or taken back votes since, as far as FEWEST_PEOPLE."""
    last_vote_at: datetime | None = None
    ideas_changed: bool = False
    """Whether other ideas shape the map than then."""
    phase_changed: bool = False
    """Whether another phase has started since."""

    @property
    def may_count_new_votes(self) -> bool:
        """Whether nobody stands out when votes up to now are counted; a phase that starts shows all."""
        return self.phase_changed or self.people >= FEWEST_PEOPLE


def nobody_stands_out(people: int, *, is_first: bool) -> bool:
    """Say whether a landscape with new votes of so many people can be shown beside the one before."""
    return people >= FEWEST_PEOPLE or (people == 0 and not is_first)


def is_due(standing: Standing, moment: datetime) -> bool:
    """Say whether it is time to count anew."""
    if standing.phase_changed:
        return True
    if not standing.may_count_new_votes and not standing.ideas_changed:
        return False
    if standing.counted_at is None:
        return True
    waited = moment - standing.counted_at
    if waited < max(SHORTEST_PAUSE, timedelta(seconds=standing.seconds / MOST_SHARE)):
        return False
    is_quiet = standing.last_vote_at is None or moment - standing.last_vote_at >= QUIET
    return is_quiet or waited >= LONGEST_WAIT

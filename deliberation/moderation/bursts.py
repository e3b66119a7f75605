"""Bursts: many people who are new vote alike on one idea within minutes. Pure; tells nobody's choice.

A burst can be a meeting at which everybody takes out their phone, a link that was passed on, or one person
with many names. Nothing is done about it: facilitators are told, and the votes count.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

NEW_FOR: Final = timedelta(hours=1)
"""How long after joining somebody is new."""
WITHIN: Final = timedelta(minutes=10)
FEWEST: Final = 10
"""Fewer people than this are never spoken of."""
ALIKE: Final = 0.9
"""Which share of them has to have chosen the same."""
KEPT_FOR: Final = timedelta(days=30)
_STEP: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class NewVote:
    """The first vote on an idea of somebody who was new."""

    idea: int
    person: int
    choice: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Burst:
    """From when to when, to five minutes; on which ideas, by number; by at least how many people."""

    ideas: tuple[int, ...]
    began_at: datetime
    ended_at: datetime
    people: int

    def touches(self, other: "Burst") -> bool:
        """Say whether the two lie within minutes of each other."""
        return self.began_at <= other.ended_at + WITHIN and other.began_at <= self.ended_at + WITHIN

    def with_time_of(self, other: "Burst") -> "Burst":
        """Return the burst over the time of both, by as many people as the larger one."""
        return replace(
            self,
            began_at=min(self.began_at, other.began_at),
            ended_at=max(self.ended_at, other.ended_at),
            people=max(self.people, other.people),
        )


def find_bursts(votes: Iterable[NewVote]) -> list[Burst]:
    """Return the bursts, of one idea each, in the order in which they began."""
    by_idea: dict[int, dict[int, NewVote]] = defaultdict(dict)
    for vote in sorted(votes, key=lambda vote: vote.at):
        by_idea[vote.idea].setdefault(vote.person, vote)
    found = [burst for idea, cast in by_idea.items() for burst in _on_idea(idea, list(cast.values()))]
    return sorted(found, key=lambda burst: (burst.began_at, burst.ideas))


def remembered(known: Sequence[Burst], found: Sequence[Burst], *, moment: datetime) -> list[Burst]:
    """Return what is known and what is found, each burst once though it is found again and goes on."""
    kept = [burst for burst in known if burst.ended_at > moment - KEPT_FOR]
    for burst in found:
        same = next((one for one in kept if one.ideas == burst.ideas and one.touches(burst)), None)
        if same is None:
            kept.append(burst)
        else:
            kept[kept.index(same)] = same.with_time_of(burst)
    return kept


def together(bursts: Iterable[Burst]) -> list[Burst]:
    """Return bursts that lie within minutes of each other as one on several ideas, the newest first."""
    joined: list[Burst] = []
    for burst in sorted(bursts, key=lambda burst: burst.began_at):
        if joined and joined[-1].touches(burst):
            ideas = tuple(sorted({*joined[-1].ideas, *burst.ideas}))
            joined[-1] = replace(joined[-1].with_time_of(burst), ideas=ideas)
        else:
            joined.append(burst)
    return joined[::-1]


def at_least(people: int) -> int:
    """Return the next lower of 10, 20, 50, 100, 200 and so on, and 0 for fewer than ten."""
    steps = [0, *(first * 10**power for power in range(1, 8) for first in (1, 2, 5))]
    return max(step for step in steps if step <= people)


def _on_idea(idea: int, cast: Sequence[NewVote]) -> list[Burst]:
    bursts: list[Burst] = []
    choices: Counter[int] = Counter()
    first = 0
    for last, vote in enumerate(cast):
        choices[vote.choice] += 1
        while vote.at - cast[first].at > WITHIN:
            choices[cast[first].choice] -= 1
            first += 1
        people = last - first + 1
        if people < FEWEST or max(choices.values()) < ALIKE * people:
            continue
        burst = Burst((idea,), _floor(cast[first].at), _floor(vote.at) + _STEP, at_least(people))
        if bursts and bursts[-1].touches(burst):
            bursts[-1] = bursts[-1].with_time_of(burst)
        else:
            bursts.append(burst)
    return bursts


def _floor(moment: datetime) -> datetime:
    seconds = int(moment.timestamp()) // int(_STEP.total_seconds()) * int(_STEP.total_seconds())
    return datetime.fromtimestamp(seconds, UTC)

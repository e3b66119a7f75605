"""Three hundred invented people and what they vote. Pure and seeded: the same people each time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

PEOPLE: Final = 300
GROUP_SHARES: Final = (0.4, 0.35, 0.25)
USUAL_PASS: Final = 0.09
LEAST_DILIGENCE: Final = 0.2
LATECOMERS_REACH: Final = 0.45
CHANGE_SHARE: Final = 0.03
UNDO_SHARE: Final = 0.01
AGREE, PASS, DISAGREE = 1, 0, -1


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who takes part: how they lean, how much they vote, and since when."""

    number: int
    group: int
    diligence: float
    interests: frozenset[int]
    """The threads they look into at all."""
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class Stimulus:
    """An idea as voters meet it: how each group leans, and between which moments it can be voted on."""

    position: int
    thread: int
    leaning: tuple[float, ...]
    passes: float
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Ballot:
    """One person's votes on one idea, oldest first; the last may be None, which takes the vote back."""

    person: int
    stimulus: int
    events: tuple[tuple[datetime, int | None], ...]

    @property
    def choice(self) -> int | None:
        """What the vote says now, or None where it was taken back."""
        return self.events[-1][1]

    @property
    def previous(self) -> int | None:
        """What it said before its last change."""
        return self.events[-2][1] if len(self.events) > 1 else None


def make_people(rng: Random, *, threads: Sequence[int], begins: datetime, ends: datetime) -> list[Person]:
    """Return the people in the order in which they joined, most of them early."""
    span = (ends - begins).total_seconds()
    arrivals = sorted(rng.betavariate(1.0, 2.2) * span for _ in range(PEOPLE))
    groups = range(len(GROUP_SHARES))
    return [
        Person(
            number=number,
            group=rng.choices(groups, weights=GROUP_SHARES)[0],
            diligence=rng.uniform(LEAST_DILIGENCE, 1.0),
            interests=frozenset(rng.sample(threads, rng.randint(2, len(threads)))),
            joined_at=begins + timedelta(seconds=round(arrival)),
        )
        for number, arrival in enumerate(arrivals, start=1)
    ]


def cast_ballots(
    rng: Random, people: Sequence[Person], stimuli: Sequence[Stimulus], *, ends: datetime
) -> Iterator[Ballot]:
    """Yield everybody's votes. Ideas that came later were met by fewer."""
    for person in people:
        for stimulus in stimuli:
            reach = 1 - (1 - LATECOMERS_REACH) * stimulus.position / max(1, len(stimuli) - 1)
            if stimulus.thread in person.interests and rng.random() < person.diligence * reach:
                ballot = _ballot(rng, person, stimulus, ends=ends)
                if ballot is not None:
                    yield ballot


def complete(rng: Random, person: Person, stimuli: Sequence[Stimulus], *, ends: datetime) -> Iterator[Ballot]:
    """Yield one person's votes on all of these ideas."""
    for stimulus in stimuli:
        ballot = _ballot(rng, person, stimulus, ends=ends)
        if ballot is not None:
            yield ballot


def likeliest_author(rng: Random, people: Sequence[Person], stimulus: Stimulus) -> Person:
    """Return somebody who was there in time, from the group that likes the idea best."""
    present = [person for person in people if person.joined_at < stimulus.opens_at] or list(people[:1])
    fond = max(range(len(stimulus.leaning)), key=lambda group: stimulus.leaning[group])
    return rng.choice([person for person in present if person.group == fond] or present)


def draw(rng: Random, leaning: float, passes: float) -> int:
    """Return a vote of somebody who leans so, from -1 (against) to 1 (for)."""
    if rng.random() < passes:
        return PASS
    agrees = min(0.96, max(0.04, (1 + leaning) / 2))
    return AGREE if rng.random() < agrees else DISAGREE


def _ballot(rng: Random, person: Person, stimulus: Stimulus, *, ends: datetime) -> Ballot | None:
    first = max(person.joined_at, stimulus.opens_at)
    last = min(ends, stimulus.closes_at)
    if first >= last:
        return None
    span = (last - first).total_seconds()
    at = first + timedelta(seconds=round(rng.betavariate(1.0, 2.5) * span * 0.9))
    leaning = stimulus.leaning[person.group]
    choice = draw(rng, leaning, stimulus.passes)
    events: list[tuple[datetime, int | None]] = [(at, choice)]
    second, luck = at + timedelta(seconds=rng.uniform(5, 0.1 * span + 6)), rng.random()
    if second < last and luck < UNDO_SHARE:
        events.append((second, None))
    elif second < last and luck < UNDO_SHARE + CHANGE_SHARE:
        other = draw(rng, leaning, stimulus.passes)
        if other != choice:
            events.append((second, other))
    return Ballot(person.number, stimulus.position, tuple(events))

"""The landscape: what all votes together say. The result of an analysis, frozen."""

from dataclasses import dataclass, fields
from enum import StrEnum
from hashlib import sha256
from typing import Final

import numpy as np
from numpy.typing import NDArray

from deliberation.analysis.canonical import array_bytes, json_bytes, plain
from deliberation.analysis.votes import Booleans, Floats, Integers

NOT_PLACED = -1
AGREES, DISAGREES, PASSES = 0, 1, 2
"""Where each choice is counted on the last axis of `counts` and `group_counts`."""


class Outcome(StrEnum):
    """What an analysis decides."""

    NOTHING = "nothing"
    """Too few people have voted on enough ideas to place anybody."""
    ONE_CROWD = "one_crowd"
    """People do not differ more than chance would make them, or nearly all vote alike."""
    NO_STABLE_GROUPS = "no_stable_groups"
    """People differ, but counting again on other people of the same kind gives other groups."""
    GROUPS = "groups"
    """Two to five groups that stay when counted again."""


class Reason(StrEnum):
    """Why it decides so. Pages have a sentence for each."""

    NOBODY_VOTED = "nobody_voted"
    TOO_FEW_PEOPLE = "too_few_people"
    TOO_FEW_IDEAS = "too_few_ideas"
    ALL_ALIKE = "all_alike"
    NO_MORE_THAN_CHANCE = "no_more_than_chance"
    GROUPS_CHANGE = "groups_change"
    GROUPS_STAY = "groups_stay"
    NOT_COUNTED_AGAIN = "not_counted_again"
    """Only where the parameters ask for no resample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """What an analysis depends on beside the votes."""

    seed: int = 20_261_122
    fewest_votes: int = 7
    """How many votes place a person, where there are as many ideas."""
    fewest_people: int = 15
    """If fewer than this have that many votes, those with most are placed, up to this number."""
    base_clusters: int = 100
    most_groups: int = 5
    fewest_in_group: int = 10
    """Fewer people than this are no group."""
    straight_line_chance: float = 0.01
    """Who answered everything alike is flagged if others' answers make that less likely than this."""
    shuffles: int = 19
    """How often the votes on each idea are dealt anew among its voters, to see what chance alone makes."""
    resamples: int = 50
    """How often the groups are found again among people drawn with replacement."""
    stable_from: float = 0.5
    """The mean adjusted Rand index over the resamples from which groups count as stable."""


STANDARD: Final = Parameters()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One number of groups that was tried."""

    groups: int
    silhouette: float
    """Mean silhouette, from -1 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether there are groups, and what speaks for it."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    candidates: tuple[Candidate, ...]
    dimensions: int
    """In how many directions the groups lie apart: 2, as on the map, or more."""
    stability: float | None
    """Mean adjusted Rand index of the grouping over the resamples; None where nothing was resampled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Representative:
    """An idea that tells a group from everybody else who is placed."""

    idea: int
    """The idea's number."""
    agrees: bool
    """Whether the group agrees with it, rather than disagrees."""
    ratio: float
    """The group's smoothed share over that of the others (`ra` or `rd`)."""
    share_test: float
    """The group's share against one half (`pat` or `pdt`), in standard deviations."""
    ratio_test: float
    """The group's share against that of the others (`rat` or `rdt`), in standard deviations."""
    is_best_agree: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What the analysis gives without those who voted one way on everything."""

    left_out: int
    outcome: Outcome
    groups: int
    agreement: float | None
    """Adjusted Rand index between both groupings, over the people in both; None without groups in both."""
    most_agreed: tuple[int, ...]
    """The ideas' numbers that would lead the list of what holds in every group, the first first."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Landscape:
    """Everything an analysis found, for `P` people, `I` ideas and `G` groups, in the matrix's order.

    The grouping is always given when anybody is placed; whether it is worth showing is `decision.outcome`.
    Unless that is GROUPS, it is what lies best apart on the map, and a single person may be a group of it.
    No number is ever NaN.
    """

    parameters: Parameters
    inputs_digest: str
    """The digest of the votes it rests on."""
    decision: Decision

    people: Integers
    """(P,) What each row is called; not part of `digest`."""
    votes_cast: Integers
    """(P,) On ideas that shape the map."""
    is_placed: Booleans
    """(P,)"""
    is_straight_liner: Booleans
    """(P,) Whether the person voted one way on everything, often enough to tell."""
    points: Floats
    """(P, 2) Where each person lies; everybody has a point, placed or not."""
    group_of: NDArray[np.int8]
    """(P,) From 0, the largest group first; NOT_PLACED for those not placed."""
    steadiness: Floats
    """(P,) The share of the resamples in which a person stays with their group; 0 for those not placed,
    and for all where other groups were given than those found again, which had too few people in one."""

    ideas: Integers
    """(I,) The ideas' numbers."""
    is_on_map: Booleans
    counts: Integers
    """(I, 3) Votes of everybody, placed or not: AGREES, DISAGREES, PASSES."""
    idea_points: Floats
    """(I, 2) Where somebody would lie who had agreed with that idea alone; (0, 0) for one off the map."""
    extremity: Floats
    """(I,) The length of the idea's point."""
    priority: Floats
    """(I,) In proportion to which the idea should be shown to somebody who has not seen it."""

    group_sizes: Integers
    """(G,)"""
    group_counts: Integers
    """(G, I, 3)"""
    consensus: Floats
    """(I,) Group-informed consensus: the product over groups of (A + 1) / (S + 2)."""
    mean_consensus: Floats
    """(I,) Its geometric mean over groups, comparable across different numbers of groups."""
    division: Floats
    """(I,) How far the groups differ for certain: the greatest lower end of a Newcombe interval for the
    difference in agreement between two groups; 0 where none lies above 0."""
    representative: tuple[tuple[Representative, ...], ...]
    """For each group at most five, the best agreed first."""
    majority_agrees: tuple[int, ...]
    majority_disagrees: tuple[int, ...]
    """Numbers of ideas on which most of everybody is of one mind, at most five each, the clearest first."""
    unsure: tuple[int, ...]
    """Numbers of ideas on which many pass, at most five."""
    without_straight_liners: Comparison | None
    """None where nobody voted one way on everything."""

    @property
    def groups(self) -> int:
        """How many groups the grouping has, shown or not."""
        return len(self.group_sizes)

    @property
    def digest(self) -> str:
        """The SHA-256, in hexadecimal, of all of the above but `people`: the same votes give the same."""
        digest = sha256(b"landscape 1\n")
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name != "people":
                is_array = isinstance(value, np.ndarray)
                content = array_bytes(value) if is_array else json_bytes(plain(value))
                digest.update(f"{field.name} {len(content)}\n".encode())
                digest.update(content)
        return digest.hexdigest()

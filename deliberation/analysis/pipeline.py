"""The analysis as a whole: votes in, a landscape out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from deliberation.analysis.canonical import rounded, rounded_number
from deliberation.analysis.chance import directions_beyond_chance
from deliberation.analysis.clusters import adjusted_rand
from deliberation.analysis.counting import count_by_group
from deliberation.analysis.decision import decide, too_little
from deliberation.analysis.fitting import Crowd, Fit, fit, gather, with_classic_groups
from deliberation.analysis.landscape import (
    AGREES,
    DISAGREES,
    STANDARD,
    Comparison,
    Decision,
    Landscape,
    Outcome,
    Parameters,
)
from deliberation.analysis.projection import MAP, place_ideas
from deliberation.analysis.stability import resample
from deliberation.analysis.statistics import (
    consensus,
    division,
    majority,
    mean_consensus,
    priority,
    representative,
    unsure,
)
from deliberation.analysis.straight import straight_liners
from deliberation.analysis.votes import Booleans, Floats, Integers, VoteMatrix

Progress = Callable[[float], None]
LEADING: Final = 5
"""How many ideas the comparison without straight-liners names."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Finding:
    crowd: Crowd
    fit: Fit
    steadiness: Floats
    """(P,)"""
    decision: Decision


def analyse(
    matrix: VoteMatrix, parameters: Parameters = STANDARD, *, progress: Progress | None = None
) -> Landscape:
    """Return what these votes say. `progress` is told, now and then, what share of the work is done.

    The same votes and parameters give the same landscape, byte for byte, in whatever order the votes arrived,
    whatever people are called, on however many processors. No matrix is refused: what cannot be said about it
    is in the decision.
    """
    tell = progress or _say_nothing
    crowd = gather(matrix, parameters)
    is_straight = straight_liners(crowd, parameters)
    parts = 2 if is_straight.any() else 1
    finding = _find(crowd, parameters, lambda done: tell(done / parts))
    comparison = None
    if parts == 2:
        rest = gather(matrix.of_people(~is_straight), parameters)
        without = _find(rest, parameters, lambda done: tell((1 + done) / parts))
        comparison = _compare(finding, without, ~is_straight)
    tell(1.0)
    return _landscape(finding, parameters, is_straight, comparison)


def _say_nothing(done: float) -> None:
    pass


def _find(crowd: Crowd, parameters: Parameters, tell: Progress) -> _Finding:
    """Find the groups, and whether they are more than chance and stay."""
    reason = too_little(crowd, parameters)
    is_tested = reason is None and parameters.resamples > 0
    directions = directions_beyond_chance(crowd, parameters) if is_tested else None
    found = fit(crowd, parameters, directions=directions or MAP)
    stability = None
    # What chance makes as well need not be counted again.
    if directions and found.grouping.groups > 1:
        stability = resample(crowd, found, parameters, tell)
    decision = decide(found, reason, directions, stability, parameters)
    given = found if decision.outcome is Outcome.GROUPS else with_classic_groups(found, parameters)
    steadiness = np.zeros(len(crowd.is_placed))
    if stability is not None and np.array_equal(given.grouping.labels, found.grouping.labels):
        steadiness[crowd.is_placed] = stability.steadiness
    return _Finding(crowd=crowd, fit=given, steadiness=steadiness, decision=decision)


def _compare(everybody: _Finding, rest: _Finding, is_rest: Booleans) -> Comparison:
    groups = everybody.fit.group_of(everybody.crowd.is_placed)[is_rest]
    without = rest.fit.group_of(rest.crowd.is_placed)
    in_both = (groups >= 0) & (without >= 0)
    shared = rounded(mean_consensus(_group_counts(rest)))
    listed = rest.crowd.matrix.is_on_map & (rest.crowd.counts.sum(axis=1) > 0)
    leading = [which for which in np.argsort(-shared, kind="stable") if listed[which]][:LEADING]
    return Comparison(
        left_out=int(np.count_nonzero(~is_rest)),
        outcome=rest.decision.outcome,
        groups=rest.fit.grouping.groups,
        agreement=_agreement(groups[in_both], without[in_both]),
        most_agreed=tuple(int(rest.crowd.matrix.ideas[which]) for which in leading),
    )


def _agreement(groups: Integers, without: Integers) -> float | None:
    return rounded_number(adjusted_rand(groups, without)) if len(groups) else None


def _group_counts(finding: _Finding) -> Integers:
    labels = finding.fit.group_of(finding.crowd.is_placed)
    return count_by_group(finding.crowd.matrix, labels, finding.fit.grouping.groups)


def _landscape(
    finding: _Finding, parameters: Parameters, is_straight: Booleans, comparison: Comparison | None
) -> Landscape:
    crowd, found, matrix = finding.crowd, finding.fit, finding.crowd.matrix
    groups = found.group_of(crowd.is_placed)
    group_counts = _group_counts(finding)
    idea_points = place_ideas(found.centred, found.axes, matrix.is_on_map)
    extremity = np.hypot(idea_points[:, 0], idea_points[:, 1])
    return Landscape(
        parameters=parameters,
        inputs_digest=matrix.digest,
        decision=finding.decision,
        people=matrix.people,
        votes_cast=crowd.votes_cast,
        is_placed=crowd.is_placed,
        is_straight_liner=is_straight,
        points=rounded(found.points[:, :MAP]),
        group_of=groups.astype(np.int8),
        steadiness=rounded(finding.steadiness),
        ideas=matrix.ideas,
        is_on_map=matrix.is_on_map,
        counts=crowd.counts,
        idea_points=rounded(idea_points),
        extremity=rounded(extremity),
        priority=rounded(priority(crowd.counts, extremity)),
        group_sizes=np.bincount(groups[crowd.is_placed], minlength=found.grouping.groups),
        group_counts=group_counts,
        consensus=rounded(consensus(group_counts)),
        mean_consensus=rounded(mean_consensus(group_counts)),
        division=rounded(division(group_counts)),
        representative=representative(group_counts, matrix.ideas, matrix.is_on_map),
        majority_agrees=majority(crowd.counts, matrix.ideas, matrix.is_on_map, AGREES),
        majority_disagrees=majority(crowd.counts, matrix.ideas, matrix.is_on_map, DISAGREES),
        unsure=unsure(crowd.counts, matrix.ideas, matrix.is_on_map),
        without_straight_liners=comparison,
    )

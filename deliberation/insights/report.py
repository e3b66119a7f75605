"""A landscape for the operator, whole: as plain values for JSON, and as a few lines in words.

Nothing is held back, so it is for whoever has the database anyway; pages leave out what would give people
away.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from deliberation.analysis.landscape import AGREES, DISAGREES, PASSES, Landscape, Outcome, Reason

FEWEST_WORDS: Final = 5
"""How many ideas of each kind the words name."""

OUTCOMES: Final = {
    Outcome.NOTHING: "Nothing can be said yet.",
    Outcome.ONE_CROWD: "One crowd: there are no groups.",
    Outcome.NO_STABLE_GROUPS: "No stable groups.",
    Outcome.GROUPS: "{groups} groups.",
}
REASONS: Final = {
    Reason.NOBODY_VOTED: "Nobody has voted.",
    Reason.TOO_FEW_PEOPLE: "Too few people have voted on enough ideas.",
    Reason.TOO_FEW_IDEAS: "There are too few ideas with votes.",
    Reason.ALL_ALIKE: "Nearly all vote alike.",
    Reason.NO_MORE_THAN_CHANCE: "People do not differ more than chance would make them.",
    Reason.GROUPS_CHANGE: "Other people of the same kind would fall into other groups.",
    Reason.GROUPS_STAY: "Other people of the same kind would fall into the same groups.",
    Reason.NOT_COUNTED_AGAIN: "Whether the groups stay was not looked into.",
}


def figures_of(landscape: Landscape, letters: Sequence[str]) -> dict[str, Any]:
    """Return everything but people's places, as what JSON knows."""
    groups = [
        {
            "letter": letter,
            "people": int(landscape.group_sizes[which]),
            "representative": [asdict(one) for one in landscape.representative[which]],
        }
        for which, letter in enumerate(letters)
    ]
    comparison = landscape.without_straight_liners
    return {
        "outcome": landscape.decision.outcome.value,
        "reasons": [reason.value for reason in landscape.decision.reasons],
        "stability": landscape.decision.stability,
        "candidates": [asdict(one) for one in landscape.decision.candidates],
        "digest": landscape.digest,
        "inputs_digest": landscape.inputs_digest,
        "parameters": asdict(landscape.parameters),
        "people": len(landscape.people),
        "not_placed": int((~landscape.is_placed).sum()),
        "straight_liners": int(landscape.is_straight_liner.sum()),
        "without_straight_liners": None if comparison is None else asdict(comparison),
        "groups": groups,
        "majority_agrees": list(landscape.majority_agrees),
        "majority_disagrees": list(landscape.majority_disagrees),
        "unsure": list(landscape.unsure),
        "ideas": [_idea(landscape, letters, place) for place in range(len(landscape.ideas))],
    }


def in_words(figures: Mapping[str, Any]) -> Iterator[str]:
    """Say what the figures say, line by line, in English."""
    ideas = figures["ideas"]
    votes = sum(_total(idea["counts"]) for idea in ideas)
    yield f"{figures['people']} people, {len(ideas)} ideas, {votes} votes."
    outcome = OUTCOMES[Outcome(figures["outcome"])].format(groups=len(figures["groups"]))
    yield " ".join([outcome, *(REASONS[Reason(reason)] for reason in figures["reasons"])])
    if figures["stability"] is not None:
        wanted = figures["parameters"]["stable_from"]
        yield f"Stability {figures['stability']:.2f} (groups count as stable from {wanted})."
    for group in figures["groups"] if figures["outcome"] == Outcome.GROUPS else ():
        yield f"Group {group['letter']}: {group['people']} people. {_sides(group['representative'])}"
    yield f"Not placed, with too few votes: {figures['not_placed']} people."
    yield f"Voted one way on everything: {figures['straight_liners']} people.{_without(figures)}"
    on_map = [idea for idea in ideas if idea["is_on_map"] and _total(idea["counts"])]
    leading = sorted(on_map, key=lambda idea: (-idea["mean_consensus"], idea["number"]))
    dividing = sorted(on_map, key=lambda idea: (-idea["division"], idea["number"]))
    yield f"Holds in every group: {_numbers(idea['number'] for idea in leading)}."
    yield f"Divides most: {_numbers(idea['number'] for idea in dividing if idea['division'] > 0)}."
    yield f"Most people agree: {_numbers(figures['majority_agrees'])}."
    yield f"Most people disagree: {_numbers(figures['majority_disagrees'])}."
    yield f"Many are unsure: {_numbers(figures['unsure'])}."
    yield f"Votes     {figures['inputs_digest']}"
    yield f"Landscape {figures['digest']}"


def _idea(landscape: Landscape, letters: Sequence[str], place: int) -> dict[str, Any]:
    return {
        "number": int(landscape.ideas[place]),
        "is_on_map": bool(landscape.is_on_map[place]),
        "counts": _counts(landscape.counts[place].tolist()),
        "groups": {
            letter: _counts(landscape.group_counts[which, place].tolist())
            for which, letter in enumerate(letters)
        },
        "consensus": float(landscape.consensus[place]),
        "mean_consensus": float(landscape.mean_consensus[place]),
        "division": float(landscape.division[place]),
        "extremity": float(landscape.extremity[place]),
        "priority": float(landscape.priority[place]),
    }


def _counts(counts: Sequence[int]) -> dict[str, int]:
    return {"agrees": counts[AGREES], "disagrees": counts[DISAGREES], "passes": counts[PASSES]}


def _total(counts: Mapping[str, int]) -> int:
    return sum(counts.values())


def _sides(representative: Sequence[Mapping[str, Any]]) -> str:
    agrees = [one["idea"] for one in representative if one["agrees"]]
    disagrees = [one["idea"] for one in representative if not one["agrees"]]
    return f"More than others agree with {_numbers(agrees)}, disagree with {_numbers(disagrees)}."


def _without(figures: Mapping[str, Any]) -> str:
    comparison = figures["without_straight_liners"]
    if comparison is None:
        return ""
    return " Without them: " + OUTCOMES[Outcome(comparison["outcome"])].format(groups=comparison["groups"])


def _numbers(numbers: Any) -> str:
    return ", ".join(f"idea {number}" for number in list(numbers)[:FEWEST_WORDS]) or "none"

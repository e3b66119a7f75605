"""Landscapes made by hand: votes and groups as a test wants them, with the counts that follow."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from deliberation.analysis.landscape import (
    NOT_PLACED,
    Candidate,
    Decision,
    Landscape,
    Outcome,
    Parameters,
    Reason,
    Representative,
)
from deliberation.analysis.storing import dump
from deliberation.base.clock import now
from deliberation.consultations.models import Consultation, Phase, Thread
from deliberation.insights.models import LandscapeRow
from deliberation.insights.tallies import Tally, tally_of

UNSEEN = 9
AGREE, PASS, DISAGREE = 1, 0, -1
MIDDLES = np.array([(-2.0, 0.4), (1.6, 1.8), (1.2, -1.9), (-0.6, 2.4), (0.1, -2.6)])


def people_who_vote(*groups: tuple[int, Sequence[Sequence[int]]]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return votes (P, I) and groups (P,) of so many people each, who vote as one of the rows in turn."""
    votes = [rows[person % len(rows)] for size, rows in groups for person in range(size)]
    group_of = [group for group, (size, _) in enumerate(groups) for _ in range(size)]
    return np.array(votes), np.array(group_of)


def make_landscape(
    votes: NDArray[Any],
    group_of: NDArray[Any],
    *,
    outcome: Outcome = Outcome.GROUPS,
    reasons: tuple[Reason, ...] = (Reason.GROUPS_STAY,),
    stability: float | None = 0.91,
    points: NDArray[np.float64] | None = None,
    **changed: Any,
) -> Landscape:
    """Return a landscape of these votes (UNSEEN for none) with these groups (NOT_PLACED for none)."""
    people, ideas = votes.shape
    groups = sorted(set(group_of.tolist()) - {NOT_PLACED})
    voted = votes != UNSEEN

    def counted(rows: NDArray[np.bool_]) -> NDArray[np.int64]:
        here = votes[rows]
        return np.stack([(here == choice).sum(axis=0) for choice in (AGREE, DISAGREE, PASS)], axis=1)

    group_counts = np.array([counted(group_of == group) for group in groups]).reshape(-1, ideas, 3)
    seen = group_counts.sum(axis=2)
    shares = (group_counts[:, :, 0] + 1) / (seen + 2)
    consensus = shares.prod(axis=0) if groups else np.ones(ideas)
    numbers = np.random.default_rng(5)
    if points is None:
        middles = np.where(group_of[:, None] == NOT_PLACED, 0.0, MIDDLES[group_of])
        points = middles + numbers.normal(0, 0.45, (people, 2))
    idea_points = numbers.normal(0, 1, (ideas, 2))
    values: dict[str, Any] = {
        "parameters": Parameters(),
        "inputs_digest": "ab" * 32,
        "decision": Decision(
            outcome=outcome,
            reasons=reasons,
            candidates=tuple(Candidate(groups=k, silhouette=0.5 - 0.1 * k) for k in (2, 3)),
            dimensions=2,
            stability=stability,
        ),
        "people": np.arange(1, people + 1),
        "votes_cast": voted.sum(axis=1),
        "is_placed": group_of != NOT_PLACED,
        "is_straight_liner": np.zeros(people, dtype=bool),
        "points": points,
        "group_of": group_of.astype(np.int8),
        "steadiness": np.where(group_of == NOT_PLACED, 0.0, 0.93),
        "ideas": np.arange(1, ideas + 1),
        "is_on_map": np.ones(ideas, dtype=bool),
        "counts": counted(np.ones(people, dtype=bool)),
        "idea_points": idea_points,
        "extremity": np.hypot(*idea_points.T),
        "priority": np.ones(ideas),
        "group_sizes": np.array([(group_of == group).sum() for group in groups], dtype=np.int64),
        "group_counts": group_counts,
        "consensus": consensus,
        "mean_consensus": consensus ** (1 / max(1, len(groups))),
        "division": shares.max(axis=0) - shares.min(axis=0) if groups else np.zeros(ideas),
        "representative": tuple(_representative(shares, group) for group in range(len(groups))),
        "majority_agrees": (),
        "majority_disagrees": (),
        "unsure": (),
        "without_straight_liners": None,
    }
    return Landscape(**values | changed)


def store_landscape(
    session: Session,
    consultation: Consultation,
    landscape: Landscape,
    *,
    thread: Thread | None = None,
    letters: str = "ABCDE",
    tally: Tally | None = None,
) -> LandscapeRow:
    """Show this landscape of the consultation or the thread, counted a moment ago."""
    thread_id = thread.id if thread else None
    row = LandscapeRow(
        consultation_id=consultation.id,
        thread_id=thread_id,
        version=secrets.token_hex(16),
        letters=list(letters[: landscape.groups]),
        inputs_digest=landscape.inputs_digest,
        digest=landscape.digest,
        parameters=asdict(landscape.parameters),
        phase=Phase.GATHERING,
        tally=(tally or tally_of(session, consultation.id, thread_id)).written,
        votes=int(landscape.counts.sum()),
        position=0,
        counted_at=now(),
        seconds=0.1,
        content=dump(landscape, with_people=True),
    )
    session.add(row)
    session.flush()
    return row


def _representative(shares: NDArray[np.float64], group: int) -> tuple[Representative, ...]:
    """The two ideas on which the group stands farthest above, and the one farthest below, the others."""
    lead = shares[group] - np.delete(shares, group, axis=0).mean(axis=0) if len(shares) > 1 else shares[group]
    order = np.argsort(-lead, kind="stable")
    chosen = [(int(at), True) for at in order[:2]] + [(int(at), False) for at in order[2:][-1:]]
    return tuple(
        Representative(
            idea=at + 1, agrees=agrees, ratio=2.0, share_test=2.0, ratio_test=2.0, is_best_agree=place == 0
        )
        for place, (at, agrees) in enumerate(chosen)
    )

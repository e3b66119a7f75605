"""How well the facilitators keep up, in figures that everybody can read."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from deliberation.moderation.cases import Appeal, Flag, Outcome
from deliberation.moderation.models import ModerationAct

MOST_ROWS: Final = 5_000
"""The newest so many flags and appeals are counted."""


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """What happened under one rule: flags and appeals, and how long people waited for an answer."""

    flags: int = 0
    appeals: int = 0
    decided_appeals: int = 0
    overturned: int = 0
    median_wait: timedelta | None = None
    oldest_open: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """The figures of each rule, by its key, and of all together."""

    all: RuleFigures
    rules: Mapping[int | None, RuleFigures] = field(default_factory=dict)


def case_figures(session: Session, consultation_id: int) -> CaseFigures:
    """Return the figures of flags and appeals, the newest `MOST_ROWS` of each (one statement)."""
    flags = (
        select(
            literal("flag").label("what"), Flag.rule_id.label("rule"), Flag.created_at.label("since"),
            Flag.settled_at.label("until"), literal("").label("outcome"),
        )
        .where(Flag.consultation_id == consultation_id)
        .order_by(Flag.id.desc())
        .limit(MOST_ROWS)
        .subquery()
    )  # fmt: skip
    appeals = (
        select(
            literal("appeal").label("what"), ModerationAct.rule_id.label("rule"),
            Appeal.created_at.label("since"), Appeal.settled_at.label("until"),
            Appeal.outcome.label("outcome"),
        )
        .join(ModerationAct, ModerationAct.id == Appeal.act_id)
        .where(Appeal.consultation_id == consultation_id)
        .order_by(Appeal.id.desc())
        .limit(MOST_ROWS)
        .subquery()
    )  # fmt: skip
    by_rule: dict[int | None, list[Any]] = defaultdict(list)
    everything = []
    for row in session.execute(union_all(select(flags), select(appeals))):
        by_rule[row.rule].append(row)
        everything.append(row)
    return CaseFigures(_figures(everything), {rule: _figures(rows) for rule, rows in by_rule.items()})


def _figures(rows: list[Any]) -> RuleFigures:
    appeals = [row for row in rows if row.what == "appeal"]
    waits = [(row.until - row.since).total_seconds() for row in rows if row.until]
    return RuleFigures(
        flags=len(rows) - len(appeals),
        appeals=len(appeals),
        decided_appeals=sum(row.until is not None for row in appeals),
        overturned=sum(row.outcome == Outcome.OVERTURNED for row in appeals),
        median_wait=timedelta(seconds=median(waits)) if waits else None,
        oldest_open=min((row.since for row in rows if not row.until), default=None),
    )

"""What was done to a draft, by whom and when; each wording beside the one before; the whole as it was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from deliberation.accounts.models import Account
from deliberation.base.paging import Page, offset_of
from deliberation.ideas.wording import Passage, changes
from deliberation.synthesis.models import (
    Deed,
    DraftChange,
    DraftFinding,
    FindingRevision,
    OpeningRevision,
    RecommendationRevision,
    SynthesisDraft,
)

CHANGES_ON_A_PAGE = 40


@dataclass(frozen=True, slots=True)
class Done:
    """One change of the draft. `who` is None where the account is gone."""

    number: int
    deed: Deed
    who: str | None
    finding: int | None
    recommendation: int | None
    done_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """A wording of a finding: who wrote it when, and how it differs from the one before."""

    number: int
    done: Done
    kind: str
    claim: Sequence[Passage]
    text: Sequence[Passage]
    cites: tuple[int, ...]
    cites_no_more: tuple[int, ...]
    numbers_anew: bool
    """Whether ideas that were cited before have other numbers."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of the draft that is not the same in two versions of the whole.

    `finding` or `recommendation` is its number; both are None of the opening. A part that was not there, or
    is there no more, differs in all its words.
    """

    finding: int | None
    recommendation: int | None
    passages: Sequence[Passage]


def changes_of_draft(session: Session, consultation_id: int, page: int) -> Page[Done]:
    """Return what was done, the newest first (two statements)."""
    here = DraftChange.consultation_id == consultation_id
    total = session.scalar(select(func.count()).where(here)) or 0
    rows = session.execute(
        _done().where(here).order_by(DraftChange.number.desc())
        .offset(offset_of(page, CHANGES_ON_A_PAGE)).limit(CHANGES_ON_A_PAGE)
    )  # fmt: skip
    return Page([Done(*row) for row in rows], page, CHANGES_ON_A_PAGE, total)


def steps_of_finding(session: Session, consultation_id: int, number: int) -> Sequence[Step]:
    """Return the finding's wordings, the newest first (two statements)."""
    revisions = session.scalars(
        select(FindingRevision)
        .where(FindingRevision.consultation_id == consultation_id, FindingRevision.finding == number)
        .order_by(FindingRevision.number)
    ).all()
    done = _done_in(session, consultation_id, [revision.change for revision in revisions])
    pairs = zip([None, *revisions], revisions, strict=False)
    return [_step(before, after, done[after.change]) for before, after in pairs][::-1]


def compare_wordings(before: FindingRevision, after: FindingRevision) -> tuple[Sequence[Passage], ...]:
    """Return how claim and text of two wordings of a finding differ."""
    return changes(before.claim, after.claim), changes(before.text, after.text)


def compare_drafts(
    session: Session, draft: SynthesisDraft, *, before: int, after: int
) -> Sequence[Difference]:
    """Return how the whole draft differs between two of its changes (eight statements).

    Order is no difference: only words are compared. Findings come in the order of their numbers.
    """
    old, new = (_whole(session, draft.consultation_id, change) for change in (before, after))
    keys = sorted(old.keys() | new.keys(), key=lambda key: (key[0] is None, key[0] or 0, key[1] or 0))
    return [
        Difference(*key, changes(old.get(key, ""), new.get(key, "")))
        for key in sorted(keys, key=lambda key: key != (None, None))
        if old.get(key, "") != new.get(key, "")
    ]


Part = tuple[int | None, int | None]


def _whole(session: Session, consultation_id: int, change: int) -> Mapping[Part, str]:
    """Return the words of each part as they were right after the change (four statements)."""
    opening = session.scalars(
        select(OpeningRevision)
        .where(OpeningRevision.consultation_id == consultation_id, OpeningRevision.change <= change)
        .order_by(OpeningRevision.number.desc())
        .limit(1)
    ).one_or_none()
    whole: dict[Part, str] = {(None, None): f"{opening.heading}\n{opening.summary}" if opening else ""}
    gone = set(
        session.scalars(
            select(DraftFinding.number).where(
                DraftFinding.consultation_id == consultation_id, DraftFinding.removed_in <= change
            )
        )
    )
    for row in session.scalars(
        select(FindingRevision)
        .where(FindingRevision.consultation_id == consultation_id, FindingRevision.change <= change)
        .order_by(FindingRevision.finding, FindingRevision.number)
    ):
        if row.finding not in gone:
            whole[row.finding, None] = "\n".join(part for part in (row.claim, row.text) if part)
    for one in session.scalars(
        select(RecommendationRevision)
        .where(
            RecommendationRevision.consultation_id == consultation_id, RecommendationRevision.change <= change
        )
        .order_by(RecommendationRevision.recommendation, RecommendationRevision.number)
    ):
        day = one.by_when.isoformat() if one.by_when else ""
        parts = (one.what, one.why, one.who, one.actions, day)
        whole[None, one.recommendation] = "\n".join(part for part in parts if part)
    return whole


def _done() -> Select[Any, Any, Any, Any, Any, Any]:
    return select(
        DraftChange.number,
        DraftChange.deed,
        Account.name,
        DraftChange.finding,
        DraftChange.recommendation,
        DraftChange.done_at,
    ).outerjoin(Account, Account.id == DraftChange.account_id)


def _done_in(session: Session, consultation_id: int, numbers: Sequence[int]) -> Mapping[int, Done]:
    rows = session.execute(
        _done().where(DraftChange.consultation_id == consultation_id, DraftChange.number.in_(numbers))
    )
    return {row[0]: Done(*row) for row in rows}


def _step(before: FindingRevision | None, after: FindingRevision, done: Done) -> Step:
    old = {one["idea"]: one for one in (before.citations if before else [])}
    new = {one["idea"]: one for one in after.citations}
    return Step(
        number=after.number,
        done=done,
        kind=after.kind,
        claim=changes(before.claim if before else after.claim, after.claim),
        text=changes(before.text if before else after.text, after.text),
        cites=tuple(sorted(new.keys() - old.keys())) if before else tuple(sorted(new)),
        cites_no_more=tuple(sorted(old.keys() - new.keys())),
        numbers_anew=any(old[idea] != new[idea] for idea in old.keys() & new.keys()),
    )

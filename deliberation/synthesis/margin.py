"""Comments in the margin of a finding: written, answered, settled. They are not part of what is published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from deliberation.accounts.models import Account
from deliberation.base.clock import now
from deliberation.base.errors import NotFound, Refused, marked
from deliberation.base.text import clean_text
from deliberation.synthesis.drafting import open_to_write, require_length
from deliberation.synthesis.findings import get_finding
from deliberation.synthesis.models import REMARK_LENGTH, MarginComment


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment as a page shows it. `who` is None where the account is gone."""

    number: int
    answers: int | None
    who: str | None
    body: str
    written_at: datetime
    settled_at: datetime | None
    settled_by: str | None


@dataclass(frozen=True, slots=True)
class Talk:
    """A comment in the margin and what was answered."""

    first: Remark
    answers: tuple[Remark, ...]

    @property
    def is_settled(self) -> bool:
        """Whether somebody has said that nothing more is to be done."""
        return self.first.settled_at is not None


def comment(
    session: Session, *, consultation_id: int, finding: int, by: int, body: str, answers: int | None = None
) -> MarginComment:
    """Write in the margin of the finding, or under a comment there.

    An answer to an answer goes under the same comment, and any answer opens a settled talk again.
    Raises Refused at `body`, NotFound.
    """
    draft = open_to_write(session, consultation_id, by)
    get_finding(session, consultation_id, finding)
    body = clean_text(body)
    if not body:
        raise Refused(marked("Write something first."), field="body")
    require_length(body, REMARK_LENGTH, "body")
    first = None if answers is None else _first(session, consultation_id, finding, answers)
    if first is not None:
        first.settled_at = first.settled_by_id = None
    draft.last_comment += 1
    remark = MarginComment(
        consultation_id=consultation_id,
        number=draft.last_comment,
        finding=finding,
        answers=None if first is None else first.number,
        account_id=by,
        body=body,
        written_at=now(),
    )
    session.add(remark)
    session.flush()
    return remark


def settle(
    session: Session, *, consultation_id: int, finding: int, number: int, by: int, is_settled: bool
) -> MarginComment:
    """Say that nothing more is to be done about the comment, or that there is. Raises NotFound."""
    open_to_write(session, consultation_id, by)
    first = _first(session, consultation_id, finding, number)
    first.settled_at, first.settled_by_id = (now(), by) if is_settled else (None, None)
    session.flush()
    return first


def talks_about(session: Session, consultation_id: int, finding: int) -> Sequence[Talk]:
    """Return what stands in the margin of the finding, open talks first, oldest first (one statement)."""
    writer, settler = aliased(Account), aliased(Account)
    rows = session.execute(
        select(
            MarginComment.number,
            MarginComment.answers,
            writer.name,
            MarginComment.body,
            MarginComment.written_at,
            MarginComment.settled_at,
            settler.name,
        )
        .outerjoin(writer, writer.id == MarginComment.account_id)
        .outerjoin(settler, settler.id == MarginComment.settled_by_id)
        .where(MarginComment.consultation_id == consultation_id, MarginComment.finding == finding)
        .order_by(MarginComment.number)
    )
    remarks = [Remark(*row) for row in rows]
    talks = [
        Talk(first, tuple(one for one in remarks if one.answers == first.number))
        for first in remarks
        if first.answers is None
    ]
    return sorted(talks, key=lambda talk: talk.is_settled)


def open_talks(session: Session, consultation_id: int) -> dict[int, int]:
    """Return how many talks are not settled, by the number of the finding (one statement)."""
    rows = session.execute(
        select(MarginComment.finding, func.count())
        .where(
            MarginComment.consultation_id == consultation_id,
            MarginComment.answers.is_(None),
            MarginComment.settled_at.is_(None),
        )
        .group_by(MarginComment.finding)
    )
    return {row[0]: row[1] for row in rows}


def _first(session: Session, consultation_id: int, finding: int, number: int) -> MarginComment:
    found = session.get(MarginComment, (consultation_id, number))
    if found is not None and found.answers is not None:
        found = session.get(MarginComment, (consultation_id, found.answers))
    if found is None or found.finding != finding:
        raise NotFound
    return found

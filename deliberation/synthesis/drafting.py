"""The working draft: begun from a snapshot, written in by one person at a time, every change kept.

Whoever writes holds the lock of the draft's row for the moment it takes, so that the order of changes is one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, NotAllowed, NotFound, Refused, marked
from deliberation.base.text import clean_line, clean_text
from deliberation.consultations.people import Role, RoleName
from deliberation.synthesis.models import (
    HEADING_LENGTH,
    SUMMARY_LENGTH,
    Deed,
    DraftChange,
    OpeningRevision,
    SynthesisDraft,
)


class NotInWorkingGroup(NotAllowed):
    """Whoever asks does not write the synthesis."""

    default = marked("Members of the working group write the synthesis. You can read it.")


class NewerWording(Conflict):
    """Somebody has saved another wording of the part since. Both are kept."""

    default = marked(
        "Somebody else changed this while you wrote. Nothing was saved over their text. Both are below: take "
        "over what you need, then save again."
    )


def find_draft(session: Session, consultation_id: int) -> SynthesisDraft | None:
    """Return the consultation's draft, if one has been begun (one statement)."""
    return session.get(SynthesisDraft, consultation_id)


def get_draft(session: Session, consultation_id: int) -> SynthesisDraft:
    """Return the consultation's draft. Raises NotFound."""
    draft = find_draft(session, consultation_id)
    if draft is None:
        raise NotFound
    return draft


def require_member(session: Session, consultation_id: int, account_id: int) -> None:
    """Raise NotInWorkingGroup for whoever is not in the consultation's working group (one statement)."""
    role = session.get(Role, (consultation_id, account_id, RoleName.WORKING_GROUP))
    if role is None:
        raise NotInWorkingGroup


def open_to_write(session: Session, consultation_id: int, by: int) -> SynthesisDraft:
    """Return the draft as it is now, for nobody else to write in until the transaction ends.

    Raises NotInWorkingGroup, and NotFound where no draft has been begun.
    """
    require_member(session, consultation_id, by)
    draft = session.scalars(
        select(SynthesisDraft)
        .where(SynthesisDraft.consultation_id == consultation_id)
        .with_for_update(of=SynthesisDraft)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if draft is None:
        raise NotFound
    return draft


def note(
    session: Session,
    draft: SynthesisDraft,
    deed: Deed,
    *,
    by: int | None,
    finding: int | None = None,
    recommendation: int | None = None,
) -> int:
    """Write down what is being done to the draft, and return the number of the change."""
    draft.last_change += 1
    session.add(
        DraftChange(
            consultation_id=draft.consultation_id,
            number=draft.last_change,
            deed=deed,
            account_id=by,
            finding=finding,
            recommendation=recommendation,
            done_at=now(),
        )
    )
    session.flush()
    return draft.last_change


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A draft's heading and summary, cleaned and within their limits."""

    heading: str
    summary: str

    @classmethod
    def of(cls, *, heading: str, summary: str) -> "Opening":
        """Clean what was written. Raises Refused at the field that will not do."""
        opening = cls(heading=clean_line(heading), summary=clean_text(summary))
        if not opening.heading:
            raise Refused(marked("Give the synthesis a heading."), field="heading")
        require_length(opening.heading, HEADING_LENGTH, "heading")
        require_length(opening.summary, SUMMARY_LENGTH, "summary")
        return opening


def write_opening(
    session: Session, *, consultation_id: int, by: int, revision: int, heading: str, summary: str
) -> SynthesisDraft:
    """Give the draft another heading and summary; `revision` is the one that was before the writer.

    Raises NewerWording where it has changed since, Refused, NotInWorkingGroup, NotFound.
    """
    draft = open_to_write(session, consultation_id, by)
    opening = Opening.of(heading=heading, summary=summary)
    if opening == Opening(heading=draft.heading, summary=draft.summary):
        return draft
    if revision != draft.revision:
        raise NewerWording
    set_opening(session, draft, opening, change=note(session, draft, Deed.WRITE, by=by))
    return draft


def set_opening(session: Session, draft: SynthesisDraft, opening: Opening, *, change: int) -> None:
    """Let the draft begin like this, as a new revision."""
    draft.revision += 1
    draft.heading, draft.summary = opening.heading, opening.summary
    session.add(
        OpeningRevision(
            consultation_id=draft.consultation_id,
            number=draft.revision,
            change=change,
            heading=opening.heading,
            summary=opening.summary,
        )
    )
    session.flush()


def require_length(text: str, limit: int, field: str) -> None:
    """Raise Refused at the field for a text that is too long."""
    if len(text) > limit:
        raise Refused(
            marked("You have written %(count)s characters here. At most %(limit)s will fit."),
            field=field, count=len(text), limit=limit,
        )  # fmt: skip


def next_place(session: Session, column: Any, *conditions: Any) -> int:
    """Return the place after the last one."""
    return (session.scalar(select(func.max(column)).where(*conditions)) or 0) + 1


def values_of(row: Any, *names: str) -> Mapping[str, Any]:
    """Return some of the row's values, to make the next revision from."""
    return {name: getattr(row, name) for name in names}

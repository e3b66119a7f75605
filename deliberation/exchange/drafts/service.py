"""Preparing an import, correcting it, and importing it: whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, NotFound, Refused, marked
from deliberation.base.text import clean_line
from deliberation.consultations.models import Consultation, Phase
from deliberation.consultations.phases import GatheringClosed, Timetable
from deliberation.consultations.service import lock_consultation
from deliberation.exchange.drafts.adding import Added, add_rows
from deliberation.exchange.drafts.checking import Credit, check
from deliberation.exchange.drafts.models import ORIGIN_LENGTH, DraftSource, ImportDraft
from deliberation.exchange.drafts.rows import Row, RowKind
from deliberation.ideas.service import language_code
from deliberation.moderation.acts import Actor, record, require_facilitator
from deliberation.moderation.models import ActKind

DRAFT_LIFE: Final = timedelta(days=30)
"""How long a draft is kept that nobody touches."""


class ChangedElsewhere(Conflict):
    """The draft was changed in another window, or by another facilitator."""

    default = marked("This import was changed in another window. Nothing of yours is saved; open it again.")


class NotReady(Refused):
    """Some rows cannot be imported yet."""

    default = marked("Some rows cannot be imported as they are. Nothing has been imported.")


@dataclass(frozen=True, slots=True)
class Edition:
    """A draft as somebody had it before them."""

    id: int
    version: int


def begin_import(
    session: Session,
    *,
    consultation: Consultation,
    by: Actor,
    source: DraftSource,
    origin: str,
    thread: int,
    language: str,
    content: dict[str, Any],
) -> ImportDraft:
    """Keep what was read, to be corrected. Raises NotAFacilitator, GatheringClosed, Refused at `origin` or
    `language`. Drafts that nobody has touched for thirty days go.
    """
    require_facilitator(session, consultation.id, by)
    require_phase(consultation)
    origin, moment = clean_line(origin), now()
    if not 0 < len(origin) <= ORIGIN_LENGTH:
        sentence = marked("Say where the texts come from, in at most %(limit)s characters.")
        raise Refused(sentence, field="origin", limit=ORIGIN_LENGTH)
    session.execute(delete(ImportDraft).where(ImportDraft.edited_at < moment - DRAFT_LIFE))
    draft = ImportDraft(
        consultation_id=consultation.id, source=source, origin=origin, thread_number=thread,
        language=language_code(language), content=content, version=1, created_at=moment, edited_at=moment,
    )  # fmt: skip
    session.add(draft)
    session.flush()
    return draft


def require_phase(consultation: Consultation) -> None:
    """Raise GatheringClosed unless the consultation takes ideas or is still a draft."""
    timetable = Timetable.of(consultation.steps, now())
    if not timetable.takes_ideas and timetable.current is not Phase.DRAFT:
        raise GatheringClosed


def drafts_of(session: Session, consultation: Consultation) -> Sequence[ImportDraft]:
    """Return the imports that are being prepared, the newest first."""
    mine = select(ImportDraft).where(ImportDraft.consultation_id == consultation.id)
    return session.scalars(mine.order_by(ImportDraft.id.desc())).all()


def get_draft(session: Session, consultation: Consultation, number: int) -> ImportDraft:
    """Return the draft with this key. Raises NotFound for one that is imported, gone or somewhere else."""
    found = session.get(ImportDraft, number)
    if found is None or found.consultation_id != consultation.id:
        raise NotFound(marked("There is no such import here. It may be done already, or discarded."))
    return found


def rows_of(draft: ImportDraft) -> list[Row]:
    """Return the rows as they have been corrected so far."""
    return [Row.from_json(row) for row in draft.content.get("rows", ())]


def keep(
    session: Session, *, consultation: Consultation, edition: Edition, by: Actor, **content: Any
) -> ImportDraft:
    """Keep changed parts of the draft's content. Raises NotAFacilitator, NotFound, ChangedElsewhere."""
    draft = _locked(session, consultation, edition, by)
    draft.content = {**draft.content, **content}
    draft.version += 1
    draft.edited_at = now()
    session.flush()
    return draft


def discard(session: Session, *, consultation: Consultation, edition: Edition, by: Actor) -> None:
    """Forget the draft. Raises NotAFacilitator, NotFound, ChangedElsewhere."""
    session.delete(_locked(session, consultation, edition, by))
    session.flush()


def import_draft(
    session: Session, *, consultation: Consultation, edition: Edition, by: Actor, credit: Credit
) -> Added:
    """Add every row that is not left out, write one row into the public log, and forget the draft.

    Authors become participants without an account; one name is one person. Raises NotAFacilitator,
    NotFound, ChangedElsewhere, GatheringClosed, and NotReady while `checking.check` finds a problem or
    there is nothing to import.
    """
    lock_consultation(session, consultation.id)
    draft = _locked(session, consultation, edition, by)
    require_phase(consultation)
    rows = rows_of(draft)
    findings = check(session, consultation, rows, credit)
    if findings.problems:
        raise NotReady
    if all(row.kind is RowKind.OUT for row in rows):
        raise NotReady(marked("Every row is left out. There is nothing to import."))
    added = add_rows(session, consultation, rows, findings, credit)
    details = {
        "from": draft.source.value, "ideas": added.ideas, "comments": added.comments,
        "participants": added.people,
    }  # fmt: skip
    record(
        session,
        ActKind.IMPORT_DATA,
        consultation_id=consultation.id,
        by=by,
        reason=draft.origin,
        details=details,
    )
    session.delete(draft)
    session.flush()
    return added


def _locked(session: Session, consultation: Consultation, edition: Edition, by: Actor) -> ImportDraft:
    require_facilitator(session, consultation.id, by)
    draft = session.scalars(
        select(ImportDraft)
        .where(ImportDraft.id == edition.id, ImportDraft.consultation_id == consultation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if draft is None:
        raise NotFound(marked("There is no such import here. It may be done already, or discarded."))
    if draft.version != edition.version:
        raise ChangedElsewhere
    return draft

"""What facilitators change in what a consultation says, and the row that each change leaves in the log."""

from enum import StrEnum

from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.consultations.models import Consultation, Phase
from deliberation.consultations.phases import Timetable
from deliberation.moderation.acts import Actor, record
from deliberation.moderation.models import ActKind, ModerationAct


class Did(StrEnum):
    """What was done. Kept in the details of the act."""

    EDIT_WORDS = "edit_words"
    EDIT_THREAD = "edit_thread"
    EDIT_ENTRY = "edit_entry"
    ADD_THREAD = "add_thread"
    REMOVE_THREAD = "remove_thread"
    MOVE_THREAD = "move_thread"
    ADD_ENTRY = "add_entry"
    REMOVE_ENTRY = "remove_entry"
    MOVE_ENTRY = "move_entry"
    ADD_LANGUAGE = "add_language"
    REMOVE_LANGUAGE = "remove_language"


def note_change(
    session: Session, consultation: Consultation, did: Did, *, by: Actor, **details: object
) -> ModerationAct | None:
    """Write the change into the log; a draft, which nobody has seen, leaves no rows."""
    if not has_begun(consultation):
        return None
    return record(
        session, ActKind.CHANGE_SETUP, consultation_id=consultation.id, by=by,
        details={"did": did.value, **details},
    )  # fmt: skip


def has_begun(consultation: Consultation) -> bool:
    """Say whether the consultation is no draft any more: others than those with a role have seen it."""
    return Timetable.of(consultation.steps, now()).current is not Phase.DRAFT

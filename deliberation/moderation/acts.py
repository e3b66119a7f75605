"""What every act has in common: who may do it, why, and its one row in the log."""

from datetime import datetime
from enum import Enum
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, NotAllowed, Refused, marked
from deliberation.base.text import clean_text
from deliberation.consultations.background import BackgroundEntry, EntryKind
from deliberation.consultations.people import RoleName
from deliberation.consultations.queries import roles_of
from deliberation.moderation.models import REASON_LENGTH, ActKind, ModerationAct


class Command(Enum):
    """Who acts when no account does."""

    OPERATOR = "operator"


OPERATOR: Final = Command.OPERATOR
"""The person at the server's command line. No page ever acts as the operator."""

Actor = int | Command
"""The account that acts, by its key, or the operator."""


class AlreadyDone(Conflict):
    """Somebody did it before."""

    default = marked("That has already been done, perhaps by another facilitator. Nothing has changed.")


class NotAFacilitator(NotAllowed):
    """The account does not facilitate this consultation."""

    default = marked("Only the facilitators of this consultation may do that.")


def require_facilitator(session: Session, consultation_id: int, by: Actor) -> None:
    """Raise NotAFacilitator unless `by` facilitates the consultation or is the operator."""
    if isinstance(by, Command):
        return
    if RoleName.FACILITATOR not in roles_of(session, consultation_id=consultation_id, account_id=by):
        raise NotAFacilitator


def stated_reason(reason: str) -> str:
    """Return the reason, cleaned. Raises Refused for none and for one that is too long."""
    reason = optional_reason(reason)
    if not reason:
        raise Refused(
            marked("Write a reason. Everybody can read it in the log. Nothing has changed yet."),
            field="reason",
        )
    return reason


def rule_named(session: Session, consultation_id: int, key: str) -> int:
    """Return the key of the house rule that `key` names. Raises Refused at `rule` where it is none."""
    found = session.scalar(
        select(BackgroundEntry.id).where(
            BackgroundEntry.consultation_id == consultation_id,
            BackgroundEntry.kind == EntryKind.RULE,
            BackgroundEntry.key == key,
        )
    )
    if found is None:
        raise Refused(marked("Choose the rule that it breaks. Nothing has changed yet."), field="rule")
    return found


def has_changed(session: Session, statement: Any) -> bool:
    """Say whether the statement found what it changes.

    The condition and the change are one statement, so that of two at once only one finds it true.
    """
    done = session.execute(statement.execution_options(synchronize_session=False))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def optional_reason(reason: str) -> str:
    """Return the reason, cleaned; it may be empty. Raises Refused for one that is too long."""
    reason = clean_text(reason)
    if len(reason) > REASON_LENGTH:
        raise Refused(
            marked("The reason is %(extra)s characters too long. Nothing has changed yet."),
            field="reason",
            extra=len(reason) - REASON_LENGTH,
        )
    return reason


def record(
    session: Session,
    kind: ActKind,
    *,
    consultation_id: int,
    by: Actor,
    reason: str = "",
    at: datetime | None = None,
    details: dict[str, Any] | None = None,
    role: RoleName = RoleName.FACILITATOR,
    batch: str | None = None,
    **keys: int | None,
) -> ModerationAct:
    """Write the act into the log. `keys` are the idea, comment, thread, tag, person and rule it is about."""
    is_operator = isinstance(by, Command)
    act = ModerationAct(
        consultation_id=consultation_id,
        kind=kind,
        role=None if is_operator else role,
        account_id=None if is_operator else by,
        reason=reason,
        details=details or {},
        happened_at=at or now(),
        batch=batch,
        **keys,
    )
    session.add(act)
    session.flush()
    return act

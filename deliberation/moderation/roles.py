"""Roles given by invitation and taken back. Each is one row in the public log, without a name."""

from sqlalchemy.orm import Session

from deliberation.consultations.people import Invitation, RoleName
from deliberation.consultations.service import accept_invitation, remove_role
from deliberation.moderation.acts import Actor, record, require_facilitator
from deliberation.moderation.models import ActKind, ModerationAct


def accept_role(session: Session, *, secret: str, account_id: int) -> Invitation:
    """Use the invitation up, give the account its role, and say so in the log.

    Raises what `accept_invitation` raises.
    """
    invitation = accept_invitation(session, secret=secret, account_id=account_id)
    record(
        session, ActKind.GRANT_ROLE, consultation_id=invitation.consultation_id, by=account_id,
        role=invitation.role, details={"role": invitation.role.value},
    )  # fmt: skip
    return invitation


def take_role(
    session: Session, *, consultation_id: int, account_id: int, role: RoleName, by: Actor
) -> ModerationAct:
    """Take the role from the account. Raises NotAFacilitator, NotFound, LastFacilitator."""
    require_facilitator(session, consultation_id, by)
    remove_role(session, consultation_id=consultation_id, account_id=account_id, role=role)
    return record(
        session, ActKind.REMOVE_ROLE, consultation_id=consultation_id, by=by, details={"role": role.value}
    )

"""Who works with a consultation, and who is invited to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from deliberation.accounts.models import Account
from deliberation.base.clock import now
from deliberation.base.errors import NotFound, Refused, marked
from deliberation.consultations.models import Consultation
from deliberation.consultations.people import Invitation, Role, RoleName
from deliberation.consultations.service import invite, lock_consultation
from deliberation.moderation.acts import Actor, require_facilitator

MOST_INVITATIONS: Final = 100
"""That can be open at once."""


@dataclass(frozen=True, slots=True)
class RoleHere:
    """Somebody's role. Names and addresses are for the facilitators of this consultation alone."""

    account_id: int
    name: str
    email: str
    role: RoleName


def roles_here(session: Session, consultation: Consultation) -> Sequence[RoleHere]:
    """Return who has which role, facilitators first (one statement)."""
    rows = session.execute(
        select(Account.id, Account.name, Account.email, Role.name.label("role"))
        .join(Role, Role.account_id == Account.id)
        .where(Role.consultation_id == consultation.id)
        .order_by(Role.name, Account.name, Account.id)
    )
    return [RoleHere(row.id, row.name, row.email, row.role) for row in rows]


def open_invitations(session: Session, consultation: Consultation) -> Sequence[Invitation]:
    """Return the invitations that can still be accepted, newest first (one statement)."""
    return session.scalars(
        select(Invitation).where(*_open(consultation)).order_by(Invitation.id.desc())
    ).all()


def invite_person(
    session: Session, *, consultation: Consultation, email: str, role: RoleName, by: Actor
) -> str:
    """Invite whoever has the address to the role; return the secret of the link.

    An earlier link for the same address and role stops working. Raises NotAFacilitator, Refused at `email`.
    """
    require_facilitator(session, consultation.id, by)
    lock_consultation(session, consultation.id)
    has_it = (
        select(Role.account_id)
        .join(Account, Account.id == Role.account_id)
        .where(Role.consultation_id == consultation.id, Role.name == role, Account.email == email.lower())
    )
    if session.scalar(has_it) is not None:
        raise Refused(marked("Whoever has this address has that role already."), field="email")
    same = (*_open(consultation), Invitation.email == email.lower(), Invitation.role == role)
    session.execute(delete(Invitation).where(*same).execution_options(synchronize_session=False))
    count = session.scalar(select(func.count()).where(*_open(consultation))) or 0
    if count >= MOST_INVITATIONS:
        raise Refused(marked("Too many invitations wait for an answer. Take some back first."), field="email")
    return invite(session, consultation=consultation, role=role, email=email)


def withdraw_invitation(session: Session, *, consultation: Consultation, number: int, by: Actor) -> None:
    """Let the invitation's link stop working. Raises NotAFacilitator, NotFound."""
    require_facilitator(session, consultation.id, by)
    gone = session.execute(
        delete(Invitation)
        .where(*_open(consultation), Invitation.id == number)
        .execution_options(synchronize_session=False)
    )
    if not gone.rowcount:  # type: ignore[attr-defined]
        raise NotFound


def _open(consultation: Consultation) -> tuple[ColumnElement[bool], ...]:
    return (
        Invitation.consultation_id == consultation.id,
        Invitation.accepted_at.is_(None),
        Invitation.expires_at > now(),
    )

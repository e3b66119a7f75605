"""People come into a consultation: by taking part, with a role, by invitation."""

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from deliberation.accounts.models import Account
from deliberation.accounts.secrets import hash_of, new_secret
from deliberation.base.clock import now
from deliberation.base.errors import Conflict, NotAllowed, NotFound, SignInRequired, marked
from deliberation.consultations.models import Consultation
from deliberation.consultations.people import (
    Invitation,
    Organiser,
    Participant,
    PostingBlock,
    Role,
    RoleName,
)
from deliberation.consultations.queries import find_participant, get_invitation

INVITATION_LIFE: Final = timedelta(days=30)
TRIES: Final = 5


class LastFacilitator(Conflict):
    """A consultation without a facilitator could not be opened, kept or closed by anybody."""

    default = marked("That is the last facilitator. Let somebody else become one first.")


class PostingBlocked(Conflict):
    """A facilitator keeps the participant from posting for a while."""

    default = marked("You cannot post here until %(until)s. The decision log says why.")


class InvitationSpent(Conflict):
    """The invitation was accepted already, or is too old."""

    default = marked("This invitation has been used or is too old. Ask whoever sent it for a new one.")


class InvitedElse(NotAllowed):
    """The invitation names another address."""

    default = marked("This invitation is for another e-mail address. Sign in with that one to accept it.")


def join(session: Session, *, consultation: Consultation, account_id: int) -> Participant:
    """Return the participant that the account is in the consultation, made now if there was none.

    Numbers are given in the order of joining. However many requests arrive at once, there is one
    participant for each account.
    """
    found = find_participant(session, consultation_id=consultation.id, account_id=account_id)
    return found or _join(session, consultation, account_id=account_id)


def join_as_guest(session: Session, *, consultation: Consultation, guest_id: int) -> Participant:
    """Return the participant that the guest is in the consultation, made now if there was none.

    Until the transaction ends nobody can claim what the guest did. Raises SignInRequired where only people
    with an account may take part.
    """
    require_guests(consultation)
    keys = {"consultation_id": consultation.id, "guest_id": guest_id}
    held = select(Participant).filter_by(**keys).with_for_update(read=True, key_share=True)
    return session.scalars(held).one_or_none() or _join(session, consultation, guest_id=guest_id)


def require_guests(consultation: Consultation) -> None:
    """Raise SignInRequired where only people with an account may vote."""
    if not consultation.takes_guests_votes:
        raise SignInRequired


def _join(session: Session, consultation: Consultation, **who: int) -> Participant:
    lock_consultation(session, consultation.id)
    keys = {"consultation_id": consultation.id, **who}
    for _ in range(TRIES):
        highest = session.scalar(
            select(func.max(Participant.number)).where(Participant.consultation_id == consultation.id)
        )
        number = 1 if highest is None else highest + 1
        participant = Participant(**keys, is_guest="guest_id" in who, number=number, joined_at=now())
        try:
            with session.begin_nested():
                session.add(participant)
        except IntegrityError:
            found = session.scalars(select(Participant).filter_by(**keys)).one_or_none()
            if found is not None:
                return found
        else:
            return participant
    raise Conflict


def require_may_post(session: Session, participant: Participant | None) -> None:
    """Raise PostingBlocked where the participant can write nothing new for now (one statement)."""
    if participant is None:
        return
    until = session.scalar(
        select(func.max(PostingBlock.ends_at)).where(
            PostingBlock.participant_id == participant.id,
            PostingBlock.lifted_at.is_(None),
            PostingBlock.ends_at > now(),
        )
    )
    if until is not None:
        raise PostingBlocked(until=until.date().isoformat())


def grant_role(session: Session, *, consultation_id: int, account_id: int, role: RoleName) -> None:
    """Give the account the role; one that it has already stays as it is."""
    row = Role(consultation_id=consultation_id, account_id=account_id, name=role, granted_at=now())
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        if session.get(Role, (consultation_id, account_id, role)) is None:
            raise


def grant_organiser(session: Session, *, account_id: int) -> None:
    """Let the account write new consultations; one that may already may still."""
    try:
        with session.begin_nested():
            session.add(Organiser(account_id=account_id, granted_at=now()))
    except IntegrityError:
        if session.get(Organiser, account_id) is None:
            raise


def revoke_organiser(session: Session, *, account_id: int) -> bool:
    """Take the right to write new consultations back; say whether the account had it."""
    gone = session.execute(delete(Organiser).where(Organiser.account_id == account_id))
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def remove_role(session: Session, *, consultation_id: int, account_id: int, role: RoleName) -> None:
    """Take the role from the account. Raises NotFound, and LastFacilitator where nobody would be left."""
    lock_consultation(session, consultation_id)
    other = aliased(Role)
    somebody_else = (
        select(other.account_id)
        .where(
            other.consultation_id == consultation_id,
            other.name == RoleName.FACILITATOR,
            other.account_id != account_id,
        )
        .exists()
    )
    removed = session.execute(
        delete(Role)
        .where(
            Role.consultation_id == consultation_id,
            Role.account_id == account_id,
            Role.name == role,
            or_(Role.name != RoleName.FACILITATOR, somebody_else),
        )
        .execution_options(synchronize_session="fetch")
    )
    if not removed.rowcount:  # type: ignore[attr-defined]
        if session.get(Role, (consultation_id, account_id, role)) is None:
            raise NotFound
        raise LastFacilitator


def invite(
    session: Session,
    *,
    consultation: Consultation,
    role: RoleName,
    email: str | None = None,
    lets_create: bool = False,
) -> str:
    """Make a single-use invitation to the role; return the secret of its link.

    With `email` (any case) only an account with that address can accept it. With `lets_create` whoever
    accepts it may also write new consultations.
    """
    secret, moment = new_secret(), now()
    session.add(
        Invitation(
            consultation_id=consultation.id,
            role=role,
            lets_create=lets_create,
            email=email.lower() if email else None,
            token_hash=hash_of(secret),
            created_at=moment,
            expires_at=moment + INVITATION_LIFE,
        )
    )
    session.flush()
    return secret


def accept_invitation(session: Session, *, secret: str, account_id: int) -> Invitation:
    """Use the invitation up and give the account its role.

    Raises NotFound, InvitationSpent, and InvitedElse for an account with another address than the one it
    names. Of two who come at once, one is refused.
    """
    invitation = get_invitation(session, secret)
    account = session.get_one(Account, account_id)
    if invitation.email is not None and invitation.email != account.email:
        raise InvitedElse
    moment = now()
    used = session.execute(
        update(Invitation)
        .where(
            Invitation.id == invitation.id,
            Invitation.accepted_at.is_(None),
            Invitation.expires_at > moment,
        )
        .values(accepted_at=moment)
    )
    if not used.rowcount:  # type: ignore[attr-defined]
        raise InvitationSpent
    grant_role(
        session, consultation_id=invitation.consultation_id, account_id=account_id, role=invitation.role
    )
    if invitation.lets_create:
        grant_organiser(session, account_id=account_id)
    return invitation


def is_open(invitation: Invitation) -> bool:
    """Say whether the invitation can still be accepted."""
    return invitation.accepted_at is None and invitation.expires_at > now()


def lock_consultation(session: Session, consultation_id: int) -> None:
    """Let nobody else in until this transaction ends. A writer on SQLite is alone anyway."""
    session.execute(
        select(Consultation.id).where(Consultation.id == consultation_id).with_for_update(key_share=True)
    )

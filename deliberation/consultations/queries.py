"""Reads: consultations, threads, people. Each a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, TypeVar

from sqlalchemy import Integer, String, and_, bindparam, exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from deliberation.accounts.models import ABSOLUTE_LIMIT, Account, Guest
from deliberation.accounts.secrets import hash_of
from deliberation.base.clock import now
from deliberation.base.errors import NotFound
from deliberation.consultations.background import BackgroundEntry, EntryKind
from deliberation.consultations.models import Consultation, Phase, Thread
from deliberation.consultations.people import Invitation, Organiser, Participant, Role, RoleName
from deliberation.consultations.phases import Timetable


class InOneLanguage(Protocol):
    """A row that says something in one language."""

    language: str


Text = TypeVar("Text", bound=InOneLanguage)


# Built once: every page of a consultation says these, and building one takes longer than it takes to answer.
_HERE: Final = bindparam("consultation", type_=Integer)
_CONSULTATION: Final = (
    select(Consultation)
    .where(Consultation.slug == bindparam("slug", type_=String))
    .options(joinedload(Consultation.texts), joinedload(Consultation.steps))
)
_THREADS: Final = (
    select(Thread)
    .where(Thread.consultation_id == _HERE)
    .order_by(Thread.position, Thread.number)
    .options(joinedload(Thread.texts))
)
_STANDING: Final = (
    select(Participant, Role.name)
    .select_from(Account)
    .outerjoin(Participant, and_(Participant.account_id == Account.id, Participant.consultation_id == _HERE))
    .outerjoin(Role, and_(Role.account_id == Account.id, Role.consultation_id == _HERE))
    .where(Account.id == bindparam("account", type_=Integer))
)
_PARTICIPANTS: Final = (
    select(func.count(), func.count().filter(Participant.is_guest))
    .select_from(Participant)
    .where(Participant.consultation_id == _HERE, Participant.merged_into_id.is_(None))
)
_GUEST: Final = (
    select(Guest.id, Guest.created_at, Participant)
    .select_from(Guest)
    .outerjoin(Participant, and_(Participant.guest_id == Guest.id, Participant.consultation_id == _HERE))
    .where(Guest.token_hash == bindparam("token_hash", type_=String))
)


def chosen_text(texts: Sequence[Text], *, language: str, source: str) -> Text:
    """Return the text in `language`, else in the source language, else any. `texts` is not empty."""
    by_language = {text.language: text for text in texts}
    return by_language.get(language) or by_language.get(source) or texts[0]


def find_consultation(session: Session, slug: str) -> Consultation | None:
    """Return the consultation with its texts and phases (one statement), or None."""
    return session.scalars(_CONSULTATION, {"slug": slug}).unique().one_or_none()


def get_consultation(session: Session, slug: str) -> Consultation:
    """Return the consultation. Raises NotFound."""
    consultation = find_consultation(session, slug)
    if consultation is None:
        raise NotFound
    return consultation


def all_consultations(session: Session) -> Sequence[Consultation]:
    """Return every consultation, newest first, with texts and phases (three statements)."""
    return session.scalars(
        select(Consultation)
        .order_by(Consultation.created_at.desc(), Consultation.id.desc())
        .options(selectinload(Consultation.texts), selectinload(Consultation.steps))
    ).all()


def visible_consultations(
    session: Session, *, account_id: int | None, moment: datetime
) -> Sequence[Consultation]:
    """Return what the account may see, newest first: drafts only with a role there (four statements)."""
    with_role: set[int] = set()
    if account_id is not None:
        with_role.update(session.scalars(select(Role.consultation_id).where(Role.account_id == account_id)))
    return [
        consultation
        for consultation in all_consultations(session)
        if consultation.id in with_role or Timetable.of(consultation.steps, moment).current is not Phase.DRAFT
    ]


def threads_of(session: Session, consultation: Consultation) -> Sequence[Thread]:
    """Return the consultation's threads in order, with their texts (one statement)."""
    return session.scalars(_THREADS, {"consultation": consultation.id}).unique().all()


def get_thread(session: Session, consultation: Consultation, number: int) -> Thread:
    """Return the thread with its texts (one statement). Raises NotFound."""
    thread = session.scalars(
        select(Thread)
        .where(Thread.consultation_id == consultation.id, Thread.number == number)
        .options(joinedload(Thread.texts))
    ).unique().one_or_none()  # fmt: skip
    if thread is None:
        raise NotFound
    return thread


def background_of(
    session: Session, consultation: Consultation, *kinds: EntryKind
) -> Sequence[BackgroundEntry]:
    """Return the entries of these kinds (all if none), in order, with their texts (one statement)."""
    wanted = select(BackgroundEntry).where(BackgroundEntry.consultation_id == consultation.id)
    if kinds:
        wanted = wanted.where(BackgroundEntry.kind.in_(kinds))
    return session.scalars(
        wanted.order_by(BackgroundEntry.position).options(joinedload(BackgroundEntry.texts))
    ).unique().all()  # fmt: skip


def find_participant(session: Session, *, consultation_id: int, account_id: int) -> Participant | None:
    """Return the participant that the account is in the consultation, or None."""
    return session.scalars(
        select(Participant).where(
            Participant.consultation_id == consultation_id, Participant.account_id == account_id
        )
    ).one_or_none()


def standing_of(
    session: Session, *, consultation_id: int, account_id: int
) -> tuple[Participant | None, frozenset[RoleName]]:
    """Return who the account is there: its participant, if any, and its roles (one statement)."""
    rows = session.execute(_STANDING, {"consultation": consultation_id, "account": account_id}).all()
    return (rows[0][0] if rows else None), frozenset(name for _, name in rows if name)


def roles_of(session: Session, *, consultation_id: int, account_id: int) -> frozenset[RoleName]:
    """Return the account's roles in the consultation."""
    return frozenset(
        session.scalars(
            select(Role.name).where(Role.consultation_id == consultation_id, Role.account_id == account_id)
        )
    )


def guest_standing(
    session: Session, *, consultation_id: int, token: str
) -> tuple[int | None, Participant | None]:
    """Return the guest with this secret and who it is there, if anybody (one statement)."""
    asked = {"consultation": consultation_id, "token_hash": hash_of(token)}
    row = session.execute(_GUEST, asked).one_or_none()
    if row is None or now() - row.created_at > ABSOLUTE_LIMIT:
        return None, None
    return row[0], row[2]


@dataclass(frozen=True, slots=True)
class People:
    """How many take part, and how many of them without an account."""

    total: int
    guests: int


def count_people(session: Session, consultation: Consultation) -> People:
    """Return how many people take part in the consultation (one statement)."""
    total, guests = session.execute(_PARTICIPANTS, {"consultation": consultation.id}).one()
    return People(total, guests)


def may_create(session: Session, account_id: int) -> bool:
    """Say whether the account may write new consultations on this site (one statement)."""
    return bool(session.scalar(select(exists().where(Organiser.account_id == account_id))))


def count_participants(session: Session, consultation: Consultation) -> int:
    """Return how many people take part in the consultation."""
    return count_people(session, consultation).total


def get_invitation(session: Session, secret: str) -> Invitation:
    """Return the invitation that the link with this secret leads to, spent or not. Raises NotFound."""
    invitation = session.scalars(
        select(Invitation)
        .where(Invitation.token_hash == hash_of(secret))
        .options(joinedload(Invitation.consultation).selectinload(Consultation.texts))
    ).one_or_none()
    if invitation is None:
        raise NotFound
    return invitation


@dataclass(frozen=True, slots=True)
class Participation:
    """An account's part in one consultation, with the consultation's title in the reader's language."""

    slug: str
    title: str
    number: int


def participations_of(session: Session, *, account_id: int, language: str) -> Sequence[Participation]:
    """Return where the account takes part, latest first (two statements)."""
    rows = session.execute(
        select(Consultation, Participant.number)
        .join(Participant, Participant.consultation_id == Consultation.id)
        .where(Participant.account_id == account_id)
        .order_by(Participant.joined_at.desc())
        .options(selectinload(Consultation.texts))
    )
    return [
        Participation(
            consultation.slug,
            chosen_text(consultation.texts, language=language, source=consultation.source_language).title,
            number,
        )
        for consultation, number in rows
    ]

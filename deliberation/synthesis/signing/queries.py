"""Reads: versions, who has signed them, and who belongs to the working group."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from deliberation.accounts.models import Account
from deliberation.base.errors import NotFound
from deliberation.consultations.people import Role, RoleName
from deliberation.synthesis.signing.models import (
    EvidencePackage,
    MinorityReportRow,
    Quorum,
    SignOffRule,
    SynthesisVersion,
)
from deliberation.synthesis.signing.policies import USUAL, Tally, tally


def versions_of(session: Session, consultation_id: int) -> Sequence[SynthesisVersion]:
    """Return every version without its content, the newest first (one statement)."""
    return session.scalars(
        select(SynthesisVersion)
        .where(SynthesisVersion.consultation_id == consultation_id)
        .order_by(SynthesisVersion.number.desc())
    ).all()


def find_published(session: Session, consultation_id: int) -> SynthesisVersion | None:
    """Return the version that was published last, with its content (one statement)."""
    return session.scalars(
        select(SynthesisVersion)
        .where(
            SynthesisVersion.consultation_id == consultation_id, SynthesisVersion.published_at.is_not(None)
        )
        .order_by(SynthesisVersion.number.desc())
        .limit(1)
        .options(undefer(SynthesisVersion.content), undefer(SynthesisVersion.erased))
    ).one_or_none()


def find_published_number(session: Session, consultation_id: int) -> int | None:
    """Return the number of the version that was published last (one statement)."""
    return session.scalar(
        select(func.max(SynthesisVersion.number)).where(
            SynthesisVersion.consultation_id == consultation_id, SynthesisVersion.published_at.is_not(None)
        )
    )


def get_version(session: Session, consultation_id: int, number: int) -> SynthesisVersion:
    """Return the version with its content, signatures and minority reports (four statements at most).

    Raises NotFound.
    """
    version = session.scalars(
        select(SynthesisVersion)
        .where(SynthesisVersion.consultation_id == consultation_id, SynthesisVersion.number == number)
        .options(
            undefer(SynthesisVersion.content),
            undefer(SynthesisVersion.erased),
            selectinload(SynthesisVersion.signatures),
            selectinload(SynthesisVersion.minority_reports).selectinload(MinorityReportRow.names),
        )
    ).one_or_none()
    if version is None:
        raise NotFound
    return version


def find_open(session: Session, consultation_id: int) -> SynthesisVersion | None:
    """Return the version that waits for answers, without its content (two statements)."""
    return session.scalars(
        select(SynthesisVersion)
        .where(SynthesisVersion.consultation_id == consultation_id, SynthesisVersion.closed_at.is_(None))
        .options(selectinload(SynthesisVersion.signatures))
    ).one_or_none()


def rule_of(session: Session, consultation_id: int) -> tuple[Quorum, bool]:
    """Return the quorum, and whether objections need a reply, for the next version (one statement)."""
    rule = session.get(SignOffRule, consultation_id)
    return (rule.quorum, rule.replies_to_objections) if rule else USUAL


def members_of(session: Session, consultation_id: int) -> Sequence[Account]:
    """Return the accounts of the working group in the order of their names (one statement)."""
    roles = session.scalars(
        select(Role)
        .join(Role.account)
        .where(Role.consultation_id == consultation_id, Role.name == RoleName.WORKING_GROUP)
        .order_by(Account.name, Account.id)
        .options(joinedload(Role.account))
    )
    return [role.account for role in roles]


def tally_of(session: Session, version: SynthesisVersion) -> Tally:
    """Return how far the version is signed now (one statement beside its signatures)."""
    members = {account.id for account in members_of(session, version.consultation_id)}
    return tally(
        version.signatures,
        members=members,
        quorum=version.quorum,
        replies_to_objections=version.replies_to_objections,
    )


def find_package(session: Session, version_id: int) -> EvidencePackage | None:
    """Return what is known of the evidence package of the version, without its files (one statement)."""
    return session.get(EvidencePackage, version_id)

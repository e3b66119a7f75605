"""Versions of a synthesis, who was asked to sign them, and what they answered."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from deliberation.accounts.models import NAME_LENGTH, Account
from deliberation.base.model import Base, closed_set
from deliberation.consultations.models import LANGUAGE_LENGTH, Consultation
from deliberation.insights.models import Snapshot
from deliberation.synthesis.writers.report import Answer

ANSWER_LENGTH = 4_000
NOTE_LENGTH = 1_000
TITLE_LENGTH = 200
MINORITY_LENGTH = 20_000
DIGEST_LENGTH = 64


class Quorum(StrEnum):
    """How many of those who were asked have to answer before a version can be published."""

    HALF = "half"
    TWO_THIRDS = "two_thirds"
    THREE_QUARTERS = "three_quarters"
    ALL = "all"


class SignOffRule(Base):
    """The rule of one consultation; without a row, two thirds answer and no objection stays unanswered."""

    __tablename__ = "sign_off_rules"

    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultations.id", ondelete="CASCADE"), primary_key=True
    )
    quorum: Mapped[Quorum] = mapped_column(closed_set(Quorum, "quorum"))
    replies_to_objections: Mapped[bool]
    """Whether every objection needs a reply before the version can be published."""


class SynthesisVersion(Base):
    """A synthesis as it was proposed. While nobody has published it, it can be replaced by a newer one.

    `content` is the report as `writers.json` writes it. It changes once, when the version is published and
    the signatures come into it, and after that only where a person's words are erased. `parts` are digests
    of what can be signed apart, by name (`policies.parts_of`).
    """

    __tablename__ = "synthesis_versions"
    __table_args__ = (
        UniqueConstraint("consultation_id", "number"),
        CheckConstraint("number >= 1", name="number_counts_from_one"),
        CheckConstraint("published_at IS NULL OR closed_at IS NOT NULL", name="what_is_published_is_closed"),
        # Of two that are proposed at once, one is turned away.
        Index(
            "ix_synthesis_versions_one_open",
            "consultation_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id", ondelete="CASCADE"))
    number: Mapped[int]
    snapshot_id: Mapped[int | None] = mapped_column(ForeignKey("snapshots.id"))
    language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH))
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    note: Mapped[str] = mapped_column(Text)
    """What its proposer says has changed since the version before; plain text."""
    quorum: Mapped[Quorum] = mapped_column(closed_set(Quorum, "quorum"))
    replies_to_objections: Mapped[bool]
    closed_at: Mapped[datetime | None]
    """When it stopped waiting for answers: published, replaced by a newer one, or taken back."""
    published_at: Mapped[datetime | None]
    parts: Mapped[dict[str, str]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    """What `analysis.commitment` makes of `content` with the salts, in hexadecimal."""
    salts: Mapped[dict[str, str]] = mapped_column(JSON, deferred=True)
    erased: Mapped[dict[str, str]] = mapped_column(JSON, deferred=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

    consultation: Mapped[Consultation] = relationship()
    snapshot: Mapped[Snapshot | None] = relationship()
    signatures: Mapped[list["SignatureRow"]] = relationship(
        back_populates="version", order_by="SignatureRow.id", passive_deletes=True
    )
    minority_reports: Mapped[list["MinorityReportRow"]] = relationship(
        back_populates="version", order_by="MinorityReportRow.id", passive_deletes=True
    )

    @property
    def is_open(self) -> bool:
        """Whether it waits for answers."""
        return self.closed_at is None

    @property
    def is_published(self) -> bool:
        """Whether everybody can read it."""
        return self.published_at is not None


class SignatureRow(Base):
    """Somebody who was asked to sign a version, and their answer once there is one."""

    __tablename__ = "synthesis_signatures"
    __table_args__ = (
        UniqueConstraint("version_id", "account_id"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_with_its_time"),
        CheckConstraint("(reply = '') = (replied_at IS NULL)", name="replied_with_its_time"),
        CheckConstraint(f"length(text) <= {ANSWER_LENGTH}", name="text_length"),
        CheckConstraint(f"length(reply) <= {ANSWER_LENGTH}", name="reply_length"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("synthesis_versions.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    """What they were called when they were asked."""
    asked_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    earlier: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What they answered to the version that this one replaced: version, answer, text, and changed parts."""
    answer: Mapped[Answer | None] = mapped_column(closed_set(Answer, "answer"))
    text: Mapped[str] = mapped_column(Text)
    answered_at: Mapped[datetime | None]
    reply: Mapped[str] = mapped_column(Text)
    """What the others answer to an objection."""
    replied_at: Mapped[datetime | None]

    version: Mapped[SynthesisVersion] = relationship(back_populates="signatures")
    account: Mapped[Account | None] = relationship()


class MinorityReportRow(Base):
    """What members who see it otherwise want to be read with a version."""

    __tablename__ = "synthesis_minority_reports"
    __table_args__ = (CheckConstraint(f"length(text) <= {MINORITY_LENGTH}", name="text_length"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(
        ForeignKey("synthesis_versions.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]

    version: Mapped[SynthesisVersion] = relationship(back_populates="minority_reports")
    names: Mapped[list["MinorityName"]] = relationship(order_by="MinorityName.id", passive_deletes=True)


class MinorityName(Base):
    """Somebody who stands behind a minority report; the first is who wrote it."""

    __tablename__ = "synthesis_minority_names"
    __table_args__ = (UniqueConstraint("report_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("synthesis_minority_reports.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))


class EvidencePackage(Base):
    """The files by which a published version can be checked, as one archive.

    Made anew when words are erased from the version; the votes in it stay those of the snapshot.
    """

    __tablename__ = "synthesis_packages"

    version_id: Mapped[int] = mapped_column(
        ForeignKey("synthesis_versions.id", ondelete="CASCADE"), primary_key=True
    )
    made_at: Mapped[datetime]
    holds_rows: Mapped[bool]
    """Whether votes by row passed the gate; otherwise it holds results alone."""
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

    version: Mapped[SynthesisVersion] = relationship()

"""The draft of a synthesis that a working group writes together, and every wording any part of it has had.

Each part (the opening, a finding, a recommendation) has revisions of its own, counted from 1, so that two
people can write in two parts at once and nobody overwrites anybody in the same one. Everything that is done
to a draft is a *change*, counted from 1 in the whole draft: revisions name theirs, so that the draft can be
read as it stood after any change. Nothing is deleted; what is taken out is marked.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from deliberation.base.model import Base, closed_set
from deliberation.consultations.models import LANGUAGE_LENGTH
from deliberation.insights.models import Snapshot
from deliberation.synthesis.writers.report import FindingKind

HEADING_LENGTH = 200
SUMMARY_LENGTH = 5_000
CLAIM_LENGTH = 600
TEXT_LENGTH = 10_000
WHO_LENGTH = 1_000
REMARK_LENGTH = 2_000
RULE_LENGTH = 200


class Deed(StrEnum):
    """What was done to a draft."""

    COMPOSE = "compose"
    """Made by rule from a snapshot, or made again from a newer one."""
    WRITE = "write"
    """A part got a new wording, or a first one."""
    MOVE = "move"
    REMOVE = "remove"
    BRING_BACK = "bring_back"
    SPLIT = "split"
    JOIN = "join"
    CITE = "cite"
    """An idea was cited, or is no longer."""
    ANCHOR = "anchor"
    """Its numbers were taken anew from a newer snapshot."""
    RESTORE = "restore"
    """An earlier wording was brought back."""


class SynthesisDraft(Base):
    """What a working group is writing; one of each consultation.

    Every number in it comes from the snapshot. The `last_…` are the highest numbers given so far.
    """

    __tablename__ = "synthesis_drafts"

    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultations.id", ondelete="CASCADE"), primary_key=True
    )
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshots.id", ondelete="CASCADE"), index=True)
    language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH))
    """The working group's: that of all texts and words, and one of the product's own."""
    heading: Mapped[str] = mapped_column(String(HEADING_LENGTH))
    summary: Mapped[str] = mapped_column(Text)
    """Markdown."""
    revision: Mapped[int]
    """Of heading and summary."""
    last_change: Mapped[int]
    last_finding: Mapped[int]
    last_recommendation: Mapped[int]
    last_comment: Mapped[int]
    created_at: Mapped[datetime]

    snapshot: Mapped[Snapshot] = relationship()


class DraftChange(Base):
    """Something that somebody did to a draft. The newest has the number of its `last_change`."""

    __tablename__ = "draft_changes"

    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("synthesis_drafts.consultation_id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    deed: Mapped[Deed] = mapped_column(closed_set(Deed, "deed"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)
    """Who; nobody where the account is gone, or a command did it."""
    finding: Mapped[int | None]
    """The number of the finding it was done to, where it was one."""
    recommendation: Mapped[int | None]
    done_at: Mapped[datetime]


class OpeningRevision(Base):
    """One wording of a draft's heading and summary."""

    __tablename__ = "draft_openings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["consultation_id", "change"],
            ["draft_changes.consultation_id", "draft_changes.number"],
            ondelete="CASCADE",
            name="fk_draft_openings_change",
        ),
    )

    consultation_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    change: Mapped[int]
    heading: Mapped[str] = mapped_column(String(HEADING_LENGTH))
    summary: Mapped[str] = mapped_column(Text)


class DraftFinding(Base):
    """A finding of a draft: where it stands, and which of its revisions is what it says now.

    `number` lasts: it stays when the finding is moved, and is given to no other. Findings of a thread are
    read in the order of `place`, those of equal places by number. `rule` says which finding of the composing
    it is (`rules.Composed.key`), and is empty for one that a person has added.
    """

    __tablename__ = "draft_findings"

    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("synthesis_drafts.consultation_id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id", ondelete="CASCADE"), index=True)
    place: Mapped[int]
    revision: Mapped[int]
    rule: Mapped[str] = mapped_column(String(RULE_LENGTH), default="")
    removed_in: Mapped[int | None]
    """The change that took it out."""
    outdated_in: Mapped[int | None]
    """The change that composed the draft anew and did not find it again."""

    revisions: Mapped[list["FindingRevision"]] = relationship(
        order_by="FindingRevision.number", passive_deletes=True
    )


class FindingRevision(Base):
    """One wording of a finding, with the ideas it cites. The first is number 1. Never changed.

    `claim` is one plain sentence, `text` Markdown. `citations` are values of `citing.Citation`: the counts
    are those of the snapshot. `themes` are names of tags, `letters` the groups the claim is about.
    """

    __tablename__ = "finding_revisions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["consultation_id", "finding"],
            ["draft_findings.consultation_id", "draft_findings.number"],
            ondelete="CASCADE",
            name="fk_finding_revisions_finding",
        ),
        ForeignKeyConstraint(
            ["consultation_id", "change"],
            ["draft_changes.consultation_id", "draft_changes.number"],
            ondelete="CASCADE",
            name="fk_finding_revisions_change",
        ),
        CheckConstraint(f"length(claim) <= {CLAIM_LENGTH}", name="claim_length"),
        CheckConstraint(f"length(text) <= {TEXT_LENGTH}", name="text_length"),
    )

    consultation_id: Mapped[int] = mapped_column(primary_key=True)
    finding: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    change: Mapped[int]
    is_composed: Mapped[bool]
    """Whether a rule wrote it; a finding whose newest revision no person wrote may be composed anew."""
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshots.id", ondelete="CASCADE"), index=True)
    kind: Mapped[FindingKind] = mapped_column(closed_set(FindingKind, "kind"))
    claim: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    citations: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    themes: Mapped[list[str]] = mapped_column(JSON)
    letters: Mapped[list[str]] = mapped_column(JSON)


class DraftRecommendation(Base):
    """A recommendation of a draft: where it stands, and which of its revisions is what it says now."""

    __tablename__ = "draft_recommendations"

    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("synthesis_drafts.consultation_id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int]
    revision: Mapped[int]
    removed_in: Mapped[int | None]

    revisions: Mapped[list["RecommendationRevision"]] = relationship(
        order_by="RecommendationRevision.number", passive_deletes=True
    )


class RecommendationRevision(Base):
    """One wording of a recommendation. `what` is one plain sentence, the other texts are Markdown."""

    __tablename__ = "recommendation_revisions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["consultation_id", "recommendation"],
            ["draft_recommendations.consultation_id", "draft_recommendations.number"],
            ondelete="CASCADE",
            name="fk_recommendation_revisions_recommendation",
        ),
        ForeignKeyConstraint(
            ["consultation_id", "change"],
            ["draft_changes.consultation_id", "draft_changes.number"],
            ondelete="CASCADE",
            name="fk_recommendation_revisions_change",
        ),
        CheckConstraint(f"length(what) <= {CLAIM_LENGTH}", name="what_length"),
    )

    consultation_id: Mapped[int] = mapped_column(primary_key=True)
    recommendation: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    change: Mapped[int]
    what: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    because: Mapped[list[int]] = mapped_column(JSON)
    """Numbers of findings."""
    who: Mapped[str] = mapped_column(Text)
    actions: Mapped[str] = mapped_column(Text)
    by_when: Mapped[date | None]


class MarginComment(Base):
    """What a member of the working group writes in the margin of a finding, or answers there. Plain text.

    An answer is under the comment that began the talk; settling that one settles the talk.
    """

    __tablename__ = "margin_comments"
    __table_args__ = (
        ForeignKeyConstraint(
            ["consultation_id", "finding"],
            ["draft_findings.consultation_id", "draft_findings.number"],
            ondelete="CASCADE",
            name="fk_margin_comments_finding",
        ),
        ForeignKeyConstraint(
            ["consultation_id", "answers"],
            ["margin_comments.consultation_id", "margin_comments.number"],
            ondelete="CASCADE",
            name="fk_margin_comments_answers",
        ),
        CheckConstraint(f"length(body) <= {REMARK_LENGTH}", name="body_length"),
        Index(None, "consultation_id", "finding"),
    )

    consultation_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    finding: Mapped[int]
    answers: Mapped[int | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)
    body: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))

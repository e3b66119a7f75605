"""The draft of a synthesis, and every wording of its parts."""

import sqlalchemy as sa
from alembic import op

from deliberation.base.model import UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "synthesis_drafts",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("heading", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("last_change", sa.Integer(), nullable=False),
        sa.Column("last_finding", sa.Integer(), nullable=False),
        sa.Column("last_recommendation", sa.Integer(), nullable=False),
        sa.Column("last_comment", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.id"],
            name=op.f("fk_synthesis_drafts_consultation_id_consultations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["snapshots.id"],
            name=op.f("fk_synthesis_drafts_snapshot_id_snapshots"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("consultation_id", name=op.f("pk_synthesis_drafts")),
    )
    op.create_index(op.f("ix_synthesis_drafts_snapshot_id"), "synthesis_drafts", ["snapshot_id"])
    op.create_table(
        "draft_changes",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "deed",
            sa.Enum(
                "compose",
                "write",
                "move",
                "remove",
                "bring_back",
                "split",
                "join",
                "cite",
                "anchor",
                "restore",
                name="deed",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("finding", sa.Integer(), nullable=True),
        sa.Column("recommendation", sa.Integer(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_draft_changes_account_id_accounts"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["synthesis_drafts.consultation_id"],
            name=op.f("fk_draft_changes_consultation_id_synthesis_drafts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("consultation_id", "number", name=op.f("pk_draft_changes")),
    )
    op.create_index(op.f("ix_draft_changes_account_id"), "draft_changes", ["account_id"])
    op.create_table(
        "draft_findings",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("removed_in", sa.Integer(), nullable=True),
        sa.Column("outdated_in", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["synthesis_drafts.consultation_id"],
            name=op.f("fk_draft_findings_consultation_id_synthesis_drafts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["threads.id"],
            name=op.f("fk_draft_findings_thread_id_threads"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("consultation_id", "number", name=op.f("pk_draft_findings")),
    )
    op.create_index(op.f("ix_draft_findings_thread_id"), "draft_findings", ["thread_id"])
    op.create_table(
        "draft_recommendations",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("removed_in", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["synthesis_drafts.consultation_id"],
            name=op.f("fk_draft_recommendations_consultation_id_synthesis_drafts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("consultation_id", "number", name=op.f("pk_draft_recommendations")),
    )
    op.create_table(
        "draft_openings",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id", "change"],
            ["draft_changes.consultation_id", "draft_changes.number"],
            name="fk_draft_openings_change",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("consultation_id", "number", name=op.f("pk_draft_openings")),
    )
    op.create_table(
        "finding_revisions",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("finding", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("is_composed", sa.Boolean(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "consensus",
                "majority",
                "division",
                "minority",
                "unsure",
                "not_yet_heard",
                "remark",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("citations", sa.JSON(), nullable=False),
        sa.Column("themes", sa.JSON(), nullable=False),
        sa.Column("letters", sa.JSON(), nullable=False),
        sa.CheckConstraint("length(claim) <= 600", name=op.f("ck_finding_revisions_claim_length")),
        sa.CheckConstraint("length(text) <= 10000", name=op.f("ck_finding_revisions_text_length")),
        sa.ForeignKeyConstraint(
            ["consultation_id", "change"],
            ["draft_changes.consultation_id", "draft_changes.number"],
            name="fk_finding_revisions_change",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id", "finding"],
            ["draft_findings.consultation_id", "draft_findings.number"],
            name="fk_finding_revisions_finding",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["snapshots.id"],
            name=op.f("fk_finding_revisions_snapshot_id_snapshots"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("consultation_id", "finding", "number", name=op.f("pk_finding_revisions")),
    )
    op.create_index(op.f("ix_finding_revisions_snapshot_id"), "finding_revisions", ["snapshot_id"])
    op.create_table(
        "margin_comments",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("finding", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(body) <= 2000", name=op.f("ck_margin_comments_body_length")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_margin_comments_account_id_accounts"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id", "answers"],
            ["margin_comments.consultation_id", "margin_comments.number"],
            name="fk_margin_comments_answers",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id", "finding"],
            ["draft_findings.consultation_id", "draft_findings.number"],
            name="fk_margin_comments_finding",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"],
            ["accounts.id"],
            name=op.f("fk_margin_comments_settled_by_id_accounts"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("consultation_id", "number", name=op.f("pk_margin_comments")),
    )
    op.create_index(op.f("ix_margin_comments_account_id"), "margin_comments", ["account_id"])
    op.create_index(
        op.f("ix_margin_comments_consultation_id_finding"), "margin_comments", ["consultation_id", "finding"]
    )
    op.create_table(
        "recommendation_revisions",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("recommendation", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("because", sa.JSON(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("actions", sa.Text(), nullable=False),
        sa.Column("by_when", sa.Date(), nullable=True),
        sa.CheckConstraint("length(what) <= 600", name=op.f("ck_recommendation_revisions_what_length")),
        sa.ForeignKeyConstraint(
            ["consultation_id", "change"],
            ["draft_changes.consultation_id", "draft_changes.number"],
            name="fk_recommendation_revisions_change",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id", "recommendation"],
            ["draft_recommendations.consultation_id", "draft_recommendations.number"],
            name="fk_recommendation_revisions_recommendation",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "consultation_id", "recommendation", "number", name=op.f("pk_recommendation_revisions")
        ),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("recommendation_revisions")
    op.drop_table("margin_comments")
    op.drop_table("finding_revisions")
    op.drop_table("draft_openings")
    op.drop_table("draft_recommendations")
    op.drop_table("draft_findings")
    op.drop_table("draft_changes")
    op.drop_table("synthesis_drafts")

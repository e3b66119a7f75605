"""Versions of the synthesis: proposed, signed, published, with their evidence."""

import sqlalchemy as sa
from alembic import op

from deliberation.base.model import UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def _one_of(*words: str, name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=30)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "sign_off_rules",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column(
            "quorum", _one_of("half", "two_thirds", "three_quarters", "all", name="quorum"), nullable=False
        ),
        sa.Column("replies_to_objections", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.id"],
            name=op.f("fk_sign_off_rules_consultation_id_consultations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("consultation_id", name=op.f("pk_sign_off_rules")),
    )
    op.create_table(
        "synthesis_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column(
            "quorum", _one_of("half", "two_thirds", "three_quarters", "all", name="quorum"), nullable=False
        ),
        sa.Column("replies_to_objections", sa.Boolean(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("salts", sa.JSON(), nullable=False),
        sa.Column("erased", sa.JSON(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_synthesis_versions_number_counts_from_one")),
        sa.CheckConstraint(
            "published_at IS NULL OR closed_at IS NOT NULL",
            name=op.f("ck_synthesis_versions_what_is_published_is_closed"),
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.id"],
            name=op.f("fk_synthesis_versions_consultation_id_consultations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"],
            ["accounts.id"],
            name=op.f("fk_synthesis_versions_proposed_by_id_accounts"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshots.id"], name=op.f("fk_synthesis_versions_snapshot_id_snapshots")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synthesis_versions")),
        sa.UniqueConstraint(
            "consultation_id", "number", name=op.f("uq_synthesis_versions_consultation_id_number")
        ),
    )
    op.create_index(
        "ix_synthesis_versions_one_open",
        "synthesis_versions",
        ["consultation_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "synthesis_minority_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("length(text) <= 20000", name=op.f("ck_synthesis_minority_reports_text_length")),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["synthesis_versions.id"],
            name=op.f("fk_synthesis_minority_reports_version_id_synthesis_versions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synthesis_minority_reports")),
    )
    op.create_index(
        op.f("ix_synthesis_minority_reports_version_id"), "synthesis_minority_reports", ["version_id"]
    )
    op.create_table(
        "synthesis_packages",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("holds_rows", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["synthesis_versions.id"],
            name=op.f("fk_synthesis_packages_version_id_synthesis_versions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_synthesis_packages")),
    )
    op.create_table(
        "synthesis_signatures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("reminded_at", UtcDateTime(), nullable=True),
        sa.Column("earlier", sa.JSON(), nullable=True),
        sa.Column("answer", _one_of("approves", "reserves", "objects", name="answer"), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("replied_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(reply = '') = (replied_at IS NULL)", name=op.f("ck_synthesis_signatures_replied_with_its_time")
        ),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)",
            name=op.f("ck_synthesis_signatures_answered_with_its_time"),
        ),
        sa.CheckConstraint("length(reply) <= 4000", name=op.f("ck_synthesis_signatures_reply_length")),
        sa.CheckConstraint("length(text) <= 4000", name=op.f("ck_synthesis_signatures_text_length")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_synthesis_signatures_account_id_accounts"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["synthesis_versions.id"],
            name=op.f("fk_synthesis_signatures_version_id_synthesis_versions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synthesis_signatures")),
        sa.UniqueConstraint(
            "version_id", "account_id", name=op.f("uq_synthesis_signatures_version_id_account_id")
        ),
    )
    op.create_index(op.f("ix_synthesis_signatures_account_id"), "synthesis_signatures", ["account_id"])
    op.create_table(
        "synthesis_minority_names",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_synthesis_minority_names_account_id_accounts"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["synthesis_minority_reports.id"],
            name=op.f("fk_synthesis_minority_names_report_id_synthesis_minority_reports"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synthesis_minority_names")),
        sa.UniqueConstraint(
            "report_id", "account_id", name=op.f("uq_synthesis_minority_names_report_id_account_id")
        ),
    )
    op.create_index(
        op.f("ix_synthesis_minority_names_account_id"), "synthesis_minority_names", ["account_id"]
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index(op.f("ix_synthesis_minority_names_account_id"), table_name="synthesis_minority_names")
    op.drop_table("synthesis_minority_names")
    op.drop_index(op.f("ix_synthesis_signatures_account_id"), table_name="synthesis_signatures")
    op.drop_table("synthesis_signatures")
    op.drop_table("synthesis_packages")
    op.drop_index(op.f("ix_synthesis_minority_reports_version_id"), table_name="synthesis_minority_reports")
    op.drop_table("synthesis_minority_reports")
    op.drop_index("ix_synthesis_versions_one_open", table_name="synthesis_versions")
    op.drop_table("synthesis_versions")
    op.drop_table("sign_off_rules")

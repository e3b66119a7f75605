"""Snapshots: votes and landscapes of one moment, without names."""

import sqlalchemy as sa
from alembic import op

from deliberation.base.model import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

PHASES = ("draft", "gathering", "voting", "synthesis", "published")


def _one_of(*words: str, name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=30)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "snapshots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cause", _one_of("on_demand", "phase_change", name="cause"), nullable=False),
        sa.Column("role", _one_of("facilitator", "working_group", name="role"), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("phase", _one_of(*PHASES, name="phase"), nullable=False),
        sa.Column("phase_started_at", UtcDateTime(), nullable=True),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.Column("inputs_digest", sa.String(length=64), nullable=False),
        sa.Column("threads", sa.JSON(), nullable=False),
        sa.Column("off_map", sa.JSON(), nullable=False),
        sa.Column("ideas", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(cause = 'phase_change') = (phase_started_at IS NOT NULL)",
            name=op.f("ck_snapshots_a_phase_change_has_a_start"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_snapshots_number_counts_from_one")),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.id"],
            name=op.f("fk_snapshots_consultation_id_consultations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshots")),
        sa.UniqueConstraint("consultation_id", "number", name=op.f("uq_snapshots_consultation_id_number")),
        sa.UniqueConstraint(
            "consultation_id",
            "phase_started_at",
            "phase",
            name=op.f("uq_snapshots_consultation_id_phase_started_at_phase"),
        ),
    )
    op.create_table(
        "snapshot_landscapes",
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("thread_number", sa.Integer(), nullable=False),
        sa.Column("letters", sa.JSON(), nullable=False),
        sa.Column("inputs_digest", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["snapshots.id"],
            name=op.f("fk_snapshot_landscapes_snapshot_id_snapshots"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "thread_number", name=op.f("pk_snapshot_landscapes")),
    )


def downgrade() -> None:
    """Drop them. What was frozen is gone for good: export it first."""
    op.drop_table("snapshot_landscapes")
    op.drop_table("snapshots")

"""Landscapes, and the votes they were counted from."""

import sqlalchemy as sa
from alembic import op

from deliberation.base.model import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

PHASES = ("draft", "gathering", "voting", "synthesis", "published")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "vote_matrices",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.id"],
            name=op.f("fk_vote_matrices_consultation_id_consultations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("consultation_id", name=op.f("pk_vote_matrices")),
    )
    op.create_table(
        "landscapes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("letters", sa.JSON(), nullable=False),
        sa.Column("inputs_digest", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column(
            "phase",
            sa.Enum(*PHASES, name="phase", native_enum=False, create_constraint=True, length=30),
            nullable=False,
        ),
        sa.Column("tally", sa.String(length=250), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", UtcDateTime(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.id"],
            name=op.f("fk_landscapes_consultation_id_consultations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["threads.id"],
            name=op.f("fk_landscapes_thread_id_threads"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_landscapes")),
        sa.UniqueConstraint(
            "consultation_id", "thread_id", name=op.f("uq_landscapes_consultation_id_thread_id")
        ),
    )
    op.create_index(op.f("ix_landscapes_thread_id"), "landscapes", ["thread_id"], unique=False)
    op.create_index(
        "uq_landscapes_of_all_threads",
        "landscapes",
        ["consultation_id"],
        unique=True,
        sqlite_where=sa.text("thread_id IS NULL"),
        postgresql_where=sa.text("thread_id IS NULL"),
    )


def downgrade() -> None:
    """Drop them; they can be counted again."""
    op.drop_table("landscapes")
    op.drop_table("vote_matrices")

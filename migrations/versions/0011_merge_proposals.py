"""Proposals that two ideas say the same."""

import sqlalchemy as sa
from alembic import op

from deliberation.base.model import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make their table."""
    op.create_table(
        "merge_proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "merged", "declined", name="outcome", native_enum=False, create_constraint=True, length=30
            ),
            nullable=True,
        ),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("idea_id < other_id", name=op.f("ck_merge_proposals_lower_first")),
        sa.CheckConstraint(
            "(outcome IS NULL) = (settled_at IS NULL)", name=op.f("ck_merge_proposals_settled_with_its_time")
        ),
        sa.CheckConstraint("length(note) <= 1000", name=op.f("ck_merge_proposals_note_length")),
        *(
            sa.ForeignKeyConstraint(
                [column],
                [f"{table}.id"],
                name=op.f(f"fk_merge_proposals_{column}_{table}"),
                ondelete="CASCADE",
            )
            for column, table in (
                ("consultation_id", "consultations"),
                ("idea_id", "ideas"),
                ("other_id", "ideas"),
                ("proposed_by_id", "participants"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_proposals")),
        sa.UniqueConstraint(
            "idea_id",
            "other_id",
            "proposed_by_id",
            name=op.f("uq_merge_proposals_idea_id_other_id_proposed_by_id"),
        ),
    )
    for columns in (["consultation_id", "outcome"], ["other_id"], ["proposed_by_id"]):
        op.create_index(op.f(f"ix_merge_proposals_{'_'.join(columns)}"), "merge_proposals", columns)


def downgrade() -> None:
    """Drop it."""
    op.drop_table("merge_proposals")

"""Participants who may not post for a while, and hiding that takes two facilitators."""

import sqlalchemy as sa
from alembic import op

from deliberation.base.model import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and the setting."""
    op.create_table(
        "posting_blocks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("begins_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("ends_at > begins_at", name=op.f("ck_posting_blocks_ends_after_it_begins")),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participants.id"],
            name=op.f("fk_posting_blocks_participant_id_participants"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting_blocks")),
    )
    op.create_index(
        op.f("ix_posting_blocks_participant_id_ends_at"),
        "posting_blocks",
        ["participant_id", "ends_at"],
        unique=False,
    )
    with op.batch_alter_table("consultations") as consultations:
        consultations.add_column(
            sa.Column("two_to_hide", sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def downgrade() -> None:
    """Forget who was blocked; one facilitator hides."""
    with op.batch_alter_table("consultations") as consultations:
        consultations.drop_column("two_to_hide")
    op.drop_table("posting_blocks")

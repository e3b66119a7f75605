"""Who has been shown which idea to vote on."""

import sqlalchemy as sa
from alembic import op

from deliberation.base.model import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and count for each idea. Votes cast before count as exposures where it matters."""
    op.create_table(
        "exposures",
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("first_shown_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["ideas.id"], name=op.f("fk_exposures_idea_id_ideas"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participants.id"],
            name=op.f("fk_exposures_participant_id_participants"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("participant_id", "idea_id", name=op.f("pk_exposures")),
        sqlite_with_rowid=False,
    )
    op.add_column("ideas", sa.Column("exposures", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Forget who has been shown what."""
    op.drop_column("ideas", "exposures")
    op.drop_table("exposures")

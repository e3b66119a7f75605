"""On how many visible ideas of each thread everybody has voted; kept by triggers: `votes.voters`."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and count what has been cast."""
    op.create_table(
        "thread_voters",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["threads.id"], name=op.f("fk_thread_voters_thread_id_threads"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participants.id"],
            name=op.f("fk_thread_voters_participant_id_participants"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("thread_id", "participant_id", name=op.f("pk_thread_voters")),
        sqlite_with_rowid=False,
    )
    op.execute("""
        INSERT INTO thread_voters (thread_id, participant_id, votes)
        SELECT ideas.thread_id, votes.participant_id, count(*)
        FROM votes JOIN ideas ON ideas.id = votes.idea_id
        WHERE ideas.hidden_at IS NULL AND ideas.withdrawn_at IS NULL AND ideas.merged_into_id IS NULL
        GROUP BY ideas.thread_id, votes.participant_id
    """)


def downgrade() -> None:
    """Take it away; it follows from the votes."""
    op.drop_table("thread_voters")

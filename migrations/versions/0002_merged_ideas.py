"""Ideas that are merged into others, with what came from where, so that they can be parted again."""

import sqlalchemy as sa
from alembic import op

from deliberation.base.model import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_MOVED = (("votes", "origin_id"), ("vote_events", "merged_with_id"), ("idea_tags", "origin_id"))


def upgrade() -> None:
    """Let an idea say where it went, and each vote and tag where it came from."""
    with op.batch_alter_table("ideas") as ideas:
        ideas.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        ideas.add_column(sa.Column("merged_at", UtcDateTime(), nullable=True))
        ideas.create_foreign_key(op.f("fk_ideas_merged_into_id_ideas"), "ideas", ["merged_into_id"], ["id"])
        ideas.create_check_constraint(op.f("ck_ideas_not_into_itself"), "merged_into_id <> id")
        ideas.create_check_constraint(
            op.f("ck_ideas_merged_with_its_time"), "(merged_into_id IS NULL) = (merged_at IS NULL)"
        )
        ideas.create_index(op.f("ix_ideas_merged_into_id"), ["merged_into_id"])
    for table, column in _MOVED:
        with op.batch_alter_table(table) as moved:
            moved.add_column(sa.Column(column, sa.Integer(), nullable=True))
            moved.create_foreign_key(
                op.f(f"fk_{table}_{column}_ideas"), "ideas", [column], ["id"], ondelete="CASCADE"
            )
    op.create_table(
        "set_aside_votes",
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("choice", sa.SmallInteger(), nullable=False),
        sa.Column("previous", sa.SmallInteger(), nullable=True),
        sa.Column("cast_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("choice IN (-1, 0, 1)", name=op.f("ck_set_aside_votes_choice")),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["ideas.id"], name=op.f("fk_set_aside_votes_idea_id_ideas"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participants.id"],
            name=op.f("fk_set_aside_votes_participant_id_participants"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("participant_id", "idea_id", name=op.f("pk_set_aside_votes")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_set_aside_votes_idea_id_participant_id"), "set_aside_votes", ["idea_id", "participant_id"]
    )


def downgrade() -> None:
    """Forget what was merged."""
    op.drop_index(op.f("ix_set_aside_votes_idea_id_participant_id"), table_name="set_aside_votes")
    op.drop_table("set_aside_votes")
    for table, column in reversed(_MOVED):
        with op.batch_alter_table(table) as moved:
            moved.drop_constraint(op.f(f"fk_{table}_{column}_ideas"), type_="foreignkey")
            moved.drop_column(column)
    with op.batch_alter_table("ideas") as ideas:
        ideas.drop_index(op.f("ix_ideas_merged_into_id"))
        ideas.drop_constraint(op.f("ck_ideas_merged_with_its_time"), type_="check")
        ideas.drop_constraint(op.f("ck_ideas_not_into_itself"), type_="check")
        ideas.drop_constraint(op.f("fk_ideas_merged_into_id_ideas"), type_="foreignkey")
        ideas.drop_column("merged_at")
        ideas.drop_column("merged_into_id")

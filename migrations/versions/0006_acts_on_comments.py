"""Let the moderation log tell of comments."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ADDED = ("hide_comment", "restore_comment")
KINDS = (
    "hide_idea", "restore_idea", "merge_idea", "part_idea", "decline_merge", "lock_thread", "unlock_thread",
    "change_phase", "schedule_phase", "accept_tag", "decline_tag", "rename_tag", "merge_tag", "grant_role",
    "remove_role", "import_data",
)  # fmt: skip


def upgrade() -> None:
    """Take the new kinds of act, and the comment that an act is about."""
    with op.batch_alter_table("moderation_acts") as batch:
        batch.add_column(sa.Column("comment_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_moderation_acts_comment_id_comments"),
            "comments",
            ["comment_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch.drop_constraint(op.f("ck_moderation_acts_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_moderation_acts_kind"), sa.column("kind").in_(KINDS + ADDED))
        batch.create_index(op.f("ix_moderation_acts_comment_id"), ["comment_id"])


def downgrade() -> None:
    """Forget the acts on comments."""
    acts = sa.table("moderation_acts", sa.column("kind"))
    op.execute(acts.delete().where(acts.c.kind.in_(ADDED)))
    with op.batch_alter_table("moderation_acts") as batch:
        batch.drop_index(op.f("ix_moderation_acts_comment_id"))
        batch.drop_constraint(op.f("ck_moderation_acts_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_moderation_acts_kind"), sa.column("kind").in_(KINDS))
        batch.drop_constraint(op.f("fk_moderation_acts_comment_id_comments"), type_="foreignkey")
        batch.drop_column("comment_id")

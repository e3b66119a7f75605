"""Acts in the log: flags and appeals decided, blocks, settings; what was done in one go."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


_BEFORE = (
    "hide_idea", "restore_idea", "lock_thread", "unlock_thread", "change_phase", "schedule_phase",
    "accept_tag", "decline_tag", "rename_tag", "merge_tag", "grant_role", "remove_role", "import_data",
    "merge_idea", "part_idea", "decline_merge", "hide_comment", "restore_comment", "take_snapshot",
)  # fmt: skip
_NEW = (
    "let_stand", "reopen", "propose_hiding", "uphold", "overturn", "block", "lift_block", "change_setting",
)  # fmt: skip


def upgrade() -> None:
    """Let the log hold them."""
    _allow(_BEFORE + _NEW)
    with op.batch_alter_table("moderation_acts") as acts:
        acts.add_column(sa.Column("participant_id", sa.Integer(), nullable=True))
        acts.add_column(sa.Column("batch", sa.String(length=32), nullable=True))
        acts.create_index(op.f("ix_moderation_acts_batch"), ["batch"])
        acts.create_foreign_key(
            op.f("fk_moderation_acts_participant_id_participants"), "participants", ["participant_id"],
            ["id"], ondelete="CASCADE",
        )  # fmt: skip


def downgrade() -> None:
    """Take them out of the log, and out of what it can hold."""
    op.execute(f"DELETE FROM moderation_acts WHERE kind IN ({_listed(_NEW)})")  # noqa: S608 - our own words
    _allow(_BEFORE)
    with op.batch_alter_table("moderation_acts") as acts:
        acts.drop_constraint(op.f("fk_moderation_acts_participant_id_participants"), type_="foreignkey")
        acts.drop_index(op.f("ix_moderation_acts_batch"))
        acts.drop_column("batch")
        acts.drop_column("participant_id")


def _allow(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("moderation_acts") as acts:
        acts.drop_constraint(op.f("ck_moderation_acts_kind"), type_="check")
        acts.create_check_constraint(op.f("ck_moderation_acts_kind"), f"kind IN ({_listed(kinds)})")


def _listed(kinds: tuple[str, ...]) -> str:
    return ", ".join(f"'{kind}'" for kind in kinds)

"""Acts in the log: a synthesis published, somebody's words erased from one."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


_BEFORE = (
    "hide_idea", "restore_idea", "lock_thread", "unlock_thread", "change_phase", "schedule_phase",
    "accept_tag", "decline_tag", "rename_tag", "merge_tag", "grant_role", "remove_role", "import_data",
    "merge_idea", "part_idea", "decline_merge", "hide_comment", "restore_comment", "take_snapshot",
    "let_stand", "reopen", "propose_hiding", "uphold", "overturn", "block", "lift_block", "change_setting",
    "part_tag",
)  # fmt: skip
_NEW = ("publish_synthesis", "erase_text")


def upgrade() -> None:
    """Let the log hold them."""
    _allow(_BEFORE + _NEW)


def downgrade() -> None:
    """Take them out of the log, and out of what it can hold."""
    op.execute(f"DELETE FROM moderation_acts WHERE kind IN ({_listed(_NEW)})")  # noqa: S608 - our own words
    _allow(_BEFORE)


def _allow(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("moderation_acts") as acts:
        acts.drop_constraint(op.f("ck_moderation_acts_kind"), type_="check")
        acts.create_check_constraint(op.f("ck_moderation_acts_kind"), f"kind IN ({_listed(kinds)})")


def _listed(kinds: tuple[str, ...]) -> str:
    return ", ".join(f"'{kind}'" for kind in kinds)

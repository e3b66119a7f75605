"""Acts in the log: snapshots taken."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_BEFORE = (
    "hide_idea", "restore_idea", "lock_thread", "unlock_thread", "change_phase", "schedule_phase",
    "accept_tag", "decline_tag", "rename_tag", "merge_tag", "grant_role", "remove_role", "import_data",
    "merge_idea", "part_idea", "decline_merge", "hide_comment", "restore_comment",
)  # fmt: skip
_NEW = ("take_snapshot",)


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

"""Tags that were merged can be parted: where each lives on, and that act in the log."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_BEFORE = (
    "hide_idea", "restore_idea", "lock_thread", "unlock_thread", "change_phase", "schedule_phase",
    "accept_tag", "decline_tag", "rename_tag", "merge_tag", "grant_role", "remove_role", "import_data",
    "merge_idea", "part_idea", "decline_merge", "hide_comment", "restore_comment", "take_snapshot",
    "let_stand", "reopen", "propose_hiding", "uphold", "overturn", "block", "lift_block", "change_setting",
)  # fmt: skip
_NEW = ("part_tag",)


def upgrade() -> None:
    """Say of each merged tag where it lives on: until now, that was where it was merged into."""
    with op.batch_alter_table("tags") as tags:
        tags.add_column(sa.Column("lives_as_id", sa.Integer(), nullable=True))
        tags.create_index(op.f("ix_tags_lives_as_id"), ["lives_as_id"])
        tags.create_foreign_key(op.f("fk_tags_lives_as_id_tags"), "tags", ["lives_as_id"], ["id"])
    op.execute("UPDATE tags SET lives_as_id = merged_into_id")
    _allow(_BEFORE + _NEW)


def downgrade() -> None:
    """Let merged tags give up for good what was put on with them, once per person, as they did before."""
    op.execute(f"DELETE FROM moderation_acts WHERE kind IN ({_listed(_NEW)})")  # noqa: S608 - our own words
    _allow(_BEFORE)
    op.execute(
        "INSERT INTO idea_tags (idea_id, tag_id, participant_id, applied_at, origin_id)"
        " SELECT u.idea_id, t.lives_as_id, u.participant_id, min(u.applied_at), min(u.origin_id)"
        " FROM idea_tags u JOIN tags t ON t.id = u.tag_id WHERE t.lives_as_id IS NOT NULL"
        " GROUP BY u.idea_id, t.lives_as_id, u.participant_id ON CONFLICT DO NOTHING"
    )
    op.execute("DELETE FROM idea_tags WHERE tag_id IN (SELECT id FROM tags WHERE lives_as_id IS NOT NULL)")
    op.execute("UPDATE tags SET merged_into_id = lives_as_id")
    with op.batch_alter_table("tags") as tags:
        tags.drop_constraint(op.f("fk_tags_lives_as_id_tags"), type_="foreignkey")
        tags.drop_index(op.f("ix_tags_lives_as_id"))
        tags.drop_column("lives_as_id")


def _allow(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("moderation_acts") as acts:
        acts.drop_constraint(op.f("ck_moderation_acts_kind"), type_="check")
        acts.create_check_constraint(op.f("ck_moderation_acts_kind"), f"kind IN ({_listed(kinds)})")


def _listed(kinds: tuple[str, ...]) -> str:
    return ", ".join(f"'{kind}'" for kind in kinds)

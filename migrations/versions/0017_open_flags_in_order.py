"""Keep the open flags on ideas and on comments in the order in which the queue reads them."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_OPEN = sa.text("settled_at IS NULL")
_NAMES = ("idea_id", "comment_id")


def upgrade() -> None:
    """Make an index for each, instead of one that only says which are open."""
    op.drop_index("ix_flags_open", table_name="flags")
    for name in _NAMES:
        op.create_index(
            f"ix_flags_open_{name}", "flags", ["consultation_id", name, "created_at"], sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        )  # fmt: skip


def downgrade() -> None:
    """Go back to the one."""
    for name in _NAMES:
        op.drop_index(f"ix_flags_open_{name}", table_name="flags")
    op.create_index("ix_flags_open", "flags", ["consultation_id"], sqlite_where=_OPEN, postgresql_where=_OPEN)

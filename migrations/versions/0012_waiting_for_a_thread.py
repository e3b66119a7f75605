"""Who waits to be counted in a thread's landscape."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody waits yet."""
    with op.batch_alter_table("landscapes") as landscapes:
        landscapes.add_column(sa.Column("waiting", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Forget them: they are found in the journal."""
    with op.batch_alter_table("landscapes") as landscapes:
        landscapes.drop_column("waiting")

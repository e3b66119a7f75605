"""The queue of work for later."""

import sqlalchemy as sa
from alembic import op

from deliberation.base.model import BigId, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

UNFINISHED = sa.text("finished_at IS NULL AND given_up_at IS NULL")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "jobs",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("topic", sa.String(length=100), nullable=True),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("cause", sa.String(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("given_up_at", UtcDateTime(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_jobs_attempts_are_not_negative")),
        sa.CheckConstraint(
            "(lease IS NULL) = (leased_until IS NULL)", name=op.f("ck_jobs_a_lease_has_an_end")
        ),
        sa.CheckConstraint("finished_at IS NULL OR given_up_at IS NULL", name=op.f("ck_jobs_one_end")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    where = {"sqlite_where": UNFINISHED, "postgresql_where": UNFINISHED}
    op.create_index("ix_jobs_due_at", "jobs", ["due_at"], unique=False, **where)
    op.create_index("uq_jobs_kind_topic", "jobs", ["kind", "topic"], unique=True, **where)


def downgrade() -> None:
    """Drop it, with whatever was still to be done."""
    op.drop_table("jobs")

"""Guests: who takes part without an account, what they may do, and ideas that wait to be read."""

import sqlalchemy as sa
from alembic import op

from deliberation.base.model import UtcDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_WAITS = sa.text("waits_since IS NOT NULL")


def upgrade() -> None:
    """Make the table, and the columns that speak of guests."""
    op.create_table(
        "guests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guests")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_guests_token_hash")),
    )
    with op.batch_alter_table("consultations") as consultations:
        consultations.add_column(
            sa.Column("guests", sa.String(length=30), server_default="none", nullable=False)
        )
        consultations.create_check_constraint(
            op.f("ck_consultations_guests"), "guests IN ('none', 'votes', 'ideas')"
        )
    with op.batch_alter_table("participants") as participants:
        participants.add_column(sa.Column("guest_id", sa.Integer(), nullable=True))
        participants.add_column(
            sa.Column("is_guest", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        participants.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        participants.create_foreign_key(
            op.f("fk_participants_guest_id_guests"), "guests", ["guest_id"], ["id"], ondelete="SET NULL"
        )
        participants.create_foreign_key(
            op.f("fk_participants_merged_into_id_participants"), "participants", ["merged_into_id"], ["id"],
            ondelete="CASCADE",
        )  # fmt: skip
        participants.create_unique_constraint(
            op.f("uq_participants_consultation_id_guest_id"), ["consultation_id", "guest_id"]
        )
        participants.create_check_constraint(
            op.f("ck_participants_account_or_guest"), "account_id IS NULL OR guest_id IS NULL"
        )
        participants.create_check_constraint(
            op.f("ck_participants_merged_is_nobody"),
            "merged_into_id IS NULL OR (account_id IS NULL AND guest_id IS NULL)",
        )
        participants.create_index(op.f("ix_participants_guest_id"), ["guest_id"])
        participants.create_index(op.f("ix_participants_merged_into_id"), ["merged_into_id"])
    with op.batch_alter_table("ideas") as ideas:
        ideas.add_column(sa.Column("waits_since", UtcDateTime(), nullable=True))
        ideas.create_check_constraint(
            op.f("ck_ideas_waits_hidden"), "waits_since IS NULL OR hidden_at IS NOT NULL"
        )
    op.create_index(
        "ix_ideas_waiting", "ideas", ["consultation_id"], sqlite_where=_WAITS, postgresql_where=_WAITS
    )


def downgrade() -> None:
    """Forget who was a guest; what they did stays, and ideas that waited stay hidden."""
    op.drop_index("ix_ideas_waiting", table_name="ideas")
    with op.batch_alter_table("ideas") as ideas:
        ideas.drop_constraint(op.f("ck_ideas_waits_hidden"), type_="check")
        ideas.drop_column("waits_since")
    with op.batch_alter_table("participants") as participants:
        participants.drop_index(op.f("ix_participants_merged_into_id"))
        participants.drop_index(op.f("ix_participants_guest_id"))
        participants.drop_constraint(op.f("ck_participants_merged_is_nobody"), type_="check")
        participants.drop_constraint(op.f("ck_participants_account_or_guest"), type_="check")
        participants.drop_constraint(op.f("uq_participants_consultation_id_guest_id"), type_="unique")
        participants.drop_constraint(op.f("fk_participants_merged_into_id_participants"), type_="foreignkey")
        participants.drop_constraint(op.f("fk_participants_guest_id_guests"), type_="foreignkey")
        participants.drop_column("merged_into_id")
        participants.drop_column("is_guest")
        participants.drop_column("guest_id")
    with op.batch_alter_table("consultations") as consultations:
        consultations.drop_constraint(op.f("ck_consultations_guests"), type_="check")
        consultations.drop_column("guests")
    op.drop_table("guests")

"""What waits for facilitators: flags, proposals to hide, appeals."""

import sqlalchemy as sa
from alembic import op

from deliberation.base.model import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "flags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("tag_id", sa.Integer(), nullable=True),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("act_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(idea_id IS NOT NULL AND comment_id IS NULL AND tag_id IS NULL)"
            " OR (idea_id IS NULL AND comment_id IS NOT NULL AND tag_id IS NULL)"
            " OR (idea_id IS NULL AND comment_id IS NULL AND tag_id IS NOT NULL)",
            name=op.f("ck_flags_about_one_thing"),
        ),
        sa.CheckConstraint("length(note) <= 1000", name=op.f("ck_flags_note_length")),
        sa.ForeignKeyConstraint(
            ["act_id"], ["moderation_acts.id"], name=op.f("fk_flags_act_id_moderation_acts")
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_flags_comment_id_comments"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.id"],
            name=op.f("fk_flags_consultation_id_consultations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["ideas.id"], name=op.f("fk_flags_idea_id_ideas"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participants.id"],
            name=op.f("fk_flags_participant_id_participants"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["background_entries.id"], name=op.f("fk_flags_rule_id_background_entries")
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"], ["tags.id"], name=op.f("fk_flags_tag_id_tags"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flags")),
        sa.UniqueConstraint("comment_id", "participant_id", name=op.f("uq_flags_comment_id_participant_id")),
        sa.UniqueConstraint("idea_id", "participant_id", name=op.f("uq_flags_idea_id_participant_id")),
        sa.UniqueConstraint("tag_id", "participant_id", name=op.f("uq_flags_tag_id_participant_id")),
    )
    op.create_index(op.f("ix_flags_act_id"), "flags", ["act_id"], unique=False)
    op.create_index(
        op.f("ix_flags_consultation_id_settled_at"), "flags", ["consultation_id", "settled_at"], unique=False
    )
    op.create_index(
        op.f("ix_flags_open"),
        "flags",
        ["consultation_id"],
        unique=False,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index(op.f("ix_flags_participant_id"), "flags", ["participant_id"], unique=False)
    op.create_table(
        "hiding_proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("proposed_act_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("act_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(idea_id IS NULL) <> (comment_id IS NULL)", name=op.f("ck_hiding_proposals_about_one_thing")
        ),
        sa.ForeignKeyConstraint(
            ["act_id"], ["moderation_acts.id"], name=op.f("fk_hiding_proposals_act_id_moderation_acts")
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comments.id"],
            name=op.f("fk_hiding_proposals_comment_id_comments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.id"],
            name=op.f("fk_hiding_proposals_consultation_id_consultations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["ideas.id"], name=op.f("fk_hiding_proposals_idea_id_ideas"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["proposed_act_id"],
            ["moderation_acts.id"],
            name=op.f("fk_hiding_proposals_proposed_act_id_moderation_acts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hiding_proposals")),
    )
    op.create_index(op.f("ix_hiding_proposals_act_id"), "hiding_proposals", ["act_id"], unique=False)
    op.create_index(
        op.f("ix_hiding_proposals_consultation_id_settled_at"),
        "hiding_proposals",
        ["consultation_id", "settled_at"],
        unique=False,
    )
    op.create_index(
        op.f("uq_hiding_proposals_comment_id"),
        "hiding_proposals",
        ["comment_id"],
        unique=True,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index(
        op.f("uq_hiding_proposals_idea_id"),
        "hiding_proposals",
        ["idea_id"],
        unique=True,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "appeals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "upheld", "overturned", name="outcome", native_enum=False, create_constraint=True, length=30
            ),
            nullable=True,
        ),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("outcome_act_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(outcome IS NULL) = (settled_at IS NULL)", name=op.f("ck_appeals_settled_with_its_time")
        ),
        sa.CheckConstraint("length(text) <= 1000", name=op.f("ck_appeals_text_length")),
        sa.ForeignKeyConstraint(
            ["act_id"],
            ["moderation_acts.id"],
            name=op.f("fk_appeals_act_id_moderation_acts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.id"],
            name=op.f("fk_appeals_consultation_id_consultations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["outcome_act_id"], ["moderation_acts.id"], name=op.f("fk_appeals_outcome_act_id_moderation_acts")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participants.id"],
            name=op.f("fk_appeals_participant_id_participants"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
        sa.UniqueConstraint("act_id", name=op.f("uq_appeals_act_id")),
    )
    op.create_index(
        op.f("ix_appeals_consultation_id_settled_at"),
        "appeals",
        ["consultation_id", "settled_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_appeals_open"),
        "appeals",
        ["consultation_id"],
        unique=False,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index(op.f("ix_appeals_participant_id"), "appeals", ["participant_id"], unique=False)


def downgrade() -> None:
    """Drop them. What people have flagged and appealed is lost; what was decided stays in the log."""
    for name in ("appeals", "hiding_proposals", "flags"):
        op.drop_table(name)

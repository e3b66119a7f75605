"""Surveys, the versions of their questions, sheets and bundles of answers."""

import sqlalchemy as sa
from alembic import op

from deliberation.base.model import UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def _set(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=30)


def upgrade() -> None:
    """Make the four tables."""
    op.create_table(
        "surveys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("privacy", _set("privacy", "anonymous", "linked"), nullable=False),
        sa.Column("placement", _set("placement", "before", "beside", "after"), nullable=False),
        sa.Column("showing", _set("showing", "live", "closed"), nullable=False),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("opens_at", UtcDateTime(), nullable=True),
        sa.Column("closes_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "closes_at IS NULL OR opens_at IS NOT NULL", name=op.f("ck_surveys_closes_after_it_opens")
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.id"],
            name=op.f("fk_surveys_consultation_id_consultations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys")),
        sa.UniqueConstraint("consultation_id", "key", name=op.f("uq_surveys_consultation_id_key")),
    )
    op.create_table(
        "survey_versions",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_survey_versions_number_counts_from_one")),
        _survey("survey_versions"),
        sa.PrimaryKeyConstraint("survey_id", "number", name=op.f("pk_survey_versions")),
    )
    _make_places_for_answers()


def _make_places_for_answers() -> None:
    op.create_table(
        "survey_sheets",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("is_handed_in", sa.Boolean(), server_default=sa.false(), nullable=False),
        _survey("survey_sheets"),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participants.id"],
            name=op.f("fk_survey_sheets_participant_id_participants"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("survey_id", "participant_id", name=op.f("pk_survey_sheets")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_survey_sheets_participant_id"), "survey_sheets", ["participant_id"])
    op.create_table(
        "survey_bundles",
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        _survey("survey_bundles"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_survey_bundles")),
    )
    op.create_index(op.f("ix_survey_bundles_survey_id"), "survey_bundles", ["survey_id"])


def _survey(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["survey_id"], ["surveys.id"], name=op.f(f"fk_{table}_survey_id_surveys"), ondelete="CASCADE"
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("survey_bundles", "survey_sheets", "survey_versions", "surveys"):
        op.drop_table(table)

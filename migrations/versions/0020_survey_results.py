"""Results of surveys, their tables, what facilitators decide about them, and open answers with labels."""

import sqlalchemy as sa
from alembic import op

from deliberation.base.model import UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the five tables."""
    op.create_table(
        "survey_results",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("shown_people", sa.Integer(), nullable=True),
        sa.Column("shown_at", UtcDateTime(), nullable=True),
        sa.Column("waiting_people", sa.Integer(), nullable=True),
        sa.Column("waiting_at", UtcDateTime(), nullable=True),
        sa.Column("is_finished", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("texts_people", sa.Integer(), nullable=True),
        sa.Column("shown", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("waiting", sa.JSON(none_as_null=True), nullable=True),
        _survey("survey_results"),
        sa.PrimaryKeyConstraint("survey_id", name=op.f("pk_survey_results")),
    )
    op.create_table(
        "survey_tables",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("breakdown", sa.String(60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("grouped_at", UtcDateTime(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        _survey("survey_tables"),
        sa.PrimaryKeyConstraint("survey_id", "breakdown", name=op.f("pk_survey_tables")),
    )
    op.create_table(
        "survey_plans",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("breakdowns", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("known", sa.JSON(), nullable=False),
        _survey("survey_plans"),
        sa.PrimaryKeyConstraint("survey_id", name=op.f("pk_survey_plans")),
    )
    _make_places_for_texts()


def _make_places_for_texts() -> None:
    op.create_table(
        "survey_open_answers",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(60), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _survey("survey_open_answers"),
        sa.PrimaryKeyConstraint("survey_id", "question", "code", name=op.f("pk_survey_open_answers")),
    )
    op.create_table(
        "survey_answer_labels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(60), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("folded", sa.String(40), nullable=False),
        _survey("survey_answer_labels"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_answer_labels")),
        sa.UniqueConstraint(
            "survey_id",
            "question",
            "code",
            "folded",
            name=op.f("uq_survey_answer_labels_survey_id_question_code_folded"),
        ),
    )
    op.create_index(
        op.f("ix_survey_answer_labels_survey_id_question_folded"),
        "survey_answer_labels",
        ["survey_id", "question", "folded"],
    )


def downgrade() -> None:
    """Take them away: all but what facilitators decided can be counted again."""
    for table in (
        "survey_answer_labels",
        "survey_open_answers",
        "survey_plans",
        "survey_tables",
        "survey_results",
    ):
        op.drop_table(table)


def _survey(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["survey_id"], ["surveys.id"], name=op.f(f"fk_{table}_survey_id_surveys"), ondelete="CASCADE"
    )

"""Set-up in the browser: order of threads, languages, what texts said before, links, who may create."""

import re

import sqlalchemy as sa
from alembic import op

from deliberation.base.model import UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_NEW = ("change_setup", "hide_link", "restore_link")


def upgrade() -> None:
    """Make room for it. Threads stand in the order of their numbers."""
    with op.batch_alter_table("consultations") as consultations:
        consultations.add_column(
            sa.Column("further_languages", sa.JSON(), server_default=sa.text("'[]'"), nullable=False)
        )
    with op.batch_alter_table("threads") as threads:
        threads.add_column(sa.Column("position", sa.Integer(), nullable=True))
    op.execute("UPDATE threads SET position = number")
    with op.batch_alter_table("threads") as threads:
        threads.alter_column("position", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("invitations") as invitations:
        invitations.add_column(
            sa.Column("lets_create", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    op.create_table(
        "organisers",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("granted_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_organisers_account_id_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_organisers")),
    )  # fmt: skip
    _make_changes()
    _make_links()
    _allow(_kinds() | set(_NEW))


def downgrade() -> None:
    """Forget it: what texts said before, and the links that participants added."""
    op.execute(f"DELETE FROM moderation_acts WHERE kind IN ({_listed(_NEW)})")  # noqa: S608 - our own words
    _allow(_kinds() - set(_NEW))
    op.drop_table("proposal_links")
    op.drop_table("text_changes")
    op.drop_table("organisers")
    with op.batch_alter_table("invitations") as invitations:
        invitations.drop_column("lets_create")
    with op.batch_alter_table("threads") as threads:
        threads.drop_column("position")
    with op.batch_alter_table("consultations") as consultations:
        consultations.drop_column("further_languages")


def _make_changes() -> None:
    op.create_table(
        "text_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"],
            name=op.f("fk_text_changes_consultation_id_consultations"), ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["threads.id"], name=op.f("fk_text_changes_thread_id_threads"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["background_entries.id"],
            name=op.f("fk_text_changes_entry_id_background_entries"), ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_text_changes_account_id_accounts"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_changes")),
    )  # fmt: skip
    for columns in (["consultation_id", "id"], ["thread_id"], ["entry_id"], ["account_id"]):
        op.create_index(op.f(f"ix_text_changes_{'_'.join(columns)}"), "text_changes", columns, unique=False)


def _make_links() -> None:
    op.create_table(
        "proposal_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("hidden_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("length(address) <= 1000", name=op.f("ck_proposal_links_address_length")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"],
            name=op.f("fk_proposal_links_consultation_id_consultations"), ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["background_entries.id"],
            name=op.f("fk_proposal_links_entry_id_background_entries"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["participants.id"], name=op.f("fk_proposal_links_author_id_participants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_links")),
    )  # fmt: skip
    for columns in (["consultation_id", "entry_id"], ["entry_id"], ["author_id"]):
        op.create_index(
            op.f(f"ix_proposal_links_{'_'.join(columns)}"), "proposal_links", columns, unique=False
        )


def _kinds() -> set[str]:
    """Return the kinds of acts that the log can hold now."""
    checks = sa.inspect(op.get_bind()).get_check_constraints("moderation_acts")
    words = next(str(check["sqltext"]) for check in checks if check["name"] == "ck_moderation_acts_kind")
    return set(re.findall(r"'([a-z_]+)'", words))


def _allow(kinds: set[str]) -> None:
    with op.batch_alter_table("moderation_acts") as acts:
        acts.drop_constraint(op.f("ck_moderation_acts_kind"), type_="check")
        acts.create_check_constraint(
            op.f("ck_moderation_acts_kind"), f"kind IN ({_listed(tuple(sorted(kinds)))})"
        )


def _listed(kinds: tuple[str, ...]) -> str:
    return ", ".join(f"'{kind}'" for kind in kinds)

"""Acts in the log: a guest's idea was accepted."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_KIND = "accept_idea"


def upgrade() -> None:
    """Let the log hold it."""
    _allow([*_allowed(), _KIND])


def downgrade() -> None:
    """Take it out of the log, and out of what it can hold."""
    op.execute(sa.text("DELETE FROM moderation_acts WHERE kind = :kind").bindparams(kind=_KIND))
    _allow([kind for kind in _allowed() if kind != _KIND])


def _allowed() -> list[str]:
    checks = sa.inspect(op.get_bind()).get_check_constraints("moderation_acts")
    (kinds,) = (check["sqltext"] for check in checks if check["name"] == "ck_moderation_acts_kind")
    return re.findall("'([a-z_]+)'", kinds)


def _allow(kinds: list[str]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("moderation_acts") as acts:
        acts.drop_constraint(op.f("ck_moderation_acts_kind"), type_="check")
        acts.create_check_constraint(op.f("ck_moderation_acts_kind"), f"kind IN ({listed})")

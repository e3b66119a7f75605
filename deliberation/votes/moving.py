"""The SQL that moves votes when ideas are merged and parted: a few statements, however many the votes.

A vote belongs to the idea on which it was cast and is never changed by a merge. It stands in `votes`, or in
`set_aside_votes` while another counts in its place. Of all the votes of one person on an idea and on those
merged into it, the newest counts; of two cast at the same moment the one on the idea itself, then the one on
the idea that was posted first. Merging and parting change only which ideas are together. What counts follows
from that, whatever the order in which it came about.

Whoever calls this has locked the roots of what is merged or parted: a vote locks its idea first, too.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.orm import Session

from deliberation.base.model import UtcDateTime

_TOGETHER: Final = """
    WITH RECURSIVE family (id) AS (
        SELECT CAST(:root AS integer)
        UNION ALL
        SELECT ideas.id FROM ideas JOIN family ON ideas.merged_into_id = family.id
    )
"""
_NEWEST: Final = f"""
    {_TOGETHER}, ranked AS (
        SELECT participant_id, idea_id, choice, previous, cast_at, ROW_NUMBER() OVER (
            PARTITION BY participant_id
            ORDER BY cast_at DESC, CASE WHEN idea_id = :root THEN 0 ELSE 1 END, idea_id
        ) AS place
        FROM set_aside_votes WHERE idea_id IN (SELECT id FROM family)
    ), newest AS (
        SELECT participant_id, idea_id, choice, previous, cast_at FROM ranked WHERE place = 1
    )
"""  # noqa: S608 - made of the product's own words
_HAS_OTHERS: Final = """
    EXISTS (
        SELECT 1 FROM set_aside_votes AS others
        WHERE others.participant_id = votes.participant_id AND others.idea_id IN (SELECT id FROM family)
            AND {which}
    )
"""
_LEAVES: Final = f"idea_id = :root AND origin_id IS NOT NULL AND NOT {_HAS_OTHERS.format(which='TRUE')}"
_JOURNAL: Final = "INSERT INTO vote_events (participant_id, idea_id, choice, happened_at, merged_with_id)"


def _timed(statement: str) -> TextClause:
    return text(statement).bindparams(bindparam("moment", type_=UtcDateTime()))


_SET_ASIDE: Final = """
    {together} INSERT INTO set_aside_votes (participant_id, idea_id, choice, previous, cast_at)
    SELECT participant_id, idea_id, choice, previous, cast_at FROM votes
    WHERE idea_id = :root AND origin_id IS NULL AND {also}
    ON CONFLICT (participant_id, idea_id) DO UPDATE
        SET choice = excluded.choice, previous = excluded.previous, cast_at = excluded.cast_at
"""
_SET_ALL_ASIDE: Final = text(_SET_ASIDE.format(together="", also="TRUE"))
# A vote that nothing competes with stays where it is, which saves most of the work.
_SET_RIVALS_ASIDE: Final = text(
    _SET_ASIDE.format(together=_TOGETHER, also=_HAS_OTHERS.format(which="others.idea_id <> :root"))
)
_WRITE_LEAVING: Final = _timed(f"""
    {_TOGETHER} {_JOURNAL}
    SELECT participant_id, idea_id, NULL, :moment, :other FROM votes WHERE {_LEAVES}
""")  # noqa: S608 - made of the product's own words
_WRITE_COMING: Final = _timed(f"""
    {_NEWEST} {_JOURNAL}
    SELECT newest.participant_id, CAST(:root AS integer), newest.choice, :moment, CAST(:other AS integer)
    FROM newest
    LEFT JOIN votes ON votes.participant_id = newest.participant_id AND votes.idea_id = :root
    WHERE votes.choice IS NULL OR votes.choice <> newest.choice
""")  # noqa: S608 - made of the product's own words
_LEAVE: Final = text(f"{_TOGETHER} DELETE FROM votes WHERE {_LEAVES}")  # noqa: S608
_COME: Final = text(f"""
    {_NEWEST} INSERT INTO votes (participant_id, idea_id, choice, previous, cast_at, origin_id)
    SELECT participant_id, CAST(:root AS integer), choice, previous, cast_at,
        CASE WHEN idea_id = :root THEN NULL ELSE idea_id END
    FROM newest WHERE TRUE
    ON CONFLICT (participant_id, idea_id) DO UPDATE
        SET choice = excluded.choice, previous = excluded.previous, cast_at = excluded.cast_at,
            origin_id = excluded.origin_id
        WHERE votes.cast_at <> excluded.cast_at OR votes.choice <> excluded.choice
            OR COALESCE(votes.origin_id, 0) <> COALESCE(excluded.origin_id, 0)
""")  # noqa: S608 - made of the product's own words
_NO_LONGER_ASIDE: Final = text("""
    DELETE FROM set_aside_votes WHERE idea_id = :root AND participant_id IN (
        SELECT participant_id FROM votes WHERE idea_id = :root AND origin_id IS NULL
    )
""")
_WRITE_ALL_LEAVING: Final = _timed(f"""
    {_JOURNAL} SELECT participant_id, idea_id, NULL, :moment, :other FROM votes WHERE idea_id = :root
""")  # noqa: S608 - made of the product's own words
_ALL_LEAVE: Final = text("DELETE FROM votes WHERE idea_id = :root")
_COUNT: Final = text("""
    UPDATE ideas SET
        agrees = (SELECT count(*) FROM votes WHERE votes.idea_id = ideas.id AND votes.choice = 1),
        disagrees = (SELECT count(*) FROM votes WHERE votes.idea_id = ideas.id AND votes.choice = -1),
        passes = (SELECT count(*) FROM votes WHERE votes.idea_id = ideas.id AND votes.choice = 0)
    WHERE id = :root
""")


def move_together(session: Session, *, idea_id: int, root_id: int, moment: datetime) -> None:
    """Let the root carry the votes of the idea, which was a root until it was merged into this one."""
    session.execute(_SET_ALL_ASIDE, {"root": idea_id})
    session.execute(_SET_RIVALS_ASIDE, {"root": root_id})
    leaving = {"root": idea_id, "other": root_id, "moment": moment}
    session.execute(_WRITE_ALL_LEAVING, leaving)
    session.execute(_ALL_LEAVE, {"root": idea_id})
    session.execute(_COUNT, {"root": idea_id})
    _settle(session, root_id, merged_with=idea_id, moment=moment)


def move_apart(session: Session, *, idea_id: int, root_id: int, moment: datetime) -> None:
    """Let the idea, which is a root again, and the root that carried its votes each carry their own."""
    session.execute(_SET_RIVALS_ASIDE, {"root": root_id})
    _settle(session, root_id, merged_with=idea_id, moment=moment)
    _settle(session, idea_id, merged_with=root_id, moment=moment)


def _settle(session: Session, root_id: int, *, merged_with: int, moment: datetime) -> None:
    """Make the votes on the root what follows from those set aside, and write down each that changes."""
    root = {"root": root_id}
    changed = {**root, "other": merged_with, "moment": moment}
    session.execute(_WRITE_LEAVING, changed)
    session.execute(_WRITE_COMING, changed)
    session.execute(_LEAVE, root)
    session.execute(_COME, root)
    session.execute(_NO_LONGER_ASIDE, root)
    session.execute(_COUNT, root)

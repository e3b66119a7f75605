"""The SQL of casting a vote, for each database: as few round trips as will do.

All of it keeps four promises: the place takes the vote at this moment, the journal gets a row exactly when
the vote changes, the counts change by exactly the difference, and who votes counts as having been shown the
idea, once. The idea is locked before its votes are read, because a merge may be moving them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, text

from deliberation.base.database import PSYCOPG, is_sqlite, tell_driver, to_sqlite
from deliberation.consultations.models import Phase
from deliberation.consultations.phases import ORDER, TAKES_VOTES
from deliberation.votes.models import Choice

_TIES: Final = " ".join(f"WHEN '{phase}' THEN {rank}" for rank, phase in enumerate(ORDER))
_OPEN: Final = ", ".join(f"'{phase}'" for phase in Phase if phase in TAKES_VOTES)

_BY_ACCOUNT: Final = """JOIN participants ON participants.consultation_id = consultations.id
        AND participants.account_id = :account_id"""
# Held before the idea is, so that who claims what the guest did waits for the vote, or the vote for them.
_BY_GUEST: Final = """JOIN (
        SELECT id, consultation_id FROM participants WHERE guest_id = :guest_id {hold}
    ) AS participants ON participants.consultation_id = consultations.id"""

# A thread or idea that takes no vote, a closed phase, a stranger: no row. Who has waited for the lock reads
# the idea anew, so that no vote lands on one that has just been merged.
_FROM: Final = f"""
    FROM consultations
    JOIN ideas ON ideas.consultation_id = consultations.id AND ideas.number = :number
    JOIN threads ON threads.id = ideas.thread_id
    {_BY_ACCOUNT}
    {{also}}
    WHERE consultations.slug = :slug
        AND ideas.hidden_at IS NULL AND ideas.withdrawn_at IS NULL AND ideas.merged_into_id IS NULL
        AND threads.locked_at IS NULL
        AND (
            SELECT phase FROM phase_steps
            WHERE phase_steps.consultation_id = consultations.id AND phase_steps.starts_at <= :moment
            ORDER BY phase_steps.starts_at DESC, CASE phase_steps.phase {_TIES} END DESC
            LIMIT 1
        ) IN ({_OPEN})
"""  # noqa: S608 - made of the product's own words
_PLACE: Final = f"{_FROM.format(also='')} FOR NO KEY UPDATE OF ideas"

_SHOWN: Final = "ideas.id AS idea_id, ideas.statement, ideas.agrees, ideas.disagrees, ideas.passes"

# What the row says in the end is decided under its lock: `votes.choice` is the newest choice however many
# arrive at once, so previous -> choice is exactly this statement's own change. A repeat changes nothing.
_UPSERT: Final = """
    INSERT INTO votes (participant_id, idea_id, choice, previous, cast_at)
    {values}
    ON CONFLICT (participant_id, idea_id) DO UPDATE
        SET previous = votes.choice, choice = excluded.choice, cast_at = excluded.cast_at, origin_id = NULL
        WHERE votes.choice <> excluded.choice
"""
_COUNTED: Final = (("agrees", Choice.AGREE), ("disagrees", Choice.DISAGREE), ("passes", Choice.PASS))
_JOURNAL: Final = "INSERT INTO vote_events (participant_id, idea_id, choice, happened_at)"
_EXPOSE: Final = "INSERT INTO exposures (participant_id, idea_id, first_shown_at)"


def _for_psycopg(statement: str) -> str:
    return str(text(statement).compile(dialect=PSYCOPG))


def _postgresql(change: str, *, also: str = "") -> str:
    # PostgreSQL works the new counts out twice when others count at the same moment: from the row as it
    # was when the statement began, and then from the newest. Only the second is kept, but the first, too,
    # must satisfy the CHECK that counts are not negative: hence GREATEST, which never changes the second.
    difference = ", ".join(
        f"{count} = GREATEST(0, ideas.{count} + COALESCE(CAST(change.choice = {says:d} AS integer), 0)"
        f" - COALESCE(CAST(change.previous = {says:d} AS integer), 0))"
        for count, says in _COUNTED
    )
    return _for_psycopg(f"""
        WITH RECURSIVE place AS MATERIALIZED (
            SELECT participants.id AS participant_id, {_SHOWN} {_PLACE}
        ), {also} change AS (
            {change}
        ), journalled AS (
            {_JOURNAL} SELECT participant_id, idea_id, choice, :moment FROM change
        ), shown AS (
            {_EXPOSE} SELECT participant_id, idea_id, :moment FROM change
            ON CONFLICT DO NOTHING RETURNING idea_id
        ), counted AS (
            UPDATE ideas SET {difference},
                exposures = ideas.exposures + CAST(shown.idea_id IS NOT NULL AS integer)
            FROM change LEFT JOIN shown ON shown.idea_id = change.idea_id
            WHERE ideas.id = change.idea_id
            RETURNING {_SHOWN}, change.previous
        )
        SELECT place.idea_id, place.statement,
            COALESCE(counted.agrees, place.agrees) AS agrees,
            COALESCE(counted.disagrees, place.disagrees) AS disagrees,
            COALESCE(counted.passes, place.passes) AS passes,
            CASE WHEN counted.idea_id IS NOT NULL THEN counted.previous ELSE (
                SELECT votes.previous FROM votes
                WHERE votes.participant_id = place.participant_id AND votes.idea_id = place.idea_id
            ) END AS previous
        FROM place LEFT JOIN counted ON TRUE
    """)  # noqa: S608 - made of the product's own words


_FROM_PLACE: Final = "SELECT participant_id, idea_id, CAST(:choice AS smallint), NULL, :moment FROM place"
_CAST_AT_ONCE: Final = _postgresql(
    f"{_UPSERT.format(values=_FROM_PLACE)} RETURNING participant_id, idea_id, choice, previous"
)
# What is taken back does not come back when merged ideas are parted.
_TOGETHER: Final = """
    family (id) AS (
        SELECT {start} UNION ALL SELECT ideas.id FROM ideas JOIN family ON ideas.merged_into_id = family.id
    )
"""
_TAKE_BACK_AT_ONCE: Final = _postgresql(
    """
    DELETE FROM votes USING place
    WHERE votes.participant_id = place.participant_id AND votes.idea_id = place.idea_id
    RETURNING votes.participant_id, votes.idea_id, CAST(NULL AS smallint) AS choice, votes.choice AS previous
    """,
    also=f"""
    {_TOGETHER.format(start="idea_id FROM place")}, taken_back AS (
        DELETE FROM set_aside_votes USING place
        WHERE set_aside_votes.participant_id = place.participant_id
            AND set_aside_votes.idea_id IN (SELECT id FROM family)
    ),
    """,  # noqa: S608 - made of the product's own words
)
# A statement sees what was there when it began: who takes back must not begin before a merge is over.
_WAIT: Final = _for_psycopg(f"SELECT ideas.id {_PLACE}")

_STANDING: Final = "LEFT JOIN votes ON votes.participant_id = participants.id AND votes.idea_id = ideas.id"
_FIND: Final = f"""
    SELECT participants.id AS participant_id, {_SHOWN}, votes.choice AS standing, votes.previous
    {_FROM.format(also=_STANDING)}
"""
_CAST: Final = _UPSERT.format(values="VALUES (:participant_id, :idea_id, :choice, NULL, :moment)")
_TAKE_BACK: Final = "DELETE FROM votes WHERE participant_id = :participant_id AND idea_id = :idea_id"
_TAKE_BACK_ASIDE: Final = f"""
    WITH RECURSIVE {_TOGETHER.format(start=":idea_id")}
    DELETE FROM set_aside_votes
    WHERE participant_id = :participant_id AND idea_id IN (SELECT id FROM family)
"""  # noqa: S608 - made of the product's own words
_WRITE_DOWN: Final = f"{_JOURNAL} VALUES (:participant_id, :idea_id, :choice, :moment)"
_SHOW: Final = f"{_EXPOSE} VALUES (:participant_id, :idea_id, :moment) ON CONFLICT DO NOTHING"
_COUNT: Final = """
    UPDATE ideas SET agrees = agrees + :agrees, disagrees = disagrees + :disagrees,
        passes = passes + :passes, exposures = exposures + :exposures
    WHERE id = :idea_id
"""


def _by_guest(statement: str) -> str:
    """Return the statement for PostgreSQL for the vote of a guest."""
    guest = _for_psycopg(_BY_GUEST.format(hold="FOR KEY SHARE"))
    return statement.replace(_for_psycopg(_BY_ACCOUNT), guest)


_CAST_AT_ONCE_BY_GUEST: Final = _by_guest(_CAST_AT_ONCE)
_TAKE_BACK_AT_ONCE_BY_GUEST: Final = _by_guest(_TAKE_BACK_AT_ONCE)
_WAIT_BY_GUEST: Final = _by_guest(_WAIT)
_FIND_BY_GUEST: Final = _FIND.replace(_BY_ACCOUNT, _BY_GUEST.format(hold=""))


@dataclass(frozen=True, slots=True)
class Outcome:
    """An idea as it stands after the vote on it, and what the vote said before its last change."""

    idea_id: int
    statement: str
    agrees: int
    disagrees: int
    passes: int
    previous: int | None


def change_vote(
    connection: Connection,
    *,
    slug: str,
    number: int,
    choice: int | None,
    moment: datetime,
    account_id: int | None = None,
    guest_id: int | None = None,
) -> Outcome | None:
    """Make the vote of the account, or of the guest, say `choice`, or take it back where that is None.

    Returns None, and does nothing, where no such vote can be cast: `service` finds out why. Choices that
    arrive at once are taken one after the other.
    """
    is_guest = guest_id is not None
    who = {"guest_id": guest_id} if is_guest else {"account_id": account_id}
    wanted: dict[str, Any] = {"slug": slug, "number": number, "moment": moment, **who}
    if is_sqlite(connection):
        return _step_by_step(connection, wanted | {"moment": to_sqlite(moment)}, choice)
    if choice is None:
        tell_driver(connection, _WAIT_BY_GUEST if is_guest else _WAIT, wanted)
        take_back = _TAKE_BACK_AT_ONCE_BY_GUEST if is_guest else _TAKE_BACK_AT_ONCE
        row = tell_driver(connection, take_back, wanted).fetchone()
    else:
        cast = _CAST_AT_ONCE_BY_GUEST if is_guest else _CAST_AT_ONCE
        row = tell_driver(connection, cast, wanted | {"choice": choice}).fetchone()
    return Outcome(*row) if row else None


def _step_by_step(connection: Connection, wanted: dict[str, Any], choice: int | None) -> Outcome | None:
    # Safe on SQLite alone: who writes holds the database from BEGIN IMMEDIATE on.
    find = _FIND_BY_GUEST if "guest_id" in wanted else _FIND
    row = tell_driver(connection, find, wanted).fetchone()
    if row is None:
        return None
    participant_id, idea_id, statement, agrees, disagrees, passes, standing, previous = row
    if standing == choice:
        return Outcome(idea_id, statement, agrees, disagrees, passes, previous)
    more = {name: (choice == says) - (standing == says) for name, says in _COUNTED}
    vote = {"participant_id": participant_id, "idea_id": idea_id}
    event = vote | {"choice": choice, "moment": wanted["moment"]}
    if choice is None:
        tell_driver(connection, _TAKE_BACK, vote)
        tell_driver(connection, _TAKE_BACK_ASIDE, vote)
    else:
        tell_driver(connection, _CAST, event)
    tell_driver(connection, _WRITE_DOWN, event)
    # Who changes a vote has had the idea before them since they cast it.
    shown = tell_driver(connection, _SHOW, event).rowcount if standing is None else 0
    tell_driver(connection, _COUNT, more | {"idea_id": idea_id, "exposures": shown})
    return Outcome(
        idea_id,
        statement,
        agrees + more["agrees"],
        disagrees + more["disagrees"],
        passes + more["passes"],
        standing,
    )

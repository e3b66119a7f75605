"""Two participants turn out to be one person: the votes of one become the other's, each idea counted once.

Of two votes on the same idea the newest stands, of two cast at the same moment that of whoever stays. Which
vote counts where ideas are merged follows from that by the rule of `votes.moving`. The journal is never
rewritten: it says that the one's votes went and the other's came.

Whoever calls this holds both, so that neither votes meanwhile (a guest's vote holds the guest first).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, select, text, true, update
from sqlalchemy.orm import Session

from deliberation.ideas.models import Idea
from deliberation.votes.models import Choice, Exposure, SetAsideVote, Vote, VoteEvent

_QUIETLY: Final[dict[str, Any]] = {"synchronize_session": False}
_COUNTED: Final = (("agrees", Choice.AGREE), ("disagrees", Choice.DISAGREE), ("passes", Choice.PASS))


@dataclass(frozen=True, slots=True)
class Own:
    """What somebody said about an idea itself, whatever it is merged into."""

    idea_id: int
    choice: int
    previous: int | None
    cast_at: datetime


def join_votes(session: Session, *, leaving: int, staying: int, moment: datetime) -> None:
    """Let `staying` have the votes and the exposures of `leaving`, both keys of participants."""
    roots = _lock_ideas(session, leaving)
    families: dict[int, set[int]] = defaultdict(set)
    for idea_id, root_id in roots.items():
        families[root_id].add(idea_id)
    theirs, mine = (_own_votes(session, who, roots) for who in (leaving, staying))
    gone, before = (_standing(session, who, families) for who in (leaving, staying))
    both = together(mine, theirs)
    after = {root: newest(root, [both[idea] for idea in family if idea in both])
             for root, family in families.items()}  # fmt: skip
    events = _leaving_events(leaving, gone) + _coming_events(staying, before, after)
    if events:
        session.execute(insert(VoteEvent), [event | {"happened_at": moment} for event in events])
    _store(session, (leaving, staying), set(roots), both, after)
    _count(session, gone, before, after)
    _join_exposures(session, leaving=leaving, staying=staying)


def together(mine: dict[int, Own], theirs: dict[int, Own]) -> dict[int, Own]:
    """Return what one person said who is both, by idea: the newest of two."""
    both = dict(mine)
    for idea_id, other in theirs.items():
        own = mine.get(idea_id)
        if own is None:
            both[idea_id] = other
        elif other.cast_at > own.cast_at:
            previous = own.previous if own.choice == other.choice else own.choice
            both[idea_id] = replace(other, previous=previous)
    return both


def newest(root_id: int, votes: Collection[Own]) -> Own | None:
    """Return which of one person's votes on merged ideas counts on the root: the rule of `votes.moving`."""
    return max(votes, key=lambda vote: (vote.cast_at, vote.idea_id == root_id, -vote.idea_id), default=None)


def _lock_ideas(session: Session, leaving: int) -> dict[int, int]:
    """Lock all ideas that the votes and exposures are about and what carries them, in the order of keys, as
    all do who lock several. Return the root of each idea in the families concerned."""
    about = select(Vote.idea_id).where(Vote.participant_id == leaving).union(
        select(SetAsideVote.idea_id).where(SetAsideVote.participant_id == leaving)
    )  # fmt: skip
    shown = session.scalars(select(Exposure.idea_id).where(Exposure.participant_id == leaving)).all()
    voted = session.scalars(about).all()
    locked: set[int] = set()
    while True:
        roots = _roots(session, voted)
        wanted = {*roots, *shown} - locked
        if not wanted:
            return roots
        session.execute(
            select(Idea.id).where(Idea.id.in_(wanted)).order_by(Idea.id).with_for_update(key_share=True)
        )
        locked |= wanted


def _roots(session: Session, voted: Iterable[int]) -> dict[int, int]:
    """Return the root of each idea in the families of these ideas."""
    here = select(Idea.consultation_id).where(Idea.id.in_(list(voted)))
    into: dict[int, int] = dict(
        session.execute(
            select(Idea.id, Idea.merged_into_id).where(
                Idea.consultation_id.in_(here), Idea.merged_into_id.is_not(None)
            )
        ).all()  # type: ignore[arg-type]
    )

    def root(idea_id: int) -> int:
        while idea_id in into:
            idea_id = into[idea_id]
        return idea_id

    concerned = {root(idea_id) for idea_id in voted}
    families = {idea_id: root(idea_id) for idea_id in into}
    return {one: one for one in concerned} | {i: r for i, r in families.items() if r in concerned}


def _own_votes(session: Session, who: int, ideas: Collection[int]) -> dict[int, Own]:
    found: dict[int, Own] = {}
    for table in (Vote, SetAsideVote):
        own = Vote.origin_id.is_(None) if table is Vote else true()
        rows = session.execute(
            select(table.idea_id, table.choice, table.previous, table.cast_at).where(
                table.participant_id == who, table.idea_id.in_(ideas), own
            )
        )
        found.update((row[0], Own(*row)) for row in rows)
    return found


def _standing(session: Session, who: int, roots: Collection[int]) -> dict[int, int]:
    rows = session.execute(
        select(Vote.idea_id, Vote.choice).where(Vote.participant_id == who, Vote.idea_id.in_(roots))
    )
    return dict(rows.all())


def _leaving_events(who: int, gone: dict[int, int]) -> list[dict[str, Any]]:
    return [{"participant_id": who, "idea_id": root, "choice": None} for root in sorted(gone)]


def _coming_events(who: int, before: dict[int, int], after: dict[int, Own | None]) -> list[dict[str, Any]]:
    return [
        {"participant_id": who, "idea_id": root, "choice": vote.choice}
        for root, vote in sorted(after.items(), key=lambda item: item[0])
        if vote is not None and before.get(root) != vote.choice
    ]


def _store(
    session: Session,
    people: tuple[int, int],
    ideas: set[int],
    both: dict[int, Own],
    after: dict[int, Own | None],
) -> None:
    _leaving, staying = people
    for table in (Vote, SetAsideVote):
        old = delete(table).where(table.participant_id.in_(people), table.idea_id.in_(ideas))
        session.execute(old.execution_options(**_QUIETLY))
    votes = [
        _row(staying, vote) | {"idea_id": root, "origin_id": None if vote.idea_id == root else vote.idea_id}
        for root, vote in after.items()
        if vote is not None
    ]
    counted = {root for root, vote in after.items() if vote is not None and vote.idea_id == root}
    aside = [_row(staying, vote) for idea_id, vote in both.items() if idea_id not in counted]
    if votes:
        session.execute(insert(Vote), votes)
    if aside:
        session.execute(insert(SetAsideVote), aside)


def _row(who: int, vote: Own) -> dict[str, Any]:
    return {
        "participant_id": who,
        "idea_id": vote.idea_id,
        "choice": vote.choice,
        "previous": vote.previous,
        "cast_at": vote.cast_at,
    }


def _count(
    session: Session, gone: dict[int, int], before: dict[int, int], after: dict[int, Own | None]
) -> None:
    changes = []
    for root, vote in after.items():
        says = None if vote is None else vote.choice
        change = {
            f"{name}_more": (says == choice) - (before.get(root) == choice) - (gone.get(root) == choice)
            for name, choice in _COUNTED
        }
        if any(change.values()):
            changes.append({"root": root, **change})
    if changes:
        session.connection().execute(_CHANGE, changes)


_CHANGE: Final = (
    update(Idea)
    .where(Idea.id == bindparam("root"))
    .values({name: getattr(Idea, name) + bindparam(f"{name}_more") for name, _ in _COUNTED})
)


def _join_exposures(session: Session, *, leaving: int, staying: int) -> None:
    people = {"leaving": leaving, "staying": staying}
    for statement in _EXPOSURES:
        session.execute(statement, people)


_BOTH: Final = """
    SELECT mine.idea_id FROM exposures AS mine
    JOIN exposures AS theirs ON theirs.idea_id = mine.idea_id AND theirs.participant_id = :leaving
    WHERE mine.participant_id = :staying
"""
_EXPOSURES: Final = [
    text(statement)
    for statement in (
        f"UPDATE ideas SET exposures = exposures - 1 WHERE id IN ({_BOTH})",  # noqa: S608 - our own words
        """
        UPDATE exposures SET first_shown_at = (
            SELECT theirs.first_shown_at FROM exposures AS theirs
            WHERE theirs.participant_id = :leaving AND theirs.idea_id = exposures.idea_id
        )
        WHERE participant_id = :staying AND EXISTS (
            SELECT 1 FROM exposures AS theirs
            WHERE theirs.participant_id = :leaving AND theirs.idea_id = exposures.idea_id
                AND theirs.first_shown_at < exposures.first_shown_at
        )
        """,
        """
        INSERT INTO exposures (participant_id, idea_id, first_shown_at)
        SELECT CAST(:staying AS integer), idea_id, first_shown_at FROM exposures
        WHERE participant_id = :leaving ON CONFLICT DO NOTHING
        """,
        "DELETE FROM exposures WHERE participant_id = :leaving",
    )
]

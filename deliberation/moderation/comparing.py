"""Two ideas side by side: who voted on both, and what the counts would be if one went into the other.

All of it is counts. Where fewer than `FEWEST` people voted on both, their number and all that would tell it
is kept back, because in so few a facilitator might know somebody.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session, aliased

from deliberation.accounts.models import Account
from deliberation.consultations.people import Participant
from deliberation.ideas.merged import family_of, find_root
from deliberation.ideas.models import Idea
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.votes.models import SetAsideVote, Vote

FEWEST: Final = 10


@dataclass(frozen=True, slots=True)
class Counts:
    """How many votes say what."""

    agrees: int
    disagrees: int
    passes: int

    @property
    def votes(self) -> int:
        """All of them."""
        return self.agrees + self.disagrees + self.passes


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two ideas have in common. What is None is kept back.

    `people` have voted on both, `alike` of them the same on both. `after` is how the votes would stand after
    a merge; where it is kept back, there would be at least `fewest` and at most `most` of them.
    """

    people: int | None
    alike: int | None
    mostly_alike: bool | None
    after: Counts | None
    fewest: int
    most: int


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is told by mail."""

    email: str
    language: str | None
    idea_number: int
    """Their idea of the two."""


@dataclass(frozen=True, slots=True)
class Leading:
    """Where a merged idea leads, and why."""

    number: int
    statement: str
    language: str
    is_visible: bool
    reason: str


def compare(session: Session, idea: Idea, into: Idea) -> Comparison:
    """Return what merging the two would come to (one statement)."""
    one, other = aliased(Vote), aliased(Vote)
    later = case((one.cast_at > other.cast_at, one.choice), else_=other.choice)
    rows = session.execute(
        select(one.choice, other.choice, later, func.count())
        .join(other, and_(other.participant_id == one.participant_id, other.idea_id == into.id))
        .where(one.idea_id == idea.id)
        .group_by(one.choice, other.choice, later)
    ).all()
    people = sum(row[3] for row in rows)
    total = idea.votes + into.votes
    if people < FEWEST:
        most_in_common = min(FEWEST - 1, idea.votes, into.votes)
        return Comparison(None, None, None, None, total - most_in_common, total)
    alike = sum(row[3] for row in rows if row[0] == row[1])
    drop: Counter[int] = Counter()
    for ours, theirs, kept, count in rows:
        drop[theirs if kept == ours else ours] += count
    after = Counts(
        idea.agrees + into.agrees - drop[1],
        idea.disagrees + into.disagrees - drop[-1],
        idea.passes + into.passes - drop[0],
    )
    can_tell = all(part == 0 or part >= FEWEST for part in (alike, people - alike))
    return Comparison(
        people, alike if can_tell else None, 2 * alike > people, after, after.votes, after.votes
    )


def own_counts(session: Session, idea: Idea) -> Counts:
    """Return how the votes on a merged idea would stand if it were parted now (one statement)."""
    ranked = (
        select(
            SetAsideVote.choice,
            func.row_number()
            .over(
                partition_by=SetAsideVote.participant_id,
                order_by=(
                    SetAsideVote.cast_at.desc(),
                    case((SetAsideVote.idea_id == idea.id, 0), else_=1),
                    SetAsideVote.idea_id,
                ),
            )
            .label("place"),
        )
        .where(SetAsideVote.idea_id.in_(family_of(idea.id)))
        .subquery()
    )
    counts = Counter[int]()
    by_choice = select(ranked.c.choice, func.count()).where(ranked.c.place == 1).group_by(ranked.c.choice)
    for choice, count in session.execute(by_choice):
        counts[choice] = count
    return Counts(counts[1], counts[-1], counts[0])


def leading_of(session: Session, idea: Idea) -> Leading | None:
    """Return where the idea leads, or None where it stands on its own (at most three statements)."""
    if idea.merged_into_id is None:
        return None
    root = session.get_one(Idea, find_root(session, idea.id))
    reason = session.scalars(
        select(ModerationAct.reason)
        .where(ModerationAct.idea_id == idea.id, ModerationAct.kind == ActKind.MERGE_IDEA)
        .order_by(ModerationAct.id.desc())
        .limit(1)
    ).one_or_none()
    return Leading(root.number, root.statement, root.language, root.is_visible, reason or "")


def authors_to_tell(session: Session, *ideas: Idea, but: int) -> list[Recipient]:
    """Return the authors of the ideas who can be reached, each once, but for the account that acts."""
    rows = session.execute(
        select(Account.id, Account.email, Account.language, Idea.number)
        .join(Participant, Participant.account_id == Account.id)
        .join(Idea, Idea.author_id == Participant.id)
        .where(Idea.id.in_([idea.id for idea in ideas]), Account.confirmed_at.is_not(None), Account.id != but)
        .order_by(Idea.number)
    )
    found: dict[int, Recipient] = {}
    for account_id, email, language, number in rows:
        found.setdefault(account_id, Recipient(email, language, number))
    return list(found.values())

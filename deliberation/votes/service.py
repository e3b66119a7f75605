"""Casting a vote, changing it and taking it back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, NotFound, marked
from deliberation.consultations.models import Consultation, Phase, Thread
from deliberation.consultations.phases import Timetable, VotingClosed
from deliberation.consultations.queries import get_consultation, roles_of
from deliberation.consultations.service import join, join_as_guest, require_guests
from deliberation.ideas.merged import find_root
from deliberation.ideas.models import Idea
from deliberation.ideas.service import IdeaWithdrawn
from deliberation.votes.models import Choice
from deliberation.votes.statements import Outcome, change_vote

MOST_NUMBER = 2**31 - 1
MOST_MERGES_AT_ONCE = 5
NOBODY = 0


class ThreadTakesNoVotes(Conflict):
    """The thread is locked."""

    default = marked("This question is locked. Votes that were cast are counted.")


class HiddenFromVotes(NotFound):
    """The idea is hidden: not there for most, and for all of them not to be voted on."""

    default = marked("This idea is hidden. Votes that were cast are kept.")


@dataclass(frozen=True, slots=True)
class Ballot:
    """A vote that was cast or taken back, and the idea's counts with it.

    The idea is the one on which the vote counts: where the one voted on is merged, the one that carries it.
    `my_choice` is what the vote says now, None when it is taken back; `previous` is what it said before,
    None when there was none.
    """

    idea_id: int
    number: int
    statement: str
    my_choice: Choice | None
    previous: Choice | None
    agrees: int
    disagrees: int
    passes: int


def cast_vote(
    session: Session, *, slug: str, idea_number: int, account_id: int, choice: Choice | None
) -> Ballot:
    """Make the account's vote on the idea say `choice`, or take it back where that is None.

    Who votes for the first time becomes a participant. Casting the same vote again changes nothing. A vote
    on an idea that is merged into another counts on that one.
    Raises NotFound for an idea that is hidden or not there, IdeaWithdrawn, VotingClosed outside the phases
    that take votes and ThreadTakesNoVotes where the thread is locked.
    """

    def enter(consultation: Consultation) -> None:
        join(session, consultation=consultation, account_id=account_id)

    return _cast(session, slug, idea_number, choice, enter, account_id=account_id)


def cast_guest_vote(
    session: Session, *, slug: str, idea_number: int, guest_id: int, choice: Choice | None
) -> Ballot:
    """Make the guest's vote on the idea say `choice`, or take it back: as `cast_vote` in what it does.

    Raises also SignInRequired where only people with an account may vote.
    """
    require_guests(get_consultation(session, slug))

    def enter(consultation: Consultation) -> None:
        join_as_guest(session, consultation=consultation, guest_id=guest_id)

    return _cast(session, slug, idea_number, choice, enter, guest_id=guest_id)


def _cast(
    session: Session,
    slug: str,
    idea_number: int,
    choice: Choice | None,
    enter: Callable[[Consultation], None],
    **who: int,
) -> Ballot:
    outcome = _changed(session, slug, idea_number, choice, who)
    for _ in range(MOST_MERGES_AT_ONCE):
        if outcome is not None:
            break
        consultation, idea_number = _place_that_takes_votes(session, slug, idea_number, who)
        enter(consultation)
        outcome = _changed(session, slug, idea_number, choice, who)
    if outcome is None:
        raise Conflict
    return Ballot(
        outcome.idea_id,
        idea_number,
        outcome.statement,
        choice,
        None if outcome.previous is None else Choice(outcome.previous),
        outcome.agrees,
        outcome.disagrees,
        outcome.passes,
    )


def _changed(
    session: Session, slug: str, idea_number: int, choice: Choice | None, who: Mapping[str, int]
) -> Outcome | None:
    return change_vote(
        session.connection(),
        slug=slug,
        number=idea_number,
        **who,
        choice=None if choice is None else int(choice),
        moment=now(),
    )


def _place_that_takes_votes(
    session: Session, slug: str, idea_number: int, who: Mapping[str, int]
) -> tuple[Consultation, int]:
    """Return the consultation and the number of the idea to vote on. Raises what `cast_vote` raises."""
    consultation = get_consultation(session, slug)
    timetable = Timetable.of(consultation.steps, now())
    is_draft = timetable.current is Phase.DRAFT
    account_id = who.get("account_id", NOBODY)
    if is_draft and not roles_of(session, consultation_id=consultation.id, account_id=account_id):
        raise NotFound
    idea_id = session.scalar(
        select(Idea.id).where(Idea.consultation_id == consultation.id, Idea.number == idea_number)
    )
    if idea_id is None:
        raise NotFound
    found = session.execute(
        select(Idea.number, Idea.withdrawn_at, Idea.hidden_at, Thread.locked_at)
        .join(Thread, Thread.id == Idea.thread_id)
        .where(Idea.id == find_root(session, idea_id))
    ).one()
    if found.withdrawn_at is not None:
        raise IdeaWithdrawn
    if found.hidden_at is not None:
        raise HiddenFromVotes
    if not timetable.takes_votes:
        raise VotingClosed
    if found.locked_at is not None:
        raise ThreadTakesNoVotes
    return consultation, found.number

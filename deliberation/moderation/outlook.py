"""The outlook: what facilitators should know and nobody tells them. Counted by a job, kept, read by the desk.

Who has joined and never voted, which questions have gone quiet, where many people who are new voted alike.
The desk itself never asks about votes. What is kept names nobody, and people only from ten on, rounded down.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from deliberation.accounts.models import Account
from deliberation.base.clock import now
from deliberation.base.sessions import Sessions
from deliberation.comments.models import Comment
from deliberation.consultations.models import Consultation, Thread
from deliberation.consultations.people import Participant
from deliberation.consultations.phases import Timetable
from deliberation.ideas.models import Idea
from deliberation.moderation.bursts import (
    FEWEST,
    NEW_FOR,
    WITHIN,
    Burst,
    NewVote,
    find_bursts,
    remembered,
    together,
)
from deliberation.moderation.models import Outlook
from deliberation.votes.models import VoteEvent

QUIET_AFTER: Final = timedelta(days=7)
LOOK_BACK: Final = timedelta(hours=2)
"""How far back bursts are looked for: further than the job can be late, but for an outage."""
OVERLAP: Final = 1_000
"""So many events of the journal are read again: transactions do not end in the order of their keys."""


@dataclass(frozen=True, slots=True)
class Unheard:
    """At least how many have joined and never voted, and of those in which language. 0 is fewer than ten."""

    people: int
    languages: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class View:
    """The outlook as last counted. `quiet` says of threads, by number, since when nothing has happened."""

    counted_at: datetime
    unheard: Unheard
    quiet: Mapping[int, datetime]
    bursts: Sequence[Burst]


def outlook_columns(consultation_id: int) -> tuple[ScalarSelect[datetime], ScalarSelect[dict[str, Any]]]:
    """Return what `outlook_of` reads, for a statement that asks for more of the consultation."""
    here = Outlook.consultation_id == consultation_id
    return (
        select(Outlook.counted_at).where(here).scalar_subquery(),
        select(Outlook.figures).where(here).scalar_subquery(),
    )


def outlook_of(counted_at: datetime | None, figures: Mapping[str, Any] | None) -> View | None:
    """Return the outlook as last counted; None where it never was."""
    if counted_at is None or figures is None:
        return None
    return View(
        counted_at,
        Unheard(figures["unheard"], figures["languages"]),
        {
            int(thread): datetime.fromisoformat(last)
            for thread, last in figures["last"].items()
            if counted_at - datetime.fromisoformat(last) > QUIET_AFTER
        },
        together(map(_burst, figures["bursts"])),
    )


def count_outlook(sessions: Sessions, *, consultation_id: int) -> None:
    """Count it anew while votes are taken; after that do nothing. Reads in one moment, writes in short."""
    moment = now()
    with sessions.reading() as session:
        consultation = session.get(Consultation, consultation_id)
        timetable = Timetable.of(consultation.steps, moment) if consultation else None
        if timetable is None or not timetable.takes_votes:
            return
        known = session.get(Outlook, consultation_id)
        position, figures = (known.position, known.figures) if known else (0, {"voted": {}, "bursts": []})
        newest = session.scalar(select(func.max(VoteEvent.id))) or 0
        voted = _last_votes(session, consultation_id, figures["voted"], position=position)
        began = timetable.starts[timetable.current]
        counted = {
            **_unheard(session, consultation_id),
            "voted": _written(voted),
            "last": _written(_last_of_all(session, consultation_id, voted, began=began)),
            "bursts": _bursts(session, consultation_id, figures["bursts"], moment=moment),
        }
    with sessions.writing() as session:
        row = session.get(Outlook, consultation_id) or Outlook(consultation_id=consultation_id)
        row.counted_at, row.position, row.figures = moment, newest, counted
        session.add(row)


def _unheard(session: Session, consultation_id: int) -> dict[str, Any]:
    voted = select(VoteEvent.id).where(
        VoteEvent.participant_id == Participant.id, VoteEvent.choice.is_not(None)
    )
    rows = session.execute(
        select(Account.language, func.count())
        .select_from(Participant)
        .join(Account, Account.id == Participant.account_id)
        .where(Participant.consultation_id == consultation_id, ~voted.exists())
        .group_by(Account.language)
    ).all()
    languages = {language: _tens(people) for language, people in rows if language and people >= FEWEST}
    return {"unheard": _tens(sum(people for _, people in rows)), "languages": languages}


def _last_votes(
    session: Session, consultation_id: int, known: Mapping[str, str], *, position: int
) -> dict[int, datetime]:
    """When somebody last voted in each thread. The journal is long, and only read on from `position`."""
    last = {int(number): datetime.fromisoformat(at) for number, at in known.items()}
    new = session.execute(
        select(Thread.number, func.max(VoteEvent.happened_at))
        .join(Idea, Idea.thread_id == Thread.id)
        .join(VoteEvent, VoteEvent.idea_id == Idea.id)
        .where(
            Thread.consultation_id == consultation_id,
            VoteEvent.id > position - OVERLAP,
            VoteEvent.merged_with_id.is_(None),
        )
        .group_by(Thread.number)
    )
    return last | {number: max(at, last.get(number, at)) for number, at in new}


def _last_of_all(
    session: Session, consultation_id: int, votes: Mapping[int, datetime], *, began: datetime
) -> dict[int, datetime]:
    """When something was last posted, said or voted in each open thread, or when the phase began."""
    here = (Thread.consultation_id == consultation_id, Thread.locked_at.is_(None))
    rows = session.execute(
        select(Thread.number, func.max(Idea.created_at), func.max(Comment.created_at))
        .outerjoin(Idea, Idea.thread_id == Thread.id)
        .outerjoin(Comment, Comment.idea_id == Idea.id)
        .where(*here)
        .group_by(Thread.number)
    )
    return {
        number: max(at for at in (began, idea, remark, votes.get(number)) if at is not None)
        for number, idea, remark in rows
    }


def _bursts(
    session: Session, consultation_id: int, known: Sequence[Mapping[str, Any]], *, moment: datetime
) -> list[dict[str, Any]]:
    since = moment - LOOK_BACK
    rows = session.execute(
        select(
            Idea.number, VoteEvent.participant_id, VoteEvent.choice, VoteEvent.happened_at,
            Participant.joined_at,
        )
        .select_from(Participant)
        .join(VoteEvent, VoteEvent.participant_id == Participant.id)
        .join(Idea, Idea.id == VoteEvent.idea_id)
        .where(
            Participant.consultation_id == consultation_id,
            Participant.joined_at > since - NEW_FOR - WITHIN,
            VoteEvent.happened_at > since,
            VoteEvent.choice.is_not(None),
            VoteEvent.merged_with_id.is_(None),
        )
    )  # fmt: skip
    new = (
        NewVote(row.number, row.participant_id, row.choice, row.happened_at)
        for row in rows
        if row.happened_at - row.joined_at <= NEW_FOR
    )
    return [
        {
            "idea": burst.ideas[0],
            "began": burst.began_at.isoformat(),
            "ended": burst.ended_at.isoformat(),
            "people": burst.people,
        }
        for burst in remembered([_burst(one) for one in known], find_bursts(new), moment=moment)
    ]


def _written(moments: Mapping[int, datetime]) -> dict[str, str]:
    return {str(number): at.isoformat() for number, at in moments.items()}


def _burst(said: Mapping[str, Any]) -> Burst:
    began, ended = (datetime.fromisoformat(said[name]) for name in ("began", "ended"))
    return Burst((said["idea"],), began, ended, said["people"])


def _tens(people: int) -> int:
    return people // FEWEST * FEWEST

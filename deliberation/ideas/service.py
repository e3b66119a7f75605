"""Posting an idea, changing its wording, withdrawing it."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, NotAllowed, Refused, SignInRequired, marked
from deliberation.base.markup import markdown_to_html
from deliberation.base.text import clean_line, clean_text
from deliberation.consultations.models import LANGUAGE_LENGTH, Consultation, Thread
from deliberation.consultations.people import Participant
from deliberation.consultations.phases import GatheringClosed, Timetable
from deliberation.consultations.service import join, join_as_guest, require_may_post
from deliberation.ideas.merged import carries_others
from deliberation.ideas.models import ELABORATION_LENGTH, STATEMENT_LENGTH, Idea, IdeaRevision
from deliberation.ideas.queries import others_have_voted
from deliberation.ideas.search import forget, index_idea

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.IGNORECASE)


class ThreadLocked(Conflict):
    """A facilitator has locked the thread."""

    default = marked("This question is locked. It takes no ideas and no changes to ideas.")


class IdeaSettled(Conflict):
    """Somebody else has voted on the wording."""

    default = marked(
        "Somebody has voted on this idea, so its words stay. You can withdraw it and post another."
    )


class IdeaWithdrawn(Conflict):
    """The author has withdrawn the idea."""

    default = marked("This idea is withdrawn. Its votes are kept, and nothing more can be done to it.")


class IdeaHidden(Conflict):
    """A facilitator has hidden the idea."""

    default = marked("This idea is hidden, so its words stay as they are.")


class IdeaMerged(Conflict):
    """A facilitator has merged the idea into another."""

    default = marked("This idea is merged into another one, so its words stay as they are.")


class CarriesOthers(Conflict):
    """Somebody else's idea is merged into this one."""

    default = marked(
        "Another idea is merged into this one. It speaks for both, so it is neither changed nor withdrawn."
    )


class NewerWording(Conflict):
    """The idea was changed after the form was opened. Nothing of either wording is lost."""

    default = marked(
        "The idea was changed while you wrote. Both wordings are below. Save again to let yours stand."
    )


@dataclass(frozen=True, slots=True)
class Wording:
    """What an idea says, cleaned and within its limits."""

    statement: str
    elaboration: str
    language: str

    @classmethod
    def of(cls, *, statement: str, elaboration: str, language: str) -> "Wording":
        """Clean what was written. Raises Refused at the field that will not do."""
        wording = cls(clean_line(statement), clean_text(elaboration), language_code(language))
        if not wording.statement:
            raise Refused(marked("Write your idea in one sentence."), field="statement")
        if len(wording.statement) > STATEMENT_LENGTH:
            raise Refused(
                marked("Your idea has %(count)s characters. At most %(limit)s will fit."),
                field="statement", count=len(wording.statement), limit=STATEMENT_LENGTH,
            )  # fmt: skip
        if len(wording.elaboration) > ELABORATION_LENGTH:
            raise Refused(
                marked("You have written %(count)s characters here. At most %(limit)s will fit."),
                field="elaboration", count=len(wording.elaboration), limit=ELABORATION_LENGTH,
            )  # fmt: skip
        return wording


@dataclass(frozen=True, slots=True)
class Posting:
    """An idea, and whether it is new: the same words sent twice lead to the first."""

    idea: Idea
    is_new: bool


def post_idea(
    session: Session,
    *,
    consultation: Consultation,
    thread: Thread,
    account_id: int,
    statement: str,
    elaboration: str,
    language: str,
) -> Posting:
    """Post an idea in the thread. Who posts for the first time becomes a participant.

    Numbers count up within the consultation, in the order of posting. Raises GatheringClosed outside the
    phase that takes ideas, ThreadLocked, and Refused for what cannot be an idea.
    """
    _hold_thread(session, consultation, thread)
    wording = Wording.of(statement=statement, elaboration=elaboration, language=language)
    author = join(session, consultation=consultation, account_id=account_id)
    return _post(session, thread, author, wording, moment=now())


def post_guest_idea(
    session: Session,
    *,
    consultation: Consultation,
    thread: Thread,
    guest_id: int,
    statement: str,
    elaboration: str,
    language: str,
) -> Posting:
    """Post a guest's idea. It waits, hidden from all but the guest and the facilitators, until one reads it.

    Raises what `post_idea` raises, and SignInRequired where only people with an account may write ideas.
    """
    if not consultation.takes_guests_ideas:
        raise SignInRequired
    _hold_thread(session, consultation, thread)
    wording = Wording.of(statement=statement, elaboration=elaboration, language=language)
    author = join_as_guest(session, consultation=consultation, guest_id=guest_id)
    moment = now()
    return _post(session, thread, author, wording, moment=moment, hidden_at=moment, waits_since=moment)


def edit_idea(
    session: Session,
    *,
    consultation: Consultation,
    idea: Idea,
    by: Participant | None,
    revision: int,
    statement: str,
    elaboration: str,
    language: str,
) -> Idea:
    """Give the idea a new wording; the old one stays in its public history.

    `revision` is the number of the wording that the author had before them. Raises NotAllowed for anybody
    but the author; IdeaSettled once somebody else has voted; IdeaWithdrawn, IdeaHidden, IdeaMerged,
    CarriesOthers, GatheringClosed and ThreadLocked; NewerWording where the idea has changed since; Refused
    for what cannot be an idea.
    """
    _require_author(idea, by)
    session.refresh(idea, with_for_update={"key_share": True, "of": Idea})
    require_editable(session, consultation=consultation, idea=idea)
    require_may_post(session, by)
    wording = Wording.of(statement=statement, elaboration=elaboration, language=language)
    newest = newest_revision(session, idea)
    if wording == Wording(idea.statement, idea.elaboration, idea.language):
        return idea
    if revision != newest:
        raise NewerWording
    idea.edited_at = now()
    _reword(session, idea, wording, revision=newest + 1)
    return idea


def withdraw_idea(session: Session, *, idea: Idea, by: Participant | None) -> Idea:
    """Take the idea out of every list. Its votes are kept, and nobody can cast more.

    Raises NotAllowed for anybody but the author, IdeaMerged and CarriesOthers. Withdrawing twice changes
    nothing.
    """
    _require_author(idea, by)
    session.refresh(idea, with_for_update={"key_share": True, "of": Idea})
    if idea.withdrawn_at is None:
        if idea.merged_into_id is not None:
            raise IdeaMerged
        if carries_others(session, idea):
            raise CarriesOthers
        idea.withdrawn_at = now()
        session.flush()
        forget(session, idea.id)
    return idea


def require_editable(session: Session, *, consultation: Consultation, idea: Idea) -> None:
    """Raise what `edit_idea` raises where the idea's words are settled."""
    if idea.withdrawn_at is not None:
        raise IdeaWithdrawn
    if idea.hidden_at is not None:
        raise IdeaHidden
    if idea.merged_into_id is not None:
        raise IdeaMerged
    if carries_others(session, idea):
        raise CarriesOthers
    _require_open(session, consultation, idea.thread_id)
    if others_have_voted(session, idea):
        raise IdeaSettled


def newest_revision(session: Session, idea: Idea) -> int:
    """Return the number of the wording that the idea has now."""
    highest = select(func.max(IdeaRevision.number)).where(IdeaRevision.idea_id == idea.id)
    return session.scalar(highest) or 0


def language_code(language: str) -> str:
    """Return the code of a language as it is stored, such as `sr-Latn`. Raises Refused for what is none."""
    code = language.strip()
    if len(code) > LANGUAGE_LENGTH or not _LANGUAGE.fullmatch(code):
        raise Refused(marked("Choose the language you wrote in."), field="language")
    first, *rest = code.split("-")
    return "-".join([first.lower(), *rest])


def _hold_thread(session: Session, consultation: Consultation, thread: Thread) -> None:
    _lock_numbers(session, consultation)
    _require_open(session, consultation, thread.id)


def _post(
    session: Session,
    thread: Thread,
    author: Participant,
    wording: Wording,
    *,
    moment: datetime,
    **waiting: datetime,
) -> Posting:
    require_may_post(session, author)
    same = _find_same(session, thread, author, wording.statement)
    if same is not None:
        return Posting(same, is_new=False)
    consultation_id = thread.consultation_id
    highest = session.scalar(select(func.max(Idea.number)).where(Idea.consultation_id == consultation_id))
    idea = Idea(
        consultation_id=consultation_id,
        thread_id=thread.id,
        author_id=author.id,
        number=(highest or 0) + 1,
        created_at=moment,
        **waiting,
    )
    _reword(session, idea, wording, revision=1)
    return Posting(idea, is_new=True)


def _reword(session: Session, idea: Idea, wording: Wording, *, revision: int) -> None:
    idea.statement, idea.elaboration = wording.statement, wording.elaboration
    idea.language = wording.language
    idea.elaboration_html = markdown_to_html(wording.elaboration) if wording.elaboration else ""
    session.add(idea)
    session.flush()
    session.add(
        IdeaRevision(
            idea_id=idea.id,
            number=revision,
            language=wording.language,
            statement=wording.statement,
            elaboration=wording.elaboration,
            created_at=idea.edited_at or idea.created_at,
        )
    )
    session.flush()
    index_idea(session, idea.id, wording.statement, wording.elaboration, wording.language)


def _require_author(idea: Idea, by: Participant | None) -> None:
    if by is None or by.id != idea.author_id:
        raise NotAllowed(marked("Only its author can change an idea."))


def _require_open(session: Session, consultation: Consultation, thread_id: int) -> None:
    if not Timetable.of(consultation.steps, now()).takes_ideas:
        raise GatheringClosed
    if session.scalar(select(Thread.locked_at).where(Thread.id == thread_id)) is not None:
        raise ThreadLocked


def _lock_numbers(session: Session, consultation: Consultation) -> None:
    # Two ideas that arrive at once must not both be the next number. A writer on SQLite is alone anyway.
    session.execute(
        select(Consultation.id).where(Consultation.id == consultation.id).with_for_update(key_share=True)
    )


def _find_same(session: Session, thread: Thread, author: Participant, statement: str) -> Idea | None:
    return session.scalars(
        select(Idea)
        .where(
            Idea.thread_id == thread.id,
            Idea.author_id == author.id,
            Idea.statement == statement,
            Idea.withdrawn_at.is_(None),
        )
        .order_by(Idea.number)
        .limit(1)
    ).one_or_none()

"""Posting, editing and withdrawing ideas."""

import re
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, NotAllowed, Refused, marked
from deliberation.base.markup import markdown_to_html
from deliberation.base.text import clean_line, clean_text
from deliberation.consultations.models import LANGUAGE_LENGTH, Thread
from deliberation.consultations.people import Participant
from deliberation.consultations.phases import GatheringClosed, Timetable
from deliberation.ideas import search
from deliberation.ideas.models import ELABORATION_LENGTH, STATEMENT_LENGTH, Idea, IdeaRevision

TRIES: Final = 5
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class ThreadLocked(Conflict):
    """A facilitator has closed this question."""

    default = marked("This question is closed. The decision log says why.")


class StaleEdit(Conflict):
    """The idea has been edited since the form was opened."""

    default = marked(
        "The idea was changed while you were writing. Your text is below. Compare and save again."
    )


class OthersHaveVoted(Conflict):
    """The wording is what people voted on."""

    default = marked(
        "Others have voted on this wording, so it stays. You can withdraw it and write a new one."
    )


def post_idea(
    session: Session,
    *,
    thread: Thread,
    author: Participant,
    statement: str,
    elaboration: str,
    language: str,
) -> Idea:
    """Add the author's idea to the thread. Raises Refused, GatheringClosed, ThreadLocked.

    The same statement sent twice by the same author is one idea: the one that is there.
    """
    _check_open(thread)
    statement, elaboration, language = _checked(statement, elaboration, language)
    twin = session.scalars(
        select(Idea).where(
            Idea.thread_id == thread.id,
            Idea.author_id == author.id,
            Idea.statement == statement,
            Idea.withdrawn_at.is_(None),
        )
    ).first()
    if twin is not None:
        return twin
    idea = Idea(
        consultation_id=thread.consultation_id,
        thread_id=thread.id,
        author_id=author.id,
        language=language,
        statement=statement,
        elaboration=elaboration,
        elaboration_html=markdown_to_html(elaboration),
        created_at=now(),
    )
    _add_with_number(session, idea)
    _keep_wording(session, idea, 1)
    return idea


def edit_idea(
    session: Session,
    *,
    idea: Idea,
    by: Participant,
    statement: str,
    elaboration: str,
    language: str,
    revision: int,
    own_votes: int = 0,
) -> IdeaRevision:
    """Give the author's idea a new wording. `revision` is the one the author had before their eyes;
    `own_votes` is 1 if the author has voted on the idea, which does not bind them.

    Raises NotAllowed, Refused, GatheringClosed, ThreadLocked, OthersHaveVoted and StaleEdit. Saving what is
    there already changes nothing.
    """
    _check_author(idea, by)
    if idea.hidden_at is not None:
        raise Conflict(marked("The idea is hidden and cannot be changed."))
    _check_open(idea.thread)
    statement, elaboration, language = _checked(statement, elaboration, language)
    current = newest_revision(session, idea)
    if current.number != revision:
        raise StaleEdit
    if (statement, elaboration, language) == (idea.statement, idea.elaboration, idea.language):
        return current
    _take_wording(session, idea, statement=statement, own_votes=own_votes)
    idea.elaboration, idea.elaboration_html, idea.language = (
        elaboration,
        markdown_to_html(elaboration),
        language,
    )
    idea.edited_at = now()
    return _keep_wording(session, idea, current.number + 1)


def withdraw_idea(session: Session, *, idea: Idea, by: Participant) -> None:
    """Take the author's idea back. Its votes stay in the journal; nobody can vote on it any more."""
    _check_author(idea, by)
    if not Timetable.of(idea.thread.consultation.steps, now()).takes_votes:
        raise GatheringClosed
    done = session.execute(
        update(Idea).where(Idea.id == idea.id, Idea.withdrawn_at.is_(None)).values(withdrawn_at=now())
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        raise Conflict(marked("The idea is withdrawn already."))
    search.forget(session, idea.id)


def newest_revision(session: Session, idea: Idea) -> IdeaRevision:
    """Return the wording the idea has now."""
    return session.scalars(
        select(IdeaRevision).where(IdeaRevision.idea_id == idea.id).order_by(IdeaRevision.number.desc())
    ).first() or _keep_wording(session, idea, 1)


def _take_wording(session: Session, idea: Idea, *, statement: str, own_votes: int) -> None:
    # Asked and done in one statement, so that no vote can come in between.
    votes = Idea.agrees + Idea.disagrees + Idea.passes
    free = Idea.id == idea.id, votes <= own_votes, Idea.withdrawn_at.is_(None)
    done = session.execute(update(Idea).where(*free).values(statement=statement))
    if not done.rowcount:  # type: ignore[attr-defined]
        raise OthersHaveVoted
    session.refresh(idea, ["statement"])


def _keep_wording(session: Session, idea: Idea, number: int) -> IdeaRevision:
    revision = IdeaRevision(
        idea_id=idea.id,
        number=number,
        language=idea.language,
        statement=idea.statement,
        elaboration=idea.elaboration,
        created_at=now(),
    )
    try:
        with session.begin_nested():
            session.add(revision)
    except IntegrityError as clash:
        raise StaleEdit from clash
    search.index_idea(session, idea.id, idea.statement, idea.elaboration, idea.language)
    return revision


def _add_with_number(session: Session, idea: Idea) -> None:
    highest = select(func.coalesce(func.max(Idea.number), 0)).where(
        Idea.consultation_id == idea.consultation_id
    )
    for _ in range(TRIES):
        idea.number = (session.scalar(highest) or 0) + 1
        try:
            with session.begin_nested():
                session.add(idea)
        except IntegrityError:
            continue
        return
    raise Conflict(marked("Many are writing just now. Please send it again."))


def _check_open(thread: Thread) -> None:
    if thread.locked_at is not None:
        raise ThreadLocked
    if not Timetable.of(thread.consultation.steps, now()).takes_ideas:
        raise GatheringClosed


def _check_author(idea: Idea, by: Participant) -> None:
    if idea.author_id != by.id:
        raise NotAllowed(marked("Only whoever wrote the idea may do that."))
    if idea.withdrawn_at is not None:
        raise Conflict(marked("The idea is withdrawn already."))


def _checked(statement: str, elaboration: str, language: str) -> tuple[str, str, str]:
    statement, elaboration, language = clean_line(statement), clean_text(elaboration), language.strip()
    if not any(character.isalnum() for character in statement):
        raise Refused(marked("Write your idea in a sentence."), field="statement")
    if len(statement) > STATEMENT_LENGTH:
        sentence = marked("At most %(most)s characters; you have %(count)s.")
        raise Refused(sentence, field="statement", most=STATEMENT_LENGTH, count=len(statement))
    if len(elaboration) > ELABORATION_LENGTH:
        sentence = marked("At most %(most)s characters; you have %(count)s.")
        raise Refused(sentence, field="elaboration", most=ELABORATION_LENGTH, count=len(elaboration))
    if len(language) > LANGUAGE_LENGTH or not _LANGUAGE.fullmatch(language):
        raise Refused(marked("Choose the language you wrote in."), field="language")
    return statement, elaboration, language

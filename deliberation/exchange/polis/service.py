"""A Polis export becomes a consultation with one thread."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, Refused, marked
from deliberation.base.markup import markdown_to_html
from deliberation.base.model import Base
from deliberation.base.text import clean_line, shortened
from deliberation.consultations.models import (
    LANGUAGE_LENGTH,
    SLUG_LENGTH,
    TITLE_LENGTH,
    Consultation,
    ConsultationText,
    Phase,
    PhaseStep,
    Thread,
    ThreadText,
)
from deliberation.consultations.people import Participant
from deliberation.exchange.polis.reader import read_export
from deliberation.exchange.polis.records import PolisExport, PolisModeration, PolisStatement
from deliberation.ideas.models import Idea, IdeaRevision
from deliberation.ideas.search import index_many
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.votes.models import Choice, Vote, VoteEvent

LANGUAGE_UNKNOWN = "und"
"""BCP 47's word for a language nobody has determined."""
HIDDEN_BECAUSE = "Moderated out in the conversation this was imported from."

_SLUG = re.compile(r"[a-z0-9]+(?:[-._][a-z0-9]+)*")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_LONGEST_SOURCE = 500
_VOTE_COLUMNS = ("participant_id", "idea_id", "choice", "previous", "cast_at")
_ROWS_AT_ONCE = 5_000

Row = dict[str, Any]


def import_polis(
    session: Session, *, directory: Path, slug: str, title: str, language: str | None = None
) -> Consultation:
    """Load the export in `directory` as a consultation, in its synthesis phase, with one thread.

    Ideas and participants keep the numbers they have in the export. The journal gets every vote event in
    order of time; an idea's counts are those of the current votes. `language` is the language of all texts;
    without it they are marked as of an unknown language.

    Raises ImportRefused for files that will not do, Refused for an unusable slug, title or language, and
    Conflict for a slug that is taken. Nothing is written then.
    """
    title, language = clean_line(title), language or LANGUAGE_UNKNOWN
    _refuse_unusable(slug=slug, title=title, language=language)
    export = read_export(directory)
    moment = now()
    consultation = _add_consultation(session, slug=slug, language=language, moment=moment)
    thread = _add_words(session, consultation, export, title=title)
    people = _add_people(session, consultation, export, moment)
    ideas = _add_ideas(session, thread, export, people=people, moment=moment)
    _add_votes(session, consultation, export, people=people, ideas=ideas)
    _add_log(session, consultation, export, ideas=ideas, moment=moment)
    session.refresh(consultation)
    return consultation


def _refuse_unusable(*, slug: str, title: str, language: str) -> None:
    if len(slug) > SLUG_LENGTH or not _SLUG.fullmatch(slug):
        sentence = marked(
            "The slug %(slug)s cannot be part of an address. Use small letters, digits and hyphens."
        )
        raise Refused(sentence, field="slug", slug=slug)
    if not 0 < len(title) <= TITLE_LENGTH:
        raise Refused(
            marked("The title needs 1 to %(length)s characters."), field="title", length=TITLE_LENGTH
        )
    if len(language) > LANGUAGE_LENGTH or not _LANGUAGE.fullmatch(language):
        sentence = marked("%(language)s is not a language code such as sv, en or zh-TW.")
        raise Refused(sentence, field="language", language=language)


def _add_consultation(session: Session, *, slug: str, language: str, moment: datetime) -> Consultation:
    consultation = Consultation(slug=slug, source_language=language, created_at=moment)
    try:
        with session.begin_nested():
            session.add(consultation)
    except IntegrityError as clash:
        sentence = marked("There is already a consultation with the slug %(slug)s.")
        raise Conflict(sentence, field="slug", slug=slug) from clash
    return consultation


def _add_words(session: Session, consultation: Consultation, export: PolisExport, *, title: str) -> Thread:
    language = consultation.source_language
    description = export.summary.description
    thread = Thread(consultation_id=consultation.id, number=1)
    session.add(thread)
    session.flush()
    session.add_all(
        [
            ConsultationText(
                consultation_id=consultation.id,
                language=language,
                title=title,
                kicker="",
                introduction=description,
                introduction_html=markdown_to_html(description),
                organiser="",
                is_translation=False,
            ),
            PhaseStep(
                consultation_id=consultation.id, phase=Phase.SYNTHESIS, starts_at=consultation.created_at
            ),
            ThreadText(
                thread_id=thread.id,
                language=language,
                question=clean_line(export.summary.topic) or title,
                lead="",
                is_translation=False,
            ),
        ]
    )
    session.flush()
    return thread


def _add_people(
    session: Session, consultation: Consultation, export: PolisExport, moment: datetime
) -> dict[int, int]:
    """The keys of the participants by their numbers."""
    first_seen = _first_seen(export)
    rows = (
        {
            "consultation_id": consultation.id,
            "number": number,
            "joined_at": first_seen.get(number, moment),
        }
        for number in export.people()
    )
    _add_rows(session, Participant, rows)
    return _keys(session, Participant, consultation.id)


def _first_seen(export: PolisExport) -> dict[int, datetime]:
    seen: dict[int, datetime] = {}
    for event in export.events:
        seen.setdefault(event.voter, event.cast_at)
    for statement in export.statements:
        voted_at = seen.get(statement.author, statement.written_at)
        seen[statement.author] = min(voted_at, statement.written_at)
    return seen


def _add_ideas(
    session: Session, thread: Thread, export: PolisExport, *, people: dict[int, int], moment: datetime
) -> dict[int, int]:
    """The keys of the ideas by their numbers."""
    consultation_id = thread.consultation_id
    language = thread.consultation.source_language
    counts = Counter(pair for person in export.participants for pair in person.votes.items())

    def row(statement: PolisStatement) -> Row:
        number, state = statement.number, statement.moderation
        return {
            "consultation_id": consultation_id,
            "thread_id": thread.id,
            "author_id": people[statement.author],
            "number": number,
            "language": language,
            "statement": statement.text,
            "elaboration": "",
            "elaboration_html": "",
            "agrees": counts[number, Choice.AGREE],
            "disagrees": counts[number, Choice.DISAGREE],
            "passes": counts[number, Choice.PASS],
            "created_at": statement.written_at,
            "hidden_at": moment if state is PolisModeration.OUT else None,
            "accepted_at": moment if state is PolisModeration.IN else None,
            "is_seed": statement.is_seed,
            "is_meta": statement.is_meta,
        }

    _add_rows(session, Idea, map(row, export.statements))
    keys = _keys(session, Idea, consultation_id)
    _add_rows(session, IdeaRevision, (_first_wording(s, keys[s.number], language) for s in export.statements))
    index_many(session, ((keys[s.number], s.text, "", language) for s in export.statements))
    return keys


def _first_wording(statement: PolisStatement, idea_id: int, language: str) -> Row:
    return {
        "idea_id": idea_id,
        "number": 1,
        "language": language,
        "statement": statement.text,
        "elaboration": "",
        "created_at": statement.written_at,
    }


def _add_votes(
    session: Session,
    consultation: Consultation,
    export: PolisExport,
    *,
    people: dict[int, int],
    ideas: dict[int, int],
) -> None:
    journal = (
        {
            "participant_id": people[event.voter],
            "idea_id": ideas[event.statement],
            "choice": int(event.choice),
            "happened_at": event.cast_at,
        }
        for event in export.events
    )
    _add_rows(session, VoteEvent, journal)
    session.execute(insert(Vote).from_select(list(_VOTE_COLUMNS), _last_events(consultation)))


def _last_events(consultation: Consultation) -> Select[Any]:
    """What each participant said last on each idea, and before that, in the columns of a vote."""
    ideas = select(Idea.id).where(Idea.consultation_id == consultation.id)
    pair = (VoteEvent.participant_id, VoteEvent.idea_id)
    events = (
        select(
            VoteEvent.participant_id,
            VoteEvent.idea_id,
            VoteEvent.choice,
            func.lag(VoteEvent.choice).over(partition_by=pair, order_by=VoteEvent.id).label("previous"),
            VoteEvent.happened_at.label("cast_at"),
            func.row_number().over(partition_by=pair, order_by=VoteEvent.id.desc()).label("from_the_last"),
        )
        .where(VoteEvent.idea_id.in_(ideas))
        .subquery()
    )
    return select(*(events.c[name] for name in _VOTE_COLUMNS)).where(events.c.from_the_last == 1)


def _add_log(
    session: Session,
    consultation: Consultation,
    export: PolisExport,
    *,
    ideas: dict[int, int],
    moment: datetime,
) -> None:
    def act(kind: ActKind, reason: str, *, idea_id: int | None = None, details: Row) -> Row:
        return {
            "consultation_id": consultation.id,
            "kind": kind,
            "idea_id": idea_id,
            "reason": reason,
            "details": details,
            "happened_at": moment,
        }

    # What the set's licence asks to be named by.
    source = shortened(export.summary.url, _LONGEST_SOURCE)
    imported = {
        "format": "polis-export/1",
        "source": source,
        "ideas": len(export.statements),
        "participants": len(export.people()),
        "vote_events": len(export.events),
    }
    acts = [act(ActKind.IMPORT_DATA, source, details=imported)]
    acts += [
        act(ActKind.HIDE_IDEA, HIDDEN_BECAUSE, idea_id=ideas[statement.number], details={})
        for statement in export.statements
        if statement.moderation is PolisModeration.OUT
    ]
    _add_rows(session, ModerationAct, iter(acts))


def _keys(session: Session, table: type[Participant] | type[Idea], consultation_id: int) -> dict[int, int]:
    wanted = select(table.number, table.id).where(table.consultation_id == consultation_id)
    return {row.number: row.id for row in session.execute(wanted)}


def _add_rows(session: Session, table: type[Base], rows: Iterable[Row]) -> None:
    # By table, not by class: the unit of work would look at each of a million rows.
    statement = insert(table.metadata.tables[table.__tablename__])
    remaining = iter(rows)
    while chunk := list(islice(remaining, _ROWS_AT_ONCE)):
        session.execute(statement, chunk)

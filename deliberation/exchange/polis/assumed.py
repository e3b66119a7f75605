"""What a Polis export leaves open, and what we make of it. Nothing is guessed."""

from collections.abc import Iterable
from datetime import datetime

from deliberation.base.text import clean_line, shortened
from deliberation.consultations.models import Phase
from deliberation.consultations.pack_values import ConsultationWords, ThreadWords
from deliberation.exchange.dossier import (
    ActRecord,
    Dossier,
    IdeaRecord,
    PersonRecord,
    ThreadRecord,
    VoteRecord,
    Wording,
)
from deliberation.exchange.polis.records import PolisExport, PolisModeration, PolisStatement
from deliberation.moderation.models import ActKind

HIDDEN_BECAUSE = "Moderated out in the conversation this was imported from."

_LONGEST_SOURCE = 500


def dossier_of(export: PolisExport, *, title: str, language: str, moment: datetime) -> Dossier:
    """Return the export as a consultation with one thread, in its synthesis phase from `moment` on."""
    return Dossier(
        language=language,
        created_at=moment,
        words={language: ConsultationWords(title, "", export.summary.description, "", False)},
        starts={Phase.SYNTHESIS: moment},
        threads=(
            ThreadRecord(
                number=1,
                locked_at=None,
                words={language: ThreadWords(clean_line(export.summary.topic) or title, "", False)},
            ),
        ),
        background=(),
        tags=(),
        people=_joined(export, moment),
        ideas=tuple(_idea(statement, language, moment) for statement in export.statements),
        votes=tuple(
            VoteRecord(event.statement, event.voter, int(event.choice), event.cast_at)
            for event in export.events
        ),
        tag_uses=(),
        log=(import_act(export, moment), *_hidings(export.statements, moment)),
    )


def import_act(export: PolisExport, moment: datetime) -> ActRecord:
    """Return the row that the log gets for the import itself."""
    # What the set's licence asks to be named by.
    source = shortened(export.summary.url, _LONGEST_SOURCE)
    details = {
        "format": "polis-export/1",
        "source": source,
        "ideas": len(export.statements),
        "participants": len(export.people()),
        "vote_events": len(export.events),
    }
    return ActRecord(kind=ActKind.IMPORT_DATA, happened_at=moment, reason=source, details=details)


def _joined(export: PolisExport, moment: datetime) -> dict[int, PersonRecord]:
    seen: dict[int, datetime] = {}
    for event in export.events:
        seen.setdefault(event.voter, event.cast_at)
    for statement in export.statements:
        voted_at = seen.get(statement.author, statement.written_at)
        seen[statement.author] = min(voted_at, statement.written_at)
    return {number: PersonRecord(seen.get(number, moment)) for number in export.people()}


def _idea(statement: PolisStatement, language: str, moment: datetime) -> IdeaRecord:
    return IdeaRecord(
        number=statement.number,
        thread=1,
        author=statement.author,
        language=language,
        wordings=(Wording(language, statement.text, "", statement.written_at),),
        created_at=statement.written_at,
        hidden_at=moment if statement.moderation is PolisModeration.OUT else None,
        accepted_at=moment if statement.moderation is PolisModeration.IN else None,
        is_seed=statement.is_seed,
        is_meta=statement.is_meta,
    )


def _hidings(statements: Iterable[PolisStatement], moment: datetime) -> list[ActRecord]:
    return [
        ActRecord(
            kind=ActKind.HIDE_IDEA,
            happened_at=moment,
            idea=statement.number,
            reason=HIDDEN_BECAUSE,
            details={},
        )
        for statement in statements
        if statement.moderation is PolisModeration.OUT
    ]

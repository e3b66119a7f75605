"""Our own files beside a Polis export, read and checked against it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from pathlib import Path

from deliberation.consultations.models import Phase
from deliberation.exchange.companion import agreement, names, tables
from deliberation.exchange.companion.remarks import RemarkLine, read_remarks
from deliberation.exchange.companion.schema import Document, read_document
from deliberation.exchange.companion.tables import IdeaRow, Line, NumberedWording
from deliberation.exchange.dossier import (
    Dossier,
    ExposureRecord,
    IdeaRecord,
    MergedVote,
    PersonRecord,
    TagUse,
    VoteRecord,
    Wording,
)
from deliberation.exchange.errors import FaultList
from deliberation.exchange.polis.assumed import import_act
from deliberation.exchange.polis.records import PolisExport, PolisStatement

ENDED = (Phase.SYNTHESIS, Phase.PUBLISHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """What our own files say, line by line."""

    document: Document
    ideas: list[Line[IdeaRow]]
    wordings: list[Line[NumberedWording]]
    people: dict[int, PersonRecord]
    votes: list[Line[VoteRecord]]
    merged_votes: list[Line[MergedVote]]
    exposures: list[Line[ExposureRecord]]
    tag_uses: list[Line[TagUse]]
    remarks: list[RemarkLine]


def read_companion(directory: Path, export: PolisExport, *, title: str, moment: datetime) -> Dossier | None:
    """Return the consultation that our own files and the export tell of; None where there are none of ours.

    It can be read, not voted on, from `moment` on: its people are nobody's accounts here, so whoever voted
    there could vote a second time. Raises ImportRefused, with every fault found.
    """
    if not (directory / names.FOLDER).exists():
        return None
    faults = FaultList()
    document = read_document(directory / names.CONSULTATION, faults)
    read = {
        "ideas": tables.read_ideas(directory, faults),
        "wordings": tables.read_wordings(directory, faults),
        "people": tables.read_people(directory, faults),
        "votes": tables.read_votes(directory, faults),
        "merged_votes": tables.read_merged_votes(directory, faults),
        "exposures": tables.read_exposures(directory, faults),
        "tag_uses": tables.read_tag_uses(directory, faults),
        "remarks": read_remarks(directory, faults),
    }
    faults.refuse_if_any()
    assert document is not None
    companion = Companion(document=document, **read)  # type: ignore[arg-type]
    agreement.note_disagreements(companion, export, faults)
    faults.refuse_if_any()
    return _dossier(companion, export, title=title, moment=moment)


def _dossier(companion: Companion, export: PolisExport, *, title: str, moment: datetime) -> Dossier:
    document = companion.document
    own = replace(document.words[document.language], title=title)
    return Dossier(
        language=document.language,
        created_at=document.created_at,
        words={**document.words, document.language: own},
        starts=_ended(document.starts, moment),
        threads=document.threads,
        background=document.background,
        tags=document.tags,
        people=companion.people,
        ideas=_ideas(companion, export),
        votes=tuple(sorted((line.says for line in companion.votes), key=attrgetter("happened_at"))),
        merged_votes=tuple(line.says for line in companion.merged_votes),
        exposures=tuple(line.says for line in companion.exposures),
        tag_uses=tuple(line.says for line in companion.tag_uses),
        proposals=document.proposals,
        remarks=tuple(line.remark for line in companion.remarks),
        log=(*document.log, import_act(export, moment)),
    )


def _ideas(companion: Companion, export: PolisExport) -> tuple[IdeaRecord, ...]:
    statements = {statement.number: statement for statement in export.statements}
    wordings: dict[int, list[Wording]] = {}
    for line in companion.wordings:
        wordings.setdefault(line.says.idea, []).append(line.says.wording)
    rows = sorted((line.says for line in companion.ideas), key=attrgetter("number"))
    return tuple(_idea(row, statements[row.number], wordings[row.number]) for row in rows)


def _idea(row: IdeaRow, statement: PolisStatement, wordings: list[Wording]) -> IdeaRecord:
    return IdeaRecord(
        author=statement.author,
        wordings=tuple(wordings),
        is_seed=statement.is_seed,
        is_meta=statement.is_meta,
        **row._asdict(),
    )


def _ended(starts: Mapping[Phase, datetime], moment: datetime) -> dict[Phase, datetime]:
    begun = {phase: start for phase, start in starts.items() if start <= moment}
    latest = max(begun, key=lambda phase: begun[phase], default=None)
    if latest not in ENDED:
        begun[Phase.SYNTHESIS] = moment
    return begun

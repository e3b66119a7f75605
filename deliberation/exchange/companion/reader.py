"""Our own files beside a Polis export, read and checked against it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from deliberation.consultations.models import LANGUAGE_LENGTH, Phase
from deliberation.exchange.companion import agreement, names
from deliberation.exchange.companion.schema import Document, read_document
from deliberation.exchange.dossier import Dossier, IdeaRecord, TagUse, VoteRecord, Wording
from deliberation.exchange.errors import FaultList
from deliberation.exchange.polis.assumed import import_act
from deliberation.exchange.polis.cells import BadCell, choice, exact_moment, shown, whole_number
from deliberation.exchange.polis.files import Row, Table, open_table, records
from deliberation.exchange.polis.records import PolisExport
from deliberation.exchange.text import unshielded
from deliberation.ideas.models import ELABORATION_LENGTH

ENDED = (Phase.SYNTHESIS, Phase.PUBLISHED)


class IdeaLine(NamedTuple):
    """A row of ideas.csv."""

    line: int
    number: int
    thread: int
    language: str
    created_at: datetime
    edited_at: datetime | None
    withdrawn_at: datetime | None
    hidden_at: datetime | None
    accepted_at: datetime | None


class VoteLine(NamedTuple):
    """A row of vote-events.csv."""

    line: int
    vote: VoteRecord


class WordingLine(NamedTuple):
    """A row of wordings.csv."""

    line: int
    idea: int
    number: int
    wording: Wording


class UseLine(NamedTuple):
    """A row of tag-uses.csv."""

    line: int
    use: TagUse


@dataclass(frozen=True, slots=True)
class Companion:
    """What our own files say, line by line."""

    document: Document
    ideas: list[IdeaLine]
    wordings: list[WordingLine]
    people: dict[int, datetime]
    votes: list[VoteLine]
    tag_uses: list[UseLine]


def read_companion(directory: Path, export: PolisExport, *, title: str, moment: datetime) -> Dossier | None:
    """Return the consultation that our own files and the export tell of; None where there are none of ours.

    It can be read, not voted on, from `moment` on: its people are nobody's accounts here, so whoever voted
    there could vote a second time. Raises ImportRefused, with every fault found.
    """
    if not (directory / names.FOLDER).exists():
        return None
    faults = FaultList()
    document = read_document(directory / names.CONSULTATION, faults)
    ideas = _read_ideas(directory, faults)
    wordings = _read_wordings(directory, faults)
    people = _read_people(directory, faults)
    votes = _read_votes(directory, faults)
    tag_uses = _read_tag_uses(directory, faults)
    faults.refuse_if_any()
    assert document is not None
    companion = Companion(document, ideas, wordings, people, votes, tag_uses)
    agreement.note_disagreements(companion, export, faults)
    faults.refuse_if_any()
    return _dossier(companion, export, title=title, moment=moment)


def _dossier(companion: Companion, export: PolisExport, *, title: str, moment: datetime) -> Dossier:
    document = companion.document
    statements = {statement.number: statement for statement in export.statements}
    wordings: dict[int, list[Wording]] = {}
    for line in companion.wordings:
        wordings.setdefault(line.idea, []).append(line.wording)
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
        ideas=tuple(
            IdeaRecord(
                number=idea.number,
                thread=idea.thread,
                author=statements[idea.number].author,
                language=idea.language,
                wordings=tuple(wordings[idea.number]),
                created_at=idea.created_at,
                edited_at=idea.edited_at,
                withdrawn_at=idea.withdrawn_at,
                hidden_at=idea.hidden_at,
                accepted_at=idea.accepted_at,
                is_seed=statements[idea.number].is_seed,
                is_meta=statements[idea.number].is_meta,
            )
            for idea in sorted(companion.ideas, key=attrgetter("number"))
        ),
        votes=tuple(sorted((line.vote for line in companion.votes), key=attrgetter("happened_at"))),
        tag_uses=tuple(line.use for line in companion.tag_uses),
        log=(*document.log, import_act(export, moment)),
    )


def _ended(starts: Mapping[Phase, datetime], moment: datetime) -> dict[Phase, datetime]:
    begun = {phase: start for phase, start in starts.items() if start <= moment}
    latest = max(begun, key=lambda phase: begun[phase], default=None)
    if latest not in ENDED:
        begun[Phase.SYNTHESIS] = moment
    return begun


def _read_ideas(directory: Path, faults: FaultList) -> list[IdeaLine]:
    table = _open(directory, names.IDEAS, names.IDEAS_HEADER, faults)

    def idea(row: Row) -> IdeaLine:
        number, thread, language, created, *later = row.cells
        columns = ("edited", "withdrawn", "hidden", "accepted")
        return IdeaLine(
            row.line,
            whole_number(number, "comment-id"),
            whole_number(thread, "thread"),
            _language(language),
            exact_moment(created, "created"),
            *(exact_moment(cell, name) if cell else None for cell, name in zip(later, columns, strict=True)),
        )

    found = records(table, idea, faults)
    _note_twice([(line.line, f"comment {line.number}") for line in found], names.IDEAS, faults)
    return found


def _read_wordings(directory: Path, faults: FaultList) -> list[WordingLine]:
    table = _open(directory, names.WORDINGS, names.WORDINGS_HEADER, faults)

    def wording(row: Row) -> WordingLine:
        idea, number, language, created, statement, elaboration = row.cells
        if len(unshielded(elaboration)) > ELABORATION_LENGTH:
            raise BadCell(f"column elaboration has more than {ELABORATION_LENGTH} characters")
        words = Wording(
            _language(language),
            unshielded(statement),
            unshielded(elaboration),
            exact_moment(created, "created"),
        )
        return WordingLine(row.line, whole_number(idea, "comment-id"), whole_number(number, "wording"), words)

    return records(table, wording, faults)


def _read_people(directory: Path, faults: FaultList) -> dict[int, datetime]:
    table = _open(directory, names.PARTICIPANTS, names.PARTICIPANTS_HEADER, faults)

    def person(row: Row) -> tuple[int, int, datetime]:
        number, joined = row.cells
        return row.line, whole_number(number, "participant"), exact_moment(joined, "joined")

    found = records(table, person, faults)
    twice = [(line, f"participant {number}") for line, number, _ in found]
    _note_twice(twice, names.PARTICIPANTS, faults)
    return {number: joined for _, number, joined in found}


def _read_votes(directory: Path, faults: FaultList) -> list[VoteLine]:
    table = _open(directory, names.EVENTS, names.EVENTS_HEADER, faults)

    def vote(row: Row) -> VoteLine:
        idea, voter, says, time = row.cells
        record = VoteRecord(
            whole_number(idea, "comment-id"),
            whole_number(voter, "voter-id"),
            int(choice(says, "vote")) if says else None,
            exact_moment(time, "time"),
        )
        return VoteLine(row.line, record)

    return records(table, vote, faults)


def _read_tag_uses(directory: Path, faults: FaultList) -> list[UseLine]:
    table = _open(directory, names.TAG_USES, names.TAG_USES_HEADER, faults)

    def use(row: Row) -> UseLine:
        idea, tag, participant, applied = row.cells
        record = TagUse(
            whole_number(idea, "comment-id"),
            tag,
            whole_number(participant, "participant"),
            exact_moment(applied, "applied"),
        )
        return UseLine(row.line, record)

    found = records(table, use, faults)
    twice = [(line.line, f"this use of the tag {shown(line.use.tag)}") for line in found]
    keys = Counter((line.use.idea, line.use.tag, line.use.participant) for line in found)
    for line, (number, what) in zip(found, twice, strict=True):
        if keys[line.use.idea, line.use.tag, line.use.participant] > 1:
            faults.add(names.TAG_USES, number, f"{what} is there twice")
    return found


def _open(directory: Path, name: str, header: str, faults: FaultList) -> Table:
    columns = header.strip().split(",")
    table = open_table(directory / name, faults, required=columns, name=name)
    if table.place and list(table.place) != columns:
        faults.add(name, 1, f"the columns are not in their order: {header.strip()}")
        return Table(name, {}, iter(()))
    return table


def _note_twice(lines: list[tuple[int, str]], name: str, faults: FaultList) -> None:
    first: dict[str, int] = {}
    for line, what in lines:
        before = first.setdefault(what, line)
        if before != line:
            faults.add(name, line, f"{what} is there twice, first on line {before}")


def _language(value: str) -> str:
    if not 2 <= len(value) <= LANGUAGE_LENGTH or not value.replace("-", "").isalnum() or not value.isascii():
        raise BadCell(f"{shown(value)} in column language is not a language code")
    return value

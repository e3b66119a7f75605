"""Our own files as rows: what each line says, with a fault noted for each that says nothing of use."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from deliberation.consultations.models import LANGUAGE_LENGTH
from deliberation.exchange.companion import names
from deliberation.exchange.dossier import (
    ExposureRecord,
    MergedVote,
    PersonRecord,
    TagUse,
    VoteRecord,
    Wording,
)
from deliberation.exchange.errors import FaultList
from deliberation.exchange.polis.cells import BadCell, choice, exact_moment, flag, shown, whole_number
from deliberation.exchange.polis.files import Row, Table, open_table, records
from deliberation.exchange.text import unshielded
from deliberation.ideas.models import ELABORATION_LENGTH

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Line(Generic[Record]):
    """What a line of a file says, and which line it is."""

    line: int
    says: Record


class IdeaRow(NamedTuple):
    """A row of ideas.csv."""

    number: int
    thread: int
    language: str
    created_at: datetime
    edited_at: datetime | None
    withdrawn_at: datetime | None
    hidden_at: datetime | None
    accepted_at: datetime | None
    merged_at: datetime | None
    merged_into: int | None
    waits_since: datetime | None

    @property
    def is_out(self) -> bool:
        """Whether it is out of every list."""
        return any((self.hidden_at, self.withdrawn_at, self.merged_at))


class NumberedWording(NamedTuple):
    """A row of wordings.csv."""

    idea: int
    number: int
    wording: Wording


def read_ideas(directory: Path, faults: FaultList) -> list[Line[IdeaRow]]:
    """Return the rows of ideas.csv."""

    def idea(row: Row) -> IdeaRow:
        number, thread, language, *moments, into, waits = row.cells
        created, edited, withdrawn, hidden, accepted, merged = moments
        if bool(merged) != bool(into) or into == number:
            raise BadCell("an idea is merged at some time and into another one, or neither")
        return IdeaRow(
            whole_number(number, "comment-id"),
            whole_number(thread, "thread"),
            language_of(language),
            exact_moment(created, "created"),
            moment_or_none(edited, "edited"),
            moment_or_none(withdrawn, "withdrawn"),
            moment_or_none(hidden, "hidden"),
            moment_or_none(accepted, "accepted"),
            moment_or_none(merged, "merged"),
            number_or_none(into, "merged-into"),
            moment_or_none(waits, "waits"),
        )

    lines = _lines(directory, names.IDEAS, names.IDEAS_HEADER, idea, faults)
    _note_twice(lines, lambda idea: idea.number, names.IDEAS, faults)
    return lines


def read_wordings(directory: Path, faults: FaultList) -> list[Line[NumberedWording]]:
    """Return the rows of wordings.csv."""

    def wording(row: Row) -> NumberedWording:
        idea, number, language, created, statement, elaboration = row.cells
        if len(unshielded(elaboration)) > ELABORATION_LENGTH:
            raise BadCell(f"column elaboration has more than {ELABORATION_LENGTH} characters")
        words = Wording(
            language_of(language),
            unshielded(statement),
            unshielded(elaboration),
            exact_moment(created, "created"),
        )
        return NumberedWording(whole_number(idea, "comment-id"), whole_number(number, "wording"), words)

    return _lines(directory, names.WORDINGS, names.WORDINGS_HEADER, wording, faults)


def read_people(directory: Path, faults: FaultList) -> dict[int, PersonRecord]:
    """Return each participant, by number."""

    def person(row: Row) -> tuple[int, PersonRecord]:
        number, joined, guest, into = row.cells
        if into == number:
            raise BadCell("nobody is merged into themselves")
        return whole_number(number, "participant"), PersonRecord(
            exact_moment(joined, "joined"), flag(guest, "guest"), number_or_none(into, "merged-into")
        )

    lines = _lines(directory, names.PARTICIPANTS, names.PARTICIPANTS_HEADER, person, faults)
    _note_twice(lines, lambda person: person[0], names.PARTICIPANTS, faults)
    return dict(line.says for line in lines)


def read_votes(directory: Path, faults: FaultList) -> list[Line[VoteRecord]]:
    """Return the rows of vote-events.csv."""

    def vote(row: Row) -> VoteRecord:
        idea, voter, says, time, merged_with = row.cells
        return VoteRecord(
            whole_number(idea, "comment-id"),
            whole_number(voter, "voter-id"),
            int(choice(says, "vote")) if says else None,
            exact_moment(time, "time"),
            number_or_none(merged_with, "merged-with"),
        )

    return _lines(directory, names.EVENTS, names.EVENTS_HEADER, vote, faults)


def read_merged_votes(directory: Path, faults: FaultList) -> list[Line[MergedVote]]:
    """Return the rows of merged-votes.csv."""

    def vote(row: Row) -> MergedVote:
        idea, voter, says, previous, time, origin, counts = row.cells
        return MergedVote(
            whole_number(idea, "comment-id"),
            whole_number(voter, "voter-id"),
            int(choice(says, "vote")),
            int(choice(previous, "previous")) if previous else None,
            exact_moment(time, "time"),
            number_or_none(origin, "origin"),
            flag(counts, "counts"),
        )

    lines = _lines(directory, names.MERGED_VOTES, names.MERGED_VOTES_HEADER, vote, faults)
    _note_twice(lines, lambda vote: (vote.idea, vote.voter, vote.counts), names.MERGED_VOTES, faults)
    return lines


def read_exposures(directory: Path, faults: FaultList) -> list[Line[ExposureRecord]]:
    """Return the rows of exposures.csv."""

    def exposure(row: Row) -> ExposureRecord:
        participant, idea, shown_at = row.cells
        return ExposureRecord(
            whole_number(participant, "participant"),
            whole_number(idea, "comment-id"),
            exact_moment(shown_at, "first-shown"),
        )

    lines = _lines(directory, names.EXPOSURES, names.EXPOSURES_HEADER, exposure, faults)
    _note_twice(lines, lambda seen: (seen.participant, seen.idea), names.EXPOSURES, faults)
    return lines


def read_tag_uses(directory: Path, faults: FaultList) -> list[Line[TagUse]]:
    """Return the rows of tag-uses.csv."""

    def use(row: Row) -> TagUse:
        idea, tag, participant, applied, origin = row.cells
        return TagUse(
            whole_number(idea, "comment-id"),
            tag,
            whole_number(participant, "participant"),
            exact_moment(applied, "applied"),
            number_or_none(origin, "origin"),
        )

    lines = _lines(directory, names.TAG_USES, names.TAG_USES_HEADER, use, faults)
    _note_twice(lines, lambda use: (use.idea, use.tag, use.participant), names.TAG_USES, faults)
    return lines


def open_own(directory: Path, name: str, header: str, faults: FaultList) -> Table:
    """Open one of our own files; a fault is noted where its columns are not these, in this order."""
    columns = header.strip().split(",")
    table = open_table(directory / name, faults, required=columns, name=name)
    if table.place and list(table.place) != columns:
        faults.add(name, 1, f"the columns are not in their order: {header.strip()}")
        return Table(name, {}, iter(()))
    return table


def language_of(value: str) -> str:
    """A language code."""
    if not 2 <= len(value) <= LANGUAGE_LENGTH or not value.replace("-", "").isalnum() or not value.isascii():
        raise BadCell(f"{shown(value)} in column language is not a language code")
    return value


def moment_or_none(value: str, column: str) -> datetime | None:
    """A time, or nothing."""
    return exact_moment(value, column) if value else None


def number_or_none(value: str, column: str) -> int | None:
    """A number, or nothing."""
    return whole_number(value, column) if value else None


def _lines(
    directory: Path, name: str, header: str, record: Callable[[Row], Record], faults: FaultList
) -> list[Line[Record]]:
    table = open_own(directory, name, header, faults)
    return records(table, lambda row: Line(row.line, record(row)), faults)


def _note_twice(
    lines: list[Line[Record]], key: Callable[[Record], Hashable], name: str, faults: FaultList
) -> None:
    first: dict[Hashable, int] = {}
    for line in lines:
        before = first.setdefault(key(line.says), line.line)
        if before != line.line:
            faults.add(name, line.line, f"this says the same of the same as line {before}")

"""A directory with a Polis export, read and checked as a whole. Nothing is stored here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from deliberation.exchange.companion import names
from deliberation.exchange.errors import FaultList
from deliberation.exchange.polis import agreement, cells
from deliberation.exchange.polis.cells import BadCell, shown
from deliberation.exchange.polis.files import (
    Row,
    Table,
    open_table,
    read_rows,
    read_text,
    records,
    rows_of_width,
)
from deliberation.exchange.polis.records import (
    PolisExport,
    PolisParticipant,
    PolisStatement,
    PolisSummary,
    PolisVoteEvent,
)
from deliberation.exchange.text import unshielded
from deliberation.votes.models import Choice

SUMMARY = "summary.csv"
COMMENTS = "comments.csv"
VOTES = "votes.csv"
PARTICIPANTS = ("participants-votes.csv", "participant-votes.csv")

VOTE_CONVENTION = "agree=+1;disagree=-1;pass=0;format=polis-export/1"

_SUMMARY_NUMBERS = ("views", "voters", "voters-in-conv", "commenters", "comments", "groups")
_SUMMARY_WORDS = ("topic", "url", "conversation-description", "vote-convention")
_COMMENT_COLUMNS = (
    "timestamp",
    "comment-id",
    "author-id",
    "agrees",
    "disagrees",
    "moderated",
    "comment-body",
)
_COMMENT_EXTRAS = ("datetime", "importance", "is-meta", "is-seed", "group-informed-consensus")
_VOTE_COLUMNS = ("timestamp", "comment-id", "voter-id", "vote")
_VOTE_EXTRAS = ("datetime", "important")
_PARTICIPANT_COLUMNS = ("participant", "n-votes", "n-agree", "n-disagree")
# The xid is a person's identity in another system: read past, never kept.
_PARTICIPANT_EXTRAS = ("xid", "group-id", "n-comments")


def read_export(directory: Path) -> PolisExport:
    """Read summary.csv, comments.csv, votes.csv and participants-votes.csv (or participant-votes.csv).

    Raises ImportRefused, with every fault found, when a file is missing, a row is bad or the files
    disagree (docs/exchange.md says where they may differ).
    """
    faults = FaultList()
    # Only a set of ours is shielded: in another one an apostrophe is the author's.
    plain = unshielded if is_ours(directory) else str
    if not directory.is_dir():
        faults.add(str(directory), 0, "there is no such directory")
        faults.refuse_if_any()
    summary = _read_summary(directory / SUMMARY, faults, plain)
    statements = _read_statements(directory / COMMENTS, faults, plain)
    events = _read_events(directory / VOTES, faults)
    participants_path = _participants_path(directory)
    participants = _read_participants(participants_path, faults)
    faults.refuse_if_any()
    export = PolisExport(
        summary,
        tuple(sorted(statements, key=lambda statement: statement.number)),
        tuple(sorted(events, key=lambda event: event.cast_at)),
        tuple(sorted(participants.records, key=lambda participant: participant.number)),
    )
    names = agreement.FileNames(COMMENTS, VOTES, participants_path.name)
    agreement.note_disagreements(export, participants.columns, names, faults)
    faults.refuse_if_any()
    return export


def is_ours(directory: Path) -> bool:
    """Whether the set was written here: it has files of our own, or is a release."""
    return (directory / names.FOLDER).exists() or (directory / names.RELEASE).exists()


def _read_summary(path: Path, faults: FaultList, plain: Callable[[str], str]) -> PolisSummary:
    text = read_text(path, faults)
    found: dict[str, str] = {}
    rows = iter(()) if text is None else read_rows(path.name, text, faults)
    for row in rows_of_width(path.name, rows, 2, faults):
        key, value = row.cells
        reason = _summary_fault(key, value, found)
        if reason:
            faults.add(path.name, row.line, reason)
        found[key] = value
    if text is not None and "topic" not in found:
        faults.add(path.name, 0, "the row topic is missing")
    return PolisSummary(
        topic=cells.plain(plain(found.get("topic", ""))),
        url=cells.plain(found.get("url", "")),
        description=cells.plain(plain(found.get("conversation-description", ""))),
    )


def _summary_fault(key: str, value: str, found: dict[str, str]) -> str | None:
    if key in found:
        return f"the row {shown(key)} is there twice"
    if key not in (*_SUMMARY_NUMBERS, *_SUMMARY_WORDS):
        return f"the row {shown(key)} is unknown"
    if key == "vote-convention" and value != VOTE_CONVENTION:
        return f"the vote convention {shown(value)} is not {VOTE_CONVENTION}"
    if key in _SUMMARY_NUMBERS and value:
        try:
            cells.whole_number(value, key)
        except BadCell as bad:
            return str(bad)
    return None


def _read_statements(path: Path, faults: FaultList, plain: Callable[[str], str]) -> list[PolisStatement]:
    table = open_table(path, faults, required=_COMMENT_COLUMNS, optional=_COMMENT_EXTRAS)
    first_lines: dict[int, int] = {}

    def statement(row: Row) -> PolisStatement:
        record = _statement(row, table, plain)
        first = first_lines.setdefault(record.number, record.line)
        if first != record.line:
            raise BadCell(f"comment {record.number} is there twice, first on line {first}")
        return record

    return records(table, statement, faults)


def _statement(row: Row, table: Table, plain: Callable[[str], str]) -> PolisStatement:
    def cell(column: str) -> str:
        return row.cells[table.place[column]]

    def mark(column: str) -> bool:
        return column in table.place and cells.flag(cell(column), column)

    return PolisStatement(
        number=cells.whole_number(cell("comment-id"), "comment-id"),
        author=cells.whole_number(cell("author-id"), "author-id"),
        written_at=cells.moment(cell("timestamp"), "timestamp"),
        text=cells.statement_text(plain(cell("comment-body")), "comment-body"),
        moderation=cells.moderation(cell("moderated"), "moderated"),
        is_meta=mark("is-meta"),
        is_seed=mark("is-seed"),
        agrees=cells.whole_number(cell("agrees"), "agrees"),
        disagrees=cells.whole_number(cell("disagrees"), "disagrees"),
        line=row.line,
    )


def _read_events(path: Path, faults: FaultList) -> list[PolisVoteEvent]:
    table = open_table(path, faults, required=_VOTE_COLUMNS, optional=_VOTE_EXTRAS)
    time, statement, voter, vote = (table.place.get(column, 0) for column in _VOTE_COLUMNS)

    def event(row: Row) -> PolisVoteEvent:
        return PolisVoteEvent(
            statement=cells.whole_number(row.cells[statement], "comment-id"),
            voter=cells.whole_number(row.cells[voter], "voter-id"),
            choice=cells.choice(row.cells[vote], "vote"),
            cast_at=cells.moment(row.cells[time], "timestamp"),
            line=row.line,
        )

    return records(table, event, faults)


@dataclass(frozen=True, slots=True)
class _Participants:
    """The rows, and the comments that have a column."""

    records: list[PolisParticipant]
    columns: list[int]


def _read_participants(path: Path, faults: FaultList) -> _Participants:
    table = open_table(
        path, faults, required=_PARTICIPANT_COLUMNS, optional=_PARTICIPANT_EXTRAS, numbers=True
    )
    comments = [(int(column), place) for column, place in table.place.items() if column.isdigit()]
    first_lines: dict[int, int] = {}

    def participant(row: Row) -> PolisParticipant:
        record = _participant(row, table, comments)
        first = first_lines.setdefault(record.number, record.line)
        if first != record.line:
            raise BadCell(f"participant {record.number} is there twice, first on line {first}")
        return record

    found = records(table, participant, faults)
    return _Participants(found, [comment for comment, _place in comments])


def _participant(row: Row, table: Table, comments: Sequence[tuple[int, int]]) -> PolisParticipant:
    def number(column: str) -> int:
        return cells.whole_number(row.cells[table.place[column]], column)

    votes: dict[int, Choice] = {}
    for comment, place in comments:
        if row.cells[place]:
            votes[comment] = cells.choice(row.cells[place], str(comment))
    return PolisParticipant(
        number=number("participant"),
        votes=votes,
        vote_total=number("n-votes"),
        agree_total=number("n-agree"),
        disagree_total=number("n-disagree"),
        line=row.line,
    )


def _participants_path(directory: Path) -> Path:
    paths = [directory / name for name in PARTICIPANTS]
    return next((path for path in paths if path.exists()), paths[0])

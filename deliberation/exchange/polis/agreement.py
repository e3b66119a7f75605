"""Whether the files of an export tell the same votes. What must be equal, and why, is in docs/exchange.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from deliberation.exchange.errors import FaultList
from deliberation.exchange.polis.records import (
    PolisExport,
    PolisParticipant,
    PolisStatement,
    PolisVoteEvent,
)
from deliberation.votes.models import Choice


@dataclass(frozen=True, slots=True)
class FileNames:
    """What the files of this set are called."""

    comments: str
    votes: str
    participants: str


def note_disagreements(
    export: PolisExport, columns: Sequence[int], names: FileNames, faults: FaultList
) -> None:
    """Note a fault for each row that another file contradicts.

    `columns` are the comments that have a column in the participants file.
    """
    _note_strangers(export, columns, names, faults)
    faults.refuse_if_any()
    current = current_votes(export.events)
    for participant in export.participants:
        for reason in _row_faults(participant, current.get(participant.number, {}), names):
            faults.add(names.participants, participant.line, reason)
    _note_wrong_tallies(export, current, names, faults)


def current_votes(events: Sequence[PolisVoteEvent]) -> dict[int, dict[int, Choice]]:
    """The last vote of each voter on each statement; `events` are in order of time."""
    current: dict[int, dict[int, Choice]] = {}
    for event in events:
        current.setdefault(event.voter, {})[event.statement] = event.choice
    return current


def _note_strangers(export: PolisExport, columns: Sequence[int], names: FileNames, faults: FaultList) -> None:
    known = {statement.number for statement in export.statements}
    for comment in sorted(set(columns) - known):
        faults.add(names.participants, 1, f"comment {comment} is not in {names.comments}")
    people = {participant.number for participant in export.participants}
    for event in sorted(export.events, key=lambda event: event.line):
        if event.statement not in known:
            reason = f"a vote on comment {event.statement}, which is not in {names.comments}"
            faults.add(names.votes, event.line, reason)
        elif event.voter not in people:
            # Once is enough for each stranger.
            people.add(event.voter)
            reason = f"voter {event.voter} has no row in {names.participants}"
            faults.add(names.votes, event.line, reason)


def _row_faults(participant: PolisParticipant, current: dict[int, Choice], names: FileNames) -> list[str]:
    choices = Counter(participant.votes.values())
    totals = (
        ("n-votes", participant.vote_total, len(participant.votes)),
        ("n-agree", participant.agree_total, choices[Choice.AGREE]),
        ("n-disagree", participant.disagree_total, choices[Choice.DISAGREE]),
    )
    reasons = [
        f"{column} says {told}, the votes in the row make {counted}"
        for column, told, counted in totals
        if told != counted
    ]
    if participant.votes != current:
        reasons += [
            f"the vote on comment {comment} is {_said(participant.votes.get(comment))} here"
            f" and {_said(current.get(comment))} in {names.votes}"
            for comment in sorted(participant.votes.keys() | current.keys())
            if participant.votes.get(comment) != current.get(comment)
        ]
    return reasons


def _note_wrong_tallies(
    export: PolisExport, current: dict[int, dict[int, Choice]], names: FileNames, faults: FaultList
) -> None:
    cast = Counter((event.statement, event.choice) for event in export.events)
    standing = Counter(pair for votes in current.values() for pair in votes.items())
    for statement in sorted(export.statements, key=lambda statement: statement.line):
        told = (statement.agrees, statement.disagrees)
        tallies = [_tally(statement, cast), _tally(statement, standing)]
        if told not in tallies:
            agrees, disagrees = tallies[0]
            reason = (
                f"comment {statement.number} says {told[0]} agrees and {told[1]} disagrees,"
                f" {names.votes} has {agrees} and {disagrees}"
            )
            faults.add(names.comments, statement.line, reason)


def _tally(statement: PolisStatement, votes: Counter[tuple[int, Choice]]) -> tuple[int, int]:
    number = statement.number
    return votes[number, Choice.AGREE], votes[number, Choice.DISAGREE]


def _said(choice: Choice | None) -> str:
    return "not there" if choice is None else str(choice.value)

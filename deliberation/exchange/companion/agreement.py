"""Whether our own files and those of Polis beside them tell the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING

from deliberation.exchange.companion import names
from deliberation.exchange.errors import FaultList
from deliberation.exchange.polis.reader import COMMENTS, VOTES
from deliberation.exchange.polis.records import PolisExport, PolisModeration
from deliberation.moderation.models import ActKind

if TYPE_CHECKING:
    from deliberation.exchange.companion.reader import Companion, IdeaLine, VoteLine


def note_disagreements(companion: Companion, export: PolisExport, faults: FaultList) -> None:
    """Note a fault for each row that another file contradicts, or that names what is not there."""
    _note_ideas(companion, export, faults)
    _note_wordings(companion, export, faults)
    _note_strangers(companion, export, faults)
    _note_references(companion, faults)
    faults.refuse_if_any()
    _note_votes(companion, export, faults)


def standing(lines: list[VoteLine]) -> Iterator[VoteLine]:
    """Yield, in the order of the file, the events after the last time that a vote was taken back."""
    last = {
        (line.vote.idea, line.vote.voter): place
        for place, line in enumerate(lines)
        if line.vote.choice is None
    }
    for place, line in enumerate(lines):
        if place > last.get((line.vote.idea, line.vote.voter), -1):
            yield line


def _note_ideas(companion: Companion, export: PolisExport, faults: FaultList) -> None:
    threads = {thread.number for thread in companion.document.threads}
    statements = {statement.number: statement for statement in export.statements}
    for idea in companion.ideas:
        statement = statements.pop(idea.number, None)
        if statement is None:
            faults.add(names.IDEAS, idea.line, f"comment {idea.number} is not in {COMMENTS}")
            continue
        if idea.thread not in threads:
            faults.add(names.IDEAS, idea.line, f"thread {idea.thread} is not in {names.CONSULTATION}")
        if statement.moderation is not _moderation(idea):
            reason = f"comment {idea.number} is moderated {statement.moderation:d} in {COMMENTS}, not here"
            faults.add(names.IDEAS, idea.line, reason)
        if statement.written_at != idea.created_at.replace(microsecond=0):
            reason = f"comment {idea.number} was written at another time than {COMMENTS} says"
            faults.add(names.IDEAS, idea.line, reason)
    for statement in statements.values():
        faults.add(COMMENTS, statement.line, f"comment {statement.number} is not in {names.IDEAS}")


def _moderation(idea: IdeaLine) -> PolisModeration:
    if idea.hidden_at or idea.withdrawn_at:
        return PolisModeration.OUT
    return PolisModeration.IN if idea.accepted_at else PolisModeration.UNDECIDED


def _note_wordings(companion: Companion, export: PolisExport, faults: FaultList) -> None:
    counted: Counter[int] = Counter()
    said: dict[int, str] = {}
    known = {idea.number for idea in companion.ideas}
    for line in companion.wordings:
        counted[line.idea] += 1
        said[line.idea] = line.wording.statement
        if line.idea not in known:
            faults.add(names.WORDINGS, line.line, f"comment {line.idea} is not in {names.IDEAS}")
        elif line.number != counted[line.idea]:
            reason = f"comment {line.idea} has wording {line.number} where {counted[line.idea]} should be"
            faults.add(names.WORDINGS, line.line, reason)
    for statement in export.statements:
        if statement.text != said.get(statement.number):
            reason = f"comment {statement.number} does not say what its last row in {names.WORDINGS} says"
            faults.add(COMMENTS, statement.line, reason)


def _note_strangers(companion: Companion, export: PolisExport, faults: FaultList) -> None:
    known, people = {idea.number for idea in companion.ideas}, companion.people
    for statement in export.statements:
        if statement.author not in people:
            reason = f"author {statement.author} is not in {names.PARTICIPANTS}"
            faults.add(COMMENTS, statement.line, reason)
    for line in companion.votes:
        if line.vote.idea not in known:
            faults.add(names.EVENTS, line.line, f"comment {line.vote.idea} is not in {names.IDEAS}")
        elif line.vote.voter not in people:
            faults.add(names.EVENTS, line.line, f"voter {line.vote.voter} is not in {names.PARTICIPANTS}")
    tags = {tag.key for tag in companion.document.tags}
    for used in companion.tag_uses:
        if used.use.idea not in known:
            faults.add(names.TAG_USES, used.line, f"comment {used.use.idea} is not in {names.IDEAS}")
        elif used.use.tag not in tags:
            faults.add(names.TAG_USES, used.line, f"the tag is not in {names.CONSULTATION}")
        elif used.use.participant not in people:
            reason = f"participant {used.use.participant} is not in {names.PARTICIPANTS}"
            faults.add(names.TAG_USES, used.line, reason)


def _note_references(companion: Companion, faults: FaultList) -> None:
    document = companion.document
    keys = {tag.key for tag in document.tags}
    known: dict[str, set[int] | set[str]] = {
        "idea": {idea.number for idea in companion.ideas},
        "thread": {thread.number for thread in document.threads},
        "tag": keys,
        "rule": {entry.key for entry in document.background},
    }
    for place, act in enumerate(document.log):
        for what, numbers in known.items():
            named = getattr(act, what)
            if named is not None and named not in numbers:
                faults.add(names.CONSULTATION, 0, f"log.{place}.{what}: there is no {what} {named}")
    logged = {act.idea for act in document.log if act.kind is ActKind.HIDE_IDEA}
    for idea in companion.ideas:
        if idea.hidden_at and idea.number not in logged:
            faults.add(
                names.IDEAS, idea.line, f"comment {idea.number} is hidden, and the log does not say why"
            )
    for place, tag in enumerate(document.tags):
        if tag.merged_into is not None and tag.merged_into not in keys:
            faults.add(names.CONSULTATION, 0, f"tags.{place}.merged_into: there is no tag {tag.merged_into}")
        if tag.suggested_by is not None and tag.suggested_by not in companion.people:
            reason = f"tags.{place}.suggested_by: there is no participant {tag.suggested_by}"
            faults.add(names.CONSULTATION, 0, reason)


def _note_votes(companion: Companion, export: PolisExport, faults: FaultList) -> None:
    """Both files are by comment, then voter, then in the order in which it happened."""
    events = sorted(export.events, key=lambda event: event.line)
    for event, line in zip_longest(events, standing(companion.votes)):
        if line is None:
            faults.add(VOTES, event.line, f"this vote is not in {names.EVENTS}")
            return
        if event is None:
            faults.add(names.EVENTS, line.line, f"this vote is not in {VOTES}")
            return
        ours = (
            line.vote.idea,
            line.vote.voter,
            line.vote.choice,
            line.vote.happened_at.replace(microsecond=0),
        )
        if ours != (event.statement, event.voter, event.choice, event.cast_at):
            reason = f"this vote is not the one on line {line.line} of {names.EVENTS}"
            faults.add(VOTES, event.line, reason)
            return

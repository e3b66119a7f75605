"""Whether our own files and those of Polis beside them tell the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from deliberation.exchange.companion import names
from deliberation.exchange.companion.remarks import note_stranger_remarks
from deliberation.exchange.companion.tables import IdeaRow, Line
from deliberation.exchange.dossier import TagRecord, VoteRecord
from deliberation.exchange.errors import FaultList
from deliberation.exchange.polis.reader import COMMENTS, VOTES
from deliberation.exchange.polis.records import PolisExport, PolisModeration
from deliberation.moderation.models import ActKind
from deliberation.tags.merged import ends_of

if TYPE_CHECKING:
    from deliberation.exchange.companion.reader import Companion


def note_disagreements(companion: Companion, export: PolisExport, faults: FaultList) -> None:
    """Note a fault for each row that another file contradicts, or that names what is not there."""
    _note_ideas(companion, export, faults)
    _note_wordings(companion, export, faults)
    _note_strangers(companion, export, faults)
    _note_circles(companion, faults)
    _note_references(companion, faults)
    faults.refuse_if_any()
    _note_votes(companion, export, faults)


def standing(lines: list[Line[VoteRecord]]) -> Iterator[Line[VoteRecord]]:
    """Yield, in the order of the file, the events after the last time that a vote was taken back."""
    last = {
        (line.says.idea, line.says.voter): place
        for place, line in enumerate(lines)
        if line.says.choice is None
    }
    for place, line in enumerate(lines):
        if place > last.get((line.says.idea, line.says.voter), -1):
            yield line


def _note_ideas(companion: Companion, export: PolisExport, faults: FaultList) -> None:
    threads = {thread.number for thread in companion.document.threads}
    hidings = {act.idea for act in companion.document.log if act.kind is ActKind.HIDE_IDEA}
    statements = {statement.number: statement for statement in export.statements}
    for line in companion.ideas:
        idea = line.says
        statement = statements.pop(idea.number, None)
        if statement is None:
            faults.add(names.IDEAS, line.line, f"comment {idea.number} is not in {COMMENTS}")
            continue
        reasons = (
            (idea.thread not in threads, f"thread {idea.thread} is not in {names.CONSULTATION}"),
            (
                statement.moderation is not _moderation(idea),
                f"comment {idea.number} is moderated {statement.moderation:d} in {COMMENTS}, not here",
            ),
            (
                statement.written_at != idea.created_at.replace(microsecond=0),
                f"comment {idea.number} was written at another time than {COMMENTS} says",
            ),
            (
                idea.hidden_at is not None and idea.waits_since is None and idea.number not in hidings,
                f"comment {idea.number} is hidden, and the log does not say why",
            ),
            (
                idea.waits_since is not None and idea.hidden_at is None,
                f"comment {idea.number} waits to be read, and is not hidden",
            ),
        )
        for is_wrong, reason in reasons:
            if is_wrong:
                faults.add(names.IDEAS, line.line, reason)
    for statement in statements.values():
        faults.add(COMMENTS, statement.line, f"comment {statement.number} is not in {names.IDEAS}")


def _note_circles(companion: Companion, faults: FaultList) -> None:
    into = {line.says.number: line.says.merged_into for line in companion.ideas}
    for line in companion.ideas:
        there, steps = line.says.merged_into, 0
        while there is not None and there != line.says.number and steps < len(into):
            there, steps = into.get(there), steps + 1
        if there == line.says.number:
            faults.add(names.IDEAS, line.line, f"comment {there} is merged into itself in the end")


def _moderation(idea: IdeaRow) -> PolisModeration:
    if idea.is_out:
        return PolisModeration.OUT
    return PolisModeration.IN if idea.accepted_at else PolisModeration.UNDECIDED


def _note_wordings(companion: Companion, export: PolisExport, faults: FaultList) -> None:
    counted: Counter[int] = Counter()
    said: dict[int, str] = {}
    known = {line.says.number for line in companion.ideas}
    for line in companion.wordings:
        idea, number, wording = line.says
        counted[idea] += 1
        said[idea] = wording.statement
        if idea not in known:
            faults.add(names.WORDINGS, line.line, f"comment {idea} is not in {names.IDEAS}")
        elif number != counted[idea]:
            reason = f"comment {idea} has wording {number} where {counted[idea]} should be"
            faults.add(names.WORDINGS, line.line, reason)
    for statement in export.statements:
        if statement.text != said.get(statement.number):
            reason = f"comment {statement.number} does not say what its last row in {names.WORDINGS} says"
            faults.add(COMMENTS, statement.line, reason)


def _note_strangers(companion: Companion, export: PolisExport, faults: FaultList) -> None:
    ideas = {line.says.number for line in companion.ideas}
    people = companion.people.keys()
    tags = {tag.key for tag in companion.document.tags}
    for statement in export.statements:
        if statement.author not in people:
            reason = f"author {statement.author} is not in {names.PARTICIPANTS}"
            faults.add(COMMENTS, statement.line, reason)

    def check(
        name: str, lines: list[Any], known: Collection[object], what: str, named: Callable[[Any], object]
    ) -> None:
        for line in lines:
            value = named(line.says)
            if value is not None and value not in known:
                faults.add(name, line.line, f"there is no {what} {value}")

    check(names.IDEAS, companion.ideas, ideas, "comment", lambda row: row.merged_into)
    for number, person in companion.people.items():
        if person.merged_into is not None and person.merged_into not in people:
            faults.add(names.PARTICIPANTS, 0, f"participant {number} is merged into one who is not there")
    votes: tuple[tuple[str, list[Any]], ...] = (
        (names.EVENTS, companion.votes),
        (names.MERGED_VOTES, companion.merged_votes),
    )
    for name, lines in votes:
        check(name, lines, ideas, "comment", lambda vote: vote.idea)
        check(name, lines, people, "participant", lambda vote: vote.voter)
    check(names.EVENTS, companion.votes, ideas, "comment", lambda vote: vote.merged_with)
    check(names.MERGED_VOTES, companion.merged_votes, ideas, "comment", lambda vote: vote.origin)
    shown_and_tagged: tuple[tuple[str, list[Any]], ...] = (
        (names.EXPOSURES, companion.exposures),
        (names.TAG_USES, companion.tag_uses),
    )
    for name, lines in shown_and_tagged:
        check(name, lines, ideas, "comment", lambda row: row.idea)
        check(name, lines, people, "participant", lambda row: row.participant)
    check(names.TAG_USES, companion.tag_uses, tags, "tag", lambda use: use.tag)
    check(names.TAG_USES, companion.tag_uses, ideas, "comment", lambda use: use.origin)
    note_stranger_remarks(companion.remarks, ideas, set(people), faults)


def _note_references(companion: Companion, faults: FaultList) -> None:
    document = companion.document
    keys = {tag.key for tag in document.tags}
    known: dict[str, set[int] | set[str]] = {
        "idea": {line.says.number for line in companion.ideas},
        "thread": {thread.number for thread in document.threads},
        "tag": keys,
        "rule": {entry.key for entry in document.background},
        "remark": {line.remark.number for line in companion.remarks},
    }
    for place, act in enumerate(document.log):
        for what, numbers in known.items():
            named = getattr(act, what)
            if named is not None and named not in numbers:
                faults.add(names.CONSULTATION, 0, f"log.{place}.{what}: there is no {what} {named}")
    for place, proposal in enumerate(document.proposals):
        if not known["idea"].issuperset(proposal.ideas) or proposal.proposed_by not in companion.people:
            faults.add(names.CONSULTATION, 0, f"merge_proposals.{place}: no such ideas or participant")
    for place, tag in enumerate(document.tags):
        if tag.merged_into is not None and tag.merged_into not in keys:
            faults.add(names.CONSULTATION, 0, f"tags.{place}.merged_into: there is no tag {tag.merged_into}")
        if tag.suggested_by is not None and tag.suggested_by not in companion.people:
            reason = f"tags.{place}.suggested_by: there is no participant {tag.suggested_by}"
            faults.add(names.CONSULTATION, 0, reason)
    _note_circles_of_tags(document.tags, faults)


def _note_circles_of_tags(tags: Sequence[TagRecord], faults: FaultList) -> None:
    try:
        ends_of({tag.key: tag.merged_into for tag in tags if tag.merged_into is not None})
    except ValueError:
        faults.add(names.CONSULTATION, 0, "tags: some are merged in a circle")


def _note_votes(companion: Companion, export: PolisExport, faults: FaultList) -> None:
    """Both files are by comment, then voter, then in the order in which it happened."""
    events = sorted(export.events, key=lambda event: event.line)
    last: dict[tuple[int, int], int | None] = {}
    for event, line in zip_longest(events, standing(companion.votes)):
        if line is None:
            faults.add(VOTES, event.line, f"this vote is not in {names.EVENTS}")
            return
        if event is None:
            faults.add(names.EVENTS, line.line, f"this vote is not in {VOTES}")
            return
        idea, voter, choice, happened_at, _ = line.says
        ours = (idea, voter, choice, happened_at.replace(microsecond=0))
        if ours != (event.statement, event.voter, event.choice, event.cast_at):
            reason = f"this vote is not the one on line {line.line} of {names.EVENTS}"
            faults.add(VOTES, event.line, reason)
            return
        last[idea, voter] = choice
    for merged in companion.merged_votes:
        vote = merged.says
        if vote.counts and last.get((vote.idea, vote.voter)) != vote.choice:
            faults.add(names.MERGED_VOTES, merged.line, f"the vote is another one in {names.EVENTS}")

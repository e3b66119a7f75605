"""Writing our own files. The journal is written by the writer of votes.csv, in the same pass."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased, selectinload

from deliberation.comments.models import Comment
from deliberation.consultations.models import Thread
from deliberation.consultations.people import Participant
from deliberation.consultations.queries import background_of, threads_of
from deliberation.exchange.companion import names
from deliberation.exchange.companion.bulk import COUNTS, write_exposures, write_merged_votes
from deliberation.exchange.companion.remarks import write_remarks
from deliberation.exchange.companion.rows import number_or_nothing, write_rows, written, written_or_none
from deliberation.exchange.ground import Ground, IdeaRow
from deliberation.exchange.text import cell
from deliberation.ideas.models import Idea, IdeaRevision
from deliberation.moderation.models import MergeProposal, ModerationAct
from deliberation.tags.models import IdeaTag, Tag


def write_companion(directory: Path, ground: Ground, *, moved: set[int]) -> None:
    """Write all of our own files but the journal; their folder is there.

    `moved` are the places of the ideas whose votes merging or parting has moved.
    """
    _write_consultation(directory / names.CONSULTATION, ground)
    _write_ideas(directory / names.IDEAS, ground)
    _write_wordings(directory / names.WORDINGS, ground)
    _write_participants(directory / names.PARTICIPANTS, ground)
    _write_tag_uses(directory / names.TAG_USES, ground)
    write_merged_votes(directory / names.MERGED_VOTES, ground, moved)
    write_exposures(directory / names.EXPOSURES, ground)
    write_remarks(directory, ground)


def _write_consultation(path: Path, ground: Ground) -> None:
    session, consultation = ground.session, ground.consultation
    threads = threads_of(session, consultation)
    background = background_of(session, consultation)
    tags = session.scalars(
        select(Tag)
        .where(Tag.consultation_id == consultation.id)
        .order_by(Tag.id)
        .options(selectinload(Tag.names))
    ).all()
    document = {
        "format": names.FORMAT,
        "slug": consultation.slug,
        "source_language": consultation.source_language,
        "created_at": written_or_none(consultation.created_at),
        "texts": _by_language(
            consultation.texts, "title", "kicker", "introduction", "organiser", "is_translation"
        ),
        "phases": {step.phase.value: written_or_none(step.starts_at) for step in consultation.steps},
        "threads": [
            {
                "number": thread.number,
                "locked_at": written_or_none(thread.locked_at),
                "texts": _by_language(thread.texts, "question", "lead", "is_translation"),
            }
            for thread in threads
        ],
        "background": [
            {
                "key": entry.key,
                "kind": entry.kind.value,
                "texts": _by_language(entry.texts, "title", "body", "forms", "is_translation"),
            }
            for entry in background
        ],
        "tags": _tags(ground, tags),
        "merge_proposals": _proposals(ground),
        "log": _log(ground, {tag.id: tag.key for tag in tags}),
    }
    text = json.dumps(document, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def _by_language(texts: Sequence[Any], *columns: str) -> dict[str, dict[str, object]]:
    ordered = sorted(texts, key=lambda text: text.language)
    return {text.language: {column: getattr(text, column) for column in columns} for text in ordered}


def _tags(ground: Ground, tags: Sequence[Tag]) -> list[dict[str, object]]:
    keys = {tag.id: tag.key for tag in tags}
    people = {person.id: person.number for person in ground.people}
    return [
        {
            "key": tag.key,
            "group": tag.group,
            "status": tag.status.value,
            "merged_into": keys.get(tag.merged_into_id or 0),
            "suggested_by": people.get(tag.suggested_by_id or 0),
            "created_at": written_or_none(tag.created_at),
            "names": _by_language(tag.names, "name", "is_translation"),
        }
        for tag in tags
    ]


def _proposals(ground: Ground) -> list[dict[str, object]]:
    ideas = {idea.id: idea.number for idea in ground.ideas}
    people = {person.id: person.number for person in ground.people}
    proposals = ground.session.scalars(
        select(MergeProposal)
        .where(MergeProposal.consultation_id == ground.consultation.id)
        .order_by(MergeProposal.id)
    )
    return [
        {
            "ideas": [ideas[proposal.idea_id], ideas[proposal.other_id]],
            "proposed_by": people[proposal.proposed_by_id],
            "note": proposal.note,
            "created_at": written(proposal.created_at),
            "outcome": proposal.outcome.value if proposal.outcome else None,
            "settled_at": written_or_none(proposal.settled_at),
        }
        for proposal in proposals
    ]


def _log(ground: Ground, tags: dict[int, str]) -> list[dict[str, object]]:
    # Who acted is not said, only in which role: an account is nobody else's to know.
    ideas = {idea.id: idea.number for idea in ground.ideas}
    threads = dict(
        ground.session.execute(
            select(Thread.id, Thread.number).where(Thread.consultation_id == ground.consultation.id)
        ).all()
    )
    rules = {entry.id: entry.key for entry in background_of(ground.session, ground.consultation)}
    remarks = dict(
        ground.session.execute(
            select(Comment.id, Comment.number).where(Comment.consultation_id == ground.consultation.id)
        ).all()
    )
    acts = ground.session.scalars(
        select(ModerationAct)
        .where(ModerationAct.consultation_id == ground.consultation.id)
        .order_by(ModerationAct.id)
    )
    return [
        {
            "kind": act.kind.value,
            "role": act.role.value if act.role else None,
            "idea": ideas.get(act.idea_id or 0),
            "thread": threads.get(act.thread_id or 0),
            "tag": tags.get(act.tag_id or 0),
            "rule": rules.get(act.rule_id or 0),
            "remark": remarks.get(act.comment_id or 0),
            "reason": act.reason,
            "details": act.details,
            "happened_at": written_or_none(act.happened_at),
        }
        for act in acts
    ]


def _write_ideas(path: Path, ground: Ground) -> None:
    def row(idea: IdeaRow) -> tuple[str, ...]:
        moments = (idea.created_at, idea.edited_at, idea.withdrawn_at, idea.hidden_at, idea.accepted_at)
        return (
            str(idea.number),
            str(idea.thread),
            idea.language,
            *map(written, moments),
            written(idea.merged_at),
            number_or_nothing(idea.merged_into),
            written(idea.waits_since),
        )

    write_rows(path, names.IDEAS_HEADER, map(row, ground.ideas))


def _write_wordings(path: Path, ground: Ground) -> None:
    wordings = ground.session.execute(
        select(
            Idea.number,
            IdeaRevision.number,
            IdeaRevision.language,
            IdeaRevision.created_at,
            IdeaRevision.statement,
            IdeaRevision.elaboration,
        )
        .join(IdeaRevision.idea)
        .where(Idea.consultation_id == ground.consultation.id)
        .order_by(Idea.number, IdeaRevision.number)
    )
    write_rows(
        path,
        names.WORDINGS_HEADER,
        (
            (
                str(idea),
                str(number),
                language,
                written(created),
                cell(statement),
                cell(elaboration),
            )
            for idea, number, language, created, statement, elaboration in wordings
        ),
    )


def _write_participants(path: Path, ground: Ground) -> None:
    rows = (
        (
            str(person.number),
            written(person.joined_at),
            COUNTS[person.is_guest],
            number_or_nothing(person.merged_into),
        )
        for person in ground.people
    )
    write_rows(path, names.PARTICIPANTS_HEADER, rows)


def _write_tag_uses(path: Path, ground: Ground) -> None:
    origin = aliased(Idea)
    uses = ground.session.execute(
        select(Idea.number, Tag.key, Participant.number, IdeaTag.applied_at, origin.number)
        .join(Idea, Idea.id == IdeaTag.idea_id)
        .join(Tag, Tag.id == IdeaTag.tag_id)
        .join(Participant, Participant.id == IdeaTag.participant_id)
        .outerjoin(origin, origin.id == IdeaTag.origin_id)
        .where(Idea.consultation_id == ground.consultation.id)
        .order_by(Idea.number, Tag.key, Participant.number)
    )
    rows = (
        (str(idea), tag, str(person), written(applied), number_or_nothing(origin_number))
        for idea, tag, person, applied, origin_number in uses
    )
    write_rows(path, names.TAG_USES_HEADER, rows)

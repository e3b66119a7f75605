"""A dossier becomes a consultation."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from deliberation.base.errors import Conflict, marked
from deliberation.base.markup import markdown_to_html
from deliberation.base.text import folded
from deliberation.consultations.background import BackgroundEntry, BackgroundText
from deliberation.consultations.models import (
    Consultation,
    ConsultationText,
    PhaseStep,
    Thread,
    ThreadText,
)
from deliberation.consultations.people import Participant
from deliberation.exchange.dossier import ActRecord, Dossier, IdeaRecord, MergedVote
from deliberation.exchange.storing_remarks import add_remarks
from deliberation.exchange.storing_votes import (
    Numbered,
    Pair,
    Row,
    add_rows,
    add_votes,
    exposures_of,
    standing_votes,
)
from deliberation.ideas.models import Idea, IdeaRevision
from deliberation.ideas.search import index_many
from deliberation.moderation.models import MergeProposal, ModerationAct
from deliberation.tags.merged import ends_of
from deliberation.tags.models import IdeaTag, Tag, TagName
from deliberation.votes.models import Choice

_MOMENTS: Final = ("created_at", "edited_at", "withdrawn_at", "hidden_at", "waits_since", "accepted_at")


def store(session: Session, dossier: Dossier, *, slug: str) -> Consultation:
    """Make the consultation that the dossier describes, whole.

    Ideas and participants keep their numbers, and nobody has an account. HTML is made here, counts are
    counted here: neither is taken from anybody. Raises Conflict for a slug that is taken.
    """
    consultation = _add_consultation(session, dossier, slug)
    threads = _add_threads(session, consultation, dossier)
    rules = _add_background(session, consultation, dossier)
    people = _add_people(session, consultation, dossier)
    standing = standing_votes(dossier)
    ideas = _add_ideas(session, consultation, dossier, (threads, people), standing)
    _merge_ideas(session, dossier, ideas)
    _add_proposals(session, consultation, dossier, people=people, ideas=ideas)
    add_votes(session, dossier, standing, people=people, ideas=ideas)
    tags = _add_tags(session, consultation, dossier, people=people, ideas=ideas)
    remarks = add_remarks(session, consultation, dossier, people=people, ideas=ideas)
    _add_log(
        session,
        consultation,
        dossier,
        {"idea": ideas, "thread": threads, "tag": tags, "rule": rules, "comment": remarks},
    )
    session.flush()
    session.refresh(consultation)
    return consultation


def _add_consultation(session: Session, dossier: Dossier, slug: str) -> Consultation:
    consultation = Consultation(slug=slug, source_language=dossier.language, created_at=dossier.created_at)
    try:
        with session.begin_nested():
            session.add(consultation)
    except IntegrityError as clash:
        sentence = marked("There is already a consultation with the slug %(slug)s.")
        raise Conflict(sentence, field="slug", slug=slug) from clash
    session.add_all(
        PhaseStep(consultation_id=consultation.id, phase=phase, starts_at=starts_at)
        for phase, starts_at in dossier.starts.items()
    )
    session.add_all(
        ConsultationText(
            consultation_id=consultation.id,
            language=language,
            title=words.title,
            kicker=words.kicker,
            introduction=words.introduction,
            introduction_html=markdown_to_html(words.introduction),
            organiser=words.organiser,
            is_translation=words.is_translation,
        )
        for language, words in dossier.words.items()
    )
    return consultation


def _add_threads(session: Session, consultation: Consultation, dossier: Dossier) -> Numbered:
    keys = {}
    for record in dossier.threads:
        thread = Thread(consultation_id=consultation.id, number=record.number, locked_at=record.locked_at)
        thread.texts = [
            ThreadText(
                language=language,
                question=words.question,
                lead=words.lead,
                is_translation=words.is_translation,
            )
            for language, words in record.words.items()
        ]
        session.add(thread)
        session.flush()
        keys[record.number] = thread.id
    return keys


def _add_background(session: Session, consultation: Consultation, dossier: Dossier) -> Mapping[str, int]:
    keys = {}
    for position, pack in enumerate(dossier.background, start=1):
        entry = BackgroundEntry(
            consultation_id=consultation.id, key=pack.key, kind=pack.kind, position=position
        )
        entry.texts = [
            BackgroundText(
                language=language,
                title=words.title,
                body=words.body,
                body_html=markdown_to_html(words.body),
                forms=list(words.forms),
                is_translation=words.is_translation,
            )
            for language, words in pack.words.items()
        ]
        session.add(entry)
        session.flush()
        keys[pack.key] = entry.id
    return keys


def _add_people(session: Session, consultation: Consultation, dossier: Dossier) -> Numbered:
    rows = (
        {
            "consultation_id": consultation.id,
            "number": number,
            "joined_at": person.joined_at,
            "is_guest": person.is_guest,
        }
        for number, person in sorted(dossier.people.items())
    )
    add_rows(session, Participant, rows)
    keys = _keys(session, Participant, consultation.id)
    for number, person in dossier.people.items():
        if person.merged_into is not None:
            merged = update(Participant).where(Participant.id == keys[number])
            session.execute(merged.values(merged_into_id=keys[person.merged_into]))
    return keys


def _add_ideas(
    session: Session,
    consultation: Consultation,
    dossier: Dossier,
    keys: tuple[Numbered, Numbered],
    standing: Mapping[Pair, MergedVote],
) -> Numbered:
    threads, people = keys
    counts = Counter((vote.idea, vote.choice) for vote in standing.values())
    exposures = exposures_of(dossier)

    def row(idea: IdeaRecord) -> Row:
        elaboration = idea.wordings[-1].elaboration
        return {
            "consultation_id": consultation.id,
            "thread_id": threads[idea.thread],
            "author_id": people[idea.author],
            "number": idea.number,
            "language": idea.language,
            "statement": idea.wordings[-1].statement,
            "elaboration": elaboration,
            "elaboration_html": markdown_to_html(elaboration) if elaboration else "",
            "agrees": counts[idea.number, Choice.AGREE],
            "disagrees": counts[idea.number, Choice.DISAGREE],
            "passes": counts[idea.number, Choice.PASS],
            "exposures": exposures[idea.number],
            **{name: getattr(idea, name) for name in _MOMENTS},
            "is_seed": idea.is_seed,
            "is_meta": idea.is_meta,
        }

    add_rows(session, Idea, map(row, dossier.ideas))
    found = _keys(session, Idea, consultation.id)
    add_rows(session, IdeaRevision, _wordings(dossier, found))
    index_many(
        session,
        (
            (found[idea.number], idea.wordings[-1].statement, idea.wordings[-1].elaboration, idea.language)
            for idea in dossier.ideas
            if idea.withdrawn_at is None
        ),
    )
    return found


def _merge_ideas(session: Session, dossier: Dossier, ideas: Numbered) -> None:
    for idea in dossier.ideas:
        if idea.merged_into is not None:
            merged = update(Idea).where(Idea.id == ideas[idea.number])
            values = {"merged_into_id": ideas[idea.merged_into], "merged_at": idea.merged_at}
            session.execute(merged.values(values))


def _add_proposals(
    session: Session, consultation: Consultation, dossier: Dossier, *, people: Numbered, ideas: Numbered
) -> None:
    for proposal in dossier.proposals:
        lower, higher = sorted(ideas[number] for number in proposal.ideas)
        session.add(
            MergeProposal(
                consultation_id=consultation.id,
                idea_id=lower,
                other_id=higher,
                proposed_by_id=people[proposal.proposed_by],
                note=proposal.note,
                created_at=proposal.created_at,
                outcome=proposal.outcome,
                settled_at=proposal.settled_at,
            )
        )


def _wordings(dossier: Dossier, ideas: Numbered) -> Iterator[Row]:
    for idea in dossier.ideas:
        for number, wording in enumerate(idea.wordings, start=1):
            yield {"idea_id": ideas[idea.number], "number": number, **wording._asdict()}


def _add_tags(
    session: Session, consultation: Consultation, dossier: Dossier, *, people: Numbered, ideas: Numbered
) -> Mapping[str, int]:
    keys = {}
    for record in dossier.tags:
        tag = Tag(
            consultation_id=consultation.id,
            key=record.key,
            group=record.group,
            status=record.status,
            suggested_by_id=None if record.suggested_by is None else people[record.suggested_by],
            created_at=record.created_at,
        )
        tag.names = [
            TagName(
                consultation_id=consultation.id,
                language=language,
                name=words.name,
                folded=folded(words.name),
                is_translation=words.is_translation,
            )
            for language, words in record.names.items()
        ]
        session.add(tag)
        session.flush()
        keys[record.key] = tag.id
    _merge_tags(session, dossier, keys)
    add_rows(session, IdeaTag, _tag_uses(dossier, people, ideas, keys))
    return keys


def _merge_tags(session: Session, dossier: Dossier, tags: Mapping[str, int]) -> None:
    parents = {tag.key: tag.merged_into for tag in dossier.tags if tag.merged_into is not None}
    for key, end in ends_of(parents).items():
        into = update(Tag).values(merged_into_id=tags[parents[key]], lives_as_id=tags[end])
        session.execute(into.where(Tag.id == tags[key]))


def _tag_uses(dossier: Dossier, people: Numbered, ideas: Numbered, tags: Mapping[str, int]) -> Iterator[Row]:
    for use in dossier.tag_uses:
        yield {
            "idea_id": ideas[use.idea],
            "tag_id": tags[use.tag],
            "participant_id": people[use.participant],
            "applied_at": use.applied_at,
            "origin_id": None if use.origin is None else ideas[use.origin],
        }


def _add_log(
    session: Session,
    consultation: Consultation,
    dossier: Dossier,
    keys: Mapping[str, Mapping[Any, int]],
) -> None:
    def row(act: ActRecord) -> Row:
        about = {
            "idea": act.idea, "thread": act.thread, "tag": act.tag, "rule": act.rule, "comment": act.remark,
        }  # fmt: skip
        return {
            "consultation_id": consultation.id,
            "kind": act.kind,
            "role": act.role,
            "reason": act.reason,
            "details": dict(act.details),
            "happened_at": act.happened_at,
            **{f"{what}_id": None if name is None else keys[what][name] for what, name in about.items()},
        }

    add_rows(session, ModerationAct, map(row, dossier.log))


def _keys(session: Session, table: type[Participant] | type[Idea], consultation_id: int) -> Numbered:
    wanted = select(table.number, table.id).where(table.consultation_id == consultation_id)
    return {row.number: row.id for row in session.execute(wanted)}

"""A consultation pack comes in: words, questions, background and the tags to start with."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from deliberation.base.clock import now
from deliberation.base.text import folded
from deliberation.consultations.background import BackgroundEntry
from deliberation.consultations.loading import load_consultation
from deliberation.consultations.models import Consultation, Thread
from deliberation.consultations.pack_values import ConsultationPack, Fault, PackRefused
from deliberation.ideas.models import Idea
from deliberation.moderation.models import ModerationAct
from deliberation.tags.models import Tag, TagName, TagStatus


def load_pack(session: Session, pack: ConsultationPack) -> Consultation:
    """Make or update the consultation that the pack describes. Nothing that participants made is lost.

    Texts become what the pack says and what is new is added. Phases are set the first time only. Tags that
    are there already keep the names that facilitators gave them.

    Raises PackRefused, before anything is written, for a pack that leaves out a thread with ideas or log
    entries, leaves out a rule that the log cites, or names a tag like another one; and Conflict where
    somebody else loads the same pack at the same moment.
    """
    faults = [*_lost_threads(session, pack), *_lost_rules(session, pack), *_tag_clashes(session, pack)]
    if faults:
        raise PackRefused(faults)
    consultation = load_consultation(session, pack)
    _add_tags(session, consultation, pack)
    session.flush()
    return consultation


def _lost_threads(session: Session, pack: ConsultationPack) -> Iterator[Fault]:
    kept = [thread.number for thread in pack.threads]
    # The lock keeps ideas from arriving in a thread that is about to be removed.
    lost = session.execute(
        select(Thread.id, Thread.number)
        .join(Thread.consultation)
        .where(Consultation.slug == pack.slug, Thread.number.not_in(kept))
        .order_by(Thread.number)
        .with_for_update(of=Thread)
    ).all()  # fmt: skip
    for thread_id, number in lost:
        ideas = session.scalar(select(func.count()).where(Idea.thread_id == thread_id))
        acts = session.scalar(select(func.count()).where(ModerationAct.thread_id == thread_id))
        if ideas or acts:
            yield Fault(
                "threads", f"thread {number} is left out, but it holds {ideas} ideas and {acts} log entries"
            )


def _lost_rules(session: Session, pack: ConsultationPack) -> Iterator[Fault]:
    kept = [entry.key for entry in pack.background]
    cited = session.scalars(
        select(BackgroundEntry.key)
        .join(Consultation, Consultation.id == BackgroundEntry.consultation_id)
        .where(
            Consultation.slug == pack.slug,
            BackgroundEntry.key.not_in(kept),
            select(ModerationAct.id).where(ModerationAct.rule_id == BackgroundEntry.id).exists(),
        )
        .order_by(BackgroundEntry.position)
    )
    for key in cited:
        yield Fault("background", f"{key} is left out, but the moderation log cites it")


def _tag_clashes(session: Session, pack: ConsultationPack) -> Iterator[Fault]:
    names = session.execute(
        select(TagName.language, TagName.folded, Tag.key)
        .join(TagName.tag)
        .join(Consultation, Consultation.id == Tag.consultation_id)
        .where(Consultation.slug == pack.slug)
    )
    taken = {(language, name): key for language, name, key in names}
    keys = set(taken.values())
    for position, tag in enumerate(pack.tags):
        for language, words in tag.words.items():
            other = taken.get((language, folded(words.name)))
            if other is not None and tag.key not in keys:
                yield Fault(f"tags[{position}].name.{language}", f"is already the name of the tag {other}")


def _add_tags(session: Session, consultation: Consultation, pack: ConsultationPack) -> None:
    found = session.scalars(
        select(Tag).where(Tag.consultation_id == consultation.id).options(selectinload(Tag.names))
    ).all()
    known = {tag.key for tag in found}
    for tag in pack.tags:
        if tag.key in known:
            continue
        session.add(
            Tag(
                consultation_id=consultation.id,
                key=tag.key,
                group=tag.group,
                status=TagStatus.ACCEPTED,
                created_at=now(),
                names=[
                    TagName(
                        language=language,
                        consultation_id=consultation.id,
                        name=words.name,
                        folded=folded(words.name),
                        is_translation=words.is_translation,
                    )
                    for language, words in tag.words.items()
                ],
            )
        )

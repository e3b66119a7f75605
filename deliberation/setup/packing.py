"""A consultation as its pack, which `flask consultation load` reads back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from deliberation.consultations.background import BackgroundEntry
from deliberation.consultations.models import Consultation, Thread
from deliberation.consultations.pack_schema import FORMAT
from deliberation.consultations.phases import ORDER
from deliberation.consultations.queries import background_of, threads_of
from deliberation.setup.languages import languages_of
from deliberation.tags.models import Tag, TagStatus

Document = dict[str, Any]


class _Plain(yaml.SafeDumper):
    """Writes everything out: no aliases, which a pack may not have."""

    def ignore_aliases(self, data: Any) -> bool:
        """Never refer back."""
        return True


def pack_file(session: Session, consultation: Consultation) -> bytes:
    """Return the consultation's pack as a YAML file."""
    written = yaml.dump(
        document_of(session, consultation), Dumper=_Plain, allow_unicode=True, sort_keys=False, width=100
    )
    return str(written).encode()


def document_of(session: Session, consultation: Consultation) -> Document:
    """Return what the pack says, as plain values (three statements and the texts)."""
    document: Document = {
        "format": FORMAT,
        "slug": consultation.slug,
        "languages": list(languages_of(consultation)),
        **_texts(consultation.texts, "title", "kicker", "introduction", "organiser"),
    }
    starts = {step.phase: step.starts_at.isoformat() for step in consultation.steps}
    if starts:
        document["phases"] = {phase.value: starts[phase] for phase in ORDER if phase in starts}
    document["threads"] = [_thread(thread) for thread in threads_of(session, consultation)]
    document["background"] = [_entry(entry) for entry in background_of(session, consultation)]
    document["tags"] = [_tag(tag) for tag in _vocabulary(session, consultation)]
    return document


def _vocabulary(session: Session, consultation: Consultation) -> Sequence[Tag]:
    return session.scalars(
        select(Tag)
        .where(Tag.consultation_id == consultation.id, Tag.status == TagStatus.ACCEPTED)
        .order_by(Tag.id)
        .options(selectinload(Tag.names))
    ).all()


def _thread(thread: Thread) -> Document:
    return {"number": thread.number, **_texts(thread.texts, "question", "lead")}


def _entry(entry: BackgroundEntry) -> Document:
    said = {"key": entry.key, "kind": entry.kind.value, **_texts(entry.texts, "title", "body")}
    forms = {text.language: list(text.forms) for text in entry.texts if text.forms}
    return {**said, "forms": forms} if forms else said


def _tag(tag: Tag) -> Document:
    group = {"group": tag.group} if tag.group else {}
    return {"key": tag.key, **group, **_texts(tag.names, "name")}


def _texts(texts: Iterable[Any], *names: str) -> Mapping[str, Any]:
    """Return each of the texts by language, and which languages are translations."""
    ordered = sorted(texts, key=lambda text: (text.is_translation, text.language))
    said: Document = {}
    for name in names:
        words = {text.language: getattr(text, name) for text in ordered if getattr(text, name)}
        if words:
            said[name] = words
    translated = [text.language for text in ordered if text.is_translation]
    return {**said, "translated": translated} if translated else said

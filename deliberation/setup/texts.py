"""Saving texts: in one language at a time, never over words that the person has not seen.

Every change keeps what the text said before, and leaves a row in the log once others can see it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, Refused, marked
from deliberation.base.markup import markdown_to_html
from deliberation.base.text import folded
from deliberation.consultations.background import BackgroundEntry, BackgroundText, EntryKind
from deliberation.consultations.changes import TextChange, differences
from deliberation.consultations.models import Consultation, ConsultationText, Thread, ThreadText
from deliberation.consultations.service import lock_consultation
from deliberation.moderation.acts import Actor, Command, require_facilitator
from deliberation.moderation.setup_changes import Did, note_change
from deliberation.setup.fields import ENTRY, OWN, QUESTION, TERM, TextField, cleaned, forms_in
from deliberation.setup.languages import languages_of

Words = Mapping[str, str]
NEW: Final = "new"
"""What the form of a text that is not there yet says it has seen."""
_MADE_OF: Final = {"introduction": "introduction_html", "body": "body_html"}


class TextMoved(Conflict):
    """Somebody else saved the text meanwhile. `current` is what it says now."""

    default = marked(
        "Somebody else changed this text while you were writing. Nothing is lost: your words are in the "
        "fields, and theirs stand beside them. Save again to keep yours."
    )

    def __init__(self, current: Words, *, is_translation: bool) -> None:
        """Keep what the text says now."""
        super().__init__()
        self.current = dict(current)
        self.is_translation = is_translation


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody typed in one language. `seen` is the fingerprint of what they began with."""

    language: str
    typed: Words
    is_translation: bool = False
    seen: str | None = None


@dataclass(frozen=True, slots=True)
class _Subject:
    """A thing with texts in several languages, and how its changes are told."""

    consultation: Consultation
    owner: Any
    row: type[Any]
    fields: Sequence[TextField]
    did: Did
    keys: Mapping[str, int]
    details: Mapping[str, object]


def words_of(text: Any, fields: Sequence[TextField]) -> dict[str, str]:
    """Return what a text says, by field; nothing where there is no text."""
    if text is None:
        return {}
    return {
        field.name: "\n".join(text.forms) if field.name == "forms" else getattr(text, field.name)
        for field in fields
    }


def fingerprint(words: Words, *, is_translation: bool = False) -> str:
    """Return what tells one state of a text from another."""
    if not words:
        return NEW
    said = json.dumps([sorted(words.items()), is_translation], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def text_in(texts: Sequence[Any], language: str) -> Any | None:
    """Return the text in exactly this language, or None."""
    return next((text for text in texts if text.language == language), None)


def save_words(session: Session, *, consultation: Consultation, draft: Draft, by: Actor) -> TextChange | None:
    """Let the consultation's own text say what was typed, in this language; None where it says so already.

    A translation whose fields are all empty is taken away. Raises NotAFacilitator, FieldsRefused, TextMoved.
    """
    subject = _Subject(consultation, consultation, ConsultationText, OWN, Did.EDIT_WORDS, {}, {})
    return _save(session, subject, draft, by=by)


def save_question(
    session: Session, *, consultation: Consultation, thread: Thread, draft: Draft, by: Actor
) -> TextChange | None:
    """Let the thread ask what was typed, in this language; otherwise as `save_words`."""
    subject = _Subject(
        consultation, thread, ThreadText, QUESTION, Did.EDIT_THREAD, {"thread_id": thread.id},
        {"thread": thread.number},
    )  # fmt: skip
    return _save(session, subject, draft, by=by)


def save_entry(
    session: Session, *, consultation: Consultation, entry: BackgroundEntry, draft: Draft, by: Actor
) -> TextChange | None:
    """Let the piece of background say what was typed, in this language; otherwise as `save_words`.

    Raises FieldsRefused at `title` for a word that is in the glossary already.
    """
    subject = _Subject(
        consultation, entry, BackgroundText, fields_of(entry.kind), Did.EDIT_ENTRY, {"entry_id": entry.id},
        {"kind": entry.kind.value, "title": title_of(entry, consultation)},
    )  # fmt: skip
    if entry.kind is EntryKind.GLOSSARY:
        require_new_term(
            session, consultation, draft.typed.get("title", ""), draft.language, besides=entry.id
        )
    return _save(session, subject, draft, by=by)


def fields_of(kind: EntryKind) -> tuple[TextField, ...]:
    """Return the fields that an entry of this kind has."""
    return TERM if kind is EntryKind.GLOSSARY else ENTRY


def title_of(entry: BackgroundEntry, consultation: Consultation) -> str:
    """Return what the log calls the entry: its title in the source language."""
    text = text_in(entry.texts, consultation.source_language)
    return str(text.title) if text else entry.key


def values_of(words: Words, is_translation: bool = False) -> dict[str, Any]:
    """Return the columns of a text that says this."""
    values: dict[str, Any] = {**words, "is_translation": is_translation}
    for name, made in _MADE_OF.items():
        if name in words:
            values[made] = markdown_to_html(words[name])
    if "forms" in words:
        values["forms"] = list(forms_in(words["forms"]))
    return values


def require_new_term(
    session: Session, consultation: Consultation, title: str, language: str, *, besides: int | None = None
) -> None:
    """Raise Refused at `title` for a word that the glossary has already, however it is spelled."""
    titles = session.scalars(
        select(BackgroundText.title)
        .join(BackgroundEntry, BackgroundEntry.id == BackgroundText.entry_id)
        .where(
            BackgroundEntry.consultation_id == consultation.id,
            BackgroundEntry.kind == EntryKind.GLOSSARY,
            BackgroundEntry.id != (besides or 0),
            BackgroundText.language == language,
        )
    )
    if folded(title) and folded(title) in {folded(known) for known in titles}:
        raise Refused(marked("This word is in the glossary already."), field="title")


def _save(session: Session, subject: _Subject, draft: Draft, *, by: Actor) -> TextChange | None:
    consultation, language = subject.consultation, draft.language
    require_facilitator(session, consultation.id, by)
    _require_language(consultation, language)
    is_source = language == consultation.source_language
    is_translation = draft.is_translation and not is_source
    said = cleaned(subject.fields, draft.typed, is_source=is_source)
    # Whoever comes second waits here, and then finds what the first one wrote.
    lock_consultation(session, consultation.id)
    text = text_in(_texts_now(session, subject.owner), language)
    before = words_of(text, subject.fields)
    was_translation = bool(text and text.is_translation)
    if draft.seen is not None and draft.seen != fingerprint(before, is_translation=was_translation):
        raise TextMoved(before, is_translation=was_translation)
    old, new = differences(before, said)
    if not old and was_translation == is_translation:
        return None
    if not said:
        session.delete(text)
    else:
        _write(subject, text, {"language": language, **values_of(said, is_translation)})
    session.flush()
    session.expire(subject.owner, ["texts"])
    change = TextChange(
        consultation_id=consultation.id, language=language, before=old, after=new,
        account_id=None if isinstance(by, Command) else by, changed_at=now(), **subject.keys,
    )  # fmt: skip
    session.add(change)
    session.flush()
    note_change(
        session, consultation, subject.did, by=by, language=language, change=change.id, **subject.details
    )
    return change


def _write(subject: _Subject, text: Any | None, values: Words) -> None:
    if text is None:
        subject.owner.texts.append(subject.row(**values))
    else:
        for name, value in values.items():
            setattr(text, name, value)


def _texts_now(session: Session, owner: Any) -> Sequence[Any]:
    """Return the texts of the thing as they are in the database now, not as they were read before."""
    known = list(owner.texts)
    session.expire(owner, ["texts"])
    for text in known:
        session.expire(text)
    found: Sequence[Any] = owner.texts
    for text in known:
        if text not in found:
            session.expunge(text)  # somebody else has taken it away
    return found


def _require_language(consultation: Consultation, language: str) -> None:
    if language not in languages_of(consultation):
        raise Refused(marked("The consultation has no such language. Add it first."))

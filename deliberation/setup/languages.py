"""The languages that a consultation is written in."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from deliberation.base.errors import Conflict, Refused, marked
from deliberation.consultations.background import BackgroundEntry, BackgroundText
from deliberation.consultations.models import Consultation, ConsultationText, Thread, ThreadText
from deliberation.consultations.pack_schema import is_language
from deliberation.consultations.service import lock_consultation
from deliberation.moderation.acts import Actor, require_facilitator
from deliberation.moderation.setup_changes import Did, note_change
from deliberation.tags.models import TagName

MOST_LANGUAGES: Final = 30
OFFERED: Final = (
    "ar", "bg", "bn", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "ga",
    "gl", "he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka", "ko", "lt", "lv", "mk", "ms", "nb",
    "nl", "nn", "pl", "pt", "ro", "ru", "se", "sk", "sl", "sq", "sr", "sv", "sw", "ta", "th", "tr", "uk",
    "ur", "vi", "zh", "zh-Hant",
)  # fmt: skip
"""What the pages let people choose from. A pack can bring any other."""


def languages_of(consultation: Consultation) -> tuple[str, ...]:
    """Return the languages of the consultation, its source first; those with a text are always among them."""
    with_text = sorted(text.language for text in consultation.texts)
    return tuple(dict.fromkeys((consultation.source_language, *consultation.further_languages, *with_text)))


def add_language(session: Session, *, consultation: Consultation, language: str, by: Actor) -> None:
    """Let the consultation be written in one more language. Raises NotAFacilitator, Refused at `language`."""
    require_facilitator(session, consultation.id, by)
    _lock(session, consultation)
    known = languages_of(consultation)
    if not is_language(language):
        raise Refused(marked("Choose a language from the list."), field="language")
    if language in known:
        raise Refused(marked("The consultation has that language already."), field="language")
    if len(known) >= MOST_LANGUAGES:
        raise Refused(marked("There are too many languages already."), field="language")
    consultation.further_languages = [*consultation.further_languages, language]
    session.flush()
    note_change(session, consultation, Did.ADD_LANGUAGE, by=by, language=language)


def remove_language(session: Session, *, consultation: Consultation, language: str, by: Actor) -> None:
    """Take a language away that nothing is written in.

    Raises NotAFacilitator, Conflict where there are texts.
    """
    require_facilitator(session, consultation.id, by)
    _lock(session, consultation)
    if language == consultation.source_language:
        raise Conflict(marked("Everything falls back to this language, so it stays."))
    if language not in consultation.further_languages or _has_texts(session, consultation, language):
        raise Conflict(marked("There are texts in this language, so it stays. Nothing has changed."))
    consultation.further_languages = [code for code in consultation.further_languages if code != language]
    session.flush()
    note_change(session, consultation, Did.REMOVE_LANGUAGE, by=by, language=language)


def missing_in(texts: Sequence[object], languages: Sequence[str]) -> tuple[str, ...]:
    """Return the languages in which the thing has no text."""
    there = {getattr(text, "language", None) for text in texts}
    return tuple(language for language in languages if language not in there)


def _lock(session: Session, consultation: Consultation) -> None:
    lock_consultation(session, consultation.id)
    session.refresh(consultation, ["further_languages", "texts"])


def _has_texts(session: Session, consultation: Consultation, language: str) -> bool:
    threads = select(Thread.id).where(Thread.consultation_id == consultation.id)
    entries = select(BackgroundEntry.id).where(BackgroundEntry.consultation_id == consultation.id)
    here = (
        exists().where(
            ConsultationText.consultation_id == consultation.id, ConsultationText.language == language
        ),
        exists().where(ThreadText.thread_id.in_(threads), ThreadText.language == language),
        exists().where(BackgroundText.entry_id.in_(entries), BackgroundText.language == language),
        exists().where(TagName.consultation_id == consultation.id, TagName.language == language),
    )
    return bool(session.scalar(select(here[0] | here[1] | here[2] | here[3])))

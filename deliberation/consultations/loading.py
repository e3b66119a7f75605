"""Writing a pack's own words to the database: again and again without losing what participants made."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, marked
from deliberation.base.markup import markdown_to_html
from deliberation.consultations.background import BackgroundEntry, BackgroundText
from deliberation.consultations.changes import TextChange, differences
from deliberation.consultations.models import (
    Consultation,
    ConsultationText,
    Phase,
    PhaseStep,
    Thread,
    ThreadText,
)
from deliberation.consultations.pack_values import (
    ConsultationPack,
    ConsultationWords,
    EntryPack,
    EntryWords,
    ThreadPack,
)


def load_consultation(session: Session, pack: ConsultationPack) -> Consultation:
    """Make or update the consultation, with its threads and background, so that it says what the pack says.

    Phases, and what guests may do, are set only when the consultation is made. Threads and entries that the
    pack no longer has are removed: whoever calls this has made sure that nothing hangs on them. The tags are
    not looked at. Raises Conflict where somebody else makes the same consultation at the same moment.
    """
    consultation = session.scalars(
        select(Consultation).where(Consultation.slug == pack.slug).with_for_update()
    ).one_or_none()
    if consultation is None:
        consultation = _make(session, pack, now())
    consultation.source_language = pack.languages[0]
    consultation.further_languages = list(pack.languages[1:])
    own = {key: _own_row(words) for key, words in pack.words.items()}
    _say(session, consultation.texts, own, ConsultationText, {"consultation_id": consultation.id})
    _sync_threads(session, consultation, pack.threads)
    _sync_background(session, consultation, pack.background)
    session.flush()
    session.expire_all()
    return consultation


def _make(session: Session, pack: ConsultationPack, moment: datetime) -> Consultation:
    consultation = Consultation(
        slug=pack.slug, source_language=pack.languages[0], created_at=moment, guests=pack.guests
    )
    starts = dict(pack.starts)
    if pack.opens is not Phase.DRAFT:
        starts[pack.opens] = moment
    consultation.steps = [PhaseStep(phase=phase, starts_at=start) for phase, start in starts.items()]
    try:
        with session.begin_nested():
            session.add(consultation)
    except IntegrityError as clash:
        sentence = marked("Somebody else is loading the consultation %(slug)s. Try again.")
        raise Conflict(sentence, slug=pack.slug) from clash
    return consultation


def _sync_threads(session: Session, consultation: Consultation, packs: Sequence[ThreadPack]) -> None:
    threads = {thread.number: thread for thread in consultation.threads}
    lost = [threads[number].id for number in threads.keys() - {pack.number for pack in packs}]
    session.execute(
        delete(Thread).where(Thread.id.in_(lost)), execution_options={"synchronize_session": False}
    )
    for position, pack in enumerate(packs, start=1):
        thread = threads.get(pack.number)
        if thread is None:
            thread = Thread(consultation_id=consultation.id, number=pack.number, locked_at=None)
            session.add(thread)
        thread.position = position
        rows = {
            language: {"question": words.question, "lead": words.lead, "is_translation": words.is_translation}
            for language, words in pack.words.items()
        }
        _say(session, thread.texts, rows, ThreadText, _keys(consultation, thread_id=thread.id))


def _sync_background(session: Session, consultation: Consultation, packs: Sequence[EntryPack]) -> None:
    found = session.scalars(
        select(BackgroundEntry).where(BackgroundEntry.consultation_id == consultation.id)
    ).all()
    entries = {entry.key: entry for entry in found}
    lost = [entries[key].id for key in entries.keys() - {pack.key for pack in packs}]
    session.execute(
        delete(BackgroundEntry).where(BackgroundEntry.id.in_(lost)),
        execution_options={"synchronize_session": False},
    )
    for position, pack in enumerate(packs, start=1):
        entry = entries.get(pack.key)
        if entry is None:
            entry = BackgroundEntry(
                consultation_id=consultation.id, key=pack.key, kind=pack.kind, position=position
            )
            session.add(entry)
        entry.kind, entry.position = pack.kind, position
        _say(
            session,
            entry.texts,
            {language: _entry_row(words) for language, words in pack.words.items()},
            BackgroundText,
            _keys(consultation, entry_id=entry.id),
        )


class _InOneLanguage(Protocol):
    language: Any


_Row = TypeVar("_Row", bound=_InOneLanguage)


def _say(
    session: Session,
    texts: list[_Row],
    said: Mapping[str, Mapping[str, object]],
    make: Callable[..., _Row],
    keys: Mapping[str, int | None],
) -> None:
    """Make the rows of a thing say, in each language, what is said, and nothing in any other language.

    What a text said before is kept, under `keys`: a decision that cites a rule cites it as it read then.
    """
    by_language = {text.language: text for text in texts}
    for language in by_language.keys() - said.keys():
        session.delete(by_language[language])
    for language, values in said.items():
        text = by_language.get(language)
        if text is None:
            texts.append(make(language=language, **values))
            continue
        before, after = differences(_words({name: getattr(text, name) for name in values}), _words(values))
        if before:
            session.add(TextChange(**keys, language=language, before=before, after=after, changed_at=now()))
        for name, value in values.items():
            setattr(text, name, value)


def _keys(consultation: Consultation, **more: int | None) -> Mapping[str, int | None]:
    return {"consultation_id": consultation.id, **more}


def _words(row: Mapping[str, object]) -> dict[str, str]:
    """Return what people read in the row: neither what is made of it nor whether it is a translation."""
    words = {}
    for name, value in row.items():
        if not name.endswith("_html") and not isinstance(value, bool):
            words[name] = "\n".join(map(str, value)) if isinstance(value, list) else str(value)
    return words


def _own_row(words: ConsultationWords) -> dict[str, object]:
    return {
        "title": words.title,
        "kicker": words.kicker,
        "introduction": words.introduction,
        "introduction_html": markdown_to_html(words.introduction),
        "organiser": words.organiser,
        "is_translation": words.is_translation,
    }


def _entry_row(words: EntryWords) -> dict[str, object]:
    return {
        "title": words.title,
        "body": words.body,
        "body_html": markdown_to_html(words.body),
        "forms": list(words.forms),
        "is_translation": words.is_translation,
    }

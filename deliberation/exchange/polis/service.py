"""A Polis export becomes a consultation."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Refused, marked
from deliberation.base.text import clean_line
from deliberation.consultations.models import LANGUAGE_LENGTH, SLUG_LENGTH, TITLE_LENGTH, Consultation
from deliberation.exchange.companion.reader import read_companion
from deliberation.exchange.polis.assumed import dossier_of
from deliberation.exchange.polis.reader import read_export
from deliberation.exchange.storing import store

LANGUAGE_UNKNOWN = "und"
"""BCP 47's word for a language nobody has determined."""

_SLUG = re.compile(r"[a-z0-9]+(?:[-._][a-z0-9]+)*")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


def import_polis(
    session: Session, *, directory: Path, slug: str, title: str, language: str | None = None
) -> Consultation:
    """Load the export in `directory` as a consultation that can be read, not voted on.

    Ideas and participants keep the numbers they have in the export. The journal gets every vote event in
    order of time; an idea's counts are those of the current votes. With our own files beside those of
    Polis everything else comes back, too: threads, texts in all languages, tags, the log, moments. Without
    them there is one thread, and `language` is that of all texts; without it they are of an unknown one.
    `title` is the title in the consultation's own language.

    Raises ImportRefused for files that will not do, Refused for an unusable slug, title or language, and
    Conflict for a slug that is taken. Nothing is written then.
    """
    title, language = clean_line(title), language or LANGUAGE_UNKNOWN
    _refuse_unusable(slug=slug, title=title, language=language)
    export = read_export(directory)
    moment = now()
    dossier = read_companion(directory, export, title=title, moment=moment)
    if dossier is None:
        dossier = dossier_of(export, title=title, language=language, moment=moment)
    return store(session, dossier, slug=slug)


def _refuse_unusable(*, slug: str, title: str, language: str) -> None:
    if len(slug) > SLUG_LENGTH or not _SLUG.fullmatch(slug):
        sentence = marked(
            "The slug %(slug)s cannot be part of an address. Use small letters, digits and hyphens."
        )
        raise Refused(sentence, field="slug", slug=slug)
    if not 0 < len(title) <= TITLE_LENGTH:
        raise Refused(
            marked("The title needs 1 to %(length)s characters."), field="title", length=TITLE_LENGTH
        )
    if len(language) > LANGUAGE_LENGTH or not _LANGUAGE.fullmatch(language):
        sentence = marked("%(language)s is not a language code such as sv, en or zh-TW.")
        raise Refused(sentence, field="language", language=language)

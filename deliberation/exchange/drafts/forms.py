"""What every import begins with, and the corrections of a page of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField

from deliberation.base.text import clean_line, clean_name, clean_text, shortened
from deliberation.consultations.models import Thread
from deliberation.consultations.scope import Place
from deliberation.consultations.wording import said
from deliberation.exchange.drafts.rows import Row, RowKind
from deliberation.ideas.forms import LanguageSelect
from deliberation.web.forms import Form, one_line

QUESTION_LENGTH = 90
NAME_LENGTH = 100


class BeginForm(Form):
    """Where texts come from, which question they answer and what language they are in."""

    origin = StringField(_l("Where the texts come from"), filters=[one_line])
    thread = SelectField(_l("The question they answer"), coerce=int, validate_choice=False)
    language = LanguageSelect(_l("Their language"), filters=[one_line])

    def offer(self, place: Place) -> None:
        """Let the person choose among the consultation's questions and languages."""
        self.thread.choices = list(questions(place).items())
        own = [place.consultation.source_language, *(text.language for text in place.consultation.texts)]
        if not self.language.data:
            self.language.data = place.consultation.source_language
        self.language.offered = tuple(dict.fromkeys([*own, self.language.data]))


def questions(place: Place) -> dict[int, str]:
    """Return the consultation's questions by their numbers, in the reader's language."""
    threads: Sequence[Thread] = place.consultation.threads
    source = place.consultation.source_language
    return {
        thread.number: f"{thread.number}. "
        + shortened(said(thread.texts, source=source).words.question, QUESTION_LENGTH)
        for thread in threads
    }


def corrected(row: Row, sent: Mapping[str, str]) -> Row:
    """Return the row with what the page's form says about it; what the form leaves out stays."""

    def field(name: str) -> str | None:
        return sent.get(f"{name}-{row.number}")

    kind, thread = field("kind"), field("thread")
    statement, text, author, language = map(field, ("statement", "text", "author", "language"))
    changed = replace(
        row,
        statement=row.statement if statement is None else clean_line(statement),
        text=row.text if text is None else clean_text(text),
        author=row.author if author is None else clean_name(author)[:NAME_LENGTH].strip(),
        language=row.language if language is None else clean_line(language),
        thread=int(thread)
        if thread and thread.isascii() and thread.isdigit() and len(thread) < 7
        else row.thread,
    )
    return changed.turned(RowKind(kind)) if kind in set(RowKind) else changed

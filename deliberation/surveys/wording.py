"""How pages speak a survey's words to their reader. For views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _
from markupsafe import Markup

from deliberation.base.errors import marked
from deliberation.base.markup import markdown_to_html
from deliberation.consultations.wording import language_name
from deliberation.surveys.definition import Definition
from deliberation.surveys.models import Privacy
from deliberation.surveys.questions.base import Kind, Test, Texts
from deliberation.web.locale import current_language

PRIVACY: Final = {
    Privacy.ANONYMOUS: marked(
        "Your answers are anonymous. While you answer they are kept with your number in this consultation, so"
        " that you can come back. When you hand them in they are cut loose from it, and nobody can find out"
        " which are yours: only that you have answered is known. So you cannot change them afterwards."
    ),
    Privacy.LINKED: marked(
        "Your answers are kept with your number in this consultation, not with your name, so that they can be"
        " compared between people who vote alike. Results are shown for groups of at least ten people. When"
        " the survey has closed, facilitators can read the answers person by person, without the number but"
        " with the opinion group. They and the working group can read each answer written in your own words."
        " You can change your answers until the survey closes."
    ),
}
KIND_NAMES: Final = {
    Kind.SINGLE: marked("One choice"),
    Kind.MULTIPLE: marked("Several choices"),
    Kind.YES_NO: marked("Yes or no"),
    Kind.SCALE: marked("A scale"),
    Kind.MATRIX: marked("Several things on one scale"),
    Kind.RANKING: marked("Putting in order"),
    Kind.NUMBER: marked("A number"),
    Kind.DATE: marked("A date"),
    Kind.SHORT_TEXT: marked("A line of text"),
    Kind.LONG_TEXT: marked("A longer text"),
    Kind.NOTE: marked("A text to read, without an answer"),
}
TEST_NAMES: Final = {
    Test.IS: marked("is"),
    Test.IS_NOT: marked("is not"),
    Test.OVER: marked("is over"),
    Test.UNDER: marked("is under"),
    Test.ANSWERED: marked("is answered"),
}
NO_ATTRIBUTES: Final = Markup()


@dataclass(frozen=True, slots=True)
class Said:
    """A text for this reader. `mark` names its language where that is not the page's."""

    text: str
    attributes: Markup = NO_ATTRIBUTES
    mark: str = ""

    def __bool__(self) -> bool:
        """Whether there is anything to read."""
        return bool(self.text)

    @property
    def html(self) -> Markup:
        """The text read as Markdown."""
        return Markup(markdown_to_html(self.text))  # noqa: S704 - the one function for Markdown


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says a survey's texts in the reader's language where they have it, else in the source language."""

    source: str
    translated: frozenset[str] = frozenset()

    @classmethod
    def of(cls, definition: Definition) -> Speaker:
        """Return who says the words of this survey."""
        return cls(definition.source, definition.translated)

    def say(self, texts: Texts) -> Said:
        """Return the text for this reader."""
        reader, source = current_language(), self.source
        language = reader if reader in texts else source
        text = texts.get(language, "")
        if language == reader or not text:
            return Said(text)
        attributes = Markup(' lang="{}" dir="auto"').format(language)
        return Said(text, attributes, _("In %(language)s", language=language_name(language)))

    @property
    def mark(self) -> str:
        """`Translated from Swedish`, where what this reader gets is a translation."""
        if current_language() not in self.translated:
            return ""
        return _("Translated from %(language)s", language=language_name(self.source))

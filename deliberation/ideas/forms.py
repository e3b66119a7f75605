"""The shape of what people write when they post or change an idea."""

from functools import lru_cache
from typing import Final

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, TextAreaField

from deliberation.consultations.wording import language_name
from deliberation.web.forms import Form, many_lines, one_line

WIDELY_WRITTEN: Final = (
    "ar", "az", "bg", "bn", "ca", "cs", "cy", "da", "de", "el", "en", "eo", "es", "et", "eu", "fa",
    "fi", "fr", "ga", "gl", "he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka", "kk", "ko",
    "ku", "lt", "lv", "mk", "ml", "mr", "ms", "nb", "nl", "nn", "pa", "pl", "pt", "ro", "ru", "se",
    "sk", "sl", "sq", "sr", "sv", "sw", "ta", "te", "th", "tl", "tr", "uk", "ur", "uz", "vi", "yi",
    "zh",
)  # fmt: skip
"""Offered after the consultation's own languages; a form may name any other by its code."""


class IdeaForm(Form):
    """A statement, what else there is to say, and the language of both."""

    statement = TextAreaField(_l("Your idea in one sentence"), filters=[one_line])
    elaboration = TextAreaField(_l("Say more (optional)"), filters=[many_lines])
    language = SelectField(_l("Language"), validate_choice=False)

    def offer(self, languages: list[str], reader: str) -> None:
        """Let the person choose among languages, first those of the consultation."""
        first = [*languages, *([self.language.data] if self.language.data else [])]
        self.language.choices = language_choices(tuple(dict.fromkeys(first)), reader)


class EditForm(IdeaForm):
    """The same, with the number of the wording that the author had before them."""

    revision = HiddenField()

    @property
    def known_revision(self) -> int:
        """The number that came with the form; 0, which no wording has, where it is none."""
        data = str(self.revision.data or "")
        return int(data) if data.isdecimal() and len(data) < 10 else 0


@lru_cache(maxsize=64)
def language_choices(first: tuple[str, ...], _reader: str) -> list[tuple[str, str]]:
    """Return codes and names, in the reader's language: `first` as they come, the rest by name."""
    others = [(code, language_name(code)) for code in WIDELY_WRITTEN if code not in first]
    named = [(code, language_name(code)) for code in first]
    return named + sorted(others, key=lambda choice: choice[1].casefold())

"""The shape of what people write when they post or change an idea."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.widgets import html_params

from deliberation.consultations.wording import language_name
from deliberation.web.forms import Form, many_lines, one_line
from deliberation.web.locale import current_language

WIDELY_WRITTEN: Final = (
    "ar", "az", "bg", "bn", "ca", "cs", "cy", "da", "de", "el", "en", "eo", "es", "et", "eu", "fa",
    "fi", "fr", "ga", "gl", "he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka", "kk", "ko",
    "ku", "lt", "lv", "mk", "ml", "mr", "ms", "nb", "nl", "nn", "pa", "pl", "pt", "ro", "ru", "se",
    "sk", "sl", "sq", "sr", "sv", "sw", "ta", "te", "th", "tl", "tr", "uk", "ur", "uz", "vi", "yi",
    "zh",
)  # fmt: skip
"""Offered after the consultation's own languages; a form may name any other by its code."""


class LanguageSelect(StringField):
    """A choice among languages that takes any other by its code too.

    There are so many of them that drawing each on every page would be what takes longest on it.
    """

    offered: tuple[str, ...] = ()

    def __call__(self, **attributes: Any) -> Markup:
        """Draw the control."""
        attributes = {"id": self.id, "name": self.name, **attributes}
        chosen = str(Markup('<option value="{}"').format(self.data or ""))
        options = _options(self.offered, current_language()).replace(chosen + ">", chosen + " selected>", 1)
        return Markup(f"<select {html_params(**attributes)}>{options}</select>")  # noqa: S704 - all escaped


class IdeaForm(Form):
    """A statement, what else there is to say, and the language of both.

    `different` names, by their numbers, the similar ideas that the person has seen and finds different.
    """

    statement = TextAreaField(_l("Your idea in one sentence"), filters=[one_line])
    elaboration = TextAreaField(_l("Say more (optional)"), filters=[many_lines])
    language = LanguageSelect(_l("Language"), filters=[one_line])

    different = HiddenField(filters=[one_line])

    def differs_from(self, numbers: Iterable[int]) -> bool:
        """Say whether the person has said of all these ideas that theirs is different."""
        return {str(number) for number in numbers} <= set(str(self.different.data or "").split())

    def offer(self, languages: list[str]) -> None:
        """Let the person choose among languages, first those of the consultation and what was chosen."""
        chosen = [self.language.data] if self.language.data else []
        self.language.offered = tuple(dict.fromkeys([*languages, *chosen]))


class NewIdeaForm(IdeaForm):
    """The same, for a page that visitors share: its view refuses forgeries, its template has the token."""

    class Meta(IdeaForm.Meta):
        """What WTForms asks about every form."""

        csrf = False


class EditForm(IdeaForm):
    """The same, with the number of the wording that the author had before them."""

    revision = HiddenField()

    @property
    def known_revision(self) -> int:
        """The number that came with the form; 0, which no wording has, where it is none."""
        data = str(self.revision.data or "")
        return int(data) if data.isdecimal() and len(data) < 10 else 0


@lru_cache(maxsize=64)
def _options(first: tuple[str, ...], _reader: str) -> str:
    """Return the options, named in the reader's language: `first` as they come, the rest by name."""
    others = sorted(
        ((language_name(code), code) for code in WIDELY_WRITTEN if code not in first),
        key=lambda named: named[0].casefold(),
    )
    named = [(language_name(code), code) for code in first] + others
    option = Markup('<option value="{}">{}</option>')
    return "".join(option.format(code, name) for name, code in named)

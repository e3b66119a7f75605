"""What somebody fills in who sets a consultation up. What is acceptable is the service's to say."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput

from deliberation.accounts.forms import PostalForm
from deliberation.base.errors import Conflict, DomainError
from deliberation.base.markup import markdown_to_html
from deliberation.consultations.background import EntryKind
from deliberation.consultations.people import RoleName
from deliberation.consultations.wording import language_name
from deliberation.moderation.forms import ReasonForm
from deliberation.setup.fields import FieldsRefused, TextField
from deliberation.setup.languages import OFFERED
from deliberation.setup.texts import Draft, TextMoved, fingerprint
from deliberation.web.errors import spoken
from deliberation.web.forms import Form

MARKDOWN: Final = frozenset({"introduction", "body"})
"""Fields whose look can be seen before they are saved."""
SHOWN_AT_MOST: Final = 20_000
"""Characters that are rendered for a look; more are refused anyway when they are saved."""


class SetupForm(Form):
    """A form whose refusals stand at their fields, several at once, and which can come too late."""

    is_late = False

    def refuse(self, error: DomainError) -> None:
        """Show every reason at its field."""
        for fault in error.faults if isinstance(error, FieldsRefused) else (error,):
            super().refuse(fault)

    def came_too_late(self, error: Conflict) -> None:
        """Say that the state of things no longer permits this."""
        self.is_late = True
        self.form_errors.append(spoken(error))

    @property
    def status(self) -> int:
        """The status of the page that shows the form."""
        return 409 if self.is_late else super().status


class TextForm(SetupForm):
    """A text in one language."""

    language = HiddenField()
    seen = HiddenField()
    is_translation = BooleanField(_l("This is a translation"))
    fields: tuple[TextField, ...] = ()
    theirs: Mapping[str, str] = {}
    """What somebody else saved meanwhile."""

    @property
    def typed(self) -> dict[str, str]:
        """What stands in the fields of the text."""
        return {field.name: str(self[field.name].data or "") for field in self.fields}

    @property
    def draft(self) -> Draft:
        """What was typed, for the service."""
        return Draft(
            language=str(self.language.data or ""),
            typed=self.typed,
            is_translation=bool(self.is_translation.data),
            seen=str(self.seen.data or ""),
        )

    @property
    def wants_look(self) -> bool:
        """Whether the person asked to see how it will look, and not to save it."""
        return request.method == "POST" and "look" in request.form

    @property
    def looks(self) -> dict[str, str]:
        """How the Markdown that was typed will look, by field, for whoever asked."""
        if not self.wants_look:
            return {}
        return {
            name: markdown_to_html(text[:SHOWN_AT_MOST])
            for name, text in self.typed.items()
            if name in MARKDOWN
        }

    def met_another(self, moved: TextMoved) -> None:
        """Show what somebody else saved; saving again is then a decision."""
        self.came_too_late(moved)
        self.theirs = moved.current
        self.seen.data = fingerprint(moved.current, is_translation=moved.is_translation)


def _area(label: Any, rows: int, description: Any = "") -> TextAreaField:
    return TextAreaField(label, description=description, render_kw={"rows": rows, "dir": "auto"})


def _line(label: Any, description: Any = "") -> StringField:
    return StringField(label, description=description, render_kw={"dir": "auto", "autocomplete": "off"})


_LOOKS = _l("You can use **bold**, *italics*, lists and [links](https://…).")


class WordsForm(TextForm):
    """The consultation's own words."""

    title = _line(_l("Title"))
    kicker = _line(_l("Line above the title"), _l("Two or three words, such as the name of the programme."))
    introduction = _area(_l("Introduction"), 8, _LOOKS)
    organiser = _line(
        _l("Who asks, and the licence of what people write"), _l("Stands at the foot of every page.")
    )


class QuestionForm(TextForm):
    """A question."""

    question = _area(_l("Question"), 2)
    lead = _area(_l("A sentence that helps to answer it"), 2)


class EntryForm(TextForm):
    """A piece of background."""

    title = _line(_l("Heading"))
    body = _area(_l("Text"), 8, _LOOKS)


class TermForm(EntryForm):
    """A word of the glossary."""

    title = _line(_l("Word"))
    body = _area(_l("What it means here"), 4, _LOOKS)
    forms = _area(
        _l("How the word is written in texts"), 3,
        _l("One spelling on each line. The pages explain it where it occurs."),
    )  # fmt: skip


FORMS: Final[Mapping[EntryKind, type[TextForm]]] = {
    **dict.fromkeys(EntryKind, EntryForm),
    EntryKind.GLOSSARY: TermForm,
}


def language_choices(without: Iterable[str] = ()) -> list[SelectChoice]:
    """Return the languages that can be chosen, by name, in the order of their names."""
    named = sorted((language_name(code), code) for code in OFFERED if code not in set(without))
    return [SelectChoice(code, name[:1].upper() + name[1:]) for name, code in named]


class NewForm(SetupForm):
    """A consultation from nothing."""

    title = _line(_l("Title"), _l("In the language that it is written in first. You can change it later."))
    slug = StringField(
        _l("Address"),
        description=_l("Small letters, digits and hyphens. Leave it empty to make one of the title."),
        render_kw={"dir": "ltr", "autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"},
    )
    language = SelectField(_l("Written first in"), validate_choice=False)
    further = SelectMultipleField(
        _l("Further languages"), validate_choice=False, option_widget=CheckboxInput()
    )


class LanguageForm(SetupForm):
    """One more language."""

    language = SelectField(_l("Language"), validate_choice=False)


class SlugForm(SetupForm):
    """Another address."""

    slug = StringField(
        _l("Address"),
        render_kw={"dir": "ltr", "autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"},
    )


class InviteForm(PostalForm, SetupForm):
    """Whom to invite, and to what."""

    role = RadioField(
        _l("Role"),
        choices=[
            SelectChoice(RoleName.FACILITATOR.value, _l("Facilitator: sets up, opens, keeps it readable")),
            SelectChoice(RoleName.WORKING_GROUP.value, _l("Working group: writes the synthesis")),
        ],
        default=RoleName.FACILITATOR.value,
    )


class TagForm(SetupForm):
    """A tag for the vocabulary, in the source language."""

    name = _line(_l("Name of the tag"))


class LinkForm(SetupForm):
    """A link to a proposal elsewhere."""

    category = SelectField(_l("Category"), validate_choice=False)
    title = _line(_l("What it is called"))
    address = StringField(
        _l("Address on the web"),
        render_kw={"dir": "ltr", "inputmode": "url", "autocomplete": "off", "spellcheck": "false"},
    )


class HideLinkForm(ReasonForm):
    """Which rule a link breaks."""

    rule = RadioField(_l("Which rule does it break?"), validate_choice=False)

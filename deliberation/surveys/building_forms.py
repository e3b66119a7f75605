"""The shape of what facilitators write when they build a survey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FieldList,
    FileField,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from deliberation.base.errors import marked
from deliberation.consultations.models import TITLE_LENGTH
from deliberation.consultations.pack_schema import LINE_LENGTH
from deliberation.consultations.wording import language_name
from deliberation.surveys.checking import Problem
from deliberation.surveys.conditions import code_of, document_of
from deliberation.surveys.models import Placement, Privacy, Showing
from deliberation.surveys.questions.base import Condition, Kind, Texts
from deliberation.surveys.schema import LABEL_LENGTH, TEXT_LENGTH, UNIT_LENGTH
from deliberation.web.forms import Form, many_lines, one_line

SPARE_OPTIONS: Final = 3
SPARE_CONDITIONS: Final = 1
SOURCE_NEEDED: Final = marked("Write this in the first language at least.")
TOO_LONG: Final = _l("At most %(max)d characters fit.")
LABELS: Final = {
    "title": marked("Title in %(language)s"),
    "introduction": marked("Introduction in %(language)s"),
    "thanks": marked("Thanks in %(language)s"),
    "text": marked("Text in %(language)s"),
    "help": marked("Help in %(language)s"),
    "low": marked("What the lowest point means, in %(language)s"),
    "high": marked("What the highest point means, in %(language)s"),
    "unit": marked("Unit in %(language)s"),
}
LIMITS: Final = {
    "title": TITLE_LENGTH, "introduction": TEXT_LENGTH, "thanks": TEXT_LENGTH, "text": LINE_LENGTH,
    "help": LINE_LENGTH, "low": LABEL_LENGTH, "high": LABEL_LENGTH, "unit": UNIT_LENGTH,
}  # fmt: skip
LONG: Final = frozenset({"introduction", "thanks", "help"})
REASONS: Final = (
    marked("is missing"),
    marked("is empty"),
    marked("must be a whole number"),
    marked("must be a number"),
    marked("must be a date such as 2026-11-24"),
)
"""What the schema may say of a field; marked here for the translators."""


class BuildingForm(Form):
    """A form about a draft. `revision` is that of the draft that the facilitator had before them."""

    revision = HiddenField()
    is_late = False

    @property
    def status(self) -> int:
        """The status of the page that shows the form."""
        return 409 if self.is_late else super().status

    @property
    def known_revision(self) -> int:
        """The number that came with the form; 0, which no draft has, where it is none."""
        data = str(self.revision.data or "")
        return int(data) if data.isdecimal() and len(data) < 10 else 0

    def of(self, name: str) -> list[tuple[str, Any]]:
        """Return the fields of one text, each with its language."""
        beginning = f"{name}_"
        return [
            (field.name.removeprefix(beginning), field)
            for field in self
            if field.name.startswith(beginning) and isinstance(field, StringField)
        ]

    def show(self, name: str, texts: Texts) -> None:
        """Put a text into its fields."""
        for language, field in self.of(name):
            field.data = texts.get(language, "")

    def said(self, name: str) -> dict[str, str]:
        """Return what is written in the fields of one text."""
        return {language: field.data for language, field in self.of(name) if field.data}

    def blame(self, problems: Sequence[Problem]) -> None:
        """Show each problem at the field it is about, or above the form."""
        for problem in problems:
            name = problem.path.replace(".", "_")
            field = self._fields.get(name) or self._fields.get(problem.path.split(".")[0].split("[")[0])
            reason = _(problem.sentence, **problem.values)
            if field is None or isinstance(field, FieldList):
                self.form_errors.append(f"{problem.path}: {reason}")
            else:
                field.errors = [*field.errors, reason]


class NewForm(Form):
    """A survey's beginning."""

    title = StringField(
        _l("What the survey is called"),
        filters=[one_line],
        validators=[Length(max=TITLE_LENGTH, message=TOO_LONG)],
    )


class LoadForm(Form):
    """A survey as YAML: written or pasted, or a file."""

    definition = TextAreaField(_l("The survey as YAML"))
    file = FileField(_l("Or a file"))


class OpenForm(Form):
    """Opening, until a day if it is known, and closing."""

    do = StringField()
    closes = StringField(_l("Closes after this day (may be left empty)"), filters=[one_line])


class ArrangeForm(BuildingForm):
    """What is to be done with which part."""

    do = StringField()
    what = StringField()
    key = StringField()


class OptionForm(PlainForm):
    """One option or row; the texts are added by language."""

    key = HiddenField()
    place = StringField(_l("Place"), filters=[one_line])


class ConditionForm(PlainForm):
    """One condition."""

    asked = SelectField(_l("Show only if"), validate_choice=False)
    value = StringField(_l("Value"), filters=[one_line])


def _texts(*names: str, languages: Sequence[str]) -> dict[str, Any]:
    """Return the fields for these texts in each language."""
    fields: dict[str, Any] = {}
    for name in names:
        is_long = name in LONG
        for language in languages:
            kind = TextAreaField if is_long else StringField
            fields[f"{name}_{language}"] = kind(
                _(LABELS[name], language=language_name(language)),
                filters=[many_lines if is_long else one_line],
                validators=[Length(max=LIMITS[name], message=TOO_LONG)],
            )
    return fields


_PRIVACY: Final = {
    Privacy.ANONYMOUS.value: _l("Anonymous: cut loose from whoever gave them"),
    Privacy.LINKED.value: _l("With the participant’s number, to be compared between groups"),
}
_PLACEMENT: Final = {
    Placement.BEFORE.value: _l("Before voting"),
    Placement.BESIDE.value: _l("Beside voting"),
    Placement.AFTER.value: _l("After voting"),
}
_SHOWING: Final = {
    Showing.LIVE.value: _l("While it is open"),
    Showing.CLOSED.value: _l("When it has closed"),
}


def words_form(languages: Sequence[str]) -> BuildingForm:
    """Return the form of the survey's own words and settings."""
    fields = {
        **_texts("title", "introduction", "thanks", languages=languages),
        "privacy": SelectField(
            _l("How answers are kept"), choices=[SelectChoice(*one) for one in _PRIVACY.items()]
        ),
        "placement": SelectField(
            _l("When the consultation asks for it"),
            choices=[SelectChoice(*one) for one in _PLACEMENT.items()],
        ),
        "showing": SelectField(
            _l("When results are shown"), choices=[SelectChoice(*one) for one in _SHOWING.items()]
        ),
    }
    form: BuildingForm = type("WordsForm", (BuildingForm,), fields)()
    return form


_OF_A_KIND: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.SCALE: ("low", "high"),
    Kind.MATRIX: ("low", "high"),
    Kind.NUMBER: ("unit",),
}
_FLAGS: Final[Mapping[str, Any]] = {
    "required": _l("Required"),
    "may_decline": _l("Offer “prefer not to say”"),
    "other": _l("Offer “something else”, in words"),
    "shuffled": _l("Show them in random order, another for each person"),
}
_PLAIN: Final[Mapping[str, Any]] = {
    "points": _l("Number of points, 2 to 11"),
    "least": _l("At least"),
    "most": _l("At most"),
    "decimals": _l("Digits after the decimal sign"),
    "limit": _l("Most characters"),
}
FLAGS_OF: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.SINGLE: ("other", "shuffled"),
    Kind.MULTIPLE: ("other", "shuffled"),
    Kind.MATRIX: ("shuffled",),
    Kind.RANKING: ("shuffled",),
}
PLAIN_OF: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.MULTIPLE: ("least", "most"),
    Kind.RANKING: ("least", "most"),
    Kind.SCALE: ("points",),
    Kind.MATRIX: ("points",),
    Kind.NUMBER: ("least", "most", "decimals"),
    Kind.DATE: ("least", "most"),
    Kind.SHORT_TEXT: ("limit",),
    Kind.LONG_TEXT: ("limit",),
}
HAS_OPTIONS: Final = frozenset({Kind.SINGLE, Kind.MULTIPLE, Kind.RANKING, Kind.MATRIX})


def question_form(kind: Kind, languages: Sequence[str]) -> BuildingForm:
    """Return the form of a question of this kind."""
    fields: dict[str, Any] = _texts("text", languages=languages)
    if kind is Kind.NOTE:
        label = LABELS["text"]
        for field in list(fields):
            language = field.removeprefix("text_")
            fields[field] = TextAreaField(
                _(label, language=language_name(language)),
                filters=[many_lines],
                validators=[Length(max=TEXT_LENGTH, message=TOO_LONG)],
            )
    else:
        fields |= _texts("help", *_OF_A_KIND.get(kind, ()), languages=languages)
        for name in ("required", "may_decline", *FLAGS_OF.get(kind, ())):
            fields[name] = BooleanField(_FLAGS[name])
        for name in PLAIN_OF.get(kind, ()):
            fields[name] = StringField(_PLAIN[name], filters=[one_line])
    if kind in HAS_OPTIONS:
        texts = {
            f"text_{language}": StringField(
                language_name(language),
                filters=[one_line],
                validators=[Length(max=LABEL_LENGTH, message=TOO_LONG)],
            )
            for language in languages
        }
        fields["options"] = FieldList(FormField(type("OptionForm", (OptionForm,), texts)))
    fields["show_if"] = FieldList(FormField(ConditionForm))
    form: BuildingForm = type("QuestionForm", (BuildingForm,), fields)()
    return form


def section_form(languages: Sequence[str]) -> BuildingForm:
    """Return the form of a page's words and conditions."""
    fields = {
        **_texts("title", "introduction", languages=languages),
        "show_if": FieldList(FormField(ConditionForm)),
    }
    form: BuildingForm = type("SectionForm", (BuildingForm,), fields)()
    return form


def show_conditions(form: BuildingForm, conditions: Sequence[Condition]) -> None:
    """Put conditions into the form, with a line to spare."""
    for condition in conditions:
        plain = condition.values[0] if condition.values else ""
        form["show_if"].append_entry({"asked": code_of(condition), "value": plain})
    for _line in range(SPARE_CONDITIONS):
        form["show_if"].append_entry({})


def conditions_in(form: BuildingForm) -> list[dict[str, Any]]:
    """Return the conditions that are chosen, as in the document."""
    found = (document_of(str(one["asked"].data or ""), one["value"].data or "") for one in form["show_if"])
    return [one for one in found if one is not None]


def show_options(form: BuildingForm, options: Sequence[Mapping[str, Any]]) -> None:
    """Put options or rows into the form, with some lines to spare."""
    for place, option in enumerate(options, start=1):
        texts = {f"text_{language}": text for language, text in option["text"].items()}
        form["options"].append_entry({"key": option["key"], "place": str(place), **texts})
    for _line in range(SPARE_OPTIONS):
        form["options"].append_entry({})


def options_in(form: BuildingForm, languages: Sequence[str]) -> list[tuple[str, dict[str, str]]]:
    """Return the options that say something, by place: each with its key, empty for a new one."""
    found = []
    for number, entry in enumerate(form["options"]):
        texts = {one: entry[f"text_{one}"].data for one in languages if entry[f"text_{one}"].data}
        place = str(entry["place"].data or "")
        at = int(place) if place.isascii() and place.isdigit() and len(place) < 5 else 10_000
        if texts:
            found.append((at, number, str(entry["key"].data or ""), texts))
    return [(key, texts) for _at, _number, key, texts in sorted(found, key=lambda one: one[:2])]

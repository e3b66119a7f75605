"""What each text may say. The limits are those of packs: what is written here can be loaded there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from deliberation.base.errors import Refused, marked
from deliberation.base.text import clean_line, clean_text
from deliberation.consultations.models import TITLE_LENGTH
from deliberation.consultations.pack_schema import BODY_LENGTH, INTRODUCTION_LENGTH, LINE_LENGTH

FORM_LENGTH: Final = 80
MOST_FORMS: Final = 30


@dataclass(frozen=True, slots=True)
class TextField:
    """One field of a text: how long it may be, whether on several lines, whether it has to be there."""

    name: str
    limit: int
    has_lines: bool = False
    is_needed: bool = False

    def cleaned(self, typed: str) -> str:
        """Return what is kept of what was typed."""
        return clean_text(typed) if self.has_lines else clean_line(typed)


OWN: Final = (
    TextField("title", TITLE_LENGTH, is_needed=True),
    TextField("kicker", TITLE_LENGTH),
    TextField("introduction", INTRODUCTION_LENGTH, has_lines=True),
    TextField("organiser", LINE_LENGTH),
)
QUESTION: Final = (TextField("question", LINE_LENGTH, is_needed=True), TextField("lead", LINE_LENGTH))
ENTRY: Final = (
    TextField("title", TITLE_LENGTH, is_needed=True),
    TextField("body", BODY_LENGTH, has_lines=True, is_needed=True),
)
TERM: Final = (*ENTRY, TextField("forms", FORM_LENGTH * MOST_FORMS, has_lines=True))


class FieldsRefused(Refused):
    """Several fields cannot be saved as they are; each has its own reason."""

    def __init__(self, faults: Sequence[Refused]) -> None:
        """Keep the reasons."""
        super().__init__()
        self.faults = tuple(faults)


def cleaned(fields: Sequence[TextField], typed: Mapping[str, str], *, is_source: bool) -> dict[str, str]:
    """Return the fields as they are kept; none at all where a translation is left empty.

    Raises FieldsRefused with everything that is wrong.
    """
    said = {field.name: field.cleaned(typed.get(field.name, "")) for field in fields}
    if not is_source and not any(said.values()):
        return {}
    faults = []
    for field in fields:
        text = said[field.name]
        if field.is_needed and not text:
            faults.append(Refused(_missing(is_source=is_source), field=field.name))
        elif len(text) > field.limit:
            sentence = marked("This is %(extra)s characters too long; %(most)s fit.")
            faults.append(
                Refused(sentence, field=field.name, extra=len(text) - field.limit, most=field.limit)
            )
    if "forms" in said:
        faults += _faults_of_forms(said["forms"])
        said["forms"] = "\n".join(forms_in(said["forms"]))
    if faults:
        raise FieldsRefused(faults)
    return said


def forms_in(text: str) -> tuple[str, ...]:
    """Return the spellings, one on each line, each once."""
    return tuple(dict.fromkeys(form for line in text.split("\n") if (form := clean_line(line))))


def _faults_of_forms(text: str) -> list[Refused]:
    forms = forms_in(text)
    if len(forms) > MOST_FORMS:
        return [Refused(marked("At most %(most)s spellings fit."), field="forms", most=MOST_FORMS)]
    if any(len(form) > FORM_LENGTH for form in forms):
        return [
            Refused(marked("A spelling may have at most %(most)s characters."), field="forms",
                    most=FORM_LENGTH)
        ]  # fmt: skip
    return []


def _missing(*, is_source: bool) -> str:
    if is_source:
        return marked("This is needed. It is the language that everything falls back to.")
    return marked("Write this too, or leave everything in this language empty.")

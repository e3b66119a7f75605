"""What every form has in common."""

from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.form import BaseForm

from deliberation.base.errors import DomainError
from deliberation.base.text import clean_line, clean_text
from deliberation.web.errors import spoken


class Form(FlaskForm):
    """A form that keeps what was typed and shows a refusal at the field it is about."""

    class Meta(FlaskForm.Meta):
        """What WTForms asks about every form."""

        def wrap_formdata(self, form: BaseForm, formdata: Any) -> Any:
            """Take text alone: a file or a number out of JSON is nothing that a field could clean."""
            taken = super().wrap_formdata(form, formdata)
            return taken if formdata is taken else request.form

    def refuse(self, error: DomainError) -> None:
        """Show the error's sentence at its field, or above the form when it has none."""
        field: Field | None = self._fields.get(error.field or "")
        if field is None:
            self.form_errors.append(spoken(error))
        else:
            field.errors = [*field.errors, spoken(error)]

    @property
    def status(self) -> int:
        """The status of the page that shows the form: 422 when something in it was refused."""
        return 422 if self.errors else 200


def one_line(value: Any) -> Any:
    """WTForms filter: one clean line."""
    return clean_line(value) if isinstance(value, str) else value


def many_lines(value: Any) -> Any:
    """WTForms filter: clean text with its line breaks."""
    return clean_text(value) if isinstance(value, str) else value

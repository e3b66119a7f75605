"""The shape of what comes with a page of a survey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flask import request
from wtforms import HiddenField, StringField

from deliberation.web.forms import Form

MOST_SHOWN: Final = 10_000


class PageForm(Form):
    """A page of answers. The answers themselves are read by the questions, field by field.

    `shown` names the questions that were on the page, so that one that is new there is not taken for empty.
    """

    shown = HiddenField()
    do = StringField()
    is_late = False

    @property
    def status(self) -> int:
        """The status of the page that shows the form."""
        return 409 if self.is_late else super().status

    @property
    def keys(self) -> frozenset[str]:
        """The keys of the questions that were on the page."""
        return frozenset(str(self.shown.data or "")[:MOST_SHOWN].split())


def sent_fields() -> Mapping[str, Sequence[str]]:
    """Return what was sent, every field with its values."""
    return {name: request.form.getlist(name) for name in request.form}

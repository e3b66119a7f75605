"""Forms of the results room."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from deliberation.base.errors import Refused, marked
from deliberation.results.models import LABEL_LENGTH
from deliberation.web.forms import Form, one_line

NO_SHARE: Final = marked("Write a share as a number from 0 to 100, such as 12.5.")
_PERCENT: Final = re.compile(r"\d{1,3}(?:[.,]\d{1,4})?")


class LabelForm(Form):
    """A label to put on an open answer."""

    name = StringField(
        _l("New label"),
        filters=[one_line],
        validators=[
            InputRequired(_l("Write a label.")),
            Length(max=LABEL_LENGTH, message=_l("At most %(max)d characters fit.")),
        ],
    )


class UnlabelForm(Form):
    """A label to take off."""

    name = HiddenField(filters=[one_line])


class SharesForm(Form):
    """Known shares of the answers to one question; the fields are named after the answers."""


class BreakdownsForm(Form):
    """By which questions results are to be broken down."""


def percents_sent(keys: list[str]) -> dict[str, float]:
    """Return the per cents that were sent, by answer; empty fields are 0. Raises Refused."""
    return {key: _percent(request.form.get(f"share-{key}", "")) for key in keys}


def typed_shares(known: Mapping[str, float], keys: list[str]) -> dict[str, str]:
    """Return what stands in the fields: what was sent, else what is known."""
    if request.method == "POST":
        return {key: request.form.get(f"share-{key}", "") for key in keys}
    return {key: f"{100 * known[key]:.4g}" if key in known else "" for key in keys}


def _percent(typed: str) -> float:
    plain = typed.strip().removesuffix("%").strip()
    if not plain:
        return 0.0
    if not (plain.isascii() and _PERCENT.fullmatch(plain)) or float(plain.replace(",", ".")) > 100:
        raise Refused(NO_SHARE)
    return float(plain.replace(",", "."))

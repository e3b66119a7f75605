"""The pages on which a facilitator uploads a spreadsheet and says which column holds what."""

from __future__ import annotations

from contextlib import closing

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms import FileField, SelectField

from deliberation.base.errors import NotFound, Refused, marked
from deliberation.base.text import clean_line
from deliberation.consultations.queries import get_thread
from deliberation.consultations.scope import FACILITATOR, current_place
from deliberation.exchange.drafts.forms import BeginForm
from deliberation.exchange.drafts.models import ORIGIN_LENGTH, DraftSource, ImportDraft
from deliberation.exchange.drafts.service import Edition, begin_import, get_draft, keep, require_phase
from deliberation.exchange.drafts.views import NUMBER, obstacle_here, without_known
from deliberation.exchange.spreadsheet.columns import PARTS, guess_columns, rows_of_sheet
from deliberation.exchange.spreadsheet.keeping import sheet_as_json, sheet_from_json
from deliberation.exchange.spreadsheet.reader import read_sheet
from deliberation.exchange.spreadsheet.records import SheetFault
from deliberation.web.access import access
from deliberation.web.errors import error_page
from deliberation.web.extensions import account_key, db, limiter
from deliberation.web.forms import Form

blueprint = Blueprint("spreadsheet", __name__)
NONE = -1


class UploadForm(BeginForm):
    """The file, and what it is about."""

    file = FileField(_l("The file (CSV or XLSX)"))


class ColumnsForm(Form):
    """Which column holds what; -1 where none does."""

    statement = SelectField(_l("Statement"), coerce=int)
    elaboration = SelectField(_l("Elaboration"), coerce=int)
    language = SelectField(_l("Language"), coerce=int)
    author = SelectField(_l("Author"), coerce=int)
    tags = SelectField(_l("Tags"), coerce=int)

    def offer(self, headings: tuple[str, ...]) -> None:
        """Let the person choose among the headings."""
        named = [(n, heading or _("Column %(number)s", number=n + 1)) for n, heading in enumerate(headings)]
        self.statement.choices = [(NONE, _("Choose a column")), *named]
        for field in (self.elaboration, self.language, self.author, self.tags):
            field.choices = [(NONE, _("None")), *named]

    def chosen(self) -> dict[str, int]:
        """Return the column of each part that has one. Raises Refused where no statement has."""
        fields = (self.statement, self.elaboration, self.language, self.author, self.tags)
        columns = {field.name: field.data for field in fields if field.data != NONE}
        if "statement" not in columns:
            raise Refused(marked("Choose the column that holds the statements."), field="statement")
        return columns


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Say what to do with a file that is larger than a request may be."""
    sentence = _("The file is too large to be taken at once. Divide it into smaller ones.")
    return error_page(413, _("That is too much at once"), sentence)


@blueprint.route("/c/<slug>/import/spreadsheet", methods=["GET", "POST"])
@access(FACILITATOR)
@limiter.limit("60 per hour", key_func=account_key, methods=["POST"])
def upload(slug: str) -> ResponseReturnValue:
    """Take a file of ideas, and lead to the choice of its columns."""
    form, faults = UploadForm(), tuple[SheetFault, ...]()
    form.offer(current_place())
    if form.validate_on_submit():
        try:
            number = _begin(form)
            return redirect(url_for("spreadsheet.columns", slug=slug, number=number), 303)
        except Refused as refusal:
            db.session.rollback()
            form.refuse(refusal)
    return render_template(
        "imports/upload.html", form=form, faults=faults, obstacle=obstacle_here()
    ), form.status


@blueprint.route(f"/c/<slug>/import/{NUMBER}/columns", methods=["GET", "POST"])
@access(FACILITATOR)
@limiter.limit("200 per hour", key_func=account_key, methods=["POST"])
def columns(slug: str, number: int) -> ResponseReturnValue:
    """Show the first lines and ask which column holds what; report every line that will not do."""
    place, session = current_place(), db.session()
    draft = get_draft(session, place.consultation, number)
    if draft.source is not DraftSource.SPREADSHEET:
        raise NotFound
    sheet = sheet_from_json(draft.content["sheet"])
    chosen = draft.content.get("columns") or guess_columns(sheet.headings)
    form = ColumnsForm(data={part: chosen.get(part, NONE) for part in PARTS})
    form.offer(sheet.headings)
    faults = list(sheet.faults)
    if form.validate_on_submit():
        try:
            faults = _choose(draft, form)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            if not faults:
                return redirect(url_for("imports.show", slug=slug, number=number), 303)
    status = 422 if request.method == "POST" else 200
    page = render_template(
        "imports/columns.html", draft=draft, form=form, sheet=sheet, faults=faults, obstacle=obstacle_here()
    )
    return page, status


def _begin(form: UploadForm) -> int:
    place, session = current_place(), db.session()
    require_phase(place.consultation)
    thread = get_thread(session, place.consultation, form.thread.data or 0).number
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Refused(marked("Choose a file."), field="file")
    with closing(sent):
        sheet = read_sheet(sent.read())
    if not sheet.lines:
        fault = sheet.faults[0]
        raise Refused(fault.sentence, field="file", **fault.values)
    origin = form.origin.data or clean_line(sent.filename)[:ORIGIN_LENGTH]
    draft = begin_import(
        session, consultation=place.consultation, by=current_user.account_id, source=DraftSource.SPREADSHEET,
        origin=origin, thread=thread, language=form.language.data or place.consultation.source_language,
        content={"sheet": sheet_as_json(sheet)},
    )  # fmt: skip
    session.commit()
    return draft.id


def _choose(draft: ImportDraft, form: ColumnsForm) -> list[SheetFault]:
    place, session = current_place(), db.session()
    chosen, sheet = form.chosen(), sheet_from_json(draft.content["sheet"])
    rows, faults = rows_of_sheet(sheet, chosen, thread=draft.thread_number, language=draft.language)
    if not faults:
        rows = without_known(place.consultation, rows, draft.origin)
        keep(
            session, consultation=place.consultation, edition=Edition(draft.id, draft.version),
            by=current_user.account_id, columns=chosen, rows=[row.as_json() for row in rows],
        )  # fmt: skip
        session.commit()
    return faults

"""Handing out the answers one by one, to facilitators."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, current_app, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from deliberation.base.clock import now
from deliberation.base.errors import NotFound
from deliberation.consultations.scope import FACILITATOR, VISITOR
from deliberation.results.cards import cards_of
from deliberation.results.exports.report import figures_csv, figures_json, parts_of
from deliberation.results.exports.service import Answers
from deliberation.results.exports.text import write_archive, write_json
from deliberation.results.views import ONE, Asked, asked_results
from deliberation.synthesis.words import words_in
from deliberation.synthesis.writers.html import write_html_parts
from deliberation.synthesis.writers.markdown import write_markdown_parts
from deliberation.web.access import access
from deliberation.web.extensions import db
from deliberation.web.locale import current_language

blueprint = Blueprint("exports", __name__)
PIECE: Final = 256 * 1024
MEDIA_TYPES: Final = {
    "zip": "application/zip",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "sav": "application/x-spss-sav",
}
REPORT_TYPES: Final = {
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "csv": "text/csv; charset=utf-8; header=present",
    "json": "application/json",
}


@blueprint.get(f"{ONE}/data.<format>")
@access(FACILITATOR)
def download(slug: str, survey: str, format: str) -> ResponseReturnValue:
    """Hand out the answers; see `Answers` for what is in them and what refuses."""
    asked = asked_results(survey)
    if format not in MEDIA_TYPES:
        raise NotFound
    answers = Answers(
        db.session(),
        survey=asked.survey,
        by=current_user.account_id,
        language=current_language(),
        is_closed=asked.survey.is_closed(now()),
    )
    pieces = _PIECES[format](answers, asked)
    response = Response(stream_with_context(pieces), content_type=MEDIA_TYPES[format])
    name = f"{slug}-{survey}-answers.{format}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get(f"{ONE}/report.<format>")
@access(VISITOR)
def report(slug: str, survey: str, format: str) -> ResponseReturnValue:
    """Hand out what the results page shows, as a report or as figures."""
    asked = asked_results(survey)
    if asked.shown is None or format not in REPORT_TYPES:
        raise NotFound
    shown, language = asked.shown, current_language()
    cards = cards_of(asked.definition, shown.figures, {})
    parts = parts_of(
        cards, asked.namer, people=shown.figures.people, counted_at=shown.counted_at,
        address=f"{current_app.config['BASE_URL']}{url_for('results.show', slug=slug, survey=survey)}",
    )  # fmt: skip
    if format == "html":
        content = write_html_parts(parts, title=asked.namer.title.text, language=language)
    elif format == "md":
        content = write_markdown_parts(parts, words_in(language))
    elif format == "csv":
        content = figures_csv(cards)
    else:
        content = figures_json(shown.figures, survey=survey, counted_at=shown.counted_at)
    response = Response(content, content_type=REPORT_TYPES[format])
    response.headers.set("Content-Disposition", "attachment", filename=f"{slug}-{survey}-results.{format}")
    return response


def _archive(answers: Answers, _asked: Asked) -> Iterator[bytes]:
    return write_archive(answers.variables, answers.rows())


def _json(answers: Answers, asked: Asked) -> Iterator[bytes]:
    about: dict[str, Any] = {
        "format": "survey-answers/1",
        "survey": asked.survey.key,
        "title": asked.namer.title.text,
        "privacy": asked.survey.privacy.value,
    }
    return write_json(answers.variables, answers.stored(), about=about)


def _workbook(answers: Answers, _asked: Asked) -> Iterator[bytes]:
    # The libraries behind these two are large, and loaded when somebody first wants such a file.
    from deliberation.results.exports.sheets import write_workbook

    return _whole_file(lambda path: write_workbook(path, answers.variables, answers.rows()))


def _spss(answers: Answers, asked: Asked) -> Iterator[bytes]:
    from deliberation.results.exports.sheets import write_spss

    title = asked.namer.title.text
    return _whole_file(lambda path: write_spss(path, answers.variables, answers.rows(), title=title))


def _whole_file(write: Callable[[Path], None]) -> Iterator[bytes]:
    """Write the file before the first piece goes out: what fails must be an error and not half a file."""
    folder = tempfile.TemporaryDirectory()
    path = Path(folder.name) / "answers"
    try:
        write(path)
    except BaseException:
        folder.cleanup()
        raise
    return _pieces_of(path, folder)


def _pieces_of(path: Path, folder: tempfile.TemporaryDirectory[str]) -> Iterator[bytes]:
    with folder, path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


_PIECES: Final[dict[str, Callable[[Answers, Asked], Iterator[bytes]]]] = {
    "zip": _archive,
    "json": _json,
    "xlsx": _workbook,
    "sav": _spss,
}

"""Pages of the synthesis room: what the votes say so far, to read and to take along."""

from datetime import datetime, timedelta

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_time

from deliberation.base.clock import now
from deliberation.base.errors import NotFound
from deliberation.consultations.models import Phase
from deliberation.consultations.scope import VISITOR, asked_thread, current_place
from deliberation.synthesis.files import file_name, fingerprint, get_format, write
from deliberation.synthesis.live import live_report
from deliberation.synthesis.prepared.service import find_content
from deliberation.synthesis.signing.keeping import report_of
from deliberation.synthesis.signing.queries import find_published_number
from deliberation.synthesis.signing.views import seen_version
from deliberation.synthesis.words import words_in
from deliberation.synthesis.writers import WRITERS, Format
from deliberation.synthesis.writers.report import Report
from deliberation.votes.parts import voting_guests
from deliberation.web.access import access
from deliberation.web.extensions import db
from deliberation.web.locale import LANGUAGES, current_language

blueprint = Blueprint("synthesis", __name__)


@blueprint.get("/c/<slug>/synthesis")
@access(VISITOR)
def show(slug: str) -> ResponseReturnValue:
    """Show who took part and what was found in each thread, or in one."""
    number, place = asked_thread(), current_place()
    report = composed(number, current_language())
    closes_at = place.timetable.starts.get(Phase.SYNTHESIS)
    return render_template(
        "synthesis/show.html",
        report=report,
        thread_number=number,
        formats=list(Format),
        counted=_spoken_moment(report.dated),
        guests=0 if number else voting_guests(db.session(), place.consultation.id),
        takes_votes=place.timetable.takes_votes,
        closes_at=closes_at - timedelta(microseconds=1) if closes_at else None,
        published=find_published_number(db.session(), place.consultation.id),
    )


@blueprint.get("/c/<slug>/synthesis.<format>")
@access(VISITOR)
def download(slug: str, format: str) -> ResponseReturnValue:
    """Hand out the synthesis as a file; the same votes have the same ETag."""
    kind, number = get_format(format), asked_thread()
    report = composed(number, asked_language())
    return _as_file(report, kind, name=file_name(report, kind, thread_number=number))


@blueprint.get("/c/<slug>/synthesis/versions/<int:number>.<format>")
@access(VISITOR)
def download_version(slug: str, number: int, format: str) -> ResponseReturnValue:
    """Hand out a version as a file, in its own language."""
    kind, version = get_format(format), seen_version(number)
    report = report_of(version, words_in(version.language))
    return _as_file(report, kind, name=file_name(report, kind))


def _as_file(report: Report, kind: Format, *, name: str) -> Response:
    mark = fingerprint(report, kind)
    made = (
        find_content(db.session(), current_place().consultation.id, mark)
        if WRITERS[kind].takes_long
        else None
    )
    response = Response(made or write(report, kind), content_type=WRITERS[kind].media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.set_etag(mark, weak=True)
    return response


def composed(thread_number: int | None, language: str) -> Report:
    """Return what the votes say to this minute, of the consultation or of one of its threads."""
    return live_report(
        db.session(),
        consultation=current_place().consultation,
        thread_number=thread_number,
        language=language,
        base_url=current_app.config["BASE_URL"],
        # To the minute, so that a page read again within it is the same page.
        moment=now().replace(second=0, microsecond=0),
    )


def _spoken_moment(moment: datetime) -> str:
    return f"{format_date(moment, 'long')}, {format_time(moment, 'short')} UTC"


def asked_language() -> str:
    """Return the language that `?language=` asks for, or the reader's. Raises NotFound for an unknown one."""
    asked = request.args.get("language", "")
    if asked and asked not in LANGUAGES:
        raise NotFound
    return asked or current_language()

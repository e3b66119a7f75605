"""Pages of files that take long to write: to ask for one, to wait for it, to fetch it."""

from typing import Final

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import MethodNotAllowed

from deliberation.base.clock import now
from deliberation.consultations.scope import VISITOR, asked_thread, current_place
from deliberation.synthesis.files import get_format
from deliberation.synthesis.prepared.models import STEPS, PreparedFile, State
from deliberation.synthesis.prepared.service import NoFile, ask, check_standing, get_file
from deliberation.synthesis.signing.keeping import report_of
from deliberation.synthesis.signing.views import seen_version
from deliberation.synthesis.views import asked_language, composed
from deliberation.synthesis.words import words_in
from deliberation.synthesis.writers import WRITERS, Format
from deliberation.synthesis.writers.report import Report
from deliberation.web.access import access
from deliberation.web.extensions import csrf, db
from deliberation.web.forgery import refuse_forgeries

blueprint = Blueprint("prepared", __name__)
REFRESH_SECONDS: Final = 3


@blueprint.app_template_test("long_to_write")
def is_long_to_write(kind: Format) -> bool:
    """Say whether a visitor should not have to wait for this format on a page."""
    return WRITERS[kind].takes_long


@blueprint.post("/c/<slug>/synthesis/composed/<long>")
@csrf.exempt  # see web/forgery.py
@access(VISITOR)
def ask_composed(slug: str, long: str) -> ResponseReturnValue:
    """Have a file of the composed synthesis written, and lead to where it will be."""
    kind, number = _long_format(long), asked_thread()
    refuse_forgeries()
    return _asked(composed(number, asked_language()), kind, thread_number=number)


@blueprint.post("/c/<slug>/synthesis/versions/<int:number>/files/<long>")
@csrf.exempt  # see web/forgery.py
@access(VISITOR)
def ask_version(slug: str, number: int, long: str) -> ResponseReturnValue:
    """Have a file of a version written, and lead to where it will be."""
    kind, version = _long_format(long), seen_version(number)
    refuse_forgeries()
    return _asked(report_of(version, words_in(version.language)), kind)


@blueprint.get("/c/<slug>/synthesis/files/<token>")
@access(VISITOR)
def show(slug: str, token: str) -> ResponseReturnValue:
    """Show how far a file has come, until it can be fetched."""
    file = get_file(db.session(), current_place().consultation.id, token)
    if file.version_number is not None:
        seen_version(file.version_number)
    state = file.state(now())
    return render_template(
        "synthesis/prepared/show.html",
        file=file,
        state=state.value,
        steps=STEPS,
        refresh=REFRESH_SECONDS if state in (State.WAITING, State.WRITING) else None,
        direct=_direct_address(
            Format(file.format), file.version_number, thread=file.thread_number, language=file.language
        ),
        ask=_ask_address(file),
    )


@blueprint.get("/c/<slug>/synthesis/files/<token>/file")
@access(VISITOR)
def fetch(slug: str, token: str) -> ResponseReturnValue:
    """Hand out a file, for as long as what it says may be read."""
    session = db.session()
    file = get_file(session, current_place().consultation.id, token)
    check_standing(session, file, report=_report(file))
    if file.content is None:
        raise NoFile
    response = Response(file.content, content_type=WRITERS[Format(file.format)].media_type)
    response.headers.set("Content-Disposition", "attachment", filename=file.name)
    response.set_etag(file.fingerprint, weak=True)
    return response


def _long_format(name: str) -> Format:
    kind = get_format(name)
    if not WRITERS[kind].takes_long:
        raise MethodNotAllowed(["GET", "HEAD", "OPTIONS"])
    return kind


def _asked(report: Report, kind: Format, *, thread_number: int | None = None) -> Response:
    consultation = current_place().consultation
    file = ask(
        db.session(),
        consultation_id=consultation.id,
        report=report,
        kind=kind,
        thread_number=thread_number,
    )
    db.session.commit()
    if file:
        there = url_for("prepared.show", slug=consultation.slug, token=file.token)
    else:
        there = _direct_address(kind, report.version, thread=thread_number, language=report.language)
    return redirect(there, 303)  # type: ignore[return-value]


def _report(file: PreparedFile) -> Report:
    if file.version_number is None:
        return composed(file.thread_number, file.language)
    version = seen_version(file.version_number)
    return report_of(version, words_in(version.language))


def _direct_address(kind: Format, version: int | None, *, thread: int | None, language: str) -> str:
    slug = current_place().slug
    if version is not None:
        return url_for("synthesis.download_version", slug=slug, number=version, format=kind.value)
    return url_for("synthesis.download", slug=slug, format=kind.value, thread=thread, language=language)


def _ask_address(file: PreparedFile) -> str:
    slug = current_place().slug
    if file.version_number is not None:
        return url_for("prepared.ask_version", slug=slug, number=file.version_number, long=file.format)
    return url_for(
        "prepared.ask_composed",
        slug=slug,
        long=file.format,
        thread=file.thread_number,
        language=file.language,
    )

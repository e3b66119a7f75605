"""Asking for a file, finding it again, and letting it go."""

import json
import secrets
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.database import is_sqlite
from deliberation.base.errors import NotFound, marked
from deliberation.jobs.service import enqueue
from deliberation.synthesis.files import file_name, fingerprint, require_format
from deliberation.synthesis.prepared.models import KEPT, PreparedFile, State
from deliberation.synthesis.writers import Format
from deliberation.synthesis.writers.json import write_json
from deliberation.synthesis.writers.report import Report

WRITE: Final = "synthesis.file"
MOST_KEPT: Final = 100
"""So many files are kept of one consultation; who asks for more is handed the file while they wait."""
_SECRET_BYTES: Final = 32


class NoFile(NotFound):
    """The file was never asked for, is over, or says what may not be read any more."""

    default = marked(
        "There is no file at this address. Files are kept for seven days, and no longer than their text can "
        "be read. Ask for it again on the page of the synthesis."
    )


def ask(
    session: Session, *, consultation_id: int, report: Report, kind: Format, thread_number: int | None = None
) -> PreparedFile | None:
    """Return the file of this report in this format, and have it written where nobody has asked before.

    What failed or is over is begun anew. Returns None where the consultation has as many files as are kept.
    Raises FormatUnavailable.
    """
    require_format(kind)
    mark, moment = fingerprint(report, kind), now()
    found = _find(session, consultation_id, mark)
    if found and found.state(moment) is not State.FAILED and found.kept_until > moment:
        return found
    if found:
        session.execute(delete(PreparedFile).where(PreparedFile.id == found.id))
        session.expunge(found)
    kept = select(func.count()).where(PreparedFile.consultation_id == consultation_id)
    if session.scalars(kept).one() >= MOST_KEPT:
        return None
    insert = (sqlite if is_sqlite(session) else postgresql).insert(PreparedFile)
    added = insert.values(
        consultation_id=consultation_id,
        version_number=report.version,
        thread_number=thread_number,
        language=report.language,
        format=kind.value,
        fingerprint=mark,
        token=secrets.token_urlsafe(_SECRET_BYTES),
        name=file_name(report, kind, thread_number=thread_number),
        wanted_at=moment,
        step=0,
        source=write_json(report),
    ).on_conflict_do_nothing(index_elements=["consultation_id", "fingerprint"])
    file_id = session.execute(added.returning(PreparedFile.id)).scalar_one_or_none()
    if file_id is not None:
        enqueue(
            session,
            kind=WRITE,
            arguments={"file_id": file_id},
            cause="somebody asked for a file of the synthesis",
        )
    return _find(session, consultation_id, mark)


def get_file(session: Session, consultation_id: int, token: str) -> PreparedFile:
    """Return the file at this secret address (one statement). Raises NoFile, also once it is over."""
    found = session.scalars(
        select(PreparedFile).where(
            PreparedFile.consultation_id == consultation_id, PreparedFile.token == token
        )
    ).one_or_none()
    if found is None or found.kept_until <= now():
        raise NoFile
    return found


def find_content(session: Session, consultation_id: int, mark: str) -> bytes | None:
    """Return the file with this fingerprint, where it is ready (one statement)."""
    return session.scalars(
        select(PreparedFile.content).where(
            PreparedFile.consultation_id == consultation_id,
            PreparedFile.fingerprint == mark,
            PreparedFile.finished_at.is_not(None),
            PreparedFile.wanted_at > now() - KEPT,
        )
    ).one_or_none()


def check_standing(session: Session, file: PreparedFile, *, report: Report) -> None:
    """Raise NoFile where the file holds words that `report`, as it is now, does not let be read any more.

    A version must be as it was. What was composed may have other numbers meanwhile, as more votes are cast,
    but every idea in it can still be read, in the same words.
    """
    if fingerprint(report, Format(file.format)) == file.fingerprint:
        return
    source = session.scalars(select(PreparedFile.source).where(PreparedFile.id == file.id)).one()
    if file.version_number is not None or not _said(source) <= _said(write_json(report)):
        raise NoFile


def forget_files(session: Session, consultation_id: int) -> None:
    """Delete every file of the consultation: words in them were erased."""
    session.execute(delete(PreparedFile).where(PreparedFile.consultation_id == consultation_id))


def forget_old(session: Session) -> None:
    """Delete the files that are over."""
    session.execute(delete(PreparedFile).where(PreparedFile.wanted_at <= now() - KEPT))


def _find(session: Session, consultation_id: int, mark: str) -> PreparedFile | None:
    return session.scalars(
        select(PreparedFile).where(
            PreparedFile.consultation_id == consultation_id, PreparedFile.fingerprint == mark
        )
    ).one_or_none()


def _said(content: bytes) -> set[tuple[int, str]]:
    threads = json.loads(content)["threads"]
    return {(idea["number"], idea["statement"]) for thread in threads for idea in thread["ideas"]}

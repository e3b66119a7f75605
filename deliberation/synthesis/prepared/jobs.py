"""Writing the files that were asked for, and letting go of old ones."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select, update

from deliberation.base.clock import now
from deliberation.base.sessions import Sessions
from deliberation.jobs.kinds import Round, Work
from deliberation.synthesis.prepared.models import PreparedFile
from deliberation.synthesis.prepared.service import WRITE, forget_old

EVERY: Final = timedelta(hours=1)


def rounds() -> Sequence[Round]:
    """Return what is to be looked after."""
    return [Round("forgetting old files", EVERY, _forget_old)]


def _forget_old(sessions: Sessions) -> None:
    with sessions.writing() as session:
        forget_old(session)


def _write(sessions: Sessions, arguments: Mapping[str, Any]) -> None:
    file_id = arguments["file_id"]
    _note(sessions, file_id, step=1)
    try:
        _make(sessions, file_id)
    except Exception:
        _note(sessions, file_id, failed_at=now())
        raise


def _make(sessions: Sessions, file_id: int) -> None:
    from deliberation.synthesis.files import write
    from deliberation.synthesis.words import words_in
    from deliberation.synthesis.writers import Format
    from deliberation.synthesis.writers.json import read_report

    columns = (PreparedFile.source, PreparedFile.language, PreparedFile.format)
    with sessions.reading() as session:
        wanted = session.execute(
            select(*columns).where(PreparedFile.id == file_id, PreparedFile.finished_at.is_(None))
        ).one_or_none()
    if wanted is None:
        return
    report = read_report(wanted.source, words_in(wanted.language))
    _note(sessions, file_id, step=2)
    content = write(report, Format(wanted.format))
    _note(sessions, file_id, step=3)
    _note(sessions, file_id, content=content, size=len(content), finished_at=now(), failed_at=None)


def _note(sessions: Sessions, file_id: int, **values: Any) -> None:
    with sessions.writing() as session:
        session.execute(update(PreparedFile).where(PreparedFile.id == file_id).values(**values))


KINDS: Final[Mapping[str, Work]] = {WRITE: _write}

"""The synthesis that is shown before one is published: composed by rule from the votes as they stand."""

from dataclasses import replace
from datetime import datetime

from flask_babel import force_locale
from sqlalchemy.orm import Session

from deliberation.base.errors import NotFound
from deliberation.consultations.models import Consultation
from deliberation.consultations.phases import Timetable
from deliberation.synthesis.assembling import assemble, by_rule
from deliberation.synthesis.ground import Ground, live_ground
from deliberation.synthesis.queries import imports
from deliberation.synthesis.writers.report import Report


def live_report(
    session: Session,
    *,
    consultation: Consultation,
    language: str,
    base_url: str,
    moment: datetime,
    thread_number: int | None = None,
) -> Report:
    """Return what the votes say now, of the consultation or of one of its threads, in ten statements at most.

    `language` is one of the product's own. The same votes, ideas and `moment` give the same report. Ideas
    name no author. Raises NotFound for a thread that does not exist. Needs an application context.
    """
    ground = live_ground(
        session, consultation=consultation, language=language, base_url=base_url, moment=moment
    )
    if thread_number is not None:
        ground = _only(ground, thread_number)
    with force_locale(language):
        report = assemble(
            ground,
            by_rule(ground),
            dated=moment,
            takes_votes=Timetable.of(consultation.steps, moment).takes_votes,
            imported=imports(session, consultation.id),
        )
    if thread_number is None:
        return report
    return replace(report, address=f"{report.address}?thread={thread_number}")


def _only(ground: Ground, number: int) -> Ground:
    """Return the ground of one thread; who has joined and how active people are is not known of one."""
    threads = tuple(thread for thread in ground.threads if thread.number == number)
    if not threads:
        raise NotFound
    participation = threads[0].participation
    return replace(
        ground,
        threads=threads,
        participation=participation,
        joined=participation.participants,
        activity=ground.activity[:0],
    )

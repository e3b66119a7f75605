"""What results leave for later, and what they watch. Loads the arithmetic once there is work for it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import func, select

from deliberation.base.clock import now
from deliberation.base.sessions import Sessions
from deliberation.jobs.kinds import Round, Work
from deliberation.jobs.queries import taken_topics
from deliberation.jobs.service import enqueue
from deliberation.results.models import SurveyResult
from deliberation.results.publishing import Standing, Step, next_step
from deliberation.surveys.models import Showing, Survey, SurveySheet

COUNT: Final = "results.count"
EVERY: Final = timedelta(seconds=15)
AFTER_FAILURE: Final = timedelta(hours=24)


def rounds() -> Sequence[Round]:
    """Return what is to be looked after."""
    return [Round("looking for surveys to count", EVERY, look)]


def look(sessions: Sessions) -> None:
    """Enqueue the counting of surveys where it is time: three statements, however many there are."""
    moment = now()
    with sessions.reading() as session:
        counted = session.execute(
            select(SurveySheet.survey_id, func.count().label("people"))
            .where(SurveySheet.is_handed_in.is_(True))
            .group_by(SurveySheet.survey_id)
        )
        answered = {row.survey_id: int(row.people) for row in counted}
        results = {row.survey_id: row for row in session.scalars(select(SurveyResult))}
        surveys = session.scalars(select(Survey).where(Survey.opens_at.is_not(None))).all()
        taken = taken_topics(session, (COUNT,), given_up_since=moment - AFTER_FAILURE)
        due = [
            survey.id
            for survey in surveys
            if _is_due(
                survey, results.get(survey.id), answered.get(survey.id, 0), is_closed=survey.is_closed(moment)
            )
            and (COUNT, _topic(survey.id)) not in taken
        ]
    if not due:
        return
    with sessions.writing() as session:
        for survey_id in due:
            enqueue(
                session,
                kind=COUNT,
                topic=_topic(survey_id),
                arguments={"survey_id": survey_id},
                cause="enough people have answered, or the survey has closed",
            )


def _topic(survey_id: int) -> str:
    return f"survey {survey_id}"


def _is_due(survey: Survey, result: SurveyResult | None, answered: int, *, is_closed: bool) -> bool:
    standing = Standing(
        answered=answered,
        shown=result.shown_people if result else None,
        waiting=result.waiting_people if result else None,
        is_live=survey.showing is Showing.LIVE,
        is_closed=is_closed,
    )
    has_fewer = result is not None and result.texts_people is not None and answered < result.texts_people
    return has_fewer or next_step(standing) is not Step.NOTHING


def _count(sessions: Sessions, arguments: Mapping[str, Any]) -> None:
    from deliberation.results.publication import count_results

    count_results(sessions, survey_id=arguments["survey_id"])


KINDS: Final[Mapping[str, Work]] = {COUNT: _count}

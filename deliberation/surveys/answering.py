"""Answering a survey: a sheet that is kept until it is handed in, and handing in."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, Refused, marked
from deliberation.surveys.bundles import put_away
from deliberation.surveys.models import Privacy, Survey, SurveySheet
from deliberation.surveys.queries import newest_version
from deliberation.surveys.route import Route, route_of
from deliberation.surveys.schema import definition_of

NOT_OPEN_YET: Final = marked("This survey is not open yet.")


class SurveyClosed(Conflict):
    """The survey takes no answers."""

    default = marked(
        "The survey is closed. It takes no more answers, and what you have just written is not saved."
    )


class AnsweredAlready(Conflict):
    """The participant has handed in an anonymous sheet: nobody can find it again."""

    default = marked(
        "You have answered already. The answers are anonymous, so nobody can find yours to change them."
    )


class StillMissing(Refused):
    """A question that has to be answered is not."""

    default = marked("Some questions still have to be answered.")


def answers_on(sheet: SurveySheet | None) -> Mapping[str, Any]:
    """Return what stands on a sheet: what is being changed, else what was handed in, else nothing."""
    if sheet is None:
        return {}
    return sheet.draft if sheet.draft is not None else sheet.answers or {}


def require_open(survey: Survey) -> None:
    """Raise a Conflict unless the survey takes answers now."""
    moment = now()
    if survey.is_closed(moment):
        raise SurveyClosed
    if not survey.is_open(moment):
        raise Conflict(NOT_OPEN_YET)


def save_page(
    session: Session, *, survey: Survey, participant_id: int, answers: Mapping[str, Any], cleared: Set[str]
) -> SurveySheet:
    """Put a page's answers on the participant's sheet and take those in `cleared` off it.

    Sending a page again changes nothing. Raises SurveyClosed, and AnsweredAlready where what was handed in
    cannot be changed.
    """
    require_open(survey)
    sheet = _sheet(session, survey, participant_id)
    if sheet.is_handed_in and survey.privacy is Privacy.ANONYMOUS:
        raise AnsweredAlready
    so_far = answers_on(sheet)
    after = {key: value for key, value in so_far.items() if key not in cleared} | dict(answers)
    if sheet.draft is not None or after != so_far or not sheet.is_handed_in:
        sheet.draft = after
    session.flush()
    return sheet


def hand_in(session: Session, *, survey: Survey, participant_id: int) -> Route:
    """Hand the sheet in; return the way that it was answered on. Handing in twice is harmless.

    What the other answers have closed is left out. Raises SurveyClosed, and StillMissing where a question
    that is on the way has to be answered.
    """
    sheet = _sheet(session, survey, participant_id)
    version = newest_version(session, survey)
    if version is None:
        raise Conflict(NOT_OPEN_YET)
    definition = definition_of(version.definition)
    route = route_of(definition, sheet.draft or {})
    if sheet.is_handed_in and sheet.draft is None:
        return route
    require_open(survey)
    if route.missing:
        raise StillMissing
    answers = dict(route.kept)
    if survey.privacy is Privacy.LINKED:
        sheet.answers, sheet.version = answers, version.number
    else:
        put_away(session, survey_id=survey.id, version=version.number, answers=answers)
    sheet.draft, sheet.is_handed_in = None, True
    session.flush()
    return route


def _sheet(session: Session, survey: Survey, participant_id: int) -> SurveySheet:
    """Return the participant's sheet, made now if there was none. Nobody else changes it meanwhile."""
    wanted = (
        select(SurveySheet)
        .where(SurveySheet.survey_id == survey.id, SurveySheet.participant_id == participant_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = session.scalars(wanted).one_or_none()
    if found is not None:
        return found
    sheet = SurveySheet(survey_id=survey.id, participant_id=participant_id, draft=None, is_handed_in=False)
    try:
        with session.begin_nested():
            session.add(sheet)
    except IntegrityError:
        return session.scalars(wanted).one()
    return sheet

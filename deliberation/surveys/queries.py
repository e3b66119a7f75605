"""Reading surveys, and their answers as typed values.

For whoever makes results, cross-tabs or exports:

- `get_survey(session, consultation_id=…, key=…)`, `surveys_of(session, consultation_id=…)`
- `definition_in(session, survey)`: the newest published `Definition`, with `definition.questions` in order;
  `definitions_of(session, survey)`: all of them, by version. Keys of questions and options never change their
  meaning between versions that have answers: a later version has the same questions, perhaps more options.
- `count_answered(session, survey)`: how many have handed in.
- `each_response(session, survey)`: every response that was handed in, as `Response(version, answers,
  participant_id)`, read in batches, so that 50,000 do not lie in memory at once. `answers` is what is stored,
  by the question's key; `question.read(stored)` makes the typed value (`surveys.questions.answers`). A key
  that is not there was not answered (or not shown); null is *prefer not to say*, which `read` returns as
  `Declined`.
- `each_answer(session, survey, key)`: the same for one question, already typed, as `(Answer, Response)`.
- In a *linked* survey `participant_id` names the pseudonymous participant, whose opinion group the landscape
  knows. In an *anonymous* one it is None, and the responses have no key, no time and no order: they come in
  another order each time. Do not give them one, and do not publish a sample of single responses.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from deliberation.base.errors import NotFound
from deliberation.surveys.definition import Definition
from deliberation.surveys.models import Privacy, Survey, SurveyBundle, SurveySheet, SurveyVersion
from deliberation.surveys.questions.answers import Answer
from deliberation.surveys.schema import definition_of

AT_A_TIME: Final = 2_000
"""Sheets read at once."""
BUNDLES_AT_A_TIME: Final = 20


@dataclass(frozen=True, slots=True)
class Response:
    """What one respondent handed in."""

    version: int
    answers: Mapping[str, Any]
    participant_id: int | None


def surveys_of(session: Session, *, consultation_id: int) -> Sequence[Survey]:
    """Return the consultation's surveys in the order in which they were made (one statement)."""
    return session.scalars(
        select(Survey).where(Survey.consultation_id == consultation_id).order_by(Survey.id)
    ).all()


def published_in(session: Session, *, consultation_id: int) -> list[tuple[Survey, Definition | None]]:
    """Return the consultation's surveys, each with its newest questions, if it has any (one statement)."""
    newest = (
        select(func.max(SurveyVersion.number))
        .where(SurveyVersion.survey_id == Survey.id)
        .correlate(Survey)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Survey, SurveyVersion.definition)
        .outerjoin(SurveyVersion, (SurveyVersion.survey_id == Survey.id) & (SurveyVersion.number == newest))
        .where(Survey.consultation_id == consultation_id)
        .order_by(Survey.id)
    )
    return [(survey, definition_of(text) if text is not None else None) for survey, text in rows]


def find_survey(session: Session, *, consultation_id: int, key: str) -> Survey | None:
    """Return the survey, or None (one statement)."""
    return session.scalars(
        select(Survey).where(Survey.consultation_id == consultation_id, Survey.key == key)
    ).one_or_none()


def get_survey(session: Session, *, consultation_id: int, key: str) -> Survey:
    """Return the survey (one statement). Raises NotFound."""
    survey = find_survey(session, consultation_id=consultation_id, key=key)
    if survey is None:
        raise NotFound
    return survey


def newest_version(session: Session, survey: Survey) -> SurveyVersion | None:
    """Return the version that is answered now, if there is one (one statement)."""
    return session.scalars(
        select(SurveyVersion)
        .where(SurveyVersion.survey_id == survey.id)
        .order_by(SurveyVersion.number.desc())
        .limit(1)
    ).one_or_none()


def definition_in(session: Session, survey: Survey) -> Definition:
    """Return the questions as they are published now (one statement). Raises NotFound before the first."""
    version = newest_version(session, survey)
    if version is None:
        raise NotFound
    return definition_of(version.definition)


def definitions_of(session: Session, survey: Survey) -> dict[int, Definition]:
    """Return every published version's questions (one statement)."""
    rows = session.execute(
        select(SurveyVersion.number, SurveyVersion.definition)
        .where(SurveyVersion.survey_id == survey.id)
        .order_by(SurveyVersion.number)
    )
    return {number: definition_of(text) for number, text in rows}


def find_sheet(session: Session, *, survey_id: int, participant_id: int) -> SurveySheet | None:
    """Return the participant's own sheet (one statement)."""
    return session.get(SurveySheet, (survey_id, participant_id))


def count_answered(session: Session, survey: Survey) -> int:
    """Return how many participants have handed in (one statement)."""
    handed_in = select(func.count()).where(
        SurveySheet.survey_id == survey.id, SurveySheet.is_handed_in.is_(True)
    )
    return session.scalar(handed_in) or 0


def has_begun(session: Session, survey: Survey) -> bool:
    """Say whether anybody has begun to answer (one statement)."""
    begun = select(SurveySheet.participant_id).where(SurveySheet.survey_id == survey.id).limit(1)
    return session.scalar(begun) is not None


def each_response(session: Session, survey: Survey) -> Iterator[Response]:
    """Return every response that was handed in, in an order that says nothing."""
    return _linked(session, survey) if survey.privacy is Privacy.LINKED else _anonymous(session, survey)


def each_answer(session: Session, survey: Survey, key: str) -> Iterator[tuple[Answer, Response]]:
    """Return the answers to one question, typed, each with its response. Raises NotFound for no question."""
    question = definition_in(session, survey).by_key.get(key)
    if question is None:
        raise NotFound
    for response in each_response(session, survey):
        if key in response.answers:
            yield question.read(response.answers[key]), response


def _linked(session: Session, survey: Survey) -> Iterator[Response]:
    rows = select(SurveySheet.participant_id, SurveySheet.version, SurveySheet.answers).where(
        SurveySheet.survey_id == survey.id, SurveySheet.is_handed_in.is_(True)
    )
    for row in _slowly(session, rows, AT_A_TIME):
        yield Response(row.version, row.answers or {}, row.participant_id)


def _anonymous(session: Session, survey: Survey) -> Iterator[Response]:
    bundles = select(SurveyBundle.content).where(SurveyBundle.survey_id == survey.id)
    chance = secrets.SystemRandom()
    for row in _slowly(session, bundles, BUNDLES_AT_A_TIME):
        content = list(row.content)
        chance.shuffle(content)
        for version, answers in content:
            yield Response(version, answers, None)


def _slowly(session: Session, statement: Any, at_a_time: int) -> Iterator[Row[Any]]:
    yield from session.execute(statement, execution_options={"yield_per": at_a_time})

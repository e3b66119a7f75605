"""What the page of a consultation says of its surveys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.surveys.models import Placement, Survey, SurveySheet
from deliberation.surveys.queries import published_in
from deliberation.surveys.questions.base import Texts


class State(StrEnum):
    """How far one person is with a survey."""

    NEW = "new"
    BEGUN = "begun"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class OpenSurvey:
    """A survey that takes answers, as everybody sees it."""

    id: int
    key: str
    title: Texts
    source: str
    questions: int
    placement: Placement
    closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class Invite:
    """A survey and how far the reader is with it."""

    survey: OpenSurvey
    state: State
    stands_first: bool
    """Whether it is what the page asks of its reader next; it is in the margin otherwise."""


def open_surveys(session: Session, *, consultation_id: int, moment: datetime) -> tuple[OpenSurvey, ...]:
    """Return the consultation's surveys that take answers (one statement)."""
    return tuple(
        OpenSurvey(
            id=survey.id,
            key=survey.key,
            title=definition.title,
            source=definition.source,
            questions=len(definition.questions),
            placement=survey.placement,
            closes_at=survey.closes_at,
        )
        for survey, definition in published_in(session, consultation_id=consultation_id)
        if definition is not None and survey.is_open(moment)
    )


def states_of(session: Session, participant_id: int | None) -> dict[int, State]:
    """Return how far the participant is with each survey that they have begun (at most one statement)."""
    if participant_id is None:
        return {}
    sheets = session.execute(
        select(SurveySheet.survey_id, SurveySheet.is_handed_in)
        .join(Survey, Survey.id == SurveySheet.survey_id)
        .where(SurveySheet.participant_id == participant_id)
    )
    return {survey_id: State.ANSWERED if done else State.BEGUN for survey_id, done in sheets}


def invites(
    surveys: Sequence[OpenSurvey], states: Mapping[int, State], *, is_signed_in: bool, has_voted_on_all: bool
) -> list[Invite]:
    """Return what to say of each. Nobody is asked for one first of all who only reads."""
    asked_now = {Placement.BEFORE} | ({Placement.AFTER} if has_voted_on_all else set())
    return [
        Invite(
            survey,
            state := states.get(survey.id, State.NEW),
            stands_first=is_signed_in and state is not State.ANSWERED and survey.placement in asked_now,
        )
        for survey in surveys
    ]

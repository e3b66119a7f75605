"""The responses in an order that says nothing, a few at a time."""

import secrets
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.surveys.models import Privacy, Survey, SurveySheet
from deliberation.surveys.queries import each_response

AT_A_TIME: Final = 500


def shuffled_answers(session: Session, survey: Survey) -> Iterator[tuple[Mapping[str, Any], int | None]]:
    """Return the answers of every respondent, in another order each time; never with whose they are.

    In a linked survey the participant stands beside them, for their opinion group alone.
    """
    if survey.privacy is Privacy.ANONYMOUS:
        for response in each_response(session, survey):
            yield response.answers, None
        return
    people = list(
        session.scalars(
            select(SurveySheet.participant_id).where(
                SurveySheet.survey_id == survey.id, SurveySheet.is_handed_in.is_(True)
            )
        )
    )
    secrets.SystemRandom().shuffle(people)
    for first in range(0, len(people), AT_A_TIME):
        some = people[first : first + AT_A_TIME]
        rows = session.execute(
            select(SurveySheet.participant_id, SurveySheet.answers).where(
                SurveySheet.survey_id == survey.id, SurveySheet.participant_id.in_(some)
            )
        )
        found = {row.participant_id: row.answers for row in rows}
        for person in some:
            if person in found:
                yield found[person] or {}, person

"""What facilitators and the working group do with results: known shares, breakdowns, labels."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from deliberation.base.database import is_sqlite
from deliberation.base.errors import Conflict, NotAllowed, NotFound, Refused, marked
from deliberation.base.text import clean_name, folded
from deliberation.consultations.queries import roles_of
from deliberation.moderation.acts import Actor, Command, require_facilitator
from deliberation.results.counting import is_breakdown
from deliberation.results.models import LABEL_LENGTH, AnswerLabel, OpenAnswer, SurveyPlan, SurveyTables
from deliberation.results.publishing import MOST_BREAKDOWNS
from deliberation.results.queries import find_plan, get_breakdown
from deliberation.results.raked import as_shares, weighting_of
from deliberation.surveys.models import Survey
from deliberation.surveys.queries import definition_in

MOST_LABELS: Final = 10
NO_LABEL: Final = marked("Write a label.")
TOO_LONG: Final = marked("A label has at most %(most)s characters.")
TOO_MANY: Final = marked("An answer can carry %(most)s labels. Take one off first.")
TOO_MANY_BREAKDOWNS: Final = marked("Choose at most %(most)s questions.")
COUNTED_ALREADY: Final = marked(
    "The tables have been counted. What they are broken down by stays as it is, for another set of tables "
    "could give away what these hide."
)


def set_known_shares(
    session: Session, *, survey: Survey, question: str, percents: Mapping[str, float], by: Actor
) -> None:
    """Keep which share of everybody would give each answer, in per cent; all empty: nothing is known.

    Raises NotAFacilitator, NotFound for a question that results are not broken down by, Refused.
    """
    require_facilitator(session, survey.consultation_id, by)
    asked = definition_in(session, survey).by_key.get(question)
    if asked is None or not is_breakdown(asked):
        raise NotFound
    plan = _plan(session, survey)
    known = {key: shares for key, shares in plan.known.items() if key != question}
    if any(percent > 0 for percent in percents.values()):
        known[question] = as_shares(percents)
        if session.get(SurveyTables, (survey.id, question)) is not None:
            weighting_of(get_breakdown(session, survey, question), known[question])
    plan.known = known
    session.flush()


def choose_breakdowns(session: Session, *, survey: Survey, questions: Sequence[str], by: Actor) -> None:
    """Decide by which questions results will be broken down. Raises NotAFacilitator, Conflict, Refused."""
    require_facilitator(session, survey.consultation_id, by)
    if session.scalar(select(func.count()).where(SurveyTables.survey_id == survey.id)):
        raise Conflict(COUNTED_ALREADY)
    asked = definition_in(session, survey)
    chosen = [one.key for one in asked.questions if is_breakdown(one) and one.key in questions]
    if len(chosen) > MOST_BREAKDOWNS:
        raise Refused(TOO_MANY_BREAKDOWNS, most=MOST_BREAKDOWNS)
    _plan(session, survey).breakdowns = chosen
    session.flush()


def add_label(session: Session, *, survey: Survey, question: str, code: str, name: str, by: Actor) -> None:
    """Put a label on an open answer; once, however often. Raises NotAllowed, NotFound, Refused at `name`."""
    _require_trusted(session, survey, by)
    name = clean_name(name)
    if not name:
        raise Refused(NO_LABEL, field="name")
    if len(name) > LABEL_LENGTH or len(folded(name)) > LABEL_LENGTH:
        raise Refused(TOO_LONG, field="name", most=LABEL_LENGTH)
    if session.get(OpenAnswer, (survey.id, question, code)) is None:
        raise NotFound
    here = (AnswerLabel.survey_id == survey.id, AnswerLabel.question == question, AnswerLabel.code == code)
    if (session.scalar(select(func.count()).where(*here)) or 0) >= MOST_LABELS:
        raise Refused(TOO_MANY, field="name", most=MOST_LABELS)
    insert = (sqlite if is_sqlite(session) else postgresql).insert(AnswerLabel)
    session.execute(
        insert.values(
            survey_id=survey.id, question=question, code=code, name=name, folded=folded(name)
        ).on_conflict_do_nothing()
    )


def remove_label(session: Session, *, survey: Survey, question: str, code: str, name: str, by: Actor) -> None:
    """Take a label off an open answer, if it is there. Raises NotAllowed."""
    _require_trusted(session, survey, by)
    session.execute(
        delete(AnswerLabel).where(
            AnswerLabel.survey_id == survey.id,
            AnswerLabel.question == question,
            AnswerLabel.code == code,
            AnswerLabel.folded == folded(name),
        )
    )


def _require_trusted(session: Session, survey: Survey, by: Actor) -> None:
    if isinstance(by, Command):
        return
    if not roles_of(session, consultation_id=survey.consultation_id, account_id=by):
        raise NotAllowed


def _plan(session: Session, survey: Survey) -> SurveyPlan:
    plan = find_plan(session, survey)
    if plan is None:
        plan = SurveyPlan(survey_id=survey.id, breakdowns=None, known={})
        session.add(plan)
    return plan

"""Results by opinion group, and what a synthesis takes from surveys."""

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.base.errors import NotFound
from deliberation.consultations.models import Consultation
from deliberation.results.counting import GROUPS, UNPLACED
from deliberation.results.models import OpenAnswer
from deliberation.results.participation import participation_of, quote_of
from deliberation.results.queries import breakdown_names, get_breakdown
from deliberation.surveys.models import Privacy, Survey, SurveySheet
from deliberation.synthesis.turnout import survey_tables
from tests import factories
from tests.insights.landscapes import make_landscape, people_who_vote, store_landscape
from tests.results.world import answered_survey, close, count
from tests.strict_client import StrictClient


def _with_groups(session: Session, park: Consultation, privacy: Privacy) -> Survey:
    """A survey that 70 people have answered: 40 in group A, 25 in group B, 5 in a small group."""
    survey = answered_survey(session, park, people=70, privacy=privacy)
    people = session.scalars(
        select(SurveySheet.participant_id).where(SurveySheet.survey_id == survey.id)
    ).all()
    votes, group_of = people_who_vote((40, [[1]]), (25, [[-1]]), (5, [[0]]))
    store_landscape(session, park, make_landscape(votes, group_of, people=np.array(sorted(people))))
    close(session, survey)
    count(session, survey)
    session.commit()
    return survey


def test_answers_go_with_opinion_groups_and_a_small_group_has_no_name(
    session: Session, client: StrictClient
) -> None:
    survey = _with_groups(session, factories.make_consultation(session), Privacy.LINKED)
    breakdown = get_breakdown(session, survey, GROUPS)
    table = breakdown.tables["role"]
    assert table.rows == ("A", "B", UNPLACED)
    assert table.row_sums == (40, 25, 5, 0)
    assert all(cell is None or cell == 0 for cell in table.cells[2])
    page = client.get(
        f"/c/the-park/surveys/you/results/tables?by={GROUPS}&of=role", headers={"Accept-Language": "en"}
    )
    assert "Group A" in page.text
    assert "Group C" not in page.text


def test_anonymous_answers_go_with_no_group(session: Session) -> None:
    survey = _with_groups(session, factories.make_consultation(session), Privacy.ANONYMOUS)
    assert GROUPS not in breakdown_names(session, survey)


def test_a_synthesis_takes_who_took_part_and_quotes_what_they_wrote(session: Session, app: Flask) -> None:
    park = factories.make_consultation(session)
    survey = answered_survey(session, park, people=40)
    assert participation_of(session, consultation_id=park.id, language="sv") == []
    close(session, survey)
    count(session, survey)
    (table, *_) = survey_tables(session, consultation_id=park.id, language="sv")
    assert table.headings == ("Vad de svarade", "Hur många", "Spann")
    assert "40 personer" in table.note
    (found,) = participation_of(session, consultation_id=park.id, language="sv")
    assert (found.people, found.title) == (40, "About you (sv)")
    assert found.tables[0].rows[0][0] == "Volunteer (sv)"
    assert found.tables[0].rows[0][1].endswith(" av 40")
    answer = session.scalars(select(OpenAnswer)).first()
    assert answer is not None
    where = {"consultation_id": park.id, "survey": "you", "question": "story"}
    assert quote_of(session, code=answer.code, **where).text == answer.text
    with pytest.raises(NotFound):
        quote_of(session, code="nothing", **where)

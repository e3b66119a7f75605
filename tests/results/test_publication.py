"""What is counted of a survey, and when it is shown."""

from random import Random

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.base.sessions import Sessions
from deliberation.jobs.queries import list_jobs
from deliberation.results.figures import SurveyFigures
from deliberation.results.jobs import KINDS, look
from deliberation.results.models import OpenAnswer, SurveyResult, SurveyTables
from deliberation.results.publishing import Standing, Step, next_step
from deliberation.results.tables import to_test
from deliberation.surveys.models import Privacy, Showing
from deliberation.surveys.queries import each_response
from tests import factories
from tests.results.world import answered_survey, close, count, more_answer


def _shown(session: Session, survey_id: int) -> SurveyFigures:
    result = session.get_one(SurveyResult, survey_id)
    assert result.shown is not None
    return SurveyFigures.read(result.shown)


@pytest.mark.parametrize("privacy", list(Privacy))
def test_a_closed_survey_is_counted_once_and_the_figures_are_those_of_a_recount(
    session: Session, privacy: Privacy
) -> None:
    survey = answered_survey(session, factories.make_consultation(session), people=40, privacy=privacy)
    assert count(session, survey) is Step.NOTHING
    close(session, survey)
    assert count(session, survey) is Step.FINISH
    assert count(session, survey) is Step.NOTHING
    figures = _shown(session, survey.id)
    answers = [response.answers for response in each_response(session, survey)]
    assert figures.people == 40
    role, languages, matters, types, years = (
        figures.find(key) for key in ("role", "languages", "matters", "types", "years")
    )
    assert role is not None
    assert dict(zip(role.columns, role.lines[0].counts, strict=True)) == {
        key: sum(one["role"] == key if key != "other" else isinstance(one["role"], dict) for one in answers)
        for key in ("volunteer", "chapter", "reader", "other")
    }
    assert languages is not None
    assert languages.declined == sum(one["languages"] is None for one in answers)
    assert languages.lines[0].counts[0] == sum("swedish" in (one["languages"] or ()) for one in answers)
    assert matters is not None
    assert [line.key for line in matters.lines] == ["money", "people"]
    assert matters.lines[1].counts[2] == sum(one["matters"]["people"] == 3 for one in answers)
    assert types is not None
    assert types.lines[0].counts[0] == sum(one["types"][0] == "libraries" for one in answers)
    assert years is not None
    assert years.middle is not None
    assert years.middle.mean == pytest.approx(sum(int(one["years"]) for one in answers) / 40)
    assert sum(n or 0 for n in years.lines[0].counts) == years.answered == 40


def test_fewer_than_ten_answers_are_not_shown(session: Session) -> None:
    survey = answered_survey(session, factories.make_consultation(session), people=9)
    close(session, survey)
    assert count(session, survey) is Step.NOTHING
    assert session.get(SurveyResult, survey.id) is None


def test_a_live_survey_shows_what_ten_more_people_have_answered_after(session: Session) -> None:
    consultation = factories.make_consultation(session)
    survey = answered_survey(session, consultation, people=12, showing=Showing.LIVE)
    assert count(session, survey) is Step.COUNT
    assert session.get_one(SurveyResult, survey.id).shown is None
    more_answer(session, survey, consultation, people=9)
    assert count(session, survey) is Step.NOTHING
    more_answer(session, survey, consultation, people=1)
    assert count(session, survey) is Step.SHOW
    assert _shown(session, survey.id).people == 12
    close(session, survey)
    assert count(session, survey) is Step.FINISH
    assert _shown(session, survey.id).people == 22


def test_whatever_is_shown_next_holds_ten_people_more() -> None:
    chance = Random(3)
    for _ in range(200):
        shown_before, shown, waiting, answered = 0, None, None, 0
        for moment in range(60):
            answered += chance.choice([0, 1, 1, 3, 12])
            standing = Standing(
                answered=answered, shown=shown, waiting=waiting, is_live=True, is_closed=moment == 59
            )
            step = next_step(standing)
            if step is Step.FINISH:
                shown, waiting = answered, None
            elif step is Step.SHOW:
                shown, waiting = waiting, answered
            elif step is Step.COUNT:
                waiting = answered
            assert shown is None or shown == shown_before or shown - shown_before >= 10
            shown_before = shown or 0
        assert shown == answered or answered < 10


def test_bins_of_a_histogram_stay_where_they_were(session: Session) -> None:
    consultation = factories.make_consultation(session)
    survey = answered_survey(session, consultation, people=20, showing=Showing.LIVE)
    count(session, survey)
    more_answer(session, survey, consultation, people=30, seed=9)
    count(session, survey)
    before = _shown(session, survey.id).find("years")
    close(session, survey)
    count(session, survey)
    after = _shown(session, survey.id).find("years")
    assert before is not None
    assert after is not None
    assert before.edges == after.edges


def test_tables_hold_every_question_and_hide_small_cells(session: Session) -> None:
    survey = answered_survey(session, factories.make_consultation(session), people=90)
    close(session, survey)
    count(session, survey)
    rows = {row.breakdown: row for row in session.scalars(select(SurveyTables))}
    assert set(rows) == {"role", "partnered"}
    tables = rows["role"].content["tables"]
    assert {"partnered", "ease", "matters/money", "languages/swedish", "types", "years"} <= set(tables)
    for said in tables.values():
        for counts, hidden in zip(said["counts"], said["hidden"], strict=True):
            for cell, is_hidden in zip(counts, hidden, strict=True):
                assert is_hidden or cell >= 10 or cell == 0
    assert any(0 in hidden for said in tables.values() for hidden in said["hidden"])


def test_open_answers_go_when_nobody_has_given_them_any_more(session: Session) -> None:
    survey = answered_survey(session, factories.make_consultation(session), people=40)
    close(session, survey)
    count(session, survey)
    texts = session.scalars(select(OpenAnswer.text)).all()
    assert "We met at the library." in texts
    for response in list(each_response(session, survey)):
        if response.answers.get("story") == "We met at the library.":
            session.delete(session.get_one(factories.Participant, response.participant_id))
    count(session, survey)
    assert "We met at the library." not in session.scalars(select(OpenAnswer.text)).all()
    assert _shown(session, survey.id).people == 40


def test_the_watch_enqueues_what_is_due_and_nothing_twice(session: Session) -> None:
    survey = answered_survey(session, factories.make_consultation(session), people=12)
    sessions = Sessions(session.connection())
    look(sessions)
    assert list_jobs(session) == []
    close(session, survey)
    look(sessions)
    look(sessions)
    (job,) = list_jobs(session)
    KINDS[job.kind](sessions, job.arguments)
    session.expire_all()
    assert _shown(session, survey.id).people == 12
    session.delete(job)
    look(sessions)
    assert list_jobs(session) == []


def test_a_test_rests_on_nothing_but_what_is_shown() -> None:
    counts = np.array([[30, 40, 9, 1], [50, 20, 3, 7], [12, 2, 1, 0], [0, 0, 0, 0]])
    hidden = np.zeros((4, 4), dtype=bool)
    hidden[:2, 2:] = True
    hidden[2, 1:3] = True
    assert to_test(counts, hidden).tolist() == [[30, 50], [50, 30], [12, 3]]
    assert to_test(counts, np.zeros((4, 4), dtype=bool)).tolist() == [[30, 40, 9], [50, 20, 3], [12, 2, 1]]

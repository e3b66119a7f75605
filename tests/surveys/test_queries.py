"""What results are made from."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from deliberation.base.errors import NotFound
from deliberation.surveys.models import Privacy
from deliberation.surveys.queries import (
    count_answered,
    definition_in,
    each_answer,
    each_response,
    get_survey,
    surveys_of,
)
from deliberation.surveys.questions.answers import Amount, Chosen, Day, Declined, Point, Points, Ranked, Words
from tests import factories
from tests.surveys.documents import ANSWERS, answer, open_one


def test_every_kind_is_read_as_a_typed_value(session: Session) -> None:
    consultation = factories.make_consultation(session)
    survey = open_one(session, consultation)
    participant = factories.make_participant(session, consultation)
    answer(session, survey, participant, ANSWERS)
    questions = definition_in(session, survey).by_key
    (response,) = each_response(session, survey)
    assert response.participant_id == participant.id
    assert {key: questions[key].read(stored) for key, stored in response.answers.items()} == {
        "role": Chosen(("chapter",)),
        "languages": Chosen(("swedish", "sami")),
        "partnered": Chosen(("yes",)),
        "ease": Point(4),
        "matters": Points({"money": 1, "people": 3}),
        "types": Ranked(("museums", "libraries")),
        "years": Amount(Decimal(12)),
        "since": Day(date(2014, 5, 1)),
        "work": Words("Coordination"),
        "story": Words("We met at the library."),
    }


@pytest.mark.parametrize("privacy", list(Privacy))
def test_answers_to_one_question_come_from_everybody_who_gave_one(session: Session, privacy: Privacy) -> None:
    consultation = factories.make_consultation(session)
    survey = open_one(session, consultation, privacy=privacy)
    for stored in (["english"], None, ...):
        given = {"role": {"other": "Trainer"}} | ({} if stored is ... else {"languages": stored})
        answer(session, survey, factories.make_participant(session, consultation), given)
    found = [(said, response.participant_id) for said, response in each_answer(session, survey, "languages")]
    assert {said for said, _ in found} == {Chosen(("english",)), Declined()}
    assert all((person is None) == (privacy is Privacy.ANONYMOUS) for _, person in found)
    assert [said for said, _ in each_answer(session, survey, "role")] == [Chosen((), "Trainer")] * 3
    assert count_answered(session, survey) == 3
    with pytest.raises(NotFound):
        list(each_answer(session, survey, "note"))


def test_a_survey_is_found_in_its_own_consultation_only(session: Session) -> None:
    here, elsewhere = (factories.make_consultation(session, slug) for slug in ("here", "elsewhere"))
    survey = open_one(session, here)
    assert get_survey(session, consultation_id=here.id, key="you") is survey
    assert surveys_of(session, consultation_id=elsewhere.id) == []
    with pytest.raises(NotFound):
        get_survey(session, consultation_id=elsewhere.id, key="you")

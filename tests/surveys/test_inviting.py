"""How a consultation asks for its surveys."""

import pytest
from sqlalchemy.orm import Session

from deliberation.consultations.service import join
from deliberation.surveys.models import Placement
from deliberation.votes.models import Choice
from tests import factories
from tests.statements import statements
from tests.strict_client import StrictClient
from tests.surveys.documents import ANSWERS, answer, open_one

PAGE = "/c/the-park"
CARD = 'class="next" aria-labelledby="survey-'


def see(client: StrictClient) -> str:
    return client.get(PAGE, headers={"Accept-Language": "en"}).get_data(as_text=True)


@pytest.mark.parametrize(
    ("placement", "when_new", "when_voted"),
    [(Placement.BEFORE, True, True), (Placement.BESIDE, False, False), (Placement.AFTER, False, True)],
)
def test_a_survey_is_asked_for_when_its_setting_says(
    session: Session, client: StrictClient, placement: Placement, when_new: bool, when_voted: bool
) -> None:
    consultation = factories.make_consultation(session)
    idea = factories.make_idea(session, consultation.threads[0])
    survey = open_one(session, consultation)
    survey.placement = placement
    account = factories.make_account(session)
    session.commit()
    assert CARD not in see(client)
    assert "A survey with 10 questions." in see(client)
    factories.sign_in(client, session, account)
    session.commit()
    assert (CARD in see(client)) is when_new
    participant = join(session, consultation=consultation, account_id=account.id)
    factories.make_vote(session, idea, participant, Choice.AGREE)
    session.commit()
    assert (CARD in see(client)) is when_voted
    answer(session, survey, participant, ANSWERS)
    session.commit()
    assert CARD not in see(client)
    assert "You have answered." in see(client)


def test_the_page_of_a_consultation_asks_once_for_all_surveys(session: Session, client: StrictClient) -> None:
    consultation = factories.make_consultation(session)
    account = factories.make_account(session)
    join(session, consultation=consultation, account_id=account.id)
    factories.sign_in(client, session, account)
    for number in range(5):
        open_one(session, consultation, key=f"survey-{number}")
    session.commit()
    with statements() as heard:
        assert see(client).count("A survey with 10 questions.") == 5
    assert sum("survey" in statement for statement in heard) == 2

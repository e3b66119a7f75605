"""Answering a survey, as people meet it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.accounts.models import Account
from deliberation.base.clock import now
from deliberation.consultations.models import Consultation, Guests, Phase
from deliberation.consultations.people import Participant
from deliberation.surveys.models import Privacy, Survey, SurveyBundle, SurveySheet
from deliberation.surveys.queries import each_response
from deliberation.surveys.service import close_survey
from tests.factories import make_account, make_consultation, sign_in
from tests.statements import statements
from tests.strict_client import StrictClient
from tests.surveys.documents import document, open_one, options, question, section

ONE = "/c/the-park/surveys/you"
FIRST, SECOND, THIRD = (f"{ONE}/{number}" for number in (1, 2, 3))
HAND_IN = f"{ONE}/hand-in"
ENGLISH = {"Accept-Language": "en"}
FILLED = {
    FIRST: {
        "shown": "role languages partnered",
        "q-role": "chapter",
        "q-languages": ["sami"],
        "q-partnered": "yes",
    },
    SECOND: {
        "shown": "ease matters types years since",
        "q-ease": "2",
        "q-matters-money": "3",
        "q-types-schools": "1",
    },
    THIRD: {"shown": "work story", "q-story": "We met."},
}


@pytest.fixture
def park(session: Session) -> Consultation:
    return make_consultation(session)


@pytest.fixture
def survey(session: Session, park: Consultation) -> Survey:
    return open_one(session, park)


@pytest.fixture
def ada(session: Session, client: StrictClient, survey: Survey) -> Account:
    account = make_account(session)
    sign_in(client, session, account)
    session.commit()
    return account


def see(client: StrictClient, address: str, status: int = 200) -> str:
    answer = client.get(address, headers=ENGLISH)
    assert answer.status_code == status, answer.location
    return answer.get_data(as_text=True)


def send(client: StrictClient, address: str, data: dict[str, Any], status: int = 303) -> str:
    """Send the form; return where it leads or, where it does not, the page."""
    answer = client.submit(FIRST, data, to=address, headers=ENGLISH)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.location if status == 303 else answer.get_data(as_text=True)


def fill(client: StrictClient) -> None:
    for address, data in FILLED.items():
        send(client, address, data)


def test_anyone_may_read_what_is_asked_and_how_answers_are_kept(
    session: Session, client: StrictClient, survey: Survey
) -> None:
    session.commit()
    page = see(client, ONE)
    assert "What ease?" in page
    assert "not with your name" in page
    assert "Sign in to answer" in page
    assert client.get(FIRST).location.startswith("/sign-in")


def test_a_survey_is_answered_page_by_page_and_handed_in(
    session: Session, client: StrictClient, survey: Survey, ada: Account
) -> None:
    assert "Survey, page 1 of 2" in see(client, FIRST)
    assert send(client, FIRST, FILLED[FIRST]) == SECOND
    assert "page 2 of 3" in see(client, SECOND)
    assert send(client, SECOND, FILLED[SECOND]) == THIRD
    assert send(client, THIRD, FILLED[THIRD]) == HAND_IN
    assert "You have answered 7 of 10 questions." in see(client, HAND_IN)
    assert send(client, HAND_IN, {}) == f"{ONE}/thanks"
    page = see(client, f"{ONE}/thanks")
    assert "Thank you" in page
    assert 'href="/c/the-park"' in page
    (response,) = each_response(session, survey)
    assert response.answers["story"] == "We met."
    assert response.version == 1


def test_what_is_saved_is_there_when_somebody_comes_back(client: StrictClient, ada: Account) -> None:
    assert send(client, FIRST, {**FILLED[FIRST], "do": "later"}) == "/c/the-park"
    assert "Go on where you were" in see(client, ONE)
    assert re.search(r'value="chapter" checked', see(client, FIRST))


def test_going_back_saves_and_asks_for_nothing(client: StrictClient, ada: Account) -> None:
    send(client, FIRST, FILLED[FIRST])
    assert send(client, SECOND, {"shown": "ease", "q-ease": "5", "do": "back"}) == FIRST
    assert re.search(r'value="5" checked', see(client, SECOND))
    assert send(client, FIRST, {"shown": "role", "do": "back"}) == ONE


def test_a_required_question_is_asked_again_and_the_rest_is_saved(client: StrictClient, ada: Account) -> None:
    page = send(client, FIRST, {"shown": "role languages partnered", "q-partnered": "no"}, 422)
    assert "Answer this question to go on." in page
    assert 'id="q-role-error"' in page
    assert re.search(r'value="no" checked', see(client, FIRST))


def test_wrong_answers_stand_in_the_form_as_they_were_typed(client: StrictClient, ada: Account) -> None:
    send(client, FIRST, FILLED[FIRST])
    typed = {**FILLED[SECOND], "q-years": "10^400", "q-since": "yesterday <b>", "q-types-museums": "1"}
    page = send(client, SECOND, typed, 422)
    assert 'value="10^400"' in page
    assert 'value="yesterday &lt;b&gt;"' in page
    assert "Place 1 is given more than once." in page
    assert "3 answers on this page need another look. The rest is saved." in page
    page = send(client, FIRST, {"shown": "role", "q-role": "--other--", "q-role-other": "y" * 900_000}, 422)
    assert "y" * 900_000 in page


def test_pages_that_answers_close_are_left_out_and_it_is_said(
    session: Session, client: StrictClient, survey: Survey, ada: Account
) -> None:
    fill(client)
    send(client, FIRST, {**FILLED[FIRST], "q-role": "reader", "q-partnered": "no"})
    assert send(client, SECOND, FILLED[SECOND]) == HAND_IN
    assert client.get(THIRD).location == HAND_IN
    page = see(client, HAND_IN)
    assert "that another answer of yours has closed since" in page
    assert "What story?" in page
    send(client, HAND_IN, {})
    (response,) = each_response(session, survey)
    assert "story" not in response.answers


def test_skipped_pages_are_named_before_handing_in(
    session: Session, client: StrictClient, ada: Account
) -> None:
    send(client, SECOND, FILLED[SECOND])
    page = see(client, HAND_IN)
    assert f'href="{FIRST}#q-role"' in page
    assert "Some questions still have to be answered." in send(client, HAND_IN, {}, 422)
    assert session.scalar(select(func.count()).where(SurveySheet.is_handed_in.is_(True))) == 0


@pytest.mark.parametrize("privacy", list(Privacy))
def test_a_page_or_a_handing_in_that_is_sent_again_does_no_harm(
    session: Session, client: StrictClient, survey: Survey, ada: Account, privacy: Privacy
) -> None:
    survey.privacy = privacy
    session.commit()
    send(client, FIRST, FILLED[FIRST])
    fill(client)
    token = client.token(FIRST)
    for _ in range(3):
        assert client.post(HAND_IN, data={"csrf_token": token}).location == f"{ONE}/thanks"
    assert len(list(each_response(session, survey))) == 1
    again = client.post(THIRD, data={"csrf_token": token, **FILLED[THIRD]}, headers=ENGLISH)
    assert again.status_code == (303 if privacy is Privacy.LINKED else 409)
    assert len(list(each_response(session, survey))) == 1


def test_linked_answers_can_be_changed_until_the_survey_closes(
    session: Session, client: StrictClient, survey: Survey, ada: Account
) -> None:
    fill(client)
    send(client, HAND_IN, {})
    assert "Change your answers" in see(client, ONE)
    send(client, SECOND, {**FILLED[SECOND], "q-ease": "5"})
    (before,) = each_response(session, survey)
    assert before.answers["ease"] == 2
    send(client, HAND_IN, {})
    session.expire_all()
    (after,) = each_response(session, survey)
    assert after.answers["ease"] == 5


def test_anonymous_answers_cannot_be_found_again(
    session: Session, client: StrictClient, survey: Survey, ada: Account
) -> None:
    survey.privacy = Privacy.ANONYMOUS
    session.commit()
    assert "Your answers are anonymous." in see(client, ONE)
    fill(client)
    token = client.token(FIRST)
    send(client, HAND_IN, {})
    session.expire_all()
    (sheet,) = session.scalars(select(SurveySheet))
    assert (sheet.draft, sheet.answers, sheet.version, sheet.is_handed_in) == (None, None, None, True)
    assert client.get(FIRST).location == ONE
    data = {"csrf_token": token, "shown": "story", "q-story": "Once more, at length."}
    late = client.post(THIRD, data=data, headers=ENGLISH)
    assert late.status_code == 409
    assert "You have answered already." in late.get_data(as_text=True)
    assert "Once more, at length." in late.get_data(as_text=True)
    assert session.scalar(select(func.count(SurveyBundle.key))) == 1


def test_what_was_typed_when_the_survey_closed_is_kept_on_the_page(
    session: Session, client: StrictClient, survey: Survey, ada: Account
) -> None:
    send(client, FIRST, FILLED[FIRST])
    token = client.token(THIRD)
    survey.opens_at = now() - timedelta(days=2)
    close_survey(session, survey=survey)
    session.commit()
    data = {"csrf_token": token, "shown": "story", "q-story": "A long story that took an hour."}
    late = client.post(THIRD, data=data, headers=ENGLISH)
    assert late.status_code == 409
    page = late.get_data(as_text=True)
    assert "The survey is closed." in page
    assert "A long story that took an hour." in page
    assert "Save and go on" not in page
    assert client.post(HAND_IN, data={"csrf_token": token}, headers=ENGLISH).status_code == 409


def test_a_question_that_an_answer_opens_on_its_own_page_is_asked_there(
    session: Session, client: StrictClient, park: Consultation
) -> None:
    said = document(
        section(
            "only",
            question("partnered", "yes_no"),
            question("where", "short_text", required=True, show_if=[{"question": "partnered", "is": True}]),
        ),
    )
    open_one(session, park, said)
    sign_in(client, session, make_account(session))
    session.commit()
    assert "What where?" not in see(client, FIRST)
    assert send(client, FIRST, {"shown": "partnered", "q-partnered": "yes"}) == f"{FIRST}#q-where"
    assert "What where?" in see(client, FIRST)
    send(client, FIRST, {"shown": "partnered where", "q-partnered": "yes"}, 422)
    assert send(client, FIRST, {"shown": "partnered where", "q-partnered": "no"}) == HAND_IN


def test_options_in_random_order_stay_as_one_person_saw_them(
    session: Session, client: StrictClient, park: Consultation
) -> None:
    keys = [f"option-{number}" for number in range(12)]
    open_one(
        session, park, document(section("p", question("q", "single", options=options(*keys), shuffled=True)))
    )
    orders = set()
    for _ in range(4):
        sign_in(client, session, make_account(session))
        session.commit()
        first, second = (re.findall(r'value="(option-\d+)"', see(client, FIRST)) for _ in range(2))
        assert first == second
        assert sorted(first) == sorted(keys)
        orders.add(tuple(first))
    assert len(orders) > 1


def test_a_page_is_light_and_asks_the_database_little(client: StrictClient, ada: Account) -> None:
    send(client, FIRST, FILLED[FIRST])
    for address in (ONE, FIRST, SECOND, HAND_IN):
        with statements() as heard:
            page = see(client, address)
        assert len(heard) <= 12, heard
        assert len(page.encode()) < 60_000


def test_words_that_are_not_translated_are_marked(
    session: Session, client: StrictClient, park: Consultation
) -> None:
    asked = question("role", "single", options=options("a"))
    asked["text"] = {"sv": "Vem är du?"}
    open_one(session, park, document(section("p", asked, question("years", "number"))))
    sign_in(client, session, make_account(session))
    session.commit()
    page = see(client, FIRST)
    assert 'lang="sv" dir="auto">Vem är du?' in page
    assert page.count("In Swedish") == 1


def test_a_survey_that_is_not_open_is_not_there(
    session: Session, client: StrictClient, survey: Survey
) -> None:
    survey.opens_at = None
    sign_in(client, session, make_account(session))
    session.commit()
    for address in (ONE, FIRST, HAND_IN, f"{ONE}/thanks"):
        assert client.get(address).status_code == 404


def test_answering_makes_a_participant_and_reading_does_not(
    session: Session, client: StrictClient, ada: Account
) -> None:
    for address in (ONE, FIRST):
        see(client, address)
    assert client.get(HAND_IN).location == ONE
    assert session.scalar(select(func.count(Participant.id))) == 0
    send(client, FIRST, FILLED[FIRST])
    assert session.scalar(select(func.count(Participant.id))) == 1


def test_a_draft_consultation_hides_its_surveys(session: Session, client: StrictClient) -> None:
    open_one(session, make_consultation(session, phase=Phase.DRAFT))
    session.commit()
    assert client.get(ONE).status_code == 404


def test_somebody_without_an_account_answers_where_guests_may(
    session: Session, client: StrictClient, park: Consultation, survey: Survey
) -> None:
    park.guests = Guests.VOTES
    session.commit()
    assert "Set-Cookie" not in client.get(ONE).headers
    assert "Begin" in see(client, ONE)
    fill(client)
    assert "You have answered 7 of 10 questions." in see(client, HAND_IN)
    send(client, HAND_IN, {})
    assert "Thank you" in see(client, f"{ONE}/thanks")
    (response,) = each_response(session, survey)
    assert response.participant_id == session.scalars(select(Participant.id)).one()

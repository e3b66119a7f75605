"""Voting without an account."""

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from deliberation.accounts.models import ABSOLUTE_LIMIT, Guest
from deliberation.accounts.secrets import hash_of
from deliberation.base.clock import now
from deliberation.consultations.models import Consultation, Guests, Phase
from deliberation.consultations.people import Participant
from deliberation.votes.models import Choice, Exposure, Vote
from deliberation.web.errors import FRAGMENT
from tests import factories
from tests.guests.conftest import HERE, guests_of, idea_of, post_idea, vote
from tests.strict_client import StrictClient

THREAD = "/c/the-park/threads/1"


def test_reading_sets_no_cookie_and_the_first_vote_does(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    for page in ("/c/the-park", THREAD, "/c/the-park/vote", "/c/the-park/ideas/1", "/c/the-park/guest"):
        answer = client.get(page)
        assert "Set-Cookie" not in answer.headers, page
        assert "csrf_token" not in answer.get_data(as_text=True), page
    answer = vote(client, 1)
    assert answer.status_code == 303
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires" in cookie
    assert idea_of(session, 1).agrees == 1
    (guest,) = guests_of(session)
    assert guest.account_id is None
    assert session.scalar(select(func.count()).select_from(Exposure)) == 1


def test_the_secret_is_kept_as_a_hash(
    client: StrictClient, session: Session, park: Consultation, app: Flask
) -> None:
    vote(client, 1)
    with client.session_transaction() as kept:
        token = kept["guest"]
    assert len(token) >= 43
    assert session.scalars(select(Guest.token_hash)).all() == [hash_of(token)]


def test_a_guest_is_one_person_however_often_they_vote(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    vote(client, 1)
    vote(client, 1, "disagree")
    vote(client, 2, "pass")
    assert len(guests_of(session)) == 1
    assert [(idea_of(session, n).agrees, idea_of(session, n).disagrees) for n in (1, 2)] == [(0, 1), (0, 0)]
    page = client.get(THREAD).get_data(as_text=True)
    assert "You disagree." in page
    assert "You pass." in page
    vote(client, 1, "none")
    assert idea_of(session, 1).votes == 0


def test_two_browsers_are_two_people(session: Session, park: Consultation, app: Flask) -> None:
    for _ in range(2):
        vote(app.test_client(), 1)  # type: ignore[arg-type]
    assert idea_of(session, 1).agrees == 2
    assert len(guests_of(session)) == 2


def test_a_script_is_answered_with_the_vote_block_and_its_token(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    answer = vote(client, 1, headers={"Accept": FRAGMENT})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Saved: you agree." in text
    assert "csrf_token" in text
    token = text.split('name="csrf_token" value="')[1].split('"')[0]
    undo = client.post(
        "/c/the-park/ideas/1/vote", data={"choice": "none", "view": "list", "csrf_token": token}
    )
    assert undo.status_code == 303
    assert idea_of(session, 1).agrees == 0


def test_cards_go_on_one_after_the_other(client: StrictClient, session: Session, park: Consultation) -> None:
    seen = set()
    for _ in range(3):
        page = client.get("/c/the-park/vote").get_data(as_text=True)
        number = int(page.split('class="vote-card" id="idea-')[1].split('"')[0])
        seen.add(number)
        answer = vote(client, number, data={"view": "card", "next": "/c/the-park/vote"})
        assert answer.status_code == 303
    assert seen == {1, 2, 3}
    assert "You have voted on everything here" in client.get("/c/the-park/vote").get_data(as_text=True)


def test_what_a_guest_puts_off_is_written_down(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    vote(client, 1)
    page = client.get("/c/the-park/vote").get_data(as_text=True)
    mark = page.split('name="shown" value="')[1].split('"')[0]
    token = client.token("/c/the-park/vote")
    put_off = {"csrf_token": token, "shown": mark, "next": "/c/the-park/vote"}
    assert client.post("/c/the-park/vote", data=put_off).status_code == 303
    assert session.scalar(select(func.count()).select_from(Exposure)) == 2
    assert client.post("/c/the-park/vote", data={**put_off, "shown": "x"}).status_code == 422


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://localhost"},
        {},
    ],
)
def test_no_other_site_casts_a_visitors_vote(
    client: StrictClient, session: Session, park: Consultation, headers: dict[str, str]
) -> None:
    form = {"choice": "agree", "view": "list", "next": THREAD}
    answer = client.post("/c/the-park/ideas/1/vote", data=form, headers=headers)
    assert answer.status_code == 403
    assert "One more step" in answer.get_data(as_text=True)
    assert idea_of(session, 1).votes == 0
    assert guests_of(session) == []
    assert "guest" not in answer.headers.get("Set-Cookie", "")


def test_who_sees_the_page_that_asks_once_more_can_go_on(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    form = {"choice": "agree", "view": "list", "next": THREAD}
    page = client.post("/c/the-park/ideas/1/vote", data=form).get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post("/c/the-park/ideas/1/vote", data={**form, "csrf_token": token})
    assert answer.status_code == 303
    assert idea_of(session, 1).agrees == 1
    # The old token went with the old session: a session given to somebody else opens nothing here.
    again = client.post("/c/the-park/ideas/2/vote", data={**form, "csrf_token": token})
    assert again.status_code == 400


def test_a_wrong_token_is_not_made_good_by_where_it_comes_from(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    assert vote(client, 1, data={"csrf_token": "wrong"}).status_code == 400
    factories.sign_in(client, session, factories.make_account(session))
    session.commit()
    assert vote(client, 1).status_code == 400
    assert idea_of(session, 1).votes == 0


def test_the_origin_is_enough_where_a_browser_says_no_more(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    form = {"choice": "agree", "view": "list", "next": THREAD}
    answer = client.post("/c/the-park/ideas/1/vote", data=form, headers={"Origin": "http://localhost"})
    assert answer.status_code == 303
    assert idea_of(session, 1).agrees == 1


def test_where_guests_may_not_vote_the_buttons_lead_to_signing_in(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    vote(client, 1)
    park.guests = Guests.NONE
    session.commit()
    answer = vote(client, 2)
    assert answer.status_code == 303
    assert "/sign-in" in answer.headers["Location"]
    assert idea_of(session, 2).votes == 0
    assert idea_of(session, 1).agrees == 1
    page = client.get(THREAD).get_data(as_text=True)
    assert 'action="/sign-in"' in page
    assert "New votes need an account here now." in client.get("/c/the-park/guest").get_data(as_text=True)


def test_guests_are_refused_what_needs_an_account(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    vote(client, 1)
    token = client.token("/c/the-park/guest")
    for address in (
        "/c/the-park/ideas/1/comments", "/c/the-park/ideas/1/tags", "/c/the-park/ideas/1/flag",
        "/c/the-park/ideas/1/same", "/c/the-park/ideas/1/hide",
    ):  # fmt: skip
        answer = client.post(address, data={"csrf_token": token, "body": "x", "tag": "y", "language": "en"})
        assert answer.status_code == 303, address
        assert "/sign-in" in answer.headers["Location"], address


@pytest.mark.parametrize("phase", [Phase.SYNTHESIS, Phase.DRAFT])
def test_a_guest_votes_only_where_others_do(client: StrictClient, session: Session, phase: Phase) -> None:
    consultation = factories.make_consultation(session, "the-park", phase=phase)
    consultation.guests = Guests.VOTES
    factories.make_idea(session, consultation.threads[0])
    session.commit()
    answer = vote(client, 1)
    assert answer.status_code == (404 if phase is Phase.DRAFT else 409)
    with client.session_transaction() as kept:
        assert "guest" not in kept
    assert guests_of(session) == []


def test_a_secret_that_is_too_old_or_made_up_is_nobodys(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    vote(client, 1)
    session.execute(update(Guest).values(created_at=now() - ABSOLUTE_LIMIT - ABSOLUTE_LIMIT / 100))
    session.commit()
    assert "You agree." not in client.get(THREAD).get_data(as_text=True)
    with client.session_transaction() as kept:
        kept["guest"] = "made-up"
    assert "You agree." not in client.get(THREAD).get_data(as_text=True)
    vote(client, 1, "disagree")
    assert len(guests_of(session)) == 2


def test_forgetting_unlinks_and_keeps_the_votes(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    vote(client, 1)
    answer = client.submit("/c/the-park/guest", {}, to="/c/the-park/guest/forget")
    assert answer.status_code == 303
    assert "You agree." not in client.get(THREAD).get_data(as_text=True)
    session.expire_all()
    assert session.scalars(select(Guest)).all() == []
    (person,) = guests_of(session)
    assert person.guest_id is None
    assert idea_of(session, 1).agrees == 1
    assert client.get("/c/the-park/guest").headers["Cache-Control"] == "no-store"


def test_the_page_says_how_many_take_part_without_an_account(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    assert "without an account." not in client.get("/c/the-park").get_data(as_text=True)
    vote(client, 1)
    page = client.get("/c/the-park").get_data(as_text=True)
    assert "1 of them takes part without an account." in page


def test_a_guest_in_two_consultations_has_a_number_in_each(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    quay = factories.make_consultation(session, "the-quay")
    quay.guests = Guests.VOTES
    factories.make_idea(session, quay.threads[0])
    session.commit()
    vote(client, 1)
    answer = client.post("/c/the-quay/ideas/1/vote", data={"choice": "agree"}, headers=HERE)
    assert answer.status_code == 303
    assert session.scalar(select(func.count()).select_from(Guest)) == 1
    assert session.scalar(select(func.count()).where(Participant.is_guest)) == 2


def test_votes_stay_with_the_participant_and_nobody_else_sees_them(
    client: StrictClient, session: Session, park: Consultation, app: Flask
) -> None:
    vote(client, 1)
    assert session.scalars(select(Vote.choice)).all() == [Choice.AGREE]
    for other in (app.test_client(), app.test_client()):
        assert "You agree." not in other.get(THREAD).get_data(as_text=True)
    post_idea(client, "A new one.")


def test_the_synthesis_says_how_many_voted_without_an_account(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    vote(client, 1)
    page = client.application.test_client().get("/c/the-park/synthesis").get_data(as_text=True)
    assert "1 of them voted without an account." in page

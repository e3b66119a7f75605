"""Voting in the browser: the vote block, and one idea at a time."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from deliberation.accounts.models import Account
from deliberation.base.clock import now
from deliberation.base.database import is_sqlite
from deliberation.consultations.models import Consultation, Phase, PhaseStep
from deliberation.ideas.models import Idea
from deliberation.votes.models import Choice, Exposure, Vote
from deliberation.votes.routing import FIRST_LOOK
from deliberation.web.errors import FRAGMENT
from tests.factories import (
    make_account,
    make_consultation,
    make_idea,
    make_participant,
    make_vote,
    sign_in,
)
from tests.statements import statements
from tests.strict_client import StrictClient
from tests.votes.recount import complaints

AS_FRAGMENT = {"Accept": FRAGMENT}


@pytest.fixture
def consultation(session: Session) -> Consultation:
    return make_consultation(session, languages=("en", "sv"))


@pytest.fixture
def idea(session: Session, consultation: Consultation) -> Idea:
    return make_idea(session, consultation.threads[0])


@pytest.fixture
def account(session: Session, client: StrictClient) -> Account:
    account = make_account(session)
    sign_in(client, session, account)
    return account


def cast(client: StrictClient, idea: Idea, choice: str, **data: str) -> TestResponse:
    """Send the vote form of the card page for this idea."""
    headers = AS_FRAGMENT if data.pop("script", None) else {}
    return client.submit(
        "/c/the-park/vote",
        {"choice": choice, **data},
        to=f"/c/the-park/ideas/{idea.number}/vote",
        headers=headers,
    )


def put_off(client: StrictClient, address: str) -> TestResponse:
    """Press the button for another idea on the card page at the address."""
    page = client.get(address).text
    mark = page.split('name="shown" value="')[1].split('"')[0]
    back = page.split('name="shown"')[1].split('name="next" value="')[1].split('"')[0].replace("&amp;", "&")
    answer = client.submit(address, {"shown": mark, "next": back}, to="/c/the-park/vote")
    assert answer.status_code == 303
    return answer


def card_on(page: str) -> str:
    """Return the number of the idea on the card."""
    return page.split('class="vote-card" id="idea-')[1].split('"', maxsplit=1)[0]


def standing(session: Session) -> list[int]:
    return list(session.scalars(select(Vote.choice)))


class TestCasting:
    def test_without_scripts_the_answer_leads_back_to_the_idea(
        self, client: StrictClient, session: Session, account: Account, idea: Idea
    ) -> None:
        answer = cast(client, idea, "agree", next="/c/the-park/threads/1?sort=new", view="list")
        assert answer.status_code == 303
        assert answer.location == f"/c/the-park/threads/1?sort=new#idea-{idea.number}"
        assert standing(session) == [Choice.AGREE]

    def test_the_script_gets_the_block_with_counts_and_undo(
        self, client: StrictClient, account: Account, idea: Idea
    ) -> None:
        answer = cast(client, idea, "disagree", script="yes", next="/c/the-park/threads/1", view="list")
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200
        assert "data-vote-block" in page
        assert "Saved: you disagree." in page
        assert "0 of 1 agree" in page
        assert 'value="/c/the-park/threads/1"' in page
        assert page.count('aria-pressed="true"') == 1
        assert 'name="choice" value="none" data-undo' in " ".join(page.split())

    def test_undo_after_a_change_brings_the_earlier_vote_back(
        self, client: StrictClient, session: Session, account: Account, idea: Idea
    ) -> None:
        token = {"csrf_token": client.token("/c/the-park/vote")}
        address = f"/c/the-park/ideas/{idea.number}/vote"
        client.post(address, data={**token, "choice": "agree"}, headers=AS_FRAGMENT)
        page = client.post(address, data={**token, "choice": "pass"}, headers=AS_FRAGMENT).text
        assert 'value="agree" data-undo' in " ".join(page.split())
        client.post(address, data={**token, "choice": "agree"}, headers=AS_FRAGMENT)
        assert standing(session) == [Choice.AGREE]

    def test_a_vote_taken_back_says_so_and_shows_no_result(
        self, client: StrictClient, session: Session, account: Account, idea: Idea
    ) -> None:
        token = {"csrf_token": client.token("/c/the-park/vote")}
        address = f"/c/the-park/ideas/{idea.number}/vote"
        client.post(address, data={**token, "choice": "agree"})
        page = client.post(address, data={**token, "choice": "none"}, headers=AS_FRAGMENT).text
        assert "Your vote on this idea is taken back." in page
        assert 'class="result"' not in page
        assert standing(session) == []

    def test_it_leads_nowhere_but_to_this_site(
        self, client: StrictClient, account: Account, idea: Idea
    ) -> None:
        answer = cast(client, idea, "agree", next="//elsewhere.example/")
        assert answer.location == f"/c/the-park/ideas/{idea.number}#idea-{idea.number}"

    @pytest.mark.parametrize("choice", ["", "yes", "AGREE", "1"])
    def test_a_choice_that_is_none_is_refused(
        self, client: StrictClient, session: Session, account: Account, idea: Idea, choice: str
    ) -> None:
        assert cast(client, idea, choice).status_code == 422
        assert standing(session) == []

    @pytest.mark.parametrize("number", [999, 2**31, 2**70])
    def test_an_idea_that_is_not_there_is_not_found(
        self, client: StrictClient, account: Account, idea: Idea, number: int
    ) -> None:
        address = f"/c/the-park/ideas/{number}/vote"
        assert client.submit("/c/the-park/vote", {"choice": "agree"}, to=address).status_code == 404

    def test_a_hidden_idea_is_not_found(
        self, client: StrictClient, session: Session, account: Account, consultation: Consultation, idea: Idea
    ) -> None:
        hidden = make_idea(session, consultation.threads[0], hidden_at=now())
        assert cast(client, hidden, "agree").status_code == 404

    def test_a_locked_thread_says_that_it_is_locked(
        self, client: StrictClient, session: Session, account: Account, consultation: Consultation, idea: Idea
    ) -> None:
        there = make_idea(session, consultation.threads[1])
        consultation.threads[1].locked_at = now()
        session.flush()
        answer = cast(client, there, "agree", script="yes")
        assert answer.status_code == 409
        assert answer.text == "This question is locked. Votes that were cast are counted."

    def test_a_closed_phase_says_that_voting_is_closed(
        self, client: StrictClient, session: Session, account: Account, consultation: Consultation, idea: Idea
    ) -> None:
        token = client.token("/c/the-park/vote")
        session.add(PhaseStep(consultation_id=consultation.id, phase=Phase.SYNTHESIS, starts_at=now()))
        session.flush()
        session.expire_all()
        answer = client.post(
            f"/c/the-park/ideas/{idea.number}/vote", data={"csrf_token": token, "choice": "agree"}
        )
        assert answer.status_code == 409
        assert "Voting is closed here." in answer.text

    def test_a_forged_vote_is_not_cast(
        self, client: StrictClient, session: Session, account: Account, idea: Idea
    ) -> None:
        answer = client.post(f"/c/the-park/ideas/{idea.number}/vote", data={"choice": "agree"})
        assert answer.status_code == 400
        assert standing(session) == []

    def test_a_visitor_is_asked_to_sign_in(self, app: Flask, client: StrictClient, idea: Idea) -> None:
        app.config["WTF_CSRF_ENABLED"] = False
        try:
            address = f"/c/the-park/ideas/{idea.number}/vote"
            answer = client.post(address, data={"choice": "agree", "next": "/c/the-park/vote"})
        finally:
            app.config["WTF_CSRF_ENABLED"] = True
        assert answer.status_code == 303
        assert answer.location == "/sign-in?next=/c/the-park/vote"

    def test_a_vote_cannot_be_cast_by_following_a_link(
        self, client: StrictClient, account: Account, idea: Idea
    ) -> None:
        assert client.get(f"/c/the-park/ideas/{idea.number}/vote?choice=agree").status_code == 405

    def test_a_vote_takes_few_statements(
        self, client: StrictClient, session: Session, account: Account, consultation: Consultation, idea: Idea
    ) -> None:
        make_participant(session, consultation, account)
        token = client.token("/c/the-park/vote")
        address, vote = f"/c/the-park/ideas/{idea.number}/vote", {"csrf_token": token, "choice": "agree"}
        with statements() as heard:
            client.post(address, data=vote, headers=AS_FRAGMENT)
        # Who is signed in, and then all at once; on SQLite step by step, which costs nothing there.
        assert len(heard) == (6 if is_sqlite(session) else 2), heard


class TestOneAtATime:
    def test_voting_leads_to_the_next_idea_until_none_is_left(
        self, client: StrictClient, session: Session, account: Account, consultation: Consultation
    ) -> None:
        ideas = [make_idea(session, thread) for thread in consultation.threads for _ in range(2)]
        for voted in range(4):
            page = client.get("/c/the-park/vote").text
            assert f"<b>{voted} of 4</b>" in page
            number = int(page.split('<article class="vote-card" id="idea-')[1].split('"')[0])
            answer = client.submit(
                "/c/the-park/vote",
                {"choice": "agree", "view": "card", "next": "/c/the-park/vote"},
                to=f"/c/the-park/ideas/{number}/vote",
            )
            assert answer.location == f"/c/the-park/vote?after={number}"
            assert "Saved: you agree." in client.get(answer.location).text
        assert "You have voted on everything here" in client.get("/c/the-park/vote").text
        assert len(standing(session)) == len(ideas)
        assert complaints(session.connection()) == []

    def test_undo_shows_the_same_idea_again(
        self, client: StrictClient, session: Session, account: Account, consultation: Consultation
    ) -> None:
        for _ in range(5):
            make_idea(session, consultation.threads[0])
        answer = cast(
            client, session.scalars(select(Idea)).all()[3], "agree", view="card", next="/c/the-park/vote"
        )
        number = answer.location.rpartition("=")[2]
        answer = client.submit(
            answer.location,
            {"choice": "none", "view": "card", "next": "/c/the-park/vote?thread=1"},
            to=f"/c/the-park/ideas/{number}/vote",
        )
        assert answer.location == f"/c/the-park/vote?thread=1&again={number}"
        assert f'class="vote-card" id="idea-{number}"' in client.get(answer.location).text

    def test_an_idea_that_nobody_has_seen_comes_first(
        self, client: StrictClient, session: Session, account: Account, consultation: Consultation
    ) -> None:
        ideas = [make_idea(session, consultation.threads[0]) for _ in range(4)]
        for idea in ideas[:3]:
            for _ in range(FIRST_LOOK):
                make_vote(session, idea)
        page = client.get("/c/the-park/vote").text
        assert f'class="vote-card" id="idea-{ideas[3].number}"' in page
        assert "Nobody has seen it yet" in page

    def test_lots_fall_differently_for_each_person_and_always_alike_for_one(
        self, client: StrictClient, session: Session, app: Flask, consultation: Consultation
    ) -> None:
        for _ in range(10):
            make_idea(session, consultation.threads[0])
        firsts = []
        for _ in range(8):
            account = make_account(session)
            make_participant(session, consultation, account)
            browser = app.test_client()
            sign_in(browser, session, account)
            pages = {browser.get("/c/the-park/vote").text.split('id="idea-')[1].split('"')[0] for _ in "ab"}
            assert len(pages) == 1
            firsts += pages
        assert len(set(firsts)) > 1

    def test_another_idea_can_come_first_and_each_comes_once_before_any_comes_again(
        self, client: StrictClient, session: Session, account: Account, consultation: Consultation
    ) -> None:
        for _ in range(3):
            make_idea(session, consultation.threads[0])
        address, seen = "/c/the-park/vote?thread=1", []
        for _ in range(9):
            seen.append(card_on(client.get(address).text))
            address = put_off(client, address).location
        assert len(set(seen[:3])) == len(set(seen[3:6])) == len(set(seen[6:])) == 3
        assert "You put it off, and have now seen everything else." in client.get(address).text
        assert len(session.scalars(select(Exposure)).all()) == 3
        assert complaints(session.connection()) == []

    def test_a_visitor_can_look_at_another_idea_and_leaves_no_trace(
        self, client: StrictClient, session: Session, consultation: Consultation
    ) -> None:
        for _ in range(3):
            make_idea(session, consultation.threads[0])
        address, seen = "/c/the-park/vote?thread=1", []
        for _ in range(4):
            page = client.get(address).text
            seen.append(card_on(page))
            address = page.split("Show another idea first")[0].rsplit('href="', 1)[1].split('"')[0]
            address = address.replace("&amp;", "&")
        assert len(set(seen[:3])) == 3
        assert seen[3] == seen[0]
        assert session.scalars(select(Exposure)).all() == []

    def test_reading_the_page_again_shows_the_same_idea_and_writes_nothing(
        self, client: StrictClient, session: Session, account: Account, consultation: Consultation
    ) -> None:
        for _ in range(20):
            make_idea(session, consultation.threads[0])
        assert len({card_on(client.get("/c/the-park/vote").text) for _ in range(5)}) == 1
        assert session.scalars(select(Exposure)).all() == []

    def test_an_idea_that_was_hidden_a_moment_ago_is_not_shown(
        self, client: StrictClient, session: Session, app: Flask, account: Account, idea: Idea
    ) -> None:
        app.testing = False
        try:
            assert card_on(client.get("/c/the-park/vote").text) == str(idea.number)
            idea.hidden_at = now()
            session.commit()
            assert "There is nothing to vote on yet" in client.get("/c/the-park/vote").text
            idea.hidden_at = None
            session.commit()
            assert card_on(client.get("/c/the-park/vote").text) == str(idea.number)
        finally:
            app.testing = True

    def test_only_what_can_be_voted_on_is_shown(
        self, client: StrictClient, session: Session, account: Account, consultation: Consultation
    ) -> None:
        make_idea(session, consultation.threads[0], hidden_at=now())
        make_idea(session, consultation.threads[0], withdrawn_at=now())
        make_idea(session, consultation.threads[1])
        consultation.threads[1].locked_at = now()
        session.flush()
        assert "There is nothing to vote on yet" in client.get("/c/the-park/vote").text
        assert "This question is locked" in client.get("/c/the-park/vote?thread=2").text

    def test_one_thread_shows_only_its_own(
        self, client: StrictClient, session: Session, account: Account, consultation: Consultation
    ) -> None:
        make_idea(session, consultation.threads[0])
        there = make_idea(session, consultation.threads[1])
        page = client.get("/c/the-park/vote?thread=2").text
        assert f'class="vote-card" id="idea-{there.number}"' in page
        assert "<b>0 of 1</b>" in page
        assert "Question 2 (en)?" in page

    def test_a_closed_consultation_says_so(self, client: StrictClient, session: Session) -> None:
        make_idea(session, make_consultation(session, phase=Phase.PUBLISHED).threads[0])
        page = client.get("/c/the-park/vote").text
        assert "Voting is closed here" in page
        assert "<form" not in page.split("<main")[1].split("</main")[0]

    def test_a_visitor_reads_the_idea_and_signs_in_to_vote(self, client: StrictClient, idea: Idea) -> None:
        answer = client.get("/c/the-park/vote")
        assert idea.statement in answer.text
        assert 'action="/sign-in"' in answer.text
        assert "csrf_token" not in answer.text
        assert "Set-Cookie" not in answer.headers

    def test_nobody_else_sees_a_result_before_voting(
        self, client: StrictClient, session: Session, account: Account, idea: Idea
    ) -> None:
        make_vote(session, idea)
        assert 'class="result"' not in client.get("/c/the-park/vote").text

    @pytest.mark.parametrize("where", ["?thread=9", "?thread=0", f"?thread={2**40}", f"?after={2**70}"])
    def test_a_place_that_is_not_there_is_not_found(
        self, client: StrictClient, idea: Idea, where: str
    ) -> None:
        assert client.get(f"/c/the-park/vote{where}").status_code == 404

    @pytest.mark.parametrize(
        "where", ["?thread=x", "?skip=x&skip=-1", f"?skip={2**70}", "?again=77", "?after=77"]
    )
    def test_what_makes_no_sense_in_the_address_is_passed_over(
        self, client: StrictClient, idea: Idea, where: str
    ) -> None:
        assert client.get(f"/c/the-park/vote{where}").status_code == 200

    def test_the_page_takes_a_bounded_number_of_statements(
        self, client: StrictClient, account: Account, idea: Idea
    ) -> None:
        client.get("/c/the-park/vote")
        with statements() as heard:
            client.get(f"/c/the-park/vote?thread=1&after={idea.number}")
        assert len(heard) <= 12, heard

    def test_the_words_are_there_in_full(self, client: StrictClient, account: Account, idea: Idea) -> None:
        page = client.get("/c/the-park/vote").text
        assert f'aria-label="Your vote: {idea.statement}"' in page
        assert "What you have voted makes no difference." in page
        for key in "ADP":
            assert f'<kbd aria-hidden="true">{key}</kbd>' in page

"""Writing an idea that is there already: both answers, and nothing that was typed is lost."""

import html

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.accounts.models import Account
from deliberation.base.clock import now
from deliberation.consultations.models import Consultation
from deliberation.ideas.models import Idea
from deliberation.votes.models import Choice, Vote
from tests.factories import make_account, make_consultation, make_idea, make_participant, make_vote, sign_in
from tests.statements import statements
from tests.strict_client import StrictClient

HERE = "/c/the-park/threads/1"
STANDING = "Plant oaks along the whole of the river."
WRITTEN = "We should plant oaks along the river"
FORM = {"statement": WRITTEN, "elaboration": "Oaks grow old.", "language": "en"}


@pytest.fixture
def consultation(session: Session) -> Consultation:
    return make_consultation(session, languages=("en", "sv"))


@pytest.fixture
def standing(session: Session, consultation: Consultation) -> Idea:
    return make_idea(session, consultation.threads[0], statement=STANDING)


@pytest.fixture
def account(session: Session, client: StrictClient) -> Account:
    account = make_account(session)
    sign_in(client, session, account)
    return account


def ideas(session: Session) -> list[str]:
    return list(session.scalars(select(Idea.statement).order_by(Idea.number)))


def test_posting_what_is_nearly_there_shows_it_and_keeps_what_was_typed(
    client: StrictClient, session: Session, account: Account, standing: Idea
) -> None:
    answer = client.submit(HERE, FORM)
    page = html.unescape(answer.text)
    assert answer.status_code == 200
    assert "1 idea here says nearly the same" in page
    assert page.count(STANDING) >= 2
    assert f">{WRITTEN}</textarea>" in page.replace("\r\n", "")
    assert "Oaks grow old.</textarea>" in page
    assert ideas(session) == [STANDING]


def test_mine_is_different_posts_it(
    client: StrictClient, session: Session, account: Account, standing: Idea
) -> None:
    answer = client.submit(HERE, {**FORM, "different": str(standing.number)})
    assert answer.status_code == 303
    assert ideas(session) == [STANDING, WRITTEN]


def test_what_was_said_of_one_idea_is_not_said_of_another(
    client: StrictClient, session: Session, account: Account, standing: Idea
) -> None:
    answer = client.submit(HERE, {**FORM, "different": f"{standing.number + 10} x ٣"})
    assert "says nearly the same" in answer.text
    make_idea(session, standing.thread, statement="We could plant oaks along the river")
    answer = client.submit(HERE, {**FORM, "different": str(standing.number)})
    assert "2 ideas here say nearly the same" in answer.text
    assert WRITTEN not in ideas(session)


def test_voting_for_the_one_that_is_there_posts_nothing(
    client: StrictClient, session: Session, account: Account, standing: Idea
) -> None:
    # The button is one of the writing form's own, so all that was typed comes with it.
    answer = client.submit(HERE, {**FORM, "choice": "agree"}, to=f"/c/the-park/ideas/{standing.number}/vote")
    assert answer.location == f"/c/the-park/ideas/{standing.number}#idea-{standing.number}"
    assert "You agree." in client.get(answer.location).text
    assert session.scalars(select(Vote.choice)).all() == [Choice.AGREE]
    assert ideas(session) == [STANDING]


def test_posting_the_very_same_again_leads_to_what_is_there(
    client: StrictClient, session: Session, account: Account, consultation: Consultation
) -> None:
    first = client.submit(HERE, FORM)
    again = client.submit(HERE, FORM)
    assert again.status_code == 303
    assert again.location == first.location


class TestPiece:
    def test_it_has_the_ideas_and_both_answers(
        self, client: StrictClient, session: Session, account: Account, standing: Idea
    ) -> None:
        make_vote(session, standing)
        page = client.get(f"{HERE}/similar", query_string={"statement": WRITTEN}).text
        assert STANDING in page
        assert "1 vote" in page
        assert "you have not voted" in page
        assert f'formaction="/c/the-park/ideas/{standing.number}/vote"' in page
        assert f'name="different" value="{standing.number}"' in page
        assert "Mine is different, post it" in page

    def test_it_says_what_the_reader_has_voted(
        self, client: StrictClient, session: Session, account: Account, standing: Idea
    ) -> None:
        make_vote(session, standing, make_participant(session, standing.thread.consultation, account))
        page = client.get(f"{HERE}/similar", query_string={"statement": WRITTEN}).text
        assert "You agree." in page
        assert "formaction" not in page

    @pytest.mark.parametrize("statement", ["", "oaks", "\x00" * 20, "x" * 5_000, "A library open at night"])
    def test_it_is_empty_where_nothing_is_similar(
        self, client: StrictClient, account: Account, standing: Idea, statement: str
    ) -> None:
        answer = client.get(f"{HERE}/similar", query_string={"statement": statement})
        assert answer.status_code == 200
        assert answer.text.strip() == ""

    def test_it_is_empty_where_nothing_can_be_posted(
        self, client: StrictClient, session: Session, account: Account, standing: Idea
    ) -> None:
        standing.thread.locked_at = now()
        session.flush()
        assert client.get(f"{HERE}/similar", query_string={"statement": WRITTEN}).text.strip() == ""

    def test_it_asks_the_database_little(
        self, client: StrictClient, account: Account, standing: Idea
    ) -> None:
        client.get(f"{HERE}/similar", query_string={"statement": WRITTEN})
        with statements() as heard:
            client.get(f"{HERE}/similar", query_string={"statement": WRITTEN})
        assert len(heard) <= 6, heard

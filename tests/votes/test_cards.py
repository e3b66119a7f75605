"""One idea at a time, on the page: what is written down of it, in which language, and why this idea."""

import html
from itertools import count

import numpy as np
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.accounts.models import Account
from deliberation.analysis.landscape import Outcome
from deliberation.base.clock import now
from deliberation.consultations.models import Consultation, Phase, PhaseStep
from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea
from deliberation.votes.models import Exposure, Vote
from deliberation.votes.routing import FIRST_LOOK, MINIMUM_EXPOSURE
from tests.factories import make_account, make_consultation, make_idea, make_participant, make_vote, sign_in
from tests.insights.landscapes import make_landscape, people_who_vote, store_landscape
from tests.strict_client import StrictClient
from tests.votes.recount import complaints

PAGE = "/c/the-park/vote"
_number = count(1)


@pytest.fixture
def consultation(session: Session) -> Consultation:
    return make_consultation(session, languages=("en", "sv"))


@pytest.fixture
def account(session: Session, client: StrictClient) -> Account:
    account = make_account(session)
    sign_in(client, session, account)
    return account


def post(session: Session, consultation: Consultation, *, seen: int = 0, language: str = "en") -> Idea:
    """An idea that so many people have been shown, none of whom voted."""
    idea = make_idea(session, consultation.threads[0], statement=f"Idea {next(_number)}.", language=language)
    for _ in range(seen):
        person = make_participant(session, consultation)
        session.add(Exposure(participant_id=person.id, idea_id=idea.id, first_shown_at=now()))
    idea.exposures = seen
    session.flush()
    return idea


def card_on(page: str) -> int:
    return int(page.split('class="vote-card" id="idea-')[1].split('"', 1)[0])


def why(page: str) -> str:
    """Return what the page says of why this idea."""
    return html.unescape(page.split('<details class="why">')[1].split("</details>", maxsplit=1)[0])


def mark_on(page: str) -> str:
    return page.split('name="shown" value="')[1].split('"', 1)[0]


def exposures(session: Session) -> list[int]:
    return list(session.scalars(select(Idea.exposures).order_by(Idea.number)))


class TestExposures:
    def test_an_idea_that_was_put_off_is_seen_and_not_voted_on(
        self, client: StrictClient, session: Session, account: Account, consultation: Consultation
    ) -> None:
        ideas = [post(session, consultation), post(session, consultation)]
        first = card_on(client.get(PAGE).text)
        answer = client.submit(PAGE, {"shown": mark_on(client.get(PAGE).text)})
        assert (answer.status_code, answer.location) == (303, PAGE)
        assert exposures(session) == [idea.number == first for idea in ideas]
        assert session.scalars(select(Vote)).all() == []
        # Who says that they were shown something takes part from then on.
        assert session.scalar(select(func.count()).where(Participant.account_id == account.id)) == 1
        assert card_on(client.get(PAGE).text) != first

    def test_the_same_page_sent_twice_counts_once(
        self, client: StrictClient, session: Session, account: Account, consultation: Consultation
    ) -> None:
        post(session, consultation), post(session, consultation)
        mark = mark_on(client.get(PAGE).text)
        for _ in range(3):
            assert client.submit(PAGE, {"shown": mark}).status_code == 303
        assert sum(exposures(session)) == 1
        assert complaints(session.connection()) == []

    def test_a_vote_counts_as_an_exposure_once_wherever_it_is_cast(
        self, client: StrictClient, session: Session, account: Account, consultation: Consultation
    ) -> None:
        idea = post(session, consultation)
        address = f"/c/the-park/ideas/{idea.number}/vote"
        token = client.token("/c/the-park/threads/1")
        for choice in ("agree", "pass", "none", "disagree"):
            client.post(address, data={"csrf_token": token, "choice": choice, "view": "list"})
            assert exposures(session) == [1]
        assert complaints(session.connection()) == []

    def test_taking_a_vote_back_leaves_the_next_idea_waiting(
        self, client: StrictClient, session: Session, account: Account, consultation: Consultation
    ) -> None:
        for _ in range(6):
            post(session, consultation)
        first = card_on(client.get(PAGE).text)
        address = f"/c/the-park/ideas/{first}/vote"
        second = card_on(
            client.get(
                client.submit(PAGE, {"choice": "agree", "view": "card", "next": PAGE}, to=address).location
            ).text
        )
        page = client.get(
            client.submit(PAGE, {"choice": "none", "view": "card", "next": PAGE}, to=address).location
        ).text
        assert card_on(page) == first
        assert "You took back your vote on it, so here it is again." in why(page)
        after = client.submit(PAGE, {"choice": "agree", "view": "card", "next": PAGE}, to=address)
        assert card_on(client.get(after.location).text) == second

    @pytest.mark.parametrize("mark", ["", "x", "WzEsMSxbMV1d.forged", "x" * 5_000])
    def test_a_mark_that_we_did_not_make_writes_nothing(
        self, client: StrictClient, session: Session, account: Account, consultation: Consultation, mark: str
    ) -> None:
        post(session, consultation)
        assert client.submit(PAGE, {"shown": mark}).status_code == 422
        assert exposures(session) == [0]

    def test_anothers_mark_and_one_from_elsewhere_write_nothing(
        self, client: StrictClient, session: Session, account: Account, consultation: Consultation
    ) -> None:
        post(session, consultation), post(session, consultation)
        there = make_consultation(session, "elsewhere")
        make_idea(session, there.threads[0]), make_idea(session, there.threads[0])
        mark = mark_on(client.get(PAGE).text)
        assert client.submit("/c/elsewhere/vote", {"shown": mark}).status_code == 422
        client.delete_cookie("deliberation")
        sign_in(client, session, make_account(session))
        assert client.submit(PAGE, {"shown": mark}).status_code == 422
        assert set(exposures(session)) == {0}

    def test_nothing_is_written_down_once_voting_is_over(
        self, client: StrictClient, session: Session, account: Account, consultation: Consultation
    ) -> None:
        post(session, consultation), post(session, consultation)
        page = client.get(PAGE).text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        session.add(PhaseStep(consultation_id=consultation.id, phase=Phase.SYNTHESIS, starts_at=now()))
        session.flush()
        session.expire_all()
        answer = client.post(PAGE, data={"csrf_token": token, "shown": mark_on(page)})
        assert answer.status_code == 303
        assert "Voting is closed here" in client.get(answer.location).text
        assert exposures(session) == [0, 0]

    def test_it_leads_nowhere_but_to_this_site(
        self, client: StrictClient, session: Session, account: Account, consultation: Consultation
    ) -> None:
        post(session, consultation), post(session, consultation)
        mark = mark_on(client.get(PAGE).text)
        assert client.submit(PAGE, {"shown": mark, "next": "//elsewhere.example/"}).location == PAGE


class TestWhy:
    def test_few_have_seen_it(
        self, client: StrictClient, session: Session, account: Account, consultation: Consultation
    ) -> None:
        idea = post(session, consultation, seen=FIRST_LOOK - 1)
        post(session, consultation, seen=FIRST_LOOK)
        page = client.get(PAGE).text
        assert card_on(page) == idea.number
        assert "Only 2 people have seen it, and a new idea waits for no other." in why(page)
        assert "What you have voted makes no difference." in why(page)

    def test_every_idea_is_first_shown_to_the_minimum(
        self, client: StrictClient, session: Session, account: Account, consultation: Consultation
    ) -> None:
        post(session, consultation, seen=MINIMUM_EXPOSURE)
        ideas = [post(session, consultation, seen=MINIMUM_EXPOSURE - 1) for _ in range(2)]
        page = client.get(PAGE).text
        assert card_on(page) in {idea.number for idea in ideas}
        assert "19 people have seen it, and every idea is first shown to at least 20." in why(page)
        assert "drawn by lot from 2 ideas whose turn it is: its chance was 1 in 2." in why(page)

    def test_the_readers_language_comes_first_and_then_the_others(
        self, client: StrictClient, session: Session, account: Account, consultation: Consultation
    ) -> None:
        swedish = post(session, consultation, seen=30, language="sv")
        english = post(session, consultation, language="en-GB")
        first = client.get(PAGE, headers={"Accept-Language": "sv"}).text
        assert card_on(first) == swedish.number
        assert "Den är på ditt språk" in why(first)
        assert card_on(client.get(PAGE, headers={"Accept-Language": "en"}).text) == english.number
        make_vote(session, swedish, make_participant(session, consultation, account))
        then = client.get(PAGE, headers={"Accept-Language": "sv"}).text
        assert card_on(then) == english.number
        assert "Nu kommer de andra" in why(then)

    @pytest.mark.parametrize("outcome", [Outcome.GROUPS, Outcome.NO_STABLE_GROUPS])
    def test_an_idea_that_tells_groups_apart_says_so_where_there_are_groups(
        self,
        client: StrictClient,
        session: Session,
        account: Account,
        consultation: Consultation,
        outcome: Outcome,
    ) -> None:
        telling = post(session, consultation)
        for _ in range(4):
            post(session, consultation, seen=FIRST_LOOK)
        votes, group_of = people_who_vote((20, [[1, 1, 1, 1, 1]]), (20, [[-1, 1, 1, 1, 1]]))
        far = np.array([6.0, 0.5, 0.5, 0.5, 0.5])
        store_landscape(
            session, consultation, make_landscape(votes, group_of, outcome=outcome, extremity=far)
        )
        page = client.get(PAGE).text
        assert card_on(page) == telling.number
        is_said = "People who vote alike think differently about it" in why(page)
        assert is_said == (outcome is Outcome.GROUPS)

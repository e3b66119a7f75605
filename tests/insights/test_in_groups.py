"""What the groups voted, on the page of an idea: after voting, and never what is hidden."""

import re

import pytest
from sqlalchemy.orm import Session

from deliberation.analysis.landscape import Landscape, Outcome, Reason
from deliberation.consultations.models import Consultation, Phase
from deliberation.ideas.models import Idea
from deliberation.web.errors import FRAGMENT
from tests.factories import (
    make_account,
    make_consultation,
    make_idea,
    make_participant,
    make_vote,
    sign_in,
)
from tests.insights.landscapes import UNSEEN, make_landscape, people_who_vote, store_landscape
from tests.statements import statements
from tests.strict_client import StrictClient

BOUND = 12


def settle(
    session: Session, landscape: Landscape | None, phase: Phase = Phase.GATHERING
) -> tuple[Consultation, Idea]:
    """A consultation with an idea and, if it is given, a landscape."""
    consultation = make_consultation(session, phase=phase)
    idea = make_idea(session, consultation.threads[0])
    if landscape:
        store_landscape(session, consultation, landscape)
    return consultation, idea


def three_groups(third: int = 14, *, unseen: int = 0, last: int = 1) -> Landscape:
    """Three groups who have voted on one idea; so many of the third have not."""
    rows = [[last]] * (third - unseen) + [[UNSEEN]] * unseen
    return make_landscape(*people_who_vote((30, [[1]]), (20, [[1]] * 19 + [[UNSEEN]]), (third, rows)))


def text_of(client: StrictClient, number: int = 1) -> str:
    """Return the text of the idea's page in English."""
    page = client.get(f"/c/the-park/ideas/{number}", headers={"Accept-Language": "en"}).get_data(as_text=True)
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.mark.parametrize("phase", [Phase.GATHERING, Phase.SYNTHESIS])
def test_groups_are_shown_after_voting_or_when_voting_is_closed(
    phase: Phase, client: StrictClient, session: Session
) -> None:
    consultation, idea = settle(session, three_groups(), phase)
    assert ("How the groups voted" in text_of(client)) == (phase is Phase.SYNTHESIS)
    account = make_account(session)
    participant = make_participant(session, consultation, account)
    sign_in(client, session, account)
    assert ("How the groups voted" in text_of(client)) == (phase is Phase.SYNTHESIS)
    make_vote(session, idea, participant)
    session.commit()
    text = text_of(client)
    assert "Group A 30 of 30 agree (89–100%)" in text
    assert "Group C 14 of 14 agree" in text
    assert "It holds in every group" in text


def test_an_idea_that_parts_the_groups_says_so(client: StrictClient, session: Session) -> None:
    settle(session, three_groups(last=-1), Phase.SYNTHESIS)
    assert "in one more than half agree, in another fewer" in text_of(client)


def test_what_is_hidden_is_a_sentence(client: StrictClient, session: Session) -> None:
    settle(session, three_groups(unseen=6), Phase.SYNTHESIS)
    text = text_of(client)
    assert "Group A 30 of 30 agree" in text
    assert "Not shown for Group B and Group C: in at least one of them fewer than 10 people" in text
    assert "19 of 19" not in text
    assert "8 of 8" not in text
    assert "Whether it holds in every group is not known" in text


def test_a_group_of_which_a_small_one_would_follow_is_hidden_with_it(
    client: StrictClient, session: Session
) -> None:
    settle(session, three_groups(third=6), Phase.SYNTHESIS)
    text = text_of(client)
    assert "Not shown for Group B: together with a small group" in text
    assert "Group C" not in text
    assert "19 of 19" not in text


def test_without_groups_there_is_no_such_section(client: StrictClient, session: Session) -> None:
    votes, group_of = people_who_vote((30, [[1]]), (20, [[1]]))
    settle(
        session,
        make_landscape(votes, group_of, outcome=Outcome.NO_STABLE_GROUPS, reasons=(Reason.GROUPS_CHANGE,)),
        Phase.SYNTHESIS,
    )
    assert "How the groups voted" not in text_of(client)


def test_an_idea_that_the_landscape_has_not_counted_has_no_such_section(
    client: StrictClient, session: Session
) -> None:
    consultation, _ = settle(session, three_groups(), Phase.SYNTHESIS)
    make_idea(session, consultation.threads[0])
    assert "How the groups voted" not in text_of(client, 2)


@pytest.mark.parametrize("view", ["idea", "list"])
def test_a_vote_by_script_brings_the_groups_to_the_page_of_the_idea_alone(
    view: str, client: StrictClient, session: Session
) -> None:
    settle(session, three_groups())
    account = make_account(session)
    sign_in(client, session, account)
    session.commit()
    token = client.token("/c/the-park/ideas/1")

    def answer(choice: str) -> str:
        form = {"csrf_token": token, "view": view, "choice": choice}
        answered = client.post("/c/the-park/ideas/1/vote", data=form, headers={"Accept": FRAGMENT})
        return answered.get_data(as_text=True)

    assert ("How the groups voted" in answer("agree")) == (view == "idea")
    # What is taken back is no longer shown beside it.
    assert "How the groups voted" not in answer("none")


def test_groups_do_not_make_the_page_dear(client: StrictClient, session: Session) -> None:
    consultation, idea = settle(session, three_groups())
    account = make_account(session)
    make_vote(session, idea, make_participant(session, consultation, account))
    sign_in(client, session, account)
    session.commit()
    session.expire_all()
    with statements() as heard:
        assert "How the groups voted" in text_of(client)
    assert len(heard) <= BOUND, heard

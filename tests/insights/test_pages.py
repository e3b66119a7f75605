"""The landscape page: what it says in every state, to whom, and at what price."""

import re
from typing import Any

import brotli  # type: ignore[import-untyped]
import numpy as np
import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from deliberation.analysis.landscape import NOT_PLACED, Comparison, Landscape, Outcome, Reason
from deliberation.analysis.pipeline import analyse
from deliberation.analysis.votes import VoteMatrix
from deliberation.base.clock import now
from deliberation.consultations.models import Consultation, Phase
from deliberation.ideas.models import Idea
from deliberation.insights.models import Snapshot, SnapshotCause
from deliberation.insights.tallies import Tally
from deliberation.jobs.models import Job
from tests.factories import (
    make_account,
    make_consultation,
    make_idea,
    make_participant,
    make_role,
    make_vote,
    sign_in,
)
from tests.insights.landscapes import (
    AGREE,
    DISAGREE,
    PASS,
    UNSEEN,
    make_landscape,
    people_who_vote,
    store_landscape,
)
from tests.statements import statements
from tests.strict_client import StrictClient

PAGE = "/c/the-park/landscape"
STATEMENTS = ("Plant trees", "Build <b>houses</b> & roads", "Dig a pond", "Sell it")
BOUND = 12
MOST_BYTES = 100_000


def words(client: StrictClient, address: str = PAGE, language: str = "en") -> str:
    """Return the page's text, without markup."""
    answer = client.get(address, headers={"Accept-Language": language})
    assert answer.status_code == 200
    text = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))
    assert "nan" not in text.casefold().split()
    return " ".join(text.split())


def settle(session: Session, phase: Phase = Phase.GATHERING) -> Consultation:
    """A consultation with four ideas in its first thread."""
    consultation = make_consultation(session, phase=phase)
    for statement in STATEMENTS:
        make_idea(session, consultation.threads[0], statement=statement)
    return consultation


def two_groups(first: int = 20, second: int = 14, **changed: Any) -> Landscape:
    """All agree on the first idea and none on the last; the second and third part them."""
    votes, group_of = people_who_vote(
        (first, [[AGREE, AGREE, DISAGREE, DISAGREE]]), (second, [[AGREE, DISAGREE, AGREE, DISAGREE]])
    )
    return make_landscape(votes, group_of, **changed)


def test_groups_are_told_with_what_they_share_and_what_parts_them(
    client: StrictClient, session: Session
) -> None:
    store_landscape(session, settle(session), two_groups())
    page = client.get(PAGE, headers={"Accept-Language": "en"}).get_data(as_text=True)
    text = words(client)
    assert "Two ways to vote, and something in common" in text
    assert "34 of 34 people have voted on enough ideas to be placed." in text
    assert "1 idea holds in every group. 2 ideas divide them." in text
    assert "Group A , 20 people" in text
    assert "20 of 20 agree" in text
    assert "0 of 14 agrees" in text or "0 of 14 agree" in text
    assert "Between groups A and B the share who agree differs by" in text
    assert "Build &lt;b&gt;houses&lt;/b&gt; &amp; roads" in page
    assert 'class="hull"' in page
    assert "Group A lies" in text
    assert "they came to 91" in text


def test_the_page_speaks_swedish(client: StrictClient, session: Session) -> None:
    store_landscape(session, settle(session), two_groups())
    text = words(client, language="sv")
    assert "Två sätt att rösta" in text
    assert "Grupp A" in text
    assert "Du är här" not in text


@pytest.mark.parametrize(
    ("outcome", "reasons", "title"),
    [
        (Outcome.NO_STABLE_GROUPS, (Reason.GROUPS_CHANGE,), "No stable groups"),
        (Outcome.NO_STABLE_GROUPS, (Reason.NOT_COUNTED_AGAIN,), "No stable groups"),
        (Outcome.ONE_CROWD, (Reason.ALL_ALIKE,), "Nearly everybody votes alike"),
        (Outcome.ONE_CROWD, (Reason.NO_MORE_THAN_CHANCE,), "One crowd"),
    ],
)
def test_where_there_are_no_groups_the_page_says_so_and_shows_one_crowd(
    outcome: Outcome, reasons: tuple[Reason, ...], title: str, client: StrictClient, session: Session
) -> None:
    store_landscape(session, settle(session), two_groups(outcome=outcome, reasons=reasons))
    page = client.get(PAGE, headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert title in page
    assert "is-crowd" in page
    assert 'class="hull"' not in page
    assert "Group A" not in page


VOTES_ON_FOUR = {
    "nobody voted": (np.empty((0, 4), dtype=int), "Nobody has voted yet"),
    "one person": (np.array([[1, 1, -1, 0]]), "Too few people for a map"),
    "one idea": (np.array([[1, UNSEEN, UNSEEN, UNSEEN]] * 40), "Too few ideas for a map"),
    "everyone identical": (np.array([[1, -1, 1, 1]] * 40), "Nearly everybody votes alike"),
    "all passes": (np.array([[0, 0, 0, 0]] * 40), "Everybody passes on everything"),
    "two identical people": (np.array([[1, -1, 1, 1]] * 2), "Too few people for a map"),
    "an idea nobody saw": (
        np.array([[1, -1, 1, UNSEEN], [-1, 1, -1, UNSEEN]] * 30),
        "Nobody has voted on 1 idea yet",
    ),
}


@pytest.mark.parametrize("case", VOTES_ON_FOUR)
@pytest.mark.parametrize("language", ["en", "sv"])
def test_every_poor_set_of_votes_has_its_sentence(
    case: str, language: str, client: StrictClient, session: Session
) -> None:
    votes, sentence = VOTES_ON_FOUR[case]
    rows, columns = np.nonzero(votes != UNSEEN)
    matrix = VoteMatrix.of(
        people=rows + 1, ideas=columns + 1, choices=votes[rows, columns], all_ideas=[1, 2, 3, 4]
    )
    store_landscape(session, settle(session), analyse(matrix))
    text = words(client, language=language)
    assert sentence in text or language == "sv"


def test_one_who_voted_on_ten_thousand_ideas_is_one_of_many(client: StrictClient, session: Session) -> None:
    ideas = np.arange(1, 10_001)
    people = np.concatenate([np.full(10_000, 1), np.repeat(np.arange(2, 42), 9)])
    on = np.concatenate([ideas, np.tile(np.arange(1, 10), 40)])
    choices = np.where((people + on) % 3 == 0, -1, 1)
    store_landscape(
        session, settle(session), analyse(VoteMatrix.of(people=people, ideas=on, choices=choices))
    )
    assert "41 people" in words(client)


def test_before_the_first_landscape_the_page_says_when_it_comes(
    client: StrictClient, session: Session
) -> None:
    settle(session)
    assert "The map is not drawn yet" in words(client)
    assert "after 10 people have voted" in words(client)


def test_small_groups_have_no_name_no_mark_and_no_result(client: StrictClient, session: Session) -> None:
    store_landscape(session, settle(session), two_groups(second=7))
    text = words(client)
    assert "One large group, and a few who vote differently" in text
    assert "A small group, fewer than 10 people" in text
    assert "Group B" not in text
    assert "20 people" not in text  # that would leave seven
    assert "20 of 20" not in text
    assert "nothing can be said of every group" in text


def test_a_cell_that_is_hidden_is_a_dash_in_the_table_and_so_is_what_would_give_it_away(
    client: StrictClient, session: Session
) -> None:
    votes, group_of = people_who_vote(
        (20, [[1, 1, -1, 1]]),
        (16, [[1, -1, 1, 1]] * 7 + [[1, -1, 1, UNSEEN]]),
        (12, [[1, -1, -1, 1]] * 3 + [[1, -1, -1, UNSEEN]]),
    )
    store_landscape(session, settle(session), make_landscape(votes, group_of))
    page = client.get(PAGE, headers={"Accept-Language": "en"}).get_data(as_text=True)
    row = next(line for line in page.splitlines() if "Sell it</span></th>" in line)
    assert row.count("<td>–</td>") == 2
    assert "On 1 idea the votes of some groups are hidden" in " ".join(page.split())


def test_straight_liners_are_told_with_and_without(client: StrictClient, session: Session) -> None:
    comparison = Comparison(left_out=12, outcome=Outcome.GROUPS, groups=2, agreement=0.87, most_agreed=(1,))
    store_landscape(session, settle(session), two_groups(without_straight_liners=comparison))
    text = words(client)
    assert "12 people have voted one way on everything." in text
    assert "agrees to 87 on a scale" in text
    assert "1 still leads the list" in text


@pytest.mark.parametrize(("left_out", "outcome"), [(3, Outcome.ONE_CROWD), (3, Outcome.NOTHING)])
def test_few_straight_liners_are_not_counted_out(
    left_out: int, outcome: Outcome, client: StrictClient, session: Session
) -> None:
    comparison = Comparison(left_out=left_out, outcome=outcome, groups=1, agreement=None, most_agreed=())
    store_landscape(session, settle(session), two_groups(without_straight_liners=comparison))
    assert "Fewer than 10 people have voted one way on everything." in words(client)


def test_an_idea_that_was_hidden_since_is_not_named(client: StrictClient, session: Session) -> None:
    consultation = settle(session)
    idea = make_idea(session, consultation.threads[0], statement="Nobody reads this", hidden_at=now())
    votes, group_of = people_who_vote((20, [[1, 1, -1, -1, 1]]), (14, [[1, -1, 1, -1, 1]]))
    store_landscape(session, consultation, make_landscape(votes, group_of))
    page = client.get(PAGE).get_data(as_text=True)
    assert "Nobody reads this" not in page
    assert f'/ideas/{idea.number}"' not in page


def test_an_idea_hidden_after_the_page_was_made_once_leaves_it(
    client: StrictClient, session: Session
) -> None:
    consultation = settle(session)
    store_landscape(session, consultation, two_groups())
    assert "Plant trees" in words(client)
    session.scalars(select(Idea).where(Idea.number == 1)).one().hidden_at = now()
    session.commit()
    assert "Plant trees" not in words(client)


def test_a_thread_has_a_map_of_its_own(client: StrictClient, session: Session) -> None:
    consultation = settle(session)
    store_landscape(session, consultation, two_groups())
    store_landscape(
        session,
        consultation,
        two_groups(outcome=Outcome.NO_STABLE_GROUPS, reasons=(Reason.GROUPS_CHANGE,)),
        thread=consultation.threads[0],
    )
    assert "No stable groups" in words(client, f"{PAGE}?thread=1")
    assert "No stable groups" not in words(client)
    assert "The map is not drawn yet" in words(client, f"{PAGE}?thread=2")


@pytest.mark.parametrize("asked", ["9", "x", "-1", "1.0", "99999999999999999999", "²"])
def test_a_thread_that_is_not_there_is_not_found(client: StrictClient, session: Session, asked: str) -> None:
    make_consultation(session)
    assert client.get(PAGE, query_string={"thread": asked}).status_code == 404


def test_a_draft_has_no_landscape(client: StrictClient, session: Session) -> None:
    make_consultation(session, phase=Phase.DRAFT)
    assert client.get(PAGE).status_code == 404


def test_newer_votes_are_told(client: StrictClient, session: Session) -> None:
    consultation = settle(session)
    row = store_landscape(session, consultation, two_groups())
    row.tally = Tally.counted([]).written
    make_vote(session, make_idea(session, consultation.threads[0]))
    assert "1 vote has come in since." in words(client)


@pytest.mark.parametrize("phase", [Phase.GATHERING, Phase.SYNTHESIS])
def test_while_voting_is_open_the_page_asks_to_vote_first(
    phase: Phase, client: StrictClient, session: Session
) -> None:
    store_landscape(session, settle(session, phase), two_groups())
    assert ("vote first, then read on" in words(client)) == (phase is Phase.GATHERING)


class TestTheReader:
    """Where somebody who is signed in lies; nobody else is told."""

    def test_sees_their_place_and_nobody_else_does(self, client: StrictClient, session: Session) -> None:
        consultation = settle(session)
        participant, account = self._somebody(session, consultation)
        landscape = two_groups()
        people = landscape.people.copy()
        people[3] = participant.id
        store_landscape(session, consultation, two_groups(people=people))
        before = client.get(PAGE, headers={"Accept-Language": "en"}).get_data(as_text=True)
        sign_in(client, session, account)
        text = words(client)
        assert '<g class="you-are-here">' in client.get(PAGE).get_data(as_text=True)
        assert "You are here" in text
        assert "You are in group A" in text
        assert "You have voted on 4 ideas." in text
        assert "In 46 of 50 recounts" in text or "In 47 of 50 recounts" in text
        client.delete_cookie("deliberation")
        after = client.get(PAGE, headers={"Accept-Language": "en"}).get_data(as_text=True)
        assert "You are here" not in after
        assert before == after

    def test_who_is_not_placed_learns_how_to_be(self, client: StrictClient, session: Session) -> None:
        consultation = settle(session)
        participant, account = self._somebody(session, consultation)
        votes, group_of = people_who_vote((20, [[1, 1, -1, 1]]), (14, [[1, -1, 1, 1]]))
        votes = np.vstack([votes, [[1, UNSEEN, UNSEEN, UNSEEN]]])
        group_of = np.append(group_of, NOT_PLACED)
        people = np.append(np.arange(900, 934), participant.id)
        store_landscape(session, consultation, make_landscape(votes, group_of, people=people))
        assert "1 person has voted on too few ideas to be placed." in words(client)
        sign_in(client, session, account)
        text = words(client)
        assert "You are not placed yet" in text
        assert "Vote on 3 more" in text
        assert "You are here" not in text

    def test_in_a_small_group_is_not_drawn(self, client: StrictClient, session: Session) -> None:
        consultation = settle(session)
        participant, account = self._somebody(session, consultation)
        people = np.append(np.arange(900, 926), participant.id)
        store_landscape(session, consultation, two_groups(second=7, people=people))
        sign_in(client, session, account)
        text = words(client)
        assert "You are in a small group" in text
        assert "You are here" not in text

    def test_whose_votes_are_newer_is_told(self, client: StrictClient, session: Session) -> None:
        consultation = settle(session)
        _, account = self._somebody(session, consultation)
        store_landscape(session, consultation, two_groups(people=np.arange(900, 934)))
        sign_in(client, session, account)
        assert "No vote of yours is counted in it yet." in words(client)

    def _somebody(self, session: Session, consultation: Consultation) -> tuple[Any, Any]:
        account = make_account(session)
        return make_participant(session, consultation, account), account


def test_a_page_that_visitors_share_names_no_participant_and_no_place(
    client: StrictClient, session: Session
) -> None:
    people = np.arange(7_000_001, 7_000_035)
    store_landscape(session, settle(session), two_groups(people=people))
    page = client.get(PAGE).get_data(as_text=True)
    assert "70000" not in page
    assert "Participant" not in page
    assert "csrf_token" not in page


def test_the_page_takes_few_statements_whatever_its_size(client: StrictClient, session: Session) -> None:
    consultation = settle(session)
    account = make_account(session)
    make_participant(session, consultation, account)
    make_role(session, consultation, account)
    store_landscape(session, consultation, two_groups())
    prices = []
    for is_signed_in in (False, True):
        if is_signed_in:
            sign_in(client, session, account)
        for _ in range(2):
            make_idea(session, consultation.threads[1])
            session.commit()
            session.expire_all()
            with statements() as heard:
                assert client.get(PAGE).status_code == 200
            prices.append(len(heard))
    assert max(prices) <= BOUND, prices


def test_the_page_of_two_thousand_people_and_five_hundred_ideas_is_light(
    client: StrictClient, session: Session
) -> None:
    consultation = make_consultation(session)
    author = make_participant(session, consultation)
    numbers = np.random.default_rng(11)
    vocabulary = ["".join(numbers.choice(list("abcdefghijklmnoprstuvy"), 7)) for _ in range(3_000)]
    session.execute(
        insert(Idea),
        [
            {
                "consultation_id": consultation.id,
                "thread_id": consultation.threads[0].id,
                "author_id": author.id,
                "number": number,
                "language": "en",
                "statement": " ".join(numbers.choice(vocabulary, 18)),
                "elaboration": "",
                "elaboration_html": "",
                "agrees": 1,
                "disagrees": 0,
                "passes": 0,
                "created_at": now(),
                "is_seed": False,
                "is_meta": False,
            }
            for number in range(1, 501)
        ],
    )
    leaning = numbers.choice([0.2, 0.9], size=(4, 500))
    group_of = np.arange(2_000) % 4
    votes = np.where(numbers.random((2_000, 500)) < leaning[group_of], AGREE, DISAGREE)
    votes[numbers.random(votes.shape) < 0.8] = UNSEEN
    store_landscape(session, consultation, make_landscape(votes, group_of))
    page = client.get(PAGE).get_data()
    assert page.count(b"<tr>") == 501
    assert len(brotli.compress(page, quality=4)) < MOST_BYTES


class TestSnapshots:
    """Freezing on demand, and the list of what was frozen."""

    def test_a_facilitator_asks_for_one_once(self, client: StrictClient, session: Session) -> None:
        consultation = settle(session)
        account = make_account(session)
        make_role(session, consultation, account)
        sign_in(client, session, account)
        for sentence in ("The votes are being frozen.", "A snapshot is being taken already."):
            answer = client.submit(PAGE, {"reason": "Before the vote"}, to=f"{PAGE}/snapshots")
            assert answer.status_code == 303
            assert answer.location.endswith(f"{PAGE}#snapshots")
            assert sentence in client.get(PAGE, headers={"Accept-Language": "en"}).get_data(as_text=True)
        job = session.scalars(select(Job)).one()
        assert job.arguments["reason"] == "Before the vote"

    def test_a_reason_that_is_too_long_is_kept_and_refused(
        self, client: StrictClient, session: Session
    ) -> None:
        consultation = settle(session)
        account = make_account(session)
        make_role(session, consultation, account)
        sign_in(client, session, account)
        answer = client.submit(PAGE, {"reason": "x" * 1_001}, to=f"{PAGE}/snapshots")
        assert answer.status_code == 422
        assert "x" * 1_001 in answer.get_data(as_text=True)
        assert session.scalars(select(Job)).all() == []

    def test_nobody_else_may(self, client: StrictClient, session: Session) -> None:
        consultation = settle(session)
        make_participant(session, consultation, account := make_account(session))
        sign_in(client, session, account)
        page = client.get(PAGE).get_data(as_text=True)
        assert "Freeze" not in page
        token = client.token("/c/the-park/threads/1")
        assert client.post(f"{PAGE}/snapshots", data={"csrf_token": token}).status_code == 403

    def test_those_taken_are_listed_newest_first(self, client: StrictClient, session: Session) -> None:
        consultation = settle(session)
        for number, cause in ((1, SnapshotCause.PHASE_CHANGE), (2, SnapshotCause.ON_DEMAND)):
            session.add(
                Snapshot(
                    consultation_id=consultation.id,
                    number=number,
                    cause=cause,
                    role=None,
                    reason="Before <the> vote" if number == 2 else "",
                    phase=Phase.VOTING,
                    phase_started_at=now() if number == 1 else None,
                    taken_at=now(),
                    inputs_digest="cd" * 32,
                    threads={"1": [1, 2]},
                    off_map=[],
                    ideas=2,
                    people=127,
                    votes=3841,
                    content=b"",
                )
            )
        session.flush()
        page = client.get(PAGE, headers={"Accept-Language": "en"}).get_data(as_text=True)
        assert page.index("Before &lt;the&gt; vote") < page.index("A phase began:")
        assert "3,841" in page


def test_passes_and_nothing_else_are_not_called_agreement(client: StrictClient, session: Session) -> None:
    votes = np.full((30, 4), PASS)
    landscape = make_landscape(
        votes, np.zeros(30, dtype=int), outcome=Outcome.ONE_CROWD, reasons=(Reason.ALL_ALIKE,), unsure=(1,)
    )
    store_landscape(session, settle(session), landscape)
    text = words(client)
    assert "30 of 30 pass (89–100%)" in text
    assert "votes alike" not in text.split("How this was counted")[0].split("Many are unsure")[0]

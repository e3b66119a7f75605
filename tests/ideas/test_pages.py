"""The pages of the ideas room, as people meet them."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.accounts.models import Account
from deliberation.base.clock import now
from deliberation.consultations.models import Consultation, Phase
from deliberation.ideas.models import Idea
from deliberation.ideas.search import index_idea
from deliberation.votes.models import Choice
from tests.factories import (
    apply_tag,
    make_account,
    make_consultation,
    make_idea,
    make_participant,
    make_role,
    make_tag,
    make_vote,
    sign_in,
)
from tests.statements import statements
from tests.strict_client import StrictClient

THREAD = "/c/the-park/threads/1"
MOST_STATEMENTS = 12


@pytest.fixture
def park(session: Session) -> Consultation:
    consultation = make_consultation(session)
    session.commit()
    return consultation


@pytest.fixture
def ada(session: Session, park: Consultation, client: StrictClient) -> Account:
    account = make_account(session)
    sign_in(client, session, account)
    session.commit()
    return account


def shown(page: str) -> list[str]:
    return re.findall(r'<h3 class="idea-text"[^>]*><a [^>]*>([^<]+)</a>', page)


def see(client: StrictClient, address: str = THREAD, status: int = 200) -> str:
    answer = client.get(address, headers={"Accept-Language": "en"})
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def test_reading_a_thread_sets_no_cookie_and_asks_to_sign_in(
    session: Session, park: Consultation, client: StrictClient
) -> None:
    make_idea(session, park.threads[0], statement="More benches")
    session.commit()
    answer = client.get(THREAD)
    page = answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers
    assert "csrf_token" not in page
    assert "Sign in to write" in page
    assert shown(page) == ["More benches"]
    answer = client.get("/c/the-park/ideas/1")
    assert "Set-Cookie" not in answer.headers
    assert "csrf_token" not in answer.get_data(as_text=True)


def test_an_empty_thread_says_what_to_do(ada: Account, client: StrictClient) -> None:
    assert "No ideas yet" in see(client)


def test_posting_an_idea_leads_to_it(session: Session, ada: Account, client: StrictClient) -> None:
    data = {"statement": "  Plant\n trees ", "elaboration": "**Many**", "language": "en"}
    answer = client.submit(THREAD, data)
    assert (answer.status_code, answer.location) == (303, "/c/the-park/ideas/1")
    page = see(client, "/c/the-park/ideas/1")
    assert "Plant trees" in page
    assert "<strong>Many</strong>" in page
    assert "Change the wording" in page
    again = client.submit(THREAD, {**data, "statement": "Plant trees"})
    assert again.location == answer.location
    assert session.scalar(select(func.count(Idea.id))) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"statement": " \u200b "}, "Write your idea in one sentence."),
        ({"statement": "x" * 281}, "281 characters"),
        ({"elaboration": "y" * 10_001}, "10001 characters"),
        ({"language": "not a language"}, "Choose the language"),
    ],
)
def test_a_refused_idea_keeps_what_was_written(
    wrong: dict[str, str], said: str, ada: Account, client: StrictClient
) -> None:
    data = {"statement": "Kept words", "elaboration": "Kept more", "language": "en", **wrong}
    answer = client.submit(THREAD, data)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in page
    assert data["elaboration"] in page
    assert data["statement"].strip("\u200b ") in page


@pytest.mark.parametrize("closed_by", ["phase", "lock"])
def test_a_thread_that_closed_meanwhile_keeps_what_was_written(
    closed_by: str, session: Session, park: Consultation, ada: Account, client: StrictClient
) -> None:
    token = client.token(THREAD)
    if closed_by == "phase":
        park.steps[0].phase = Phase.VOTING
    else:
        park.threads[0].locked_at = now()
    session.commit()
    data = {"csrf_token": token, "statement": "Kept words", "elaboration": "", "language": "en"}
    answer = client.post(THREAD, data=data)
    assert answer.status_code == 409
    assert "Kept words" in answer.get_data(as_text=True)
    assert session.scalar(select(func.count(Idea.id))) == 0
    assert "No new ideas now" in see(client)


def test_a_visitor_who_posts_is_sent_to_sign_in(
    park: Consultation, client: StrictClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(client.application.config, "WTF_CSRF_ENABLED", False)
    assert "/sign-in" in (client.post(THREAD, data={"statement": "x"}).location or "")


def test_orders(session: Session, park: Consultation, ada: Account, client: StrictClient) -> None:
    thread, me = park.threads[0], make_participant(session, park, ada)
    people = [make_participant(session, park) for _ in range(6)]
    liked = make_idea(session, thread, statement="Liked", created_at=now() - timedelta(days=3))
    torn = make_idea(session, thread, statement="Torn", created_at=now() - timedelta(days=2))
    fresh = make_idea(session, thread, statement="Fresh", created_at=now() - timedelta(days=1))
    for position, person in enumerate(people):
        make_vote(session, liked, person)
        make_vote(session, torn, person, Choice.AGREE if position % 2 else Choice.DISAGREE)
    make_vote(session, fresh, me)
    session.commit()
    for order, first in [
        ("newest", "Fresh"), ("agreed", "Liked"), ("divided", "Torn"), ("least_seen", "Fresh"),
        ("odd", "Torn"),
    ]:  # fmt: skip
        found = shown(see(client, f"{THREAD}?sort={order}"))
        assert len(found) == 3
        assert found[0] == first or order == "odd"
    # What I have voted on comes last in the order made for me, though fewest have voted on it.
    assert shown(see(client))[-1] == "Fresh"


def test_filters_leave_what_was_asked_for(session: Session, park: Consultation, client: StrictClient) -> None:
    thread = park.threads[0]
    swedish = make_idea(session, thread, statement="Fler kalendrar", language="sv")
    english = make_idea(session, thread, statement="More maps", language="en")
    for idea in (swedish, english):
        index_idea(session, idea.id, idea.statement, "", idea.language)
    apply_tag(session, english, make_tag(session, park, "maps"))
    session.commit()
    assert shown(see(client, f"{THREAD}?lang=sv")) == ["Fler kalendrar"]
    assert shown(see(client, f"{THREAD}?q=kalender")) == ["Fler kalendrar"]
    assert shown(see(client, f"{THREAD}?tag=maps")) == ["More maps"]
    page = see(client, f"{THREAD}?tag=maps&q=kalender")
    assert shown(page) == []
    assert "No idea here matches" in page
    for odd in ("sort=x&page=-3&lang=xx", "tag=none", "q=%22%27*(", "page=abc", "q=%00", "tag=%F0%9F%98%80"):
        see(client, f"{THREAD}?{odd}")
    see(client, f"{THREAD}?page=2", 404)
    see(client, f"{THREAD}?page=99999999999999", 404)
    see(client, "/c/the-park/threads/99999999999999", 404)
    see(client, "/c/the-park/threads/9", 404)
    see(client, "/c/the-park/ideas/2147483647", 404)


def test_hidden_and_withdrawn_ideas_are_in_no_list(
    session: Session, park: Consultation, client: StrictClient
) -> None:
    make_idea(session, park.threads[0], statement="Hidden", hidden_at=now())
    make_idea(session, park.threads[0], statement="Gone", withdrawn_at=now())
    session.commit()
    assert shown(see(client)) == []
    see(client, "/c/the-park/ideas/1", 404)
    see(client, "/c/the-park/ideas/1/history", 404)
    assert "The author has withdrawn this idea" in see(client, "/c/the-park/ideas/2")


def test_facilitators_and_the_author_see_a_hidden_idea_marked(
    session: Session, park: Consultation, ada: Account, client: StrictClient
) -> None:
    make_idea(session, park.threads[0], make_participant(session, park, ada), hidden_at=now())
    make_idea(session, park.threads[0], hidden_at=now())
    session.commit()
    assert "This idea is hidden" in see(client, "/c/the-park/ideas/1")
    see(client, "/c/the-park/ideas/2", 404)
    make_role(session, park, ada)
    session.commit()
    assert "This idea is hidden" in see(client, "/c/the-park/ideas/2")
    assert "/c/the-park/ideas/2/restore" in see(client, "/c/the-park/ideas/2")


def test_an_idea_of_another_consultation_is_not_here(
    session: Session, park: Consultation, client: StrictClient
) -> None:
    other = make_consultation(session, "the-other")
    make_idea(session, other.threads[0])
    session.commit()
    see(client, "/c/the-park/ideas/1", 404)


def test_an_edit_shows_in_the_history(
    session: Session, park: Consultation, ada: Account, client: StrictClient
) -> None:
    client.submit(THREAD, {"statement": "Plant trees", "elaboration": "", "language": "en"})
    edit = "/c/the-park/ideas/1/edit"
    answer = client.submit(
        edit, {"statement": "Plant old trees", "elaboration": "", "language": "en", "revision": "1"}
    )
    assert answer.status_code == 303
    page = see(client, "/c/the-park/ideas/1/history")
    assert re.search(r"Plant <ins>old ?</ins>|Plant<ins> old</ins>", page)
    assert shown(see(client, f"{THREAD}?q=old")) == ["Plant old trees"]


def test_a_stale_edit_is_refused_with_both_wordings(
    session: Session, park: Consultation, ada: Account, client: StrictClient
) -> None:
    client.submit(THREAD, {"statement": "First", "elaboration": "", "language": "en"})
    edit = "/c/the-park/ideas/1/edit"
    client.submit(edit, {"statement": "Second", "elaboration": "", "language": "en", "revision": "1"})
    answer = client.submit(edit, {"statement": "Third", "elaboration": "", "language": "en", "revision": "1"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Second" in page
    assert "Third" in page
    assert 'value="2"' in page
    assert session.scalars(select(Idea.statement)).one() == "Second"
    refused = client.submit(edit, {"statement": "", "elaboration": "", "language": "en", "revision": "2"})
    assert refused.status_code == 422


def test_only_the_author_edits_and_withdraws(
    session: Session, park: Consultation, ada: Account, client: StrictClient
) -> None:
    make_idea(session, park.threads[0])
    session.commit()
    see(client, "/c/the-park/ideas/1/edit", 403)
    answer = client.submit(THREAD, {}, to="/c/the-park/ideas/1/withdraw")
    assert answer.status_code == 403


def test_a_withdrawn_idea_keeps_its_votes_and_takes_no_more(
    session: Session, park: Consultation, ada: Account, client: StrictClient
) -> None:
    idea = make_idea(session, park.threads[0], make_participant(session, park, ada))
    make_vote(session, idea)
    session.commit()
    see(client, "/c/the-park/ideas/1/edit", 409)
    answer = client.submit("/c/the-park/ideas/1", {}, to="/c/the-park/ideas/1/withdraw")
    assert answer.status_code == 303
    page = see(client, "/c/the-park/ideas/1")
    assert "1 of 1" in page
    assert 'class="vote vote-agree"' not in page
    assert shown(see(client)) == []


def test_every_page_asks_the_database_little(
    session: Session, park: Consultation, client: StrictClient
) -> None:
    tag = make_tag(session, park, "maps")
    ada = make_account(session)
    me = make_participant(session, park, ada)
    for position in range(30):
        idea = make_idea(session, park.threads[0], statement=f"Idea {position}", elaboration="More")
        make_vote(session, idea, me if position % 2 else None)
        apply_tag(session, idea, tag)
        index_idea(session, idea.id, idea.statement, "", "en")
    session.commit()
    pages = [
        THREAD, f"{THREAD}?sort=agreed&tag=maps&q=idea&lang=en", f"{THREAD}?q=idea&page=2",
        "/c/the-park/ideas/1", "/c/the-park/ideas/1/history",
    ]  # fmt: skip
    for signed_in in (False, True):
        if signed_in:
            sign_in(client, session, ada)
            session.commit()
        for page in pages:
            session.expire_all()
            with statements() as heard:
                see(client, page)
            assert len(heard) <= MOST_STATEMENTS, (page, signed_in, heard)


def test_what_people_write_is_marked_with_its_language(
    session: Session, park: Consultation, client: StrictClient
) -> None:
    make_idea(session, park.threads[0], statement="<b>أفكار</b>", language="ar")
    session.commit()
    page = see(client)
    assert '<h3 class="idea-text" id="idea-1-title" lang="ar" dir="auto">' in page
    assert "&lt;b&gt;" in page
    assert "Arabic" in page

"""The pages of the comments room, as people meet them."""

import re
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.accounts.models import Account
from deliberation.base.clock import now
from deliberation.comments.models import COMMENT_LENGTH, Comment
from deliberation.consultations.models import Phase
from deliberation.web.extensions import limiter
from tests.comments.conftest import Talk
from tests.factories import (
    make_account,
    make_comment,
    make_consultation,
    make_idea,
    make_participant,
    make_role,
    sign_in,
)
from tests.statements import statements
from tests.strict_client import StrictClient

IDEA = "/c/the-park/ideas/1"
POST = f"{IDEA}/comments"
ONE = "/c/the-park/comments/1"
MOST_STATEMENTS = 12
MOST_BYTES = 100_000


@pytest.fixture
def ada(talk: Talk, client: StrictClient) -> Account:
    account = make_account(talk.session)
    sign_in(client, talk.session, account)
    talk.session.commit()
    return account


def see(client: StrictClient, address: str = IDEA, status: int = 200) -> str:
    answer = client.get(address, headers={"Accept-Language": "en"})
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def shown(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'<article class="comment[^>]*id="comment-(\d+)"', page)]


def written(session: Session) -> int:
    return session.scalar(select(func.count(Comment.id))) or 0


def test_reading_comments_sets_no_cookie_and_asks_to_sign_in(talk: Talk, client: StrictClient) -> None:
    make_comment(talk.session, talk.idea, body="**Which** trees?")
    talk.session.commit()
    for address in (IDEA, ONE):
        answer = client.get(address, headers={"Accept-Language": "en"})
        page = answer.get_data(as_text=True)
        assert "Set-Cookie" not in answer.headers
        assert "csrf_token" not in page
        assert "<strong>Which</strong> trees?" in page
        assert "Sign in to " in page


def test_a_comment_stands_where_it_was_written(talk: Talk, ada: Account, client: StrictClient) -> None:
    answer = client.submit(IDEA, {"body": "Which trees?", "language": "en"}, to=POST)
    assert (answer.status_code, answer.location) == (303, f"{IDEA}#comment-1")
    again = client.submit(IDEA, {"body": "Which trees? ", "language": "en"}, to=POST)
    assert again.location == answer.location
    answer = client.submit(ONE, {"body": "Oaks.", "language": "en"})
    assert (answer.status_code, answer.location) == (303, f"{ONE}#comment-2")
    page = see(client)
    assert shown(page) == [1, 2]
    assert "2 comments" in page
    assert "2 comments" in see(client, "/c/the-park/threads/1")
    assert "In answer to participant" not in page
    assert "In answer to participant" in see(client, "/c/the-park/comments/2")


def test_who_wrote_the_idea_is_marked(talk: Talk, client: StrictClient) -> None:
    make_comment(talk.session, talk.idea, talk.idea.author)
    make_comment(talk.session, talk.idea)
    talk.session.commit()
    page = see(client)
    assert page.count("wrote the idea") == 1
    assert f"<b>Participant {talk.idea.author.number}</b>, wrote the idea" in page


@pytest.mark.parametrize("where", [POST, ONE])
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"body": " \u200b "}, "Write a comment."),
        ({"body": "x" * (COMMENT_LENGTH + 1)}, "2001 characters"),
        ({"language": "not a language"}, "Choose the language"),
    ],
)
def test_a_refused_comment_keeps_what_was_written(
    wrong: dict[str, str], said: str, where: str, talk: Talk, ada: Account, client: StrictClient
) -> None:
    make_comment(talk.session, talk.idea)
    talk.session.commit()
    data = {"body": "Kept words", "language": "en", **wrong}
    answer = client.submit(IDEA, data, to=where)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in page
    assert data["body"].strip("\u200b ") in page


@pytest.mark.parametrize("where", [POST, ONE, f"{ONE}/edit"])
@pytest.mark.parametrize("closed_by", ["phase", "lock", "withdrawal", "hiding of the comment"])
def test_what_closed_meanwhile_keeps_what_was_written(
    closed_by: str, where: str, talk: Talk, ada: Account, client: StrictClient
) -> None:
    me = make_participant(talk.session, talk.consultation, ada)
    comment = make_comment(talk.session, talk.idea, me)
    talk.session.commit()
    token = client.token(IDEA)
    if closed_by == "phase":
        talk.consultation.steps[0].phase = Phase.SYNTHESIS
    elif closed_by == "lock":
        talk.consultation.threads[0].locked_at = now()
    elif closed_by == "withdrawal":
        talk.idea.withdrawn_at = now()
    else:
        comment.hidden_at = now()
    talk.session.commit()
    data = {"csrf_token": token, "body": "Kept words", "language": "en", "revision": "1"}
    answer = client.post(where, data=data)
    if closed_by == "hiding of the comment" and where == POST:
        assert answer.status_code == 303
        return
    assert answer.status_code == 409
    assert "Kept words</textarea>" in answer.get_data(as_text=True)
    assert written(talk.session) == 1
    if closed_by != "hiding of the comment":
        assert "Post the" not in see(client, IDEA)


def test_a_sign_in_that_has_ended_loses_nothing(talk: Talk, client: StrictClient) -> None:
    make_comment(talk.session, talk.idea)
    talk.session.commit()
    client.application.config["WTF_CSRF_ENABLED"] = False
    try:
        for where in (POST, ONE):
            answer = client.post(where, data={"body": "A thought I had for long.", "language": "en"})
            assert answer.status_code == 401
            assert "A thought I had for long.</textarea>" in answer.get_data(as_text=True)
    finally:
        client.application.config["WTF_CSRF_ENABLED"] = True


def test_nobody_comments_more_than_sixty_times_an_hour(
    talk: Talk, ada: Account, client: StrictClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiter, "enabled", True)
    token = client.token(IDEA)
    sent = {"csrf_token": token, "body": "Again", "language": "en"}
    found = [client.post(POST, data=sent).status_code for _ in range(61)]
    limiter.reset()
    assert (found[59], found[60]) == (303, 429)


def test_an_edit_shows_in_the_history(talk: Talk, ada: Account, client: StrictClient) -> None:
    client.submit(IDEA, {"body": "Plant trees", "language": "en"}, to=POST)
    edit = {"body": "Plant old trees", "language": "en", "revision": "1"}
    assert client.submit(f"{ONE}/edit", edit).status_code == 303
    page = see(client, f"{ONE}/history")
    assert re.search(r"<ins>old ?</ins>|<ins> old</ins>", page)
    assert "/c/the-park/comments/1/history" in see(client)


def test_a_stale_edit_is_refused_with_both_wordings(talk: Talk, ada: Account, client: StrictClient) -> None:
    client.submit(IDEA, {"body": "First", "language": "en"}, to=POST)
    client.submit(f"{ONE}/edit", {"body": "Second", "language": "en", "revision": "1"})
    answer = client.submit(f"{ONE}/edit", {"body": "Third", "language": "en", "revision": "1"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Second" in page
    assert "Third" in page
    assert 'value="2"' in page
    assert talk.session.scalars(select(Comment.body)).one() == "Second"


def test_only_the_author_edits_and_withdraws(talk: Talk, ada: Account, client: StrictClient) -> None:
    make_comment(talk.session, talk.idea)
    talk.session.commit()
    see(client, f"{ONE}/edit", 403)
    assert client.submit(IDEA, {}, to=f"{ONE}/withdraw").status_code == 403
    assert "Change the wording" not in see(client, ONE)


def test_a_withdrawn_comment_leaves_a_gap_and_no_words(
    talk: Talk, ada: Account, client: StrictClient
) -> None:
    me = make_participant(talk.session, talk.consultation, ada)
    comment = make_comment(talk.session, talk.idea, me, "Zebra words")
    make_comment(talk.session, talk.idea, parent=comment, body="Why not?")
    alone = make_comment(talk.session, talk.idea, me, "Zebra alone")
    talk.session.commit()
    for number in (comment.number, alone.number):
        address = f"/c/the-park/comments/{number}"
        assert client.submit(address, {}, to=f"{address}/withdraw").status_code == 303
        page = see(client, address)
        assert "Zebra" not in page
        assert "The author has withdrawn this comment." in page
        see(client, f"{address}/history", 404)
        see(client, f"{address}/edit", 409)
    page = see(client)
    assert shown(page) == [1, 2]
    assert "Zebra" not in page
    assert "1 comment<" in page


def test_a_hidden_comment_is_its_authors_and_the_facilitators_to_read(
    talk: Talk, ada: Account, client: StrictClient
) -> None:
    me = make_participant(talk.session, talk.consultation, ada)
    mine = make_comment(talk.session, talk.idea, me, "Zebra mine", hidden_at=now())
    other = make_comment(talk.session, talk.idea, body="Zebra other", hidden_at=now())
    make_comment(talk.session, talk.idea, parent=other, body="Why not?")
    talk.session.commit()
    page = see(client)
    assert "Zebra mine" in page
    assert "Zebra other" not in page
    assert "A facilitator has hidden this comment." in page
    assert "Zebra other" not in see(client, f"/c/the-park/comments/{other.number}")
    see(client, f"/c/the-park/comments/{other.number}/history", 404)
    assert "Zebra mine" in see(client, f"/c/the-park/comments/{mine.number}/history")
    make_role(talk.session, talk.consultation, ada)
    talk.session.commit()
    assert "Zebra other" in see(client)
    assert f"/c/the-park/comments/{other.number}/restore" in see(
        client, f"/c/the-park/comments/{other.number}"
    )


def test_a_hidden_idea_hides_its_comments(talk: Talk, ada: Account, client: StrictClient) -> None:
    make_comment(talk.session, talk.idea, body="Zebra words")
    talk.idea.hidden_at = now()
    talk.session.commit()
    for address in (ONE, f"{ONE}/history", f"{ONE}/edit"):
        see(client, address, 404)
    for address in (POST, ONE, f"{ONE}/withdraw"):
        token = client.token("/c/the-park/threads/1")
        assert client.post(address, data={"csrf_token": token, "body": "x"}).status_code == 404
    make_role(talk.session, talk.consultation, ada)
    talk.session.commit()
    assert "Zebra words" in see(client, ONE)


def test_a_comment_of_another_consultation_is_not_here(talk: Talk, client: StrictClient) -> None:
    other = make_consultation(talk.session, "the-other")
    make_comment(talk.session, make_idea(talk.session, other.threads[0]))
    talk.session.commit()
    see(client, ONE, 404)
    see(client, "/c/the-park/comments/2147483647", 404)


def test_what_people_write_is_marked_with_its_language(talk: Talk, client: StrictClient) -> None:
    make_comment(talk.session, talk.idea, body="<b>أفكار</b>", language="ar")
    talk.session.commit()
    page = see(client)
    assert '<div class="prose" lang="ar" dir="auto">' in page
    assert "&lt;b&gt;" in page
    assert "Arabic" in page


def test_a_long_branch_is_folded_and_its_own_page_has_the_rest(talk: Talk, client: StrictClient) -> None:
    first = make_comment(talk.session, talk.idea)
    for _ in range(40):
        make_comment(talk.session, talk.idea, parent=first)
    make_comment(talk.session, talk.idea, body="Another thing")
    talk.session.commit()
    page = see(client)
    assert shown(page) == [1, 2, 3, 4, 42]
    assert f'href="{ONE}#answers">37 more answers</a>' in page
    assert len(shown(see(client, ONE))) == 1 + 25
    assert shown(see(client, f"{ONE}?page=2")) == [1, *range(27, 42)]
    for odd in ("0", "3", "-1", "99999"):
        see(client, f"{ONE}?page={odd}", 404)
        see(client, f"{IDEA}?page={odd}", 404)


def test_who_answers_far_down_comes_back_to_the_answer(
    talk: Talk, ada: Account, client: StrictClient
) -> None:
    first = make_comment(talk.session, talk.idea)
    for _ in range(30):
        make_comment(talk.session, talk.idea, parent=first)
        make_comment(talk.session, talk.idea)
    talk.session.commit()
    answer = client.submit(ONE, {"body": "Oaks.", "language": "en"})
    assert answer.location == f"{ONE}?page=2#comment-62"
    assert 62 in shown(see(client, answer.location.split("#")[0]))
    answer = client.submit(IDEA, {"body": "Beeches.", "language": "en"}, to=POST)
    assert answer.location == f"{IDEA}?page=2#comment-63"
    assert 63 in shown(see(client, answer.location.split("#")[0]))


def test_five_hundred_comments_cost_few_statements_and_little_weight(
    talk: Talk, client: StrictClient
) -> None:
    rng, session = Random(4), talk.session
    people = [make_participant(session, talk.consultation) for _ in range(20)]
    made: list[Comment] = []
    for number in range(500):
        parent = rng.choice([None, *made[-30:]]) if made else None
        hidden_at = now() if number % 50 == 7 else None
        when = now() - timedelta(minutes=500 - number)
        made.append(
            make_comment(
                session, talk.idea, rng.choice(people), "ord å " * 330, parent=parent, hidden_at=hidden_at,
                created_at=when,
            )
        )  # fmt: skip
    ada = make_account(session)
    make_role(session, talk.consultation, ada)
    session.commit()
    for signed_in in (False, True):
        if signed_in:
            sign_in(client, session, ada)
            session.commit()
        for address in (IDEA, f"{IDEA}?page=2", ONE, f"{ONE}?page=2", "/c/the-park/threads/1"):
            session.expire_all()
            with statements() as heard:
                page = see(client, address)
            assert len(heard) <= MOST_STATEMENTS, (address, signed_in, heard)
            assert len(page.encode()) <= MOST_BYTES, (address, signed_in, len(page.encode()))

"""What people see and do when ideas are merged, proposed to be merged and parted."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from deliberation.ideas.models import Idea
from deliberation.moderation.merging import merge_idea
from deliberation.moderation.models import ActKind
from deliberation.moderation.service import hide_idea
from deliberation.votes.models import Choice
from deliberation.web.mail import Mailer
from tests import factories
from tests.moderation.conftest import Park
from tests.statements import statements
from tests.strict_client import StrictClient

MERGED = "Make the park larger, please."
KEPT = "A larger park."


@pytest.fixture
def pair(park: Park) -> tuple[Idea, Idea]:
    """An idea to merge, by the author with an account, and one to merge it into."""
    other = factories.make_account(park.session, language="sv", email="other@example.org")
    proposer = factories.make_participant(park.session, park.consultation, other)
    thread = park.consultation.threads[0]
    merged = factories.make_idea(park.session, thread, park.author, MERGED)
    kept = factories.make_idea(park.session, thread, proposer, KEPT)
    park.session.commit()
    return merged, kept


def facilitate(client: StrictClient, park: Park) -> None:
    factories.sign_in(client, park.session, park.facilitator)
    park.session.commit()


def merge(park: Park, idea: Idea, into: Idea) -> None:
    merge_idea(park.session, idea=idea, into=into, reason="They say the same.", by=park.by)
    park.session.commit()


def address(idea: Idea, more: str = "") -> str:
    return f"/c/the-park/ideas/{idea.number}{more}"


def send(client: StrictClient, to: str, data: dict[str, str], **kwargs: Any) -> TestResponse:
    return client.post(to, data={"csrf_token": client.token("/account"), **data}, **kwargs)


def mails(app: Flask) -> list[str]:
    folder = Path(app.extensions["mailer"].url.removeprefix("file://"))
    written = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    return [path.read_text() for path in written]


def test_a_facilitator_finds_the_other_idea_by_words_and_by_number(
    client: StrictClient, park: Park, pair: tuple[Idea, Idea]
) -> None:
    facilitate(client, park)
    merged, kept = pair
    page = client.get(address(merged, "/merge?q=larger")).text
    assert f"?into={kept.number}" in page
    assert f"?into={merged.number}" not in page
    page = client.get(address(merged, f"/merge?into={kept.number}")).text
    assert "Are these the same idea?" in page
    assert MERGED in page
    assert KEPT in page


@pytest.mark.parametrize("written", ["no", "999999", "-1", "٣", "99999999999999999999"])
def test_a_number_that_is_no_idea_is_refused_in_words(
    client: StrictClient, park: Park, pair: tuple[Idea, Idea], written: str
) -> None:
    facilitate(client, park)
    answer = client.get(address(pair[0], "/merge"), query_string={"into": written})
    assert (answer.status_code, "Write the number of an idea" in answer.text) == (422, True)


def test_the_preview_keeps_few_people_to_itself(
    client: StrictClient, park: Park, pair: tuple[Idea, Idea]
) -> None:
    facilitate(client, park)
    merged, kept = pair
    both = [factories.make_participant(park.session, park.consultation) for _ in range(10)]
    for person in both[:9]:
        factories.make_vote(park.session, merged, person)
        factories.make_vote(park.session, kept, person)
    park.session.commit()
    page = client.get(address(merged, f"/merge?into={kept.number}")).text
    assert "Between 9 and 18 votes instead of 9 and 9." in page
    assert "Fewer than 10 people have voted on both." in page
    factories.make_vote(park.session, merged, both[9], Choice.DISAGREE)
    factories.make_vote(park.session, kept, both[9])
    park.session.commit()
    page = client.get(address(merged, f"/merge?into={kept.number}")).text
    assert "10 votes instead of 10 and 10." in page
    assert "10 people have voted on both" in page
    assert "10 agree, 0 disagree, 0 pass." in page
    assert "most voted the same on both" in page, "9 alike and 1 not would tell about one person"


def test_merging_takes_a_reason_leads_to_the_kept_idea_and_tells_both_authors(
    client: StrictClient, park: Park, pair: tuple[Idea, Idea], app: Flask
) -> None:  # fmt: skip
    facilitate(client, park)
    merged, kept = pair
    before = len(mails(app))
    data = {"into": str(kept.number), "reason": ""}
    answer = send(client, address(merged, "/merge"), data=data)
    assert (answer.status_code, "Write a reason." in answer.text) == (422, True)
    assert park.acts() == []
    answer = send(client, address(merged, "/merge"), data=data | {"reason": "Both want more park."})
    assert (answer.status_code, answer.location) == (303, address(kept))
    assert [act.kind for act in park.acts()] == [ActKind.MERGE_IDEA]
    page = client.get(address(kept)).text
    assert f"Idea {merged.number} is merged into this one." in page
    assert f"also proposed by participant {park.author.number}" in page
    assert MERGED in page
    told = mails(app)[before:]
    assert len(told) == 2
    assert sum("To: other@example.org" in mail for mail in told) == 1


def test_merging_stands_when_no_mail_can_be_sent(
    client: StrictClient, park: Park, pair: tuple[Idea, Idea], app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    facilitate(client, park)
    merged, kept = pair
    monkeypatch.setitem(app.extensions, "mailer", Mailer("smtp://127.0.0.1:1", "a@example.org"))
    answer = send(client, address(merged, "/merge"), data={"into": str(kept.number), "reason": "The same."})
    assert answer.status_code == 303
    park.session.refresh(merged)
    assert merged.merged_into_id == kept.id
    assert "could not be told by mail" in client.get(address(kept)).text


def test_an_old_link_shows_the_old_words_and_leads_on(
    client: StrictClient, park: Park, pair: tuple[Idea, Idea]
) -> None:
    merged, kept = pair
    merge(park, merged, kept)
    page = client.get(address(merged)).text
    assert MERGED in page
    assert f"A facilitator merged this idea into idea {kept.number}" in page
    assert f'href="{address(kept)}"' in page
    assert "They say the same." in page
    assert f"{address(merged)}/vote" not in page
    thread = client.get("/c/the-park/threads/1").text
    assert KEPT in thread
    assert MERGED not in thread
    assert MERGED not in client.get("/c/the-park/threads/1?q=larger").text


def test_a_merged_idea_whose_root_is_hidden_gives_no_link(
    client: StrictClient, park: Park, pair: tuple[Idea, Idea], session: Session
) -> None:
    merged, kept = pair
    merge(park, merged, kept)
    hide_idea(session, idea=kept, rule=park.rule.key, reason="No.", by=park.by)
    session.commit()
    page = client.get(address(merged)).text
    assert KEPT not in page
    assert f"Idea {kept.number} takes no votes now." in page


def test_a_vote_from_a_page_that_was_open_counts_on_the_idea_that_is_kept(
    client: StrictClient, park: Park, pair: tuple[Idea, Idea]
) -> None:
    merged, kept = pair
    merge(park, merged, kept)
    factories.sign_in(client, park.session, factories.make_account(park.session, language="en"))
    park.session.commit()
    vote = {"choice": "agree", "view": "list", "next": "/c/the-park/threads/1"}
    answer = send(client, address(merged, "/vote"), data=vote)
    assert (answer.status_code, answer.location) == (303, f"{address(kept)}#idea-{kept.number}")
    assert "Your vote counts there." in client.get(address(kept)).text
    fragment = {"Accept": "text/vnd.deliberation.fragment+html"}
    answer = send(client, address(merged, "/vote"), data=vote | {"choice": "disagree"}, headers=fragment)
    assert f'action="{address(kept)}/vote"' in answer.text
    assert "Your vote counts there." in answer.text
    park.session.expire_all()
    assert (merged.votes, kept.agrees, kept.disagrees) == (0, 0, 1)


def test_parting_shows_what_comes_back_and_restores_it(
    client: StrictClient, park: Park, pair: tuple[Idea, Idea]
) -> None:
    merged, kept = pair
    for choice in (Choice.AGREE, Choice.AGREE, Choice.PASS):
        factories.make_vote(park.session, merged, choice=choice)
    merge(park, merged, kept)
    facilitate(client, park)
    assert address(merged, "/part") in client.get(address(kept)).text
    page = client.get(address(merged, "/part")).text
    assert "3 votes return to the idea:" in page
    assert "2 agree, 0 disagree, 1 pass." in page
    answer = send(client, address(merged, "/part"), data={"reason": "Two ideas."})
    assert (answer.status_code, answer.location) == (303, address(merged))
    park.session.expire_all()
    assert (merged.agrees, merged.passes, kept.votes) == (2, 1, 0)
    answer = send(client, address(merged, "/part"), data={"reason": "Again."})
    assert (answer.status_code, "not merged" in answer.text) == (409, True)
    log = client.get("/c/the-park/log").text
    assert "was merged" in log
    assert "stands on its own again" in log


def test_what_cannot_be_merged_is_said_before_anybody_writes_a_reason(
    client: StrictClient, park: Park, pair: tuple[Idea, Idea]
) -> None:
    facilitate(client, park)
    merged, kept = pair
    elsewhere = factories.make_idea(park.session, park.consultation.threads[1], statement="Elsewhere.")
    third = factories.make_idea(park.session, park.consultation.threads[0], statement="Third.")
    merge(park, third, kept)
    for other, words in (
        (merged, "cannot be merged into itself"),
        (elsewhere, "answers another question"),
        (third, f"already merged into idea {kept.number}"),
    ):
        page = client.get(address(merged, f"/merge?into={other.number}"))
        assert words in page.text
        assert 'name="reason"' not in page.text


def test_a_participant_proposes_and_the_desk_shows_it(
    client: StrictClient, park: Park, pair: tuple[Idea, Idea]
) -> None:
    merged, kept = pair
    factories.sign_in(client, park.session, factories.make_account(park.session, language="en"))
    park.session.commit()
    assert address(merged, "/same") in client.get(address(merged)).text
    page = client.get(address(merged, "/same?q=larger")).text
    assert f"?into={kept.number}" in page
    data = {"into": f"#{kept.number}", "note": "Both <b>larger</b>."}
    for _ in range(2):
        assert send(client, address(merged, "/same"), data=data).status_code == 303
    answer = send(client, address(merged, "/same"), data={"into": str(merged.number)})
    assert (answer.status_code, "That is this idea." in answer.text) == (422, True)
    facilitate(client, park)
    desk = client.get("/c/the-park/desk").text
    assert "1 person says so" in desk
    assert "Both &lt;b&gt;larger&lt;/b&gt;." in desk
    page = client.get(address(kept, f"/merge?into={merged.number}")).text
    assert "They are different" in page
    answer = send(
        client,
        address(kept, "/merge/decline"),
        data={"into": str(merged.number), "reason": "One is about trees."},
    )
    assert answer.status_code == 303
    assert "1 person says so" not in client.get("/c/the-park/desk").text
    assert [act.kind for act in park.acts()] == [ActKind.DECLINE_MERGE]
    answer = send(client, address(merged, "/same"), data=data)
    assert (answer.status_code, "One is about trees." in answer.text) == (409, True)


def test_the_pages_read_a_bounded_number_of_statements(
    client: StrictClient, park: Park, pair: tuple[Idea, Idea]
) -> None:
    facilitate(client, park)
    merged, kept = pair
    pages = [address(merged, f"/merge?into={kept.number}"), address(kept), address(merged, "/merge?q=park")]
    with statements() as few:
        for page in pages:
            client.get(page)
    thread = park.consultation.threads[0]
    for number in range(6):
        merge(park, factories.make_idea(park.session, thread, statement=f"Park {number}."), kept)
    with statements() as many:
        for page in pages:
            client.get(page)
    assert len(many) <= len(few)

"""Flags, decisions and appeals as people meet them, and what is written to them."""

from pathlib import Path

import pytest
from flask import Flask

from deliberation.consultations.people import RoleName
from deliberation.moderation.cases import Flag
from deliberation.moderation.models import ActKind
from deliberation.moderation.service import hide_idea
from tests import factories
from tests.moderation.conftest import Park
from tests.statements import statements, writes
from tests.strict_client import StrictClient

HOME = "/c/the-park"
DESK = f"{HOME}/desk"
IDEA = f"{HOME}/ideas/1"


def mails(app: Flask) -> list[str]:
    folder = Path(app.extensions["mailer"].url.removeprefix("file://"))
    written = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    return [path.read_text() for path in written]


@pytest.fixture
def desk(park: Park, client: StrictClient) -> StrictClient:
    factories.sign_in(client, park.session, park.facilitator)
    park.session.commit()
    return client


@pytest.fixture
def author(park: Park, app: Flask) -> StrictClient:
    browser: StrictClient = app.test_client()  # type: ignore[assignment]
    factories.sign_in(browser, park.session, park.author_account)
    park.session.commit()
    return browser


def another(park: Park, app: Flask, name: RoleName = RoleName.FACILITATOR) -> StrictClient:
    browser: StrictClient = app.test_client()  # type: ignore[assignment]
    account = factories.make_account(park.session, language="en")
    factories.make_role(park.session, park.consultation, account, name)
    factories.sign_in(browser, park.session, account)
    park.session.commit()
    return browser


def hidden(park: Park) -> str:
    """Hide the idea; return the address of the decision."""
    act = hide_idea(park.session, idea=park.idea, rule=park.rule.key, reason="An advert.", by=park.by)
    park.session.commit()
    return f"{HOME}/log/{act.id}"


def test_a_flag_reaches_the_desk_and_keeps_what_was_written_when_refused(
    park: Park, desk: StrictClient, app: Flask
) -> None:
    flagger: StrictClient = app.test_client()  # type: ignore[assignment]
    factories.sign_in(flagger, park.session, factories.make_account(park.session, language="en"))
    factories.make_comment(park.session, park.idea)
    factories.make_tag(park.session, park.consultation)
    park.session.commit()
    for at in (IDEA, f"{HOME}/comments/1", f"{HOME}/tags/schools"):
        refused = flagger.submit(f"{at}/flag", {"note": "It sells."})
        assert refused.status_code == 422
        assert "It sells.</textarea>" in refused.text
        sent = {"rule": park.rule.key, "note": "It sells."}
        assert flagger.submit(f"{at}/flag", sent).status_code == 303
        assert flagger.submit(f"{at}/flag", sent).status_code == 409
    page = desk.get(DESK).text
    assert "3 things are waiting for you" in page
    assert page.count("“It sells.”") == 3
    assert desk.get(f"{DESK}?show=flagged_comment").text.count("“It sells.”") == 1


def test_let_stand_from_the_desk_and_whoever_comes_second_is_told(park: Park, desk: StrictClient) -> None:
    flag = factories.make_flag(park.session, park.rule, park.idea)
    park.session.commit()
    item = {"item": f"flagged_idea-{park.idea.id}-{flag.id}"}
    assert desk.submit(DESK, item, to=f"{DESK}/let-stand").location == f"{DESK}#waiting"
    answer = desk.submit(DESK, item, to=f"{DESK}/let-stand")
    assert answer.status_code == 409
    assert "Another facilitator has decided" in answer.text
    late = desk.submit(f"{IDEA}/hide", {"rule": park.rule.key, "reason": "Mine.", "seen": str(flag.id)})
    assert late.status_code == 409
    assert "Mine.</textarea>" in late.text
    assert [act.kind for act in park.acts()] == [ActKind.LET_STAND]


def test_a_preview_does_nothing_and_says_what_would_happen(park: Park, desk: StrictClient) -> None:
    flag = factories.make_flag(park.session, park.rule, park.idea)
    park.session.commit()
    item = {"item": f"flagged_idea-{park.idea.id}-{flag.id}", "verdict": "hide"}
    with statements() as heard:
        page = desk.submit(DESK, item, to=f"{DESK}/preview").text
    assert not writes(heard)
    assert "Hide one thing?" in page
    assert "Sell the park to my cousin." in page
    refused = desk.submit(DESK, {**item, "rule": park.rule.key}, to=f"{DESK}/decide")
    assert refused.status_code == 422
    done = desk.submit(DESK, {**item, "rule": park.rule.key, "reason": "Adverts."}, to=f"{DESK}/decide")
    assert done.status_code == 303
    undone = desk.submit(done.location, {"reason": "Hasty."})
    assert undone.location == f"{DESK}#waiting"
    park.session.expire_all()
    assert park.idea.hidden_at is None
    elsewhere = factories.make_idea(park.session, factories.make_consultation(park.session, "x").threads[0])
    park.session.commit()
    foreign = {"item": f"flagged_idea-{elsewhere.id}-0", "verdict": "hide", "rule": park.rule.key}
    assert "Nothing is chosen" in desk.submit(DESK, foreign, to=f"{DESK}/preview").text
    assert desk.submit(DESK, {"item": "nonsense"}, to=f"{DESK}/let-stand").status_code == 404


def test_the_author_is_told_by_mail_and_on_the_page_appeals_and_wins(
    park: Park, desk: StrictClient, author: StrictClient, app: Flask
) -> None:
    before = len(mails(app))
    desk.submit(f"{IDEA}/hide", {"rule": park.rule.key, "reason": "An advert."})
    [mail] = mails(app)[before:]
    at = f"{HOME}/log/{park.acts()[-1].id}"
    assert park.author_account.email in mail
    assert at in mail
    assert "An advert." in mail
    assert "Sell the park" not in mail
    assert at in author.get(IDEA).text
    assert author.submit(at, {"text": ""}).status_code == 422
    assert author.submit(at, {"text": "No cousin of mine."}).status_code == 303
    assert "Send the appeal" not in author.get(at).text
    token = {"csrf_token": author.token(f"{HOME}/threads/1"), "text": "Again."}
    assert author.post(at, data=token).status_code == 409
    mine = desk.get(at).text
    assert "Overturn the decision" not in mine
    sent = {"outcome": "overturned", "reason": "True."}
    assert desk.submit(f"{HOME}/ideas/1/restore", sent, to=f"{at}/decide").status_code == 403
    second = another(park, app)
    assert "No cousin of mine." in second.get(at).text
    before = len(mails(app))
    assert second.submit(at, sent, to=f"{at}/decide").status_code == 303
    assert "Your appeal succeeded" in mails(app)[before:][0]
    late = second.submit(DESK, sent, to=f"{at}/decide")
    assert late.status_code == 409
    assert "True.</textarea>" in late.text
    park.session.expire_all()
    assert park.idea.hidden_at is None


def test_a_mail_that_cannot_be_sent_holds_nothing_up(
    park: Park, desk: StrictClient, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a-file").write_text("")
    mailer = app.extensions["mailer"]
    monkeypatch.setitem(app.extensions, "mailer", type(mailer)(f"file://{tmp_path}/a-file/x", mailer.sender))
    assert desk.submit(f"{IDEA}/hide", {"rule": park.rule.key, "reason": "An advert."}).status_code == 303
    park.session.expire_all()
    assert park.idea.hidden_at is not None


def test_everybody_reads_the_decision_and_few_the_appeal(
    park: Park, app: Flask, author: StrictClient
) -> None:
    at = hidden(park)
    author.submit(at, {"text": "Zebra words."})
    stranger: StrictClient = app.test_client()  # type: ignore[assignment]
    factories.sign_in(stranger, park.session, factories.make_account(park.session, language="en"))
    park.session.commit()
    for reader, reads in ((app.test_client(), False), (stranger, False), (author, True)):
        page = reader.get(at, headers={"Accept-Language": "en"}).text
        assert "An advert." in page
        assert "The person concerned appealed." in page or reads
        assert ("Zebra words." in page) is reads
        assert ("Sell the park" in page) is reads
    token = {"csrf_token": stranger.token(f"{HOME}/threads/1"), "text": "Mine."}
    assert stranger.post(at, data=token).status_code == 403


def test_the_working_group_finds_what_only_it_can_decide(
    park: Park, app: Flask, author: StrictClient, desk: StrictClient
) -> None:
    at = hidden(park)
    author.submit(at, {"text": "No."})
    member = another(park, app, RoleName.WORKING_GROUP)
    assert at in member.get(f"{HOME}/log").text
    assert "Overturn the decision" in member.get(at).text
    assert "You are the only facilitator." in desk.get(DESK).text
    assert member.submit(at, {"outcome": "upheld", "reason": "So."}, to=f"{at}/decide").status_code == 303
    assert "A member of the working group" in member.get(at).text


def test_a_block_is_said_where_the_person_writes(
    park: Park, desk: StrictClient, author: StrictClient
) -> None:
    at = f"{HOME}/participants/{park.author.number}"
    refused = desk.submit(f"{at}/block", {"rule": park.rule.key, "reason": "Spam.", "until": "never"})
    assert refused.status_code == 422
    assert 'value="never"' in refused.text
    sent = {"rule": park.rule.key, "reason": "Spam.", "until": "2026-12-24"}
    assert desk.submit(f"{at}/block", sent).status_code == 303
    idea = {"statement": "Another advert.", "elaboration": "", "language": "en"}
    answer = author.submit(f"{HOME}/threads/1", idea)
    assert answer.status_code == 409
    assert "You cannot post here until" in answer.text
    assert "Another advert.</textarea>" in answer.text
    log = author.get(f"{HOME}/log").text
    assert f"Participant {park.author.number} <b>cannot post</b>" in log
    assert park.author_account.email not in log
    assert park.author_account.name not in log
    assert desk.submit(f"{at}/block", {"reason": "Enough."}, to=f"{at}/lift").status_code == 303
    assert author.submit(f"{HOME}/threads/1", idea).status_code == 303


def test_who_flagged_is_nowhere_on_the_pages(park: Park, desk: StrictClient) -> None:
    flag = factories.make_flag(park.session, park.rule, park.idea)
    for _ in range(50):
        factories.make_participant(park.session, park.consultation)
    row = factories.make_flag(park.session, park.rule, park.idea, note="Me too.")
    park.session.commit()
    numbers = {park.session.get_one(Flag, key).participant_id for key in (flag.id, row.id)}
    assert len(numbers) == 2
    page = desk.get(DESK).text
    assert "by 2 people" in page
    assert "Participant 5" not in page

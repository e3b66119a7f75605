"""Hiding and restoring comments: who may, the one row in the log, what everybody reads."""

import pytest

from deliberation.base.clock import now
from deliberation.base.errors import Refused
from deliberation.comments.models import Comment
from deliberation.moderation.acts import NotAFacilitator
from deliberation.moderation.models import ActKind
from deliberation.moderation.queries import hiding_of, hiding_of_comment, log_figures
from deliberation.moderation.service import AlreadyDone, hide_comment, hide_idea, restore_comment
from tests import factories
from tests.moderation.conftest import Park
from tests.strict_client import StrictClient

AT = "/c/the-park/comments/1"


@pytest.fixture
def comment(park: Park) -> Comment:
    made = factories.make_comment(park.session, park.idea, park.author, "Zebra words.")
    park.session.commit()
    return made


def hide(park: Park, comment: Comment, reason: str = "An advert.") -> None:
    hide_comment(park.session, comment=comment, rule=park.rule.key, reason=reason, by=park.by)


def test_each_decision_on_a_comment_is_one_row(park: Park, comment: Comment) -> None:
    hide(park, comment)
    assert comment.hidden_at is not None
    restore_comment(park.session, comment=comment, reason="A mistake.", by=park.by)
    assert comment.hidden_at is None
    first, second = park.acts()
    assert (first.kind, first.rule_id, first.reason) == (ActKind.HIDE_COMMENT, park.rule.id, "An advert.")
    assert (first.comment_id, first.idea_id) == (comment.id, park.idea.id)
    assert (second.kind, second.comment_id) == (ActKind.RESTORE_COMMENT, comment.id)


def test_only_facilitators_with_a_rule_and_a_reason_hide_a_comment(park: Park, comment: Comment) -> None:
    for by in (park.author_account.id, factories.make_account(park.session).id):
        with pytest.raises(NotAFacilitator):
            hide_comment(park.session, comment=comment, rule=park.rule.key, reason="x", by=by)
        with pytest.raises(NotAFacilitator):
            restore_comment(park.session, comment=comment, reason="x", by=by)
    for rule, reason in (("no-such-rule", "x"), (park.rule.key, " "), (park.rule.key, "x" * 1_001)):
        with pytest.raises(Refused):
            hide_comment(park.session, comment=comment, rule=rule, reason=reason, by=park.by)
    assert park.count() == 0


def test_nothing_is_done_twice_or_to_what_is_withdrawn(park: Park, comment: Comment) -> None:
    with pytest.raises(AlreadyDone):
        restore_comment(park.session, comment=comment, reason="x", by=park.by)
    hide(park, comment)
    with pytest.raises(AlreadyDone, match="already hidden"):
        hide(park, comment)
    gone = factories.make_comment(park.session, park.idea, withdrawn_at=now())
    with pytest.raises(AlreadyDone, match="withdrawn"):
        hide(park, gone)
    assert park.count() == 1


def test_why_a_comment_is_hidden_is_told_apart_from_its_idea(park: Park, comment: Comment) -> None:
    assert hiding_of_comment(park.session, comment.id) is None
    hide(park, comment)
    hiding = hiding_of_comment(park.session, comment.id, language="en")
    assert hiding is not None
    assert hiding.rule is not None
    assert (hiding.reason, hiding.rule.number) == ("An advert.", 2)
    assert hiding_of(park.session, park.idea.id) is None
    hide_idea(park.session, idea=park.idea, rule=park.rule.key, reason="The idea.", by=park.by)
    found = hiding_of(park.session, park.idea.id)
    assert found is not None
    assert found.reason == "The idea."
    assert log_figures(park.session, park.consultation.id).rules == {park.rule.id: 2}


def test_a_comment_is_hidden_and_restored_on_its_page(
    park: Park, comment: Comment, client: StrictClient
) -> None:
    factories.sign_in(client, park.session, park.facilitator)
    park.session.commit()
    assert f"{AT}/hide" in client.get(AT).text
    refused = client.submit(f"{AT}/hide", {"rule": park.rule.key, "reason": ""})
    assert refused.status_code == 422
    assert f'value="{park.rule.key}" checked' in refused.text
    done = client.submit(f"{AT}/hide", {"rule": park.rule.key, "reason": "An advert."})
    assert (done.status_code, done.location) == (303, AT)
    assert client.submit(f"{AT}/restore", {"reason": "A mistake."}).status_code == 303
    park.session.expire_all()
    assert comment.hidden_at is None


def test_who_comes_second_is_told(park: Park, comment: Comment, client: StrictClient) -> None:
    factories.sign_in(client, park.session, park.facilitator)
    park.session.commit()
    token = client.token(f"{AT}/hide")
    hide(park, comment)
    park.session.commit()
    answer = client.post(
        f"{AT}/hide", data={"csrf_token": token, "rule": park.rule.key, "reason": "An advert."}
    )
    assert answer.status_code == 409
    assert "already hidden" in answer.text
    assert park.count() == 1


def test_everybody_reads_why_and_nobody_what(park: Park, comment: Comment, client: StrictClient) -> None:
    factories.make_comment(park.session, park.idea, parent=comment, body="Why not?")
    hide(park, comment)
    park.session.commit()
    english = {"Accept-Language": "en"}
    for address in (AT, "/c/the-park/log", "/c/the-park/ideas/1"):
        page = client.get(address, headers=english).text
        assert "Zebra" not in page
    assert "An advert." in client.get(AT, headers=english).text
    log = client.get("/c/the-park/log", headers=english).text
    assert f'<a href="{AT}">Comment 1</a>' in log
    assert "An advert." in log
    hide_idea(park.session, idea=park.idea, rule=park.rule.key, reason="All of it.", by=park.by)
    park.session.commit()
    assert AT not in client.get("/c/the-park/log", headers=english).text

"""Ideas written without an account: read by a facilitator before anybody else."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.base.errors import SignInRequired
from deliberation.consultations.models import Consultation, Guests
from deliberation.consultations.people import RoleName
from deliberation.ideas.service import post_guest_idea
from deliberation.moderation.acts import AlreadyDone, NotAFacilitator
from deliberation.moderation.guests import accept_idea, set_guests
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.moderation.queue import Waiting, queue_of
from deliberation.moderation.service import hide_idea, restore_idea
from tests import factories
from tests.guests.conftest import guests_of, idea_of, post_idea, vote
from tests.strict_client import StrictClient

WORDS = "Let the zebras graze."
HIDDEN_FROM = ("/c/the-park/threads/1", "/c/the-park/vote", "/c/the-park/synthesis", "/c/the-park/log")


@pytest.fixture
def desk(session: Session, park: Consultation) -> StrictClient:
    """A facilitator's browser."""
    from flask import current_app

    client: StrictClient = current_app.test_client()  # type: ignore[assignment]
    account = factories.make_account(session)
    factories.make_role(session, park, account, RoleName.FACILITATOR)
    factories.sign_in(client, session, account)
    session.commit()
    return client


def test_a_guests_idea_waits_and_only_its_author_and_facilitators_see_it(
    client: StrictClient, session: Session, desk: StrictClient
) -> None:
    answer = post_idea(client, WORDS)
    assert answer.status_code == 303
    idea = idea_of(session, 4)
    assert idea.waits_since is not None
    assert not idea.is_visible
    stranger = client.application.test_client()
    for page in (*HIDDEN_FROM, "/c/the-park/threads/1?q=zebras"):
        assert WORDS not in stranger.get(page).get_data(as_text=True), page
    assert stranger.get("/c/the-park/ideas/4").status_code == 404
    assert vote(stranger, 4).status_code == 404  # type: ignore[arg-type]
    own = client.get("/c/the-park/ideas/4").get_data(as_text=True)
    assert WORDS in own
    assert "until a facilitator has read it" in own
    assert "This idea waits for a facilitator to read it." in own
    assert "This idea is hidden" not in own
    assert "Waits for a facilitator to read it" in client.get("/c/the-park/guest").get_data(as_text=True)
    assert WORDS in desk.get("/c/the-park/desk").get_data(as_text=True)


def test_an_accepted_idea_is_everybodys_to_vote_on(
    client: StrictClient, session: Session, desk: StrictClient
) -> None:
    post_idea(client, WORDS)
    item = f"guest_idea-{idea_of(session, 4).id}-0"
    answer = desk.submit("/c/the-park/desk", {"item": item}, to="/c/the-park/desk/let-stand")
    assert answer.status_code == 303
    idea = idea_of(session, 4)
    assert idea.is_visible
    assert idea.accepted_at is not None
    act = session.scalars(select(ModerationAct)).one()
    assert act.kind is ActKind.ACCEPT_IDEA
    log = client.get("/c/the-park/log").get_data(as_text=True)
    assert "by a guest, <b>was accepted</b>" in log
    assert "Everybody sees it" in client.get("/c/the-park/guest").get_data(as_text=True)
    assert WORDS in client.application.test_client().get("/c/the-park/threads/1").get_data(as_text=True)
    assert vote(client.application.test_client(), 4).status_code == 303  # type: ignore[arg-type]


def test_a_refused_idea_stays_hidden_with_a_rule_and_a_reason_that_the_guest_reads(
    client: StrictClient, session: Session, desk: StrictClient, park: Consultation
) -> None:
    post_idea(client, WORDS)
    rule = next(entry.key for entry in _rules(session, park))
    page = "/c/the-park/ideas/4/hide"
    answer = desk.submit(page, {"rule": rule, "reason": "It is about zebras."})
    assert answer.status_code == 303
    idea = idea_of(session, 4)
    assert idea.waits_since is None
    assert idea.hidden_at is not None
    own = client.get("/c/the-park/ideas/4").get_data(as_text=True)
    assert "It is about zebras." in own
    assert "Keep to the question" in own
    assert "This idea is hidden. It takes no comments while it is." in own
    assert "waits for a facilitator" not in own
    assert "Not shown to others" in client.get("/c/the-park/guest").get_data(as_text=True)
    assert client.application.test_client().get("/c/the-park/ideas/4").status_code == 404


def _rules(session: Session, park: Consultation) -> list[object]:
    from deliberation.moderation.queries import rules_of

    return list(rules_of(session, park, language="en"))


def test_refusing_takes_one_facilitator_even_where_hiding_takes_two(
    client: StrictClient, session: Session, desk: StrictClient, park: Consultation
) -> None:
    park.two_to_hide = True
    session.commit()
    post_idea(client, WORDS)
    rule = next(entry.key for entry in _rules(session, park))
    desk.submit("/c/the-park/ideas/4/hide", {"rule": rule, "reason": "No."})
    assert idea_of(session, 4).waits_since is None


def test_what_waits_is_decided_once(session: Session, park: Consultation, client: StrictClient) -> None:
    post_idea(client, WORDS)
    idea = idea_of(session, 4)
    facilitator = factories.make_role(session, park).account_id
    stranger = factories.make_account(session).id
    with pytest.raises(NotAFacilitator):
        accept_idea(session, idea=idea, by=stranger)
    accept_idea(session, idea=idea, by=facilitator)
    with pytest.raises(AlreadyDone):
        accept_idea(session, idea=idea, by=facilitator)
    hide_idea(session, idea=idea, rule=_rules(session, park)[0].key, reason="Now it is.", by=facilitator)  # type: ignore[attr-defined]
    with pytest.raises(AlreadyDone):
        accept_idea(session, idea=idea, by=facilitator)
    restore_idea(session, idea=idea, reason="After all.", by=facilitator)
    assert idea.is_visible


def test_it_waits_in_the_queue_until_it_is_withdrawn(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    post_idea(client, WORDS)
    assert queue_of(session, park.id).counts == {Waiting.GUEST_IDEA: 1}
    answer = client.submit("/c/the-park/ideas/4", {}, to="/c/the-park/ideas/4/withdraw")
    assert answer.status_code == 303
    assert queue_of(session, park.id).counts == {}


def test_posting_the_same_twice_leads_to_the_first(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    post_idea(client, WORDS)
    token = client.token("/c/the-park/threads/1")
    data = {"csrf_token": token, "statement": WORDS, "language": "en", "different": "1 2 3"}
    assert client.post("/c/the-park/threads/1", data=data).headers["Location"].endswith("/ideas/4")


def test_a_refused_form_keeps_what_was_typed_and_makes_nobody(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    answer = post_idea(client, "x" * 281)
    assert answer.status_code == 422
    assert "x" * 281 in answer.get_data(as_text=True)
    assert guests_of(session) == []
    with client.session_transaction() as kept:
        assert "guest" not in kept


def test_no_other_site_posts_a_visitors_idea(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    form = {"statement": WORDS, "language": "en", "different": "1 2 3"}
    answer = client.post("/c/the-park/threads/1", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 403
    assert WORDS in page
    assert guests_of(session) == []
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    assert client.post("/c/the-park/threads/1", data={**form, "csrf_token": token}).status_code == 303
    assert idea_of(session, 4).waits_since is not None


def test_where_guests_only_vote_they_write_no_ideas(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    vote(client, 1)
    park.guests = Guests.VOTES
    session.commit()
    answer = post_idea(client, WORDS)
    assert answer.status_code == 401
    assert WORDS in answer.get_data(as_text=True)
    assert "Sign in to write" in client.get("/c/the-park/threads/1").get_data(as_text=True)
    with pytest.raises(SignInRequired):
        post_guest_idea(
            session, consultation=park, thread=park.threads[0], guest_id=guests_of(session)[0].guest_id or 0,
            statement=WORDS, elaboration="", language="en",
        )  # fmt: skip


def test_changing_what_guests_may_do_stands_in_the_log(
    client: StrictClient, session: Session, desk: StrictClient, park: Consultation
) -> None:
    page = "/c/the-park/desk"
    assert desk.submit(page, {"guests": "votes"}, to=f"{page}/guests").status_code == 303
    session.expire_all()
    assert park.guests is Guests.VOTES
    assert "<b>vote without an account</b>" in client.get("/c/the-park/log").get_data(as_text=True)
    refused = desk.submit(page, {"guests": "everything"}, to=f"{page}/guests")
    assert "Choose what people without an account may do." in refused.get_data(as_text=True)
    with pytest.raises(AlreadyDone):
        set_guests(
            session, consultation=park, guests=Guests.VOTES, by=factories.make_role(session, park).account_id
        )

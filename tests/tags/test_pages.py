import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.accounts.models import Account
from deliberation.consultations.models import Consultation
from deliberation.tags.models import IdeaTag, Tag, TagStatus
from deliberation.tags.service import merge_tags
from tests.factories import apply_tag, make_account, make_consultation, make_idea, make_tag, sign_in
from tests.statements import statements
from tests.strict_client import StrictClient

IDEA = "/c/the-park/ideas/1"


@pytest.fixture
def park(session: Session) -> Consultation:
    consultation = make_consultation(session)
    make_idea(session, consultation.threads[0])
    make_tag(session, consultation, "maps", names={"sv": "kartor", "en": "charts"})
    session.commit()
    return consultation


@pytest.fixture
def ada(session: Session, park: Consultation, client: StrictClient) -> Account:
    account = make_account(session, language="en")
    sign_in(client, session, account)
    session.commit()
    return account


def page(client: StrictClient, address: str = IDEA) -> str:
    return client.get(address).get_data(as_text=True)


def test_a_tag_is_put_on_and_taken_off(session: Session, ada: Account, client: StrictClient) -> None:
    answer = client.submit(IDEA, {"tag": "maps"}, to=f"{IDEA}/tags")
    assert (answer.status_code, answer.location) == (303, f"{IDEA}#tags")
    assert "put on by 1 person" in page(client)
    assert 'href="/c/the-park/tags/maps"' in page(client, "/c/the-park/threads/1")
    assert client.submit(IDEA, {"tag": "maps"}, to=f"{IDEA}/tags/remove").status_code == 303
    assert session.scalar(select(func.count()).select_from(IdeaTag)) == 0


def test_a_suggestion_waits(ada: Account, client: StrictClient) -> None:
    assert client.submit(IDEA, {"tag": "", "suggestion": "Birds"}, to=f"{IDEA}/tags").status_code == 303
    assert "waits for a facilitator" in page(client)
    assert "Birds" in page(client, "/c/the-park/threads/1")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"tag": ""}, "Choose a tag from the list."),
        ({"tag": "", "suggestion": "y" * 41}, "A tag has at most 40 characters."),
    ],
)
def test_a_refused_tag_is_said_at_the_field(
    data: dict[str, str], said: str, ada: Account, client: StrictClient
) -> None:
    answer = client.submit(IDEA, data, to=f"{IDEA}/tags")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in text
    assert data.get("suggestion", "") in text


def test_a_visitor_signs_in_first(
    park: Consultation, client: StrictClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(client.application.config, "WTF_CSRF_ENABLED", False)
    assert "/sign-in" in (client.post(f"{IDEA}/tags", data={"tag": "maps"}).location or "")


TAGS = "/c/the-park/tags"


def test_the_vocabulary_counts_ideas_across_questions(
    session: Session, park: Consultation, client: StrictClient
) -> None:
    maps = session.scalars(select(Tag).where(Tag.key == "maps")).one()
    make_tag(session, park, "birds", names={"sv": "fåglar"})
    for thread in park.threads:
        apply_tag(session, make_idea(session, thread), maps)
    session.commit()
    text = page(client, TAGS)
    assert "2 ideas" in text
    assert text.index(">charts<") < text.index(">fåglar<")
    assert "One tag has no name in English yet." in text
    assert page(client, f"{TAGS}?sort=used").index(">charts<") < page(client, f"{TAGS}?sort=used").index(
        ">fåglar<"
    )


def test_a_tag_page_shows_all_ideas_whatever_the_question(
    session: Session, park: Consultation, client: StrictClient
) -> None:
    maps = session.scalars(select(Tag).where(Tag.key == "maps")).one()
    for number in range(30):
        idea = make_idea(
            session,
            park.threads[number % 2],
            statement=f"Idea the {number}th.",
            language="sv" if number < 5 else "en",
        )
        apply_tag(session, idea, maps)
    make_idea(session, park.threads[0], statement="Without a tag.")
    session.commit()
    with statements() as heard:
        text = page(client, f"{TAGS}/maps")
    assert len(heard) <= 12
    assert "30 ideas in answer to 2 questions." in text
    assert "In answer to question 2" in text
    assert "Page 1 of 2" in text
    assert "Without a tag." not in text
    assert "5 ideas" in page(client, f"{TAGS}/maps?lang=sv")
    for sort in ("newest", "agreed", "divided", "least_seen", "tea"):
        assert client.get(f"{TAGS}/maps?sort={sort}&page=2").status_code == 200
    assert client.get(f"{TAGS}/maps?page=3").status_code == 404


def test_an_old_link_to_a_merged_tag_leads_on_and_says_so(
    session: Session, park: Consultation, client: StrictClient
) -> None:
    old = make_tag(session, park, "plans", names={"sv": "planer", "en": "plans"})
    merge_tags(session, tag=old, into=session.scalars(select(Tag).where(Tag.key == "maps")).one())
    session.commit()
    answer = client.get(f"{TAGS}/plans")
    assert answer.location == f"{TAGS}/maps?came_by=plans"
    text = page(client, answer.location)
    assert "You came by the tag “plans”." in text
    assert "No idea carries this tag" in text
    assert "You came by" not in page(client, f"{TAGS}/maps?came_by=maps")


@pytest.mark.parametrize("key", ["none", "waiting", "refused", "%00", "x" * 300])
def test_what_is_not_in_the_vocabulary_has_no_page(
    key: str, session: Session, park: Consultation, client: StrictClient
) -> None:
    make_tag(session, park, "waiting", status=TagStatus.SUGGESTED)
    make_tag(session, park, "refused", status=TagStatus.DECLINED)
    session.commit()
    assert client.get(f"{TAGS}/{key}").status_code == 404


def test_an_empty_vocabulary_says_what_to_do(session: Session, client: StrictClient) -> None:
    make_consultation(session, "the-lake")
    session.commit()
    assert "No tags yet" in page(client, "/c/the-lake/tags")

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.accounts.models import Account
from deliberation.consultations.models import Consultation
from deliberation.tags.models import IdeaTag
from tests.factories import make_account, make_consultation, make_idea, make_tag, sign_in
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
    assert "?tag=maps" in page(client, "/c/the-park/threads/1")
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

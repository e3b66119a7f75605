import pytest
from sqlalchemy.orm import Session

from tests import factories
from tests.strict_client import StrictClient


@pytest.mark.parametrize(
    ("browser", "language"),
    [
        ("sv-SE,sv;q=0.9", "sv"),
        ("en-GB", "en"),
        ("de,sv;q=0.5", "sv"),
        ("de", "en"),
        ("", "en"),
        ("*/;;q=x", "en"),
    ],
)
def test_the_browser_says_which_language(browser: str, language: str, client: StrictClient) -> None:
    page = client.get("/help", headers={"Accept-Language": browser}).get_data(as_text=True)
    assert f'<html lang="{language}"' in page


def test_a_choice_goes_before_the_browser(client: StrictClient) -> None:
    answer = client.submit("/preferences", {"language": "sv", "theme": "dark", "next": "/help"})
    assert (answer.status_code, answer.location) == (303, "/help")
    page = client.get("/help", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert '<html lang="sv" dir="ltr" data-bs-theme="dark"' in page


def test_the_account_goes_before_the_cookie(client: StrictClient, session: Session) -> None:
    factories.sign_in(client, session, factories.make_account(session, language="sv"))
    session.commit()
    client.set_cookie("language", "en")
    assert '<html lang="sv"' in client.get("/help").get_data(as_text=True)


def test_an_unknown_language_is_refused_at_its_field(client: StrictClient) -> None:
    answer = client.submit("/preferences", {"language": "xx", "theme": ""})
    assert answer.status_code == 422


def test_a_choice_leads_nowhere_else(client: StrictClient) -> None:
    answer = client.submit("/preferences", {"language": "sv", "theme": "", "next": "//example.org"})
    assert answer.location == "/"

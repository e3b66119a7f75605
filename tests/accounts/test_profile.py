import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.accounts import service
from deliberation.accounts.models import Account, MailedLink, SignIn, Theme
from deliberation.accounts.queries import get_credentials
from deliberation.base.errors import NotFound
from tests import factories
from tests.accounts.conftest import OTHER_PASSWORD, PASSWORD, Mailbox, is_signed_in, sign_in
from tests.statements import statements
from tests.strict_client import StrictClient

ADA = "ada@example.org"


@pytest.fixture
def ada(session: Session, client: StrictClient) -> Account:
    """A person who is signed in."""
    account = factories.make_account(session, email=ADA, password=PASSWORD)
    session.commit()
    sign_in(client)
    return account


@pytest.fixture
def elsewhere(app: Flask, ada: Account) -> StrictClient:
    """Another browser of the same person."""
    browser: StrictClient = app.test_client()  # type: ignore[assignment]
    sign_in(browser)
    return browser


def test_a_person_changes_name_language_and_colours(
    client: StrictClient, ada: Account, session: Session
) -> None:
    answer = client.submit("/account", {"name": " Ada  Lind ", "language": "sv", "theme": "dark"})
    assert (answer.status_code, answer.location) == (303, "/account")
    session.refresh(ada)
    assert (ada.name, ada.language, ada.theme) == ("Ada Lind", "sv", Theme.DARK)
    page = client.get("/account").get_data(as_text=True)
    assert '<html lang="sv"' in page
    assert 'data-bs-theme="dark"' in page
    client.submit("/account", {"name": "Ada", "language": "", "theme": ""})
    session.refresh(ada)
    assert (ada.language, ada.theme) == (None, None)


@pytest.mark.parametrize(
    "changes", [{"name": "\u200b"}, {"name": "x" * 81}, {"language": "xx"}, {"theme": "purple"}]
)
def test_what_cannot_be_kept_is_refused(
    client: StrictClient, ada: Account, session: Session, changes: dict[str, str]
) -> None:
    data = {"name": "Ada Lind", "language": "sv", "theme": "dark", **changes}
    assert client.submit("/account", data).status_code == 422
    session.refresh(ada)
    assert ada.name == "Ada Ek"


def test_the_page_shows_the_number_in_each_consultation(
    client: StrictClient, ada: Account, session: Session
) -> None:
    assert "With your first vote or idea" in client.get("/account").get_data(as_text=True)
    for slug in ("the-park", "the-bridge"):
        consultation = factories.make_consultation(session, slug, title=slug)
        factories.make_participant(session, consultation)
        factories.make_participant(session, consultation, ada)
    session.commit()
    with statements() as heard:
        page = client.get("/account").get_data(as_text=True)
    assert "/c/the-park" in page
    assert "/c/the-bridge" in page
    assert page.count("Participant 2") == 2
    assert len(heard) <= 7, heard


def test_a_password_change_signs_out_every_other_browser(
    client: StrictClient, elsewhere: StrictClient
) -> None:
    assert is_signed_in(elsewhere)
    answer = client.submit("/account/password", {"current": PASSWORD, "password": OTHER_PASSWORD})
    assert answer.status_code == 303
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert sign_in(elsewhere, password=PASSWORD).status_code == 422
    assert sign_in(elsewhere, password=OTHER_PASSWORD).status_code == 303


def test_a_password_change_ends_links_that_would_change_it_again(
    client: StrictClient, ada: Account, session: Session, mailbox: Mailbox
) -> None:
    client.submit("/reset", {"email": ADA})
    client.submit("/account/password", {"current": PASSWORD, "password": OTHER_PASSWORD})
    assert client.get(mailbox.link(ADA, "/reset/")).status_code == 410
    assert session.scalars(select(MailedLink.used_at)).one() is not None


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"current": OTHER_PASSWORD, "password": OTHER_PASSWORD}, "That is not your current password."),
        ({"current": "", "password": OTHER_PASSWORD}, "Type your current password."),
        ({"current": PASSWORD, "password": "short"}, "Use at least 15 characters."),
        ({"current": PASSWORD, "password": "Ada Ek Ada Ek Ada Ek"}, "Someone could guess that."),
    ],
)
def test_a_password_that_will_not_do_changes_nothing(
    client: StrictClient, elsewhere: StrictClient, data: dict[str, str], sentence: str
) -> None:
    answer = client.submit("/account/password", data)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    assert is_signed_in(elsewhere)


def test_a_password_replaced_meanwhile_is_not_replaced_again(ada: Account, session: Session) -> None:
    checked = get_credentials(session, ada.id)
    service.change_password(session, credentials=checked, password_hash="first", keep=0)
    with pytest.raises(service.PasswordChanged):
        service.change_password(session, credentials=checked, password_hash="second", keep=0)


def test_a_person_sees_their_browsers_and_signs_one_out(
    client: StrictClient, elsewhere: StrictClient, session: Session
) -> None:
    page = client.get("/account").get_data(as_text=True)
    assert page.count("This browser") == 1
    other = session.scalars(select(SignIn.id).order_by(SignIn.id.desc())).first()
    answer = client.submit("/account", {}, to=f"/account/browsers/{other}/sign-out")
    assert answer.location == "/account#browsers"
    assert not is_signed_in(elsewhere)
    assert is_signed_in(client)


def test_a_person_signs_out_everywhere_else(client: StrictClient, elsewhere: StrictClient) -> None:
    client.submit("/account", {}, to="/account/browsers/sign-out-others")
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)


def test_nobody_signs_somebody_else_out(
    client: StrictClient, ada: Account, session: Session, app: Flask
) -> None:
    stranger: StrictClient = app.test_client()  # type: ignore[assignment]
    row = factories.sign_in(stranger, session, factories.make_account(session))
    session.commit()
    assert client.submit("/account", {}, to=f"/account/browsers/{row.id}/sign-out").status_code == 404
    for number in ("999999", "9" * 30):
        answer = client.submit("/account", {}, to=f"/account/browsers/{number}/sign-out")
        assert answer.status_code == 404
    client.submit("/account", {}, to="/account/browsers/sign-out-others")
    assert is_signed_in(stranger)


def test_the_page_is_kept_out_of_caches_and_is_not_for_strangers(
    client: StrictClient, ada: Account, app: Flask
) -> None:
    assert client.get("/account").headers["Cache-Control"] == "no-store"
    for page in ("/account", "/account/password"):
        assert app.test_client().get(page).location == f"/sign-in?next={page}"


def test_credentials_of_nobody_are_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        get_credentials(session, 999_999)

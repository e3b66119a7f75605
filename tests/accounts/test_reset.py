from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from deliberation.accounts import service
from deliberation.accounts.models import Account, MailedLink, Purpose
from deliberation.accounts.queries import LinkSpent, get_open_link
from deliberation.base.clock import now
from deliberation.base.errors import NotFound
from deliberation.web.mail import Mailer
from tests import factories
from tests.accounts.conftest import OTHER_PASSWORD, PASSWORD, Mailbox, is_signed_in, sign_in, sign_up
from tests.strict_client import StrictClient

ADA = "ada@example.org"


@pytest.fixture
def ada(session: Session) -> Account:
    """A confirmed person who reads Swedish."""
    account = factories.make_account(session, email=ADA, password=PASSWORD, language="en")
    session.commit()
    return account


def _ask(client: StrictClient, mailbox: Mailbox, email: str = ADA) -> str:
    assert client.submit("/reset", {"email": email}).status_code == 303
    return mailbox.link(email, "/reset/")


def test_a_new_password_is_chosen_and_every_other_browser_is_signed_out(
    client: StrictClient, ada: Account, mailbox: Mailbox, app: Flask
) -> None:
    elsewhere: StrictClient = app.test_client()  # type: ignore[assignment]
    sign_in(elsewhere)
    link = _ask(client, mailbox)
    answer = client.submit(link, {"password": OTHER_PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert sign_in(elsewhere, password=PASSWORD).status_code == 422
    assert sign_in(elsewhere, password=OTHER_PASSWORD).status_code == 303


def test_a_reset_link_works_once(client: StrictClient, ada: Account, mailbox: Mailbox, app: Flask) -> None:
    link = _ask(client, mailbox)
    client.submit(link, {"password": OTHER_PASSWORD})
    other = app.test_client()
    assert other.get(link).status_code == 410
    token = other.token("/reset")  # type: ignore[attr-defined]
    assert other.post(link, data={"csrf_token": token, "password": PASSWORD}).status_code == 410
    assert sign_in(other, password=PASSWORD).status_code == 422  # type: ignore[arg-type]


def test_of_two_who_use_a_link_at_once_one_is_refused(
    client: StrictClient, ada: Account, mailbox: Mailbox, session: Session
) -> None:
    token = _ask(client, mailbox).removeprefix("/reset/")
    seen = get_open_link(session, token, purpose=Purpose.RESET_PASSWORD, moment=now())
    service.reset_password(session, link=seen, password_hash="first")
    with pytest.raises(LinkSpent):
        service.reset_password(session, link=seen, password_hash="second")
    assert ada.password_hash == "first"


def test_a_reset_link_ends_after_an_hour(
    client: StrictClient, ada: Account, mailbox: Mailbox, session: Session
) -> None:
    link = _ask(client, mailbox)
    assert session.scalars(select(MailedLink)).one().expires_at <= now() + timedelta(hours=1)
    session.execute(update(MailedLink).values(expires_at=now()))
    session.commit()
    answer = client.get(link)
    assert answer.status_code == 410
    assert "Ask for a new one." in answer.get_data(as_text=True)


def test_a_link_does_one_thing_only(
    client: StrictClient, ada: Account, mailbox: Mailbox, session: Session
) -> None:
    reset = _ask(client, mailbox)
    assert client.get(reset.replace("/reset/", "/confirm/")).status_code == 404
    sign_up(client, email="eva@example.org")
    confirm = mailbox.link("eva@example.org", "/confirm/")
    assert client.get(confirm.replace("/confirm/", "/reset/")).status_code == 404
    with pytest.raises(NotFound):
        get_open_link(session, reset.removeprefix("/reset/"), purpose=Purpose.CONFIRM_EMAIL, moment=now())


def test_a_used_link_ends_the_others_that_were_asked_for(
    client: StrictClient, ada: Account, mailbox: Mailbox
) -> None:
    first, second = _ask(client, mailbox), _ask(client, mailbox)
    client.submit(second, {"password": OTHER_PASSWORD})
    assert client.get(first).status_code == 410


def test_asking_tells_nobody_who_has_an_account(client: StrictClient, ada: Account, mailbox: Mailbox) -> None:
    known = client.submit("/reset", {"email": ADA})
    unknown = client.submit("/reset", {"email": "eve@example.org"})
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert "There is no account with it." in mailbox.text("eve@example.org")
    page = client.get(unknown.location).get_data(as_text=True)
    assert "eve@example.org" in page


def test_whose_address_somebody_else_signed_up_with_gets_the_account(
    client: StrictClient, session: Session, mailbox: Mailbox
) -> None:
    sign_up(client, password=OTHER_PASSWORD)
    link = _ask(client, mailbox)
    client.submit(link, {"password": PASSWORD})
    assert is_signed_in(client)
    account = session.scalars(select(Account)).one()
    assert account.confirmed_at is not None


def test_a_guessable_new_password_is_refused_and_the_link_stays_good(
    client: StrictClient, ada: Account, mailbox: Mailbox
) -> None:
    link = _ask(client, mailbox)
    answer = client.submit(link, {"password": "ada@example.org ada"})
    assert answer.status_code == 422
    assert "Someone could guess that." in answer.get_data(as_text=True)
    assert client.submit(link, {"password": OTHER_PASSWORD}).status_code == 303


def test_the_way_back_survives_a_forgotten_password(
    client: StrictClient, ada: Account, mailbox: Mailbox
) -> None:
    client.submit("/reset", {"email": ADA, "next": "/c/the-park"})
    link = mailbox.link(ADA, "/reset/")
    assert link.endswith("?next=/c/the-park")
    page = client.get(link).get_data(as_text=True)
    assert 'value="/c/the-park"' in page
    answer = client.submit(link, {"password": OTHER_PASSWORD, "next": "/c/the-park"})
    assert answer.location == "/c/the-park"


def test_when_the_mail_cannot_be_sent_the_page_says_so_and_keeps_the_address(
    client: StrictClient, ada: Account, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "mailer", Mailer("smtp://127.0.0.1:1", "us@example.org"))
    answer = client.submit("/reset", {"email": ADA})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert "We could not send the mail just now." in page
    assert ADA in page


def test_pages_with_a_secret_in_their_address_leave_no_trace(
    client: StrictClient, ada: Account, mailbox: Mailbox
) -> None:
    answer = client.get(_ask(client, mailbox))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_who_is_signed_in_and_forgot_the_password_is_told_to_look_in_the_mail(
    client: StrictClient, ada: Account, mailbox: Mailbox
) -> None:
    sign_in(client)
    _ask(client, mailbox)
    assert "Look in your mail" in client.get("/reset/sent").get_data(as_text=True)

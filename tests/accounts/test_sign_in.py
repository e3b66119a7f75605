from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from deliberation.accounts import service
from deliberation.accounts.models import ABSOLUTE_LIMIT, IDLE_LIMIT, Account, SignIn
from deliberation.accounts.queries import find_credentials
from deliberation.base.clock import now
from tests import factories
from tests.accounts.conftest import OTHER_PASSWORD, PASSWORD, Mailbox, has_cookie, is_signed_in, sign_in
from tests.strict_client import StrictClient

ADA = "ada@example.org"


@pytest.fixture
def ada(session: Session) -> Account:
    """A confirmed person."""
    account = factories.make_account(session, email=ADA, password=PASSWORD)
    session.commit()
    return account


def test_a_person_signs_in_and_out(client: StrictClient, ada: Account, session: Session) -> None:
    answer = sign_in(client, email=" ADA@example.org")
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_signed_in(client)
    assert client.submit("/account", {}, to="/sign-out").status_code == 303
    assert not is_signed_in(client)
    assert session.scalars(select(SignIn)).all() == []


def test_an_unknown_address_and_a_wrong_password_look_the_same(client: StrictClient, ada: Account) -> None:
    wrong = sign_in(client, password="not the password at all")
    unknown = sign_in(client, email="eve@example.org", password="not the password at all")
    assert wrong.status_code == unknown.status_code == 422
    assert "The address or the password is not right." in wrong.get_data(as_text=True)
    pages = [page.get_data(as_text=True).replace("eve@", "ada@") for page in (wrong, unknown)]
    assert pages[0].split('id="email"')[1] == pages[1].split('id="email"')[1]
    assert "not the password at all" not in pages[0]


def test_every_sign_in_has_a_secret_of_its_own_and_takes_nothing_along(
    client: StrictClient, ada: Account, session: Session
) -> None:
    client.get("/sign-in")
    with client.session_transaction() as cookie:
        planted = cookie["csrf_token"]
        cookie["planted"] = "by somebody else"
    secrets = set()
    for _ in range(2):
        sign_in(client)
        with client.session_transaction() as cookie:
            secrets.add(cookie["_user_id"])
            assert "planted" not in cookie
            assert cookie.get("csrf_token") != planted
            assert cookie.permanent
        client.submit("/account", {}, to="/sign-out")
    assert len(secrets) == 2
    assert not secrets & set(session.scalars(select(SignIn.token_hash)))


def test_with_the_right_password_an_unconfirmed_person_gets_a_new_link(
    client: StrictClient, session: Session, mailbox: Mailbox
) -> None:
    factories.make_account(session, email=ADA, password=PASSWORD, confirmed=False)
    session.commit()
    assert sign_in(client, password=OTHER_PASSWORD).status_code == 422
    assert mailbox.to(ADA) == []
    answer = sign_in(client)
    assert "not confirmed yet" in client.get(answer.location).get_data(as_text=True)
    assert not is_signed_in(client)
    assert client.submit(mailbox.link(ADA, "/confirm/"), {"password": PASSWORD}).status_code == 303
    assert is_signed_in(client)


def test_the_page_says_why_one_is_there_and_leads_back(client: StrictClient, ada: Account) -> None:
    assert client.get("/account").location == "/sign-in?next=/account"
    page = client.get("/sign-in?next=/account").get_data(as_text=True)
    assert "Then you come back to where you were." in page
    assert "Then you come back" not in client.get("/sign-in").get_data(as_text=True)
    assert sign_in(client, next="/account").location == "/account"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "javascript:alert(1)",
        " /x",
    ],
)
def test_nobody_is_led_elsewhere(client: StrictClient, ada: Account, elsewhere: str) -> None:
    assert sign_in(client, next=elsewhere).location == "/"
    assert client.get("/sign-in", query_string={"next": elsewhere}).location == "/"


@pytest.mark.parametrize(("column", "limit"), [("last_seen_at", IDLE_LIMIT), ("created_at", ABSOLUTE_LIMIT)])
def test_a_sign_in_ends_when_it_is_idle_or_old(
    client: StrictClient, ada: Account, session: Session, column: str, limit: timedelta
) -> None:
    sign_in(client)
    session.execute(update(SignIn).values({column: now() - limit + timedelta(minutes=1)}))
    session.commit()
    assert is_signed_in(client)
    session.execute(update(SignIn).values({column: now() - limit - timedelta(minutes=1)}))
    session.commit()
    assert not is_signed_in(client)


def test_signing_in_clears_away_what_has_ended(client: StrictClient, ada: Account, session: Session) -> None:
    sign_in(client)
    session.execute(update(SignIn).values(last_seen_at=now() - IDLE_LIMIT - timedelta(minutes=1)))
    session.commit()
    sign_in(client)
    assert len(session.scalars(select(SignIn)).all()) == 1


def test_whoever_checked_a_password_that_was_replaced_meanwhile_stays_out(
    ada: Account, session: Session
) -> None:
    checked = find_credentials(session, ADA)
    assert checked is not None
    ada.password_hash = "another"
    session.flush()
    with pytest.raises(service.PasswordChanged):
        service.sign_in_with(session, credentials=checked, browser="")


@pytest.mark.parametrize("page", ["/help", "/confirm/nonsense-with-a-form"])
def test_only_pages_with_a_form_set_a_cookie(client: StrictClient, page: str) -> None:
    client.get(page)
    assert has_cookie(client) is (page != "/help")


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: StrictClient, ada: Account) -> None:
    header = sign_in(client).headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "Expires" in header


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        ("Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("<script>alert(1)</script>", ""),
    ],
)
def test_a_browser_is_known_by_a_short_name(
    client: StrictClient, ada: Account, session: Session, sent: str, shown: str
) -> None:
    token = client.token("/sign-in")
    data = {"csrf_token": token, "email": ADA, "password": PASSWORD}
    client.post("/sign-in", data=data, headers={"User-Agent": sent})
    assert session.scalars(select(SignIn.browser)).one() == shown


def test_an_account_is_made_for_a_taken_address_only_once(app: Flask, session: Session, ada: Account) -> None:
    with pytest.raises(service.AddressTaken):
        service.create_account(
            session, name="Eve", email=ADA, password_hash="x", language=None, confirmed=True
        )
    made = service.create_account(
        session, name="Eve", email="eve@example.org", password_hash="x", language="sv", confirmed=True
    )
    assert made.confirmed_at is not None

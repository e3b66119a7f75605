from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from deliberation.accounts.models import Account, MailedLink
from deliberation.base.clock import now
from deliberation.web.mail import Mailer
from tests import factories
from tests.accounts.conftest import OTHER_PASSWORD, PASSWORD, Mailbox, is_signed_in, sign_in, sign_up
from tests.strict_client import StrictClient

ADA = "ada@example.org"


def _account(session: Session, email: str = ADA) -> Account:
    return session.scalars(select(Account).where(Account.email == email)).one()


def test_a_person_signs_up_confirms_and_is_signed_in(
    client: StrictClient, session: Session, mailbox: Mailbox
) -> None:
    answer = sign_up(client, email="  Ada@Example.ORG ", name=" Ada\u200b  Ek ")
    assert answer.status_code == 303
    assert ADA in client.get(answer.location).get_data(as_text=True)
    account = _account(session)
    assert (account.name, account.confirmed_at) == ("Ada Ek", None)
    assert PASSWORD not in account.password_hash
    assert not is_signed_in(client)

    answer = client.submit(mailbox.link(ADA, "/confirm/"), {"password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_signed_in(client)
    session.refresh(account)
    assert account.confirmed_at is not None


def test_the_mail_is_short_plain_and_in_the_language_of_the_person(
    client: StrictClient, mailbox: Mailbox
) -> None:
    sign_up(client, name="Buy pills at evil.example")
    mail = mailbox.to(ADA)[0]
    assert mail.get_content_type() == "text/plain"
    assert "evil.example" not in mailbox.text(ADA)
    assert mail["Auto-Submitted"] == "auto-generated"


def test_links_are_built_from_the_setting_and_never_from_the_request(
    client: StrictClient, mailbox: Mailbox
) -> None:
    token = client.token("/sign-up")
    data = {"csrf_token": token, "name": "Ada", "email": ADA, "password": PASSWORD}
    client.post("/sign-up", data=data, headers={"Host": "localhost", "X-Forwarded-Host": "evil.example"})
    assert "evil.example" not in mailbox.text(ADA)
    assert "http://deliberation.test/confirm/" in mailbox.text(ADA)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": "\u200b \u202e"}, "Write a name."),
        ({"name": "x" * 81}, "Use at most 80 characters."),
        ({"email": "ada"}, "Write a whole e-mail address"),
        ({"email": ""}, "Write your e-mail address."),
        ({"email": "ådå@example.org"}, "Write a whole e-mail address"),
        ({"email": "ada@example.org\r\nBcc: eve@example.org"}, "Write a whole e-mail address"),
        ({"password": ""}, "Choose a password."),
        ({"password": "too short"}, "Use at least 15 characters."),
        ({"password": "ada@example.org ada"}, "Someone could guess that."),
    ],
)
def test_what_will_not_do_is_said_at_its_field_and_what_was_typed_is_kept(
    client: StrictClient, session: Session, mailbox: Mailbox, changes: dict[str, str], sentence: str
) -> None:
    answer = sign_up(client, **changes)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in page
    assert ("Ada Ek" in page) is ("name" not in changes)
    assert PASSWORD not in page
    assert session.scalar(select(func.count()).select_from(Account)) == 0


def test_all_that_is_wrong_is_said_at_once(client: StrictClient) -> None:
    page = sign_up(client, name="", email="ada", password="short").get_data(as_text=True)
    assert page.count("invalid-feedback") == 3


def test_an_international_address_is_kept_in_the_form_mail_servers_take(
    client: StrictClient, session: Session, mailbox: Mailbox
) -> None:
    sign_up(client, email="ada@bücher.example.org")
    assert _account(session, "ada@xn--bcher-kva.example.org")


def test_a_known_address_gets_a_mail_and_the_page_tells_nothing(
    client: StrictClient, session: Session, mailbox: Mailbox
) -> None:
    account = factories.make_account(session, email=ADA, password=OTHER_PASSWORD, language="sv")
    session.commit()
    before = account.password_hash
    known, unknown = sign_up(client), sign_up(client, email="eva@example.org")
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert "/sign-in" in mailbox.text(ADA)
    assert "/confirm/" not in mailbox.text(ADA)
    session.refresh(account)
    assert account.password_hash == before


def test_who_signed_up_twice_before_confirming_gets_a_link_for_the_first_password(
    client: StrictClient, session: Session, mailbox: Mailbox
) -> None:
    sign_up(client)
    sign_up(client, password=OTHER_PASSWORD)
    link = mailbox.link(ADA, "/confirm/")
    assert client.submit(link, {"password": OTHER_PASSWORD}).status_code == 422
    assert client.submit(link, {"password": PASSWORD}).status_code == 303


def test_nobody_confirms_an_account_that_somebody_else_prepared(
    client: StrictClient, session: Session, mailbox: Mailbox
) -> None:
    sign_up(client, password=OTHER_PASSWORD)
    answer = client.submit(mailbox.link(ADA, "/confirm/"), {"password": PASSWORD})
    assert answer.status_code == 422
    assert "That is not the password you chose." in answer.get_data(as_text=True)
    assert _account(session).confirmed_at is None


def test_a_confirm_link_works_once(client: StrictClient, mailbox: Mailbox, app: Flask) -> None:
    sign_up(client)
    link = mailbox.link(ADA, "/confirm/")
    client.submit(link, {"password": PASSWORD})
    answer = app.test_client().get(link)
    assert answer.status_code == 410
    assert "just sign in" in answer.get_data(as_text=True)


def test_looking_at_a_confirm_link_does_not_use_it(client: StrictClient, mailbox: Mailbox) -> None:
    sign_up(client)
    link = mailbox.link(ADA, "/confirm/")
    assert [client.get(link).status_code, client.head(link).status_code] == [200, 200]
    assert client.submit(link, {"password": PASSWORD}).status_code == 303


def test_a_confirm_link_ends_after_three_days_and_another_can_be_had(
    client: StrictClient, session: Session, mailbox: Mailbox
) -> None:
    sign_up(client)
    link = mailbox.link(ADA, "/confirm/")
    kept = session.scalars(select(MailedLink)).one()
    assert timedelta(days=2, hours=23) < kept.expires_at - now() <= timedelta(days=3)
    session.execute(update(MailedLink).values(expires_at=now() - timedelta(seconds=1)))
    session.commit()
    assert client.get(link).status_code == 410
    client.submit(link, {"email": ADA}, to="/sign-up/sent")
    fresh = mailbox.link(ADA, "/confirm/")
    assert fresh != link
    assert client.submit(fresh, {"password": PASSWORD}).status_code == 303


def test_an_unknown_link_says_what_to_do(client: StrictClient) -> None:
    for link in ("/confirm/nonsense", "/reset/nonsense"):
        answer = client.get(link)
        assert answer.status_code == 404
        assert "Get a new link" in answer.get_data(as_text=True)


def test_only_the_hash_of_a_link_is_kept(client: StrictClient, session: Session, mailbox: Mailbox) -> None:
    sign_up(client)
    secret = mailbox.link(ADA, "/confirm/").removeprefix("/confirm/")
    assert secret not in session.scalars(select(MailedLink.token_hash)).one()


def test_the_way_back_survives_signing_up_and_confirming(client: StrictClient, mailbox: Mailbox) -> None:
    client.submit(
        "/sign-up?next=/c/the-park",
        {"name": "Ada", "email": ADA, "password": PASSWORD, "next": "/c/the-park"},
        to="/sign-up",
    )
    link = mailbox.link(ADA, "/confirm/")
    assert link.endswith("?next=/c/the-park")
    page = client.get(link).get_data(as_text=True)
    assert 'value="/c/the-park"' in page
    answer = client.submit(link, {"password": PASSWORD, "next": "/c/the-park"})
    assert answer.location == "/c/the-park"


def test_sending_again_says_the_same_to_all_addresses(
    client: StrictClient, session: Session, mailbox: Mailbox
) -> None:
    factories.make_account(session, email="known@example.org")
    session.commit()
    sign_up(client)
    answers = [
        client.submit("/sign-up/sent", {"email": email})
        for email in (ADA, "known@example.org", "unknown@example.org")
    ]
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/sign-up/sent")}
    assert len(mailbox.to(ADA)) == 2
    assert "already" in str(mailbox.to("known@example.org")[0]["Subject"])
    assert "no account" in mailbox.text("unknown@example.org")


def test_when_the_mail_cannot_be_sent_the_account_stays_and_the_mail_can_be_sent_again(
    client: StrictClient, session: Session, mailbox: Mailbox, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setitem(app.extensions, "mailer", Mailer("smtp://127.0.0.1:1", "us@example.org"))
        answer = sign_up(client)
        assert answer.status_code == 503
        assert "We could not send the mail just now." in answer.get_data(as_text=True)
        assert _account(session).confirmed_at is None
        assert client.submit("/sign-up/sent", {"email": ADA}).status_code == 503
    assert client.submit("/sign-up/sent", {"email": ADA}).status_code == 303
    assert client.submit(mailbox.link(ADA, "/confirm/"), {"password": PASSWORD}).status_code == 303


def test_who_is_signed_in_has_no_need_to_sign_up(client: StrictClient, session: Session) -> None:
    factories.sign_in(client, session, factories.make_account(session))
    session.commit()
    for page in ("/sign-up", "/sign-up/sent", "/sign-in", "/reset/sent"):
        assert client.get(f"{page}?next=/help").location == "/help"


def test_a_confirmed_person_signs_in_with_the_password_chosen(client: StrictClient, mailbox: Mailbox) -> None:
    sign_up(client)
    client.submit(mailbox.link(ADA, "/confirm/"), {"password": PASSWORD})
    client.submit("/account", {}, to="/sign-out")
    assert sign_in(client).status_code == 303
    assert is_signed_in(client)

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.accounts.models import Account
from deliberation.consultations.models import Consultation
from deliberation.consultations.people import Role, RoleName
from tests import factories
from tests.strict_client import StrictClient

PASSWORD = "violet gravel antenna sunday"


@pytest.fixture
def park(session: Session) -> Consultation:
    return factories.make_consultation(session, "park")


def roles(session: Session) -> list[tuple[str, RoleName]]:
    session.expire_all()
    return [(role.account.email, role.name) for role in session.scalars(select(Role))]


def test_a_newcomer_makes_an_account_and_has_the_role(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    link = f"/invitation/{factories.make_invitation(session, park)}"
    shown = client.get(link)
    assert b"Facilitator" in shown.data
    assert (shown.headers["Cache-Control"], shown.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    data = {"name": "Ada", "email": "Ada@example.org", "password": PASSWORD}
    answer = client.submit(link, data)
    assert (answer.status_code, answer.location) == (303, "/c/park")
    assert roles(session) == [("ada@example.org", RoleName.FACILITATOR)]
    assert session.scalars(select(Account.confirmed_at)).one() is not None
    assert b"Welcome" in client.get("/c/park").data
    again = client.get(link)
    assert again.status_code == 410
    assert b"has been used or is too old" in again.data


def test_the_address_of_the_invitation_is_the_address_of_the_account(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    secret = factories.make_invitation(session, park, RoleName.WORKING_GROUP, email="ada@example.org")
    data = {"name": "Ada", "email": "eve@example.org", "password": PASSWORD}
    assert client.submit(f"/invitation/{secret}", data).status_code == 303
    assert roles(session) == [("ada@example.org", RoleName.WORKING_GROUP)]


def test_what_was_typed_is_kept_when_it_is_refused(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    link = f"/invitation/{factories.make_invitation(session, park)}"
    answer = client.submit(link, {"name": "Ada", "email": "ada@example.org", "password": "short"})
    assert answer.status_code == 422
    assert b'value="ada@example.org"' in answer.data
    assert b"at least 15 characters" in answer.data
    assert session.scalar(select(func.count()).select_from(Account)) == 0


def test_an_address_with_an_account_is_asked_to_sign_in(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    factories.make_account(session, email="ada@example.org")
    link = f"/invitation/{factories.make_invitation(session, park)}"
    answer = client.submit(link, {"name": "Ada", "email": "ada@example.org", "password": PASSWORD})
    assert answer.status_code == 422
    assert b"There is an account with this address" in answer.data
    assert roles(session) == []


def test_somebody_signed_in_accepts_with_one_button(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    account = factories.make_account(session, email="ada@example.org")
    factories.sign_in(client, session, account)
    assert client.submit(f"/invitation/{factories.make_invitation(session, park)}", {}).status_code == 303
    assert roles(session) == [("ada@example.org", RoleName.FACILITATOR)]


def test_somebody_else_cannot_accept(client: StrictClient, session: Session, park: Consultation) -> None:
    factories.sign_in(client, session, factories.make_account(session, email="eve@example.org"))
    mine = f"/invitation/{factories.make_invitation(session, park)}"
    link = f"/invitation/{factories.make_invitation(session, park, email='ada@example.org')}"
    assert b"This invitation is for ada@example.org" in client.get(link).data
    answer = client.post(link, data={"csrf_token": client.token(mine)})
    assert answer.status_code == 422
    assert roles(session) == []


def test_looking_at_an_invitation_does_not_use_it_up(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    link = f"/invitation/{factories.make_invitation(session, park)}"
    for _ in range(2):
        assert client.get(link).status_code == 200


def test_a_made_up_invitation_is_not_found(client: StrictClient) -> None:
    assert client.get("/invitation/nothing").status_code == 404

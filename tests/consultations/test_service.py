from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import NotFound
from deliberation.consultations import service
from deliberation.consultations.people import Participant, Role, RoleName
from deliberation.consultations.queries import get_invitation, roles_of
from tests import factories


def test_taking_part_gives_the_next_number_once(session: Session) -> None:
    consultation = factories.make_consultation(session)
    first, second = factories.make_account(session), factories.make_account(session)
    one = service.join(session, consultation=consultation, account_id=first.id)
    two = service.join(session, consultation=consultation, account_id=second.id)
    again = service.join(session, consultation=consultation, account_id=first.id)
    assert (one.number, two.number, again.id) == (1, 2, one.id)
    assert session.scalar(select(func.count()).select_from(Participant)) == 2


def test_numbers_are_counted_for_each_consultation(session: Session) -> None:
    account = factories.make_account(session)
    for slug in ("one", "two"):
        consultation = factories.make_consultation(session, slug)
        assert service.join(session, consultation=consultation, account_id=account.id).number == 1


def test_a_role_is_granted_once(session: Session) -> None:
    consultation, account = factories.make_consultation(session), factories.make_account(session)
    keys = {"consultation_id": consultation.id, "account_id": account.id}
    for _ in range(2):
        service.grant_role(session, **keys, role=RoleName.WORKING_GROUP)
    assert roles_of(session, **keys) == {RoleName.WORKING_GROUP}


def test_the_last_facilitator_stays(session: Session) -> None:
    consultation = factories.make_consultation(session)
    role = factories.make_role(session, consultation)
    keys = {"consultation_id": consultation.id, "account_id": role.account_id}
    with pytest.raises(service.LastFacilitator):
        service.remove_role(session, **keys, role=RoleName.FACILITATOR)
    other = factories.make_role(session, consultation)
    service.remove_role(session, **keys, role=RoleName.FACILITATOR)
    assert session.scalars(select(Role.account_id)).all() == [other.account_id]


def test_a_facilitator_elsewhere_does_not_count(session: Session) -> None:
    factories.make_role(session, factories.make_consultation(session, "elsewhere"))
    consultation = factories.make_consultation(session, "here")
    role = factories.make_role(session, consultation)
    with pytest.raises(service.LastFacilitator):
        service.remove_role(
            session, consultation_id=consultation.id, account_id=role.account_id, role=RoleName.FACILITATOR
        )


def test_the_last_of_the_working_group_may_go(session: Session) -> None:
    consultation = factories.make_consultation(session)
    role = factories.make_role(session, consultation, name=RoleName.WORKING_GROUP)
    keys = {"consultation_id": consultation.id, "account_id": role.account_id}
    service.remove_role(session, **keys, role=RoleName.WORKING_GROUP)
    with pytest.raises(NotFound):
        service.remove_role(session, **keys, role=RoleName.WORKING_GROUP)


def test_an_invitation_gives_its_role_once(session: Session) -> None:
    consultation, account = factories.make_consultation(session), factories.make_account(session)
    secret = service.invite(session, consultation=consultation, role=RoleName.FACILITATOR)
    assert secret not in get_invitation(session, secret).token_hash
    service.accept_invitation(session, secret=secret, account_id=account.id)
    assert roles_of(session, consultation_id=consultation.id, account_id=account.id) == {RoleName.FACILITATOR}
    other = factories.make_account(session)
    with pytest.raises(service.InvitationSpent):
        service.accept_invitation(session, secret=secret, account_id=other.id)
    assert not roles_of(session, consultation_id=consultation.id, account_id=other.id)


def test_an_invitation_lasts_thirty_days(session: Session) -> None:
    consultation, account = factories.make_consultation(session), factories.make_account(session)
    secret = service.invite(session, consultation=consultation, role=RoleName.FACILITATOR)
    invitation = get_invitation(session, secret)
    assert service.is_open(invitation)
    assert timedelta(days=29, hours=23) < invitation.expires_at - now() <= timedelta(days=30)
    old = factories.make_invitation(session, consultation, expires_at=now())
    assert not service.is_open(get_invitation(session, old))
    with pytest.raises(service.InvitationSpent):
        service.accept_invitation(session, secret=old, account_id=account.id)


def test_an_invitation_to_an_address_is_for_that_address(session: Session) -> None:
    consultation = factories.make_consultation(session)
    ada, eve = (factories.make_account(session, email=f"{name}@example.org") for name in ("ada", "eve"))
    secret = service.invite(
        session, consultation=consultation, role=RoleName.WORKING_GROUP, email="Ada@Example.org"
    )
    with pytest.raises(service.InvitedElse):
        service.accept_invitation(session, secret=secret, account_id=eve.id)
    service.accept_invitation(session, secret=secret, account_id=ada.id)


def test_a_made_up_link_leads_nowhere(session: Session) -> None:
    with pytest.raises(NotFound):
        service.accept_invitation(session, secret="nothing", account_id=factories.make_account(session).id)

"""Many people at once, on real connections that commit. Each race has a control that must be caught."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.orm import Session

from deliberation.base.database import engine_options, is_sqlite, prepare_engine
from deliberation.base.errors import Conflict
from deliberation.consultations.models import Consultation
from deliberation.consultations.people import Participant, Role, RoleName
from deliberation.consultations.service import accept_invitation, join, remove_role
from deliberation.tables import metadata
from tests import factories
from tests.conftest import DATABASES, make_database
from tests.votes.test_races import AT_ONCE, TRIALS, Crowd

CONTROL_TRIALS = 40


class Arena:
    """A database that commits, with eight accounts and a consultation for each trial."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        with Session(engine) as session:
            self.accounts = [factories.make_account(session).id for _ in range(AT_ONCE)]
            session.commit()

    def consultations(self, trials: int, *, facilitators: int = 0) -> list[int]:
        """Return the keys of new consultations, each with so many of the accounts as facilitators."""
        keys = []
        with Session(self.engine) as session:
            for trial in range(trials):
                consultation = factories.make_consultation(session, f"c-{trial}", threads=0)
                keys.append(consultation.id)
                session.add_all(
                    Role(
                        consultation_id=consultation.id,
                        account_id=account,
                        name=RoleName.FACILITATOR,
                        granted_at=consultation.created_at,
                    )
                    for account in self.accounts[:facilitators]
                )
            session.commit()
        return keys

    def facilitators(self) -> list[int]:
        """Return how many facilitators each consultation has."""
        with Session(self.engine) as session:
            counted = session.scalars(
                select(func.count(Role.account_id))
                .select_from(Consultation)
                .outerjoin(Role, Role.consultation_id == Consultation.id)
                .group_by(Consultation.id)
            )
            return list(counted)


@pytest.fixture(params=DATABASES)
def arena(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Arena]:
    url = make_database(request.param, tmp_path, "people").replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url, **engine_options(url, connections=AT_ONCE + 2))
    prepare_engine(engine)
    metadata.create_all(engine)
    yield Arena(engine)
    engine.dispose()


def test_eight_facilitators_who_leave_at_once_leave_one_behind(arena: Arena) -> None:
    keys = arena.consultations(TRIALS, facilitators=AT_ONCE)

    def leave(trial: int, which: int) -> None:
        with Session(arena.engine) as session:
            try:
                remove_role(
                    session,
                    consultation_id=keys[trial],
                    account_id=arena.accounts[which],
                    role=RoleName.FACILITATOR,
                )
            except Conflict:
                session.rollback()
            session.commit()

    Crowd(AT_ONCE).run(TRIALS, leave)
    assert arena.facilitators() == [1] * TRIALS


def test_asking_first_and_leaving_then_is_caught(arena: Arena) -> None:
    """The control: everybody counts, and then goes."""
    keys = arena.consultations(CONTROL_TRIALS, facilitators=AT_ONCE)
    waits = {"timeout": 30} if is_sqlite(arena.engine) else {}
    careless = create_engine(
        arena.engine.url, isolation_level="AUTOCOMMIT", pool_size=AT_ONCE, connect_args=waits
    )

    def leave(trial: int, which: int) -> None:
        me = {"consultation": keys[trial], "account": arena.accounts[which]}
        with careless.connect() as connection:
            here = "FROM roles WHERE consultation_id = :consultation"
            if connection.scalar(text(f"SELECT count(*) {here}"), me) > 1:
                connection.execute(text(f"DELETE {here} AND account_id = :account"), me)

    Crowd(AT_ONCE).run(CONTROL_TRIALS, leave)
    careless.dispose()
    assert 0 in arena.facilitators()


def test_an_invitation_that_eight_accept_at_once_is_one_persons(arena: Arena) -> None:
    keys = arena.consultations(TRIALS)
    with Session(arena.engine) as session:
        secrets = [factories.make_invitation(session, session.get_one(Consultation, key)) for key in keys]
        session.commit()

    def accept(trial: int, which: int) -> None:
        with Session(arena.engine) as session:
            try:
                accept_invitation(session, secret=secrets[trial], account_id=arena.accounts[which])
            except Conflict:
                session.rollback()
            session.commit()

    Crowd(AT_ONCE).run(TRIALS, accept)
    assert arena.facilitators() == [1] * TRIALS


def test_people_who_join_at_once_each_get_a_number_of_their_own(arena: Arena) -> None:
    trials = TRIALS // 4
    keys = arena.consultations(trials)

    def come(trial: int, which: int) -> None:
        # Two browsers to a person.
        with Session(arena.engine) as session:
            consultation = session.get_one(Consultation, keys[trial])
            join(session, consultation=consultation, account_id=arena.accounts[which // 2])
            session.commit()

    Crowd(AT_ONCE).run(trials, come)
    with Session(arena.engine) as session:
        for key in keys:
            numbers = session.scalars(select(Participant.number).where(Participant.consultation_id == key))
            assert sorted(numbers) == list(range(1, AT_ONCE // 2 + 1))

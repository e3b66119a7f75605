"""Votes and “another idea first” at once, on real connections: everybody counts as shown an idea once."""

from random import Random

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from deliberation.consultations.queries import get_consultation
from deliberation.votes.exposures import record_shown
from deliberation.votes.models import Choice, Exposure
from tests.votes.test_races import AT_ONCE, Arena, Crowd, arena

__all__ = ["arena"]

TRIALS = 60


def put_off(arena: Arena, numbers: list[int], account_id: int) -> None:
    """Write in a transaction of its own that the account was shown these ideas."""
    with Session(arena.engine) as session:
        consultation = get_consultation(session, "races")
        record_shown(session, consultation=consultation, account_id=account_id, numbers=numbers)
        session.commit()


def test_votes_and_cards_put_off_at_once_count_each_person_once(arena: Arena) -> None:
    ideas = [arena.new_idea() for _ in range(TRIALS)]
    plan = Random(1)
    acts = [
        [plan.choice((Choice.AGREE, Choice.PASS, "put off")) for _ in range(AT_ONCE)] for _ in range(TRIALS)
    ]

    def act(trial: int, which: int) -> None:
        account_id = arena.account_ids[which // 2]
        number = ideas[trial][1]
        wanted = acts[trial][which]
        if isinstance(wanted, Choice):
            assert arena.vote(number, account_id, wanted)
        else:
            put_off(arena, [number, max(1, number - 1)], account_id)

    Crowd(AT_ONCE).run(TRIALS, act)
    assert arena.complaints() == []
    with arena.engine.connect() as connection:
        rows = connection.execute(
            select(Exposure.idea_id).where(Exposure.idea_id.in_([key for key, _ in ideas]))
        )
        assert len(rows.all()) >= TRIALS * AT_ONCE // 2


def test_a_count_that_takes_every_showing_for_a_new_one_is_caught(arena: Arena) -> None:
    """The control: the same people at once, counted without asking whether the row was there."""
    _, number = arena.new_idea()

    def act(_trial: int, which: int) -> None:
        put_off(arena, [number], arena.account_ids[which // 2])
        with arena.engine.begin() as connection:
            connection.execute(
                text("UPDATE ideas SET exposures = exposures + 1 WHERE number = :n"), {"n": number}
            )

    Crowd(AT_ONCE).run(2, act)
    assert [complaint for complaint in arena.complaints() if "exposures" in complaint]

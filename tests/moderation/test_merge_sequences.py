"""Whatever people and facilitators do, in whatever order: nobody counts twice, and nothing is lost."""

from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from sqlalchemy import text
from sqlalchemy.orm import Session

from deliberation.votes import moving
from deliberation.votes.models import Choice
from tests.moderation.merge_world import SEQUENCES, World, play

QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


@settings(max_examples=60, deadline=None, suppress_health_check=QUIET, database=None)
@given(acts=SEQUENCES)
@example(
    acts=[
        ("vote", 0, 0, Choice.AGREE), ("vote", 1, 0, Choice.DISAGREE), ("merge", 0, 1), ("merge", 1, 2),
        ("part", 0), ("part", 1),
    ]
)  # fmt: skip
@example(
    acts=[
        ("vote", 0, 0, Choice.AGREE), ("merge", 0, 1), ("vote", 2, 0, Choice.PASS), ("merge", 2, 1),
        ("vote", 1, 0, None), ("part", 0), ("part", 2),
    ]
)  # fmt: skip
@example(acts=[("vote", 0, 0, Choice.AGREE), ("merge", 0, 1), ("vote", 1, 0, Choice.PASS), ("part", 0)])
@example(acts=[("tag", 0, 0, 0), ("merge", 0, 1), ("tag", 1, 0, 0), ("untag", 1, 0, 0), ("part", 0)])
@example(acts=[("merge", 0, 1), ("merge", 1, 0), ("merge", 2, 0), ("vote", 0, 1, Choice.AGREE), ("part", 0)])
def test_the_product_and_the_model_agree(world: World, acts: list[tuple[Any, ...]]) -> None:
    with world.session.begin_nested() as trial:
        play(world, acts)
        trial.rollback()
    world.session.expire_all()


@pytest.fixture
def careless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parting as one might write it first: what was there before is not put back on the other idea."""
    settle = moving._settle

    def only_the_parted(session: Session, root_id: int, *, merged_with: int, moment: Any) -> None:
        waiting = session.scalar(
            text("SELECT count(*) FROM ideas WHERE merged_into_id = :root"), {"root": root_id}
        )
        if waiting:
            settle(session, root_id, merged_with=merged_with, moment=moment)

    monkeypatch.setattr(moving, "_settle", only_the_parted)


def test_control_a_parting_that_forgets_one_side_is_caught(world: World, careless: None) -> None:
    acts = [("vote", 0, 0, Choice.AGREE), ("merge", 0, 1), ("part", 0)]
    with pytest.raises(AssertionError, match="votes are"):
        play(world, acts)

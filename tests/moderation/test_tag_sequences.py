"""Whatever is put on, taken off, renamed, merged and parted, in whatever order: nobody counts twice."""

from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from sqlalchemy import Integer, String, bindparam, text, update
from sqlalchemy.orm import Session

from deliberation.tags import service
from deliberation.tags.models import IdeaTag, Tag
from tests.moderation.tag_world import SEQUENCES, World, play

QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
CURATION = [("rename", 0, "red"), ("merge", 0, 1), ("merge", 1, 2), ("rename", 2, "blue")]


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


@settings(max_examples=60, deadline=None, suppress_health_check=QUIET, database=None)
@given(acts=SEQUENCES)
@example(acts=[("apply", 0, 0, 0), ("apply", 1, 0, 0), ("merge", 0, 1), ("part", 0)])
@example(acts=[("apply", 0, 0, 0), ("merge", 0, 1), ("merge", 1, 2), ("part", 0), ("part", 1)])
@example(acts=[("merge", 0, 1), ("merge", 1, 0), ("apply", 0, 0, 0), ("part", 0), ("remove", 1, 0, 0)])
@example(acts=[("rename", 0, "red"), ("rename", 1, "tag-0"), ("undo",), ("undo",)])
def test_the_product_and_the_model_agree(world: World, acts: list[tuple[Any, ...]]) -> None:
    copy = (dict(world.parents), set(world.used), list(world.names))
    with world.session.begin_nested() as trial:
        play(world, acts)
        trial.rollback()
    world.session.expire_all()
    world.parents, world.used, world.names = copy
    world.acts = []


@settings(max_examples=30, deadline=None, suppress_health_check=QUIET, database=None)
@given(acts=SEQUENCES)
def test_undoing_all_that_was_curated_brings_back_what_was(world: World, acts: list[tuple[Any, ...]]) -> None:
    copy = (dict(world.parents), set(world.used), list(world.names))
    with world.session.begin_nested() as trial:
        play(world, [act for act in acts if act[0] not in {"undo", "part"}])
        world.acts, before = [], world.standing()
        play(world, CURATION)
        for _ in list(world.acts):
            world.undo()
        assert world.standing() == before
        trial.rollback()
    world.session.expire_all()
    world.parents, world.used, world.names = copy
    world.acts = []


@pytest.fixture
def careless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Merging as one might write it first: what was put on with the tag is moved."""
    join = service.join_tags

    def move(session: Session, *, tag: Tag, into: Tag) -> None:
        session.execute(update(IdeaTag).where(IdeaTag.tag_id == tag.id).values(tag_id=into.id))
        join(session, tag=tag, into=into)

    monkeypatch.setattr(service, "join_tags", move)


def test_control_a_merge_that_moves_is_caught(world: World, careless: None) -> None:
    with pytest.raises(AssertionError):
        play(world, [("apply", 0, 0, 0), ("merge", 0, 1), ("part", 0)])


@pytest.fixture
def counting_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counting as one might write it first: applications, not people."""
    statement = text(
        "SELECT u.idea_id, count(*) FILTER (WHERE u.participant_id = :reader), t.status, t.key, n.name,"
        " n.language, count(*) FROM idea_tags u JOIN tags p ON p.id = u.tag_id"
        " JOIN tags t ON t.id = coalesce(p.lives_as_id, p.id) JOIN tag_names n ON n.tag_id = t.id"
        " AND n.language = :language WHERE u.idea_id IN :ideas"
        " GROUP BY u.idea_id, t.id, t.status, t.key, n.name, n.language"
    ).bindparams(bindparam("ideas", expanding=True, type_=Integer), bindparam("language", type_=String))
    monkeypatch.setattr("deliberation.tags.queries._ON_IDEAS", statement)


def test_control_counting_what_was_put_on_and_not_who_did_is_caught(
    world: World, counting_rows: None
) -> None:
    play(world, [("apply", 0, 0, 0), ("apply", 1, 0, 1)])
    with pytest.raises(AssertionError, match="labels are"):
        play(world, [("apply", 0, 0, 1), ("merge", 0, 1)])

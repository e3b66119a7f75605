"""The votes in memory are the votes in the database, however they got there."""

from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.ideas.models import Idea
from deliberation.insights.matrices import Votes
from deliberation.insights.reading import OVERLAP, newest_event, read_changes, read_votes
from deliberation.votes.models import Choice, Vote, VoteEvent
from tests.insights.voting import World, make_world, set_vote, vote_at_random

CHOICES = st.sampled_from([Choice.AGREE, Choice.DISAGREE, Choice.PASS, None])
STEPS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), CHOICES), max_size=25)


def stored(session: Session, world: World) -> dict[tuple[int, int], int]:
    rows = session.execute(select(Vote.participant_id, Vote.idea_id, Vote.choice))
    ideas = set(world.all_ideas)
    return {(person, idea): choice for person, idea, choice in rows if idea in ideas}


def as_dict(votes: Votes) -> dict[tuple[int, int], int]:
    keys = zip(votes.people.tolist(), votes.ideas.tolist(), strict=True)
    return dict(zip(keys, votes.choices.tolist(), strict=True))


def updated(session: Session, world: World, votes: Votes, position: int, read_at: datetime) -> Votes:
    changes = read_changes(session, world.consultation_id, position=position, read_at=read_at)
    return votes.updated(changes.pairs, changes.choices, changes.is_cast)


def test_all_votes_of_the_consultation_are_read_and_no_others(session: Session) -> None:
    world, other = make_world(session), make_world(session, "the-lake")
    for each in (world, other):
        vote_at_random(session, each)
    votes = read_votes(session, world.consultation_id)
    assert as_dict(votes) == stored(session, world)
    assert (np.diff(votes.pairs) > 0).all()


def test_nothing_is_read_where_nobody_has_voted(session: Session) -> None:
    world = make_world(session)
    votes = read_votes(session, world.consultation_id)
    assert as_dict(votes) == {}
    assert as_dict(Votes.unpacked(votes.packed())) == {}
    assert as_dict(updated(session, world, votes, 0, now())) == {}


def test_packed_votes_are_the_same_when_unpacked(session: Session) -> None:
    world = make_world(session)
    vote_at_random(session, world)
    votes = read_votes(session, world.consultation_id)
    again = Votes.unpacked(votes.packed())
    assert np.array_equal(again.pairs, votes.pairs)
    assert np.array_equal(again.choices, votes.choices)
    assert again.packed() == votes.packed()


def test_the_counts_are_those_of_the_ideas(session: Session) -> None:
    world = make_world(session)
    vote_at_random(session, world)
    votes = read_votes(session, world.consultation_id)
    ideas = session.scalars(
        select(Idea).where(Idea.consultation_id == world.consultation_id).order_by(Idea.id)
    ).all()
    keys = np.array([idea.id for idea in ideas])
    assert votes.counts(keys).tolist() == [[idea.agrees, idea.disagrees, idea.passes] for idea in ideas]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=STEPS, after=STEPS)
def test_bringing_votes_up_to_date_gives_what_reading_them_all_gives(
    session: Session,
    before: list[tuple[int, int, Choice | None]],
    after: list[tuple[int, int, Choice | None]],
) -> None:
    attempt = session.begin_nested()
    world = make_world(session, people=4, ideas=2)
    for person, idea, choice in before:
        set_vote(session, world.people[person], world.all_ideas[idea], choice)
    votes = read_votes(session, world.consultation_id)
    position, read_at = newest_event(session), now()
    for person, idea, choice in after:
        set_vote(session, world.people[person], world.all_ideas[idea], choice)
    assert as_dict(updated(session, world, votes, position, read_at)) == stored(session, world)
    attempt.rollback()
    session.expunge_all()  # the next attempt may get the same keys


def test_a_vote_that_becomes_visible_late_is_read_again(session: Session) -> None:
    """On PostgreSQL a transaction may end after one that took a later key in the journal."""
    world = make_world(session)
    vote_at_random(session, world)
    votes = read_votes(session, world.consultation_id)
    position, read_at = newest_event(session), now()
    set_vote(session, world.people[0], world.all_ideas[0], None)
    # As if this event had been there unseen while the votes were read up to the one after it.
    assert as_dict(updated(session, world, votes, newest_event(session), read_at)) == stored(session, world)
    too_late = read_at + 2 * OVERLAP
    control = updated(session, world, votes, newest_event(session), too_late)
    assert as_dict(control) != stored(session, world)
    assert as_dict(updated(session, world, votes, position, too_late)) == stored(session, world)


def test_old_votes_are_not_read_again(session: Session) -> None:
    world = make_world(session, people=20)
    vote_at_random(session, world)
    session.execute(update(VoteEvent).values(happened_at=datetime(2026, 1, 1, tzinfo=UTC)))
    position, read_at = newest_event(session), now()
    for person in world.people[:3]:
        set_vote(session, person, world.all_ideas[0], None)
    changes = read_changes(session, world.consultation_id, position=position, read_at=read_at)
    assert (changes.events, len(changes.pairs)) == (3, 3)
    assert not changes.is_cast.any()


def test_votes_on_an_idea_that_is_gone_are_left_out(session: Session) -> None:
    world = make_world(session)
    vote_at_random(session, world)
    votes = read_votes(session, world.consultation_id)
    gone, *left = world.all_ideas
    session.execute(delete(Vote).where(Vote.idea_id == gone))
    assert as_dict(votes.only_on(np.array(left))) == {
        pair: choice for pair, choice in stored(session, world).items() if pair[1] != gone
    }


@pytest.mark.parametrize("seed", range(5))
def test_votes_may_come_in_any_order(seed: int) -> None:
    chance = Random(seed)
    pairs = chance.sample(range(1_000_000), 200)
    choices = [chance.choice([-1, 0, 1]) for _ in pairs]
    votes = Votes.of(np.array(pairs), np.array(choices, dtype=np.int8))
    assert votes.pairs.tolist() == sorted(pairs)
    assert dict(zip(votes.pairs.tolist(), votes.choices.tolist(), strict=True)) == dict(
        zip(pairs, choices, strict=True)
    )


def test_the_overlap_is_longer_than_a_vote_can_take() -> None:
    assert timedelta(seconds=30) <= OVERLAP

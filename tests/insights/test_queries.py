"""What pages ask: a fixed number of statements, quick however many people there are, and never a write."""

import subprocess
import sys
import time

import pytest
from sqlalchemy.orm import Session

from config import ROOT
from deliberation.consultations.models import Phase
from deliberation.insights import queries
from deliberation.insights.queries import find_landscape, list_snapshots
from deliberation.insights.tallies import Tally, tally_of
from deliberation.votes.models import Choice
from tests.insights.voting import World, count_now, join, make_world, set_vote, vote_at_random
from tests.statements import statements, writes


@pytest.fixture
def world(session: Session) -> World:
    world = make_world(session, people=20, ideas=5)
    vote_at_random(session, world)
    count_now(session, world)
    return world


def test_a_landscape_takes_three_statements_and_two_once_unpacked(session: Session, world: World) -> None:
    queries._unpacked._kept.clear()
    for thread_id in (None, world.threads[1]):
        session.expire_all()
        with statements() as first:
            find_landscape(session, world.consultation_id, thread_id=thread_id)
        session.expire_all()
        with statements() as second:
            find_landscape(session, world.consultation_id, thread_id=thread_id)
        assert (len(first), len(second)) == (3, 2)
        assert writes(first + second) == []
    with statements() as none:
        assert find_landscape(session, world.consultation_id + 1_000) is None
    assert len(none) == 1


def test_what_is_kept_is_let_go_when_the_row_changes(session: Session, world: World) -> None:
    before = find_landscape(session, world.consultation_id)
    again = find_landscape(session, world.consultation_id)
    assert before is not None
    assert again is not None
    assert again.unpacked is before.unpacked
    for person in world.people[:12]:
        set_vote(session, person, world.all_ideas[0], None)
    count_now(session, world)
    after = find_landscape(session, world.consultation_id)
    assert after is not None
    assert after.unpacked is not before.unpacked
    assert (before.votes, after.votes) == (200, 200 - 12)


def test_it_says_how_many_votes_are_newer(session: Session, world: World) -> None:
    def fresh() -> tuple[int, bool]:
        stored = find_landscape(session, world.consultation_id)
        assert stored is not None
        return stored.votes_since, stored.has_newer_votes

    assert fresh() == (0, False)
    person = join(session, world)
    set_vote(session, person, world.all_ideas[0], Choice.AGREE)
    assert fresh() == (1, True)
    set_vote(session, person, world.all_ideas[0], None)
    assert fresh() == (0, False)
    set_vote(session, world.people[0], world.all_ideas[0], None)
    assert fresh() == (0, True)


def test_a_change_of_mind_is_noticed(session: Session, world: World) -> None:
    before = tally_of(session, world.consultation_id)
    idea, other = world.all_ideas[:2]
    for choice in (Choice.AGREE, Choice.DISAGREE, Choice.PASS):
        set_vote(session, world.people[0], idea, choice)
        set_vote(session, world.people[0], other, choice)
    after = tally_of(session, world.consultation_id)
    assert after.votes != before.votes
    assert after.total == before.total
    assert Tally.read(after.written) == after


def test_everybody_who_has_voted_finds_their_place_and_nobody_else(session: Session, world: World) -> None:
    stored = find_landscape(session, world.consultation_id)
    assert stored is not None
    for person in world.people:
        place = stored.place_of(person)
        assert place is not None
        assert place.votes_cast == 10
        assert place.group is not None
        assert place.letter == stored.letters[place.group]
    newcomer = join(session, world)
    assert stored.place_of(newcomer) is None
    set_vote(session, newcomer, world.all_ideas[0], Choice.AGREE)
    stored = find_landscape(session, world.consultation_id)
    assert stored is not None
    assert stored.place_of(newcomer) is None


def test_who_has_voted_on_too_few_ideas_is_not_placed(session: Session, world: World) -> None:
    newcomers = [join(session, world) for _ in range(10)]
    for newcomer in newcomers:
        set_vote(session, newcomer, world.all_ideas[0], Choice.AGREE)
    count_now(session, world)
    stored = find_landscape(session, world.consultation_id)
    assert stored is not None
    place = stored.place_of(newcomers[0])
    assert place is not None
    assert (place.group, place.letter, place.votes_cast) == (None, None, 1)


def test_a_landscape_that_was_unpacked_before_is_found_quickly(session: Session) -> None:
    world = make_world(session, "large", people=200, ideas=50, threads=2)
    vote_at_random(session, world, people=world.people[:30])
    count_now(session, world)
    find_landscape(session, world.consultation_id)
    times = []
    for _ in range(9):
        started = time.process_time()
        stored = find_landscape(session, world.consultation_id)
        assert stored is not None
        stored.place_of(world.people[0])
        times.append(time.process_time() - started)
    assert sorted(times)[4] < 0.05


def test_there_are_no_snapshots_before_the_first(session: Session, world: World) -> None:
    assert list_snapshots(session, world.consultation_id) == []
    stored = find_landscape(session, world.consultation_id)
    assert stored is not None
    assert stored.phase is Phase.GATHERING


def test_tables_and_the_worker_begin_without_the_arithmetic() -> None:
    script = "import sys, deliberation.tables, deliberation.work; print('numpy' in sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said.stdout == "False\n"

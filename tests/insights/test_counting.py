"""What a landscape may count, what is computed again, and what becomes of it."""

import json
from dataclasses import asdict
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, undefer

from deliberation.analysis.landscape import Outcome, Reason
from deliberation.analysis.pipeline import analyse
from deliberation.analysis.votes import VoteMatrix
from deliberation.base.clock import now
from deliberation.base.errors import NotFound
from deliberation.consultations.models import Consultation, Phase, PhaseStep
from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea
from deliberation.insights.counting import count
from deliberation.insights.gathering import gather
from deliberation.insights.models import LandscapeRow, StoredVotes
from deliberation.insights.publishing import FEWEST_PEOPLE
from deliberation.insights.queries import find_landscape
from deliberation.insights.service import count_landscapes
from deliberation.insights.storing import store_landscapes
from deliberation.votes.models import Choice, Vote
from tests.factories import make_idea
from tests.insights.voting import (
    QUICK,
    World,
    count_now,
    join,
    make_world,
    sessions_of,
    set_vote,
    vote_at_random,
)


def shown(session: Session, world: World, thread: int | None = None) -> LandscapeRow:
    thread_id = None if thread is None else world.threads[thread]
    return session.scalars(
        select(LandscapeRow)
        .where(LandscapeRow.consultation_id == world.consultation_id, LandscapeRow.thread_id == thread_id)
        .options(undefer(LandscapeRow.content))
        .execution_options(populate_existing=True)
    ).one()


def begin(session: Session, world: World, phase: Phase) -> None:
    session.add(PhaseStep(consultation_id=world.consultation_id, phase=phase, starts_at=now()))
    session.flush()
    session.expire_all()


def test_a_landscape_is_counted_of_everything_and_of_each_thread(session: Session) -> None:
    world = make_world(session)
    vote_at_random(session, world)
    assert count_now(session, world) == {None: True, world.threads[1]: True, world.threads[2]: True}
    whole = shown(session, world)
    assert whole.votes == len(world.people) * len(world.all_ideas)
    assert shown(session, world, 1).votes == len(world.people) * len(world.ideas[1])
    assert whole.phase is Phase.GATHERING
    assert json.loads(json.dumps(whole.parameters)) == asdict(QUICK)


def test_what_has_not_changed_is_not_computed_again(session: Session) -> None:
    world = make_world(session)
    vote_at_random(session, world)
    count_now(session, world)
    version = shown(session, world).version
    assert count_now(session, world) == {None: False, world.threads[1]: False, world.threads[2]: False}
    assert shown(session, world).version == version
    newcomers = [join(session, world) for _ in range(FEWEST_PEOPLE)]
    for person in newcomers:
        set_vote(session, person, world.ideas[1][0], Choice.PASS)
    assert count_now(session, world) == {None: True, world.threads[1]: True, world.threads[2]: False}
    assert shown(session, world).version != version


def test_two_landscapes_are_never_told_apart_by_fewer_than_ten_people(session: Session) -> None:
    world = make_world(session, people=20)
    vote_at_random(session, world)
    count_now(session, world)
    before = shown(session, world)
    version, votes = before.version, before.votes
    newcomers = [join(session, world) for _ in range(FEWEST_PEOPLE)]
    for person in newcomers[:-1]:
        for idea in world.all_ideas:
            set_vote(session, person, idea, Choice.AGREE)
        count_now(session, world)
        assert (shown(session, world).version, shown(session, world).votes) == (version, votes)
    set_vote(session, newcomers[-1], world.all_ideas[0], Choice.AGREE)
    count_now(session, world)
    assert shown(session, world).votes == votes + 9 * len(world.all_ideas) + 1


def test_a_thread_waits_for_ten_people_of_its_own(session: Session) -> None:
    world = make_world(session, people=20)
    vote_at_random(session, world)
    count_now(session, world)
    version = shown(session, world, 2).version
    newcomers = [join(session, world) for _ in range(FEWEST_PEOPLE)]
    for person in newcomers:
        set_vote(session, person, world.ideas[1][0], Choice.AGREE)
    set_vote(session, newcomers[0], world.ideas[2][0], Choice.AGREE)
    assert count_now(session, world) == {None: True, world.threads[1]: True}
    assert shown(session, world, 2).version == version


def test_who_waits_for_a_thread_is_known_when_the_next_have_voted(session: Session) -> None:
    world = make_world(session, people=20)
    vote_at_random(session, world)
    count_now(session, world)
    early, late = ([join(session, world) for _ in range(FEWEST_PEOPLE)] for _ in range(2))
    for person in early:
        set_vote(session, person, world.ideas[1][0], Choice.AGREE)
    for person in early[:9]:
        set_vote(session, person, world.ideas[2][0], Choice.AGREE)
    count_now(session, world)
    assert shown(session, world, 2).waiting == early[:9]
    for person in late:
        set_vote(session, person, world.ideas[1][0], Choice.AGREE)
    set_vote(session, early[0], world.ideas[2][1], Choice.AGREE)
    count_now(session, world)
    assert (shown(session, world, 2).votes, shown(session, world, 2).waiting) == (20 * 4, early[:9])
    for person in late:
        set_vote(session, person, world.ideas[1][1], Choice.AGREE)
    set_vote(session, late[0], world.ideas[2][0], Choice.AGREE)
    count_now(session, world)
    assert (shown(session, world, 2).votes, shown(session, world, 2).waiting) == (20 * 4 + 11, [])


def test_taking_back_and_changing_count_as_much_as_voting(session: Session) -> None:
    world = make_world(session, people=20)
    vote_at_random(session, world)
    count_now(session, world)
    for person in world.people[:5]:
        set_vote(session, person, world.all_ideas[0], None)
    for person in world.people[5:9]:
        set_vote(session, person, world.all_ideas[1], Choice.PASS)
        set_vote(session, person, world.all_ideas[1], Choice.AGREE)
    assert None in count_now(session, world)
    assert shown(session, world).votes == 20 * 8
    set_vote(session, world.people[10], world.all_ideas[1], None)
    count_now(session, world)
    assert shown(session, world).votes == 20 * 8 - 6


def test_nothing_is_shown_before_ten_people_have_voted(session: Session) -> None:
    world = make_world(session, people=FEWEST_PEOPLE)
    for person in world.people[:-1]:
        set_vote(session, person, world.ideas[1][0], Choice.AGREE)
    assert count_now(session, world) == {}
    assert find_landscape(session, world.consultation_id) is None
    set_vote(session, world.people[-1], world.ideas[1][0], Choice.AGREE)
    assert count_now(session, world) == {None: True, world.threads[1]: True}


@pytest.mark.parametrize("change", [{"hidden_at": now()}, {"withdrawn_at": now()}, {"is_meta": True}])
def test_an_idea_leaves_the_map_at_once_and_no_new_vote_comes_with_it(
    session: Session, change: dict[str, object]
) -> None:
    world = make_world(session, people=20)
    vote_at_random(session, world)
    count_now(session, world)
    votes = shown(session, world).votes
    newcomer = join(session, world)
    for idea in world.all_ideas:
        set_vote(session, newcomer, idea, Choice.AGREE)
    session.execute(update(Idea).where(Idea.id == world.ideas[1][0]).values(change))
    assert count_now(session, world)[None] is True
    stored = find_landscape(session, world.consultation_id)
    assert stored is not None
    assert (stored.votes, stored.votes_since, stored.has_newer_votes) == (votes, 8, True)
    landscape = stored.landscape
    number = session.get_one(Idea, world.ideas[1][0]).number
    assert landscape.ideas[~landscape.is_on_map].tolist() == [number]
    assert landscape.counts[landscape.ideas == number].sum() == 20
    assert stored.place_of(newcomer) is None


def test_a_phase_that_starts_shows_all_votes(session: Session) -> None:
    world = make_world(session, people=20)
    vote_at_random(session, world)
    count_now(session, world)
    set_vote(session, join(session, world), world.ideas[1][0], Choice.AGREE)
    begin(session, world, Phase.VOTING)
    assert set(count_now(session, world)) == {None, *world.threads.values()}
    assert shown(session, world).votes == 20 * 8 + 1
    assert shown(session, world).phase is Phase.VOTING


def test_counts_that_the_journal_does_not_explain_are_found_by_reading_all(session: Session) -> None:
    world = make_world(session, people=20)
    vote_at_random(session, world)
    count_now(session, world)
    for person in world.people[:FEWEST_PEOPLE]:
        set_vote(session, person, world.ideas[1][0], None)
    # Somebody is erased: their votes go without a trace in the journal, and the counts follow.
    gone = world.people[-1]
    for name, choice in (("agrees", 1), ("disagrees", -1), ("passes", 0)):
        theirs = select(Vote.idea_id).where(Vote.participant_id == gone, Vote.choice == choice)
        column = getattr(Idea, name)
        session.execute(update(Idea).where(Idea.id.in_(theirs)).values({name: column - 1}))
    session.execute(delete(Participant).where(Participant.id == gone))
    gathered, _ = count_landscapes(
        sessions_of(session), consultation_id=world.consultation_id, parameters=QUICK
    )
    assert gathered.holding.was_reread
    total = session.scalar(
        select(func.sum(Idea.agrees + Idea.disagrees + Idea.passes)).where(
            Idea.consultation_id == world.consultation_id
        )
    )
    session.expire_all()
    assert shown(session, world).votes == total
    gathered = gather(session, world.consultation_id)
    assert not gathered.holding.was_reread


def test_what_is_brought_up_to_date_is_what_counting_from_nothing_gives(session: Session) -> None:
    world = make_world(session, people=30)
    vote_at_random(session, world, people=world.people[:15])
    count_now(session, world)
    vote_at_random(session, world, people=world.people[10:], seed=2)
    count_now(session, world)
    digest = shown(session, world).digest
    stored = session.get_one(StoredVotes, world.consultation_id)
    session.delete(stored)
    session.execute(delete(LandscapeRow))
    session.flush()
    count_now(session, world)
    assert shown(session, world).digest == digest


def test_the_landscape_is_that_of_the_votes_under_the_numbers_of_the_ideas(session: Session) -> None:
    world = make_world(session, people=20)
    vote_at_random(session, world)
    count_now(session, world)
    numbers = {idea.id: idea.number for idea in session.scalars(select(Idea))}
    rows = session.execute(
        select(Vote.participant_id, Vote.idea_id, Vote.choice).where(Vote.idea_id.in_(world.all_ideas))
    ).all()

    matrix = VoteMatrix.of(
        people=[row[0] for row in rows],
        ideas=[numbers[row[1]] for row in rows],
        choices=[row[2] for row in rows],
    )
    stored = find_landscape(session, world.consultation_id)
    assert stored is not None
    assert stored.landscape.digest == analyse(matrix, QUICK).digest


def test_groups_keep_their_letters(session: Session) -> None:
    world = make_world(session, people=40, ideas=6)
    vote_at_random(session, world)
    count_now(session, world)
    before = find_landscape(session, world.consultation_id)
    newcomers = [join(session, world) for _ in range(30)]
    # All of one camp: the smaller group becomes the larger.
    for person in newcomers:
        for number, idea in enumerate(world.all_ideas):
            set_vote(session, person, idea, Choice.AGREE if (1 + number) % 2 else Choice.DISAGREE)
    count_now(session, world)
    after = find_landscape(session, world.consultation_id)
    assert before is not None
    assert after is not None
    assert before.version != after.version
    letters = [
        (one.letter, two.letter)
        for person in world.people
        if (one := before.place_of(person)) and (two := after.place_of(person))
    ]
    assert len(letters) == 40
    assert np.mean([a == b for a, b in letters]) > 0.9


def test_counting_never_overtakes_a_later_count(session: Session) -> None:
    world = make_world(session, people=20)
    vote_at_random(session, world)
    count_now(session, world)
    earlier = gather(session, world.consultation_id)
    newcomers = [join(session, world) for _ in range(FEWEST_PEOPLE)]
    for person in newcomers:
        set_vote(session, person, world.all_ideas[0], Choice.AGREE)
    count_now(session, world)
    version = shown(session, world).version

    assert not store_landscapes(session, earlier, count(earlier, QUICK))
    assert shown(session, world).version == version


def test_a_consultation_that_is_gone_is_not_counted(session: Session) -> None:
    world = make_world(session)
    gathered = gather(session, world.consultation_id)
    with pytest.raises(NotFound):
        count_landscapes(sessions_of(session), consultation_id=world.consultation_id + 1_000)
    session.execute(delete(Idea).where(Idea.consultation_id == world.consultation_id))
    session.execute(delete(Consultation).where(Consultation.id == world.consultation_id))

    assert not store_landscapes(session, gathered, count(gathered, QUICK))


def no_ideas(session: Session, world: World) -> None:
    session.execute(delete(Idea).where(Idea.consultation_id == world.consultation_id))


def nobody(session: Session, world: World) -> None:
    pass


def one_person(session: Session, world: World) -> None:
    for idea in world.all_ideas:
        set_vote(session, world.people[0], idea, Choice.AGREE)


def one_idea(session: Session, world: World) -> None:
    for place, person in enumerate(world.people):
        set_vote(session, person, world.all_ideas[0], Choice.AGREE if place % 2 else Choice.DISAGREE)


def all_alike(session: Session, world: World) -> None:
    for person in world.people:
        for idea in world.all_ideas:
            set_vote(session, person, idea, Choice.AGREE)


def all_pass(session: Session, world: World) -> None:
    for person in world.people:
        for idea in world.all_ideas:
            set_vote(session, person, idea, Choice.PASS)


def all_hidden(session: Session, world: World) -> None:
    vote_at_random(session, world)
    session.execute(update(Idea).where(Idea.consultation_id == world.consultation_id).values(hidden_at=now()))


@pytest.mark.parametrize(
    "votes",
    [no_ideas, nobody, one_person, one_idea, all_alike, all_pass, all_hidden],
    ids=lambda one: one.__name__,
)
def test_what_there_is_little_to_say_about_has_a_landscape_that_says_so(session: Session, votes) -> None:  # type: ignore[no-untyped-def]
    world = make_world(session, people=15)
    votes(session, world)
    session.flush()
    session.expire_all()
    count_now(session, world, may_show_all=True)
    for thread_id in (None, *world.threads.values()):
        stored = find_landscape(session, world.consultation_id, thread_id=thread_id)
        assert stored is not None
        decision = stored.landscape.decision
        assert decision.outcome in {Outcome.NOTHING, Outcome.ONE_CROWD}
        assert decision.reasons
        assert all(isinstance(reason, Reason) for reason in decision.reasons)
        assert np.isfinite(stored.landscape.points).all()
        assert len(stored.letters) == stored.landscape.groups


def test_an_idea_that_nobody_has_seen_is_in_the_landscape_all_the_same(session: Session) -> None:
    world = make_world(session, people=20)
    vote_at_random(session, world)
    thread = session.get_one(Consultation, world.consultation_id).threads[0]
    number = make_idea(session, thread).number
    count_now(session, world)
    stored = find_landscape(session, world.consultation_id)
    assert stored is not None
    landscape = stored.landscape
    assert number in landscape.ideas.tolist()
    assert landscape.counts[landscape.ideas == number].sum() == 0


def test_stored_votes_are_small(session: Session) -> None:
    world = make_world(session, people=40, ideas=10)
    vote_at_random(session, world)
    count_now(session, world)
    stored = session.get_one(StoredVotes, world.consultation_id, options=[undefer(StoredVotes.content)])
    assert stored.votes == 40 * 20
    assert len(stored.content) < 3 * stored.votes
    assert now() - stored.read_at < timedelta(minutes=1)

"""When landscapes are counted and phases frozen: soon, not too often, and not for ever."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.consultations.models import Phase, PhaseStep, Thread
from deliberation.ideas.models import Idea
from deliberation.insights import watching
from deliberation.insights.jobs import KINDS
from deliberation.insights.models import LandscapeRow, Snapshot
from deliberation.insights.publishing import (
    FEWEST_PEOPLE,
    LONGEST_WAIT,
    MOST_SHARE,
    QUIET,
    SHORTEST_PAUSE,
    Standing,
    is_due,
)
from deliberation.insights.service import freeze_phase
from deliberation.insights.watching import COUNT, FREEZE_PHASE, Watch
from deliberation.jobs.models import Job
from deliberation.jobs.service import claim, finish, give_up
from deliberation.votes.models import Choice
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
from tests.statements import statements

Later = Callable[[timedelta], None]
MOMENT = datetime.fromisoformat("2026-11-24T12:00:00+00:00")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Moves the watch's clock forward."""
    moved = [timedelta()]
    monkeypatch.setattr(watching, "now", lambda: now() + moved[0])

    def move(by: timedelta) -> None:
        moved[0] += by

    return move


def found(session: Session, watch: Watch) -> list[tuple[str, str]]:
    session.flush()
    session.expire_all()
    return [(one.kind, one.topic) for one in watch.look(session)]


def counting(world: World) -> list[tuple[str, str]]:
    return [(COUNT, f"consultation {world.consultation_id}")]


def freezing(world: World) -> list[tuple[str, str]]:
    return [(FREEZE_PHASE, f"consultation {world.consultation_id}")]


def ten_vote(session: Session, world: World, idea: int | None = None) -> None:
    for person in [join(session, world) for _ in range(FEWEST_PEOPLE)]:
        set_vote(session, person, idea or world.all_ideas[0], Choice.AGREE)


# ------------------------------------------------------------------ the rule


def standing(**changed: object) -> Standing:
    usual = {
        "counted_at": MOMENT - timedelta(hours=1),
        "people": FEWEST_PEOPLE,
        "last_vote_at": MOMENT - QUIET,
    }
    return Standing(**(usual | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "due"),
    [
        ({}, True),
        ({"people": FEWEST_PEOPLE - 1}, False),
        ({"people": 0, "ideas_changed": True}, True),
        ({"people": 0, "phase_changed": True}, True),
        ({"people": 0}, False),
        ({"counted_at": None}, True),
        ({"counted_at": None, "people": 0}, False),
        ({"last_vote_at": None}, True),
        ({"counted_at": MOMENT - SHORTEST_PAUSE / 2}, False),
        ({"counted_at": MOMENT - SHORTEST_PAUSE / 2, "phase_changed": True}, True),
        ({"counted_at": MOMENT - LONGEST_WAIT / 2, "last_vote_at": MOMENT - QUIET / 2}, False),
        ({"counted_at": MOMENT - LONGEST_WAIT, "last_vote_at": MOMENT}, True),
        ({"seconds": 6.0, "counted_at": MOMENT - timedelta(seconds=6 / MOST_SHARE - 1)}, False),
        ({"seconds": 6.0, "counted_at": MOMENT - timedelta(seconds=6 / MOST_SHARE + 1)}, True),
    ],
)
def test_the_rule(changed: dict[str, object], due: bool) -> None:
    assert is_due(standing(**changed), MOMENT) is due


# ------------------------------------------------------------------ looking


def test_the_first_landscape_is_due_when_ten_people_have_voted(session: Session) -> None:
    world, watch = make_world(session), Watch()
    assert found(session, watch) == []
    for person in world.people[: FEWEST_PEOPLE - 1]:
        for idea in world.all_ideas:
            set_vote(session, person, idea, Choice.AGREE)
    assert found(session, watch) == []
    set_vote(session, world.people[-1], world.all_ideas[0], Choice.AGREE)
    assert found(session, watch) == counting(world)


def test_the_next_is_due_when_ten_people_have_voted_and_it_is_quiet(session: Session, later: Later) -> None:
    world, watch = make_world(session), Watch()
    vote_at_random(session, world)
    count_now(session, world)
    later(SHORTEST_PAUSE)
    assert found(session, watch) == []
    ten_vote(session, world)
    assert found(session, watch) == counting(world)
    # Having looked already makes no difference, and neither does a watch that begins now.
    assert found(session, watch) == counting(world)
    assert found(session, Watch()) == counting(world)
    count_now(session, world)
    later(timedelta(hours=1))
    assert found(session, watch) == []


def test_people_are_remembered_from_one_look_to_the_next(session: Session, later: Later) -> None:
    world, watch = make_world(session), Watch()
    vote_at_random(session, world)
    count_now(session, world)
    later(timedelta(hours=1))
    for person in [join(session, world) for _ in range(FEWEST_PEOPLE - 1)]:
        set_vote(session, person, world.all_ideas[0], Choice.AGREE)
        set_vote(session, person, world.all_ideas[1], Choice.AGREE)
        assert found(session, watch) == []
    set_vote(session, join(session, world), world.all_ideas[0], Choice.AGREE)
    assert found(session, watch) == counting(world)


def test_an_idea_that_is_hidden_is_reason_enough(session: Session, later: Later) -> None:
    world, watch = make_world(session), Watch()
    vote_at_random(session, world)
    count_now(session, world)
    later(SHORTEST_PAUSE)
    session.execute(update(Idea).where(Idea.id == world.all_ideas[0]).values(hidden_at=now()))
    assert found(session, watch) == counting(world)
    count_now(session, world)
    later(timedelta(hours=1))
    assert found(session, watch) == []


def test_a_new_idea_without_votes_is_not(session: Session, later: Later) -> None:
    world, watch = make_world(session, ideas=3), Watch()
    vote_at_random(session, world)
    count_now(session, world)
    later(timedelta(hours=1))
    make_idea(session, session.get_one(Thread, world.threads[1]))
    assert found(session, watch) == []


@pytest.mark.parametrize("phase", [Phase.VOTING, Phase.SYNTHESIS, Phase.PUBLISHED])
def test_a_phase_that_has_started_is_frozen_once(session: Session, phase: Phase, later: Later) -> None:
    world, watch = make_world(session, phase=phase), Watch()
    assert found(session, watch) == freezing(world)
    freeze_phase(sessions_of(session), consultation_id=world.consultation_id, phase=phase, parameters=QUICK)
    later(timedelta(hours=1))
    assert found(session, watch) == []


def test_the_first_gathering_is_not_frozen_and_one_that_is_gone_back_to_is(session: Session) -> None:
    world, watch = make_world(session), Watch()
    assert found(session, watch) == []
    step = PhaseStep(consultation_id=world.consultation_id, phase=Phase.VOTING, starts_at=now())
    session.add(step)
    assert found(session, watch) == freezing(world)
    freeze_phase(
        sessions_of(session), consultation_id=world.consultation_id, phase=Phase.VOTING, parameters=QUICK
    )
    session.expire_all()
    gathering = session.get_one(PhaseStep, (world.consultation_id, Phase.GATHERING))
    gathering.starts_at = now()
    assert found(session, watch) == freezing(world)
    freeze_phase(
        sessions_of(session), consultation_id=world.consultation_id, phase=Phase.GATHERING, parameters=QUICK
    )
    assert found(session, watch) == []
    assert session.scalars(select(Snapshot.phase).order_by(Snapshot.number)).all() == [
        Phase.VOTING,
        Phase.GATHERING,
    ]


def test_a_draft_is_left_alone(session: Session) -> None:
    world = make_world(session, phase=Phase.DRAFT)
    vote_at_random(session, world)
    assert found(session, Watch()) == []


def test_what_is_in_the_queue_or_was_given_up_today_is_not_asked_for_again(session: Session) -> None:
    world, watch = make_world(session), Watch()
    vote_at_random(session, world)
    watch(sessions_of(session))
    assert session.scalars(select(Job.topic)).all() == [f"consultation {world.consultation_id}"]
    assert found(session, watch) == []
    claimed = claim(session)
    assert claimed is not None
    assert found(session, watch) == []
    give_up(session, claimed, failure="why")
    assert found(session, watch) == []
    session.execute(update(Job).values(given_up_at=now() - timedelta(days=2)))
    assert found(session, watch) == counting(world)


def test_two_watches_at_once_ask_once(session: Session) -> None:
    world = make_world(session)
    vote_at_random(session, world)
    sessions = sessions_of(session)
    Watch()(sessions)
    Watch()(sessions)
    assert len(session.scalars(select(Job)).all()) == 1


def test_after_each_count_there_is_nothing_more_to_do(session: Session, later: Later) -> None:
    """Whatever happens, the watch never asks for a count that changes nothing, over and over."""
    world, watch, chance = make_world(session, people=14, ideas=2), Watch(), Random(7)
    vote_at_random(session, world)
    people = list(world.people)
    for _ in range(12):
        for _ in range(chance.randrange(3)):
            people.append(join(session, world))
        for person in chance.sample(people, chance.choice([1, 4, 9, 10, 12])):
            choice = chance.choice([Choice.AGREE, Choice.DISAGREE, Choice.PASS, None])
            set_vote(session, person, chance.choice(world.all_ideas), choice)
        if chance.random() < 0.4:
            hidden = chance.choice([now(), None])
            session.execute(
                update(Idea).where(Idea.id == chance.choice(world.all_ideas)).values(hidden_at=hidden)
            )
        later(timedelta(hours=1))
        if found(session, watch):
            count_now(session, world)
        later(timedelta(hours=1))
        assert found(session, watch) == []


def test_looking_takes_as_many_statements_however_many_consultations_there_are(session: Session) -> None:
    watch = Watch()
    make_world(session, "one", people=2)
    with statements() as few:
        watch.look(session)
    for number in range(5):
        make_world(session, f"more-{number}", people=2)
    with statements() as many:
        watch.look(session)
    assert len(many) == len(few) <= 7


def test_a_job_counts_what_the_watch_has_found(session: Session) -> None:
    world = make_world(session)
    vote_at_random(session, world)
    sessions = sessions_of(session)
    Watch()(sessions)
    claimed = claim(session)
    assert claimed is not None
    KINDS[claimed.kind](sessions, claimed.arguments)
    finish(session, claimed)
    session.expire_all()
    assert session.scalars(select(LandscapeRow.thread_id)).all().count(None) == 1

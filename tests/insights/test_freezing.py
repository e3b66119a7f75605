"""Snapshots: complete, without names, verifiable, once, and never changed."""

import numpy as np
import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from deliberation.analysis.pipeline import analyse
from deliberation.analysis.storing import load_votes
from deliberation.base.clock import now
from deliberation.base.errors import NotFound, Refused
from deliberation.consultations.models import Consultation, Phase, PhaseStep
from deliberation.consultations.people import RoleName
from deliberation.ideas.models import Idea
from deliberation.insights.jobs import FREEZE, KINDS, ask_to_freeze
from deliberation.insights.models import ALL_THREADS, FrozenRow, Snapshot, SnapshotCause
from deliberation.insights.publishing import FEWEST_PEOPLE
from deliberation.insights.queries import (
    find_landscape,
    get_frozen_landscape,
    get_snapshot,
    list_snapshots,
)
from deliberation.insights.service import TooFewToFreeze, freeze, freeze_phase
from deliberation.insights.storing import NothingNew
from deliberation.jobs.service import claim
from deliberation.moderation.acts import OPERATOR, Actor, NotAFacilitator
from deliberation.moderation.models import REASON_LENGTH, ActKind, ModerationAct
from deliberation.votes.models import Choice
from tests.factories import make_account, make_role
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


def freeze_now(session: Session, world: World, *, by: Actor = OPERATOR, reason: str = "") -> Snapshot:
    number = freeze(
        sessions_of(session), consultation_id=world.consultation_id, by=by, reason=reason, parameters=QUICK
    )
    session.expire_all()
    return get_snapshot(session, world.consultation_id, number)


def frozen_phase(session: Session, world: World, phase: Phase) -> int | None:
    number = freeze_phase(
        sessions_of(session), consultation_id=world.consultation_id, phase=phase, parameters=QUICK
    )
    session.expire_all()
    return number


@pytest.fixture
def world(session: Session) -> World:
    world = make_world(session, people=20)
    vote_at_random(session, world)
    return world


def test_a_snapshot_holds_votes_and_landscapes_of_one_moment(session: Session, world: World) -> None:
    session.execute(update(Idea).where(Idea.id == world.ideas[2][0]).values(hidden_at=now()))
    snapshot = freeze_now(session, world, reason="Before the meeting.")
    numbers = {idea.id: idea.number for idea in session.scalars(select(Idea))}
    assert snapshot.number == 1
    assert (snapshot.cause, snapshot.phase, snapshot.role) == (SnapshotCause.ON_DEMAND, Phase.GATHERING, None)
    assert (snapshot.people, snapshot.ideas, snapshot.votes) == (20, 8, 160)
    assert snapshot.off_map == [numbers[world.ideas[2][0]]]
    assert snapshot.threads == {
        str(number): [numbers[key] for key in keys] for number, keys in world.ideas.items()
    }
    assert [one.thread_number for one in snapshot.landscapes] == [ALL_THREADS, 1, 2]
    assert snapshot.reason == "Before the meeting."


def test_every_landscape_of_a_snapshot_is_computed_again_from_its_votes(
    session: Session, world: World
) -> None:
    snapshot = freeze_now(session, world)
    matrix = load_votes(snapshot.content)
    assert matrix.digest == snapshot.inputs_digest
    for kept in snapshot.landscapes:
        number = kept.thread_number
        votes = matrix if number == ALL_THREADS else matrix.on(snapshot.threads[str(number)])
        assert votes.digest == kept.inputs_digest
        assert analyse(votes, QUICK).digest == kept.digest
        assert (
            get_frozen_landscape(session, snapshot.id, thread_number=number).landscape.digest == kept.digest
        )
    with pytest.raises(NotFound):
        get_frozen_landscape(session, snapshot.id, thread_number=9)


def test_nobody_is_named_in_a_snapshot(session: Session, world: World) -> None:
    snapshot = freeze_now(session, world)
    named = find_landscape(session, world.consultation_id)
    assert named is not None
    assert set(named.landscape.people.tolist()) == set(world.people)
    assert len(np.unique(load_votes(snapshot.content).people)) == 1
    for kept in snapshot.landscapes:
        frozen = get_frozen_landscape(session, snapshot.id, thread_number=kept.thread_number)
        assert len(np.unique(frozen.landscape.people)) == 1


def test_what_a_snapshot_shows_is_what_the_site_shows(session: Session, world: World) -> None:
    snapshot = freeze_now(session, world)
    stored = find_landscape(session, world.consultation_id)
    assert stored is not None
    assert stored.digest == snapshot.landscapes[0].digest
    assert list(stored.letters) == snapshot.landscapes[0].letters


def test_a_snapshot_asked_for_adds_no_votes_of_a_few(session: Session, world: World) -> None:
    count_now(session, world)
    for person in [join(session, world) for _ in range(FEWEST_PEOPLE - 1)]:
        set_vote(session, person, world.all_ideas[0], Choice.AGREE)
    assert freeze_now(session, world).votes == 160
    set_vote(session, join(session, world), world.all_ideas[0], Choice.AGREE)
    assert freeze_now(session, world).votes == 170


def test_nothing_is_frozen_where_few_have_voted(session: Session) -> None:
    world = make_world(session)
    for person in world.people[: FEWEST_PEOPLE - 1]:
        set_vote(session, person, world.all_ideas[0], Choice.AGREE)
    with pytest.raises(TooFewToFreeze):
        freeze_now(session, world)
    assert list_snapshots(session, world.consultation_id) == []


def test_a_first_snapshot_holds_threads_in_which_few_have_voted(session: Session) -> None:
    world = make_world(session)
    for person in world.people:
        set_vote(session, person, world.ideas[1][0], Choice.AGREE)
    set_vote(session, world.people[0], world.ideas[2][0], Choice.AGREE)
    assert [one.thread_number for one in freeze_now(session, world).landscapes] == [ALL_THREADS, 1, 2]


def test_nothing_is_frozen_twice(session: Session, world: World) -> None:
    freeze_now(session, world)
    with pytest.raises(NothingNew):
        freeze_now(session, world)
    session.execute(update(Idea).where(Idea.id == world.all_ideas[0]).values(hidden_at=now()))
    assert freeze_now(session, world).number == 2
    assert [one.number for one in list_snapshots(session, world.consultation_id)] == [2, 1]


def test_a_snapshot_cannot_be_changed(session: Session, world: World) -> None:
    snapshot = freeze_now(session, world)
    attempt = session.begin_nested()
    snapshot.reason = "Another."
    with pytest.raises(FrozenRow):
        session.flush()
    attempt.rollback()
    attempt = session.begin_nested()
    snapshot.landscapes[0].digest = "0" * 64
    with pytest.raises(FrozenRow):
        session.flush()
    attempt.rollback()


def test_later_votes_do_not_change_a_snapshot(session: Session, world: World) -> None:
    snapshot = freeze_now(session, world)
    before = (snapshot.content, [(one.digest, one.content) for one in snapshot.landscapes])
    for person in world.people:
        set_vote(session, person, world.all_ideas[0], None)
    count_now(session, world)
    freeze_now(session, world)
    snapshot = get_snapshot(session, world.consultation_id, 1)
    assert (snapshot.content, [(one.digest, one.content) for one in snapshot.landscapes]) == before


def test_a_facilitators_snapshot_is_a_row_in_the_log(session: Session, world: World) -> None:
    consultation = session.get_one(Consultation, world.consultation_id)
    role = make_role(session, consultation)
    snapshot = freeze_now(session, world, by=role.account_id, reason="  For the  minutes. ")
    assert snapshot.role is RoleName.FACILITATOR
    act = session.scalars(select(ModerationAct)).one()
    assert (act.kind, act.role, act.account_id) == (
        ActKind.TAKE_SNAPSHOT,
        RoleName.FACILITATOR,
        role.account_id,
    )
    assert (act.reason, act.details) == ("For the minutes.", {"number": 1})


def test_only_facilitators_freeze(session: Session, world: World) -> None:
    consultation = session.get_one(Consultation, world.consultation_id)
    member = make_role(session, consultation, name=RoleName.WORKING_GROUP)
    for account_id in (member.account_id, make_account(session).id):
        with pytest.raises(NotAFacilitator):
            freeze_now(session, world, by=account_id)
        with pytest.raises(NotAFacilitator):
            ask_to_freeze(session, consultation_id=world.consultation_id, by=account_id)
    assert session.scalars(select(ModerationAct)).all() == []


def test_a_reason_that_is_too_long_is_refused(session: Session, world: World) -> None:
    with pytest.raises(Refused):
        freeze_now(session, world, reason="x" * (REASON_LENGTH + 1))


def test_a_snapshot_that_was_asked_for_is_taken_by_a_worker(session: Session, world: World) -> None:
    consultation = session.get_one(Consultation, world.consultation_id)
    role = make_role(session, consultation)
    asked = {"consultation_id": world.consultation_id, "by": role.account_id, "reason": "Why."}
    assert ask_to_freeze(session, **asked)
    assert not ask_to_freeze(session, **asked)
    claimed = claim(session)
    assert claimed is not None
    assert claimed.kind == FREEZE
    KINDS[FREEZE](sessions_of(session), claimed.arguments)
    session.expire_all()
    [snapshot] = list_snapshots(session, world.consultation_id)
    assert (snapshot.number, snapshot.reason, snapshot.role) == (1, "Why.", RoleName.FACILITATOR)
    # Done twice, because a worker may end between the work and the note that it is done.
    with pytest.raises(NothingNew):
        KINDS[FREEZE](sessions_of(session), claimed.arguments)


def test_a_phase_that_starts_is_frozen_with_all_votes_and_once(session: Session, world: World) -> None:
    count_now(session, world)
    set_vote(session, join(session, world), world.all_ideas[0], Choice.AGREE)
    session.add(PhaseStep(consultation_id=world.consultation_id, phase=Phase.VOTING, starts_at=now()))
    assert frozen_phase(session, world, Phase.VOTING) == 1
    assert frozen_phase(session, world, Phase.VOTING) == 1
    [snapshot] = list_snapshots(session, world.consultation_id)
    assert (snapshot.cause, snapshot.phase, snapshot.role) == (
        SnapshotCause.PHASE_CHANGE,
        Phase.VOTING,
        None,
    )
    assert snapshot.votes == 161
    assert snapshot.phase_started_at is not None
    assert session.scalars(select(ModerationAct)).all() == []


def test_a_phase_that_is_over_is_not_frozen(session: Session, world: World) -> None:
    assert frozen_phase(session, world, Phase.VOTING) is None
    assert list_snapshots(session, world.consultation_id) == []


def test_there_is_no_snapshot_of_what_there_is_not(session: Session, world: World) -> None:
    with pytest.raises(NotFound):
        get_snapshot(session, world.consultation_id, 1)
    with pytest.raises(NotFound):
        freeze(sessions_of(session), consultation_id=world.consultation_id + 1_000, by=OPERATOR)


def test_the_log_says_that_a_snapshot_was_taken(
    session: Session, world: World, client: object, app: object
) -> None:
    freeze_now(session, world, reason="Before the meeting.")
    page = client.get("/c/the-park/log", headers={"Accept-Language": "en"})  # type: ignore[attr-defined]
    assert page.status_code == 200
    assert "Snapshot 1 <b>was taken</b>" in page.text
    assert "Before the meeting." in page.text

from datetime import UTC, datetime, timedelta

import pytest

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, Refused
from deliberation.consultations.models import Phase, PhaseStep
from deliberation.consultations.phases import Timetable
from deliberation.moderation.acts import NotAFacilitator
from deliberation.moderation.models import ActKind
from deliberation.moderation.timetable import (
    TimetableMoved,
    change_phase,
    fingerprint,
    schedulable,
    schedule_phases,
)
from tests.moderation.conftest import Park


def timetable(park: Park) -> Timetable:
    park.session.expire_all()
    return Timetable.of(park.consultation.steps, now())


def plan(park: Park, **days: float) -> None:
    """Write steps down, `days` from now."""
    moment = now()
    for phase, ahead in days.items():
        park.session.merge(
            PhaseStep(
                consultation_id=park.consultation.id,
                phase=Phase(phase),
                starts_at=moment + timedelta(days=ahead),
            )
        )
    park.session.flush()


def change(park: Park, to: Phase, **more: object) -> None:
    change_phase(park.session, consultation=park.consultation, to=to, **({"by": park.by} | more))  # type: ignore[arg-type]


def schedule(park: Park, starts: dict[Phase, datetime | None], **more: object) -> None:
    schedule_phases(
        park.session,
        consultation=park.consultation,
        starts=starts,
        **({"by": park.by} | more),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("to", [Phase.VOTING, Phase.SYNTHESIS, Phase.PUBLISHED])
def test_a_phase_begun_by_hand_is_the_phase_and_one_row(park: Park, to: Phase) -> None:
    change(park, to, reason="We are ready.")
    assert timetable(park).current is to
    (act,) = park.acts()
    assert (act.kind, act.reason) == (ActKind.CHANGE_PHASE, "We are ready.")
    assert act.details == {"from": "gathering", "to": to, "dropped": []}


def test_a_phase_can_be_gone_back_to(park: Park) -> None:
    change(park, Phase.SYNTHESIS)
    change(park, Phase.GATHERING)
    found = timetable(park)
    assert found.current is Phase.GATHERING
    assert Phase.SYNTHESIS not in found.starts, "what lies ahead has not begun"


def test_coming_dates_of_earlier_phases_do_not_undo_what_was_begun_by_hand(park: Park) -> None:
    plan(park, voting=5, synthesis=9)
    change(park, Phase.SYNTHESIS)
    found = timetable(park)
    assert found.current is Phase.SYNTHESIS
    assert Timetable(found.starts, now() + timedelta(days=30)).current is Phase.SYNTHESIS
    assert park.acts()[0].details["dropped"] == ["voting"]


def test_coming_dates_of_later_phases_stand(park: Park) -> None:
    plan(park, synthesis=9, published=20)
    change(park, Phase.VOTING)
    found = timetable(park)
    assert Timetable(found.starts, now() + timedelta(days=10)).current is Phase.SYNTHESIS
    assert park.acts()[0].details["dropped"] == []


def test_the_phase_that_it_is_cannot_be_begun_again(park: Park) -> None:
    with pytest.raises(Conflict, match="already in that phase"):
        change(park, Phase.GATHERING)
    assert park.count() == 0


def test_what_has_begun_is_never_a_draft_again(park: Park) -> None:
    with pytest.raises(Conflict, match="cannot be a draft again"):
        change(park, Phase.DRAFT)
    assert park.count() == 0


def test_a_decision_on_what_has_changed_since_is_refused(park: Park) -> None:
    seen = fingerprint(timetable(park))
    change(park, Phase.VOTING, seen=seen)
    with pytest.raises(TimetableMoved):
        change(park, Phase.SYNTHESIS, seen=seen)
    with pytest.raises(TimetableMoved):
        schedule(park, {Phase.SYNTHESIS: now() + timedelta(days=3)}, seen=seen)
    assert park.count() == 1


def test_all_dates_are_one_row(park: Park) -> None:
    plan(park, voting=5)
    voting, synthesis = now() + timedelta(days=7), now() + timedelta(days=14)
    schedule(park, {Phase.VOTING: voting, Phase.SYNTHESIS: synthesis, Phase.PUBLISHED: None})
    assert (
        timetable(park).starts | {Phase.VOTING: voting, Phase.SYNTHESIS: synthesis} == timetable(park).starts
    )
    (act,) = park.acts()
    assert act.kind is ActKind.SCHEDULE_PHASE
    assert act.details == {"starts": {"voting": voting.isoformat(), "synthesis": synthesis.isoformat()}}


def test_a_date_can_be_cleared(park: Park) -> None:
    plan(park, voting=5)
    schedule(park, {Phase.VOTING: None})
    assert timetable(park).next_change is None
    assert park.acts()[0].details == {"starts": {"voting": None}}


def test_dates_that_are_there_already_are_a_conflict(park: Park) -> None:
    plan(park, voting=5)
    known = timetable(park).starts[Phase.VOTING]
    with pytest.raises(Conflict, match="the dates already"):
        schedule(park, {Phase.VOTING: known, Phase.SYNTHESIS: None})
    assert park.count() == 0


@pytest.mark.parametrize(
    ("starts", "field", "words"),
    [
        ({Phase.VOTING: -1}, "voting", "has passed"),
        ({Phase.VOTING: 4_000}, "voting", "ten years"),
        ({Phase.GATHERING: 3}, "gathering", "lies behind"),
        ({Phase.DRAFT: 3}, "draft", "lies behind"),
        ({Phase.VOTING: 9, Phase.SYNTHESIS: 9}, "synthesis", "after the phase before it"),
        ({Phase.VOTING: 9, Phase.PUBLISHED: 8}, "published", "after the phase before it"),
    ],
)
def test_dates_that_make_no_sense_are_refused_at_their_field(
    park: Park, starts: dict[Phase, int], field: str, words: str
) -> None:
    moment = now()
    with pytest.raises(Refused, match=words) as refused:
        schedule(park, {phase: moment + timedelta(days=days) for phase, days in starts.items()})
    assert refused.value.field == field
    assert park.count() == 0


def test_a_date_has_to_fit_those_that_stand(park: Park) -> None:
    plan(park, synthesis=9)
    with pytest.raises(Refused) as refused:
        schedule(park, {Phase.VOTING: now() + timedelta(days=10)})
    assert refused.value.field == "synthesis"


def test_only_facilitators_change_phases_and_dates(park: Park) -> None:
    with pytest.raises(NotAFacilitator):
        change(park, Phase.VOTING, by=park.author_account.id)
    with pytest.raises(NotAFacilitator):
        schedule(park, {Phase.VOTING: None}, by=park.author_account.id)
    assert (timetable(park).current, park.count()) == (Phase.GATHERING, 0)


def test_phases_that_lie_ahead_can_have_dates() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert schedulable(Timetable({}, start)) == (
        Phase.GATHERING, Phase.VOTING, Phase.SYNTHESIS, Phase.PUBLISHED,
    )  # fmt: skip
    assert schedulable(Timetable({Phase.PUBLISHED: start}, start)) == ()

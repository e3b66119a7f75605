from datetime import UTC, datetime, timedelta

import pytest

from deliberation.consultations.models import Phase
from deliberation.consultations.overview import Standing, Step, next_step, phase_strip
from deliberation.consultations.phases import Timetable

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def standing(number: int, ideas: int, voted: int = 0, *, is_locked: bool = False) -> Standing:
    return Standing(number, ideas, votes=0, people=0, voted=voted, is_locked=is_locked)


@pytest.mark.parametrize(
    ("threads", "step", "number"),
    [
        ([standing(1, 0), standing(2, 0)], Step.FIRST_IDEA, 1),
        ([standing(1, 0), standing(2, 3)], Step.BEGIN, 2),
        ([standing(1, 9), standing(2, 34, 25), standing(3, 28, 19)], Step.GO_ON, 2),
        ([standing(1, 9), standing(2, 9, 1, is_locked=True)], Step.BEGIN, 1),
        ([standing(1, 9, 9), standing(2, 0)], Step.ALL_DONE, 1),
    ],
)
def test_a_participant_finishes_what_is_begun_first(threads: list[Standing], step: Step, number: int) -> None:
    found = next_step(Phase.GATHERING, threads, can_vote=True)
    assert (found.step, found.thread and found.thread.number) == (step, number)


def test_a_visitor_is_asked_to_read() -> None:
    assert next_step(Phase.VOTING, [standing(1, 9)], can_vote=False).step is Step.READ


def test_a_consultation_without_threads_has_a_next_step() -> None:
    assert next_step(Phase.GATHERING, [], can_vote=True).step is Step.FIRST_IDEA


def test_the_time_it_takes_is_said_in_whole_minutes() -> None:
    assert next_step(Phase.VOTING, [standing(1, 10, 1)], can_vote=True).minutes == 3
    assert next_step(Phase.VOTING, [standing(1, 1)], can_vote=True).minutes == 1


def test_the_strip_knows_what_is_past_and_what_comes() -> None:
    timetable = Timetable(
        {
            Phase.GATHERING: NOON - timedelta(days=9),
            Phase.VOTING: NOON - timedelta(days=1),
            Phase.SYNTHESIS: NOON + timedelta(days=3),
        },
        NOON,
    )
    strip = phase_strip(timetable)
    assert [(mark.phase, mark.is_past, mark.is_current) for mark in strip] == [
        (Phase.GATHERING, True, False),
        (Phase.VOTING, False, True),
        (Phase.SYNTHESIS, False, False),
        (Phase.PUBLISHED, False, False),
    ]
    assert strip[1].ends_at == NOON + timedelta(days=3)
    assert strip[3].starts_at is None

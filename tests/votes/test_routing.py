"""Which idea comes next: the guarantees, the chances, and the bird that dies when chances are all alike."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from deliberation.analysis import statistics
from deliberation.analysis.landscape import AGREES, PASSES
from deliberation.analysis.votes import Floats
from deliberation.votes import pool
from deliberation.votes.pool import Pools
from deliberation.votes.routing import (
    FIRST_LOOK,
    MINIMUM_EXPOSURE,
    Candidates,
    Drawn,
    Need,
    Reason,
    draw,
    draw_again,
    needs,
)
from tests.factories import make_consultation, make_idea

DRAWS = 4_000
CHANCE = 40.0
"""The chi-square statistic with 11 degrees of freedom exceeds it once in 30,000 times by chance."""


@dataclass(frozen=True)
class One:
    """An idea as these tests speak of it; seen by those who voted unless `reached` says by how many."""

    number: int
    votes: tuple[int, int, int] = (0, 0, 0)
    reached: int | None = None
    language: str = "sv"
    is_telling: bool = False


def together(ideas: Sequence[One]) -> Candidates:
    counts = np.array([one.votes for one in ideas], np.int64).reshape(-1, 3)
    numbers = np.array([one.number for one in ideas], np.int64)
    return Candidates(
        ids=numbers,
        numbers=numbers,
        threads=np.ones_like(numbers),
        languages=np.array([one.language for one in ideas], np.str_),
        counts=counts,
        reached=np.array([sum(one.votes) if one.reached is None else one.reached for one in ideas], np.int64),
        priorities=statistics.priority(counts, np.ones(len(ideas))),
        is_telling=np.array([one.is_telling for one in ideas], bool),
    )


def drawn_from(ideas: Sequence[One], *, seen: Collection[int] = (), seed: int = 1, step: int = 0) -> Drawn:
    drawn = draw(together(ideas), seen=seen, language="sv", seed=seed, step=step)
    assert drawn is not None
    return drawn


class TestSteps:
    def test_what_hardly_anybody_has_seen_comes_before_all_else(self) -> None:
        ideas = [One(1, (50, 5, 5)), One(2, (10, 0, 0)), One(3, reached=FIRST_LOOK - 1)]
        assert drawn_from(ideas).number == 3
        assert drawn_from(ideas).reasons[0] is Reason.FIRST_LOOK

    def test_what_has_not_had_its_minimum_comes_before_what_has(self) -> None:
        ideas = [One(1, (20, 0, 0)), One(2, (0, 0, 5), reached=MINIMUM_EXPOSURE - 1)]
        drawn = drawn_from(ideas)
        assert drawn.number == 2
        assert drawn.reasons == (Reason.MINIMUM, Reason.FEW_VOTES)

    def test_ideas_in_the_readers_language_come_before_others(self) -> None:
        ideas = [One(1, language="ar"), One(2, (50, 5, 5))]
        assert drawn_from(ideas).number == 2
        assert Reason.OWN_LANGUAGE in drawn_from(ideas).reasons
        drawn = drawn_from(ideas, seen={2})
        assert drawn.number == 1
        assert Reason.OTHER_LANGUAGE in drawn.reasons

    def test_language_is_no_reason_where_there_is_but_one(self) -> None:
        assert not {Reason.OWN_LANGUAGE, Reason.OTHER_LANGUAGE} & set(drawn_from([One(1), One(2)]).reasons)

    def test_somebody_who_has_seen_everything_is_shown_nothing(self) -> None:
        for ideas in ([One(1), One(2)], []):
            assert draw(together(ideas), seen={1, 2}, language="sv", seed=1, step=0) is None

    @given(st.lists(st.integers(0, 30), min_size=1, max_size=30), st.integers(0, 2**31))
    def test_nobody_sees_an_idea_twice_and_everybody_sees_all(self, reached: list[int], seed: int) -> None:
        ideas = together([One(number, reached=people) for number, people in enumerate(reached, 1)])
        seen: list[int] = []
        while drawn := draw(ideas, seen=seen, language="sv", seed=seed, step=len(seen)):
            seen.append(drawn.idea_id)
        assert sorted(seen) == ideas.ids.tolist()

    def test_every_idea_reaches_its_minimum_before_others_run_ahead(self) -> None:
        ideas = together([One(number) for number in range(1, 31)])
        for person in range(2 * MINIMUM_EXPOSURE):
            seen: set[int] = set()
            for step in range(10):
                waiting = ideas.reached[~ideas.are_among(seen)]
                drawn = draw(ideas, seen=seen, language="sv", seed=person, step=step)
                assert drawn
                assert drawn.reached < MINIMUM_EXPOSURE or waiting.min() >= MINIMUM_EXPOSURE
                seen.add(drawn.idea_id)
                ideas.reached[drawn.number - 1] += 1
                # Everybody passes on every other idea, so that it would seldom be drawn by priority alone.
                ideas.counts[drawn.number - 1, [AGREES, PASSES][drawn.number % 2]] += 1
                ideas.priorities[:] = statistics.priority(ideas.counts, np.ones(30))
        assert ideas.reached.sum() == 400
        assert ideas.reached.max() <= MINIMUM_EXPOSURE

    def test_what_was_put_off_comes_back_in_turn(self) -> None:
        ideas = together([One(number) for number in range(1, 5)])
        order: list[int] = []
        for _ in range(4):
            drawn = draw_again(ideas, put_off={1, 2, 4}, passed_over=order, seed=1, step=0)
            assert drawn
            order.append(drawn.number)
        assert sorted(order[:3]) == [1, 2, 4]
        assert order[3] == order[0]
        assert draw_again(ideas, put_off=(), passed_over=(), seed=1, step=0) is None


class TestReasons:
    @pytest.mark.parametrize(
        ("one", "reasons"),
        [
            (One(1, (40, 5, 5)), (Reason.ALL_SEEN_ENOUGH,)),
            (One(1, (20, 5, 25)), (Reason.ALL_SEEN_ENOUGH, Reason.MANY_PASS)),
            (One(1, (22, 20, 5)), (Reason.ALL_SEEN_ENOUGH, Reason.DIVIDED)),
            (One(1, (40, 5, 5), is_telling=True), (Reason.ALL_SEEN_ENOUGH, Reason.TELLS_GROUPS_APART)),
            (One(1, (2, 1, 2), reached=30), (Reason.ALL_SEEN_ENOUGH, Reason.FEW_VOTES)),
            (One(1, (0, 0, 2), reached=2), (Reason.FIRST_LOOK,)),
        ],
    )
    def test_they_say_what_is_true_of_the_idea(self, one: One, reasons: tuple[Reason, ...]) -> None:
        assert drawn_from([one]).reasons == reasons

    def test_the_chance_is_the_priority_among_the_rivals(self) -> None:
        ideas = [One(1, (40, 5, 5)), One(2, (20, 20, 20)), One(3, reached=10)]
        drawn, weights = drawn_from(ideas, seen={3}), together(ideas[:2]).priorities
        assert drawn.rivals == 2
        assert drawn.chance == pytest.approx(weights[drawn.number - 1] / weights.sum())


class TestLots:
    def test_the_same_seed_gives_the_same_idea_in_whatever_order_the_ideas_come(self) -> None:
        ideas = [One(number, (number, 20, 3)) for number in range(1, 40)]
        assert drawn_from(ideas).number == drawn_from(ideas[::-1]).number

    def test_a_change_to_others_seldom_changes_what_somebody_is_shown(self) -> None:
        ideas = [One(number, (number, 20, 3)) for number in range(1, 101)]
        voted = [One(number, (number + number % 2, 20, 3)) for number in range(1, 101)]
        same = [drawn_from(ideas, seed=n).number == drawn_from(voted, seed=n).number for n in range(200)]
        assert sum(same) > 190


# ---------------------------------------------------------------- the canary

VOTES = [(30 + 4 * n, 30 - 2 * n, 1 + (n * 7) % 30) for n in range(12)]


def unevenness(candidates: Candidates, expected: Floats) -> float:
    """Return the chi-square statistic of many draws against chances in proportion to `expected`, (N,)."""
    drawn = Counter(
        found.number
        for seed in range(DRAWS)
        if (found := draw(candidates, seen=(), language="sv", seed=seed, step=0))
    )
    seen = np.array([drawn[number] for number in candidates.numbers.tolist()])
    wanted = DRAWS * expected / expected.sum()
    return float(((seen - wanted) ** 2 / wanted).sum())


def complaints_of_the_canary(candidates: Candidates) -> list[str]:
    """Return what is wrong with how these ideas, all of equal need but with different votes, are drawn."""
    found = []
    if unevenness(candidates, statistics.priority(candidates.counts, np.ones(len(candidates)))) > CHANCE:
        found.append("ideas are not drawn in proportion to priority")
    if unevenness(candidates, np.ones(len(candidates))) < CHANCE:
        found.append("ideas are drawn as if all were alike")
    return found


def pool_of_votes(session: Session) -> Candidates:
    """Return what the database says of twelve ideas with different votes."""
    consultation = make_consultation(session)
    for votes in VOTES:
        one = make_idea(session, consultation.threads[0], language="sv")
        one.agrees, one.disagrees, one.passes = votes
    session.flush()
    found = Pools().of(session, consultation.id, read_extremities=dict).within(None)
    assert set(needs(found.reached).tolist()) == {Need.NONE}
    return found


def test_ideas_are_drawn_in_proportion_to_their_priority(session: Session) -> None:
    assert complaints_of_the_canary(pool_of_votes(session)) == []


def test_the_canary_dies_when_all_priorities_are_equal(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "priority", lambda counts, _extremity: np.ones(len(counts)))
    assert complaints_of_the_canary(pool_of_votes(session)) == [
        "ideas are not drawn in proportion to priority",
        "ideas are drawn as if all were alike",
    ]


def test_an_idea_that_tells_groups_apart_is_drawn_more_often(session: Session) -> None:
    consultation = make_consultation(session)
    for _ in range(6):
        make_idea(session, consultation.threads[0])
    far = {number: 4.0 if number == 1 else 0.5 for number in range(1, 6)}
    found = Pools().of(session, consultation.id, read_extremities=lambda: far).within(None)
    assert found.is_telling.tolist() == [True, False, False, False, False, False]
    # The sixth is newer than the landscape and counts as an ordinary one.
    assert found.priorities[0] > found.priorities[5] > found.priorities[1]


def test_a_pool_is_read_anew_after_some_seconds_and_when_it_has_to_be_fresh(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    consultation, pools = make_consultation(session), Pools()

    def size(is_fresh: bool = False) -> int:
        return len(pools.of(session, consultation.id, read_extremities=dict, is_fresh=is_fresh).candidates)

    assert size() == 0
    make_idea(session, consultation.threads[0])
    assert size() == 0
    assert size(is_fresh=True) == 1
    make_idea(session, consultation.threads[1])
    monkeypatch.setattr(pool, "MOST_SECONDS", 0)
    assert size() == 2

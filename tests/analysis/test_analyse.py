"""A whole analysis: what it says of good votes and of bad ones, and that nothing but the votes decides it."""

import os
import subprocess
import sys
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deliberation.analysis.clusters import adjusted_rand
from deliberation.analysis.landscape import NOT_PLACED, Landscape, Outcome, Parameters, Reason
from deliberation.analysis.pipeline import analyse
from deliberation.analysis.votes import VoteMatrix
from tests.analysis.crowds import SETS, deal_anew, plant, read_open_set, rebuild

QUICK = Parameters(resamples=6)
UNTESTED = Parameters(resamples=0)


def votes(rows: dict[int, dict[int, int]], **more: Any) -> VoteMatrix:
    """The matrix of these choices, by person and idea."""
    triples = [(person, idea, choice) for person, row in rows.items() for idea, choice in row.items()]
    people, ideas, choices = zip(*triples, strict=True) if triples else ((), (), ())
    return VoteMatrix.of(people=people, ideas=ideas, choices=choices, **more)


def numbers_in(value: Any) -> list[float]:
    """Every number anywhere in a result."""
    if isinstance(value, np.ndarray):
        return np.asarray(value, dtype=float).ravel().tolist()
    if is_dataclass(value):
        return [number for field in fields(value) for number in numbers_in(getattr(value, field.name))]
    if isinstance(value, tuple):
        return [number for one in value for number in numbers_in(one)]
    return [float(value)] if isinstance(value, int | float) else []


# ------------------------------------------------------------------ good votes


@pytest.mark.parametrize(
    ("groups", "noise", "seen"), [(2, 0.4, 0.2), (3, 0.2, 0.6), (4, 0.1, 0.6), (5, 0.2, 0.6)]
)
def test_planted_groups_are_found(groups: int, noise: float, seen: float) -> None:
    matrix, truth = plant(groups, people=300, ideas=150, noise=noise, seen=seen)
    landscape = analyse(matrix, QUICK)
    assert landscape.decision.outcome is Outcome.GROUPS
    assert landscape.decision.reasons == (Reason.GROUPS_STAY,)
    assert landscape.groups == groups
    assert adjusted_rand(landscape.group_of.astype(np.int64), truth) > 0.95
    assert landscape.steadiness.mean() > 0.95
    assert (np.diff(landscape.group_sizes) <= 0).all()
    assert all(1 <= len(ideas) <= 5 for ideas in landscape.representative)


def test_groups_that_the_map_cannot_show_are_found_beyond_it() -> None:
    matrix, _ = plant(5, people=300, ideas=150, noise=0.1, seen=0.6)
    landscape = analyse(matrix, QUICK)
    assert landscape.decision.dimensions > 2
    assert landscape.points.shape == (300, 2)


@pytest.mark.parametrize("seed", range(5))
def test_the_same_votes_dealt_anew_have_no_groups(seed: int) -> None:
    matrix, _ = plant(3, people=200, ideas=60)
    assert analyse(matrix, QUICK).decision.outcome is Outcome.GROUPS
    outcome = analyse(deal_anew(matrix, seed=seed), QUICK).decision.outcome
    assert outcome in {Outcome.ONE_CROWD, Outcome.NO_STABLE_GROUPS}


def test_people_along_a_line_are_no_stable_groups() -> None:
    random = np.random.default_rng(3)
    lean, side = random.normal(size=(60, 1)) * 0.6, random.choice([-1, 1], 24)
    choices = np.sign(lean * side + random.normal(size=(60, 24))).astype(int)
    matrix = votes({row: dict(enumerate(choices[row].tolist())) for row in range(60)})
    decision = analyse(matrix, Parameters()).decision
    assert (decision.outcome, decision.reasons) == (Outcome.NO_STABLE_GROUPS, (Reason.GROUPS_CHANGE,))
    assert decision.stability is not None
    assert decision.stability < Parameters().stable_from


def test_a_handful_that_differs_is_no_group() -> None:
    random = np.random.default_rng(1)
    rows = {row: {idea: 1 if random.random() < 0.97 else 0 for idea in range(20)} for row in range(60)}
    rows |= {row: dict.fromkeys(range(20), -1) for row in range(60, 64)}
    decision = analyse(votes(rows), QUICK).decision
    assert decision.outcome in {Outcome.ONE_CROWD, Outcome.NO_STABLE_GROUPS}


def test_who_has_voted_little_is_not_placed_but_counts() -> None:
    matrix, _ = plant(2, people=60, ideas=30)
    whose = np.repeat(matrix.people, np.diff(matrix.starts)).tolist()
    more = VoteMatrix.of(
        people=[*whose, 1000, 1000],
        ideas=[*matrix.ideas[matrix.columns].tolist(), 4, 5],
        choices=[*matrix.choices.tolist(), 1, -1],
    )
    before, after = analyse(matrix, UNTESTED), analyse(more, UNTESTED)
    newcomer = after.people.tolist().index(1000)
    assert not after.is_placed[newcomer]
    assert after.group_of[newcomer] == NOT_PLACED
    assert after.steadiness[newcomer] == 0.0
    assert after.points[newcomer].any()
    assert (after.counts - before.counts).sum() == 2
    assert after.group_counts.sum() == before.group_counts.sum()


def test_the_first_fifteen_are_placed_however_little_they_voted() -> None:
    rows = {row: dict.fromkeys(range(9), 1 - 2 * (row % 2)) for row in range(5)}
    rows |= {row: dict.fromkeys(range(1 + row % 3), 1) for row in range(5, 40)}
    landscape = analyse(votes(rows), UNTESTED)
    fewest = landscape.votes_cast[landscape.is_placed].min()
    assert fewest == 3
    assert landscape.is_placed[landscape.votes_cast >= 9].all()
    # Those who said the same are treated alike, even beyond fifteen.
    assert landscape.is_placed.sum() == 5 + 12


def test_progress_ascends_to_the_end() -> None:
    told: list[float] = []
    analyse(plant(2)[0], QUICK, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(set(told)) >= 6


# ------------------------------------------------------------------ straight-liners


def test_who_answers_everything_alike_is_flagged_and_left_out_for_comparison() -> None:
    matrix, _ = plant(2, people=150, ideas=40, seen=0.8)
    rows = {
        int(person): dict(zip(matrix.columns[a:b].tolist(), matrix.choices[a:b].tolist(), strict=True))
        for person, a, b in zip(matrix.people, matrix.starts, matrix.starts[1:], strict=False)
    }
    straight = {900: 1, 901: -1, 902: 0}
    rows |= {person: dict.fromkeys(range(40), choice) for person, choice in straight.items()}
    rows[903] = dict.fromkeys(range(6), 1)
    landscape = analyse(votes(rows), QUICK)
    assert set(landscape.people[landscape.is_straight_liner].tolist()) == set(straight)
    comparison = landscape.without_straight_liners
    assert comparison is not None
    assert (comparison.left_out, comparison.groups, comparison.outcome) == (3, 2, Outcome.GROUPS)
    assert comparison.agreement is not None
    assert comparison.agreement > 0.95
    assert len(comparison.most_agreed) == 5


def test_where_all_agree_to_agree_is_no_sign() -> None:
    random = np.random.default_rng(4)
    rows = {
        row: {idea: int(random.choice([1, 0], p=[0.97, 0.03])) for idea in range(20)} for row in range(50)
    }
    landscape = analyse(votes(rows), UNTESTED)
    assert any(set(row.values()) == {1} for row in rows.values())
    assert not landscape.is_straight_liner.any()
    assert landscape.without_straight_liners is None


def test_nothing_is_left_where_everybody_is_straight() -> None:
    rows = {row: dict.fromkeys(range(20), 1 - 2 * (row % 2)) for row in range(40)}
    landscape = analyse(votes(rows), QUICK)
    assert landscape.is_straight_liner.all()
    assert landscape.without_straight_liners is not None
    assert landscape.without_straight_liners.outcome is Outcome.NOTHING


# ------------------------------------------------------------------ bad votes

THIRTY = range(30)


@pytest.mark.parametrize(("matrix", "outcome", "reason"), [
    (votes({}), Outcome.NOTHING, Reason.NOBODY_VOTED),
    (votes({}, all_ideas=[1, 2]), Outcome.NOTHING, Reason.NOBODY_VOTED),
    (votes({1: {1: 1, 2: -1, 3: 0}}), Outcome.NOTHING, Reason.TOO_FEW_PEOPLE),
    (votes({1: {1: 1, 2: -1, 3: 0}, 2: {1: 1, 2: -1, 3: 0}}), Outcome.NOTHING, Reason.TOO_FEW_PEOPLE),
    (votes({row: {1: row % 3 - 1} for row in THIRTY}), Outcome.NOTHING, Reason.TOO_FEW_IDEAS),
    (
        votes({row: {1: 1, 2: row % 3 - 1, 3: 0} for row in THIRTY}, off_map=[1]),
        Outcome.NOTHING, Reason.TOO_FEW_IDEAS,
    ),
    (votes({row: {1: 1, 2: 1} for row in THIRTY}, off_map=[1, 2]), Outcome.NOTHING, Reason.TOO_FEW_PEOPLE),
    (votes({row: {1: 1, 2: -1, 3: 0, 4: 1} for row in THIRTY}), Outcome.ONE_CROWD, Reason.ALL_ALIKE),
    (votes({row: dict.fromkeys(range(9), 0) for row in THIRTY}), Outcome.ONE_CROWD, Reason.ALL_ALIKE),
])  # fmt: skip
def test_what_cannot_be_said_is_said_to_be_so(matrix: VoteMatrix, outcome: Outcome, reason: Reason) -> None:
    landscape = analyse(matrix, QUICK)
    assert (landscape.decision.outcome, landscape.decision.reasons) == (outcome, (reason,))
    assert landscape.decision.stability is None
    assert np.isfinite(numbers_in(landscape)).all()


def test_an_idea_nobody_saw_is_left_where_it_is() -> None:
    matrix, _ = plant(2)
    more = rebuild(matrix, ideas=np.arange(60))
    unseen = VoteMatrix.of(
        people=np.repeat(more.people, np.diff(more.starts)),
        ideas=more.ideas[more.columns],
        choices=more.choices,
        all_ideas=range(61),
    )
    one, other = analyse(more, UNTESTED), analyse(unseen, UNTESTED)
    assert other.counts[60].sum() == 0
    assert other.extremity[60] == 0.0
    assert other.division[60] == 0.0
    assert other.mean_consensus[60] == pytest.approx(0.5)
    groups = dict(zip(one.people.tolist(), one.group_of.tolist(), strict=True))
    assert groups == dict(zip(other.people.tolist(), other.group_of.tolist(), strict=True))


def test_somebody_with_ten_thousand_votes_is_one_of_many() -> None:
    matrix, _ = plant(2, people=60, ideas=30)
    random = np.random.default_rng(6)
    whose = np.repeat(matrix.people, np.diff(matrix.starts))
    more = VoteMatrix.of(
        people=np.concatenate((whose, np.full(10_000, 5_000))),
        ideas=np.concatenate((matrix.ideas[matrix.columns], np.arange(10_000))),
        choices=np.concatenate((matrix.choices, random.integers(-1, 2, 10_000))),
    )
    landscape = analyse(more, QUICK)
    assert landscape.votes_cast.max() == 10_000
    assert landscape.decision.outcome is Outcome.GROUPS
    assert np.isfinite(numbers_in(landscape)).all()


def test_two_who_vote_alike_lie_at_one_place_in_one_group() -> None:
    matrix, _ = plant(3, people=80)
    twins = {int(person) + 1000: int(person) for person in matrix.people[::4]}
    rows = {
        int(person): dict(zip(matrix.columns[a:b].tolist(), matrix.choices[a:b].tolist(), strict=True))
        for person, a, b in zip(matrix.people, matrix.starts, matrix.starts[1:], strict=False)
    }
    landscape = analyse(votes(rows | {twin: rows[person] for twin, person in twins.items()}), QUICK)
    row_of = {person: row for row, person in enumerate(landscape.people.tolist())}
    for twin, person in twins.items():
        one, other = row_of[twin], row_of[person]
        assert landscape.group_of[one] == landscape.group_of[other]
        assert landscape.points[one].tolist() == landscape.points[other].tolist()
        assert landscape.steadiness[one] == landscape.steadiness[other]


@st.composite
def any_matrix(draw: st.DrawFn) -> VoteMatrix:
    people, ideas = draw(st.integers(1, 40)), draw(st.integers(1, 12))
    cells = draw(st.lists(st.integers(-1, 4), min_size=people * ideas, max_size=people * ideas))
    seen = [(cell // ideas, cell % ideas, choice) for cell, choice in enumerate(cells) if choice <= 1]
    off_map = draw(st.sets(st.integers(0, ideas - 1), max_size=3))
    people_in, ideas_in, choices = zip(*seen, strict=True) if seen else ((), (), ())
    return VoteMatrix.of(
        people=people_in, ideas=ideas_in, choices=choices, all_ideas=range(ideas), off_map=off_map
    )


@given(any_matrix())
@settings(max_examples=60, deadline=None)
def test_every_number_is_finite_and_every_share_is_one(matrix: VoteMatrix) -> None:
    landscape = analyse(matrix, Parameters(resamples=2, shuffles=1, fewest_in_group=3))
    assert np.isfinite(numbers_in(landscape)).all()
    for shares in (landscape.consensus, landscape.mean_consensus, landscape.division, landscape.steadiness):
        assert ((shares >= 0) & (shares <= 1)).all()
    assert (landscape.priority > 0).all()
    assert landscape.group_sizes.sum() == landscape.is_placed.sum()
    assert (landscape.group_of >= 0).tolist() == landscape.is_placed.tolist()
    assert (landscape.group_sizes > 0).all()


# ------------------------------------------------------------------ nothing but the votes decides


def partition(landscape: Landscape) -> dict[int, int]:
    """The group of each person, by what they are called."""
    return dict(zip(landscape.people.tolist(), landscape.group_of.tolist(), strict=True))


@pytest.mark.parametrize("name", ["planted", *SETS])
def test_the_order_of_rows_and_their_names_change_nothing(name: str) -> None:
    matrix = plant(3)[0] if name == "planted" else read_open_set(name).matrix
    order = np.random.default_rng(8).permutation(len(matrix.choices))
    whose = np.repeat(matrix.people * 7 % 10_007, np.diff(matrix.starts))
    again = VoteMatrix.of(
        people=whose[order],
        ideas=matrix.ideas[matrix.columns][order],
        choices=matrix.choices[order],
        all_ideas=matrix.ideas,
        off_map=matrix.ideas[~matrix.is_on_map].tolist(),
    )
    few = Parameters(resamples=1, shuffles=1)
    one, other = analyse(matrix, few), analyse(again, few)
    assert one.digest == other.digest
    assert one.points.tobytes() == other.points.tobytes()
    assert one.digest != analyse(matrix, replace(few, seed=1)).digest


@pytest.mark.parametrize("name", ["planted", *SETS[:2]])
def test_agreeing_for_disagreeing_changes_no_group(name: str) -> None:
    matrix = plant(3)[0] if name == "planted" else read_open_set(name).matrix
    few = Parameters(resamples=2, shuffles=2)
    one, other = analyse(matrix, few), analyse(rebuild(matrix, choices=-matrix.choices), few)
    assert partition(one) == partition(other)
    assert one.decision.stability == other.decision.stability
    assert one.counts[:, 0].tolist() == other.counts[:, 1].tolist()


@pytest.mark.parametrize("name", ["planted", *SETS[:2]])
def test_the_ideas_numbers_change_no_group(name: str) -> None:
    matrix = plant(3)[0] if name == "planted" else read_open_set(name).matrix
    renamed = np.random.default_rng(9).permutation(len(matrix.ideas)) + 5_000
    again = VoteMatrix.of(
        people=np.repeat(matrix.people, np.diff(matrix.starts)),
        ideas=renamed[matrix.columns],
        choices=matrix.choices,
        all_ideas=renamed,
        off_map=renamed[~matrix.is_on_map].tolist(),
    )
    few = Parameters(resamples=2, shuffles=2)
    one, other = analyse(matrix, few), analyse(again, few)
    assert partition(one) == partition(other)
    assert one.decision == other.decision


PRINT_DIGEST = """
from hashlib import sha256
from tests.analysis.crowds import plant
from deliberation.analysis.landscape import Parameters
from deliberation.analysis.pipeline import analyse
from deliberation.analysis.storing import dump
matrix, _ = plant(4, people=3000, ideas=300, seen=0.1)
landscape = analyse(matrix, Parameters(resamples=2, shuffles=2))
print(landscape.digest, sha256(dump(landscape, with_people=True)).hexdigest())
"""


def test_two_processes_with_one_thread_and_with_two_give_the_same_bytes() -> None:
    root = Path(__file__).parents[2]
    printed = {
        subprocess.run(
            [sys.executable, "-c", PRINT_DIGEST],
            env=os.environ
            | {"OPENBLAS_NUM_THREADS": threads, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            cwd=root,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for threads, seed in (("1", "1"), ("2", "2"))
    }
    assert len(printed) == 1
    assert len(printed.pop().split()) == 2


@pytest.mark.parametrize("name", SETS)
def test_open_sets_are_judged_as_they_deserve(name: str) -> None:
    published = read_open_set(name)
    landscape = analyse(published.matrix, Parameters(resamples=8))
    expected = Outcome.NO_STABLE_GROUPS if name == "bg2050-volunteers" else Outcome.GROUPS
    assert landscape.decision.outcome is expected
    assert landscape.decision.candidates


def test_intervals_are_read_without_numpy() -> None:
    # The pages import them at their start.
    told = subprocess.run(
        [sys.executable, "-c", "import sys, deliberation.analysis.intervals; print('numpy' in sys.modules)"],
        cwd=Path(__file__).parents[2],
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout.strip() == "False"

"""Raking against a published table, and what cannot be raked."""

import numpy as np
import pytest

from deliberation.analysis.raking import (
    ImpossibleTarget,
    NotConverging,
    effective_size,
    rake,
    share_interval,
)

SEED = np.array([[40, 30, 20, 10], [35, 50, 100, 75], [30, 80, 70, 120], [20, 30, 40, 50]])
"""The worked example of iterative proportional fitting in the English Wikipedia, as R's mipfp gives it."""
FITTED = np.array(
    [
        [64.61, 46.28, 35.42, 3.83],
        [49.95, 68.15, 156.49, 25.37],
        [56.70, 144.40, 145.06, 53.76],
        [28.74, 41.18, 63.03, 17.03],
    ]
)


def test_raking_equals_the_published_table() -> None:
    rows, columns = (axis.ravel() for axis in np.indices(SEED.shape))
    found = rake(
        [rows, columns],
        [np.array([0.15, 0.3, 0.4, 0.15]), np.array([0.2, 0.3, 0.4, 0.1])],
        people=SEED.ravel(),
        most=None,
    )
    fitted = (found.weights * SEED.ravel()).reshape(SEED.shape) * 1000 / SEED.sum()
    assert np.abs(fitted - FITTED).max() < 0.06
    assert found.furthest < 1e-9


def test_the_effective_size_is_kishs() -> None:
    assert effective_size(np.array([1.0, 2.0, 3.0])) == pytest.approx(36 / 14)
    assert effective_size(np.ones(50)) == pytest.approx(50)


def test_one_margin_is_weighted_as_by_hand() -> None:
    # 80 and 20 of 100 people, known to be half and half: weights 0.625 and 2.5, n = 100² / 156.25.
    found = rake([np.array([0, 1])], [np.array([0.5, 0.5])], people=np.array([80, 20]))
    assert found.weights.tolist() == pytest.approx([0.625, 2.5])
    assert found.effective == pytest.approx(64)
    assert not found.is_trimmed


def test_great_weights_are_cut_and_it_is_said() -> None:
    found = rake([np.array([0, 1])], [np.array([0.5, 0.5])], people=np.array([98, 2]), most=5)
    assert found.is_trimmed
    assert found.weights[1] == pytest.approx(5)
    assert found.weights @ [98, 2] == pytest.approx(100)
    assert found.furthest == pytest.approx(0.4)


def test_shares_nobody_can_fill_are_refused_with_their_category() -> None:
    with pytest.raises(ImpossibleTarget, match="nobody has answered") as refusal:
        rake([np.array([0, 0, 1])], [np.array([0.5, 0.3, 0.2])])
    assert refusal.value.category == 2
    with pytest.raises(ImpossibleTarget, match="somebody has answered"):
        rake([np.array([0, 1])], [np.array([1.0, 0.0])])
    with pytest.raises(ImpossibleTarget, match="sum to 1"):
        rake([np.array([0, 1])], [np.array([0.5, 0.6])])


def test_shares_that_contradict_each_other_are_refused() -> None:
    same = np.array([0, 0, 1])
    with pytest.raises(NotConverging):
        rake([same, same], [np.array([0.5, 0.5]), np.array([0.2, 0.8])])


def test_the_interval_widens_with_fewer_effective_people() -> None:
    narrow, wide = share_interval(0.3, 400), share_interval(0.3, 40.5)
    assert wide.low < narrow.low < 0.3 < narrow.high < wide.high

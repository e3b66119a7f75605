"""The test of independence against published figures."""

import numpy as np
import pytest
from scipy.stats import multivariate_hypergeom

from deliberation.analysis.independence import (
    Method,
    Strength,
    chi_squared,
    corrected_effect,
    examine,
    fisher,
    strength_of,
)


@pytest.mark.parametrize(
    ("table", "probability"),
    [
        # Fisher's lady tasting tea; R: fisher.test(…)$p.value.
        ([[3, 1], [1, 3]], 0.4857143),
        # R's help of fisher.test, convictions of twins (Fisher 1970): p = 0.0005367241, two-sided.
        ([[2, 10], [15, 3]], 0.0005367241),
        ([[8, 2], [1, 5]], 0.03496503),
    ],
)
def test_fishers_test_equals_that_of_r(table: list[list[int]], probability: float) -> None:
    assert fisher(np.array(table)) == pytest.approx(probability, rel=1e-6)


def test_chi_squared_equals_that_of_agrestis_table_of_parties() -> None:
    # Agresti, "Categorical data analysis" (2002), gender and party; R: chisq.test(…) gives X² = 30.07015.
    parties = np.array([[762, 327, 468], [484, 239, 477]])
    assert float(chi_squared(parties)) == pytest.approx(30.07015, abs=1e-5)


def test_monte_carlo_comes_as_near_to_the_exact_probability_as_it_says() -> None:
    table = np.array([[10, 10, 20], [20, 20, 20]])
    of_columns = multivariate_hypergeom(m=[30, 30, 40], n=40)
    exact = sum(
        of_columns.pmf([one, other, 40 - one - other])
        for one in range(31)
        for other in range(31)
        if 0 <= 40 - one - other <= 40
        and chi_squared(np.array([[one, other, 40 - one - other], [30 - one, 30 - other, one + other]]))
        >= 2.7777
    )
    found = examine(table, seed=5)
    assert found is not None
    assert found.method is Method.MONTE_CARLO
    assert 0 < found.error < 0.005
    assert abs(found.probability - exact) < 4 * found.error


def test_the_same_seed_gives_the_same_probability() -> None:
    table = np.array([[14, 20, 11], [9, 30, 16]])
    assert examine(table, seed=1) == examine(table, seed=1)


def test_the_effect_is_corrected_for_chance_as_worked_out_by_hand() -> None:
    # φ² = 0.027778 − 2/99; r̃ = 2 − 1/99, k̃ = 3 − 4/99; V = sqrt(0.0075758 / 0.9898990).
    assert corrected_effect(np.array([[10, 10, 20], [20, 20, 20]])) == pytest.approx(0.0874818, abs=1e-6)
    assert corrected_effect(np.array([[25, 25], [25, 25]])) == 0.0
    assert corrected_effect(np.array([[500, 0], [0, 500]])) == pytest.approx(1.0)


def test_an_effect_has_a_word() -> None:
    words = [strength_of(effect, 2) for effect in (0.05, 0.1, 0.35, 0.6)]
    assert words == [Strength.NONE, Strength.WEAK, Strength.MODERATE, Strength.STRONG]


def test_a_table_with_one_line_left_is_not_tested() -> None:
    assert examine(np.array([[4, 5], [0, 0]]), seed=1) is None
    assert examine(np.zeros((0, 3), dtype=int), seed=1) is None


def test_independent_answers_are_rarely_called_dependent() -> None:
    rng = np.random.default_rng(8)
    chances = np.outer([0.3, 0.5, 0.2], [0.4, 0.1, 0.25, 0.25]).ravel()
    found = [examine(rng.multinomial(200, chances).reshape(3, 4), seed=1, draws=499) for _ in range(200)]
    assert sum(one is not None and one.probability <= 0.05 for one in found) <= 20

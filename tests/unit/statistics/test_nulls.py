"""p, intervals and the index, and what they make of missing values."""

import math

import numpy as np
import pytest
from response_clusters.statistics.nulls import compare, index, interval, mean, p_value

NAN = math.nan


def test_p_counts_the_observed_value_as_a_draw() -> None:
    assert p_value(5, [1, 2, 3]) == 1 / 4
    assert p_value(2, [1, 2, 3]) == 3 / 4
    assert p_value(0, [1, 2, 3]) == 1.0
    assert p_value(5, np.zeros(39)) == 0.025


def test_p_is_uniform_under_the_null() -> None:
    """Whatever the rank of the observed value among B draws, p is its rank over 1 + B."""
    draws = np.random.default_rng(0).standard_normal(20)
    p = [float(p_value(x, np.delete(draws, i))) for i, x in enumerate(draws)]
    np.testing.assert_allclose(sorted(p), np.arange(1, 21) / 20)


def test_a_last_bit_does_not_decide_a_p() -> None:
    assert p_value(0.1 + 0.2, [0.3]) == 1.0
    assert p_value(1e6 * (0.1 + 0.2), [3e5]) == 1.0
    assert p_value(0.3, [0.3 - 1e-9]) == 0.5


def test_many_statistics_at_once() -> None:
    null = np.arange(12.0).reshape(4, 3)
    found = p_value([3.0, 20.0, -1.0], null)
    np.testing.assert_array_equal(found, [(1 + 3) / 5, 1 / 5, 1.0])
    each = [float(p_value(x, null[:, i])) for i, x in enumerate((3.0, 20.0, -1.0))]
    np.testing.assert_array_equal(found, each)


def test_missing_draws_are_left_out() -> None:
    assert p_value(2, [1, NAN, 3, None]) == 2 / 3
    low, high = interval([NAN, 4.0, None, 4.0])
    assert (low, high) == (4, 4)
    assert mean([1.0, None, 3.0]) == 2
    assert index(3, [NAN, 1.0], [5.0, None]) == 0.5


@pytest.mark.parametrize("draws", [[], [NAN], [None, NAN]])
def test_without_draws_there_is_nothing(draws: list[float | None]) -> None:
    assert math.isnan(p_value(1, draws))
    assert all(math.isnan(bound) for bound in interval(draws))
    assert math.isnan(mean(draws))
    assert math.isnan(index(1, draws, [1.0]))
    assert math.isnan(index(1, [1.0], draws))


@pytest.mark.parametrize("observed", [NAN, None])
def test_without_an_observed_value_there_is_nothing(observed: float | None) -> None:
    assert math.isnan(p_value(observed, [1, 2]))
    assert math.isnan(index(observed, [1, 2], [3]))


def test_intervals_are_numpys_quantiles() -> None:
    draws = np.random.default_rng(1).standard_normal((39, 2, 3))
    expected = np.quantile(draws, (0.025, 0.975), axis=0)
    np.testing.assert_allclose(np.stack(interval(draws)), expected)
    draws[:5, 0, 0] = NAN
    draws[:, 1, 1] = NAN
    low, high = interval(draws)
    np.testing.assert_allclose(
        (low[0, 0], high[0, 0]), np.nanquantile(draws[:, 0, 0], (0.025, 0.975))
    )
    assert math.isnan(low[1, 1]) and math.isnan(high[1, 1])


def test_the_index_is_zero_at_the_continuum_and_one_at_the_groups() -> None:
    continuum, groups = [0.2, 0.4], [0.8, 1.0]
    assert index(0.3, continuum, groups) == pytest.approx(0)
    assert index(0.9, continuum, groups) == pytest.approx(1)
    assert index(0.6, continuum, groups) == pytest.approx(0.5)
    assert index(1.5, continuum, groups) == pytest.approx(2)  # not clipped
    # A change of scale, or of sign, changes nothing.
    scaled = index(-6.0, [-2.0, -4.0], [-8.0, -10.0])
    assert scaled == pytest.approx(0.5)


def test_models_that_a_statistic_does_not_tell_apart_have_no_index() -> None:
    assert math.isnan(index(1, [0.1 + 0.2], [0.3]))
    found = index([1.0, 2.0], [[0.0, 3.0]], [[2.0, 3.0]])
    assert found[0] == 0.5 and math.isnan(found[1])


def test_a_comparison_has_it_all() -> None:
    found = compare(0.5, [0.1, 0.2, 0.3, None], [0.7, 0.9])
    assert found.observed == 0.5
    assert found.continuum == pytest.approx(0.2)
    assert (found.low, found.high) == (pytest.approx(0.105), pytest.approx(0.295))
    assert found.p == 1 / 4
    assert found.groups == pytest.approx(0.8)
    assert found.index == pytest.approx(0.5)
    assert found.surrogates == 3


def test_without_repeats_there_is_no_index() -> None:
    found = compare(0.5, [0.1, 0.2])
    assert found.p == 1 / 3
    assert math.isnan(found.groups) and math.isnan(found.index)
    nothing = compare(None, [0.1, 0.2])
    assert math.isnan(nothing.observed) and math.isnan(nothing.p)
    assert nothing.continuum == pytest.approx(0.15)

"""Agreement of two labellings against loops over all pairs, and image resampling."""

import math
from itertools import combinations

import numpy as np
import pytest
from response_clusters.statistics.contingency import contingency, resampling_units
from response_clusters.statistics.stability import (
    adjusted_rand,
    best_jaccard,
    drawn_rows,
    image_bootstrap,
    image_halves,
    jaccard,
    prediction_strength,
    rival,
)
from sklearn.metrics import adjusted_rand_score


def test_prediction_strength_is_the_share_of_pairs_kept_in_the_worst_cluster() -> None:
    rng = np.random.default_rng(0)
    own = rng.integers(0, 3, 60)
    other = np.where(rng.random(60) < 0.8, own, rng.integers(0, 3, 60))
    kept = []
    for cluster in range(3):
        pairs = list(combinations(np.flatnonzero(own == cluster), 2))
        kept.append(np.mean([other[t] == other[u] for t, u in pairs]))
    counts = contingency(own, other, 3, 3)
    assert prediction_strength(counts) == pytest.approx(min(kept))


def test_prediction_strength_has_a_direction() -> None:
    merged = np.array([[4, 0], [3, 0]])
    assert prediction_strength(merged) == 1.0
    assert prediction_strength(merged.T) == pytest.approx((4 * 3 + 3 * 2) / (7 * 6))


def test_clusters_without_pairs_have_no_prediction_strength() -> None:
    assert prediction_strength(np.array([[1, 0], [0, 0], [1, 1]])) == 0.0
    assert prediction_strength(np.array([[1, 0], [0, 0], [3, 0]])) == 1.0
    assert math.isnan(prediction_strength(np.eye(2, dtype=int)))


@pytest.mark.parametrize("seed", range(5))
def test_the_adjusted_rand_index_is_scikit_learns(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a = rng.integers(0, 5, 400)
    b = np.where(rng.random(400) < 0.3, a, rng.integers(0, 3, 400))
    counts = contingency(a, b, 5, 5)
    assert adjusted_rand(counts) == pytest.approx(adjusted_rand_score(a, b), abs=1e-12)
    assert adjusted_rand(counts.T) == adjusted_rand(counts)


def test_a_published_adjusted_rand_index() -> None:
    """Yeung and Ruzzo (2001), Bioinformatics 17:763, supplement: ten objects, .313."""
    counts = np.array([[1, 1, 0], [1, 2, 1], [0, 0, 4]])
    assert adjusted_rand(counts) == pytest.approx((7 - 13 * 14 / 45) / (27 / 2 - 13 * 14 / 45))
    assert round(adjusted_rand(counts), 3) == 0.313


def test_the_adjusted_rand_index_of_the_same_and_of_trivial_labels() -> None:
    assert adjusted_rand(np.diag([3, 4, 5])) == 1.0
    assert adjusted_rand(np.array([[9]])) == 1.0
    assert adjusted_rand(np.eye(4, dtype=int)) == 1.0
    assert adjusted_rand(np.array([[3, 4]])) == 0.0
    assert math.isnan(adjusted_rand(np.zeros((2, 2), int)))


def test_many_trials_do_not_overflow() -> None:
    counts = np.full((2, 2), 10**9) + np.diag([10**9, 10**9])
    assert adjusted_rand(counts) == pytest.approx(1 / 9, abs=1e-6)


def test_jaccard_is_that_of_sets() -> None:
    rng = np.random.default_rng(6)
    a, b = rng.integers(0, 4, 50), rng.integers(0, 3, 50)
    found = jaccard(contingency(a, b, 4, 3))
    for j in range(4):
        for m in range(3):
            left, right = set(np.flatnonzero(a == j)), set(np.flatnonzero(b == m))
            assert found[j, m] == pytest.approx(len(left & right) / len(left | right))
    np.testing.assert_array_equal(best_jaccard(contingency(a, b, 4, 3)), found.max(axis=1))


def test_a_cluster_that_was_not_drawn_has_no_jaccard() -> None:
    best = best_jaccard(np.array([[0, 0, 0], [5, 0, 0], [1, 3, 0]]))
    assert math.isnan(best[0])
    np.testing.assert_allclose(best[1:], [5 / 6, 3 / 4])
    assert math.isnan(jaccard(np.zeros((1, 1), int))[0, 0])


def test_halves_keep_an_images_trials_together() -> None:
    images = np.array([4, 4, 9, 9, 9, 2, -1, -1, 2])
    units, n = resampling_units(images)
    seen = set()
    for seed in range(100):
        first = image_halves(n, np.random.default_rng(seed))
        assert first.sum() == n // 2
        for image in (4, 9, 2):
            assert len(set(first[units][images == image])) == 1
        seen.add(first.tobytes())
    assert len(seen) == math.comb(5, 2)


def test_a_bootstrap_draws_images_with_all_their_trials() -> None:
    units, n = resampling_units(np.repeat(np.arange(200), 3))
    drawn = image_bootstrap(n, np.random.default_rng(7))
    assert drawn.sum() == n
    rows = drawn_rows(drawn, units)
    assert len(rows) == 3 * n
    np.testing.assert_array_equal(np.bincount(units[rows], minlength=n), 3 * drawn)
    np.testing.assert_array_equal(np.unique(rows), np.flatnonzero(drawn[units] > 0))
    assert (drawn > 0).mean() == pytest.approx(1 - math.exp(-1), abs=0.1)


def test_a_seed_gives_the_same_images() -> None:
    one, two = (image_bootstrap(50, np.random.default_rng(8)) for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_the_rival_is_the_best_of_the_other_solutions() -> None:
    rng = np.random.default_rng(9)
    fit, other, worse = rng.standard_normal((3, 3, 8))
    replicates = np.stack([worse, fit[[2, 0, 1]], other, fit])
    best, least_r = rival(fit, replicates, np.array([3.0, 1.0, 2.0, 1.0]))
    assert best == 2
    np.testing.assert_allclose(least_r[[1, 3]], 1)
    # Two of its three prototypes are the fit's: the least r tells.
    partly = fit.copy()
    partly[0] = other[0]
    assert rival(fit, np.stack([fit, partly]), np.array([1.0, 1.0]))[0] == 1
    assert rival(fit, fit[None], np.array([1.0]))[0] is None
    assert rival(fit, np.empty((0, 3, 8)), np.empty(0))[0] is None

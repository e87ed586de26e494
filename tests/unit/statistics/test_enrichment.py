"""Presence of categories against loops, all permutations, all lists and published p."""

import math
from itertools import combinations, permutations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from response_clusters import StudyError
from response_clusters.statistics.contingency import contingency
from response_clusters.statistics.enrichment import (
    Presence,
    adjusted_p,
    base_counts,
    hypergeometric_p,
    image_shares,
    label_bounds,
    log_odds,
    permutation_z,
    presence,
    presence_matrix,
    ratio_interval,
    ratio_to_others,
    upper_p,
)
from response_clusters.statistics.nulls import interval
from response_clusters.statistics.stability import image_bootstrap
from scipy import stats
from scipy.sparse import csr_array

Floats = npt.NDArray[np.float64]


def images(seed: int, n: int = 7) -> tuple[Floats, csr_array, Floats]:
    """Shares of n images in three clusters, and four categories: the last two trivial."""
    rng = np.random.default_rng(seed)
    weights = image_shares(rng.multinomial(3, [0.5, 0.3, 0.2], n))
    x = (rng.random((n, 4)) < 0.4).astype(float)
    x[0, :2], x[1, :2] = 1, 0
    x[:, 2], x[:, 3] = 1, 0
    return weights, csr_array(x), x


def test_a_share_is_that_of_an_images_trials() -> None:
    shown, clusters = np.array([0, 0, 0, 1, 1]), np.array([1, 1, 0, 2, 2])
    shares = image_shares(contingency(shown, clusters, 2, 3))
    np.testing.assert_allclose(shares, [[1 / 3, 2 / 3, 0], [0, 0, 1]])
    with pytest.raises(StudyError, match="1 of 2 images have no trial"):
        image_shares(np.array([[1, 0], [0, 0]]))


def test_an_image_shows_a_category_or_not() -> None:
    shown = presence_matrix(np.array([0, 0, 2, 0]), np.array([1, 1, 0, 2]), 3, 3)
    np.testing.assert_array_equal(shown.toarray(), [[0, 1, 1], [0, 0, 0], [1, 0, 0]])
    np.testing.assert_array_equal(base_counts(shown), [1, 1, 1])


def test_presence_is_a_weighted_mean_over_images() -> None:
    weights, shown, x = images(0)
    found = presence(weights, shown)
    for c in range(3):
        for category in range(4):
            total = sum(weights[i, c] * x[i, category] for i in range(7))
            assert found.present[c, category] == pytest.approx(total)
            assert found.rate[c, category] == pytest.approx(total / weights[:, c].sum())
    assert np.isnan(presence(weights * [1, 0, 1], shown).rate[1]).all()


def test_shares_of_a_fit_divide_the_base_rate_among_clusters() -> None:
    weights, shown, _ = images(1)
    np.testing.assert_allclose(presence(weights, shown).present.sum(axis=0), base_counts(shown))


def test_drawn_images_count_as_often_as_they_were_drawn() -> None:
    weights, shown, x = images(2)
    drawn = np.array([2, 0, 1, 0, 3, 1, 0])
    rows = np.repeat(np.arange(7), drawn)
    found, expected = presence(weights, shown, drawn), presence(weights[rows], csr_array(x[rows]))
    np.testing.assert_allclose(found.present, expected.present)
    np.testing.assert_allclose(found.images, expected.images)


def test_z_has_the_moments_of_all_permutations() -> None:
    weights, shown, x = images(3)
    totals = np.array([weights[list(order)].T @ x for order in permutations(range(7))])
    sd = totals.std(axis=0)
    z, skewness = permutation_z(weights, shown)
    expected = (weights.T @ x - totals.mean(axis=0))[:, :2] / sd[:, :2]
    np.testing.assert_allclose(z[:, :2], expected, atol=1e-12)
    expected = stats.skew(totals[..., :2], axis=0)
    np.testing.assert_allclose(skewness[:, :2], expected, atol=1e-12)
    # In every image, or in none.
    assert np.isnan(z[:, 2:]).all() and np.isnan(skewness[:, 2:]).all()


def test_z_of_equal_weights_is_none() -> None:
    _, shown, _ = images(4)
    assert np.isnan(permutation_z(np.full((7, 1), 1 / 3), shown)[0]).all()


def test_z_of_single_trials_is_that_of_the_hypergeometric_distribution() -> None:
    rng = np.random.default_rng(5)
    cluster, category = rng.random(200) < 0.3, rng.random(200) < 0.2
    weights, shown = (a[:, None].astype(float) for a in (cluster, category))
    z, skewness = permutation_z(weights, csr_array(shown))
    law = stats.hypergeom(200, category.sum(), cluster.sum())
    assert z[0, 0] == pytest.approx(((cluster & category).sum() - law.mean()) / law.std())
    assert skewness[0, 0] == pytest.approx(float(law.stats("s")))


def test_p_without_skewness_is_the_normal_tail() -> None:
    z = np.array([0.0, 1.6448536269514722, -1.6448536269514722, 30.0, math.nan])
    np.testing.assert_allclose(upper_p(z), stats.norm.sf(z))
    np.testing.assert_allclose(upper_p(z)[:3], [0.5, 0.05, 0.95])
    assert np.isnan(upper_p([1.0], [math.nan])).all()


@pytest.mark.parametrize("share", [0.03, 0.1])
def test_p_is_near_that_of_permutations_and_nearer_than_the_normal_tail(share: float) -> None:
    rng = np.random.default_rng(8)
    weights = rng.dirichlet([0.2, 1.0], 400)[:, :1]  # most images have little of the cluster
    n_shown = int(400 * share)
    totals = np.array([rng.permutation(weights[:, 0])[:n_shown].sum() for _ in range(20000)])
    shown = csr_array((np.arange(400) < n_shown)[:, None].astype(float))
    skewness = permutation_z(weights, shown)[1][0, 0]
    for p in (0.05, 0.01, 0.001):
        z = (np.quantile(totals, 1 - p) - totals.mean()) / totals.std()
        error, normal = (
            abs(math.log(float(found) / p)) for found in (upper_p(z, skewness), upper_p(z))
        )
        assert error < math.log(1.7) and error < normal


def test_p_of_a_common_category_is_not_too_small() -> None:
    z = np.array([-1.0, 1.0, 3.0])
    np.testing.assert_array_equal(upper_p(z, np.full(3, -2.0)), upper_p(z))


def test_p_of_a_rare_category_is_not_the_normal_tail() -> None:
    law = stats.hypergeom(10000, 10, 500)
    z = (3 - law.mean()) / law.std()
    p = float(upper_p(z, float(law.stats("s"))))
    assert stats.norm.sf(z) < 0.0002
    assert law.sf(3) < p < law.sf(2)  # between those of more than three and of three or more
    assert law.sf(2) == pytest.approx(0.0115, abs=0.0001)


def test_the_hypergeometric_p_counts_lists() -> None:
    """Of all lists of four among nine images, the share with as many of five shown or more."""
    lists = [sum(i < 5 for i in chosen) for chosen in combinations(range(9), 4)]
    for present in range(5):
        p = hypergeometric_p(present, 4, 5, 9)
        assert p == pytest.approx(np.mean([hits >= present for hits in lists]))


def test_the_hypergeometric_p_is_fishers() -> None:
    present, listed, shown = np.array([[3, 10], [0, 1]]), np.array([[30], [20]]), np.array([40, 90])
    found = hypergeometric_p(present, listed, shown, 500)
    for c in range(2):
        for category in range(2):
            hits, n, m = present[c, category], listed[c, 0], shown[category]
            table = [[hits, n - hits], [m - hits, 500 - n - m + hits]]
            assert found[c, category] == pytest.approx(
                stats.fisher_exact(table, alternative="greater").pvalue
            )


def test_log_odds_are_those_of_the_posterior() -> None:
    found, base = Presence(np.array([[30.0, 0.0]]), np.array([100.0])), np.array([0.1, 0.02])
    centre, low, high = log_odds(found, base, 10)
    rate = (30 + 1) / 110
    assert centre[0, 0] == pytest.approx(math.log(rate / (1 - rate)) - math.log(0.1 / 0.9))
    law = stats.beta(31, 79)
    for bound, q in ((low, 0.025), (high, 0.975)):
        odds = law.ppf(q) / (1 - law.ppf(q))
        assert bound[0, 0] == pytest.approx(math.log(odds) - math.log(0.1 / 0.9))
    assert centre[0, 1] < 0 and low[0, 1] < centre[0, 1] < high[0, 1]


def test_log_odds_of_the_base_rate_are_zero_and_few_images_say_little() -> None:
    base = np.array([0.25])
    at_base = log_odds(Presence(np.array([[5.0]]), np.array([20.0])), base, 10)[0]
    np.testing.assert_allclose(at_base, 0, atol=1e-12)
    few, many = (
        log_odds(Presence(np.array([[n]]), np.array([n])), base, 10)[0] for n in (1.0, 50.0)
    )
    assert 0 < few < many


def test_log_odds_without_a_base_rate_or_a_bound_are_none() -> None:
    found = Presence(np.array([[0.0, 5.0, 0.0]]), np.array([5.0]))
    centre, low, high = log_odds(found, np.array([0.0, 1.0, 1e-5]), 10)
    assert np.isnan(centre[0, :2]).all() and np.isnan(high[0, :2]).all()
    assert np.isnan(low).all()
    assert np.isfinite(centre[0, 2]) and np.isfinite(high[0, 2])
    with pytest.raises(StudyError, match="prior of 0 images"):
        log_odds(found, np.array([0.5]), 0)


def test_the_interval_holds_the_rate_as_often_as_it_says() -> None:
    rng = np.random.default_rng(6)
    rate, base = 0.3, np.array([0.2])
    hits = rng.binomial(400, rate, 2000).astype(float)
    _, low, high = log_odds(Presence(hits[:, None], np.full(2000, 400.0)), base, 1)
    true = math.log(rate / (1 - rate)) - math.log(0.2 / 0.8)
    assert np.mean((low <= true) & (true <= high)) == pytest.approx(0.95, abs=0.015)


# Benjamini and Hochberg (1995), section 4.1: four of fifteen are rejected at .05.
PUBLISHED = [
    *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
    *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0),
]


def test_q_is_that_of_benjamini_and_hochberg() -> None:
    p = np.array([math.nan, *PUBLISHED]).reshape(4, 4)
    q = adjusted_p(p)
    assert q.shape == (4, 4)
    assert math.isnan(q[0, 0])
    assert (q.ravel()[1:] <= 0.05).sum() == 4
    steps = [p * 15 / (i + 1) for i, p in enumerate(PUBLISHED)]
    np.testing.assert_allclose(q.ravel()[1:], [min(steps[i:]) for i in range(15)])
    assert np.isnan(adjusted_p([math.nan, math.nan])).all()


def test_fifty_times_more_broccoli() -> None:
    """Lists of the same length: images + ½ over the others' mean + ½."""
    found = Presence(np.array([[25.0, 0], [0, 0], [1, 0], [0, 0]]), np.full(4, 100.0))
    ratio = ratio_to_others(found)
    assert ratio[0, 0] == pytest.approx(25.5 / (1 / 3 + 0.5))
    np.testing.assert_allclose(ratio[:, 1], 1)


def test_the_ratio_compares_rates() -> None:
    found = Presence(np.array([[20.0], [200.0]]), np.array([100.0, 1000.0]))
    np.testing.assert_allclose(ratio_to_others(found), 1, atol=0.03)
    assert np.isnan(ratio_to_others(Presence(np.ones((1, 2)), np.ones(1)))).all()


def test_the_ratios_interval_is_that_of_images_drawn_again() -> None:
    weights, shown, x = images(7)
    draws = [image_bootstrap(7, np.random.default_rng(seed)) for seed in range(30)]
    expected = []
    for drawn in draws:
        rows = np.repeat(np.arange(7), drawn)
        expected.append(ratio_to_others(presence(weights[rows], csr_array(x[rows]))))
    np.testing.assert_allclose(
        np.stack(ratio_interval(weights, shown, draws)), np.stack(interval(np.stack(expected)))
    )


def test_the_bound_of_a_label_is_that_of_its_posterior() -> None:
    rows = [(12, 40, 0.1), (0, 40, 0.1), (5, 5, 0.4), (0, 0, 0.2), (3, 9, 0.0)]
    counts = pd.DataFrame(rows, columns=["images", "annotated", "image_base"])
    expected = [
        math.log(rate / (1 - rate)) - math.log(base / (1 - base))
        for images, n, base in rows[:4]
        for rate in [stats.beta.ppf(0.025, images + 8 * base, n - images + 8 * (1 - base))]
    ]
    found = label_bounds(counts, 8)
    np.testing.assert_allclose(found[:4], expected)
    assert found[0] > 0 > found[1] and np.isnan(found[4])

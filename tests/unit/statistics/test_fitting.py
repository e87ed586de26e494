"""Fits of one data set: R² at each k, the elbow, and r of matched prototypes."""

import numpy as np
import pytest
from response_clusters import CorrelationKMeans
from response_clusters.clustering.elbow import r2_between
from response_clusters.clustering.solver import cluster_rows
from response_clusters.statistics import fitting
from response_clusters.statistics.fitting import (
    Fit,
    Settings,
    clustered,
    elbow_curve,
    fitted,
    matched_r,
)

from tests.unit.statistics.planted import SETTINGS, observed, planted


def settings(k_max: int, gain: float = 0.05) -> Settings:
    return Settings(0, 5, 1000, "r2_explained", gain, k_max)


def fake(r2: dict[int, float]) -> dict[int, Fit]:
    return {k: Fit(None, 0.0, value) for k, value in r2.items()}  # type: ignore[arg-type]


R2 = {1: 0.0, 2: 0.4, 3: 0.6, 4: 0.62, 5: 0.8, 6: 0.9, 7: 0.91}


@pytest.mark.parametrize(
    ("k_max", "least", "made", "chosen"),
    [
        (7, [], [1, 2, 3, 4], 3),
        (7, [6], [1, 2, 3, 4, 5, 6], 3),
        (7, [2], [1, 2, 3, 4], 3),
        (3, [9], [1, 2, 3], 3),
    ],
)
def test_the_curve_ends_one_after_the_elbow(
    k_max: int, least: list[int], made: list[int], chosen: int
) -> None:
    fits = fake(R2)
    curve, k = elbow_curve(fits.__getitem__, settings(k_max), least)
    assert list(curve) == made
    assert k == chosen


def test_a_fit_is_that_of_the_estimator_with_both_r2() -> None:
    X = observed(planted()).of("pooled")
    seed = np.random.SeedSequence(3)
    fit = fitted(X, 3, SETTINGS, seed)
    peer = CorrelationKMeans(3, n_init=5, random_state=np.random.SeedSequence(3, spawn_key=(3,)))
    peer.fit(X)
    np.testing.assert_array_equal(fit.clustering.labels, peer.labels_)
    assert fit.r2_between == r2_between(X, peer.labels_).r2
    units = X - X.mean(axis=1, keepdims=True)
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    alone = len(X) - np.linalg.norm(units.sum(axis=0))
    assert fit.r2_explained == pytest.approx(1 - peer.inertia_ / alone, abs=1e-6)


def test_many_rows_are_started_on_a_sample_and_refined_on_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    X = observed(planted(noise=1.0, images=300)).of("pooled")
    seed = np.random.SeedSequence(3)
    whole = clustered(X, 3, SETTINGS, seed)
    monkeypatch.setattr(fitting, "SAMPLE", 200)
    few = clustered(X, 3, SETTINGS, seed)
    assert few.labels.shape == (len(X),)
    # Nothing but another start: the result is one that Lloyd's algorithm leaves as it is.
    again = cluster_rows(X, 3, seed, init=few.prototypes)
    np.testing.assert_array_equal(again.labels, few.labels)
    assert few.objective == pytest.approx(whole.objective, rel=0.01)


def test_r_of_matched_prototypes_whatever_their_order() -> None:
    rng = np.random.default_rng(0)
    a = rng.standard_normal((4, 8))
    order = [2, 0, 3, 1]
    np.testing.assert_allclose(matched_r(a, a[order]), 1.0)
    b = a[order] + rng.standard_normal(a.shape)
    expected = [np.corrcoef(a[i], b[order.index(i)])[0, 1] for i in range(4)]
    np.testing.assert_allclose(matched_r(a, b), expected)

"""Fits of other images and of other subjects."""

from dataclasses import replace

import numpy as np
import pytest
from response_clusters.statistics.fitting import clustered
from response_clusters.statistics.measures import Value
from response_clusters.statistics.resampling import (
    _with_means_of,
    bootstrap,
    bootstrap_elbow,
    halves,
    in_order_of,
    left_out,
    rivals,
)
from response_clusters.statistics.seeds import draw_seed
from response_clusters.statistics.stability import image_bootstrap
from sklearn.metrics import adjusted_rand_score

from tests.unit.statistics.planted import SETTINGS, K, observed, planted


def named(values: list[Value], k: int = K) -> dict[str, float]:
    return {value.statistic: value.value for value in values if value.k == k}


def test_halves_of_distinct_groups_agree_and_those_of_noise_do_not() -> None:
    clear, noisy = (halves(observed(planted(noise)), 0, SETTINGS) for noise in (0.1, 8.0))
    assert {value.k for value in clear} == {2, 3, 4, 5, 6}
    assert named(clear) == pytest.approx(
        {"half_ari": 1.0, "half_r": 1.0, "prediction_strength": 1.0}, abs=0.01
    )
    for statistic, most in {"half_ari": 0.7, "prediction_strength": 0.8}.items():
        assert named(noisy)[statistic] < most


def test_another_split_is_another() -> None:
    data = observed(planted(2.0))
    assert halves(data, 0, SETTINGS) != halves(data, 1, SETTINGS)
    assert halves(data, 0, SETTINGS) == halves(data, 0, SETTINGS)


def test_bootstraps_of_distinct_groups_find_them_again() -> None:
    data = observed(planted(0.1))
    best, _ = rivals(data, K, SETTINGS)
    found = named(bootstrap(data, 0, best.prototypes, SETTINGS))
    assert found == pytest.approx(
        {**{f"jaccard_{c}": 1.0 for c in (1, 2, 3)}, "jaccard_mean": 1.0, "jaccard_least": 1.0}
    )
    assert named(bootstrap_elbow(data, 0, K, SETTINGS)) == {"chosen_k": 3.0}


def test_the_jaccard_is_that_of_a_loop_over_the_rows_that_were_drawn() -> None:
    data = observed(planted(2.0))
    best, _ = rivals(data, K, SETTINGS)
    found = named(bootstrap(data, 1, best.prototypes, SETTINGS))
    X = data.of("pooled")
    rng = np.random.default_rng(draw_seed(0, "bootstrap", "pooled", 1))
    drawn = image_bootstrap(60, rng)[data.cohorts.images]
    sample = np.repeat(np.arange(len(X)), drawn)
    again = clustered(X[sample], K, SETTINGS, data.seed(SETTINGS, "bootstrap", "pooled", 1))
    own = [set(np.flatnonzero((best.labels == c) & (drawn > 0))) for c in range(K)]
    other = [set(sample[again.labels == c]) for c in range(K)]
    for c in range(K):
        expected = max(len(own[c] & o) / len(own[c] | o) for o in other)
        assert found[f"jaccard_{c + 1}"] == pytest.approx(expected)


def test_prototypes_are_put_into_the_order_of_others() -> None:
    prototypes = np.random.default_rng(0).standard_normal((4, 6))
    moved = prototypes[[2, 0, 3, 1]] + 0.01
    np.testing.assert_allclose(in_order_of(moved, prototypes), prototypes + 0.01)


def test_with_one_start_there_is_nothing_to_differ_from() -> None:
    data = observed(planted(8.0))
    best, values = rivals(data, K, replace(SETTINGS, replicates=1))
    assert values == []
    assert len(best.prototypes) == K


def test_few_rows_are_divided_into_no_more_clusters_than_they_are() -> None:
    data = observed({"subj01": planted(0.1, images=8, presentations=1)["subj01"]})
    assert {value.k for value in halves(data, 0, SETTINGS)} == {2, 3, 4}
    for draw in range(5):
        # No gain is so small that the elbow is reached: every k is tried.
        every = replace(SETTINGS, gain=-1.0, k_max=8)
        assert named(bootstrap_elbow(data, draw, K, every))["chosen_k"] < 8
    eight = data.of("pooled").astype(float)
    assert bootstrap(data, 0, eight, SETTINGS) == []


def test_rows_drawn_keep_the_means_of_their_groups() -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((105, 4)).astype(np.float32)
    groups = np.repeat([0, 1, 2, 3], [50, 50, 3, 2])
    rows = np.sort(rng.integers(103, size=110))  # none of the last group, few of the third
    drawn = _with_means_of(X, groups, rows)
    for group in (0, 1):
        np.testing.assert_allclose(
            drawn[groups[rows] == group].mean(axis=0), X[groups == group].mean(axis=0), atol=1e-6
        )
    few = groups[rows] == 2
    np.testing.assert_array_equal(drawn[few], X[rows][few])
    differences = drawn - X[rows]
    assert np.ptp(differences[groups[rows] == 0], axis=0).max() < 1e-6


def test_a_rival_is_another_solution_and_no_better() -> None:
    best, values = rivals(observed(planted(8.0)), 5, SETTINGS)
    found = named(values, 5)
    assert found["rival_objective"] >= 0
    assert found["rival_r"] < 0.99
    assert found["rival_ari"] < 1
    assert len(best.prototypes) == 5


def test_distinct_groups_have_no_rival() -> None:
    found = named(rivals(observed(planted(0.1)), K, SETTINGS)[1])
    assert np.isnan(list(found.values())).all()


def test_others_prototypes_do_as_well_where_subjects_are_alike() -> None:
    trials = planted(0.1)
    values = left_out(observed(trials), K, SETTINGS)
    assert {value.cohort for value in values} == {*trials}
    for name in trials:
        found = {value.statistic: value.value for value in values if value.cohort == name}
        assert found["ari"] == 1.0
        assert found["matched_r"] > 0.99
        assert 0.99 < found["r2_ratio"] <= 1.0


def test_the_ari_is_that_of_scikit_learn() -> None:
    from response_clusters.clustering.solver import nearest_prototypes

    data = observed(planted(1.5))
    values = left_out(data, K, SETTINGS)
    X, others = (data.cohorts.over_common(name, rows) for name, rows in data.rows.items())
    own, apart = (
        clustered(rows, K, SETTINGS, data.seed(SETTINGS, "left out", "subj01", side))
        for side, rows in enumerate((X, others))
    )
    labels = nearest_prototypes(X, apart.prototypes)[0]
    (ari,) = (v.value for v in values if (v.cohort, v.statistic) == ("subj01", "ari"))
    assert ari == pytest.approx(adjusted_rand_score(own.labels, labels))

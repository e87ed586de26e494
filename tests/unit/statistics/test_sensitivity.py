"""Other settings: what is clustered, and how it is compared with the study's clusters."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from response_clusters.clustering.elbow import choose_k, r2_between
from response_clusters.clustering.fit import fit
from response_clusters.names import POOLED
from response_clusters.statistics.fitting import Settings, clustered, fitted
from response_clusters.statistics.seeds import draw_seed
from response_clusters.statistics.sensitivity import (
    AT_STUDY_K,
    Variant,
    compared,
    settings_under,
    variant_of,
)
from response_clusters.tables import validated
from sklearn.metrics import adjusted_rand_score

RNG = np.random.default_rng(0)
CENTRES = RNG.normal(size=(4, 12))
GROUP = RNG.integers(0, 4, 600)
X = (CENTRES[GROUP] + RNG.normal(0, 0.5, (600, 12))).astype(np.float32)
SUBJECTS = np.repeat([0, 1, 2], 200)
IMAGES = RNG.integers(-1, 80, 600)
DEEP = np.arange(12) >= 9
SETTINGS = Settings(
    seed=0, replicates=5, max_iterations=100, statistic="r2_between", gain=0.01, k_max=8
)
SEED = draw_seed(0, "sensitivity", POOLED)


def study(k: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """The study's own clusters, from 0, and prototypes."""
    clustering, clusters = fit(X, k, {"swaps": 0, "replicates": 5, "max_iterations": 100}, [9, k])
    return clusters - 1, clustering.prototypes


def variant(name: str) -> Variant:
    return variant_of(name, X, SUBJECTS, IMAGES, DEEP)


def test_repeats_mean_is_the_mean_by_subject_and_image() -> None:
    table = pd.DataFrame(X.astype(float)).assign(subject=SUBJECTS, image=IMAGES)
    known = table[table["image"] >= 0].groupby(["subject", "image"]).mean()
    unknown = table[table["image"] < 0].drop(columns=["subject", "image"])
    found = variant("repeats_mean")
    np.testing.assert_allclose(found.rows, np.concatenate([known, unknown]), rtol=1e-6, atol=1e-6)
    assert found.trials is X
    assert found.regions.all()
    assert 0 < len(known) < len(found.rows) < len(X)


def test_unit_sd_is_that_of_each_subject_and_region() -> None:
    scaled = variant("unit_sd").trials
    for subject in range(3):
        own = subject == SUBJECTS
        np.testing.assert_allclose(scaled[own].std(axis=0), 1, rtol=1e-5)
        ratio = scaled[own] / X[own]
        np.testing.assert_allclose(ratio, np.broadcast_to(ratio[0], ratio.shape), rtol=1e-5)
    silent = X.copy()
    silent[:, 3] = 0
    assert not variant_of("unit_sd", silent, SUBJECTS, IMAGES, DEEP).trials[:, 3].any()


def test_cortical_leaves_out_the_other_regions() -> None:
    found = variant("cortical")
    np.testing.assert_array_equal(found.rows, X[:, :9])
    np.testing.assert_array_equal(found.trials, X[:, :9])
    assert found.regions.tolist() == [True] * 9 + [False] * 3


@pytest.mark.parametrize("name", ["default", "seed", "r2_explained"])
def test_settings_that_change_no_row(name: str) -> None:
    found = variant(name)
    assert found.rows is X and found.trials is X and found.regions.all()


def test_the_same_clusters_agree_fully() -> None:
    found = compared(variant("default"), *study(4), SETTINGS)
    assert found["chosen_k"] == found["k"] == 4
    assert [found[name] for name in ("ari", "r", "r_least")] == pytest.approx([1, 1, 1], abs=1e-9)
    assert found["r2_between"] == pytest.approx(r2_between(X, study(4)[0]).r2)


@pytest.mark.parametrize("name", ["repeats_mean", "cortical", "unit_sd"])
def test_all_trials_are_assigned_to_the_variants_prototypes(name: str) -> None:
    rows = variant(name)
    clusters, prototypes = study(3)
    found = compared(rows, clusters, prototypes, SETTINGS)
    own = clustered(rows.rows, 3, SETTINGS, SEED)
    r = np.corrcoef(rows.trials, own.prototypes)[: len(X), len(X) :]
    assert found["ari"] == pytest.approx(adjusted_rand_score(clusters, r.argmax(axis=1)))
    both = np.corrcoef(own.prototypes, prototypes[:, rows.regions])[:3, 3:]
    assert found["r"] == pytest.approx(np.median(both.max(axis=1)))
    assert found["r_least"] == pytest.approx(both.max(axis=1).min())
    assert (found["rows"], found["regions"]) == rows.rows.shape


@pytest.mark.parametrize("study_k", [2, 7])
@pytest.mark.parametrize("statistic", ["r2_between", "r2_explained"])
def test_the_chosen_k_is_that_of_the_whole_curve(statistic: str, study_k: int) -> None:
    settings = replace(SETTINGS, statistic=statistic)
    curve = [getattr(fitted(X, k, settings, SEED), statistic) for k in range(1, 9)]
    found = compared(variant("default"), *study(study_k), settings)
    assert found["chosen_k"] == choose_k(range(1, 9), curve, 0.01).k
    assert found["k"] == study_k
    assert not np.isnan([found[name] for name in AT_STUDY_K]).any()


def test_what_cannot_be_clustered_is_null() -> None:
    one_left = variant_of("cortical", X, SUBJECTS, IMAGES, np.arange(12) > 0)
    few = Variant(X[:3], X, np.ones(12, dtype=bool))
    rows = [compared(one_left, *study(4), SETTINGS), compared(few, *study(4), SETTINGS)]
    table = validated(
        pd.DataFrame(rows).assign(variant=["cortical", "few"]), "sensitivity", "sensitivity"
    )
    assert table[list(AT_STUDY_K)].isna().all(axis=None)
    assert pd.isna(table["chosen_k"][0])
    assert 1 <= table["chosen_k"][1] <= 3


def test_the_seed_and_the_other_r2_change_how_it_is_fitted_and_nothing_else_does() -> None:
    own = Settings(3, 5, 100, "r2_between", 0.01, 6)
    assert settings_under("seed", own) == replace(own, seed=4)
    assert settings_under("r2_explained", own) == replace(own, statistic="r2_explained")
    other = replace(own, statistic="r2_explained")
    assert settings_under("r2_explained", other) == own
    for name in ("default", "repeats_mean", "cortical", "unit_sd"):
        assert settings_under(name, own) == own

"""Out-of-fold R² against scikit-learn's ridge, and predictors against loops."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from response_clusters.responses.rows import unit_rows
from response_clusters.statistics.information import (
    AXES,
    FOLDS,
    PENALTIES,
    information_table,
    out_of_fold_r2,
    predictors,
)
from scipy.sparse import csr_array
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


def images(seed: int, n: int = 120) -> tuple[Floats, Floats, Whole]:
    """Features of images, four categories of which three depend on them, and folds."""
    rng = np.random.default_rng(seed)
    features = rng.normal(3, 1, (n, 5))
    chance = 1 / (1 + np.exp(-2 * (features[:, :4] - 3) + 0.5))
    chance[:, 3] = 0.3
    return features, (rng.random((n, 4)) < chance).astype(float), rng.permutation(n) % FOLDS


def predicted(features: Floats, y: Floats, folds: Whole) -> Floats:
    """Out-of-fold predictions of one category, with the penalty chosen by folds within folds."""
    found = np.empty(len(y))
    for fold in range(FOLDS):
        losses = []
        for penalty in PENALTIES:
            loss = 0.0
            for held in set(range(FOLDS)) - {fold}:
                train, test = (folds != fold) & (folds != held), folds == held
                ridge = Ridge(alpha=penalty).fit(features[train], y[train])
                loss += ((y[test] - ridge.predict(features[test])) ** 2).sum()
            losses.append(loss)
        ridge = Ridge(alpha=PENALTIES[np.argmin(losses)])
        ridge.fit(features[folds != fold], y[folds != fold])
        found[folds == fold] = ridge.predict(features[folds == fold])
    return found


def test_r2_is_that_of_scikit_learns_predictions() -> None:
    features, x, folds = images(0)
    r2, pooled = out_of_fold_r2(features, csr_array(x), folds)
    guessed = np.column_stack([predicted(features, y, folds) for y in x.T])
    np.testing.assert_allclose(r2, r2_score(x, guessed, multioutput="raw_values"), atol=1e-6)
    unexplained, spread = ((x - guessed) ** 2).sum(), ((x - x.mean(axis=0)) ** 2).sum()
    assert pooled == pytest.approx(1 - unexplained / spread, abs=1e-6)
    assert r2[:3].min() > 0.1 > r2[3]


def test_features_that_say_nothing_have_an_r2_of_about_zero() -> None:
    rng = np.random.default_rng(1)
    x = csr_array((rng.random((2000, 20)) < 0.2).astype(float))
    r2, pooled = out_of_fold_r2(rng.normal(size=(2000, 8)), x, np.arange(2000) % FOLDS)
    assert -0.01 < r2.mean() < 0.002
    assert -0.01 < pooled < 0.002


def test_a_constant_category_has_no_r2() -> None:
    features, x, folds = images(2)
    x[:, 0], x[:, 1] = 0, 1
    r2, pooled = out_of_fold_r2(features, csr_array(x), folds)
    assert np.isnan(r2[:2]).all() and not np.isnan(r2[2:]).any()
    assert pooled == out_of_fold_r2(features, csr_array(x[:, 2:]), folds)[1]


def trials(seed: int, n: int = 90, m: int = 20, p: int = 8) -> tuple[Floats, Whole, Whole]:
    """Responses of n trials, their images (some −1) and clusters."""
    rng = np.random.default_rng(seed)
    shown = np.concatenate([np.arange(m), rng.integers(-1, m, n - m)])
    return rng.normal(size=(n, p)), shown, rng.integers(0, 4, n)


def test_predictors_describe_each_image() -> None:
    X, shown, clusters = trials(3)
    units = unit_rows(X)
    found = predictors(X, units, shown, clusters, 4)
    assert list(found) == ["cluster", "shares", "axes_1", "axes_2", "axes_3", "axes_5", "regions"]
    axes = np.linalg.svd(units)[2]
    for image in range(20):
        own = shown == image
        shares = np.bincount(clusters[own], minlength=4) / own.sum()
        np.testing.assert_allclose(found["shares"][image], shares)
        assert np.flatnonzero(found["cluster"][image]).tolist() == [shares.argmax()]
        np.testing.assert_allclose(found["regions"][image], X[own].mean(axis=0))
        along = np.abs(axes[:5] @ units[own].mean(axis=0))
        np.testing.assert_allclose(np.abs(found["axes_5"][image]), along, atol=1e-9)
    np.testing.assert_array_equal(found["axes_2"], found["axes_5"][:, :2])


@pytest.mark.parametrize(
    ("k", "p", "m"), [(1, 28, AXES), (8, 28, (1, 2, 3, 5, 7, 10)), (4, 3, (1, 2))]
)
def test_axes_are_as_many_as_k_clusters_span_and_as_regions_have(
    k: int, p: int, m: tuple[int, ...]
) -> None:
    X, shown, clusters = trials(4, p=p)
    found = predictors(X, unit_rows(X), shown, clusters % k, k)
    assert [name for name in found if name.startswith("axes")] == [f"axes_{n}" for n in m]


def labels_of(x: Floats) -> pd.DataFrame:
    image, category = np.nonzero(x)
    return pd.DataFrame(
        {"image": [f"i{n}" for n in image], "category": [f"c{n}" for n in category]}
    )


def test_clusters_predict_labels_of_groups_better_than_few_axes() -> None:
    rng = np.random.default_rng(5)
    group = rng.integers(6, size=300)
    centres = rng.normal(size=(6, 10))
    shown = np.repeat(np.arange(300), 2)
    X = centres[group[shown]] + 0.3 * rng.normal(size=(600, 10))
    x = (rng.random((300, 6)) < np.where(np.eye(6)[group] > 0, 0.8, 0.1)).astype(float)
    names = pd.Index([f"i{n}" for n in range(300)])
    table = information_table(X, shown, names, group[shown], labels_of(x), 10, rng)
    r2 = table.set_index("predictor")["r2"]
    assert r2["cluster"] == r2["shares"] > r2["axes_5"] > r2["axes_1"]
    assert set(table["categories"]) == {6}
    assert table["features"].tolist() == [6, 6, 1, 2, 3, 5, 10]


def test_without_categories_or_images_there_is_no_r2() -> None:
    X, shown, clusters = trials(6)
    rng, names = np.random.default_rng(0), pd.Index([f"i{n}" for n in range(20)])
    one = labels_of(np.eye(20)[:, :1])
    table = information_table(X, shown, names, clusters, one, 2, rng)
    assert len(table) == 7
    assert table["categories"].eq(0).all() and table[["r2", "r2_pooled"]].isna().all(axis=None)
    nowhere = np.full(len(X), -1)
    assert information_table(X, nowhere, names[:0], clusters, one, 2, rng).empty

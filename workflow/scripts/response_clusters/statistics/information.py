"""How well what an image shows is predicted from its responses: from clusters, axes, all regions.

If clusters carry what responses say of images, a cluster predicts labels as well as the axes that
clusters lie on; what a cluster leaves out, axes still have.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.algebra import gram, product
from response_clusters.responses.rows import unit_rows
from response_clusters.statistics.contingency import Counts, contingency
from response_clusters.statistics.covariances import group_means
from response_clusters.statistics.enrichment import base_counts, image_shares, presence_matrix
from response_clusters.statistics.geometry import principal_axes
from scipy.sparse import csr_array

Floats = npt.NDArray[np.float64]

AXES = (1, 2, 3, 5, 10)
"""How many principal axes predict; so many that k clusters can span (k − 1) do, too."""
FOLDS = 5
"""Of images: each fold is predicted from the others."""
PENALTIES = 10.0 ** np.arange(-1, 7)
"""Of ridge regression. Each category has its own, chosen by cross-validation."""
# Solving a system leaves the last digits to the processor's own order of sums.
_DECIMALS = 6


def predictors(
    X: npt.NDArray[np.floating[Any]], units: Floats, images: Counts, clusters: Counts, k: int
) -> dict[str, Floats]:
    """What may predict an image's labels, each as numbers that describe the image.

    Parameters
    ----------
    X : ndarray of shape (n, p), float
        One trial a row.
    units : ndarray of shape (n, p), float64
        Their unit rows. The axes are the `geometry.principal_axes` of all of them.
    images : ndarray of shape (n,), int64
        Each trial's image, 0 to m − 1, each of which was shown; −1 leaves a trial out of what
        describes images.
    clusters : ndarray of shape (n,), int64
        Each trial's cluster, from 0.
    k : int

    Returns
    -------
    dict of ndarray of shape (m, features), float64
        ``cluster``: the cluster that most of an image's trials are in, the first of equal ones,
        one column each. ``shares``: the share of its trials in each. ``axes_<m>``: its mean unit
        row on the first m axes, for m of `AXES` and k − 1, as far as there are as many regions.
        ``regions``: its mean row, which has the strength of the response, too.
    """
    known = images >= 0
    shares = image_shares(contingency(images, clusters, int(images.max()) + 1, k))
    found = {"cluster": np.eye(k)[shares.argmax(axis=1)], "shares": shares}
    means = group_means(units[known], images[known])[1]
    numbers = sorted({*AXES, k - 1})
    axes = product(means, principal_axes(units, numbers[-1]))
    for m in numbers:
        # Unit rows sum to 0, so that the last axis has no variance.
        if 0 < m < X.shape[1]:
            found[f"axes_{m}"] = np.ascontiguousarray(axes[:, :m])
    return found | {"regions": group_means(X[known], images[known])[1]}


def information_table(
    X: npt.NDArray[np.floating[Any]],
    images: Counts,
    names: pd.Index,
    clusters: Counts,
    labels: pd.DataFrame,
    min_images: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """R² of every predictor, of the presence of categories in images.

    Parameters
    ----------
    X, images, clusters
        As `predictors` has them.
    names : Index
        What the images are called.
    labels : DataFrame
        Columns image and category: a row for each category in an image.
    min_images : int
        Predicted are categories in at least so many images, but not in all of them.
    rng : numpy.random.Generator
        Deals images to folds.

    Returns
    -------
    DataFrame
        Columns of the information table; R² is null where there is no category, or too few images
        for folds. Without any image there are no rows.
    """
    n = len(names)
    rows = labels[labels["image"].isin(names)]
    codes, categories = pd.factorize(rows["category"])
    shown = presence_matrix(names.get_indexer(rows["image"]), codes, n, len(categories))
    m = base_counts(shown)
    shown = shown[:, (m >= min_images) & (m < n)]
    folds = rng.permutation(n) % FOLDS
    found = []
    units = unit_rows(X)
    each = predictors(X, units, images, clusters, int(clusters.max()) + 1) if n else {}
    for name, features in each.items():
        r2, pooled = np.full(1, np.nan), np.nan
        if shown.shape[1] and n >= 2 * FOLDS:
            r2, pooled = out_of_fold_r2(features, shown, folds)
        found.append((name, features.shape[1], n, shown.shape[1], r2.mean(), pooled))
    columns = ["predictor", "features", "images", "categories", "r2", "r2_pooled"]
    return pd.DataFrame(found, columns=columns)


def out_of_fold_r2(features: Floats, shown: csr_array, folds: Counts) -> tuple[Floats, float]:
    """R² of ridge regression in images that it was not fitted to.

    Each fold is predicted from the others, with the penalty that predicts best when each of these
    is predicted from the rest of them. R² = 1 − Σ(y − ŷ)² / Σ(y − ȳ)² over all images; below 0 if
    predictions are worse than the mean. The intercept has no penalty.

    All of it needs only the sums of squares and products of each fold, so that time and memory do
    not grow with the number of penalties.

    Parameters
    ----------
    features : ndarray of shape (images, f), float64
    shown : csr_array of shape (images, categories)
        1 where an image shows a category (`enrichment.presence_matrix`). A category in all images
        or in none has no R².
    folds : ndarray of shape (images,), int64
        Each image's fold, from 0: at least three of them.

    Returns
    -------
    r2 : ndarray of shape (categories,), float64
        nan where there is none. To six decimals, as is:
    pooled : float
        The same with the squares of all categories added first; nan without any.
    """
    centred = features - features.mean(axis=0)  # against cancellation
    rows = np.column_stack([centred, np.ones(len(features))])
    parts = [folds == fold for fold in range(int(folds.max()) + 1)]
    squares = np.array([gram(rows[part]) for part in parts])
    products = np.array([(shown[part].T @ rows[part]).T for part in parts])
    present = products[:, -1]  # y is 0 or 1, so that this is Σy² as well

    def loss(fitted: list[int], left_out: int) -> Floats:
        """Σ(y − ŷ)² in a fold, by penalty and category."""
        weights = _ridge(squares[fitted].sum(axis=0), products[fitted].sum(axis=0))
        crossed = (weights * products[left_out]).sum(axis=1)
        return (
            present[left_out] - 2 * crossed + (weights * (squares[left_out] @ weights)).sum(axis=1)
        )

    unexplained = np.zeros(shown.shape[1])
    everyone = range(len(parts))
    for fold in everyone:
        others = [other for other in everyone if other != fold]
        inner = sum(loss([o for o in others if o != held], held) for held in others)
        best = np.argmin(inner, axis=0)
        unexplained += loss(others, fold)[best, np.arange(len(best))]
    total = present.sum(axis=0)
    spread = total * (1 - total / len(features))
    has = spread > 0
    r2 = np.full(len(spread), np.nan)
    r2[has] = 1 - unexplained[has] / spread[has]
    pooled = 1 - unexplained[has].sum() / spread[has].sum() if has.any() else np.nan
    return r2.round(_DECIMALS), round(float(pooled), _DECIMALS)


def _ridge(squares: Floats, products: Floats) -> Floats:
    """(Z'Z + αD)⁻¹ Z'Y for each penalty α, of shape (penalties, f + 1, categories).

    D is the identity but for a 0 at the intercept, which is last.
    """
    penalised = np.eye(len(squares))
    penalised[-1, -1] = 0.0
    return np.array([np.linalg.solve(squares + a * penalised, products) for a in PENALTIES])

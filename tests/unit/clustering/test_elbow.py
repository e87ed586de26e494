"""Both definitions of R² against their formulas written out, and the choice of k."""

import numpy as np
import pytest
from response_clusters import StudyError
from response_clusters.clustering.elbow import choose_k, gains, r2_between, r2_explained
from response_clusters.clustering.kmeans import CorrelationKMeans


def r(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a, b)[0, 1])


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((3, 6)) + np.arange(6)
    return centres[rng.integers(3, size=90)] + 0.5 * rng.standard_normal((90, 6))


@pytest.fixture(scope="module")
def labels(rows: np.ndarray) -> np.ndarray:
    return CorrelationKMeans(3, n_init=5, random_state=0).fit(rows).labels_


def test_r2_between_is_its_formula(rows: np.ndarray, labels: np.ndarray) -> None:
    centroids = [rows[labels == j].mean(axis=0) for j in range(3)]
    sizes = [np.sum(labels == j) for j in range(3)]
    grand = sum(n * c for n, c in zip(sizes, centroids, strict=True)) / len(rows)
    within = np.mean([(1 - r(x, centroids[j])) ** 2 for x, j in zip(rows, labels, strict=True)])
    between = sum(n * (1 - r(c, grand)) ** 2 for n, c in zip(sizes, centroids, strict=True))
    between /= len(rows)
    found = r2_between(rows, labels)
    assert found.within == pytest.approx(within)
    assert found.between == pytest.approx(between)
    assert found.r2 == pytest.approx(between / (within + between))
    assert not found.directionless


def test_a_grand_centroid_without_direction_counts_as_uncorrelated(
    rows: np.ndarray, labels: np.ndarray
) -> None:
    centred = rows - rows.mean(axis=0)  # every column sums to zero, as after z-scoring
    found = r2_between(centred, labels)
    assert found.directionless
    assert found.grand_centroid < 1e-6
    assert found.between == 1.0
    assert found.r2 == pytest.approx(1 / (1 + found.within))


def test_one_cluster_explains_nothing(rows: np.ndarray) -> None:
    one = np.zeros(len(rows), dtype=int)
    assert r2_between(rows, one).r2 == 0.0
    alone = CorrelationKMeans(1).fit(rows)
    assert r2_explained(rows, alone.inertia_) == pytest.approx(0.0, abs=1e-9)


def test_r2_explained_is_its_formula(rows: np.ndarray, labels: np.ndarray) -> None:
    units = rows - rows.mean(axis=1, keepdims=True)
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    prototypes = [units[labels == j].mean(axis=0) for j in range(3)]
    own = sum(1 - r(x, prototypes[j]) for x, j in zip(rows, labels, strict=True))
    first = sum(1 - r(x, units.mean(axis=0)) for x in rows)
    assert r2_explained(rows, own) == pytest.approx(1 - own / first, rel=1e-6)


def test_neither_depends_on_label_order(rows: np.ndarray, labels: np.ndarray) -> None:
    permuted = np.array([2, 0, 1])[labels]
    assert r2_between(rows, permuted).r2 == pytest.approx(r2_between(rows, labels).r2, rel=1e-12)


def test_the_last_k_before_the_first_small_gain_is_chosen() -> None:
    elbow = choose_k([1, 2, 3, 4, 5], [0, 0.5, 0.6, 0.605, 0.7], 0.01)
    assert (elbow.k, elbow.reached) == (3, True)  # the recovery at 5 does not matter
    assert "0.0050 at k = 4" in elbow.rule


def test_a_negative_gain_counts_as_below() -> None:
    assert choose_k([1, 2, 3], [0, 0.5, 0.4], 0.01).k == 2


def test_without_a_small_gain_the_largest_k_stands() -> None:
    elbow = choose_k([1, 2, 3], [0, 0.5, 0.8], 0.01)
    assert (elbow.k, elbow.reached) == (3, False)


def test_gaps_between_values_of_k_are_refused() -> None:
    with pytest.raises(StudyError, match="consecutive"):
        choose_k([1, 2, 4], [0, 0.1, 0.2], 0.01)


def test_the_first_k_has_no_gain() -> None:
    assert gains([0.0, 0.5, 0.75]) == [None, 0.5, 0.25]

"""Labels from prototypes that were fitted without a trial, against fits by hand."""

import numpy as np
import numpy.typing as npt
from response_clusters.clustering.solver import cluster_rows
from response_clusters.statistics.apart import labels_apart
from response_clusters.statistics.contingency import contingency
from response_clusters.statistics.seeds import draw_seed
from response_clusters.statistics.stability import adjusted_rand
from scipy.optimize import linear_sum_assignment

Floats = npt.NDArray[np.float64]
K = 3


def grouped(seed: int, n: int = 240) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """Rows around three centres, and the centre of each."""
    rng = np.random.default_rng(seed)
    group = rng.integers(K, size=n)
    rows = rng.normal(size=(K, 6))[group] + 0.25 * rng.normal(size=(n, 6))
    return rows.astype(np.float32), group


def seed(part: int) -> np.random.SeedSequence:
    return draw_seed(7, "other_subjects", "pooled", part)


def labelled(
    X: npt.NDArray[np.float32], parts: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
    """The labels, their r and the prototypes of all rows."""
    everyone = cluster_rows(X, K, np.random.SeedSequence(1), replicates=5).prototypes
    settings = {"replicates": 4, "max_iterations": 100}
    return *labels_apart(X, parts, everyone, seed, **settings), everyone


def correlations(X: npt.NDArray[np.float32], prototypes: Floats) -> Floats:
    return np.corrcoef(X, prototypes)[: len(X), len(X) :]


def test_a_row_is_labelled_by_prototypes_of_the_other_parts() -> None:
    X, _ = grouped(0)
    parts = np.arange(len(X)) % 4
    labels, r, everyone = labelled(X, parts)
    for part in range(4):
        inside = parts == part
        fit = cluster_rows(
            X[~inside],
            K,
            seed(part),
            replicates=4,
            max_iterations=100,
        ).prototypes
        own, pooled = linear_sum_assignment(np.corrcoef(fit, everyone)[:K, K:], maximize=True)
        assert own.tolist() == [0, 1, 2]
        each = correlations(X[inside], fit)
        np.testing.assert_array_equal(labels[inside], pooled[each.argmax(axis=1)])
        np.testing.assert_allclose(r[inside], each.max(axis=1), atol=1e-6)


def test_groups_are_found_again_and_numbered_as_in_the_fit_of_all() -> None:
    X, group = grouped(1)
    labels, r, everyone = labelled(X, np.arange(len(X)) % 2)
    np.testing.assert_array_equal(labels, correlations(X, everyone).argmax(axis=1))
    assert adjusted_rand(contingency(labels, group, K, K)) == 1.0
    # A prototype that was fitted to a row is nearer to it.
    assert r.mean() < correlations(X, everyone).max(axis=1).mean()


def test_one_part_has_no_others() -> None:
    X, _ = grouped(2)
    labels, r, _ = labelled(X, np.zeros(len(X), np.int64))
    assert (labels == -1).all()
    assert np.isnan(r).all()


def test_too_few_rows_of_other_parts_give_no_label() -> None:
    X, _ = grouped(3)
    parts = (np.arange(len(X)) < K - 1).astype(np.int64)  # part 1 has two rows, of three clusters
    labels, r, _ = labelled(X, parts)
    assert (labels[parts == 0] == -1).all()
    assert np.isnan(r[parts == 0]).all()
    assert (labels[parts == 1] >= 0).all()

"""Correlation k-means against brute force, an independent implementation, and identities."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from response_clusters import CorrelationKMeans, StudyError
from response_clusters.clustering._lloyd import assign
from response_clusters.clustering._lloyd import lloyd as lloyd_compiled
from response_clusters.clustering.solver import cluster_rows
from response_clusters.responses import rows
from response_clusters.responses.rows import constant_rows, packed_units, unit_rows


def blobs(n: int, p: int, k: int, seed: int = 0, noise: float = 0.6) -> np.ndarray:
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((k, p))
    return centres[rng.integers(k, size=n)] + noise * rng.standard_normal((n, p))


def objective(X: np.ndarray, labels: np.ndarray) -> float:
    """Σ (1 − r) with each cluster's best prototype, written out with np.corrcoef."""
    total = 0.0
    for cluster in np.unique(labels):
        rows = X[labels == cluster]
        z = rows - rows.mean(axis=1, keepdims=True)
        z = z / np.sqrt((z**2).sum(axis=1, keepdims=True))
        prototype = z.sum(axis=0)
        total += sum(1.0 - np.corrcoef(row, prototype)[0, 1] for row in rows)
    return total


def lloyd(X: np.ndarray, start: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Textbook Lloyd with correlation distance, one row and one cluster at a time."""
    prototypes, labels = start.copy(), None
    while True:
        distance = np.array([[1 - np.corrcoef(x, c)[0, 1] for c in prototypes] for x in X])
        nearest = distance.argmin(axis=1)
        if labels is not None and (nearest == labels).all():
            return labels, prototypes, distance[np.arange(len(X)), labels].sum()
        labels = nearest
        for cluster in range(len(prototypes)):
            rows = X[labels == cluster]
            z = rows - rows.mean(axis=1, keepdims=True)
            z /= np.linalg.norm(z, axis=1, keepdims=True)
            prototypes[cluster] = z.mean(axis=0) / np.linalg.norm(z.mean(axis=0))


@pytest.mark.parametrize("k", [2, 3])
def test_finds_the_optimum_over_all_partitions(k: int) -> None:
    X = blobs(8, 5, k, seed=k, noise=0.7)
    partitions = (np.array(p) for p in product(range(k), repeat=8) if len(set(p)) == k)
    best = min(objective(X, labels) for labels in partitions)
    found = CorrelationKMeans(k, n_init=50, random_state=0).fit(X)
    assert found.inertia_ == pytest.approx(best, rel=1e-6)
    assert objective(X, found.labels_) == pytest.approx(best, rel=1e-6)


def test_agrees_with_an_independent_lloyd_from_the_same_start() -> None:
    X = blobs(300, 7, 4)
    start = X[[0, 50, 100, 150]]
    labels, prototypes, total = lloyd(X, start)
    found = CorrelationKMeans(4, init=start).fit(X)
    np.testing.assert_array_equal(found.labels_, labels)
    np.testing.assert_allclose(found.cluster_centers_, prototypes, atol=1e-6)
    assert found.inertia_ == pytest.approx(total, rel=1e-6)
    assert found.converged_


def test_prototypes_are_the_unit_means_of_their_members() -> None:
    X = blobs(500, 9, 5)
    found = CorrelationKMeans(5, n_init=5, random_state=1).fit(X)
    units = unit_rows(X)
    for cluster, prototype in enumerate(found.cluster_centers_):
        mean = units[found.labels_ == cluster].mean(axis=0)
        np.testing.assert_allclose(prototype, mean / np.linalg.norm(mean), atol=2.0**-28)
        np.testing.assert_array_equal(prototype * 2.0**28, np.rint(prototype * 2.0**28))
        assert prototype.sum() == pytest.approx(0.0, abs=1e-6)
    np.testing.assert_array_equal(found.predict(X), found.labels_)


def test_knows_neither_level_nor_positive_scale_of_a_row() -> None:
    X = blobs(200, 6, 3)
    rng = np.random.default_rng(5)
    moved = X * rng.uniform(0.1, 50, (200, 1)) + rng.normal(0, 100, (200, 1))
    a = CorrelationKMeans(3, n_init=3, random_state=2).fit(X)
    b = CorrelationKMeans(3, n_init=3, random_state=2).fit(moved)
    np.testing.assert_array_equal(a.labels_, b.labels_)
    assert a.inertia_ == pytest.approx(b.inertia_, rel=1e-5)


def test_duplicated_rows_double_the_objective_and_keep_the_clusters() -> None:
    X = blobs(150, 6, 3)
    start = X[:3]
    once = CorrelationKMeans(3, init=start).fit(X)
    twice = CorrelationKMeans(3, init=start).fit(np.vstack([X, X]))
    np.testing.assert_array_equal(twice.labels_[:150], once.labels_)
    np.testing.assert_array_equal(twice.labels_[150:], once.labels_)
    assert twice.inertia_ == pytest.approx(2 * once.inertia_, rel=1e-9)


def test_order_of_rows_does_not_matter_from_the_same_start() -> None:
    X = blobs(400, 6, 4)
    order = np.random.default_rng(0).permutation(400)
    a = CorrelationKMeans(4, init=X[:4]).fit(X)
    b = CorrelationKMeans(4, init=X[:4]).fit(X[order])
    np.testing.assert_array_equal(a.labels_[order], b.labels_)
    np.testing.assert_array_equal(a.cluster_centers_, b.cluster_centers_)


def test_more_replicates_only_add_to_fewer() -> None:
    X = blobs(300, 8, 6, noise=1.5)
    few = CorrelationKMeans(6, n_init=3, random_state=[1, 2]).fit(X)
    many = CorrelationKMeans(6, n_init=12, random_state=[1, 2]).fit(X)
    assert many.inertia_ <= few.inertia_
    assert 1 <= many.n_agreeing_ <= 12


def test_one_cluster_is_the_unit_mean() -> None:
    X = blobs(100, 5, 2)
    found = CorrelationKMeans(1, random_state=0).fit(X)
    assert (found.labels_ == 0).all()
    assert found.inertia_ == pytest.approx(objective(X, found.labels_), rel=1e-6)


def test_an_emptied_cluster_takes_the_farthest_row() -> None:
    X = blobs(60, 5, 2, noise=0.05)
    same = np.vstack([X[0], X[0] * 2 + 1, X[0] * 3])  # three starts in one place
    found = CorrelationKMeans(3, init=same).fit(X)
    assert len(np.unique(found.labels_)) == 3


@pytest.mark.parametrize("max_iter", [1, 2, 3])
def test_a_replicate_that_is_stopped_early_is_consistent(max_iter: int) -> None:
    X = blobs(80, 5, 2, noise=0.3)
    same = np.vstack([X[0], X[0] * 2 + 1, X[0] * 3, X[1]])
    found = CorrelationKMeans(4, init=same, max_iter=max_iter).fit(X)
    assert not found.converged_
    assert found.n_iter_ == max_iter
    assert len(np.unique(found.labels_)) == 4
    np.testing.assert_array_equal(found.predict(X), found.labels_)


def test_as_many_clusters_as_distinct_rows() -> None:
    X = np.repeat(np.random.default_rng(0).standard_normal((4, 5)), 3, axis=0)
    found = CorrelationKMeans(4, n_init=5, random_state=0).fit(X)
    assert found.inertia_ == pytest.approx(0.0, abs=1e-5)
    with pytest.raises(StudyError, match="only 4 of the 12 rows are distinct"):
        CorrelationKMeans(5, random_state=0).fit(X)


def test_copies_that_differ_in_scale_are_not_distinct() -> None:
    rng = np.random.default_rng(0)
    base = rng.standard_normal((5, 7))
    X = np.vstack([base, 3 * base + 1, 0.1 * base - 7]).astype(np.float32)
    with pytest.raises(StudyError, match="only 5 of the 15 rows are distinct"):
        CorrelationKMeans(6, random_state=0).fit(X)
    found = CorrelationKMeans(5, random_state=0).fit(X)
    assert 0 <= found.inertia_ < 1e-5
    assert np.bincount(found.labels_).tolist() == [3] * 5


def test_a_seed_sequence_gives_the_same_fit_twice() -> None:
    X = blobs(200, 8, 6, noise=1.5)
    seeds = np.random.SeedSequence(3)
    first = CorrelationKMeans(6, n_init=2, random_state=seeds).fit(X)
    again = CorrelationKMeans(6, n_init=2, random_state=seeds).fit(X)
    np.testing.assert_array_equal(first.labels_, again.labels_)


def test_large_float32_values_lose_nothing_that_matters() -> None:
    X = blobs(200, 6, 3)
    large = (X * 1e6).astype(np.float32)
    a = CorrelationKMeans(3, init=X[:3]).fit(X)
    b = CorrelationKMeans(3, init=large[:3]).fit(large)
    np.testing.assert_array_equal(a.labels_, b.labels_)


def test_constant_rows_are_told_by_their_own_magnitude() -> None:
    X = np.random.default_rng(0).standard_normal((5, 7))
    X[1], X[3] = 0.1, 1e9
    X[4] *= 1e-12
    assert constant_rows(X).tolist() == [False, True, False, True, False]
    X[0, 2], X[2, 0] = np.nan, np.inf
    assert constant_rows(X).tolist() == [True, True, True, True, False]
    with pytest.raises(StudyError, match="the first is row 0, which has NaN or inf in it: leave"):
        CorrelationKMeans(1).fit(X)
    with pytest.raises(StudyError, match="the first is row 1, which is constant: leave"):
        CorrelationKMeans(1).fit(X[[4, 1]])


def test_a_table_is_asked_for() -> None:
    seed = np.random.SeedSequence(0)
    with pytest.raises(StudyError, match=r"expected a table, but the shape is \(28,\)"):
        cluster_rows(np.arange(28), 1, seed)
    with pytest.raises(StudyError, match="at least two columns"):
        cluster_rows(np.ones((5, 1)), 1, seed)


def test_the_compiled_search_agrees_with_plain_arrays_whatever_the_sizes() -> None:
    """Tiles that are not full, columns that are no multiple of four, any number of clusters."""
    for n, p, k in [(64, 4, 2), (65, 5, 3), (200, 2, 2), (333, 29, 7), (40, 3, 4), (1000, 28, 20)]:
        X = blobs(n, p, k, seed=n)
        found = CorrelationKMeans(k, n_init=3, random_state=n).fit(X)
        r = unit_rows(X) @ found.cluster_centers_.T
        np.testing.assert_array_equal(found.labels_, r.argmax(axis=1))
        assert found.inertia_ == pytest.approx((1 - r.max(axis=1)).sum(), rel=1e-9, abs=1e-9)
        assert found.converged_
        np.testing.assert_array_equal(found.predict(X), found.labels_)
        np.testing.assert_allclose(found.transform(X), r, rtol=1e-7)
        assert found.score(X) == -found.inertia_


@pytest.mark.parametrize("k", [2, 8, 21])
def test_skipping_settled_rows_changes_nothing(k: int) -> None:
    """Bounds may only save work: from one start, plain Lloyd in whole numbers ends there too.

    The start is k of the rows: those correlate with their prototypes by a little more than 1, as
    far as rounding goes, and have to be looked at again none the less.
    """
    units = packed_units(blobs(5000, 12, 8, noise=1.5))
    start = on_grid(units[:k])
    prototypes, labels, passes = start, None, 0
    while labels is None or (labels != exact_products(units, prototypes).argmax(axis=1)).any():
        labels, passes = exact_products(units, prototypes).argmax(axis=1), passes + 1
        sums = np.array([units[labels == c].sum(axis=0, dtype=np.float64) for c in range(k)])
        prototypes = on_grid(sums)
    found = start.copy()
    objective, iterations, converged = lloyd_compiled(units, found, 1000)
    np.testing.assert_allclose(found, prototypes, atol=2.0**-28)
    assert objective == pytest.approx(len(units) - np.linalg.norm(sums, axis=1).sum(), rel=1e-12)
    assert (iterations, converged) == (passes + 1, True)


def on_grid(rows: np.ndarray) -> np.ndarray:
    """Rows of unit length, in multiples of 2⁻²⁸ as prototypes are."""
    rows = rows.astype(np.float64)
    return np.rint(rows / np.linalg.norm(rows, axis=1, keepdims=True) * 2.0**28) / 2.0**28


def exact_products(units: np.ndarray, prototypes: np.ndarray) -> np.ndarray:
    """Every product of a unit row and a prototype in units of 2⁻⁵², as whole numbers."""
    whole = (units.astype(np.float64) * 2.0**24).astype(np.int64)
    return whole @ (prototypes * 2.0**28).astype(np.int64).T


def test_what_float32_cannot_tell_apart_is_decided_exactly() -> None:
    """Prototypes whose products with a row differ by less than float32 resolves, or by nothing."""
    rng = np.random.default_rng(2)
    units = packed_units(rng.standard_normal((4000, 24)))
    near = on_grid(np.repeat(units[:3], 4, axis=0))
    near += rng.integers(-3, 4, near.shape) / 2.0**28
    near = np.vstack([near, near[:2]])  # equal ones too: the lower number wins
    products = exact_products(units, near)
    labels = products.argmax(axis=1)
    assert ((units @ near.T.astype(np.float32)).argmax(axis=1) != labels).any()
    found = near.copy()
    lloyd_compiled(units, found, 1)
    for cluster in range(len(near)):
        members = units[labels == cluster].sum(axis=0, dtype=np.float64)
        if members.any():
            np.testing.assert_allclose(found[cluster], on_grid(members[None])[0], atol=2.0**-28)
    again, own = assign(units, near)
    np.testing.assert_array_equal(again, labels)
    np.testing.assert_array_equal(own, products.max(axis=1) / 2.0**52)
    np.testing.assert_array_equal(units.astype(np.float64) @ near.T, products / 2.0**52)


def test_the_order_of_rows_leaves_no_bit_behind() -> None:
    X = blobs(3000, 9, 5, noise=1.2)
    order = np.random.default_rng(1).permutation(len(X))
    one = CorrelationKMeans(5, init=X[:5]).fit(X)
    two = CorrelationKMeans(5, init=X[:5]).fit(X[order])
    np.testing.assert_array_equal(one.labels_[order], two.labels_)
    np.testing.assert_array_equal(one.cluster_centers_, two.cluster_centers_)


def test_swaps_find_what_replicates_miss_and_never_lose() -> None:
    rng = np.random.default_rng(3)
    centres = rng.standard_normal((30, 20))
    X = centres[np.repeat(np.arange(30), 40)] + 0.1 * rng.standard_normal((1200, 20))
    plain = CorrelationKMeans(30, n_init=1, random_state=0).fit(X)
    swapped = CorrelationKMeans(30, n_init=1, n_swaps=150, random_state=0).fit(X)
    assert swapped.inertia_ < 0.9 * plain.inertia_
    assert plain.n_agreeing_ == 1
    assert swapped.n_agreeing_ == 0
    assert np.unique(swapped.labels_.reshape(30, 40), axis=1).shape == (30, 1)


def test_rows_are_read_in_blocks_and_named_by_their_number() -> None:
    X = np.tile(blobs(500, 3, 2), (300, 1))
    assert X.size > 2 * rows._BLOCK
    units = packed_units(X)
    np.testing.assert_array_equal(units[:, :3], unit_rows(X))
    assert units.shape == (len(X), 4)
    assert not units[:, 3].any()
    X[140_000] = 0.1
    with pytest.raises(StudyError, match="the first is row 140000"):
        packed_units(X)


def test_a_mapped_array_is_clustered_as_one_in_memory_is(tmp_path: Path) -> None:
    X = blobs(3000, 9, 4, noise=1.5).astype(np.float32)
    np.save(tmp_path / "rows.npy", X)
    mapped = np.load(tmp_path / "rows.npy", mmap_mode="r")
    one = CorrelationKMeans(4, n_init=3, random_state=0).fit(X)
    two = CorrelationKMeans(4, n_init=3, random_state=0).fit(mapped)
    np.testing.assert_array_equal(one.labels_, two.labels_)
    np.testing.assert_array_equal(one.cluster_centers_, two.cluster_centers_)

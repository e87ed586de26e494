"""Where prototypes lie: held against numpy's eigenvectors and against loops over pairs."""

import numpy as np
from response_clusters.responses.rows import unit_rows
from response_clusters.statistics.geometry import (
    among_surrogates,
    antipode_clusters,
    antipodes,
    principal_axes,
    shares_in_axes,
)


def units(n: int, p: int, seed: int = 0) -> np.ndarray:
    return unit_rows(np.random.default_rng(seed).standard_normal((n, p)) * np.arange(1, p + 1))


def test_axes_are_the_leading_eigenvectors_of_the_second_moments() -> None:
    rows = units(500, 6)
    values, vectors = np.linalg.eigh(rows.T @ rows / len(rows))
    expected = vectors[:, np.argsort(-values)][:, :3]
    axes = principal_axes(rows, 3)
    np.testing.assert_allclose(np.abs(axes.T @ expected), np.eye(3), atol=1e-9)
    assert (axes[np.abs(axes).argmax(axis=0), range(3)] > 0).all()


def test_shares_grow_to_one() -> None:
    rows = units(500, 6)
    axes, prototypes = principal_axes(rows, 5), units(4, 6, 1)
    shares = shares_in_axes(prototypes, axes)
    for prototype, share in zip(prototypes, shares, strict=True):
        expected = [np.sum((prototype @ axes[:, :m]) ** 2) for m in range(1, 6)]
        np.testing.assert_allclose(share, expected)
    np.testing.assert_allclose(shares[:, -1], 1.0, atol=1e-6)  # centred rows have p − 1 directions


def test_antipodes_are_the_most_negative_r_with_another() -> None:
    prototypes = units(5, 7)
    r = np.corrcoef(prototypes)
    np.fill_diagonal(r, 2)
    np.testing.assert_allclose(antipodes(prototypes), r.min(axis=1))
    assert np.isnan(antipodes(prototypes[:1])).all()
    assert antipode_clusters(prototypes) == (r.argmin(axis=1) + 1).tolist()
    assert antipode_clusters(prototypes[:1]) == [None]


def test_r_with_surrogates_and_among_them() -> None:
    prototypes = units(3, 8)
    rng = np.random.default_rng(2)
    orders = [rng.permutation(3) for _ in range(4)]
    moved = [prototypes + 0.1 * units(3, 8, 10 + i) for i in range(4)]
    drawn = [m[order] for m, order in zip(moved, orders, strict=True)]
    r, among = among_surrogates(prototypes, drawn)
    for cluster in range(3):
        own = [m[cluster] for m in moved]
        np.testing.assert_allclose(
            r[cluster], [np.corrcoef(prototypes[cluster], o)[0, 1] for o in own]
        )
        pairs = [np.corrcoef(own[i], own[j])[0, 1] for i in range(4) for j in range(i)]
        np.testing.assert_allclose(among[cluster], np.median(pairs))
    r, among = among_surrogates(prototypes, drawn[:1])
    assert r.shape == (3, 1)
    assert np.isnan(among).all()
    assert among_surrogates(prototypes, [])[0].shape == (3, 0)

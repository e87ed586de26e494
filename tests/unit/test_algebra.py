"""Matrix arithmetic in a fixed order, against LAPACK's and BLAS's, and against identities."""

import numpy as np
import pytest
from response_clusters.algebra import (
    at_least,
    gram,
    inverse_root,
    of_spectrum,
    product,
    quadratic,
    spectrum,
    square_root,
)


def covariance(n: int, rank: int, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((n, rank))
    return rows @ rows.T / rank


def test_products_are_products() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((40, 7)), rng.standard_normal((7, 9))
    np.testing.assert_allclose(product(a, b), a @ b, atol=1e-14)
    np.testing.assert_allclose(product(a.T, a), a.T @ a, atol=1e-13)
    form = covariance(7, 20)
    np.testing.assert_allclose(quadratic(a, form), np.diag(a @ form @ a.T), atol=1e-13)
    with pytest.raises(ValueError, match="zip"):
        product(a, b[:-1])


def test_sums_run_from_first_to_last() -> None:
    """In another order, or fused, the small terms would be there."""
    a = np.array([[1e16, 1.0, -1e16, 1.0]])
    assert product(a, np.ones((4, 1)))[0, 0] == 1.0
    assert product(a[:, ::-1], np.ones((4, 1)))[0, 0] == 0.0


@pytest.mark.parametrize("n", [1, 2, 3, 28, 60])
def test_functions_of_the_spectrum_are_those_of_lapack(n: int) -> None:
    matrix = covariance(n, 2 * n, seed=n)
    values, vectors = np.linalg.eigh(matrix)
    np.testing.assert_allclose(
        of_spectrum(matrix, np.exp), (vectors * np.exp(values)) @ vectors.T, rtol=1e-12, atol=1e-12
    )
    root = square_root(matrix)
    np.testing.assert_allclose(root @ root, matrix, atol=1e-13)
    np.testing.assert_array_equal(root, root.T)


def test_repeated_and_vanishing_eigenvalues() -> None:
    """Where eigenvectors are anybody's choice, the root is not."""
    alike = np.full((28, 28), 0.5) + 0.5 * np.eye(28)  # 27 equal eigenvalues
    root = square_root(alike)
    np.testing.assert_allclose(root @ root, alike, atol=1e-13)
    order = np.random.default_rng(0).permutation(28)
    np.testing.assert_allclose(square_root(alike[np.ix_(order, order)]), root, atol=1e-13)
    np.testing.assert_array_equal(square_root(np.zeros((4, 4))), np.zeros((4, 4)))
    np.testing.assert_array_equal(square_root(4.0 * np.eye(4)), 2.0 * np.eye(4))
    low = covariance(12, 3)
    np.testing.assert_allclose(square_root(low) @ square_root(low), low, atol=1e-12)


@pytest.mark.parametrize("n", [1, 5, 2048, 5000])
def test_sums_of_products_of_columns(n: int) -> None:
    rows = np.random.default_rng(n).standard_normal((n, 6))
    found = gram(rows)
    np.testing.assert_allclose(found, rows.T @ rows, rtol=1e-10, atol=1e-12 * n)
    np.testing.assert_array_equal(found, found.T)
    np.testing.assert_array_equal(gram(rows[:0]), np.zeros((6, 6)))


@pytest.mark.parametrize("n", [1, 2, 7, 28])
def test_eigenvectors_are_those_of_lapack_up_to_sign(n: int) -> None:
    matrix = covariance(n, 2 * n, seed=n) - 0.5 * np.eye(n)
    values, vectors = spectrum(matrix)
    wanted, others = np.linalg.eigh(matrix)
    np.testing.assert_allclose(values, wanted[::-1], atol=1e-13)
    np.testing.assert_allclose(np.abs(vectors.T @ others[:, ::-1]), np.eye(n), atol=1e-9)
    np.testing.assert_allclose(vectors @ np.diag(values) @ vectors.T, matrix, atol=1e-13)


def test_the_inverse_root_is_that_of_the_pseudo_inverse() -> None:
    full, low = covariance(12, 24), covariance(12, 3)
    for matrix in (full, low):
        root = inverse_root(matrix)
        np.testing.assert_allclose(root @ root, np.linalg.pinv(matrix, rtol=1e-10), atol=1e-9)
    root = inverse_root(full)
    np.testing.assert_allclose(root @ full @ root, np.eye(12), atol=1e-11)
    np.testing.assert_array_equal(inverse_root(np.zeros((3, 3))), np.zeros((3, 3)))


def test_no_direction_is_left_below_the_floor() -> None:
    matrix = covariance(10, 4) - 0.1 * np.eye(10)
    lifted = at_least(matrix, 0.02)
    values = np.linalg.eigvalsh(lifted)
    assert values.min() == pytest.approx(0.02, abs=1e-12)
    np.testing.assert_allclose(values[-3:], np.linalg.eigvalsh(matrix)[-3:], rtol=1e-12)

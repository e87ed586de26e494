"""Covariances of signal and noise, against loops over all pairs and against closed forms."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from response_clusters.statistics.covariances import (
    ImageResponses,
    common_share,
    covariance,
    cross_covariance,
    group_means,
    group_sums,
    noise_covariance,
    signal_covariance,
    without_negative,
)
from scipy.linalg import sqrtm


def over_pairs(rows: np.ndarray, images: np.ndarray) -> np.ndarray:
    """The cross-covariance of every ordered pair of presentations, listed one by one."""
    pairs = [
        (a, b) for a, b in itertools.permutations(range(len(rows)), 2) if images[a] == images[b]
    ]
    first, second = np.array(pairs).T
    p = rows.shape[1]
    return np.cov(rows[first].T, rows[second].T, ddof=0)[:p, p:]


def clipped(symmetric: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(symmetric)
    return (vectors * np.maximum(values, 0.0)) @ vectors.T


@pytest.fixture
def rows() -> np.ndarray:
    return np.random.default_rng(0).standard_normal((120, 5)) @ np.diag([1, 2, 3, 1, 1]) + 7.0


@pytest.fixture
def images() -> np.ndarray:
    """From one to a dozen presentations of an image, in any order."""
    return np.random.default_rng(1).geometric(0.2, 120) * 10


def test_total_covariance_is_numpys(rows: np.ndarray) -> None:
    np.testing.assert_allclose(covariance(rows), np.cov(rows.T, ddof=0), rtol=1e-12)
    single = rows.astype(np.float32)
    np.testing.assert_allclose(
        covariance(single), np.cov(single.T.astype(np.float64), ddof=0), rtol=1e-12
    )


def test_cross_covariance_is_numpys(rows: np.ndarray) -> None:
    a, b = rows[:60, :4], rows[60:]
    np.testing.assert_allclose(
        cross_covariance(a, b), np.cov(a.T, b.T, ddof=0)[:4, 4:], rtol=1e-10, atol=1e-13
    )


def test_sums_and_means_of_groups_are_loops(rows: np.ndarray, images: np.ndarray) -> None:
    there, means = group_means(rows, images)
    assert there.tolist() == sorted(set(images.tolist()))
    wanted = [rows[images == image].mean(axis=0) for image in there]
    np.testing.assert_allclose(means, wanted, rtol=1e-13)
    sums = group_sums(rows, np.repeat([3, 1], 60))
    np.testing.assert_array_equal(sums[[0, 2]], 0.0)
    np.testing.assert_allclose(sums[[3, 1]], [rows[:60].sum(axis=0), rows[60:].sum(axis=0)])


def test_signal_covariance_is_that_of_all_pairs(rows: np.ndarray, images: np.ndarray) -> None:
    evoked = 2.0 * rows[images % len(rows)] + rows  # so that pairs do covary
    wanted = over_pairs(evoked, images)
    np.testing.assert_array_less(0.0, np.linalg.eigvalsh(wanted))
    np.testing.assert_allclose(signal_covariance(evoked, images), wanted, rtol=1e-10)
    noise = over_pairs(rows, images)  # here some eigenvalues are negative
    assert np.linalg.eigvalsh(noise).min() < 0.0
    found = signal_covariance(rows, images)
    np.testing.assert_allclose(found, clipped(noise), atol=1e-12)
    assert np.linalg.eigvalsh(found).min() > -1e-12


def test_two_presentations_of_each_have_a_closed_form(rows: np.ndarray) -> None:
    """Half the covariance of sums, less half that of differences, the mean difference being 0."""
    a = np.concatenate([rows[:60], rows[60:]])
    b = a + np.random.default_rng(2).standard_normal(a.shape)
    both, images = np.concatenate([a, b]), np.tile(np.arange(len(a)), 2)
    difference = a - b
    wanted = np.cov((a + b).T, ddof=0) / 4 - difference.T @ difference / (4 * len(a))
    np.testing.assert_allclose(signal_covariance(both, images), wanted, rtol=1e-9)


def test_images_shown_once_say_nothing_of_the_signal(rows: np.ndarray, images: np.ndarray) -> None:
    evoked = rows[images % len(rows)] + rows
    more = np.concatenate([evoked, 100.0 * rows])
    labels = np.concatenate([images, -1 - np.arange(len(rows))])
    np.testing.assert_allclose(
        signal_covariance(more, labels), signal_covariance(evoked, images), rtol=1e-10
    )
    np.testing.assert_array_equal(signal_covariance(rows, np.arange(len(rows))), np.zeros((5, 5)))


def test_a_common_shift_and_the_order_of_rows_change_nothing(
    rows: np.ndarray, images: np.ndarray
) -> None:
    found = signal_covariance(rows, images)
    order = np.random.default_rng(3).permutation(len(rows))
    np.testing.assert_allclose(
        signal_covariance(rows[order] - 1e3, images[order]), found, atol=1e-9
    )


def test_noise_is_what_the_signal_leaves() -> None:
    total, signal = np.diag([3.0, 2.0, 1.0]), np.diag([1.0, 2.0, 1.5])
    np.testing.assert_allclose(noise_covariance(total, signal), np.diag([2.0, 0.0, 0.0]))
    turned = np.linalg.qr(np.random.default_rng(0).standard_normal((3, 3)))[0]
    np.testing.assert_allclose(
        without_negative(turned @ (total - signal) @ turned.T),
        turned @ np.diag([2.0, 0.0, 0.0]) @ turned.T,
        atol=1e-14,
    )


def subjects_with(share: float, images: int, seed: int = 0) -> list[ImageResponses]:
    """Three subjects with different regions, images and signals, some of it in common."""
    rng = np.random.default_rng(seed)
    z = rng.standard_normal((images, 7))
    found = []
    for regions in ([0, 1, 2, 3, 4, 5, 6], [0, 2, 3, 4, 6], [1, 2, 4, 5, 6]):
        p = len(regions)
        root = rng.standard_normal((p, p))
        signal = root @ root.T
        seen = np.sort(rng.choice(images, images * 3 // 4, replace=False))
        own = rng.standard_normal((len(seen), p))
        mixed = np.sqrt(share) * z[np.ix_(seen, regions)] + np.sqrt(1 - share) * own
        means = mixed @ np.real(sqrtm(signal)) + 5.0
        found.append(ImageResponses(np.array(regions), seen, means, signal))
    return found


def by_loops(subjects: list[ImageResponses]) -> float:
    """w by its definition: every matrix written out, one image after the other."""
    found = expected = 0.0
    for a, b in itertools.combinations(subjects, 2):
        common = [region for region in a.regions if region in b.regions]
        in_a = [a.regions.tolist().index(region) for region in common]
        in_b = [b.regions.tolist().index(region) for region in common]
        P = np.eye(len(common)) - 1.0 / len(common)
        shared = sorted(set(a.images.tolist()) & set(b.images.tolist()))
        x = [P @ a.means[a.images.tolist().index(image)][in_a] for image in shared]
        y = [P @ b.means[b.images.tolist().index(image)][in_b] for image in shared]
        C = sum(np.outer(u, v) for u, v in zip(x, y, strict=True)) / len(shared)
        C -= np.outer(np.mean(x, axis=0), np.mean(y, axis=0))
        found += np.trace(C)
        roots = (
            np.real(sqrtm(a.signal))[np.ix_(in_a, in_a)],
            np.real(sqrtm(b.signal))[np.ix_(in_b, in_b)],
        )
        expected += np.trace(P @ roots[0] @ roots[1] @ P)
    return found / expected


def test_the_common_share_is_its_formula() -> None:
    subjects = subjects_with(0.4, 200)
    assert common_share(subjects) == pytest.approx(by_loops(subjects), rel=1e-9)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.8, 1.0])
def test_the_common_share_is_recovered(share: float) -> None:
    assert common_share(subjects_with(share, 40_000)) == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize(("factor", "share"), [(-1.0, 0.0), (9.0, 1.0)])
def test_the_common_share_stays_between_0_and_1(factor: float, share: float) -> None:
    one, two, _ = subjects_with(0.9, 500)
    other = ImageResponses(two.regions, two.images, factor * two.means, two.signal)
    assert common_share([one, other]) == share


def test_without_anything_in_common_the_share_is_0() -> None:
    one, two, _ = subjects_with(0.9, 500)
    assert common_share([one]) == 0.0
    apart = [
        ImageResponses(two.regions, two.images + 500, two.means, two.signal),
        ImageResponses(two.regions + 7, two.images, two.means, two.signal),
        ImageResponses(two.regions, two.images, two.means, 0.0 * two.signal),
    ]
    for other in apart:
        assert common_share([one, other]) == 0.0
    # Whoever shares nothing, or has no repeats to know the signal from, leaves the others alone.
    three = subjects_with(0.4, 200)
    for other in apart:
        lonely = replace(other, images=other.images + 500 * other.signal.any())
        assert common_share([*three, lonely]) == common_share(three)

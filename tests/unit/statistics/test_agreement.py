"""Agreement of presentations within and between subjects, against lists of pairs."""

import math
from itertools import combinations, permutations, product

import numpy as np
import numpy.typing as npt
import pytest
from response_clusters import StudyError
from response_clusters.statistics.agreement import (
    cohens_kappa,
    mutual_information,
    pair_table,
    permuted_images,
    permuted_within,
    subject_counts,
    subject_tables,
)
from response_clusters.statistics.contingency import contingency, crossed
from sklearn.metrics import cohen_kappa_score, mutual_info_score

Labels = npt.NDArray[np.int64]


def presentations(seed: int, k: int = 4) -> tuple[Labels, Labels]:
    """Images with one to five presentations and clusters that depend on them."""
    rng = np.random.default_rng(seed)
    images = rng.permutation(np.repeat(np.arange(40), rng.integers(1, 6, 40)))
    clusters = np.where(rng.random(len(images)) < 0.6, images % k, rng.integers(0, k, len(images)))
    return images, clusters


def listed_pairs(images: Labels, clusters: Labels) -> tuple[list[int], list[int]]:
    """The clusters of all ordered pairs of presentations of the same image."""
    pairs = [
        (clusters[t], clusters[u])
        for t, u in product(range(len(images)), repeat=2)
        if t != u and images[t] == images[u]
    ]
    return [a for a, _ in pairs], [b for _, b in pairs]


def test_the_table_counts_all_pairs_in_both_orders() -> None:
    images, clusters = presentations(0)
    table = pair_table(contingency(images, clusters, 40, 4))
    first, second = listed_pairs(images, clusters)
    np.testing.assert_array_equal(table, contingency(np.array(first), np.array(second), 4, 4))
    np.testing.assert_array_equal(table, table.T)


def test_kappa_and_information_are_scikit_learns_of_all_pairs() -> None:
    images, clusters = presentations(1)
    table = pair_table(contingency(images, clusters, 40, 4))
    pairs = listed_pairs(images, clusters)
    assert cohens_kappa(table) == pytest.approx(cohen_kappa_score(*pairs), abs=1e-12)
    assert mutual_information(table) == pytest.approx(mutual_info_score(*pairs), abs=1e-12)


def test_a_weight_is_an_image_repeated() -> None:
    images, clusters = presentations(2)
    counts = contingency(images, clusters, 40, 4)
    weights = np.random.default_rng(3).integers(0, 4, 40)
    np.testing.assert_array_equal(
        pair_table(counts, weights), pair_table(np.repeat(counts, weights, axis=0))
    )


def test_pairs_within_a_subject_only() -> None:
    images, clusters = presentations(4)
    subjects = np.arange(len(images)) % 2
    units = crossed(subjects, images)
    table = pair_table(contingency(units, clusters, units.max() + 1, 4))
    each = [
        pair_table(contingency(images[subjects == s], clusters[subjects == s], 40, 4))
        for s in (0, 1)
    ]
    np.testing.assert_array_equal(table, sum(each))


def test_cohens_example() -> None:
    """Cohen (1960), table 1: two judges, three categories, κ = .492 from p_o .70 and p_e .41."""
    table = np.array([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
    assert table.sum() == 200
    assert cohens_kappa(table) == pytest.approx((0.70 - 0.41) / (1 - 0.41))


def test_kappa_of_perfect_and_of_no_agreement() -> None:
    assert cohens_kappa(np.diag([3, 5])) == 1.0
    assert cohens_kappa([[0, 1], [1, 0]]) == -1.0
    assert cohens_kappa(np.outer([1, 2], [3, 4])) == pytest.approx(0, abs=1e-15)


def test_no_pairs_or_one_cluster_have_no_kappa() -> None:
    assert math.isnan(cohens_kappa(np.zeros((3, 3))))
    assert math.isnan(cohens_kappa(np.diag([7, 0])))
    assert math.isnan(mutual_information(np.zeros((2, 2))))
    assert mutual_information(np.diag([7, 0])) == 0.0
    once = contingency(np.arange(5), np.zeros(5, int), 5, 2)
    assert math.isnan(cohens_kappa(pair_table(once)))


def test_a_table_that_is_not_square_is_refused() -> None:
    with pytest.raises(StudyError, match=r"shape \(2, 3\)"):
        cohens_kappa(np.ones((2, 3)))


def test_the_pooled_kappa_averages_observed_and_expected_agreement() -> None:
    rng = np.random.default_rng(5)
    tables = rng.integers(0, 20, (3, 4, 4))
    n = tables.sum(axis=(1, 2))
    p = tables / n[:, None, None]
    observed = np.average([np.trace(t) for t in p], weights=n)
    expected = np.average([t.sum(axis=0) @ t.sum(axis=1) for t in p], weights=n)
    assert cohens_kappa(tables) == pytest.approx((observed - expected) / (1 - expected))
    # Tables that agree by chance only, each with margins of its own.
    chance = [np.outer([9, 1], [9, 1]), np.outer([1, 9], [2, 8]), np.zeros((2, 2))]
    assert cohens_kappa(np.array(chance)) == pytest.approx(0, abs=1e-15)


def test_mutual_information_of_independent_and_of_equal_labels() -> None:
    assert mutual_information(np.outer([1, 2, 3], [4, 5])) == pytest.approx(0, abs=1e-15)
    assert mutual_information(np.eye(8)) == pytest.approx(math.log(8))


def test_permutations_stay_within_their_group() -> None:
    groups = np.array([1, 0, 1, 1, 0, 2])
    seen = set()
    rng = np.random.default_rng(6)
    for _ in range(400):
        order = permuted_within(groups, rng)
        np.testing.assert_array_equal(groups[order], groups)
        assert sorted(order) == list(range(6))
        seen.add(tuple(order))
    assert len(seen) == math.factorial(3) * math.factorial(2)


def test_permuted_images_leave_no_agreement() -> None:
    images, clusters = presentations(7)
    rng = np.random.default_rng(8)
    subjects = np.zeros(len(images), dtype=int)
    null = [
        cohens_kappa(
            pair_table(contingency(images[permuted_within(subjects, rng)], clusters, 40, 4))
        )
        for _ in range(300)
    ]
    observed = cohens_kappa(pair_table(contingency(images, clusters, 40, 4)))
    assert observed > max(null)
    # Two trials drawn without replacement agree a little less often than chance.
    assert np.mean(null) == pytest.approx(-1 / (len(images) - 1), abs=0.01)


def shown_to_subjects(seed: int) -> tuple[Labels, Labels, Labels]:
    """Trials of three subjects, of whom each saw some of fifteen images up to three times."""
    rng = np.random.default_rng(seed)
    subjects = rng.integers(0, 3, 60)
    images = rng.integers(-1, 15, 60)
    return subjects, images, rng.integers(0, 4, 60)


def test_counts_are_of_images_that_two_subjects_saw() -> None:
    subjects, images, clusters = shown_to_subjects(9)
    counts, shared = subject_counts(subjects, images, clusters, 3, 4)
    saw = {i: set(subjects[images == i]) for i in range(15)}
    assert shared.tolist() == [i for i in range(15) if len(saw[i]) > 1]
    for s, i, c in product(range(3), range(len(shared)), range(4)):
        there = (subjects == s) & (images == shared[i]) & (clusters == c)
        assert counts[s, i, c] == there.sum()


def test_tables_of_subjects_are_sums_over_pairs_of_their_trials() -> None:
    subjects, images, clusters = shown_to_subjects(10)
    counts, shared = subject_counts(subjects, images, clusters, 3, 4)
    expected = np.zeros((3, 4, 4))
    for pair, (a, b) in enumerate(combinations(range(3), 2)):
        for image in shared:
            ours, theirs = (clusters[(subjects == s) & (images == image)] for s in (a, b))
            for x, y in product(ours, theirs):
                expected[pair, x, y] += 1 / (len(ours) * len(theirs))
    tables = subject_tables(counts)
    np.testing.assert_allclose(tables, expected, atol=1e-12)
    weights = np.arange(len(shared)) % 3
    np.testing.assert_allclose(
        subject_tables(counts, weights), subject_tables(np.repeat(counts, weights, axis=1))
    )


def test_with_one_trial_each_kappa_is_that_of_two_raters() -> None:
    rng = np.random.default_rng(11)
    a = rng.integers(0, 4, 50)
    b = np.where(rng.random(50) < 0.5, a, rng.integers(0, 4, 50))
    subjects, images = np.repeat([0, 1], 50), np.tile(np.arange(50), 2)
    counts, _ = subject_counts(subjects, images, np.concatenate([a, b]), 2, 4)
    kappa = cohens_kappa(subject_tables(counts)[0])
    assert kappa == pytest.approx(cohen_kappa_score(a, b), abs=1e-12)


def test_odd_numbers_of_trials_make_no_overflow() -> None:
    """The common denominator of so many different numbers would not fit a float64."""
    counts = np.ones((2, 300, 3), dtype=np.int64) * np.arange(1, 301)[:, None]
    np.testing.assert_allclose(subject_tables(counts), np.full((1, 3, 3), 300 / 9))


def test_subjects_without_images_in_common_have_no_kappa() -> None:
    counts, shared = subject_counts(np.array([0, 1]), np.array([0, 1]), np.array([0, 1]), 2, 2)
    assert shared.size == 0
    assert math.isnan(cohens_kappa(subject_tables(counts)))
    counts, shared = subject_counts(np.array([0]), np.array([-1]), np.array([0]), 2, 2)
    assert shared.size == 0


def test_images_are_permuted_among_those_that_a_subject_saw() -> None:
    counts = np.zeros((2, 4, 2), dtype=np.int64)
    counts[0, :3] = [[3, 0], [2, 1], [0, 3]]
    counts[1] = [[1, 0], [0, 1], [1, 1], [2, 0]]
    rng = np.random.default_rng(12)
    seen = set()
    for _ in range(3000):
        permuted = permuted_images(counts, rng)
        assert not permuted[0, 3].any()
        for own, before in zip(permuted, counts, strict=True):
            assert sorted(own.tolist()) == sorted(before.tolist())
        seen.add(permuted.tobytes())
    assert len(seen) == math.factorial(3) * math.factorial(4)


def test_kappa_between_subjects_is_zero_over_all_permutations() -> None:
    """Exactly, as each subject keeps its own margins: the mean over all orders of one of them."""
    rng = np.random.default_rng(13)
    counts = rng.multinomial(3, [0.6, 0.3, 0.1], (2, 5))
    kappas = [
        cohens_kappa(subject_tables(np.stack([counts[0][list(order)], counts[1]])))
        for order in permutations(range(5))
    ]
    assert np.mean(kappas) == pytest.approx(0, abs=1e-12)

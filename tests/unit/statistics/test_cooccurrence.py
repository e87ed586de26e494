"""Pairs of categories against sets of images made one by one, and against shuffled pictures."""

from itertools import combinations, permutations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from response_clusters.records import checked_record
from response_clusters.statistics.cooccurrence import (
    circular_r,
    cooccurrence,
    disjoint_r,
    disjoint_sets,
    mantel_draws,
    pair_counts,
    pearson,
    phi_matrix,
    shown_categories,
)
from response_clusters.statistics.seeds import draw_generator
from response_clusters.statistics.stability import image_halves
from response_clusters.tables import validated
from scipy.sparse import csr_array

Floats = npt.NDArray[np.float64]


def themed(seed: int, n: int = 600, categories: int = 24) -> Floats:
    """Images of six themes; a category is common in its own theme and rare elsewhere."""
    rng = np.random.default_rng(seed)
    theme = rng.integers(6, size=n)
    own = theme[:, None] == np.arange(categories) % 6
    return (rng.random((n, categories)) < np.where(own, 0.5, 0.03)).astype(float)


def sets_of(x: Floats, least: int = 5, seed: int = 0) -> tuple[npt.NDArray[np.bool_], dict]:  # type: ignore[type-arg]
    """The four sets of each pair of categories with enough images, one image at a time."""
    halves = image_halves(len(x), np.random.default_rng(seed))
    found = {}
    for a, b in combinations(range(x.shape[1]), 2):
        sets = [
            [i for i in range(len(x)) if x[i, a] and not x[i, b]],
            [i for i in range(len(x)) if x[i, b] and not x[i, a]],
            [i for i in range(len(x)) if not x[i, a] and not x[i, b] and not halves[i]],
            [i for i in range(len(x)) if not x[i, a] and not x[i, b] and halves[i]],
        ]
        if min(map(len, sets)) >= least:
            found[a, b] = sets
    return halves, found


def generator(draw: int) -> np.random.Generator:
    return draw_generator(0, "cooccurrence", "pooled", draw)


def test_phi_is_the_correlation_of_presence() -> None:
    x = themed(0, 80, 6)
    x[:, 5] = 1
    both = pair_counts(csr_array(x))
    np.testing.assert_array_equal(both, x.T @ x)
    phi = phi_matrix(both, len(x))
    np.testing.assert_allclose(phi[:5, :5], np.corrcoef(x[:, :5].T))
    assert np.isnan(phi[5]).all()


def test_sums_over_sets_are_those_made_one_by_one() -> None:
    x = themed(1, 90, 8)
    patterns = np.random.default_rng(2).standard_normal((90, 7))
    halves, expected = sets_of(x)
    assert 5 < len(expected) < 28
    sets = disjoint_sets(csr_array(x), halves, 5)
    assert list(zip(sets.a, sets.b, strict=True)) == list(expected)
    for r, sizes, rest, four in zip(
        disjoint_r(patterns, sets), sets.only.T, sets.neither.T, expected.values(), strict=True
    ):
        assert [*sizes, *rest] == [len(one) for one in four]
        a, b, without_a, without_b = (patterns[one].mean(axis=0) for one in four)
        assert r == pytest.approx(np.corrcoef(a - without_a, b - without_b)[0, 1])


def test_pairs_are_compared_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    x, rng = themed(3, 100, 9), np.random.default_rng(4)
    sets = disjoint_sets(csr_array(x), image_halves(100, rng), 3)
    patterns = rng.standard_normal((100, 5))
    whole = disjoint_r(patterns, sets), circular_r(patterns, csr_array(x), sets.a, sets.b)
    monkeypatch.setattr("response_clusters.statistics.cooccurrence._BLOCK", 20)
    np.testing.assert_array_equal(whole[0], disjoint_r(patterns, sets))
    np.testing.assert_array_equal(whole[1], circular_r(patterns, csr_array(x), sets.a, sets.b))


def test_means_of_all_images_are_those_of_all() -> None:
    x, patterns = themed(5, 60, 4), np.random.default_rng(6).standard_normal((60, 9))
    means = [patterns[x[:, c] == 1].mean(axis=0) - patterns.mean(axis=0) for c in range(4)]
    a, b = np.triu_indices(4, 1)
    r = circular_r(patterns, csr_array(x), a, b)
    np.testing.assert_allclose(r, np.corrcoef(means)[a, b])


def test_contrasts_of_four_disjoint_sets_are_uncorrelated_over_all_permutations() -> None:
    """And those minus the mean of all, or of the same others, are not."""
    values = np.array([0.3, -1.0, 2.0, 0.7, -0.2, 5.0])
    sums = np.zeros(3)
    for order in permutations(values):
        a, b, r, q = order[0], (order[1] + order[2]) / 2, order[3], (order[4] + order[5]) / 2
        neither = (order[3] + order[4] + order[5]) / 3
        mean = values.mean()
        sums += (a - r) * (b - q), (a - mean) * (b - mean), (a - neither) * (b - neither)
    assert sums[0] == pytest.approx(0, abs=1e-9)
    assert sums[1] < -100 and sums[2] > 100


def test_what_all_responses_have_in_common_changes_nothing() -> None:
    x, rng = themed(7, 200, 10), np.random.default_rng(8)
    sets = disjoint_sets(csr_array(x), image_halves(200, rng), 5)
    patterns = rng.standard_normal((200, 6))
    moved = disjoint_r(patterns + 50 * rng.standard_normal(6), sets)
    np.testing.assert_allclose(moved, disjoint_r(patterns, sets), atol=1e-9)


def test_r_of_means_with_common_images_is_phi_without_any_relation() -> None:
    """With very many regions, r is its expectation: φ, but 0 for disjoint images."""
    x, rng = themed(9, 150, 8), np.random.default_rng(10)
    patterns, shown = rng.standard_normal((150, 40_000)), csr_array(x)
    sets = disjoint_sets(shown, image_halves(150, rng), 5)
    phi = phi_matrix(pair_counts(shown), 150)[sets.a, sets.b]
    assert phi.max() > 0.3
    np.testing.assert_allclose(circular_r(patterns, shown, sets.a, sets.b), phi, atol=0.03)
    np.testing.assert_allclose(disjoint_r(patterns, sets), 0, atol=0.03)


def test_shuffled_pictures_show_no_relation() -> None:
    """Labels that overlap strongly, and responses that vary along few axes around a mean."""
    x = themed(11)
    rng = np.random.default_rng(12)
    patterns = 2 + rng.standard_normal((600, 4)) @ rng.standard_normal((4, 12))
    categories, shown = [f"{c:02d}" for c in range(24)], csr_array(x)
    table, record = cooccurrence(patterns, categories, shown, 10, 300, generator)
    assert abs(record["shuffled"]) < 0.03
    assert record["circular_shuffled"] > 0.15
    assert record["shuffled_low"] < record["mantel_r"] < record["shuffled_high"]
    assert record["p_pictures"] > 0.05
    validated(table, "cooccurrence", "here")
    checked_record({**record, "note": ""}, "cooccurrence", "here")


def test_categories_of_a_theme_have_its_responses() -> None:
    x, rng = themed(13), np.random.default_rng(14)
    patterns = x @ rng.standard_normal((6, 12))[np.arange(24) % 6] + rng.standard_normal((600, 12))
    table, record = cooccurrence(
        patterns, [f"{c:02d}" for c in range(24)], csr_array(x), 10, 99, generator
    )
    assert record["mantel_r"] > 0.7 and record["p"] == 0.01
    assert record["pairs"] == table["r"].notna().sum() <= len(table) == 276
    of_theme = table["category_a"].astype(int) % 6 == table["category_b"].astype(int) % 6
    assert table["phi"][of_theme].min() > table["phi"][~of_theme].max()
    row = table.iloc[20]
    a, b = int(row["category_a"]), int(row["category_b"])
    assert row["images_a"] == (x[:, a] * (1 - x[:, b])).sum()
    assert row["images_b"] == (x[:, b] * (1 - x[:, a])).sum()
    assert row["both"] == (x[:, a] * x[:, b]).sum()


def test_the_larger_p_counts() -> None:
    """Responses of their own for each category make r vary, whatever is seen together."""
    x, rng = themed(15, 400, 12), np.random.default_rng(16)
    patterns = x @ rng.standard_normal((12, 10)) + 0.2 * rng.standard_normal((400, 10))
    _, record = cooccurrence(patterns, list("abcdefghijkl"), csr_array(x), 5, 99, generator)
    assert record["p"] == max(record["p_pictures"], record["p_categories"])
    assert record["p_pictures"] != record["p_categories"]


def test_mantels_permutations_permute_a_matrix() -> None:
    rng = np.random.default_rng(17)
    x = themed(18, 120, 7)
    sets = disjoint_sets(csr_array(x), image_halves(120, rng), 5)
    phi = phi_matrix(pair_counts(csr_array(x)), 120)
    r = rng.standard_normal(len(sets.a))
    orders = [rng.permutation(7) for _ in range(20)]
    for order, drawn in zip(orders, mantel_draws(phi, r, sets, orders), strict=True):
        permuted = phi[np.ix_(order, order)]
        values = [permuted[a, b] for a, b in zip(sets.a, sets.b, strict=True)]
        assert drawn == pytest.approx(np.corrcoef(values, r)[0, 1])


@pytest.mark.parametrize(("categories", "regions"), [(0, 8), (1, 8), (2, 8), (6, 2)])
def test_too_little_gives_nulls(categories: int, regions: int) -> None:
    x = themed(19, 60, 6)[:, :categories]
    patterns = np.random.default_rng(20).standard_normal((60, regions))
    names = list("abcdef"[:categories])
    table, record = cooccurrence(patterns, names, csr_array(x), 3, 9, generator)
    assert {record[name] for name in ("mantel_r", "p", "shuffled", "circular_r")} == {None}
    assert len(validated(table, "cooccurrence", "here")) == categories * (categories - 1) // 2
    checked_record({**record, "note": ""}, "cooccurrence", "here")


def test_pearsons_r_needs_three_values_that_vary() -> None:
    assert pearson(np.array([1.0, 2, 4]), np.array([2.0, 1, 5])) == pytest.approx(
        np.corrcoef([1, 2, 4], [2, 1, 5])[0, 1]
    )
    assert np.isnan(pearson(np.array([1.0, 2]), np.array([1.0, 2])))
    assert np.isnan(pearson(np.ones(3), np.array([1.0, 2, 3])))


def test_categories_are_counted_in_the_images_shown() -> None:
    labels = pd.DataFrame(
        {
            "image": [4, 4, 5, 6, 4, 5, 6, 9, 9],
            "category": ["tie", "cat", "cat", "dog", "sky", "sky", "sky", "tie", "dog"],
        }
    )
    categories, shown = shown_categories(np.array([4, 5, 6]), labels, 1)
    assert categories == ["cat", "dog", "tie"]
    np.testing.assert_array_equal(shown.toarray(), [[1, 0, 1], [1, 0, 0], [0, 1, 0]])
    assert shown_categories(np.array([4, 5, 6]), labels, 2)[0] == ["cat"]

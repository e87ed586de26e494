"""One-to-one matching of prototypes."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from response_clusters import StudyError
from response_clusters.comparison.consistency import across_k, across_subjects
from response_clusters.comparison.matching import match_prototypes, summary


def test_the_matching_is_the_best_of_all() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((4, 9)), rng.standard_normal((4, 9))
    found = match_prototypes(a, b)
    r = np.array([[np.corrcoef(x, y)[0, 1] for y in b] for x in a])
    np.testing.assert_allclose(found.r, r, atol=1e-12)
    best = max(sum(r[i, j] for i, j in enumerate(p)) for p in permutations(range(4)))
    assert found.r[found.matched].sum() == pytest.approx(best)


def test_order_and_scale_of_prototypes_do_not_matter() -> None:
    rng = np.random.default_rng(1)
    a = rng.standard_normal((5, 8))
    order = rng.permutation(5)
    found = match_prototypes(a, 3 * a[order] + 2)
    assert found.matched[order, np.arange(5)].all()
    np.testing.assert_allclose(found.r[found.matched], 1.0)


def test_unequal_numbers_give_the_smaller_number_of_matches() -> None:
    rng = np.random.default_rng(2)
    found = match_prototypes(rng.standard_normal((3, 8)), rng.standard_normal((6, 8)))
    assert found.matched.sum() == 3
    assert (found.matched.sum(axis=0) <= 1).all()
    assert (found.matched.sum(axis=1) == 1).all()


def test_one_region_cannot_be_correlated() -> None:
    with pytest.raises(StudyError, match="two or more regions"):
        match_prototypes(np.ones((2, 1)), np.ones((2, 1)))


def test_all_pairs_of_k_are_compared_once() -> None:
    rng = np.random.default_rng(3)
    table = across_k({k: rng.standard_normal((k, 6)) for k in (2, 3, 4)})
    pairs = table[["k_a", "k_b"]].drop_duplicates().to_numpy().tolist()
    assert pairs == [[2, 3], [2, 4], [3, 4]]
    assert len(table) == 2 * 3 + 2 * 4 + 3 * 4
    assert table.groupby(["k_a", "k_b"])["matched"].sum().tolist() == [2, 2, 3]


def test_subjects_are_compared_over_the_regions_that_the_pair_shares() -> None:
    rng = np.random.default_rng(4)
    full = pd.DataFrame(rng.standard_normal((3, 6)), columns=list("abcdef"))
    fits = {"subj01": full, "subj02": full[list("abcde")], "subj03": full[list("bcdef")]}
    table, figures = across_subjects(fits)
    regions = table.drop_duplicates(["subject_a", "subject_b"])["regions"].tolist()
    assert regions == [5, 5, 4]
    matched = table[table["matched"]]
    np.testing.assert_allclose(matched["r"], 1.0)
    assert (matched["cluster_a"] == matched["cluster_b"]).all()
    assert figures["n"] == 9
    assert figures["fraction_above_0.8"] == 1.0


def test_the_summary_counts_what_lies_above_point_eight() -> None:
    found = summary(np.array([0.9, 0.8, 0.7, 0.85]), np.array([0.9, 0.9]))
    assert found["fraction_above_0.8"] == 0.5
    assert found["median"] == pytest.approx(0.825)
    assert found["min"] == 0.7
    assert found["best_match"]["n"] == 2
    assert summary(np.array([]), np.array([]))["median"] is None

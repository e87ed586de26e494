"""The flow of trials from k to k + 1, against pandas' cross tabulation."""

import numpy as np
import pandas as pd
import pytest
from response_clusters.statistics.lineage import lineage
from response_clusters.tables import validated

RNG = np.random.default_rng(0)
CLUSTERS = {k: np.r_[np.arange(1, k + 1), RNG.integers(1, k + 1, 200)] for k in (1, 2, 3, 4)}
PROTOTYPES = {k: RNG.normal(size=(k, 9)) for k in CLUSTERS}


def table() -> pd.DataFrame:
    n = min(map(len, CLUSTERS.values()))
    return lineage((CLUSTERS[k][:n], PROTOTYPES[k]) for k in CLUSTERS)


def test_counts_and_shares_are_those_of_a_cross_tabulation() -> None:
    n = min(map(len, CLUSTERS.values()))
    for k, rows in table().groupby("k"):
        before, after = CLUSTERS[k][:n], CLUSTERS[k + 1][:n]
        for column, normalised in (
            ("trials", False),
            ("share", "index"),
            ("share_next", "columns"),
        ):
            expected = pd.crosstab(before, after, normalize=normalised)
            found = rows.pivot(index="cluster", columns="cluster_next", values=column)
            np.testing.assert_allclose(found, expected)
        assert (rows["k_next"] == k + 1).all()


def test_r_is_pearsons_and_matches_are_one_to_one() -> None:
    for k, rows in table().groupby("k"):
        expected = np.corrcoef(PROTOTYPES[k], PROTOTYPES[k + 1])[:k, k:]
        np.testing.assert_allclose(rows["r"], expected.ravel())
        matched = rows[rows["matched"]]
        assert len(matched) == k
        assert matched["cluster"].is_unique and matched["cluster_next"].is_unique


def test_the_table_fits_its_schema() -> None:
    held = validated(table().assign(cohort="pooled"), "lineage", "lineage")
    assert len(held) == 1 * 2 + 2 * 3 + 3 * 4


def test_a_cluster_without_the_other_s_trials_has_a_row() -> None:
    halves = np.array([1, 1, 2, 2])
    found = lineage([(np.ones(4, int), PROTOTYPES[1]), (halves, PROTOTYPES[2])])
    assert found["trials"].tolist() == [2, 2]
    found = lineage([(halves, PROTOTYPES[2]), (np.array([1, 2, 3, 3]), PROTOTYPES[3])])
    assert found["trials"].tolist() == [1, 1, 0, 0, 0, 2]
    assert found["share"].tolist() == pytest.approx([0.5, 0.5, 0, 0, 0, 1])
    assert found["share_next"].tolist() == pytest.approx([1, 1, 0, 0, 0, 1])

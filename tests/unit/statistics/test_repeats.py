"""Repeats and shared images: against lists of pairs, closed forms and what cannot be otherwise."""

from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from response_clusters.statistics.repeats import (
    ALL,
    STATISTICS,
    compare_repeats,
    compare_shared,
    with_models,
)
from response_clusters.tables import validated
from sklearn.metrics import cohen_kappa_score, mutual_info_score

Codes = npt.NDArray[np.int64]
FEW: Any = {"seed": 0, "bootstraps": 20, "permutations": 50}


def trials(seed: int, subjects: int = 3, k: int = 4, shown: int = 30) -> tuple[Codes, Codes, Codes]:
    """Trials of subjects who have images in common, on which their clusters depend."""
    rng = np.random.default_rng(seed)
    blocks = []
    for subject in range(subjects):
        images = rng.permutation(
            np.repeat(np.arange(shown) + 5 * subject, rng.integers(1, 4, shown))
        )
        noise = rng.integers(0, k, len(images))
        clusters = np.where(rng.random(len(images)) < 0.5, images % k, noise)
        blocks.append((np.full(len(images), subject), images, clusters))
    subjects_of, images_of, clusters_of = (
        np.concatenate(part) for part in zip(*blocks, strict=True)
    )
    return subjects_of, images_of, clusters_of


def repeats(*of: Codes, k: int = 4, **settings: int) -> pd.DataFrame:
    return compare_repeats(*of, k, cohort="pooled", **(FEW | settings)).set_index("statistic")


def test_observed_values_are_those_of_a_list_of_pairs_within_subjects() -> None:
    subjects, images, clusters = trials(0)
    n = range(len(images))
    pairs = [
        (clusters[t], clusters[u])
        for t in n
        for u in n
        if t != u and images[t] == images[u] and subjects[t] == subjects[u]
    ]
    first, second = zip(*pairs, strict=True)
    table = repeats(subjects, images, clusters)
    assert table["pairs"].tolist() == [len(pairs) // 2] * 3
    assert table["observed"].to_dict() == pytest.approx(
        {
            "kappa": cohen_kappa_score(first, second),
            "mutual_information": mutual_info_score(first, second),
            "agreement": np.mean(np.equal(first, second)),
        }
    )
    assert (table["low"] <= table["observed"]).all()
    assert (table["observed"] <= table["high"]).all()
    assert (table["p"] < 0.05).all()


def test_two_pairs_agree_by_chance_in_one_of_three_permutations() -> None:
    halves = np.array([0, 0, 1, 1])
    table = repeats(np.zeros(4, int), halves, halves, k=2, permutations=3000)
    # The partner of the first trial is one of three, one of which has its cluster.
    assert table.loc["agreement", "permuted"] == pytest.approx(1 / 3, abs=0.03)
    assert table.loc["agreement", "p"] == pytest.approx(1 / 3, abs=0.03)


def test_images_are_permuted_within_subject() -> None:
    subjects = np.repeat([0, 1], 40)
    table = repeats(subjects, np.tile(np.repeat(np.arange(20), 2), 2), subjects, k=2)
    # A subject whose trials are all in one cluster keeps it, whatever its images.
    assert table["permuted"].tolist() == pytest.approx(table["observed"].tolist())
    assert (table["p"] == 1).all()
    assert table.loc["agreement", "observed"] == 1


def test_the_interval_is_that_of_independent_images() -> None:
    rng = np.random.default_rng(1)
    images = np.repeat(np.arange(400), 2)
    same = rng.random(400) < 0.4
    first = rng.integers(0, 2, 400)
    clusters = np.column_stack([first, np.where(same, first, 1 - first)]).ravel()
    one = repeats(np.zeros(800, int), images, clusters, k=2, bootstraps=1000).loc["agreement"]
    error = np.sqrt(same.mean() * (1 - same.mean()) / 400)
    assert one["high"] - one["low"] == pytest.approx(2 * 1.96 * error, rel=0.12)
    # A second subject with the same responses to the same images says nothing new.
    both = [np.repeat([0, 1], 800), np.tile(images, 2), np.tile(clusters, 2)]
    two = repeats(*both, k=2, bootstraps=1000).loc["agreement"]
    assert two[["low", "high"]].tolist() == one[["low", "high"]].tolist()


def test_trials_of_unknown_images_and_the_order_of_subjects_change_nothing() -> None:
    subjects, images, clusters = trials(2)
    expected = repeats(subjects, images, clusters)
    more = [np.r_[subjects, 0, 1], np.r_[images, -1, -1], np.r_[clusters, 3, 3]]
    pd.testing.assert_frame_equal(repeats(*more), expected)
    turned = np.argsort(-subjects, kind="stable")
    pd.testing.assert_frame_equal(
        repeats(subjects[turned], images[turned], clusters[turned]), expected
    )


@pytest.mark.parametrize("images", [np.arange(6), np.full(6, -1)])
def test_without_repeats_there_is_nothing_to_compare(images: Codes) -> None:
    table = repeats(np.zeros(6, int), images, np.arange(6) % 2, k=2)
    assert table["pairs"].tolist() == [0, 0, 0]
    assert table.drop(columns="pairs").isna().all(axis=None)
    models = table.reset_index().assign(cohort="pooled", k=2, continuum=None, groups=None)
    validated(models.assign(index=None), "repeats", "repeats")


def test_one_cluster_has_no_kappa() -> None:
    subjects, images, clusters = trials(3)
    table = repeats(subjects, images, 0 * clusters, k=1)
    assert table.loc["kappa"].drop("pairs").isna().all()
    assert table.loc["agreement", ["observed", "low", "high", "permuted", "p"]].tolist() == [1] * 5
    assert table.loc["mutual_information", "observed"] == 0


def test_models_come_from_the_table_of_null_models() -> None:
    cohorts = ["subj01", "pooled"]
    table = pd.DataFrame(
        [(cohort, name, 0.25) for cohort in cohorts for name in STATISTICS],
        columns=["cohort", "statistic", "observed"],
    )
    rows = [("pooled", "repeat_kappa", 0.1, 0.3, 0.5), ("pooled", "r2_between", 0.8, 0.9, 0.7)]
    columns = ["cohort", "statistic", "continuum", "groups", "index"]
    nulls = pd.DataFrame(rows, columns=columns)
    joined = with_models(table, nulls).set_index(["cohort", "statistic"])
    assert list(joined.index) == list(table.drop(columns="observed").itertuples(index=False))
    of_models = joined[["continuum", "groups", "index"]]
    assert of_models.loc[("pooled", "kappa")].tolist() == pytest.approx([0.1, 0.3, 0.75])
    assert of_models.drop(("pooled", "kappa")).isna().all(axis=None)
    unknown = with_models(table, nulls.assign(index=np.nan))
    assert unknown["index"].isna().all()


def shared(*of: Codes, names: list[str], k: int = 4, **settings: int) -> pd.DataFrame:
    table = compare_shared(*of, names, k, **(FEW | settings))
    return validated(table, "shared", "shared").set_index(["subject_a", "subject_b"])


def test_kappa_of_two_subjects_is_scikit_learns_where_each_image_was_shown_once() -> None:
    subjects, images, clusters = trials(4)
    once = ~pd.DataFrame({"subject": subjects, "image": images}).duplicated().to_numpy()
    subjects, images, clusters = subjects[once], images[once], clusters[once]
    names = ["a", "b", "c"]
    table = shared(subjects, images, clusters, names=names)
    for (a, name_a), (b, name_b) in combinations(enumerate(names), 2):
        of_a, of_b = (
            dict(zip(images[subjects == s], clusters[subjects == s], strict=True)) for s in (a, b)
        )
        both = sorted(of_a.keys() & of_b.keys())
        row = table.loc[(name_a, name_b)]
        assert row["images"] == len(both)
        expected = cohen_kappa_score([of_a[i] for i in both], [of_b[i] for i in both])
        assert row["kappa"] == pytest.approx(expected)
    assert table.loc[(ALL, ALL), "images"] == (np.bincount(images) > 1).sum()
    pairs = table.drop((ALL, ALL))["kappa"]
    assert pairs.min() < table.loc[(ALL, ALL), "kappa"] < pairs.max()


def test_permuted_images_agree_by_chance_only() -> None:
    table = shared(*trials(5, subjects=2, shown=300), names=["a", "b"], permutations=300)
    assert (table["p"] == 1 / 301).all()
    assert table["permuted"].abs().max() < 0.02
    assert (table["low"] < table["kappa"]).all() and (table["kappa"] < table["high"]).all()
    assert (table["kappa"] > 0.15).all()


def test_subjects_without_a_common_image_have_no_kappa() -> None:
    apart = [np.array([0, 0, 1, 1]), np.array([0, 1, 2, 3]), np.array([0, 1, 0, 1])]
    table = shared(*apart, names=["a", "b"], k=2)
    assert table["images"].tolist() == [0, 0]
    assert table.drop(columns="images").isna().all(axis=None)
    unknown = shared(apart[0], np.full(4, -1), apart[2], names=["a", "b"], k=2)
    assert unknown["kappa"].isna().all()

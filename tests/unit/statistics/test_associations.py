"""Cramér's V against all permutations, scipy and tables whose V is plain."""

from itertools import permutations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from response_clusters.sources.nsd.layout import RUN_LENGTHS, TRIALS_PER_SESSION
from response_clusters.statistics.associations import (
    association_rows,
    corrected_v,
    image_v,
    picture_rows,
    run_numbers,
    tenths,
    trial_variables,
)
from response_clusters.statistics.contingency import contingency
from response_clusters.tables import validated
from scipy.stats.contingency import association

Whole = npt.NDArray[np.int64]


def phi2(table: npt.ArrayLike) -> float:
    """χ² / n by its textbook formula."""
    table = np.asarray(table, dtype=float)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    return float(((table - expected) ** 2 / expected).sum() / table.sum())


def bergsma(table: npt.ArrayLike) -> float:
    """The paper's formulas, on top of scipy's V."""
    table = np.asarray(table)
    n, (r, c) = table.sum(), table.shape
    square = association(table) ** 2 * (min(r, c) - 1)
    square = max(0, square - (r - 1) * (c - 1) / (n - 1))
    r, c = r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)
    return float(np.sqrt(square / (min(r, c) - 1)))


@pytest.mark.parametrize("seed", range(4))
def test_v_is_that_of_scipy_corrected(seed: int) -> None:
    table = np.random.default_rng(seed).integers(1, 40, (3 + seed, 4))
    assert corrected_v(table) == pytest.approx(bergsma(table))
    assert corrected_v(table.T) == pytest.approx(corrected_v(table))
    with_empty = np.insert(np.insert(table, 1, 0, axis=0), 2, 0, axis=1)
    assert corrected_v(with_empty) == pytest.approx(corrected_v(table))


def test_one_that_tells_the_other_has_v_1() -> None:
    assert corrected_v(np.diag([4, 9, 5])) == pytest.approx(1)
    assert corrected_v(np.array([[12, 7], [6, 7]])) == 0  # weaker than chance gives on average
    assert image_v(np.eye(3)[[0, 0, 1, 1, 2]], np.array([5, 5, 0, 0, 2])) == pytest.approx(1)


@pytest.mark.parametrize("table", [[[3, 4]], [[3], [4]], [[1, 0], [0, 1]], [[0, 0], [0, 0]]])
def test_nothing_is_told_from_too_little(table: list[list[int]]) -> None:
    assert np.isnan(corrected_v(np.array(table)))


def test_the_expectation_without_association_is_taken_off() -> None:
    """Over all permutations, exactly; so the mean of V² before it is cut at 0 is 0."""
    a, b = np.array([0, 0, 0, 1, 1, 2, 2]), np.array([0, 0, 1, 1, 2, 2, 2])
    found = [phi2(contingency(a, np.array(order), 3, 3)) for order in permutations(b)]
    assert np.mean(found) == pytest.approx((3 - 1) * (3 - 1) / (7 - 1))


def test_images_in_several_clusters_have_a_smaller_expectation() -> None:
    rng = np.random.default_rng(0)
    shares, codes = rng.dirichlet(np.ones(3), 7), np.array([0, 0, 0, 1, 1, 2, 2])
    found = []
    for order in permutations(range(7)):
        table = np.stack([shares[list(order)][codes == level].sum(axis=0) for level in range(3)])
        found.append(phi2(table) if len(found) < 5040 else 0)
    spread = (shares.var(axis=0) / shares.sum(axis=0)).sum()
    bias = (3 - 1) / (7 - 1) * 7 * spread
    assert np.mean(found) == pytest.approx(bias)
    assert bias < (3 - 1) * (3 - 1) / (7 - 1)
    # And that is what V is measured from.
    v, fewest = image_v(shares, codes), 3 - 4 / 6
    assert v == pytest.approx(np.sqrt(max(found[0] - bias, 0) / (fewest - 1)))


def test_images_in_one_cluster_each_are_so_many_trials() -> None:
    rng = np.random.default_rng(1)
    clusters, codes = rng.integers(4, size=60), rng.integers(5, size=60)
    codes[:30] = clusters[:30]
    v = image_v(np.eye(4)[clusters], codes)
    assert v == pytest.approx(corrected_v(contingency(codes, clusters, 5, 4)))
    assert v > 0.3


def test_presentations_of_an_image_are_no_further_evidence() -> None:
    """Four trials an image, always in its cluster: V of trials is biased, V of images is not."""
    by_trial, by_image = [], []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        clusters, codes = rng.integers(3, size=120), rng.integers(10, size=120)
        by_image.append(image_v(np.eye(3)[clusters], codes))
        by_trial.append(corrected_v(4 * contingency(codes, clusters, 10, 3)))
    assert np.mean(by_image) < 0.1 < 0.2 < np.mean(by_trial)


def test_tenths_are_of_the_known_values() -> None:
    values = np.append(np.random.default_rng(2).permutation(50), np.nan)
    codes = tenths(values)
    np.testing.assert_array_equal(codes[:-1], values[:-1] // 5)
    assert codes[-1] == -1
    assert set(tenths([1, 1, 1, 1])) == {9} and len(tenths([])) == 0


def test_runs_of_a_session() -> None:
    assert sum(RUN_LENGTHS) == TRIALS_PER_SESSION and len(RUN_LENGTHS) == 12
    trials = np.arange(1, 1501)
    runs = run_numbers(trials, RUN_LENGTHS)
    np.testing.assert_array_equal(runs, np.tile(np.repeat(np.arange(1, 13), RUN_LENGTHS), 2))
    np.testing.assert_array_equal(
        run_numbers(np.array([1, 63, 64, 750, 751]), RUN_LENGTHS), [1, 1, 2, 12, 1]
    )


def rows_of(n: int = 40) -> pd.DataFrame:
    trial = np.arange(1, n + 1)
    table = pd.DataFrame({"trial": trial, "subject": "subj01", "session": (trial - 1) // 10 + 1})
    return table.assign(repeat=pd.array(trial % 3, "Int32"))


def test_what_trials_tell() -> None:
    rows = rows_of()
    rows.loc[5, "repeat"] = pd.NA
    known = trial_variables(rows, False, False, (5, 5))
    assert list(known) == ["session", "run", "presentation"]
    np.testing.assert_array_equal(known["session"], np.repeat(range(4), 10))
    np.testing.assert_array_equal(known["run"], np.tile(np.repeat([0, 1], 5), 4))
    assert known["presentation"][5] == -1 and set(known["presentation"]) == {-1, 0, 1, 2}
    assert list(trial_variables(rows, True, False, ())) == ["subject", "session", "presentation"]
    assert list(trial_variables(rows, True, True, (5, 5))) == ["subject"]


def test_a_row_for_what_is_known() -> None:
    rows = rows_of()
    clusters = rows["session"].to_numpy(np.int64) % 2 + 1
    known = trial_variables(rows.assign(repeat=pd.NA), True, False, ())
    found = pd.DataFrame(association_rows("pooled", 2, clusters, known))
    assert list(found["variable"]) == ["subject", "session"]
    assert list(found["levels"]) == [1, 4] and set(found["trials"]) == {40}
    assert np.isnan(found["v"][0]) and found["v"][1] == pytest.approx(
        bergsma([[0, 10], [10, 0], [0, 10], [10, 0]])
    )
    validated(found, "associations", "here")
    alone = association_rows("subj01", 1, np.ones(40, np.int64), known)
    assert all(np.isnan(row["v"]) for row in alone)


@pytest.mark.parametrize("text", [False, True])
def test_pictures_are_known_by_image(text: bool) -> None:
    """Half of the images were measured; one of these is black, and has no contrast."""
    name = (lambda n: f"scene{n:02d}") if text else int
    shown = pd.Series([name(n) for n in range(40)] * 2 + [None])
    shown = shown.astype("string" if text else "Int32")
    light = pd.array(np.arange(20) / 20, "Float64")
    contrast = pd.array([None, *range(19)], "Float64")
    measured = pd.DataFrame({"image": [name(n) for n in range(20)], "luminance": light})
    measured = measured.assign(contrast=contrast, spatial_frequency=np.nan)
    measured = validated(measured, "picture_properties", "here")
    clusters = np.where(shown.factorize()[0] % 20 < 10, 1, 2).astype(np.int64)
    found = pd.DataFrame(picture_rows("subj01", 2, clusters, shown, measured))
    assert list(found["variable"]) == ["luminance", "contrast"]
    assert list(found["trials"]) == [40, 38] and set(found["levels"]) == {10}
    assert (found["v"] > 0.7).all()
    none = picture_rows("subj01", 2, clusters, shown, measured.iloc[:0])
    assert none == []

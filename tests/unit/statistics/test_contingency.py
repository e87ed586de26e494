"""Counts by two labels, and the units of resampling."""

import numpy as np
import pytest
from response_clusters import StudyError
from response_clusters.statistics.contingency import contingency, crossed, resampling_units


def test_counts_are_those_of_a_loop() -> None:
    rng = np.random.default_rng(0)
    rows, columns = rng.integers(-1, 5, 300), rng.integers(-1, 4, 300)
    expected = np.zeros((5, 4), dtype=int)
    for row, column in zip(rows, columns, strict=True):
        if row >= 0 and column >= 0:
            expected[row, column] += 1
    np.testing.assert_array_equal(contingency(rows, columns, 5, 4), expected)


def test_small_types_do_not_overflow() -> None:
    clusters = np.full(3, 19, dtype=np.int8)
    counts = contingency(np.array([0, 100, 100], dtype=np.int8), clusters, 101, 20)
    assert counts[100, 19] == 2 and counts.sum() == 3


def test_labels_that_do_not_occur_have_their_place() -> None:
    assert contingency(np.array([], int), np.array([], int), 2, 3).tolist() == [[0] * 3] * 2


def test_labels_out_of_range_are_refused() -> None:
    with pytest.raises(StudyError, match="Labels from 0 to 2 .* expected 0 to 1, or −1"):
        contingency(np.array([0, 2]), np.array([0, 0]), 2, 1)
    with pytest.raises(StudyError, match="Labels from -2 to 0"):
        contingency(np.array([0, 0]), np.array([-2, 0]), 1, 1)
    with pytest.raises(StudyError, match=r"shapes \(2,\) and \(1,\)"):
        contingency(np.array([0, 0]), np.array([0]), 1, 1)


def test_a_crossed_code_is_a_pair() -> None:
    subjects = np.array([0, 0, 1, 1, 1, 0])
    images = np.array([5, 2, 2, -1, 2, 5])
    assert crossed(subjects, images).tolist() == [1, 0, 2, -1, 2, 1]


def test_an_image_is_one_unit_in_all_subjects() -> None:
    units, n = resampling_units(np.array([7, 3, -1, 7, -1, 3]))
    assert units.tolist() == [1, 0, 2, 1, 3, 0]
    assert n == 4


def test_where_images_are_unknown_trials_are_the_units() -> None:
    units, n = resampling_units(np.full(4, -1))
    assert units.tolist() == [0, 1, 2, 3] and n == 4

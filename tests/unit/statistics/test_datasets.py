"""The data sets that claims are measured on: pooling, session means, surrogates."""

from dataclasses import replace

import numpy as np
import pytest
from response_clusters.statistics.covariances import covariance
from response_clusters.statistics.datasets import CONTINUUM, GROUPS, OBSERVED, Cohorts, DataSets

from tests.unit.statistics.planted import K, planted


def test_common_regions_are_in_the_first_subjects_order() -> None:
    assert Cohorts.of(planted()).common.tolist() == [0, 1, 3, 4, 5]


def test_pooled_rows_are_those_of_all_subjects_over_the_common_regions() -> None:
    trials = planted()
    cohorts = Cohorts.of(trials)
    rows = DataSets.of(trials, K, 0).rows(OBSERVED, 0)
    assert rows
    pooled = cohorts.pooled(rows)
    first, second = (own.responses.astype(np.float32) for own in trials.values())
    expected = np.concatenate([first[:, [0, 1, 3, 4, 5]], second[:, [4, 3, 2, 1, 0]]])
    np.testing.assert_array_equal(pooled, expected)
    np.testing.assert_array_equal(cohorts.pooled(rows, without="subj01"), expected[len(first) :])
    assert cohorts.subjects.tolist() == [0] * len(first) + [1] * len(second)
    np.testing.assert_array_equal(
        cohorts.images, np.concatenate([own.images for own in trials.values()])
    )


@pytest.mark.parametrize("model", [CONTINUUM, GROUPS])
def test_surrogates_have_the_session_means_and_the_covariance_of_the_data(model: str) -> None:
    trials = {
        name: replace(own, responses=own.responses + 5.0 * own.sessions[:, None])
        for name, own in planted().items()
    }
    rows = DataSets.of(trials, K, 0).rows(model, 3)
    assert rows
    for name, own in trials.items():
        for session in (1, 2):
            of_session = own.sessions == session
            np.testing.assert_allclose(
                rows[name][of_session].mean(axis=0),
                own.responses[of_session].mean(axis=0),
                atol=1e-5,
            )
        np.testing.assert_allclose(covariance(rows[name]), covariance(own.responses), atol=1e-4)


def test_every_draw_is_another_and_comes_again() -> None:
    sets = DataSets.of(planted(), K, 0)
    first, second, again = (sets.rows(CONTINUUM, draw) for draw in (0, 1, 0))
    assert first
    assert second
    assert again
    assert not np.array_equal(first["subj01"], second["subj01"])
    np.testing.assert_array_equal(first["subj01"], again["subj01"])
    other = replace(sets, name="images").rows(CONTINUUM, 0)
    assert other
    assert not np.array_equal(first["subj01"], other["subj01"])


def test_without_repeats_there_is_no_model_of_groups() -> None:
    sets = DataSets.of(planted(presentations=1), K, 0)
    assert sets.rows(GROUPS, 0) is None
    assert sets.rows(CONTINUUM, 0) is not None

"""Averaging away noise: rows and covariances of each level."""

import numpy as np
from response_clusters.statistics.covariances import covariance
from response_clusters.statistics.datasets import CONTINUUM, OBSERVED, DataSets
from response_clusters.statistics.ladder import explained, image_level, shared_level
from response_clusters.statistics.measures import DataSet

from tests.unit.statistics.planted import SETTINGS, K, planted


def levels() -> tuple[DataSets, DataSets, DataSets]:
    trials = DataSets.of(planted(noise=1.0), K, 0)
    images, shared = image_level(trials, K), shared_level(trials, K)
    assert images
    assert shared
    return trials, images, shared


def test_rows_of_images_are_means_over_presentations() -> None:
    trials, images, _ = levels()
    for name, own in trials.cohorts.trials.items():
        level = images.cohorts.trials[name]
        assert level.images.tolist() == list(range(60))
        for image in (0, 31):
            expected = own.responses[own.images == image].mean(axis=0)
            np.testing.assert_allclose(level.responses[image], expected)
        model = images.model.subjects[name]
        np.testing.assert_allclose(model.total, covariance(level.responses), atol=1e-12)
        np.testing.assert_allclose(model.signal, trials.model.subjects[name].signal)
    assert images.model.share == trials.model.share


def test_shared_rows_are_means_over_subjects_whose_signal_is_what_they_share() -> None:
    trials, images, shared = levels()
    first, second = (
        images.cohorts.over_common(name, own.responses)
        for name, own in images.cohorts.trials.items()
    )
    (own,) = shared.cohorts.trials.values()
    np.testing.assert_allclose(own.responses, (first + second) / 2)
    crossed = (first - first.mean(0)).T @ (second - second.mean(0)) / 60
    values, vectors = np.linalg.eigh((crossed + crossed.T) / 2)
    expected = vectors * np.maximum(values, 0) @ vectors.T
    np.testing.assert_allclose(shared.model.subjects["shared"].signal, expected, atol=1e-12)
    assert trials.cohorts.common.tolist() == own.regions.tolist()


def test_levels_that_there_are_not() -> None:
    once = DataSets.of(planted(presentations=1), K, 0)
    assert image_level(once, K) is None
    alone = DataSets.of({"subj01": planted()["subj01"]}, K, 0)
    assert shared_level(alone, K) is None
    few = DataSets.of(planted(images=10), K, 0)
    assert shared_level(few, K) is None


def test_groups_explain_more_at_every_step() -> None:
    found = []
    for sets in levels():
        rows = sets.rows(OBSERVED, 0)
        drawn = sets.rows(CONTINUUM, 0)
        assert rows
        assert drawn
        each = []
        for data, model in ((rows, OBSERVED), (drawn, CONTINUUM)):
            values = explained(DataSet(data, sets.cohorts, model, 0), SETTINGS, "level")
            assert values[0][:3] == ("pooled", 1, "rows")
            assert [v.k for v in values[1:]] == [2, 3, 4, 5, 6]
            each.append({v.k: v.value for v in values[1:]})
        found.append((each[0][3], each[0][3] - each[1][3]))
    assert found == sorted(found)
    assert all(above > 0 for _, above in found)

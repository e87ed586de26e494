"""The simulator's model: what subjects have in common, and what is their own."""

import numpy as np
import pytest
from simulated_nsd.model import (
    Tuning,
    correlations,
    generator,
    modelled_regions,
    subject_tuning,
    trial_responses,
)
from simulated_nsd.model_file import load_model

MODEL = load_model()
CONTENTS = ["faces", "bodies", "animals", "places", "words", "texture", "food"]
REGIONS = modelled_regions(MODEL)
NOISE = np.full(len(REGIONS.names), 0.05)


@pytest.fixture(scope="module")
def tunings() -> list[Tuning]:
    return [subject_tuning(MODEL, CONTENTS, s, 0, 1.0, NOISE) for s in range(1, 9)]


def total(tuning: Tuning) -> np.ndarray:
    return tuning.signal + tuning.noise + np.diag(NOISE)


def test_correlations_of_subjects_lie_around_the_common_ones(tunings: list[Tuning]) -> None:
    wanted = correlations(MODEL, REGIONS)
    found = np.array([total(tuning) for tuning in tunings])
    variances = np.diagonal(found, axis1=1, axis2=2)
    assert variances.min() > 1 - 1e-12  # and more where groups leave no room for noise
    assert np.median(variances) < 1.2
    r = found / np.sqrt(variances[:, :, None] * variances[:, None])
    upper = np.triu_indices(len(wanted), 1)
    assert np.abs(r.mean(axis=0) - wanted)[upper].mean() < 0.07
    assert r.std(axis=0, ddof=1)[upper].mean() == pytest.approx(0.086, abs=0.03)  # NSD's: .086
    for tuning in tunings:
        assert np.linalg.eigvalsh(tuning.noise).min() > 0
        np.testing.assert_allclose(tuning.noise, tuning.noise.T, atol=1e-15)


def test_groups_sum_to_nothing_and_differ_between_subjects_as_told(tunings: list[Tuning]) -> None:
    groups = np.array([tuning.groups for tuning in tunings])
    np.testing.assert_allclose(groups.sum(axis=1), 0.0, atol=1e-12)
    subcortical = np.array(REGIONS.families) == "subcortical"
    assert not groups[..., subcortical].any()
    spread = groups[..., ~subcortical].std(axis=0, ddof=1)
    # Taking the mean over six groups away leaves five sixths of the variance.
    assert spread.mean() / np.sqrt(5 / 6) == pytest.approx(
        MODEL["subject_difference"]["groups"], rel=0.1
    )


def test_planted_groups_have_hardly_a_mean_row_in_common() -> None:
    """Without subjects' own deviations: otherwise one prototype for all would be alike in all."""
    model = {**MODEL, "subject_difference": {"groups": 0.0, "content": 0.0, "freedom": 10000}}
    tuning = subject_tuning(model, CONTENTS, 1, 0, 1.0, NOISE)
    present = [n not in {"FBA-1", "mTL-faces", "mTL-bodies", "mTL-words", "aTL-faces"}
               for n in REGIONS.names]  # fmt: skip
    rows = np.repeat(tuning.groups, 4000, axis=0)
    rows = trial_responses(generator(0, "trial", 1), rows, tuning) * REGIONS.spread
    rows = rows[:, present] - rows[:, present].mean(axis=1, keepdims=True)
    units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    by_group = units.reshape(6, 4000, -1).mean(axis=1)
    assert np.linalg.norm(by_group, axis=1).min() > 0.2
    assert np.linalg.norm(units.mean(axis=0)) < 0.01


def test_noise_has_the_covariance_that_it_is_drawn_by(tunings: list[Tuning]) -> None:
    n = 40000
    drawn = trial_responses(generator(0, "trial", 1), np.zeros((n, len(NOISE))), tunings[0])
    np.testing.assert_allclose(np.cov(drawn.T), tunings[0].noise, atol=5 / np.sqrt(n))

"""What is measured of a data set at the chosen k and over k: held against plain loops."""

from itertools import combinations

import numpy as np
import pytest
from response_clusters.statistics.measures import measured
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import cohen_kappa_score

from tests.unit.statistics.planted import SETTINGS, observed, planted

CHOSEN = {"subj01": 3, "subj02": 2, "pooled": 3}


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, int, str], float]:
    values, prototypes = measured(observed(planted(noise=0.8)), CHOSEN, SETTINGS, curve=True)
    assert prototypes.shape == (3, 5)
    keys = [value[:3] for value in values]
    assert len(set(keys)) == len(keys)
    return {value[:3]: value.value for value in values}


def test_everything_is_there(found: dict[tuple[str, int, str], float]) -> None:
    for cohort, k in CHOSEN.items():
        for statistic in (
            *("r2_between", "r2_explained", "r_next_k", "chosen_k"),
            *("repeat_kappa", "repeat_information"),
        ):
            assert np.isfinite(found[cohort, k, statistic]), (cohort, statistic)
    for statistic in ("matched_r_median", "matched_r_above", "shared_kappa", "antipode_median"):
        assert np.isfinite(found["pooled", 3, statistic])
    assert {k for cohort, k, s in found if (cohort, s) == ("pooled", "r2_explained")} == {
        *range(1, 7)
    }


def test_without_a_curve_only_the_chosen_k_are_fitted() -> None:
    values, _ = measured(observed(planted()), CHOSEN, SETTINGS, curve=False)
    fitted = {(v.cohort, v.k) for v in values if v.statistic == "r2_between"}
    assert fitted == {("subj01", 3), ("subj02", 2), ("subj02", 3), ("pooled", 3)}
    assert not {"r_next_k", "chosen_k"} & {v.statistic for v in values}


def test_one_subject_has_nobody_to_be_compared_with() -> None:
    trials = {"subj01": planted()["subj01"]}
    values, _ = measured(observed(trials), {"subj01": 3, "pooled": 3}, SETTINGS, curve=False)
    named = {v.statistic for v in values}
    assert not {"matched_r_median", "matched_r_above", "shared_kappa"} & named


def test_agreement_is_that_of_a_loop_over_pairs_of_trials() -> None:
    data = observed(planted(noise=1.2))
    values, _ = measured(data, CHOSEN, SETTINGS, curve=False)
    found = {value[:3]: value.value for value in values}
    from response_clusters.statistics.fitting import clustered

    seed = data.seed(SETTINGS, "fits", "pooled")
    labels = clustered(data.of("pooled"), 3, SETTINGS, seed).labels
    subjects, images = data.cohorts.subjects, data.cohorts.images
    within, between = [], []
    for i, j in combinations(range(len(labels)), 2):
        if images[i] == images[j]:
            (within if subjects[i] == subjects[j] else between).append((labels[i], labels[j]))
    both = np.array(within + [(b, a) for a, b in within])
    assert found["pooled", 3, "repeat_kappa"] == pytest.approx(cohen_kappa_score(*both.T))
    # Two presentations each: every pair of trials has the same share of the image's weight.
    assert found["pooled", 3, "shared_kappa"] == pytest.approx(
        cohen_kappa_score(*np.array(between).T)
    )


def test_r_between_subjects_is_over_the_regions_that_both_have() -> None:
    data = observed(planted(noise=1.2))
    values, _ = measured(data, CHOSEN, SETTINGS, curve=False)
    found = {value[:3]: value.value for value in values}
    from response_clusters.statistics.fitting import clustered

    prototypes = []
    for name in data.rows:
        seed = data.seed(SETTINGS, "fits", name)
        own = clustered(data.of(name), 3, SETTINGS, seed).prototypes
        prototypes.append(data.cohorts.over_common(name, own))
    r = np.corrcoef(*prototypes)[:3, 3:]
    matched = r[linear_sum_assignment(r, maximize=True)]
    assert found["pooled", 3, "matched_r_median"] == pytest.approx(np.median(matched))
    assert found["pooled", 3, "matched_r_above"] == np.mean(matched > 0.8)

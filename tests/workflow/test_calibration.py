"""Whether p is what it says: data sets without clusters reach p ≤ .05 about one time in twenty."""

from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
from response_clusters.names import POOLED
from response_clusters.statistics.datasets import CONTINUUM, OBSERVED, DataSets
from response_clusters.statistics.fitting import Settings
from response_clusters.statistics.measures import DataSet, measured
from response_clusters.statistics.nulls import p_value
from response_clusters.statistics.trials import Trials

SETS, SURROGATES = 200, 39
IMAGES, REGIONS, SESSIONS, K = 250, 10, 3, 6
SETTINGS = Settings(
    seed=0, replicates=3, max_iterations=1000, statistic="r2_between", gain=0.01, k_max=K
)
STATISTICS = ("r2_between", "r2_explained", "repeat_kappa")


def continuum(number: int) -> dict[str, Trials]:
    """One subject who saw each image three times, in another session each; no clusters."""
    rng = np.random.default_rng([12, number])
    signal, noise = rng.standard_normal((2, REGIONS, REGIONS))
    images = np.concatenate([rng.permutation(IMAGES) for _ in range(SESSIONS)])
    sessions = np.repeat(np.arange(SESSIONS), IMAGES)
    rows = (rng.standard_normal((IMAGES, REGIONS)) @ signal)[images]
    rows += 1.5 * rng.standard_normal(rows.shape) @ noise
    for session in range(SESSIONS):
        rows[sessions == session] -= rows[sessions == session].mean(axis=0)
    return {"subj01": Trials(rows, np.arange(REGIONS), sessions, images)}


def of_set(sets: DataSets, model: str, draw: int) -> dict[str, float]:
    rows = sets.rows(model, draw)
    assert rows
    data = DataSet(rows, sets.cohorts, model, draw)
    values, _ = measured(data, {"subj01": K, POOLED: K}, SETTINGS, curve=False)
    return {v.statistic: v.value for v in values if v.cohort == POOLED}


def p_of(number: int) -> dict[str, float]:
    """p of each statistic of one data set without clusters."""
    sets = DataSets.of(continuum(number), K, number)
    observed = of_set(sets, OBSERVED, 0)
    drawn = [of_set(sets, CONTINUUM, draw) for draw in range(SURROGATES)]
    return {
        statistic: float(p_value(observed[statistic], [values[statistic] for values in drawn]))
        for statistic in STATISTICS
    }


@pytest.fixture(scope="module")
def p_of_all() -> dict[str, np.ndarray]:
    with ProcessPoolExecutor(2) as pool:
        found = list(pool.map(p_of, range(SETS), chunksize=10))
    return {statistic: np.array([p[statistic] for p in found]) for statistic in STATISTICS}


@pytest.mark.parametrize("statistic", STATISTICS)
def test_p_is_calibrated(p_of_all: dict[str, np.ndarray], statistic: str) -> None:
    p = p_of_all[statistic]
    assert 0.02 <= np.mean(p <= 0.05) <= 0.09
    assert 0.4 < p.mean() < 0.6

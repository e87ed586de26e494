"""Small studies whose truth is known, for tests of statistics."""

import numpy as np
from response_clusters.statistics.datasets import OBSERVED, DataSets
from response_clusters.statistics.fitting import Settings
from response_clusters.statistics.measures import DataSet
from response_clusters.statistics.trials import Trials

K = 3
SETTINGS = Settings(
    seed=0, replicates=5, max_iterations=1000, statistic="r2_explained", gain=0.05, k_max=6
)
REGIONS = {"subj01": [0, 1, 2, 3, 4, 5], "subj02": [5, 4, 3, 1, 0]}


def planted(noise: float = 0.3, images: int = 60, presentations: int = 2) -> dict[str, Trials]:
    """Two subjects who saw the same images of three groups, each image as often, centred."""
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((K, 6))
    group = np.arange(images) % K
    trials = {}
    for name, regions in REGIONS.items():
        shown = np.concatenate([rng.permutation(images) for _ in range(presentations)])
        sessions = np.repeat(np.arange(1, presentations + 1), images)
        rows = centres[group[shown]] + noise * rng.standard_normal((len(shown), 6))
        for session in range(1, presentations + 1):
            rows[sessions == session] -= rows[sessions == session].mean(axis=0)
        trials[name] = Trials(rows[:, regions], np.array(regions), sessions, shown)
    return trials


def observed(trials: dict[str, Trials]) -> DataSet:
    sets = DataSets.of(trials, K, 0)
    rows = sets.rows(OBSERVED, 0)
    assert rows
    return DataSet(rows, sets.cohorts, OBSERVED, 0)

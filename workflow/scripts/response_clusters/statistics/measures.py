"""What the study reports of a data set, measured in the same way on data and on surrogates."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from response_clusters.comparison.similarity import SIMILAR
from response_clusters.names import POOLED
from response_clusters.statistics.agreement import (
    cohens_kappa,
    mutual_information,
    pair_table,
    subject_counts,
    subject_tables,
)
from response_clusters.statistics.contingency import contingency, crossed
from response_clusters.statistics.datasets import LADDER, Cohorts
from response_clusters.statistics.fitting import Fit, Settings, elbow_curve, fitted, matched_r
from response_clusters.statistics.geometry import antipodes
from response_clusters.statistics.seeds import draw_seed

Rows = npt.NDArray[np.float32]
Whole = npt.NDArray[np.int64]
Prototypes = npt.NDArray[np.float64]


class Value(NamedTuple):
    """One number that was measured."""

    cohort: str
    k: int
    statistic: str
    value: float


@dataclass(frozen=True)
class DataSet:
    """The data, or one surrogate of them.

    Attributes
    ----------
    rows : mapping of ndarray of shape (n, regions), float32
        By subject.
    cohorts : Cohorts
    model : str
        What it is a data set of.
    draw : int
        The number of the surrogate.
    """

    rows: Mapping[str, Rows]
    cohorts: Cohorts
    model: str
    draw: int

    def of(self, cohort: str) -> Rows:
        """The rows of one cohort."""
        return self.cohorts.pooled(self.rows) if cohort == POOLED else self.rows[cohort]

    def seed(
        self, settings: Settings, analysis: str, cohort: str, *fit: int
    ) -> np.random.SeedSequence:
        """The seed of an analysis's fits of one cohort, or of one of them by its numbers."""
        return draw_seed(settings.seed, f"{analysis} {self.model}", cohort, self.draw, *fit)


def measured(
    data: DataSet, chosen: Mapping[str, int], settings: Settings, curve: bool
) -> tuple[list[Value], Prototypes]:
    """Everything that is compared at the chosen k, and over k if there is to be a curve.

    Parameters
    ----------
    data : DataSet
    chosen : mapping of int
        The k that the study chose, by cohort.
    settings : Settings
    curve : bool
        Whether to fit every k up to the elbow, for the chosen k and for r from k to k + 1.

    Returns
    -------
    values : list of Value
    prototypes : ndarray of shape (k, p), float64
        Of the pooled rows at the pooled cohort's k.
    """
    values: list[Value] = []
    prototypes: dict[str, Prototypes] = {}
    for cohort, k in chosen.items():
        fits, found = _fits(data, cohort, k, chosen[POOLED], settings, curve)
        values += found
        prototypes[cohort] = fits[chosen[POOLED]].clustering.prototypes
        values += _repeats(data.cohorts, cohort, k, fits[k].clustering.labels)
        if cohort == POOLED:
            values += _shared(data.cohorts, k, fits[k].clustering.labels)
    pooled = prototypes.pop(POOLED)
    values += _subjects(data.cohorts, prototypes, chosen[POOLED])
    values += [
        Value(POOLED, 1, "rows", len(data.cohorts.images)),
        Value(POOLED, chosen[POOLED], "antipode_median", float(np.median(antipodes(pooled)))),
    ]
    return values, pooled


def _fits(
    data: DataSet, cohort: str, k: int, k_pooled: int, settings: Settings, curve: bool
) -> tuple[dict[int, Fit], list[Value]]:
    """The fits of one cohort, and what is measured of them."""
    X, seed = data.of(cohort), data.seed(settings, "fits", cohort)
    fits: dict[int, Fit] = {}
    values = []
    if curve:
        least = {k + 1, k_pooled} | ({*LADDER} if cohort == POOLED else set())
        fits, elbow = elbow_curve(lambda k: fitted(X, k, settings, seed), settings, least)
        values.append(Value(cohort, k, "chosen_k", elbow))
    for wanted in {k, k_pooled} - set(fits):
        fits[wanted] = fitted(X, wanted, settings, seed)
    for at, fit in fits.items():
        values.append(Value(cohort, at, "r2_between", fit.r2_between))
        values.append(Value(cohort, at, "r2_explained", fit.r2_explained))
    if curve and k + 1 in fits:
        r = matched_r(fits[k].clustering.prototypes, fits[k + 1].clustering.prototypes)
        values.append(Value(cohort, k, "r_next_k", float(np.median(r))))
    return fits, values


def _repeats(cohorts: Cohorts, cohort: str, k: int, labels: npt.NDArray[np.int32]) -> list[Value]:
    """Whether presentations of an image to a subject fall into the same cluster."""
    subjects, images = cohorts.subjects, cohorts.images
    if cohort != POOLED:
        own = subjects == list(cohorts.trials).index(cohort)
        subjects, images = subjects[own], images[own]
    shown = crossed(subjects, images)
    table = pair_table(contingency(shown, labels, int(shown.max()) + 1, k))
    return [
        Value(cohort, k, "repeat_kappa", cohens_kappa(table)),
        Value(cohort, k, "repeat_information", mutual_information(table)),
    ]


def _shared(cohorts: Cohorts, k: int, labels: npt.NDArray[np.int32]) -> list[Value]:
    """Whether subjects have an image in the same pooled cluster."""
    number = len(cohorts.trials)
    if number < 2:
        return []
    counts, _ = subject_counts(cohorts.subjects, cohorts.images, labels, number, k)
    return [Value(POOLED, k, "shared_kappa", cohens_kappa(subject_tables(counts)))]


def _subjects(cohorts: Cohorts, prototypes: Mapping[str, Prototypes], k: int) -> list[Value]:
    """r of the matched prototypes of every two subjects, over the regions that both have."""
    if len(prototypes) < 2:
        return []
    r = []
    for a, b in combinations(prototypes, 2):
        regions = cohorts.trials[a].regions, cohorts.trials[b].regions
        _, in_a, in_b = np.intersect1d(*regions, assume_unique=True, return_indices=True)
        r.append(matched_r(prototypes[a][:, in_a], prototypes[b][:, in_b]))
    every = np.concatenate(r)
    return [
        Value(POOLED, k, "matched_r_median", float(np.median(every))),
        Value(POOLED, k, "matched_r_above", float(np.mean(every > SIMILAR))),
    ]

"""Whether presentations of an image fall into the same cluster, beside chance and with intervals.

Nothing is fitted again here: clusters are those of the study, and bootstraps of the images and
permutations of them within subject only count anew.
"""

from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.statistics.agreement import (
    cohens_kappa,
    mutual_information,
    pair_table,
    permuted_images,
    subject_counts,
    subject_tables,
)
from response_clusters.statistics.contingency import UNKNOWN, Integers, contingency, crossed
from response_clusters.statistics.nulls import interval, mean, p_value
from response_clusters.statistics.seeds import draw_generator
from response_clusters.statistics.stability import image_bootstrap

Floats = npt.NDArray[np.float64]

STATISTICS = {"kappa": "repeat_kappa", "mutual_information": "repeat_information", "agreement": ""}
"""What is measured of repeats, and what the table of null models calls it, if it is there."""

ALL = "all"
"""What stands in place of a subject's name where all pairs of subjects are taken together."""


def repeat_statistics(table: Floats) -> list[float]:
    """κ, mutual information and the share on the diagonal of a table of pairs; nan without any."""
    total = table.sum()
    agreement = float(np.trace(table) / total) if total else np.nan
    return [cohens_kappa(table), mutual_information(table), agreement]


def compare_repeats(
    subjects: Integers,
    images: Integers,
    clusters: Integers,
    k: int,
    *,
    seed: int,
    cohort: str,
    bootstraps: int,
    permutations: int,
) -> pd.DataFrame:
    """Agreement of the presentations of an image to the same subject, within one cohort.

    A permutation gives each trial of a subject the image of another of its trials, which is the
    same as permuting the clusters of the subject's trials. A bootstrap draws images, each with all
    its trials in all subjects.

    Parameters
    ----------
    subjects, images, clusters : ndarray of shape (n,), integer
        Of each trial, from 0; the image is −1 where it is unknown, and such trials are left out.
    k : int
        The number of clusters.
    seed, cohort : int, str
        Of the study, and whose trials these are: each draw has random numbers of its own.
    bootstraps, permutations : int
        How many draws.

    Returns
    -------
    DataFrame
        Columns statistic, pairs (each counted once), observed, low, high, permuted and p, a row for
        each of `STATISTICS`; all but pairs are nan if no image was presented twice.
    """
    known = np.flatnonzero(np.asarray(images) != UNKNOWN)
    # By subject, so that a subject's clusters are a slice, which is shuffled where it lies.
    order = known[np.argsort(subjects[known], kind="stable")]
    subjects, images, own = subjects[order], images[order], clusters[order]
    rows = crossed(subjects, images)
    n = int(rows.max(initial=UNKNOWN)) + 1
    counts = contingency(rows, own, n, k)
    table = pair_table(counts)
    image_of = np.zeros(n, dtype=np.int64)
    image_of[rows] = np.unique(images, return_inverse=True)[1]

    def resampled(draw: int) -> list[float]:
        rng = draw_generator(seed, "repeats bootstrap", cohort, draw)
        drawn = image_bootstrap(int(image_of.max()) + 1, rng)
        return repeat_statistics(pair_table(counts, drawn[image_of]))

    starts = np.flatnonzero(np.diff(subjects, prepend=-1))

    def permuted(draw: int) -> list[float]:
        rng, shuffled = draw_generator(seed, "repeats permutation", cohort, draw), own.copy()
        for trials in np.split(shuffled, starts[1:]):
            rng.shuffle(trials)
        return repeat_statistics(pair_table(contingency(rows, shuffled, n, k)))

    pairs = int(table.sum()) // 2
    observed = repeat_statistics(table)
    bootstrap = [resampled(draw) for draw in range(bootstraps if pairs else 0)]
    null = [permuted(draw) for draw in range(permutations if pairs else 0)]
    return pd.DataFrame({"statistic": list(STATISTICS), "pairs": pairs}).assign(
        **_summary(observed, bootstrap, null)
    )


def with_models(repeats: pd.DataFrame, nulls: pd.DataFrame) -> pd.DataFrame:
    """The table of repeats with what both reference models give, from the table of null models.

    Parameters
    ----------
    repeats : DataFrame
        Columns cohort, statistic and observed, among others.
    nulls : DataFrame
        Columns cohort, statistic, continuum, groups and index.

    Returns
    -------
    DataFrame
        With continuum, groups and index added; null where `nulls` has none. The index is that of
        the observed value here, which is the study's fit's.
    """
    models = nulls[["cohort", "statistic", "continuum", "groups", "index"]]
    called = repeats["statistic"].map(STATISTICS)
    keyed = repeats.assign(called=called).merge(
        models.rename(columns={"statistic": "called"}), on=["cohort", "called"], how="left"
    )
    span = keyed["groups"] - keyed["continuum"]
    index = (keyed["observed"] - keyed["continuum"]) / span
    return keyed.assign(index=index.where(keyed["index"].notna())).drop(columns="called")


def compare_shared(
    subjects: Integers,
    images: Integers,
    clusters: Integers,
    names: list[str],
    k: int,
    *,
    seed: int,
    bootstraps: int,
    permutations: int,
) -> pd.DataFrame:
    """Agreement of subjects on the images that both saw: κ of each pair, and of all together.

    A permutation exchanges each subject's images, with all their trials, among those that the
    subject shares with any other. A bootstrap draws images.

    Parameters
    ----------
    subjects, images, clusters : ndarray of shape (n,), integer
        Of each trial, from 0; the image is −1 where it is unknown.
    names : list of str
        The subjects, two or more.
    k : int
        The number of clusters.
    seed : int
        Of the study.
    bootstraps, permutations : int
        How many draws.

    Returns
    -------
    DataFrame
        Columns subject_a, subject_b, images, kappa, low, high, permuted and p, a row for all pairs
        together and one for each; nan where there is no κ, as without shared images.
    """
    counts, _ = subject_counts(subjects, images, clusters, len(names), k)
    seen = counts.sum(axis=2) > 0
    pairs = list(combinations(range(len(names)), 2))
    both = [int((seen[a] & seen[b]).sum()) for a, b in pairs]

    def kappas(of: npt.NDArray[np.int64], weights: npt.NDArray[np.int64] | None) -> list[float]:
        tables = subject_tables(of, weights)
        return [cohens_kappa(tables), *map(cohens_kappa, tables)]

    def resampled(draw: int) -> list[float]:
        rng = draw_generator(seed, "shared bootstrap", ALL, draw)
        return kappas(counts, image_bootstrap(counts.shape[1], rng))

    def permuted(draw: int) -> list[float]:
        return kappas(permuted_images(counts, draw_generator(seed, "shared", ALL, draw)), None)

    drawn = bool(counts.shape[1])
    summary = _summary(
        kappas(counts, None),
        [resampled(draw) for draw in range(bootstraps if drawn else 0)],
        [permuted(draw) for draw in range(permutations if drawn else 0)],
    )
    table = pd.DataFrame(
        {
            "subject_a": [ALL, *(names[a] for a, _ in pairs)],
            "subject_b": [ALL, *(names[b] for _, b in pairs)],
            "images": [counts.shape[1], *both],
        }
    )
    return table.assign(**summary).rename(columns={"observed": "kappa"})


def _summary(
    observed: list[float], bootstrap: list[list[float]], null: list[list[float]]
) -> dict[str, Floats]:
    """The observed values, their intervals, and mean and p of permutations; nan without draws."""
    values = np.array(observed)
    resampled, permuted = (np.reshape(draws, (-1, len(values))) for draws in (bootstrap, null))
    low, high = interval(resampled)
    return {
        "observed": values,
        "low": low,
        "high": high,
        "permuted": mean(permuted),
        "p": p_value(values, permuted),
    }

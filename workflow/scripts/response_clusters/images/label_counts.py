"""COCO categories among each cluster's images, beside the cohort's base rates."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Counts = npt.NDArray[np.float64]


def image_sets(
    nearest: pd.DataFrame, assignments: pd.DataFrame, tops: list[int]
) -> dict[tuple[int, str], npt.NDArray[np.int64]]:
    """The distinct images of each cluster's nearest ranks, and of all its members."""
    known = nearest.dropna(subset="image"), assignments.dropna(subset="image")
    sets: dict[tuple[int, str], npt.NDArray[np.int64]] = {}
    for cluster in sorted(assignments["cluster"].unique()):
        ranked, members = (rows[rows["cluster"] == cluster] for rows in known)
        for top in tops:
            sets[int(cluster), str(top)] = np.unique(ranked.loc[ranked["rank"] <= top, "image"])
        sets[int(cluster), "all"] = np.unique(members["image"])
    return sets


def tally(
    shown: npt.NDArray[np.int64], labels: pd.DataFrame, categories: pd.DataFrame
) -> tuple[Counts, Counts]:
    """For each category, its instances in some images, and how many of the images show it."""
    counts = labels[labels["image"].isin(shown)].groupby("category")["instances"]
    names = categories["category"]
    instances = counts.sum().reindex(names, fill_value=0).to_numpy(np.float64)
    images = counts.size().reindex(names, fill_value=0).to_numpy(np.float64)
    return instances, images


def lift(count: Counts, n: int, base: Counts) -> Counts:
    """The rate among `n` images over the base rate; nan where the base is 0 or there is none."""
    if n == 0:
        return np.full(len(base), np.nan)
    return np.divide(count / n, base, out=np.full(len(base), np.nan), where=base > 0)


def label_counts(
    sets: dict[tuple[int, str], npt.NDArray[np.int64]],
    shown: npt.NDArray[np.int64],
    covered: npt.NDArray[np.int64],
    labels: pd.DataFrame,
    categories: pd.DataFrame,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Counts, base rates and lift of every category in every set of images.

    Parameters
    ----------
    sets : dict of ndarray
        Distinct images by cluster and top.
    shown : ndarray
        The distinct images of the cohort's trials.
    covered : ndarray
        The images that are annotated; all others are left out of every rate.
    labels : DataFrame
        The labels table.
    categories : DataFrame
        Columns category and supercategory.

    Returns
    -------
    table : DataFrame
        Columns of the label_counts table.
    coverage : dict
        How many images each rate is based on, and how many are not annotated.
    """
    base_images = np.intersect1d(shown, covered)
    n_base = len(base_images)
    instances, images = tally(base_images, labels, categories)
    instance_base, image_base = instances / max(n_base, 1), images / max(n_base, 1)
    blocks, sizes = [], []
    for (cluster, top), members in sets.items():
        counted = np.intersect1d(members, covered)
        instances, images = tally(counted, labels, categories)
        sizes.append(
            {
                "cluster": cluster,
                "top": top,
                "images": len(counted),
                "uncovered": len(members) - len(counted),
            }
        )
        blocks.append(
            categories.assign(
                cluster=cluster,
                top=top,
                distinct=len(members),
                annotated=len(counted),
                instances=instances,
                images=images,
                instance_base=instance_base,
                image_base=image_base,
                instance_lift=lift(instances, len(counted), instance_base),
                image_lift=lift(images, len(counted), image_base),
            )
        )
    base = {"images": n_base, "uncovered": len(shown) - n_base}
    return pd.concat(blocks, ignore_index=True), {"base": base, "clusters": sizes}

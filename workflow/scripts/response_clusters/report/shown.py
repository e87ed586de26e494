"""The images nearest each cluster of a fit, and the categories in them, as the page shows them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.ids import in_one_type
from response_clusters.images.label_counts import image_sets, label_counts
from response_clusters.images.nearest import nearest, with_coco
from response_clusters.report.numbers import short

NEAREST, CATEGORIES = 10, 12
"""How many images, and how many categories, the page shows of a cluster."""

ByCluster = dict[int, list[dict[str, Any]]]


@dataclass(frozen=True)
class Listing:
    """How images are listed and their categories counted, as in the tables of a described fit.

    Attributes
    ----------
    distinct, annotated : bool
        Whether an image is listed once, and whether only annotated ones are.
    top : str
        Over how many of the nearest images categories are counted: "10", "100", … or "all".
    count : {"instances", "images"}
        What is counted of a category.
    """

    distinct: bool
    annotated: bool
    top: str
    count: str


@dataclass(frozen=True)
class Shown:
    """What is known of the images; None where it is not. Columns image hold numbers of `ids`.

    Attributes
    ----------
    trials : DataFrame
        The trials that were clustered: subject, trial and image.
    ids : list of int or str
        The images of all tables.
    distinct : ndarray of int
        The distinct images of the trials.
    stimuli, labels, categories : DataFrame or None
        The tables of these names.
    covered : Series or None
        The images that are annotated.
    """

    trials: pd.DataFrame
    ids: list[Any]
    distinct: npt.NDArray[np.int64]
    stimuli: pd.DataFrame | None
    covered: pd.Series | None
    labels: pd.DataFrame | None
    categories: pd.DataFrame | None


def shown_of(
    trials: pd.DataFrame,
    stimuli: pd.DataFrame | None = None,
    images: pd.DataFrame | None = None,
    labels: pd.DataFrame | None = None,
    categories: pd.DataFrame | None = None,
) -> Shown:
    """What is known of the images, which are numbered: text takes several times as long to compare.

    Parameters
    ----------
    trials : DataFrame
        Columns subject, trial and image.
    stimuli, images, labels, categories : DataFrame, optional
        The tables of these names.
    """
    known = {"trials": trials, "stimuli": stimuli, "images": images, "labels": labels}
    there = {name: table for name, table in known.items() if table is not None}
    there = dict(zip(there, in_one_type(*there.values()), strict=True))
    codes, ids = pd.factorize(pd.concat([table["image"] for table in there.values()]))
    numbers = pd.Series(codes, dtype="Int32").mask(codes < 0).array
    for name, table in there.items():
        there[name] = table.assign(image=numbers[: len(table)])
        numbers = numbers[len(table) :]
    # For the same reason.
    subjects = pd.Categorical(trials["subject"], sorted(trials["subject"].unique()), ordered=True)
    covered = None
    if "images" in there:
        covered = there["images"].loc[there["images"]["covered"], "image"]
    return Shown(
        there["trials"].assign(subject=subjects),
        ids.tolist(),
        there["trials"]["image"].dropna().drop_duplicates().to_numpy(np.int64),
        there.get("stimuli"),
        covered,
        there.get("labels"),
        categories,
    )


def seen(fit: pd.DataFrame, shown: Shown, listing: Listing) -> tuple[ByCluster, ByCluster]:
    """The nearest images and the most counted categories of each cluster of a fit."""
    assignments = shown.trials.assign(
        cluster=fit["cluster"].to_numpy(), correlation=fit["correlation"].to_numpy()
    )
    annotated = shown.covered if listing.annotated else None
    most = NEAREST if listing.top == "all" else max(NEAREST, int(listing.top))
    rows = nearest(assignments, most, listing.distinct, annotated)
    pictures = pictures_of(with_coco(rows[rows["rank"] <= NEAREST], shown.stimuli), shown)
    if shown.labels is None or shown.categories is None or shown.covered is None:
        return pictures, {}
    tops = [] if listing.top == "all" else [int(listing.top)]
    sets = image_sets(rows, assignments, tops)
    counts, _ = label_counts(
        {key: images for key, images in sets.items() if key[1] == listing.top},
        shown.distinct,
        shown.covered.to_numpy(np.int64),
        shown.labels,
        shown.categories,
    )
    return pictures, categories_of(counts, listing.count)


def pictures_of(rows: pd.DataFrame, shown: Shown) -> ByCluster:
    """The rows of the nearest table by cluster, with the categories in each image."""
    labels: dict[int, list[str]] = {}
    if shown.labels is not None and shown.covered is not None:
        covered = shown.covered[shown.covered.isin(rows["image"])]
        labels = {int(image): [] for image in covered}
        there = shown.labels[shown.labels["image"].isin(covered)]
        for row in there.sort_values("instances", ascending=False, kind="stable").itertuples():
            labels[row.image].append(str(row.category))
    found: ByCluster = {}
    for row in rows.itertuples():
        image = None if pd.isna(row.image) else int(row.image)
        picture = {
            "rank": int(row.rank),
            "subject": str(row.subject),
            "trial": int(row.trial),
            "image": None if image is None else shown.ids[image],
            "coco_id": None if pd.isna(row.coco_id) else int(row.coco_id),
            "r": short(row.correlation),
            "labels": None if image is None else labels.get(image),
        }
        found.setdefault(int(row.cluster), []).append(picture)
    return found


def categories_of(counts: pd.DataFrame, count: str) -> ByCluster:
    """Of each cluster, the categories counted most, that of the largest lift first.

    Parameters
    ----------
    counts : DataFrame
        The label_counts table at one top.
    count : {"instances", "images"}
    """
    found = {}
    lifted = f"{count.removesuffix('s')}_lift"
    for cluster, rows in counts[counts[count] > 0].groupby("cluster"):
        most = rows.sort_values(count, ascending=False, kind="stable").head(CATEGORIES)
        most = most.sort_values(lifted, ascending=False, kind="stable", na_position="last")
        found[int(str(cluster))] = [
            {"category": str(name), "count": int(n), "lift": None if pd.isna(x) else short(x)}
            for name, n, x in zip(most["category"], most[count], most[lifted], strict=True)
        ]
    return found

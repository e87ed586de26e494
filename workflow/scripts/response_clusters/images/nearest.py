"""The trials nearest each cluster's prototype, and with them the images."""

import pandas as pd
from response_clusters.errors import StudyError


def nearest(
    assignments: pd.DataFrame,
    top: int,
    distinct: bool,
    annotated: pd.Series | None = None,
) -> pd.DataFrame:
    """The members of each cluster, sorted by correlation, then subject, then trial.

    Parameters
    ----------
    assignments : DataFrame
        The assignments table.
    top : int
        Ranks per cluster; fewer where there are fewer members.
    distinct : bool
        Whether to list an image once per cluster, with its best trial. A trial whose image is not
        known is always listed.
    annotated : Series, optional
        If present, only trials of these images are listed.

    Returns
    -------
    DataFrame
        Columns cluster, rank, subject, trial, image, correlation.
    """
    rows = assignments
    if annotated is not None:
        rows = rows[rows["image"].isin(annotated)]
    rows = rows.sort_values(
        ["cluster", "correlation", "subject", "trial"], ascending=[True, False, True, True]
    )
    if distinct:
        rows = rows[rows["image"].isna() | ~rows.duplicated(["cluster", "image"])]
    rows = rows.groupby("cluster").head(top)
    rank = rows.groupby("cluster").cumcount() + 1
    columns = ["cluster", "rank", "subject", "trial", "image", "correlation"]
    return rows.assign(rank=rank)[columns].reset_index(drop=True)


def with_coco(rows: pd.DataFrame, images: pd.DataFrame | None) -> pd.DataFrame:
    """Add the images' COCO ids, null without a stimulus table."""
    if images is None:
        coco = pd.Series(pd.NA, index=rows.index, dtype="Int32")
    else:
        coco = rows["image"].map(images.set_index("image")["coco_id"]).astype("Int32")
    place = rows.columns.get_loc("image")
    assert isinstance(place, int)
    table = rows.copy()
    table.insert(place + 1, "coco_id", coco)
    return table


def require_listed(assignments: pd.DataFrame, images: pd.DataFrame, where: str) -> None:
    """Refuse trials of images that the stimulus table does not list.

    Parameters
    ----------
    where : str
        The images table's path.

    Raises
    ------
    StudyError
        Naming the first of them.
    """
    known = assignments["image"].isna() | assignments["image"].isin(images["image"])
    if not known.all():
        first = assignments[~known].iloc[0]
        raise StudyError(
            f"{where}: image {first['image']}, which trial {first['trial']} of {first['subject']} "
            f"showed, is not in the stimulus table; expected one of its {len(images)} images, "
            f"{images['image'].iloc[0]} to {images['image'].iloc[-1]}: take the design (or the "
            "image column, which counts from 0) and the stimulus table from the same dataset."
        )

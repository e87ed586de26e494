"""Find the trials, and so the images, nearest each cluster's prototype."""

import pandas as pd
from response_clusters.job import job
from response_clusters.nsd_design import read_stimuli
from response_clusters.tables import read_table, write_table


def nearest(assignments: pd.DataFrame, top: int, distinct: bool) -> pd.DataFrame:
    """Each cluster's own members by correlation, then subject, then trial.

    Parameters
    ----------
    assignments : DataFrame
        The assignments table.
    top : int
        Ranks per cluster; fewer where there are fewer members.
    distinct : bool
        Let an image appear once per cluster, for its best trial. A trial of an unknown image
        always counts.

    Returns
    -------
    DataFrame
        Columns cluster, rank, subject, trial, image, correlation.
    """
    rows = assignments.sort_values(
        ["cluster", "correlation", "subject", "trial"], ascending=[True, False, True, True]
    )
    if distinct:
        rows = rows[rows["image"].isna() | ~rows.duplicated(["cluster", "image"])]
    rows = rows.groupby("cluster").head(top)
    rank = rows.groupby("cluster").cumcount() + 1
    columns = ["cluster", "rank", "subject", "trial", "image", "correlation"]
    return rows.assign(rank=rank)[columns].reset_index(drop=True)


def with_coco(rows: pd.DataFrame, images: pd.DataFrame | None) -> pd.DataFrame:
    """Add the images' COCO ids, null where the stimulus table is not given."""
    if images is None:
        coco = pd.Series(pd.NA, index=rows.index, dtype="Int32")
    else:
        coco = rows["image"].map(images.set_index("image")["coco_id"]).astype("Int32")
    place = rows.columns.get_loc("image")
    assert isinstance(place, int)
    found = rows.copy()
    found.insert(place + 1, "coco_id", coco)
    return found


if __name__ == "__main__":
    with job() as rule:
        source, params = rule.input, rule.params
        assignments = read_table(source.assignments, "assignments")
        # The stimulus table itself: the study's own list of images also depends on the labels.
        images = read_stimuli(source.stimuli) if source.get("stimuli") else None
        rows = with_coco(nearest(assignments, max(params["top"]), params["distinct"]), images)
        rule.log.info("%d rows", len(rows))
        write_table(rows, rule.output.nearest, "nearest")

"""Join one subject's sessions into the rows that are clustered."""

import numpy as np
import pandas as pd
from response_clusters.errors import StudyError
from response_clusters.job import job
from response_clusters.responses import without_constant_rows
from response_clusters.tables import read_table, region_columns, write_table


def mean_over_repeats(rows: pd.DataFrame, regions: list[str]) -> pd.DataFrame:
    """One row per image: the mean of its trials, with the trial and session of the first.

    Raises
    ------
    StudyError
        If the images are not known.
    """
    if rows["image"].isna().any():
        raise StudyError(
            "Configuration: responses.repeats is 'mean', but the images of some trials are not "
            "known; expected an image for each: name the design (dataset.design), or use 'single'."
        )
    ordered = rows.sort_values("trial")
    groups = ordered.groupby("image", sort=False)
    # Averaged in float64 and stored in float32, like every other mean of the study.
    means = groups[regions].agg(lambda column: column.astype(np.float64).mean(skipna=False))
    first = groups[["subject", "session", "trial"]].first()
    joined = first.join(means.astype(np.float32)).reset_index()
    joined["repeat"] = pd.NA
    return joined[["subject", "session", "trial", "image", "repeat", *regions]]


def source_file(files: dict[str, str], session: int, region: str) -> str:
    """The file that a region's response in a session was read from.

    Parameters
    ----------
    files : dict of str
        Paths by session, by region, or of the one table under the empty name.
    """
    known = (files.get(name) for name in (str(session), region, ""))
    return next((path for path in known if path), next(iter(files.values())))


if __name__ == "__main__":
    with job() as rule:
        source, params = rule.input, rule.params
        subject = rule.wildcards.cohort
        trials = read_table(source.trials, "trials")
        betas = pd.concat([read_table(path, "betas") for path in source.means])
        regions = region_columns(betas, "betas")
        rows = trials.merge(betas, on="trial", how="left", validate="one_to_one", indicator=True)
        unmatched = rows.loc[rows.pop("_merge") != "both", "trial"]
        if len(unmatched):
            raise StudyError(
                f"{source.means[0]}: trial {unmatched.iloc[0]} of {subject} is not there; expected "
                f"every trial of {source.trials}: delete both and run again."
            )
        rows.insert(0, "subject", subject)
        if params["repeats"] == "mean":
            rows = mean_over_repeats(rows, regions)
        complete = len(rows)
        rows = without_constant_rows(
            rows,
            regions,
            params["constant"],
            lambda _, session, region: source_file(params["files"], session, region),
        )
        rule.log.info("%d rows, %d dropped", len(rows), complete - len(rows))
        write_table(rows, rule.output.responses, "responses")

"""From regional means to the rows that are clustered: joined, averaged over repeats, checked."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from response_clusters.errors import StudyError
from response_clusters.responses.rows import constant_rows


def without_constant_rows(
    rows: pd.DataFrame,
    regions: list[str],
    constant: str,
    where: Callable[[str, int, str], str],
) -> pd.DataFrame:
    """Refuse or drop rows whose correlation is undefined: constant over regions, or not finite.

    Parameters
    ----------
    where : callable
        The file that holds a subject's session and region, for error messages; an empty region
        stands for any.

    Raises
    ------
    StudyError
        If `constant` is ``"error"`` and there is such a row (the message names the first); or if no
        row is left.
    """
    lost = constant_rows(rows[regions].to_numpy())
    if lost.any() and (constant == "error" or lost.all()):
        first = rows[lost].iloc[0]
        values = first[regions].to_numpy(np.float64)
        wrong = np.flatnonzero(~np.isfinite(values))
        region = regions[wrong[0]] if wrong.size else ""
        fault = (
            f"region {region} is {values[wrong[0]]} in trial {first['trial']} of {first['subject']}"
            if region
            else f"trial {first['trial']} of {first['subject']} is {values[0]:g} in every region"
        )
        many = f", and {lost.sum()} trials of {len(rows)} are constant or not finite"
        fix = "correct the file" + (
            "." if lost.all() else ", or set responses.constant to 'drop' to leave such trials out."
        )
        raise StudyError(
            f"{where(first['subject'], int(first['session']), region)}: "
            f"{fault}{many if lost.sum() > 1 else ''}; expected finite numbers that differ between "
            f"regions: {fix}"
        )
    return rows[~lost]


def mean_over_repeats(rows: pd.DataFrame, regions: list[str]) -> pd.DataFrame:
    """One row per image: the mean of its trials, with the trial and session of the first.

    Raises
    ------
    StudyError
        If the image of a trial is not known.
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
        Paths by session or by region; a single table has the empty name.
    """
    known = (files.get(name) for name in (str(session), region, ""))
    return next((path for path in known if path), next(iter(files.values())))


def joined(trials: pd.DataFrame, means: pd.DataFrame, where: tuple[str, str]) -> pd.DataFrame:
    """The trials, each with its regional means.

    Parameters
    ----------
    trials, means : DataFrame
        A subject's trials table, and its regional means with a column trial.
    where : tuple of str
        The files of the means and of the trials, for the error message.

    Raises
    ------
    StudyError
        If a trial has no means.
    """
    rows = trials.merge(means, on="trial", how="left", validate="one_to_one", indicator=True)
    unmatched = rows.loc[rows.pop("_merge") != "both", "trial"]
    if len(unmatched):
        raise StudyError(
            f"{where[0]}: trial {unmatched.iloc[0]} is not there; expected every trial of "
            f"{where[1]}: delete both and run again."
        )
    return rows

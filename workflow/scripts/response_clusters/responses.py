"""What becomes of rows that have no correlation with anything."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from response_clusters.errors import StudyError
from response_clusters.rows import constant_rows


def without_constant_rows(
    rows: pd.DataFrame,
    regions: list[str],
    constant: str,
    where: Callable[[str, int, str], str],
) -> pd.DataFrame:
    """Refuse or drop rows that have no correlation: constant over the regions, or not finite.

    Parameters
    ----------
    where : callable
        The file that holds a subject's session and region, for sentences; an empty region stands
        for any.

    Raises
    ------
    StudyError
        If there is one and `constant` is ``"error"``, naming the first trial; or if none is left.
    """
    lost = constant_rows(rows[regions].to_numpy())
    if lost.any() and (constant == "error" or lost.all()):
        first = rows[lost].iloc[0]
        values = first[regions].to_numpy(np.float64)
        wrong = np.flatnonzero(~np.isfinite(values))
        region = regions[wrong[0]] if wrong.size else ""
        found = (
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
            f"{found}{many if lost.sum() > 1 else ''}; expected finite numbers that differ between "
            f"regions: {fix}"
        )
    return rows[~lost]

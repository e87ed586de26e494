"""What becomes of rows that have no correlation with anything."""

import pandas as pd
from response_clusters.errors import StudyError
from response_clusters.rows import constant_rows


def without_constant_rows(
    rows: pd.DataFrame, regions: list[str], constant: str, where: str
) -> pd.DataFrame:
    """Refuse or drop rows that have no correlation: constant over the regions, or not finite.

    Raises
    ------
    StudyError
        If there is one and `constant` is ``"error"``; the first trial is named.
    """
    lost = constant_rows(rows[regions].to_numpy())
    if lost.any() and constant == "error":
        first = rows[lost].iloc[0]
        raise StudyError(
            f"{where}: {lost.sum()} trials are constant over the regions or not finite and have no "
            f"correlation; the first is trial {first['trial']} of {first['subject']}. Set "
            "responses.constant to 'drop' to leave them out."
        )
    return rows[~lost]

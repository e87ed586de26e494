"""A subject's trials from NSD's design, held against the subject's own table of responses."""

import logging

import pandas as pd
from response_clusters.sources.contents import Files
from response_clusters.sources.nsd.design import read_design, trial_table
from response_clusters.sources.nsd.tables import check_behaviour

_log = logging.getLogger("response_clusters")


def trials(files: Files, subject: str, sessions: list[int]) -> pd.DataFrame:
    """The trials of some sessions with what they showed.

    Parameters
    ----------
    files : dict
        ``design``, and ``behaviour`` where it is there.

    Returns
    -------
    DataFrame
        Columns of the trials table.

    Raises
    ------
    StudyError
        If a file cannot be read, or if the two disagree.
    """
    table = trial_table(read_design(files["design"]), subject, sessions)
    if behaviour := files.get("behaviour"):
        compared = check_behaviour(behaviour, subject, table)
        _log.info("%d of %d trials agree with %s", compared, len(table), behaviour)
    return table

"""The tables that a cohort's page is made of, where a job's files have them."""

from collections.abc import Mapping

import pandas as pd
from response_clusters.names import POOLED
from response_clusters.report.shown import Shown, shown_of
from response_clusters.tables import read_table


def read_regions(path: str, cohort: str) -> pd.DataFrame:
    """The cohort's table of regions, whose schema depends on whether it is a subject's.

    Raises
    ------
    StudyError
        If the file is not that table.
    """
    if cohort == POOLED:
        return read_table(path, "pooled_regions")
    return read_table(path, "regions")


def read_shown(trials: pd.DataFrame, files: Mapping[str, str]) -> Shown:
    """What is known of the images: of the tables of a study, those that it has.

    Parameters
    ----------
    trials : DataFrame
        Columns subject, trial and image.
    files : mapping of str
        Paths by name; stimuli, images, labels and categories are read.

    Raises
    ------
    StudyError
        If a file is not the table of its name.
    """
    stimuli = images = labels = categories = None
    if files.get("stimuli"):
        stimuli = read_table(files["stimuli"], "stimuli")
    if files.get("labels"):
        images = read_table(files["images"], "images", ["image", "covered"])
        labels = read_table(files["labels"], "labels")
        categories = read_table(files["categories"], "categories")
    return shown_of(trials, stimuli, images, labels, categories)

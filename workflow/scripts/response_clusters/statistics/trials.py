"""The trials of all subjects as arrays, with regions and images numbered across subjects."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Trials:
    """One subject's trials, among the regions and images of all subjects.

    Attributes
    ----------
    responses : ndarray of shape (n, p), float
        One trial a row.
    regions : ndarray of shape (p,), int64
        Each column's number among the regions that any subject has, from 0; all different.
    sessions : ndarray of shape (n,), int64
        Each trial's session.
    images : ndarray of shape (n,), int64
        The image's number among all that any subject saw, from 0. A trial whose image is not known
        has a number of its own, as an image that is shown once.
    """

    responses: npt.NDArray[np.floating[Any]]
    regions: Whole
    sessions: Whole
    images: Whole


def trials_of(
    tables: Mapping[str, pd.DataFrame], regions: Mapping[str, list[str]]
) -> dict[str, Trials]:
    """The trials of each subject's table of responses.

    Parameters
    ----------
    tables : mapping of DataFrame
        By subject, with columns session, image (null where it is not known) and one per region.
    regions : mapping of list of str
        By subject, the columns that are regions.

    Returns
    -------
    dict of Trials
        By subject, in the order of `tables`. Responses keep their type; regions and images are
        numbered by their first mention.
    """
    region_number = {
        region: number
        for number, region in enumerate(dict.fromkeys(r for name in tables for r in regions[name]))
    }
    images = pd.concat([table["image"].astype(object) for table in tables.values()])
    image_number, distinct = pd.factorize(images)
    unknown = np.flatnonzero(image_number < 0)
    image_number[unknown] = len(distinct) + np.arange(len(unknown))
    ends = np.cumsum([len(table) for table in tables.values()])
    return {
        name: Trials(
            table[regions[name]].to_numpy(),
            np.array([region_number[region] for region in regions[name]], dtype=np.int64),
            table["session"].to_numpy(np.int64),
            numbers,
        )
        for (name, table), numbers in zip(
            tables.items(), np.split(image_number, ends[:-1]), strict=True
        )
    }

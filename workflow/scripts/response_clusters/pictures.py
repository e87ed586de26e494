"""The pictures that were seen: which are nearest a cluster, and their pixels."""

import h5py
import numpy as np
import pandas as pd
from PIL import Image
from response_clusters.errors import StudyError


def nearest_shown(nearest: pd.DataFrame, most: int | None = None) -> pd.DataFrame:
    """The rows of the nearest table that name an image, by rank; of each cluster `most` at most."""
    named = nearest.dropna(subset="image").sort_values(["cluster", "rank"])
    return named if most is None else named.groupby("cluster").head(most)


def pictures_of(shown: pd.DataFrame, bricks: h5py.Dataset, side: int) -> dict[int, np.ndarray]:
    """The pictures of the images in `shown`, at the size they are drawn at.

    Parameters
    ----------
    shown : DataFrame
        Its column image: rows of `bricks`, 0-based.
    bricks : h5py.Dataset, shape (images, height, width, 3), uint8
        Only the rows asked for are read: each once, alone, in the order they lie in the file.
    side : int
        Pixels along the side of a picture; each is the mean of the area that it covers.

    Returns
    -------
    dict of int to ndarray, shape (side, side, 3), uint8

    Raises
    ------
    StudyError
        If an image lies beyond the last row.
    """
    images = sorted(int(image) for image in shown["image"].unique())
    if images and images[-1] >= len(bricks):
        raise StudyError(
            f"{bricks.file.filename}: image {images[-1]} was asked for, but {bricks.name!r} holds "
            f"{len(bricks):,} pictures, numbered from 0. Check that dataset.pictures belongs to "
            f"the same stimuli as the trials."
        )
    mean = Image.Resampling.BOX
    return {
        image: np.asarray(Image.fromarray(bricks[image]).resize((side, side), mean))
        for image in images
    }

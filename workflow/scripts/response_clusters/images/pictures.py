"""The pictures that were seen: which are nearest a cluster, and their pixels."""

import h5py
import numpy as np
import pandas as pd
from PIL import Image
from response_clusters.errors import StudyError, listed
from response_clusters.files import PICTURES, reading
from response_clusters.sources.hdf5 import open_hdf5, require_filters, require_stored


def nearest_shown(nearest: pd.DataFrame, most: int | None = None) -> pd.DataFrame:
    """The rows of the nearest table that name an image, by rank; of each cluster `most` at most."""
    named = nearest.dropna(subset="image").sort_values(["cluster", "rank"])
    return named if most is None else named.groupby("cluster").head(most)


def picture_rows(file: h5py.File) -> h5py.Dataset:
    """The pictures in NSD's stimulus file.

    Raises
    ------
    StudyError
        If they are not there or are something else.
    """
    bricks = file.get("imgBrick")
    if not isinstance(bricks, h5py.Dataset):
        raise StudyError(
            f"{file.filename}: there is no dataset 'imgBrick' in it, but {listed(file)}; expected "
            f"{PICTURES}: name that file under dataset.pictures."
        )
    if bricks.ndim != 4 or bricks.shape[3] != 3 or bricks.dtype != np.uint8:
        raise StudyError(
            f"{file.filename}: 'imgBrick' holds {bricks.dtype} in the shape {bricks.shape}; "
            "expected uint8 in the shape (images, height, width, 3): fetch NSD's own file."
        )
    require_filters(bricks)
    return bricks


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
        If an image lies beyond the last row, or was never written.
    """
    images = sorted(int(image) for image in shown["image"].unique())
    if images and images[-1] >= len(bricks):
        raise StudyError(
            f"{bricks.file.filename}: image {images[-1]} was asked for, but {bricks.name!r} holds "
            f"{len(bricks)} pictures; expected ids from 0 to {len(bricks) - 1}: name the pictures "
            "of the stimuli that the trials showed under dataset.pictures."
        )
    require_stored(bricks, "picture", (0,), np.array(images, dtype=np.int64)[:, None])
    mean = Image.Resampling.BOX
    return {
        image: np.asarray(Image.fromarray(bricks[image]).resize((side, side), mean))
        for image in images
    }


def read_pictures(path: str, shown: pd.DataFrame, side: int) -> dict[int, np.ndarray]:
    """`pictures_of` the stimulus file at `path`.

    Raises
    ------
    StudyError
        If that is not NSD's stimulus file, or an image lies beyond its last row.
    """
    with reading(path, PICTURES) as found, open_hdf5(found) as stimuli:
        return pictures_of(shown, picture_rows(stimuli), side)

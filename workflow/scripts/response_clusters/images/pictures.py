"""The pictures that subjects saw: which to show for a cluster, and their pixels."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from PIL import Image
from response_clusters.errors import StudyError, listed
from response_clusters.files import reading
from response_clusters.ids import in_one_type
from response_clusters.sources.byte_ranges import ByteSource, opened

if TYPE_CHECKING:
    import h5py

EXPECTED = "the pictures: HDF5 with a dataset 'imgBrick', a row per image"
SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp")
"""The endings of picture files in a folder."""
Pictures = dict[Any, np.ndarray]
"""Pixels by image."""
LARGEST = 2**28
"""The most pixels that a picture file may have: a larger one is refused before it is decoded."""
BATCH = 100
"""How many pictures are read at a time."""

_log = logging.getLogger("response_clusters.progress")


def nearest_shown(nearest: pd.DataFrame, most: int | None = None) -> pd.DataFrame:
    """The rows of the nearest table with an image, by rank; at most `most` of each cluster."""
    named = nearest.dropna(subset="image").sort_values(["cluster", "rank"])
    return named if most is None else named.groupby("cluster").head(most)


def read_pictures(
    path: str | ByteSource, shown: pd.DataFrame, side: int, stimuli: pd.DataFrame | None = None
) -> Pictures:
    """The pictures of the images in `shown`, at the size they are drawn at.

    Parameters
    ----------
    path : str or ByteSource
        An HDF5 file with the dataset ``imgBrick`` of shape (images, height, width, 3), uint8, or a
        folder of pictures.
    shown : DataFrame
        Its column image.
    side : int
        Pixels along the side of a picture; each is the mean of the area that it covers.
    stimuli : DataFrame, optional
        The stimuli table, whose column picture gives the row of the HDF5 file, or the file in the
        folder, of each image. Without it, an image's id is its row or the name of its file.

    Returns
    -------
    dict of ndarray, shape (side, side, 3), uint8
        By image.

    Raises
    ------
    StudyError
        If a picture is not there or cannot be read.
    """
    images = shown["image"].drop_duplicates().tolist()
    names = _names(shown, images, stimuli)
    if isinstance(path, str) and Path(path).is_dir():
        return {image: _from_file(file, side) for image, file in _files(Path(path), names).items()}
    with opened(path, EXPECTED) as file, file.h5() as stored:
        bricks = picture_rows(stored)
        rows = _row_numbers(names, len(bricks), file.name)
        pixels = pictures_of(sorted(set(rows.values())), bricks, side)
    return {image: pixels[row] for image, row in rows.items()}


def pictures_in_batches(
    path: str | ByteSource, shown: pd.DataFrame, side: int, stimuli: pd.DataFrame | None = None
) -> Iterator[tuple[Any, np.ndarray]]:
    """As `read_pictures`, each image with its picture, in the order of `shown`.

    Only `BATCH` of them are in memory at a time, however many there are; images differ.
    """
    for first in range(0, len(shown), BATCH):
        batch = shown.iloc[first : first + BATCH]
        pictures = read_pictures(path, batch, side, stimuli)
        yield from ((image, pictures[image]) for image in batch["image"])
        _log.info("%d of %d pictures", first + len(batch), len(shown))


def _names(shown: pd.DataFrame, images: list[Any], stimuli: pd.DataFrame | None) -> dict[Any, str]:
    """The name of each image's picture: from the stimulus table or, without one, the image's id."""
    names = {image: str(image) for image in images}
    if stimuli is not None:
        mine, theirs = in_one_type(shown[["image"]], stimuli)
        known = theirs.dropna(subset="picture").set_index("image")["picture"]
        pictures = mine["image"].map(known)
        pairs = zip(shown["image"], pictures, strict=True)
        names |= {image: str(name) for image, name in pairs if not pd.isna(name)}
    return names


def _files(folder: Path, names: dict[Any, str]) -> dict[Any, Path]:
    """The file of each picture, by a name with or without its ending."""
    stems: dict[str, Path] = {}
    files: dict[Any, Path] = {}
    for image, name in names.items():
        path = folder / name
        if not path.is_file():
            if not stems:
                stems = {
                    entry.name.rpartition(".")[0]: Path(entry.path)
                    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name)
                    if entry.name.lower().endswith(SUFFIXES) and not entry.name.startswith(".")
                }
            path = stems.get(name, path)
        if not path.is_file():
            raise StudyError(
                f"{folder}: there is no picture {name!r} of image {image}; expected a file of that "
                "name, as the column picture of the stimulus table has it, or called after the "
                "image: add it, or correct the table."
            )
        files[image] = path
    return files


def _from_file(path: Path, side: int) -> np.ndarray:
    """One picture of a folder, its middle square at the size asked for."""
    with reading(path, "a picture", "damaged or no picture") as file, Image.open(file) as picture:
        wide, high = picture.size
        if wide * high > LARGEST:
            raise ValueError(f"it has {wide} × {high} pixels")
        square = min(wide, high)
        left, top = (wide - square) // 2, (high - square) // 2
        middle = picture.convert("RGB").crop((left, top, left + square, top + square))
        return np.asarray(middle.resize((side, side), Image.Resampling.BOX))


def _row_numbers(names: dict[Any, str], count: int, path: str) -> dict[Any, int]:
    """The row of each picture in an HDF5 file of `count` pictures."""
    rows = {}
    for image, name in names.items():
        if not name.isdecimal() or int(name) >= count:
            raise StudyError(
                f"{path}: image {image} was asked for, which is picture {name}, but 'imgBrick' "
                f"holds {count} pictures; expected numbers from 0 to {count - 1}: name the "
                "pictures of the stimuli that the trials showed under dataset.pictures."
            )
        rows[image] = int(name)
    return rows


def picture_rows(file: "h5py.File") -> "h5py.Dataset":
    """The pictures in an HDF5 file.

    Raises
    ------
    StudyError
        If they are not there or are something else.
    """
    import h5py
    from response_clusters.sources.hdf5 import require_filters

    bricks = file.get("imgBrick")
    if not isinstance(bricks, h5py.Dataset):
        raise StudyError(
            f"{file.filename}: there is no dataset 'imgBrick' in it, but {listed(file)}; expected "
            f"{EXPECTED}: name that file under dataset.pictures."
        )
    if bricks.ndim != 4 or bricks.shape[3] != 3 or bricks.dtype != np.uint8:
        raise StudyError(
            f"{file.filename}: 'imgBrick' holds {bricks.dtype} in the shape {bricks.shape}; "
            "expected uint8 in the shape (images, height, width, 3): fetch the file again."
        )
    require_filters(bricks)
    return bricks


def pictures_of(rows: list[int], bricks: "h5py.Dataset", side: int) -> dict[int, np.ndarray]:
    """Some pictures of an HDF5 file, by row, at the size they are drawn at.

    Parameters
    ----------
    rows : list of int
        In ascending order. Only these are read, one at a time.
    bricks : h5py.Dataset, shape (images, height, width, 3), uint8
    side : int
        Pixels along the side of a picture.

    Raises
    ------
    StudyError
        If a picture was never written.
    """
    from response_clusters.sources.hdf5 import require_stored

    require_stored(bricks, "picture", (0,), np.array(rows, dtype=np.int64)[:, None])
    mean = Image.Resampling.BOX
    return {
        row: np.asarray(Image.fromarray(bricks[row]).resize((side, side), mean)) for row in rows
    }

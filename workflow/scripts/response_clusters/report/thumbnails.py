"""Small pictures for the page: every image that it shows, in each of the sizes it may need."""

import base64
import io
from collections.abc import Iterable
from typing import Any

import pandas as pd
from PIL import Image
from response_clusters.ids import as_ids
from response_clusters.images.pictures import pictures_in_batches
from response_clusters.report.pictures import PIXELS, images
from response_clusters.sources.byte_ranges import ByteSource

_READ = 224
"""Pixels along the side at which a picture is read, for all sizes to be made from."""
_QUALITY, _METHOD = 65, 4


def images_of(explorers: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """The distinct images among the nearest of any cluster, in ascending order; a column image.

    Parameters
    ----------
    explorers : iterable of dict
        The explorer records of all cohorts.
    """
    names = sorted({image for explorer in explorers for image in images(explorer)})
    ids = as_ids(pd.Series(names, name="image", dtype="string"), "explorer.json")
    return ids.sort_values(ignore_index=True).to_frame()


def thumbnails(
    path: str | ByteSource, shown: pd.DataFrame, stimuli: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The pictures of some images in every size, as WebP in base64.

    Parameters
    ----------
    path, shown, stimuli
        As in `pictures.read_pictures`; images differ.

    Returns
    -------
    DataFrame
        Columns of the table ``thumbnails``, in the order of `shown`.

    Raises
    ------
    StudyError
        If a picture is not there or cannot be read.
    """
    rows: list[tuple[Any, ...]] = []
    for image, pixels in pictures_in_batches(path, shown, _READ, stimuli):
        picture = Image.fromarray(pixels)
        rows.append((image, *(webp(picture, side) for side in PIXELS)))
    names = ["image", *(f"webp_{side}" for side in PIXELS)]
    return pd.DataFrame(rows, columns=names).astype({"image": shown["image"].dtype})


def webp(picture: Image.Image, side: int) -> str:
    """A square picture at `side` pixels, as WebP in base64."""
    small = picture.resize((side, side), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    small.save(file, "WEBP", quality=_QUALITY, method=_METHOD)
    return base64.b64encode(file.getvalue()).decode("ascii")

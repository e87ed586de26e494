"""The page's pictures: as large as the page's limit allows, each in one block of one cohort."""

from collections.abc import Iterable
from typing import Any

import pandas as pd
from response_clusters.errors import StudyError

PIXELS = (112, 96, 80, 64)
"""The sides of pictures in the table of thumbnails; the first that fits is taken."""


def pixels_that_fit(thumbnails: pd.DataFrame, room: float) -> int:
    """The largest side at which all pictures fit `room` bytes of a page; 0 if none does."""
    for side in PIXELS:
        texts = thumbnails[f"webp_{side}"]
        names = thumbnails["image"].astype(str)
        # In JSON, two pairs of quotes, a colon and a comma are written with each picture.
        if texts.str.len().sum() + names.str.len().sum() + 6 * len(texts) <= room:
            return side
    return 0


def blocks(
    thumbnails: pd.DataFrame, explorers: Iterable[dict[str, Any]], side: int
) -> dict[str, dict[str, str]]:
    """Each cohort's pictures that no cohort before it has: base64 by image, cohorts in order."""
    texts = dict(
        zip(thumbnails["image"].astype(str), thumbnails[f"webp_{side}"].astype(str), strict=True)
    )
    found: dict[str, dict[str, str]] = {}
    for explorer in explorers:
        block: dict[str, str] = {}
        for image in images(explorer):
            if image not in texts and not any(image in other for other in found.values()):
                raise StudyError(
                    f"thumbnails.parquet: there is no picture of image {image}, which is among the "
                    f"nearest of {explorer['cohort']}; expected one of every image: delete it and "
                    "run again."
                )
            if image in texts:
                block[image] = texts.pop(image)
        found[explorer["cohort"]] = block
    return found


def images(explorer: dict[str, Any]) -> list[str]:
    """The images that an explorer record shows, each once, in order of their first appearance."""
    shown = (
        row["image"]
        for fit in explorer["fits"]
        for cluster in fit["clusters"]
        for row in cluster["nearest"]
    )
    return list(dict.fromkeys(str(image) for image in shown if image is not None))

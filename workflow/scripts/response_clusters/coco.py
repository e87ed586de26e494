"""COCO's instance annotations: what an image shows, and what is left of it after a crop."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from pycocotools import mask as coco_mask
from response_clusters.errors import StudyError

Crop = tuple[float, float, float, float]
"""Fractions cut off the top, bottom, left and right."""
UNCROPPED: Crop = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Instances:
    """The annotations of one or more files.

    Attributes
    ----------
    sizes : dict
        Height and width of every image listed, by COCO id.
    categories : dict
        Name and supercategory, by category id.
    annotations : dict
        The annotations of each image that has any, by COCO id of the image.
    """

    sizes: dict[int, tuple[int, int]]
    categories: dict[int, tuple[str, str]]
    annotations: dict[int, list[dict[str, Any]]]


def read_instances(paths: list[str | Path]) -> Instances:
    """Read instance files such as ``instances_train2017.json`` and join them.

    Raises
    ------
    StudyError
        If a file is missing, is not JSON, or is not an instance file of COCO's.
    """
    found = Instances({}, {}, {})
    seen: set[int] = set()
    for path in paths:
        try:
            held = json.loads(Path(path).read_bytes())
        except FileNotFoundError:
            raise StudyError(
                f"{path}: there is no such file; COCO instance annotations are expected."
            ) from None
        except ValueError as error:
            raise StudyError(f"{path}: not readable as JSON ({error}).") from None
        for key in ("images", "annotations", "categories"):
            if not isinstance(held, dict) or not isinstance(held.get(key), list):
                raise StudyError(
                    f"{path}: there is no list {key!r} in it; is this a COCO instances file?"
                )
        try:
            for image in held["images"]:
                found.sizes[image["id"]] = (image["height"], image["width"])
            for category in held["categories"]:
                found.categories[category["id"]] = (category["name"], category["supercategory"])
            for annotation in held["annotations"]:
                _ = annotation["category_id"], annotation["segmentation"]
                # Files may overlap: an annotation counts once.
                if annotation["id"] not in seen:
                    seen.add(annotation["id"])
                    found.annotations.setdefault(annotation["image_id"], []).append(annotation)
        except (KeyError, TypeError) as error:
            raise StudyError(
                f"{path}: an entry lacks {error}; is this a COCO instances file?"
            ) from None
    unlisted = set(found.annotations) - set(found.sizes)
    if unlisted:
        raise StudyError(
            f"{', '.join(map(str, paths))}: image {min(unlisted)} has annotations but is not "
            "listed under 'images'."
        )
    return found


def instance_runs(annotation: dict[str, Any], height: int, width: int) -> Any:
    """An annotation's pixels as compressed run lengths, from polygons or run lengths of COCO's."""
    segmentation = annotation["segmentation"]
    if not segmentation:
        return coco_mask.encode(np.zeros((height, width), dtype=np.uint8, order="F"))
    runs = coco_mask.frPyObjects(segmentation, height, width)
    return coco_mask.merge(runs) if isinstance(runs, list) else runs


def kept(height: int, width: int, crop: Crop) -> tuple[slice, slice]:
    """The rows and columns of an image that a crop leaves, as NSD rounds them."""
    top, bottom, left, right = crop
    return (
        slice(round(top * height), height - round(bottom * height)),
        slice(round(left * width), width - round(right * width)),
    )


def visible_labels(
    annotations: list[dict[str, Any]], height: int, width: int, crop: Crop
) -> dict[int, tuple[int, float]]:
    """What is to be seen of one image within a crop, by category id.

    Parameters
    ----------
    annotations : list of dict
        All of the image's; a crowd counts as one instance.
    height, width : int
        The image's size in pixels.
    crop : tuple of float
        Fractions cut off the top, bottom, left and right.

    Returns
    -------
    dict of (int, float)
        Instances with at least one pixel left, and the share of the picture that the category
        covers: the union of its instances, between 0 and 1.
    """
    window = _window(height, width, crop)
    size = float(coco_mask.area(window))
    parts: dict[int, list[Any]] = {}
    for annotation in annotations:
        part = coco_mask.merge([instance_runs(annotation, height, width), window], intersect=True)
        if coco_mask.area(part):
            parts.setdefault(annotation["category_id"], []).append(part)
    return {
        category: (len(seen), float(coco_mask.area(coco_mask.merge(seen))) / size)
        for category, seen in sorted(parts.items())
    }


@cache
def _window(height: int, width: int, crop: Crop) -> Any:
    """What a crop leaves of an image, as run lengths."""
    window = np.zeros((height, width), dtype=np.uint8, order="F")
    window[kept(height, width, crop)] = 1
    return coco_mask.encode(window)

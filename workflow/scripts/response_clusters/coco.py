"""COCO's instance annotations: what an image shows, and what is left of it after a crop."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from pycocotools import mask as coco_mask
from response_clusters.errors import StudyError, listed
from response_clusters.files import reading

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
    where : str
        The files, for sentences.
    """

    sizes: dict[int, tuple[int, int]]
    categories: dict[int, tuple[str, str]]
    annotations: dict[int, list[dict[str, Any]]]
    where: str = ""


_EXPECTED = "one of COCO's instance files, such as instances_train2017.json"


def read_instances(paths: list[str | Path]) -> Instances:
    """Read instance files such as ``instances_train2017.json`` and join them.

    Raises
    ------
    StudyError
        If a file is missing, is not JSON, or is not an instance file of COCO's.
    """
    where = ", ".join(map(str, paths))
    found = Instances({}, {}, {}, where)
    seen: set[int] = set()
    for path in paths:
        with reading(path, _EXPECTED, "damaged, cut short or not JSON") as file:
            held = json.loads(file.read_bytes())
        for key in ("images", "annotations", "categories"):
            if not isinstance(held, dict) or not isinstance(held.get(key), list):
                keys = (
                    listed(map(repr, held))
                    if isinstance(held, dict)
                    else f"a {type(held).__name__}"
                )
                raise StudyError(
                    f"{path}: there is no list {key!r} in it, found {keys}; expected {_EXPECTED}: "
                    "name that file."
                )
        try:
            for image in held["images"]:
                found.sizes[_number(image, "id")] = (
                    _number(image, "height"),
                    _number(image, "width"),
                )
            for category in held["categories"]:
                names = category["name"], category["supercategory"]
                found.categories[_number(category, "id")] = names
            for annotation in held["annotations"]:
                _ = annotation["segmentation"]
                if _number(annotation, "category_id") not in found.categories:
                    raise ValueError(
                        f"the category {annotation['category_id']} is not listed under 'categories'"
                    )
                # Files may overlap: an annotation counts once.
                if annotation["id"] not in seen:
                    seen.add(annotation["id"])
                    shown = _number(annotation, "image_id")
                    found.annotations.setdefault(shown, []).append(annotation)
        except (KeyError, TypeError, ValueError) as error:
            fault = str(error)
            if isinstance(error, KeyError):
                fault = f"an entry lacks {error}"
            elif isinstance(error, TypeError):
                fault = "an entry is of another kind"
            raise StudyError(
                f"{path}: {fault}; expected {_EXPECTED}: name that file, or fetch it again."
            ) from None
    unlisted = set(found.annotations) - set(found.sizes)
    if unlisted:
        raise StudyError(
            f"{where}: image {min(unlisted)} has annotations but is not listed under 'images'; "
            f"expected {_EXPECTED}: fetch the file again."
        )
    return found


def _number(entry: dict[str, Any], key: str) -> int:
    """A whole number of an entry, refused where it is anything else."""
    value = entry[key]
    if type(value) is not int or value < 0:
        raise ValueError(f"an entry's {key!r} is {value!r} and not a whole number")
    return value


def instance_runs(annotation: dict[str, Any], height: int, width: int) -> Any:
    """An annotation's pixels as compressed run lengths, from polygons or run lengths of COCO's.

    Raises
    ------
    StudyError
        If they are neither, or run lengths of an image of another size.
    """
    segmentation = annotation["segmentation"]
    if not segmentation:
        return coco_mask.encode(np.zeros((height, width), dtype=np.uint8, order="F"))
    try:
        runs = coco_mask.frPyObjects(segmentation, height, width)
        merged = coco_mask.merge(runs) if isinstance(runs, list) else runs
        fits = list(merged["size"]) == [height, width]
    except Exception:  # what pycocotools raises depends on what it trips over
        fits = False
    if not fits:
        raise StudyError(
            f"annotation {annotation.get('id')} has a segmentation that does not fit its image of "
            f"{height} × {width} pixels; expected polygons or run lengths of COCO's: fetch the "
            "file again."
        )
    return merged


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

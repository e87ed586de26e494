"""COCO's instance annotations: what an image shows, and what is left of it after a crop."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import msgspec
import numpy as np
from pycocotools import mask as coco_mask
from response_clusters.errors import StudyError
from response_clusters.files import reading

Crop = tuple[float, float, float, float]
"""Fractions cut off the top, bottom, left and right."""
UNCROPPED: Crop = (0.0, 0.0, 0.0, 0.0)


_Number = Annotated[int, msgspec.Meta(ge=0)]


class Annotation(msgspec.Struct, gc=False):
    """One instance; its outline stays as it stands in the file until it is drawn."""

    id: _Number
    image_id: _Number
    category_id: _Number
    segmentation: msgspec.Raw


class _Image(msgspec.Struct, gc=False):
    id: _Number
    height: _Number
    width: _Number


class _Category(msgspec.Struct, gc=False):
    id: _Number
    name: str
    supercategory: str


class _File(msgspec.Struct):
    images: list[_Image]
    annotations: list[Annotation]
    categories: list[_Category]


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
    annotations: dict[int, list[Annotation]]
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
            try:
                held = msgspec.json.decode(file.read_bytes(), type=_File)
            except msgspec.ValidationError as error:
                raise StudyError(
                    f"{path}: it is JSON, but of another kind ({error}); expected {_EXPECTED}: "
                    "name that file, or fetch it again."
                ) from None
        found.sizes.update({image.id: (image.height, image.width) for image in held.images})
        for category in held.categories:
            found.categories[category.id] = category.name, category.supercategory
        for annotation in held.annotations:
            if annotation.category_id not in found.categories:
                raise StudyError(
                    f"{path}: the category {annotation.category_id} is not listed under "
                    f"'categories'; expected {_EXPECTED}: name that file, or fetch it again."
                )
            # Files may overlap: an annotation counts once.
            if annotation.id not in seen:
                seen.add(annotation.id)
                found.annotations.setdefault(annotation.image_id, []).append(annotation)
    unlisted = set(found.annotations) - set(found.sizes)
    if unlisted:
        raise StudyError(
            f"{where}: image {min(unlisted)} has annotations but is not listed under 'images'; "
            f"expected {_EXPECTED}: fetch the file again."
        )
    return found


def instance_runs(annotation: Annotation, height: int, width: int) -> Any:
    """An annotation's pixels as compressed run lengths, from polygons or run lengths of COCO's.

    Raises
    ------
    StudyError
        If they are neither, or run lengths of an image of another size.
    """
    segmentation = msgspec.json.decode(annotation.segmentation)
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
            f"annotation {annotation.id} has a segmentation that does not fit its image of "
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
    annotations: list[Annotation], height: int, width: int, crop: Crop
) -> dict[int, tuple[int, float]]:
    """What is to be seen of one image within a crop, by category id.

    Parameters
    ----------
    annotations : list of Annotation
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
            parts.setdefault(annotation.category_id, []).append(part)
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

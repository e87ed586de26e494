"""COCO's outlines as pixels, and the part of them that is visible within a crop."""

from collections import Counter
from functools import cache
from typing import Any

import msgspec
import numpy as np
from pycocotools import mask as coco_mask
from response_clusters.errors import StudyError
from response_clusters.images.coco import Annotation, decoded, run_lengths

Crop = tuple[float, float, float, float]
"""Fractions cut off the top, bottom, left and right."""
UNCROPPED: Crop = (0.0, 0.0, 0.0, 0.0)
LONGEST = 2**22
"""Most pixels of an outline, all parts together: ten times as many as in COCO's largest image."""


def instance_runs(
    annotation: Annotation, height: int, width: int, drawn: Counter[str] | None = None
) -> Any:
    """An annotation's pixels as compressed run lengths.

    They come from its polygons or run lengths or, if it has neither, from its box. An annotation
    that lies in the image but is smaller than a pixel becomes the pixel at its centre.

    Parameters
    ----------
    height, width : int
        The image's size in pixels.
    drawn : Counter, optional
        Counts how annotations were drawn: "outlines", "boxes", "below one pixel" or "not drawn".

    Returns
    -------
    dict
        pycocotools' run lengths; all zero if no part of the annotation lies in the image.

    Raises
    ------
    StudyError
        If the outline or the box is malformed, or run lengths belong to an image of another size.
    """
    outline = _decoded(annotation.segmentation, annotation, height, width)
    box = _decoded(annotation.bbox, annotation, height, width)
    how, runs, centre = "outlines", None, None
    if isinstance(outline, dict):
        outline = [outline]
    if outline and all(isinstance(part, dict) for part in outline):
        runs = coco_mask.merge([_from_runs(part, annotation, height, width) for part in outline])
        if not coco_mask.area(runs) and box:
            runs = None
    elif outline:
        parts = [outline] if isinstance(outline[0], int | float) else outline
        points = [_points(part, annotation, height, width) for part in parts]
        shapes = [part for part in points if len(part) > 2]
        if shapes:
            runs = _filled(shapes, annotation, height, width)
        if not shapes or not coco_mask.area(runs):
            every = np.concatenate(points)
            centre = (every.min(axis=0) + every.max(axis=0)) / 2
    if runs is None and centre is None and box:
        how = "boxes"
        runs, centre = _from_box(box, annotation, height, width)
    if centre is not None:
        x, y = np.floor(centre)
        if 0 <= x < width and 0 <= y < height:
            how = "below one pixel"
            pixel = np.zeros((height, width), dtype=np.uint8, order="F")
            pixel[int(y), int(x)] = 1
            runs = coco_mask.encode(pixel)
    if runs is None or not coco_mask.area(runs):
        how = "not drawn"
        runs = coco_mask.encode(np.zeros((height, width), dtype=np.uint8, order="F"))
    if drawn is not None:
        drawn[how] += 1
    return runs


def _misfit(annotation: Annotation, height: int, width: int, why: str) -> StudyError:
    return StudyError(
        f"annotation {annotation.id} has a segmentation or a box that does not fit its image of "
        f"{height} × {width} pixels: {why}; expected polygons, run lengths or a box [x, y, width, "
        "height] of COCO's: fetch the file again."
    )


def _decoded(part: msgspec.Raw, annotation: Annotation, height: int, width: int) -> Any:
    """A segmentation or a box as Python's objects; None where there is none."""
    try:
        value = decoded(part)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _misfit(annotation, height, width, str(error)) from None
    if value is not None and not isinstance(value, list | dict):
        raise _misfit(annotation, height, width, f"it is {value!r}")
    return value


def _points(part: Any, annotation: Annotation, height: int, width: int) -> Any:
    """A polygon as an array of (x, y), checked to be numbers in or near the image."""
    try:
        values = np.array(part, dtype=np.float64)
        numbers = {*map(type, part)} <= {int, float}
    except (TypeError, ValueError, OverflowError):
        numbers = False
    if not numbers or values.ndim != 1 or len(values) % 2 or not len(values):
        raise _misfit(annotation, height, width, "a polygon is not a list of x, y, x, y, …")
    # The rasteriser also follows the parts of an outline that lie outside the image.
    if not np.isfinite(values).all() or np.abs(values).max() > _reach(height, width):
        raise _misfit(annotation, height, width, "a polygon reaches far beyond it")
    return values.reshape(-1, 2)


def _reach(height: int, width: int) -> int:
    """How far from an image's corner an outline may go, in pixels."""
    return 4 * max(height, width) + 1000


def _filled(polygons: list[Any], annotation: Annotation, height: int, width: int) -> Any:
    """The pixels within any of the polygons, each an array of (x, y), as run lengths."""
    # The rasteriser's time and memory grow with the outline's length, so long ones are refused.
    # An outline with few corners cannot be long.
    if sum(map(len, polygons)) * 2 * _reach(height, width) > LONGEST:
        steps = [np.diff(corners, axis=0, append=corners[:1]) for corners in polygons]
        if sum(float(np.abs(step).max(axis=1).sum()) for step in steps) > LONGEST:
            fault = f"its outline is longer than {LONGEST:,} pixels"
            raise _misfit(annotation, height, width, fault)
    flat = [corners.ravel().tolist() for corners in polygons]
    return coco_mask.merge(coco_mask.frPyObjects(flat, height, width))


def _from_box(box: Any, annotation: Annotation, height: int, width: int) -> tuple[Any, Any]:
    """A box's pixels within the image, or none and its centre if it is smaller than a pixel."""
    corner = _points(box, annotation, height, width) if isinstance(box, list) else None
    if corner is None or corner.shape != (2, 2) or corner[1].min() < 0:
        raise _misfit(annotation, height, width, "a box is not [x, y, width, height]")
    start = np.maximum(corner[0], 0.0)
    end = np.minimum(corner[0] + corner[1], [width, height])
    if (end > start).all():
        (left, top), (right, bottom) = start.tolist(), end.tolist()
        outline = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
        runs = _filled([outline], annotation, height, width)
        if coco_mask.area(runs):
            return runs, None
    return None, corner[0] + corner[1] / 2


def _from_runs(outline: dict[str, Any], annotation: Annotation, height: int, width: int) -> Any:
    """Run lengths, as a list or as COCO's text, checked to cover the image exactly."""
    counts = outline.get("counts")
    if outline.get("size") != [height, width]:
        raise _misfit(annotation, height, width, f"its run lengths are of {outline.get('size')}")
    if isinstance(counts, str):
        counts = run_lengths(counts)
    if not isinstance(counts, list) or not all(type(n) is int and n >= 0 for n in counts):
        raise _misfit(annotation, height, width, "its run lengths are not whole numbers")
    if sum(counts) != height * width:
        raise _misfit(annotation, height, width, "its run lengths do not sum to its pixels")
    return coco_mask.frPyObjects({"counts": counts, "size": [height, width]}, height, width)


def kept(height: int, width: int, crop: Crop) -> tuple[slice, slice]:
    """The rows and columns of an image that a crop keeps, rounded as NSD rounded them."""
    top, bottom, left, right = crop
    return (
        slice(round(top * height), height - round(bottom * height)),
        slice(round(left * width), width - round(right * width)),
    )


def visible_labels(
    annotations: list[Annotation],
    height: int,
    width: int,
    crop: Crop,
    drawn: Counter[str] | None = None,
) -> dict[int, tuple[int, float]]:
    """The instances and the area of each category that are visible within a crop, by category id.

    Parameters
    ----------
    annotations : list of Annotation
        All of the image's; a crowd counts as one instance.
    height, width : int
        The image's size in pixels.
    crop : tuple of float
        Fractions cut off the top, bottom, left and right.
    drawn : Counter, optional
        As for `instance_runs`.

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
        runs = instance_runs(annotation, height, width, drawn)
        part = coco_mask.merge([runs, window], intersect=True)
        if coco_mask.area(part):
            parts.setdefault(annotation.category_id, []).append(part)
    return {
        category: (len(seen), float(coco_mask.area(coco_mask.merge(seen))) / size)
        for category, seen in sorted(parts.items())
    }


@cache
def _window(height: int, width: int, crop: Crop) -> Any:
    """The part of an image that a crop keeps, as run lengths."""
    window = np.zeros((height, width), dtype=np.uint8, order="F")
    window[kept(height, width, crop)] = 1
    return coco_mask.encode(window)

"""COCO's instance annotations: what an image shows, and what is left of it after a crop."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import msgspec
import numpy as np
from pycocotools import mask as coco_mask
from response_clusters.errors import StudyError
from response_clusters.files import reading
from response_clusters.names import require_name

Crop = tuple[float, float, float, float]
"""Fractions cut off the top, bottom, left and right."""
UNCROPPED: Crop = (0.0, 0.0, 0.0, 0.0)
LARGEST = 2**28
"""Pixels of an image: what is drawn takes a byte for each."""

_Number = Annotated[int, msgspec.Meta(ge=0)]
_NOTHING = msgspec.Raw(b"null")


class Annotation(msgspec.Struct, gc=False):
    """One instance; its outline and its box stay as they stand in the file until it is drawn."""

    id: _Number
    image_id: _Number
    category_id: _Number
    segmentation: msgspec.Raw = _NOTHING
    bbox: msgspec.Raw = _NOTHING


class _Image(msgspec.Struct, gc=False):
    id: _Number
    height: _Number
    width: _Number
    file_name: str | None = None


class _Category(msgspec.Struct, gc=False):
    id: _Number
    name: str
    supercategory: str | None = None


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
        Name and supercategory, by number: the id of the file that first named the category, or
        another where that was taken.
    annotations : dict
        The annotations of each image that has any, by COCO id of the image; their category_id is a
        number of `categories`.
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

    Ids of annotations and of categories are a file's own; images are known by their ids, and
    categories by their names, in all files. An annotation that stands in two files, with the same
    outline and box of the same category in the same image, counts once.

    Raises
    ------
    StudyError
        If a file is missing, is not JSON, is not an instance file of COCO's, or contradicts itself
        or another: two sizes or file names of one image, two supercategories of one category, two
        names or two annotations of one id in one file.
    """
    where = ", ".join(map(str, paths))
    found = Instances({}, {}, {}, where)
    pictures: dict[int, tuple[str, str]] = {}
    homes: dict[str, tuple[int, str]] = {}
    earlier: Counter[tuple[Any, ...]] = Counter()
    for path in map(str, paths):
        held = _read(path)
        for image in held.images:
            _add_image(found, pictures, image, path)
        numbers = _add_categories(found, homes, held.categories, path)
        here: Counter[tuple[Any, ...]] = Counter()
        own: dict[int, tuple[Any, ...]] = {}
        for annotation in held.annotations:
            if annotation.category_id not in numbers:
                raise StudyError(
                    f"{path}: the category {annotation.category_id} is not listed under "
                    f"'categories'; expected {_EXPECTED}: name that file, or fetch it again."
                )
            annotation.category_id = numbers[annotation.category_id]
            content = _content(annotation)
            if annotation.id in own:
                if own[annotation.id] != content:
                    raise StudyError(
                        f"{path}: two annotations have the id {annotation.id} and are not the "
                        "same; expected an id of its own for each in a file: renumber one, or "
                        "fetch the file again."
                    )
                continue
            own[annotation.id] = content
            here[content] += 1
            if here[content] > earlier[content]:
                found.annotations.setdefault(annotation.image_id, []).append(annotation)
        earlier |= here
    unlisted = set(found.annotations) - set(found.sizes)
    if unlisted:
        raise StudyError(
            f"{where}: image {min(unlisted)} has annotations but is not listed under 'images'; "
            f"expected {_EXPECTED}: fetch the file again."
        )
    return found


def _read(path: str) -> _File:
    with reading(path, _EXPECTED, "damaged, cut short or not JSON") as file:
        try:
            return msgspec.json.decode(file.read_bytes().removeprefix(b"\xef\xbb\xbf"), type=_File)
        except msgspec.ValidationError as error:
            raise StudyError(
                f"{path}: it is JSON, but of another kind ({error}); expected {_EXPECTED}: "
                "name that file, or fetch it again."
            ) from None


def _content(annotation: Annotation) -> tuple[Any, ...]:
    """What makes two annotations the same, whatever their ids; blanks mean nothing."""
    parts = (annotation.segmentation, annotation.bbox)
    drawn = hash(tuple(bytes(part).translate(None, b" \n\r\t") for part in parts))
    return annotation.image_id, annotation.category_id, drawn


def _add_image(
    found: Instances, pictures: dict[int, tuple[str, str]], image: _Image, path: str
) -> None:
    """List an image, unless what two files say of it contradicts."""
    size, name = (image.height, image.width), image.file_name or ""
    if not 0 < image.height * image.width <= LARGEST:
        raise StudyError(
            f"{path}: image {image.id} has {image.height} × {image.width} pixels; expected 1 to "
            f"{LARGEST:,} of them: correct the size, or fetch the file again."
        )
    if image.id not in found.sizes:
        found.sizes[image.id], pictures[image.id] = size, (name, path)
        return
    before, (known, home) = found.sizes[image.id], pictures[image.id]
    if before != size:
        raise StudyError(
            f"{path}: image {image.id} has {size[0]} × {size[1]} pixels, and {before[0]} × "
            f"{before[1]} in {home}; expected one size for each image: name files that number "
            "their images alike, or correct one of them."
        )
    if name and known and _picture(name) != _picture(known):
        raise StudyError(
            f"{path}: image {image.id} is {name!r}, and {known!r} in {home}; expected one picture "
            "for each id: name files that number their images alike."
        )


def _picture(name: str) -> str | int:
    """A picture by its file's name; COCO's years give it prefixes of their own before the id."""
    digits = re.search(r"([0-9]+)\.[A-Za-z]+$", name)
    return int(digits[1]) if digits else name


def _add_categories(
    found: Instances, homes: dict[str, tuple[int, str]], listed: list[_Category], path: str
) -> dict[int, int]:
    """List a file's categories by name, and give the numbers that its ids stand for."""
    numbers: dict[int, int] = {}
    for category in listed:
        name = require_name(category.name, "category", path)
        group = category.supercategory or name
        if name not in homes:
            free = category.id not in found.categories
            number = category.id if free else max(found.categories) + 1
            homes[name], found.categories[number] = (number, path), (name, group)
        number, home = homes[name]
        if category.supercategory and found.categories[number][1] != group:
            raise StudyError(
                f"{path}: the category {name!r} belongs to {group!r}, and to "
                f"{found.categories[number][1]!r} in {home}; expected one supercategory for each: "
                "correct one of the files."
            )
        if numbers.setdefault(category.id, number) != number:
            raise StudyError(
                f"{path}: category {category.id} is called {name!r} and "
                f"{found.categories[numbers[category.id]][0]!r}; expected one name for each id: "
                "correct the file."
            )
    return numbers


def instance_runs(
    annotation: Annotation, height: int, width: int, drawn: "Counter[str] | None" = None
) -> Any:
    """An annotation's pixels as compressed run lengths.

    They are those of its polygons or run lengths or, where it has none, of its box. What is in the
    image but smaller than a pixel is the pixel at its centre.

    Parameters
    ----------
    height, width : int
        The image's size in pixels.
    drawn : Counter, optional
        Counts how it was drawn: "outlines", "boxes", "below one pixel" or "not drawn".

    Returns
    -------
    dict
        pycocotools' run lengths; all zero where nothing of it lies in the image.

    Raises
    ------
    StudyError
        If outline and box are no such things, or run lengths are those of an image of another size.
    """
    outline = _decoded(annotation.segmentation, annotation, height, width)
    box = _decoded(annotation.bbox, annotation, height, width)
    how, runs, centre = "outlines", None, None
    if isinstance(outline, dict):
        runs = _from_runs(outline, annotation, height, width)
        if not coco_mask.area(runs) and box:
            runs = None
    elif outline:
        parts = [outline] if isinstance(outline[0], int | float) else outline
        points = [_points(part, annotation, height, width) for part in parts]
        shapes = [part.ravel().tolist() for part in points if len(part) > 2]
        if shapes:
            runs = coco_mask.merge(coco_mask.frPyObjects(shapes, height, width))
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
        held = msgspec.json.decode(part)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _misfit(annotation, height, width, str(error)) from None
    if held is None or held == [] or held == {}:
        return None
    if not isinstance(held, list | dict):
        raise _misfit(annotation, height, width, f"it is {held!r}")
    if isinstance(held, list) and all(part == [] for part in held):
        return None
    return held


def _points(part: Any, annotation: Annotation, height: int, width: int) -> Any:
    """A polygon as an array of (x, y), held to be numbers in or near the image."""
    try:
        values = np.array(part, dtype=np.float64)
        numbers = all(type(value) in (int, float) for value in part)
    except (TypeError, ValueError, OverflowError):
        numbers = False
    if not numbers or values.ndim != 1 or len(values) % 2 or not len(values):
        raise _misfit(annotation, height, width, "a polygon is no list of x, y, x, y, …")
    # The rasteriser's memory grows with the outline's length, wherever it lies.
    if not np.isfinite(values).all() or np.abs(values).max() > 4 * max(height, width) + 1000:
        raise _misfit(annotation, height, width, "a polygon reaches far beyond it")
    return values.reshape(-1, 2)


def _from_box(box: Any, annotation: Annotation, height: int, width: int) -> tuple[Any, Any]:
    """A box's pixels within the image, or none and its centre where it is smaller than one."""
    corner = _points(box, annotation, height, width) if isinstance(box, list) else None
    if corner is None or corner.shape != (2, 2) or corner[1].min() < 0:
        raise _misfit(annotation, height, width, "a box is no [x, y, width, height]")
    start = np.maximum(corner[0], 0.0)
    end = np.minimum(corner[0] + corner[1], [width, height])
    if (end > start).all():
        (left, top), (right, bottom) = start.tolist(), end.tolist()
        outline = [left, top, right, top, right, bottom, left, bottom]
        runs = coco_mask.merge(coco_mask.frPyObjects([outline], height, width))
        if coco_mask.area(runs):
            return runs, None
    return None, corner[0] + corner[1] / 2


def _from_runs(outline: dict[str, Any], annotation: Annotation, height: int, width: int) -> Any:
    """Run lengths, as a list or as COCO's text, held to cover the image exactly."""
    counts = outline.get("counts")
    if outline.get("size") != [height, width]:
        raise _misfit(annotation, height, width, f"its run lengths are of {outline.get('size')}")
    if isinstance(counts, str):
        counts = _counts_of(counts)
    if not isinstance(counts, list) or not all(type(n) is int and n >= 0 for n in counts):
        raise _misfit(annotation, height, width, "its run lengths are no whole numbers")
    if sum(counts) != height * width:
        raise _misfit(annotation, height, width, "its run lengths do not sum to its pixels")
    return coco_mask.frPyObjects({"counts": counts, "size": [height, width]}, height, width)


def _counts_of(text: str) -> list[int] | None:
    """The run lengths in COCO's compressed text, or None if it is something else.

    Each is written in groups of five bits, least first, with a sixth for "more follows"; from the
    fourth on as the difference to the one two before (pycocotools, ``rleFrString``).
    """
    counts: list[int] = []
    value = place = 0
    for character in text:
        group = ord(character) - 48
        if not 0 <= group < 64 or place > 6:
            return None
        value |= (group & 31) << (5 * place)
        place += 1
        if group & 32:
            continue
        if group & 16:
            value -= 1 << (5 * place)
        counts.append(value + counts[-2] if len(counts) > 2 else value)
        value = place = 0
    return None if place else counts


def kept(height: int, width: int, crop: Crop) -> tuple[slice, slice]:
    """The rows and columns of an image that a crop leaves, as NSD rounds them."""
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
    drawn: "Counter[str] | None" = None,
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
    """What a crop leaves of an image, as run lengths."""
    window = np.zeros((height, width), dtype=np.uint8, order="F")
    window[kept(height, width, crop)] = 1
    return coco_mask.encode(window)

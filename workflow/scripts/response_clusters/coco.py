"""COCO's instance files: which images they list, and what is annotated in each."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec
from response_clusters.errors import StudyError
from response_clusters.files import reading
from response_clusters.names import require_name

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

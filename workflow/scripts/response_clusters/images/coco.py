"""COCO's instance files: which images they list, and what is annotated in each."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec
from response_clusters.errors import StudyError
from response_clusters.files import reading
from response_clusters.names import plain, require_name

LARGEST = 2**28
"""Pixels of an image, at most: an annotation is drawn with one byte for each."""

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
    coco_url: str | None = None


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
        Name and supercategory by number: the id in the file that first lists the category, or
        another number if that one was taken.
    annotations : dict
        The annotations of each image that has any, by COCO id of the image; their category_id is a
        number of `categories`.
    where : str
        The files, for error messages.
    """

    sizes: dict[int, tuple[int, int]]
    categories: dict[int, tuple[str, str]]
    annotations: dict[int, list[Annotation]]
    where: str = ""


_EXPECTED = "one of COCO's instance files, such as instances_train2017.json"


def read_instances(paths: list[str | Path]) -> Instances:
    """Read instance files such as ``instances_train2017.json`` and join them.

    Across files, images are identified by id and categories by name; the ids of annotations and of
    categories hold within one file only. An annotation that is in two files counts once: the same
    image, category and outline, or the same box if one of the two has no outline.

    Raises
    ------
    StudyError
        If a file is missing, is not JSON, is not an instance file of COCO's, holds nothing that
        could be drawn, or contradicts itself or another: two sizes or names of one image, an id
        that is not the one in COCO's name of the image, two supercategories or spellings of one
        category, two names or two annotations of one id in one file.
    """
    where = ", ".join(map(str, paths))
    joined = Instances({}, {}, {}, where)
    pictures: dict[int, tuple[list[str], str]] = {}
    homes: dict[str, _Home] = {}
    for path in map(str, paths):
        file = _read(path)
        for image in file.images:
            _add_image(joined, pictures, image, path)
        numbers = _add_categories(joined, homes, file.categories, path)
        by_image = _annotations_by_image(file.annotations, numbers, path)
        for image_id, here in by_image.items():
            before = joined.annotations.get(image_id)
            joined.annotations[image_id] = _joined(before, here) if before else here
    unlisted = set(joined.annotations) - set(joined.sizes)
    if unlisted:
        raise StudyError(
            f"{where}: image {min(unlisted)} has annotations but is not listed under 'images'; "
            f"expected {_EXPECTED}: fetch the file again."
        )
    return joined


# Python writes NaN and Infinity, which JSON does not have; other programs write null instead.
_NOT_FINITE = re.compile(rb"(?<=[\s:,\[])-?(?:NaN|Infinity)(?=[\s,\]}])")


def _read(path: str) -> _File:
    with reading(path, _EXPECTED, "damaged, cut short or not JSON") as file:
        text = file.read_bytes().removeprefix(b"\xef\xbb\xbf")
        try:
            try:
                return msgspec.json.decode(text, type=_File)
            except msgspec.DecodeError:
                text, changed = _NOT_FINITE.subn(b"null", text)
                if not changed:
                    raise
                return msgspec.json.decode(text, type=_File)
        except msgspec.ValidationError as error:
            raise StudyError(
                f"{path}: it is JSON, but of another kind ({error}); expected {_EXPECTED}: "
                "name that file, or fetch it again."
            ) from None


def _annotations_by_image(
    listed: list[Annotation], numbers: dict[int, int], path: str
) -> dict[int, list[Annotation]]:
    """A file's annotations by image, each once, with the numbers of their categories."""
    if listed and all(_drawing(annotation) == (None, None) for annotation in listed):
        raise StudyError(
            f"{path}: none of its {len(listed)} annotations has a segmentation or a bbox, so that "
            f"there is nothing to draw; expected {_EXPECTED}: name that file, or fetch it again."
        )
    by_image: dict[int, list[Annotation]] = {}
    known: dict[int, Annotation] = {}
    for annotation in listed:
        if annotation.category_id not in numbers:
            raise StudyError(
                f"{path}: the category {annotation.category_id} is not listed under "
                f"'categories'; expected {_EXPECTED}: name that file, or fetch it again."
            )
        annotation.category_id = numbers[annotation.category_id]
        first = known.setdefault(annotation.id, annotation)
        if first is annotation:
            by_image.setdefault(annotation.image_id, []).append(annotation)
        elif first.image_id != annotation.image_id or not _same(first, annotation):
            raise StudyError(
                f"{path}: two annotations have the id {annotation.id} and are not the same; "
                "expected an id of its own for each in a file: renumber one, or fetch the file "
                "again."
            )
    return by_image


def _joined(before: list[Annotation], here: list[Annotation]) -> list[Annotation]:
    """The annotations of an image from two files: each as often as in the file that has more of it.

    Of two that are the same, the one with an outline is kept.
    """
    joined, unmatched = list(before), list(range(len(before)))
    for annotation in here:
        place = next((i for i in unmatched if _same(before[i], annotation)), None)
        if place is None:
            joined.append(annotation)
            continue
        unmatched.remove(place)
        if _drawing(before[place])[0] is None:
            joined[place] = annotation
    return joined


def _same(one: Annotation, other: Annotation) -> bool:
    """Whether two annotations of an image mean the same thing, whatever their ids."""
    if one.category_id != other.category_id:
        return False
    (outline, box), (outline_b, box_b) = _drawing(one), _drawing(other)
    if outline is None or outline_b is None:
        return bool(box == box_b)
    return bool(outline == outline_b)


def _drawing(annotation: Annotation) -> tuple[Any, Any]:
    """Outline and box as values to compare: 10 is 10.0, and run lengths are lists."""
    try:
        outline, box = decoded(annotation.segmentation), decoded(annotation.bbox)
    except (msgspec.DecodeError, RecursionError):
        return bytes(annotation.segmentation), bytes(annotation.bbox)
    if isinstance(outline, dict) and isinstance(outline.get("counts"), str):
        outline["counts"] = run_lengths(outline["counts"]) or outline["counts"]
    return outline, box


def decoded(part: msgspec.Raw) -> Any:
    """A segmentation or a box as Python's objects; None where there is none.

    Raises
    ------
    msgspec.DecodeError, RecursionError
        If it is not JSON.
    """
    value = msgspec.json.decode(part)
    empty = not value or (isinstance(value, list) and all(part == [] for part in value))
    return None if empty and isinstance(value, list | dict | None) else value


def run_lengths(text: str) -> list[int] | None:
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


def _add_image(
    joined: Instances, pictures: dict[int, tuple[list[str], str]], image: _Image, path: str
) -> None:
    """Add an image; refuse one that contradicts its own file name or an entry of another file."""
    size, names = (image.height, image.width), [n for n in (image.file_name, image.coco_url) if n]
    if not 0 < image.height * image.width <= LARGEST:
        raise StudyError(
            f"{path}: image {image.id} has {image.height} × {image.width} pixels; expected 1 to "
            f"{LARGEST:,} of them: correct the size, or fetch the file again."
        )
    for name in names:
        if (number := _coco_number(name)) is not None and number != image.id:
            raise StudyError(
                f"{path}: image {image.id} is {name!r}, which is COCO's name of image {number}; "
                "expected COCO's own ids, which the stimulus table has: renumber the images, or "
                "name COCO's own file."
            )
    if image.id not in joined.sizes:
        joined.sizes[image.id], pictures[image.id] = size, (names, path)
        return
    before, (known, home) = joined.sizes[image.id], pictures[image.id]
    if before != size:
        raise StudyError(
            f"{path}: image {image.id} has {size[0]} × {size[1]} pixels, and {before[0]} × "
            f"{before[1]} in {home}; expected one size for each image: name files that number "
            "their images alike, or correct one of them."
        )
    if names and known and {*map(_picture, names)}.isdisjoint(map(_picture, known)):
        raise StudyError(
            f"{path}: image {image.id} is {names[0]!r}, and {known[0]!r} in {home}; expected one "
            "picture for each id: name files that number their images alike."
        )


_COCO_NAME = re.compile(r"(?:.*[/\\])?(?:COCO_[a-z]+[0-9]{4}_)?([0-9]{12})\.[A-Za-z]+")


def _coco_number(name: str) -> int | None:
    """The id in a file's name as COCO writes it: its older sets have a prefix before the digits."""
    written = _COCO_NAME.fullmatch(name)
    return int(written[1]) if written else None


def _picture(name: str) -> str | int:
    """What to compare of a file name: COCO's id or, without one, the name without folders."""
    number = _coco_number(name)
    return re.split(r"[/\\]", name)[-1] if number is None else number


@dataclass
class _Home:
    """A category's number, the file that first listed it, and where its supercategory is from."""

    number: int
    path: str
    stated: str = ""


def _add_categories(
    joined: Instances, homes: dict[str, _Home], listed: list[_Category], path: str
) -> dict[int, int]:
    """Add a file's categories by name; return the number that each of its ids stands for."""
    numbers: dict[int, int] = {}
    here = {category.name for category in listed}
    # One file may distinguish a from A on purpose.
    spellings = {plain(name): name for name in homes if name not in here}
    for category in listed:
        name = require_name(category.name, "category", path)
        if name not in homes:
            if other := spellings.get(plain(name)):
                raise StudyError(
                    f"{path}: the category {name!r} is written {other!r} in {homes[other].path}; "
                    "expected one spelling of each category: write it alike in both files."
                )
            free = category.id not in joined.categories
            homes[name] = _Home(category.id if free else max(joined.categories) + 1, path)
            joined.categories[homes[name].number] = name, name
        home = homes[name]
        group = category.supercategory or "none"
        # Some exporters write "none" where a category has no supercategory.
        if group.casefold() != "none":
            known = joined.categories[home.number][1]
            if home.stated and known != group:
                raise StudyError(
                    f"{path}: the category {name!r} belongs to {group!r}, and to {known!r} in "
                    f"{home.stated}; expected one supercategory for each: correct one of the files."
                )
            home.stated, joined.categories[home.number] = path, (name, group)
        if numbers.setdefault(category.id, home.number) != home.number:
            raise StudyError(
                f"{path}: category {category.id} is called {name!r} and "
                f"{joined.categories[numbers[category.id]][0]!r}; expected one name for each id: "
                "correct the file."
            )
    return numbers

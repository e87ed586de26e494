"""Annotations are counted as they are meant, and nothing odd reaches the rasteriser."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pytest
from pycocotools import mask as coco_mask
from response_clusters.errors import StudyError
from response_clusters.images.coco import Annotation, read_instances, run_lengths
from response_clusters.images.labels import label_table
from response_clusters.images.nearest import nearest
from response_clusters.images.outlines import instance_runs, visible_labels

UNCROPPED = (0.0, 0.0, 0.0, 0.0)
CATEGORIES = [{"id": 1, "name": "person"}, {"id": 2, "name": "dog", "supercategory": "animal"}]


def square(x: float, y: float, side: float) -> list[list[float]]:
    return [[x, y, x + side, y, x + side, y + side, x, y + side]]


def one(image: int, category: int, number: int, segmentation: Any = None, **more: Any) -> Any:
    drawn = square(60, 10, 20) if segmentation is None else segmentation
    entry = {"id": number, "image_id": image, "category_id": category, "segmentation": drawn}
    return entry | more


def file(
    path: Path,
    annotations: list[Any],
    images: list[int] | list[dict[str, Any]],
    categories: list[Any] = CATEGORIES,
) -> Path:
    listed = [i if isinstance(i, dict) else {"id": i, "width": 100, "height": 80} for i in images]
    path.write_text(
        json.dumps({"images": listed, "annotations": annotations, "categories": categories})
    )
    return path


def counted(*paths: Path) -> dict[tuple[int, str], int]:
    """Instances by image and category."""
    found = read_instances(list(paths))
    return {
        (image, found.categories[category][0]): count
        for image, held in sorted(found.annotations.items())
        for category, (count, _) in visible_labels(held, *found.sizes[image], UNCROPPED).items()
    }


def test_ids_of_annotations_are_a_files_own(tmp_path: Path) -> None:
    train = file(tmp_path / "train.json", [one(11, 1, 1), one(11, 2, 2)], [11])
    val = file(tmp_path / "val.json", [one(12, 1, 1), one(12, 2, 2), one(12, 2, 3)], [12])
    expected = {(11, "person"): 1, (11, "dog"): 1, (12, "person"): 1, (12, "dog"): 2}
    assert counted(train, val) == expected
    assert counted(val, train) == expected


def test_what_stands_in_two_files_counts_once(tmp_path: Path) -> None:
    # Eleven alike in one file are eleven; the same again in another, under other ids, are no more.
    first = file(tmp_path / "a.json", [one(11, 1, n) for n in range(11)], [11])
    second = file(tmp_path / "b.json", [one(11, 1, 100 + n) for n in range(3)], [11])
    third = file(tmp_path / "c.json", [one(11, 1, 1, square(0, 0, 9))], [11])
    assert counted(first, second) == {(11, "person"): 11}
    assert counted(second, first, third) == {(11, "person"): 12}


def test_what_two_files_write_differently_is_compared_by_its_value(tmp_path: Path) -> None:
    counts = [4000, 10, 3990]
    mask = np.zeros(8000, np.uint8)
    mask[4000:4010] = 1
    text = coco_mask.encode(mask.reshape(80, 100, order="F"))["counts"].decode()
    outline, box = [[60, 10, 80, 10, 80, 30, 60, 30]], [60, 10, 20, 20]
    floats = [[60.0, 10.0, 80.0, 10.0, 80.0, 30.0, 60.0, 30.0]]
    for one_way, other_way in [
        ({"segmentation": outline}, {"segmentation": floats}),
        ({"segmentation": outline, "bbox": box}, {"segmentation": outline}),
        ({"segmentation": outline, "bbox": box}, {"segmentation": [], "bbox": [60.0, 10, 20, 20]}),
        (
            {"segmentation": {"size": [80, 100], "counts": counts}},
            {"segmentation": {"counts": text, "size": [80, 100]}},
        ),
    ]:
        first = file(tmp_path / "a.json", [one(11, 1, 1) | one_way, one(11, 2, 2)], [11])
        second = file(tmp_path / "b.json", [one(11, 1, 7) | other_way], [11])
        for paths in ([first, second], [second, first]):
            assert counted(*paths) == {(11, "person"): 1, (11, "dog"): 1}
    # Two of one box, of which one file knows one outline, are two.
    pair = [one(11, 1, n, segmentation=[], bbox=box) for n in (1, 2)]
    first = file(tmp_path / "a.json", pair, [11])
    second = file(tmp_path / "b.json", [one(11, 1, 7, bbox=box)], [11])
    assert counted(first, second) == {(11, "person"): 2}


def test_ids_of_categories_are_a_files_own(tmp_path: Path) -> None:
    other = [{"id": 1, "name": "dog", "supercategory": "animal"}, {"id": 2, "name": "cat"}]
    first = file(tmp_path / "a.json", [one(11, 1, 1), one(11, 2, 2)], [11])
    second = file(tmp_path / "b.json", [one(12, 1, 1), one(12, 2, 2)], [12], other)
    assert counted(first, second) == {
        (11, "person"): 1,
        (11, "dog"): 1,
        (12, "dog"): 1,
        (12, "cat"): 1,
    }


def test_a_category_without_a_supercategory_is_its_own(tmp_path: Path) -> None:
    found = read_instances([file(tmp_path / "a.json", [], [11])])
    assert found.categories == {1: ("person", "person"), 2: ("dog", "animal")}


@pytest.mark.parametrize("unsaid", [{}, {"supercategory": None}, {"supercategory": "none"}])
def test_a_supercategory_may_be_stated_in_one_place_only(
    unsaid: dict[str, Any], tmp_path: Path
) -> None:
    bare, full = [{"id": 1, "name": "dog"} | unsaid], [CATEGORIES[1] | {"id": 1}]
    first = file(tmp_path / "a.json", [], [11], bare)
    second = file(tmp_path / "b.json", [], [11], full)
    for paths in ([first, second], [second, first], [second, first, second]):
        assert read_instances(list(paths)).categories == {1: ("dog", "animal")}
    twice = file(tmp_path / "c.json", [], [11], bare + full)
    assert read_instances([twice]).categories == {1: ("dog", "animal")}
    assert read_instances([first]).categories == {1: ("dog", "dog")}


def test_one_file_may_tell_spellings_apart(tmp_path: Path) -> None:
    letters = [{"id": 1, "name": "a"}, {"id": 2, "name": "A"}]
    path = file(tmp_path / "a.json", [one(11, 1, 1), one(11, 2, 2)], [11], letters)
    assert counted(path, path) == {(11, "a"): 1, (11, "A"): 1}


SIZED = {"id": 11, "width": 100, "height": 80}
CONTRADICTIONS: dict[str, tuple[list[Any], str]] = {
    "size": ([[], [SIZED | {"height": 81}]], r"b\.json: image 11 has 81 × 100 pixels.*a\.json"),
    "file name": (
        [[], [SIZED | {"file_name": "x/2.jpg"}]],
        r"b\.json: image 11 is 'x/2.jpg', and '1.jpg' in .*a\.json",
    ),
    "supercategory": (
        [[], [11], [{"id": 9, "name": "dog", "supercategory": "pet"}]],
        r"b\.json: the category 'dog' belongs to 'pet', and to 'animal' in .*a\.json",
    ),
    "spelling": (
        [[], [11], [{"id": 9, "name": "Dog"}]],
        r"b\.json: the category 'Dog' is written 'dog' in .*a\.json; expected one spelling",
    ),
    "other folder and file": (
        [[], [SIZED | {"file_name": "forest_1.jpg"}]],
        r"b\.json: image 11 is 'forest_1.jpg', and '1.jpg' in .*a\.json",
    ),
    "other id in the name": (
        [[], [{"id": 12, "width": 9, "height": 9, "file_name": "val/000000000011.jpg"}]],
        r"b\.json: image 12 is 'val/000000000011.jpg', which is COCO's name of image 11;",
    ),
    "nothing to draw": (
        [[one(11, 1, 5, []), one(11, 2, 6, [[]], bbox=None)], [11]],
        r"b\.json: none of its 2 annotations has a segmentation or a bbox, so that",
    ),
    "two names": (
        [[], [11], [{"id": 1, "name": "person"}, {"id": 1, "name": "cat"}]],
        r"b\.json: category 1 is called 'cat' and 'person'",
    ),
    "two annotations": (
        [[one(11, 1, 5), one(11, 2, 5)], [11]],
        r"b\.json: two annotations have the id 5 and are not the same",
    ),
    "no name": ([[], [11], [{"id": 1, "name": " dog"}]], r"b\.json: ' dog' is no name for a cat"),
    "no pixels": ([[], [{"id": 12, "width": 0, "height": 5}]], r"image 12 has 5 × 0 pixels"),
    "too many": (
        [[], [{"id": 12, "width": 10**9, "height": 10**9}]],
        r"image 12 has 1000000000 × 1000000000 pixels; expected 1 to",
    ),
}


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_what_contradicts_is_refused_by_its_file(case: str, tmp_path: Path) -> None:
    args, says = CONTRADICTIONS[case]
    first = file(tmp_path / "a.json", [], [SIZED | {"file_name": "1.jpg"}])
    second = file(tmp_path / "b.json", *args)
    with pytest.raises(StudyError, match=says):
        read_instances([first, second])


URL = {"coco_url": "http://images.cocodataset.org/val2017/000000000011.jpg"}


@pytest.mark.parametrize(
    ("one_way", "other_way"),
    [
        ({"file_name": "000000000011.jpg"}, {"file_name": "COCO_val2014_000000000011.jpg"}),
        ({"file_name": "cat.jpg"}, {"file_name": "val/cat.jpg"}),
        ({"file_name": "cat.jpg"}, {"file_name": "C:\\val\\cat.jpg"}),
        ({"file_name": "cat.jpg"}, {}),
        ({"file_name": "000000000011.jpg"}, URL),
        ({"file_name": "cat.jpg"} | URL, {"file_name": "shown_07.jpg"} | URL),
    ],
)
def test_one_picture_may_be_named_in_several_ways(
    one_way: dict[str, str], other_way: dict[str, str], tmp_path: Path
) -> None:
    files = [
        file(tmp_path / f"{n}.json", [], [SIZED | names])
        for n, names in enumerate((one_way, other_way))
    ]
    for paths in (files, files[::-1]):
        assert read_instances(list(paths)).sizes == {11: (80, 100)}


def test_numbers_that_json_cannot_write_do_no_harm_where_nobody_reads_them(tmp_path: Path) -> None:
    odd = one(11, 1, 1, area=float("nan"), score=float("-inf"), attributes={"x": [float("inf")]})
    path = file(tmp_path / "a.json", [odd, one(11, 2, 2)], [SIZED | {"file_name": "a: NaN.jpg"}])
    assert "NaN, " in path.read_text() and "-Infinity" in path.read_text()
    assert counted(path) == {(11, "person"): 1, (11, "dog"): 1}
    path = file(tmp_path / "a.json", [one(11, 1, 1, [[float("nan")] * 6])], [11])
    with pytest.raises(StudyError, match=r"annotation 1 has .*: a polygon is not a list of x, y"):
        counted(path)


def drawn_as(segmentation: Any, box: Any = None) -> tuple[str, np.ndarray]:
    """How something in an image of 80 × 100 pixels is drawn, and where."""
    parts = [msgspec.Raw(json.dumps(part).encode()) for part in (segmentation, box)]
    how: Counter[str] = Counter()
    runs = instance_runs(Annotation(1, 1, 1, *parts), 80, 100, how)
    return next(iter(how)), np.argwhere(coco_mask.decode(runs))


BOX = np.argwhere(np.pad(np.ones((20, 20)), ((10, 50), (60, 20))))


@pytest.mark.parametrize("nothing", [[], None, {}, [[]]])
def test_without_an_outline_the_box_is_drawn(nothing: Any) -> None:
    how, pixels = drawn_as(nothing, [60, 10, 20, 20])
    assert how == "boxes"
    np.testing.assert_array_equal(pixels, BOX)
    assert drawn_as(nothing, [90, 70, 50, 50])[1].shape == (100, 2)  # what lies in the image
    assert drawn_as(nothing)[0] == "not drawn"
    assert drawn_as(nothing, [150, 10, 5, 5])[0] == "not drawn"


@pytest.mark.parametrize(
    ("segmentation", "box", "pixel"),
    [
        (square(5.2, 7.3, 0.1), None, [7, 5]),
        ([[5.0, 7.0, 5.2, 7.0, 5.1, 7.2]], [5, 7, 1, 1], [7, 5]),
        ([[5.5, 7.5]], None, [7, 5]),
        ([[5.0, 7.0, 6.0, 8.0]], None, [7, 5]),  # a line, and not a box of 6 × 8 pixels
        ([], [5.4, 7.4, 0.0, 0.0], [7, 5]),
    ],
)
def test_what_is_smaller_than_a_pixel_is_one(segmentation: Any, box: Any, pixel: Any) -> None:
    how, pixels = drawn_as(segmentation, box)
    assert how == "below one pixel"
    assert pixels.tolist() == [pixel]


def test_run_lengths_are_read_in_both_forms() -> None:
    mask = np.zeros((80, 100), np.uint8, order="F")
    mask[10:30, 60:80] = 1
    mask[50:52, 3] = 1
    text = coco_mask.encode(mask)["counts"].decode()
    how, pixels = drawn_as({"size": [80, 100], "counts": text})
    assert how == "outlines"
    np.testing.assert_array_equal(pixels, np.argwhere(mask))
    counts = run_lengths(text)
    assert counts is not None and sum(counts) == 8000
    np.testing.assert_array_equal(
        drawn_as({"size": [80, 100], "counts": counts})[1], np.argwhere(mask)
    )


def test_run_lengths_may_come_in_parts() -> None:
    parts = [{"size": [80, 100], "counts": [n, 5, 7995 - n]} for n in (0, 3, 400)]
    how, pixels = drawn_as(parts)
    assert how == "outlines"
    assert len(pixels) == 8 + 5  # the first two overlap
    with pytest.raises(StudyError, match="its run lengths do not sum to its pixels"):
        drawn_as([parts[0], {"size": [80, 100], "counts": [1]}])


def test_an_outline_has_any_number_of_corners_but_no_endless_length() -> None:
    angle = np.linspace(0, 2 * np.pi, 200_000)
    circle = np.column_stack([50 + 30 * np.cos(angle), 40 + 30 * np.sin(angle)])
    how, pixels = drawn_as([circle.ravel().tolist()])
    assert how == "outlines"
    assert len(pixels) == pytest.approx(np.pi * 30**2, rel=0.02)
    with pytest.raises(StudyError, match=r"its outline is longer than 4,194,304 pixels"):
        drawn_as([[0, 0, 100, 80] * 50_000])


def test_compressed_run_lengths_are_pycocotools_own() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        mask = np.asfortranarray(rng.random((37, 41)) < rng.random(), dtype=np.uint8)
        runs = coco_mask.encode(mask)
        counts = run_lengths(runs["counts"].decode())
        again = coco_mask.frPyObjects({"counts": counts, "size": [37, 41]}, 37, 41)
        assert again["counts"] == runs["counts"]


@pytest.mark.parametrize(
    ("segmentation", "box"),
    [
        ({"size": [80, 100], "counts": []}, None),
        ({"size": [80, 100], "counts": [800, 50]}, None),
        ({"size": [80, 100], "counts": [8001, -1]}, None),
        ({"size": [80, 100], "counts": [4000.5, 3999.5]}, None),
        ({"size": [80, 100], "counts": [2**70, 1]}, None),
        ({"size": [80, 100], "counts": ""}, None),
        ({"size": [80, 100], "counts": "zzzzzzzzzzzz"}, None),
        ({"size": [80, 100], "counts": "é"}, None),
        ({"size": [100, 80], "counts": [8000]}, None),
        ({"size": [80, 100]}, None),
        ({"counts": [8000]}, None),
        ([[1, 2, 3]], None),
        ([["a", "b"]], None),
        ([[1, 2, None, 4, 5, 6]], None),
        ([[True, False] * 3], None),
        ([[1e9, 0, 1e9, 1e9, 0, 1e9]], None),
        ([[[1, 2], [3, 4]]], None),
        ("outline", None),
        (7, None),
        ([], [1, 2, 3]),
        ([], [1, 2, -3, 4]),
        ([], {"x": 1}),
        ([], "box"),
    ],
)
def test_what_the_rasteriser_cannot_take_is_refused_before_it(segmentation: Any, box: Any) -> None:
    with pytest.raises(StudyError, match="annotation 1 has a segmentation or a box that does not"):
        drawn_as(segmentation, box)


def test_how_instances_were_drawn_is_counted(tmp_path: Path) -> None:
    boxed = one(11, 1, 1, [], bbox=[60, 10, 20, 20])
    nowhere, tiny = one(11, 1, 2, []), one(11, 2, 3, square(5, 5, 0.1))
    path = file(tmp_path / "a.json", [boxed, nowhere, tiny, one(11, 2, 4)], [11])
    sides = dict.fromkeys(["crop_top", "crop_bottom", "crop_left", "crop_right"], 0.0)
    stimuli = pd.DataFrame({"image": [0], "coco_id": [11], **sides})
    how: Counter[str] = Counter()
    labels = label_table(stimuli, read_instances([path]), True, how)
    assert labels.set_index("category")["instances"].to_dict() == {"person": 1, "dog": 2}
    assert how == {"boxes": 1, "not drawn": 1, "below one pixel": 1, "outlines": 1}


def test_the_nearest_may_be_taken_among_annotated_images() -> None:
    assignments = pd.DataFrame(
        {
            "subject": "subj01",
            "trial": [1, 2, 3, 4],
            "image": pd.array([5, 6, 7, None], "Int32"),
            "cluster": 1,
            "correlation": [0.9, 0.8, 0.7, 0.6],
        }
    )
    assert nearest(assignments, 10, True)["image"].tolist()[:3] == [5, 6, 7]
    found = nearest(assignments, 10, True, np.array([6, 7]))
    assert found["image"].tolist() == [6, 7]
    assert found["rank"].tolist() == [1, 2]

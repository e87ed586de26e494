"""COCO annotations, crops, counts, base rates and lift."""

import json
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pytest
from pycocotools import mask as coco_mask
from response_clusters import StudyError
from response_clusters.images.coco import Annotation, read_instances
from response_clusters.images.label_counts import image_sets, label_counts
from response_clusters.images.labels import (
    annotated_labels,
    category_table,
    image_table,
    label_table,
)
from response_clusters.images.outlines import instance_runs, kept, visible_labels

GENUINE = Path(__file__).resolve().parents[4] / "shared" / "data" / "coco_instances_421.json"


def drawn(segmentation: Any, category: int = 1, image: int = 1, number: int = 0) -> Annotation:
    return Annotation(number, image, category, msgspec.Raw(json.dumps(segmentation).encode()))


def box(x: float, y: float, w: float, h: float) -> Annotation:
    return drawn([[x, y, x + w, y, x + w, y + h, x, y + h]])


def test_crops_round_as_nsd_does() -> None:
    assert kept(480, 640, (0, 0, 0.125, 0.125)) == (slice(0, 480), slice(80, 560))
    assert kept(480, 640, (0.1, 0.2, 0, 0)) == (slice(48, 384), slice(0, 640))


def test_what_lies_outside_the_crop_was_not_seen() -> None:
    inside, outside, across = box(200, 200, 50, 50), box(0, 0, 70, 70), box(60, 300, 40, 40)
    crop = (0.0, 0.0, 0.125, 0.125)
    found = visible_labels([inside, outside, across], 480, 640, crop)
    count, area = found[1]
    assert count == 2
    assert area == pytest.approx((50 * 50 + 20 * 40) / 480**2, rel=0.03)
    assert visible_labels([inside, outside, across], 480, 640, (0, 0, 0, 0))[1][0] == 3


def test_one_pixel_is_enough() -> None:
    touching = box(0, 0, 81, 20)
    assert 1 in visible_labels([touching], 480, 640, (0, 0, 0.125, 0.125))
    assert visible_labels([box(0, 0, 80, 20)], 480, 640, (0, 0, 0.125, 0.125)) == {}


def test_a_crowd_is_one_instance_and_its_runs_are_column_wise() -> None:
    runs = {"counts": [4, 4, 12], "size": [4, 5]}  # the second column
    crowd = drawn(runs, category=3)
    mask = coco_mask.decode(instance_runs(crowd, 4, 5)).astype(bool)
    assert mask[:, 1].all()
    assert mask.sum() == 4
    assert visible_labels([crowd], 4, 5, (0, 0, 0, 0)) == {3: (1, pytest.approx(0.2))}


def test_overlapping_instances_cover_their_union() -> None:
    found = visible_labels([box(0, 0, 10, 10), box(5, 0, 10, 10)], 20, 20, (0, 0, 0, 0))
    assert found[1][0] == 2
    assert found[1][1] == pytest.approx(150 / 400)


@pytest.fixture
def annotations(tmp_path: Path) -> Path:
    held = {
        "images": [{"id": i, "height": 20, "width": 20} for i in (11, 12, 13)],
        "categories": [
            {"id": 1, "name": "person", "supercategory": "person"},
            {"id": 2, "name": "broccoli", "supercategory": "food"},
            {"id": 3, "name": "toaster", "supercategory": "appliance"},
        ],
        "annotations": [
            {
                "id": i,
                "image_id": image,
                "category_id": category,
                "segmentation": [[0, 0, 5, 0, 5, 5]],
            }
            # eleven broccoli in one picture
            for i, (image, category) in enumerate([*[(11, 2)] * 11, (11, 1), (12, 1)])
        ],
    }
    path = tmp_path / "instances.json"
    path.write_text(json.dumps(held))
    return path


@pytest.fixture
def stimuli() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "image": [0, 1, 2, 3],
            "picture": ["0", "1", "2", "3"],
            "coco_id": [11, 12, 13, 14],
            "split": "train2017",
            "crop_top": 0.0,
            "crop_bottom": 0.0,
            "crop_left": 0.0,
            "crop_right": 0.0,
        }
    )


def test_images_without_annotation_and_images_no_file_lists(
    annotations: Path, stimuli: pd.DataFrame
) -> None:
    instances = read_instances([annotations])
    labels = annotated_labels(stimuli, instances, crop=True)
    images = image_table(stimuli, labels.covered, labels.table)
    assert images["covered"].tolist() == [True, True, True, False]
    assert images["instances"].tolist() == [12, 1, 0, 0]
    assert category_table(instances)["category"].tolist() == ["person", "broccoli", "toaster"]


def test_files_that_overlap_count_once(annotations: Path) -> None:
    once, twice = read_instances([annotations]), read_instances([annotations, annotations])
    assert once.annotations == twice.annotations


def test_counts_base_rates_and_lift(annotations: Path, stimuli: pd.DataFrame) -> None:
    instances = read_instances([annotations])
    labels = label_table(stimuli, instances, crop=True)
    sets = {(1, "all"): np.array([0, 3]), (2, "all"): np.array([1, 2])}
    table, coverage = label_counts(
        sets, np.arange(4), np.array([0, 1, 2]), labels, category_table(instances)
    )
    rows = table.set_index(["cluster", "category"])
    broccoli = rows.loc[(1, "broccoli")]
    assert (broccoli["instances"], broccoli["images"]) == (11, 1)
    assert broccoli["instance_base"] == pytest.approx(11 / 3)  # three listed images, one empty
    assert broccoli["image_base"] == pytest.approx(1 / 3)
    assert broccoli["instance_lift"] == pytest.approx(3.0)  # the unlisted image left both sides
    person = rows.loc[(2, "person")]
    assert person["image_lift"] == pytest.approx((1 / 2) / (2 / 3))
    assert np.isnan(rows.loc[(1, "toaster"), "instance_lift"])
    assert table.groupby("cluster")[["distinct", "annotated"]].first().to_numpy().tolist() == [
        [2, 1],  # of images 0 and 3, no file lists 3
        [2, 2],
    ]
    assert coverage["base"] == {"images": 3, "uncovered": 1}
    assert coverage["clusters"][0]["uncovered"] == 1


def test_each_image_counts_once_however_often_it_was_near() -> None:
    nearest = pd.DataFrame({"cluster": 1, "rank": [1, 2, 3], "image": [5, 5, 6]})
    assigned = pd.DataFrame({"cluster": [1, 1, 1, 1], "image": pd.array([5, 5, 6, None], "Int32")})
    sets = image_sets(nearest, assigned, [2, 10])
    assert sets[1, "2"].tolist() == [5]
    assert sets[1, "10"].tolist() == [5, 6]
    assert sets[1, "all"].tolist() == [5, 6]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "no such file"),
        ("{", "not JSON"),
        ("[1]", "of another kind .Expected `object`, got `array`"),
        ('{"images": [], "annotations": []}', "required field `categories`"),
        (
            '{"images": [{"id": 1}], "annotations": [], "categories": []}',
            "required field `height` - at `\\$.images",
        ),
    ],
)
def test_what_is_not_an_instances_file_is_told(text: str | None, says: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(StudyError, match=says):
        read_instances([path])


@pytest.mark.skipif(not GENUINE.is_file(), reason="the genuine COCO file is not on this machine")
def test_the_genuine_coco_file_is_read() -> None:
    instances = read_instances([GENUINE])
    assert len(instances.sizes) == 421
    assert len(instances.categories) == 80
    assert len({s for _, s in instances.categories.values()}) == 12
    every = [a for held in instances.annotations.values() for a in held]
    assert len(every) == 3821
    counts = pd.Series([instances.categories[a.category_id][0] for a in every]).value_counts()
    expected = {
        "person": 883, "bottle": 246, "book": 172, "chair": 169, "car": 161, "cup": 156,
        "broccoli": 40,
    }  # fmt: skip
    assert counts[list(expected)].to_dict() == expected
    genuine = {a["id"]: a for a in json.loads(GENUINE.read_text())["annotations"]}
    assert sum(isinstance(a["segmentation"], dict) for a in genuine.values()) == 40
    # Polygons cover the area that COCO wrote down, crowds as many pixels as their runs say.
    for annotation in every:
        height, width = instances.sizes[annotation.image_id]
        area = int(coco_mask.area(instance_runs(annotation, height, width)))
        told = genuine[annotation.id]
        if told["iscrowd"]:
            assert area == sum(told["segmentation"]["counts"][1::2])
        else:
            assert area == pytest.approx(told["area"], rel=0.2, abs=40)
    # A crop never shows more than the whole picture does.
    for image, held in list(instances.annotations.items())[:100]:
        whole = visible_labels(held, *instances.sizes[image], (0, 0, 0, 0))
        part = visible_labels(held, *instances.sizes[image], (0, 0, 0.2, 0.2))
        assert all(part[category][0] <= whole[category][0] for category in part)

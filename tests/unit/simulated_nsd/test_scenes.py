"""Simulated scenes: categories, annotations, visual content and pixels."""

import zlib
from collections import defaultdict

import numpy as np
import pytest
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from simulated_nsd.scene_table import compose_scene
from simulated_nsd.scenes import CATEGORIES, CONTENTS, THEMES, Scene, annotations, compose, draw

PER_THEME = 130
"""Scenes of each theme among which every category has to turn up."""


def scene(theme: str, number: int, empty: bool = False) -> Scene:
    return compose(theme, np.random.default_rng([number, THEMES.index(theme)]), empty)


@pytest.fixture(scope="module")
def gallery() -> dict[str, list[Scene]]:
    return {theme: [scene(theme, k) for k in range(PER_THEME)] for theme in THEMES}


def as_coco(scene: Scene, listed: list[dict]) -> COCO:
    """The annotations as pycocotools reads them from a file."""
    coco = COCO()
    coco.dataset = {
        "images": [{"id": 7, "width": scene.width, "height": scene.height}],
        "annotations": listed,
        "categories": [c._asdict() for c in CATEGORIES],
    }
    coco.createIndex()
    return coco


def test_categories_are_those_of_coco() -> None:
    assert len(CATEGORIES) == 80
    assert len({c.supercategory for c in CATEGORIES}) == 12
    ids = [c.id for c in CATEGORIES]
    assert ids == sorted(set(ids))
    gaps = {12, 26, 29, 30, 45, 66, 68, 69, 71, 83}
    assert set(ids) == set(range(1, 91)) - gaps
    names = {c.id: c.name for c in CATEGORIES}
    assert (names[1], names[13], names[25], names[56]) == (
        "person",
        "stop sign",
        "giraffe",
        "broccoli",
    )
    assert (names[67], names[90]) == ("dining table", "toothbrush")


@pytest.mark.parametrize("theme", THEMES)
def test_annotations_agree_with_their_masks(theme: str, gallery: dict[str, list[Scene]]) -> None:
    for drawn in gallery[theme][:12]:
        listed = annotations(drawn, image_id=7, first_id=100)
        coco = as_coco(drawn, listed)
        assert [a["id"] for a in listed] == list(range(100, 100 + len(listed)))
        for one in listed:
            keys = "segmentation area iscrowd image_id bbox category_id id"
            assert list(one) == keys.split()
            mask = coco.annToMask(one)
            assert one["area"] == mask.sum() > 0
            rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
            x, y, w, h = one["bbox"]
            assert (x, y) == (columns[0], rows[0])
            assert (x + w, y + h) == (columns[-1] + 1, rows[-1] + 1)


def test_polygons_lie_in_the_picture(gallery: dict[str, list[Scene]]) -> None:
    for drawn in (s for scenes in gallery.values() for s in scenes[:40]):
        for polygon in (p for i in drawn.instances for p in i.polygons):
            points = np.reshape(polygon, (-1, 2))
            assert len(points) >= 3
            assert points.min() >= 0
            assert (points.max(0) <= (drawn.width, drawn.height)).all()


def test_crowds_are_run_lengths(gallery: dict[str, list[Scene]]) -> None:
    scenes = [s for group in gallery.values() for s in group]
    crowded = [s for s in scenes if any(i.crowd for i in s.instances)]
    assert 0.01 < len(crowded) / len(scenes) < 0.06
    for drawn in crowded[:5]:
        for one in annotations(drawn, 1, 1):
            if one["iscrowd"]:
                runs, size = one["segmentation"]["counts"], one["segmentation"]["size"]
                assert size == [drawn.height, drawn.width]
                assert sum(runs) == drawn.height * drawn.width
                encoded = coco_mask.frPyObjects(one["segmentation"], *size)
                assert coco_mask.area(encoded) == one["area"] == sum(runs[1::2])


def test_every_category_occurs_and_persons_most(gallery: dict[str, list[Scene]]) -> None:
    count: dict[str, dict[int, int]] = {theme: defaultdict(int) for theme in THEMES}
    for theme, scenes in gallery.items():
        for one in (i for s in scenes for i in s.instances):
            count[theme][one.category_id] += 1
    total = {c.id: sum(count[theme][c.id] for theme in THEMES) for c in CATEGORIES}
    assert [c.name for c in CATEGORIES if not total[c.id]] == []
    everything = sum(total.values())
    assert 0.15 < total[1] / everything < 0.35
    assert 5 < everything / (PER_THEME * len(THEMES)) < 9
    elsewhere = sum(count[theme][56] for theme in THEMES[1:]) / (len(THEMES) - 1)
    assert count["food"][56] > 20 * elsewhere


def test_the_same_seed_gives_the_same_picture() -> None:
    for theme in THEMES:
        first, second = scene(theme, 5), scene(theme, 5)
        assert annotations(first, 1, 1) == annotations(second, 1, 1)
        assert first.content == second.content
        pixels = draw(first)
        assert (pixels == draw(second)).all()
        assert (pixels == draw(first)).all()


def test_empty_scenes_have_scenery_only() -> None:
    for theme in THEMES:
        for k in range(12):
            bare = scene(theme, k, empty=True)
            assert annotations(bare, 1, 1) == []
            assert bare.content["faces"] == bare.content["bodies"] == bare.content["food"] == 0
            assert (
                len(np.unique(draw(bare, size=40).reshape(-1, 3), axis=0)) > 10 or theme == "food"
            )


def test_contents_differ_between_themes_as_they_should(gallery: dict[str, list[Scene]]) -> None:
    table = {t: np.array([[s.content[c] for c in CONTENTS] for s in g]) for t, g in gallery.items()}
    assert all(((t >= 0) & (t <= 1)).all() for t in table.values())
    mean = {t: dict(zip(CONTENTS, v.mean(0), strict=True)) for t, v in table.items()}

    def highest(kind: str) -> str:
        return max(THEMES, key=lambda theme: mean[theme][kind])

    assert highest("faces") == "faces"
    assert highest("animals") == "animals"
    assert highest("food") == "food"
    assert highest("places") == "sky"
    assert mean["indoor"]["places"] > mean["sport"]["places"] > mean["faces"]["places"]
    assert mean["sport"]["bodies"] > mean["indoor"]["bodies"] > mean["food"]["bodies"]
    assert mean["food"]["texture"] > mean["sky"]["texture"]
    assert table["food"][:, CONTENTS.index("food")].std() > 0.1
    assert table["sport"][:, CONTENTS.index("bodies")].std() > 0.05


def test_a_crop_is_that_part_of_the_picture() -> None:
    pixels = draw(scene("sport", 3), size=425)
    assert pixels.shape == (425, 425, 3)
    assert pixels.dtype == np.uint8
    for theme in THEMES:
        drawn = scene(theme, 3)
        whole = draw(drawn, size=400).astype(float)
        part = draw(drawn, crop=(0.25, 0.25, 0.125, 0.375), size=200).astype(float)
        assert np.abs(part - whole[100:300, 50:250]).mean() < 4


def test_pictures_compress_well() -> None:
    sizes = [len(zlib.compress(draw(scene(t, k)).tobytes(), 4)) for t in THEMES for k in range(4)]
    assert np.mean(sizes) < 45_000


def test_a_crowd_of_more_than_255_outlines_is_annotated() -> None:
    """More at once than pycocotools can measure."""
    crowded = compose_scene(0, 482)
    assert max(len(instance.polygons) for instance in crowded.instances) > 255
    found = [a for a in annotations(crowded, 1, 1) if a["iscrowd"]]
    assert found[0]["area"] > 1000


def test_points_are_on_a_grid_that_absorbs_a_last_bit() -> None:
    for theme in THEMES:
        parts = scene(theme, 1).parts
        points = np.concatenate([ring for part in parts for ring in part.rings]) * 2.0**20
        np.testing.assert_array_equal(points, np.rint(points))

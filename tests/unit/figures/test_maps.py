"""Slices with prototypes on them: the right voxels in the right colours, the right way round."""

from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from response_clusters.figures import style
from response_clusters.figures.agreement import COLOURS
from response_clusters.figures.maps import map_figure
from response_clusters.figures.slices import chosen_slices, outline, slice_names, window_of
from response_clusters.report.maps import read_mean
from response_clusters.sources.voxels import Voxels

from tests.unit.figures.test_figures import (
    NOTE,
    beyond_edge,
    drawn_texts,
    fit_of,
    identity_of,
    overlapping,
    text_boxes,
)

SHAPE = (12, 16, 11)
AFFINE = np.diag([1.8, 1.8, 2.5, 1.0])
AFFINE[:3, 3] = [-9.9, -13.5, -12.5]


def voxels_of(affine: np.ndarray | None = AFFINE, speck: int = 4) -> Voxels:
    """A region at the left and the back, one in front of it, and a voxel in one slice."""
    masks = {name: np.zeros(SHAPE, dtype=bool) for name in ("back", "front", "speck")}
    masks["back"][1:4, 1:5, 1:10] = True
    masks["front"][1:4, 6:9, 1:10] = True
    masks["speck"][9, 12, speck] = True
    mask = np.any(list(masks.values()), axis=0)
    rows = np.flatnonzero(mask)
    members = {name: np.searchsorted(rows, np.flatnonzero(m)) for name, m in masks.items()}
    return Voxels(mask, members, affine, "regions.npz")


def mean_of() -> np.ndarray:
    """A brain that fills all but the edges, with no two voxels of a slice alike."""
    mean = np.zeros(SHAPE, dtype=np.float32)
    inner = tuple(n - 2 for n in SHAPE)
    mean[1:-1, 1:-1, 1:-1] = np.linspace(300, 900, int(np.prod(inner))).reshape(inner)
    return mean


def values_of(k: int) -> np.ndarray:
    values = np.random.default_rng(k).uniform(-0.37, 0.37, (int(voxels_of().mask.sum()), k))
    return values.astype(np.float32)


def drawn(k: int, mean: np.ndarray | None, affine: np.ndarray | None = AFFINE) -> Figure:
    args: tuple[Any, ...] = (fit_of(k), identity_of(k), "subj01", NOTE)
    return map_figure(voxels_of(affine), values_of(k), mean, *args)


def images(figure: Figure) -> list[np.ndarray]:
    """The pictures of slices, cluster by cluster, without the colour scale."""
    return [np.asarray(image.get_array()) for image in figure.axes[0].get_images()[:-1]]


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in drawn_texts(figure)]


@pytest.mark.parametrize("k", [1, 3])
def test_every_voxel_is_drawn_where_it_is_in_the_colour_of_its_value(k: int) -> None:
    voxels, values, mean = voxels_of(), values_of(k), mean_of()
    figure, window = drawn(k, mean), window_of(voxels, mean)
    shown = images(figure)
    assert len(shown) == k * len(window.slices) == 6 * k
    row_of = {tuple(place): row for row, place in enumerate(np.argwhere(voxels.mask).tolist())}
    coloured = 0
    for number, picture in enumerate(shown):
        cluster, z = number // 6, window.slices[number % 6]
        high, wide, _ = picture.shape
        for down in range(high):
            for across in range(wide):
                # To the right is the subject's right, upwards is the front.
                place = (window.across.start + across, window.up.stop - 1 - down, z)
                pixel = picture[down, across].astype(int)
                if place in row_of:
                    share = (values[row_of[place], cluster] / 0.4 + 1) / 2
                    expected = np.array(colormaps[COLOURS["cmap"]](share)[:3]) * 255
                    assert np.abs(pixel - expected).max() <= 1
                    coloured += 1
                else:
                    assert pixel[0] == pixel[1] == pixel[2]
                    share = min(mean[place] / np.percentile(mean[mean > 0], 99), 1)
                    assert pixel[0] == pytest.approx(255 * (0.58 + 0.3 * share), abs=2.5)
    assert coloured == k * voxels.mask[..., window.slices].sum()


def test_left_is_on_the_left_and_the_front_at_the_top() -> None:
    figure = drawn(2, None)
    picture = images(figure)[0]
    inside = (picture != picture[-1, -1]).any(axis=2)
    # By the affine, both regions of this slice are left of the middle; one is further back.
    voxels = voxels_of()
    place = np.argwhere(voxels.mask[..., window_of(voxels, None).slices[0]])
    assert ((AFFINE[:3, :3] @ [*place.max(axis=0), 0] + AFFINE[:3, 3])[0]) < 0
    assert not inside[:, inside.shape[1] // 2 :].any()
    assert inside[-2].any()
    said = texts(figure)
    assert said.count("L") == said.count("R") == 2
    boxes = dict(text_boxes(figure))
    assert boxes["L"].x1 < boxes["R"].x0
    assert "The subject's left is on the left (L; neurological convention)" in str(
        figure.get_label()
    )


@pytest.mark.parametrize("stored", ["RAS", "LAS", "PSR"])
def test_a_mean_volume_stored_in_another_order_lies_under_its_regions(
    stored: str, tmp_path: Path
) -> None:
    codes = nib.orientations.axcodes2ornt
    turn = nib.orientations.ornt_transform(codes("RAS"), codes(stored))
    image = nib.Nifti1Image(mean_of(), AFFINE).as_reoriented(turn)
    image.to_filename(tmp_path / "mean.nii.gz")
    assert "".join(nib.aff2axcodes(nib.load(tmp_path / "mean.nii.gz").affine)) == stored
    read = read_mean(tmp_path / "mean.nii.gz", voxels_of())
    for one, other in zip(images(drawn(2, read)), images(drawn(2, mean_of())), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("affine", [AFFINE, None])
@pytest.mark.parametrize("mean", [mean_of(), None], ids=["mean", "no mean"])
@pytest.mark.parametrize("k", [1, 6, 7, 8, 20])
def test_drawn_legibly(k: int, mean: np.ndarray | None, affine: np.ndarray | None) -> None:
    figure = drawn(k, mean, affine)
    boxes = text_boxes(figure)
    assert figure.get_figwidth() * 25.4 <= 180.01 and figure.get_figheight() * 25.4 <= 275
    assert min(text.get_fontsize() for text in drawn_texts(figure)) >= 5
    assert {NOTE, "Cluster 1", f"Cluster {k}", "0.4", "−0.4"} <= {text for text, _ in boxes}
    assert beyond_edge(figure, boxes) == [] and overlapping(boxes) == []
    label = str(figure.get_label())
    assert ("There is no mean volume to draw them on." in label) == (mean is None)
    assert ("state no orientation" in label) == (affine is None)
    assert ("L" in texts(figure)) == (affine is not None)
    assert ("axial" in label) == (affine is not None)


def test_all_rows_have_the_same_slices_and_outlines() -> None:
    figure, voxels = drawn(3, mean_of()), voxels_of()
    lines = [c for c in figure.axes[0].collections if isinstance(c, PathCollection)]
    assert [len(np.asarray(line.get_offsets())) for line in lines] == [3] * 6
    window = window_of(voxels, mean_of())
    names = slice_names(voxels, window.slices)
    assert [text for text in texts(figure) if text in names] == names
    assert names[0] == f"z = {style.number(2.5 * window.slices[0] - 12.5, 1)} mm"


def test_slices_stand_for_equal_shares_of_the_voxels() -> None:
    mask = np.zeros((3, 3, 60), dtype=bool)
    mask[0, 0] = True
    assert chosen_slices(mask) == [4, 14, 24, 34, 44, 54]
    mask[:, :, 50:] = True
    found = chosen_slices(mask)
    assert len(found) == 6 and sum(z >= 50 for z in found) == 4
    few = np.zeros((3, 3, 60), dtype=bool)
    few[0, 0, [3, 9]] = few[:, 0, 5] = True
    assert chosen_slices(few) == [3, 5, 9]
    # One slice has nearly all: those with most beside it come next.
    few[:, :, 5] = few[0, :, 20] = few[0, :2, 30] = True
    assert chosen_slices(few, 3) == [5, 20, 30]


@pytest.mark.parametrize(("speck", "named"), [(4, False), (5, True)])
def test_regions_that_no_slice_cuts_are_named(speck: int, named: bool) -> None:
    voxels = voxels_of(AFFINE, speck)
    assert (speck not in window_of(voxels, None).slices) == named
    figure = map_figure(voxels, values_of(2), None, fit_of(2), identity_of(2), "subj01")
    assert ("In none of these slices: speck." in texts(figure)) == named


def test_a_tilted_slice_has_no_single_z() -> None:
    voxels = voxels_of()
    tilted = AFFINE.copy()
    tilted[2, 0] = 0.3
    names = slice_names(Voxels(voxels.mask, voxels.members, tilted, "x"), [2, 5])
    assert names == ["slice 2", "slice 5"]
    assert slice_names(voxels_of(None), [2]) == ["slice 2"]
    assert slice_names(voxels, [2, 5]) == ["z = −7.5 mm", "z = 0.0 mm"]


@pytest.mark.parametrize("seed", range(5))
def test_outlines_run_between_what_is_painted_and_what_is_not(seed: int) -> None:
    plane = np.random.default_rng(seed).random((5, 7)) < 0.5
    padded = np.pad(plane, 1)
    expected = set()
    for x in range(6):
        for y in range(8):
            if padded[x, y + 1] != padded[x + 1, y + 1] and y < 7:
                expected.add(((x, y), (x, y + 1)))
            if padded[x + 1, y] != padded[x + 1, y + 1] and x < 5:
                expected.add(((x, y), (x + 1, y)))
    path, found = outline(plane, 2.0, 3.0), []
    ends = (np.asarray(path.vertices) / [2, 3]).round().astype(int).reshape(-1, 2, 2)
    for (x0, y0), (x1, y1) in ends.tolist():
        for step in range(max(x1 - x0, y1 - y0)):
            dx, dy = (1, 0) if x1 > x0 else (0, 1)
            start = (x0 + step * dx, y0 + step * dy)
            found.append((start, (start[0] + dx, start[1] + dy)))
    assert len(found) == len(set(found)) and set(found) == expected
    assert list(path.codes) == [1, 2] * len(ends)


def test_a_figure_of_real_size_stays_small(tmp_path: Path) -> None:
    """Slices of 81 by 104 voxels with the grain of a photograph, and regions of 8,000 voxels."""
    shape, rng = (81, 104, 83), np.random.default_rng(0)
    place = np.stack(np.meshgrid(*[np.linspace(-1, 1, n) for n in shape], indexing="ij"))
    far = np.sqrt((place**2).sum(axis=0))
    mask = (far > 0.82) & (far < 0.87) & (place[1] < -0.2) & (np.abs(place[2]) < 0.6)
    assert 5_000 < mask.sum() < 15_000
    mean = np.where(far < 0.9, rng.normal(1000, 60, shape), 40)
    regions = (8 * np.argwhere(mask)[:, 0] // 81).astype(int)
    members = {f"R{n}": np.flatnonzero(regions == n) for n in np.unique(regions)}
    values = rng.uniform(-0.4, 0.4, (8, 6))[regions]
    voxels = Voxels(mask, members, np.diag([1.8, 1.8, 1.8, 1]), "x")
    figure = map_figure(voxels, values, mean, fit_of(6), identity_of(6), "subj01")
    style.save(figure, tmp_path / "map.svg", tmp_path / "map.png")
    assert (tmp_path / "map.svg").stat().st_size < 400_000
    # Pixels are voxels: they are never blurred, and outlines are stated once a slice.
    text = (tmp_path / "map.svg").read_text("utf-8")
    assert text.count("<image") == 37 == text.count("image-rendering:pixelated")
    assert text.count("<use") == 36


def test_the_same_figure_has_the_same_bytes(tmp_path: Path) -> None:
    for run in "ab":
        style.save(drawn(3, mean_of()), tmp_path / f"{run}.svg", tmp_path / f"{run}.png")
    for kind in ("svg", "png"):
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()
    text = (tmp_path / "a.svg").read_text("utf-8")
    assert "Cluster 2, " in text and "highest in" in text and "The slices, from the lowest" in text

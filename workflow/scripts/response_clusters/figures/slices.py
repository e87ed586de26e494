"""Axial slices of a subject's volumes: which are drawn, what they show, and their pictures."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import response_clusters.figures.surroundings  # noqa: F401
from matplotlib import colormaps
from matplotlib.path import Path
from response_clusters.figures import style
from response_clusters.figures.agreement import COLOURS
from response_clusters.sources.voxels import Voxels

Volume = npt.NDArray[np.floating[Any]]

SLICES = 6
# The mean volume is darker than what is painted with a value near 0, and light enough for colours.
DARK, LIGHT, GREYS = 0.58, 0.88, 24
BARE = 0.92  # where there is no mean volume


@dataclass(frozen=True)
class Window:
    """What every slice shows of a volume.

    Attributes
    ----------
    slices : list of int
        Indices along the third axis, from the lowest.
    across, up : slice
        Of the first and the second axis.
    side : tuple of float
        The voxel's sizes along both, in mm; ones where they are not known.
    """

    slices: list[int]
    across: slice
    up: slice
    side: tuple[float, float]

    @property
    def ratio(self) -> float:
        """The height of a slice for each inch of its width."""
        wide, high = (part.stop - part.start for part in (self.across, self.up))
        return high * self.side[1] / (wide * self.side[0])


def chosen_slices(mask: npt.NDArray[np.bool_], count: int = SLICES) -> list[int]:
    """Slices along the third axis, each in the middle of an equal share of the voxels of `mask`.

    Where too few differ, those with most voxels are added; fewer than `count` only if no more have
    any.
    """
    sizes = mask.sum(axis=(0, 1))
    shares = (np.arange(count) + 0.5) / count
    middles = np.searchsorted(np.cumsum(sizes), shares * sizes.sum())
    found = set(middles.tolist())
    for z in np.argsort(-sizes, kind="stable").tolist():
        if len(found) < count and sizes[z]:
            found.add(z)
    return sorted(found)


def window_of(voxels: Voxels, mean: Volume | None) -> Window:
    """The slices, and as much of each as holds the regions and the brain."""
    shown = voxels.mask.copy()
    if mean is not None:
        shown |= mean > 0.15 * brightest(mean)
    sides = np.ones(3)
    if voxels.affine is not None:
        sides = np.linalg.norm(voxels.affine[:3, :3], axis=0)
    across, up = _range(shown, (1, 2)), _range(shown, (0, 2))
    side = (float(sides[0]), float(sides[1]))
    return Window(chosen_slices(voxels.mask), across, up, side)


def _range(shown: npt.NDArray[np.bool_], others: tuple[int, int]) -> slice:
    """What of an axis is shown, with a margin of one voxel where there is one."""
    along = np.asarray(shown.any(axis=others))
    there = np.flatnonzero(along)
    return slice(max(int(there[0]) - 1, 0), min(int(there[-1]) + 2, len(along)))


def brightest(mean: Volume) -> float:
    """The value that is drawn lightest: few voxels, such as vessels, are above it."""
    positive = mean[mean > 0]
    return float(np.percentile(positive, 99)) if positive.size else 1.0


def slice_names(voxels: Voxels, slices: list[int]) -> list[str]:
    """Where slices are: z in mm if that is the same everywhere in each, otherwise their indices."""
    affine = voxels.affine
    if affine is None:
        return [f"slice {z}" for z in slices]
    tilt = np.abs(affine[2, :2]) @ (np.array(voxels.mask.shape[:2]) - 1)
    if tilt > 0.5 * abs(affine[2, 2]):  # half a voxel
        return [f"slice {z}" for z in slices]
    return [f"z = {style.number(affine[2, 2] * z + affine[2, 3], 1)} mm" for z in slices]


def upright(plane: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A slice of shape (X, Y) as the rows of a picture: X to the right, Y upwards."""
    return plane[:, ::-1].swapaxes(0, 1)


def underlay(voxels: Voxels, mean: Volume | None, window: Window) -> list[Volume]:
    """The grey of each slice, of shape (X, Y), from 0 (black) to 1; all alike without a mean."""
    places = [(window.across, window.up, z) for z in window.slices]
    if mean is None:
        return [np.full(voxels.mask[place].shape, BARE) for place in places]
    most = brightest(mean)
    # In few steps, which nobody sees and which make a much smaller file.
    steps = (np.rint(np.clip(mean[place] / most, 0, 1) * GREYS) / GREYS for place in places)
    return [DARK + (LIGHT - DARK) * step for step in steps]


def pictures(
    voxels: Voxels, values: Volume, greys: list[Volume], window: Window, limit: float
) -> list[npt.NDArray[np.uint8]]:
    """A picture of each slice with one cluster's values: shape (Y, X, 3), a pixel per voxel.

    Parameters
    ----------
    values : ndarray of shape (voxels,)
        In the order of ``np.argwhere(voxels.mask)``.
    greys : list of ndarray of shape (X, Y)
        What is drawn beside them, as `underlay` gives it.
    limit : float
        The value at the end of the colour scale.
    """
    volume = np.zeros(voxels.mask.shape, dtype=np.float32)
    volume[voxels.mask] = values
    found = []
    for z, grey in zip(window.slices, greys, strict=True):
        place = (window.across, window.up, z)
        colours = colormaps[COLOURS["cmap"]]((volume[place] / limit + 1) / 2)[..., :3]
        shades = np.where(voxels.mask[place][..., None], colours, grey[..., None])
        found.append(upright(np.rint(255 * shades).astype(np.uint8)))
    return found


def outline(plane: npt.NDArray[np.bool_], wide: float, high: float) -> Path:
    """The edges between the voxels of a slice of shape (X, Y) and all others, in long lines.

    Voxels are `wide` by `high`, measured from the slice's lower left corner.
    """
    padded = np.pad(plane, 1)
    points: list[tuple[float, float]] = []
    for axis in (0, 1):
        edges = np.diff(padded.astype(np.int8), axis=axis) != 0
        lines = edges[:, 1:-1] if axis == 0 else edges[1:-1].T
        for at, line in enumerate(lines):
            ends = np.flatnonzero(np.diff(np.pad(line.astype(np.int8), 1)))
            for end in ends.tolist():
                points.append((at * wide, end * high) if axis == 0 else (end * wide, at * high))
    codes = [Path.MOVETO, Path.LINETO] * (len(points) // 2)
    return Path(np.array(points).reshape(-1, 2), codes)

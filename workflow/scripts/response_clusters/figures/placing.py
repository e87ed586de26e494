"""Where labels of points stand so that they cover neither each other nor the points."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

ANGLES, STEP, STEPS = 24, 0.04, 25
"""Directions that are tried around a point, and distances beyond the nearest, in inches."""


def place_labels(points: Floats, sizes: Floats, box: tuple[float, float], radius: float) -> Floats:
    """Places for the labels of points: the nearest that are free, outwards if possible.

    Parameters
    ----------
    points : ndarray of shape (n, 2), float64
        In inches from the lower left corner of the box.
    sizes : ndarray of shape (n, 2), float64
        Width and height of each label in inches.
    box : (float, float)
        Width and height of the box that labels stay in.
    radius : float
        Of the points' marks, in inches.

    Returns
    -------
    ndarray of shape (n, 2), float64
        The middle of each label.
    """
    edges = np.array(box)
    found = np.empty((0, 2))
    half = sizes / 2
    for n, point in enumerate(points):
        outwards = np.arctan2(*(point - edges / 2)[::-1])
        turns = np.linspace(0, np.pi, ANGLES // 2 + 1)
        angles = outwards + np.concatenate([turns, -turns[1:-1]])
        steps = radius + STEP * np.arange(STEPS)
        # A label's middle is farther away where it is wide: its box touches the mark.
        rays = np.column_stack([np.cos(angles), np.sin(angles)])
        reach = np.abs(rays) @ half[n]
        places = point + rays[None] * (steps[:, None, None] + reach[None, :, None])
        places = places.reshape(-1, 2)
        turned = np.tile(np.concatenate([turns, turns[1:-1]]), STEPS)
        cost = np.repeat(steps, ANGLES) + 0.03 * turned
        beyond = np.maximum(half[n] - places, places + half[n] - edges).max(axis=1)
        on_labels = _shared(places, half[n], found, half[: len(found)])
        on_points = _shared(places, half[n], points, np.full((len(points), 2), 0.8 * radius))
        cost += 1e3 * np.maximum(beyond, 0) + 10 * on_labels + 1 * on_points
        found = np.vstack([found, places[np.argmin(cost)]])
    return found


def _shared(places: Floats, half: Floats, others: Floats, halves: Floats) -> Floats:
    """How many boxes around `others` a box around each of `places` overlaps."""
    apart = np.abs(places[:, None] - others[None]) - half - halves[None]
    return (apart < 0).all(axis=2).sum(axis=1).astype(np.float64)

"""The layout of a wordcloud: words sized by their numbers and placed without overlap."""

from functools import cache
from math import ceil, sqrt
from random import Random
from textwrap import wrap
from typing import Any, NamedTuple

import numpy as np
import response_clusters.figures.surroundings  # noqa: F401
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath
from wordcloud.wordcloud import IntegralOccupancyMap

HIGH = 1.45  # inches of a cloud
UNIT = 144  # words are placed in steps of 1 / UNIT inch
APART = 1.5  # points between the ink of two words,
BLANK = 0.3  # and before and after one, with a part of its size
LARGEST, LEAST = 40.0, 5.0  # points of a cloud's first word at most, and of any word at least
ONE_LINE = 20  # characters of a word; what is longer is broken over lines
LEADING = 1.15  # between the baselines of a broken word, in its size
LOOKS = {"max_words": 60, "prefer_horizontal": 0.9}


class Line(NamedTuple):
    """A line of a word in a cloud: where its baseline begins, from the upper left corner."""

    text: str
    across: float
    down: float


class PlacedWord(NamedTuple):
    """A word of a cloud: its lines, and the box of its ink; all but points are inches.

    The box is left, top, right and bottom, from the cloud's upper left corner.
    """

    word: str
    lines: list[Line]
    box: tuple[float, float, float, float]
    points: float
    upright: bool


def points_of(value: float, first: float, largest: float) -> float:
    """The size of a word in points: its height squared, hence its area, is proportional to a value.

    Parameters
    ----------
    value, first : float
        Of the word, and of the cloud's first.
    largest : float
        Points of the first word.
    """
    return largest * sqrt(value / first)


def lines_of(word: str) -> list[str]:
    """A word broken into the lines in which it is drawn: several if it is long."""
    if len(word) <= ONE_LINE:
        return [word]
    # About two and a half times as wide as high.
    return wrap(word, max(14, ceil(sqrt(4.4 * len(word)))))


@cache
def _ink(text: str) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of a line's ink about its origin, in parts of its size."""
    path = TextPath((0, 0), text, size=100, prop=FontProperties(weight="bold"))
    # A name of characters that the font lacks still takes room.
    box = path.get_extents() if len(path.vertices) else None
    left, bottom, right, top = (0.0, 0.0, 50.0, 70.0) if box is None else box.extents
    return left / 100, bottom / 100, right / 100, top / 100


def _sought(
    occupied: IntegralOccupancyMap, high: int, wide: int, random: Random
) -> tuple[int, int] | None:
    """A free place for a box, in units: of eight random ones, that nearest the middle."""
    spots = (occupied.sample_position(high, wide, random) for _ in range(8))
    # The library names the row and column before the free ones.
    places = [(spot[0] + 1, spot[1] + 1) for spot in spots if spot is not None]

    def from_middle(spot: tuple[int, int]) -> float:
        row, column = spot
        return (2 * row + high - occupied.height) ** 2 + (2 * column + wide - occupied.width) ** 2

    return min(places, default=None, key=from_middle)


def _packed(points: dict[str, float], wide: float, horizontal: float) -> list[PlacedWord]:
    """Place words of these sizes, in that order, without overlap, until one has no room."""
    random, room = Random(0), (round(HIGH * UNIT), round(wide * UNIT))
    occupied, taken = IntegralOccupancyMap(*room, None), np.zeros(room, np.uint8)
    placed: list[PlacedWord] = []
    for word, size in points.items():
        lines, inch = lines_of(word), size / 72
        inks = [_ink(line) for line in lines]
        left, top = min(ink[0] for ink in inks), inks[0][3]
        long = inch * (max(ink[2] for ink in inks) - left)
        deep = inch * (top + max(LEADING * i - ink[1] for i, ink in enumerate(inks)))
        pad = (APART / 72, APART / 72 + inch * BLANK)
        turns = [False, True] if random.random() < horizontal else [True, False]
        for upright in turns[:1] if horizontal in (0, 1) else turns:
            down, across = (long, deep) if upright else (deep, long)
            edges = pad[::-1] if upright else pad
            rows, columns = (
                ceil(UNIT * (side + edge)) for side, edge in zip((down, across), edges, strict=True)
            )
            if (spot := _sought(occupied, rows, columns, random)) is not None:
                break
        else:
            return placed
        row, column = spot
        taken[row : row + rows, column : column + columns] = 1
        occupied.update(taken, row, column)
        y, x = (place / UNIT + edge / 2 for place, edge in zip(spot, edges, strict=True))
        steps = [inch * (top + LEADING * i) for i in range(len(lines))]
        origins = [
            (x + step, y + down + inch * left) if upright else (x - inch * left, y + step)
            for step in steps
        ]
        drawn = [Line(text, *origin) for text, origin in zip(lines, origins, strict=True)]
        placed.append(PlacedWord(word, drawn, (x, y, x + across, y + down), size, upright))
    return placed


def laid_out(words: dict[str, float], look: dict[str, Any], wide: float) -> list[PlacedWord]:
    """Lay out the words of one cloud.

    Words have the sizes of `points_of`; those below the smallest legible size are left out. The
    first word is as large as possible, so that all other words have room. If no size leaves room
    for all, the smallest words are left out as well.

    Parameters
    ----------
    words : dict of str to float
        Values by word, largest first.
    look : dict
        `max_words` and `prefer_horizontal` (the share of horizontal words), instead of `LOOKS`.
    wide : float
        Inches of the cloud.
    """
    look = LOOKS | look
    first = next(iter(words.values()))
    best: list[PlacedWord] = []
    largest = LARGEST
    while True:
        points = {word: points_of(value, first, largest) for word, value in words.items()}
        legible = [word for word, size in points.items() if size >= LEAST - 1e-9]
        legible = legible[: look["max_words"]]
        packed = _packed({word: points[word] for word in legible}, wide, look["prefer_horizontal"])
        best = max(best, packed, key=len)
        if len(packed) == len(legible) or largest == LEAST:
            return best
        largest = max(0.94 * largest, LEAST)

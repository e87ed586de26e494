"""Drawing for the simulated pictures: shapes, the objects built from them, and their pixels.

A `Figure` is one object in its own units (y points down): a list of filled parts, of which the
solid ones make its annotated silhouette. Primitives return vertices, builders such as
`quadruped` or `person` return figures, and `paint` turns placed parts into pixels.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops, ImageDraw

Points = npt.NDArray[np.float64]
Colour = tuple[int, int, int]
Random = np.random.Generator
Pair = tuple[float, float]


# --- colours -----------------------------------------------------------------------------------


@cache
def rgb(code: str) -> Colour:
    """The colour of a six-digit hexadecimal code."""
    return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """The colour `share` of the way from `a` to `b`."""
    keep = 1.0 - share
    return (
        int(a[0] * keep + b[0] * share + 0.5),
        int(a[1] * keep + b[1] * share + 0.5),
        int(a[2] * keep + b[2] * share + 0.5),
    )


def palette(codes: str) -> tuple[Colour, ...]:
    """The colours of a blank-separated list of hexadecimal codes."""
    return tuple(rgb(code) for code in codes.split())


WHITE, CREAM, INK = rgb("fffdf8"), rgb("f7efe2"), rgb("2b2d42")
STEEL, WOOD, LEAF, GLASS = rgb("c3ccd4"), rgb("b07d55"), rgb("5b9152"), rgb("bfe0ea")
CLOTHES = palette(
    "e76f51 f4a261 e9c46a 2a9d8f 264653 457b9d a8dadc "
    "d1495b 6a994e 6d597a e5989b f1faee 355070 bc6c25"
)
PAINT = palette("d1495b e9c46a 457b9d 2a9d8f f4f1de 3d405b f4a261 81b29a 9a8c98 b5e2fa")
FABRIC = palette("e07a5f 81b29a 3d5a80 f2cc8f 98c1d9 6d597a d4a5a5 84a59d e5989b 52796f")
SKIN = palette("5c3a21 7a4a2a 8d5524 a9714b c68642 d9a066 e8b98a f1c9a0 f6d7bd")
HAIR = palette("1f1a17 2c2433 3b2417 5a3825 7d4e2d a56b46 d8b26e a3a3a8 b5563a")
LEAVES = palette("4f8a4b 6a994e 3f7d58 7fae5a 588157")


def pick(rng: Random, options: Sequence[Any]) -> Any:
    """One of `options`."""
    return options[int(rng.integers(len(options)))]


def dark(colour: Colour, share: float = 0.22) -> Colour:
    """`colour` in the shade; towards a cool dark rather than black, which would look dirty."""
    return mix(colour, (38, 30, 64), share)


def light(colour: Colour, share: float = 0.3) -> Colour:
    """`colour` in the light."""
    return mix(colour, (255, 250, 235), share)


# --- vertices ----------------------------------------------------------------------------------


@cache
def _circle(n: int) -> Points:
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    return np.column_stack([np.cos(angle), np.sin(angle)])


@cache
def _spline(n: int) -> Points:
    """Catmull-Rom weights of four neighbours at `n` steps between the middle two."""
    t = np.arange(n) / n
    weights = [-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2]
    return np.column_stack(weights) / 2


def turn(points: Points, degrees: float) -> Points:
    """`points` turned clockwise (as y points down) about the origin."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    moved: Points = points @ np.array([[c, s], [-s, c]])
    return moved


def ellipse(
    x: float, y: float, rx: float, ry: float | None = None, angle: float = 0, n: int = 26
) -> Points:
    """An ellipse about (x, y); a circle without `ry`."""
    points = _circle(n) * (rx, rx if ry is None else ry)
    moved: Points = (turn(points, angle) if angle else points) + (x, y)
    return moved


def arc(x: float, y: float, rx: float, ry: float, start: float, stop: float, n: int = 14) -> Points:
    """Part of an ellipse from `start` to `stop` degrees, clockwise from the right."""
    angle = np.radians(np.linspace(start, stop, n))
    return np.column_stack([x + rx * np.cos(angle), y + ry * np.sin(angle)])


def ring(x: float, y: float, radius: float, width: float, n: int = 30) -> Points:
    """A hoop as one polygon, slit where it closes."""
    circle = np.vstack([_circle(n), _circle(n)[:1]])
    return np.vstack([circle * radius, circle[::-1] * (radius - width)]) + np.array((x, y))


def box(x0: float, y0: float, x1: float, y1: float, r: float = 0) -> Points:
    """A rectangle with corners rounded by `r`."""
    if not r:
        return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], dtype=np.float64)
    centres = np.array([[x1 - r, y1 - r], [x0 + r, y1 - r], [x0 + r, y0 + r], [x1 - r, y0 + r]])
    return (centres[:, None] + r * _corners()).reshape(-1, 2)


@cache
def _corners() -> Points:
    """Four quarter circles, clockwise from the lower right."""
    quarters = _circle(16).reshape(4, 4, 2)
    return np.concatenate([quarters, np.roll(quarters, -1, axis=0)[:, :1]], axis=1)


def shape(*points: Pair) -> Points:
    """A polygon with straight sides."""
    return np.array(points, dtype=np.float64)


@cache
def _closed(m: int, n: int) -> Points:
    """The matrix from `m` points to the smooth closed outline through them."""
    p = np.eye(m)
    near = np.stack([np.roll(p, 1, 0), p, np.roll(p, -1, 0), np.roll(p, -2, 0)], axis=1)
    return np.asarray((_spline(n) @ near).reshape(-1, m))


@cache
def _open(m: int, n: int) -> tuple[Points, Points]:
    """The matrices from `m` points to the smooth line through them, and to its direction."""
    p = np.eye(m)
    line = p
    if m > 2:
        p = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
        near = np.stack([p[:-3], p[1:-2], p[2:-1], p[3:]], axis=1)
        line = np.concatenate([(_spline(n) @ near).reshape(-1, m), p[-2:-1]])
    return np.asarray(line), np.asarray(np.gradient(line, axis=0))


def blob(*points: Pair, n: int = 6) -> Points:
    """A smooth closed outline through `points`."""
    return np.asarray(_closed(len(points), n) @ np.array(points, dtype=np.float64))


def curve(points: Any, n: int = 6) -> Points:
    """A smooth open line through `points`."""
    return np.asarray(_open(len(points), n)[0] @ np.array(points, dtype=np.float64))


# How far the round end of a band goes sideways and onwards.
_FAN = np.array([[np.cos(a), np.sin(a)] for a in np.radians(np.arange(22.5, 180, 22.5))])


def limb(*stations: tuple[float, float, float], n: int = 5) -> Points:
    """A smooth, round-ended band through (x, y, width) stations: arms, necks, tails, stems."""
    knots = np.array(stations, dtype=np.float64)
    to_line, to_direction = _open(len(stations), n)
    line, along = to_line @ knots, to_direction @ knots[:, :2]
    centre, half = line[:, :2], np.abs(line[:, 2:]) / 2
    along *= half / np.sqrt(np.maximum((along * along).sum(axis=1), 1e-18))[:, None]
    side = along[:, ::-1] * (-1, 1)
    end = centre[-1] + _FAN @ np.array([side[-1], along[-1]])
    start = centre[0] - _FAN @ np.array([side[0], along[0]])
    return np.concatenate([centre + side, end, (centre - side)[::-1], start])


def turned(*profile: Pair, smooth: bool = True) -> Points:
    """A thing turned on a lathe, from its (radius, y) profile."""
    right = curve(profile, 4) if smooth else np.array(profile, dtype=np.float64)
    return np.vstack([right, (right * (-1, 1))[::-1]])


def bumps(
    x: float, y: float, rx: float, ry: float, n: int, depth: float, turned_by: float
) -> Points:
    """A round outline with `n` bumps: foliage, florets, wool, clouds."""
    angle = np.linspace(0, 2 * np.pi, 6 * n, endpoint=False)
    r = 1 - depth + depth * np.abs(np.sin(n * angle / 2 + turned_by))
    return np.column_stack([x + rx * r * np.cos(angle), y + ry * r * np.sin(angle)])


_STROKES = {"0": "02 22 24 04 02", "1": "12 22 24", "2": "02 22 23 03 04 24",
    "3": "02 22 23 03 23 24 04", "4": "02 03 23 22 24", "5": "22 02 03 23 24 04",
    "6": "22 02 04 24 23 03", "7": "02 22 24", "8": "02 22 24 04 02 03 23",
    "9": "23 03 02 22 24", "S": "22 02 03 23 24 04", "T": "02 22 12 14",
    "O": "02 22 24 04 02", "P": "04 02 22 23 03", "C": "22 02 04 24",
    "A": "04 02 22 24 23 03", "F": "22 02 03 23 03 04", "E": "22 02 03 23 03 04 24",
    "L": "02 04 24", "N": "04 02 24 22", "K": "02 04 03 22 03 24", "U": "02 04 24 22",
    "Y": "02 13 22 13 14",
    ".": "14 14"}  # fmt: skip


def letters(text: str, x: float, y: float, height: float, width: float = 0.0) -> list[Points]:
    """`text` in square stroke capitals centred at (x, y): no font has to be installed."""
    wide = height * 0.55
    left = x - 0.5 * wide * (1.35 * len(text) - 0.35)
    drawn = []
    for place, letter in enumerate(text):
        cells = np.array([[int(c[0]), int(c[1]) - 2] for c in _STROKES.get(letter, "").split()])
        if len(cells):
            line = cells / 2 * (wide, height) + (left + 1.35 * wide * place, y - height / 2)
            wide_stroke = width or height / 5
            for a, b in pairwise(line):
                if (a == b).all():
                    drawn.append(ellipse(a[0], a[1], 0.6 * wide_stroke, n=8))
                else:
                    drawn.append(limb((a[0], a[1], wide_stroke), (b[0], b[1], wide_stroke)))
    return drawn


# --- figures and pixels ------------------------------------------------------------------------

# Sines and matrix products differ in the last bit between processors, which could change a pixel
# at an edge. Points are therefore rounded to multiples of 1 / _GRID.
_GRID = 2.0**20


def _on_grid(points: Points) -> Points:
    """`points` rounded to the grid, in units of a figure or in pixels."""
    return np.rint(points * _GRID) / _GRID


@dataclass(slots=True)
class Part:
    """Rings of one fill; `fill` runs from top to bottom, `clip` bounds what shows."""

    rings: list[Points]
    fill: tuple[Colour, ...]
    alpha: int = 255
    solid: bool = True
    clip: Points | None = None
    glow: bool = False

    def __post_init__(self) -> None:
        self.rings = [_on_grid(ring) for ring in self.rings]
        self.clip = None if self.clip is None else _on_grid(self.clip)


@dataclass(slots=True)
class Figure:
    """One object in its own units.

    Attributes
    ----------
    parts : list of Part
        From back to front.
    at : dict
        Named points to which other objects can be attached, such as a hand.
    traits : dict
        Area, in squared units, that counts towards a kind of visual content.
    height : float
        Units that correspond to the nominal size; 0 means the silhouette's own height.
    """

    parts: list[Part] = field(default_factory=list)
    at: dict[str, Pair] = field(default_factory=dict)
    traits: dict[str, float] = field(default_factory=dict)
    height: float = 0.0

    def add(
        self,
        rings: Points | list[Points],
        colour: Colour,
        to: Colour | float | None = None,
        alpha: int = 255,
        clip: Points | None = None,
    ) -> "Figure":
        """Add a solid part; `to` is the colour at its foot, or how much darker that is."""
        rings = rings if isinstance(rings, list) else [rings]
        if isinstance(to, float):
            to = dark(colour, to)
        self.parts.append(Part(rings, (colour, to) if to else (colour,), alpha, True, clip))
        return self

    def detail(
        self,
        rings: Points | list[Points],
        colour: Colour,
        to: Colour | float | None = None,
        alpha: int = 255,
        clip: Points | None = None,
    ) -> "Figure":
        """Add a part that lies on the others and is no part of the silhouette."""
        self.add(rings, colour, to, alpha, clip)
        self.parts[-1].solid = False
        return self

    def glow(self, outline: Points, colour: Colour, alpha: int) -> "Figure":
        """Add a soft ellipse as large as `outline`: a light, or a shadow."""
        self.parts.append(Part([outline], (colour,), alpha, False, None, True))
        return self

    def put(
        self,
        other: "Figure",
        x: float = 0,
        y: float = 0,
        scale: float = 1,
        angle: float = 0,
        flip: bool = False,
        tint: Colour | None = None,
        strength: float = 0,
    ) -> None:
        """Add `other`, moved, and its colours drawn towards `tint` (haze, light of the day)."""
        c, s = scale * np.cos(np.radians(angle)), scale * np.sin(np.radians(angle))
        matrix = np.array([[c, s], [-s, c]])
        if flip:
            matrix[0] *= -1
        shift = np.array([x, y])
        for part in other.parts:
            fill = part.fill
            if tint and strength:
                fill = tuple(mix(colour, tint, strength) for colour in fill)
            rings = [r @ matrix + shift for r in part.rings]
            clip = None if part.clip is None else part.clip @ matrix + shift
            self.parts.append(Part(rings, fill, part.alpha, part.solid, clip, part.glow))
        for name, value in other.traits.items():
            self.traits[name] = self.traits.get(name, 0) + value * scale**2
        for name, point in other.at.items():
            self.at[name] = tuple((np.array(point) @ matrix + shift).tolist())

    def outline(self) -> list[Points]:
        """The rings of the silhouette."""
        return [ring for part in self.parts if part.solid for ring in part.rings]

    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the silhouette."""
        points = np.concatenate(self.outline() or [np.zeros((1, 2))])
        low, high = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        return low[0], low[1], high[0], high[1]


@cache
def _soft_disc(alpha: int) -> Image.Image:
    y, x = np.mgrid[-1:1:40j, -1:1:40j]
    fall = np.clip(1 - np.hypot(x, y), 0, 1)
    return Image.fromarray((alpha * fall * fall * (3 - 2 * fall)).astype(np.uint8))


def _gradient(
    fill: tuple[Colour, ...], width: int, whole: int, first: int, rows: int
) -> Image.Image:
    """`rows` rows from `first` on of a gradient `whole` rows tall.

    Each row has one colour, which is smooth to the eye and compresses to almost nothing.
    """
    where = np.arange(first, first + rows) * ((len(fill) - 1) / max(whole - 1, 1))
    if len(fill) == 2:
        a, b = np.array(fill, dtype=np.float64)
        column = a + np.clip(where, 0, 1)[:, None] * (b - a)
    else:
        stops = np.array(fill, dtype=np.float64).T
        column = np.stack([np.interp(where, range(len(fill)), c) for c in stops], axis=1)
    image = Image.fromarray((column[:, None] + 0.5).astype(np.uint8))
    return image.resize((width, rows), Image.Resampling.NEAREST)


def paint(
    parts: Iterable[Part], left: float, top: float, wide: float, high: float, size: int
) -> npt.NDArray[np.uint8]:
    """Pixels of the window (left, top, wide, high), as a square of `size` pixels a side.

    Everything is drawn at twice the size and averaged in blocks of four pixels, which smooths the
    edges and keeps flat areas exactly flat.
    """
    side = 2 * size
    scale = np.array([side / wide, side / high])
    origin = np.array([left, top])
    image = Image.new("RGB", (side, side), WHITE)
    opaque, veil = ImageDraw.Draw(image), ImageDraw.Draw(image, "RGBA")
    for part in parts:
        rings = [(r - origin) * scale for r in part.rings]
        every = rings[0] if len(rings) == 1 else np.concatenate(rings)
        (x0, y0), (x1, y1) = every.min(axis=0).tolist(), every.max(axis=0).tolist()
        if x1 < 0 or y1 < 0 or x0 >= side or y0 >= side:
            continue
        first = part.fill[0]
        if part.glow:
            extent = (max(int(x1 - x0), 2), max(int(y1 - y0), 2))
            soft = _soft_disc(part.alpha).resize(extent, Image.Resampling.BILINEAR)
            image.paste(first, (int(x0), int(y0)), soft)
        elif len(part.fill) == 1 and part.clip is None:
            if part.alpha == 255:
                for r in rings:
                    opaque.polygon(r.ravel().tolist(), fill=first)
            else:
                for r in rings:
                    veil.polygon(r.ravel().tolist(), fill=(*first, part.alpha))
        else:
            # The window of the part's own rectangle that lies on the canvas.
            u, v = max(int(x0), 0), max(int(y0), 0)
            w, h = min(int(x1) + 2, side) - u, min(int(y1) + 2, side) - v
            whole = len(every) == 4 and part.clip is None and part.alpha == 255
            if whole:
                (a, b), (c, d), (e, f), (g, k) = every.tolist()
                whole = b == d and f == k and a == g and c == e
            if whole:
                w, h = min(round(x1), side) - u, min(round(y1), side) - v
            if w <= 0 or h <= 0:
                continue
            paste: Image.Image | Colour = first
            if len(part.fill) > 1:
                paste = _gradient(part.fill, w, int(y1 - y0), v - int(y0), h)
            if whole:
                image.paste(paste, (u, v))
                continue
            mask = Image.new("L", (w, h))
            stencil = ImageDraw.Draw(mask)
            for r in rings:
                stencil.polygon((r - (u, v)).ravel().tolist(), fill=part.alpha)
            if part.clip is not None:
                bound = Image.new("L", (w, h))
                edge = (part.clip - origin) * scale - (u, v)
                ImageDraw.Draw(bound).polygon(edge.ravel().tolist(), fill=255)
                mask = ImageChops.multiply(mask, bound)
            image.paste(paste, (u, v, u + w, v + h), mask)
    return np.asarray(image.reduce(2))


# --- animals -----------------------------------------------------------------------------------

# fmt: off
# Coordinates read better packed than one to a line; wrapped by hand from here on.


@dataclass(frozen=True)
class Build:
    """Proportions of a quadruped, in units of its trunk's length."""

    coats: str
    trunk: float = 0.5
    leg: float = 0.5
    thick: float = 0.12
    neck: float = 0.35
    rise: float = 50.0
    skull: float = 0.2
    muzzle: float = 0.16
    ears: str = "point"
    tail: str = "long"
    coat: str = "plain"


BUILDS = {
    "cat": Build(
        "e0954f 3a3a44 a9a9b0 f0e6d8 8a6a4f", 0.36, 0.36, 0.1, 0.14, 50, 0.27, 0.06, tail="up"),
    "dog": Build(
        "b9814f e8d0a9 4a3b33 f2ede4 8d6748", 0.38, 0.45, 0.11, 0.26, 55, 0.25, 0.16, "drop", "up"),
    "horse": Build(
        "7a4a2b 4b2e20 b5794a e9e2d8 2f2a2c", 0.42, 0.66, 0.11, 0.52, 55, 0.21, 0.25, tail="mane"),
    "sheep": Build(
        "f5f0e6 e9e0d0 d8cdbd", 0.56, 0.34, 0.09, 0.12, 25, 0.2, 0.12, "drop", "stub", "wool"),
    "cow": Build(
        "f6f1e9 5d3f2e 2f2d33 c08a5b", 0.52, 0.44, 0.12, 0.22, 20, 0.24, 0.18, "side", "long",
        "patch"),
    "elephant": Build(
        "8d939f a19c98 7d8794", 0.7, 0.5, 0.22, 0.1, 20, 0.4, 0.05, "fan", "long", "trunk"),
    "bear": Build(
        "5b3d2a 3b2a25 8a5f3d f0ede6", 0.56, 0.32, 0.19, 0.18, 12, 0.31, 0.13, "round", "stub"),
    "zebra": Build("faf6ec", 0.44, 0.55, 0.1, 0.4, 55, 0.21, 0.2, coat="stripe"),
    "giraffe": Build("f0c987 e9b872", 0.44, 0.85, 0.11, 1.12, 70, 0.2, 0.18, coat="mosaic"),
}


def quadruped(rng: Random, name: str) -> Figure:
    """A four-legged animal from the side, facing right, standing or grazing."""
    b = BUILDS[name]
    f, base = Figure(), rgb(pick(rng, b.coats.split()))
    shade, sock = dark(base, 0.2), dark(base, 0.12)
    t, y = b.trunk, -b.leg - b.trunk / 2
    pale = sum(base) > 600
    if b.coat == "wool":
        shade = sock = rgb("4a4247")
    graze = name in {"horse", "sheep", "cow", "zebra"} and rng.random() < 0.3
    swing = rng.uniform(-0.1, 0.1, 4)
    back, front = -0.42, 0.42
    for x, sway, hue in ((back + 0.1, swing[0], shade), (front - 0.09, swing[1], shade)):
        f.add(limb((x, y + t * 0.1, b.thick * 1.3), (x + sway * 0.4, y / 2, b.thick),
            (x + sway, -0.02, b.thick * 0.8)), hue)
    if b.tail in {"long", "mane"}:
        wide = 0.1 if b.tail == "mane" else 0.035
        f.add(limb((-0.46, y - t * 0.3, 0.05), (-0.6, y, wide), (-0.6, y + 0.3, wide * 1.4)),
            dark(base, 0.45))
    elif b.tail == "up":
        f.add(limb((-0.44, y - t * 0.2, 0.08), (-0.64, y - 0.25, 0.07), (-0.56, y - 0.46, 0.05)),
            sock)
    else:
        f.add(ellipse(-0.52, y - 0.08, 0.07), base)
    rise = -35.0 if graze else b.rise + rng.uniform(-8, 12)
    c, s = np.cos(np.radians(rise)), np.sin(np.radians(rise))
    root = (0.38, y - t * 0.12)
    hx, hy = 0.46 + b.neck * c, y - t * 0.2 - b.neck * s
    trunk = blob((-0.5, y - t * 0.3), (-0.25, y - t * 0.5), (0.1, y - t * 0.46), (0.4, y - t * 0.5),
        (0.54, y - t * 0.05), (0.42, y + t * 0.4), (0.0, y + t * 0.48), (-0.36, y + t * 0.36),
        (-0.53, y + t * 0.05))
    neck = limb((*root, t * 0.72), ((root[0] + hx) / 2 + 0.02, (root[1] + hy) / 2, b.skull * 1.05),
        (hx, hy, b.skull * 0.8))
    if b.coat == "wool":
        trunk = bumps(0, y, 0.58, t * 0.6, 11, 0.16, rng.uniform(0, 3))
    f.add(neck, base, 0.15)
    for x, sway in ((back, swing[2]), (front, swing[3])):
        leg = limb((x, y + t * 0.05, b.thick * 1.7), (x + sway * 0.4, y / 2, b.thick),
            (x + sway, -0.03, b.thick * 0.85))
        f.add(leg, base if b.coat != "wool" else sock, 0.18)
        f.detail(box(x + sway - b.thick * 0.45, -0.06, x + sway + b.thick * 0.5, 0),
            dark(base, 0.55))
    f.add(trunk, light(base, 0.12), 0.2)
    mark = dark(base, 0.7)
    if b.coat == "stripe":
        xs = np.linspace(-0.5, 0.5, 11)
        bars = [limb((x - 0.03, y - t * 0.6, 0.045), (x + 0.03, y, 0.05), (x, y + t * 0.55, 0.01),
            n=3) for x in xs]
        f.detail(bars, rgb("2b2b33"), clip=trunk)
        bars = []
        for u in np.linspace(0.15, 0.95, 6):
            px, py = root[0] + u * (hx - root[0]) + 0.01, root[1] + u * (hy - root[1])
            bars.append(limb((px - s * 0.3, py - c * 0.3, 0.045),
                (px + s * 0.3, py + c * 0.3, 0.02)))
        f.detail(bars, rgb("2b2b33"), clip=neck)
        rungs = [box(x + q * 0.5 - 0.1, h, x + q * 0.5 + 0.12, h + 0.03) for x,
            q in ((back, swing[2]), (front, swing[3])) for h in (-0.4, -0.31, -0.22)]
        f.detail([ellipse(float(r[:, 0].mean()), float(r[:, 1].mean()), 0.055, 0.016,
            n=8) for r in rungs], rgb("2b2b33"))
    elif b.coat == "mosaic":
        cells = [ellipse(px + 0.03 * (k % 2), py, 0.056, 0.05, 30 * px * k, n=6) for k,
            py in enumerate(np.arange(y - t * 0.42, y + t * 0.4, 0.12)) for px in np.arange(-0.48,
            0.55, 0.125)]
        f.detail(cells, rgb("a8642e"), clip=trunk)
        spots = [ellipse(root[0] + u * (hx - root[0]) + d + 0.02, root[1] + u * (hy - root[1]),
            0.045, 0.05, 40, 6) for u in np.linspace(0.2, 0.95, 9) for d in (-0.07, 0.045)]
        f.detail(spots, rgb("a8642e"), clip=neck)
    elif b.coat == "patch" and (pale or rng.random() < 0.4):
        hue = rgb(pick(rng, ("3a3136", "7a4a2b", "a5673f"))) if pale else CREAM
        spots = [bumps(px, y + rng.uniform(-0.15, 0.12), rng.uniform(0.09, 0.18),
            rng.uniform(0.09, 0.16), 4, 0.25, px) for px in (-0.34, 0.02, 0.33)]
        f.detail(spots, hue, clip=trunk)
    elif name in {"cat", "dog"} and rng.random() < 0.5:
        f.detail(ellipse(0.35, y + t * 0.35, 0.25, 0.16), light(base, 0.6), clip=trunk)
        f.detail([limb((x, y - t * 0.6, 0.05), (x + 0.03, y - t * 0.1, 0.01)) for x in (-0.3, -0.14,
            0.02)], sock, clip=trunk)
    # The head: a skull and a muzzle on the line of sight, lowered when grazing.
    k, dip = b.skull, (55 if graze else 24) + (12 if name == "elephant" else 0)
    ux, uy = np.cos(np.radians(dip)), np.sin(np.radians(dip))
    head = sock if b.coat == "wool" else base
    end = (hx + ux * (k * 0.5 + b.muzzle), hy + uy * (k * 0.5 + b.muzzle))
    if b.ears == "point":
        f.add([shape((hx - k * 0.42, hy - k * 0.2), (hx - k * 0.3, hy - k * 0.85),
            (hx, hy - k * 0.4)), shape((hx - k * 0.05, hy - k * 0.35),
            (hx + k * 0.2, hy - k * 0.85), (hx + k * 0.36, hy - k * 0.25))], dark(head, 0.25))
    elif b.ears == "round":
        f.add([ellipse(hx - k * 0.3, hy - k * 0.42, k * 0.2),
            ellipse(hx + k * 0.18, hy - k * 0.45, k * 0.18)], dark(head, 0.25))
    face = limb((hx - k * 0.05, hy, k), (hx + ux * k * 0.35, hy + uy * k * 0.35, k * 0.85),
        (*end, k * 0.5))
    f.add(face, light(head, 0.08), 0.12)
    f.traits["faces"] = k * (k + b.muzzle) * 0.7
    if b.coat == "trunk":
        f.add(limb((*end, k * 0.5), (end[0] + 0.12, end[1] + 0.3, 0.15),
            (end[0] + 0.06, end[1] + 0.56, 0.1), (end[0] + 0.2, end[1] + 0.62, 0.08)), base, 0.1)
        f.add(limb((end[0] - 0.02, end[1] + 0.08, 0.08), (end[0] + 0.14, end[1] + 0.2, 0.06),
            (end[0] + 0.3, end[1] + 0.14, 0.02)), CREAM)
        f.add(blob((hx - 0.05, hy - 0.24), (hx - 0.34, hy - 0.2), (hx - 0.36, hy + 0.15),
            (hx - 0.14, hy + 0.3), (hx + 0.02, hy + 0.05)), dark(base, 0.12), 0.15)
    if name in {"cow", "bear", "dog", "cat", "horse", "zebra", "giraffe"}:
        hue = {"cow": rgb("e9b7a6"), "zebra": rgb("45424c")}.get(name,
            dark(base, 0.3) if not pale else rgb("cdbfae"))
        f.detail(ellipse(*end, k * 0.3, k * 0.27, dip), hue)
    if name in {"cat", "dog", "bear"}:
        f.detail(ellipse(end[0] + k * 0.2, end[1] - k * 0.1, k * 0.1, k * 0.08), INK)
    if b.ears in {"drop", "side"}:
        size = k * (0.5 if b.ears == "drop" else 0.36)
        f.add(limb((hx - k * 0.25, hy - k * 0.35, size * 0.5),
            (hx - k * 0.5, hy - k * 0.1 * (b.ears == "side"), size * 0.7),
            (hx - k * 0.55, hy + size * 0.5, size * 0.5)), dark(head, 0.3))
    if name == "cow":
        f.add(limb((hx - k * 0.05, hy - k * 0.4, 0.05), (hx + 0.03, hy - k * 0.75, 0.04),
            (hx + 0.1, hy - k * 0.85, 0.015)), rgb("e8dcc5"))
    if name == "giraffe":
        f.add([limb((hx + d, hy - k * 0.3, 0.035), (hx + d - 0.02, hy - k * 0.95,
            0.05)) for d in (-0.06, 0.05)], rgb("8a5a33"))
    if b.tail == "mane" or b.coat == "stripe":
        f.add(limb((hx - k * 0.2, hy - k * 0.45, 0.05), ((root[0] + hx) / 2 - 0.1,
            (root[1] + hy) / 2 - 0.1, 0.09), (root[0] - 0.1, y - t * 0.45, 0.04)),
            dark(base, 0.55) if b.tail == "mane" else mark)
    f.detail(ellipse(hx + ux * k * 0.3 + uy * k * 0.15, hy + uy * k * 0.2 - ux * k * 0.16,
        k * 0.075, n=10), INK if not (sum(head) < 200) else rgb("e8d9b0"))
    return f


def bird(rng: Random, flying: bool = False) -> Figure:
    """A bird in the air with its wings up or down, or standing on thin legs."""
    f = Figure()
    coat = pick(rng, palette("f4f1ea 4f5d75 d1495b 457b9d e9b44c 3c3f46 7a9e7e 9a8c98"))
    wing = dark(coat, 0.25)
    beak = rgb("eb9c3b")
    if flying:
        lift = rng.uniform(-0.55, 0.3)
        f.add(limb((0.05, 0, 0.22), (-0.12, -0.3 + lift * 0.4, 0.26), (-0.55, lift - 0.3, 0.03)),
            wing)
    else:
        f.add([limb((x, -0.3, 0.035), (x + 0.03, 0, 0.035)) for x in (-0.02, 0.1)], beak)
    y = 0 if flying else -0.45
    f.add(limb((-0.42, y + 0.05, 0.16), (-0.7, y + 0.12, 0.1)), wing)
    f.add(limb((0.5, y - 0.18, 0.08), (0.62, y - 0.16, 0.01)), beak)
    f.add(limb((-0.45, y + 0.04, 0.1), (-0.1, y, 0.34), (0.25, y - 0.08, 0.28),
        (0.42, y - 0.2, 0.22)), coat, 0.15)
    f.detail(ellipse(0.45, y - 0.22, 0.03, n=10), INK)
    if flying:
        f.add(limb((0.1, 0, 0.24), (0.0, -0.4 + lift * 0.3, 0.3), (-0.25, lift - 0.62, 0.03)),
            light(wing, 0.2))
    else:
        f.detail(limb((0.12, y - 0.02, 0.2), (-0.15, y + 0.05, 0.17), (-0.5, y + 0.1, 0.03)), wing)
    f.traits["faces"] = 0.03
    return f


def teddy(rng: Random) -> Figure:
    """A seated toy bear, from the front."""
    f, fur = Figure(), pick(rng, palette("c08a5b a5673f d8b08c 8d6e63 e3c6a5"))
    pale = light(fur, 0.45)
    f.add([ellipse(s * 0.32, -0.98, 0.14) for s in (-1, 1)], dark(fur, 0.15))
    f.add([ellipse(s * 0.42, -0.42, 0.13, 0.24, s * -35) for s in (-1, 1)], dark(fur, 0.1))
    f.add(ellipse(0, -0.34, 0.36, 0.36), fur, 0.15)
    f.detail(ellipse(0, -0.32, 0.22, 0.23), pale)
    f.add([ellipse(s * 0.34, -0.12, 0.17, 0.14) for s in (-1, 1)], fur)
    f.detail([ellipse(s * 0.36, -0.11, 0.09, 0.08) for s in (-1, 1)], pale)
    f.add(ellipse(0, -0.8, 0.38, 0.32), light(fur, 0.08), 0.12)
    f.detail(ellipse(0, -0.71, 0.17, 0.13), pale)
    f.detail([ellipse(0, -0.76, 0.06, 0.045), ellipse(-0.15, -0.86, 0.035),
        ellipse(0.15, -0.86, 0.035)], INK)
    bow = pick(rng, CLOTHES)
    f.add([shape((0, -0.52), (s * 0.2, -0.6), (s * 0.2, -0.43)) for s in (-1, 1)], bow)
    f.traits["faces"] = 0.3
    return f


# --- people ------------------------------------------------------------------------------------

# Lean of the trunk, then (upper, lower) of front arm, back arm, front leg, back leg: degrees from
# straight down, positive towards where the person faces.
POSES: dict[str, tuple[float, ...]] = {"stand": (0, 8, 22, -10, -4, 4, 2, -5, -6),
    "walk": (3, -28, -5, 26, 48, 26, 8, -20, -38), "run": (12, -50, 30, 45, 115, 66, -12, -22, -85),
    "skate": (14, 72, 88, -68, -52, 48, -18, -12, -38), "swing": (8, 98, 122, -45, 10, 36, 4, -28,
    -42), "serve": (-6, 168, 178, 60, 100, 22, 2, -18, -26),
    "bat": (4, 82, 138, 60, 130, 24, 4, -24, -16), "kick": (-10, -60, -30, 62, 80, 72, 58, -6, -14),
    "ski": (26, 42, 78, 30, 66, 52, -14, 44, -20), "sit": (-4, 30, 75, 20, 60, 84, 4, 78, -4),
    "reach": (-4, 150, 165, -20, 0, 12, 4, -10, -14), "ride": (34, 58, 70, 52, 66, 70, -10, 34,
    -28), "read": (2, 20, 105, 12, 95, 5, 2, -5, -4)}


@dataclass(frozen=True)
class Look:
    """What somebody looks like."""

    skin: Colour
    hair: Colour
    cut: str
    top: Colour
    legs: Colour
    shoes: Colour
    short: bool

    @classmethod
    def any(cls, rng: Random) -> "Look":
        """Somebody."""
        top, legs = rng.choice(len(CLOTHES), 2, replace=False)
        cut = pick(rng, ("crop", "crop", "long", "bob", "bun", "curls", "cap", "scarf", "bald"))
        skin, hair = pick(rng, SKIN), pick(rng, HAIR)
        if sum(skin) < 400 and sum(hair) > 330:
            hair = HAIR[0]
        shoes = pick(rng, palette("f1faee 2b2d42 d1495b 6b4226"))
        return cls(skin, hair, cut, CLOTHES[top], dark(CLOTHES[legs], 0.25), shoes,
            rng.random() < 0.35)


def person(rng: Random, pose: str, look: Look | None = None, dress: bool | None = None) -> Figure:
    """A whole person facing right, with a ``hand``, ``foot`` and so on to attach things to."""
    q = look or Look.any(rng)
    f = Figure(height=1.0)
    angles = np.radians(np.array(POSES[pose]) + rng.uniform(-5, 5, 9))
    lean, fa, fb, ba, bb, fl, fk, bl, bk = angles.tolist()

    def go(start: Pair, angle: float, length: float) -> Pair:
        return start[0] + float(np.sin(angle)) * length, start[1] + float(np.cos(angle)) * length

    hip = (0.0, -0.49)
    chest = go(hip, np.pi - lean, 0.30)
    neck, head = go(chest, np.pi - lean, 0.045), go(chest, np.pi - lean * 0.5, 0.115)
    limbs = []
    for root, upper, lower, a, b in ((chest, fa, fb, 0.16, 0.15), (chest, ba, bb, 0.16, 0.15),
            (hip, fl, fk, 0.25, 0.225), (hip, bl, bk, 0.25, 0.225)):
        joint = go(root, upper, a)
        limbs.append((root, joint, go(joint, lower, b)))
    ground = max(limbs[2][2][1], limbs[3][2][1]) + 0.025
    back_arm, back_leg = limbs[1], limbs[3]
    skirt = (q.cut in {"long", "bob", "bun"} and rng.random() < 0.4) if dress is None else dress

    def arm(joints: Sequence[Pair], hue: Colour, skin: Colour) -> None:
        root, elbow, hand = joints
        f.add(limb((*root, 0.055), (*elbow, 0.046), (*hand, 0.034)), skin)
        f.add(ellipse(*hand, 0.024, n=12), skin)
        to = (elbow if q.short else go(elbow, np.arctan2(hand[0] - elbow[0], hand[1] - elbow[1]),
            0.1))
        line = [(*root, 0.07), (*elbow, 0.06), (*to, 0.052)]
        f.add(limb(*(line if not q.short else [line[0], ((root[0] + 2 * elbow[0]) / 3,
            (root[1] + 2 * elbow[1]) / 3, 0.062)])), hue)

    def leg(joints: Sequence[Pair], hue: Colour, skin: Colour) -> None:
        root, knee, foot = joints
        bare = q.short or skirt
        f.add(limb((*root, 0.105), (*knee, 0.07), (*foot, 0.046)), skin if bare else hue)
        if bare:
            f.add(limb((*root, 0.115), ((root[0] + 3 * knee[0]) / 4, (root[1] + 3 * knee[1]) / 4,
                0.088)), hue)
        angle = np.arctan2(foot[0] - knee[0], foot[1] - knee[1])
        toe = (foot[0] + 0.06 * float(np.cos(angle)), foot[1] - 0.06 * float(np.sin(angle)) + 0.004)
        f.add(limb((foot[0] - 0.008, foot[1], 0.05), (*toe, 0.036)), q.shoes)

    if q.cut == "long":
        f.add(limb((head[0] - 0.02, head[1], 0.12), (head[0] - 0.05, head[1] + 0.12, 0.09)),
            dark(q.hair, 0.1))
    arm(back_arm, dark(q.top, 0.2), dark(q.skin, 0.15))
    leg(back_leg, dark(q.legs, 0.2), dark(q.skin, 0.15))
    leg(limbs[2], q.legs, q.skin)
    f.add(limb((*chest, 0.06), (neck[0], neck[1] - 0.03, 0.05)), dark(q.skin, 0.12))
    if skirt:
        w, knees = 0.12, (limbs[2][1][0] + back_leg[1][0]) / 2
        f.add(blob((hip[0] - 0.06, hip[1] - 0.06), (hip[0] + 0.06, hip[1] - 0.06),
            (knees + w, hip[1] + 0.2), (knees - w, hip[1] + 0.2)), q.legs, 0.15)
    mid = ((hip[0] + chest[0]) / 2, (hip[1] + chest[1]) / 2)
    torso = limb((chest[0], chest[1] + 0.035, 0.155), (*mid, 0.135), (hip[0], hip[1] - 0.01, 0.125))
    f.add(torso, light(q.top, 0.08), 0.15)
    if rng.random() < 0.3:
        f.detail([box(mid[0] - 0.2, mid[1] + d, mid[0] + 0.2, mid[1] + d + 0.022) for d in (-0.09,
            -0.03, 0.03)], light(q.top, 0.6), clip=torso)
    hx, hy = head
    if q.cut == "bun":
        f.add(ellipse(hx - 0.05, hy - 0.075, 0.035), q.hair)
    f.add(ellipse(hx, hy, 0.058, 0.068, n=20), q.skin)
    f.detail([ellipse(hx + 0.03, hy - 0.004, 0.0065, n=8)], INK)
    f.detail(arc(hx + 0.028, hy + 0.022, 0.02, 0.014, 0, 180, 8), dark(q.skin, 0.45))
    if q.cut == "scarf":
        f.add(blob((hx + 0.04, hy - 0.055), (hx - 0.03, hy - 0.075), (hx - 0.075, hy),
            (hx - 0.06, hy + 0.09), (hx + 0.02, hy + 0.085), (hx - 0.012, hy)), q.top)
    elif q.cut == "curls":
        f.add(bumps(hx - 0.02, hy - 0.035, 0.082, 0.066, 7, 0.2, 0.4), q.hair)
    elif q.cut == "cap":
        f.add(blob((hx + 0.06, hy - 0.02), (hx + 0.03, hy - 0.075), (hx - 0.045, hy - 0.06),
            (hx - 0.062, hy - 0.012)), q.legs)
        f.add(limb((hx + 0.03, hy - 0.024, 0.018), (hx + 0.1, hy - 0.018, 0.012)), q.legs)
    elif q.cut != "bald":
        down = {"crop": 0.0, "bun": 0.01}.get(q.cut, 0.055)
        f.add(blob((hx + 0.058, hy - 0.03), (hx + 0.02, hy - 0.078), (hx - 0.05, hy - 0.06),
            (hx - 0.072, hy + down), (hx - 0.03, hy + down + 0.015), (hx - 0.015, hy - 0.028)),
            q.hair)
    arm(limbs[0], q.top, q.skin)
    for part in f.parts:
        part.rings = [r - (0, ground) for r in part.rings]
        part.clip = None if part.clip is None else part.clip - (0, ground)
    spots = {"hand": limbs[0][2], "off": back_arm[2], "foot": limbs[2][2], "heel": back_leg[2],
        "head": head, "chest": chest, "hip": hip}
    f.at = {name: (x, y - ground) for name, (x, y) in spots.items()}
    f.traits = {"bodies": 0.14, "faces": 0.009}
    return f


def portrait(rng: Random, look: Look | None = None) -> Figure:
    """Head and shoulders from the front; the face is two units wide, centred at the origin."""
    q = look or Look.any(rng)
    f = Figure(height=1.0)
    skin, shade = q.skin, dark(q.skin, 0.16)
    wide = rng.uniform(0.92, 1.02)
    older = rng.random() < 0.12
    hair = rgb("c9c7c9") if older else q.hair
    if q.cut == "long":
        f.add(blob((0, -1.5), (1.15, -0.9), (1.3, 0.6), (1.25, 2.2), (0, 2.3), (-1.25, 2.2),
            (-1.3, 0.6), (-1.15, -0.9)), dark(hair, 0.12))
    elif q.cut == "curls":
        f.add(bumps(0, -0.42, 1.62, 1.42, 13, 0.12, rng.uniform(0, 3)), hair)
    elif q.cut == "bob":
        f.add(blob((0, -1.5), (1.16, -0.9), (1.28, 0.4), (1.1, 1.05), (-1.1, 1.05), (-1.28, 0.4),
            (-1.16, -0.9)), dark(hair, 0.12))
    elif q.cut == "bun":
        f.add(ellipse(0, -1.62, 0.52), dark(hair, 0.1))
    shoulders = blob((-2.35, 5.2), (-2.25, 2.75), (-1.5, 2.05), (-0.5, 1.75), (0.5, 1.75),
        (1.5, 2.05), (2.25, 2.75), (2.35, 5.2))
    f.add(shoulders, light(q.top, 0.06), 0.22)
    garment = pick(rng, ("crew", "vee", "collar", "stripes", "crew"))
    if garment == "stripes":
        f.detail([box(-2.6, y, 2.6, y + 0.22) for y in np.arange(2.3, 5, 0.5)], light(q.top, 0.65),
            clip=shoulders)
    f.add(limb((0, 0.7, 0.85), (0, 1.75, 0.95)), shade)
    if garment == "vee":
        f.detail(shape((-0.62, 1.72), (0.62, 1.72), (0, 2.7)), shade)
    elif garment == "collar":
        f.detail(shape((-0.5, 1.6), (0.5, 1.6), (0, 2.05)), shade)
        f.detail([shape((s * 0.46, 1.55), (s * 0.8, 1.9), (s * 0.4, 2.5), (0, 2.02)) for s in (-1,
            1)], WHITE)
    else:
        f.detail(blob((-0.62, 1.72), (0, 1.6), (0.62, 1.72), (0.4, 2.1), (-0.4, 2.1)), shade)
    f.add([ellipse(s * wide, 0.1, 0.17, 0.26) for s in (-1, 1)], shade)
    f.add(blob((-wide, -0.3), (-0.72, -1.05), (0, -1.3), (0.72, -1.05), (wide, -0.3),
        (0.92 * wide, 0.45), (0.5, 1.05), (0, 1.24), (-0.5, 1.05), (-0.92 * wide, 0.45)),
        light(skin, 0.06), 0.06)
    f.detail([ellipse(s * 0.56, 0.42, 0.22, 0.15) for s in (-1, 1)], rgb("e2725b"), alpha=60)
    brow, look_at = dark(hair, 0.3), float(rng.uniform(-0.05, 0.05))
    iris = pick(rng, palette("3b2417 2f3e46 4f6d5a 2b2d42"))
    blink = rng.random() < 0.2
    for s in (-1, 1):
        if blink:
            f.detail(limb((s * 0.56, 0.02, 0.03), (s * 0.41, 0.09, 0.07), (s * 0.26, 0.02, 0.03)),
                INK)
        else:
            f.detail(ellipse(s * 0.41, 0.02, 0.17, 0.125, n=18), WHITE)
            f.detail(ellipse(s * 0.41 + look_at, 0.02, 0.105, n=16), iris)
            f.detail(ellipse(s * 0.41 + look_at + 0.035, -0.02, 0.032, n=8), WHITE)
            f.detail(limb((s * 0.6, 0.0, 0.03), (s * 0.41, -0.12, 0.06), (s * 0.23, 0.0, 0.03)),
                dark(hair, 0.4))
        f.detail(limb((s * 0.63, -0.27, 0.05), (s * 0.42, -0.36, 0.09), (s * 0.2, -0.29, 0.07)),
            brow)
    f.detail(limb((0.02, 0.02, 0.06), (0.1, 0.36, 0.12), (-0.08, 0.42, 0.06)), shade)
    smile = rng.uniform(0.05, 0.17)
    if rng.random() < 0.45:
        f.detail(blob((-0.36, 0.66), (0, 0.7), (0.36, 0.66), (0.2, 0.74 + smile),
            (-0.2, 0.74 + smile)), rgb("9d3b45"))
        f.detail(blob((-0.28, 0.675), (0, 0.71), (0.28, 0.675), (0, 0.77)), WHITE)
    else:
        f.detail(limb((-0.32, 0.7, 0.04), (0, 0.7 + smile, 0.1), (0.32, 0.7, 0.04)),
            mix(rgb("b5485a"), shade, 0.35))
    if q.cut in {"crop", "bald", "cap"} and rng.random() < 0.45:
        beard = blob((-0.97 * wide, 0.1), (-0.7, 0.5), (-0.3, 0.52), (0, 0.56), (0.3, 0.52),
            (0.7, 0.5), (0.97 * wide, 0.1), (0.9, 0.75), (0.45, 1.25), (0, 1.4), (-0.45, 1.25),
            (-0.9, 0.75))
        mouth = f.parts.pop()
        f.add(beard, hair)
        f.parts.append(mouth)
    if q.cut == "scarf":
        f.add(np.vstack([blob((0, -1.55), (1.12, -0.95), (1.32, 0.3), (0.95, 1.6), (0, 2.35),
            (-0.95, 1.6), (-1.32, 0.3), (-1.12, -0.95)), ellipse(0, 0.0, 0.86, 1.16)[::-1]]),
            q.legs, 0.2)
        f.parts[-1] = Part([np.vstack([arc(0, 0.25, 1.25, 1.85, -90, 270, 40),
            arc(0, 0.02, 0.86, 1.13, 270, -90, 40)])], f.parts[-1].fill)
    elif q.cut == "cap":
        f.add(blob((-1.06, -0.55), (-0.9, -1.25), (0, -1.62), (0.9, -1.25), (1.06, -0.55)), q.legs,
            0.15)
        f.add(blob((-1.1, -0.62), (0, -0.8), (1.1, -0.62), (0.8, -0.42), (0, -0.5), (-0.8, -0.42)),
            dark(q.legs, 0.3))
    elif q.cut == "crop":
        f.add(blob((-1.04, -0.1), (-1.08, -0.85), (-0.5, -1.5), (0.35, -1.55), (1.06, -0.9),
            (1.04, -0.1), (0.86, -0.55), (0.3, -0.86), (-0.55, -0.72)), hair, 0.12)
    elif q.cut == "curls":
        f.add(bumps(0, -1.02, 1.05, 0.5, 8, 0.2, 0.5), light(hair, 0.06))
    elif q.cut != "bald":
        side = pick(rng, (-1, 1))
        f.add(blob((-1.05, 0.12), (-1.16, -0.75), (-0.5, -1.5), (0.5, -1.5), (1.16, -0.75),
            (1.05, 0.12), (0.86, -0.5), (side * 0.25, -1.02), (-0.86, -0.5)), light(hair, 0.06),
            0.12)
    if rng.random() < 0.25:
        f.detail([ring(s * 0.42, 0.03, 0.31, 0.055) for s in (-1, 1)] + [limb((-0.12, 0.0, 0.05),
            (0.12, 0.0, 0.05))], INK)
    f.at = {"neck": (0, 2.1), "hand": (1.7, 3.0), "top": (0, -1.6), "mouth": (0.2, 0.75)}
    f.traits = {"faces": 5.4, "bodies": 6.0}
    return f


# --- things ------------------------------------------------------------------------------------

Builder = Callable[[Random], Figure]
THINGS: dict[str, Builder] = {}
"""How each COCO category but ``person`` is drawn, from the side or, for food, from above."""


def thing(name: str) -> Callable[[Builder], Builder]:
    """Register a builder under the name of its category."""

    def register(builder: Builder) -> Builder:
        THINGS[name] = builder
        return builder

    return register


for _name in BUILDS:
    THINGS[_name] = lambda rng, _name=_name: quadruped(rng, _name)  # type: ignore[misc]
THINGS["bird"] = bird
THINGS["teddy bear"] = teddy


def wheels(f: Figure, xs: Sequence[float], radius: float) -> None:
    """Tyres with hubs, standing on the ground."""
    f.add([ellipse(x, -radius, radius) for x in xs], rgb("33343f"))
    f.detail([ellipse(x, -radius, radius * 0.55, n=16) for x in xs], STEEL)
    f.detail([ellipse(x, -radius, radius * 0.2, n=10) for x in xs], rgb("7b8490"))


@thing("car")
def car(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, PAINT)
    tall = rng.uniform(0.92, 1.1)
    f.add(blob((-1.45, -0.25), (-1.42, -0.58), (-1.0, -0.66), (-0.62, -tall), (0.35, -tall),
        (0.78, -0.64), (1.36, -0.54), (1.46, -0.25), n=4), light(hue, 0.12), 0.2)
    for x0, x1, x2, x3 in ((-0.52, -0.84, -0.06, -0.06), (0.04, 0.04, 0.62, 0.3)):
        f.detail(shape((x0, -tall + 0.08), (x1, -0.64), (x2, -0.64), (x3, -tall + 0.08)), GLASS,
            rgb("8fb8c9"))
    f.detail(box(-1.44, -0.34, 1.44, -0.24), dark(hue, 0.4), alpha=90)
    f.detail(ellipse(1.36, -0.47, 0.07, 0.06), rgb("ffe9a8"))
    f.detail(box(-1.44, -0.54, -1.36, -0.42), rgb("c8324a"))
    wheels(f, (-0.88, 0.88), 0.25)
    return f


@thing("bus")
def bus(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, palette("d1495b e9b44c 2a9d8f 457b9d f4f1de"))
    f.add(box(-1.5, -1.15, 1.5, -0.14, 0.1), light(hue, 0.1), 0.15)
    f.detail([box(x, -0.98, x + 0.4, -0.62, 0.04) for x in np.arange(-1.4, 0.7, 0.46)] + [box(0.92,
        -0.98, 1.46, -0.5, 0.05)], GLASS, rgb("8fb8c9"))
    f.detail(box(-1.5, -0.48, 1.5, -0.38), light(hue, 0.6))
    f.detail(box(0.3, -1.13, 1.1, -1.01), INK)
    f.detail(letters(str(rng.integers(10, 99)), 0.7, -1.07, 0.08), rgb("ffd166"))
    wheels(f, (-0.95, 0.95), 0.2)
    f.traits["words"] = 0.25
    return f


@thing("truck")
def truck(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, PAINT)
    load = pick(rng, palette("f4f1de e9c46a a8dadc d4a5a5 f7efe2"))
    f.add(box(-1.5, -1.3, 0.62, -0.26, 0.03), load, 0.15)
    f.detail([box(x, -1.3, x + 0.02, -0.26) for x in np.arange(-1.2, 0.6, 0.3)], dark(load, 0.2))
    f.detail(letters(pick(rng, ("FOOD", "POST", "LOFT", "TAN")), -0.45, -0.8, 0.26), hue)
    f.add(blob((0.68, -0.22), (0.68, -1.02), (1.12, -1.02), (1.3, -0.6), (1.42, -0.5),
        (1.42, -0.22), n=3), light(hue, 0.1), 0.2)
    f.detail(shape((0.82, -0.94), (1.1, -0.94), (1.24, -0.6), (0.82, -0.6)), GLASS)
    f.add(box(-1.5, -0.27, 1.4, -0.18), INK)
    wheels(f, (-1.1, -0.65, 1.02), 0.21)
    f.traits["words"] = 0.5
    return f


@thing("train")
def train(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, palette("d1495b 2a9d8f 457b9d e9b44c 6d597a"))
    coaches = int(rng.integers(2, 5))
    for k in range(coaches):
        x = -2.3 * k
        if k:
            f.add(box(x - 1.12, -0.9, x + 1.12, -0.12, 0.06), light(hue, 0.1), 0.15)
            f.add(box(x + 1.0, -0.3, x + 1.3, -0.2), INK)
        else:
            f.add(blob((-1.1, -0.12), (-1.1, -0.9), (0.5, -0.93), (1.05, -0.62), (1.35, -0.12),
                n=4), light(hue, 0.1), 0.15)
            f.detail(shape((0.45, -0.82), (0.66, -0.82), (0.98, -0.52), (0.45, -0.52)), GLASS)
        f.detail([box(x + w, -0.76, x + w + 0.28, -0.5, 0.03) for w in np.arange(-0.95,
            0.3 + 0.5 * (k > 0), 0.4)], GLASS)
        f.detail(box(x - 1.12, -0.4, x + 1.1, -0.32), light(hue, 0.65))
        f.add([ellipse(x + w, -0.09, 0.09, n=12) for w in (-0.85, -0.6, 0.6, 0.85)], INK)
    return f


@thing("airplane")
def airplane(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, palette("f7f4ec e8eef2 f2e3c6"))
    mark = pick(rng, palette("d1495b 457b9d 2a9d8f e9b44c"))
    f.add(shape((-0.1, -0.12), (0.1, -0.14), (-0.2, -0.5), (-0.32, -0.5)), dark(hue, 0.15))
    f.add(shape((-1.12, -0.1), (-0.82, -0.1), (-1.12, -0.55), (-1.3, -0.55)), mark)
    f.add(blob((-1.25, -0.12), (-0.6, -0.19), (0.7, -0.19), (1.1, -0.08), (1.12, 0.02), (0.8, 0.1),
        (-0.5, 0.1)), hue, 0.16)
    f.detail(box(-0.9, 0.0, 0.95, 0.035), mark)
    f.detail([ellipse(x, -0.07, 0.022, 0.028, n=8) for x in np.arange(-0.75, 0.8,
        0.12)] + [shape((0.86, -0.15), (0.98, -0.1), (0.92, -0.06), (0.84, -0.06))], rgb("4f5d75"))
    f.add(shape((-0.12, 0.02), (0.26, 0.02), (-0.42, 0.5), (-0.58, 0.5)), dark(hue, 0.14), 0.2)
    f.add(shape((-1.05, -0.04), (-0.85, -0.04), (-1.2, 0.18), (-1.32, 0.18)), dark(hue, 0.1))
    f.add(limb((-0.14, 0.24, 0.11), (0.06, 0.23, 0.12)), mark)
    return f


@thing("boat")
def boat(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, PAINT)
    if rng.random() < 0.65:
        sail = pick(rng, palette("fffdf8 f7e7ce f2b5a7 ffe3a3 e8eef2"))
        f.add(box(-0.02, -1.5, 0.03, -0.2), WOOD)
        f.add(blob((0.06, -1.45), (0.5, -0.75), (0.68, -0.34), (0.06, -0.34), n=3), sail, 0.12)
        f.add(shape((-0.06, -1.35), (-0.06, -0.34), (-0.55, -0.34)), dark(sail, 0.12))
        f.add(blob((-0.75, -0.28), (0, -0.25), (0.82, -0.3), (0.55, -0.02), (-0.5, -0.02), n=4),
            hue, 0.25)
        f.detail(limb((-0.68, -0.22, 0.04), (0.72, -0.22, 0.04)), light(hue, 0.6))
    else:
        f.add(box(-0.6, -0.78, 0.25, -0.35, 0.06), WHITE, 0.12)
        f.detail([box(x, -0.68, x + 0.18, -0.5, 0.03) for x in (-0.5, -0.24, 0.02)], rgb("6c94a8"))
        f.add(box(-0.35, -1.05, -0.12, -0.78), dark(hue, 0.1))
        f.add(shape((-0.95, -0.38), (1.15, -0.45), (0.8, -0.02), (-0.85, -0.02)), hue, 0.25)
        f.detail(shape((-0.95, -0.38), (1.15, -0.45), (1.08, -0.36), (-0.93, -0.3)),
            light(hue, 0.6))
    return f


def cycle(rng: Random, motor: bool) -> Figure:
    """A bicycle, or the heavier motorcycle."""
    f, hue = Figure(height=1.0), pick(rng, PAINT)
    r, w = (0.31, 0.095) if motor else (0.33, 0.035)
    a, b = (-0.55, -r), (0.55, -r)
    f.add([ring(*a, r, w), ring(*b, r, w)], rgb("33343f"))
    if motor:
        f.detail([ellipse(*a, 0.12), ellipse(*b, 0.12)], STEEL)
        f.add(blob((-0.28, -0.22), (-0.2, -0.5), (0.2, -0.5), (0.26, -0.25), (0.0, -0.16)),
            rgb("4a4e5c"))
        f.add(limb((-0.66, -0.66, 0.09), (-0.3, -0.56, 0.14), (0.1, -0.62, 0.26),
            (0.34, -0.6, 0.14)), hue, 0.2)
        f.add(limb((-0.68, -0.7, 0.08), (-0.12, -0.64, 0.1)), INK)
        f.add([limb((*b, 0.06), (0.3, -0.86, 0.05)), limb((0.3, -0.88, 0.04), (0.14, -0.96, 0.05)),
            limb((-0.05, -0.22, 0.06), (-0.8, -0.24, 0.07))], STEEL)
        f.add(ellipse(0.42, -0.76, 0.1), rgb("ffe9a8"))
    else:
        crank, seat, bar = (-0.06, -0.3), (-0.2, -0.74), (0.36, -0.76)
        tubes = ((a, crank), (a, seat), (seat, crank), (seat, bar), (crank, bar), (bar, b))
        f.add([limb((*p, 0.042), (*q, 0.042)) for p, q in tubes], hue)
        f.add([limb((-0.32, -0.79, 0.05), (-0.12, -0.78, 0.04)),
            limb((*bar, 0.035), (0.34, -0.9, 0.035), (0.47, -0.9, 0.04)),
            limb((-0.06, -0.3, 0.03), (0.02, -0.16, 0.03))], INK)
        f.detail(ring(*crank, 0.07, 0.025, 16), STEEL)
    f.at = {"seat": (-0.2, -0.78), "bar": (0.4, -0.9)}
    return f


THINGS["bicycle"] = lambda rng: cycle(rng, False)
THINGS["motorcycle"] = lambda rng: cycle(rng, True)


@thing("traffic light")
def traffic_light(rng: Random) -> Figure:
    f, lit = Figure(), int(rng.integers(3))
    f.add(box(-0.022, -0.7, 0.022, 0), rgb("5c6470"))
    f.add(box(-0.095, -1.0, 0.095, -0.66, 0.04), rgb("33343f"))
    for k, hue in enumerate(palette("e5484d f5c84b 4fbf7a")):
        f.detail(ellipse(0, -0.935 + 0.105 * k, 0.042, n=16), hue if k == lit else dark(hue, 0.65))
    return f


@thing("fire hydrant")
def hydrant(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, palette("d1495b e9b44c d1495b 457b9d"))
    f.add(box(-0.3, -0.1, 0.3, 0, 0.03), dark(hue, 0.25))
    f.add(box(-0.34, -0.6, 0.34, -0.4, 0.05), dark(hue, 0.15))
    f.add(box(-0.2, -0.75, 0.2, -0.08), light(hue, 0.1), 0.25)
    f.add(np.vstack([arc(0, -0.74, 0.24, 0.22, 180, 360)]), light(hue, 0.15))
    f.add(box(-0.05, -1.03, 0.05, -0.92), dark(hue, 0.15))
    f.detail(ellipse(0, -0.5, 0.1), light(hue, 0.45))
    return f


@thing("stop sign")
def stop_sign(rng: Random) -> Figure:
    f = Figure()
    f.add(box(-0.02, -0.8, 0.02, 0), rgb("8b949e"))
    f.add(turn(ellipse(0, 0, 0.2, n=8), 22.5) - (0.0, 0.82), WHITE)
    f.detail(turn(ellipse(0, 0, 0.182, n=8), 22.5) - (0.0, 0.82), rgb("d13b4b"))
    f.detail(letters("STOP", 0, -0.82, 0.11, 0.022), WHITE)
    f.traits["words"] = 0.16
    return f


@thing("parking meter")
def parking_meter(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, palette("5c6f7f 3d405b 4f772d"))
    f.add(box(-0.025, -0.65, 0.025, 0), rgb("7b8490"))
    f.add(np.vstack([arc(0, -0.86, 0.13, 0.14, 180, 360), shape((0.1, -0.6), (-0.1, -0.6))]),
        light(hue, 0.15), 0.2)
    f.detail(np.vstack([arc(0, -0.86, 0.085, 0.09, 180, 360)]), rgb("f4f1de"))
    f.detail([limb((0, -0.86, 0.012), (0.04, -0.92, 0.012))], rgb("d1495b"))
    f.detail(letters(str(rng.integers(10, 60)), 0, -0.76, 0.07), CREAM)
    f.traits["words"] = 0.02
    return f


@thing("bench")
def bench(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, palette("b07d55 8d6748 5b9152 c08a5b"))
    f.add([box(x, -0.95, x + 0.08, 0) for x in (-0.95, 0.87)], rgb("3d405b"))
    f.add([box(-1.1, y, 1.1, y + 0.15, 0.03) for y in (-1.0, -0.78)], hue)
    f.add(box(-1.15, -0.5, 1.15, -0.36, 0.03), light(hue, 0.2), 0.2)
    return f


@thing("backpack")
def backpack(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, CLOTHES)
    f.add(ring(0, -0.97, 0.13, 0.05, 16), dark(hue, 0.35))
    f.add(box(-0.38, -0.98, 0.38, 0, 0.2), hue, 0.2)
    f.detail(box(-0.28, -0.44, 0.28, -0.08, 0.08), dark(hue, 0.2))
    f.detail([box(-0.38, -0.66, 0.38, -0.61), box(-0.05, -0.68, 0.05, -0.56)], light(hue, 0.5))
    return f


@thing("umbrella")
def umbrella(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, PAINT)
    f.add(limb((0, -0.9, 0.03), (0, -0.08, 0.03), (0.04, 0, 0.03), (0.1, -0.05, 0.03)), WOOD)
    scallops = [arc(x, -0.6, 0.16, 0.07, 0, -180, 6) for x in (0.48, 0.16, -0.16, -0.48)]
    f.add(np.vstack([arc(0, -0.6, 0.64, 0.4, 180, 360, 20), *scallops]), hue, 0.15)
    f.detail([np.vstack([arc(0, -0.6, w, 0.4, 180, 360), arc(s, -0.6, 0.16, 0.07, 0, -180,
        6)]) for w, s in ((0.32, 0.16), (0.32, -0.16))][:1], light(hue, 0.3), alpha=150)
    f.add(box(-0.012, -1.06, 0.012, -0.98), WOOD)
    return f


@thing("handbag")
def handbag(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, CLOTHES)
    f.add(ring(0, -0.68, 0.32, 0.06), dark(hue, 0.3))
    f.add(blob((-0.5, 0), (-0.42, -0.62), (0.42, -0.62), (0.5, 0), (0, 0.02), n=4),
        light(hue, 0.08), 0.2)
    f.detail(blob((-0.43, -0.6), (0.43, -0.6), (0.3, -0.3), (-0.3, -0.3), n=4), dark(hue, 0.18))
    f.detail(ellipse(0, -0.32, 0.06), rgb("f2cc5d"))
    return f


@thing("tie")
def tie(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, palette("d1495b 264653 e9b44c 6d597a 2a9d8f"))
    body = shape((-0.07, -0.84), (0.07, -0.84), (0.17, -0.16), (0, 0), (-0.17, -0.16))
    f.add(body, hue, 0.15)
    f.detail([limb((-0.3, y + 0.1, 0.04), (0.3, y - 0.1, 0.04)) for y in np.arange(-0.7, 0, 0.16)],
        light(hue, 0.55), clip=body)
    f.add(shape((-0.12, -1), (0.12, -1), (0.07, -0.82), (-0.07, -0.82)), dark(hue, 0.12))
    return f


@thing("suitcase")
def suitcase(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, PAINT)
    f.add([box(-0.18, -1.2, -0.14, -0.9), box(0.14, -1.2, 0.18, -0.9),
        box(-0.18, -1.22, 0.18, -1.17)], rgb("5c6470"))
    f.add([ellipse(x, -0.04, 0.05) for x in (-0.25, 0.25)], INK)
    f.add(box(-0.36, -0.95, 0.36, -0.06, 0.08), light(hue, 0.1), 0.2)
    f.detail([box(x, -0.88, x + 0.03, -0.12) for x in (-0.2, -0.02, 0.17)], dark(hue, 0.18))
    return f


@thing("frisbee")
def frisbee(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, CLOTHES)
    f.add(ellipse(0, 0, 0.5, 0.2, -10), hue)
    return f.detail(ellipse(0, -0.03, 0.34, 0.11, -10), light(hue, 0.4))


@thing("skis")
def skis(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, CLOTHES)
    f.add(limb((-0.9, 0.05, 0.05), (0.7, 0.05, 0.05), (0.9, -0.04, 0.03)), dark(hue, 0.25))
    return f.add(limb((-0.8, 0.1, 0.05), (0.8, 0.1, 0.05), (1.0, 0.0, 0.03)), hue)


@thing("snowboard")
def snowboard(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, CLOTHES)
    f.add(limb((-0.78, -0.06, 0.06), (-0.6, 0.03, 0.09), (0.6, 0.03, 0.09), (0.78, -0.06, 0.06)),
        hue)
    return f.detail(limb((-0.4, 0.03, 0.03), (0.4, 0.03, 0.03)), light(hue, 0.6))


@thing("sports ball")
def ball(rng: Random) -> Figure:
    f, kind = Figure(), pick(rng, ("football", "basket", "tennis", "beach"))
    hue = {"football": WHITE, "basket": rgb("e07b39"), "tennis": rgb("d9e650"),
        "beach": rgb("f4f1de")}[kind]
    disc = ellipse(0, -0.5, 0.5)
    f.add(disc, hue, 0.2)
    if kind == "football":
        f.detail([ellipse(0, -0.5, 0.17, n=5)] + [ellipse(0.42 * c, -0.5 + 0.42 * s, 0.13,
            n=5) for c, s in _circle(5)], INK, clip=disc)
    elif kind == "basket":
        f.detail([box(-0.02, -1, 0.02, 0), box(-0.5, -0.52, 0.5, -0.48),
            ring(-0.6, -0.5, 0.4, 0.04), ring(0.6, -0.5, 0.4, 0.04)], INK, clip=disc)
    elif kind == "tennis":
        f.detail([ring(-0.6, -0.5, 0.42, 0.07), ring(0.6, -0.5, 0.42, 0.07)], WHITE, clip=disc)
    else:
        f.detail([np.vstack([[0, -0.5], arc(0, -0.5, 0.6, 0.6, a, a + 60)]) for a in (0, 120, 240)],
            pick(rng, CLOTHES), clip=disc)
    return f


@thing("kite")
def kite(rng: Random) -> Figure:
    f = Figure()
    a, b = pick(rng, PAINT), pick(rng, CLOTHES)
    f.add(limb((0, 0.5, 0.02), (0.12, 0.75, 0.02), (-0.05, 0.95, 0.02), (0.1, 1.2, 0.02)),
        dark(a, 0.2))
    f.add([shape((x - 0.07, y - 0.04), (x + 0.07, y + 0.04), (x + 0.07, y - 0.04),
        (x - 0.07, y + 0.04)) for x, y in ((0.1, 0.72), (-0.03, 0.94), (0.09, 1.16))], b)
    f.add(shape((0, -0.55), (0.4, -0.1), (0, 0.5), (-0.4, -0.1)), a)
    f.detail([shape((0, -0.55), (0.4, -0.1), (0, -0.1)), shape((-0.4, -0.1), (0, -0.1), (0, 0.5))],
        b)
    return f


@thing("baseball bat")
def bat(rng: Random) -> Figure:
    f = Figure()
    f.add(limb((0, 0, 0.05), (0, -0.35, 0.045), (0, -0.7, 0.11), (0, -0.97, 0.1)),
        pick(rng, palette("c98f56 33343f d9ae7a")), 0.15)
    return f.add(ellipse(0, 0.02, 0.045, 0.03), INK)


@thing("baseball glove")
def glove(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, palette("a5673f 7a4a2b c08a5b"))
    f.add([limb((x * 0.5, -0.4, 0.3), (x, -0.9, 0.24)) for x in (-0.3, -0.08, 0.14,
        0.34)] + [limb((-0.3, -0.25, 0.3), (-0.55, -0.6, 0.22))], hue)
    f.add(ellipse(0, -0.35, 0.4, 0.36), dark(hue, 0.12))
    return f


@thing("skateboard")
def skateboard(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, CLOTHES)
    f.add([ellipse(x, -0.09, 0.09) for x in (-0.5, 0.5)], CREAM)
    return f.add(limb((-0.9, -0.34, 0.08), (-0.6, -0.22, 0.1), (0.6, -0.22, 0.1),
        (0.9, -0.34, 0.08)), dark(hue, 0.15))


@thing("surfboard")
def surfboard(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, palette("f4f1de e9c46a e76f51 a8dadc f2b5a7"))
    f.add(limb((-1.0, 0.02, 0.03), (-0.4, 0.05, 0.16), (0.4, 0.03, 0.16), (1.0, -0.1, 0.02)), hue)
    return f.detail(limb((-0.8, 0.04, 0.03), (0.8, -0.03, 0.03)), pick(rng, CLOTHES))


@thing("tennis racket")
def racket(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, CLOTHES)
    f.add(limb((0, 0, 0.07), (0, -0.3, 0.06), (0, -0.52, 0.04)), INK)
    f.add(ellipse(0, -0.75, 0.22, 0.28), rgb("f7f4ec"), alpha=120)
    f.detail([box(-0.005 + x, -1.02, 0.005 + x, -0.5) for x in (-0.1, 0, 0.1)], rgb("c9ced6"))
    return f.add(ring(0, 0, 0.26, 0.045) * (0.88, 1.12) + (0, -0.75), hue)


def vessel(rng: Random, name: str) -> Figure:
    """An object of revolution about an upright axis: bottle, glass, cup, bowl, vase."""
    f, hue = Figure(), pick(rng, FABRIC)
    if name == "bottle":
        hue = pick(rng, palette("4f772d 7a4a2b 5aa9a0 3d5a80 d98b5f"))
        outline = turned((0.05, -1.0), (0.055, -0.74), (0.13, -0.6), (0.15, -0.45), (0.15, -0.04),
            (0.13, 0))
        f.add(outline, light(hue, 0.1), 0.2)
        f.detail(box(-0.15, -0.42, 0.15, -0.14), CREAM)
        f.detail([box(-0.09, y, 0.09, y + 0.03) for y in (-0.36, -0.28, -0.22)], hue)
        f.add(box(-0.055, -1.02, 0.055, -0.92, 0.02), pick(rng, CLOTHES))
        f.detail(box(-0.115, -0.56, -0.085, -0.06), WHITE, alpha=90)
        f.traits["words"] = 0.1
    elif name == "wine glass":
        wine = pick(rng, palette("8e2f45 f0d58c e8a598"))
        f.add(turned((0.2, -1.0), (0.25, -0.75), (0.17, -0.5), (0.025, -0.42), (0.02, -0.1),
            (0.04, -0.04), (0.19, 0)), rgb("eaf4f6"), alpha=200)
        f.detail(turned((0.243, -0.8), (0.245, -0.72), (0.16, -0.5), (0.0, -0.44)), wine, 0.15)
        f.detail(limb((-0.16, -0.92, 0.025), (-0.19, -0.74, 0.025)), WHITE, alpha=170)
    elif name == "cup":
        f.add(ring(0.36, -0.48, 0.2, 0.08, 20), dark(hue, 0.12))
        f.add(turned((0.38, -0.9), (0.37, -0.5), (0.27, 0)), light(hue, 0.15), 0.18)
        f.detail(box(-0.4, -0.56, 0.4, -0.44), light(hue, 0.6),
            clip=turned((0.38, -0.9), (0.37, -0.5), (0.27, 0)))
        f.add(ellipse(0, -0.9, 0.38, 0.1), light(hue, 0.5))
        f.detail(ellipse(0, -0.885, 0.32, 0.075), pick(rng, palette("5a3825 a5673f d9a066")))
    elif name == "bowl":
        f.add(turned((0.62, -0.5), (0.52, -0.2), (0.22, 0)), light(hue, 0.1), 0.2)
        f.add(ellipse(0, -0.5, 0.62, 0.15), light(hue, 0.55))
        f.detail(ellipse(0, -0.49, 0.54, 0.115),
            pick(rng, palette("e9b44c e76f51 a7c957 f7efe2 c98f56")))
    else:
        k = rng.uniform(0.25, 0.42)
        for x, tip in ((-0.18, -1.0), (0.02, -1.12), (0.2, -0.98)):
            f.add(limb((0, -0.5, 0.02), (x * 0.6, -0.8, 0.02), (x, tip, 0.02)), LEAF)
            f.add(bumps(x, tip, 0.13, 0.13, 6, 0.35, x),
                pick(rng, palette("e76f51 e9c46a e5989b d1495b f7efe2 9a8cc0")))
            f.detail(ellipse(x, tip, 0.045), rgb("f2cc5d"))
        outline = turned((0.12, -0.62), (0.1, -0.5), (k * 0.75, -0.25), (0.12, 0))
        f.add(outline, light(hue, 0.1), 0.2)
        f.detail(box(-0.5, -0.3, 0.5, -0.22), light(hue, 0.55), clip=outline)
    return f


for _name in ("bottle", "wine glass", "cup", "bowl", "vase"):
    THINGS[_name] = lambda rng, _name=_name: vessel(rng, _name)  # type: ignore[misc]


def cutlery(rng: Random, name: str) -> Figure:
    """A fork, knife or spoon, upright."""
    f, hue = Figure(), pick(rng, palette("c3ccd4 d9c08a b8bfc9"))
    f.add(limb((0, 0, 0.07), (0, -0.35, 0.045), (0, -0.62, 0.035)), dark(hue, 0.12))
    if name == "fork":
        f.add([limb((x, -0.7, 0.03), (x, -1, 0.02)) for x in (-0.075, -0.025, 0.025,
            0.075)] + [limb((0, -0.6, 0.05), (0, -0.7, 0.18))], hue)
    elif name == "knife":
        f.add(blob((-0.035, -0.5), (-0.045, -0.96), (0.02, -1.0), (0.06, -0.75), (0.04, -0.5), n=4),
            hue)
    else:
        f.add(ellipse(0, -0.82, 0.11, 0.19), hue)
        f.detail(ellipse(0, -0.82, 0.075, 0.14), dark(hue, 0.15))
    return f


for _name in ("fork", "knife", "spoon"):
    THINGS[_name] = lambda rng, _name=_name: cutlery(rng, _name)  # type: ignore[misc]


def fruit(rng: Random, hue: Colour, cut: Colour | None = None) -> Figure:
    """A round fruit with a leaf; cut open, it shows segments."""
    f = Figure()
    f.add(blob((-0.5, -0.55), (-0.24, -0.98), (0, -0.9), (0.24, -0.98), (0.5, -0.55), (0.26, -0.03),
        (0, -0.08), (-0.26, -0.03)) if cut is None else ellipse(0, -0.5, 0.5), light(hue, 0.08),
        0.18)
    if cut and rng.random() < 0.5:
        f.detail(ellipse(0, -0.5, 0.43), light(cut, 0.5))
        f.detail([np.vstack([[0, -0.5], arc(0, -0.5, 0.38, 0.38, a, a + 36, 5)]) for a in range(0,
            360, 45)], cut)
    else:
        f.detail(ellipse(-0.2, -0.68, 0.1, 0.16, 30), WHITE, alpha=90)
        f.add(limb((0, -0.9, 0.05), (0.06, -1.08, 0.05)), rgb("7a4a2b"))
        f.add(limb((0.06, -0.98, 0.04), (0.2, -1.08, 0.14), (0.34, -1.06, 0.01)), LEAF)
    return f


THINGS["apple"] = lambda rng: fruit(rng, pick(rng, palette("d1495b a7c957 e05c4b e9c46a")))
THINGS["orange"] = lambda rng: fruit(rng, rgb("f28f3b"), rgb("f6a94f"))


@thing("banana")
def banana(rng: Random) -> Figure:
    f = Figure()
    for k in range(int(rng.integers(1, 4)), 0, -1):
        y = -0.12 * k
        f.add(limb((-0.62, -0.42 + y, 0.07), (-0.42, -0.12 + y, 0.2), (0, 0.0 + y, 0.24),
            (0.42, -0.14 + y, 0.18), (0.6, -0.42 + y, 0.07)), rgb("f4d35e"), rgb("e6b83f"))
        f.detail(limb((-0.42, -0.14 + y, 0.02), (0, -0.03 + y, 0.03), (0.42, -0.17 + y, 0.02)),
            rgb("c99a2e"))
        f.detail([ellipse(-0.62, -0.43 + y, 0.045), ellipse(0.6, -0.44 + y, 0.045)], rgb("7a5a2b"))
    return f


@thing("broccoli")
def broccoli(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, palette("4f8a4b 5b9152 3f7d58 6a994e"))
    stem = rgb("b5cf8a")
    f.add([limb((0, 0, 0.26), (0, -0.3, 0.24)), limb((0, -0.2, 0.12), (-0.25, -0.48, 0.12)),
        limb((0, -0.2, 0.12), (0.25, -0.48, 0.12))], stem, 0.15)
    for x, y, r in ((-0.36, -0.5, 0.24), (0.36, -0.5, 0.24), (0, -0.56, 0.28), (-0.2, -0.76, 0.25),
            (0.2, -0.76, 0.25)):
        f.add(bumps(x, y, r, r * 0.92, 8, 0.16, x), light(hue, max(0.0, -y - 0.5)), 0.12)
        f.detail([ellipse(x + d * r, y - e * r, r * 0.13, n=8) for d,
            e in ((-0.4, 0.3), (0.1, 0.5), (0.45, 0.1), (-0.1, -0.1))], light(hue, 0.38))
    return f


@thing("carrot")
def carrot(rng: Random) -> Figure:
    f = Figure()
    f.add([limb((0, -0.72, 0.05), (x / 2, -0.9, 0.07), (x, -1.08, 0.04)) for x in (-0.2, -0.02,
        0.18)], LEAF)
    root = limb((0, -0.68, 0.24), (0.01, -0.4, 0.2), (0, 0, 0.02))
    f.add(root, rgb("f28c38"), 0.1)
    f.detail([limb((x, y, 0.02), (x + 0.1, y, 0.015)) for x,
        y in ((-0.1, -0.6), (0.0, -0.48), (-0.09, -0.36), (0.0, -0.25))], rgb("c9652a"))
    return f


@thing("hot dog")
def hot_dog(rng: Random) -> Figure:
    f = Figure()
    f.add(limb((-0.75, -0.24, 0.36), (0, -0.34, 0.4), (0.75, -0.24, 0.36)), rgb("d9994f"))
    f.add(limb((-0.88, -0.26, 0.2), (0, -0.3, 0.24), (0.88, -0.26, 0.2)), rgb("b5482f"))
    f.detail(limb(*[(x, -0.3 + 0.06 * (-1) ** k, 0.05) for k,
        x in enumerate(np.linspace(-0.75, 0.75, 11))]), rgb("f4c945"))
    f.add(limb((-0.78, -0.1, 0.3), (0, -0.1, 0.32), (0.78, -0.1, 0.3)), rgb("eab76b"), 0.15)
    return f


@thing("sandwich")
def sandwich(rng: Random) -> Figure:
    f, bread = Figure(), pick(rng, palette("e8b878 d9a066 c98f56"))
    f.add(box(-0.56, -0.2, 0.56, 0, 0.08), bread, 0.15)
    f.add(box(-0.6, -0.3, 0.6, -0.18, 0.05), rgb("8a4b32"))
    f.add(shape((-0.6, -0.3), (0.6, -0.3), (0.35, -0.16), (0.1, -0.3), (-0.15, -0.18),
        (-0.4, -0.3)), rgb("f4c945"))
    f.add(box(-0.55, -0.38, 0.55, -0.3, 0.03), rgb("d1495b"))
    f.add(limb(*[(x, -0.4 + 0.03 * (-1) ** k, 0.08) for k, x in enumerate(np.linspace(-0.62, 0.62,
        10))]), rgb("8fc05a"))
    f.add(np.vstack([arc(0, -0.42, 0.58, 0.42, 180, 360, 20)]), light(bread, 0.12), 0.12)
    f.detail([ellipse(x, y, 0.035, 0.02, -20, 8) for x, y in ((-0.3, -0.62), (-0.08, -0.7),
        (0.15, -0.64), (0.34, -0.56), (-0.15, -0.56))], rgb("fbeccb"))
    return f


@thing("pizza")
def pizza(rng: Random) -> Figure:
    f = Figure()
    gap = float(rng.uniform(0, 300)) if rng.random() < 0.4 else None

    def pie(r: float) -> Points:
        if gap is None:
            return ellipse(0, -0.5, r, n=36)
        return np.vstack([[0, -0.5], arc(0, -0.5, r, r, gap + 50, gap + 360, 34)])

    f.add(bumps(0, -0.5, 0.51, 0.51, 14, 0.03, 0) if gap is None else pie(0.5), rgb("d9994f"), 0.12)
    cheese = pie(0.43)
    f.detail(cheese, rgb("d9583b"))
    f.detail(pie(0.41), rgb("f6cf68"), 0.08)
    spots = rng.uniform(0, 2 * np.pi, 16), 0.38 * np.sqrt(rng.uniform(0.04, 1, 16))
    at = np.column_stack([spots[1] * np.cos(spots[0]), spots[1] * np.sin(spots[0]) - 0.5])
    f.detail([ellipse(x, y, 0.07, n=14) for x, y in at[:8]], rgb("c0392b"), clip=cheese)
    f.detail([ellipse(x, y, 0.045, n=10) for x, y in at[:8]], rgb("d9583b"), clip=cheese)
    f.detail([limb((x - 0.04, y, 0.03), (x + 0.04, y + 0.02, 0.03)) for x, y in at[8:13]],
        rgb("5b9152"), clip=cheese)
    f.detail([ring(x, y, 0.035, 0.02, 10) for x, y in at[13:]], rgb("3d3b4f"), clip=cheese)
    if gap is None:
        f.detail([limb((-0.43 * c, -0.5 - 0.43 * s, 0.008), (0.43 * c, -0.5 + 0.43 * s,
            0.008)) for c, s in _circle(8)[:4]], rgb("d9a94f"))
    return f


@thing("donut")
def donut(rng: Random) -> Figure:
    f, icing = Figure(), pick(rng, palette("e5989b 6b4226 f7efe2 a8dadc f4a9b8 b58ac0 f2cc5d"))
    f.add(ring(0, -0.5, 0.5, 0.34), rgb("dba25d"), 0.12)
    wavy = np.vstack([bumps(0, -0.5, 0.45, 0.45, 7, 0.06, 1.0),
        bumps(0, -0.5, 0.45, 0.45, 7, 0.06, 1.0)[:1], ellipse(0, -0.5, 0.2)[::-1],
        ellipse(0, -0.5, 0.2)[-1:]])
    f.detail(wavy, icing, 0.08)
    for hue in palette("f4d35e 457b9d fffdf8"):
        angle = rng.uniform(0, 2 * np.pi, 6)
        f.detail([limb((0.31 * np.cos(a) - 0.03, 0.31 * np.sin(a) - 0.5, 0.03),
            (0.31 * np.cos(a) + 0.03, 0.31 * np.sin(a) - 0.53, 0.03)) for a in angle], hue)
    return f


@thing("cake")
def cake(rng: Random) -> Figure:
    f, icing = Figure(), pick(rng, palette("f4a9b8 f7efe2 a8dadc 6b4226 f2cc5d"))
    sponge = pick(rng, palette("e8b878 8a5a3b f0d5a0"))
    f.add(box(-0.55, -0.62, 0.55, 0, 0.04), sponge, 0.15)
    f.detail([box(-0.55, y, 0.55, y + 0.07) for y in (-0.42, -0.2)], icing)
    drips = [(x, -0.44 if k % 2 else -0.56) for k, x in enumerate(np.linspace(0.55, -0.55, 10))]
    f.add(np.vstack([arc(0, -0.62, 0.57, 0.13, 180, 360), curve(drips, 5)]), icing, 0.06)
    for x in (-0.3, 0, 0.3):
        f.add(box(x - 0.025, -0.98, x + 0.025, -0.7), pick(rng, CLOTHES))
        f.add(limb((x, -0.99, 0.05), (x, -1.1, 0.01)), rgb("ffc145"))
    f.detail([ellipse(x, -0.67, 0.05) for x in (-0.45, -0.15, 0.15, 0.45)], rgb("d1495b"))
    return f


# Furniture and appliances stand on the floor; a paler top face shows that they are seen from above.


def slab(f: Figure, x0: float, y0: float, x1: float, y1: float, depth: float, hue: Colour) -> None:
    """A box of which the front and, tilted back by `depth`, the top are seen."""
    lean = 0.25 * depth
    f.add(shape((x0 + lean, y0 - depth), (x1 - lean, y0 - depth), (x1, y0), (x0, y0)),
        light(hue, 0.35))
    f.add(box(x0, y0, x1, y1), hue, 0.15)


@thing("chair")
def chair(rng: Random) -> Figure:
    f, hue, seat = (Figure(), pick(rng, palette("b07d55 8d6748 d9b48a 3d405b f4f1de")),
        pick(rng, FABRIC))
    if rng.random() < 0.35:
        f.add([limb((x, -0.1, 0.05), (x * 0.8, 0, 0.05)) for x in (-0.36, 0.36)], WOOD)
        f.add(box(-0.42, -1.0, 0.42, -0.2, 0.2), seat, 0.12)
        f.add([box(-0.52, -0.6, -0.34, -0.08, 0.08), box(0.34, -0.6, 0.52, -0.08, 0.08)],
            light(seat, 0.15), 0.15)
        f.add(box(-0.36, -0.42, 0.36, -0.08, 0.07), light(seat, 0.25), 0.15)
        return f
    f.add([limb((x, -1.0, 0.05), (x, 0, 0.045)) for x in (-0.24, 0.24)], dark(hue, 0.15))
    f.add([box(-0.26, y, 0.26, y + 0.09, 0.03) for y in (-1.0, -0.84, -0.68)], hue)
    f.add([limb((x, -0.45, 0.06), (x * 1.06, 0.06, 0.045)) for x in (-0.29, 0.29)], hue)
    slab(f, -0.32, -0.44, 0.32, -0.37, 0.13, seat)
    return f


@thing("couch")
def couch(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, FABRIC)
    w = rng.uniform(1.0, 1.35)
    f.add([box(x, -0.1, x + 0.07, 0) for x in (-w + 0.1, w - 0.17)], WOOD)
    f.add(box(-w + 0.08, -0.92, w - 0.08, -0.2, 0.14), light(hue, 0.05), 0.15)
    f.add(box(-w + 0.1, -0.28, w - 0.1, -0.07, 0.04), dark(hue, 0.15))
    n = 2 + (w > 1.15)
    e = (2 * w - 0.4) / n
    f.add([box(-w + 0.2 + k * e, -0.5, -w + 0.18 + (k + 1) * e, -0.24, 0.07) for k in range(n)],
        light(hue, 0.25), 0.12)
    f.add([box(-w - 0.05, -0.62, -w + 0.22, -0.06, 0.1),
        box(w - 0.22, -0.62, w + 0.05, -0.06, 0.1)], light(hue, 0.1), 0.18)
    for x in (-w + 0.42, w - 0.42):
        f.detail(turn(box(-0.2, -0.2, 0.2, 0.2, 0.06), rng.uniform(-15, 15)) - (-x, 0.6),
            pick(rng, FABRIC), 0.1)
    return f


@thing("potted plant")
def potted_plant(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, palette("c9704f f4f1de 3d5a80 e9c46a 84a59d"))
    leaf, kind = pick(rng, LEAVES), int(rng.integers(3))
    if kind == 0:
        for k, a in enumerate(np.linspace(-1.1, 1.1, 7)):
            f.add(limb((0, -0.36, 0.03), (0.3 * np.sin(a), -0.36 - 0.4 * np.cos(a), 0.12),
                (0.62 * np.sin(a), -0.36 - 0.62 * np.cos(a * 0.8), 0.01)),
                light(leaf, 0.12 * (k % 3)))
    elif kind == 1:
        f.add(limb((0, -0.3, 0.05), (0.02, -0.7, 0.04)), WOOD)
        for k, (x, y) in enumerate(((-0.22, -0.6), (0.24, -0.62), (-0.14, -0.82), (0.16, -0.84),
                (0, -0.95))):
            f.add(bumps(x, y, 0.2, 0.17, 6, 0.15, x), light(leaf, 0.08 * k))
    else:
        f.add([limb((0, -0.3, 0.2), (0, -0.9, 0.2)), limb((0, -0.5, 0.1), (0.24, -0.52, 0.1),
            (0.25, -0.75, 0.1)), limb((0, -0.42, 0.1), (-0.22, -0.45, 0.1), (-0.24, -0.62, 0.1))],
            leaf, 0.12)
        f.detail([ellipse(x, y, 0.012, 0.025, n=6) for x in (-0.05, 0.05) for y in np.arange(-0.88,
            -0.4, 0.12)], light(leaf, 0.6))
    f.add(shape((-0.24, -0.38), (0.24, -0.38), (0.18, 0), (-0.18, 0)), hue, 0.2)
    f.add(box(-0.27, -0.42, 0.27, -0.33, 0.02), light(hue, 0.2))
    return f


@thing("bed")
def bed(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, FABRIC)
    frame = pick(rng, palette("b07d55 8d6748 e8d9c0 6b4f3a"))
    f.add(box(-1.05, -1.25, 1.05, -0.5, 0.08), frame, 0.15)
    f.add(shape((-0.98, -0.82), (0.98, -0.82), (1.2, -0.26), (-1.2, -0.26)), WHITE)
    f.add([box(x, -0.98, x + 0.72, -0.68, 0.1) for x in (-0.86, 0.14)], CREAM, 0.12)
    cover = shape((-1.02, -0.66), (1.02, -0.66), (1.22, -0.26), (1.22, -0.08), (-1.22, -0.08),
        (-1.22, -0.26))
    f.add(cover, light(hue, 0.2), 0.15)
    if rng.random() < 0.6:
        f.detail([limb((x * 0.85, -0.66, 0.05), (x, -0.26, 0.06),
            (x, -0.08, 0.06)) for x in np.linspace(-1.05, 1.05, 8)], light(hue, 0.5), clip=cover)
    f.detail(shape((-1.02, -0.66), (1.02, -0.66), (1.07, -0.56), (-1.07, -0.56)), light(hue, 0.65))
    f.add([box(-1.22, -0.1, -1.12, 0), box(1.12, -0.1, 1.22, 0)], dark(frame, 0.2))
    return f


@thing("dining table")
def dining_table(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, palette("b07d55 8d6748 d9b48a e8d9c0 a5673f"))
    w = rng.uniform(1.0, 1.4)
    f.add([limb((x, -0.6, 0.09), (x * 1.02, 0, 0.06)) for x in (-w + 0.1, w - 0.1)], dark(hue, 0.2))
    slab(f, -w, -0.72, w, -0.6, 0.26, hue)
    f.at = {"left": (-w * 0.55, -0.8), "mid": (0, -0.84), "right": (w * 0.55, -0.8)}
    return f


@thing("toilet")
def toilet(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, palette("fbfaf5 f2efe6 dfeae8"))
    f.add(box(-0.32, -1.0, 0.32, -0.5, 0.06), hue, 0.12)
    f.add(box(-0.35, -1.05, 0.35, -0.95, 0.04), light(hue, 0.5))
    f.add(blob((-0.2, -0.3), (0.2, -0.3), (0.17, -0.02), (-0.17, -0.02), n=3), dark(hue, 0.1), 0.12)
    f.add(blob((-0.35, -0.42), (0.35, -0.42), (0.22, -0.16), (-0.22, -0.16)), hue, 0.15)
    f.add(ellipse(0, -0.44, 0.38, 0.13), WHITE)
    f.detail(ellipse(0, -0.43, 0.26, 0.075), rgb("a9c6cf"))
    f.detail(box(0.14, -0.92, 0.24, -0.88), STEEL)
    return f


@thing("tv")
def tv(rng: Random) -> Figure:
    f = Figure()
    f.add([box(-0.3, -0.04, 0.3, 0), box(-0.05, -0.1, 0.05, 0)], INK)
    f.add(box(-0.85, -1.05, 0.85, -0.07, 0.03), rgb("2b2d3a"))
    pane = box(-0.81, -1.01, 0.81, -0.11)
    sky, hill = pick(rng, (("9fd0e0", "5b9152"), ("f5b97f", "6d597a"), ("355070", "52796f")))
    f.detail(pane, rgb(sky), light(rgb(sky), 0.4))
    f.detail(ellipse(0.35, -0.72, 0.13), rgb("fff1c9"))
    f.detail([blob((-0.9, 0), (-0.5, -0.5), (0, -0.3), (0.4, -0.46), (0.9, 0))], rgb(hill),
        clip=pane)
    return f


@thing("laptop")
def laptop(rng: Random) -> Figure:
    f, case = Figure(), pick(rng, palette("c3ccd4 5c6470 e8e4dc"))
    f.add(box(-0.6, -0.9, 0.6, -0.14, 0.04), dark(case, 0.35))
    f.detail(box(-0.55, -0.85, 0.55, -0.18), pick(rng, palette("a8dadc f4e3c1 3d5a80 cdb4db")),
        0.15)
    f.detail([box(-0.45, y, x, y + 0.035) for y, x in ((-0.76, 0.1), (-0.67, 0.3), (-0.58, -0.05),
        (-0.49, 0.2))], WHITE, alpha=190)
    f.add(shape((-0.6, -0.14), (0.6, -0.14), (0.74, 0.0), (-0.74, 0.0)), case, 0.12)
    f.detail(shape((-0.5, -0.12), (0.5, -0.12), (0.54, -0.06), (-0.54, -0.06)), dark(case, 0.4))
    f.traits["words"] = 0.3
    return f


@thing("mouse")
def mouse(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, palette("f4f1ea 5c6470 d1495b"))
    f.add(np.vstack([arc(0, 0, 0.6, 0.5, 180, 360)]), hue, 0.2)
    return f.detail(limb((0.2, -0.42, 0.08), (0.34, -0.34, 0.08)), dark(hue, 0.5))


@thing("remote")
def remote(rng: Random) -> Figure:
    f = Figure()
    f.add(box(-0.16, -1, 0.16, 0, 0.06), rgb("3d405b"), 0.2)
    f.detail([ellipse(x, y, 0.035, n=10) for x in (-0.07, 0.07) for y in (-0.6, -0.47, -0.34,
        -0.21)], rgb("b8c0cc"))
    return f.detail(ellipse(0, -0.82, 0.07), rgb("d1495b"))


@thing("keyboard")
def keyboard(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, palette("e8e4dc 5c6470 f4f1ea"))
    f.add(shape((-0.95, -0.4), (0.95, -0.4), (1.05, 0), (-1.05, 0)), hue, 0.15)
    f.detail([box(x, y, x + 0.14, y + 0.08) for y in (-0.35, -0.24, -0.13) for x in np.arange(-0.9,
        0.8, 0.18)], mix(hue, INK, 0.3) if sum(hue) > 400 else light(hue, 0.5))
    return f


@thing("cell phone")
def cell_phone(rng: Random) -> Figure:
    f = Figure()
    f.add(box(-0.26, -1, 0.26, 0, 0.07), rgb("2b2d3a"))
    f.detail(box(-0.22, -0.93, 0.22, -0.07, 0.02),
        pick(rng, palette("a8dadc f2cc8f cdb4db 81b29a")), 0.2)
    f.detail([box(x, y, x + 0.1, y + 0.1, 0.03) for x in (-0.17, -0.05, 0.07) for y in (-0.82,
        -0.66, -0.5)], WHITE, alpha=200)
    return f


@thing("microwave")
def microwave(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, palette("e8e4dc 5c6470 d1495b a8dadc"))
    f.add(box(-0.85, -1.0, 0.85, -0.03, 0.05), hue, 0.15)
    f.detail(box(-0.76, -0.88, 0.4, -0.14, 0.05), rgb("3a3d4d"))
    f.detail(shape((-0.6, -0.2), (-0.3, -0.82), (-0.1, -0.82), (-0.4, -0.2)), WHITE, alpha=40)
    f.detail(box(0.5, -0.88, 0.78, -0.7), INK)
    f.detail(letters(f"{rng.integers(1, 9)}.{rng.integers(10, 59)}", 0.64, -0.79, 0.1, 0.016),
        rgb("7be0c3"))
    f.detail([ellipse(x, y, 0.045, n=10) for x in (0.56, 0.72) for y in (-0.56, -0.4, -0.24)],
        dark(hue, 0.35))
    f.traits["words"] = 0.1
    return f


@thing("oven")
def oven(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, palette("e8e4dc c3ccd4 d1495b f2e3c6"))
    slab(f, -0.5, -0.95, 0.5, 0, 0.16, hue)
    f.detail([ellipse(x, -1.03, 0.15, 0.04) for x in (-0.22, 0.22)], INK)
    f.detail([ellipse(x, -0.85, 0.045, n=12) for x in (-0.36, -0.18, 0.18, 0.36)], dark(hue, 0.5))
    f.detail(box(-0.38, -0.62, 0.38, -0.16, 0.05), rgb("3a3d4d"), rgb("e0954f"))
    f.detail(box(-0.38, -0.72, 0.38, -0.68), rgb("7b8490"))
    return f


@thing("toaster")
def toaster(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, palette("c3ccd4 d1495b a8dadc f2cc8f"))
    f.add([box(x, -1.0, x + 0.42, -0.6, 0.1) for x in (-0.46, 0.04)], rgb("dba25d"))
    f.add(box(-0.65, -0.78, 0.65, -0.04, 0.16), light(hue, 0.15), 0.22)
    f.add(box(0.63, -0.55, 0.74, -0.45, 0.03), INK)
    return f.detail(ellipse(0.38, -0.24, 0.08), dark(hue, 0.45))


@thing("sink")
def sink(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, palette("fbfaf5 e3e8ec f2efe6"))
    f.add(limb((0, -0.7, 0.07), (0, -1.02, 0.07), (0.16, -1.08, 0.07), (0.24, -0.9, 0.06)),
        rgb("9aa5b1"))
    f.add(blob((-0.62, -0.66), (0.62, -0.66), (0.45, -0.2), (0.2, -0.08), (-0.2, -0.08),
        (-0.45, -0.2), n=4), hue, 0.16)
    f.add(ellipse(0, -0.64, 0.66, 0.13), WHITE)
    f.detail(ellipse(0, -0.62, 0.52, 0.085), rgb("c4d3da"))
    return f


@thing("refrigerator")
def refrigerator(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, palette("e8e4dc a8dadc c3ccd4 f2b5a7 b5d0b2"))
    f.add(box(-0.3, -1, 0.3, -0.02, 0.04), light(hue, 0.1), 0.15)
    f.detail([box(-0.3, -0.66, 0.3, -0.645), box(0.2, -0.58, 0.225, -0.36),
        box(0.2, -0.85, 0.225, -0.72)], dark(hue, 0.45))
    f.detail(box(-0.18, -0.88, -0.06, -0.76), CREAM)
    f.detail(box(-0.12, -0.55, 0.0, -0.45), pick(rng, CLOTHES))
    return f


@thing("book")
def book(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, PAINT)
    w = rng.uniform(0.1, 0.2)
    f.add(box(-w, -rng.uniform(0.85, 1.0), w, 0), hue, 0.12)
    f.detail([box(-w, -0.75, w, -0.7), box(-w, -0.16, w, -0.12)], light(hue, 0.6))
    f.detail([box(-w * 0.3, y, w * 0.3, y + 0.07) for y in (-0.62, -0.5, -0.38)], light(hue, 0.75))
    f.traits["words"] = 0.2
    return f


@thing("clock")
def clock(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, PAINT)
    f.add(ellipse(0, -0.5, 0.5), dark(hue, 0.15))
    f.detail(ellipse(0, -0.5, 0.42), CREAM)
    f.detail([limb((0.3 * c, -0.5 + 0.3 * s, 0.04), (0.37 * c, -0.5 + 0.37 * s, 0.04)) for c,
        s in _circle(12)], INK)
    for reach, wide in ((0.2, 0.06), (0.3, 0.04)):
        a = rng.uniform(0, 2 * np.pi)
        f.detail(limb((0, -0.5, wide), (reach * np.cos(a), -0.5 + reach * np.sin(a), wide)), INK)
    f.traits["words"] = 0.4
    return f


@thing("scissors")
def scissors(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, CLOTHES)
    f.add([limb((s * 0.14, -0.3, 0.08), (0, -0.5, 0.1), (-s * 0.1, -1.0, 0.01)) for s in (-1, 1)],
        STEEL)
    return f.add([ring(s * 0.18, -0.16, 0.16, 0.06, 18) for s in (-1, 1)], hue)


@thing("hair drier")
def hair_drier(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, CLOTHES)
    f.add(limb((0.05, -0.55, 0.2), (-0.02, -0.06, 0.17)), dark(hue, 0.25))
    f.add(limb((0.2, -0.75, 0.46), (-0.15, -0.75, 0.4), (-0.55, -0.75, 0.28)), light(hue, 0.1),
        0.18)
    f.add(box(-0.72, -0.88, -0.58, -0.62, 0.02), INK)
    return f.detail(ellipse(0.24, -0.75, 0.12), dark(hue, 0.35))


@thing("toothbrush")
def toothbrush(rng: Random) -> Figure:
    f, hue = Figure(), pick(rng, CLOTHES)
    f.add(box(-0.01, -1.0, 0.13, -0.78, 0.02), WHITE, 0.1)
    return f.add(limb((0, 0, 0.1), (0.02, -0.4, 0.07), (-0.02, -0.7, 0.05), (-0.02, -0.98, 0.07)),
        hue)

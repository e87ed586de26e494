"""Simulated natural scenes: composition, pixels and COCO annotations.

The embedded demonstration study needs pictures that look like something and whose contents are
known. A scene is composed by theme (which objects, where and how large), drawn by
`simulated_nsd.drawing` and annotated as COCO annotates photographs, so that every later step
of the study reads it as it reads the Natural Scenes Dataset.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from pycocotools import mask as coco_mask
from simulated_nsd.drawing import (
    CLOTHES,
    CREAM,
    FABRIC,
    GLASS,
    INK,
    LEAF,
    LEAVES,
    PAINT,
    STEEL,
    THINGS,
    WHITE,
    WOOD,
    Colour,
    Figure,
    Look,
    Part,
    Points,
    Random,
    arc,
    bird,
    blob,
    box,
    bumps,
    dark,
    ellipse,
    letters,
    light,
    limb,
    mix,
    paint,
    palette,  # fmt: skip
    person,
    pick,
    portrait,
    rgb,
    ring,
    shape,
    turn,
)


class Category(NamedTuple):
    """A COCO category."""

    id: int
    name: str
    supercategory: str


_NAMES = {
    "person": "1 person",
    "vehicle": "2 bicycle, 3 car, 4 motorcycle, 5 airplane, 6 bus, 7 train, 8 truck, 9 boat",
    "outdoor": "10 traffic light, 11 fire hydrant, 13 stop sign, 14 parking meter, 15 bench",
    "animal": "16 bird, 17 cat, 18 dog, 19 horse, 20 sheep, 21 cow, 22 elephant, 23 bear, "
    "24 zebra, 25 giraffe",
    "accessory": "27 backpack, 28 umbrella, 31 handbag, 32 tie, 33 suitcase",
    "sports": "34 frisbee, 35 skis, 36 snowboard, 37 sports ball, 38 kite, 39 baseball bat, "
    "40 baseball glove, 41 skateboard, 42 surfboard, 43 tennis racket",
    "kitchen": "44 bottle, 46 wine glass, 47 cup, 48 fork, 49 knife, 50 spoon, 51 bowl",
    "food": "52 banana, 53 apple, 54 sandwich, 55 orange, 56 broccoli, 57 carrot, 58 hot dog, "
    "59 pizza, 60 donut, 61 cake",
    "furniture": "62 chair, 63 couch, 64 potted plant, 65 bed, 67 dining table, 70 toilet",
    "electronic": "72 tv, 73 laptop, 74 mouse, 75 remote, 76 keyboard, 77 cell phone",
    "appliance": "78 microwave, 79 oven, 80 toaster, 81 sink, 82 refrigerator",
    "indoor": "84 book, 85 clock, 86 vase, 87 scissors, 88 teddy bear, 89 hair drier, "
    "90 toothbrush",
}

CATEGORIES: tuple[Category, ...] = tuple(
    Category(int(entry.partition(" ")[0]), entry.partition(" ")[2], group)
    for group, entries in _NAMES.items()
    for entry in entries.split(", ")
)
THEMES: tuple[str, ...] = ("food", "sport", "faces", "sky", "animals", "indoor")
CONTENTS: tuple[str, ...] = ("faces", "bodies", "animals", "places", "words", "texture", "food")

_BY_NAME = {category.name: category for category in CATEGORIES}
_SIZES = ((640, 480), (480, 640), (640, 427), (500, 375), (612, 612), (427, 640))
_SIZE_SHARES = (0.44, 0.2, 0.14, 0.08, 0.06, 0.08)
_CROWDS = 0.24  # of the scenes of a layout that has room for a crowd

# Heights in metres, for scenes that have a ground to stand on.
_METRES = {
    "person": 1.72, "bicycle": 1.05, "car": 1.5, "motorcycle": 1.15, "bus": 3.0, "train": 3.4,
    "truck": 3.1, "boat": 3.5, "traffic light": 3.3, "fire hydrant": 0.8, "stop sign": 2.5,
    "parking meter": 1.45, "bench": 0.9, "bird": 0.35, "cat": 0.42, "dog": 0.72, "horse": 1.9,
    "sheep": 0.95, "cow": 1.5, "elephant": 3.0, "bear": 1.35, "zebra": 1.6, "giraffe": 4.6,
    "backpack": 0.55, "umbrella": 1.0, "handbag": 0.4, "suitcase": 0.8, "sports ball": 0.3,
    "potted plant": 1.0, "chair": 1.0, "couch": 0.95, "bed": 1.25, "dining table": 0.95,
    "toilet": 0.95, "oven": 1.1, "refrigerator": 1.85, "teddy bear": 0.5, "skateboard": 0.14,
    "frisbee": 0.14, "baseball glove": 0.3, "vase": 0.5, "tv": 0.75, "bottle": 0.45,
}  # fmt: skip


@dataclass(frozen=True)
class Instance:
    """One annotated object: its outline in pixels of the full picture."""

    category_id: int
    polygons: list[list[float]]
    crowd: bool = False


@dataclass
class Scene:
    """A composed picture.

    Attributes
    ----------
    theme : str
        One of `THEMES`.
    width, height : int
        Pixels of the full, uncropped picture.
    instances : list of Instance
        The objects that a COCO annotator would outline, from back to front.
    content : dict of str to float
        Visual content in [0, 1], one value for each of `CONTENTS`.
    parts : list of Part
        Drawing commands in pixels of the full picture.
    """

    theme: str
    width: int
    height: int
    instances: list[Instance] = field(default_factory=list)
    content: dict[str, float] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)


def _clipped(ring: Points, width: float, height: float) -> list[float]:
    """`ring` cut to the picture (Sutherland-Hodgman), flat and rounded as COCO's polygons are."""
    low, high = ring.min(axis=0), ring.max(axis=0)
    if high[0] <= 0 or high[1] <= 0 or low[0] >= width or low[1] >= height:
        return []
    if low.min() < 0 or high[0] > width or high[1] > height:
        points: list[list[float]] = ring.tolist()
        for axis, bound, sign in ((0, 0.0, 1), (0, width, -1), (1, 0.0, 1), (1, height, -1)):
            kept: list[list[float]] = []
            for a, b in zip(points[-1:] + points[:-1], points, strict=True):
                inside_a, inside_b = sign * (a[axis] - bound) >= 0, sign * (b[axis] - bound) >= 0
                if inside_a != inside_b:
                    t = (bound - a[axis]) / (b[axis] - a[axis])
                    kept.append([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])])
                if inside_b:
                    kept.append(b)
            points = kept
            if len(points) < 3:
                return []
        ring = np.clip(np.array(points), 0, (width, height))
    flat: list[float] = np.round(ring, 2).ravel().tolist()
    return flat


class _Stage:
    """A scene while it is composed: random draws, lighting, and the objects placed so far."""

    def __init__(self, scene: Scene, rng: Random, empty: bool) -> None:
        self.scene, self.rng, self.empty = scene, rng, empty
        self.w, self.h = float(scene.width), float(scene.height)
        self.u = float(np.sqrt(self.w * self.h))  # a unit of length that suits every format
        self.scenery = Figure(parts=scene.parts)
        self.tint: Colour = CREAM
        self.strength = 0.0
        self.horizon = 0.4 * self.h
        self.metre = 0.1  # pixels per metre for every pixel below the horizon
        self.open = 0.5
        self.area = dict.fromkeys(CONTENTS, 0.0)
        self.covered = 0.0

    def chance(self, p: float) -> bool:
        """Whether something of probability `p` happens."""
        return bool(self.rng.random() < p)

    def between(self, low: float, high: float) -> float:
        """A number between `low` and `high`."""
        return float(self.rng.uniform(low, high))

    def count(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        return int(self.rng.integers(low, high + 1))

    def draw_from(self, menu: Mapping[str, float]) -> str:
        """One of the keys of `menu`, weighted by its values."""
        at = float(self.rng.random()) * sum(menu.values())
        for name, weight in menu.items():
            at -= weight
            if at < 0:
                return name
        return next(iter(menu))

    def slots(self, n: int, low: float = -0.02, high: float = 1.02) -> list[float]:
        """`n` places across the picture that do not bunch, in random order."""
        jitter = self.rng.uniform(0.12, 0.88, n)
        places: list[float] = ((low + (high - low) * (np.arange(n) + jitter) / n) * self.w).tolist()
        self.rng.shuffle(places)
        return places

    def place(
        self,
        name: str,
        x: float,
        y: float,
        size: float,
        figure: Figure | None = None,
        *,
        flip: bool = False,
        angle: float = 0,
        shadow: float = 70,
        centred: bool = False,
        haze: float = 0,
        crowd: list[Points] | None = None,
    ) -> Figure:
        """Draw and annotate an object that stands at (x, y), `size` pixels tall; return it placed.

        With `crowd`, the object joins those outlines instead of being annotated by itself.
        """
        placed = Figure()
        if self.empty:
            return placed
        figure = figure or THINGS[name](self.rng)
        x0, y0, x1, y1 = figure.bounds()
        scale = size / (figure.height or y1 - y0)
        base = ((x0 + x1) / 2, (y0 + y1) / 2 if centred else y1)
        if figure.height:
            base = (0.0, 0.0)
        turned_by = np.radians(angle)
        c, s = float(np.cos(turned_by)) * scale, float(np.sin(turned_by)) * scale
        across = -base[0] if flip else base[0]
        dx, dy = across * c - base[1] * s, across * s + base[1] * c
        wide = (x1 - x0) * scale
        if shadow and centred:
            tall = (y1 - y0) * scale
            reach = 0.62 * max(wide, tall) if angle else 0.0
            cast = ellipse(
                x + 0.05 * self.u * 0.3,
                y + 0.02 * self.u,
                reach or 0.66 * wide,
                reach or 0.66 * tall,
            )
            self.scenery.glow(cast, rgb("2a1f3d"), int(shadow))
        elif shadow:
            middle = x + (x0 + x1) / 2 * scale * (-1 if flip else 1) * (figure.height > 0)
            self.scenery.glow(
                ellipse(middle, y, 0.62 * wide, max(0.075 * wide, 4.0)),
                rgb("2a1f3d"),
                int(shadow * 1.6),
            )
        veil = max(self.strength, haze)
        placed.put(figure, x - dx, y - dy, scale, angle, flip, self.tint, veil)
        self.scene.parts.extend(placed.parts)
        if crowd is not None:
            crowd.extend(placed.outline())
        else:
            self.annotate(name, placed.outline())
        self.measure(name, placed)
        return placed

    def annotate(self, name: str, outline: list[Points], crowd: bool = False) -> None:
        """Record an instance, unless none of it is in the picture."""
        if self.empty or not outline:
            return
        every = np.concatenate(outline)
        if every.min() >= 0 and (every.max(axis=0) <= (self.w, self.h)).all():
            ends = np.cumsum([2 * len(r) for r in outline]).tolist()
            flat = np.round(every, 2).ravel().tolist()
            polygons = [flat[a:b] for a, b in zip([0, *ends[:-1]], ends, strict=True)]
        else:
            polygons = [cut for r in outline if (cut := _clipped(r, self.w, self.h))]
        if polygons:
            self.scene.instances.append(Instance(_BY_NAME[name].id, polygons, crowd))

    def measure(self, name: str, placed: Figure) -> None:
        """Add the part of `placed` that is in the picture to the visual content."""
        x0, y0, x1, y1 = placed.bounds()
        whole = max((x1 - x0) * (y1 - y0), 1e-9)
        seen = max(min(x1, self.w) - max(x0, 0), 0) * max(min(y1, self.h) - max(y0, 0), 0)
        for kind, value in placed.traits.items():
            self.area[kind] += value * seen / whole
        self.covered += 0.55 * seen
        group = {"animal": "animals", "food": "food"}.get(_BY_NAME[name].supercategory)
        if group:
            self.area[group] += 0.55 * seen

    def stand(
        self, name: str, x: float, y: float, figure: Figure | None = None, **options: Any
    ) -> Figure:
        """Put an object on the ground, at the size it has there."""
        size = _METRES[name] * self.metre * (y - self.horizon) * self.between(0.93, 1.07)
        return self.place(name, x, y, size, figure, **options)

    def someone(
        self,
        pose: str,
        x: float,
        y: float,
        flip: bool = False,
        look: Look | None = None,
        haze: float = 0,
    ) -> Figure:
        """Put a person on the ground."""
        figure = Figure() if self.empty else person(self.rng, pose, look)
        return self.stand("person", x, y, figure, flip=flip, haze=haze)

    def attach(
        self,
        name: str,
        at: Figure,
        point: str,
        size: float,
        figure: Figure | None = None,
        **options: Any,
    ) -> None:
        """Put an object at a named point of a figure, such as a hand or foot."""
        if point in at.at:
            x, y = at.at[point]
            self.place(name, x, y, size, figure, shadow=0, **options)

    # --- scenery: never annotated ---

    def sky(
        self,
        kinds: Sequence[str] = ("day", "morning", "dusk", "sunset", "grey", "evening"),
        to: float = 1.0,
    ) -> str:
        """Fill the sky, set the light of the scene and hang a sun or moon in it."""
        kind: str = pick(self.rng, kinds)
        codes, tint, strength = _SKIES[kind]
        sky = palette(codes)
        self.tint, self.strength = rgb(tint), strength
        bottom = max(self.h * to, self.horizon + 2)
        self.scenery.parts.append(Part([box(0, 0, self.w, bottom)], sky))
        x = self.between(0.12, 0.88) * self.w
        if kind != "grey" and self.chance(0.75):
            y = self.horizon * (
                self.between(0.62, 0.9) if kind in {"sunset", "dusk"} else self.between(0.18, 0.4)
            )
            r = self.u * self.between(0.04, 0.075)
            lamp = rgb("fff4d6") if kind != "sunset" else rgb("ffe3a8")
            self.scenery.glow(ellipse(x, y, 4.5 * r), lamp, 170)
            self.scenery.detail(ellipse(x, y, r), lamp)
        return kind

    def clouds(self, n: int, low: float, high: float) -> None:
        """Flat-bottomed clouds between two heights (shares of the picture's)."""
        colour = mix(WHITE, self.tint, 0.25)
        for x in self.slots(n, -0.1, 1.1) if n else ():
            y, s = self.between(low, high) * self.h, self.u * self.between(0.05, 0.12)
            puffs = [
                ellipse(x + s * k, y - s * lift, s * r, s * r)
                for k, lift, r in (
                    (-0.9, 0.12, 0.42),
                    (-0.3, 0.4, 0.6),
                    (0.4, 0.28, 0.52),
                    (1.0, 0.1, 0.36),
                )
            ]
            cut = box(x - 2 * s, y - 2 * s, x + 2 * s, y + 0.22 * s)
            self.scenery.parts.append(
                Part(
                    [*puffs, box(x - s, y - 0.1 * s, x + s, y + 0.22 * s)],
                    (light(colour, 0.5), colour),
                    225,
                    False,
                    cut,
                )
            )

    def ridge(
        self,
        y: float,
        relief: float,
        colours: tuple[Colour, ...],
        waves: float = 1.5,
        sharp: bool = False,
    ) -> Points:
        """A chain of hills (or, if `sharp`, mountains), filled down to the picture's foot."""
        xs = np.linspace(-0.02, 1.02, 40)
        phase = self.rng.uniform(0, 2 * np.pi, 3)
        line = np.sin(2 * np.pi * waves * xs + phase[0]) + 0.45 * np.sin(
            4.7 * np.pi * waves * xs + phase[1]
        )
        if sharp:
            xs = np.linspace(-0.04, 1.04, 15)
            line = np.where(np.arange(15) % 2, 1.0, -0.6) * self.rng.uniform(
                0.5, 1.3, 15
            ) + 0.3 * np.sin(6 * xs + phase[2])
        tops = np.column_stack([xs * self.w, y - relief * line])
        outline = np.vstack([tops, [[1.04 * self.w, self.h], [-0.04 * self.w, self.h]]])
        self.scenery.parts.append(Part([outline], colours, 255, False))
        return tops

    def trees(
        self,
        n: int,
        y: float,
        size: float,
        spread: float = 0.0,
        conifers: bool = False,
        snowy: bool = False,
    ) -> None:
        """Trees with their feet near `y`."""
        leaves = [mix(pick(self.rng, LEAVES), self.tint, self.strength + 0.1) for _ in range(3)]
        spots = (
            sorted((y + spread * self.between(-1, 1), x) for x in self.slots(n, -0.05, 1.05))
            if n
            else []
        )
        for foot, x in spots:
            s, hue = size * self.between(0.75, 1.25), pick(self.rng, leaves)
            self.scenery.glow(ellipse(x + 0.1 * s, foot, 0.42 * s, 0.08 * s), rgb("2a1f3d"), 100)
            self.scenery.detail(
                box(x - 0.035 * s, foot - 0.4 * s, x + 0.035 * s, foot),
                mix(rgb("7d5a44"), self.tint, self.strength),
            )
            if conifers:
                tiers = [
                    shape((x - w * s, foot - b * s), (x, foot - t * s), (x + w * s, foot - b * s))
                    for w, b, t in ((0.3, 0.12, 0.6), (0.24, 0.38, 0.82), (0.17, 0.62, 1.05))
                ]
                self.scenery.detail(tiers, dark(hue, 0.18), 0.15)
                if snowy:
                    self.scenery.detail(
                        [
                            shape(
                                (x - w * s, foot - b * s),
                                (x, foot - t * s),
                                (x + w * s, foot - b * s),
                            )
                            for w, b, t in ((0.1, 0.85, 1.05), (0.12, 0.62, 0.8), (0.14, 0.4, 0.58))
                        ],
                        rgb("f4f8fb"),
                    )
            else:
                self.scenery.detail(
                    bumps(x, foot - 0.66 * s, 0.34 * s, 0.38 * s, 8, 0.1, x), hue, 0.2
                )
                self.scenery.detail(
                    bumps(x - 0.08 * s, foot - 0.76 * s, 0.2 * s, 0.2 * s, 6, 0.12, x),
                    light(hue, 0.18),
                )

    def tufts(self, n: int, hue: Colour, low: float) -> None:
        """Grass, flowers or stones scattered over the ground, larger when nearer."""
        depth = np.sqrt(self.rng.uniform(0, 1, n)) * (self.h - low) + low
        across = self.rng.uniform(0, self.w, n)
        size = 0.004 * self.u + 0.02 * (depth - low)
        blades = [
            shape(
                (x - s, y),
                (x - 0.6 * s, y - 1.6 * s),
                (x - 0.1 * s, y - 0.4 * s),
                (x + 0.3 * s, y - 2.0 * s),
                (x + s, y),
            )
            for x, y, s in zip(across, depth, size, strict=True)
        ]
        self.scenery.detail(blades, hue, alpha=200)

    def ground(self, y: float, far: Colour, near: Colour) -> None:
        """Level ground from `y` down."""
        s = self.strength
        self.scenery.detail(
            box(0, y, self.w, self.h), mix(far, self.tint, s + 0.1), mix(near, self.tint, s)
        )


# What the sky looks like, and the light that it throws on everything (colour, strength).
_SKIES: dict[str, tuple[str, str, float]] = {
    "day": ("5fa8d3 9fd0e6 dff1f3", "e8f4f8", 0.05),
    "morning": ("8ec5d6 cfe3d8 fbe6c8", "fff0d6", 0.1),
    "dusk": ("4a5a8a a98bb0 f3b8a0 fbdcae", "b98ba6", 0.16),
    "sunset": ("5b5f97 d9798b f7a072 ffd99a", "f0936b", 0.16),
    "grey": ("a9bac6 c6d2d8 e4e8e6", "cfd8dd", 0.16),
    "evening": ("27365e 4a6491 8fa5c4 e6c3b3", "4d5d94", 0.24),
}


# --- layouts: one function per kind of picture, and their shares in each theme --------------------

# fmt: off
# Coordinates read better packed than one to a line; wrapped by hand from here on.


def _in_depth(stage: _Stage, cast: list[tuple[float, Callable[[float], Any]]]) -> None:
    """Put things on the ground from far to near, as the near ones hide the far ones."""
    for y, put in sorted(cast, key=lambda item: item[0]):
        put(y)


def _row(stage: _Stage, n: int, y: float, size: float, pose: Sequence[str],
        haze: float = 0.2) -> None:
    """A distant crowd of people: one instance."""
    outlines: list[Points] = []
    for x in stage.slots(n, 0.02, 0.98):
        if not stage.empty:
            stage.place("person", x, y + size * stage.between(-0.06, 0.06), size,
                person(stage.rng, pick(stage.rng, pose)), shadow=0, haze=haze, crowd=outlines)
    stage.annotate("person", outlines, crowd=True)


def _tabletop(stage: _Stage) -> Colour:
    """A table seen from above: boards, checks, stripes, dots or tiles. Gives its main colour."""
    w, h, rng = stage.w, stage.h, stage.rng
    a, b = (rgb(c) for c in pick(rng, (("f7efe2", "e58f7b"), ("f3f1e7", "7fa99b"),
        ("f7e9d7", "e9b872"), ("eaf0f2", "7c9cb8"), ("f6e7ea", "c98a9b"), ("354a5f", "4a637c"),
        ("efe6d8", "b7a58c"), ("f2efe6", "d1495b"))))
    kind = stage.draw_from({"check": 3, "boards": 3, "stripes": 2, "dots": 1.5, "tiles": 1.5,
        "plain": 1})
    s = stage.scenery
    s.detail(box(0, 0, w, h), a, 0.06)
    step = stage.u * stage.between(0.05, 0.1)
    xs, ys = np.arange(0, w, 2 * step), np.arange(0, h, 2 * step)
    if kind == "check":
        s.detail([box(x, 0, x + step, h) for x in xs], b, alpha=110)
        s.detail([box(0, y, w, y + step) for y in ys], b, alpha=110)
    elif kind == "boards":
        wood = pick(rng, palette("c99a6b a9764c d9b48a e8d9c0 8d6748"))
        edges = np.append(np.arange(0, h, 1.6 * step), h)
        for y0, y1 in pairwise(edges):
            s.detail(box(0, y0, w, y1), mix(wood, pick(rng, (CREAM, INK, CREAM)),
                stage.between(0, 0.12)))
        grain = [limb((x, y, 1.2), (x + stage.between(20, 120), y + 1, 1.2)) for x,
            y in zip(rng.uniform(-40, w, 45), rng.uniform(0, h, 45), strict=True)]
        s.detail([*grain, *(box(0, y - 1.2, w, y + 1.2) for y in edges[1:-1])], dark(wood, 0.3),
            alpha=120)
        a = wood
    elif kind == "stripes":
        s.detail([box(x, 0, x + 0.7 * step, h) for x in xs], b, alpha=200)
        s.detail([box(x + 1.1 * step, 0, x + 1.2 * step, h) for x in xs], b)
    elif kind == "dots":
        s.detail([ellipse(x + step * (k % 2), y, 0.28 * step, n=12) for k,
            y in enumerate(np.arange(0, h, step)) for x in xs], b)
    elif kind == "tiles":
        s.detail([turn(box(-0.62 * step, -0.62 * step, 0.62 * step, 0.62 * step), 45) - (-x, -y)
            for x in xs for y in ys], b, alpha=170)
        s.detail([ellipse(x + step, y + step, 0.2 * step, n=8) for x in xs for y in ys], b)
    if stage.chance(0.55):
        stage.annotate("dining table", [box(0, 0, w, h)])
    return a


def _plate(stage: _Stage, x: float, y: float, r: float) -> None:
    hue = pick(stage.rng, palette("fdfaf3 f4efe6 e3ecec f6e3d7 dfe6dc 3f5468"))
    s = stage.scenery
    s.glow(ellipse(x + 0.1 * r, y + 0.15 * r, 1.45 * r), rgb("2a1f3d"), 150)
    s.detail(ellipse(x, y, r, n=48), hue)
    s.detail(ring(x, y, 0.95 * r, 0.04 * r, 44), pick(stage.rng, FABRIC))
    s.detail(ellipse(x, y, 0.72 * r, n=40), dark(hue, 0.07), light(hue, 0.2))


_FOODS = {"broccoli": 5.0, "pizza": 3, "donut": 3, "sandwich": 2.5, "carrot": 3.5, "cake": 2,
    "orange": 2.5, "apple": 2, "banana": 2, "hot dog": 2}


def _top_dish(stage: _Stage, x: float, y: float, r: float, foods: Sequence[str]) -> None:
    """A plate or bowl with food on it."""
    if stage.empty:
        return
    bowl = stage.chance(0.3)
    if bowl:
        dish, hue = Figure(), pick(stage.rng, FABRIC)
        dish.add(ellipse(0, 0, 1, n=40), light(hue, 0.2)).detail(ellipse(0, 0, 0.86, n=36),
            dark(hue, 0.2), light(hue, 0.1))
        stage.place("bowl", x, y, 2 * r, dish, centred=True)
    else:
        _plate(stage, x, y, r)
    food = pick(stage.rng, foods)
    if food in {"pizza", "cake", "sandwich", "hot dog"}:
        stage.place(food, x, y, r * (1.5 if food == "pizza" else 0.62 if food == "hot dog" else
            0.95), centred=True, angle=stage.between(-15, 15), shadow=60)
    else:
        n = stage.count(2, 4) if food != "banana" else 1
        start = stage.between(0, 360)
        for k in range(n):
            a = np.radians(start + 360 * k / n)
            reach = 0.36 * r if n > 1 else 0
            size = {"carrot": 0.85, "banana": 0.7}.get(food, 0.68) * r
            stage.place(food, x + reach * np.cos(a), y + reach * np.sin(a), size, centred=True,
                angle=stage.between(-35, 35), shadow=45)
        if stage.chance(0.5) and not bowl:
            stage.scenery.detail(bumps(x + 0.1 * r, y + 0.1 * r, 0.16 * r, 0.12 * r, 7, 0.3, start),
                LEAF)


def _food_above(stage: _Stage) -> None:
    stage.open = 0.12
    _tabletop(stage)
    rng, u = stage.rng, stage.u
    stage.tint, stage.strength = pick(rng, palette("fff0d6 f4e3ee e6f0f2")), 0.05
    if stage.empty:
        stage.scenery.detail(shape((0.1 * stage.w, 0), (0.45 * stage.w, 0),
            (0.3 * stage.w, stage.h), (-0.1 * stage.w, stage.h)), WHITE, alpha=36)
        return
    foods = [stage.draw_from(_FOODS) for _ in range(stage.count(1, 3))]
    big = stage.chance(0.4)
    if big:
        spots = [(stage.between(0.4, 0.6) * stage.w, stage.between(0.42, 0.58) * stage.h,
            u * stage.between(0.3, 0.36))]
    else:
        r = u * stage.between(0.17, 0.2)
        nx, ny = max(round(stage.w / (2.45 * r)), 1), max(round(stage.h / (2.45 * r)), 1)
        spots = [((i + 0.5 + stage.between(-0.08, 0.08)) * stage.w / nx,
            (j + 0.5 + stage.between(-0.08, 0.08)) * stage.h / ny,
            r * stage.between(0.85, 1)) for j in range(ny) for i in range(nx)]
        rng.shuffle(spots)
        spots = spots[: stage.count(2, 4)] + [(x, y, -r) for x, y, r in spots[4:]]
    for x, y, r in spots:
        if r > 0:
            _top_dish(stage, x, y, r, foods)
            if stage.chance(0.45):
                for name, side in (("fork", -1), (pick(rng, ("knife", "spoon")), 1)):
                    stage.place(name, x + side * (r * 1.22), y, 1.45 * r, centred=True, shadow=40)
        elif stage.chance(0.6):
            r = -r
            if stage.chance(0.5):
                cup, hue = Figure(), pick(rng, FABRIC)
                cup.add([limb((0.7, -0.3, 0.3), (1.35, -0.5, 0.26))], hue).add(ellipse(0, 0, 1),
                    light(hue, 0.35)).detail(ellipse(0, 0, 0.8),
                    pick(rng, palette("4b2e20 a5673f c9803f")),
                    0.2).detail(ellipse(-0.2, -0.25, 0.3, 0.16, -30), WHITE, alpha=60)
                stage.place("cup", x, y, r * 0.85, cup, centred=True)
            else:
                stage.place(pick(rng, foods), x, y, r * 0.8, centred=True,
                    angle=stage.between(-40, 40), shadow=80)
    if big:
        corners = [(0.12, 0.14), (0.88, 0.14), (0.12, 0.86), (0.88, 0.86)]
        for cx, cy in corners:
            if stage.chance(0.6):
                name = stage.draw_from({**_FOODS, "cup": 0, "scissors": 0.15})
                stage.place(name, cx * stage.w, cy * stage.h, u * stage.between(0.13, 0.19),
                    centred=True, angle=stage.between(-50, 50), shadow=80)
    elif stage.chance(0.08):
        stage.place("cell phone", 0.5 * stage.w, 0.5 * stage.h, 0.2 * u, centred=True,
            angle=stage.between(-60, 60))


def _heap(stage: _Stage) -> None:
    """One kind of food fills the picture, as on a market stall."""
    stage.open = 0.08
    rng, u = stage.rng, stage.u
    hue = pick(rng, palette("8d6748 3f5f52 5c4a63 c9a26b"))
    stage.scenery.detail(box(0, 0, stage.w, stage.h), hue, dark(hue, 0.3))
    crates = np.arange(0, stage.w, 0.16 * u)
    stage.scenery.detail([box(x, 0, x + 0.012 * u, stage.h) for x in crates], dark(hue, 0.25))
    kinds = [stage.draw_from({**_FOODS, "cake": 0.3, "sandwich": 0.6,
        "pizza": 0.5}) for _ in range(stage.count(1, 3))]
    rows = stage.count(3, 4)
    outlines: list[Points] | None = [] if stage.chance(1.5 * _CROWDS) else None
    size = 1.2 * stage.h / rows
    if kinds[0] in {"hot dog", "banana"}:
        size *= 0.5
    across = max(round(stage.w / (0.95 * size)), 2)
    if outlines is None:
        across = min(across, 6)
    for j in range(rows):
        for i in range(across + 1):
            kind = kinds[(i * len(kinds)) // (across + 1)]
            x = (i + 0.5 * (j % 2)) * stage.w / across + stage.between(-0.08, 0.08) * size
            y = (j + 0.55) * stage.h / rows + stage.between(-0.06, 0.06) * size
            stage.place(kind, x, y, size * stage.between(0.9, 1.05), centred=True,
                angle=stage.between(-25, 25), shadow=90, crowd=outlines)
    if outlines:
        stage.annotate(kinds[0], outlines, crowd=True)
    if stage.chance(0.6) and not stage.empty:
        x, y = stage.between(0.25, 0.75) * stage.w, 0.82 * stage.h
        stage.scenery.detail(box(x - 0.12 * u, y - 0.06 * u, x + 0.12 * u, y + 0.06 * u, 0.012 * u),
            CREAM)
        stage.scenery.detail(letters(f"{stage.count(1, 9)}.{stage.count(10, 99)}", x, y, 0.06 * u),
            INK)
        stage.area["words"] += 0.03 * u * u


def _food_side(stage: _Stage) -> None:
    """A laid table seen from its edge."""
    rng, u, w, h = stage.rng, stage.u, stage.w, stage.h
    stage.open = 0.25
    wall, cloth = pick(rng, palette("f3d9c4 cfe0dc e9d5dd d9dcea f5e6c4 44566c")), pick(rng, FABRIC)
    stage.scenery.detail(box(0, 0, w, h), light(wall, 0.2), dark(wall, 0.05))
    stage.scenery.detail([ellipse(x, stage.between(0.05, 0.4) * h,
        u * stage.between(0.02, 0.06)) for x in stage.slots(9)], light(wall, 0.6), alpha=90)
    top = h * stage.between(0.5, 0.6)
    if stage.chance(0.3) and not stage.empty:
        stage.place("person", stage.between(0.2, 0.8) * w, top - 0.24 * u, 0.085 * u, portrait(rng),
            shadow=0)
    stage.scenery.detail(box(0, top, w, h), light(cloth, 0.55), light(cloth, 0.25))
    fan = np.linspace(-1.2, 1.2, 19)
    stage.scenery.detail([shape((w * (0.5 + 0.6 * a), top), (w * (0.5 + 0.6 * (a + 0.065)), top),
        (w * (0.5 + 1.3 * (a + 0.065)), h), (w * (0.5 + 1.3 * a), h)) for a in fan], cloth,
        alpha=110)
    rows = top + (h - top) * np.array([0, 0.1, 0.24, 0.42, 0.66, 0.95])
    stage.scenery.detail([box(0, y, w, y + 0.35 * (z - y)) for y,
        z in pairwise(rows)], cloth, alpha=90)
    if stage.chance(0.6):
        stage.annotate("dining table", [box(0, top, w, h)])
    back = {"bottle": 3.0, "vase": 1.2, "wine glass": 2, "cake": 1.5, "bowl": 1.5, "cup": 1,
        "potted plant": 0.5, "toaster": 0.25}
    sizes = {"bottle": 0.36, "vase": 0.3, "wine glass": 0.28, "cake": 0.28, "bowl": 0.14,
        "cup": 0.15, "potted plant": 0.32, "toaster": 0.2, "pizza": 0.2, "donut": 0.17,
        "sandwich": 0.2, "hot dog": 0.1, "banana": 0.12, "carrot": 0.2, "broccoli": 0.2,
        "apple": 0.14, "orange": 0.14}
    for x in stage.slots(stage.count(2, 4)):
        name = stage.draw_from(back)
        stage.place(name, x, top + stage.between(0.08, 0.16) * h, 1.25 * sizes[name] * u)
    for x in stage.slots(stage.count(3, 5)):
        y, name = (top + stage.between(0.24, 0.36) * h, stage.draw_from({**_FOODS, "cup": 1.5,
            "bowl": 1.2}))
        if not stage.empty and name not in {"cup", "bowl"}:
            stage.scenery.glow(ellipse(x, y + 0.015 * u, 0.22 * u, 0.06 * u), rgb("2a1f3d"), 120)
            stage.scenery.detail(ellipse(x, y, 0.16 * u, 0.035 * u), WHITE, dark(CREAM, 0.1))
        stage.place(name, x, y, 1.25 * sizes[name] * u, shadow=40)


def _skyline(stage: _Stage, foot: float, tall: float, hue: Colour, haze: float, lit: bool) -> None:
    """Houses side by side, with windows."""
    x, rng = -0.03 * stage.w, stage.rng
    while x < stage.w:
        wide, high = stage.u * stage.between(0.12, 0.24), tall * stage.between(0.55, 1.0)
        wall = mix(mix(hue, pick(rng, FABRIC), 0.35), stage.tint, haze)
        s = stage.scenery
        s.detail(box(x, foot - high, x + wide, foot), light(wall, 0.15), dark(wall, 0.08))
        if stage.chance(0.35):
            s.detail(shape((x - 2, foot - high), (x + wide / 2, foot - high - 0.3 * wide),
                (x + wide + 2, foot - high)), dark(wall, 0.25))
        n, step = max(int(wide / (0.05 * stage.u)), 2), 0.062 * stage.u
        panes = [box(x + (i + 0.25) * wide / n, y, x + (i + 0.75) * wide / n,
            y + 0.6 * step) for i in range(n) for y in np.arange(foot - high + 0.4 * step,
            foot - 1.6 * step, step)]
        if panes:
            on = rng.random(len(panes)) < (0.5 if lit else 0.15)
            s.detail([p for p, yes in zip(panes, on, strict=True) if not yes] or panes[:1],
                mix(dark(wall, 0.3), GLASS, 0.2))
            if on.any():
                s.detail([p for p, yes in zip(panes, on, strict=True) if yes],
                    rgb("ffe3a0") if lit else light(GLASS, 0.3))
        x += wide


def _companion(stage: _Stage, at: Figure) -> None:
    """Something that somebody out of doors carries."""
    if not at.parts or not stage.chance(0.45):
        return
    tall = at.bounds()[3] - at.bounds()[1]
    name = stage.draw_from({"handbag": 2, "backpack": 2, "umbrella": 1.2, "suitcase": 1,
        "cell phone": 1, "sports ball": 0.3})
    x, y = at.at["hand"]
    if name == "umbrella":
        stage.place(name, x, y, 0.62 * tall, shadow=0)
    elif name == "backpack":
        cx, cy = at.at["chest"]
        flip = at.at["hand"][0] < at.at["chest"][0]
        stage.place(name, cx + (0.075 if flip else -0.075) * tall, cy + 0.25 * tall, 0.24 * tall,
            shadow=0)
    elif name == "suitcase":
        stage.place(name, at.at["off"][0], at.bounds()[3], 0.4 * tall)
    else:
        stage.place(name, x, y + (0.19 * tall if name == "handbag" else 0.02 * tall),
            tall * (0.2 if name == "handbag" else 0.075), shadow=0)


def _street(stage: _Stage) -> None:
    rng, w, h, u = stage.rng, stage.w, stage.h, stage.u
    stage.open, stage.horizon = 0.45, h * stage.between(0.36, 0.46)
    kind = stage.sky(to=0.6)
    stage.clouds(stage.count(0, 3), 0.06, 0.25)
    lit = kind in {"evening", "dusk"}
    far, walk = h * 0.56, h * 0.60
    _skyline(stage, far - 6, 0.5 * h, pick(rng, palette("8fa5b8 b8a5a0 a5b0a0")), 0.5, lit)
    if stage.chance(0.6):
        _skyline(stage, far, 0.28 * h, pick(rng, palette("d98b6b e0b07a 8fae9b c98a8a")), 0.15, lit)
    stage.trees(stage.count(2, 5), far + 2, 0.2 * h)
    stage.ground(far, rgb("cfc8bd"), rgb("c4bcb2"))
    road, near = walk + 0.02 * h, h * stage.between(0.84, 0.9)
    asphalt = mix(rgb("666c7a"), stage.tint, 0.15)
    stage.scenery.detail(box(0, road, w, near), light(asphalt, 0.1), dark(asphalt, 0.12))
    middle = (road + near) / 2
    if stage.chance(0.3):
        stage.scenery.detail([shape((x, road + 4), (x + 0.04 * u, road + 4),
            (x + 0.01 * u, near - 4), (x - 0.05 * u, near - 4)) for x in np.arange(0.3 * w, 0.7 * w,
            0.085 * u)], CREAM, alpha=210)
    stage.scenery.detail([box(x, middle - 3, x + 0.1 * u, middle + 3) for x in np.arange(-0.02 * w,
        w, 0.18 * u)], rgb("f4e3b5"))
    stage.scenery.detail([box(0, road - 4, w, road), box(0, near, w, near + 6)], rgb("e6dfd3"))
    stage.scenery.detail([box(x, near + 6, x + 2, h) for x in np.arange(0, w, 0.12 * u)],
        rgb("a9a096"))
    stage.metre = 0.34
    cast: list[tuple[float, Callable[[float], Any]]] = []
    fleet = {"car": 4.5, "bus": 1, "truck": 1, "motorcycle": 1.2, "bicycle": 1.6}
    for x in stage.slots(stage.count(0, 3)):
        name = stage.draw_from(fleet)
        y = pick(rng, (road + 0.1 * h, near - 0.03 * h))

        def ride(y: float, name: str = name, x: float = x) -> None:
            flip = y < middle
            at = stage.stand(name, x, y, flip=flip)
            if name in {"bicycle", "motorcycle"} and at.parts:
                size = 1.72 * stage.metre * (y - stage.horizon)
                rider = person(rng, "ride")
                hip = rider.at["hip"]
                sx, sy = at.at["seat"]
                stage.place("person", sx - hip[0] * size * (-1 if flip else 1), sy - hip[1] * size,
                    size, rider, flip=flip, shadow=0)

        cast.append((y, ride))
    for x in stage.slots(stage.count(2, 8)):
        y = stage.between(near + 0.02 * h, h * 0.985) if stage.chance(0.6) else walk + 0.005 * h

        def walker(y: float, x: float = x) -> None:
            _companion(stage, stage.someone(pick(rng, ("walk", "walk", "stand", "run", "read")), x,
                y, stage.chance(0.5)))

        cast.append((y, walker))
    kerb = {"traffic light": 2.0, "fire hydrant": 1.0, "stop sign": 0.9, "parking meter": 0.9,
        "bench": 1.2, "potted plant": 0.5, "dog": 0.7, "bird": 0.4, "skateboard": 0.8}
    for x in stage.slots(stage.count(1, 3)):
        name, y = stage.draw_from(kerb), pick(rng, (walk + 0.004 * h, near + 0.03 * h, 0.95 * h))

        def fixture(y: float, name: str = name, x: float = x) -> None:
            if name == "skateboard":
                board = stage.stand(name, x, y)
                if board.parts:
                    stage.someone("skate", x, board.bounds()[1] + 2)
            else:
                stage.stand(name, x, y, flip=stage.chance(0.5) and name not in {"stop sign",
                    "parking meter"})

        cast.append((y, fixture))
    if stage.chance(0.6 * _CROWDS):
        cast.append((walk, lambda y: _row(stage, 14, y, 0.13 * h, ("stand", "walk"))))
    _in_depth(stage, cast)


def _court(stage: _Stage) -> None:
    """Tennis, baseball or football on a marked field, before a stand."""
    rng, w, h, u = stage.rng, stage.w, stage.h, stage.u
    game = pick(rng, ("tennis", "tennis", "baseball", "football"))
    stage.open, stage.horizon, stage.metre = 0.4, h * 0.24, 0.31
    edge = h * 0.46
    stage.sky(("day", "morning", "grey", "dusk", "sunset"), to=0.5)
    stage.trees(stage.count(4, 8), 0.3 * h, 0.2 * h)
    wall = pick(rng, palette("355070 3f6b5c 6d597a 8a4b3c 3d5a80"))
    stage.scenery.detail(box(0, 0.3 * h, w, edge), light(wall, 0.1), dark(wall, 0.1))
    if stage.chance(0.6):
        seats = [ellipse(x + 0.014 * u * (k % 2), y, 0.0115 * u, n=8) for k,
            y in enumerate(np.arange(0.315 * h, 0.40 * h, 0.026 * u)) for x in np.arange(0, w,
            0.03 * u)]
        order = rng.integers(0, 4, len(seats))
        for k, hue in enumerate(palette("e9c46a d98b6b a8c5cf f1e3d3")):
            s = [seat for seat, o in zip(seats, order, strict=True) if o == k]
            stage.scenery.detail(s, mix(hue, wall, 0.35))
    if stage.chance(0.7):
        for x in stage.slots(2):
            stage.scenery.detail(letters(pick(rng,
                ("PLAY", "COAST", "OPEN", "SKATE", "FALCON")), x, 0.435 * h,
                0.045 * h), mix(CREAM, wall, 0.15))
        stage.area["words"] += 0.02 * u * u
    turf = (pick(rng, palette("5fa08a c9764f 6c9a5b 4f81a8")) if game == "tennis" else pick(rng,
        palette("7fae5a 6a9f58 93b765")))
    stage.ground(edge, light(turf, 0.12), dark(turf, 0.06))
    if game == "tennis":
        stage.scenery.detail([limb((0, y, 3), (w, y, 4)) for y in (0.54 * h,
            0.92 * h)] + [limb((x0 * w, 0.54 * h, 3), (x1 * w, h, 6)) for x0,
            x1 in ((0.15, -0.05), (0.5, 0.5), (0.85, 1.05))], CREAM, alpha=220)
        stage.scenery.detail([limb((x, 0.50 * h, 1), (x, 0.59 * h, 1)) for x in np.arange(0, w,
            0.022 * u)] + [limb((0, y, 1), (w, y, 1)) for y in (0.53 * h, 0.56 * h)], WHITE,
            alpha=110)
        stage.scenery.detail(box(0, 0.495 * h, w, 0.508 * h), CREAM)
    else:
        bands = np.linspace(edge, h, 8) + np.array([0, -9, -14, -15, -13, -9, -4, 0])
        stage.scenery.detail([box(0, a, w, b) for a,
            b in zip(bands[::2], bands[1::2], strict=True)], light(turf, 0.14), alpha=130)
        if game == "baseball":
            stage.scenery.detail(ellipse(0.5 * w, 0.9 * h, 0.5 * w, 0.17 * h, n=50),
                mix(rgb("c98f5f"), stage.tint, 0.1))
            stage.scenery.detail(shape((0.47 * w, 0.9 * h), (0.53 * w, 0.9 * h),
                (0.54 * w, 0.92 * h), (0.5 * w, 0.935 * h), (0.46 * w, 0.92 * h)), WHITE)
        else:
            stage.scenery.detail([limb((0, 0.56 * h, 3), (w, 0.56 * h, 3)),
                ring(0, 0, 0.3 * u, 0.012 * u, 50) * (1, 0.3) + (0.5 * w, 0.76 * h)], CREAM,
                alpha=220)
            stage.scenery.detail([box(0.36 * w, 0.36 * h, 0.365 * w, 0.5 * h),
                box(0.635 * w, 0.36 * h, 0.64 * w, 0.5 * h), box(0.36 * w, 0.36 * h, 0.64 * w,
                0.368 * h)], WHITE)
    if stage.chance(1.4 * _CROWDS):
        _row(stage, 16, 0.45 * h, 0.12 * h, ("stand", "reach"), 0.15)
    n = stage.count(1, 2) if game == "tennis" else stage.count(3, 6)
    poses = {"tennis": ("swing", "serve", "run"), "baseball": ("bat", "run", "reach", "stand"),
        "football": ("kick", "run", "walk", "reach")}[game]
    looks = [Look.any(rng) for _ in range(n)]
    for k, (x, y) in enumerate(sorted(zip(stage.slots(n, 0.1, 0.9), rng.uniform(0.72, 0.97, n) * h,
            strict=True), key=lambda p: p[1])):
        flip, pose = x > 0.5 * w, pick(rng, poses) if k else poses[0]
        at = stage.someone(pose, x, y, flip, looks[k])
        if not at.parts:
            continue
        tall = 0.31 * 1.72 * (y - stage.horizon)
        side = -1 if flip else 1
        if game == "tennis":
            stage.attach("tennis racket", at, "hand", 0.4 * tall,
                angle=side * (30 if pose == "serve" else 60), flip=flip)
        elif pose == "bat":
            stage.attach("baseball bat", at, "hand", 0.5 * tall, angle=side * -35)
        elif game == "baseball" and stage.chance(0.7):
            stage.attach("baseball glove", at, "off", 0.13 * tall)
        if stage.chance(0.75):
            hx, hy = at.at["hand"] if game == "tennis" else at.at["foot"]
            d = stage.between(0.35, 0.7) * tall * side
            stage.place("sports ball", hx + d, hy - (0.45 * tall if game == "tennis" else 0.02),
                (0.07 if game != "football" else 0.14) * tall, shadow=0 if game == "tennis" else 60)
        if stage.chance(0.3):
            cx, cy = at.at["chest"]
            stage.scenery.detail(letters(str(stage.count(1, 99)), cx, cy + 0.15 * tall,
                0.07 * tall), WHITE)
            stage.area["words"] += 0.004 * u * u
    for x in stage.slots(stage.count(0, 2), 0, 1):
        stage.stand(stage.draw_from({"bench": 2, "bottle": 1, "backpack": 1}), x,
            0.6 * h)


def _park(stage: _Stage) -> None:
    """A park or skate park with people at play."""
    rng, w, h, u = stage.rng, stage.w, stage.h, stage.u
    stage.open, stage.horizon, stage.metre = 0.5, h * 0.33, 0.32
    stage.sky(to=0.6)
    stage.clouds(stage.count(1, 4), 0.06, 0.28)
    stage.ridge(0.44 * h, 0.03 * h, (mix(rgb("7fa98a"), stage.tint, 0.35),))
    skate = stage.chance(0.45)
    if skate:
        _skyline(stage, 0.52 * h, 0.2 * h, rgb("a5a0b0"), 0.35, False)
    stage.trees(stage.count(4, 8), 0.53 * h, 0.28 * h, 0.01 * h)
    floor = (pick(rng, palette("b9b4ad a9aebb c9b9a5")) if skate else pick(rng,
        palette("8fbf6a 7fae5a a3c46e")))
    stage.ground(0.52 * h, light(floor, 0.1), dark(floor, 0.06))
    if skate:
        ramp = blob((0.55 * w, 0.74 * h), (0.72 * w, 0.72 * h), (0.88 * w, 0.6 * h),
            (1.05 * w, 0.47 * h), (1.2 * w, 0.5 * h), (1.2 * w, 0.8 * h), (0.8 * w, 0.78 * h))
        stage.scenery.detail(ramp, dark(floor, 0.12), 0.2)
        for x in stage.slots(3, 0, 0.6):
            stage.scenery.detail(bumps(x, 0.5 * h, 0.07 * u, 0.03 * u, 7, 0.3, x),
                pick(rng, CLOTHES), alpha=190)
        stage.area["words"] += 0.01 * u * u
    else:
        path = shape((0.42 * w, 0.52 * h), (0.47 * w, 0.52 * h), (0.75 * w, h), (0.3 * w, h))
        stage.scenery.detail(path, mix(rgb("e8d3b0"), stage.tint, 0.1), 0.06)
        stage.tufts(40, dark(floor, 0.12), 0.58 * h)
    cast: list[tuple[float, Callable[[float], Any]]] = []
    acts = {"skateboard": 3.0 if skate else 0.5, "frisbee": 0.4 if skate else 2.0, "sports ball": 1,
        "bicycle": 1, "walk": 2, "dog": 1.2, "bench": 0.8, "kite": 0.3}
    for x in stage.slots(stage.count(3, 6)):
        act = stage.draw_from(acts)

        def show(y: float, act: str = act, x: float = x) -> None:
            flip, tall = x > 0.5 * w, 1.72 * stage.metre * (y - stage.horizon)
            side = -1 if flip else 1
            if act == "skateboard":
                lift = stage.between(0, 0.12) * tall
                board = stage.stand(act, x, y - lift, angle=-side * lift / tall * 160)
                if board.parts:
                    stage.someone("skate", x, y - lift - 0.05 * tall, flip)
            elif act in {"frisbee", "sports ball", "kite"}:
                stage.someone(pick(rng, ("reach", "run")), x, y, flip)
                stage.place(act, x + side * stage.between(0.5, 0.9) * tall,
                    y - stage.between(0.7, 1.1) * tall, tall * (0.4 if act == "kite" else 0.12),
                    shadow=0)
            elif act == "dog":
                stage.stand("dog", x, y, flip=flip)
                stage.someone("walk", x - side * 0.7 * tall, y, flip)
            elif act == "walk":
                _companion(stage, stage.someone(pick(rng, ("walk", "run", "stand")), x, y, flip))
            elif act == "bicycle":
                stage.stand(act, x, y, flip=flip)
            else:
                at = stage.stand("bench", x, y)
                if at.parts and stage.chance(0.6):
                    stage.place("person", x, y, tall, person(rng, "sit"), flip=flip, shadow=0)

        cast.append((stage.between(0.66, 0.97) * h, show))
    _in_depth(stage, cast)


def _piste(stage: _Stage) -> None:
    h = stage.h
    stage.open, stage.horizon, stage.metre = 0.6, h * 0.2, 0.24
    stage.sky(("day", "day", "morning", "dusk", "grey"), to=0.7)
    snow = mix(rgb("f4f8fb"), stage.tint, 0.12)
    stage.ridge(0.36 * h, 0.12 * h, (light(rgb("8fa5c0"), 0.5), mix(rgb("8fa5c0"), snow, 0.3)),
        sharp=True)
    stage.ridge(0.46 * h, 0.05 * h, (mix(rgb("b9cde0"), snow, 0.3), snow))
    stage.trees(stage.count(4, 9), 0.52 * h, 0.2 * h, 0.03 * h, True, True)
    stage.ridge(0.56 * h, 0.03 * h, (snow, rgb("d5e3ef")), 0.6)
    stage.scenery.detail([limb((x, 0.6 * h, 2), (x + stage.between(-60, 60), 0.8 * h, 3),
        (x + stage.between(-120, 120), h, 5)) for x in stage.slots(5)], rgb("bdd0e2"), alpha=150)
    stage.trees(stage.count(0, 2), 0.7 * h, 0.32 * h, 0.05 * h, True, True)
    for y, x in sorted((stage.between(0.66, 0.97) * h, x) for x in stage.slots(stage.count(1, 4))):
        flip = stage.chance(0.5)
        tall = 1.72 * stage.metre * (y - stage.horizon)
        board = stage.chance(0.4)
        tilt = (-1 if flip else 1) * stage.between(0, 14)
        kit = stage.place("snowboard" if board else "skis", x, y, tall * (0.09 if board else 0.1),
            flip=flip, angle=tilt)
        if not kit.parts:
            continue
        at = stage.someone("skate" if board else "ski", x, y - 0.03 * tall, flip)
        if not board and at.parts:
            hx, hy = at.at["hand"]
            stage.scenery.detail(limb((hx, hy - 0.03 * tall, 0.012 * tall),
                (hx - (-0.25 if flip else 0.25) * tall, y, 0.01 * tall)), INK)


def _surf(stage: _Stage) -> None:
    rng, w, h = stage.rng, stage.w, stage.h
    stage.open, stage.horizon, stage.metre = 0.65, h * 0.34, 0.22
    stage.sky(("day", "morning", "sunset", "dusk"), to=0.4)
    stage.clouds(stage.count(1, 4), 0.05, 0.26)
    sea = mix(pick(rng, palette("3f8fa8 4aa3a2 4f7fb0")), stage.tint, stage.strength)
    stage.scenery.detail(box(0, 0.34 * h, w, h), light(sea, 0.35), dark(sea, 0.12))
    for k, y in enumerate(np.linspace(0.46, 0.8, stage.count(2, 3)) * h):
        tops = stage.ridge(y, 0.03 * h * (k + 1) / 2, (light(sea, 0.42 - 0.1 * k),
            dark(sea, 0.08 * k)), 0.8)
        stage.scenery.detail(limb(*[(x, t, 4 + 5 * k + 3 * (i % 3)) for i,
            (x, t) in enumerate(tops[::2])], n=4), WHITE, alpha=225)
    if stage.chance(0.5):
        stage.scenery.detail(blob((-0.1 * w, 0.93 * h), (0.3 * w, 0.88 * h), (0.7 * w, 0.93 * h),
            (1.1 * w, 0.87 * h), (1.1 * w, 1.1 * h), (-0.1 * w, 1.1 * h)),
            mix(rgb("f0d9ae"), stage.tint, 0.15), 0.08)
        for x in stage.slots(stage.count(0, 3)):
            name = stage.draw_from({"umbrella": 1.5, "person": 2, "sports ball": 1, "chair": 0.7,
                "bird": 0.7, "dog": 0.5})
            if name == "person":
                stage.someone(pick(rng, ("walk", "run", "stand")), x, 0.95 * h, stage.chance(0.5))
            else:
                stage.place(name, x, 0.96 * h, h * {"umbrella": 0.24, "sports ball": 0.06,
                    "chair": 0.12, "bird": 0.06, "dog": 0.11}[name])
    for y, x in sorted((stage.between(0.55, 0.84) * h, x) for x in stage.slots(stage.count(1, 3),
            0.05, 0.95)):
        flip, tall = stage.chance(0.5), 0.38 * (y - 0.3 * h) + 0.08 * h
        board = stage.place("surfboard", x, y, 0.12 * tall, flip=flip, angle=stage.between(-8, 8),
            shadow=40)
        if board.parts:
            stage.place("person", x, y - 0.07 * tall, tall, person(rng, "skate"), flip=flip,
                shadow=0)
            stage.scenery.detail([ellipse(x + d * tall, y + 0.02 * tall, 0.14 * tall,
                0.03 * tall) for d in (-0.5, -0.3, 0.4)], WHITE, alpha=190)


def _portraits(stage: _Stage) -> None:
    rng, w, h, u = stage.rng, stage.w, stage.h, stage.u
    stage.open = 0.1
    a, b = (rgb(c) for c in pick(rng, (("f6cdb5", "e58f7b"), ("bfe0dc", "6aa5a0"),
        ("f9e3b4", "e9a75f"), ("d9d0ea", "8f82b8"), ("cfe0ea", "6b93b5"), ("f3d3db", "c07f95"),
        ("46587a", "27304f"), ("cfd9b8", "7f9b6a"))))
    s, kind = stage.scenery, pick(rng, ("rays", "bokeh", "room", "hills", "arch"))
    s.detail(box(0, 0, w, h), a, b)
    if kind == "bokeh":
        spots = [ellipse(x, stage.between(0, 0.8) * h, u * stage.between(0.03,
            0.1)) for x in stage.slots(14)]
        s.detail(spots[:7], light(a, 0.5), alpha=60).detail(spots[7:], light(b, 0.5), alpha=70)
    elif kind == "rays":
        turns = np.linspace(0, 360, 19)
        s.detail([np.vstack([[0.5 * w, 0.5 * h], arc(0.5 * w, 0.5 * h, w + h, w + h, t, t + 10,
            3)]) for t in turns], light(a, 0.4), alpha=60)
    elif kind == "arch":
        s.detail(ellipse(0.5 * w, 0.52 * h, 0.44 * u, n=60), light(a, 0.35), mix(a, b, 0.5))
    elif kind == "hills":
        stage.horizon = 0.4 * h
        stage.sky(to=1)
        stage.clouds(3, 0.08, 0.3)
        stage.ridge(0.55 * h, 0.05 * h, (mix(rgb("7fa98a"), stage.tint, 0.3),))
        stage.ridge(0.7 * h, 0.03 * h, (mix(rgb("5b9152"), stage.tint, 0.15),))
    else:
        stage.open = 0.25
        s.detail([box(x, 0, x + 0.05 * u, h) for x in np.arange(0, w, 0.12 * u)], light(a, 0.25),
            alpha=70)
        if stage.chance(0.6):
            x = pick(rng, (0.16, 0.84)) * w
            s.detail(box(x - 0.12 * u, 0.1 * h, x + 0.12 * u, 0.42 * h),
                WHITE).detail(box(x - 0.1 * u, 0.1 * h + 0.02 * u, x + 0.1 * u,
                0.42 * h - 0.02 * u), pick(rng, FABRIC), CREAM)
        for x in stage.slots(stage.count(0, 2), 0.05, 0.95):
            stage.place(stage.draw_from({"potted plant": 1, "vase": 0.5, "clock": 0.6,
                "book": 0.6}), x, stage.between(0.35, 0.75) * h, 0.2 * u, shadow=0)
    if stage.empty:
        return
    stage.strength = min(stage.strength, 0.06)
    n = int(rng.choice(4, p=(0.28, 0.34, 0.23, 0.15))) + 1
    size = (u * {1: stage.between(0.17, 0.26), 2: 0.145, 3: 0.115,
        4: 0.098}[n] * stage.between(0.92, 1.08))
    gap = (w + (0.35 if n == 1 else 0.1) * size) / n
    xs = [(k + 0.5) * w / n + stage.between(-0.06, 0.06) * gap for k in range(n)]
    for k in rng.permutation(n) if n > 1 else [0]:
        x, y = xs[int(k)], h * stage.between(0.4, 0.48) + (0.1 * h if n > 2 and k % 2 else 0)
        figure = portrait(rng)
        tilt = stage.between(-6, 6)
        at = stage.place("person", x, y, size, figure, angle=tilt, shadow=0, flip=stage.chance(0.5))
        stage.area["bodies"] += 2 * size * size
        nx, ny = at.at["neck"]
        if stage.chance(0.2):
            stage.place("tie", nx, ny + 2.3 * size, 2.4 * size, shadow=0)
        for _ in range(stage.count(0, 1 + (n == 1))):
            name = stage.draw_from({"cell phone": 2.5, "wine glass": 2, "cup": 1.5,
                "toothbrush": 1.2, "hair drier": 1, "umbrella": 1.2, "handbag": 1.2, "donut": 0.6,
                "pizza": 0.4, "apple": 0.4, "teddy bear": 0.8, "cat": 0.4, "dog": 0.3, "book": 0.6,
                "backpack": 0.6, "banana": 0.3, "remote": 0.4, "frisbee": 0.2, "tennis racket": 0.3,
                "baseball bat": 0.2, "scissors": 0.4, "bottle": 0.6})
            side = pick(rng, (-1, 1))
            grip = (x + side * 1.45 * size, y + 1.75 * size)
            tall = {"umbrella": 4.4, "handbag": 2.2, "teddy bear": 2.6, "cat": 2.2, "dog": 2.6,
                "backpack": 2.6, "tennis racket": 3, "baseball bat": 3, "book": 1.8, "donut": 1.2,
                "apple": 1.0, "banana": 0.9, "frisbee": 0.8, "cup": 1.2, "pizza": 1.8,
                "hair drier": 1.8, "toothbrush": 1.7, "cell phone": 1.7, "remote": 1.5}.get(name,
                2.0) * size
            low = {"umbrella": 0.6, "handbag": 2.4, "teddy bear": 2.4, "cat": 2.2, "dog": 2.4,
                "backpack": 2.4}.get(name, 0.3) * size
            if name == "umbrella":
                stage.place(name, grip[0] - side * 0.4 * size, grip[1] + low, tall, shadow=0,
                    angle=side * 6)
            else:
                stage.place(name, *(grip[0], grip[1] + low), tall, shadow=0,
                    angle=side * stage.between(4, 16) if name not in {"cat", "dog", "teddy bear",
                    "handbag", "backpack"} else 0, flip=side > 0)
            if name not in {"handbag", "cat", "dog", "teddy bear", "backpack"}:
                skin = _skin_of(figure)
                hand = (Figure().add(limb((0.1, 2.4, 0.75), (0.0, 0.9, 0.6), (0, 0.1, 0.5)),
                    _sleeve_of(figure)).add(blob((-0.3, 0.1), (-0.34, -0.25), (0, -0.42),
                    (0.34, -0.25), (0.3, 0.1), (0, 0.24)), skin).detail([limb((-0.3, v, 0.05),
                    (0.1, v, 0.04)) for v in (-0.22, -0.06, 0.08)], dark(skin, 0.2)))
                made = Figure()
                made.put(hand, grip[0], grip[1] + 0.15 * size, size, flip=side < 0)
                stage.scene.parts.extend(made.parts)


def _skin_of(figure: Figure) -> Colour:
    """The colour of somebody's face, for a hand that is drawn later."""
    return max((p for p in figure.parts if p.solid), key=lambda p: len(p.rings[0]) == 60).fill[0]


def _sleeve_of(figure: Figure) -> Colour:
    """The colour of somebody's shirt."""
    return figure.parts[0].fill[0]


def _shore(stage: _Stage) -> None:
    rng, w, h, u = stage.rng, stage.w, stage.h, stage.u
    stage.horizon = h * stage.between(0.5, 0.64)
    stage.open = 0.5 + 0.75 * stage.horizon / h
    kind = stage.sky(to=0.7)
    stage.clouds(stage.count(2, 6), 0.08, 0.42)
    if stage.chance(0.6):
        stage.ridge(stage.horizon - 0.02 * h, 0.03 * h, (mix(rgb("6b86a8"), stage.tint, 0.45),),
            1.2)
    sea = mix(pick(rng, palette("3f8fa8 4f7fb0 4aa3a2")), palette(_SKIES[kind][0])[1], 0.45)
    y0 = stage.horizon
    stage.scenery.detail(box(0, y0, w, h), light(sea, 0.35), dark(sea, 0.15))
    t = stage.rng.uniform(0, 1, 42) ** 1.6
    stage.scenery.detail([ellipse(x, y0 + 4 + q * (h - y0), (0.01 + 0.05 * q) * u,
        (0.0012 + 0.003 * q) * u, n=10) for x, q in zip(rng.uniform(0, w, 42), t, strict=True)],
        light(sea, 0.55), alpha=150)
    for y, x in sorted((y0 + stage.between(0.03, 0.3) * (h - y0) * 1.6,
            x) for x in stage.slots(stage.count(1, 4))):
        size = u * (0.05 + 0.32 * (y - y0) / h)
        stage.scenery.detail([ellipse(x, y + 0.12 * size * k, (0.4 - 0.1 * k) * size,
            0.03 * size) for k in range(3)], dark(sea, 0.3), alpha=110)
        stage.place("boat", x, y, size, flip=stage.chance(0.5), shadow=0,
            haze=0.25 * (1 - (y - y0) / (h - y0)))
    _aloft(stage, {"bird": 5, "airplane": 1.2, "kite": 1})
    if stage.chance(0.45):
        sand = mix(rgb("efd8ae"), stage.tint, 0.2)
        stage.scenery.detail(blob((-0.1 * w, 0.9 * h), (0.3 * w, 0.86 * h), (0.7 * w, 0.92 * h),
            (1.1 * w, 0.85 * h), (1.1 * w, 1.1 * h), (-0.1 * w, 1.1 * h)), sand, 0.08)
        for x in stage.slots(stage.count(0, 3), 0.05, 0.95):
            if stage.chance(0.7):
                stage.place("person", x, 0.95 * h, 0.12 * h,
                    Figure() if stage.empty else person(rng, pick(rng, ("walk", "stand", "run"))),
                    flip=stage.chance(0.5))
            else:
                stage.place("bench", x, 0.95 * h, 0.06 * h) if stage.chance(0.5) else stage.place(
                    "umbrella", x, 0.96 * h, 0.15 * h
                )


def _aloft(stage: _Stage, menu: Mapping[str, float]) -> None:
    """A few things in the sky; birds come in flights."""
    name = stage.draw_from(menu)
    low, high = 0.1 * stage.h, max(0.8 * stage.horizon, 0.2 * stage.h)
    if name == "bird":
        x, y = stage.between(0.15, 0.7) * stage.w, stage.between(low, high)
        for _ in range(stage.count(1, 5)):
            stage.place("bird", x + stage.between(-0.2, 0.25) * stage.w,
                y + stage.between(-0.09, 0.09) * stage.h, stage.u * stage.between(0.035, 0.075),
                bird(stage.rng, True), shadow=0, flip=stage.chance(0.3))
    elif name == "airplane":
        for x in stage.slots(1 + stage.chance(0.2), 0.15, 0.85):
            size = stage.u * stage.between(0.09, 0.19)
            y, flip = stage.between(low + 0.05 * stage.h, high), stage.chance(0.5)
            if stage.chance(0.5) and not stage.empty:
                side = 1 if flip else -1
                stage.scenery.detail(limb((x, y, 0.1 * size), (x - -side * 3 * size, y + 0.7 * size,
                    0.35 * size)), WHITE, alpha=90)
            stage.place("airplane", x, y, size, shadow=0, flip=flip,
                angle=(10 if flip else -10) + stage.between(-6, 6))
    else:
        for x in stage.slots(stage.count(1, 5), 0.05, 0.95):
            stage.place("kite", x, stage.between(low, high), stage.u * stage.between(0.1, 0.22),
                shadow=0, angle=stage.between(-25, 25))


def _hills(stage: _Stage) -> None:
    """Hills or mountains under a large sky, with a railway, a road or kites."""
    rng, w, h, u = stage.rng, stage.w, stage.h, stage.u
    stage.horizon = h * stage.between(0.5, 0.62)
    stage.open = 0.5 + 0.75 * stage.horizon / h
    stage.sky(to=0.85)
    stage.clouds(stage.count(2, 6), 0.08, 0.4)
    y0 = stage.horizon
    if stage.chance(0.55):
        rock = mix(pick(rng, palette("7f8fb0 8f86a8 7a98a8")), stage.tint, 0.3)
        stage.ridge(y0 - 0.1 * h, 0.13 * h, (light(rock, 0.65), rock, rock), sharp=True)
    green = pick(rng, palette("7fae6a a3b565 6f9f7c c2b05f"))
    for k in range(3):
        stage.ridge(y0 + (0.02 + 0.07 * k) * h, 0.035 * h, (mix(green, stage.tint, 0.45 - 0.15 * k),
            mix(dark(green, 0.06), stage.tint, 0.3 - 0.1 * k)), 0.8 + 0.3 * k)
        if stage.chance(0.6):
            stage.trees(stage.count(2, 6), y0 + (0.05 + 0.07 * k) * h, (0.05 + 0.03 * k) * h,
                0.02 * h, stage.chance(0.5))
    act = stage.draw_from({"train": 2.0, "kites": 2, "planes": 2, "road": 0.8})
    if act == "train":
        y = y0 + 0.24 * h
        stage.scenery.detail([box(x, y, x + 0.025 * u, h) for x in np.arange(0, w, 0.11 * u)],
            mix(rgb("b8a08c"), stage.tint, 0.2))
        stage.scenery.detail(box(0, y, w, y + 0.03 * h), mix(rgb("cbb49e"), stage.tint, 0.2))
        stage.place("train", stage.between(0.2, 0.8) * w, y + 1, u * stage.between(0.07, 0.1),
            shadow=0, flip=stage.chance(0.5))
    stage.ridge(y0 + 0.32 * h, 0.02 * h, (mix(green, stage.tint, 0.05), dark(green, 0.15)), 0.7)
    if stage.chance(0.4):
        stage.scenery.detail([limb((x * w, y0 + 0.37 * h, 2),
            ((0.5 + (x - 0.5) * 1.6) * w, h, 7)) for x in np.linspace(-0.1, 1.1, 14)],
            dark(green, 0.12), alpha=90)
    stage.tufts(26, dark(green, 0.2), y0 + 0.36 * h)
    if act == "road":
        for x in stage.slots(stage.count(1, 2)):
            stage.place(stage.draw_from({"car": 2, "truck": 1, "bus": 0.6}), x, y0 + 0.345 * h,
                0.06 * h, flip=stage.chance(0.5))
    elif act == "kites" and not stage.empty:
        for x in stage.slots(stage.count(1, 3), 0.08, 0.92):
            at = stage.place("person", x, h * stage.between(0.93, 0.98), 0.13 * h,
                person(rng, "reach"), flip=stage.chance(0.5))
            kx, ky = x + stage.between(-0.2, 0.2) * w, stage.between(0.12, 0.4) * h
            hx, hy = at.at["hand"]
            stage.scenery.detail(limb((hx, hy, 1.3), ((hx + kx) / 2 + 12, (hy + ky) / 2 + 14, 1.3),
                (kx, ky, 1.3)), WHITE, alpha=170)
            stage.place("kite", kx, ky, u * stage.between(0.12, 0.2), shadow=0,
                angle=stage.between(-20, 20))
    _aloft(stage, {"airplane": 3.0 if act == "planes" else 0.5, "bird": 2.5,
        "kite": 1.5 if act == "kites" else 0.3})
    if stage.chance(0.2):
        stage.place(stage.draw_from({"horse": 1, "cow": 1, "sheep": 1, "bench": 1}),
            stage.between(0.1, 0.9) * w, 0.95 * h, 0.1 * h, flip=stage.chance(0.5))


def _animals(stage: _Stage) -> None:
    rng, w, h, u = stage.rng, stage.w, stage.h, stage.u
    place = stage.draw_from({"savanna": 3.0, "meadow": 3.5, "snow": 1, "forest": 1.2,
        "garden": 1.4})
    stage.open, stage.horizon = 0.5, h * stage.between(0.36, 0.46)
    stage.sky(to=0.7)
    stage.clouds(stage.count(1, 4), 0.06, 0.28)
    y0 = stage.horizon
    land = {"savanna": "d9b566 cfa75a e0c079", "meadow": "8fbf6a 7fae5a a3c46e",
        "snow": "eef4f8 e3edf5", "forest": "7f9f5f 8aa86a", "garden": "93c072 a3c46e"}[place]
    ground = pick(rng, palette(land))
    stage.ridge(y0 - 0.01 * h, 0.035 * h, (mix(dark(ground, 0.2), stage.tint, 0.5),), 1.2,
        place == "snow")
    stage.ridge(y0 + 0.04 * h, 0.02 * h, (mix(dark(ground, 0.15), stage.tint, 0.25),), 0.8)
    if place == "savanna":
        for x in stage.slots(stage.count(1, 3)):
            s = u * stage.between(0.12, 0.22)
            y = y0 + 0.1 * h
            stage.scenery.detail([limb((x, y, 0.09 * s), (x + 0.03 * s, y - 0.5 * s, 0.06 * s),
                (x - 0.3 * s, y - 0.9 * s, 0.03 * s)), limb((x + 0.02 * s, y - 0.4 * s, 0.05 * s),
                (x + 0.3 * s, y - 0.85 * s, 0.03 * s))], mix(rgb("6b4a35"), stage.tint, 0.15))
            stage.scenery.detail([bumps(x + d * s, y - e * s, r * s, 0.13 * s, 9, 0.12, d) for d, e,
                r in ((-0.3, 0.92, 0.42), (0.3, 0.9, 0.4), (0, 1.05, 0.45))],
                mix(rgb("71894a"), stage.tint, 0.15), 0.2)
    else:
        stage.trees(stage.count(3, 9 if place == "forest" else 6), y0 + 0.09 * h,
            h * (0.36 if place == "forest" else 0.17), 0.02 * h, place in {"snow", "forest"},
            place == "snow")
    stage.ground(y0 + 0.08 * h, light(ground, 0.08), dark(ground, 0.08))
    if (place == "savanna" and stage.chance(0.3)) or (place == "forest" and stage.chance(0.4)):
        stage.scenery.detail(ellipse(stage.between(0.3, 0.7) * w, y0 + 0.2 * h, 0.32 * w, 0.05 * h,
            n=40), mix(rgb("8fc0d0"), stage.tint, 0.2), rgb("6ba3b8"))
    if place == "meadow" and stage.chance(0.5):
        fence = y0 + 0.13 * h
        stage.scenery.detail([box(0, fence + d, w, fence + d + 4) for d in (-0.05 * h,
            -0.025 * h)] + [box(x, fence - 0.07 * h, x + 7, fence + 4) for x in np.arange(0, w,
            0.13 * u)], mix(rgb("d9c3a3"), stage.tint, 0.15))
    stage.tufts(60, dark(ground, 0.16) if place != "snow" else rgb("cddbe8"), y0 + 0.12 * h)
    if place in {"meadow", "garden"}:
        hue = pick(rng, palette("fffdf8 f2cc5d e5989b d1495b b58ac0"))
        stage.scenery.detail([ellipse(x, y0 + (0.14 + 0.5 * q) * h, (0.004 + 0.008 * q) * u,
            n=8) for x, q in zip(rng.uniform(0, w, 45), rng.uniform(0, 1, 45) ** 0.7, strict=True)],
            hue)
    herd = {"savanna": {"elephant": 2.4, "zebra": 2.4, "giraffe": 2.6, "bird": 0.5},
        "meadow": {"sheep": 2, "cow": 2.4, "horse": 2.2, "dog": 0.5, "bird": 0.5},
        "snow": {"bear": 2, "dog": 1.5, "bird": 0.8, "horse": 0.6},
        "forest": {"bear": 2.4, "bird": 1, "horse": 0.8, "elephant": 0.5},
        "garden": {"cat": 2.6, "dog": 2.6, "bird": 1.6}}[place]
    main = stage.draw_from(herd)
    near = stage.chance(0.45)
    n = stage.count(1, 3) if near else stage.count(3, 9)
    if main == "sheep" and stage.chance(_CROWDS * 2):
        flock: list[Points] = []
        for x in stage.slots(14, 0.05, 0.95):
            stage.place("sheep", x, y0 + stage.between(0.13, 0.2) * h, 0.07 * h, crowd=flock,
                flip=stage.chance(0.5))
        stage.annotate("sheep", flock, crowd=True)
    relative = {"bird": 0.34, "cat": 0.62, "dog": 0.8, "sheep": 0.8, "cow": 0.95, "horse": 1.2,
        "zebra": 1.1, "elephant": 1.35, "bear": 1.0, "giraffe": 1.9, "person": 1.0}
    scale = stage.between(0.62, 0.78) if near else stage.between(0.36, 0.52)
    ys = np.sort(rng.uniform(0.55 if not near else 0.8, 0.97, n))
    for x, q in zip(stage.slots(n, 0.02, 0.98), ys, strict=True):
        name = main if stage.chance(0.75) else stage.draw_from({**herd, "person": 2.0})
        y = q * h
        size = u * scale * relative[name] * 0.62 * (y - y0) / (h - y0) * (1.0 if near else 1.1)
        if name == "giraffe":
            size = min(size, 0.85 * y)
        who = person(rng, pick(rng, ("walk", "stand", "reach"))) if name == "person" else None
        stage.place(name, x, y, size, who, flip=stage.chance(0.5))
    if place == "garden":
        for x in stage.slots(stage.count(0, 3)):
            name = stage.draw_from({"bench": 1, "potted plant": 1.5, "frisbee": 1, "sports ball": 1,
                "chair": 0.7, "bowl": 0.8, "umbrella": 0.5, "bicycle": 0.6})
            stage.place(name, x, stage.between(0.62, 0.95) * h,
                u * {"frisbee": 0.04, "sports ball": 0.08, "bowl": 0.06, "bench": 0.13,
                "umbrella": 0.3}.get(name, 0.18))
    if stage.chance(0.2):
        _aloft(stage, {"bird": 1.0})


_ROOMS: dict[str, tuple[dict[str, float], dict[str, float], dict[str, float]]] = {
    # Along the wall, on the floor in front, on top of furniture.
    "living": (
        {"couch": 3.0, "tv": 1.6, "potted plant": 1.6, "chair": 1},
        {"dining table": 1.5, "chair": 1.6, "cat": 0.5, "dog": 0.5, "teddy bear": 0.5,
         "potted plant": 0.8, "suitcase": 0.2, "backpack": 0.2},
        {"vase": 1.5, "book": 1.5, "laptop": 1, "remote": 1.2, "mouse": 0.2, "donut": 0.1,
         "pizza": 0.1, "sandwich": 0.1, "cup": 1, "bowl": 0.7, "clock": 0.2},
    ),
    "bedroom": (
        {"bed": 4.0, "potted plant": 0.8, "chair": 0.7},
        {"teddy bear": 1, "suitcase": 0.9, "chair": 1, "cat": 0.6, "handbag": 0.3},
        {"book": 1.5, "clock": 1.2, "cell phone": 0.6, "vase": 0.8, "laptop": 0.6},
    ),
    "kitchen": (
        {"refrigerator": 2.5, "oven": 2.5, "sink": 1.8, "chair": 0.4},
        {"dining table": 2.5, "chair": 2, "cat": 0.3},
        {"microwave": 2, "toaster": 1.2, "bottle": 1.4, "bowl": 1.4, "cup": 1.4, "knife": 0.5,
         "spoon": 0.5, "wine glass": 0.6, "apple": 0.4, "banana": 0.4, "orange": 0.4,
         "broccoli": 0.6, "carrot": 0.5, "cake": 0.2, "vase": 0.4, "fork": 0.4},
    ),
    "bathroom": (
        {"toilet": 3.5, "sink": 3.5, "potted plant": 0.7},
        {"chair": 0.4, "cat": 0.3, "potted plant": 0.5},
        {"toothbrush": 1.6, "bottle": 1.4, "cup": 1.2, "hair drier": 1.0, "vase": 0.5,
         "scissors": 0.4},
    ),
    "office": (
        {"dining table": 5.0, "potted plant": 1, "couch": 0.5},
        {"chair": 2.5, "dining table": 1, "suitcase": 0.2, "backpack": 0.6, "dog": 0.3},
        {"laptop": 2.5, "keyboard": 2.2, "mouse": 2.0, "tv": 1.2, "book": 1.5, "cup": 1,
         "scissors": 0.6, "cell phone": 0.9, "clock": 0.3},
    ),
}
_ON_TOP = {"vase": 0.3, "book": 0.19, "laptop": 0.19, "remote": 0.12, "cup": 0.1, "bowl": 0.09,
    "clock": 0.16, "cell phone": 0.12, "microwave": 0.22, "toaster": 0.16, "bottle": 0.22,
    "knife": 0.13, "spoon": 0.13, "fork": 0.13, "wine glass": 0.17, "broccoli": 0.12,
    "carrot": 0.12, "cake": 0.16, "apple": 0.08, "banana": 0.07, "orange": 0.08, "toothbrush": 0.14,
    "hair drier": 0.15, "scissors": 0.13, "keyboard": 0.06, "mouse": 0.05, "donut": 0.1,
    "pizza": 0.14, "sandwich": 0.12, "tv": 0.34}


def _room(stage: _Stage) -> None:
    rng, w, h, u = stage.rng, stage.w, stage.h, stage.u
    stage.open = 0.75
    room = stage.draw_from({"living": 3, "bedroom": 1.7, "kitchen": 2.2, "bathroom": 1.4,
        "office": 1.6})
    along, before, top = _ROOMS[room]
    s = stage.scenery
    wall = pick(rng, palette("f2d8c2 cfe0d8 d8dceb efe3c8 e8cfd2 b9ccd6 dfe5d0 5f7a86 f6efe4"))
    foot = h * stage.between(0.46, 0.54)
    stage.tint, stage.strength = pick(rng, palette("ffeccf f3e6ee e3eef2")), 0.07
    s.detail(box(0, 0, w, foot), light(wall, 0.15), dark(wall, 0.06))
    paper = stage.draw_from({"plain": 2, "stripes": 1,
        "tiles": 3.0 if room in {"kitchen", "bathroom"} else 0, "dots": 0.7, "panel": 1})
    if paper == "stripes":
        s.detail([box(x, 0, x + 0.03 * u, foot) for x in np.arange(0, w, 0.07 * u)],
            light(wall, 0.4), alpha=110)
    elif paper == "tiles":
        s.detail([box(0, y, w, y + 2) for y in np.arange(0.2 * h, foot, 0.045 * u)] + [box(x,
            0.2 * h, x + 2, foot) for x in np.arange(0, w, 0.07 * u)], WHITE, alpha=150)
    elif paper == "dots":
        s.detail([ellipse(x + 0.03 * u * (k % 2), y, 0.006 * u, n=8) for k,
            y in enumerate(np.arange(0.03 * h, foot, 0.06 * u)) for x in np.arange(0, w, 0.06 * u)],
            light(wall, 0.6))
    elif paper == "panel":
        s.detail(box(0, 0.32 * h, w, foot), light(wall, 0.45), light(wall, 0.3))
    floor = (pick(rng, palette("c99a6b a9764c d9b48a b8a58f 8a929e")) if room not in {"bathroom",
        "kitchen"} else pick(rng, palette("d5d9da c9c2b5 9fb0b5 e3d5c0")))
    s.detail(box(0, foot, w, h), dark(floor, 0.08), light(floor, 0.12))
    rays = np.linspace(-1.4, 2.4, 24)
    s.detail([limb((w * (0.5 + (r - 0.5) * 0.55), foot, 1.5), (w * r, h, 3)) for r in rays],
        dark(floor, 0.18), alpha=130)
    if room in {"bathroom", "kitchen"}:
        s.detail([box(0, foot + (h - foot) * q, w, foot + (h - foot) * q + 2.5) for q in (0.08, 0.2,
            0.36, 0.58, 0.86)], dark(floor, 0.18), alpha=130)
    s.detail(box(0, foot - 0.02 * h, w, foot), light(wall, 0.6))
    # A window with a view, pictures, a lamp: rooms have them whether or not anything is annotated.
    taken = []
    for x in stage.slots(stage.count(1, 3), 0.02, 0.98):
        kind = stage.draw_from({"window": 2, "picture": 2, "shelf": 1.2, "clock": 0.7})
        if kind == "window":
            ww, y0, y1 = u * stage.between(0.1, 0.16), 0.05 * h, 0.34 * h
            pane = box(x - ww, y0, x + ww, y1)
            sky = palette(_SKIES[pick(rng, ("day", "morning", "dusk", "evening"))][0])
            s.detail(box(x - ww - 8, y0 - 8, x + ww + 8, y1 + 8), WHITE).detail(pane, sky[0],
                sky[-1])
            s.detail(blob((x - 1.3 * ww, y1 + 20), (x - 0.6 * ww, 0.27 * h),
                (x + 0.2 * ww, 0.3 * h), (x + 1.1 * ww, 0.25 * h), (x + 1.4 * ww, y1 + 20)),
                pick(rng, LEAVES), clip=pane)
            s.detail([box(x - 3, y0, x + 3, y1), box(x - ww, 0.2 * h, x + ww, 0.2 * h + 5)], WHITE)
            cloth = light(pick(rng, FABRIC), 0.25)
            s.detail([shape((x - ww - 26, y0 - 14), (x - 0.72 * ww, y0 - 14),
                (x - 1.02 * ww, y1 + 24), (x - ww - 28, y1 + 24)),
                shape((x + ww + 26, y0 - 14), (x + 0.72 * ww, y0 - 14), (x + 1.02 * ww, y1 + 24),
                (x + ww + 28, y1 + 24))], cloth, 0.12)
            s.detail(shape((x - ww, foot), (x + ww, foot), (x + 2.2 * ww, h), (x - 0.6 * ww, h)),
                rgb("fff3d6"), alpha=38)
        elif kind == "picture":
            ww, y = u * stage.between(0.05, 0.1), stage.between(0.14, 0.24) * h
            frame = box(x - ww, y - ww, x + ww, y + 0.9 * ww)
            s.detail(frame - (-3, -5), INK, alpha=50).detail(frame, pick(rng, (WHITE, WOOD, INK)))
            inner = box(x - 0.82 * ww, y - 0.82 * ww, x + 0.82 * ww, y + 0.72 * ww)
            s.detail(inner, light(pick(rng, FABRIC), 0.5), CREAM).detail([ellipse(x + 0.3 * ww,
                y - 0.3 * ww, 0.25 * ww)], pick(rng, CLOTHES), clip=inner)
            s.detail([blob((x - ww, y + ww), (x - 0.4 * ww, y), (x + 0.2 * ww, y + 0.4 * ww),
                (x + ww, y + 0.1 * ww), (x + ww, y + ww))], pick(rng, FABRIC), clip=inner)
        elif kind == "clock":
            stage.place("clock", x, 0.24 * h, 0.13 * u, shadow=50, centred=True)
        else:
            ww, y = 0.12 * u, stage.between(0.22, 0.3) * h
            s.detail(box(x - ww, y, x + ww, y + 7), mix(WOOD, wall, 0.2))
            for bx in np.arange(x - 0.8 * ww, x + 0.7 * ww, 0.036 * u):
                if stage.chance(0.6):
                    stage.place("book", bx, y, 0.1 * u, shadow=0)
            if stage.chance(0.4):
                stage.place(pick(rng, ("vase", "potted plant")), x + 0.8 * ww, y, 0.11 * u,
                    shadow=0)
        taken.append(x)
    if stage.chance(0.4):
        x, hue = stage.between(0.15, 0.85) * w, pick(rng, PAINT)
        s.detail(box(x - 1.5, 0, x + 1.5, 0.1 * h), INK).glow(ellipse(x, 0.19 * h, 0.3 * u),
            rgb("fff0c4"), 120)
        s.detail(shape((x - 0.03 * u, 0.09 * h), (x + 0.03 * u, 0.09 * h), (x + 0.09 * u, 0.16 * h),
            (x - 0.09 * u, 0.16 * h)), hue, 0.15).detail(ellipse(x, 0.162 * h, 0.04 * u, 0.02 * u),
            rgb("fff4cf"))
    if stage.chance(0.6) and room != "bathroom":
        rug, cx, cy = pick(rng, FABRIC), stage.between(0.35, 0.65) * w, 0.84 * h
        for k, hue in enumerate((rug, light(rug, 0.55), light(rug, 0.15))):
            s.detail(ellipse(cx, cy, (0.4 - 0.045 * k) * w, (0.11 - 0.02 * k) * h, n=50), hue)
    if stage.empty:
        return
    tops: list[tuple[float, float, float]] = []
    level = foot + 0.1 * h
    metre = 0.27 * h * stage.between(0.92, 1.08)
    counter = room in {"kitchen", "bathroom"}
    if counter:
        hue, cy = pick(rng, FABRIC), level - 0.9 * metre
        s.detail(box(0, cy, w, level), light(hue, 0.3), hue).detail([box(x, cy + 0.1 * metre,
            x + 0.48 * metre, level - 0.08 * metre) for x in np.arange(-0.1 * w, w, 0.55 * metre)],
            light(hue, 0.42), light(hue, 0.2))
        s.detail([box(x + 0.2 * metre, cy + 0.17 * metre, x + 0.3 * metre,
            cy + 0.2 * metre) for x in np.arange(-0.1 * w, w, 0.55 * metre)], STEEL)
        s.detail(shape((0, cy - 0.17 * metre), (w, cy - 0.17 * metre), (w, cy), (0, cy)),
            CREAM).detail(box(0, cy, w, cy + 0.05 * metre), dark(CREAM, 0.15))
    n = stage.count(2, 3)
    seen: set[str] = set()
    spaces = sorted(stage.slots(n, 0.0, 1.0))
    for x in spaces:
        name = stage.draw_from({k: v for k, v in along.items() if k not in seen} or along)
        seen.add(name)
        size = _METRES.get(name, 0.5) * metre
        y = level + 0.02 * h
        if name == "tv":
            s.detail(box(x - 0.75 * metre, y - 0.45 * metre, x + 0.75 * metre, y, 4), WOOD, 0.2)
            y -= 0.45 * metre
        elif name == "sink":
            size, y = 0.5 * metre, level - 0.62 * metre
            if room == "bathroom":
                s.detail(ellipse(x, 0.22 * h, 0.09 * u, 0.11 * u),
                    WHITE).detail(ellipse(x, 0.22 * h, 0.08 * u, 0.1 * u), light(GLASS, 0.5), GLASS)
        at = stage.place(name, x, y, size, flip=stage.chance(0.5))
        if name == "dining table" and at.parts:
            tops += [(*at.at[k], 1) for k in ("left", "mid", "right")]
    if counter:
        free = [x for x in np.linspace(0.06, 0.94, 6) * w if
            all(abs(x - sx) > 0.42 * metre for sx in spaces)]
        tops += [(x, level - 0.98 * metre, 1) for x in free]
    for y, x in sorted((stage.between(0.76, 0.97) * h, x) for x in stage.slots(stage.count(1, 3),
            -0.02, 1.02)):
        name = stage.draw_from(before)
        at = stage.place(name, x, y, _METRES[name] * metre * (0.75 + 0.5 * (y - foot) / h + 0.15),
            flip=stage.chance(0.5))
        if name == "dining table" and at.parts:
            _on_tops(stage, [(*at.at[k], 1.15) for k in ("left", "mid", "right")], top, metre)
    _on_tops(stage, tops, top, metre)
    if stage.chance(0.5):
        x, y = stage.between(0.08, 0.92) * w, stage.between(0.8, 0.95) * h
        stage.place("person", x, y, 1.72 * metre, person(rng,
            pick(rng, ("stand", "walk", "read", "reach"))), flip=stage.chance(0.5))


def _on_tops(stage: _Stage, tops: Sequence[tuple[float, float, float]], menu: Mapping[str, float],
        metre: float) -> None:
    for x, y, grow in tops:
        if stage.chance(0.75):
            name = stage.draw_from(menu)
            stage.place(name, x, y + 0.03 * metre, 1.7 * _ON_TOP[name] * metre * grow, shadow=45)


_LAYOUTS: dict[str, tuple[tuple[Callable[[_Stage], None], float],
    ...]] = {"food": ((_food_above, 5), (_food_side, 2.5), (_heap, 1.5)),
    "sport": ((_street, 4.5), (_court, 3), (_park, 2.5), (_piste, 1.2), (_surf, 1.3)),
    "faces": ((_portraits, 1),), "sky": ((_shore, 4), (_hills, 5)), "animals": ((_animals, 1),),
    "indoor": ((_room, 1),)}


# fmt: on


# --- public functions ------------------------------------------------------------------


def compose(theme: str, rng: Random, empty: bool = False) -> Scene:
    """A scene of a theme.

    Parameters
    ----------
    theme : str
        One of `THEMES`.
    rng : numpy.random.Generator
        The only source of randomness: the same state gives the same scene.
    empty : bool
        Scenery only, without a single object that COCO has a category for.

    Returns
    -------
    Scene
    """
    width, height = _SIZES[int(rng.choice(len(_SIZES), p=_SIZE_SHARES))]
    scene = Scene(theme, width, height)
    stage = _Stage(scene, rng, empty)
    layouts = _LAYOUTS[theme]
    shares = np.cumsum([share for _, share in layouts])
    layouts[int(np.searchsorted(shares, rng.random() * shares[-1], "right"))][0](stage)
    if not empty and not scene.instances:
        stage.place("person", 0.5 * stage.w, 0.95 * stage.h, 0.3 * stage.h, person(rng, "stand"))
    scene.content = _content(stage)
    return scene


def _content(stage: _Stage) -> dict[str, float]:
    """Visual content from the areas that were put into the picture, each saturating at 1."""
    area = {kind: value / (stage.w * stage.h) for kind, value in stage.area.items()}
    rings = [r for part in stage.scene.parts if not part.glow for r in part.rings]
    points = np.concatenate(rings)
    inside = np.asarray(np.all((points >= 0) & (points <= (stage.w, stage.h)), axis=1))[:-1]
    steps = np.abs(np.diff(points, axis=0)).sum(axis=1)
    steps[np.cumsum([len(r) for r in rings])[:-1] - 1] = 0
    edges = float(steps[inside].sum()) / (stage.w + stage.h)
    full = {
        "faces": 1 - np.exp(-9 * area["faces"]),
        "bodies": 1 - np.exp(-9 * area["bodies"]),
        "animals": 1 - np.exp(-6 * area["animals"]),
        "places": stage.open * (1 - 0.6 * min(stage.covered / (stage.w * stage.h), 1.0)),
        "words": 1 - np.exp(-40 * area["words"]),
        "texture": 1 - np.exp(-edges / 60),
        "food": 1 - np.exp(-5 * area["food"]),
    }
    return {kind: round(float(np.clip(full[kind], 0, 1)), 4) for kind in CONTENTS}


def draw(
    scene: Scene, crop: tuple[float, float, float, float] = (0, 0, 0, 0), size: int = 425
) -> npt.NDArray[np.uint8]:
    """The pixels of a scene.

    Parameters
    ----------
    scene : Scene
    crop : tuple of float
        NSD's ``cropBox``: the shares cut off at the top, bottom, left and right.
    size : int
        Pixels a side of the result.

    Returns
    -------
    ndarray of shape (size, size, 3), uint8
    """
    top, bottom, left, right = crop
    wide, high = (1 - left - right) * scene.width, (1 - top - bottom) * scene.height
    return paint(scene.parts, left * scene.width, top * scene.height, wide, high, size)


def _outline(polygons: list[list[float]], height: int, width: int) -> list[list[float]]:
    """An instance's polygons as an annotator would leave them.

    Figures are drawn from many overlapping parts. Those that add next to nothing to larger ones are
    left out, and so are vertices closer to the previous one than an annotator would place them.
    """
    runs = coco_mask.frPyObjects(polygons, height, width)
    # One by one: pycocotools 2.0.11 gets the areas of more than 255 at once wrong.
    sizes = np.array([int(coco_mask.area(run)) for run in runs])
    outline: list[list[float]] = []
    union, covered = None, 0
    for index in np.argsort(-sizes, kind="stable"):
        joined = runs[index] if union is None else coco_mask.merge([union, runs[index]])
        area = int(coco_mask.area(joined))
        if area > 1.03 * covered:
            union, covered = joined, area
            outline.append(_thinned(polygons[index]))
    return outline


def _thinned(polygon: list[float], apart: float = 3.0) -> list[float]:
    """A polygon without the vertices closer than `apart` pixels to the previous one kept."""
    kept = polygon[:2]
    for x, y in zip(polygon[2::2], polygon[3::2], strict=True):
        if abs(x - kept[-2]) + abs(y - kept[-1]) >= apart:
            kept += [x, y]
    return kept if len(kept) >= 6 else polygon


def annotations(scene: Scene, image_id: int, first_id: int) -> list[dict[str, Any]]:
    """COCO's annotations of a scene, in the order in which it was composed.

    Parameters
    ----------
    scene : Scene
    image_id : int
        COCO's id of the picture.
    first_id : int
        Id of the first annotation; the others follow.

    Returns
    -------
    list of dict
        COCO instances: polygons, or an uncompressed run-length encoding for a crowd.
    """
    listed: list[dict[str, Any]] = []
    for instance in scene.instances:
        outline = _outline(instance.polygons, scene.height, scene.width)
        if not outline:
            continue
        encoded = coco_mask.merge(coco_mask.frPyObjects(outline, scene.height, scene.width))
        area = float(coco_mask.area(encoded))
        if area == 0:
            continue
        segmentation: Any = outline
        if instance.crowd:
            # COCO's runs go down the columns and start with the background.
            pixels = coco_mask.decode(encoded).ravel(order="F")
            edges = np.flatnonzero(np.diff(pixels)) + 1
            runs = np.diff(np.concatenate([[0], edges, [pixels.size]])).tolist()
            counts = [0, *runs] if pixels[0] else runs
            segmentation = {"counts": counts, "size": [scene.height, scene.width]}
        listed.append(
            {
                "segmentation": segmentation,
                "area": area,
                "iscrowd": int(instance.crowd),
                "image_id": image_id,
                "bbox": [float(v) for v in coco_mask.toBbox(encoded)],
                "category_id": instance.category_id,
                "id": first_id + len(listed),
            }
        )
    return listed

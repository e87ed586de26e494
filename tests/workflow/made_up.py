"""A made-up study of NSD's size, as the page takes it: nothing was measured or photographed."""

from base64 import b64encode
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from PIL import Image
from response_clusters.figures.families import FAMILIES, USUAL_REGIONS
from response_clusters.records import checked_record
from response_clusters.report.page import Contents, Picture

SUBJECTS = [f"subj{s:02d}" for s in range(1, 9)]
COHORTS = [*SUBJECTS, "pooled"]
K_MAX = 20
CHOSEN = 6
LISTED = 10
OWN, POOLED_ONLY, POOLED_SHARED = 925, 700, 300
"""Distinct images of each subject's clusters, and of the pooled ones: 8,100 in all."""

HOSTILE = "</script><img src=x onerror=alert(1)>"
"""A label and a category of the first image of pooled cluster 1 at the chosen k."""

NOTE = "Made up: neither responses nor photographs"
REGIONS = [
    {"region": region, "family": name}
    for collection, name in FAMILIES.items()
    for region in USUAL_REGIONS[collection].split()
]
CATEGORIES = """person bicycle car bus train boat bench bird cat dog horse sheep cow elephant zebra
giraffe umbrella handbag skis snowboard kite surfboard bottle cup bowl banana sandwich orange
broccoli carrot pizza donut cake chair couch bed toilet laptop clock vase"""
SIZES = (112, 96, 80, 64)
SUMMARY = {
    "study": "made-up",
    "sentences": ["Nothing was measured.", "Nothing was chosen.", "Nothing was claimed."],
    "warnings": [],
    "note": NOTE,
}
PROVENANCE = {
    "study": "made-up",
    "config": {},
    "software": {"python": "3", "packages": {}, "commit": None, "clean": None},
    "machine": {"system": "none", "architecture": "none", "processors": None},
    "inputs": [],
    "seeds": {"seed": 0, "derivation": "None was derived."},
    "rules": [],
    "note": NOTE,
}

Numbers = npt.NDArray[np.int64]


def records(seed: int = 0) -> dict[str, dict[str, Any]]:
    """What each cohort's ``explorer.json`` holds."""
    rng = np.random.default_rng(seed)
    labels = _labels(rng)
    own = np.array_split(np.arange(len(SUBJECTS) * OWN), len(SUBJECTS))
    shared = rng.choice(len(SUBJECTS) * OWN, POOLED_SHARED, replace=False)
    pooled = np.concatenate([shared, len(SUBJECTS) * OWN + np.arange(POOLED_ONLY)])
    return {
        cohort: _record(rng, cohort, images, labels)
        for cohort, images in zip(COHORTS, (*own, pooled), strict=True)
    }


def contents(seed: int = 0) -> Contents:
    """All that the page is made of, the pooled cohort first; every record as its schema has it."""
    rng = np.random.default_rng(seed)
    study = records(seed)
    explorers = [study["pooled"], *(study[subject] for subject in SUBJECTS)]
    for record in explorers:
        checked_record(record, "explorer", record["cohort"])
    # As many bytes as the figures of a whole study have.
    claims, maps = ([_figure(rng, f"{kind}{n}") for n in range(8)] for kind in ("claims", "map"))
    return Contents(
        explorers=explorers,
        summary=checked_record(SUMMARY, "summary", "summary"),
        provenance=checked_record(PROVENANCE, "provenance", "provenance"),
        methods=[("Data", "Nothing was measured.")],
        bibliography="",
        agreement={
            k: rng.uniform(0.4, 1, k * len(SUBJECTS) * (len(SUBJECTS) - 1) // 2)
            for k in range(1, K_MAX + 1)
        },
        thumbnails=thumbnails(shown(study), seed),
        terms="The pictures are made up, and may be passed on.",
        wordclouds={(cohort, CHOSEN): _figure(rng, cohort, 400).svg for cohort in COHORTS},
        figures=claims,
        maps=maps,
        static=[_figure(rng, "still")],
    )


def _figure(rng: np.random.Generator, name: str, dots: int = 2500) -> Picture:
    """A figure of so many dots, of 60 bytes each."""
    dot = '<circle cx="{:.3f}" cy="{:.3f}" r="2.5" fill="#{:06x}" />\n'
    places = rng.uniform(0, 600, (dots, 2))
    drawn = "".join(dot.format(*place, rng.integers(0, 1 << 24)) for place in places)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="600" height="600">{drawn}</svg>'
    return Picture(name, name, f"Dots: {name}", svg.encode())


def shown(study: dict[str, dict[str, Any]]) -> set[int]:
    """The distinct images among the nearest of any cluster."""
    return {
        row["image"]
        for record in study.values()
        for fit in record["fits"]
        for cluster in fit["clusters"]
        for row in cluster["nearest"]
    }


def _labels(rng: np.random.Generator) -> list[list[str]]:
    every = len(SUBJECTS) * OWN + POOLED_ONLY
    counts = rng.integers(1, 7, every)
    return [
        [str(name) for name in rng.choice(CATEGORIES.split(), n, replace=False)] for n in counts
    ]


def _record(
    rng: np.random.Generator, cohort: str, images: Numbers, labels: list[list[str]]
) -> dict[str, Any]:
    trials = 213_000 if cohort == "pooled" else 30_000
    places = _places(rng, images)
    fits = [_fit(rng, cohort, k, trials, places, labels) for k in range(1, K_MAX + 1)]
    if cohort == "pooled":
        first = fits[CHOSEN - 1]["clusters"][0]
        first["nearest"][0]["labels"] = [HOSTILE, "dog"]
        first["categories"][0]["category"] = HOSTILE
    gained = np.round(1 - 0.5 / np.arange(1, K_MAX + 1) ** 1.2, 6)
    return {
        "cohort": cohort,
        "trials": trials,
        "unit": "z-score",
        "regions": REGIONS,
        "chosen": CHOSEN,
        "statistic": "r2_between",
        "rule": f"k = {CHOSEN} is the last before the first gain in R² below 0.01",
        "curve": [
            {
                "k": k,
                "r2_between": float(gained[k - 1]) if k > 1 else 0.0,
                "r2_explained": round(0.8 * float(gained[k - 1]), 6) if k > 1 else 0.0,
            }
            for k in range(1, K_MAX + 1)
        ],
        "counted": {"top": "100", "count": "instances"},
        "fits": fits,
        "note": NOTE,
    }


def _places(rng: np.random.Generator, images: Numbers) -> Iterator[Numbers]:
    """Ten distinct images for each cluster of each k, every image at least once."""
    dealt = [
        part
        for part in np.split(rng.permutation(images), range(LISTED, len(images), LISTED))
        if len(part) == LISTED
    ]
    left = np.setdiff1d(images, np.concatenate(dealt))
    for k in range(1, K_MAX + 1):
        for _ in range(k):
            if dealt:
                yield dealt.pop()
            else:
                drawn = rng.choice(np.setdiff1d(images, left), LISTED - len(left), replace=False)
                yield np.concatenate([left, drawn])
                left = left[:0]


def _profile(values: npt.NDArray[np.float64]) -> list[float]:
    return [float(f"{value:.6g}") for value in values]


def _fit(
    rng: np.random.Generator,
    cohort: str,
    k: int,
    trials: int,
    places: Iterator[Numbers],
    labels: list[list[str]],
) -> dict[str, Any]:
    shares = np.sort(rng.dirichlet(np.full(k, 20.0)))[::-1]
    sizes = np.maximum(1, (shares * trials).astype(int))
    sizes[0] += trials - sizes.sum()
    identities = [*rng.permutation(CHOSEN)[:k], *[None] * max(0, k - CHOSEN)]
    clusters = []
    for number, (size, known) in enumerate(zip(sizes, identities, strict=True), 1):
        mean = rng.normal(0, 0.25, len(REGIONS))
        spread = rng.uniform(0.15, 0.4, len(REGIONS))
        unit = (mean - mean.mean()) / np.linalg.norm(mean - mean.mean())
        r = np.sort(rng.uniform(0.85, 0.97, LISTED))[::-1]
        subject = rng.choice(SUBJECTS, LISTED) if cohort == "pooled" else [cohort] * LISTED
        before = sorted(rng.choice(max(k - 1, 1), min(3, k - 1), replace=False)) if k > 1 else []
        parts = rng.dirichlet(np.full(max(len(before), 1), 1.0))
        clusters.append(
            {
                "cluster": number,
                "identity": None if known is None else int(known) + 1,
                "identity_r": None if known is None else round(float(rng.uniform(0.6, 1)), 6),
                "size": int(size),
                "share": round(float(size / trials), 6),
                "place": round(float((number - 0.5) / k), 6),
                "response": {
                    "mean": _profile(mean),
                    "low": _profile(mean - spread),
                    "median": _profile(mean + 0.02),
                    "high": _profile(mean + spread),
                },
                "prototype": _profile(unit),
                "nearest": [
                    {
                        "rank": rank,
                        "subject": str(person),
                        "trial": int(rng.integers(1, 30_001)),
                        "image": int(image),
                        "coco_id": 500_000 + int(image),
                        "r": round(float(value), 6),
                        "labels": labels[image],
                    }
                    for rank, (person, image, value) in enumerate(
                        zip(subject, next(places), r, strict=True), 1
                    )
                ],
                "categories": [
                    {
                        "category": str(category),
                        "count": int(count),
                        "lift": round(float(lift), 6),
                    }
                    for category, count, lift in zip(
                        rng.choice(CATEGORIES.split(), 20, replace=False),
                        np.sort(rng.integers(1, 200, 20))[::-1],
                        np.exp(rng.normal(0.5, 1, 20)),
                        strict=True,
                    )
                ],
                "before": [
                    {
                        "cluster": int(part) + 1,
                        "trials": max(1, int(size * share)),
                        "share": round(float(share), 6),
                    }
                    for part, share in zip(before, parts, strict=False)
                ],
                "matches": [
                    {
                        "cohort": other,
                        "k": near,
                        "cluster": int(rng.integers(1, near + 1)),
                        "r": round(float(rng.uniform(0.5, 1)), 6),
                    }
                    for other, near in (
                        *((cohort, near) for near in (k - 1, k + 1) if 1 <= near <= K_MAX),
                        *((other, k) for other in COHORTS if other != cohort),
                    )
                ],
            }
        )
    return {"k": k, "clusters": clusters}


def thumbnails(images: set[int], seed: int = 0) -> pd.DataFrame:
    """A table of pictures with as many bytes as photographs: 1.75 kB on average, no two alike.

    Photographs have contrast at every scale, less at the finer ones; so have these. Each is one of
    300 such textures, moved along: their edges meet, so that no seam shows. The smaller ones, which
    the page does not need, are not moved.
    """
    rng = np.random.default_rng(seed)
    pool = [_texture(rng, rng.uniform(1.47, 1.93)) for _ in range(300)]
    names = sorted(images)
    large, *small = SIZES
    columns: dict[str, list[Any]] = {"image": names, f"webp_{large}": []}
    for number in range(len(names)):
        along = 4 * (number // len(pool))
        moved = np.roll(pool[number % len(pool)], (along, along), axis=(0, 1))
        columns[f"webp_{large}"].append(_webp(Image.fromarray(moved)))
    for size in small:
        scaled = [_webp(Image.fromarray(pixels).resize((size, size))) for pixels in pool]
        columns[f"webp_{size}"] = [scaled[number % len(pool)] for number in range(len(names))]
    return pd.DataFrame(columns)


def _texture(rng: np.random.Generator, exponent: float) -> npt.NDArray[np.uint8]:
    """Coloured noise whose amplitude falls with the `exponent`-th power of spatial frequency."""
    side = SIZES[0]
    frequency = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side))
    frequency[0, 0] = 1
    white = 0.9 * rng.standard_normal((1, side, side)) + 0.35 * rng.standard_normal((3, side, side))
    field = np.fft.irfft2(np.fft.rfft2(white) / frequency**exponent, s=(side, side))
    pixels: npt.NDArray[np.uint8] = np.clip(128 + 55 * field / field.std(), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(pixels.transpose(1, 2, 0))


def _webp(picture: Image.Image) -> str:
    file = BytesIO()
    picture.save(file, "WEBP", quality=65, method=2)
    return b64encode(file.getvalue()).decode("ascii")

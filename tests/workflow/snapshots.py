"""The small made-up dataset of docs/adapters.md, written in its own layout."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
from PIL import Image

SHAPE = (10, 12, 9)
AFFINE = np.diag([2.0, 2.0, 2.0, 1.0])
AREAS = ("V1", "EBA", "FFA", "PPA", "words")
KINDS = {"beach": "PPA", "face": "FFA", "dancer": "EBA", "sign": "words"}
"""What photographs show, and the area that answers."""
IMAGES = [f"{kind}_{number:02d}" for kind in KINDS for number in range(6)]
LENGTHS = {"ada": (60, 84, 72), "ben": (96, 60), "eva": (48, 132)}
REPEATS = 12


def write_snapshots(root: Path) -> None:
    """Everything below ``snapshots/``, and a table of averages for each person."""
    rng = np.random.default_rng(5)
    _write_pictures(root, rng)
    (root / "tables").mkdir()
    for person, lengths in LENGTHS.items():
        _write_person(root, person, lengths, rng)


def _write_pictures(root: Path, rng: np.random.Generator) -> None:
    (root / "photos").mkdir(parents=True)
    for number, image in enumerate(IMAGES):
        tint = np.array([[40, 120, 200], [220, 180, 150], [160, 60, 120], [240, 240, 90]])[
            number // 6
        ]
        pixels = np.clip(tint + rng.normal(0, 25, (64, 80, 3)), 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(root / "photos" / f"{image}.jpg")
    pictures = pd.DataFrame({"image": IMAGES, "picture": [f"{image}.jpg" for image in IMAGES]})
    pictures.to_csv(root / "photos.csv", index=False)
    words = {
        "beach": ("sea", "place"),
        "face": ("person", "people"),
        "dancer": ("person", "people"),
    }
    rows = [
        (image, *words.get(image.partition("_")[0], (None, None)), 1 + number % 3)
        for number, image in enumerate(IMAGES)
        if number % 6 < 5  # nobody looked at the last of each kind
    ]
    columns = ["image", "category", "supercategory", "instances"]
    pd.DataFrame(rows, columns=columns).to_csv(root / "labels.csv", index=False)


def _write_person(
    root: Path, person: str, lengths: tuple[int, ...], rng: np.random.Generator
) -> None:
    home = root / person
    home.mkdir()
    shown = rng.permutation(np.repeat(IMAGES, REPEATS))[: sum(lengths)]
    session = np.repeat(np.arange(1, len(lengths) + 1), lengths)
    trials = pd.DataFrame({"session": session, "trial": range(1, len(shown) + 1), "photo": shown})
    trials.to_csv(home / "trials.csv", index=False)

    labels = np.zeros(SHAPE, dtype=np.int16)
    flat = labels.reshape(-1)
    places = rng.permutation(flat.size)
    for number in range(len(AREAS)):
        flat[places[30 * number : 30 * (number + 1)]] = number + 1
    mask = np.zeros(SHAPE, dtype=np.uint8)
    mask.reshape(-1)[places[200:225]] = 1
    nib.Nifti1Image(labels, AFFINE).to_filename(home / "areas.nii.gz")
    nib.Nifti1Image(mask, AFFINE).to_filename(home / "hippocampus.nii.gz")
    names = pd.DataFrame({"index": range(1, len(AREAS) + 1), "name": AREAS})
    names.to_csv(home / "areas.csv", index=False)

    regions = [*AREAS, "hippocampus"]
    percent = rng.normal(0, 0.4, (len(shown), len(regions)))
    for row, image in enumerate(shown):
        percent[row, regions.index(KINDS[image.partition("_")[0]])] += 1.5
    averages = trials.rename(columns={"photo": "image"})
    averages.insert(3, "repeat", averages.groupby("image").cumcount())
    means = np.empty_like(percent)
    for number in np.unique(session):
        rows = np.flatnonzero(session == number)
        betas = rng.normal(0, 0.3, (*SHAPE, len(rows)))
        for column, region in enumerate(regions):
            voxels = mask == 1 if region == "hippocampus" else labels == column + 1
            betas[voxels] += percent[rows, column]
        stored = (10 * betas).astype(np.float32)  # tenths of a percent
        nib.Nifti1Image(stored, AFFINE).to_filename(home / f"session{number}_betas.nii.gz")
        stored = stored.astype(np.float64)
        z = (stored - stored.mean(axis=3, keepdims=True)) / stored.std(axis=3, keepdims=True)
        for column, region in enumerate(regions):
            voxels = mask == 1 if region == "hippocampus" else labels == column + 1
            means[rows, column] = z[voxels].mean(axis=0)
    table = pd.concat([averages, pd.DataFrame(means, columns=regions)], axis=1)
    table.to_csv(root / "tables" / f"{person}.csv", index=False)

"""Files of NSD's and COCO's true size and form, made up: what the benchmarks of the study read."""

import json
from pathlib import Path

import numpy as np

TRAIN_IMAGES, TRAIN_INSTANCES = 118_287, 860_001
"""COCO 2017's training images and their instances."""
CATEGORIES = 80
SIDE = 425
"""Pixels of an NSD picture's side."""


def polygon(rng: np.random.Generator, width: int, height: int) -> list[float]:
    """The outline of something round: 8 to 44 corners, as hand-drawn ones have."""
    corners = int(rng.integers(8, 45))
    angle = np.sort(rng.uniform(0, 2 * np.pi, corners))
    radius = min(width, height) * rng.lognormal(-2.3, 0.8) * rng.uniform(0.7, 1.0, corners)
    x = np.clip(rng.uniform(0, width) + radius * np.cos(angle), 0, width)
    y = np.clip(rng.uniform(0, height) + radius * np.sin(angle), 0, height)
    return np.column_stack([x, y]).round(2).ravel().tolist()


def crowd(rng: np.random.Generator, width: int, height: int) -> dict[str, list[int]]:
    """Run lengths that cover some of the image, column by column."""
    cuts = np.sort(rng.choice(width * height - 1, 200, replace=False)) + 1
    return {"counts": np.diff(cuts, prepend=0, append=width * height).tolist()} | {
        "size": [height, width]
    }


def write_annotations(path: Path, coco_ids: np.ndarray) -> None:
    """An instance file of COCO 2017's size: some 450 MB. `coco_ids` are among its images."""
    rng = np.random.default_rng(0)
    others = np.setdiff1d(np.arange(1, 600_000), coco_ids)[: TRAIN_IMAGES - len(coco_ids)]
    ids = np.concatenate([coco_ids, others]).tolist()
    sizes = [((640, 480), (480, 640), (640, 427), (500, 375))[i % 4] for i in ids]
    images = [
        {
            "license": 3,
            "file_name": f"{i:012d}.jpg",
            "coco_url": f"train2017/{i:012d}.jpg",
            "height": height,
            "width": width,
            "date_captured": "2013-11-14 11:18:45",
            "id": i,
        }
        for i, (width, height) in zip(ids, sizes, strict=True)
    ]
    home = np.sort(rng.integers(len(ids), size=TRAIN_INSTANCES)).tolist()
    # A quarter of all instances are persons, and most other categories are rare.
    shares = np.r_[0.3, 0.7 * (w := 1.0 / np.arange(2, CATEGORIES + 1)) / w.sum()]
    category = rng.choice(CATEGORIES, TRAIN_INSTANCES, p=shares) + 1
    with path.open("w") as file:
        file.write('{"info": {}, "licenses": [], "images": ')
        json.dump(images, file)
        file.write(', "annotations": [')
        for number, (image, named) in enumerate(zip(home, category.tolist(), strict=True)):
            width, height = sizes[image]
            whole = number % 100 != 99
            parts = 1 + (number % 10 == 0)
            shape = (
                [polygon(rng, width, height) for _ in range(parts)]
                if whole
                else crowd(rng, width, height)
            )
            entry = {
                "segmentation": shape,
                "area": 1234.5678,
                "iscrowd": int(not whole),
                "image_id": ids[image],
                "bbox": [1.23, 4.56, 78.9, 123.45],
                "category_id": named,
                "id": number + 1,
            }
            file.write((", " if number else "") + json.dumps(entry))
        names = [
            {"supercategory": f"kind {c % 12}", "id": c, "name": f"category {c}"}
            for c in range(1, CATEGORIES + 1)
        ]
        file.write(f'], "categories": {json.dumps(names)}}}')


def write_pictures(path: Path, images: int, kept: int = 150) -> None:
    """``nsd_stimuli.hdf5`` with `images` rows, of which `kept` are stored and shown in turn.

    It is read as NSD's 37 GB are, row by row, and takes 80 MB.
    """
    import h5py
    from PIL import Image

    rng = np.random.default_rng(0)
    with h5py.File(path.with_suffix(".part.hdf5"), "w") as file:
        stored = file.create_dataset("imgBrick", (kept, SIDE, SIDE, 3), "u1")
        for row in range(kept):
            # Noise of a few pixels made large: smooth patches and edges, as photographs have.
            coarse = Image.fromarray(rng.integers(0, 256, (24, 24, 3), dtype=np.uint8))
            picture = np.asarray(coarse.resize((SIDE, SIDE), Image.Resampling.BICUBIC), np.int16)
            grain = rng.integers(-12, 13, picture.shape)
            stored[row] = np.clip(picture + grain, 0, 255)
    shape = (images, SIDE, SIDE, 3)
    layout = h5py.VirtualLayout(shape, "u1")
    for first in range(0, images, kept):
        n = min(kept, images - first)
        source = h5py.VirtualSource(
            path.with_suffix(".part.hdf5").name, "imgBrick", (kept, *shape[1:])
        )
        layout[first : first + n] = source[:n]
    with h5py.File(path, "w") as file:
        file.create_virtual_dataset("imgBrick", layout)

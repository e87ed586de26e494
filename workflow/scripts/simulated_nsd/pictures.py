"""The simulated pictures, drawn and cropped to the square that is shown, in NSD's HDF5 file."""

import logging
import zlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import h5py
import pandas as pd
from response_clusters.files import replacing
from simulated_nsd.scene_table import IMAGES, compose_scene
from simulated_nsd.scenes import draw

_progress = logging.getLogger("response_clusters.progress")
SIZE = 425
LEVEL = 4


def drawn(seed: int, picture: tuple[int, tuple[float, float, float, float]]) -> bytes:
    """One picture's pixels, compressed as HDF5's gzip filter does."""
    image, crop = picture
    return zlib.compress(draw(compose_scene(seed, image), crop, SIZE).tobytes(), LEVEL)


def pictures(seed: int, crops: pd.DataFrame, workers: int) -> Iterator[tuple[int, bytes]]:
    """Every image of `crops` (columns image and the four crop sides) with its compressed pixels."""
    sides = ["crop_top", "crop_bottom", "crop_left", "crop_right"]
    wanted = [
        (int(image), tuple(crop))
        for image, crop in zip(crops["image"], crops[sides].to_numpy().tolist(), strict=True)
    ]
    with ProcessPoolExecutor(workers) as pool:
        done = pool.map(partial(drawn, seed), wanted, chunksize=16)
        yield from ((image, pixels) for (image, _), pixels in zip(wanted, done, strict=True))


def write_pictures(seed: int, crops: pd.DataFrame, path: str, workers: int) -> None:
    """Draw the pictures in `crops` (image and the four fractions) into a stimulus file."""
    with replacing(path) as draft, h5py.File(draft, "w") as file:
        brick = file.create_dataset(
            "imgBrick",
            (IMAGES, SIZE, SIZE, 3),
            "uint8",
            chunks=(1, SIZE, SIZE, 3),
            compression="gzip",
            compression_opts=LEVEL,
        )
        for n, (image, pixels) in enumerate(pictures(seed, crops, workers), 1):
            brick.id.write_direct_chunk((image, 0, 0, 0), pixels)
            if n % 100 == 0:
                _progress.info("%d of %d pictures drawn", n, len(crops))

"""Draw the simulated pictures into NSD's stimulus file, cropped to the square that is shown."""

import logging
import zlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import h5py
import pandas as pd
from response_clusters.files import replacing
from response_clusters.job import PROGRESS, job
from response_clusters.nsd_tables import read_stimuli
from response_clusters.scenes import draw
from response_clusters.simulated_scenes import IMAGES, compose_scene
from response_clusters.tables import read_table

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


if __name__ == "__main__":
    with job() as rule:
        source = rule.input
        shown = read_table(source.scenes, "simulated_scenes", ["image"])
        crops = read_stimuli(source.stimuli).merge(shown, on="image").sort_values("image")
        with (
            replacing(rule.output.pictures) as draft,
            h5py.File(draft, "w") as file,
        ):
            brick = file.create_dataset(
                "imgBrick",
                (IMAGES, SIZE, SIZE, 3),
                "uint8",
                chunks=(1, SIZE, SIZE, 3),
                compression="gzip",
                compression_opts=LEVEL,
            )
            seed = rule.params["seed"]
            for n, (image, pixels) in enumerate(pictures(seed, crops, rule.threads), 1):
                brick.id.write_direct_chunk((image, 0, 0, 0), pixels)
                if n % 100 == 0:
                    logging.getLogger(PROGRESS).info("%d of %d pictures drawn", n, len(crops))
        rule.log.info("%d pictures drawn", len(crops))

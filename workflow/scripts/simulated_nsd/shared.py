"""Files that all simulated subjects share: design, stimulus table and COCO annotations."""

import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.files import replacing
from response_clusters.sources.nsd.design import Design, presented
from response_clusters.sources.nsd.layout import PLANNED_SESSIONS, TRIALS_PER_SESSION
from response_clusters.sources.nsd.tables import STIMULUS_COLUMNS
from simulated_nsd.model import generator
from simulated_nsd.scene_table import IMAGES, compose_scene
from simulated_nsd.scenes import CATEGORIES, THEMES, annotations

SUBJECTS, OWN, SHARED, REPEATS = 8, 10000, 1000, 3
BLOCK_SESSIONS = 2
"""Sessions over which an image's three presentations are spread."""
SHARED_PER_BLOCK = 250
"""Shared images in each of the first blocks, until all thousand are used."""
MAX_COCO_ID = 581929


def make_design(seed: int) -> Design:
    """An experiment like NSD's: 30,000 trials, 10,000 images a subject, 1,000 of them shared.

    Images come in blocks, so that even a subject with two sessions sees most of its images three
    times, and half of the first blocks' images are shared: the embedded study has few sessions.
    """
    rng = generator(seed, "design")
    ids = rng.permutation(IMAGES) + 1
    shared = np.sort(ids[:SHARED])
    unshared = np.sort(ids[SHARED:].reshape(SUBJECTS, OWN - SHARED), axis=1)
    images = np.hstack([np.tile(shared, (SUBJECTS, 1)), unshared])
    pools = [rng.permutation(SHARED) + 1, rng.permutation(OWN - SHARED) + SHARED + 1]
    ordering: list[npt.NDArray[np.int64]] = []
    size = BLOCK_SESSIONS * TRIALS_PER_SESSION // REPEATS
    for _ in range(PLANNED_SESSIONS // BLOCK_SESSIONS):
        common = min(SHARED_PER_BLOCK, len(pools[0]))
        block = np.concatenate([pools[0][:common], pools[1][: size - common]])
        pools = [pools[0][common:], pools[1][size - common :]]
        ordering.append(rng.permutation(np.repeat(block, REPEATS)))
    return Design(np.concatenate(ordering), images, shared)


def shown_images(design: Design, sessions: dict[str, int]) -> npt.NDArray[np.int64]:
    """The 0-based images of every trial that is to be recorded, sorted."""
    shown = [presented(design, s)[0][: n * TRIALS_PER_SESSION] for s, n in sessions.items()]
    images: npt.NDArray[np.int64] = np.unique(np.concatenate(shown))
    return images


def square_crop(size: tuple[int, int], rng: np.random.Generator) -> tuple[float, ...]:
    """NSD's cropBox (top, bottom, left, right): the longer side is cut to a square."""
    width, height = size
    excess = abs(width - height)
    first = int(rng.choice([excess // 2, excess // 2, 0, excess]))
    cut = (first / max(width, height), (excess - first) / max(width, height))
    return (0, 0, *cut) if width >= height else (*cut, 0, 0)


def stimulus_table(design: Design, seed: int, sizes: dict[int, tuple[int, int]]) -> pd.DataFrame:
    """``nsd_stim_info_merged.csv`` as a frame with NSD's 40 named columns.

    Parameters
    ----------
    sizes : dict of (width, height)
        By image, for those that have been composed; others get a size of COCO's most common.
    """
    rng = generator(seed, "stimuli")
    shared = np.zeros(IMAGES, dtype=bool)
    shared[design.shared - 1] = True
    common = [(640, 480), (480, 640), (640, 427), (500, 375)]
    picked = rng.integers(len(common), size=IMAGES)
    table: dict[str, Any] = {
        "cocoId": np.sort(rng.choice(MAX_COCO_ID, IMAGES, replace=False) + 1),
        "cocoSplit": np.where(~shared & (rng.random(IMAGES) < 0.03), "val2017", "train2017"),
        "cropBox": [
            str(square_crop(sizes.get(image, common[picked[image]]), rng))
            for image in range(IMAGES)
        ],
        "loss": rng.beta(1.2, 6.0, IMAGES).round(6),
        "nsdId": np.arange(IMAGES),
        "flagged": rng.random(IMAGES) < 0.001,
        "BOLD5000": rng.random(IMAGES) < 0.02,
        "shared1000": shared,
    }
    for number in range(1, SUBJECTS + 1):
        image, repeat = presented(design, f"subj{number:02d}")
        seen = np.zeros((REPEATS, IMAGES), dtype=np.int64)
        seen[repeat, image] = np.arange(1, len(image) + 1)
        table[f"subject{number}"] = (seen[0] > 0).astype(int)
        for r in range(REPEATS):
            table[f"subject{number}_rep{r}"] = seen[r]
    return pd.DataFrame(table)[list(STIMULUS_COLUMNS)]


@dataclass(frozen=True)
class Composed:
    """The parts of a scene that the shared files need: all but the drawing."""

    theme: str
    width: int
    height: int
    content: dict[str, float]
    annotations: list[dict[str, Any]]


def composed(seed: int, image: int) -> Composed:
    """An image's scene; its annotations are numbered from 1 and have no COCO image id yet."""
    scene = compose_scene(seed, image)
    instances = annotations(scene, 0, 1)
    return Composed(scene.theme, scene.width, scene.height, scene.content, instances)


def instance_files(scenes: dict[int, Composed], stimuli: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """COCO's ``instances_train2017.json`` and ``instances_val2017.json``, by split."""
    header = {
        "info": {"description": "Simulated pictures in COCO's format", "version": "1.0"},
        "licenses": [{"url": "", "id": 1, "name": "Simulated"}],
    }
    categories = [
        {"supercategory": c.supercategory, "id": c.id, "name": c.name} for c in CATEGORIES
    ]
    files: dict[str, dict[str, Any]] = {
        split: {**header, "images": [], "annotations": [], "categories": categories}
        for split in ("train2017", "val2017")
    }
    ids = stimuli["cocoId"].to_numpy().tolist()
    first = 1
    for image, scene in scenes.items():
        coco, file = ids[image], files[stimuli.at[image, "cocoSplit"]]
        file["images"].append(
            {
                "license": 1,
                "file_name": f"{coco:012d}.jpg",
                "coco_url": "",
                "height": scene.height,
                "width": scene.width,
                "date_captured": "2013-11-14 00:00:00",
                "flickr_url": "",
                "id": coco,
            }
        )
        file["annotations"] += [
            {**annotation, "image_id": coco, "id": first + number}
            for number, annotation in enumerate(scene.annotations)
        ]
        first += len(scene.annotations)
    return files


def composed_scenes(seed: int, images: npt.NDArray[np.int64], workers: int) -> dict[int, Composed]:
    """The scenes of some images, composed by several processes."""
    with ProcessPoolExecutor(workers) as pool:
        scenes = pool.map(partial(composed, seed), images.tolist(), chunksize=32)
        return dict(zip(images.tolist(), scenes, strict=True))


def scene_table(scenes: dict[int, Composed]) -> pd.DataFrame:
    """The simulated_scenes table: each picture's theme and contents.

    Returns
    -------
    DataFrame
        Columns image, theme, group (the number of the theme, and of its planted group), and
        each kind of content as its deviation from the theme's mean, in standard deviations.
    """
    contents = pd.DataFrame([scene.content for scene in scenes.values()])
    themes = pd.Series([scene.theme for scene in scenes.values()])
    deviation = contents - contents.groupby(themes).transform("mean")
    spread = deviation.std(ddof=0)
    deviation = deviation / spread.where(spread > 0, 1.0)
    groups = themes.map(THEMES.index)
    return pd.concat(
        [pd.DataFrame({"image": list(scenes), "theme": themes, "group": groups}), deviation], axis=1
    )


def write_design(design: Design, path: str) -> None:
    """``nsd_expdesign.mat``, without the date that MATLAB files carry."""
    from scipy.io import savemat

    variables = {
        "masterordering": design.ordering[None, :].astype(np.float64),
        "subjectim": design.images.astype(np.float64),
        "sharedix": design.shared[None, :].astype(np.float64),
    }
    with replacing(path) as draft:
        savemat(draft, variables)
        with open(draft, "r+b") as file:
            file.write(b"MATLAB 5.0 MAT-file, simulated experimental design".ljust(116))


def write_annotations(files: dict[str, dict[str, Any]], paths: list[str]) -> None:
    """Write COCO's instance files."""
    for path, file in zip(paths, files.values(), strict=True):
        with replacing(path) as draft:
            draft.write_text(json.dumps(file, separators=(",", ":")), "utf-8")

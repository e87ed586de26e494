"""Every reader of files, with a good file, and another reader that knows nothing of the study."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import nibabel as nib
import numpy as np
import pandas as pd
import yaml
from pycocotools import mask as coco_mask
from response_clusters.images.coco import read_instances
from response_clusters.images.outlines import UNCROPPED, visible_labels
from response_clusters.images.pictures import read_pictures
from response_clusters.records import read_record, write_record
from response_clusters.sources.averages.reading import read_columns, read_numbers
from response_clusters.sources.label_names import read_names
from response_clusters.sources.nsd.betas import read_betas
from response_clusters.sources.nsd.design import Design, read_design
from response_clusters.sources.nsd.tables import check_behaviour, read_stimuli
from response_clusters.sources.regions import read_labels
from response_clusters.sources.voxels import read_voxels, write_voxels
from response_clusters.study.config import checked
from response_clusters.tables import read_table, write_table
from scipy.io import loadmat, savemat

from tests.fuzz.mutations import in_bytes, in_cells, in_header, in_stream, in_values

ROOT = Path(__file__).resolve().parents[2]
SHAPE = (4, 5, 6)
RNG = np.random.default_rng(11)
BETAS = RNG.integers(-900, 900, (*SHAPE, 8)).astype(np.int16)
LABELS = RNG.integers(-1, 4, SHAPE).astype(np.float64)
MASK = LABELS > 0
TABLE = pd.DataFrame(RNG.normal(size=(12, 4)), columns=["V1v", "EBA", "OFA", "PPA"]).assign(
    trial=range(1, 13), image=RNG.integers(0, 5, 12)
)
AFFINE = np.diag([1.8, 1.8, 1.8, 1.0])


@dataclass(frozen=True)
class Reader:
    """A kind of file: how a good one is written, read, read by others, and mutated."""

    name: str
    write: Callable[[Path], Any]
    read: Callable[[Path], Any]
    other: Callable[[Path], Any]
    mutations: list[Callable[..., bytes]] = field(default_factory=lambda: [in_bytes])


def _hdf5(chunks: Any) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with h5py.File(path, "w") as file:
            file.create_dataset("betas", data=BETAS.T, chunks=chunks)

    return write


def _betas(path: Path) -> Any:
    with h5py.File(path) as file:
        return np.array([file["betas"][:, z, y, x] for x, y, z in np.argwhere(MASK)])


def _volume(path: Path) -> Any:
    image = nib.load(path)
    return np.asanyarray(nib.as_closest_canonical(image).dataobj)


def _nifti_betas(path: Path) -> Any:
    return _volume(path)[MASK]


def _coco(path: Path) -> None:
    boxes = [[x, 2.0, x + 5, 2.0, x + 5, 9.0, x, 9.0] for x in (1.0, 8.0)]
    entries = [
        {
            "id": n,
            "image_id": 1 + n % 2,
            "category_id": 1,
            "segmentation": [b],
            "bbox": [1, 2, 5, 7],
        }
        for n, b in enumerate(boxes)
    ]
    runs = {"size": [20, 20], "counts": [50, 30, 320]}
    entries.append({"id": 7, "image_id": 2, "category_id": 2, "segmentation": runs, "iscrowd": 1})
    images = [{"id": i, "width": 20, "height": 20} for i in (1, 2)]
    categories = [{"id": i, "name": n, "supercategory": "s"} for i, n in ((1, "cat"), (2, "dog"))]
    held = {"images": images, "annotations": entries, "categories": categories}
    path.write_text(json.dumps(held))


def _labels(path: Path) -> Any:
    found = read_instances([path])
    return {
        (image, found.categories[c][0]): count
        for image, held in sorted(found.annotations.items())
        for c, (count, _) in visible_labels(held, *found.sizes[image], UNCROPPED).items()
    }


def _coco_otherwise(path: Path) -> Any:
    """Counted by Python's own JSON; outlines are only looked at, not drawn."""
    held = json.loads(path.read_text("utf-8"))
    names = {c["id"]: c["name"] for c in held["categories"]}
    counts: dict[tuple[int, str], int] = {}
    for entry in {json.dumps(e): e for e in held["annotations"]}.values():
        if not entry.get("segmentation") and not entry.get("bbox"):
            continue  # it is nowhere in its image
        key = (entry["image_id"], names[entry["category_id"]])
        size = next((i["height"], i["width"]) for i in held["images"] if i["id"] == key[0])
        outline = entry.get("segmentation") or [[0, 0, 9, 0, 9, 9]]
        if isinstance(outline, list):
            parts = [p for p in outline if len(p) > 4] if isinstance(outline[0], list) else []
            if parts:
                coco_mask.frPyObjects(parts, *size)
        counts[key] = counts.get(key, 0) + 1
    return counts


def _design(path: Path) -> Any:
    found = read_design(path)
    return [found.ordering.ravel(), found.images, found.shared]


def _mat(path: Path) -> Any:
    held = loadmat(path)
    names = ("masterordering", "subjectim", "sharedix")
    parts = [held[name].astype(np.int64) for name in names]
    return [parts[0].ravel(), parts[1], parts[2].ravel()]


def _write_mat(path: Path) -> None:
    images = np.arange(1.0, 41).reshape(2, 20)
    held = {"masterordering": np.tile(np.arange(1.0, 21), 2)[None], "subjectim": images}
    savemat(path, held | {"sharedix": images[:1, :3]}, do_compression=True)


TRIALS = pd.DataFrame(
    {"session": 1, "trial": range(1, 751), "image": np.arange(750) * 7 % 5000, "repeat": 0}
)


def _write_responses(path: Path) -> None:
    rows = pd.DataFrame({"SUBJECT": 1, "SESSION": 1, "TRIAL": 1, "73KID": TRIALS["image"] + 1})
    rows.to_csv(path, sep="\t", index=False)


def _write_stimuli(path: Path) -> None:
    rows = {"cocoId": range(1, 9), "cocoSplit": "val2017", "cropBox": "(0, 0, 0.1, 0.1)"}
    pd.DataFrame({**rows, "nsdId": range(8)}).to_csv(path)


def _stimuli(path: Path) -> Any:
    rows = pd.read_csv(path)
    assert (rows["nsdId"].to_numpy() == np.arange(len(rows))).all()
    assert rows["cocoSplit"].isin(["train2017", "val2017"]).all()
    return rows[["nsdId", "cocoId"]].to_numpy().astype(int)


def _pictures(path: Path) -> Any:
    return list(read_pictures(str(path), pd.DataFrame({"image": [0, 2]}), 6).values())


def _write_pictures(path: Path) -> None:
    with h5py.File(path, "w") as file:
        values = RNG.integers(0, 255, (3, 6, 6, 3)).astype(np.uint8)
        file.create_dataset("imgBrick", data=values, chunks=(1, 6, 6, 3))


def _bricks(path: Path) -> Any:
    with h5py.File(path) as file:
        return [file["imgBrick"][i] for i in (0, 2)]


REGIONS = pd.DataFrame(
    {"region": ["a", "b"], "collection": "c", "label": [1, 2], "voxels": [2, 3], "present": True}
)
MASKS = {"a": np.arange(120).reshape(SHAPE) < 2, "b": np.arange(120).reshape(SHAPE) > 116}
FIT = {
    **{"k": 2, "trials": 9, "regions": 3, "objective": 1.5, "r2_between": 0.5},
    **{"r2_explained": 0.4, "sizes": [5, 4], "replicates": 3, "agreeing_replicates": 2},
    **{"iterations": 4, "converged": True, "seed": 0, "within": 0.1, "between": 1.0},
    **{"grand_centroid": 0.1, "grand_centroid_directionless": False, "note": ""},
}


def _voxels(path: Path) -> Any:
    found = read_voxels(path, REGIONS)
    return [found.mask, *found.members.values()]


def _npz(path: Path) -> Any:
    with np.load(path) as held:
        mask = np.zeros(held["shape"], bool)
        mask.flat[held["voxels"]] = True
        rows = np.flatnonzero(mask)
        return [mask, *(np.searchsorted(rows, v) for v in np.split(held["voxels"], [2]))]


def _numbers(path: Path) -> Any:
    return [float(line) for line in path.read_text("utf-8-sig").rstrip().split("\n")]


def _names(path: Path) -> Any:
    lines = [line.split() for line in path.read_text("utf-8-sig").splitlines() if line.strip()]
    numbers = {int(words[0]) for words in lines if not words[0].startswith("#") and words[1]}
    return sorted(number for number in numbers if number > 0)


def _config(path: Path) -> Any:
    return checked(yaml.safe_load(path.read_text("utf-8")))


READERS = [
    Reader(
        "table.csv",
        lambda path: TABLE.to_csv(path, index=False),
        lambda path: read_columns(str(path)),
        lambda path: pd.read_csv(path, skipinitialspace=True),
        [in_bytes, in_cells, in_cells],
    ),
    Reader(
        "table.tsv",
        lambda path: TABLE.to_csv(path, index=False, sep="\t"),
        lambda path: read_columns(str(path)),
        lambda path: pd.read_csv(path, sep="\t", skipinitialspace=True),
        [in_bytes, lambda held, rng: in_cells(held, rng, "\t")],
    ),
    Reader("table.parquet", TABLE.to_parquet, lambda p: read_columns(str(p)), pd.read_parquet),
    Reader(
        "numbers.txt",
        lambda path: path.write_text("".join(f"{v}\n" for v in TABLE["V1v"])),
        read_numbers,
        _numbers,
        [in_bytes, in_cells],
    ),
    Reader(
        "labels.nii.gz",
        lambda path: nib.save(nib.Nifti1Image(LABELS, AFFINE), path),
        lambda path: read_labels(path).values,
        lambda path: np.round(np.asanyarray(nib.load(path).dataobj), 2),
        [in_bytes, in_header],
    ),
    Reader(
        "names.ctab",
        lambda path: path.write_text("0 Unknown\n1 V1v\n2 V1d\n3 V2v\n"),
        lambda path: sorted(read_names(path)),
        _names,
        [in_bytes, lambda held, rng: in_cells(held, rng, " ")],
    ),
    Reader("chunks.hdf5", _hdf5((8, 1, 1, 1)), lambda p: read_betas(p, MASK, 8), _betas),
    Reader("boxes.hdf5", _hdf5((3, 2, 3, 4)), lambda p: read_betas(p, MASK, 8), _betas),
    Reader(
        "betas.nii.gz",
        lambda path: nib.save(nib.Nifti1Image(BETAS, AFFINE), path),
        lambda path: read_betas(path, MASK, 8),
        _nifti_betas,
        [in_bytes, in_header],
    ),
    Reader("design.mat", _write_mat, _design, _mat, [in_bytes, in_stream, in_stream]),
    Reader(
        "stimuli.csv",
        _write_stimuli,
        lambda path: read_stimuli(path)[["image", "coco_id"]].to_numpy(),
        _stimuli,
        [in_bytes, in_cells, in_cells],
    ),
    Reader(
        "responses.tsv",
        _write_responses,
        lambda path: check_behaviour(path, "subj01", TRIALS),
        lambda path: len(pd.read_csv(path, sep="\t")),
        [in_bytes, lambda held, rng: in_cells(held, rng, "\t")],
    ),
    Reader("coco.json", _coco, _labels, _coco_otherwise, [in_bytes, in_values, in_values]),
    Reader("pictures.hdf5", _write_pictures, _pictures, _bricks),
    Reader(
        "regions.tsv",
        lambda path: write_table(REGIONS, path, "regions"),
        lambda path: read_table(path, "regions"),
        lambda path: pd.read_csv(path, sep="\t", keep_default_na=False),
        [in_bytes, lambda held, rng: in_cells(held, rng, "\t")],
    ),
    Reader(
        "trials.parquet",
        lambda path: write_table(TRIALS[:20], path, "trials"),
        lambda path: read_table(path, "trials"),
        pd.read_parquet,
    ),
    Reader(
        "fit.json",
        lambda path: write_record(FIT, path, "fit"),
        lambda path: read_record(path, "fit"),
        lambda path: json.loads(path.read_text("utf-8")),
        [in_bytes, in_values],
    ),
    Reader("regions.npz", lambda path: write_voxels(MASKS, AFFINE, path), _voxels, _npz),
    Reader(
        "config.json",
        lambda path: path.write_text(
            json.dumps(yaml.safe_load((ROOT / "config" / "config.yaml").read_text("utf-8")))
        ),
        _config,
        lambda path: yaml.safe_load(path.read_text("utf-8")),
        [in_values],
    ),
]
__all__ = ["READERS", "Design", "Reader"]

"""One simulated subject: region volumes, label tables, quality maps and behaviour."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.algebra import quadratic
from response_clusters.files import replacing
from response_clusters.sources.nsd import layout
from response_clusters.sources.nsd.design import Design, presented
from response_clusters.sources.regions import region_masks, region_table
from simulated_nsd.model import (
    Tuning,
    VoxelModel,
    generator,
    invalid_voxels,
    modelled_regions,
    subject_tuning,
    voxel_model,
)
from simulated_nsd.volumes import RESOLUTION, labels_of, write_volume

Volume = npt.NDArray[np.int32]

RUNS = [63 if run % 2 == 0 else 62 for run in range(12)]
BEHAVIOUR = [
    "SUBJECT",
    "SESSION",
    "RUN",
    "TRIAL",
    "73KID",
    "10KID",
    "TIME",
    "ISOLD",
    "ISCORRECT",
    "RT",
    "CHANGEMIND",
    "MEMORYRECENT",
    "MEMORYFIRST",
    "ISOLDCURRENT",
    "ISCORRECTCURRENT",
    "TOTAL1",
    "TOTAL2",
    "BUTTON",
    "MISSINGDATA",
]


def ellipsoid(shape: tuple[int, int, int], scale: float) -> npt.NDArray[np.bool_]:
    """The voxels inside an ellipsoid that fills `scale` of the volume in each direction."""
    axes = [(np.arange(n) + 0.5 - n / 2) / (scale * n / 2) for n in shape]
    x, y, z = np.meshgrid(*axes, indexing="ij")
    inside: npt.NDArray[np.bool_] = x**2 + y**2 + z**2 <= 1.0
    return inside


def nearest_voxels(free: npt.NDArray[np.bool_], centre: npt.NDArray[np.float64], n: int) -> Any:
    """Indices of the `n` voxels of `free` nearest to `centre`, for a compact region."""
    voxels = np.argwhere(free)
    order = np.argsort(((voxels - centre) ** 2).sum(axis=1), kind="stable")
    return tuple(voxels[order[:n]].T)


def region_volumes(
    model: dict[str, Any], subject: int, seed: int
) -> tuple[dict[str, Volume], npt.NDArray[np.bool_]]:
    """Every collection's label volume, ``aseg`` included, and the brain mask.

    Regions lie where they do in the brain, roughly; collections overlap, labels of one do not.
    """
    rng = generator(seed, "anatomy", subject)
    anatomy = model["subjects"][f"subj{subject:02d}"]
    shape = np.array(anatomy["shape"])
    brain = ellipsoid(tuple(shape), 0.96)
    deep = ellipsoid(tuple(shape), 0.56)
    left = np.zeros(tuple(shape), dtype=bool)
    left[: shape[0] // 2] = True

    def place(free: npt.NDArray[np.bool_], side: int, region: dict[str, Any], n: int) -> Any:
        u, y, z = np.array(region["centre"]) + 0.02 * rng.standard_normal(3)
        centre = np.array([0.5 + side * 0.46 * u, 0.04 + 0.92 * y, 0.04 + 0.92 * z]) * shape - 0.5
        return nearest_voxels(free & (left if side < 0 else ~left), centre, n)

    volumes: dict[str, Volume] = {}
    for collection, regions in model["collections"].items():
        volume = np.where(brain & ~deep, 0, -1).astype(np.int32)
        for label, (name, region) in enumerate(regions.items(), start=1):
            total = region["voxels"] * rng.uniform(0.85, 1.15)
            for side in (-1, 1):
                if name not in anatomy["absent"]:
                    n = max(round(total / 2), 3)
                    volume[place(volume == 0, side, region, n)] = label
        volumes[collection] = volume
    aseg = np.where(deep, 2, 0).astype(np.int32)
    for structure in model["aseg"].values():
        for side, code in zip((-1, 1), structure["codes"], strict=True):
            free = deep & (aseg == 2)
            aseg[place(free, side, structure, structure["voxels"] // 2)] = code
    volumes["aseg"] = aseg
    return volumes, brain


def atlas_volumes(
    model: dict[str, Any], cortex: npt.NDArray[np.bool_], visual: Volume
) -> tuple[dict[str, Volume], dict[str, list[str]]]:
    """Collections that cover large parts of cortex: streams, nsdgeneral, eccentricities."""
    _, y, z = np.meshgrid(*map(np.arange, cortex.shape), indexing="ij")
    back = cortex & (y < 0.6 * cortex.shape[1])
    blank = np.where(cortex, 0, -1).astype(np.int32)
    height = z / cortex.shape[2]
    middle = y < 0.3 * cortex.shape[1]
    band = np.select([height < 0.35, height < 0.65], [0, 1], 2)
    streams, general, rings = blank.copy(), blank.copy(), blank.copy()
    streams[back] = np.where(middle, 2 + band, 5 + band)[back]
    streams[visual > 0] = 1
    general[back] = 1
    labelled = np.isin(visual, range(1, 7))
    rings[labelled] = 1 + 5 * y[labelled] // (int(y[labelled].max()) + 1)
    return (
        {"streams": streams, "nsdgeneral": general, "prf-eccrois": rings},
        {
            "streams": model["streams"],
            "nsdgeneral": ["nsdgeneral"],
            "prf-eccrois": model["eccentricities"],
        },
    )


def behaviour(design: Design, subject: int, sessions: int, seed: int) -> pd.DataFrame:
    """``responses.tsv``: each trial with the image's ids and a simulated recognition judgement."""
    n = sessions * layout.TRIALS_PER_SESSION
    image, repeat = presented(design, f"subj{subject:02d}")
    rng = generator(seed, "subject", subject, 1)
    old = (repeat[:n] > 0).astype(int)
    correct = (rng.random(n) < np.where(old == 1, 0.72, 0.86)).astype(int)
    said_old = np.where(correct == 1, old, 1 - old)
    run = np.tile(np.repeat(np.arange(12), RUNS), sessions)
    trial = np.tile(np.concatenate([np.arange(1, count + 1) for count in RUNS]), sessions)
    session = np.repeat(np.arange(1, sessions + 1), layout.TRIALS_PER_SESSION)
    first = session == pd.Series(session).groupby(image[:n]).transform("min").to_numpy()
    old_now = (old == 1) & (pd.Series(session).groupby([image[:n], session]).cumcount() > 0)
    columns = [
        subject, session, run + 1, trial, image[:n] + 1, design.ordering[:n],
        (session * 7.0 + np.arange(n) * 4 / 86400).round(6), old, correct,
        rng.gamma(9.0, 110.0, n).round(1), 0, 1, np.where(first, 1, 0),
        old_now.astype(int), correct, said_old, 1 - said_old, 1 + said_old, 0,
    ]  # fmt: skip
    return pd.DataFrame(dict(zip(BEHAVIOUR, columns, strict=True)))


def write_regions(
    volumes: dict[str, Volume],
    names: dict[str, list[str]],
    root: Path,
    subject: str,
    space: str,
) -> None:
    """Write each collection's table of names and its volumes, whole and by hemisphere."""
    resolution = RESOLUTION[space]
    for collection, volume in volumes.items():
        path = root / layout.region_volume(subject, space, collection)
        if collection == "aseg":
            write_volume(volume.astype(np.int16), resolution, path)
            continue
        # NSD's region files hold floating point; one hemisphere's file leaves the other out.
        write_volume(volume.astype(np.float64), resolution, path)
        left = np.arange(volume.shape[0])[:, None, None] < volume.shape[0] // 2
        for side, half in (("lh", left), ("rh", ~left)):
            alone = np.where(half, volume, -1).astype(np.float64)
            write_volume(alone, resolution, path.with_name(f"{side}.{path.name}"))
        lines = ["0 Unknown", *(f"{i} {n}" for i, n in enumerate(names[collection], start=1))]
        with replacing(root / layout.region_names(subject, collection)) as draft:
            draft.write_text("\n".join(lines) + "\n", "utf-8")


def quality_maps(
    voxels: VoxelModel,
    tuning: Tuning,
    brain: npt.NDArray[np.bool_],
    lost: list[npt.NDArray[np.int64]],
    rng: np.random.Generator,
) -> dict[str, npt.NDArray[Any]]:
    """The quality maps that NSD provides for a subject, as they follow from the model.

    Parameters
    ----------
    lost : list of ndarray
        The flat indices of the voxels that are invalid, session by session.

    Returns
    -------
    dict of ndarray of shape (X, Y, Z)
        brainmask, valid (fraction of sessions), mean, R2 (%) and ncsnr: the ratio of the standard
        deviations of the response that pictures evoke in a voxel and of everything else.
    """
    evoked = quadratic(voxels.weights, tuning.signal)
    ncsnr, r2 = np.zeros(brain.shape, np.float32), np.zeros(brain.shape, np.float32)
    ncsnr[voxels.mask] = np.sqrt(evoked / (1.0 - evoked))
    r2[voxels.mask] = 100.0 * evoked
    valid = brain.astype(np.float32)
    for flat in lost:
        valid[np.unravel_index(flat, valid.shape)] -= 1.0 / len(lost)
    mean = np.where(brain, rng.normal(900.0, 120.0, brain.shape), 40.0).astype(np.float32)
    return {
        "brainmask": brain.astype(np.int16),
        "valid": valid,
        "mean": mean,
        "R2": r2,
        "ncsnr": ncsnr,
    }


def write_subject(
    root: Path,
    subject: str,
    space: str,
    ncsnr: Path,
    model: dict[str, Any],
    contents: list[str],
    design: Design,
    settings: dict[str, Any],
) -> None:
    """Write all files of a simulated subject except its sessions, in NSD's layout.

    Parameters
    ----------
    root : Path
        The simulated dataset's folder.
    space : str
        NSD's functional space.
    ncsnr : Path
        Where the map of the noise ceiling goes, beside the betas.
    model : dict
        The simulator's anatomy and tuning (model.yaml).
    contents : list of str
        The columns of the simulated_scenes table that hold a picture's contents.
    settings : dict
        seed, sessions (a number by subject) and group_strength.
    """
    seed, number, sessions = settings["seed"], int(subject[-2:]), settings["sessions"][subject]
    volumes, brain = region_volumes(model, number, seed)
    visual = volumes["prf-visualrois"]
    atlases, atlas_names = atlas_volumes(model, visual >= 0, visual)
    names = {c: list(r) for c, r in model["collections"].items()} | atlas_names
    write_regions(volumes | atlases, names, root, subject, space)

    masks = region_masks(volumes, region_table(volumes, labels_of(model)))
    voxels = voxel_model(modelled_regions(model), masks)
    strength = settings["group_strength"]
    tuning = subject_tuning(model, contents, number, seed, strength, voxels.noise)
    candidates = np.flatnonzero(masks["V1v"])
    lost = [invalid_voxels(seed, number, s, candidates)[0] for s in range(1, sessions + 1)]
    maps = quality_maps(voxels, tuning, brain, lost, generator(seed, "anatomy", number, 1))
    for name, volume in maps.items():
        path = root / layout.volume(subject, space, name)
        if name == "ncsnr":
            path = ncsnr
        write_volume(volume, RESOLUTION[space], path)
    rows = behaviour(design, number, sessions, seed)
    with replacing(root / layout.behaviour(subject)) as draft:
        rows.to_csv(draft, sep="\t", index=False, lineterminator="\n")

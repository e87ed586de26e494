"""Write one simulated session's betas in NSD's HDF5 layout, and its map of valid voxels."""

from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
from response_clusters.files import replacing
from response_clusters.job import job
from response_clusters.nsd_betas import SCALE
from response_clusters.nsd_design import read_design, trial_table
from response_clusters.nsd_regions import read_labels, region_masks, region_table
from response_clusters.simulated_algebra import product, quadratic
from response_clusters.simulated_volumes import RESOLUTION, labels_of, write_volume
from response_clusters.simulation import (
    Tuning,
    VoxelModel,
    generator,
    invalid_voxels,
    load_model,
    modelled_regions,
    picture_responses,
    subject_tuning,
    trial_responses,
    voxel_model,
)
from response_clusters.tables import read_table


def session_betas(
    rng: np.random.Generator,
    responses: npt.NDArray[np.float64],
    voxels: VoxelModel,
    tuning: Tuning,
    brain: npt.NDArray[np.bool_],
    gain: npt.NDArray[np.float64],
    baseline: npt.NDArray[np.float64],
    noise: float,
) -> npt.NDArray[np.int16]:
    """Betas of every voxel as NSD stores them.

    Parameters
    ----------
    responses : ndarray of shape (trials, regions)
        In units of a region's spread.
    gain, baseline : ndarray of shape (brain voxels,)
        A voxel's standard deviation and mean in percent signal change, with the session's own.
    noise : float
        Multiplies the voxels' own noise.

    Returns
    -------
    ndarray of shape (X, Y, Z, trials), int16
        Percent signal change × 300; zero outside the brain.
    """
    own = rng.standard_normal((int(brain.sum()), len(responses)))
    total = quadratic(voxels.weights, tuning.signal + tuning.noise)
    inside = voxels.mask[brain]
    own[inside] *= noise * np.sqrt(np.maximum(1.0 - total, 0.05))[:, None]
    own[inside] += product(voxels.weights, responses.T)
    percent = baseline[:, None] + gain[:, None] * own
    betas = np.zeros((*brain.shape, len(responses)), dtype=np.int16)
    limits = np.iinfo(np.int16)
    betas[brain] = np.clip(np.rint(percent * SCALE), limits.min, limits.max)
    return betas


def write_betas(betas: npt.NDArray[np.int16], path: str) -> None:
    """NSD's HDF5: X × Y × Z × trials as written, a chunk per voxel, seen reversed from h5py."""
    with replacing(path) as draft, h5py.File(draft, "w") as file:
        reversed_axes: Any = betas.transpose(3, 2, 1, 0)
        shape = reversed_axes.shape
        file.create_dataset("betas", data=reversed_axes, chunks=(shape[0], 1, 1, 1))


if __name__ == "__main__":
    with job() as rule:
        params, source = rule.params, rule.input
        subject = rule.wildcards.subject
        session = int(rule.wildcards.session)
        seed, number = params["seed"], int(subject[-2:])
        model = load_model(source.model)
        labels = labels_of(model)
        volumes = {
            collection: read_labels(path).values
            for collection, path in zip(params["collections"], source.volumes, strict=True)
        }
        brain = read_labels(source.brainmask).values == 1
        masks = region_masks(volumes, region_table(volumes, labels))
        voxels = voxel_model(modelled_regions(model), masks)
        scenes = read_table(source.scenes, "simulated_scenes")
        contents = list(scenes.columns[3:])
        tuning = subject_tuning(
            model, contents, number, seed, params["group_strength"], voxels.noise
        )
        trials = trial_table(read_design(source.design), subject, [session])
        shown = scenes.set_index("image").loc[trials["image"].unique()].reset_index()
        evoked = picture_responses(tuning, shown, contents, seed, params["groups"])
        place = {image: row for row, image in enumerate(shown["image"])}
        rows = [place[image] for image in trials["image"]]
        rng = generator(seed, "trial", number, session)
        responses = trial_responses(rng, evoked[rows], tuning)

        always = generator(seed, "anatomy", number, 2)
        n = int(brain.sum())
        gain = 1.6 * always.lognormal(0.0, 0.35, n) * rng.normal(1.0, 0.08)
        baseline = always.normal(0.4, 0.6, n) + rng.normal(0.0, 0.15)
        betas = session_betas(
            rng, responses, voxels, tuning, brain, gain, baseline, params["noise"]
        )
        lost, stuck = invalid_voxels(seed, number, session, np.flatnonzero(masks["V1v"]))
        flat = betas.reshape(-1, betas.shape[3])
        flat[lost], flat[stuck] = 0, 217
        valid = brain.astype(np.int16)
        valid[np.unravel_index(lost, valid.shape)] = 0
        write_betas(betas, rule.output.betas)
        resolution = RESOLUTION[params["space"]]
        write_volume(valid, resolution, rule.output.valid)
        rule.log.info("%d trials, gain %.2f", len(trials), gain.mean())

"""One simulated session: its trials' betas, in NSD's HDF5 layout, and which voxels are valid."""

from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.algebra import product, quadratic
from response_clusters.files import replacing
from response_clusters.sources.nsd.betas import SCALE
from simulated_nsd.model import (
    Tuning,
    VoxelModel,
    generator,
    invalid_voxels,
    modelled_regions,
    picture_responses,
    subject_tuning,
    trial_responses,
    voxel_model,
)


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
        A voxel's standard deviation and mean in percent signal change, including the session's
        deviations.
    noise : float
        Multiplies the voxels' noise.

    Returns
    -------
    ndarray of shape (X, Y, Z, trials), int16
        Percent signal change × 300; zero outside the brain.
    """
    z = rng.standard_normal((int(brain.sum()), len(responses)))
    total = quadratic(voxels.weights, tuning.signal + tuning.noise)
    inside = voxels.mask[brain]
    z[inside] *= noise * np.sqrt(np.maximum(1.0 - total, 0.05))[:, None]
    z[inside] += product(voxels.weights, responses.T)
    percent = baseline[:, None] + gain[:, None] * z
    betas = np.zeros((*brain.shape, len(responses)), dtype=np.int16)
    limits = np.iinfo(np.int16)
    betas[brain] = np.clip(np.rint(percent * SCALE), limits.min, limits.max)
    return betas


def write_betas(betas: npt.NDArray[np.int16], path: str) -> None:
    """Write NSD's HDF5: X × Y × Z × trials, one chunk per voxel; h5py sees the axes reversed."""
    with replacing(path) as draft, h5py.File(draft, "w") as file:
        reversed_axes: Any = betas.transpose(3, 2, 1, 0)
        shape = reversed_axes.shape
        file.create_dataset("betas", data=reversed_axes, chunks=(shape[0], 1, 1, 1))


@dataclass(frozen=True)
class Session:
    """A simulated session.

    Attributes
    ----------
    betas : ndarray of shape (X, Y, Z, trials), int16
        Percent signal change × 300.
    valid : ndarray of shape (X, Y, Z), int16
        1 in the brain's voxels that have a signal.
    gain : float
        The mean voxel's standard deviation in percent signal change.
    """

    betas: npt.NDArray[np.int16]
    valid: npt.NDArray[np.int16]
    gain: float


def simulated_session(
    model: dict[str, Any],
    masks: dict[str, npt.NDArray[np.bool_]],
    brain: npt.NDArray[np.bool_],
    scenes: pd.DataFrame,
    images: npt.NDArray[np.int64],
    subject: int,
    session: int,
    settings: dict[str, Any],
) -> Session:
    """Simulate one session of one subject.

    Parameters
    ----------
    model : dict
        The simulator's anatomy and tuning (model.yaml).
    masks : dict of ndarray of shape (X, Y, Z), bool
        The voxels of each region that responds.
    brain : ndarray of shape (X, Y, Z), bool
    scenes : DataFrame
        The simulated_scenes table.
    images : ndarray of shape (trials,), int64
        What each trial shows.
    settings : dict
        seed, groups, group_strength and noise.
    """
    seed = settings["seed"]
    voxels = voxel_model(modelled_regions(model), masks)
    contents = list(scenes.columns[3:])
    strength = settings["group_strength"]
    tuning = subject_tuning(model, contents, subject, seed, strength, voxels.noise)
    shown = scenes.set_index("image").loc[pd.unique(images)].reset_index()
    evoked = picture_responses(tuning, shown, contents, seed, settings["groups"])
    place = {image: row for row, image in enumerate(shown["image"])}
    rng = generator(seed, "trial", subject, session)
    responses = trial_responses(rng, evoked[[place[image] for image in images]], tuning)

    always = generator(seed, "anatomy", subject, 2)
    n = int(brain.sum())
    gain = 1.6 * always.lognormal(0.0, 0.35, n) * rng.normal(1.0, 0.08)
    baseline = always.normal(0.4, 0.6, n) + rng.normal(0.0, 0.15)
    noise = settings["noise"]
    betas = session_betas(rng, responses, voxels, tuning, brain, gain, baseline, noise)
    lost, stuck = invalid_voxels(seed, subject, session, np.flatnonzero(masks["V1v"]))
    flat = betas.reshape(-1, betas.shape[3])
    flat[lost], flat[stuck] = 0, 217
    valid = brain.astype(np.int16)
    valid[np.unravel_index(lost, valid.shape)] = 0
    return Session(betas, valid, float(gain.mean()))

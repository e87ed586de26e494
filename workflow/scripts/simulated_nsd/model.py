"""The model behind the embedded dataset: the responses that pictures evoke in regions.

A region's response in a trial is the sum of a picture part and noise. The picture part is the mean
response to the picture's group (six planted groups, one per theme), plus tuning to the picture's
contents beyond its theme, plus a part specific to the picture. The noise completes the covariance
between regions to one like NSD's. Without groups the covariance is the same: the picture part is
then Gaussian, with the covariance that the groups would have caused, and independent of theme.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.algebra import at_least, product, square_root

Values = npt.NDArray[np.float64]

# One stream of random numbers per purpose, so that no part depends on how many another one draws.
# The numbers determine the simulated data: the number of a removed stream is not used again.
STREAMS = {
    "design": 0,
    "stimuli": 1,
    "scene": 2,
    "picture": 4,
    "anatomy": 5,
    "subject": 6,
    "invalid": 7,
    "trial": 8,
}


def generator(seed: int, stream: str, *index: int) -> np.random.Generator:
    """The random numbers of one purpose, and of one subject, session or image of it."""
    return np.random.default_rng(np.random.SeedSequence([seed, STREAMS[stream], *index]))


def invalid_voxels(
    seed: int, subject: int, session: int, candidates: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The voxels that a session lacks (three, in the first session only) and the constant one.

    Parameters
    ----------
    candidates : ndarray of shape (n,), int
        Flat indices to choose from: voxels of large regions, so that none loses all its voxels.
    """
    chosen = generator(seed, "invalid", subject).choice(candidates, 4, replace=False)
    none = chosen[:0]
    return (chosen[:3], chosen[3:]) if session == 1 else (none, none)


@dataclass(frozen=True)
class Regions:
    """The regions that have responses of their own, in the order of ``model.yaml``.

    Attributes
    ----------
    names, collections, families : tuple of str
        One entry per region; left and right parts of a subcortical structure are two regions.
    spread : ndarray of shape (regions,)
        Standard deviation of the region's mean of z-scored voxels.
    """

    names: tuple[str, ...]
    collections: tuple[str, ...]
    families: tuple[str, ...]
    spread: Values


def modelled_regions(model: dict[str, Any]) -> Regions:
    """Every region of the model, cortical collections first, then the subcortical structures."""
    rows = [
        (name, collection, model["families"][collection], None)
        for collection, regions in model["collections"].items()
        for name in regions
    ]
    rows += [
        (f"{side}-{structure}", "aseg", "subcortical", structure)
        for side in ("L", "R")
        for structure in model["aseg"]
    ]
    spread = [model["spread"][structure or family] for _, _, family, structure in rows]
    names, collections, families, _ = zip(*rows, strict=True)
    return Regions(names, collections, families, np.array(spread))


@dataclass(frozen=True)
class VoxelModel:
    """How voxels of unit variance depend on the responses of regions.

    Attributes
    ----------
    mask : ndarray of shape (X, Y, Z), bool
        Voxels that belong to any region.
    weights : ndarray of shape (voxels, regions)
        A voxel's share in each region's response; rows in the order of ``np.argwhere(mask)``.
    noise : ndarray of shape (regions,)
        The share of a region's variance that is due to its voxels' noise, after averaging.
    """

    mask: npt.NDArray[np.bool_]
    weights: Values
    noise: Values


def voxel_model(regions: Regions, masks: dict[str, npt.NDArray[np.bool_]]) -> VoxelModel:
    """Spread regions over their voxels so that each regional mean has the spread of the model.

    A voxel of several regions follows the mean of their responses.
    """
    mask = np.logical_or.reduce(list(masks.values()))
    weights, noise = np.zeros((int(mask.sum()), len(regions.names))), np.zeros(len(regions.names))
    members = np.zeros(len(weights))
    for column, name in enumerate(regions.names):
        if name not in masks:
            continue
        rows = masks[name][mask]
        n = int(rows.sum())
        # The mean of n voxels of pure noise has the variance 1/n: no region can have less.
        variance = max(regions.spread[column] ** 2, 1.5 / n)
        noise[column] = (1.0 - variance) / (1.0 - 1.0 / n) / n / variance
        weights[rows, column] = np.sqrt(variance)
        members += rows
    return VoxelModel(mask, weights / members[:, None], noise)


def correlations(model: dict[str, Any], regions: Regions) -> Values:
    """The correlation matrix between regions' responses that the simulation aims at."""
    within, between = model["correlations"]["within"], model["correlations"]["between"]

    def of(a: str, b: str) -> float:
        return float(within[a] if a == b else between.get(a, {}).get(b) or between[b][a])

    matrix = np.array([[of(a, b) for b in regions.families] for a in regions.families])
    np.fill_diagonal(matrix, 1.0)
    return matrix


@dataclass(frozen=True)
class Tuning:
    """What one subject's regions respond to.

    Attributes
    ----------
    groups : ndarray of shape (themes, regions)
        Mean response to each group, summing to zero over the groups.
    content : ndarray of shape (contents, regions)
        Response to one standard deviation of each kind of content.
    picture : ndarray of shape (regions, regions)
        Covariance of the part that is specific to a picture.
    noise : ndarray of shape (regions, regions)
        Covariance of the part that differs from trial to trial.
    """

    groups: Values
    content: Values
    picture: Values
    noise: Values

    @property
    def signal(self) -> Values:
        """Covariance of the whole picture part, groups included."""
        by_group = product(self.groups.T, self.groups) / len(self.groups)
        return by_group + product(self.content.T, self.content) + self.picture


def subject_tuning(
    model: dict[str, Any],
    contents: list[str],
    subject: int,
    seed: int,
    strength: float,
    voxel_noise: Values,
) -> Tuning:
    """One subject's tuning: that of the model with individual deviations.

    Parameters
    ----------
    contents : list of str
        The kinds of content, in the order of their columns.
    strength : float
        Multiplies the planted groups' responses.
    voxel_noise : ndarray of shape (regions,)
        The share of each region's variance that is due to its voxels' noise, after averaging; the
        covariance of the noise is reduced by it.
    """
    regions = modelled_regions(model)
    families = regions.families
    rng = generator(seed, "subject", subject)
    groups = np.array(
        [[row.get(family, 0.0) for family in families] for row in model["groups"].values()]
    )
    weights = np.array(
        [[model["tuning"].get(f, {}).get(kind, 0.0) for f in families] for kind in contents]
    )
    # Subcortical regions are not tuned to pictures, so individual deviations leave them untuned.
    seeing = np.array([family in model["tuning"] for family in families])
    difference, wanted = model["subject_difference"], correlations(model, regions)
    deviation = rng.standard_normal((len(groups) + 1, len(families)))
    groups = strength * (groups + difference["groups"] * deviation[:-1]) * seeing
    groups -= groups.mean(axis=0)
    weights = weights * (1.0 + difference["content"] * deviation[-1])
    weights *= np.sqrt(model["shares"]["content"])
    picture = model["shares"]["picture"] * wanted * np.outer(seeing, seeing)
    tuning = Tuning(groups, weights, picture, wanted)
    remainder = at_least(wanted - tuning.signal - np.diag(voxel_noise), 0.01)
    return Tuning(groups, weights, picture, _drawn_around(remainder, difference["freedom"], rng))


def _drawn_around(covariance: Values, freedom: int, rng: np.random.Generator) -> Values:
    """A random covariance with the same variances, from a Wishart distribution.

    It is the sample covariance of `freedom` Gaussian rows: the more rows, the closer it is to the
    original.
    """
    rows = product(rng.standard_normal((freedom, len(covariance))), square_root(covariance))
    drawn = product(rows.T, rows)
    scale = np.sqrt(covariance.diagonal() / drawn.diagonal())
    return scale[:, None] * drawn * scale


def picture_responses(
    tuning: Tuning, scenes: pd.DataFrame, contents: list[str], seed: int, planted: bool
) -> Values:
    """The response that each picture evokes in each region, before noise.

    Parameters
    ----------
    scenes : DataFrame of n rows
        Columns image, group (a number), and the deviations of its contents from the theme's means,
        in standard deviations.
    planted : bool
        Whether to plant the six groups; otherwise responses are Gaussian with the same covariance,
        whatever the picture shows.

    Returns
    -------
    ndarray of shape (n, regions)
    """
    # The part specific to an image is the same in all subjects, up to each one's covariance.
    individual = np.array(
        [
            generator(seed, "picture", image).standard_normal(tuning.picture.shape[0])
            for image in scenes["image"]
        ]
    )
    if not planted:
        return product(individual, square_root(tuning.signal))
    by_content = product(scenes[contents].to_numpy(), tuning.content)
    by_picture = product(individual, square_root(tuning.picture))
    evoked: Values = tuning.groups[scenes["group"]] + by_content + by_picture
    return evoked


def trial_responses(rng: np.random.Generator, evoked: Values, tuning: Tuning) -> Values:
    """The responses of trials: evoked responses plus noise, shape (trials, regions)."""
    drawn = rng.standard_normal(evoked.shape)
    return evoked + product(drawn, square_root(tuning.noise))

"""Low-level properties of the pictures: luminance, contrast and the energy of fine detail."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.digits import rounded
from response_clusters.images.pictures import pictures_in_batches
from response_clusters.sources.byte_ranges import ByteSource

SIDE = 256
"""Pixels along the side at which every picture is measured."""
MOST = 2000
"""Pictures at most: 73,000 of NSD's are 40 GB, and tenths of 2,000 are known well enough."""
CUTOFF = 1 / 8
"""Cycles per pixel, which are 32 per picture, and about 4 per degree where pictures span 8.4°."""

Floats = npt.NDArray[np.float64]

_CODES = np.arange(256) / 255
# IEC 61966-2-1 (sRGB): light by code.
_LIGHT = np.where(_CODES <= 0.04045, _CODES / 12.92, ((_CODES + 0.055) / 1.055) ** 2.4)
_WEIGHTS = (0.2126, 0.7152, 0.0722)  # ITU-R BT.709: red, green, blue


def luminance(pixels: npt.NDArray[np.uint8]) -> Floats:
    """Relative luminance of sRGB pixels: linear light, weighted as by ITU-R BT.709.

    Parameters
    ----------
    pixels : ndarray of shape (height, width, 3), uint8

    Returns
    -------
    ndarray of shape (height, width), float64
        From 0 (black) to 1 (white).
    """
    light = _LIGHT[pixels]
    return sum((w * light[..., c] for c, w in enumerate(_WEIGHTS)), np.zeros(pixels.shape[:2]))


def rms_contrast(light: Floats) -> float:
    """Standard deviation of luminance over its mean (Bex and Makous 2002, J Opt Soc Am A 19:1096).

    nan for a black picture.
    """
    mean = float(light.mean())
    return float(light.std()) / mean if mean > 0 else float("nan")


def fine_energy(light: Floats) -> float:
    """The share of the power spectrum's energy above `CUTOFF`, in any direction.

    The mean is taken off, and a Hann window keeps the picture's edges, which do not fit together,
    from counting as detail (Torralba and Oliva 2003, Network 14:391, on spectra of pictures).

    Parameters
    ----------
    light : ndarray of shape (height, width), float64

    Returns
    -------
    float
        nan for a uniform picture.
    """
    window = np.outer(*(np.hanning(side + 2)[1:-1] for side in light.shape))
    away = (light - (window * light).sum() / window.sum()) * window
    if np.abs(away).max() < 1e-9:
        return float("nan")
    energy = np.abs(np.fft.fft2(away)) ** 2
    down, across = (np.fft.fftfreq(side) for side in light.shape)
    fine = np.hypot(down[:, None], across) > CUTOFF
    return float(energy[fine].sum() / energy.sum())


def sampled(images: pd.Series, rng: np.random.Generator) -> pd.DataFrame:
    """At most `MOST` of the images shown, at random, in ascending order; a column image."""
    there = images.dropna().drop_duplicates().sort_values(ignore_index=True)
    if len(there) > MOST:
        there = there.iloc[np.sort(rng.permutation(len(there))[:MOST])]
    return there.to_frame("image").reset_index(drop=True)


def picture_properties(
    path: str | ByteSource, shown: pd.DataFrame, stimuli: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The properties of some pictures, read some at a time.

    Parameters
    ----------
    path, shown, stimuli
        As in `pictures.read_pictures`; images differ.

    Returns
    -------
    DataFrame
        Columns of the table ``picture_properties``, in the order of `shown`.

    Raises
    ------
    StudyError
        If a picture is not there or cannot be read.
    """
    rows: list[tuple[Any, ...]] = []
    for image, picture in pictures_in_batches(path, shown, SIDE, stimuli):
        light = luminance(picture)
        found = float(light.mean()), rms_contrast(light), fine_energy(light)
        # Further digits are rounding, which may differ between processors.
        rows.append((image, *map(rounded, found)))
    names = ["image", "luminance", "contrast", "spatial_frequency"]
    return pd.DataFrame(rows, columns=names).astype({"image": shown["image"].dtype})

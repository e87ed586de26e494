"""Which image each trial showed: NSD's experimental design."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.errors import StudyError
from response_clusters.files import reading
from response_clusters.sources.nsd.layout import DESIGN_EXPECTED, SUBJECT, TRIALS_PER_SESSION

Indices = npt.NDArray[np.integer[Any]]


_NAMES = ("masterordering", "subjectim", "sharedix")
_LARGEST = 10**7
"""Numbers in one of them; NSD's own have 80,000 at most."""


@dataclass(frozen=True)
class Design:
    """NSD's experimental design, with its indices 1-based as in the file.

    Attributes
    ----------
    ordering : ndarray of shape (30000,), int
        Which of a subject's 10,000 images each trial shows; the same for all subjects.
    images : ndarray of shape (8, 10000), int
        Each subject's images as ids of the 73,000, 1-based.
    shared : ndarray of shape (1000,), int
        The images that all subjects see.
    path : str
        The file it was read from, for sentences.
    """

    ordering: Indices
    images: Indices
    shared: Indices
    path: str = "The design"


def read_design(path: str | Path) -> Design:
    """Read ``nsd_expdesign.mat``.

    Raises
    ------
    StudyError
        If the file is not a MATLAB file, lacks one of its three variables, or holds indices out of
        range.
    """
    with reading(path, DESIGN_EXPECTED, "damaged, cut short or not a MATLAB file") as file:
        variables = _variables(file)
    for name in _NAMES:
        if name not in variables:
            names = ", ".join(key for key in variables if not key.startswith("__")) or "nothing"
            raise StudyError(
                f"{path}: the variable {name!r} is missing, found {names}; expected "
                f"{DESIGN_EXPECTED}: fetch NSD's own file."
            )
        if variables[name].ndim != 2 or not np.issubdtype(variables[name].dtype, np.number):
            raise StudyError(
                f"{path}: the variable {name!r} has the type {variables[name].dtype} and the shape "
                f"{variables[name].shape}; expected a table of whole numbers: fetch NSD's own file."
            )
        if not np.array_equal(variables[name], np.round(variables[name])):
            raise StudyError(
                f"{path}: the variable {name!r} holds numbers that are not whole; expected "
                f"{DESIGN_EXPECTED}: fetch NSD's own file."
            )
    ordering, images, shared = (variables[name].astype(np.int64) for name in _NAMES)
    if ordering.min(initial=1) < 1 or ordering.max(initial=1) > images.shape[1]:
        raise StudyError(
            f"{path}: masterordering runs from {ordering.min()} to {ordering.max()}; expected 1 to "
            f"{images.shape[1]}, the columns of subjectim: fetch NSD's own file."
        )
    if images.min(initial=1) < 1:
        raise StudyError(
            f"{path}: subjectim holds the image id {images.min()}; expected ids from 1 (the file "
            "counts from 1): fetch NSD's own file."
        )
    twice = [row for row, seen in enumerate(images, 1) if len(np.unique(seen)) < len(seen)]
    if twice:
        raise StudyError(
            f"{path}: row {twice[0]} of subjectim names an image twice; expected each of a "
            "subject's images once: fetch NSD's own file."
        )
    if shared.min(initial=1) < 1:
        raise StudyError(
            f"{path}: sharedix holds the image id {shared.min()}; expected ids from 1: fetch NSD's "
            "own file."
        )
    return Design(ordering.ravel(), images, shared.ravel(), str(path))


def _variables(path: Path) -> dict[str, Any]:
    """A MATLAB file's variables; from version 7.3 on such a file is HDF5, its axes reversed."""
    import h5py
    from response_clusters.sources.hdf5 import open_hdf5

    if h5py.is_hdf5(path):
        with open_hdf5(path) as file:
            sets = {name: file[name] for name in _NAMES if name in file}
            for name, part in sets.items():
                if not isinstance(part, h5py.Dataset) or not part.size or part.size > _LARGEST:
                    raise ValueError(f"{name} is no table of at most {_LARGEST:,} numbers")
            others = dict.fromkeys(file)
            return others | {name: np.transpose(part[()]) for name, part in sets.items()}
    from response_clusters.sources.nsd.matlab import require_well_formed
    from scipy.io import loadmat

    require_well_formed(path)
    variables: dict[str, Any] = loadmat(path)
    return variables


def presented(design: Design, subject: str) -> tuple[Indices, Indices]:
    """The image and the repeat of every planned trial of a subject.

    Parameters
    ----------
    design : Design
    subject : str
        ``subj01`` to ``subj08``.

    Returns
    -------
    image : ndarray of shape (30000,), int64
        0-based ids (NSD's nsdId); trial t is at t − 1.
    repeat : ndarray of shape (30000,), int64
        How often the image had been shown before that trial: 0, 1, 2, …
    """
    row = row_of(subject) - 1
    if not 0 <= row < len(design.images):
        raise StudyError(
            f"{design.path}: {subject!r} is not among its subjects; expected subj01 to "
            f"subj{len(design.images):02d}: leave the subject out by listing the others in the "
            "configuration's subjects."
        )
    image = design.images[row, design.ordering - 1] - 1
    repeat = pd.Series(image).groupby(image).cumcount().to_numpy()
    return image, repeat


def row_of(subject: str) -> int:
    """A subject's number from 1, or 0 if it is none of NSD's."""
    return int(subject[4:]) if SUBJECT.fullmatch(subject) else 0


def trial_table(design: Design, subject: str, sessions: list[int]) -> pd.DataFrame:
    """The trials of some sessions with what they showed, in the columns of the trials table."""
    image, repeat = presented(design, subject)
    trial = np.concatenate(
        [np.arange(TRIALS_PER_SESSION) + (s - 1) * TRIALS_PER_SESSION for s in sorted(sessions)]
    )
    if trial[-1] >= len(image):
        raise StudyError(
            f"{design.path}: it plans {len(image)} trials, but session {max(sessions)} of "
            f"{subject} ends at trial {trial[-1] + 1}; expected sessions of {TRIALS_PER_SESSION} "
            "trials within the plan: leave the others out by the configuration's sessions."
        )
    return pd.DataFrame(
        {
            "session": trial // TRIALS_PER_SESSION + 1,
            "trial": trial + 1,
            "image": image[trial],
            "repeat": repeat[trial],
        }
    )


def planned_trials(path: str, subject: str) -> pd.DataFrame:
    """Every trial that the design plans for a subject, in order.

    Returns
    -------
    DataFrame
        Columns session, image and repeat; trial t is in row t − 1.
    """
    image, repeat = presented(read_design(path), subject)
    session = np.arange(len(image)) // TRIALS_PER_SESSION + 1
    return pd.DataFrame({"session": session, "image": image, "repeat": repeat})

"""Which image each trial showed: NSD's experimental design and its table of stimuli."""

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.errors import StudyError
from response_clusters.nsd_layout import TRIALS_PER_SESSION

Indices = npt.NDArray[np.integer[Any]]

STIMULUS_COLUMNS = (
    "cocoId",
    "cocoSplit",
    "cropBox",
    "loss",
    "nsdId",
    "flagged",
    "BOLD5000",
    "shared1000",
    *(f"subject{s}" for s in range(1, 9)),
    *(f"subject{s}_rep{r}" for s in range(1, 9) for r in range(3)),
)
"""The 40 named columns of ``nsd_stim_info_merged.csv``; an unnamed index comes first."""


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
    """

    ordering: Indices
    images: Indices
    shared: Indices


def read_design(path: str | Path) -> Design:
    """Read ``nsd_expdesign.mat``.

    Raises
    ------
    StudyError
        If the file is not a MATLAB file or lacks one of its three variables.
    """
    from scipy.io import loadmat

    if not Path(path).is_file():
        raise StudyError(f"{path}: there is no such file; NSD's design is expected here.")
    try:
        held = loadmat(path)
    except Exception as error:
        raise StudyError(f"{path}: not readable as a MATLAB file ({error}).") from None
    absent = [name for name in ("masterordering", "subjectim", "sharedix") if name not in held]
    if absent:
        raise StudyError(
            f"{path}: the variable {absent[0]!r} is missing; is this nsd_expdesign.mat?"
        )
    design = Design(
        held["masterordering"].ravel().astype(np.int64),
        held["subjectim"].astype(np.int64),
        held["sharedix"].ravel().astype(np.int64),
    )
    if design.ordering.min() < 1 or design.ordering.max() > design.images.shape[1]:
        raise StudyError(
            f"{path}: masterordering runs from {design.ordering.min()} to {design.ordering.max()}; "
            f"expected 1 to {design.images.shape[1]}, the columns of subjectim."
        )
    return design


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
        How often the image had been shown before that trial: 0, 1 or 2.
    """
    digits = subject.removeprefix("subj")
    row = int(digits) - 1 if digits.isdigit() else -1
    if not 0 <= row < len(design.images):
        raise StudyError(
            f"The design knows subjects 1 to {len(design.images)}; {subject!r} is not one of them."
        )
    image = design.images[row, design.ordering - 1] - 1
    repeat = pd.Series(image).groupby(image).cumcount().to_numpy()
    return image, repeat


def trial_table(design: Design, subject: str, sessions: list[int]) -> pd.DataFrame:
    """The trials of some sessions with what they showed, in the columns of the trials table."""
    image, repeat = presented(design, subject)
    trial = np.concatenate(
        [np.arange(TRIALS_PER_SESSION) + (s - 1) * TRIALS_PER_SESSION for s in sorted(sessions)]
    )
    if trial[-1] >= len(image):
        raise StudyError(
            f"{subject}: session {max(sessions)} lies beyond the design's {len(image)} trials."
        )
    return pd.DataFrame(
        {
            "session": trial // TRIALS_PER_SESSION + 1,
            "trial": trial + 1,
            "image": image[trial],
            "repeat": repeat[trial],
        }
    )


def check_behaviour(path: str | Path, subject: str, trials: pd.DataFrame) -> int:
    """Hold a subject's ``responses.tsv`` against the design, row by row.

    Returns
    -------
    int
        The number of trials compared.

    Raises
    ------
    StudyError
        If a trial showed another image than the design says.
    """
    try:
        rows = pd.read_csv(path, sep="\t", usecols=["SESSION", "73KID"])
    except ValueError as error:
        raise StudyError(f"{path}: not NSD's table of responses ({error}).") from None
    within = rows.groupby("SESSION").cumcount()
    rows["trial"] = (rows["SESSION"] - 1) * TRIALS_PER_SESSION + within + 1
    both = rows.merge(trials, on="trial")
    wrong = both[both["73KID"] - 1 != both["image"]]
    if len(wrong):
        first = wrong.iloc[0]
        raise StudyError(
            f"{path}: trial {first['trial']} of {subject} showed image {first['73KID'] - 1}, but "
            f"the design says {first['image']} (0-based): the two files do not belong together."
        )
    return len(both)


def read_stimuli(path: str | Path) -> pd.DataFrame:
    """The stimulus table: image, COCO id and split, and the four crop fractions.

    Returns
    -------
    DataFrame
        Columns image (0-based), coco_id, split, crop_top, crop_bottom, crop_left, crop_right.

    Raises
    ------
    StudyError
        If a column is missing or a cropBox is not four fractions.
    """
    wanted = ["cocoId", "cocoSplit", "cropBox", "nsdId"]
    try:
        rows = pd.read_csv(path, usecols=wanted)
    except FileNotFoundError:
        raise StudyError(
            f"{path}: there is no such file; NSD's stimulus table is expected."
        ) from None
    except ValueError as error:
        raise StudyError(f"{path}: not NSD's stimulus table ({error}).") from None
    # A few hundred distinct crops serve all 73,000 images.
    crops = {text: _crop(text, path) for text in rows["cropBox"].unique()}
    sides = np.array([crops[text] for text in rows["cropBox"]]).reshape(-1, 4)
    return pd.DataFrame(
        {
            "image": rows["nsdId"],
            "coco_id": rows["cocoId"],
            "split": rows["cocoSplit"],
            **{f"crop_{side}": sides[:, i] for i, side in enumerate(_SIDES)},
        }
    )


_SIDES = ("top", "bottom", "left", "right")


def _crop(text: str, path: str | Path) -> tuple[float, float, float, float]:
    """The fractions cut off each side, from ``"(top, bottom, left, right)"``."""
    try:
        top, bottom, left, right = (float(value) for value in ast.literal_eval(text))
    except (ValueError, SyntaxError, TypeError):
        raise StudyError(
            f'{path}: the cropBox {text!r} is not "(top, bottom, left, right)".'
        ) from None
    if min(top, bottom, left, right) < 0 or top + bottom >= 1 or left + right >= 1:
        raise StudyError(f"{path}: the cropBox {text!r} leaves nothing of the picture.")
    return top, bottom, left, right

"""Which image each trial showed: NSD's experimental design and its table of stimuli."""

import ast
import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.errors import StudyError
from response_clusters.files import DESIGN, STIMULI, reading
from response_clusters.nsd_layout import SUBJECT, TRIALS_PER_SESSION
from response_clusters.tables import whole_numbers

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
    names = ("masterordering", "subjectim", "sharedix")
    with reading(path, DESIGN, "damaged, cut short or not a MATLAB file") as file:
        held = _variables(file)
    for name in names:
        if name not in held:
            found = ", ".join(key for key in held if not key.startswith("__")) or "nothing"
            raise StudyError(
                f"{path}: the variable {name!r} is missing, found {found}; expected "
                f"{DESIGN}: fetch NSD's own file."
            )
        if held[name].ndim != 2 or not np.issubdtype(held[name].dtype, np.number):
            raise StudyError(
                f"{path}: the variable {name!r} has the type {held[name].dtype} and the shape "
                f"{held[name].shape}; expected a table of whole numbers: fetch NSD's own file."
            )
        if not np.array_equal(held[name], np.round(held[name])):
            raise StudyError(
                f"{path}: the variable {name!r} holds numbers that are not whole; expected "
                f"{DESIGN}: fetch NSD's own file."
            )
    ordering, images, shared = (held[name].astype(np.int64) for name in names)
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
    if shared.min(initial=1) < 1 or not np.isin(shared, images).all():
        raise StudyError(
            f"{path}: sharedix names an image that is not in subjectim; expected {DESIGN}: fetch "
            "NSD's own file."
        )
    return Design(ordering.ravel(), images, shared.ravel(), str(path))


def _variables(path: Path) -> dict[str, Any]:
    """A MATLAB file's variables; from version 7.3 on such a file is HDF5, its axes reversed."""
    import h5py
    from response_clusters.hdf5 import open_hdf5

    if h5py.is_hdf5(path):
        with open_hdf5(path) as file:
            sets = {name: part for name, part in file.items() if isinstance(part, h5py.Dataset)}
            return {name: part[()].T for name, part in sets.items()}
    from response_clusters.matlab import require_well_formed
    from scipy.io import loadmat

    require_well_formed(path)
    held: dict[str, Any] = loadmat(path)
    return held


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
    expected = "NSD's table of responses with the columns SESSION and 73KID"
    with reading(path, expected, "damaged or something else") as file:
        _require_even(file, "\t")
        rows = pd.read_csv(file, sep="\t", usecols=lambda name: name in _BEHAVIOUR)
        for name in ("SESSION", "73KID"):
            rows[name]  # a missing column is told by its name
    for column in rows:
        rows[column] = whole_numbers(rows[column], 1, str(path), "fetch NSD's own file")
    counts = rows["SESSION"].value_counts()
    short = sorted(session for session, n in counts.items() if n != TRIALS_PER_SESSION)
    if short:
        raise StudyError(
            f"{path}: session {short[0]} has {counts[short[0]]} rows; expected "
            f"{TRIALS_PER_SESSION}, a row per trial: fetch the file again."
        )
    if "SUBJECT" in rows and (rows["SUBJECT"] != row_of(subject)).any():
        raise StudyError(
            f"{path}: it is of subject {rows['SUBJECT'].iloc[0]}; expected {subject}: put NSD's "
            "own file in its place."
        )
    within = rows.groupby("SESSION").cumcount()
    rows["trial"] = (rows["SESSION"] - 1) * TRIALS_PER_SESSION + within + 1
    both = rows.merge(trials, on="trial")
    wrong = both[both["73KID"] - 1 != both["image"]]
    if len(wrong):
        first = wrong.iloc[0]
        raise StudyError(
            f"{path}: trial {first['trial']} of {subject} showed image {first['73KID'] - 1} (from "
            f"0); expected {first['image']} by the design: fetch both files from the same NSD "
            "release."
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
        If a column is missing, an id is out of range or there twice, or a cropBox is not four
        fractions.
    """
    wanted = ["cocoId", "cocoSplit", "cropBox", "nsdId"]
    with reading(path, STIMULI, "damaged or something else") as file:
        header = _require_even(file, ",")
        # pandas calls a first column without a name so.
        index = ["Unnamed: 0"] if not header[0] else []
        rows = pd.read_csv(file, usecols=[*wanted, *index])
    fetch = "fetch NSD's own file"
    rows["nsdId"] = whole_numbers(rows["nsdId"], 0, str(path), fetch)
    rows["cocoId"] = whole_numbers(rows["cocoId"], 1, str(path), fetch)
    twice = rows["nsdId"][rows["nsdId"].duplicated()]
    if len(twice):
        raise StudyError(
            f"{path}: nsdId {twice.iloc[0]} is there twice; expected one row per image: {fetch}."
        )
    for name in ("nsdId", *index):
        wrong = np.flatnonzero(rows[name].to_numpy() != np.arange(len(rows)))
        if wrong.size:
            place = "first column" if name in index else f"column {name!r}"
            raise StudyError(
                f"{path}: row {wrong[0] + 1} has {rows[name].iloc[wrong[0]]} in its {place}; "
                f"expected {wrong[0]}, as NSD counts images from 0, row by row: put the rows in "
                f"order, or {fetch}."
            )
    other = rows["cocoSplit"][~rows["cocoSplit"].isin(["train2017", "val2017"])]
    if len(other):
        raise StudyError(
            f"{path}: cocoSplit holds {other.iloc[0]!r}; expected train2017 or val2017: {fetch}."
        )
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


def require_same_design(path: str | Path, design: Design) -> None:
    """Refuse a stimulus table whose ``subjectN_repM`` are not the trials of the design.

    They count trials from 1, and are 0 where the image was not shown. A table without these columns
    says nothing of trials.

    Raises
    ------
    StudyError
        Naming the first subject and image that differ.
    """
    planned = [f"subject{s}_rep{r}" for s in range(1, len(design.images) + 1) for r in range(3)]
    with reading(path, STIMULI, "damaged or something else") as file:
        rows = pd.read_csv(file, usecols=lambda name: name in planned)
    for column in rows:
        trials = whole_numbers(rows[column], 0, str(path), "fetch NSD's own file")
        shown = presented(design, f"subj{int(column[7]):02d}")[0]
        image = np.flatnonzero(trials)
        wrong = trials[image] > len(shown)
        wrong |= shown[np.minimum(trials[image], len(shown)) - 1] != image
        if wrong.any():
            first = image[wrong][0]
            raise StudyError(
                f"{path}: {column} says that trial {trials[first]} showed image {first}; "
                f"{design.path} plans another for it: fetch both files from the same NSD release."
            )


_BEHAVIOUR = ("SUBJECT", "SESSION", "73KID")


def _require_even(path: Path, separator: str) -> list[str]:
    """The names in a table's first line, if every further line has as many fields.

    Raises
    ------
    ValueError
        Naming the first line that has not.
    """
    with open(path, encoding="utf-8-sig", newline="") as text:
        rows = csv.reader(text, delimiter=separator)
        header = next(rows)
        for row in rows:
            if len(row) != len(header):
                raise ValueError(
                    f"line {rows.line_num} has {len(row)} fields, the header {len(header)}"
                )
    return header


_SIDES = ("top", "bottom", "left", "right")


def _crop(text: str, path: str | Path) -> tuple[float, float, float, float]:
    """The fractions cut off each side, from ``"(top, bottom, left, right)"``."""
    try:
        if len(text) > 200:
            raise ValueError
        top, bottom, left, right = (float(value) for value in ast.literal_eval(text))
    except (ValueError, SyntaxError, TypeError, RecursionError):
        raise StudyError(
            f'{path}: found the cropBox {text!r}; expected "(top, bottom, left, right)", fractions '
            "of "
            "the picture: fetch NSD's own file."
        ) from None
    sides = (top, bottom, left, right)
    fits = all(0 <= side < 1 for side in sides) and top + bottom < 1 and left + right < 1
    if not fits:
        raise StudyError(
            f"{path}: the cropBox {text!r} leaves nothing of the picture; expected fractions from "
            "0 that sum to less than 1 on opposite sides: fetch NSD's own file."
        )
    return top, bottom, left, right

"""NSD's text tables, of its stimuli and of each subject's responses, held against the design."""

import ast
from pathlib import Path

import numpy as np
import pandas as pd
from response_clusters.errors import StudyError
from response_clusters.files import reading
from response_clusters.sources.contents import Files
from response_clusters.sources.delimited import require_even
from response_clusters.sources.nsd.design import Design, presented, read_design, row_of
from response_clusters.sources.nsd.layout import STIMULI_EXPECTED, TRIALS_PER_SESSION
from response_clusters.tables import whole_numbers

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
_BEHAVIOUR = ("SUBJECT", "SESSION", "RUN", "TRIAL", "73KID")
_SIDES = ("top", "bottom", "left", "right")


def check_behaviour(path: str | Path, subject: str, trials: pd.DataFrame) -> int:
    """Hold a subject's ``responses.tsv`` against the design, row by row.

    Returns
    -------
    int
        The number of trials compared.

    Raises
    ------
    StudyError
        If a trial showed another image than the design says, if rows are missing or out of order,
        or if the table lacks a session although it has a later one.
    """
    expected = "NSD's table of responses with the columns SESSION and 73KID"
    with reading(path, expected, "damaged or something else") as file:
        require_even(file, "\t")
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
    missing = sorted(set(trials["session"]) - set(counts.index))
    # An older download may end before the betas do.
    if missing and missing[0] < max(counts.index, default=0):
        raise StudyError(
            f"{path}: session {missing[0]} is missing, but session {max(counts.index)} is there; "
            f"expected the sessions of {subject} without a gap: fetch the file again."
        )
    places = [name for name in ("SESSION", "RUN", "TRIAL") if name in rows]
    if len(places) == 3:
        order = pd.MultiIndex.from_frame(rows[places])
        if not (order.is_monotonic_increasing and order.is_unique):
            row = next(i for i in range(1, len(order)) if order[i] <= order[i - 1])
            raise StudyError(
                f"{path}: row {row + 1} is of session, run and trial {_dashed(order[row])}, after "
                f"{_dashed(order[row - 1])}; expected each once, in the order in which they were "
                "shown: fetch NSD's own file."
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


def _dashed(place: tuple[int, ...]) -> str:
    return "-".join(map(str, place))


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
    with reading(path, STIMULI_EXPECTED, "damaged or something else") as file:
        header = require_even(file, ",")
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
    says nothing of trials; one with all three of a subject lists every trial up to the last listed.

    Raises
    ------
    StudyError
        Naming the first subject and image that differ.
    """
    reps = {s: [f"subject{s}_rep{r}" for r in range(3)] for s in range(1, len(design.images) + 1)}
    planned = {name for names in reps.values() for name in names}
    with reading(path, STIMULI_EXPECTED, "damaged or something else") as file:
        rows = pd.read_csv(file, usecols=lambda name: name in planned)
    again = "fetch both files from the same NSD release"
    for number, names in reps.items():
        shown, repeat = presented(design, f"subj{number:02d}")
        listed = np.zeros(len(shown) + 1, dtype=bool)
        for column in rows.columns.intersection(names):
            trials = whole_numbers(rows[column], 0, str(path), "fetch NSD's own file")
            image = np.flatnonzero(trials)
            wrong = trials[image] > len(shown)
            wrong |= shown[np.minimum(trials[image], len(shown)) - 1] != image
            if wrong.any():
                first = image[wrong][0]
                raise StudyError(
                    f"{path}: {column} says that trial {trials[first]} showed image {first}; "
                    f"{design.path} plans another for it: {again}."
                )
            listed[trials] = True
        # A table may end before the last sessions or the last images.
        left_out = ~listed[1 : listed.nonzero()[0].max(initial=0)]
        left_out &= (shown < len(rows))[: len(left_out)] & (repeat < 3)[: len(left_out)]
        if rows.columns.isin(names).sum() == len(names) and left_out.any():
            trial = int(left_out.argmax())
            raise StudyError(
                f"{path}: subject{number}_rep0 to subject{number}_rep2 leave out trial "
                f"{trial + 1}; {design.path} plans image {shown[trial]} for it: {again}."
            )


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


def stimuli(files: Files) -> pd.DataFrame:
    """The stimulus table, held against the design where there is one.

    Parameters
    ----------
    files : dict
        ``stimuli``, and perhaps ``design``.

    Raises
    ------
    StudyError
        As `read_stimuli` and `require_same_design` do.
    """
    table = read_stimuli(files["stimuli"])
    if design := files.get("design"):
        require_same_design(files["stimuli"], read_design(design))
    return table.assign(picture=table["image"].astype(str))

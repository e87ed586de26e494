"""Which image each trial showed: the index arithmetic of NSD's design, written out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pytest
from response_clusters import StudyError
from response_clusters.sources.nsd.design import Design, presented, read_design, trial_table
from response_clusters.sources.nsd.tables import (
    STIMULUS_COLUMNS,
    check_behaviour,
    read_stimuli,
    require_same_design,
)
from scipy.io import savemat
from simulated_nsd.shared import make_design


@pytest.fixture(scope="module")
def design() -> Design:
    return make_design(3)


def test_a_trial_shows_what_the_formula_says(design: Design) -> None:
    for subject, session, trial in [(1, 1, 1), (4, 2, 750), (8, 40, 750), (5, 13, 77)]:
        t = (session - 1) * 750 + trial
        id73k = design.images[subject - 1, design.ordering[t - 1] - 1]
        table = trial_table(design, f"subj{subject:02d}", [session])
        row = table.iloc[trial - 1]
        assert row["trial"] == t
        assert row["session"] == session
        assert row["image"] == id73k - 1  # 1-based in the file, 0-based as nsdId


def test_repeats_count_presentations_in_the_whole_design(design: Design) -> None:
    image, repeat = presented(design, "subj03")
    assert pd.Series(image).value_counts().eq(3).all()
    assert np.bincount(repeat).tolist() == [10000] * 3
    late = trial_table(design, "subj03", [2])
    earlier = set(image[:750])
    seen = late.groupby("image")["repeat"].min()
    assert all((seen[i] > 0) == (i in earlier) for i in seen.index)


def test_sessions_need_not_be_consecutive_nor_sorted(design: Design) -> None:
    table = trial_table(design, "subj01", [5, 2])
    assert table["session"].unique().tolist() == [2, 5]
    assert table["trial"].iloc[0] == 751
    assert len(table) == 1500


def test_shared_images_are_the_same_for_all(design: Design) -> None:
    seen = [set(presented(design, f"subj{s:02d}")[0]) for s in range(1, 9)]
    assert set.intersection(*seen) == set(design.shared - 1)
    assert len(set.union(*seen)) == 73000


def test_a_subject_or_session_beyond_the_design_is_refused(design: Design) -> None:
    with pytest.raises(StudyError, match="'subj09'"):
        presented(design, "subj09")
    with pytest.raises(StudyError, match="session 41"):
        trial_table(design, "subj01", [41])


def test_the_design_survives_its_file(design: Design, tmp_path: Path) -> None:
    path = tmp_path / "nsd_expdesign.mat"
    savemat(
        path,
        {
            "masterordering": design.ordering[None, :],
            "subjectim": design.images,
            "sharedix": design.shared[None, :],
        },
    )
    read = read_design(path)
    np.testing.assert_array_equal(read.ordering, design.ordering)
    np.testing.assert_array_equal(read.images, design.images)


@pytest.mark.parametrize(
    ("held", "says"),
    [
        (None, "no such file"),
        (b"not matlab", "not a MATLAB file"),
        ({"masterordering": np.ones((1, 5))}, "'subjectim' is missing"),
    ],
)
def test_a_wrong_design_file_is_told(held: object, says: str, tmp_path: Path) -> None:
    path = tmp_path / "design.mat"
    if isinstance(held, bytes):
        path.write_bytes(held)
    elif isinstance(held, dict):
        savemat(path, held)
    with pytest.raises(StudyError, match=says):
        read_design(path)


def test_behaviour_is_held_against_the_design(design: Design, tmp_path: Path) -> None:
    trials = trial_table(design, "subj02", [1, 2])
    rows = pd.DataFrame({"SESSION": trials["session"], "73KID": trials["image"] + 1})
    path = tmp_path / "responses.tsv"
    rows.to_csv(path, sep="\t", index=False)
    assert check_behaviour(path, "subj02", trials) == 1500
    rows.loc[800, "73KID"] += 1
    rows.to_csv(path, sep="\t", index=False)
    with pytest.raises(StudyError, match="trial 801 of subj02"):
        check_behaviour(path, "subj02", trials)


def test_crops_are_read_in_their_order(tmp_path: Path) -> None:
    table = pd.DataFrame({name: [0, 1] for name in STIMULUS_COLUMNS})
    table["cropBox"] = ["(0, 0.25, 0.1, 0)", "(0, 0, 0.125, 0.125)"]
    table["cocoSplit"], table["cocoId"] = ["train2017", "val2017"], [9, 42]
    path = tmp_path / "stimuli.csv"
    table.to_csv(path)
    found = read_stimuli(path)
    sides = found[["crop_top", "crop_bottom", "crop_left", "crop_right"]].to_numpy().tolist()
    assert sides == [[0, 0.25, 0.1, 0], [0, 0, 0.125, 0.125]]
    table["cropBox"] = "nowhere"
    table.to_csv(path)
    with pytest.raises(StudyError, match="cropBox 'nowhere'"):
        read_stimuli(path)


def stimulus_rows(design: Design) -> pd.DataFrame:
    """The stimulus table of a design, as NSD writes it: trials from 1, 0 where not shown."""
    rows = pd.DataFrame({"cocoId": np.arange(1, 73001), "cocoSplit": "train2017"})
    rows["cropBox"], rows["nsdId"] = "(0.0, 0.0, 0.125, 0.125)", np.arange(73000)
    image, repeat = presented(design, "subj02")
    for number in range(3):
        trials = np.zeros(73000, int)
        trials[image[repeat == number]] = np.flatnonzero(repeat == number) + 1
        rows[f"subject2_rep{number}"] = trials
    return rows


def test_the_stimulus_table_agrees_with_the_design(design: Design, tmp_path: Path) -> None:
    path = tmp_path / "stimuli.csv"
    rows = stimulus_rows(design)
    rows.to_csv(path)
    require_same_design(path, design)
    image = int(np.flatnonzero(rows["subject2_rep0"])[3])
    for trial in (rows["subject2_rep0"][image] + 1, 30001):
        rows.assign(subject2_rep0=rows["subject2_rep0"].where(rows.index != image, trial)).to_csv(
            path
        )
        with pytest.raises(StudyError, match=f"subject2_rep0 says that trial {trial} showed"):
            require_same_design(path, design)


def test_the_stimulus_table_lists_every_trial(design: Design, tmp_path: Path) -> None:
    path = tmp_path / "stimuli.csv"
    rows = stimulus_rows(design)
    reps = [f"subject2_rep{r}" for r in range(3)]
    shown = presented(design, "subj02")[0]
    # The last sessions, the last images or a column may be missing.
    few = rows.assign(**{name: rows[name].where(rows[name] <= 22500, 0) for name in reps})
    for less in (few, rows[:5000], rows.drop(columns="subject2_rep1")):
        less.to_csv(path)
        require_same_design(path, design)
    for trial in (1, 7000):
        zeroed = {name: rows[name].where(rows[name] != trial, 0) for name in reps}
        rows.assign(**zeroed).to_csv(path)
        says = f"leave out trial {trial}; .* plans image {shown[trial - 1]} for it: fetch both"
        with pytest.raises(StudyError, match=says):
            require_same_design(path, design)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda rows: rows[::-1], "row 1 has 4 in its first column|row 1 has 4 in its column"),
        (lambda rows: rows.assign(nsdId=rows["nsdId"] + 1), "row 1 has 1 in its column 'nsdId'"),
        (lambda rows: rows.drop(2), "row 3 has 3 in its"),
        (lambda rows: rows.assign(nsdId=[0, 1, 1, 3, 4]), "nsdId 1 is there twice"),
        (lambda rows: rows.assign(nsdId=[0, 1, None, 3, 4]), "'nsdId' holds nothing in row 3"),
        (lambda rows: rows.assign(cropBox="(nan, 0, 0, 0)"), "nan"),
        (lambda rows: rows.assign(cropBox="(0, 0, 1, 0)"), "leaves nothing"),
        (lambda rows: rows.assign(cropBox="(" * 5000), "cropBox"),
    ],
)
def test_rows_of_the_stimulus_table_are_not_trusted(
    change: Callable[[pd.DataFrame], pd.DataFrame], says: str, tmp_path: Path
) -> None:
    rows = pd.DataFrame({"cocoId": range(1, 6), "cocoSplit": "val2017", "nsdId": range(5)})
    rows["cropBox"] = "(0, 0, 0.1, 0.1)"
    path = tmp_path / "stimuli.csv"
    rows.to_csv(path)
    assert read_stimuli(path)["image"].tolist() == [0, 1, 2, 3, 4]
    change(rows).to_csv(path)
    with pytest.raises(StudyError, match=says):
        read_stimuli(path)
    lines = rows.drop(columns="cropBox").assign(cropBox=0).to_csv().splitlines()
    for ragged in (lines[3] + ",5", lines[3].rpartition(",")[0]):
        path.write_text("\n".join([*lines[:3], ragged, *lines[4:]]))
        with pytest.raises(StudyError, match=r"line 4 has \d fields, the header 5"):
            read_stimuli(path)


def test_rows_of_the_responses_are_not_trusted(design: Design, tmp_path: Path) -> None:
    trials = trial_table(design, "subj02", [1, 2])
    rows = pd.DataFrame({"SUBJECT": 2, "SESSION": trials["session"], "73KID": trials["image"] + 1})
    runs = np.repeat(np.arange(12), [63, 62] * 6)
    placed = rows.assign(RUN=np.tile(runs + 1, 2))
    placed["TRIAL"] = placed.groupby(["SESSION", "RUN"]).cumcount() + 1
    path = tmp_path / "responses.tsv"
    # An older download has fewer sessions.
    for whole, compared in ((placed, 1500), (rows[:750], 750), (rows[:0], 0)):
        whole.to_csv(path, sep="\t", index=False)
        assert check_behaviour(path, "subj02", trials) == compared
    for changed, says in [
        (rows.drop(1499), "session 2 has 749 rows; expected 750"),
        (rows.drop(5), "session 1 has 749 rows"),
        (rows.iloc[[*range(10), 11, 10, *range(12, 1500)]], "trial 11 of subj02 showed image"),
        (rows.assign(SUBJECT=3), "it is of subject 3; expected subj02"),
        (rows[rows["SESSION"] == 2], "session 1 is missing, but session 2 is there"),
        (placed.iloc[[1, 0, *range(2, 1500)]], "row 2 is of .* 1-1-1, after 1-1-2"),
        (placed.assign(TRIAL=1), "row 2 is of session, run and trial 1-1-1, after 1-1-1"),
    ]:
        changed.to_csv(path, sep="\t", index=False)
        with pytest.raises(StudyError, match=says):
            check_behaviour(path, "subj02", trials)


def test_a_design_is_whole_numbers_that_agree(design: Design, tmp_path: Path) -> None:
    path = tmp_path / "design.mat"
    good = {
        "masterordering": design.ordering[None, :].astype(float),
        "subjectim": design.images.astype(float),
        "sharedix": design.shared[None, :].astype(float),
    }

    def refused(name: str, value: np.ndarray, says: str) -> None:
        savemat(path, good | {name: value})
        with pytest.raises(StudyError, match=says):
            read_design(path)

    images = good["subjectim"].copy()
    images[3, 1] = images[3, 0]
    refused("subjectim", images, "row 4 of subjectim names an image twice")
    refused("masterordering", good["masterordering"] + 0.5, "'masterordering' holds numbers that")
    refused("sharedix", good["sharedix"] * 0, "sharedix holds the image id 0")


def test_a_design_of_matlabs_newer_format_is_read(design: Design, tmp_path: Path) -> None:
    path = tmp_path / "design.mat"
    with h5py.File(path, "w", userblock_size=512) as file:
        file["masterordering"] = design.ordering[None, :].T.astype(float)
        file["subjectim"] = design.images.T.astype(float)
        file["sharedix"] = design.shared[None, :].T.astype(float)
    with open(path, "r+b") as stream:
        stream.write(b"MATLAB 7.3 MAT-file")
    found = read_design(path)
    np.testing.assert_array_equal(found.images, design.images)
    np.testing.assert_array_equal(found.ordering, design.ordering)


def test_a_designs_sizes_are_not_believed(design: Design, tmp_path: Path) -> None:
    path = tmp_path / "design.mat"

    def refused(says: str, **sets: Any) -> None:
        with h5py.File(path, "w") as file:
            for name, how in sets.items():
                file.create_dataset(name, **how)
        with pytest.raises(StudyError, match=says):
            read_design(path)

    refused(
        "masterordering is no table of at most 10,000,000 numbers",
        masterordering={"shape": (10**12, 1), "dtype": "f8", "chunks": (1000, 1)},
    )
    refused("'masterordering' has the type", masterordering={"data": b"text"})
    refused("'masterordering' is missing, found other;", other={"data": [b"text"]})

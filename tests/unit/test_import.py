"""Responses that others have averaged: text files and tables."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from gather_responses import mean_over_repeats
from import_table import read_one, read_texts, split_regions, trial_columns
from pool_regions import pooled_regions
from response_clusters import StudyError
from response_clusters.responses import without_constant_rows


def texts(folder: Path, columns: dict[str, list[float]]) -> dict[str, str]:
    files = {}
    for region, values in columns.items():
        path = folder / f"meanbeta_{region}.txt"
        path.write_text("".join(f"{value}\n" for value in values))
        files[region] = str(path)
    return files


def test_text_files_become_columns_and_nan_throughout_means_absent(tmp_path: Path) -> None:
    nan = float("nan")
    table = read_texts(texts(tmp_path, {"V1v": [0.25, -1.5], "mTLfaces": [nan, nan]}))
    assert table["V1v"].tolist() == [0.25, -1.5]
    betas, listing = split_regions(table, "all", "here")
    assert list(betas.columns) == ["V1v"]
    assert betas["V1v"].dtype == np.float32
    assert listing["present"].tolist() == [True, False]
    assert listing["voxels"].isna().all()


def test_files_of_unequal_length_and_words_are_told(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="V1v has 2 lines, but EBA has 3"):
        read_texts(texts(tmp_path, {"V1v": [1, 2], "EBA": [1, 2, 3]}))
    (tmp_path / "meanbeta_V1v.txt").write_text("1\nhello\n")
    with pytest.raises(StudyError, match="one number a line"):
        read_texts({"V1v": str(tmp_path / "meanbeta_V1v.txt")})


def test_a_region_without_a_file_is_absent_and_having_none_is_told() -> None:
    table = pd.DataFrame({"V1v": [1.0], "image": [3]})
    betas, listing = split_regions(table, ["PPA", "V1v"], "here")
    assert list(betas.columns) == ["V1v"]
    assert listing["present"].tolist() == [False, True]
    with pytest.raises(StudyError, match="none of the regions asked for is there; found V1v"):
        split_regions(table, ["PPA"], "here")
    with pytest.raises(StudyError, match="other than numbers"):
        split_regions(pd.DataFrame({"V1v": ["a"]}), "all", "here")


def test_a_table_may_say_what_its_trials_are(tmp_path: Path) -> None:
    path = tmp_path / "subj01.csv"
    pd.DataFrame({"trial": [4, 9], "session": [1, 2], "image": [7, 7], "V1v": [1, 2]}).to_csv(
        path, index=False
    )
    table = read_one(str(path))
    trials = trial_columns(table, None, "subj01")
    assert trials["trial"].tolist() == [4, 9]
    assert trials["image"].tolist() == [7, 7]
    assert trials["repeat"].isna().all()
    with pytest.raises(StudyError, match="no such file"):
        read_one(str(tmp_path / "none.csv"))


def test_rows_in_trial_order_fall_into_sessions_of_750() -> None:
    trials = trial_columns(pd.DataFrame({"V1v": np.zeros(1600)}), None, "subj01")
    assert trials["session"].value_counts(sort=False).tolist() == [750, 750, 100]


def gathered() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "subject": "subj01",
            "session": [1, 1, 2],
            "trial": [1, 2, 800],
            "image": pd.array([5, 6, 5], dtype="Int32"),
            "repeat": pd.array([0, 0, 1], dtype="Int8"),
            "V1v": np.float32([1, 2, 3]),
            "EBA": np.float32([0, 2, 1]),
        }
    )


def test_repeats_are_averaged_after_the_regions() -> None:
    found = mean_over_repeats(gathered(), ["V1v", "EBA"])
    assert found[["session", "trial", "image"]].to_numpy().tolist() == [[1, 1, 5], [1, 2, 6]]
    assert found["V1v"].tolist() == [2.0, 2.0]
    assert found["EBA"].tolist() == [0.5, 2.0]
    assert found["repeat"].isna().all()
    with pytest.raises(StudyError, match="images are not known"):
        mean_over_repeats(gathered().assign(image=pd.NA), ["V1v"])


def test_constant_trials_are_refused_or_dropped_by_name() -> None:
    with pytest.raises(StudyError, match="1 trials .* the first is trial 2"):
        without_constant_rows(gathered(), ["V1v", "EBA"], "error", "subj01")
    kept = without_constant_rows(gathered(), ["V1v", "EBA"], "drop", "subj01")
    assert kept["trial"].tolist() == [1, 800]


def test_what_is_not_finite_is_refused_or_dropped_by_trial() -> None:
    rows = gathered().assign(V1v=np.float32([1, np.nan, 3]))
    with pytest.raises(StudyError, match="the first is trial 2"):
        without_constant_rows(rows, ["V1v", "EBA"], "error", "subj01")
    rows = gathered().assign(V1v=np.float32([np.nan, 2, 3]))
    means = mean_over_repeats(rows, ["V1v", "EBA"])
    assert means["V1v"].isna().tolist() == [True, False]  # not the mean of what is left


def listing(present: list[bool]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "region": ["V1v", "EBA", "RSC"],
            "collection": "x",
            "label": [1, 2, 3],
            "voxels": [10 * p for p in present],
            "present": present,
        }
    )


def test_pooling_keeps_what_all_subjects_have() -> None:
    tables = {"subj01": listing([True, True, True]), "subj02": listing([True, False, True])}
    pooled = pooled_regions(tables, [])
    assert pooled["present"].tolist() == [2, 1, 2]
    assert pooled["in_all"].tolist() == [True, False, True]
    assert pooled["voxels"].tolist() == [20, 10, 20]
    alone = pooled_regions({"subj01": listing([True, False, True])}, [])
    assert alone["present"].tolist() == [1, 0, 1]  # what "all" names may be in no subject
    with pytest.raises(StudyError, match="No subject of this study has the region 'EBA'"):
        pooled_regions({"subj01": listing([True, False, True])}, ["EBA"])
    with pytest.raises(StudyError, match="at least two"):
        pooled_regions({"a": listing([True, True, False]), "b": listing([True, False, True])}, [])

"""Responses that others have averaged: text files and tables."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from response_clusters import StudyError
from response_clusters.responses.gathering import (
    mean_over_repeats,
    source_file,
    without_constant_rows,
)
from response_clusters.responses.pooling import pooled_regions
from response_clusters.sources.averages.reading import read_columns
from response_clusters.sources.averages.table import read_texts, split_regions, trial_columns


def texts(folder: Path, columns: dict[str, list[float]]) -> dict[str, str]:
    files = {}
    for region, values in columns.items():
        path = folder / f"meanbeta_{region}.txt"
        path.write_text("".join(f"{value}\n" for value in values))
        files[region] = str(path)
    return files


def test_text_files_become_columns_and_nan_throughout_means_absent(tmp_path: Path) -> None:
    nan = float("nan")
    table = read_texts(
        texts(tmp_path, {"V1v": [0.25, -1.5], "mTLfaces": [nan, nan], "EBA": [1, nan]})
    )
    assert table["V1v"].tolist() == [0.25, -1.5]
    betas, listing = split_regions(table, "all", "here")
    assert list(betas.columns) == ["V1v", "EBA"]
    assert betas["V1v"].dtype == np.float32
    assert listing["present"].tolist() == [True, False, True]
    assert listing["voxels"].isna().all()


def test_files_of_unequal_length_and_words_are_told(tmp_path: Path) -> None:
    with pytest.raises(
        StudyError, match="EBA.txt: the file has 3 lines; expected 2, .* as V1v has"
    ):
        read_texts(texts(tmp_path, {"V1v": [1, 2], "EBA": [1, 2, 3]}))
    path = tmp_path / "meanbeta_V1v.txt"
    for text, says in {
        "1\nhello\n": "line 2 holds 'hello'; expected one number on each line",
        "1\n\n2\n": "line 2 is empty",
        "1 2\n": "line 1 holds '1 2'",
        "": "the file is empty",
    }.items():
        path.write_text(text)
        with pytest.raises(StudyError, match=says):
            read_texts({"V1v": str(path)})
    path.write_bytes(b"1\n\xff\n")
    with pytest.raises(StudyError, match="not UTF-8 text"):
        read_texts({"V1v": str(path)})
    path.write_text("1\n2\n\n\n")  # empty lines at the end mean nothing
    assert read_texts({"V1v": str(path)})["V1v"].tolist() == [1, 2]


def test_a_region_without_a_file_is_absent_and_having_none_is_told() -> None:
    table = pd.DataFrame({"V1v": [1.0], "EBA": [2.0], "image": [3]})
    betas, listing = split_regions(table, ["PPA", "V1v", "EBA"], "here")
    assert list(betas.columns) == ["V1v", "EBA"]
    assert listing["present"].tolist() == [False, True, True]
    with pytest.raises(StudyError, match="0 of the 1 regions asked for are there, found V1v, EBA"):
        split_regions(table, ["PPA"], "here")
    with pytest.raises(StudyError, match="region EBA is 'a' in row 2; expected numbers"):
        split_regions(pd.DataFrame({"V1v": [1, 2], "EBA": [1, "a"]}), "all", "here")


def test_a_table_may_say_what_its_trials_are(tmp_path: Path) -> None:
    path = tmp_path / "subj01.csv"
    pd.DataFrame({"trial": [4, 9], "session": [1, 2], "image": [7, 7], "V1v": [1, 2]}).to_csv(
        path, index=False
    )
    table = read_columns(str(path))
    trials = trial_columns(table, None, 750, "here")
    assert trials["trial"].tolist() == [4, 9]
    assert trials["image"].tolist() == [7, 7]
    assert trials["repeat"].isna().all()
    with pytest.raises(StudyError, match="no such file"):
        read_columns(str(tmp_path / "none.csv"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("trial,V1v,V1v\n1,2,3\n", "2 columns are called 'V1v'"),
        ("trial,V1v\n3,1\n3,2\n", "trial 3 is there twice"),
        ("trial,V1v\n1,1\n,2\n", "'trial' holds nothing in row 2; expected whole numbers from 1"),
        ("image,V1v\n,1\n-1,2\n", "'image' holds -1.0 in row 2; expected whole numbers from 0"),
        ("session,V1v\none,1\n", "'session' holds one in row 1"),
        ("V1v,EBA\n1,2,3\n", "line 2 has 3 fields, and the header 2 names"),
        ("V1v,EBA\n1,2\n3,4,5\n", "line 3 has 3 fields, and the header 2 names"),
        ("V1v,EBA\n", "the table has no rows"),
        ("", "the file is empty"),
    ],
)
def test_what_is_wrong_with_a_table_is_told(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "subj01.csv"
    path.write_text(text)
    with pytest.raises(StudyError, match=says):
        read_columns(str(path))


def test_a_column_stored_as_the_index_is_a_column(tmp_path: Path) -> None:
    path = tmp_path / "subj01.parquet"
    pd.DataFrame({"trial": [4, 9], "V1v": [1.0, 2.0]}).set_index("trial").to_parquet(path)
    assert read_columns(str(path))["trial"].tolist() == [4, 9]


def test_rows_in_trial_order_fall_into_sessions_of_750() -> None:
    trials = trial_columns(pd.DataFrame({"V1v": np.zeros(1600)}), None, 750, "here")
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
    with pytest.raises(StudyError, match="images of some trials are not known"):
        mean_over_repeats(gathered().assign(image=pd.NA), ["V1v"])


def here(subject: str, session: int, region: str) -> str:
    return region or "here"


def test_the_file_of_a_response_is_found() -> None:
    assert source_file({"V1v": "a.txt", "EBA": "b.txt"}, 1, "EBA") == "b.txt"
    assert source_file({"1": "a.hdf5", "2": "b.hdf5"}, 2, "EBA") == "b.hdf5"
    assert source_file({"": "a.csv"}, 2, "EBA") == "a.csv"
    assert source_file({"V1v": "a.txt"}, 1, "") == "a.txt"


def test_constant_trials_are_refused_or_dropped_by_name() -> None:
    with pytest.raises(StudyError, match="^here: trial 2 of subj01 is 2 in every region; .*'drop'"):
        without_constant_rows(gathered(), ["V1v", "EBA"], "error", here)
    kept = without_constant_rows(gathered(), ["V1v", "EBA"], "drop", here)
    assert kept["trial"].tolist() == [1, 800]


def test_what_is_not_finite_is_refused_or_dropped_by_trial() -> None:
    rows = gathered().assign(V1v=np.float32([1, np.nan, 3]))
    with pytest.raises(StudyError, match="^V1v: region V1v is nan in trial 2 of subj01; expected"):
        without_constant_rows(rows, ["V1v", "EBA"], "error", here)
    with pytest.raises(StudyError, match="and 3 trials of 3 are constant or not finite"):
        without_constant_rows(rows.assign(V1v=np.float32(np.inf)), ["V1v", "EBA"], "drop", here)
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
    with pytest.raises(
        StudyError, match="names 'EBA', which none of subj01 has; expected some of V1v, RSC"
    ):
        pooled_regions({"subj01": listing([True, False, True])}, ["EBA"])
    with pytest.raises(StudyError, match="at least two"):
        pooled_regions({"a": listing([True, True, False]), "b": listing([True, False, True])}, [])

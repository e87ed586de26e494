"""Tables are what their schema says, and files appear whole or not at all."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from response_clusters import StudyError
from response_clusters.tables import (
    SCHEMAS,
    read_table,
    region_columns,
    replacing,
    schema,
    write_table,
)


def trials() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "image": pd.array([5, None, 7], dtype="Int32"),
            "session": [1, 1, 1],
            "trial": [1, 2, 3],
            "repeat": pd.array([0, None, 2], dtype="Int8"),
        }
    )


@pytest.mark.parametrize("suffix", ["parquet", "tsv"])
def test_a_table_survives_its_file(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"trials.{suffix}"
    write_table(trials(), path, "trials")
    found = read_table(path, "trials")
    assert list(found.columns) == ["session", "trial", "image", "repeat"]
    assert found.dtypes.astype(str).tolist() == ["int16", "int32", "Int32", "Int32"]
    assert found["image"].isna().tolist() == [False, True, False]


def test_numbers_survive_text_to_twelve_digits(tmp_path: Path) -> None:
    values = np.random.default_rng(0).random(6) * 10.0 ** np.arange(-6, 0)
    values[:2] = 0.25, -1.0
    table = pd.DataFrame(
        {"cluster": 1, "region": list("abcdef"), "response": values, "prototype": values}
    )
    write_table(table, tmp_path / "x.tsv", "centroids")
    found = read_table(tmp_path / "x.tsv", "centroids")["response"].to_numpy()
    np.testing.assert_allclose(found, values, rtol=5e-12)
    assert found.tolist() == [float(f"{value:.12g}") for value in values]
    # Whatever the last bit was on another machine, the text is the same.
    nudged = table.assign(response=np.nextafter(values, 2), prototype=np.nextafter(values, -2))
    write_table(nudged, tmp_path / "y.tsv", "centroids")
    assert (tmp_path / "y.tsv").read_bytes() == (tmp_path / "x.tsv").read_bytes()


def test_truth_values_and_names_like_nothing_survive_text(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "region": ["NA", "None"],
            "collection": [None, "x"],
            "label": [None, 2],
            "voxels": [None, 3],
            "present": [True, False],
        }
    )
    write_table(table, tmp_path / "x.tsv", "regions")
    found = read_table(tmp_path / "x.tsv", "regions")
    assert found["region"].tolist() == ["NA", "None"]
    assert found["present"].tolist() == [True, False]
    assert found["collection"].isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"trial": [1, 1, 2]}, "two rows have trial 1; expected one row for each"),
        ({"trial": [0, 1, 2]}, "holds .*0"),
        ({"trial": [1, 2, None]}, "row 3 has no value"),
        ({"trial": ["a", "b", "c"]}, "is not int32"),
        ({"trial": [1.5, 2, 3]}, "not int32"),
        ({"session": [1, 1, 70000]}, "not int16"),
        ({"repeat": [0, 1, -1]}, "expected int32"),
        ({"colour": ["red"] * 3}, "a column 'colour'; expected only session"),
    ],
)
def test_what_breaks_the_schema_is_told_and_not_written(
    change: dict[str, list[object]], says: str, tmp_path: Path
) -> None:
    with pytest.raises(StudyError, match=says):
        write_table(trials().assign(**change), tmp_path / "x.parquet", "trials")
    with pytest.raises(StudyError, match="'trial' is missing, found image, session, repeat"):
        write_table(trials().drop(columns="trial"), tmp_path / "x.parquet", "trials")
    assert list(tmp_path.iterdir()) == []


def test_region_columns_follow_and_must_be_finite(tmp_path: Path) -> None:
    table = pd.DataFrame({"trial": [1, 2], "V1v": [0.5, 1.5], "FFA-1": [1.0, 2.0]})
    write_table(table, tmp_path / "x.parquet", "regional_means")
    found = read_table(tmp_path / "x.parquet", "regional_means")
    assert region_columns(found, "regional_means") == ["V1v", "FFA-1"]
    assert found["V1v"].dtype == np.float32
    rows = table.assign(subject="subj01", session=1, image=pd.NA, repeat=pd.NA)
    with pytest.raises(StudyError, match="'V1v' holds"):
        write_table(rows.assign(V1v=[np.inf, 1]), tmp_path / "y.parquet", "responses")


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("before")
    with pytest.raises(RuntimeError), replacing(path) as draft:
        draft.write_text("half")
        raise RuntimeError
    assert path.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["x.txt"]


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_schema_is_well_formed(path: Path) -> None:
    rules = schema(path.stem)
    assert rules["description"].endswith(".")
    assert set(rules) <= {"path", "description", "columns", "further", "key"}
    assert set(rules["key"]) <= set(rules["columns"])
    for rule in [*rules["columns"].values(), *([rules["further"]] if "further" in rules else [])]:
        assert rule["description"].endswith((".", "…"))
        known = {"type", "nullable", "plain", "minimum", "maximum", "enum", "finite", "description"}
        assert set(rule) <= known

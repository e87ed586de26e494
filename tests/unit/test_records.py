"""Records are checked where they are written and where they are read."""

import copy
import itertools
import json
import math
import unittest.mock
from pathlib import Path
from typing import Any

import pytest
import yaml
from response_clusters import strict
from response_clusters.errors import StudyError
from response_clusters.records import SCHEMAS, read_fit, read_record, write_record

ELBOW: dict[str, Any] = {
    "k": 6,
    "statistic": "r2_between",
    "threshold": 0.01,
    "reached": True,
    "rule": "k = 6 is the last before the first gain in R² below 0.01",
    "choices": {"r2_between": 6, "r2_explained": 8},
    "note": "",
}


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_record(ELBOW, tmp_path / "elbow.json", "elbow")
    assert read_record(tmp_path / "elbow.json", "elbow") == ELBOW


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"k": 0}, "k is not as elbow.yaml describes it"),
        ({"k": 6.0}, "k is not as elbow.yaml describes it"),
        ({"k": True}, "k is not as elbow.yaml describes it"),
        ({"choices": {"r2_between": 6}}, "choices is not as elbow.yaml describes it"),
        ({"colour": "red"}, "the record is not as elbow.yaml describes it"),
    ],
)
def test_what_breaks_the_schema_is_told_and_not_written(
    change: dict[str, Any], says: str, tmp_path: Path
) -> None:
    with pytest.raises(StudyError, match=says):
        write_record(ELBOW | change, tmp_path / "elbow.json", "elbow")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_record_gets_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "elbow.json"
    path.write_text(json.dumps(ELBOW)[:40])
    with pytest.raises(
        StudyError, match=r"elbow\.json: the file is damaged .*a record of the study"
    ):
        read_record(path, "elbow")
    path.write_text("[]")
    with pytest.raises(StudyError, match="delete it and run again"):
        read_record(path, "elbow")


FIT: dict[str, Any] = {
    **{"k": 2, "trials": 30, "regions": 4, "objective": 3.5, "r2_between": 0.5},
    **{"r2_explained": 0.25, "sizes": [20, 10], "replicates": 3, "agreeing_replicates": 2},
    **{"iterations": 9, "converged": True, "seed": 1, "within": 1.5, "between": 2.0},
    **{"grand_centroid": 0.5, "grand_centroid_directionless": False, "note": ""},
}


@pytest.mark.parametrize(
    ("change", "clusters", "says"),
    [
        ({"sizes": [20, 5, 5]}, [1, 2], "k = 2 and 30 trials, but 3 sizes that sum to 30"),
        ({"sizes": [20, 11]}, [1, 2], "k = 2 and 30 trials, but 2 sizes that sum to 31"),
        ({}, [1, 2, 3], "k = 2, but the table beside it has the cluster 3"),
        ({}, [0, 1], "k = 2, but the table beside it has the cluster 0"),
    ],
)
def test_a_fit_is_held_against_itself_and_its_table(
    change: dict[str, Any], clusters: list[int], says: str, tmp_path: Path
) -> None:
    path = tmp_path / "fit.json"
    write_record(FIT, path, "fit")
    assert read_fit(path, [2]) == FIT
    write_record(FIT | change, path, "fit")
    with pytest.raises(StudyError, match=says):
        read_fit(path, clusters)


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_schema_is_well_formed(path: Path) -> None:
    schema = yaml.safe_load(path.read_text("utf-8"))
    assert schema["description"].endswith(".")
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) == set(schema["properties"])


RECORDS: dict[str, dict[str, Any]] = {
    "elbow": ELBOW,
    "cooccurrence": {
        **{"images": 90, "categories": 4, "pairs": 6, "permutations": 99, "mantel_r": 0.25},
        **{"p": 0.5, "p_pictures": 0.25, "p_categories": 0.5, "shuffled": 0.0, "note": ""},
        **{"shuffled_low": -0.125, "shuffled_high": None},
        **{"circular_r": 0.5, "circular_shuffled": 0.25},
    },
    "versions": {"python": "3.11", "packages": {"numpy": "2.1"}, "commit": None, "clean": True},
    "fit": FIT,
    "consistency_subjects": {
        **{"k": 2, "n": 1, "median": 0.5, "min": 0.5, "fraction_above_0.8": 0.0, "note": ""},
        "best_match": {"n": 0, "median": None, "min": None, "fraction_above_0.8": None},
    },
    "label_coverage": {
        "base": {"images": 3, "uncovered": 0},
        "clusters": [{"cluster": 1, "top": "all", "images": 3, "uncovered": 0}],
        "note": "",
    },
    "made": {
        "rule": "choose_k",
        "params": {"code": "0123456789abcdef", "gain": 0.01, "statistic": "r2_between"},
        "files": [{"path": "pooled/elbow.tsv", "size": 300, "sha256": "0123"}],
    },
    "summary": {
        **{"study": "demo", "sentences": ["One.", "Two.", "Three."], "note": ""},
        "warnings": [{"about": "Pictures", "text": "There are none."}],
    },
    "explorer": {
        **{"cohort": "pooled", "trials": 3, "unit": "z", "chosen": 1, "statistic": "r2_between"},
        **{"rule": "the last k", "counted": {"top": "all", "count": "images"}, "note": ""},
        "regions": [{"region": "V1v", "family": ""}, {"region": "PPA", "family": "Places"}],
        "curve": [{"k": 1, "r2_between": 0.0, "r2_explained": 0.0}],
        "fits": [
            {
                "k": 1,
                "clusters": [
                    {
                        **{"cluster": 1, "identity": None, "identity_r": None, "size": 3},
                        **{"share": 1.0, "place": 0.5, "prototype": [0.5, -0.5]},
                        "response": {q: [1.0, 2.0] for q in ("mean", "low", "median", "high")},
                        "nearest": [
                            {
                                **{"rank": 1, "subject": "s", "trial": 1, "image": "a"},
                                **{"coco_id": None, "r": 0.5, "labels": ["cat"]},
                            }
                        ],
                        "categories": [{"category": "cat", "count": 1, "lift": None}],
                        "before": [{"cluster": 1, "trials": 3, "share": 1.0}],
                        "matches": [{"cohort": "s", "k": 1, "cluster": 1, "r": 0.5}],
                    }
                ],
            }
        ],
    },
    "provenance": {
        **{"study": "demo", "config": {"seed": 0}, "note": ""},
        "software": {
            **{"python": "3.11", "packages": {"numpy": "2.1"}},
            **{"commit": None, "clean": None},
        },
        "machine": {"system": "Linux", "architecture": "x86_64", "processors": 2},
        "inputs": [{"path": "a.hdf5", "bytes": 3, "modified": None, "etag": None}],
        "seeds": {"seed": 0, "derivation": "by name"},
        "rules": [{"rule": "a", "jobs": 1, "seconds": 0.5, "longest": 0.5, "megabytes": None}],
    },
    "map": {
        **{"subject": "s", "k": 1, "value": "the prototype", "overlaps": "the mean"},
        **{"outside": "0", "shared_voxels": 0, "axes": "RAS", "units": "mm", "note": ""},
        "volumes": [{"volume": 0, "cluster": 1, "identity": None}],
        "regions": {"V1v": 12},
    },
    "labels": {"instances": 5, "boxes": 1, "below_one_pixel": 0, "left_out": 2},
}


def places(record: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value in a record, itself included."""
    inner: Any = record.items() if isinstance(record, dict) else ()
    inner = enumerate(record) if isinstance(record, list) else inner
    return [path, *(place for key, part in inner for place in places(part, (*path, key)))]


def with_value(record: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy of a record with another value in one place."""
    if not path:
        return value
    copied = copy.deepcopy(record)
    holder = copied
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return copied


@pytest.mark.parametrize("name", sorted(path.stem for path in SCHEMAS.glob("*.yaml")))
def test_the_short_check_of_records_agrees_with_jsonschema(name: str) -> None:
    """Whatever stands in whichever place; a valid record does not need jsonschema at all."""
    schema, record = yaml.safe_load((SCHEMAS / f"{name}.yaml").read_text("utf-8")), RECORDS[name]
    assert strict._plainly_fits(record, schema, schema)
    odd = [
        None,
        True,
        "",
        "r2_between",
        -2,
        0,
        1,
        7,
        -0.5,
        0.5,
        3.0,
        math.nan,
        math.inf,
        [],
        [0],
        {},
    ]
    for place, value in itertools.product(places(record), [*odd, {"odd": 1}, record]):
        other = with_value(record, place, value)
        plain = strict._plainly_fits(other, schema, schema)
        with unittest.mock.patch.object(strict, "_plainly_fits", return_value=False):
            assert not (plain and strict.schema_errors(other, schema)), (place, value)

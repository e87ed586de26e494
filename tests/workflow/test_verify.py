"""Edited results are named: by their digests, and by what contradicts them if those agree."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from response_clusters.study.statements import Stated, digest_of, stated
from response_clusters.verification import schemas
from response_clusters.verification.manifest import digest_faults
from response_clusters.verification.study import Study, study_faults

from tests.workflow.conftest import SMALL, clone, run_snakemake, try_snakemake

NOTE = "Simulated data: planted groups, not a measurement"
Edit = Callable[[Path], None]


def record(path: Path, **fields: Any) -> None:
    """Other values for some fields of a record; of a number, a factor."""
    held = json.loads(path.read_text())
    for name, value in fields.items():
        held[name] = value(held[name]) if callable(value) else value
    path.write_text(json.dumps(held))


def cell(path: Path, column: str, value: Callable[[Any], Any], row: int = 0) -> None:
    """Another value in one place of a table."""
    if path.suffix == ".parquet":
        table = pd.read_parquet(path)
        table[column] = table[column].where(table.index != row, value(table[column].iloc[row]))
        table.to_parquet(path)
    else:
        table = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
        table.loc[row, column] = str(value(table.loc[row, column]))
        table.to_csv(path, sep="\t", index=False)


def exchange(path: Path, columns: list[str], row: int) -> None:
    """Exchange some columns of a row and the next."""
    table = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    table.loc[[row, row + 1], columns] = table.loc[[row + 1, row], columns].to_numpy()
    table.to_csv(path, sep="\t", index=False)


def text(path: Path, old: str, new: str) -> None:
    held = path.read_text("utf-8")
    assert old in held
    path.write_text(held.replace(old, new, 1), "utf-8")


def copied(path: Path, source: str) -> None:
    path.write_bytes((path.parent / source).resolve().read_bytes())


def without_a_row(path: Path) -> None:
    pd.read_parquet(path).iloc[:-1].to_parquet(path)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def moved(path: Path) -> None:
    """Two clusters exchange their numbers, wherever trials have them."""
    table = pd.read_parquet(path)
    table["cluster"] = table["cluster"].map({1: 2, 2: 1, 3: 3}).astype("int16")
    table.to_parquet(path)


def more(by: float) -> Callable[[Any], Any]:
    return lambda value: float(value) + by


def one_more(value: Any) -> int:
    return int(value) + 1


FIT, BEST = "subj01/k03", "pooled/kbest"
EDITS: dict[str, tuple[str, Edit]] = {
    "a lower objective": (f"{FIT}/fit.json", partial(record, objective=lambda v: v * 0.99999)),
    "a higher R² between": (f"{FIT}/fit.json", partial(record, r2_between=more(1e-6))),
    "a higher R² explained": (f"{FIT}/fit.json", partial(record, r2_explained=more(1e-6))),
    "less within": (f"{FIT}/fit.json", partial(record, within=more(-1e-6))),
    "other sizes": (
        f"{FIT}/fit.json",
        partial(record, sizes=lambda v: [v[0] + 1, v[1] - 1, *v[2:]]),
    ),
    "fewer trials": (
        f"{FIT}/fit.json",
        partial(record, trials=lambda v: v - 1, sizes=lambda v: [v[0] - 1, *v[1:]]),
    ),
    "more replicates": (f"{FIT}/fit.json", partial(record, replicates=50)),
    "another seed": (f"{FIT}/fit.json", partial(record, seed=1)),
    "no note": (f"{FIT}/fit.json", partial(record, note="")),
    "a direction": (f"{FIT}/fit.json", partial(record, grand_centroid_directionless=False)),
    "an unknown field": (f"{FIT}/fit.json", partial(record, p=0.05)),
    "a prototype": (f"{FIT}/centroids.tsv", partial(cell, column="prototype", value=more(1e-4))),
    "a mean response": (f"{FIT}/centroids.tsv", partial(cell, column="response", value=more(1e-4))),
    "two regions' names": (f"{FIT}/centroids.tsv", partial(exchange, columns=["region"], row=4)),
    "a trial's cluster": (
        f"{FIT}/assignments.parquet",
        partial(cell, column="cluster", value=lambda v: v % 3 + 1),
    ),
    "two clusters' numbers": (f"{FIT}/assignments.parquet", moved),
    "a correlation": (
        f"{FIT}/assignments.parquet",
        partial(cell, column="correlation", value=more(-1e-4)),
    ),
    "a runner-up": (
        f"{FIT}/assignments.parquet",
        partial(cell, column="runner_up", value=more(-1e-4), row=9),
    ),
    "an image": (f"{FIT}/assignments.parquet", partial(cell, column="image", value=one_more)),
    "a row less": (f"{FIT}/assignments.parquet", without_a_row),
    "a gain": (
        "pooled/elbow.tsv",
        partial(cell, column="r2_between_gain", value=more(0.01), row=3),
    ),
    "an elbow's objective": ("pooled/elbow.tsv", partial(cell, column="objective", value=more(1))),
    "another k": ("pooled/elbow.json", partial(record, k=lambda k: k - 1)),
    "another rule": ("pooled/elbow.json", partial(record, rule="as one sees in the figure")),
    "another threshold": ("pooled/elbow.json", partial(record, threshold=0.02)),
    "another fit's record": (f"{BEST}/fit.json", partial(copied, source="../k02/fit.json")),
    "another fit's assignments": (
        f"{BEST}/assignments.parquet",
        partial(copied, source="../k02/assignments.parquet"),
    ),
    "another fit's centroids": (
        f"{BEST}/centroids.tsv",
        partial(copied, source="../k02/centroids.tsv"),
    ),
    "a response": ("subj01/responses.parquet", partial(cell, column="V1v", value=more(1e-4))),
    "a repeat": ("subj01/responses.parquet", partial(cell, column="repeat", value=one_more)),
    "a pooled response": ("pooled/responses.parquet", partial(cell, column="V1v", value=more(1))),
    "a pooled row less": ("pooled/responses.parquet", without_a_row),
    "a region for all": (
        "pooled/regions.tsv",
        partial(cell, column="in_all", value=lambda v: v != "True"),
    ),
    "two ranks": (
        f"{BEST}/nearest.tsv",
        partial(exchange, columns=["subject", "trial", "image", "coco_id", "correlation"], row=2),
    ),
    "a nearest image": (f"{BEST}/nearest.tsv", partial(cell, column="image", value=one_more)),
    "a COCO id": (f"{BEST}/nearest.tsv", partial(cell, column="coco_id", value=one_more)),
    "instances": (f"{BEST}/label_counts.tsv", partial(cell, column="instances", value=one_more)),
    "a lift": (f"{BEST}/label_counts.tsv", partial(cell, column="image_lift", value=lambda _: 9)),
    "a base rate": (
        f"{BEST}/label_counts.tsv",
        partial(cell, column="image_base", value=lambda _: 0.5),
    ),
    "coverage": (
        f"{BEST}/label_counts.json",
        partial(record, base={"images": 10_000, "uncovered": 0}),
    ),
    "a match": ("subj02/identity.tsv", partial(cell, column="r", value=lambda _: 0.5, row=2)),
    "a consistency": ("pooled/consistency_k.tsv", partial(cell, column="r", value=lambda _: 0.99)),
    "a subjects' pair": (
        "consistency_subjects/k03.tsv",
        partial(cell, column="r", value=lambda _: 0.99),
    ),
    "a median": ("consistency_subjects/k03.json", partial(record, median=0.95)),
    "another comparison": ("consistency_subjects/kbest.tsv", partial(copied, source="k02.tsv")),
    "an image's instances": ("images.parquet", partial(cell, column="instances", value=one_more)),
    "used voxels": (
        "subj01/betas/session01.voxels.tsv",
        partial(cell, column="used", value=lambda v: int(v) - 1),
    ),
    "a region's presence": (
        "subj01/regions.tsv",
        partial(cell, column="present", value=lambda _: False),
    ),
    "the configuration": ("config.yaml", partial(text, old="seed: 0", new="seed: 1")),
    "the README": ("README.md", partial(text, old="never edited", new="edited")),
    "half a table": ("stimuli.parquet", cut),
}
# Found by their digests alone: nothing else in the study says what they should be.
UNCHECKED: dict[str, tuple[str, Edit]] = {
    "a figure": (f"{BEST}/wordcloud.svg", partial(text, old="</svg>", new="<!-- x --></svg>")),
    "a picture": (f"{BEST}/mosaic.png", cut),
    "agreeing replicates": (f"{FIT}/fit.json", partial(record, agreeing_replicates=10)),
    "a version": ("versions.json", partial(record, python="3.99")),
}
# Found where it leads to, if the digests agree.
BEFORE: dict[str, tuple[str, Edit, str]] = {
    "a regional mean": (
        "subj01/betas/session01.parquet",
        partial(cell, column="V1v", value=more(1)),
        "subj01/responses.parquet",
    ),
    "what was shown": (
        "subj01/trials.parquet",
        partial(cell, column="image", value=one_more),
        "subj01/responses.parquet",
    ),
    "a label": (
        "labels.parquet",
        partial(cell, column="instances", value=one_more),
        "images.parquet",
    ),
}


@pytest.fixture(scope="module")
def results(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small study, its files as links to those of all tests."""
    folder = clone(small.parents[1], tmp_path_factory.mktemp("edited") / "study")
    return folder / "results" / "small"


@pytest.fixture(scope="module")
def statements(results: Path) -> dict[str, Stated]:
    """What was stated of all files but the dataset, which is large."""
    every = stated(results)
    return {name: every[name] for name in every if "/simulated" not in name.split("small")[-1]}


@pytest.fixture(scope="module", autouse=True)
def _read_once() -> Iterator[None]:
    """Files are read again only where they have changed: the study is verified many times here."""
    readers = schemas._READERS
    held: dict[tuple[str, str, int, int], Any] = {}

    def reading(kind: str, path: Path, schema: str) -> Any:
        state = path.stat()
        key = str(path), schema, state.st_mtime_ns, state.st_ino
        if key not in held:
            held[key] = readers[kind](path, schema)
        return held[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schemas, "_READERS", {kind: partial(reading, kind) for kind in readers})
        yield


@pytest.fixture
def edited(results: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A result after an edit; it is put back afterwards."""
    name, edit = request.param[:2]
    path = results / name
    original = path.with_name(f"{path.name}.original")
    path.rename(original)
    path.write_bytes(original.read_bytes())
    edit(path)
    assert path.read_bytes() != original.read_bytes()
    yield path
    os.replace(original, path)


def found(results: Path, statements: dict[str, Stated], agreeing: Path | None = None) -> list[str]:
    """The sentences of a study whose statements are made to agree with an edited file."""
    if agreeing:
        one, size = str(agreeing), agreeing.stat().st_size
        new = replace(statements[one], size=size, sha256=digest_of(agreeing))
        statements = statements | {one: new}
    config = yaml.safe_load((small_config(results)).read_text("utf-8"))
    study = Study(results, config, SMALL["subjects"], NOTE, {})
    return study_faults(study, statements, statements)


def small_config(results: Path) -> Path:
    """The configuration as it was recorded, also if the record was edited."""
    original = results / "config.yaml.original"
    return original if original.exists() else results / "config.yaml"


def ids(edits: dict[str, Any]) -> Any:
    return pytest.mark.parametrize("edited", edits.values(), ids=edits, indirect=True)


def test_an_untouched_study_has_no_faults(results: Path, statements: dict[str, Stated]) -> None:
    assert len(statements) > 250
    assert found(results, statements) == []


@ids(EDITS | UNCHECKED | BEFORE)
def test_an_edit_changes_a_digest(edited: Path, statements: dict[str, Stated]) -> None:
    sentences = list(digest_faults({str(edited): statements[str(edited)]}))
    assert [sentence.partition(":")[0] for sentence in sentences] == [str(edited)]


@ids(EDITS)
def test_an_edit_is_found_though_the_digests_agree(
    edited: Path, results: Path, statements: dict[str, Stated]
) -> None:
    sentences = found(results, statements, agreeing=edited)
    assert [s for s in sentences if s.startswith(f"{edited}: ")], sentences
    assert all(s.endswith((".", "again.")) and "; expected " in s for s in sentences), sentences


@pytest.mark.parametrize(
    ("edited", "named"), [(e, e[2]) for e in BEFORE.values()], ids=BEFORE, indirect=["edited"]
)
def test_an_edit_of_what_comes_first_is_found_by_what_comes_of_it(
    edited: Path, named: str, results: Path, statements: dict[str, Stated]
) -> None:
    sentences = found(results, statements, agreeing=edited)
    assert [s for s in sentences if s.startswith(f"{results / named}: ")], sentences


def test_the_command_ends_well_or_names_what_was_edited(small: Path, tmp_path: Path) -> None:
    folder = clone(small.parents[1], tmp_path / "study")
    printed = run_snakemake(folder, SMALL, "verify")
    assert "are what this configuration makes" in printed
    names = ["pooled/k04/fit.json", "subj02/kbest/mosaic.svg"]
    for name in names:
        path = folder / "results/small" / name
        held = path.read_bytes()
        path.unlink()  # a link to the other study's file
        path.write_bytes(held + b"\n")
    done = try_snakemake(folder, SMALL, "verify")
    assert done.returncode == 1
    lines = [line for line in done.stdout.splitlines() if line.startswith("results/")]
    assert [line.partition(":")[0] for line in lines] == [f"results/small/{n}" for n in names]
    (folder / "results/small" / names[0]).unlink()
    done = try_snakemake(folder, SMALL, "verify")
    assert done.returncode == 1
    assert f"results/small/{names[0]}: it is not there" in done.stdout + done.stderr

"""docs/adapters.md, taken at its word: its dataset, its configurations and its source are run."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from tests.workflow.conftest import CLAIMS, ROOT, run_snakemake, try_snakemake
from tests.workflow.snapshots import AREAS, IMAGES, LENGTHS, write_snapshots

PAGE = (ROOT / "docs" / "adapters.md").read_text("utf-8")
FILES = dict(re.findall(r"^`([\w.]+)`[^\n]*\n\n```\w+\n(.*?)^```", PAGE, re.M | re.S))
REGIONS = [*AREAS, "hippocampus"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the page describes it."""
    folder = tmp_path_factory.mktemp("example")
    write_snapshots(folder / "snapshots")
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def by_tables(folder: Path) -> Path:
    """The study by tables, with pictures of the pooled cohort only."""
    over = yaml.safe_load(FILES["snapshots.yaml"]) | {"describe": {"cohorts": ["pooled"]}}
    over["claims"] = CLAIMS
    run_snakemake(folder, over)
    return folder / "results" / "snapshots"


@pytest.fixture(scope="module")
def by_voxels(folder: Path) -> Path:
    over = yaml.safe_load(FILES["voxels.yaml"]) | {"claims": None, "report": None}
    cohorts = [*LENGTHS, "pooled"]
    targets = [f"results/snapshots-voxels/{cohort}/responses.parquet" for cohort in cohorts]
    run_snakemake(folder, over, *targets, "results/snapshots-voxels/README.md")
    return folder / "results" / "snapshots-voxels"


def test_the_page_has_what_it_speaks_of() -> None:
    assert set(FILES) == {"snapshots.yaml", "snapshots.py", "voxels.yaml"}
    assert len(FILES["snapshots.py"].splitlines()) <= 150


def test_tables_go_through_to_labels_and_pictures(by_tables: Path) -> None:
    text = (by_tables / "README.md").read_text("utf-8")
    left_out = [line for line in text.splitlines() if line.startswith("- ")]
    assert [line.partition(":")[0] for line in left_out] == ["- maps on the brain"]
    assert (by_tables / "report.html").is_file()
    nearest = pd.read_csv(by_tables / "pooled/kbest/nearest.tsv", sep="\t")
    assert set(nearest["image"]) <= set(IMAGES)
    trials = pd.read_parquet(by_tables / "ada" / "trials.parquet")
    assert trials["session"].value_counts(sort=False).tolist() == list(LENGTHS["ada"])
    assert trials["repeat"].max() >= 3
    counts = pd.read_csv(by_tables / "pooled/kbest/label_counts.tsv", sep="\t")
    assert set(counts["category"]) == {"sea", "person"}
    every = counts[counts["top"] == "all"].groupby("cluster").first()
    assert (every["annotated"] < every["distinct"]).any()
    for name in ("mosaic", "contact_sheet", "wordcloud", "centroids"):
        assert (by_tables / "pooled/kbest" / f"{name}.png").stat().st_size > 5000


def test_each_kind_of_photograph_has_its_cluster(by_tables: Path) -> None:
    rows = pd.read_parquet(by_tables / "pooled" / "k04" / "assignments.parquet")
    kinds = rows["image"].str.partition("_")[0]
    assert pd.crosstab(kinds, rows["cluster"]).max(axis=1).sum() > 0.9 * len(rows)


def test_voxels_give_the_averages_that_the_tables_hold(folder: Path, by_voxels: Path) -> None:
    """The tables were averaged plainly, from z-scores in float64."""
    for person, lengths in LENGTHS.items():
        ours = pd.read_parquet(by_voxels / person / "responses.parquet")
        theirs = pd.read_csv(folder / "snapshots" / "tables" / f"{person}.csv")
        assert len(ours) == sum(lengths)
        np.testing.assert_allclose(ours[REGIONS], theirs[REGIONS], atol=1e-4)
        for column in ("session", "trial", "image", "repeat"):
            assert ours[column].tolist() == theirs[column].tolist()


def test_an_edit_of_the_source_re_runs_what_it_reads(folder: Path, by_voxels: Path) -> None:
    over = yaml.safe_load(FILES["voxels.yaml"]) | {"claims": None, "report": None}
    target = "results/snapshots-voxels/pooled/responses.parquet"
    again = try_snakemake(folder, over, target, "--dry-run")
    assert "Nothing to be done" in again.stdout + again.stderr
    source = folder / "snapshots.py"
    source.write_text(FILES["snapshots.py"].replace("TENTHS = 10", "TENTHS = 20"), "utf-8")
    try:
        edited = try_snakemake(folder, over, target, "--dry-run")
    finally:
        source.write_text(FILES["snapshots.py"], "utf-8")
    assert "average_session" in edited.stdout + edited.stderr


def test_a_source_that_is_not_there_is_told(folder: Path) -> None:
    over = yaml.safe_load(FILES["voxels.yaml"]) | {"claims": None, "report": None}
    for name, told in {
        "snapshot:Snapshots": "dataset.source is 'snapshot:Snapshots'; expected one of simulated,",
        "snapshots:Snapshot": "loading it failed",
        "snapshots:read_betas": "loading it failed",
        "collections:OrderedDict": "is no subclass of",
    }.items():
        over["dataset"]["source"] = name
        done = try_snakemake(folder, over, "--dry-run")
        assert done.returncode != 0
        assert told in done.stdout + done.stderr, name
        assert "Traceback" not in done.stdout + done.stderr

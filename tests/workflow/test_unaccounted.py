"""Results that nobody recorded, or recorded otherwise, are named, removed and made again."""

import shutil
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.workflow.conftest import run_snakemake

FIT = [f"results/s/subj01/k03/{n}" for n in ("assignments.parquet", "centroids.tsv", "fit.json")]
RECORDS = ".snakemake/metadata"


def overlay(replicates: int) -> dict[str, Any]:
    return {
        "study": "s",
        "dataset": {"source": "regions", "root": "data", "pattern": "{subject}.csv"},
        "regions": "all",
        "kmeans": {"k": {"max": 3}, "replicates": replicates},
    }


def listed(folder: Path, target: str, replicates: int = 3) -> list[str]:
    """The files that a target prints, a line each."""
    printed = run_snakemake(folder, overlay(replicates), target)
    return [line for line in printed.splitlines() if line.startswith("results/")]


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FIT}


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One fit of three replicates."""
    folder = tmp_path_factory.mktemp("fitted")
    (folder / "data").mkdir()
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.normal(size=(90, 4)), columns=[f"R{i}" for i in range(4)])
    rows.to_csv(folder / "data" / "subj01.csv", index=False)
    run_snakemake(folder, overlay(3), *FIT)
    return folder


@pytest.fixture
def study(fitted: Path, tmp_path: Path) -> Path:
    return shutil.copytree(fitted, tmp_path / "study")


def test_what_was_recorded_as_it_was_stated_is_accounted_for(study: Path) -> None:
    assert listed(study, "unaccounted") == []
    # What is yet to be made is made anyway, and a run would make these again.
    assert listed(study, "unaccounted", replicates=4) == FIT


def test_a_job_that_outlived_the_run_that_asked_for_it_is_named_and_removed(study: Path) -> None:
    """As on a cluster: the job goes on when the main process is killed, which alone records."""
    before = contents(study)
    shutil.copytree(study / RECORDS, study / "recorded before")
    run_snakemake(study, overlay(5), *FIT)
    assert contents(study) != before
    shutil.rmtree(study / RECORDS)
    (study / "recorded before").rename(study / RECORDS)
    assert "Nothing to be done" in run_snakemake(study, overlay(3), *FIT)
    assert listed(study, "unaccounted") == FIT
    assert listed(study, "remove_unaccounted") == FIT
    assert not any((study / name).exists() for name in FIT)
    run_snakemake(study, overlay(3), *FIT)
    assert contents(study) == before
    assert listed(study, "unaccounted") == []


def test_what_snakemake_has_no_record_of_is_named(study: Path) -> None:
    for name in FIT:
        (study / RECORDS / urlsafe_b64encode(name.encode()).decode()).unlink()
    assert "Nothing to be done" in run_snakemake(study, overlay(3), *FIT)
    assert listed(study, "unaccounted") == FIT


@pytest.mark.parametrize("text", [None, "", "{}"], ids=["none", "empty", "another"])
def test_without_a_statement_results_are_named(study: Path, text: str | None) -> None:
    statement = study / "results/s/made/fit_kmeans/subj01/k03.json"
    if text is None:
        statement.unlink()
    else:
        statement.write_text(text)
    assert listed(study, "unaccounted") == FIT

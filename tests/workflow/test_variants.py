"""Plain `snakemake` on a clean clone, and the settings that the default study does not use."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.workflow.conftest import copy_project, run_snakemake


def test_a_plain_dry_run_shows_the_whole_plan_on_a_clean_clone(tmp_path: Path) -> None:
    copy_project(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "-n", "--cores", "8", "--quiet", "rules"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    printed = done.stdout + done.stderr
    assert "profiles/default" in printed
    jobs = dict(line.split() for line in printed.splitlines() if len(line.split()) == 2)
    cohorts, values = 9, 12
    assert int(jobs["fit_kmeans"]) == cohorts * values
    assert int(jobs["average_session"]) == 20
    assert int(jobs["plot_mosaic"]) == int(jobs["plot_contact_sheet"]) == cohorts
    assert not (tmp_path / "results").exists()


@pytest.fixture(scope="module")
def variant(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The second session of one subject, not z-scored, by the other R², with repeats listed."""
    folder = tmp_path_factory.mktemp("variant")
    overlay = {
        "study": "variant",
        "dataset": {"source": "nsd", "root": str(small / "simulated")},
        "subjects": ["subj01"],
        "sessions": [2],
        "responses": {"zscore": False, "invalid": "zero", "constant": "drop"},
        "kmeans": {"k": {"max": 4}, "replicates": 3},
        "elbow": {"statistic": "r2_explained"},
        "nearest": {"distinct": False, "top": [5, 20]},
        "labels": {"crop": False, "count": "images"},
        "wordcloud": {"top": "all", "size_by": "lift"},
    }
    targets = ("pooled/elbow.json", "subj01/kbest/nearest.tsv", "subj01/kbest/wordcloud.png")
    run_snakemake(folder, overlay, *(f"results/variant/{name}" for name in targets))
    return folder / "results" / "variant"


def test_sessions_may_be_a_selection(variant: Path) -> None:
    rows = pd.read_parquet(variant / "subj01" / "responses.parquet")
    assert rows["trial"].tolist() == list(range(751, 1501))
    assert set(rows["session"]) == {2}


def test_without_zscoring_the_grand_centroid_has_a_direction(variant: Path) -> None:
    rows = pd.read_parquet(variant / "subj01" / "responses.parquet")
    means = rows.iloc[:, 5:].mean()
    assert np.abs(means).max() > 0.05  # percent signal change, with each voxel's own baseline
    fit = json.loads((variant / "subj01" / "k03" / "fit.json").read_text())
    assert not fit["grand_centroid_directionless"]
    assert 0 < fit["between"] < 1.5
    assert fit["r2_between"] == pytest.approx(fit["between"] / (fit["between"] + fit["within"]))


def test_the_other_r2_may_decide(variant: Path) -> None:
    choice = json.loads((variant / "pooled" / "elbow.json").read_text())
    assert choice["statistic"] == "r2_explained"
    assert choice["k"] == choice["choices"]["r2_explained"]


def test_repeats_may_be_listed_and_labels_counted_in_the_whole_picture(
    variant: Path, small: Path
) -> None:
    nearest = pd.read_csv(variant / "subj01" / "kbest" / "nearest.tsv", sep="\t")
    assert nearest.groupby("cluster")["rank"].max().eq(20).all()
    assert nearest.duplicated(["cluster", "image"]).any()
    whole = pd.read_parquet(variant / "labels.parquet")["instances"].sum()
    assert whole > pd.read_parquet(small / "labels.parquet")["instances"].sum()

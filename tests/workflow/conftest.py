"""Studies that the workflow tests look at: each is run once, by the workflow itself."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SMALL = {
    "study": "small",
    "simulated": {
        "sessions": dict.fromkeys(f"subj{s:02d}" for s in range(1, 9))
        | {"subj01": 2, "subj02": 1, "subj04": 1}
    },
    "kmeans": {"k": {"max": 7}, "replicates": 10},
    "describe": {"k": ["best", 3]},
}


def run_snakemake(folder: Path, overlay: dict[str, Any], *words: str) -> str:
    """Run the workflow with `overlay` laid over its configuration, results below `folder`.

    Returns what it printed; a failure fails the test and shows it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "overlay.yaml"
    config.write_text(yaml.safe_dump(overlay))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "snakemake", *words),
            *("--snakefile", ROOT / "Snakefile", "--directory", folder, "--cores", "2"),
            *("--profile", ROOT / "profiles" / "default", "--configfile", config),
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": ""},
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout + done.stderr


def planned(folder: Path, overlay: dict[str, Any], *words: str) -> dict[str, int]:
    """The jobs of each rule that a dry-run plans, without the rule `all`."""
    printed = run_snakemake(folder, overlay, "--dry-run", "--quiet", "rules", *words)
    rows = (line.split() for line in printed.splitlines())
    jobs = {row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].isdigit()}
    return {rule: n for rule, n in jobs.items() if rule not in ("all", "total")}


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small simulated study; returns its results folder."""
    folder = tmp_path_factory.mktemp("small")
    run_snakemake(folder, SMALL)
    return folder / "results" / "small"


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default study, just as `make study` runs it; returns its results folder."""
    folder = tmp_path_factory.mktemp("demo")
    run_snakemake(folder, {})
    return folder / "results" / "demo"


@pytest.fixture(scope="session")
def ungrouped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default study without planted groups, as far as the pooled fits."""
    folder = tmp_path_factory.mktemp("ungrouped")
    shipped = yaml.safe_load((ROOT / "config" / "ungrouped.yaml").read_text("utf-8"))
    overlay = {
        **shipped,
        "kmeans": {"k": {"max": 7}, "replicates": 10},
    }
    run_snakemake(folder, overlay, "results/ungrouped/pooled/elbow.json")
    return folder / "results" / "ungrouped"


def themes(study: Path) -> pd.Series:
    """The theme that each simulated picture was composed by."""
    return pd.read_csv(study / "simulated_truth.tsv", sep="\t").set_index("image")["theme"]

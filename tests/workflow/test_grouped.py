"""Short jobs in groups: the profile hands a scheduler fewer submissions than there are jobs."""

import re
import subprocess
import sys
from pathlib import Path

import yaml

from tests.workflow.conftest import ROOT, overlay

# Stands for a scheduler: runs what it is handed, and says under which number.
SUBMIT = """#!/bin/sh
echo "$1" >> "$(dirname "$0")/submitted"
sh "$1" > "$1.log" 2>&1 &
echo $!
"""


def test_fits_and_comparisons_are_submitted_together(averages: Path, tmp_path: Path) -> None:
    submit = tmp_path / "submit"
    submit.write_text(SUBMIT)
    submit.chmod(0o755)
    config = overlay(
        study="grouped",
        subjects=["subj01", "subj04"],
        regions="all",
        dataset={"source": "regions", "root": str(averages)},
        kmeans={"k": {"max": 4}, "replicates": 2},
    )
    (tmp_path / "overlay.yaml").write_text(yaml.safe_dump(config))
    wanted = [
        f"results/grouped/{name}" for name in ("pooled/consistency_k.tsv", "pooled/elbow.tsv")
    ]
    wanted += [f"results/grouped/consistency_subjects/k{k:02d}.tsv" for k in range(1, 5)]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "snakemake", *wanted, "--jobs", "2"),
            *("--snakefile", ROOT / "Snakefile", "--directory", tmp_path),
            *("--profile", ROOT / "profiles" / "grouped", "--configfile", "overlay.yaml"),
            *("--executor", "cluster-generic", "--cluster-generic-submit-cmd", submit),
            *("--seconds-between-status-checks", "1", "--latency-wait", "30"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    printed = done.stdout + done.stderr
    assert done.returncode == 0, printed
    assert all((tmp_path / name).is_file() for name in wanted)
    jobs = int(re.findall(r"^total\s+(\d+)", printed, re.MULTILINE)[0])
    submissions = len((tmp_path / "submitted").read_text().splitlines())
    assert jobs == 2 + 2 + 2 + 12 + 1 + 1 + 4
    assert submissions <= 2 + 2 + 2 + 3 + 2 + 1


def test_every_group_is_of_rules_that_there_are() -> None:
    profile = yaml.safe_load((ROOT / "profiles" / "grouped" / "config.yaml").read_text())
    rules = {
        name
        for path in (ROOT / "workflow" / "rules").rglob("*.smk")
        for name in re.findall(r"^ *rule (\w+):", path.read_text("utf-8"), re.MULTILINE)
    }
    grouped = dict(entry.split("=") for entry in profile["groups"])
    assert set(grouped) <= rules
    assert {entry.split("=")[0] for entry in profile["group-components"]} == set(grouped.values())

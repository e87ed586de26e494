"""Short jobs in groups: the profile hands a scheduler fewer submissions than there are jobs."""

import re
import subprocess
import sys
from pathlib import Path

import yaml
from response_clusters.sources.nsd import layout

from tests.workflow.conftest import ROOT, overlay

# Stands for a scheduler: runs what it is handed, and says under which number.
SUBMIT = """#!/bin/sh
echo "$1" >> "$(dirname "$0")/submitted"
sh "$1" > "$1.log" 2>&1 &
echo $!
"""

# Snakemake, which tells of each group how many CPUs it would ask a scheduler for.
TELLS_CPUS = """
from snakemake import cli, jobs
log_info = jobs.GroupJob.log_info
def told(group, *args, **named):
    asked = jobs.GroupResources.basic_layered(
        toposorted_jobs=group.toposorted, constraints=group.global_resources, run_local=False
    )
    print("CPUs of a group:", asked["_cores"], flush=True)
    log_info(group, *args, **named)
jobs.GroupJob.log_info = told
cli.main()
"""
LOCAL = ("pool_regions", "record_config", "record_versions", "record_provenance", "summarise")
LOCAL += ("write_readme", "all", "total")
SESSIONS = {1: 40, 2: 40, 3: 32, 4: 30, 5: 40, 6: 32, 7: 40, 8: 30}


def nsd_names(root: Path) -> None:
    """Files called as in NSD, without anything of use in them."""
    space, version = "func1pt8mm", "betas_fithrf_GLMdenoise_RR"
    collections = ("floc-bodies", "floc-faces", "floc-places", "floc-words", "prf-visualrois")
    names = [layout.DESIGN, layout.STIMULI, layout.PICTURES, *layout.ANNOTATIONS]
    for number, sessions in SESSIONS.items():
        subject = f"subj{number:02d}"
        names += [layout.region_volume(subject, space, c) for c in (*collections, "aseg")]
        names += [layout.region_names(subject, collection) for collection in collections]
        names += [layout.betas(subject, space, version, n + 1, "hdf5") for n in range(sessions)]
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")


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


def planned(*words: str | Path) -> tuple[int, list[int]]:
    """How many submissions a grouped run would make, and the CPUs that each group asks for."""
    done = subprocess.run(
        [
            *(sys.executable, "-c", TELLS_CPUS, "--dry-run", "--jobs", "100"),
            *("--snakefile", ROOT / "Snakefile", "--profile", ROOT / "profiles" / "grouped"),
            *("--executor", "cluster-generic", "--cluster-generic-submit-cmd", "true", *words),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    printed = done.stdout + done.stderr
    assert done.returncode == 0, printed[-3000:]
    profile = yaml.safe_load((ROOT / "profiles" / "grouped" / "config.yaml").read_text())
    grouped = {entry.split("=")[0] for entry in profile["groups"]}
    counts = re.findall(r"^(\w+) +(\d+)$", printed.partition("Job stats:")[2], re.MULTILINE)
    alone = sum(int(n) for rule, n in dict(counts).items() if rule not in {*grouped, *LOCAL})
    cpus = [int(n) for n in re.findall(r"^CPUs of a group: (\d+)$", printed, re.MULTILINE)]
    return alone + len(cpus), cpus


def test_the_whole_of_the_default_study_can_be_grouped(tmp_path: Path) -> None:
    submissions, cpus = planned("--directory", tmp_path)
    assert submissions <= 100
    assert max(cpus) <= 8


def test_a_study_of_nsds_size_takes_at_most_a_hundred_submissions(tmp_path: Path) -> None:
    """284 sessions, of which nothing is there but names: no job is run."""
    nsd_names(tmp_path / "nsd")
    config = overlay(study="nsd", dataset={"source": "nsd", "root": str(tmp_path / "nsd")})
    config["kmeans"] = {"k": {"max": 20}}
    config["claims"] = yaml.safe_load((ROOT / "config/nsd.yaml").read_text())["claims"]
    (tmp_path / "overlay.yaml").write_text(yaml.safe_dump(config))
    submissions, cpus = planned("--directory", tmp_path, "--configfile", tmp_path / "overlay.yaml")
    assert submissions <= 100
    assert max(cpus) <= 8


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

"""The study on a real SLURM, by its profiles: the same results, and what goes wrong is told."""

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.conftest import results, small
from tests.integration.slurm import Slurm, queue, submissions, why_not
from tests.workflow.conftest import copy_project

CPUS = 8
# What a site without accounting sets at the top of the profile.
SITE = ("--slurm-status-command", "squeue", "--slurm-no-account")
EXECUTOR = ("--profile", "profiles/slurm", *SITE)
GENERIC = ("--profile", "profiles/cluster-generic", "--seconds-between-status-checks", "1")
LONG = 100_000
"""Replicates that take minutes."""


@pytest.fixture(scope="module")
def slurm() -> Iterator[Slurm]:
    """SLURM's daemons; skips the tests where they cannot run, and says why."""
    if reason := why_not():
        pytest.skip(reason)
    # Short, because the path of a socket may have only 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="slurm-", dir="/tmp"))
    daemons = Slurm(folder, CPUS)
    try:
        daemons.start()
        yield daemons
    finally:
        daemons.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def project(tmp_path: Path, nsd_root: Path, slurm: Slurm) -> Path:
    """The project without any results, and the small study's configuration."""
    copy_project(tmp_path)
    configure(tmp_path, nsd_root)
    return tmp_path


@pytest.fixture
def finished(checkout: Path, tmp_path: Path, slurm: Slurm) -> Path:
    """The project with the small study's results, as they were made locally."""
    shutil.copytree(checkout, tmp_path, dirs_exist_ok=True)
    return tmp_path


def configure(folder: Path, nsd_root: Path, **kmeans: Any) -> None:
    config = small(nsd_root)
    config["kmeans"] = config["kmeans"] | kmeans
    (folder / "overlay.yaml").write_text(yaml.safe_dump(config))


def snakemake(folder: Path, *words: str) -> "subprocess.Popen[str]":
    """Start the workflow in a project's own folder, as a person at a terminal would."""
    return subprocess.Popen(
        [sys.executable, "-m", "snakemake", *words, "--configfile", "overlay.yaml"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A shell's background jobs ignore Ctrl-C, and these may have been started by one.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def ran(folder: Path, *words: str) -> str:
    """What a run printed, which must end well."""
    process = snakemake(folder, *words)
    printed = process.communicate()[0]
    assert process.returncode == 0, printed[-4000:]
    return printed


def wait(until: Callable[[], bool], seconds: float = 60) -> float:
    """Wait for something to become true; how long it took."""
    began = time.monotonic()
    while not until():
        assert time.monotonic() - began < seconds, "it did not happen in time"
        time.sleep(0.2)
    return time.monotonic() - began


def submitted_since(before: dict[str, Any]) -> dict[str, dict[str, str]]:
    """What was submitted after `before` was noted."""
    return {number: job for number, job in submissions().items() if number not in before}


def test_ungrouped_by_snakemakes_executor(project: Path, checkout: Path) -> None:
    """Every table equals that of a local run; one submission a job."""
    local = results(checkout)
    tables = [name for name in local if name.endswith((".tsv", ".json", ".parquet"))]
    wanted = [f"results/small/{name}" for name in tables if name != "versions.json"]
    before = submissions()
    printed = ran(project, *wanted, *EXECUTOR)
    made = results(project)
    assert {name: made[name] == local[name] for name in tables if name != "versions.json"} == (
        dict.fromkeys((name for name in tables if name != "versions.json"), True)
    )
    jobs = submitted_since(before)
    # What only copies or records runs where Snakemake does.
    assert len(jobs) == printed.count("has been submitted with SLURM jobid")
    assert len(jobs) >= 30
    assert not {"copy_best", "pool_regions"} & {job["JobName"] for job in jobs.values()}
    assert max(int(job["NumCPUs"]) for job in jobs.values()) <= CPUS


def test_grouped_by_any_schedulers_commands(project: Path, checkout: Path) -> None:
    """The whole study in a dozen submissions, none of which asks for more CPUs than `cores`."""
    before = submissions()
    ran(project, "--profile", "profiles/grouped", *GENERIC)
    assert results(project) == results(checkout)
    jobs = submitted_since(before)
    assert len(jobs) <= 15
    assert max(int(job["NumCPUs"]) for job in jobs.values()) <= CPUS
    assert list((project / ".snakemake" / "cluster_logs").glob("*.log"))


def test_a_fit_without_enough_memory_is_killed_and_succeeds_with_more(
    finished: Path, checkout: Path, slurm: Slurm
) -> None:
    if not slurm.limits_memory:
        pytest.skip("memory cannot be limited here: the kernel has no memory cgroups (v1)")
    fit = "results/small/subj01/k02/fit.json"
    (finished / fit).unlink()
    before = submissions()
    little = "fit_kmeans:mem_mb=150*2**(attempt-1)"
    printed = ran(finished, fit, *EXECUTOR, "--set-resources", little)
    assert "OUT_OF_MEMORY" in printed
    asked = [job["MinMemoryNode"] for job in submitted_since(before).values()]
    assert asked[:2] == ["150M", "300M"]
    assert len(asked) <= 3
    assert results(finished) == results(checkout)


def test_a_job_past_its_time_limit_is_reported_as_such(finished: Path, nsd_root: Path) -> None:
    configure(finished, nsd_root, replicates=LONG)
    short = ("--set-resources", "fit_kmeans:runtime=1", "--retries", "0")
    process = snakemake(finished, "results/small/pooled/k03/fit.json", *GENERIC, *short)
    printed = process.communicate()[0]
    assert process.returncode != 0
    assert "TIMEOUT" in printed
    assert "Error in rule fit_kmeans" in printed


def test_ctrl_c_empties_the_queue_and_a_restart_runs_what_is_missing(
    finished: Path, nsd_root: Path, checkout: Path
) -> None:
    fits = [f"results/small/{c}/k03/fit.json" for c in ("subj01", "subj02", "pooled")]
    for fit in fits:
        (finished / fit).unlink()
    configure(finished, nsd_root, replicates=LONG)
    process = snakemake(finished, *fits, *EXECUTOR)
    wait(lambda: len(queue()) == 3)
    process.send_signal(signal.SIGINT)
    assert wait(lambda: not queue(), 30) < 30
    process.communicate(timeout=60)
    assert process.returncode != 0
    configure(finished, nsd_root)
    before = submissions()
    ran(finished, *fits, *EXECUTOR)
    assert len(submitted_since(before)) == 3
    assert results(finished) == results(checkout)


def test_a_hard_kill_leaves_results_that_are_named_and_removed(
    finished: Path, nsd_root: Path, checkout: Path
) -> None:
    """Jobs go on without the main process, which alone keeps Snakemake's records."""
    fit = "results/small/subj01/k03/fit.json"
    configure(finished, nsd_root, replicates=2000)
    process = snakemake(finished, fit, *EXECUTOR)
    wait(lambda: "RUNNING" in {job["JobState"] for job in submissions().values()})
    process.kill()
    process.communicate()
    wait(lambda: not queue(), 120)
    assert yaml.safe_load((finished / fit).read_text())["replicates"] == 2000
    configure(finished, nsd_root)
    local = ("--cores", "2")
    ran(finished, "--unlock")
    assert "Nothing to be done" in ran(finished, fit, *local)
    named = ran(finished, "unaccounted", *local)
    assert {line for line in named.splitlines() if line.startswith("results/")} == {
        f"results/small/subj01/k03/{name}"
        for name in ("assignments.parquet", "centroids.tsv", "fit.json")
    }
    ran(finished, "remove_unaccounted", *local)
    ran(finished, *local)
    assert results(finished) == results(checkout)

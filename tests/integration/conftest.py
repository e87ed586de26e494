"""A small study in NSD's layout, run on this machine: the results that servers must give too."""

from pathlib import Path
from typing import Any

import pytest

from tests.workflow.conftest import copy_project, run_snakemake

MADE = {
    "study": "made",
    "simulated": {
        "sessions": dict.fromkeys(f"subj{s:02d}" for s in range(1, 9)) | {"subj01": 2, "subj02": 2}
    },
}
SMALL: dict[str, Any] = {
    "study": "small",
    "kmeans": {"k": {"max": 3}, "replicates": 3},
    "elbow": {"gain": 0.0001},
    "describe": {"cohorts": ["pooled"]},
    "claims": None,
    "report": None,
}


MEASURED: list[str] = []
"""What the tests measured, a line each, shown at the end."""


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if MEASURED:
        terminalreporter.section("measured")
        for line in MEASURED:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def nsd_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two subjects with two sessions each, and the pictures, in NSD's layout."""
    folder = tmp_path_factory.mktemp("made")
    run_snakemake(folder, MADE, "--until", "simulate_pictures", "simulate_session")
    return folder / "results" / "made" / "simulated"


@pytest.fixture(scope="session")
def checkout(nsd_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which the small study was run locally, as a user runs it."""
    folder = tmp_path_factory.mktemp("local")
    copy_project(folder)
    run_snakemake(folder, small(nsd_root))
    return folder


def small(nsd_root: Path | str, **dataset: Any) -> dict[str, Any]:
    """The small study's configuration, of a dataset wherever it is."""
    return {**SMALL, "dataset": {"source": "nsd", "root": str(nsd_root), **dataset}}


def results(folder: Path) -> dict[str, bytes]:
    """A study's results by path, without logs, timings and statements, which tell of the run."""
    below = folder / "results" / "small"
    names = [path.relative_to(below).as_posix() for path in below.rglob("*") if path.is_file()]
    run = ("logs/", "benchmarks/", "made/")
    return {name: (below / name).read_bytes() for name in names if not name.startswith(run)}

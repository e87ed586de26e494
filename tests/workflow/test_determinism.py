"""The same bytes, whatever the machine is doing and wherever it stands."""

import shutil
from pathlib import Path

import pytest

from tests.workflow.conftest import ELSEWHERE, SMALL, clone, run_snakemake


@pytest.fixture(scope="module")
def remade(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One subject and what is common to all, made anew: one core, another folder, zone, locale."""
    folder = clone(small.parents[1], tmp_path_factory.mktemp("somewhere else, ailleurs é"))
    results = folder / "results" / "small"
    shutil.rmtree(results / "subj01")
    shutil.rmtree(results / "consistency_subjects")
    for path in results.iterdir():
        if path.is_file() and not path.name.startswith("simulated_"):
            path.unlink()  # A link, of which the original stays.
    names = [*small.glob("subj01/**/*.*"), *small.glob("consistency_subjects/k0[57].*")]
    names += [path for path in small.iterdir() if path.is_file() and path.stem != "versions"]
    targets = [path.relative_to(small.parents[1]).as_posix() for path in names if path.is_file()]
    run_snakemake(folder, SMALL, *targets, cores=1, env=ELSEWHERE)
    return results


def test_cores_folder_locale_and_time_zone_leave_no_trace(small: Path, remade: Path) -> None:
    kinds = {".parquet", ".tsv", ".npz", ".json", ".svg", ".png", ".yaml", ".md"}
    again = [path for path in remade.glob("subj01/**/*.*") if path.suffix in kinds]
    again += [path for path in remade.glob("consistency_subjects/*")]
    again += [path for path in remade.iterdir() if path.suffix in kinds]
    again = [path for path in again if path.stat().st_nlink == 1]
    assert {path.suffix for path in again} == kinds
    for path in again:
        assert path.read_bytes() == (small / path.relative_to(remade)).read_bytes(), path.name
    assert len([p for p in again if "subj01" in p.parts]) == len(list(small.glob("subj01/**/*.*")))


def test_more_blas_threads_leave_no_trace(small: Path, tmp_path: Path) -> None:
    folder = clone(small.parents[1], tmp_path / "clone")
    fits = [f"pooled/k{k:02d}" for k in (2, 5, 7)] + ["subj01/k06"]
    names = [f"{fit}/{name}" for fit in fits for name in ("fit.json", "assignments.parquet")]
    for name in names:
        (folder / "results/small" / name).unlink()  # Links, of which the original stays.
    targets = [f"results/small/{name}" for name in names]
    run_snakemake(folder, SMALL, *targets, "--set-threads", "fit_kmeans=2")
    for name in [*names, *(f"{fit}/centroids.tsv" for fit in fits)]:
        assert (folder / "results/small" / name).read_bytes() == (small / name).read_bytes(), name

"""The same bytes, whatever the machine is doing, wherever it stands and whichever it is."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workflow.conftest import ELSEWHERE, OLDER, OLDEST, SMALL, X86, clone, run_snakemake

# What numerical libraries take the processor for, and whether a product of matrices can tell.
TOLD = """
import hashlib, json
import numba, numpy, scipy.linalg, threadpoolctl
rows = numpy.random.default_rng(0).standard_normal((400, 28))
print(json.dumps({
    "blas": sorted({pool["architecture"] for pool in threadpoolctl.threadpool_info()
                    if pool["internal_api"] == "openblas"}),
    "numba": numba.core.registry.cpu_target.target_context.codegen()._get_host_cpu_name(),
    "exp": hashlib.sha256(numpy.exp(rows).tobytes()).hexdigest(),
    "product": hashlib.sha256((rows[:28].T @ rows[:28]).tobytes()).hexdigest(),
}))
"""


@pytest.mark.skipif(not X86, reason="these are names of x86-64 processors")
def test_libraries_take_the_processor_for_three_different_ones() -> None:
    """Or the tests below would compare a processor with itself."""
    told = []
    for processor in ({}, OLDER, OLDEST):
        command = [sys.executable, "-c", TOLD]
        env = {**os.environ, **processor}
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
        told.append(json.loads(done.stdout))
    for library in ("blas", "numba"):
        assert len({str(processor[library]) for processor in told}) == 3, told
    assert told[0]["product"] != told[2]["product"]


@pytest.fixture(scope="module")
def remade(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One subject and what is common to all, made anew.

    On one core, in another folder, time zone and locale, on another processor.
    """
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
    run_snakemake(folder, SMALL, *targets, cores=1, env=ELSEWHERE | OLDEST)
    return results


def test_cores_folder_locale_time_zone_and_processor_leave_no_trace(
    small: Path, remade: Path
) -> None:
    kinds = {".parquet", ".tsv", ".npz", ".json", ".svg", ".png", ".yaml", ".md"}
    again = [path for path in remade.glob("subj01/**/*.*") if path.suffix in kinds]
    again += [path for path in remade.glob("consistency_subjects/*")]
    again += [path for path in remade.iterdir() if path.suffix in kinds]
    again = [path for path in again if path.stat().st_nlink == 1]
    assert {path.suffix for path in again} == kinds
    for path in again:
        assert path.read_bytes() == (small / path.relative_to(remade)).read_bytes(), path.name
    assert len([p for p in again if "subj01" in p.parts]) == len(list(small.glob("subj01/**/*.*")))


def test_more_threads_on_another_processor_leave_no_trace(small: Path, tmp_path: Path) -> None:
    folder = clone(small.parents[1], tmp_path / "clone")
    fits = [f"pooled/k{k:02d}" for k in (2, 5, 7)] + ["subj01/k06"]
    session = "simulated/nsddata_betas/ppdata/subj02/func1pt8mm"
    names = [
        *(f"{fit}/{name}" for fit in fits for name in ("fit.json", "assignments.parquet")),
        *("consistency_subjects/k06.tsv", "pooled/consistency_k.tsv", "pooled/elbow.tsv"),
        f"{session}/betas_fithrf_GLMdenoise_RR/betas_session01.hdf5",
        *("subj02/betas/session01.parquet", "subj02/responses.parquet"),
    ]
    for name in names:
        (folder / "results/small" / name).unlink()  # Links, of which the original stays.
    targets = [f"results/small/{name}" for name in names]
    run_snakemake(folder, SMALL, *targets, "--set-threads", "fit_kmeans=2", env=OLDER)
    for name in [*names, *(f"{fit}/centroids.tsv" for fit in fits)]:
        again = folder / "results/small" / name
        assert again.read_bytes() == (small / name).read_bytes(), name
        assert again.stat().st_nlink == 1, name

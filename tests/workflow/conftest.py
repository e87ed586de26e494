"""Studies that the workflow tests look at: each is run once, by the workflow itself."""

import csv
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import nibabel as nib
import numpy as np
import pandas as pd
import pytest
import yaml

from tests.workflow.browser import chromium

ROOT = Path(__file__).resolve().parents[2]
SMALL = {
    "study": "small",
    "simulated": {
        "sessions": dict.fromkeys(f"subj{s:02d}" for s in range(1, 9))
        | {"subj01": 2, "subj02": 1, "subj04": 1, "subj05": 1}
    },
    "subjects": ["subj01", "subj02", "subj04"],
    "kmeans": {"k": {"max": 7}, "replicates": 10},
    "describe": {"k": ["best", 3]},
    # They have tests of their own, and would take longer than all the rest.
    "claims": None,
    "report": None,
}
CLAIMS = {
    **{"surrogates": 3, "curve": 2, "groups": 2, "replicates": 2, "splits": 2, "bootstraps": 2},
    **{"permutations": 19, "labels": {"min_images": 10, "prior": 10}, "sensitivity": ["seed"]},
}
"""As few draws as tell whether something is there."""
REPORT = {"megabytes": 36, "pictures": True, "names": {}}
CLAIMED = {**SMALL, "claims": CLAIMS, "report": REPORT}


# Another place in the world, where a script that trusts its surroundings goes wrong.
ELSEWHERE = {
    "TZ": "Pacific/Kiritimati",
    "LC_ALL": "C",
    "LANG": "C",
    "PYTHONCOERCECLOCALE": "0",
    "PYTHONUTF8": "0",
    "PYTHONHASHSEED": "1",
}

X86 = platform.machine() in ("x86_64", "AMD64")
_CONFIG: Any = np.show_config(mode="dicts")
_VECTORS = _CONFIG["SIMD Extensions"].get("found", [])
_WIDE = [name for name in _VECTORS if name.startswith(("X86_V4", "AVX512"))]
# Processors older than this one, as far as software can be told so: OpenBLAS's kernel, numpy's
# vector instructions, numba's target, and the C library's fused multiply-adds.
OLDER = {
    "OPENBLAS_CORETYPE": "Haswell" if _WIDE else "Sandybridge",
    "NPY_DISABLE_CPU_FEATURES": ",".join(_WIDE),
    "NUMBA_CPU_NAME": "haswell" if _WIDE else "sandybridge",
    "NUMBA_CPU_FEATURES": "",
}
OLDEST = {
    "OPENBLAS_CORETYPE": "Nehalem",
    "NPY_DISABLE_CPU_FEATURES": ",".join(_VECTORS),
    "NUMBA_CPU_NAME": "generic",
    "NUMBA_CPU_FEATURES": "",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX2,-AVX,-FMA,-FMA4",
}
if not X86:
    OLDER, OLDEST = {}, {}

PROJECT = ("Snakefile", "config", "envs", "profiles", "workflow")


def copy_project(folder: Path) -> None:
    """The project as a clean clone has it, without its tests."""
    for name in PROJECT:
        source = ROOT / name
        if source.is_dir():
            # What is compiled goes along, or every copy would compile the clustering anew.
            shutil.copytree(source, folder / name)
        else:
            shutil.copy2(source, folder / name)


def try_snakemake(
    folder: Path,
    overlay: dict[str, Any],
    *words: str,
    cores: int = 2,
    env: dict[str, str] | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Run the workflow with `overlay` laid over its configuration, results below `folder`.

    A folder with a project of its own runs that one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    project = folder if (folder / "Snakefile").exists() else ROOT
    config = folder / "overlay.yaml"
    config.write_text(yaml.safe_dump(overlay, sort_keys=False))
    return subprocess.run(
        [
            *(sys.executable, "-m", "snakemake", *words, "--cores", str(cores)),
            *("--snakefile", project / "Snakefile", "--directory", folder),
            *("--profile", project / "profiles" / "default", "--configfile", config),
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": "", **(env or {})},
        check=False,
    )


def run_snakemake(
    folder: Path,
    overlay: dict[str, Any],
    *words: str,
    cores: int = 2,
    env: dict[str, str] | None = None,
) -> str:
    """Run the workflow as `try_snakemake` does.

    Returns what it printed; a failure fails the test and shows it.
    """
    done = try_snakemake(folder, overlay, *words, cores=cores, env=env)
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout + done.stderr


def run_preflight(folder: Path, text: str) -> tuple[int, str]:
    """The exit status of the preflight of a configuration, and what it printed."""
    path = folder / "preflight.yaml"
    path.write_text(text)
    done = subprocess.run(
        [sys.executable, ROOT / "workflow" / "scripts" / "preflight.py", path],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


def pending(
    folder: Path, overlay: dict[str, Any], *words: str
) -> tuple[dict[str, str], dict[str, str]]:
    """The rule of each file that a run would make again, by path, and every file's log.

    Nothing is run. Snakemake knows the logs of files that were made before; "-" stands for others.
    """
    printed = run_snakemake(folder, overlay, "--summary", *words)
    table = csv.DictReader(printed[printed.index("output_file\t") :].splitlines(), delimiter="\t")
    rows = [row for row in table if row["plan"] is not None]
    again = {row["output_file"]: row["rule"] for row in rows if row["plan"] != "no update"}
    return again, {row["output_file"]: row["log-file(s)"] for row in rows}


def planned(
    folder: Path, overlay: dict[str, Any], *words: str, like: tuple[str, str] = ("", "")
) -> set[str]:
    """The jobs that a run would do again, such as "fit_kmeans/pooled/k03".

    A job is called by the place of its log, which is the rule and its wildcards; those of new files
    are called as for the files that they are `like`: ("k08", "k07").
    """
    again, logs = pending(folder, overlay, *words)
    new, old = like
    found = {
        logs[path] if logs[path] != "-" else logs[path.replace(new, old)].replace(old, new)
        for path in again
    }
    return {log.split("/logs/")[1].removesuffix(".log") for log in found}


def clone(study: Path, folder: Path) -> Path:
    """A finished study and its project: results as links, so that nothing is copied."""
    folder.mkdir(exist_ok=True)
    shutil.copy2(study / "overlay.yaml", folder)
    for name in PROJECT if (study / "Snakefile").exists() else ():
        copy: Any = shutil.copytree if (study / name).is_dir() else shutil.copy2
        copy(study / name, folder / name)
    shutil.copytree(study / "results", folder / "results", copy_function=os.link)
    # Snakemake writes its records in place, so these may not be the original's.
    shutil.copytree(study / ".snakemake", folder / ".snakemake")
    return folder


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small simulated study, run in a clean copy of the project; returns its results folder."""
    folder = tmp_path_factory.mktemp("small")
    copy_project(folder)
    run_snakemake(folder, SMALL)
    return folder / "results" / "small"


@pytest.fixture(scope="session")
def claimed(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small study with its claims and its page; returns its results folder."""
    folder = clone(small.parents[1], tmp_path_factory.mktemp("claimed"))
    run_snakemake(folder, CLAIMED)
    return folder / "results" / "small"


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default study, just as `make study` runs it; returns its results folder."""
    folder = tmp_path_factory.mktemp("demo")
    run_snakemake(folder, {})
    return folder / "results" / "demo"


@pytest.fixture(scope="session")
def ungrouped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default study without planted groups, as far as its claims, and with fewer fits."""
    folder = tmp_path_factory.mktemp("ungrouped")
    shipped = yaml.safe_load((ROOT / "config" / "ungrouped.yaml").read_text("utf-8"))
    wanted = (f"results/ungrouped/claims/{name}.tsv" for name in ("claims", "prototypes"))
    run_snakemake(folder, shipped | {"kmeans": {"k": {"max": 8}, "replicates": 10}}, *wanted)
    return folder / "results" / "ungrouped"


SUBJECTS = ["subj01", "subj02", "subj04"]
# How the lab's files spell regions.
SPELT = {
    "L-hippocampus": "L_hippocampus",
    "R-hippocampus": "R_hippocampus",
    "L-amygdala": "L_amygdala",
    "R-amygdala": "R_amygdala",
}


def spelt(region: str) -> str:
    return SPELT.get(region, region.replace("-", ""))


def overlay(**over: Any) -> dict[str, Any]:
    """A study as small as `SMALL` of other data."""
    return {"kmeans": SMALL["kmeans"], "claims": None, "report": None, **over}


@pytest.fixture(scope="session")
def nifti_root(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The simulated root with every session as .nii.gz, and without pictures and annotations."""
    root = tmp_path_factory.mktemp("nifti") / "nsd"
    ignored = shutil.ignore_patterns("nsddata_stimuli", "*.hdf5", "behav")
    shutil.copytree(small / "simulated", root, ignore=ignored)
    for path in sorted((small / "simulated").rglob("betas_session*.hdf5")):
        with h5py.File(path) as file:
            betas = file["betas"][:].T
        target = root / path.relative_to(small / "simulated")
        regions = next(root.glob(f"nsddata/ppdata/{target.parts[-4]}/func1pt8mm/roi/*.nii.gz"))
        image = nib.Nifti1Image(betas, nib.load(regions).affine)
        image.to_filename(target.with_name(target.stem + ".nii.gz"))
    return root


OF_NIFTI = [
    f"results/nsd/{name}"
    for name in (
        *(f"{cohort}/kbest/fit.json" for cohort in (*SUBJECTS, "pooled")),
        *("README.md", "config.yaml", "images.parquet"),
    )
]


@pytest.fixture(scope="session")
def from_nifti(nifti_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("from_nifti")
    over = overlay(study="nsd", dataset={"source": "nsd", "root": str(nifti_root)})
    run_snakemake(folder, over, *OF_NIFTI, env=ELSEWHERE)
    return folder / "results" / "nsd"


@pytest.fixture(scope="session")
def averages(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Regional averages as text, as the lab publishes them: an absent region is nan throughout."""
    root = tmp_path_factory.mktemp("averages")
    every = pd.read_csv(small / "pooled" / "regions.tsv", sep="\t")["region"]
    for subject in SUBJECTS:
        (root / subject).mkdir()
        rows = pd.read_parquet(small / subject / "responses.parquet")
        for region in every:
            values = rows[region] if region in rows else np.full(len(rows), np.nan)
            path = root / subject / f"meanbeta_{spelt(region)}.txt"
            path.write_text("".join(f"{value}\n" for value in values))
    return root


OF_AVERAGES = [
    f"results/regions/{name}"
    for name in (
        *(f"{c}/k{k:02d}/fit.json" for c in (*SUBJECTS, "pooled") for k in range(1, 8)),
        *(f"pooled/kbest/{name}.png" for name in ("mosaic", "contact_sheet", "wordcloud")),
        *("README.md", "config.yaml"),
    )
]


@pytest.fixture(scope="session")
def from_averages(small: Path, averages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("from_averages")
    root = small / "simulated"
    dataset = {
        "source": "regions",
        "root": str(averages),
        "design": str(root / "nsddata/experiments/nsd/nsd_expdesign.mat"),
        "stimuli": str(root / "nsddata/experiments/nsd/nsd_stim_info_merged.csv"),
        "annotations": [
            str(root / f"nsddata_stimuli/stimuli/nsd/annotations/instances_{s}2017.json")
            for s in ("train", "val")
        ],
        "pictures": str(root / "nsddata_stimuli/stimuli/nsd/nsd_stimuli.hdf5"),
    }
    run_snakemake(folder, overlay(study="regions", regions="all", dataset=dataset), *OF_AVERAGES)
    return folder / "results" / "regions"


@pytest.fixture(scope="session")
def plain(averages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a study with nothing to see: trials of unknown images, without any space."""
    folder = tmp_path_factory.mktemp("plain")
    over = overlay(
        study="plain",
        dataset={"source": "regions", "root": str(averages)},
        regions="all",
        subjects=SUBJECTS[1:],
        kmeans={"k": {"max": 5}, "replicates": 10},
        describe={"cohorts": ["pooled"]},
        report={"pictures": True},
    )
    run_snakemake(folder, over, "results/plain/report.html")
    return folder / "results" / "plain"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium; without it, or without what drives it, the test is skipped.

    It is not kept for other modules: while it is driven, no other event loop can run.
    """
    with chromium() as started:
        yield started


def themes(study: Path) -> pd.Series:
    """The theme that each simulated picture was composed by."""
    return pd.read_csv(study / "simulated_truth.tsv", sep="\t").set_index("image")["theme"]

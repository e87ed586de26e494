"""The whole study at NSD's true size: time, memory, and where the time goes.

    python benchmarks/study.py             # 213,000 trials, 28 regions: a quarter of an hour
    python benchmarks/study.py --claims    # what its claims take: ten minutes
    python benchmarks/study.py --voxels    # one subject from the voxels of 40 sessions

Responses are simulated by the model of the embedded study without groups: Gaussians with the
covariance of real responses, on which k-means takes as long as on real ones. Design, stimulus
table, COCO's annotations and the pictures are of true size too. What is made once stays in
results/benchmarks; the study itself is run anew, by Snakemake, as a user runs it.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil
import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow" / "scripts"))

from nsd_files import write_annotations, write_pictures
from response_clusters.sources.nsd.design import presented
from response_clusters.study.plan import ROWS_AT_ONCE
from simulated_nsd.model import (
    generator,
    modelled_regions,
    picture_responses,
    subject_tuning,
    trial_responses,
)
from simulated_nsd.model_file import load_model
from simulated_nsd.shared import make_design, stimulus_table, write_design

SESSIONS = {1: 40, 2: 40, 3: 32, 4: 30, 5: 40, 6: 32, 7: 40, 8: 30}
PER_SESSION, SEED = 750, 0
MINUTES, MEGABYTES = 15, 2000
ANNOTATION_SECONDS, ANNOTATION_MEGABYTES = 60, 2500
CLAIMS_MINUTES, CLAIMS_MEGABYTES = 45, 800


def write_responses(folder: Path) -> None:
    """A table of 28 regions per subject, and NSD's files beside it."""
    design = make_design(SEED)
    stimuli = stimulus_table(design, SEED, {})
    model = load_model()
    regions = modelled_regions(model)
    contents = sorted({kind for tuned in model["tuning"].values() for kind in tuned})
    for number, sessions in SESSIONS.items():
        images = presented(design, f"subj{number:02d}")[0][: sessions * PER_SESSION]
        shown, row = np.unique(images, return_inverse=True)
        none = np.zeros(len(regions.names))
        tuning = subject_tuning(model, contents, number, SEED, 1.0, none)
        evoked = picture_responses(tuning, pd.DataFrame({"image": shown}), contents, SEED, False)
        rng = generator(SEED, "trial", number)
        responses = regions.spread * trial_responses(rng, evoked[row], tuning)
        within = responses.reshape(sessions, PER_SESSION, -1)
        within -= within.mean(axis=1, keepdims=True)
        table = pd.DataFrame(responses.astype(np.float32), columns=list(regions.names))
        table.insert(0, "trial", np.arange(1, len(table) + 1))
        table.to_parquet(folder / f"subj{number:02d}.parquet", index=False)
    stimuli.to_csv(folder / "nsd_stim_info_merged.csv", lineterminator="\n")
    write_pictures(folder / "nsd_stimuli.hdf5", len(stimuli))
    write_annotations(folder / "instances_train2017.json", stimuli["cocoId"].to_numpy())
    # Last: where it is, all is.
    write_design(design, str(folder / "nsd_expdesign.mat"))


def tree_megabytes(root: psutil.Process) -> float:
    """The memory of a process and all its children; what they share counts once."""
    total = 0
    for process in [root, *root.children(recursive=True)]:
        try:
            total += process.memory_full_info().pss
        except (psutil.Error, AttributeError):
            continue  # it ended just now, or the system does not know what is shared
    return total / 1e6


def run_study(
    folder: Path, config: dict[str, Any], cores: int, targets: list[str]
) -> dict[str, float]:
    """Run Snakemake in `folder` from nothing to `targets`, or all: seconds and peak megabytes."""
    overlay = folder / "overlay.yaml"
    overlay.write_text(yaml.safe_dump(config, sort_keys=False))
    shutil.rmtree(folder / "results", ignore_errors=True)
    shutil.rmtree(folder / ".snakemake", ignore_errors=True)
    words = [sys.executable, "-m", "snakemake", *targets, "--cores", str(cores)]
    words += ["--directory", str(folder)]
    words += ["--snakefile", str(ROOT / "Snakefile"), "--configfile", str(overlay)]
    words += ["--profile", str(ROOT / "profiles" / "default")]
    began, peak = time.perf_counter(), 0.0
    with (folder / "log.txt").open("w") as log:
        process = psutil.Popen(words, stdout=log, stderr=subprocess.STDOUT)
        while process.poll() is None:
            peak = max(peak, tree_megabytes(process))
            time.sleep(0.5)
    if process.returncode:
        sys.exit((folder / "log.txt").read_text()[-3000:])
    return {"seconds": time.perf_counter() - began, "megabytes": peak}


def by_rule(results: Path) -> pd.DataFrame:
    """What Snakemake noted of each job, summed by rule: a row each, the dearest first."""
    notes = sorted((results / "benchmarks").rglob("*.tsv"))
    jobs = pd.concat([pd.read_csv(path, sep="\t", na_values="-") for path in notes])
    jobs["rule"] = [path.relative_to(results / "benchmarks").parts[0] for path in notes]
    jobs["rule"] = jobs["rule"].str.removesuffix(".tsv")
    groups = jobs.groupby("rule")
    table = groups.agg(
        jobs=("s", "size"), seconds=("s", "sum"), longest=("s", "max"), megabytes=("max_rss", "max")
    )
    return table.sort_values("seconds", ascending=False).reset_index()


def clustered(
    folder: Path, kmeans: dict[str, Any], claims: dict[str, Any] | None
) -> dict[str, Any]:
    """The configuration of a study of the tables in `folder`."""
    files = {
        "design": "nsd_expdesign.mat",
        "stimuli": "nsd_stim_info_merged.csv",
        "pictures": "nsd_stimuli.hdf5",
    }
    known = {key: str(folder / name) for key, name in files.items() if (folder / name).exists()}
    if known:
        known["annotations"] = [str(folder / "instances_train2017.json")]
    return {
        "study": "benchmark",
        "dataset": {"source": "regions", "root": str(folder), "pattern": "{subject}.parquet"}
        | known,
        "regions": "all",
        "kmeans": kmeans,
        "claims": claims,
    }


def show(title: str, found: dict[str, float], rules: pd.DataFrame, cores: int) -> None:
    print(
        f"\n{title}: {found['seconds'] / 60:.1f} min on {cores} cores, "
        f"peak {found['megabytes']:.0f} MB"
    )
    total = rules["seconds"].sum()
    print(f"{rules['jobs'].sum()} jobs, {total:.0f} s in jobs\n")
    print(f"{'rule':28}{'jobs':>6}{'s in all':>10}{'share':>7}{'longest s':>11}{'peak MB':>9}")
    for row in rules.itertuples():
        print(
            f"{row.rule:28}{row.jobs:6}{row.seconds:10.1f}{row.seconds / total:7.1%}"
            f"{row.longest:11.1f}{row.megabytes:9.0f}"
        )


def draws_measured(claims: dict[str, Any]) -> dict[str, float]:
    """A job of each kind, as the end of the path of what it makes, and how many there are of it.

    The last job of a kind may have fewer draws than the others: it counts as that part of one.
    """
    trials = PER_SESSION * sum(SESSIONS.values())
    step = ROWS_AT_ONCE // trials
    first, last = f"000-{step - 1:03d}", claims["surrogates"] - 1
    curve, plain = claims["curve"] / step, (claims["surrogates"] - claims["curve"]) / step
    numbers = {
        "fits/observed_000-000": 1.0,
        f"fits/continuum_{last - step + 1:03d}-{last:03d}": plain,
        f"bootstraps/observed_{first}": claims["bootstraps"] / step,
        f"halves/observed_{first}": claims["splits"] / step,
        "ladder/observed_000-000": 1.0,
        "left_out/observed_000-000": 1.0,
    }
    for analysis in ("fits", "ladder", "halves", "bootstraps", "left_out"):
        numbers[f"{analysis}/groups_{first}"] = claims["groups"] / step
        numbers[f"{analysis}/continuum_{first}"] = curve
    return numbers


OF_FITS = ("lineage", "apart", "enrichment", "nearest_again", "information", "cooccurrence")
OF_FITS += ("associations", "shared")
"""Tables of claims that need no draws."""


def claims_rules(results: Path, claims: dict[str, Any]) -> pd.DataFrame:
    """What all jobs of the claims take: one of each kind was run, times their number."""
    rows = []
    rules = {"fits": "fit_draws"}
    for end, number in draws_measured(claims).items():
        analysis, part = end.split("/")
        rule = rules.get(analysis, f"fit_{analysis}")
        rows.append(
            (rule, number, pd.read_csv(results / f"benchmarks/{rule}/{part}.tsv", sep="\t"))
        )
    for path in sorted((results / "benchmarks").glob("*.tsv")):
        if path.stem.startswith(("trace_", "label_", "measure_", "repeat_", "compare_shared")):
            rows.append((path.stem, 1, pd.read_csv(path, sep="\t")))
    jobs = pd.DataFrame(
        {
            "rule": [rule for rule, _, _ in rows],
            "jobs": [number for _, number, _ in rows],
            "longest": [note["s"].iloc[0] for *_, note in rows],
            "megabytes": [note["max_rss"].iloc[0] for *_, note in rows],
        }
    )
    jobs["seconds"] = jobs["jobs"] * jobs["longest"]
    jobs["jobs"] = np.ceil(jobs["jobs"]).astype(int)
    table = jobs.groupby("rule").agg(
        {"jobs": "sum", "seconds": "sum", "longest": "max", "megabytes": "max"}
    )
    return table.sort_values("seconds", ascending=False).reset_index()


def promises(
    found: dict[str, float], rules: pd.DataFrame, whole: bool, claims: bool
) -> list[dict[str, Any]]:
    """What was promised, beside what was measured."""
    rows = [("whole study: megabytes at any one time", found["megabytes"], MEGABYTES)]
    if claims:
        rows = [
            (
                "all jobs of claims: minutes on one core",
                rules["seconds"].sum() / 60,
                CLAIMS_MINUTES,
            ),
            ("the largest of them: MB", rules["megabytes"].max(), CLAIMS_MEGABYTES),
        ]
    elif whole:
        images = rules.set_index("rule").loc["list_images"]
        rows += [
            ("whole study: minutes on two cores", found["seconds"] / 60, MINUTES),
            ("COCO's annotations to a table: seconds", images["seconds"], ANNOTATION_SECONDS),
            ("COCO's annotations to a table: MB", images["megabytes"], ANNOTATION_MEGABYTES),
        ]
    print()
    for what, measured, target in rows:
        met = "met" if measured <= target else "MISSED"
        print(f"{what:45}{measured:9.1f}   ≤ {target:<6} {met}")
    return [
        {"what": what, "measured": float(measured), "target": f"≤ {target}"}
        | {"met": bool(measured <= target)}
        for what, measured, target in rows
    ]


def voxel_sessions(folder: Path, sessions: int) -> dict[str, Any]:
    """One subject: each session is made, averaged by the rule's own script, and deleted."""
    from session import TRIALS, Session

    session = Session(folder, "1.8 mm")
    session.make(formats=())
    tables, seconds, megabytes = [], [], []
    for number in range(1, sessions + 1):
        session.make(formats=("hdf5",), seed=number)
        words = [sys.executable, str(ROOT / "benchmarks" / "session.py"), "--run"]
        words += ["whole job, HDF5, z-scored", "--size", "1.8 mm", "--folder", str(folder)]
        began = time.perf_counter()
        done = subprocess.run(
            [*words, "--session", str(number)],
            check=True,
            capture_output=True,
            text=True,
        )
        seconds.append(time.perf_counter() - began)
        megabytes.append(json.loads(done.stdout.splitlines()[-1])["megabytes"])
        tables.append(pd.read_parquet(session.folder / "hdf5.parquet"))
        session.hdf5.unlink()
        print(f"session {number}: {seconds[-1]:.2f} s, {megabytes[-1]:.0f} MB", flush=True)
    table = pd.concat(tables, ignore_index=True)
    assert table["trial"].tolist() == list(range(1, sessions * TRIALS + 1))
    table.to_parquet(folder / "subj01.parquet", index=False)
    return {"seconds": seconds, "megabytes": megabytes}


def main() -> None:
    """Parse the command line, make the data if need be, run, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--voxels", action="store_true", help="one subject from its voxels")
    parser.add_argument("--claims", action="store_true", help="what the claims take")
    parser.add_argument("--sessions", type=int, default=40, help="with --voxels")
    parser.add_argument("--folder", type=Path, default=ROOT / "results" / "benchmarks")
    parser.add_argument("--cores", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    folder = (asked.folder / ("voxels" if asked.voxels else "study")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    kmeans = {"k": {"max": 20}, "replicates": 2 if asked.claims else 50}
    nsd = yaml.safe_load((ROOT / "config" / "nsd.yaml").read_text("utf-8"))
    held: dict[str, Any] = {}
    if asked.voxels:
        held["sessions"] = voxel_sessions(folder, asked.sessions)
    elif not (folder / "nsd_expdesign.mat").exists():
        print("Making the data: a minute or two.", flush=True)
        write_responses(folder)
    claims, targets = (nsd["claims"] if asked.claims else None), []
    if asked.claims:
        begin = "results/benchmark/claims"
        targets = [f"{begin}/draws/{end}/statistics.parquet" for end in draws_measured(claims)]
        targets += [f"{begin}/{t}.{'parquet' if t == 'apart' else 'tsv'}" for t in OF_FITS]
    found = run_study(folder, clustered(folder, kmeans, claims), asked.cores, targets)
    results = folder / "results" / "benchmark"
    rules = claims_rules(results, claims) if asked.claims else by_rule(results)
    title = "One subject from voxels" if asked.voxels else "The study at NSD's true size"
    show(title, found, rules, asked.cores)
    held |= found | {"cores": asked.cores, "rules": rules.to_dict("records")}
    held["promises"] = promises(found, rules, not asked.voxels, asked.claims)
    if asked.json:
        asked.json.write_text(json.dumps(held, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()

"""What a surrogate costs at NSD's true size: eight subjects' responses drawn and clustered.

    python benchmarks/claims.py      # half a minute, on one core

Design, numbers of trials and the regions that each subject lacks are NSD's. Responses are drawn
from the continuum with the spectrum of real ones, so that k-means takes as long as on these.
Seconds are those of the processor: what else runs on the machine does not count.
"""

import argparse
import json
import os
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ |= {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")}

import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow" / "scripts"))

from response_clusters.clustering.elbow import r2_between, r2_explained
from response_clusters.clustering.solver import Clustering, cluster_rows
from response_clusters.figures.families import USUAL_REGIONS
from response_clusters.sources.nsd.design import presented
from response_clusters.statistics.repeats import compare_repeats
from response_clusters.statistics.seeds import draw_generator
from response_clusters.statistics.surrogates import (
    StudyModel,
    draw_continuum,
    draw_groups,
    groups_model,
    study_model,
    subject_model,
)
from response_clusters.statistics.trials import Trials
from simulated_nsd.shared import make_design
from study import PER_SESSION, SESSIONS

REGIONS = " ".join(USUAL_REGIONS.values()).split()
ABSENT = {
    1: "mTL-faces mTL-bodies",
    2: "FBA-1 mTL-faces mTL-bodies",
    3: "mTL-faces mTL-bodies mTL-words",
    4: "aTL-faces",
    6: "mTL-faces",
    7: "FBA-1 mTL-bodies",
}
IMAGES, SHARE, SIGNAL, SPREAD = 73_000, 0.4, 0.25, 0.38
K, REPLICATES, DRAWS, PERMUTATIONS = 6, 10, 5, 100
SECONDS, MEGABYTES = 5, 800
CPU: dict[str, list[float]] = defaultdict(list)


def covariance(p: int) -> npt.NDArray[np.float64]:
    """The covariance of trials, with the spectrum of real ones; its first axis is the row mean."""
    tail = 0.9 ** np.arange(p - 5)
    centred = np.r_[0.25, 0.19, 0.14, 0.08, 0.34 * tail / tail.sum()]
    axes = np.random.default_rng(0).standard_normal((p, p))
    axes[:, 0] = 1
    axes = np.linalg.qr(axes)[0]
    return (axes * np.r_[0.51, 0.49 * centred] * p * SPREAD**2) @ axes.T


def made_trials() -> dict[str, Trials]:
    """Responses of eight subjects, drawn from a continuum of the same size."""
    design, total = make_design(0), covariance(len(REGIONS))
    empty, models = {}, {}
    for number, sessions in SESSIONS.items():
        name, n = f"subj{number:02d}", sessions * PER_SESSION
        there = np.flatnonzero([r not in ABSENT.get(number, "").split() for r in REGIONS])
        session = np.repeat(np.arange(1, sessions + 1), PER_SESSION)
        empty[name] = Trials(np.empty((n, 0)), there, session, presented(design, name)[0][:n])
        own = total[np.ix_(there, there)]
        models[name] = subject_model(empty[name], own, SIGNAL * own)
    model = StudyModel(models, SHARE, len(REGIONS), IMAGES)
    drawn = draw_continuum(model, draw_generator(0, "benchmark", "pooled", 0))
    return {
        name: Trials(drawn[name].astype(np.float32), t.regions, t.sessions, t.images)
        for name, t in empty.items()
    }


@contextmanager
def timed(name: str) -> Iterator[None]:
    """Note the seconds of the processor that a block takes."""
    began = time.process_time()
    yield
    CPU[name].append(time.process_time() - began)


def surrogate(trials: dict[str, Trials], model: StudyModel, draw: int) -> None:
    """Draw one surrogate, cluster every cohort, and measure both R²."""

    def fitted(X: npt.NDArray[np.float32]) -> Clustering:
        return cluster_rows(X, K, np.random.SeedSequence(draw), replicates=REPLICATES)

    with timed("drawing the continuum"):
        rng = draw_generator(0, "continuum", "pooled", draw)
        rows = {name: x.astype(np.float32) for name, x in draw_continuum(model, rng).items()}
    with timed("eight subjects' fits"):
        fits = [fitted(X) for X in rows.values()]
    common = set.intersection(*(set(t.regions.tolist()) for t in trials.values()))
    here = {name: np.isin(t.regions, sorted(common)) for name, t in trials.items()}
    cohorts = [*rows.values(), np.concatenate([X[:, here[name]] for name, X in rows.items()])]
    with timed("the pooled fit"):
        fits.append(fitted(cohorts[-1]))
    with timed("both R² of all nine cohorts"):
        for X, fit in zip(cohorts, fits, strict=True):
            r2_between(X, fit.labels)
            r2_explained(X, fit.objective)
    subjects = np.repeat(np.arange(len(trials)), [len(X) for X in rows.values()])
    images = np.concatenate([t.images for t in trials.values()])
    draws = {"bootstraps": 0, "permutations": PERMUTATIONS}
    with timed(f"{PERMUTATIONS} permutations of all repeats"):
        compare_repeats(subjects, images, fits[-1].labels, K, seed=0, cohort="pooled", **draws)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path)
    asked, trials = parser.parse_args(), made_trials()
    cluster_rows(trials["subj01"].responses[:500], K, np.random.SeedSequence(0))  # compiles
    with timed("both models, once a study"):
        model = study_model(trials)
        groups = groups_model(model, K)
    for draw in range(DRAWS):
        surrogate(trials, model, draw)
    with timed("drawing groups instead"):
        draw_groups(model, groups, draw_generator(0, "groups", "pooled", 0))
    seconds = {name: float(np.median(values)) for name, values in CPU.items()}
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    each = seconds["drawing the continuum"] + seconds["eight subjects' fits"]
    promises = [
        {"what": what, "measured": measured, "target": f"≤ {target}", "met": measured <= target}
        for what, measured, target in (
            ("a surrogate of eight subjects with its fits: seconds", each, SECONDS),
            ("everything here in one process: peak MB", megabytes, MEGABYTES),
        )
    ]
    held = {"draws": DRAWS, "seconds": seconds, "promises": promises}
    print(json.dumps(held, indent=1, ensure_ascii=False))
    if asked.json:
        asked.json.write_text(json.dumps(held, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()

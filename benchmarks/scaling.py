"""How time and memory grow: with trials, regions, clusters and jobs.

    python benchmarks/scaling.py           # some minutes, 3 GB of disk for a while
    python benchmarks/scaling.py --quick   # fewer points

Of the clustering, a point is one fit in a process of its own, on one thread: one start, ten
iterations, rows mapped from a file. Memory is what the process holds beside mapped files. Slopes
are those of a straight line through the logarithms: 1 is linear. Jobs are those of the plan of a
study, made by `snakemake --dry-run`.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow" / "scripts"))

N, P, K = 30_000, 28, 6
CURVES: dict[str, list[dict[str, int]]] = {
    "trials": [{"n": n} for n in (10**4, 30_000, 10**5, 300_000, 10**6, 3_000_000, 10**7)],
    "regions": [{"p": p} for p in (8, 28, 100, 300, 1000)],
    "clusters": [{"k": k} for k in (2, 5, 10, 20, 50, 100)],
}
JOBS = (4, 8, 16, 32)


def run_here(path: str, n: int, p: int, k: int) -> None:
    """Fit once and print the seconds; whoever started this process watches its memory."""
    from response_clusters.clustering.kmeans import CorrelationKMeans

    model = CorrelationKMeans(k, n_init=1, max_iter=10, random_state=0)
    small = np.random.default_rng(0).standard_normal((500, p)).astype(np.float32)
    model.fit(small)  # compiled code is loaded
    X = np.memmap(path, np.float32, "r", shape=(n, p))
    began = time.perf_counter()
    model.fit(X)
    print(json.dumps({"seconds": time.perf_counter() - began}))


def write_rows(path: Path, n: int, p: int) -> None:
    """Gaussian rows whose leading columns vary most, written a block at a time."""
    rng = np.random.default_rng(0)
    spread = 1.0 / np.sqrt(np.arange(1, p + 1))
    with path.open("wb") as file:
        for first in range(0, n, 2**17):
            rows = rng.standard_normal((min(2**17, n - first), p), dtype=np.float32)
            file.write((rows * spread).astype(np.float32).tobytes())


def measured(folder: Path, n: int = N, p: int = P, k: int = K) -> dict[str, float]:
    """One point: seconds, and peak megabytes beside mapped files."""
    path = folder / "rows"
    write_rows(path, n, p)
    words = [sys.executable, __file__, "--run", json.dumps([str(path), n, p, k])]
    single = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")}
    env = os.environ | single | {"TMPDIR": str(folder)}
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=env)
    status, peak = Path(f"/proc/{process.pid}/status"), 0.0
    while process.poll() is None:
        if status.exists() and (found := re.search(r"RssAnon:\s+(\d+)", status.read_text())):
            peak = max(peak, int(found[1]) / 1000)
        time.sleep(0.01)
    path.unlink()
    assert process.stdout is not None
    return {"n": n, "p": p, "k": k, "megabytes": peak} | json.loads(process.stdout.read())


def planned(folder: Path, largest: int) -> dict[str, float]:
    """The jobs of an embedded study with k up to `largest`, and the seconds of planning them."""
    overlay = folder / "overlay.yaml"
    overlay.write_text(yaml.safe_dump({"study": "plan", "kmeans": {"k": {"max": largest}}}))
    words = [sys.executable, "-m", "snakemake", "--dry-run", "--cores", "1"]
    words += ["--snakefile", str(ROOT / "Snakefile"), "--directory", str(folder)]
    words += ["--profile", str(ROOT / "profiles" / "default"), "--configfile", str(overlay)]
    began = time.perf_counter()
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    jobs = int(re.findall(r"^total\s+(\d+)", done.stdout + done.stderr, re.MULTILINE)[-1])
    return {"k": largest, "jobs": jobs, "seconds": time.perf_counter() - began}


def slope(points: list[dict[str, float]], along: str, of: str, from_: int = 0) -> float:
    """Of the straight line through the logarithms of the points from number `from_`."""
    x = np.log([point[along] for point in points[from_:]])
    return float(np.polyfit(x, np.log([point[of] for point in points[from_:]]), 1)[0])


def main() -> None:
    """Parse the command line, measure every curve and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="the first points of each curve")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--run", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.run:
        run_here(*json.loads(asked.run))
        return
    held: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for curve, settings in CURVES.items():
            along = next(iter(settings[0]))
            points = [measured(folder, **one) for one in settings[: 3 if asked.quick else None]]
            print(f"\n{curve:>12}{'seconds':>10}{'MB':>8}")
            for point in points:
                print(f"{point[along]:12,}{point['seconds']:10.3f}{point['megabytes']:8.0f}")
            found = slope(points, along, "seconds", len(points) // 2)
            print(f"slope of the upper half: {found:.2f}", flush=True)
            held[curve] = {"points": points, "slope": found}
        jobs = [planned(folder, largest) for largest in JOBS[: 2 if asked.quick else None]]
    print(f"\n{'jobs planned':>12}{'seconds':>10}")
    for point in jobs:
        print(f"{point['jobs']:12}{point['seconds']:10.2f}")
    each = np.polyfit([p["jobs"] for p in jobs], [p["seconds"] for p in jobs], 1)[0]
    print(f"{1000 * each:.1f} ms a job")
    held["jobs"] = {"points": jobs, "each": float(each)}
    if asked.json:
        asked.json.write_text(json.dumps(held, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()

"""A run that is killed loses only what it was making, and the same command goes on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.workflow.conftest import ROOT, run_snakemake, try_snakemake

OVERLAY: dict[str, Any] = {
    "study": "s",
    "dataset": {"source": "regions", "root": "data", "pattern": "{subject}.csv"},
    "regions": "all",
    "kmeans": {"k": {"max": 3}, "replicates": 2},
}


def test_after_a_kill_the_same_command_goes_on(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.normal(size=(90, 4)), columns=[f"R{i}" for i in range(4)])
    rows.to_csv(tmp_path / "data" / "subj01.csv", index=False)
    wanted = "results/s/subj01/k03/fit.json"
    assert "Nothing" not in run_snakemake(tmp_path, OVERLAY, "-n", wanted)
    words = [sys.executable, "-m", "snakemake", wanted, "--cores", "1", "--snakefile"]
    words += [str(ROOT / "Snakefile"), "--profile", str(ROOT / "profiles" / "default")]
    words += ["--configfile", str(tmp_path / "overlay.yaml")]
    with open(tmp_path / "out.log", "w") as log:
        run = subprocess.Popen(words, cwd=tmp_path, stdout=log, stderr=log, start_new_session=True)
        # Kill it, and what it has started, while a job runs.
        incomplete = tmp_path / ".snakemake" / "incomplete"
        for _ in range(600):
            if incomplete.is_dir() and any(incomplete.iterdir()):
                break
            time.sleep(0.05)
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    assert any(incomplete.iterdir())
    locked = try_snakemake(tmp_path, OVERLAY, wanted)
    assert locked.returncode and "--unlock" in locked.stdout + locked.stderr
    run_snakemake(tmp_path, OVERLAY, "--unlock", wanted)
    run_snakemake(tmp_path, OVERLAY, wanted)
    assert (tmp_path / wanted).is_file()
    left = [path for path in (tmp_path / "results").rglob(".*") if path.is_file()]
    assert left == []
    assert "Nothing to be done" in run_snakemake(tmp_path, OVERLAY, wanted)

"""List the results that the present configuration no longer makes and, if asked to, remove them."""

import csv
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from response_clusters.errors import StudyError
from response_clusters.job import job


def made_now(snakefile: str, config: dict[str, Any]) -> set[str]:
    """Every file that Snakemake would make for `config`, with its log and its timing.

    Snakemake itself is asked, so that no second account of the plan can differ from the first.

    Raises
    ------
    StudyError
        If it does not answer; nothing may count as stale then.
    """
    with TemporaryDirectory() as folder:
        overlay = Path(folder) / "config.yaml"
        overlay.write_text(yaml.safe_dump(config), "utf-8")
        words = ["--summary", "--snakefile", snakefile, "--configfile", str(overlay)]
        done = subprocess.run(
            [sys.executable, "-m", "snakemake", *words], capture_output=True, text=True, check=False
        )
    rows = list(csv.DictReader(done.stdout.splitlines(), delimiter="\t"))
    if done.returncode or not rows:
        raise StudyError(f"Snakemake could not list what this study consists of:\n{done.stderr}")
    files = {row["output_file"] for row in rows}
    logs = {log for row in rows for log in row["log-file(s)"].split(",") if log}
    timings = {re.sub(r"/logs/(.*)\.log$", r"/benchmarks/\1.tsv", log) for log in logs}
    return files | logs | timings


def stale_files(there: Iterable[str], made: set[str], patterns: list[str]) -> list[str]:
    """The files that are not made now, but carry a name that some rule gives.

    Parameters
    ----------
    there : iterable of str
        The files in the study's folder.
    made : set of str
        The files that the configuration makes.
    patterns : list of str
        The rules' outputs, logs and timings, with their wildcards in braces.

    Returns
    -------
    list of str
        Sorted. A file that no rule would name is somebody's own and never among them.
    """
    named = [re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(pattern)) for pattern in patterns]
    known = re.compile("|".join(named))
    return sorted(path for path in there if path not in made and known.fullmatch(path))


def remove(paths: Iterable[str], out: Path) -> None:
    """Remove files, and the folders below `out` that are empty without them."""
    for path in map(Path, paths):
        path.unlink()
        for parent in path.parents:
            if parent == out or any(parent.iterdir()):
                break
            parent.rmdir()


if __name__ == "__main__":
    with job() as rule:
        params = rule.params
        out = Path(params["out"])
        made = made_now(params["snakefile"], params["config"])
        there = [path.as_posix() for path in out.rglob("*") if path.is_file()]
        stale = stale_files(there, made, params["patterns"])
        if params["remove"]:
            remove(stale, out)
        for path in stale:
            print(path)
        what = f"{len(stale)} of the {len(there)} files in {out} are not made by this configuration"
        ask = "remove_stale in place of stale, with the same configuration, removes them"
        done = "removed" if params["remove"] else ask
        rule.log.info("%s", f"{what}: {done}." if stale else f"{what}.")
        print(f"{what}: {done}." if stale else f"Everything in {out} belongs to this study.")

"""How results came to be: the dataset's files, seeds, the machine, and what each rule took."""

import csv
import os
import platform
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from response_clusters.errors import StudyError
from response_clusters.records import read_record
from response_clusters.study.statements import FOLDER

DERIVATION = (
    "Every random number is derived from the study's seed by NumPy's SeedSequence. Each start of a "
    "fit has a stream of its own: the entropy is (seed, CRC-32 of the cohort's name, k), the spawn "
    "key the number of the start. So has each draw for the claims, such as a surrogate or a "
    "bootstrap: the entropy is the seed, the spawn key (CRC-32 of the name of the analysis, CRC-32 "
    "of the cohort's, number of the draw). No stream depends on the order of jobs, on the number "
    "of processors or on which other cohorts there are."
)
"""How the seeds of single jobs follow from the study's, in sentences."""


def machine() -> dict[str, Any]:
    """The system, the processor's architecture and the number of processors."""
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "processors": os.cpu_count(),
    }


def as_they_are(
    files: Iterable[str], objects: Iterable[dict[str, Any]] = ()
) -> list[dict[str, Any]]:
    """The dataset's files with size and time, and its objects with size and etag, sorted by path.

    Parameters
    ----------
    files : iterable of str
        Paths. Of a folder, such as one of pictures, there is no size; of what is not there any
        more, neither size nor time.
    objects : iterable of dict
        What a bucket's listing says of each: url, size in bytes and etag.
    """
    told = [_file(path) for path in files]
    for stored in objects:
        there = {"path": stored["url"], "bytes": stored["size"], "modified": None}
        told.append({**there, "etag": stored["etag"]})
    return sorted(told, key=lambda entry: str(entry["path"]))


def _file(path: str) -> dict[str, Any]:
    try:
        found = os.stat(path)
    except OSError:
        return {"path": path, "bytes": None, "modified": None, "etag": None}
    changed = datetime.fromtimestamp(int(found.st_mtime), UTC)
    return {
        "path": path,
        "bytes": None if os.path.isdir(path) else found.st_size,
        "modified": changed.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "etag": None,
    }


def timings(out: Path, known: Collection[str]) -> list[dict[str, Any]]:
    """What the jobs of each rule took, by rule.

    Parameters
    ----------
    out : Path
        The study's folder.
    known : collection of str
        Files that belong to the study as it is now: its results, and the dataset if it makes that
        itself. Where none of a rule's files is among them, as they are steps to others, each of its
        jobs counts whose folder, such as a subject's, has any of them.

    Returns
    -------
    list of dict
        Sorted by rule: the number of jobs whose statement is there, seconds in all and of the
        longest, and the most memory in MB; None where nothing was measured, as of jobs that ended
        before they could be.
    """
    belong = {os.path.normpath(os.path.relpath(path, out)) for path in known}
    folders = {path.partition("/")[0] for path in belong if "/" in path}
    jobs: dict[str, list[tuple[Path, bool, bool]]] = {}
    for statement in sorted((out / FOLDER).rglob("*.json")):
        try:
            stated = read_record(statement, "made")
        except StudyError:
            continue
        made = [file["path"] for file in stated["files"]]
        step = all("/" not in path or path.partition("/")[0] in folders for path in made)
        of_study = any(path in belong for path in made)
        below = statement.relative_to(out / FOLDER).with_suffix(".tsv")
        jobs.setdefault(stated["rule"], []).append((out / "benchmarks" / below, of_study, step))
    told = []
    for rule, every in sorted(jobs.items()):
        any_of_study = any(of_study for _, of_study, _ in every)
        count = [path for path, of_study, step in every if (of_study if any_of_study else step)]
        if count:
            told.append({"rule": rule, "jobs": len(count), **_taken(map(measured, count))})
    return told


def _taken(measures: Iterable[tuple[float | None, float | None]]) -> dict[str, float | None]:
    """Sum and largest of the seconds, and the largest of the megabytes, of those that are known."""
    every = list(measures)
    seconds = [each for each, _ in every if each is not None]
    megabytes = [each for _, each in every if each is not None]
    return {
        "seconds": round(sum(seconds), 2) if seconds else None,
        "longest": max(seconds, default=None),
        "megabytes": max(megabytes, default=None),
    }


def measured(path: Path) -> tuple[float | None, float | None]:
    """Seconds and megabytes that a job took, as Snakemake noted; None if it did not."""
    try:
        with open(path, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
    except (OSError, ValueError):
        return None, None
    last = rows[-1] if rows else {}
    return _number(last.get("s")), _number(last.get("max_rss"))


def _number(text: str | None) -> float | None:
    """A number, or None for what stands where none was measured: "NA" or "-"."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None

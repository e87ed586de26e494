"""Which results in a study's folder the present configuration no longer makes."""

import csv
import json
import subprocess
import sys
from base64 import urlsafe_b64decode
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from response_clusters.errors import StudyError
from response_clusters.study.planning import out_of
from response_clusters.study.statements import statement_of

RECORDS = ".snakemake/metadata"
"""Where Snakemake records every file that it has made, below the folder that it was started in."""
OURS = "{'code': '"
"""How Snakemake writes the params of this study's rules, which begin with a digest of code."""
MOMENT = 2.0
"""Seconds by which a file system's clock may round: a file older or newer than its record by more
was written again by somebody else."""


IMPORTING = """
module study:
    snakefile: {snakefile!r}
    config: config
    replace_prefix: {{{usual!r}: {out!r}}}


use rule * from study
"""
"""A workflow that imports the study as it is, and puts its results into another folder."""


def ask_snakemake(
    snakefile: str, config: dict[str, Any], out: Path, *words: str
) -> "subprocess.CompletedProcess[str]":
    """Ask Snakemake about a study as it is configured, in the folder that this process is in.

    Parameters
    ----------
    snakefile : str
        The study's Snakefile.
    config : dict
        The whole configuration.
    out : Path
        Where the results are. A workflow that imports the study may put them elsewhere than the
        study itself would; Snakemake then answers with the paths that they have there.
    *words : str
        What to ask: options of Snakemake.
    """
    usual = out_of(config)
    with TemporaryDirectory() as folder:
        overlay = Path(folder) / "config.yaml"
        overlay.write_text(yaml.safe_dump(config), "utf-8")
        if out != Path(usual):
            importing = Path(folder) / "Snakefile"
            text = IMPORTING.format(snakefile=snakefile, usual=f"{usual}/", out=f"{out}/")
            importing.write_text(text, "utf-8")
            snakefile = str(importing)
        return subprocess.run(
            [
                *(sys.executable, "-m", "snakemake", *words),
                *("--snakefile", snakefile, "--configfile", str(overlay)),
            ],
            capture_output=True,
            text=True,
            check=False,
        )


def planned(snakefile: str, config: dict[str, Any], out: Path) -> list[dict[str, str]]:
    """What Snakemake says of every file that it would make for `config`: `output_file` and more.

    Snakemake itself is asked, so that no second account of the plan can differ from the first.

    Raises
    ------
    StudyError
        If it does not answer; nothing may count as stale then.
    """
    done = ask_snakemake(snakefile, config, out, "--summary")
    rows = list(csv.DictReader(done.stdout.splitlines(), delimiter="\t"))
    if done.returncode or not rows:
        raise StudyError(f"Snakemake could not list what this study consists of:\n{done.stderr}")
    return rows


def made_now(snakefile: str, config: dict[str, Any], out: Path) -> set[str]:
    """Every file that Snakemake would make for `config`, and what its job notes beside it.

    Raises
    ------
    StudyError
        As `planned` does.
    """
    rows = planned(snakefile, config, out)
    files = {row["output_file"] for row in rows}
    # A dash stands for the log of a file that is yet to be made.
    logs = {log for row in rows for log in row["log-file(s)"].split(",") if log not in ("", "-")}
    return files | {note for log in logs for note in notes_of(log, out)}


@dataclass(frozen=True)
class Made:
    """What Snakemake recorded of a file: its rule, logs and params, and when it was complete."""

    rule: str
    logs: tuple[str, ...]
    complete: float
    params: str


def recorded(records: Path) -> dict[str, Made]:
    """Every file that Snakemake has recorded as made by this study's rules, by path.

    A record is called by the path in URL-safe base64; a long one is cut into folders, each of which
    begins with ``@``. Records that cannot be read are passed over: what they speak of is kept. So
    are those of other workflows that run in the same folder.
    """
    files: dict[str, Made] = {}
    for path in records.rglob("*") if records.is_dir() else ():
        if not path.is_file():
            continue
        parts = path.relative_to(records).parts
        try:
            name = urlsafe_b64decode("".join(part.removeprefix("@") for part in parts)).decode()
            metadata = json.loads(path.read_text("utf-8"))
            ours = [str(params) for params in metadata["params"] if str(params).startswith(OURS)]
            if not ours:
                continue
            logs = tuple(map(str, metadata["log"] or ()))
            files[name] = Made(str(metadata["rule"]), logs, float(metadata["endtime"]), ours[0])
        except (ValueError, KeyError, TypeError, OSError):
            continue
    return files


def notes_of(log: str, out: Path) -> tuple[str, str, str]:
    """The log of a job, where its time and memory are noted, and its statement."""
    below = Path(log).relative_to(out / "logs")
    timing = out / "benchmarks" / below.with_suffix(".tsv")
    return log, str(timing), str(statement_of(Path(log)))


def stale_files(
    out: Path, made: set[str], records: dict[str, Made], keep: Collection[str] = ()
) -> list[str]:
    """The files in a study's folder that it has made once, and that it does not make now.

    Parameters
    ----------
    out : Path
        The study's folder.
    made : set of str
        The files that the configuration makes.
    records : dict
        As `recorded` gives them.
    keep : collection of str
        Rules that make the dataset: it is data and stays.

    Returns
    -------
    list of str
        Sorted. Only what is recorded is among them, with its logs, timings and statements: a copy,
        a note or a link is somebody's own, and so is a file that was written again after its
        record, or that lies behind a link below `out`.
    """
    stale: set[str] = set()
    for name, record in records.items():
        if name in made or record.rule in keep or not is_own(Path(name), out):
            continue
        if abs(Path(name).stat().st_mtime - record.complete) > MOMENT:
            continue
        stale.add(name)
        stale.update(note for log in record.logs for note in notes_of(log, out))
    return sorted(path for path in stale - made if is_own(Path(path), out))


def is_own(path: Path, out: Path) -> bool:
    """Whether `path` is a file in `out`, neither a link nor behind one; `out` itself may be one."""
    if out not in path.parents or ".." in path.parts:
        return False
    below = [path, *path.parents]
    return path.is_file() and not any(p.is_symlink() for p in below[: below.index(out)])


def remove(paths: Iterable[str], out: Path) -> None:
    """Remove files, and the folders below `out` that are empty without them."""
    for path in map(Path, paths):
        path.unlink()
        for parent in path.parents:
            if parent == out or any(parent.iterdir()):
                break
            parent.rmdir()

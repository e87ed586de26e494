"""What made each result: the statement that a job leaves in a place like its log's.

Only Snakemake's main process records the params of a file. A job that goes on without it, as on a
cluster after that process was killed, records nothing but its own statement.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from response_clusters.errors import StudyError
from response_clusters.files import replacing
from response_clusters.records import checked_record, read_record

FOLDER = "made"
"""Where statements are, below a study's results."""


def results_of(log: Path) -> Path:
    """The study's folder, by the path of a log in it: no subject may be called ``logs``."""
    return next(folder for folder in log.parents if folder.name == "logs").parent


def statement_of(log: Path) -> Path:
    """Where the job with this log states what it made."""
    out = results_of(log)
    return out / FOLDER / log.relative_to(out / "logs").with_suffix(".json")


def digest_of(path: Path) -> str:
    """A file's SHA-256 in hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_statement(rule: str, params: dict[str, Any], made: Iterable[str], log: Path) -> None:
    """State what a job was asked for and what it made.

    Parameters
    ----------
    params : dict
        The rule's settings, with the digest of its code.
    made : iterable of str
        The job's output files, at least one.
    """
    out, path = results_of(log), statement_of(log)
    files = [
        {
            "path": Path(os.path.relpath(name, out)).as_posix(),
            "size": os.path.getsize(name),
            "sha256": digest_of(Path(name)),
        }
        for name in made
    ]
    statement = checked_record(
        {"rule": rule, "params": as_stated(params), "files": files}, "made", str(path)
    )
    with replacing(path) as draft:
        # Fractions in full, unlike those of other records: they are compared.
        draft.write_text(json.dumps(statement, indent=2, ensure_ascii=False) + "\n", "utf-8")


def as_stated(params: Any) -> Any:
    """Params as JSON holds them, in which a tuple is a list."""
    return json.loads(json.dumps(params, default=str))


@dataclass(frozen=True)
class Stated:
    """What a statement says of one file, and where the statement is."""

    params: dict[str, Any]
    size: int
    sha256: str
    statement: Path


def stated(out: Path) -> dict[str, Stated]:
    """Every file that a statement in a study's folder speaks of, by path.

    A statement that cannot be read speaks of nothing.
    """
    files: dict[str, Stated] = {}
    for path in sorted((out / FOLDER).rglob("*.json")):
        try:
            statement = read_record(path, "made")
        except StudyError:
            continue
        for file in statement["files"]:
            files[str(out / file["path"])] = Stated(
                statement["params"], file["size"], file["sha256"], path
            )
    return files

"""What every script's main block shares: its job description, where its log goes, how it fails."""

import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from response_clusters.errors import StudyError
from response_clusters.machine import writing_fault
from response_clusters.sources.loading import load
from response_clusters.study.statements import results_of, statement_of, write_statement


@dataclass(frozen=True)
class Job:
    """What Snakemake asks a script to do.

    Attributes
    ----------
    input, output, wildcards : Any
        Snakemake's named lists.
    files : dict
        The inputs by name, and those that are objects in a bucket: paths, lists of paths, or
        `response_clusters.sources.ranged_file.RangedFile`.
    params : dict
        The rule's one dict of settings.
    threads : int
    log : logging.Logger
        Writes to the rule's log file, warnings included.
    """

    input: Any
    output: Any
    wildcards: Any
    files: dict[str, Any]
    params: dict[str, Any]
    threads: int
    log: logging.Logger


PROGRESS = "response_clusters.progress"
"""The logger of long steps: every record is in the log, one now and then on a terminal."""


class _NowAndThen(logging.Filter):
    """Passes a record when some seconds went by since the start, or since the last that passed."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds, self.last = seconds, time.monotonic()

    def filter(self, record: logging.LogRecord) -> bool:
        now = time.monotonic()
        if now - self.last < self.seconds:
            return False
        self.last = now
        return True


def _show_progress(wildcards: dict[str, str]) -> None:
    """Let somebody at a terminal see how far a long step is, every ten seconds."""
    if not sys.stderr.isatty():
        return
    named = (v if key in ("cohort", "subject") else f"{key} {v}" for key, v in wildcards.items())
    handler = logging.StreamHandler()
    handler.addFilter(_NowAndThen(10))
    handler.setFormatter(logging.Formatter(f"{', '.join(named)}: %(message)s".removeprefix(": ")))
    logging.getLogger(PROGRESS).addHandler(handler)


def _open_log(path: Path) -> None:
    """Send what is logged to `path`, or to standard error where it cannot be written."""
    # A disk that fills up while a job runs must not bury its own sentence in tracebacks.
    logging.raiseExceptions = False
    handler: logging.Handler
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(path, "w", "utf-8")
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(True)


def _machine_fault(error: Exception) -> str | None:
    """A sentence for a job that the machine let down; None where it is no such thing."""
    if isinstance(error, MemoryError):
        size = f" ({error})" if str(error) else ""
        return (
            f"The job needs more memory than there is{size}: run fewer jobs at once (--cores), ask "
            "for more memory (--default-resources or --set-resources), or use a larger machine."
        )
    named = getattr(error, "filename", None)
    # An error without a reason is asked about where the study writes: below this folder.
    if cause := writing_fault(error, Path(os.fsdecode(named)).parent if named else Path("results")):
        told, what_to_do = cause
        return f"{named or 'A file of this job'}: {told}: {what_to_do}."
    return None


@contextmanager
def _objects(params: dict[str, Any], log: Path) -> Iterator[dict[str, Any]]:
    """The files of a job that are objects in a bucket, by name."""
    if "objects" not in params:
        yield {}
        return
    # How bytes are fetched changes no result, so the module is no part of a rule's digest.
    fetched = load("response_clusters.sources.fetching:fetched")
    with fetched(params["bucket"], str(results_of(log)), params["objects"]) as (job, files):

        def rename(record: logging.LogRecord) -> bool:
            record.msg, record.args = job.told(record.getMessage()), ()
            return True

        for handler in logging.getLogger().handlers:
            handler.addFilter(rename)
        try:
            yield files
        except StudyError as error:
            raise StudyError(job.told(str(error))) from None


@contextmanager
def job() -> Iterator[Job]:
    """Run a script's main block with its log open, and state what it made when it has ended well.

    Yields
    ------
    Job
        What Snakemake left for the script in its ``snakemake`` object.

    Raises
    ------
    SystemExit
        With status 1 when the block raises `StudyError`, or the machine lets it down: the sentence
        is in the log and on standard error. Any other exception is written to the log with its
        traceback and raised again.
    """
    import __main__

    # Snakemake defines it there before the script begins.
    described = __main__.snakemake
    log = Path(str(described.log[0]))
    _open_log(log)
    logger = logging.getLogger("response_clusters")
    _show_progress(dict(described.wildcards.items()))
    params = described.params.job
    try:
        if described.output:
            # Of what a job leaves half-way, no statement may speak.
            statement_of(log).unlink(missing_ok=True)
        with _objects(params, log) as files:
            yield Job(
                input=described.input,
                output=described.output,
                wildcards=described.wildcards,
                files=dict(described.input.items()) | files,
                params=params,
                threads=described.threads,
                log=logger,
            )
        if described.output:
            write_statement(described.rule, params, described.output, log)
    except (StudyError, OSError, RuntimeError, MemoryError) as error:
        told = str(error) if isinstance(error, StudyError) else _machine_fault(error)
        if told is None:
            logger.exception("This is a bug in the study, not in your data:")
            raise
        logger.error("%s", told)
        print(f"\n{told}\n", file=sys.stderr)
        raise SystemExit(1) from None
    except Exception:
        logger.exception("This is a bug in the study, not in your data:")
        raise

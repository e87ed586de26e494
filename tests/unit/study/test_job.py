"""Where a script's words go: its log, and on a terminal the run's output."""

import io
import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from response_clusters import StudyError
from response_clusters.study.job import PROGRESS, job


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The log of a job that Snakemake has described to this script."""
    path = tmp_path / "logs" / "rule.log"
    described = SimpleNamespace(
        rule="fit_kmeans",
        input={},
        output=[],
        log=[path],
        wildcards={"cohort": "pooled", "k": "06"},
        params=SimpleNamespace(job={}),
        threads=1,
    )
    monkeypatch.setattr(sys.modules["__main__"], "snakemake", described, raising=False)
    yield path
    for name in (None, PROGRESS):
        logger = logging.getLogger(name)
        for handler in [h for h in logger.handlers if type(h).__module__ == "logging"]:
            handler.close()
            logger.removeHandler(handler)


def test_progress_is_in_the_log_and_now_and_then_on_a_terminal(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal, clock = Terminal(), iter([0.0, 4.0, 12.0, 15.0, 23.0])
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr("response_clusters.study.job.time.monotonic", lambda: next(clock))
    with job():
        for done in range(1, 5):
            logging.getLogger(PROGRESS).info("%d of 4 replicates", done)
    lines = [re.sub(r"^\d\d:\d\d:\d\d ", "", line) for line in log.read_text().splitlines()]
    assert lines == [f"{done} of 4 replicates" for done in range(1, 5)]
    assert terminal.getvalue().splitlines() == [
        f"pooled, k 06: {done} of 4 replicates" for done in (2, 4)
    ]


def test_without_a_terminal_progress_is_in_the_log_only(
    log: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([0.0, 99.0])
    monkeypatch.setattr("response_clusters.study.job.time.monotonic", lambda: next(clock))
    with job():
        logging.getLogger(PROGRESS).info("half-way")
    assert log.read_text().endswith("half-way\n")
    assert capsys.readouterr().err == ""


def test_a_refusal_is_one_sentence_and_a_bug_is_a_traceback(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="1"), job():
        raise StudyError("there is no such file")
    assert capsys.readouterr().err.strip() == "there is no such file"
    assert "Traceback" not in log.read_text()
    with pytest.raises(ZeroDivisionError), job():
        _ = 1 / 0
    assert "This is a bug in the study, not in your data:" in log.read_text()
    assert "ZeroDivisionError" in log.read_text()


def test_a_job_that_ends_well_states_what_it_made_and_no_other_does(log: Path) -> None:
    made, statement = log.parents[1] / "pooled" / "elbow.tsv", log.parents[1] / "made" / "rule.json"
    sys.modules["__main__"].snakemake.output = [made]  # type: ignore[attr-defined]
    made.parent.mkdir()
    with job():
        made.write_text("k")
    assert '"pooled/elbow.tsv"' in statement.read_text()
    with pytest.raises(SystemExit), job():
        made.write_text("k, half of it")
        raise StudyError("the disk is full")
    assert not statement.exists()

"""What counts as stale: what this study's rules are recorded to have made, and nothing else."""

import json
import os
import subprocess
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

import pytest
from response_clusters.study import stale as find_stale
from simulated_nsd.source import SimulatedNSD

OUT = Path("results/demo")
FILE = "results/demo/subj04/k07/fit.json"
LOG, TIMING, STATEMENT = (
    f"results/demo/{folder}/fit_kmeans/subj04/k07{suffix}"
    for folder, suffix in (("logs", ".log"), ("benchmarks", ".tsv"), ("made", ".json"))
)
NOTES = [LOG, TIMING, STATEMENT]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, text: str = "x") -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def record(name: str, complete: float | None = None, **fields: Any) -> Path:
    """What Snakemake writes down when a job has made a file."""
    held: dict[str, Any] = {
        "rule": "fit_kmeans",
        "log": [LOG],
        "params": ["{'code': '0123456789abcdef', 'k': 7}"],
        "endtime": os.stat(name).st_mtime if complete is None else complete,
    }
    coded = urlsafe_b64encode(name.encode()).decode()
    parts = [coded[at : at + 254] for at in range(0, len(coded), 254)]
    parts = [f"@{part}" for part in parts[:-1]] + parts[-1:]
    return write("/".join([find_stale.RECORDS, *parts]), json.dumps(held | fields))


def stale(made: set[str] | None = None, keep: tuple[str, ...] = ()) -> list[str]:
    records = find_stale.recorded(Path(find_stale.RECORDS))
    return find_stale.stale_files(OUT, made or set(), records, keep)


@pytest.fixture
def fit() -> Path:
    """A fit with its log, its timing and its statement, as a run leaves them."""
    for name in NOTES:
        write(name)
    path = write(FILE)
    record(FILE)
    return path


def test_what_is_recorded_and_not_made_is_stale_with_what_its_job_noted(fit: Path) -> None:
    assert stale() == sorted([FILE, *NOTES])


def test_what_is_made_is_not(fit: Path) -> None:
    assert stale({FILE}) == []


def test_a_log_that_is_shared_with_what_is_made_stays(fit: Path) -> None:
    assert stale(set(NOTES)) == [FILE]


def test_files_without_a_record_are_made_with_logs_that_are_not_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Such as those still to come, for which Snakemake's summary has a dash."""
    summary = f"output_file\tlog-file(s)\n{FILE}\t{LOG}\n{OUT}/elbow.svg\t-\n"
    done: Any = subprocess.CompletedProcess([], 0, summary, "")
    monkeypatch.setattr(find_stale, "ask_snakemake", lambda *_: done)
    made = find_stale.made_now("Snakefile", {}, OUT)
    assert made == {FILE, *NOTES, f"{OUT}/elbow.svg"}


def test_without_records_nothing_is_stale(fit: Path) -> None:
    """As after `snakemake --cleanup-metadata`, or in results that were copied from elsewhere."""
    for path in Path(find_stale.RECORDS).iterdir():
        path.unlink()
    assert stale() == []
    Path(find_stale.RECORDS).rmdir()
    assert stale() == []


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"rule": "fit_kmeans"}', "\ud7ff"])
def test_a_record_that_cannot_be_read_speaks_of_nothing(fit: Path, text: str) -> None:
    record(FILE).write_text(text)
    write(f"{find_stale.RECORDS}/no base64 at all", "{}")
    assert stale() == []


def test_a_record_in_pieces_is_put_together() -> None:
    name = f"results/demo/{'s' * 200}/kbest/centroids.tsv"
    write(name)
    record(name, log=[])
    assert stale() == [name]


@pytest.mark.parametrize(
    "params", [[], ["6"], ["{'size': 3}"], None], ids=["none", "number", "dict", "null"]
)
def test_what_another_workflow_made_in_the_folder_stays(params: list[str] | None) -> None:
    write("results/demo/subj01/mine.tsv")
    record("results/demo/subj01/mine.tsv", rule="mine", log=[], params=params)
    assert stale() == []


@pytest.mark.parametrize("seconds", [-3600, -10, 10, 3600])
def test_a_file_written_again_since_is_somebodys_own(fit: Path, seconds: float) -> None:
    """Edited, or put there from a copy that keeps its older date."""
    record(FILE, complete=fit.stat().st_mtime - seconds)
    assert stale() == []


def test_copies_and_notes_are_somebodys_own(fit: Path) -> None:
    for name in ("subj04_before/k07/fit.json", "subj05/k07/fit.json", "notes/regions.tsv"):
        write(f"results/demo/{name}")
    assert stale() == sorted([FILE, *NOTES])


def test_links_are_neither_listed_nor_followed(fit: Path, folder: Path) -> None:
    elsewhere = folder / "elsewhere"
    fit.parent.rename(elsewhere)
    fit.parent.symlink_to(elsewhere)
    assert FILE not in stale()
    fit.parent.unlink()
    fit.parent.mkdir()
    fit.symlink_to(elsewhere / "fit.json")
    assert FILE not in stale()


@pytest.mark.parametrize("link", ["results", "results/demo"])
def test_the_results_themselves_may_lie_on_another_disk(fit: Path, folder: Path, link: str) -> None:
    Path(link).rename(folder / "disk")
    Path(link).symlink_to(folder / "disk")
    assert FILE in stale()


@pytest.mark.parametrize(
    "name",
    ["results/demo2/fit.json", "results/fit.json", "other/fit.json", "results/demo/../fit.json"],
)
def test_what_lies_outside_the_study_is_not_its_business(name: str) -> None:
    write(name)
    record(name, log=["results/demo/../x.log"])
    write("results/x.log")
    assert stale() == []


def test_a_simulated_dataset_is_data() -> None:
    write("results/demo/simulated/betas.hdf5")
    record("results/demo/simulated/betas.hdf5", rule="simulate_session")
    assert stale(keep=SimulatedNSD.own_rules) == []
    assert stale() == ["results/demo/simulated/betas.hdf5"]


def test_folders_go_when_they_are_empty(fit: Path) -> None:
    write("results/demo/subj04/notes.txt")
    find_stale.remove([FILE], OUT)
    assert not fit.parent.exists()
    assert Path("results/demo/subj04/notes.txt").exists()
    Path("results/demo/subj04/notes.txt").unlink()
    find_stale.remove(NOTES, OUT)
    assert [path.name for path in OUT.iterdir()] == ["subj04"]

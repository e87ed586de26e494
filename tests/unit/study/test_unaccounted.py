"""Which results count as accounted for: recorded and stated alike, and as the plan has them."""

import json
from pathlib import Path
from typing import Any

import pytest
from response_clusters.study.stale import Made
from response_clusters.study.statements import stated, statement_of, write_statement
from response_clusters.study.unaccounted import CHANGED, unaccounted

OUT = Path("results/demo")
FILE = "results/demo/subj01/k03/fit.json"
LOG = Path("results/demo/logs/fit_kmeans/subj01/k03.log")
PARAMS: dict[str, Any] = {"code": "ab", "gain": 0.1234567890123456, "k": (1, 2), "note": "é"}


@pytest.fixture(autouse=True)
def fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fit and its statement."""
    monkeypatch.chdir(tmp_path)
    path = Path(FILE)
    path.parent.mkdir(parents=True)
    path.write_text("{}\n")
    write_statement("fit_kmeans", PARAMS, [FILE], LOG)
    return path


def faults(status: str = "ok", params: str | None = repr(PARAMS)) -> dict[str, str]:
    records = {} if params is None else {FILE: Made("fit_kmeans", (str(LOG),), 0.0, params)}
    plan = [{"output_file": FILE, "status": status}]
    return unaccounted(plan, records, stated(OUT), OUT)


def test_a_statement_says_what_was_asked_for_and_what_was_made() -> None:
    path = Path("results/demo/made/fit_kmeans/subj01/k03.json")
    assert statement_of(LOG) == path
    statement = json.loads(path.read_text("utf-8"))
    assert statement["rule"] == "fit_kmeans"
    assert statement["params"] == {**PARAMS, "k": [1, 2]}
    digest = "ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356"
    assert statement["files"] == [{"path": "subj01/k03/fit.json", "size": 3, "sha256": digest}]
    assert stated(OUT)[FILE].sha256 == digest


def test_a_study_may_be_called_as_a_folder_of_its_own() -> None:
    log = Path("results/logs/logs/choose_k/pooled.log")
    assert statement_of(log) == Path("results/logs/made/choose_k/pooled.json")


def test_a_session_with_a_point_in_its_name_keeps_it() -> None:
    log = Path("results/demo/logs/read_trials/a.b.log")
    assert statement_of(log) == Path("results/demo/made/read_trials/a.b.json")


def test_what_is_recorded_and_stated_alike_is_accounted_for() -> None:
    assert faults() == {}
    assert faults("updated input files") == {}


@pytest.mark.parametrize(
    ("status", "params", "says"),
    [
        ("ok", None, "no record"),
        (CHANGED, repr(PARAMS), "than there are now"),
        ("ok", repr(PARAMS | {"note": ""}), "other settings than Snakemake recorded"),
        ("ok", "{'code': ", "other settings than Snakemake recorded"),
    ],
)
def test_what_is_not_is_named(status: str, params: str | None, says: str) -> None:
    assert says in faults(status, params)[FILE]


def test_without_a_statement_it_is_named() -> None:
    statement_of(LOG).write_text("{}")
    assert "no statement" in faults()[FILE]


def test_what_is_not_there_is_made_anyway(fit: Path) -> None:
    fit.unlink()
    assert faults(params=None) == {}
